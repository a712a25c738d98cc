"""doctors and nurses, renewals of health cells, counts of villages over time; what is worked out as reports come in

Revision ID: 0010
Revises: 0009
"""
import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEPT = "village_id, counted_on, submission_id, persons_on_record, participants, active_persons"


def upgrade() -> None:
    op.add_column("facilities", sa.Column("doctors", sa.Integer(), nullable=True))
    op.add_column("facilities", sa.Column("nurses", sa.Integer(), nullable=True))
    op.add_column("health_cells", sa.Column("renewed_on", sa.Date(), nullable=True))
    op.create_table('selfcare_village_counts',
    sa.Column('village_id', sa.String(length=60), nullable=False),
    sa.Column('counted_on', sa.Date(), nullable=False),
    sa.Column('submission_id', sa.Integer(), nullable=False),
    sa.Column('persons_on_record', sa.Integer(), nullable=True),
    sa.Column('participants', sa.Integer(), nullable=True),
    sa.Column('active_persons', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['submission_id'], ['submissions.submission_id'], name=op.f('fk_selfcare_village_counts_submission_id')),
    sa.PrimaryKeyConstraint('village_id', 'counted_on', 'submission_id', name=op.f('pk_selfcare_village_counts'))
    )
    op.execute(f"INSERT INTO selfcare_village_counts ({KEPT}) SELECT {KEPT} FROM selfcare_villages"
               " WHERE counted_on IS NOT NULL AND submission_id IS NOT NULL")
    op.create_table('programme_summaries',
    sa.Column('programme_id', sa.String(length=80), nullable=False),
    sa.Column('area_id', sa.String(length=40), nullable=False),
    sa.Column('counts_by', sa.Integer(), nullable=False),
    sa.Column('registers_by', sa.Integer(), nullable=False),
    sa.Column('coverage', sa.Float(), nullable=True),
    sa.Column('expected_share', sa.Float(), nullable=True),
    sa.Column('worst', sa.String(length=16), nullable=True),
    sa.Column('shortfall', sa.Float(), nullable=True),
    sa.Column('units', sa.Integer(), nullable=False),
    sa.Column('units_reported', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('programme_id', 'area_id', name=op.f('pk_programme_summaries'))
    )
    op.create_table('quality_subjects',
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('worked_out_by', sa.Integer(), nullable=False),
    sa.Column('worked_out_on', sa.Date(), nullable=False),
    sa.Column('holds_until', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'subject', name=op.f('pk_quality_subjects'))
    )
    op.create_table('quality_tallies',
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=False),
    *_tally(),
    sa.PrimaryKeyConstraint('kind', 'subject', 'area_id', 'reporter', 'measure', 'days', name=op.f('pk_quality_tallies'))
    )
    op.create_table('quality_totals',
    *_tally(),
    sa.PrimaryKeyConstraint('area_id', 'reporter', 'measure', 'days', name=op.f('pk_quality_totals'))
    )
    op.create_table('quality_findings',
    sa.Column('finding_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('area_id', sa.String(length=40), nullable=False),
    sa.Column('district', sa.String(length=40), nullable=True),
    sa.Column('period', sa.String(length=8), nullable=False),
    sa.Column('end_month', sa.Integer(), nullable=False),
    sa.Column('stage', sa.String(length=16), nullable=False),
    sa.Column('check', sa.String(length=12), nullable=False),
    sa.Column('value', sa.Float(), nullable=True),
    sa.Column('other', sa.Float(), nullable=True),
    sa.Column('reporter', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('finding_id', name=op.f('pk_quality_findings'))
    )
    op.create_index('ix_quality_findings_subject', 'quality_findings', ['kind', 'subject'], unique=False)
    op.create_index('ix_quality_findings_order', 'quality_findings', ['end_month', 'district', 'subject'], unique=False)


def _tally() -> list[sa.Column]:
    return [
        sa.Column('area_id', sa.String(length=40), nullable=False),
        sa.Column('reporter', sa.String(length=200), nullable=False),
        sa.Column('measure', sa.String(length=12), nullable=False),
        sa.Column('days', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
    ]
