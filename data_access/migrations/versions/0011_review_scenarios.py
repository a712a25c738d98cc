"""siting scenarios put before a review

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_scenarios",
        sa.Column("review_scenario_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.String(length=60), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("scenario_id", sa.String(length=36), nullable=False),
        sa.Column("area_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("put_by", sa.String(length=80), nullable=False),
        sa.Column("put_by_name", sa.Text(), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["scenario_id"],
            ["siting_scenarios.scenario_id"],
            name=op.f("fk_review_scenarios_scenario_id"),
        ),
        sa.PrimaryKeyConstraint("review_scenario_id", name=op.f("pk_review_scenarios")),
    )
    op.create_index("ix_review_scenarios_plan_id_as_of", "review_scenarios", ["plan_id", "as_of"], unique=False)
