"""what is typed into a form: its submission says so and why; coordinates of health cells as they came

Revision ID: 0009
Revises: 0008
"""
import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("submissions", sa.Column("is_form", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("submissions", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("health_cells", sa.Column("declared_lon", sa.Float(), nullable=True))
    op.add_column("health_cells", sa.Column("declared_lat", sa.Float(), nullable=True))
    # of these datums coordinates stand in the store as they came
    op.execute(
        "UPDATE health_cells SET declared_lon = lon, declared_lat = lat WHERE declared_datum IN ('WGS-84', 'CGCS2000')"
    )
