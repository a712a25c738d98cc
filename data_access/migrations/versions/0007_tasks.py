"""annual work points

Revision ID: 0007
Revises: 0006
"""
import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('tasks',
    sa.Column('task_id', sa.String(length=80), nullable=False),
    sa.Column('plan_id', sa.String(length=60), nullable=True),
    sa.Column('plan_task_no', sa.String(length=40), nullable=True),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('chapter_zh', sa.Text(), nullable=True),
    sa.Column('title_zh', sa.Text(), nullable=False),
    sa.Column('title_en', sa.Text(), nullable=True),
    sa.Column('area_id', sa.String(length=40), nullable=False),
    sa.Column('owner_zh', sa.Text(), nullable=False),
    sa.Column('co_owners_zh', sa.Text(), nullable=True),
    sa.Column('deliverable_zh', sa.Text(), nullable=True),
    sa.Column('deliverable_en', sa.Text(), nullable=True),
    sa.Column('quantity', sa.Float(), nullable=True),
    sa.Column('unit', sa.Text(), nullable=True),
    sa.Column('due', sa.String(length=8), nullable=False),
    sa.Column('indicator_id', sa.String(length=80), nullable=True),
    sa.Column('submission_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['area_id'], ['areas.area_id'], name=op.f('fk_tasks_area_id')),
    sa.ForeignKeyConstraint(['submission_id'], ['submissions.submission_id'], name=op.f('fk_tasks_submission_id')),
    sa.PrimaryKeyConstraint('task_id', name=op.f('pk_tasks'))
    )
    op.create_index('ix_tasks_area_id_year', 'tasks', ['area_id', 'year'], unique=False)
    op.create_table('task_reports',
    sa.Column('task_id', sa.String(length=80), nullable=False),
    sa.Column('period', sa.String(length=8), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('quantity_done', sa.Float(), nullable=True),
    sa.Column('evidence', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('reported_on', sa.Date(), nullable=True),
    sa.Column('submission_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("state IN ('not_started', 'under_way', 'done', 'stopped')", name=op.f('ck_task_reports_state_known')),
    sa.ForeignKeyConstraint(['submission_id'], ['submissions.submission_id'], name=op.f('fk_task_reports_submission_id')),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.task_id'], name=op.f('fk_task_reports_task_id')),
    sa.PrimaryKeyConstraint('task_id', 'period', name=op.f('pk_task_reports'))
    )
