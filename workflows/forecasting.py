"""forecast: every series in the store, pool by pool, each pool only when what it rests on has changed."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Engine

from data_access import forecast_runs, observations, submissions
from data_access.errors import InputError
from data_access.forecast_runs import Block, PoolKey
from models.forecast_pools import VERSION, YEAR, Pool, counts_sums, fingerprint, pools_of
from models.judging import forecast_history
from workflows.forecast_cluster import cluster_at
from workflows.forecast_scopes import Scope, scopes_of
from workflows.jobs import Cancelled

SEED = 20261115  # draws the parts of indicators of many series; nothing else is drawn
FIGURES_AT_ONCE = 300_000  # indicators are read together up to so many figures: memory is theirs, not the store's
Progress = Callable[[float, str], None]
Calculate = Callable[[Iterable["Task"]], Iterator[tuple["Task", np.ndarray]]]


@dataclass(frozen=True)
class Task:
    """A pool that has to be forecast."""

    key: PoolKey
    pool: Pool
    input_hash: str


def run_forecasts(
    engine: Engine,
    *,
    as_of: date,
    plan_ids: Iterable[str] | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Forecast every series in the store (or those of some plans) as of a day, from the figures known by then.

    A run of the same day and inputs is given again; one that was cut short is taken up. Only pools whose inputs changed
    are forecast, the others are an earlier run's. The same inputs, parameters and seed give the same numbers.

    scheduler: address of a Dask scheduler to forecast on; in this process otherwise. progress: told the share done (0 to
    1) and what is being done; what it raises ends the run, which the next call takes up.
    Returns run_id (None where there is no series to forecast), as_of, is_new, series, pools, pools_made.
    Raises InputError for an unknown plan, figures that cannot be forecast and a scheduler that cannot be reached.
    """
    tell = progress or (lambda share, doing: None)
    tell(0.0, "读取目标与数据")
    scopes = scopes_of(engine, as_of, plan_ids)
    head = _head(engine, scopes, as_of)
    run_id = forecast_runs.find_finished(engine, head, _covers)
    if run_id is not None:
        return _facts(engine, run_id, as_of, is_new=False)
    with cluster_at(scheduler) as calculate:
        try:
            run_id, is_new = _Run(engine, scopes, head, tell).make(calculate)
        except forecast_runs.RunGone:  # another process was at it too, and found an earlier run with the same pools
            run_id, is_new = _Run(engine, scopes, head, tell).make(calculate)
    tell(1.0, "完成")
    return _facts(engine, run_id, as_of, is_new=is_new)


def _head(engine: Engine, scopes: list[Scope], as_of: date) -> dict[str, Any]:
    """What a run is of. Everything its pools' hashes follow from stands here, or follows from it."""
    return {
        "as_of": as_of,
        "method": VERSION,
        "seed": SEED,
        "last_submission_id": submissions.newest_submission_id(engine),
        "parameters": {"scopes": {scope.plan_id: scope.state for scope in scopes}},
    }


