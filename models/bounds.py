"""The rule kinds: what each asks of a value, and the status that follows. N pairs of target and area, as arrays."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from models.pairs import PLAN_BAR, Pairs
from models.rates import ADDITIVE_UNITS
from models.series import SeriesSet, time_of
from models.status import (
    ACHIEVED,
    BEHIND,
    CANNOT_JUDGE,
    ON_COURSE,
    SLOW,
    ahead,
    direction_status,
    pace_needed,
    path_at,
    standing,
)
from models.targets import Targets, benchmark_indicators

DATED = ["bound", "change", "points"]
POINTS_FOR_DIRECTION = 3
POINTS_FOR_GROWTH = 5  # five growth rates rest on six levels


@dataclass
class Bounds:
    """What is known of N pairs once the rules have spoken. Floats are NaN where there is no such number."""

    point: np.ndarray  # position of the judged figure in the series' points, -1 where there is none
    status: np.ndarray
    reason: np.ndarray  # a slug of models/reasons.py, or ""
    time: np.ndarray
    value: np.ndarray
    baseline_time: np.ndarray  # where the path starts, NaN where there is none
    baseline_value: np.ndarray
    path_value: np.ndarray
    gap: np.ndarray
    tolerance: np.ndarray
    next_year: np.ndarray
    next_value: np.ndarray
    final_year: np.ndarray
    final_value: np.ndarray
    pace_needed: np.ndarray
    pace_seen: np.ndarray  # in the value's own sense: positive is rising
    trend: np.ndarray
    is_noisy: np.ndarray
    is_rolled_up: np.ndarray
    baseline_is_first: np.ndarray
    is_over: np.ndarray  # the final date lies before the judged figure
    yearly_points: np.ndarray
    goal: np.ndarray  # what the forecast is held against at final_year
    goal_comparator: np.ndarray


@dataclass(frozen=True)
class Known:
    """The figures behind N pairs."""

    series: np.ndarray
    point: np.ndarray
    time: np.ndarray
    value: np.ndarray
    error: np.ndarray
    rounding: np.ndarray
    pace: np.ndarray
    pace_error: np.ndarray
    trend: np.ndarray
    is_pooled: np.ndarray
    yearly_points: np.ndarray
    span: np.ndarray
    growth_change: np.ndarray
    start_time: np.ndarray
    start: np.ndarray
    start_error: np.ndarray
    baseline_is_first: np.ndarray
    is_broken: np.ndarray  # the definition changed where the series now begins


def bounds_of(targets: Targets, pairs: Pairs, series: SeriesSet, as_of: date) -> Bounds:
    """Judge every pair by its target's kind. Nothing raises: what cannot be judged says why."""
    known = _known(targets, pairs, series)
    m = pairs.target
    milestones = _milestones(targets, pairs, series, known)
    answer = _by_path(targets, pairs, known, *milestones)
    kind = targets.kind[m]
    direction_of(answer, known, np.flatnonzero(np.isin(kind, ["trend", "slowing"])), targets, m)
    _completion(answer, known, np.flatnonzero(kind == "completion"), time_of(as_of))
    _refuse(answer, targets, pairs, known)
    answer.is_rolled_up = _of_points(series, known.point, "is_rolled_up", False).astype(bool)
    return answer


def _known(targets: Targets, pairs: Pairs, series: SeriesSet) -> Known:
    """The newest figure of each pair, the course of its series and the start of its path."""
    m = pairs.target
    indicator = targets.frame.indicator_id.to_numpy(dtype=object)[m]
    s = series.find(indicator, pairs.area_id)
    there, safe = s >= 0, np.maximum(s, 0)

    def of_series(values, missing):
        return np.where(there, values[safe], missing) if len(values) else np.full(len(s), missing)

    point = np.where(there, series.stop[safe] - 1, -1) if len(series.stop) else np.full(len(s), -1)
    first = np.where(there, series.start[safe], -1) if len(series.start) else np.full(len(s), -1)
    stated_year = targets.baseline_year[m]
    at_year = series.point_at(s, stated_year)
    stated = targets.baseline_value[m]
    start_point = np.where(at_year >= 0, at_year, first)
    # A single figure is no baseline of itself.
    start_point = np.where(start_point == point, -1, start_point)
    start_time = np.where(
        np.isfinite(stated) & np.isfinite(stated_year), stated_year, _of_points(series, start_point, "time")
    )
    first_time = _of_points(series, first, "time")
    start_time = np.where(np.isfinite(stated) & ~np.isfinite(start_time), first_time, start_time)
    start = np.where(np.isfinite(stated), stated, _of_points(series, start_point, "value"))
    return Known(
        series=s,
        point=point,
        time=_of_points(series, point, "time"),
        value=_of_points(series, point, "value"),
        error=_of_points(series, point, "error"),
        rounding=of_series(series.rounding, 0.0),
        pace=of_series(series.pace, np.nan),
        pace_error=of_series(series.pace_error, np.nan),
        trend=of_series(series.trend, "not_testable"),
        is_pooled=of_series(series.is_pooled, False).astype(bool),
        yearly_points=of_series(series.yearly_points, 0).astype(int),
        span=of_series(series.span, np.nan),
        growth_change=of_series(series.growth_change, np.nan),
        start_time=start_time,
        start=start,
        start_error=np.where(np.isfinite(stated), np.nan, _of_points(series, start_point, "error")),
        is_broken=_of_points(series, first, "series_break", False).astype(bool),
        baseline_is_first=~np.isfinite(stated) & (at_year < 0) & (start_point >= 0),
    )


