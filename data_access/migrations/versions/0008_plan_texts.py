"""what the plans ask for, in both languages

Revision ID: 0008
Revises: 0007
"""
import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ADDED = (
    ("plan_programmes", "target_population_en"),
    ("plan_programmes", "data_points_zh"),
    ("plan_programmes", "note_zh"),
    ("plan_health_cells", "rule_zh"),
    ("plan_health_cells", "note_zh"),
    ("plan_services", "rule_zh"),
    ("plan_services", "note_zh"),
    ("plan_tasks", "deliverable_zh"),
    ("plan_tasks", "note_zh"),
)


def upgrade() -> None:
    for table, column in ADDED:
        op.add_column(table, sa.Column(column, sa.Text(), nullable=True))
