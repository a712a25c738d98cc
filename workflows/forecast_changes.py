"""What moved between two runs of forecasts of a plan, and why: pool by pool, only those whose inputs changed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import Engine

from data_access import forecast_runs, plans
from models.forecast_changes import MOVED, SERIES, goals_of, moves, tell_why
from models.intervals import LEVELS, QUANTILE_COLUMNS

STORED = {f"q{round(level * 1000):03d}": column for column, level in zip(QUANTILE_COLUMNS, LEVELS, strict=True)}
SERIES_AT_ONCE = 20_000  # memory is theirs, not the store's
LEAST_MOVE = 0.01  # of the earlier 80 % interval: less is not counted as moved
MOST_KEPT = 10_000  # rows: the largest moves; the counts are of all


@dataclass(frozen=True)
class Changes:
    """moved: the largest moves, models.forecast_changes.MOVED with indicator_id. by_why, by_indicator: of all series in
    changed pools: series, moved (by LEAST_MOVE or more), largest shift, mean change of the chance.

    unchanged: series whose pool is the earlier run's. appeared, gone: series only one of the runs has. past, undated:
    series of the later run that are not compared, because the year of their indicator's last milestone is over, or
    because the plan gives it none. Series moved or not (by_why), unchanged, appeared, past and undated make up the run.
    """

    moved: pd.DataFrame
    by_why: pd.DataFrame
    by_indicator: pd.DataFrame
    unchanged: int
    appeared: int
    gone: int
    past: int = 0
    undated: int = 0


def runs_of(engine: Engine, plan_id: str) -> pd.DataFrame:
    """The finished runs that hold forecasts of a plan (its day, then when it was made; newest first): RUNS and how many
    of the plan's series and pools each has, and how many of the pools it made itself."""
    runs = forecast_runs.read_runs(engine)
    runs = runs[runs.state == "finished"].merge(forecast_runs.count_pools(engine, plan_id), on="run_id")
    return runs.sort_values(["as_of", "run_id"], ascending=False).reset_index(drop=True)


def compare_runs(
    engine: Engine, plan_id: str, before: int, after: int, *, as_of: date, area_ids: Collection[str] | None = None
) -> Changes:
    """What moved from one run to another. as_of: the day whose targets say which year counts. area_ids: only of these."""
    goals = goals_of(plans.read_targets(engine, plan_id, on=as_of))
    pools = [_pools(engine, run_id, plan_id) for run_id in (before, after)]
    both = pools[0].join(pools[1], how="outer", suffixes=("_before", "_after"))
    undated = _series_of(engine, after, plan_id, both[~both.index.isin(goals.index)], area_ids)
    both = both[both.index.isin(goals.index)]
    dated = _series_of(engine, after, plan_id, both, area_ids)
    is_same = both.blocks_before == both.blocks_after
    other_method = both.index[both.methods_before != both.methods_after]
    unchanged = _series_of(engine, after, plan_id, both[is_same], area_ids)
    frames, appeared, gone = [], 0, 0
    for wanted in _batches(both[~is_same]):
        fans = [_fans(engine, run_id, plan_id, wanted, goals, area_ids) for run_id in (before, after)]
        keys = [pd.MultiIndex.from_frame(fan[SERIES].astype(object)) for fan in fans]
        appeared, gone = appeared + (~keys[1].isin(keys[0])).sum(), gone + (~keys[0].isin(keys[1])).sum()
        inputs = [
            forecast_runs.read_inputs(engine, run_id, plan_id=plan_id, indicator_ids=wanted)
            for run_id in (before, after)
        ]
        frames.append(tell_why(moves(*fans, goals, other_method), *inputs))
    compared = sum(len(frame) for frame in frames)
    past = dated - unchanged - compared - int(appeared)
    return _summed_up(frames, unchanged, int(appeared), int(gone), past, undated)


def _pools(engine: Engine, run_id: int, plan_id: str) -> pd.DataFrame:
    """By indicator the blocks of its parts, by which method and version they were made, and how many series they have."""
    pools = forecast_runs.read_pools(engine, run_id).dropna(subset="block_id")
    pools = pools[pools.plan_id == plan_id]
    methods = pools.method + " " + pools.method_version.astype(str)
    pools = pools.assign(blocks=pools.block_id.astype(str), methods=methods).groupby("indicator_id")
    return pools.agg(blocks=("blocks", " ".join), methods=("methods", "max"), series=("series", "sum"))


def _batches(pools: pd.DataFrame) -> Iterator[list[str]]:
    """The indicators, as many together as have SERIES_AT_ONCE series, at least one."""
    series = pools[["series_before", "series_after"]].max(axis=1).astype(int)
    for _number, wanted in series.groupby((series.cumsum() - series) // SERIES_AT_ONCE):
        yield wanted.index.tolist()


def _series_of(engine: Engine, run_id: int, plan_id: str, pools: pd.DataFrame, area_ids) -> int:
    """How many series the later run has in these pools, with or without a year to compare."""
    if area_ids is None:
        return int(pools.series_after.sum())
    found = 0
    for wanted in _batches(pools):
        fans = forecast_runs.read_fans(engine, run_id, plan_id=plan_id, indicator_ids=wanted)
        found += len(fans.loc[fans.area_id.isin(area_ids), SERIES].drop_duplicates())
    return found


def _fans(
    engine: Engine, run_id: int, plan_id: str, indicator_ids: list[str], goals: pd.DataFrame, area_ids
) -> pd.DataFrame:
    """The forecasts of each series for the year of its indicator's last milestone."""
    fans = forecast_runs.read_fans(engine, run_id, plan_id=plan_id, indicator_ids=indicator_ids)
    fans = fans[(fans.time == fans.indicator_id.map(goals.year)).to_numpy(dtype=bool)]
    fans = fans if area_ids is None else fans[fans.area_id.isin(area_ids)]
    return fans.rename(columns=STORED)[[*SERIES, "time", *QUANTILE_COLUMNS]].reset_index(drop=True)


def _summed_up(
    frames: list[pd.DataFrame], unchanged: int, appeared: int, gone: int, past: int, undated: int
) -> Changes:
    every = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=MOVED)
    size = every["shift"].astype(float).abs()
    furthest = size[size >= LEAST_MOVE].sort_values(ascending=False, kind="stable").index
    return Changes(
        moved=every.loc[furthest].head(MOST_KEPT).reset_index(drop=True),
        by_why=_sums(every, "why"),
        by_indicator=_sums(every, "indicator_id"),
        unchanged=unchanged,
        appeared=appeared,
        gone=gone,
        past=past,
        undated=undated,
    )


def _sums(every: pd.DataFrame, by: str) -> pd.DataFrame:
    size = every["shift"].astype(float).abs()
    grouped = every.assign(size=size, moved=size >= LEAST_MOVE).groupby(by)
    return grouped.agg(
        series=("area_id", "size"), moved=("moved", "sum"), largest=("size", "max"), p_change=("p_change", "mean")
    )
