"""Runs of judgement: what was judged, on what, and the marks and forecasts that came of it.

Runs are kept: a review of last quarter's meeting reads last quarter's run.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, func, insert, select, update

from data_access.frames import DATE, MOMENT, among, read_frame, records
from data_access.tables import forecasts, judgement_runs, marks

RUNS = {
    "run_id": "int64",
    "plan_id": "str",
    "as_of": DATE,
    "last_submission_id": "Int64",
    "pack_hash": "str",
    "parameters": "object",
    "started_at": MOMENT,
    "finished_at": MOMENT,
}
MARKS = {
    "target_id": "str",
    "area_id": "str",
    "indicator_id": "str",
    "action_id": "str",
    "status": "str",
    "reason": "str",
    "period": "str",
    "time": "float64",
    "observed": "float64",
    "figure_status": "str",
    "baseline_time": "float64",
    "baseline_value": "float64",
    "path_value": "float64",
    "gap": "float64",
    "tolerance": "float64",
    "next_year": "Int64",
    "next_value": "float64",
    "final_year": "Int64",
    "final_value": "float64",
    "comparator": "str",
    "pace_needed": "float64",
    "pace_seen": "float64",
    "p_miss": "float64",
    "p_miss_basis": "str",
    "p_miss_model": "float64",
    "forecast_version": "str",
    "trend": "str",
    "needs_study": "bool",
    "is_noisy": "bool",
    "units_failing": "object",
    "sentence_zh": "str",
    "sentence_en": "str",
}
FORECASTS = {
    "indicator_id": "str",
    "area_id": "str",
    "time": "float64",
    "version": "str",
    "mean": "float64",
    "q025": "float64",
    "q100": "float64",
    "q250": "float64",
    "q500": "float64",
    "q750": "float64",
    "q900": "float64",
    "q975": "float64",
}


MODEL, ADJUSTED = "model", "adjusted"  # versions of a forecast


def read_newest_run(engine: Engine, plan_id: str, *, as_of: date | None = None) -> dict[str, Any] | None:
    """The finished run of a plan with the latest day (or of the day as_of), of several the one made last; None: no run.

    A dict with the keys of RUNS: as_of and the moments are Python dates and aware datetimes; parameters is a dict.
    A review of the past may be judged after today's: what counts is the day it is for, not when it was made.
    """
    query = select(judgement_runs).where(judgement_runs.c.plan_id == plan_id, judgement_runs.c.finished_at.is_not(None))
    if as_of is not None:
        query = query.where(judgement_runs.c.as_of == as_of)
    latest = query.order_by(judgement_runs.c.as_of.desc(), judgement_runs.c.run_id.desc()).limit(1)
    with engine.connect() as connection:
        row = connection.execute(latest).first()
    return None if row is None else dict(row._mapping)


def newest_run_id(engine: Engine) -> int:
    """The id of the newest finished run of any plan, 0 before the first: it grows whenever marks may have changed."""
    finished = select(func.max(judgement_runs.c.run_id)).where(judgement_runs.c.finished_at.is_not(None))
    with engine.connect() as connection:
        return connection.scalar(finished) or 0


def judged_plan_ids(engine: Engine) -> set[str]:
    """The plans that have a finished run."""
    with engine.connect() as connection:
        return set(
            connection.scalars(
                select(judgement_runs.c.plan_id).where(judgement_runs.c.finished_at.is_not(None)).distinct()
            )
        )


def read_runs(engine: Engine, plan_id: str) -> pd.DataFrame:
    """Every finished run of a plan, newest first: columns and types of RUNS."""
    query = (
        select(*(judgement_runs.c[name] for name in RUNS))
        .where(judgement_runs.c.plan_id == plan_id, judgement_runs.c.finished_at.is_not(None))
        .order_by(judgement_runs.c.run_id.desc())
    )
    return read_frame(engine, query, RUNS)


def read_marks(
    engine: Engine,
    run_id: int,
    *,
    target_id: str | None = None,
    area_id: str | None = None,
    area_ids: Collection[str] | None = None,
    indicator_id: str | None = None,
    for_study: bool = False,
    columns: Collection[str] = tuple(MARKS),
) -> pd.DataFrame:
    """One row per target and area of a run: columns (of MARKS) and their types. units_failing is a list of area_ids or None.

    area_ids: only in these areas; where they are most of the run's, reading all is faster. for_study: only those whose
    status and forecast contradict each other. columns: in a large run a row's texts take longer than all its numbers.

    p_miss is by the forecast in force: forecast_version says whether that is the model's or an analyst's (adjusted).
    """
    types = {name: MARKS[name] for name in columns}
    query = select(*(marks.c[name] for name in types)).where(marks.c.run_id == run_id)
    if target_id is not None:
        query = query.where(marks.c.target_id == target_id)
    if area_id is not None:
        query = query.where(marks.c.area_id == area_id)
    if area_ids is not None:
        query = query.where(among(marks.c.area_id, area_ids))
    if indicator_id is not None:
        query = query.where(marks.c.indicator_id == indicator_id)
    if for_study:
        query = query.where(marks.c.needs_study)
    return read_frame(engine, query.order_by(marks.c.target_id, marks.c.area_id), types)


def read_reported_indicators(engine: Engine, run_id: int, area_ids: Collection[str] | None = None) -> set[str]:
    """The indicators of which a run's marks rest on a figure; area_ids: in these areas."""
    query = select(marks.c.indicator_id).where(marks.c.run_id == run_id, marks.c.observed.is_not(None)).distinct()
    if area_ids is not None:
        query = query.where(among(marks.c.area_id, area_ids))
    with engine.connect() as connection:
        return set(connection.scalars(query))


