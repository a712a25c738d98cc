"""the delivery side

Revision ID: 0005
Revises: 0004
"""
import sqlalchemy as sa
from alembic import op


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('programme_count_confirmations',
    sa.Column('submission_id', sa.Integer(), nullable=False),
    sa.Column('count_id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('submission_id', 'count_id', name=op.f('pk_programme_count_confirmations'))
    )
    op.create_index('ix_programme_count_confirmations_count_id', 'programme_count_confirmations', ['count_id'], unique=False)
    op.create_table('programme_counts',
    sa.Column('count_id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.String(length=80), nullable=False),
    sa.Column('area_id', sa.String(length=40), nullable=False),
    sa.Column('period', sa.String(length=8), nullable=False),
    sa.Column('stage', sa.String(length=16), nullable=False),
    sa.Column('time', sa.Float(), nullable=False),
    sa.Column('value', sa.Float(), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('is_questioned', sa.Boolean(), nullable=False),
    sa.Column('reported_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('submission_id', sa.Integer(), nullable=False),
    sa.Column('stated_by', sa.Integer(), nullable=False),
    sa.Column('superseded_by', sa.Integer(), nullable=True),
    sa.CheckConstraint("stage IN ('eligible', 'invited', 'attended', 'positive', 'confirmed', 'followed_up', 'uploaded')", name=op.f('ck_programme_counts_stage_known')),
    sa.CheckConstraint("status IN ('provisional', 'final', 'certified')", name=op.f('ck_programme_counts_status_known')),
    sa.PrimaryKeyConstraint('count_id', name=op.f('pk_programme_counts'))
    )
    op.create_index('ix_programme_counts_current_stated_by', 'programme_counts', ['stated_by'], unique=False, sqlite_where=sa.text('superseded_by IS NULL'), postgresql_where=sa.text('superseded_by IS NULL'))
    op.create_index('ix_programme_counts_superseded_key', 'programme_counts', ['programme_id', 'period', 'area_id', 'stage'], unique=False, sqlite_where=sa.text('superseded_by IS NOT NULL'), postgresql_where=sa.text('superseded_by IS NOT NULL'))
    op.create_index('uq_programme_counts_current', 'programme_counts', ['programme_id', 'period', 'area_id', 'stage'], unique=True, sqlite_where=sa.text('superseded_by IS NULL'), postgresql_where=sa.text('superseded_by IS NULL'))
    op.create_table('programme_states',
    sa.Column('programme_id', sa.String(length=80), nullable=False),
    sa.Column('changed_by', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('programme_id', name=op.f('pk_programme_states'))
    )
    op.create_table('points_services',
    sa.Column('service_id', sa.String(length=80), nullable=False),
    sa.Column('plan_id', sa.String(length=60), nullable=False),
    sa.Column('department_zh', sa.Text(), nullable=True),
    sa.Column('area_id', sa.String(length=40), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=True),
    sa.Column('offered_from', sa.Date(), nullable=True),
    sa.Column('offered_to', sa.Date(), nullable=True),
    sa.Column('submission_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['area_id'], ['areas.area_id'], name=op.f('fk_points_services_area_id')),
    sa.ForeignKeyConstraint(['submission_id'], ['submissions.submission_id'], name=op.f('fk_points_services_submission_id')),
    sa.PrimaryKeyConstraint('service_id', name=op.f('pk_points_services'))
    )
    op.create_index('ix_points_services_area_id', 'points_services', ['area_id'], unique=False)
    op.create_table('programmes',
    sa.Column('programme_id', sa.String(length=80), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=True),
    sa.Column('area_id', sa.String(length=40), nullable=False),
    sa.Column('plan_id', sa.String(length=60), nullable=True),
    sa.Column('plan_programme_id', sa.String(length=80), nullable=True),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('sex', sa.String(length=10), nullable=True),
    sa.Column('age_min', sa.Float(), nullable=True),
    sa.Column('age_max', sa.Float(), nullable=True),
    sa.Column('eligibility_zh', sa.Text(), nullable=True),
    sa.Column('cycle_months', sa.Integer(), nullable=True),
    sa.Column('first_month', sa.Integer(), nullable=False),
    sa.Column('first_year', sa.Integer(), nullable=True),
    sa.Column('counted', sa.String(length=12), nullable=False),
    sa.Column('person_rule', sa.String(length=8), nullable=False),
    sa.Column('report_every', sa.String(length=8), nullable=False),
    sa.Column('stages', sa.Text(), nullable=False),
    sa.Column('coverage_target_percent', sa.Float(), nullable=True),
    sa.Column('quota_count', sa.Float(), nullable=True),
    sa.Column('delivered_by_zh', sa.Text(), nullable=True),
    sa.Column('indicator_id', sa.String(length=80), nullable=True),
    sa.Column('numerator_stage', sa.String(length=16), nullable=True),
    sa.Column('denominator_stage', sa.String(length=16), nullable=True),
    sa.Column('started_on', sa.Date(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('submission_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("counted IN ('in_period', 'cumulative', 'level')", name=op.f('ck_programmes_counted_known')),
    sa.CheckConstraint("kind IN ('screening', 'exam', 'vaccination', 'sign_up', 'management', 'self_management')", name=op.f('ck_programmes_kind_known')),
    sa.CheckConstraint("person_rule IN ('sum', 'max')", name=op.f('ck_programmes_person_rule_known')),
    sa.CheckConstraint("report_every IN ('month', 'quarter', 'year')", name=op.f('ck_programmes_report_every_known')),
    sa.ForeignKeyConstraint(['area_id'], ['areas.area_id'], name=op.f('fk_programmes_area_id')),
    sa.ForeignKeyConstraint(['submission_id'], ['submissions.submission_id'], name=op.f('fk_programmes_submission_id')),
    sa.PrimaryKeyConstraint('programme_id', name=op.f('pk_programmes'))
    )
    op.create_table('selfcare_villages',
    sa.Column('village_id', sa.String(length=60), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=True),
    sa.Column('area_id', sa.String(length=40), nullable=False),
    sa.Column('started_on', sa.Date(), nullable=True),
    sa.Column('persons_on_record', sa.Integer(), nullable=True),
    sa.Column('participants', sa.Integer(), nullable=True),
    sa.Column('active_persons', sa.Integer(), nullable=True),
    sa.Column('counted_on', sa.Date(), nullable=True),
    sa.Column('submission_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['area_id'], ['areas.area_id'], name=op.f('fk_selfcare_villages_area_id')),
    sa.ForeignKeyConstraint(['submission_id'], ['submissions.submission_id'], name=op.f('fk_selfcare_villages_submission_id')),
    sa.PrimaryKeyConstraint('village_id', name=op.f('pk_selfcare_villages'))
    )
    op.create_index('ix_selfcare_villages_area_id', 'selfcare_villages', ['area_id'], unique=False)
    op.create_table('programme_rota',
    sa.Column('programme_id', sa.String(length=80), nullable=False),
    sa.Column('area_id', sa.String(length=40), nullable=False),
    sa.Column('year_due', sa.Integer(), nullable=False),
    sa.Column('batch', sa.Integer(), nullable=True),
    sa.Column('submission_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['area_id'], ['areas.area_id'], name=op.f('fk_programme_rota_area_id')),
    sa.ForeignKeyConstraint(['programme_id'], ['programmes.programme_id'], name=op.f('fk_programme_rota_programme_id')),
    sa.ForeignKeyConstraint(['submission_id'], ['submissions.submission_id'], name=op.f('fk_programme_rota_submission_id')),
    sa.PrimaryKeyConstraint('programme_id', 'area_id', 'year_due', name=op.f('pk_programme_rota'))
    )
    # ### end Alembic commands ###
