"""How likely a milestone is missed, and how many areas will miss it, read off forecasts."""

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from models.intervals import LEVELS, QUANTILE_COLUMNS

# Nothing outside 5-95 % is claimed: back-tests never bore out more certainty than that.
LEAST, MOST = 0.05, 0.95
# Share of the error variance that the areas of one indicator have in common, at one and at eight years ahead
# (measured on replayed histories of 28 indicators: a bad year is bad for everybody).
SHARED_AT_ONE_YEAR, SHARED_AT_EIGHT_YEARS = 0.17, 0.37
POINTS_FOR_REFERENCE, POINTS_FOR_FULL = 3, 5
SHOCKS = 31  # nodes of the rule that sums over the shared shock

UPWARD, DOWNWARD = (">=", ">", "trend_up"), ("<=", "<", "trend_down")
REACHED_BY_EQUAL = (">=", "<=")


def gate(n_points) -> np.ndarray:
    """May a probability be shown? 'withheld' below three points, 'reference' at three and four, 'full' from five on."""
    n_points = np.asarray(n_points)
    return np.select([n_points >= POINTS_FOR_FULL, n_points >= POINTS_FOR_REFERENCE], ["full", "reference"], "withheld")


def probability_of_missing(quantiles: pd.DataFrame, comparator, value) -> np.ndarray:
    """Probability that each forecast misses its target, between LEAST and MOST; arguments as chance_of_missing."""
    return np.clip(chance_of_missing(quantiles, comparator, value), LEAST, MOST)


def chance_of_missing(quantiles: pd.DataFrame, comparator, value) -> np.ndarray:
    """The same from 0 to 1: to be worked with (thirty units at 1 % each are a quarter together), not to be told.

    quantiles: QUANTILE_COLUMNS, one row a forecast. comparator: >= > trend_up <= < trend_down =, one or one a row; a
    trend is missed when the figure does not get past `value`, its starting point. value: the target, one or one a row.
    NaN where value or the forecast is NaN and for "=", which no continuous forecast answers. ValueError for another
    comparator. Between quantiles the distribution is read straight in normal scores; beyond them the last slope goes on.
    """
    comparator = np.broadcast_to(np.asarray(comparator, dtype=object), len(quantiles))
    unknown = set(comparator) - {*UPWARD, *DOWNWARD, "="}
    if unknown:
        raise ValueError(
            f"unknown comparator {sorted(map(str, unknown))}; use >=, >, <=, <, =, trend_up or trend_down."
        )
    value = np.broadcast_to(np.asarray(value, dtype=float), len(quantiles))
    upward, downward = np.isin(comparator, UPWARD), np.isin(comparator, DOWNWARD)
    # P(Y < value) and P(Y <= value) differ where the forecast stands on a bound, as at 100 %.
    equal_counts_below = upward ^ np.isin(comparator, REACHED_BY_EQUAL)
    below = distribution_at(quantiles[QUANTILE_COLUMNS].to_numpy(float), value, equal_counts_below)
    return np.select([upward, downward], [below, 1.0 - below], np.nan)


def distribution_at(quantiles: np.ndarray, value: np.ndarray, with_equal) -> np.ndarray:
    """P(Y <= value) where with_equal, else P(Y < value), for rows of seven rising quantiles (at LEVELS); NaN passes."""
    with_equal = np.broadcast_to(with_equal, len(value))
    score = ndtri(LEVELS)
    passed = np.where(with_equal[:, None], quantiles <= value[:, None], quantiles < value[:, None]).sum(axis=1)
    # the pair of distinct quantiles to interpolate in: the one around the value, or the outermost that is not flat
    row = np.arange(len(value))
    left, right = np.clip(passed - 1, 0, len(LEVELS) - 2), np.clip(passed, 1, len(LEVELS) - 1)
    low, high = quantiles[row, left], quantiles[row, right]
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        share = (value - low) / (high - low)
    # a flat pair is a jump: everything, or nothing, lies on the value's side of it
    jump = np.where(passed == len(LEVELS), np.inf, -np.inf)
    share = np.where(high > low, share, jump)
    position = score[left] + share * (score[right] - score[left])
    missing = np.isnan(value) | np.isnan(quantiles).any(axis=1)
    return np.where(missing, np.nan, ndtr(position))


def shared_variance(years_ahead) -> np.ndarray:
    """Share of the error variance common to all areas of an indicator, by the square root of the years ahead."""
    root = np.sqrt(np.clip(years_ahead, 1.0, 8.0))
    return np.interp(root, [1.0, np.sqrt(8.0)], [SHARED_AT_ONE_YEAR, SHARED_AT_EIGHT_YEARS])


def given_the_shock(p_miss: np.ndarray, years_ahead) -> tuple[np.ndarray, np.ndarray]:
    """What each area's probability becomes in a bad or good year for all: (shocks, areas), and the shocks' weights.

    The shock that the areas of an indicator share, at the nodes of a Gauss-Hermite rule: summing over them is what a
    simulation would tend to, without its noise. years_ahead: one, or one an area.
    """
    shared = shared_variance(years_ahead)
    shocks, weights = np.polynomial.hermite_e.hermegauss(SHOCKS)
    given = ndtr((ndtri(p_miss) + np.sqrt(shared) * shocks[:, None]) / np.sqrt(1.0 - shared))
    return given, weights / weights.sum()


def chance_that_any_misses(p_miss: np.ndarray, years_ahead) -> float:
    """P(at least one area misses) with their shared shock: at least the largest p_miss, at most what independence gives."""
    given, weights = given_the_shock(np.asarray(p_miss, dtype=float), years_ahead)
    return float(1.0 - weights @ np.prod(1.0 - given, axis=1))


def how_many_will_miss(p_miss, years_ahead: float) -> np.ndarray:
    """P(exactly k areas miss), k = 0..number of areas, with the shock that one indicator's areas share.

    p_miss: each area's own probability (NaN areas are left out); given the shock they are independent. The mean is the
    sum of p_miss.
    """
    p_miss = np.asarray(p_miss, dtype=float)
    p_miss = p_miss[np.isfinite(p_miss)]
    given, weights = given_the_shock(p_miss, years_ahead)
    counts = np.zeros((len(weights), len(p_miss) + 1))
    counts[:, 0] = 1.0
    for area in range(len(p_miss)):
        chance = given[:, area : area + 1]
        counts[:, 1:] = counts[:, 1:] * (1 - chance) + counts[:, :-1] * chance
        counts[:, :1] *= 1 - chance
    return weights @ counts


def middle_of_count(chances: np.ndarray, level: float = 0.8) -> tuple[int, int, int]:
    """Median and central interval (low, high) of a distribution over 0, 1, 2...; the interval holds at least `level`."""
    up_to = np.cumsum(chances)
    low, median, high = (int(np.searchsorted(up_to, at - 1e-9)) for at in ((1 - level) / 2, 0.5, (1 + level) / 2))
    return median, low, min(high, len(chances) - 1)
