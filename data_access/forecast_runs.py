"""Runs of forecasts and the forecasts themselves, kept by pool (forecast_tables says what that is).

Every pool is committed by itself, with its block, so that a run cut short has whole pools only and can be taken up.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Engine, case, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from data_access.engine import copy_rows, writing
from data_access.forecast_tables import forecast_blocks, forecast_pools, forecast_runs, forecast_series
from data_access.frames import DATE, MOMENT, among, read_frame, records

FIGURES_OF_A_TIME = ("mean", "q025", "q100", "q250", "q500", "q750", "q900", "q975")
DOUBLE = np.dtype("<f8")
RUNS = {
    "run_id": "int64",
    "as_of": DATE,
    "state": "str",
    "method": "int64",
    "parameters": "object",
    "seed": "int64",
    "inputs_hash": "str",
    "series_total": "int64",
    "series_done": "int64",
    "last_submission_id": "int64",
    "message": "str",
    "started_at": MOMENT,
    "finished_at": MOMENT,
}
POOLS = {
    "plan_id": "str",
    "indicator_id": "str",
    "frequency": "str",
    "part": "int64",
    "parts": "int64",
    "block_id": "Int64",
    "is_reused": "bool",
    "input_hash": "str",
    "method": "str",
    "method_version": "Int64",
    "series": "Int64",
}
COUNTS = dict.fromkeys(("run_id", "pools", "series", "pools_made"), "int64")
INPUTS = {"indicator_id": "str", "area_id": "str", "time": "float64", "value": "float64", "counts_sum": "int64"}
FANS = {"indicator_id": "str", "area_id": "str", "time": "float64"} | dict.fromkeys(FIGURES_OF_A_TIME, "float64")


class RunGone(Exception):
    """Another process found the run to be the same as an earlier one, and removed it."""


@dataclass(frozen=True)
class PoolKey:
    """Which pool of a run. plan_id is empty for indicators that no plan asks for."""

    plan_id: str
    indicator_id: str
    frequency: str
    part: int
    parts: int


@dataclass(frozen=True)
class Block:
    """The forecasts of a pool of S series. times: (T,) calendar years. fan: (S, T, 8), NaN before first_time (S,).

    points: (S,) how many of the rows of time and value are each series', series after series. counts_sum: (S,).
    """

    input_hash: str
    method: str
    method_version: int
    times: np.ndarray
    area_ids: np.ndarray
    first_time: np.ndarray
    fan: np.ndarray
    points: np.ndarray
    time: np.ndarray
    value: np.ndarray
    counts_sum: np.ndarray


# Runs ---------------------------------------------------------------------------------------------------------------


def begin_run(engine: Engine, head: Mapping[str, Any]) -> tuple[int, bool]:
    """Start a run, or go on with one of the same head that is not finished; gives its id and whether it went on.

    head: as_of, method, parameters, seed, last_submission_id. Two processes may be at work on one run: each pool is noted
    once, whoever makes it first.
    """
    running = {"state": "running", "message": None, "finished_at": None}
    with writing(engine) as connection:
        for row in connection.execute(_of_head(head).where(forecast_runs.c.state != "finished")):
            if row.parameters == head["parameters"]:
                connection.execute(_run(row.run_id).values(running))
                return row.run_id, True
        new = insert(forecast_runs).values(dict(head) | running | {"started_at": datetime.now(UTC)})
        return connection.execute(new).inserted_primary_key[0], False


def find_finished(engine: Engine, head: Mapping[str, Any], covers: Callable[[dict, dict], bool]) -> int | None:
    """The newest finished run of this head (last_submission_id may be left out) whose parameters cover the head's."""
    query = _of_head(head).where(forecast_runs.c.state == "finished")
    with engine.connect() as connection:
        for row in connection.execute(query):
            if covers(row.parameters, head["parameters"]):
                return row.run_id
    return None


def _of_head(head: Mapping[str, Any]):
    """Runs of these values, newest first; parameters are compared by the caller: databases order JSON's keys anew."""
    query = select(forecast_runs).order_by(forecast_runs.c.run_id.desc())
    for name in ("as_of", "method", "seed", "last_submission_id"):
        if name in head:
            query = query.where(forecast_runs.c[name] == head[name])
    return query


def note_total(engine: Engine, run_id: int, series_total: int) -> None:
    """How many series the run is about to forecast."""
    with writing(engine) as connection:
        connection.execute(_run(run_id).values(series_total=series_total))