def count_marks(engine: Engine, run_id: int) -> int:
    """How many marks a run has."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(marks).where(marks.c.run_id == run_id)) or 0


def read_forecasts(
    engine: Engine,
    run_id: int,
    *,
    indicator_id: str | None = None,
    area_id: str | None = None,
    area_ids: Collection[str] | None = None,
    version: str | None = MODEL,
) -> pd.DataFrame:
    """A run's forecasts, one row per indicator, area, time and version: columns and types of FORECASTS.

    area_ids: only in these areas. version: MODEL (every series has it), ADJUSTED (only what an analyst's approved adjustment replaced), None for both.

    q025 is the value that 2.5 % of the forecast distribution lies below; indicator's own unit.
    """
    query = select(*(forecasts.c[name] for name in FORECASTS)).where(forecasts.c.run_id == run_id)
    if indicator_id is not None:
        query = query.where(forecasts.c.indicator_id == indicator_id)
    if area_id is not None:
        query = query.where(forecasts.c.area_id == area_id)
    if area_ids is not None:
        query = query.where(among(forecasts.c.area_id, area_ids))
    if version is not None:
        query = query.where(forecasts.c.version == version)
    order = forecasts.c.indicator_id, forecasts.c.area_id, forecasts.c.time, forecasts.c.version
    return read_frame(engine, query.order_by(*order), FORECASTS)


def start_run(
    connection: Connection,
    plan_id: str,
    *,
    as_of: date,
    last_submission_id: int,
    pack_hash: str | None,
    parameters: Mapping[str, Any],
) -> int:
    """Write a run's head and give its id. Nobody reads the run before finish_run; one transaction holds the whole."""
    head = {
        "plan_id": plan_id,
        "as_of": as_of,
        "last_submission_id": last_submission_id,
        "pack_hash": pack_hash,
        "parameters": dict(parameters),
        "started_at": datetime.now(UTC),
    }
    return connection.execute(insert(judgement_runs).values(head)).inserted_primary_key[0]


def write_marks(connection: Connection, run_id: int, frame: pd.DataFrame) -> None:
    """Store marks; frame has the columns of MARKS (missing ones are stored as missing, others are refused)."""
    _write(connection, marks, run_id, frame)


def write_forecasts(connection: Connection, run_id: int, frame: pd.DataFrame) -> None:
    """Store forecasts; frame has the columns of FORECASTS, no value missing; without version they are the model's."""
    _write(connection, forecasts, run_id, frame if "version" in frame else frame.assign(version=MODEL))


def _write(connection: Connection, table, run_id: int, frame: pd.DataFrame) -> None:
    if not frame.empty:
        connection.execute(insert(table), records(frame.assign(run_id=run_id)))


def finish_run(connection: Connection, run_id: int) -> None:
    """Say that a run is whole; from the commit on, pages read it."""
    finished = {"finished_at": datetime.now(UTC)}
    connection.execute(update(judgement_runs).where(judgement_runs.c.run_id == run_id).values(finished))
