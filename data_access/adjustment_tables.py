"""What analysts change in a forecast, why, and who approved it."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from data_access.tables import REFERS_TO, UtcDateTime, metadata, one_of

KINDS = ("typed", "growth", "hold", "policy", "best_quarter", "parent", "shock", "member")
STATES = ("draft", "submitted", "approved", "returned", "withdrawn", "replaced")  # that it expired, the date says

# One change to the forecast of one series. What it was at each step stands in adjustment_events.
adjustments = Table(
    "adjustments",
    metadata,
    Column("adjustment_id", Integer, primary_key=True),
    Column("indicator_id", String(80), info={REFERS_TO: "indicators"}, nullable=False),
    Column("area_id", String(40), info={REFERS_TO: "areas"}, nullable=False),
    Column("plan_id", String(60), nullable=False),  # the plan in whose review it was made
    Column("target_id", String(240)),  # the target whose milestone it looks at
    Column("kind", String(16), nullable=False),
    Column("parameters", JSON, nullable=False),
    # the fans as they were then: {"time": [...], "mean": [...], "q025": [...], ..., "q975": [...]}
    Column("model_fan", JSON, nullable=False),
    Column("adjusted_fan", JSON, nullable=False),
    Column("run_id", Integer, nullable=False),  # the run of judgement whose forecast it started from
    Column("forecast_run_id", Integer),  # and the run of forecasts, where there is one
    Column("last_time", Float, nullable=False),  # of the newest figure then
    Column("goal_time", Float),
    Column("goal_value", Float),
    Column("p_miss_model", Float),  # at the goal, by each version, as it was then; NULL: withheld
    Column("p_miss_adjusted", Float),
    Column("author", String(80), nullable=False),  # an account
    Column("author_name", Text, nullable=False),
    Column("reason_code", String(40), nullable=False),
    Column("reason_text", Text, nullable=False),
    Column("expires_on", Date, nullable=False),  # the last day it holds
    Column("batch_id", String(36)),  # made together, and one step for all of them
    Column("state", String(12), nullable=False),
    Column("revision", Integer, nullable=False),  # grows with every step: who saves must have seen the newest
    Column("replaces", Integer, ForeignKey("adjustments.adjustment_id")),  # what its approval put out of force
    Column("approved_by", String(80)),
    Column("approved_by_name", Text),
    Column("approved_on", Date),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("is_demo", Boolean, nullable=False, default=False),
    one_of("kind", KINDS),
    one_of("state", STATES),
    Index("ix_adjustments_series", "indicator_id", "area_id"),
    Index("ix_adjustments_batch_id", "batch_id"),
)

# At most one is in force for a series.
Index(
    "uq_adjustments_approved",
    adjustments.c.indicator_id,
    adjustments.c.area_id,
    unique=True,
    sqlite_where=adjustments.c.state == "approved",
    postgresql_where=adjustments.c.state == "approved",
)

# Never changed, never deleted: who did what, and for saving, what was written.
adjustment_events = Table(
    "adjustment_events",
    metadata,
    Column("event_id", Integer, primary_key=True),
    Column("adjustment_id", Integer, ForeignKey("adjustments.adjustment_id"), nullable=False),
    Column("happened_at", UtcDateTime, nullable=False),
    Column("day", Date, nullable=False),  # the same in Beijing: a review as of a day counts what happened by its end
    Column("account", String(80), nullable=False),
    Column("account_name", Text, nullable=False),
    Column("step", String(12), nullable=False),
    Column("from_state", String(12)),  # NULL: it began to be
    Column("to_state", String(12), nullable=False),
    Column("note", Text),
    Column("content", JSON),  # kind, parameters, reason, expiry, both fans: what was saved
    one_of(
        "step",
        ("saved", "submitted", "approved", "returned", "withdrawn", "replaced", "restored", "undone"),
    ),
    Index("ix_adjustment_events_adjustment_id", "adjustment_id"),
    Index("ix_adjustment_events_day", "day"),
)

adjustment_evidence = Table(
    "adjustment_evidence",
    metadata,
    Column("evidence_id", Integer, primary_key=True),
    Column("adjustment_id", Integer, ForeignKey("adjustments.adjustment_id"), nullable=False),
    Column("name", Text, nullable=False),  # as the user called it; only ever shown
    Column("media_type", String(80), nullable=False),
    Column("file_hash", String(64), nullable=False),  # SHA-256
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),  # offered as a download, never rendered
    Column("account", String(80), nullable=False),
    Column("account_name", Text, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Index("ix_adjustment_evidence_adjustment_id", "adjustment_id"),
)

# What a bureau adds to the reasons every installation knows (data_access/adjustments.py), or takes out of use.
adjustment_reasons = Table(
    "adjustment_reasons",
    metadata,
    Column("reason_code", String(40), primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("sort_order", Integer, nullable=False),
    Column("is_offered", Boolean, nullable=False, default=True),
)