def _of_points(series: SeriesSet, point: np.ndarray, column: str, missing=np.nan) -> np.ndarray:
    if not len(series.points):
        return np.full(len(point), missing)
    return np.where(point >= 0, series.points[column].to_numpy()[np.maximum(point, 0)], missing)


def _milestones(targets: Targets, pairs: Pairs, series: SeriesSet, known: Known) -> tuple[np.ndarray, np.ndarray]:
    """Milestones in the value's own unit: (N, K) times and values; changes are worked out from their baselines."""
    m, kind = pairs.target, targets.kind[pairs.target]
    time, value = targets.milestone_time[m].copy(), targets.milestone_value[m].copy()
    change = np.flatnonzero(np.isin(kind, ["change", "points"]))
    by_percent = kind[change] == "change"
    for k in range(value.shape[1]):
        since = series.point_at(known.series[change], targets.milestone_baseline[m[change], k])
        stated = np.isfinite(targets.milestone_baseline[m[change], k]) & ~np.isfinite(targets.baseline_value[m[change]])
        own = _of_points(series, since, "value")
        base = np.where(stated & ((since >= 0) | (k > 0)), own, known.start[change])
        asked = value[change, k]
        value[change, k] = np.where(by_percent, base * (1 + asked / 100), base + asked)
    yearly = np.flatnonzero((kind == "change") & targets.from_previous_year[m])
    before = _of_points(series, series.point_at(known.series[yearly], known.time[yearly] - 1), "value")
    value[yearly, 0] = before * (1 + targets.milestone_value[m[yearly], 0] / 100)
    time[yearly, 0] = known.time[yearly]
    peer = np.flatnonzero(kind == "benchmark")
    if len(peer):
        frame = targets.frame.iloc[m[peer]]
        of_indicator = benchmark_indicators(frame).to_numpy(dtype=object)
        other = series.find(of_indicator, frame.benchmark_area_id.to_numpy(dtype=object))
        value[peer, 0] = _of_points(series, series.point_at(other, known.time[peer]), "value")
        value[peer, 1:], time[peer, 1:], time[peer, 0] = np.nan, np.nan, known.time[peer]
    pace = np.flatnonzero(kind == "pace")
    value[pace, 0] = known.start[pace] + value[pace, 0] * (known.time[pace] - known.start_time[pace])
    time[pace, 0] = np.where(np.isfinite(value[pace, 0]), known.time[pace], np.nan)
    without_date = np.flatnonzero(np.isin(kind, DATED) & ~np.isfinite(time).any(1))
    time[without_date, 0] = known.time[without_date]
    time[~np.isfinite(value) & np.isin(kind, [*DATED, "benchmark"])[:, None]] = np.nan
    order = np.argsort(np.where(np.isfinite(time), time, np.inf), axis=1, kind="stable")
    return np.take_along_axis(time, order, 1), np.take_along_axis(value, order, 1)