def _covers(there: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a run of some parameters holds what one of others would."""
    return all(there["scopes"].get(plan_id) == state for plan_id, state in wanted["scopes"].items())


def _facts(engine: Engine, run_id: int | None, as_of: date, *, is_new: bool) -> dict[str, Any]:
    facts = {"run_id": run_id, "as_of": as_of.isoformat(), "is_new": is_new}
    if run_id is None:
        return facts | {"series": 0, "pools": 0, "pools_made": 0}
    pools = forecast_runs.read_pools(engine, run_id).dropna(subset="block_id")
    made = int((~pools.is_reused).sum()) if is_new else 0
    return facts | {"series": int(pools.series.sum()), "pools": len(pools), "pools_made": made}


@dataclass
class _Run:
    """One run while it is made."""

    engine: Engine
    scopes: list[Scope]
    head: dict[str, Any]
    tell: Progress
    run_id: int = 0
    read: int = 0  # figures
    to_read: int = 1

    def make(self, calculate: Calculate) -> tuple[int | None, bool]:
        """Forecast what there is to; the run's id (None: nothing to forecast) and whether it is another than before."""
        self.run_id, _ = forecast_runs.begin_run(self.engine, self.head)
        try:
            for task, fan in calculate(self._tasks()):
                self._write(task.key, _block(task, fan))
            return self._finish()
        except (Cancelled, KeyboardInterrupt):
            forecast_runs.end_run(self.engine, self.run_id, "cancelled")
            raise
        except forecast_runs.RunGone:
            raise
        except Exception as error:
            why = str(error) if isinstance(error, InputError) else type(error).__name__
            forecast_runs.end_run(self.engine, self.run_id, "failed", why)
            raise

    def _tasks(self) -> Iterator[Task]:
        """The pools that have to be forecast; those that an earlier run has are noted on the way."""
        known_by = self._known_by(self.head["last_submission_id"])  # nothing imported while the run is made
        counted = [_counts(self.engine, scope, known_by) for scope in self.scopes]
        self.to_read = sum(sum(counts.values()) for counts in counted) or 1
        self._take_unchanged(known_by)
        done = self._done()
        for scope, counts in zip(self.scopes, counted, strict=True):
            for wanted in _batches(scope.indicator_ids, counts):
                self.tell(self.read / self.to_read, f"预测 {scope.plan_id}")
                left = [name for name in wanted if not done.get((scope.plan_id, name), False)]
                if left:
                    yield from self._of_indicators(scope, left, known_by, done)
                self.read += sum(counts[name] for name in wanted)

    def _known_by(self, last_submission_id: int) -> int:
        """The last submission whose figures count: of those the run saw, the last one received by its day."""
        with self.engine.connect() as connection:
            return min(submissions.last_submission_by(connection, self.head["as_of"]), last_submission_id)

    def _take_unchanged(self, known_by: int) -> None:
        """Note the pools of indicators of which nothing has come in since the last run of the day, without reading them."""
        before = self._before()
        if before is None:
            return
        known_then = self._known_by(forecast_runs.read_run(self.engine, before)["last_submission_id"])
        changed = observations.indicators_changed(self.engine, after=known_then, by=known_by)
        plan_ids = {scope.plan_id for scope in self.scopes}
        forecast_runs.copy_pools(self.engine, self.run_id, before, plan_ids, but=changed)

    def _before(self) -> int | None:
        """The newest finished run of the same day, plans and parameters."""
        same = {name: value for name, value in self.head.items() if name != "last_submission_id"}
        return forecast_runs.find_finished(self.engine, same, _covers)

    def _done(self) -> dict[tuple, bool]:
        """What is there from before the run was cut short: keys of pools, and by (plan_id, indicator_id) whether whole."""
        pools = forecast_runs.read_pools(self.engine, self.run_id)
        parts = pools.groupby(["plan_id", "indicator_id"]).parts.agg(["size", "max"])
        whole = dict(zip(parts.index, (parts["size"] == parts["max"]).tolist(), strict=True))
        keys = pools[[name.name for name in fields(PoolKey)]].itertuples(index=False, name=None)
        return whole | dict.fromkeys(keys, True)

    def _of_indicators(self, scope: Scope, indicator_ids: list[str], known_by: int, done) -> Iterator[Task]:
        seen = set()
        for pool in _pools(self.engine, scope, indicator_ids, known_by, self.head["as_of"]):
            seen.add(pool.indicator_id)
            key = PoolKey(scope.plan_id, pool.indicator_id, pool.frequency, pool.part, pool.parts)
            if astuple(key) in done:
                continue
            digest = fingerprint(pool, SEED)
            block_id = forecast_runs.find_block(self.engine, digest)
            if block_id is None and len(pool.times):
                yield Task(key, pool, digest)
            else:
                self._write(key, block_id)
        for name in sorted(set(indicator_ids) - seen):  # noted too, so that a run taken up need not look again
            self._write(PoolKey(scope.plan_id, name, YEAR, 0, 1), None)

    def _write(self, key: PoolKey, block: Block | int | None) -> None:
        forecast_runs.write_pool(self.engine, self.run_id, key, block)
        self.tell(self.read / self.to_read, f"预测 {key.indicator_id}")

    def _finish(self) -> tuple[int | None, bool]:
        pools = forecast_runs.read_pools(self.engine, self.run_id).dropna(subset="block_id")
        if not len(pools):
            forecast_runs.forget_run(self.engine, self.run_id)
            return None, False
        before = self._same_as_before(pools)
        if before not in (None, self.run_id):
            forecast_runs.forget_run(self.engine, self.run_id)
            return before, False
        forecast_runs.finish_run(self.engine, self.run_id, _hash_of(pools))
        return self.run_id, True

    def _same_as_before(self, pools: pd.DataFrame) -> int | None:
        """The newest finished run of the day with the same pools: later submissions brought nothing they rest on."""
        before = self._before()
        if before is None:
            return None
        there = forecast_runs.read_pools(self.engine, before).dropna(subset="block_id")
        if _hash_of(there[there.plan_id.isin({scope.plan_id for scope in self.scopes})]) != _hash_of(pools):
            return None
        if len(there) == len(pools):
            forecast_runs.note_submission(self.engine, before, self.head["last_submission_id"])
        return before


def _hash_of(pools: pd.DataFrame) -> str:
    keys = pools[["plan_id", "indicator_id", "frequency", "part", "input_hash"]]
    return hashlib.sha256(json.dumps(keys.to_numpy(dtype=object).tolist()).encode()).hexdigest()


def _counts(engine: Engine, scope: Scope, known_by: int) -> dict[str, int]:
    """indicator_id -> how many of its figures count in the scope, about: a plan's are those of all areas."""
    free = [name for name in scope.indicator_ids if name not in scope.taken]
    counts = observations.count_figures(engine, last_submission_id=known_by, indicator_ids=free)
    by_areas: dict[frozenset[str], list[str]] = {}  # the indicators of one plan have the same areas taken
    for name, area_ids in scope.taken.items():
        by_areas.setdefault(frozenset(area_ids), []).append(name)
    for area_ids, names in by_areas.items():
        counts |= observations.count_figures(engine, last_submission_id=known_by, indicator_ids=names, outside=area_ids)
    return counts


def _batches(indicator_ids: list[str], counts: Mapping[str, int]) -> Iterator[list[str]]:
    """The indicators that have figures, as many together as make FIGURES_AT_ONCE, at least one."""
    batch, figures = [], 0
    for name in indicator_ids:
        if not counts.get(name):
            continue
        if batch and figures + counts[name] > FIGURES_AT_ONCE:
            yield batch
            batch, figures = [], 0
        batch.append(name)
        figures += counts[name]
    if batch:
        yield batch


def _pools(engine: Engine, scope: Scope, indicator_ids: list[str], known_by: int, as_of: date) -> Iterator[Pool]:
    figures = observations.read_histories(engine, indicator_ids, last_submission_id=known_by)
    figures = scope.own(figures)
    targets = scope.targets_of(indicator_ids)
    try:
        history = forecast_history(targets, figures, scope.places, scope.registered, as_of, parts_of_years=True)
        history = history[history.indicator_id.isin(indicator_ids)]
        yield from pools_of(history, scope.end, methods=scope.methods, seed=SEED)
    except ValueError as error:
        raise _not_forecastable(error) from error


def _not_forecastable(error: ValueError) -> InputError:
    return InputError(f"无法预测：{error} 请更正或撤销相应的导入，然后重新运行。")


def _block(task: Task, fan: np.ndarray) -> Block:
    pool = task.pool
    return Block(
        input_hash=task.input_hash,
        method=pool.method,
        method_version=VERSION,
        times=pool.times,
        area_ids=pool.area_ids,
        first_time=pool.first_time,
        fan=fan,
        points=pool.points,
        time=pool.history["time"].to_numpy(float),
        value=pool.history["value"].to_numpy(float),
        counts_sum=counts_sums(pool),
    )
