"""Mark 1: where a value stands against the path through baseline and milestones. A rule, no statistics.

Everything is an array over N pairs of target and area; milestones are (N, K), in order of time, NaN where there are
fewer. side is +1 (the value must reach the bound), -1 (must not pass it) or 0 (must equal it).

The dead band (this project's rule): tolerance = max(5 % of the step between the milestones around, one step of
rounding, one standard error), but at most a quarter of the step. At or above -tolerance the gap is on course, down
to three tolerances slow, below that behind.
"""

from dataclasses import dataclass

import numpy as np

ACHIEVED, ON_COURSE, SLOW, BEHIND = "achieved", "on_course", "slow", "behind"
REVERSING, CANNOT_JUDGE = "reversing", "cannot_judge"
STATUSES = (ACHIEVED, ON_COURSE, SLOW, BEHIND, REVERSING, CANNOT_JUDGE)  # best first

SHARE_OF_STEP = 0.05
CAP_OF_STEP = 0.25
SLOW_TOLERANCES = 3.0
FALL_OF_PLANNED_CHANGE = 0.10
ONE_SIDED_5_PERCENT = 1.645
EPSILON = 1e-9  # figures are decimal: 0.1 + 0.2 must meet a bound of 0.3


@dataclass(frozen=True)
class Path:
    """The planned path at each pair's time. NaN where there is none: no dated milestone, or nothing before it.

    value: planned at that time. prior_value: the knot before. next_*: the bound in force, the first milestone at or
    after that time, else the last. last_*: the final milestone. pace_*: the milestone the pace needed leads to.
    start_value: of the knot the path begins with. on_baseline: the stretch at that time begins with the baseline.
    """

    value: np.ndarray
    prior_value: np.ndarray
    next_time: np.ndarray
    next_value: np.ndarray
    last_time: np.ndarray
    last_value: np.ndarray
    start_value: np.ndarray
    on_baseline: np.ndarray
    later_time: np.ndarray
    later_value: np.ndarray


def path_at(
    time: np.ndarray, milestone_time: np.ndarray, milestone_value: np.ndarray, start_time: np.ndarray, start: np.ndarray
) -> Path:
    """The piecewise-linear path at `time`, through (start_time, start) and the milestones.

    The lines between are this project's reading: plans say "from a to b" and nothing of the years between. A baseline
    not before the first milestone is no part of the path: the milestones are the plan's own, and go first.
    """
    rows, last = np.arange(len(time)), np.maximum(np.isfinite(milestone_time).sum(1) - 1, 0)
    upcoming = np.where(np.isfinite(milestone_time), milestone_time, -np.inf) >= time[:, None] - EPSILON
    nth = np.where(upcoming.any(1), upcoming.argmax(1), last)
    after = np.where(np.isfinite(milestone_time), milestone_time, -np.inf) > time[:, None] + EPSILON
    later = np.where(after.any(1), after.argmax(1), last)
    uses_baseline = np.isfinite(start) & (start_time < milestone_time[:, 0] - EPSILON)
    before_time = np.where(nth > 0, milestone_time[rows, nth - 1], np.where(uses_baseline, start_time, np.nan))
    before_value = np.where(nth > 0, milestone_value[rows, nth - 1], np.where(uses_baseline, start, np.nan))
    next_time, next_value = milestone_time[rows, nth], milestone_value[rows, nth]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.clip((time - before_time) / (next_time - before_time), 0.0, 1.0)
    value = before_value + share * (next_value - before_value)
    return Path(
        value=np.where(time > next_time, next_value, value),
        prior_value=before_value,
        next_time=next_time,
        next_value=next_value,
        last_time=milestone_time[rows, last],
        last_value=milestone_value[rows, last],
        start_value=np.where(uses_baseline, start, milestone_value[:, 0]),
        on_baseline=uses_baseline & (nth == 0),
        later_time=np.where(after.any(1), milestone_time[rows, later], np.nan),
        later_value=milestone_value[rows, later],
    )


def satisfies(
    value: np.ndarray, bound: np.ndarray, side: np.ndarray, strict: np.ndarray, allowance: np.ndarray
) -> np.ndarray:
    """Whether the operator holds. allowance is for side 0 only: how far "about 80 %" may lie from 80."""
    distance = np.where(side >= 0, value - bound, bound - value)
    slack = EPSILON * np.maximum(1.0, np.abs(bound))
    one_sided = np.where(strict, distance > slack, distance >= -slack)
    return np.where(side == 0, np.abs(distance) <= allowance + slack, one_sided) & np.isfinite(value)


def ahead(value: np.ndarray, reference: np.ndarray, side: np.ndarray) -> np.ndarray:
    """How far value lies ahead of reference, whichever way is better; for side 0, never ahead."""
    return np.where(side > 0, value - reference, np.where(side < 0, reference - value, -np.abs(value - reference)))


@dataclass(frozen=True)
class Standing:
    """The status of N pairs and the numbers it rests on."""

    status: np.ndarray
    gap: np.ndarray
    tolerance: np.ndarray
    is_noisy: np.ndarray
    is_bound_only: np.ndarray  # flat or loosening: judged by the operator against the bound in force


