"""Annual work points and what was reported of them."""

import pandas as pd
from sqlalchemy import Engine, select

from data_access.frames import DATE, read_frame
from data_access.tables import submissions
from data_access.task_tables import task_reports, tasks

TASKS = {
    "task_id": "str",
    "plan_id": "str",
    "plan_task_no": "str",
    "year": "int64",
    "chapter_zh": "str",
    "title_zh": "str",
    "title_en": "str",
    "area_id": "str",
    "owner_zh": "str",
    "co_owners_zh": "str",
    "deliverable_zh": "str",
    "deliverable_en": "str",
    "quantity": "float64",
    "unit": "str",
    "due": "str",
    "indicator_id": "str",
    "submission_id": "Int64",
    "is_demo": "boolean",
}
REPORTS = {
    "task_id": "str",
    "period": "str",
    "state": "str",
    "quantity_done": "float64",
    "evidence": "str",
    "note": "str",
    "reported_on": DATE,
    "submission_id": "Int64",
}


def read_tasks(engine: Engine, *, year: int | None = None) -> pd.DataFrame:
    """The work points (of one year), by id: columns and types of TASKS. is_demo is <NA> for a row no import brought."""
    columns = [tasks.c[name] for name in TASKS if name != "is_demo"]
    query = select(*columns, submissions.c.is_demo).join(submissions, isouter=True)
    if year is not None:
        query = query.where(tasks.c.year == year)
    return read_frame(engine, query.order_by(tasks.c.task_id), TASKS)


def read_task_years(engine: Engine) -> list[int]:
    """The years that have work points, newest first."""
    with engine.connect() as connection:
        return list(connection.scalars(select(tasks.c.year).distinct().order_by(tasks.c.year.desc())))


def read_reports(engine: Engine, *, year: int | None = None) -> pd.DataFrame:
    """What was reported (of one year's work points), by task and period: columns and types of REPORTS."""
    query = select(*(task_reports.c[name] for name in REPORTS))
    if year is not None:
        query = query.join(tasks).where(tasks.c.year == year)
    return read_frame(engine, query.order_by(task_reports.c.task_id, task_reports.c.period), REPORTS)
