"""What the checks of quality rest on: which reports came, from whom, and when they came first."""

from collections.abc import Collection

import numpy as np
import pandas as pd
from sqlalchemy import Engine, Select, func, select

from data_access.delivery_tables import programme_counts
from data_access.frames import DATE, among, read_frame
from data_access.submissions import DERIVED
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
FIGURE_REPORTS = {
    "indicator_id": "category",
    "area_id": "category",
    "period": "category",
    "time": "float64",
    "numerator": "float64",
    "denominator": "float64",
    "value": "float64",
    "stated_by": "int64",
}
ROWS_AT_ONCE = 20_000
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
    return _read_many(engine, query, COUNT_REPORTS)


def read_figure_reports(engine: Engine, indicator_ids: Collection[str], after: float) -> pd.DataFrame:
    """Indicators' figures in force of periods that end after a calendar year, those worked out of registers left out:
    columns and types of FIGURE_REPORTS."""
    table = observations.c
    query = (
        select(*(table[name] for name in FIGURE_REPORTS))
        .join(submissions, submissions.c.submission_id == table.stated_by)
        .where(among(table.indicator_id, indicator_ids), table.superseded_by.is_(None), table.time > after)
        .where(submissions.c.kind != DERIVED, table.value.is_not(None))
    )
    return _read_many(engine, query, FIGURE_REPORTS)


def _read_many(engine: Engine, query: Select, types: dict[str, str]) -> pd.DataFrame:
    """The query's rows without all of them as texts in memory: categories are numbers from the start."""
    codes: dict[str, dict] = {name: {} for name, kind in types.items() if kind == "category"}
    parts: dict[str, list] = {name: [np.zeros(0, dtype="int32" if name in codes else types[name])] for name in types}
    with engine.connect().execution_options(yield_per=ROWS_AT_ONCE) as connection:
        for rows in connection.execute(query).partitions():
            for name, values in zip(types, zip(*rows, strict=True), strict=True):
                if name in codes:
                    known = codes[name]
                    values = [known.setdefault(value, len(known)) for value in values]
                parts[name].append(np.array(values, dtype=parts[name][0].dtype))
    whole = {name: np.concatenate(of) for name, of in parts.items()}
    whole |= {name: pd.Categorical.from_codes(whole[name], list(known)) for name, known in codes.items()}
    return pd.DataFrame(whole)


def read_imports_of(engine: Engine, kind: str, subjects: Collection[str]) -> pd.DataFrame:
    """Which imports had anything of some indicators (kind "indicator") or programmes ("programme"): subject, submission_id."""
    table = observations if kind == "indicator" else programme_counts
    subject = table.c.indicator_id if kind == "indicator" else table.c.programme_id
    query = select(subject.label("subject"), table.c.submission_id).where(among(subject, subjects)).distinct()
    return read_frame(engine, query, {"subject": "str", "submission_id": "int64"})


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
