"""forecast runs

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forecast_runs",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("method", sa.Integer(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=True),
        sa.Column("series_total", sa.Integer(), nullable=False),
        sa.Column("series_done", sa.Integer(), nullable=False),
        sa.Column("last_submission_id", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('running', 'finished', 'failed', 'cancelled')", name=op.f("ck_forecast_runs_state_known")
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_forecast_runs")),
    )
    op.create_index("ix_forecast_runs_as_of", "forecast_runs", ["as_of"])
    op.create_table(
        "forecast_blocks",
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("method_version", sa.Integer(), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("block_id", name=op.f("pk_forecast_blocks")),
        sa.UniqueConstraint("input_hash", name=op.f("uq_forecast_blocks_input_hash")),
    )
    op.create_table(
        "forecast_pools",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.String(length=60), nullable=False),
        sa.Column("indicator_id", sa.String(length=80), nullable=False),
        sa.Column("frequency", sa.String(length=8), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=True),
        sa.Column("is_reused", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["block_id"], ["forecast_blocks.block_id"], name=op.f("fk_forecast_pools_block_id")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["forecast_runs.run_id"], name=op.f("fk_forecast_pools_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "run_id", "plan_id", "indicator_id", "frequency", "part", name=op.f("pk_forecast_pools")
        ),
    )
    op.create_table(
        "forecast_series",
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.String(length=40), nullable=False),
        sa.Column("first_time", sa.Integer(), nullable=False),
        sa.Column("fan", sa.LargeBinary(), nullable=False),
        sa.Column("history", sa.LargeBinary(), nullable=False),
        sa.Column("counts_sum", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["block_id"],
            ["forecast_blocks.block_id"],
            name=op.f("fk_forecast_series_block_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("block_id", "area_id", name=op.f("pk_forecast_series")),
    )