def note_submission(engine: Engine, run_id: int, last_submission_id: int) -> None:
    """A finished run's inputs are those of a later submission too."""
    with writing(engine) as connection:
        connection.execute(_run(run_id).values(last_submission_id=last_submission_id))


def finish_run(engine: Engine, run_id: int, inputs_hash: str) -> None:
    """The run is whole; from the commit on, others read it. RunGone where it is no longer there."""
    with writing(engine) as connection:
        total = _there(connection, run_id).series_done
        done = {"state": "finished", "inputs_hash": inputs_hash, "series_total": total, "message": None}
        unfinished = forecast_runs.c.state != "finished"
        connection.execute(_run(run_id).where(unfinished).values(done | {"finished_at": datetime.now(UTC)}))


def end_run(engine: Engine, run_id: int, state: str, message: str | None = None) -> None:
    """The run stopped short: failed (message says why) or cancelled. Nothing where another process has finished it."""
    ended = {"state": state, "message": message, "finished_at": datetime.now(UTC)}
    with writing(engine) as connection:
        connection.execute(_run(run_id).where(forecast_runs.c.state == "running").values(ended))


def forget_run(engine: Engine, run_id: int) -> None:
    """Remove a run that is not finished, since it has nothing, or the same as an earlier one."""
    unfinished = forecast_runs.c.run_id == run_id, forecast_runs.c.state != "finished"
    with writing(engine) as connection:
        if connection.execute(select(forecast_runs.c.run_id).where(*unfinished)).first() is not None:
            connection.execute(forecast_pools.delete().where(forecast_pools.c.run_id == run_id))
            connection.execute(forecast_runs.delete().where(forecast_runs.c.run_id == run_id))


def _run(run_id: int):
    return update(forecast_runs).where(forecast_runs.c.run_id == run_id)


def _there(connection: Connection, run_id: int):
    # locked: on PostgreSQL two processes would note one pool at the same time
    query = select(forecast_runs).where(forecast_runs.c.run_id == run_id).with_for_update()
    row = connection.execute(query).first()
    if row is None:
        raise RunGone
    return row


def read_runs(engine: Engine) -> pd.DataFrame:
    """Every run, newest first: columns and types of RUNS; parameters is a dict."""
    query = select(*(forecast_runs.c[name] for name in RUNS)).order_by(forecast_runs.c.run_id.desc())
    return read_frame(engine, query, RUNS)


def read_run(engine: Engine, run_id: int) -> dict[str, Any]:
    """One run: a row of forecast_runs."""
    with engine.connect() as connection:
        return dict(connection.execute(select(forecast_runs).where(forecast_runs.c.run_id == run_id)).one()._mapping)


def newest_run_id(engine: Engine) -> int:
    """The id of the newest finished run, 0 before the first."""
    finished = select(func.max(forecast_runs.c.run_id)).where(forecast_runs.c.state == "finished")
    with engine.connect() as connection:
        return connection.scalar(finished) or 0


# Pools --------------------------------------------------------------------------------------------------------------


def find_block(engine: Engine, input_hash: str) -> int | None:
    """The id of the block made from these inputs, None where there is none."""
    query = select(forecast_blocks.c.block_id).where(forecast_blocks.c.input_hash == input_hash)
    with engine.connect() as connection:
        return connection.scalar(query)


def write_pool(engine: Engine, run_id: int, key: PoolKey, block: Block | int | None) -> None:
    """Note a pool as done, in one transaction with its block; once, whoever else notes it. RunGone where there is no run.

    block: new, the id of one that is there, or None (nothing in the pool can be forecast).
    """
    try:
        _write_pool(engine, run_id, key, block)
    except IntegrityError:  # on PostgreSQL another run added the same block at the same moment: now it is there
        _write_pool(engine, run_id, key, block)


def _write_pool(engine: Engine, run_id: int, key: PoolKey, block: Block | int | None) -> None:
    with writing(engine) as connection:
        _there(connection, run_id)
        if connection.execute(_noted(run_id, key)).first() is not None:
            return
        block_id, is_reused = _kept(connection, block)
        row = {**vars(key), "run_id": run_id, "block_id": block_id, "is_reused": is_reused}
        connection.execute(insert(forecast_pools).values(row))
        in_block = select(forecast_blocks.c.series).where(forecast_blocks.c.block_id == block_id).scalar_subquery()
        connection.execute(_run(run_id).values(series_done=forecast_runs.c.series_done + func.coalesce(in_block, 0)))