def _by_path(targets: Targets, pairs: Pairs, known: Known, time: np.ndarray, value: np.ndarray) -> Bounds:
    """Bounds, changes and paces: all are a value against a path. The other kinds are overwritten afterwards."""
    m, kind = pairs.target, targets.kind[pairs.target]
    side, strict = targets.side[m], targets.strict[m]
    undated = np.isin(kind, DATED) & ~np.isfinite(targets.milestone_time[m]).any(1)
    endless = kind == "pace"
    against_peer = kind == "benchmark"
    start = np.where(undated | against_peer | targets.recurring[m], np.nan, known.start)
    path = path_at(known.time, time, value, known.start_time, start)
    mark = standing(
        known.value, known.time, path, side, strict, rounding=known.rounding, error=known.error, pace=known.pace,
        trend=known.trend, start_error=known.start_error,
    )  # fmt: skip
    yearly = targets.recurring[m] | targets.from_previous_year[m]
    status = np.where(undated & ~yearly & (mark.status != ACHIEVED), CANNOT_JUDGE, mark.status)
    status = np.where(endless & (status == ACHIEVED), ON_COURSE, status)
    bound_gap = ahead(known.value, path.next_value, side)
    no_path = ~np.isfinite(mark.gap)
    reason = np.select(
        [yearly, against_peer, undated, mark.is_bound_only], ["yearly", "benchmark", "undated", "bound"], ""
    )
    dated = ~undated & ~endless & ~against_peer
    is_over = dated & (known.time > path.last_time + 1e-9)
    needed = pace_needed(known.value, known.time, path, side, strict)
    per_year = np.abs(targets.milestone_value[m][:, 0])
    return Bounds(
        point=known.point,
        status=status.astype(object),
        reason=reason.astype(object),
        time=known.time,
        value=known.value,
        baseline_time=np.where(np.isfinite(start), known.start_time, np.nan),
        baseline_value=start,
        path_value=np.where(mark.is_bound_only, path.next_value, path.value),
        gap=np.where(no_path, bound_gap, mark.gap),
        tolerance=mark.tolerance,
        next_year=np.where(dated, path.next_time, np.nan),
        next_value=path.next_value,
        final_year=np.where(dated, path.last_time, np.nan),
        final_value=np.where(endless, np.nan, path.last_value),
        pace_needed=np.where(endless, per_year, np.where(mark.is_bound_only, np.nan, needed)),
        pace_seen=known.pace,
        trend=known.trend.astype(object),
        is_noisy=mark.is_noisy,
        is_rolled_up=np.zeros(len(m), dtype=bool),
        baseline_is_first=path.on_baseline & known.baseline_is_first & ~mark.is_bound_only & ~is_over,
        is_over=is_over,
        yearly_points=known.yearly_points,
        # A figure that rounds to the bound meets it: 99.96 % is reported as 100 %.
        goal=np.where(dated & ~yearly, path.last_value - np.where(strict, 0, side) * known.rounding / 2, np.nan),
        goal_comparator=_comparators(targets)[m],
    )


def _comparators(targets: Targets) -> np.ndarray:
    """The comparator a forecast is held against: a planned number ("=") is reached or, of bad things, not passed."""
    stated = targets.frame.comparator.to_numpy(dtype=object)
    one_sided = np.select([targets.side > 0, targets.side < 0], [">=", "<="], "=")
    return np.where(stated == "=", one_sided, stated)


def direction_of(answer: Bounds, known: Known, rows: np.ndarray, targets: Targets, m: np.ndarray) -> None:
    """Judge, in place, the targets that only say which way: the fitted pace against the dead band.

    Dead band: one step of rounding over the years the pace rests on, or one standard error of the slope. Growth that
    must slow is judged by the change in mean growth instead. Small areas with peers have another dead band: one standard
    error would fail every sixth of those that stand still. They are on course (behind) where the pooled slope goes the
    right (wrong) way with a probability of at least 0.9 and their own pace does too; between the two, slow. "No worse than now" holds while the value has lost no more
    than rounding or one standard error since the baseline.
    """
    slowing = targets.kind[m[rows]] == "slowing"
    side = targets.side[m[rows]]
    pace = np.where(slowing, known.growth_change[rows], known.pace[rows])
    enough = known.yearly_points[rows] >= np.where(slowing, POINTS_FOR_GROWTH, POINTS_FOR_DIRECTION)
    pace = np.where(enough, pace, np.nan)
    band = known.rounding[rows] / known.span[rows]
    band = np.where(slowing, band, np.fmax(band, known.pace_error[rows]))
    last = np.where(np.isfinite(targets.milestone_time), targets.milestone_time, -np.inf).max(1)[m[rows]]
    last = np.where(np.isfinite(last), last, np.nan)
    change = known.value[rows] - known.start[rows]
    over = known.time[rows] >= last - 1e-9
    status = direction_status(pace, side, band, known.trend[rows], over, change)
    small = known.is_pooled[rows] & ~slowing & enough & (status != ACHIEVED)
    status = np.where(small, _pooled_direction(pace * side, known.trend[rows], side), status)
    band = np.where(small, np.nan, band)
    hold = ~np.isin(targets.frame.comparator.to_numpy(dtype=object)[m[rows]], ["trend_up", "trend_down"])
    held = hold & (change * side >= -np.fmax(known.rounding[rows], np.nan_to_num(known.error[rows])))
    status = np.where(held, ON_COURSE, np.where(hold & (status == ON_COURSE), SLOW, status))
    side_known = side != 0
    answer.status[rows] = np.where(side_known, status, CANNOT_JUDGE)
    answer.reason[rows] = np.where(answer.status[rows] == CANNOT_JUDGE, "too_few_points", "")
    for name in ("path_value", "gap", "next_value", "final_value", "pace_needed"):
        getattr(answer, name)[rows] = np.nan
    answer.tolerance[rows] = band
    answer.pace_seen[rows] = pace
    answer.is_noisy[rows] = False
    answer.next_year[rows] = answer.final_year[rows] = last
    answer.baseline_is_first[rows] = over & known.baseline_is_first[rows]
    answer.is_over[rows] = known.time[rows] > last + 1e-9
    answer.goal[rows] = np.where(slowing, np.nan, known.start[rows])
    answer.goal_comparator[rows] = np.where(side > 0, "trend_up", "trend_down")