def standing(
    value: np.ndarray,
    time: np.ndarray,
    path: Path,
    side: np.ndarray,
    strict: np.ndarray,
    *,
    rounding: np.ndarray,
    error: np.ndarray,
    pace: np.ndarray,
    trend: np.ndarray,
    start_error: np.ndarray,
) -> Standing:
    """The status of each value against its path.

    rounding: one step of rounding. error, start_error: standard errors of the value and of the baseline, NaN where
    not known. pace: unit a year, as seen. trend: up, flat, down, not_testable. All (N,).
    A pair with a bound ahead but no path (one figure, nothing before it) is achieved or cannot be judged; one without
    any value cannot be judged. After the last milestone nothing is on course any more: missed by no more than the
    tolerance is slow.
    """
    step = ahead(path.next_value, path.prior_value, side)
    is_due = ~np.isfinite(path.value) & (time >= path.next_time - EPSILON)  # on its date a bound needs no path
    bound_only = (side == 0) | is_due | (np.isfinite(step) & (step <= EPSILON))
    known_error = np.nan_to_num(error)
    smallest = np.maximum(rounding, known_error)
    capped = np.minimum(np.maximum(SHARE_OF_STEP * np.abs(step), smallest), CAP_OF_STEP * np.abs(step))
    tolerance = np.where(bound_only, smallest, capped)
    reference = np.where(bound_only, path.next_value, path.value)
    gap = ahead(value, reference, side)
    met = satisfies(value, path.next_value, side, strict, smallest)
    over = np.isfinite(path.last_time) & (time > path.last_time + EPSILON)
    band = tolerance * (1 + EPSILON) + EPSILON * np.maximum(1.0, np.abs(reference))
    with np.errstate(invalid="ignore"):
        by_gap = np.select(
            [gap >= -band, gap >= -SLOW_TOLERANCES * band], [np.where(over, SLOW, ON_COURSE), SLOW], BEHIND
        )
    moving_away = _reverses(value, path, side, error, start_error, pace, trend)
    by_gap = np.where(moving_away & np.isin(by_gap, [SLOW, BEHIND]), REVERSING, by_gap)
    has_path = np.isfinite(gap)
    status = np.select([met, bound_only & has_path, has_path], [ACHIEVED, BEHIND, by_gap], CANNOT_JUDGE)
    noisy = ~bound_only & (known_error > CAP_OF_STEP * np.abs(step))
    return Standing(status.astype(object), gap, np.where(has_path, tolerance, np.nan), noisy, bound_only & has_path)


def _reverses(value, path, side, error, start_error, pace, trend) -> np.ndarray:
    """Whether the value truly moves away from the target.

    The fitted pace leads away, and either the trend test says so, or, where it could not be made, the value fell
    from the start of the path by more than a tenth of the planned change and, where errors are known, by more than
    they explain (one-sided, 5 %).
    """
    planned = np.abs(path.last_value - path.start_value)
    fall = -ahead(value, path.start_value, side)
    both = np.sqrt(error**2 + np.nan_to_num(start_error) ** 2)
    beyond_noise = ~np.isfinite(both) | (fall > ONE_SIDED_5_PERCENT * both)
    fell = (fall > FALL_OF_PLANNED_CHANGE * planned + EPSILON) & beyond_noise
    tested = np.where(side > 0, trend == "down", trend == "up")
    could_test = np.isfinite(error) & (trend != "not_testable")
    return (np.nan_to_num(pace * side) < 0) & np.where(could_test, tested, fell | tested)


def pace_needed(value: np.ndarray, time: np.ndarray, path: Path, side: np.ndarray, strict: np.ndarray) -> np.ndarray:
    """Unit a year from here on, positive in the target's direction; negative where there is room to spare.

    Leads to the next milestone ahead, or to the last one once the next is met. NaN where no milestone lies ahead.
    """
    met = satisfies(value, path.later_value, side, strict, np.zeros(len(value)))
    goal_time = np.where(met, path.last_time, path.later_time)
    goal = np.where(met, path.last_value, path.later_value)
    ahead_of_us = np.isfinite(path.later_time) & (side != 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(ahead_of_us, side * (goal - value) / (goal_time - time), np.nan)


def direction_status(
    pace: np.ndarray,
    side: np.ndarray,
    dead_band: np.ndarray,
    trend: np.ndarray,
    is_over: np.ndarray,
    change: np.ndarray,
) -> np.ndarray:
    """The status of a target that only says up or down (side +1, -1) or no worse than now (side 0 is not for here).

    pace: as seen, unit a year; dead_band: what it must exceed. is_over: the target's year has passed; then the change
    since the baseline decides whether it was achieved. Moving the right way is on course, within the dead band slow,
    the wrong way behind, or reversing where the trend test confirms it. NaN pace: cannot judge.
    """
    rightward = pace * side
    tested = np.where(side > 0, trend == "down", trend == "up")
    with np.errstate(invalid="ignore"):
        status = np.select(
            [
                is_over & (change * side > EPSILON),
                ~np.isfinite(pace),
                (rightward < -dead_band) & tested,
                rightward < -dead_band,
                rightward > dead_band,
            ],
            [ACHIEVED, CANNOT_JUDGE, REVERSING, BEHIND, ON_COURSE],
            SLOW,
        )
    return status.astype(object)
