"""adjustments of forecasts, and both versions of a forecast in the runs of judgement

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = ["run_id", "indicator_id", "area_id", "time", "version"]


def upgrade() -> None:
    op.create_table(
        "adjustment_reasons",
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("sort_order", sa.Integer(), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("reason_code", name=op.f("pk_adjustment_reasons")),
    )
    op.create_table(
        "adjustments",
        sa.Column("adjustment_id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.String(length=80), nullable=False),
        sa.Column("area_id", sa.String(length=40), nullable=False),
        sa.Column("plan_id", sa.String(length=60), nullable=False),
        sa.Column("target_id", sa.String(length=240), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("model_fan", sa.JSON(), nullable=False),
        sa.Column("adjusted_fan", sa.JSON(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("forecast_run_id", sa.Integer(), nullable=True),
        sa.Column("last_time", sa.Float(), nullable=False),
        sa.Column("goal_time", sa.Float(), nullable=True),
        sa.Column("goal_value", sa.Float(), nullable=True),
        sa.Column("p_miss_model", sa.Float(), nullable=True),
        sa.Column("p_miss_adjusted", sa.Float(), nullable=True),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("reason_text", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("batch_id", sa.String(length=36), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.String(length=80), nullable=True),
        sa.Column("approved_by_name", sa.Text(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('typed', 'growth', 'hold', 'policy', 'best_quarter', 'parent', 'shock', 'member')",
            name=op.f("ck_adjustments_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'returned', 'withdrawn', 'replaced')",
            name=op.f("ck_adjustments_state_known"),
        ),
        sa.ForeignKeyConstraint(["replaces"], ["adjustments.adjustment_id"], name=op.f("fk_adjustments_replaces")),
        sa.PrimaryKeyConstraint("adjustment_id", name=op.f("pk_adjustments")),
    )
    op.create_index("ix_adjustments_batch_id", "adjustments", ["batch_id"], unique=False)
    op.create_index("ix_adjustments_series", "adjustments", ["indicator_id", "area_id"], unique=False)
    op.create_index(
        "uq_adjustments_approved",
        "adjustments",
        ["indicator_id", "area_id"],
        unique=True,
        sqlite_where=sa.text("state = 'approved'"),
        postgresql_where=sa.text("state = 'approved'"),
    )
    op.create_table(
        "adjustment_events",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("adjustment_id", sa.Integer(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=True),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "step IN ('saved', 'submitted', 'approved', 'returned', 'withdrawn', 'replaced', 'restored', 'undone')",
            name=op.f("ck_adjustment_events_step_known"),
        ),
        sa.ForeignKeyConstraint(
            ["adjustment_id"], ["adjustments.adjustment_id"], name=op.f("fk_adjustment_events_adjustment_id")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_adjustment_events")),
    )
    op.create_index("ix_adjustment_events_adjustment_id", "adjustment_events", ["adjustment_id"], unique=False)
    op.create_index("ix_adjustment_events_day", "adjustment_events", ["day"], unique=False)
    op.create_table(
        "adjustment_evidence",
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("adjustment_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["adjustment_id"], ["adjustments.adjustment_id"], name=op.f("fk_adjustment_evidence_adjustment_id")
        ),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_adjustment_evidence")),
    )
    op.create_index("ix_adjustment_evidence_adjustment_id", "adjustment_evidence", ["adjustment_id"], unique=False)

    version = sa.Column("version", sa.String(length=12), server_default="model", nullable=False)
    if op.get_bind().dialect.name == "sqlite":
        _copy_with_version(version)
    else:
        op.add_column("forecasts", version)
        op.drop_constraint("pk_forecasts", "forecasts", type_="primary")
        op.create_primary_key("pk_forecasts", "forecasts", KEY)
    op.add_column("marks", sa.Column("p_miss_model", sa.Float(), nullable=True))
    op.add_column("marks", sa.Column("forecast_version", sa.String(length=12), server_default="model", nullable=False))
    op.execute("UPDATE marks SET p_miss_model = p_miss")


def _copy_with_version(version: sa.Column) -> None:
    """SQLite can change a primary key only by copying the table."""
    op.rename_table("forecasts", "forecasts_before")
    quantiles = ("q025", "q100", "q250", "q500", "q750", "q900", "q975")
    op.create_table(
        "forecasts",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.String(length=80), nullable=False),
        sa.Column("area_id", sa.String(length=40), nullable=False),
        sa.Column("time", sa.Float(), nullable=False),
        version,
        *(sa.Column(name, sa.Float(), nullable=False) for name in ("mean", *quantiles)),
        sa.ForeignKeyConstraint(
            ["run_id"], ["judgement_runs.run_id"], name=op.f("fk_forecasts_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(*KEY, name=op.f("pk_forecasts")),
    )
    kept = ", ".join(["run_id", "indicator_id", "area_id", "time", "mean", *quantiles])
    op.execute(f"INSERT INTO forecasts ({kept}) SELECT {kept} FROM forecasts_before")
    op.drop_table("forecasts_before")
