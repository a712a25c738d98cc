"""Other published ways to judge progress, for analysts and papers, beside this project's own. Never mixed with it.

Each is an endpoint rule over baseline y0 at t0, latest y at t and target at its year; arrays of one shape, NaN passes.
"""

import numpy as np

SMALL_CONSTANT = 0.001  # Statistics Canada and Open SDG put it where a baseline or target is zero
LIMIT_POWER = 4.44  # how quickly growth thresholds shrink near a natural limit


def growth_ratio(baseline, latest, target, years_passed, years_planned) -> np.ndarray:
    """Observed over required compound growth: Eurostat, Statistics Canada, Open SDG 2.4.

    1 is on the exponential path. A zero becomes 0.001, which then decides the class: one reason it is only a reference.
    NaN where baseline and latest, or baseline and target, differ in sign, or the target is the baseline.
    """
    start, now, goal = (
        np.where(np.asarray(x, dtype=float) == 0, SMALL_CONSTANT, x) for x in (baseline, latest, target)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = (now / start) ** (1 / np.asarray(years_passed, dtype=float)) - 1
        required = (goal / start) ** (1 / np.asarray(years_planned, dtype=float)) - 1
        ratio = np.where(required == 0, np.nan, observed / required)
    return np.where((now / start > 0) & (goal / start > 0), ratio, np.nan)


def growth_class(ratio) -> np.ndarray:
    """on_track from 0.95, needs_acceleration from 0.60, limited from 0, deterioration below; "" for NaN."""
    ratio = np.asarray(ratio, dtype=float)
    with np.errstate(invalid="ignore"):
        edges = [ratio >= 0.95, ratio >= 0.60, ratio >= 0, ratio < 0]
    return np.select(edges, ["on_track", "needs_acceleration", "limited", "deterioration"], "")


def limit_factor(baseline, limit) -> np.ndarray:
    """What Statistics Canada multiplies its growth thresholds by near a natural limit, for targets without a number."""
    baseline, limit = np.asarray(baseline, dtype=float), np.asarray(limit, dtype=float)
    distance = np.where(baseline <= limit, baseline, 2 * limit - baseline) / limit
    return np.where(baseline >= 2 * limit, 1.0, 1 - np.clip(distance, 0, None) ** LIMIT_POWER)


def growth_score(ratio) -> np.ndarray:
    """The -5 to 5 score Statistics Canada averages, from the ratio of growths."""
    ratio = np.asarray(ratio, dtype=float)
    above, below = np.minimum(7.1429 * ratio - 4.2857, 5.0), np.maximum(4.1667 * ratio - 2.5, -5.0)
    return np.where(ratio >= 0.6, above, below)


def share_of_change_achieved(baseline, latest, target) -> np.ndarray:
    """Percent of the targeted change achieved (Healthy People). NaN where the target is the baseline.

    It knows nothing of time: show it beside share_of_time_used.
    """
    baseline, latest, target = (np.asarray(x, dtype=float) for x in (baseline, latest, target))
    planned = target - baseline
    return 100 * (latest - baseline) / np.where(planned == 0, np.nan, planned)


def share_of_time_used(start, now, end) -> np.ndarray:
    """Percent of the plan's time that has passed, 0 to 100."""
    start, now, end = (np.asarray(x, dtype=float) for x in (start, now, end))
    return 100 * np.clip((now - start) / np.where(end > start, end - start, np.nan), 0, 1)


def linear_pace_ratio(pace_seen, pace_needed) -> np.ndarray:
    """Pace seen over pace needed from here on, in plain units: the linear counterpart, cut at 0.95 and 0.60 alike.

    NaN where none is needed any more.
    """
    needed = np.asarray(pace_needed, dtype=float)
    return np.asarray(pace_seen, dtype=float) / np.where(needed > 0, needed, np.nan)