def _noted(run_id: int, key: PoolKey):
    same = [forecast_pools.c[name] == value for name, value in vars(key).items() if name != "parts"]
    return select(forecast_pools.c.block_id).where(forecast_pools.c.run_id == run_id, *same)


def _kept(connection: Connection, block: Block | int | None) -> tuple[int | None, bool]:
    if block is None or isinstance(block, int):
        return block, block is not None
    there = select(forecast_blocks.c.block_id).where(forecast_blocks.c.input_hash == block.input_hash)
    if (block_id := connection.scalar(there)) is not None:
        return block_id, True  # another process made it meanwhile
    return _add_block(connection, block), False


def _add_block(connection: Connection, block: Block) -> int:
    head = {
        "input_hash": block.input_hash,
        "method": block.method,
        "method_version": block.method_version,
        "times": block.times.tolist(),
        "series": len(block.area_ids),
        "made_at": datetime.now(UTC),
    }
    block_id = connection.execute(insert(forecast_blocks).values(head)).inserted_primary_key[0]
    columns = ("block_id", "area_id", "first_time", "fan", "history", "counts_sum")
    copy_rows(connection, forecast_series, columns, _packed_rows(block_id, block))
    return block_id


def _packed_rows(block_id: int, block: Block):
    fans = np.ascontiguousarray(block.fan, DOUBLE).tobytes()
    times, values = block.time.astype(DOUBLE).tobytes(), block.value.astype(DOUBLE).tobytes()
    width = DOUBLE.itemsize * len(FIGURES_OF_A_TIME)
    ends = (np.cumsum(block.points) * DOUBLE.itemsize).tolist()
    begins = [0, *ends[:-1]]
    per_series = zip(block.area_ids.tolist(), block.first_time.tolist(), block.counts_sum.tolist(), strict=True)
    for series, (area_id, first, counts_sum) in enumerate(per_series):
        row = series * len(block.times) * width
        fan = fans[row + first * width : row + len(block.times) * width]
        begin, end = begins[series], ends[series]
        yield block_id, area_id, first, fan, times[begin:end] + values[begin:end], counts_sum


def copy_pools(engine: Engine, run_id: int, earlier: int, plan_ids: Collection[str], but: Collection[str]) -> None:
    """Note an earlier run's pools of some plans as this one's too, but for some indicators' and those it has already;
    all in one transaction. RunGone as in write_pool."""
    names = [field.name for field in fields(PoolKey)]
    pools = read_pools(engine, earlier)
    pools = pools[pools.plan_id.isin(plan_ids) & ~pools.indicator_id.isin(but)]
    with writing(engine) as connection:
        _there(connection, run_id)
        own = select(*(forecast_pools.c[name] for name in names)).where(forecast_pools.c.run_id == run_id)
        own = {tuple(row) for row in connection.execute(own)}
        pools = pools[[key not in own for key in pools[names].itertuples(index=False, name=None)]]
        rows = pools[[*names, "block_id"]].assign(run_id=run_id, is_reused=pools.block_id.notna())
        if len(rows):
            connection.execute(insert(forecast_pools), records(rows))
        more = forecast_runs.c.series_done + int(pools.series.sum())
        connection.execute(_run(run_id).values(series_done=more))


def read_pools(engine: Engine, run_id: int) -> pd.DataFrame:
    """The pools of a run that are done, with what their blocks are: columns and types of POOLS, in order of their keys."""
    blocks = set(POOLS) & {"input_hash", "method", "method_version", "series"}
    columns = [(forecast_blocks if name in blocks else forecast_pools).c[name] for name in POOLS]
    query = select(*columns).join_from(forecast_pools, forecast_blocks, isouter=True)
    query = query.where(forecast_pools.c.run_id == run_id)
    order = [forecast_pools.c[name] for name in ("plan_id", "indicator_id", "frequency", "part")]
    return read_frame(engine, query.order_by(*order), POOLS)


def count_pools(engine: Engine, plan_id: str) -> pd.DataFrame:
    """By run the pools and series it has of a plan, and how many of the pools it made itself: columns of COUNTS."""
    pool, block = forecast_pools.c, forecast_blocks.c
    made = func.sum(case((pool.is_reused, 0), else_=1))
    counts = [func.count().label("pools"), func.sum(block.series).label("series"), made.label("pools_made")]
    query = select(pool.run_id, *counts).join_from(forecast_pools, forecast_blocks).where(pool.plan_id == plan_id)
    return read_frame(engine, query.group_by(pool.run_id).order_by(pool.run_id), COUNTS)


