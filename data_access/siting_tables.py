"""Saved answers to "where should the next sites be", and which of them were put before a review."""

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from data_access.tables import REFERS_TO, UtcDateTime, metadata

# What was asked and answered never changes; a scenario that is taken away stays in the table, so that a decision can still be traced.
siting_scenarios = Table(
    "siting_scenarios",
    metadata,
    Column("scenario_id", String(36), primary_key=True),  # UUID: it stands in links that are sent around
    Column("name", Text, nullable=False),
    Column("area_id", String(40), info={REFERS_TO: "areas"}, nullable=False),  # the area whose places are to be served
    Column("parameters", JSON, nullable=False),  # what was asked: workflows/siting.py, Question
    Column("result", JSON, nullable=False),  # what came out, as it was then: workflows/siting.py, answer_question
    Column("owner", String(80), nullable=False),
    Column("owner_name", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("is_demo", Boolean, nullable=False, default=False),  # worked out from synthetic places or people
    Column("removed_at", UtcDateTime),
    Column("removed_by", String(80)),
    Index("ix_siting_scenarios_area_id", "area_id"),
)

# A scenario put before a review of a plan. Name and figures are copied as they stood then; a row is never changed, but
# for being taken back, and then it stays too.
review_scenarios = Table(
    "review_scenarios",
    metadata,
    Column("review_scenario_id", Integer, primary_key=True),
    Column("plan_id", String(60), nullable=False),  # no key: packs come and go
    Column("as_of", Date, nullable=False),  # the review: the plan as it was judged as of this day
    Column("scenario_id", String(36), ForeignKey("siting_scenarios.scenario_id"), nullable=False),
    Column("area_id", String(40), info={REFERS_TO: "areas"}, nullable=False),
    Column("name", Text, nullable=False),
    Column("figures", JSON, nullable=False),  # the result without its places, sites and curve
    Column("note", Text),  # why it is put before the review, in a sentence
    Column("put_by", String(80), nullable=False),
    Column("put_by_name", Text, nullable=False),
    Column("put_at", UtcDateTime, nullable=False),
    Column("is_demo", Boolean, nullable=False, default=False),
    Column("taken_back_at", UtcDateTime),
    Index("ix_review_scenarios_plan_id_as_of", "plan_id", "as_of"),
)
