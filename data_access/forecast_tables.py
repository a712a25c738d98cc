"""Forecast runs: what was forecast, from which figures, with which parameters."""