# Forecasts ----------------------------------------------------------------------------------------------------------


def read_fans(
    engine: Engine,
    run_id: int,
    *,
    plan_id: str,
    indicator_ids: Collection[str] | None = None,
    area_id: str | None = None,
) -> pd.DataFrame:
    """A run's forecasts of a plan, one row per indicator, area and time: columns and types of FANS, in that order."""
    query = (
        select(forecast_pools.c.indicator_id, forecast_blocks.c.times)
        .add_columns(*(forecast_series.c[name] for name in ("area_id", "first_time", "fan")))
        .join_from(forecast_pools, forecast_blocks)
        .join(forecast_series, forecast_series.c.block_id == forecast_blocks.c.block_id)
        .where(forecast_pools.c.run_id == run_id, forecast_pools.c.plan_id == plan_id)
    )
    if indicator_ids is not None:
        query = query.where(among(forecast_pools.c.indicator_id, indicator_ids))
    if area_id is not None:
        query = query.where(forecast_series.c.area_id == area_id)
    # by part first would not be by area
    query = query.order_by(forecast_pools.c.indicator_id, forecast_series.c.area_id)
    with engine.connect() as connection:
        rows = connection.execute(query).fetchall()
    return _unpacked_fans([tuple(row) for row in rows])


def _unpacked_fans(rows: list[tuple]) -> pd.DataFrame:
    indicator_id, times, area_id, first, fans = zip(*rows, strict=True) if rows else ((),) * 5
    figures = np.frombuffer(b"".join(fans), DOUBLE).reshape(-1, len(FIGURES_OF_A_TIME))
    ahead = np.concatenate([np.asarray(own[start:]) for own, start in zip(times, first, strict=True)] or [[]])
    width = DOUBLE.itemsize * len(FIGURES_OF_A_TIME)
    count = np.array([len(fan) // width for fan in fans], dtype=int)
    frame = pd.DataFrame(figures, columns=list(FIGURES_OF_A_TIME))
    frame.insert(0, "indicator_id", np.repeat(np.array(indicator_id, dtype=object), count))
    frame.insert(1, "area_id", np.repeat(np.array(area_id, dtype=object), count))
    frame.insert(2, "time", ahead)
    return frame.astype(FANS)


def read_inputs(engine: Engine, run_id: int, *, plan_id: str, indicator_ids: Collection[str]) -> pd.DataFrame:
    """The figures some indicators' forecasts of a run rest on: columns and types of INPUTS, by indicator, area, time.

    counts_sum is a checksum of all numerators and denominators of the series, the same in all its rows.
    """
    series = [forecast_series.c[name] for name in ("area_id", "history", "counts_sum")]
    query = select(forecast_pools.c.indicator_id, *series)
    query = query.join(forecast_pools, forecast_pools.c.block_id == forecast_series.c.block_id)
    query = query.where(forecast_pools.c.run_id == run_id, forecast_pools.c.plan_id == plan_id)
    query = query.where(among(forecast_pools.c.indicator_id, indicator_ids))
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(forecast_pools.c.indicator_id, forecast_series.c.area_id)).fetchall()
    return _unpacked_inputs([tuple(row) for row in rows])


def _unpacked_inputs(rows: list[tuple]) -> pd.DataFrame:
    indicator_id, area_id, histories, counts_sum = zip(*rows, strict=True) if rows else ((),) * 4
    halves = [len(history) // 2 for history in histories]
    times = b"".join(history[:half] for history, half in zip(histories, halves, strict=True))
    values = b"".join(history[half:] for history, half in zip(histories, halves, strict=True))
    points = np.array(halves, dtype=int) // DOUBLE.itemsize
    frame = {"indicator_id": np.repeat(np.array(indicator_id, dtype=object), points)}
    frame |= {"area_id": np.repeat(np.array(area_id, dtype=object), points)}
    frame |= {"time": np.frombuffer(times, DOUBLE), "value": np.frombuffer(values, DOUBLE)}
    return pd.DataFrame(frame | {"counts_sum": np.repeat(np.array(counts_sum, dtype=np.int64), points)}).astype(INPUTS)