def _pooled_direction(rightward: np.ndarray, trend: np.ndarray, side: np.ndarray) -> np.ndarray:
    """The status of small areas by the pooled slope; rightward: their own pace in the target's direction."""
    right, wrong = np.where(side > 0, "up", "down"), np.where(side > 0, "down", "up")
    return np.select(
        [(trend == right) & (rightward > 0), (trend == wrong) & (rightward < 0)], [ON_COURSE, BEHIND], SLOW
    )


def _completion(answer: Bounds, known: Known, rows: np.ndarray, today: float) -> None:
    """Judge, in place, what is done or not done (1 or 0): late only once its date has passed."""
    last = answer.final_year[rows]
    done = known.value[rows] >= 1
    late = ~done & (last < today)
    answer.status[rows] = np.select([done, late], [ACHIEVED, BEHIND], CANNOT_JUDGE)
    answer.reason[rows] = np.select([done | late, np.isfinite(last)], ["", "not_due"], "no_date")
    for name in ("path_value", "gap", "tolerance", "next_value", "final_value", "pace_needed", "pace_seen", "goal"):
        getattr(answer, name)[rows] = np.nan
    answer.trend[rows] = "not_testable"
    answer.is_noisy[rows] = answer.baseline_is_first[rows] = False


def _refuse(answer: Bounds, targets: Targets, pairs: Pairs, known: Known) -> None:
    """Say why what cannot be judged cannot; the first reason that applies."""
    m = pairs.target
    kind, unit = targets.kind[m], targets.frame.unit.to_numpy(dtype=object)[m]
    share_of_total = (pairs.role == PLAN_BAR) & (kind == "bound") & np.isin(unit, list(ADDITIVE_UNITS))
    no_base = np.isin(kind, ["change", "points", "pace"]) & ~np.isfinite(answer.next_value)
    without_benchmark = (kind == "benchmark") & ~np.isfinite(answer.next_value)
    unmet = (answer.status == CANNOT_JUDGE) & np.isin(kind, [*DATED, "pace"])
    refusals = [
        (targets.blocked[m] != "", targets.blocked[m]),
        ((known.point < 0) & (kind == "completion"), "no_evidence"),
        (known.point < 0, "no_data"),
        (without_benchmark, "no_benchmark"),
        (share_of_total, "plan_total"),
        (no_base, "baseline_missing"),
        (unmet & (answer.reason == "undated"), "no_date"),
        (unmet, "one_point"),
    ]
    wrong = np.select([applies for applies, _ in refusals], [reason for _, reason in refusals], "")
    short = np.isin(wrong, ["one_point", "baseline_missing"]) | (answer.reason == "too_few_points")
    wrong = np.where(known.is_broken & short & (known.point >= 0), "series_break", wrong)
    refused = wrong != ""
    answer.status[refused], answer.reason[refused] = CANNOT_JUDGE, wrong[refused]
    answer.goal[refused & ~np.isin(wrong, ["one_point"])] = np.nan
    for name in ("path_value", "gap", "tolerance", "pace_needed"):
        getattr(answer, name)[refused & (wrong != "no_date")] = np.nan
