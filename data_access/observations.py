"""The ledger of figures: read as it stands, or as it stood on a day."""

from collections.abc import Collection
from datetime import date

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals
from sqlalchemy import ColumnElement, Engine, func, or_, select

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

HISTORIES = dict.fromkeys(("indicator_id", "area_id", "period"), "category")
HISTORIES |= dict.fromkeys(("time", "numerator", "denominator", "value"), "float64")
ROWS_AT_ONCE = 100_000

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
        return read_frame(connection, query.where(*_standing_after(last)), OBSERVATIONS)


def count_figures(
    engine: Engine,
    *,
    last_submission_id: int,
    indicator_ids: Collection[str] | None = None,
    outside: Collection[str] = (),
) -> dict[str, int]:
    """How many figures of each indicator (or of some) stood after a submission, those of some areas left out."""
    query = select(observations.c.indicator_id, func.count()).where(*_standing_after(last_submission_id))
    if indicator_ids is not None:
        query = query.where(among(observations.c.indicator_id, indicator_ids))
    if outside:
        query = query.where(~among(observations.c.area_id, outside))
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(query.group_by(observations.c.indicator_id))}


def indicators_changed(engine: Engine, *, after: int, by: int) -> set[str]:
    """The indicators of which other figures stand after the submission `by` than after an earlier one."""
    ledger = observations.c
    came = (ledger.submission_id > after) & (ledger.submission_id <= by)
    went = (ledger.superseded_by > after) & (ledger.superseded_by <= by)
    with engine.connect() as connection:
        return set(connection.scalars(select(ledger.indicator_id).where(or_(came, went)).distinct()))


def read_histories(engine: Engine, indicator_ids: Collection[str], *, last_submission_id: int) -> pd.DataFrame:
    """What forecasts rest on, as it stood after a submission: columns and types of HISTORIES, in no order.

    For very many figures at once: indicator_id, area_id and period are categories, and nothing else is read.
    """
    query = select(*(observations.c[name] for name in HISTORIES))
    query = query.where(among(observations.c.indicator_id, indicator_ids), *_standing_after(last_submission_id))
    columns: dict[str, list] = {name: [] for name in HISTORIES}
    with engine.connect().execution_options(yield_per=ROWS_AT_ONCE) as connection:
        for rows in connection.execute(query).partitions():
            for (name, kind), values in zip(HISTORIES.items(), zip(*rows, strict=True), strict=True):
                texts = kind == "category"
                columns[name].append(
                    pd.Categorical(np.array(values, dtype=object)) if texts else np.array(values, dtype=kind)
                )
    return pd.DataFrame({name: _joined(parts, HISTORIES[name]) for name, parts in columns.items()})


def _joined(parts: list, kind: str) -> pd.Categorical | np.ndarray:
    """One column from its chunks."""
    if kind != "category":
        return np.concatenate(parts) if parts else np.zeros(0)
    return union_categoricals(parts) if parts else pd.Categorical([])


def _standing_after(last_submission_id: int) -> list[ColumnElement[bool]]:
    ledger = observations.c
    standing = or_(ledger.superseded_by.is_(None), ledger.superseded_by > last_submission_id)
    return [ledger.submission_id <= last_submission_id, standing]


def read_touched(engine: Engine, submission_id: int, indicator_ids: Collection[str]) -> pd.DataFrame:
    """The figures of some indicators that a submission wrote or took back: indicator_id, area_id, period, time."""
    table = observations.c
    query = (
        select(table.indicator_id, table.area_id, table.period, table.time)
        .where(among(table.indicator_id, indicator_ids))
        .where(or_(table.submission_id == submission_id, table.superseded_by == submission_id))
        .distinct()
    )
    return read_frame(engine, query, {**dict.fromkeys(("indicator_id", "area_id", "period"), "str"), "time": "float64"})
