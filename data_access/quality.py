"""What the checks of quality rest on: which reports came, from whom, and when they came first."""

from collections.abc import Collection

import pandas as pd
from sqlalchemy import Engine, func, select

from data_access.delivery_tables import programme_counts
from data_access.frames import DATE, among, read_frame
from data_access.tables import observations, submissions

COUNT_REPORTS = {
    "programme_id": "category",
    "area_id": "category",
    "period": "category",
    "time": "float64",
    "stage": "category",
    "value": "float64",
    "is_questioned": "bool",
    "stated_by": "int64",
}
FIRST = {
    "subject": "str",
    "area_id": "str",
    "period": "str",
    "time": "float64",
    "reported_on": DATE,  # the first day anybody stated
    "submission_id": "int64",  # the first import that had it
}


def read_count_reports(engine: Engine, programme_ids: Collection[str], after: float) -> pd.DataFrame:
    """Programmes' counts in force of periods that end after a calendar year: columns and types of COUNT_REPORTS."""
    table = programme_counts.c
    query = select(*(table[name] for name in COUNT_REPORTS)).where(
        among(table.programme_id, programme_ids), table.superseded_by.is_(None), table.time > after
    )
    return read_frame(engine, query, COUNT_REPORTS)


def read_first_reports(engine: Engine, kind: str, subjects: Collection[str], after: float) -> pd.DataFrame:
    """When each figure of some indicators or report of some programmes first came: columns and types of FIRST.

    Of periods that end after a calendar year; corrections that came later do not make a report late. Imports that were
    undone do not count.
    """
    table = observations if kind == "indicator" else programme_counts
    subject = table.c.indicator_id if kind == "indicator" else table.c.programme_id
    key = [subject, table.c.area_id, table.c.period, table.c.time]
    query = (
        select(
            subject.label("subject"),
            *key[1:],
            func.min(table.c.reported_on).label("reported_on"),
            func.min(table.c.submission_id).label("submission_id"),
        )
        .join(submissions, submissions.c.submission_id == table.c.submission_id)
        .where(
            among(subject, subjects),
            table.c.time > after,
            submissions.c.undone_by.is_(None),
            submissions.c.undoes.is_(None),
        )
        .group_by(*key)
    )
    return read_frame(engine, query, FIRST)
