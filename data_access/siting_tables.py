"""Saved siting scenarios: the question asked, its answer and how good it is proven to be."""
