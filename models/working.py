"""The arithmetic behind a mark, number by number: what went in, what it was held against, what came of it.

Nothing is worked out a second way: every number comes from the functions that make the marks, asked once more for the
targets of one indicator.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from models import trend
from models.bounds import Bounds, Known, _known, _milestones, bounds_of
from models.intervals import QUANTILE_COLUMNS
from models.judging import SMALL, floors_of, judge, known_series
from models.pairs import UNIT, WHOLE, Pairs, make_pairs
from models.rule_probability import Asked, asked_of
from models.series import POINTS_FOR_POOLING, SeriesSet
from models.status import (
    CAP_OF_STEP,
    FALL_OF_PLANNED_CHANGE,
    SHARE_OF_STEP,
    SLOW_TOLERANCES,
    Path,
    ahead,
    path_at,
    satisfies,
    standing,
)
from models.targets import Targets, read_targets_frame

FIGURES = ["period", "time", "value", "numerator", "denominator", "lower", "upper", "error", "status", "is_rolled_up"]
STATED = ("submission_id", "reported_on", "note")  # of a figure's row, where the frame of observations has them
WITH_PATH = ("bound", "change", "points", "pace", "benchmark")
COUNTS, ERRORS, SIGNS, POOLED, NONE = "counts", "errors", "signs", "pooled", "none"


@dataclass(frozen=True)
class WorkedOut:
    """Everything known while the targets of some indicators were judged; pairs of target and area in one order."""

    marks: pd.DataFrame
    targets: Targets
    pairs: Pairs
    series: SeriesSet
    bounds: Bounds
    known: Known
    milestone_time: np.ndarray
    milestone_value: np.ndarray
    areas: pd.DataFrame
    forecasts: pd.DataFrame | None
    asked: Asked


@dataclass(frozen=True)
class PathWorking:
    """The stretch of the path at the figure's time, and what the gap is held against. NaN where there is none.

    share: of the stretch passed, 0 to 1. step: planned change over it, in the direction wanted. The tolerance is the
    largest of share_of_step, rounding and error, at most cap; for a level or loosening bound rounding and error alone.
    """

    prior_time: float
    prior_value: float
    next_time: float
    next_value: float
    share: float
    path_value: float
    step: float
    share_of_step: float
    rounding: float
    error: float
    cap: float
    is_bound_only: bool
    is_met: bool
    gap: float
    tolerance: float
    slow_from: float  # gaps below this are behind
    goal_time: float  # where the pace needed leads to
    goal_value: float
    fall: float  # how far the value lies behind the start of the path; negative: ahead
    fall_allowed: float


@dataclass(frozen=True)
class TrendWorking:
    """The recent points and the test they were put to.

    method: counts (chi-squared of shares), errors (weighted slope), signs (all pairs agree), pooled (over peers of the
    indicator and level), none. slopes: with all points, then without each; empty where the method has none.
    statistic: chi-squared; NaN for signs and pooled. pace: the median of pair_slopes.
    """

    points: pd.DataFrame
    method: str
    statistic: float
    slopes: np.ndarray
    pair_slopes: np.ndarray
    pace: float
    slope: float
    slope_error: float
    peers: int
    result: str


@dataclass(frozen=True)
class Working:
    """One mark taken apart.

    mark: the row of models.judging.MARKS. rule, kind, role, side, scope, unit: of the target. figures: FIGURES and
    STATED, oldest first, with is_judged, is_start, is_recent. milestones: time, value (in the figure's own unit),
    stated (as the plan has it). path: None where the mark is not made against one. parts: area_id, value, numerator,
    denominator of the areas a rolled-up figure was added up from. quantiles: QUANTILE_COLUMNS in the year the probability
    speaks of (p_miss_year, NaN: none), or None. goal: what they are held against, NaN where only sample paths tell
    (is_simulated). units: area_id, status of the units that must each pass.
    """

    mark: dict
    kind: str
    role: str
    side: int
    unit: str
    rule: str
    figures: pd.DataFrame
    milestones: pd.DataFrame
    path: PathWorking | None
    trend: TrendWorking
    parts: pd.DataFrame
    points_for_forecast: int
    quantiles: dict[str, float] | None
    p_miss_year: float
    is_simulated: bool
    goal: float
    goal_comparator: str
    start_error: float
    units: pd.DataFrame


def work_out(
    targets: pd.DataFrame,
    observations: pd.DataFrame,
    areas: pd.DataFrame,
    *,
    as_of: date,
    forecasts: pd.DataFrame | None,
    indicators: pd.DataFrame | None,
    model_forecasts: pd.DataFrame | None = None,
) -> WorkedOut:
    """Judge once more and keep what was known on the way. Arguments and errors as models.judging.judge.

    All targets of an indicator belong together (they share its rounding, and floor and trend one mark); other
    indicators' are not needed.
    """
    demanded = read_targets_frame(targets)
    marks = judge(
        targets,
        observations,
        areas,
        as_of=as_of,
        forecasts=forecasts,
        indicators=indicators,
        model_forecasts=model_forecasts,
    )
    series = known_series(demanded, observations, areas, indicators, as_of)
    pairs = make_pairs(demanded, areas, series.keys)
    known = _known(demanded, pairs, series)
    time, value = _milestones(demanded, pairs, series, known)
    bounds = bounds_of(demanded, pairs, series, as_of)
    asked = asked_of(marks, demanded, pairs, series, bounds, floors_of(demanded, pairs))
    return WorkedOut(marks, demanded, pairs, series, bounds, known, time, value, areas, forecasts, asked)


def working_of(out: WorkedOut, target_id: str, area_id: str) -> Working | None:
    """The working of one mark; None where this target is not judged for this area."""
    found = np.flatnonzero((out.marks.target_id == target_id).to_numpy() & (out.marks.area_id == area_id).to_numpy())
    if not len(found):
        return None
    n = int(found[0])
    m = out.pairs.target[n]
    target = out.targets.frame.iloc[m]
    kind, mark = str(out.targets.kind[m]), out.marks.iloc[n].to_dict()
    has_path = kind in WITH_PATH and out.bounds.point[n] >= 0 and np.isfinite(out.bounds.next_value[n])
    return Working(
        mark=mark,
        kind=kind,
        role=str(out.pairs.role[n]),
        side=int(out.targets.side[m]),
        unit=str(target.unit),
        rule=str(target.rule),
        figures=_figures(out, n),
        milestones=_milestone_frame(out, n, m),
        path=_path(out, n, m) if has_path else None,
        trend=_trend(out, n),
        parts=_parts(out, n, mark),
        points_for_forecast=int(out.bounds.yearly_points[n]),
        quantiles=_quantiles(out, n, mark),
        p_miss_year=float(out.asked.year[n]),
        is_simulated=bool(out.asked.is_simulated[n]),
        goal=float(out.asked.goal[n]),
        goal_comparator=str(out.asked.comparator[n]),
        start_error=float(out.known.start_error[n]),
        units=_units(out, n),
    )


def _run(out: WorkedOut, s: int) -> np.ndarray:
    """Positions in points of one series' figures."""
    return np.arange(out.series.start[s], out.series.stop[s]) if s >= 0 else np.array([], dtype=int)


def _recent(out: WorkedOut, s: int) -> np.ndarray:
    """Positions of the figures that pace and trend rest on: the last five of the yearly ones and the newest."""
    course = out.series.course_points
    run = _run(out, s)
    return course[np.isin(course, run)][-trend.POINTS :] if len(run) else run


def _figures(out: WorkedOut, n: int) -> pd.DataFrame:
    s = int(out.known.series[n])
    rows = _run(out, s)
    points = out.series.points.iloc[rows]
    columns = [*FIGURES, *(name for name in STATED if name in points)]
    start = out.bounds.baseline_time[n]
    frame = points[columns].astype({"period": object, "status": object}).reset_index(drop=True)
    return frame.assign(
        is_judged=rows == out.bounds.point[n],
        is_start=np.isfinite(start) & (np.abs(frame.time.to_numpy(dtype=float) - start) < 1e-6),
        is_recent=np.isin(rows, _recent(out, s)),
    )


def _milestone_frame(out: WorkedOut, n: int, m: int) -> pd.DataFrame:
    there = np.isfinite(out.milestone_time[n])
    stated = out.targets.milestone_value[m]
    return pd.DataFrame(
        {
            "time": out.milestone_time[n][there],
            "value": out.milestone_value[n][there],
            "stated": stated[: len(there)][there],
        }
    )


def _path(out: WorkedOut, n: int, m: int) -> PathWorking:
    """The numbers of one pair's path, from the function that made its mark."""
    one = slice(n, n + 1)
    bounds, known, side = out.bounds, out.known, out.targets.side[m : m + 1]
    path = path_at(
        known.time[one], out.milestone_time[one], out.milestone_value[one], known.start_time[one],
        bounds.baseline_value[one],
    )  # fmt: skip
    value, strict = bounds.value[one], out.targets.strict[m : m + 1]
    judged = standing(
        value, known.time[one], path, side, strict, rounding=known.rounding[one], error=known.error[one],
        pace=known.pace[one], trend=known.trend[one], start_error=known.start_error[one],
    )  # fmt: skip
    step = float(ahead(path.next_value, path.prior_value, side)[0])
    smallest = np.maximum(known.rounding[one], np.nan_to_num(known.error[one]))
    goal_met = satisfies(value, path.later_value, side, strict, np.zeros(1))[0]
    planned = abs(float(path.last_value[0] - path.start_value[0]))
    prior_time = _prior_time(out, n, path)
    return PathWorking(
        prior_time=prior_time,
        prior_value=float(path.prior_value[0]),
        next_time=float(path.next_time[0]),
        next_value=float(path.next_value[0]),
        share=float(np.clip((bounds.time[n] - prior_time) / (path.next_time[0] - prior_time), 0, 1))
        if path.next_time[0] > prior_time
        else np.nan,
        path_value=float(bounds.path_value[n]),
        step=step,
        share_of_step=SHARE_OF_STEP * abs(step),
        rounding=float(known.rounding[n]),
        error=float(known.error[n]),
        cap=CAP_OF_STEP * abs(step),
        is_bound_only=bool(judged.is_bound_only[0]),
        is_met=bool(satisfies(value, path.next_value, side, strict, smallest)[0]),
        gap=float(bounds.gap[n]),
        tolerance=float(bounds.tolerance[n]),
        slow_from=-SLOW_TOLERANCES * float(bounds.tolerance[n]),
        goal_time=float((path.last_time if goal_met else path.later_time)[0]),
        goal_value=float((path.last_value if goal_met else path.later_value)[0]),
        fall=-float(ahead(value, path.start_value, side)[0]),
        fall_allowed=FALL_OF_PLANNED_CHANGE * planned,
    )


def _prior_time(out: WorkedOut, n: int, path: Path) -> float:
    """Where the stretch at the figure's time begins: at the baseline, or at the milestone before."""
    if path.on_baseline[0]:
        return float(out.bounds.baseline_time[n])
    times = out.milestone_time[n]
    before = times[np.isfinite(times) & (times < path.next_time[0] - 1e-9)]
    return float(before.max()) if len(before) else np.nan


def _trend(out: WorkedOut, n: int) -> TrendWorking:
    s = int(out.known.series[n])
    points = out.series.points.iloc[_recent(out, s)]
    frame = points[["period", "time", "value", "numerator", "denominator", "error"]]
    frame = frame.astype({"period": object}).reset_index(drop=True)
    value, time, error = (frame[name].to_numpy(dtype=float)[None, :] for name in ("value", "time", "error"))
    first, second = np.triu_indices(value.shape[1], 1)
    pairs = (value[0, second] - value[0, first]) / (time[0, second] - time[0, first])
    slope, slope_error = trend.weighted_slope(value, time, error) if value.shape[1] > 1 else (np.array([np.nan]),) * 2
    method, statistic, slopes, peers = _test(out, n, s, points, value, time, error)
    return TrendWorking(
        points=frame, method=method, statistic=statistic, slopes=slopes, pair_slopes=pairs,
        pace=float(out.bounds.pace_seen[n]), slope=float(slope[0]), slope_error=float(slope_error[0]), peers=peers,
        result=str(out.bounds.trend[n]),
    )  # fmt: skip


def _test(out: WorkedOut, n: int, s: int, points: pd.DataFrame, value, time, error) -> tuple:
    """Which test the recent points were put to, its statistic, and the slopes it looked at."""
    nothing = np.array([])
    if s < 0 or out.bounds.trend[n] == trend.NOT_TESTABLE:
        return NONE, np.nan, nothing, 0
    peers = _peers(out, s)
    if peers:
        return POOLED, np.nan, nothing, peers
    cases, people = (points[name].to_numpy(dtype=float)[None, :] for name in ("numerator", "denominator"))
    is_survey = np.isfinite(points.lower.to_numpy(dtype=float)).all()
    if not is_survey and np.isfinite(cases).all() and ((people > 0) & (cases > 0) & (cases < people)).all():
        score = np.log(cases / (people - cases))
        statistic = float(trend.proportion_chi_squared(cases, people, time)[0])
        return COUNTS, statistic, _without_each(score, time, trend.plain_slope), 0
    if (error > 0).all():
        slope, slope_error = trend.weighted_slope(value, time, error)
        weighted = lambda y, t, e: trend.weighted_slope(y, t, e)[0]  # noqa: E731 - one of two ways to fit a line
        return ERRORS, float((slope / slope_error)[0] ** 2), _without_each(value, time, weighted, error), 0
    return SIGNS, np.nan, nothing, 0


def _without_each(value, time, fit, *weights) -> np.ndarray:
    """The slope with all points, then with each left out in turn."""
    points = np.arange(value.shape[1])
    kept = [points, *(np.delete(points, left_out) for left_out in points)]
    return np.array([float(fit(value[:, k], time[:, k], *(w[:, k] for w in weights))[0]) for k in kept])


def _peers(out: WorkedOut, s: int) -> int:
    """How many series the trend was pooled over; 0 where it was tested on its own."""
    keys = out.series.keys
    level = out.areas.drop_duplicates("area_id").set_index("area_id").level
    of_series = pd.Series(keys.get_level_values(1)).astype(object).map(level)
    if of_series.iloc[s] not in SMALL:
        return 0
    same = (of_series == of_series.iloc[s]).to_numpy() & (keys.get_level_values(0) == keys[s][0])
    usable = (
        same
        & (out.series.yearly_points >= POINTS_FOR_POOLING)
        & np.isfinite(out.series.weighted_pace)
        & (out.series.pace_error > 0)
    )
    return int(usable.sum()) if usable[s] and usable.sum() >= trend.FEWEST_PEERS else 0


def _parts(out: WorkedOut, n: int, mark: dict) -> pd.DataFrame:
    """The figures of the areas right below for the judged period, where the judged figure was added up from them."""
    columns = ["area_id", "value", "numerator", "denominator"]
    if not out.bounds.is_rolled_up[n]:
        return pd.DataFrame(columns=columns)
    children = out.areas.area_id[(out.areas.parent_id == mark["area_id"]) & out.areas.is_unit.astype(bool)]
    points = out.series.points
    same = (points.period == mark["period"]) & (points.indicator_id == mark["indicator_id"])
    return points[same & points.area_id.isin(children)][columns].astype({"area_id": object}).reset_index(drop=True)


def _quantiles(out: WorkedOut, n: int, mark: dict) -> dict[str, float] | None:
    fans = out.forecasts
    if fans is None or not len(fans) or not np.isfinite(out.asked.year[n]):
        return None
    same = (fans.indicator_id == mark["indicator_id"]) & (fans.area_id == mark["area_id"])
    row = fans[same & (np.abs(fans.time - out.asked.year[n]) < 1e-6)]
    return {name: float(row.iloc[0][name]) for name in QUANTILE_COLUMNS} if len(row) else None


def _units(out: WorkedOut, n: int) -> pd.DataFrame:
    """The units a whole is judged by, with their marks."""
    if out.pairs.role[n] != WHOLE:
        return pd.DataFrame(columns=["area_id", "status", "observed", "gap"])
    units = out.pairs.parts.unit[out.pairs.parts.whole == n].to_numpy(dtype=int)
    units = units[out.pairs.role[units] == UNIT]
    return out.marks.iloc[units][["area_id", "status", "observed", "gap"]].reset_index(drop=True)
