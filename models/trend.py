"""Is a recent movement real or noise: the tests behind the trend mark and the pace seen.

Source of the two chi-squared tests: OHID Fingertips "recent trends" (five latest annual points, 99.8 % level, and the
slope must keep its sign when each point is left out in turn).
All functions take arrays of shape (series, 5), oldest first, and treat every row on its own; a row that lacks a
point comes with NaN and is answered with NaN or not_testable.
"""

import numpy as np
import pandas as pd
from scipy.special import ndtr

POINTS = 5
LIKELY_ENOUGH = 0.9
FEWEST_PEERS = 5
CRITICAL_CHI_SQUARED = 9.5495  # 99.8 %, one degree of freedom

UP, FLAT, DOWN, NOT_TESTABLE = "up", "flat", "down", "not_testable"


def proportion_chi_squared(cases: np.ndarray, people: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Chi-squared for a linear trend of cases / people over time. NaN where a point is missing or all or none are cases.

    In floating point throughout: N times the square overflows 64-bit integers near 20,000 people a year.
    """
    time = time - time[:, -1:]  # any origin gives the same statistic; a small one keeps the digits
    n, o = people.sum(1), cases.sum(1)
    nt, ot, ntt = (people * time).sum(1), (cases * time).sum(1), (people * time**2).sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return n * (n * ot - o * nt) ** 2 / (o * (n - o) * (n * ntt - nt**2))


def weighted_slope(value: np.ndarray, time: np.ndarray, error: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The slope weighted by 1 / error squared, and its standard error; both in the value's unit a year.

    Over the points that have a value and an error; NaN with fewer than two.
    """
    known = np.isfinite(value) & (error > 0)
    w = np.where(known, 1 / np.where(known, error, 1.0) ** 2, 0.0)
    value, time = np.where(known, value, 0.0), np.where(known, time - time[:, -1:], 0.0)
    denominator = w.sum(1) * (w * time**2).sum(1) - (w * time).sum(1) ** 2
    enough = known.sum(1) > 1
    denominator = np.where(enough, denominator, np.nan)
    slope = (w.sum(1) * (w * value * time).sum(1) - (w * time).sum(1) * (w * value).sum(1)) / denominator
    return slope, np.sqrt(w.sum(1) / denominator)


def plain_slope(value: np.ndarray, time: np.ndarray) -> np.ndarray:
    """The least-squares slope of each row."""
    centred = time - time.mean(1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (centred * value).sum(1) / (centred**2).sum(1)


def theil_sen(value: np.ndarray, time: np.ndarray) -> np.ndarray:
    """The median slope between any two points of a row, over the points there are; NaN with fewer than two."""
    slopes = np.sort(_pair_slopes(value, time), axis=1)  # NaN sorts last
    count = np.isfinite(slopes).sum(1)
    rows = np.arange(len(slopes))
    low, high = np.maximum(count - 1, 0) // 2, count // 2
    middle = (slopes[rows, low] + slopes[rows, np.minimum(high, slopes.shape[1] - 1)]) / 2
    return np.where(count > 0, middle, np.nan)


def recent_trend(
    value: np.ndarray, time: np.ndarray, cases: np.ndarray, people: np.ndarray, error: np.ndarray, rounding: np.ndarray
) -> np.ndarray:
    """up, flat, down (of the value itself, not of its meaning) or not_testable, for each row.

    cases, people: counts of proportions, NaN where there are none; error: standard errors, NaN where not known.
    rounding: one step of rounding of the value, shape (series,).
    Counts go before errors. Without either the test is Mann-Kendall's sign test on the five points: all ten pairs must
    agree (two-sided p = 2/120), and the movement must be more than rounding.
    """
    has_points = np.isfinite(value).all(1)
    has_counts = has_points & np.isfinite(cases).all(1) & ((people > 0) & (cases > 0) & (cases < people)).all(1)
    has_errors = has_points & ~has_counts & (error > 0).all(1)
    answer = np.where(has_points, _sign_test(value, time, rounding), NOT_TESTABLE).astype(object)
    if has_counts.any():
        rows = np.flatnonzero(has_counts)
        o, n, t = cases[rows], people[rows], time[rows]
        answer[rows] = _decide(proportion_chi_squared(o, n, t), _slopes_without_each(np.log(o / (n - o)), t))
    if has_errors.any():
        rows = np.flatnonzero(has_errors)
        y, t, s = value[rows], time[rows], error[rows]
        slope, slope_error = weighted_slope(y, t, s)
        answer[rows] = _decide((slope / slope_error) ** 2, _slopes_without_each(y, t, s))
    return answer


def pooled_trend(slope: np.ndarray, error: np.ndarray, peers: np.ndarray) -> np.ndarray:
    """up, flat or down for small areas, whose own test is nearly blind; not_testable with too few peers.

    slope, error: (N,) each area's own weighted slope and its standard error; peers: (N,) which group it belongs to.
    Each slope is shrunk towards its group's mean by how much the group's slopes truly differ (DerSimonian and Laird's
    moment estimate), the mean's own uncertainty kept. Up or down needs a posterior probability of nine in ten.
    """
    answer = np.full(len(slope), NOT_TESTABLE, dtype=object)
    usable = np.flatnonzero(np.isfinite(slope) & (error > 0))
    codes = pd.factorize(peers[usable])[0]
    s, variance, n = slope[usable], error[usable] ** 2, np.bincount(codes) if len(codes) else np.zeros(0, dtype=int)

    def total(values):
        return np.bincount(codes, values, minlength=len(n))

    w = 1 / variance
    sum_w, sum_w2 = total(w), total(w**2)
    mean = total(w * s) / sum_w
    spread = total(w * (s - mean[codes]) ** 2)
    between = np.maximum(spread - (n - 1), 0) / np.maximum(sum_w - sum_w2 / sum_w, 1e-300)
    w = 1 / (variance + between[codes])
    mean, mean_variance = total(w * s) / total(w), 1 / total(w)
    own = between[codes] / (between[codes] + variance)  # the weight of the area's own slope
    posterior = own * s + (1 - own) * mean[codes]
    deviation = np.sqrt(own * variance + (1 - own) ** 2 * mean_variance[codes])
    p_up = ndtr(posterior / deviation)
    found = np.select([p_up >= LIKELY_ENOUGH, p_up <= 1 - LIKELY_ENOUGH], [UP, DOWN], FLAT)
    answer[usable] = np.where(n[codes] >= FEWEST_PEERS, found, NOT_TESTABLE)
    return answer


def _pair_slopes(value: np.ndarray, time: np.ndarray) -> np.ndarray:
    first, second = np.triu_indices(value.shape[1], 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (value[:, second] - value[:, first]) / (time[:, second] - time[:, first])


def _sign_test(value: np.ndarray, time: np.ndarray, rounding: np.ndarray) -> np.ndarray:
    slopes = _pair_slopes(value, time)
    moved = np.abs(value[:, -1] - value[:, 0]) > rounding * (1 - 1e-9)
    return np.select([moved & (slopes > 0).all(1), moved & (slopes < 0).all(1)], [UP, DOWN], FLAT)


def _slopes_without_each(value: np.ndarray, time: np.ndarray, error: np.ndarray | None = None) -> np.ndarray:
    """The slope with all points, then with each left out in turn: shape (rows, 1 + points)."""

    def slope(keep):
        if error is None:
            return plain_slope(value[:, keep], time[:, keep])
        return weighted_slope(value[:, keep], time[:, keep], error[:, keep])[0]

    points = np.arange(value.shape[1])
    return np.column_stack([slope(points)] + [slope(np.delete(points, left_out)) for left_out in points])


def _decide(chi_squared: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    is_real = chi_squared > CRITICAL_CHI_SQUARED
    return np.select([is_real & (slopes > 0).all(1), is_real & (slopes < 0).all(1)], [UP, DOWN], FLAT)
