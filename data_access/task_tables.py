"""Annual work points: what a department owes in a year, and what was reported of it month by month."""

from sqlalchemy import Column, Date, Float, ForeignKey, Index, Integer, String, Table, Text

from data_access.tables import REFERS_TO, metadata, one_of

TASK_STATES = ("not_started", "under_way", "done", "stopped")

# A work point of one year as an area runs it; what a plan says stands in plan_tasks.
tasks = Table(
    "tasks",
    metadata,
    Column("task_id", String(80), primary_key=True),
    Column("plan_id", String(60)),  # what it carries out; no key: packs come and go
    Column("plan_task_no", String(40)),
    Column("year", Integer, nullable=False),
    Column("chapter_zh", Text),
    Column("title_zh", Text, nullable=False),
    Column("title_en", Text),
    Column("area_id", String(40), ForeignKey("areas.area_id"), nullable=False),
    Column("owner_zh", Text, nullable=False),  # the lead department, as the plan names it
    Column("co_owners_zh", Text),  # joined with ;
    Column("deliverable_zh", Text),
    Column("deliverable_en", Text),
    Column("quantity", Float),  # what is due; NULL: done or not done
    Column("unit", Text),
    Column("due", String(8), nullable=False),  # a period: 2026, 2026Q3, 2026-06; due on its last day
    Column("indicator_id", String(80), info={REFERS_TO: "indicators"}),  # the figure that its quantity done is
    Column("submission_id", Integer, ForeignKey("submissions.submission_id")),
    Index("ix_tasks_area_id_year", "area_id", "year"),
)

# What was reported for a month or a quarter; quantity_done counts from the beginning of the year.
task_reports = Table(
    "task_reports",
    metadata,
    Column("task_id", String(80), ForeignKey("tasks.task_id"), primary_key=True),
    Column("period", String(8), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("quantity_done", Float),
    Column("evidence", Text),  # number of a document, or an address
    Column("note", Text),
    Column("reported_on", Date),
    Column("submission_id", Integer, ForeignKey("submissions.submission_id")),
    one_of("state", TASK_STATES),
)
