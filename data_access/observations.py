"""The ledger of figures: read as it stands, or as it stood on a day."""

from collections.abc import Collection
from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Engine, or_, select

from data_access.frames import DATE, among, read_frame
from data_access.periods import parse_period
from data_access.submissions import last_submission_by
from data_access.tables import observations, submissions

OBSERVATIONS = {
    "indicator_id": "str",
    "area_id": "str",
    "period": "str",
    "time": "float64",
    "numerator": "float64",
    "denominator": "float64",
    "value": "float64",
    "lower": "float64",
    "upper": "float64",
    "status": "str",
    "reported_on": DATE,
    "note": "str",
    "submission_id": "int64",
    "is_demo": "bool",
}

FIGURES = {
    name: OBSERVATIONS[name] for name in ("area_id", "period", "time", "numerator", "denominator", "value", "status")
}


def read_figures(
    engine: Engine, indicator_id: str, area_ids: Collection[str] | None = None, period: str | None = None
) -> pd.DataFrame:
    """One indicator's figures in force (of one period), without where each came from: columns and types of FIGURES.

    In no order: for many areas at once, where read_observations would take twice as long.
    """
    ledger, dated = observations.c, {} if period is None else {"period": period, "time": parse_period(period).time}
    types = {name: kind for name, kind in FIGURES.items() if name not in dated}  # what all rows share is not read
    query = select(*(ledger[name] for name in types)).where(*_in_force(indicator_id, area_ids))
    if period is not None:
        query = query.where(ledger.period == period)
    found = read_frame(engine, query, types)
    for name, shared in dated.items():
        found[name] = pd.Series(shared, index=found.index, dtype=FIGURES[name])
    return found[list(FIGURES)]


def read_reporting_areas(engine: Engine, indicator_id: str, area_ids: Collection[str]) -> list[str]:
    """Those of some areas that have a figure of the indicator in force, of any period."""
    query = select(observations.c.area_id).where(*_in_force(indicator_id, area_ids)).distinct()
    with engine.connect() as connection:
        return list(connection.scalars(query))


def _in_force(indicator_id: str, area_ids: Collection[str] | None) -> list[ColumnElement[bool]]:
    ledger = observations.c
    conditions = [ledger.indicator_id == indicator_id, ledger.superseded_by.is_(None)]
    return conditions if area_ids is None else [*conditions, among(ledger.area_id, area_ids)]


def read_observations(
    engine: Engine,
    indicator_ids: Collection[str] | None = None,
    area_ids: Collection[str] | None = None,
    *,
    known_on: date | None = None,
) -> pd.DataFrame:
    """The figures in force, one row per indicator, area and period: columns and types of OBSERVATIONS.

    known_on: as they stood at the end of that day (Beijing time); None is now.
    time is the calendar year at the period's end (2024Q3 -> 2023.75). NaN is "not reported", never zero.
    submission_id is the import whose file states the figure; is_demo says that its figures are synthetic.
    Ordered by indicator_id, area_id, time.
    """
    ledger = observations.c
    columns = [ledger[name] for name in OBSERVATIONS if name not in {"submission_id", "is_demo"}]
    query = select(*columns, ledger.stated_by.label("submission_id"), submissions.c.is_demo).join_from(
        observations, submissions, submissions.c.submission_id == ledger.stated_by
    )
    if indicator_ids is not None:
        query = query.where(among(ledger.indicator_id, indicator_ids))
    if area_ids is not None:
        query = query.where(among(ledger.area_id, area_ids))
    query = query.order_by(ledger.indicator_id, ledger.area_id, ledger.time, ledger.period)
    with engine.connect() as connection:
        if known_on is None:
            return read_frame(connection, query.where(ledger.superseded_by.is_(None)), OBSERVATIONS)
        last = last_submission_by(connection, known_on)
        standing = or_(ledger.superseded_by.is_(None), ledger.superseded_by > last)
        return read_frame(connection, query.where(ledger.submission_id <= last, standing), OBSERVATIONS)
