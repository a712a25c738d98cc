"""Is a recent movement real or noise: the tests behind the trend mark and the pace seen.

Source of the two chi-squared tests: OHID Fingertips "recent trends" (five latest annual points, 99.8 % level, and the
slope must keep its sign when each point is left out in turn).
All functions take arrays of shape (series, 5), oldest first, and treat every row on its own; a row that lacks a
point comes with NaN and is answered with NaN or not_testable.
"""

import numpy as np

POINTS = 5
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
    """The slope weighted by 1 / error squared, and its standard error; both in the value's unit a year."""
    w = 1 / error**2
    time = time - time[:, -1:]
    denominator = w.sum(1) * (w * time**2).sum(1) - (w * time).sum(1) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
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
