"""Saved answers to "where should the next sites be": what was asked, what came out, who kept it."""

from sqlalchemy import JSON, Boolean, Column, Index, String, Table, Text

from data_access.tables import REFERS_TO, UtcDateTime, metadata

# Never changed once saved; a scenario that is taken away stays in the table, so that a decision can still be traced.
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
