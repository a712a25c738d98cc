"""How fast a series moves: its own pace, shrunk hard towards the median pace of its peers (same indicator)."""

from dataclasses import dataclass

import numpy as np

from models.panel import Panel, group_median

# A trend fades: each further year adds 0.95 of the year before (measured: notes on the method, "damping").
DAMPING_PER_YEAR = 0.95
# Weight of a series' own pace: half the empirical-Bayes weight; full weight follows noise (measured on back-tests).
SHARE_OF_OWN_WEIGHT = 0.5
# The peers' pace counts as if this many areas without any trend stood beside them: one area alone has no peers.
PHANTOM_PEERS = 1.5


@dataclass(frozen=True)
class Pace:
    """What was known at every row of a panel, from the rows of its series up to it: change a year, transformed scale.

    own: least-squares slope of the points so far (0 for the first). peers: median of the peers' own slopes.
    shrunk: the slope to forecast with. n_points: points so far.
    """

    own: np.ndarray
    peers: np.ndarray
    shrunk: np.ndarray
    n_points: np.ndarray


def damped_years(horizon: np.ndarray, damping: float = DAMPING_PER_YEAR) -> np.ndarray:
    """How many years' worth of the present pace is made in `horizon` years: damping + damping² + ..., any float >= 0."""
    return damping * (1.0 - damping**horizon) / (1.0 - damping)


def pace_of(panel: Panel, z: np.ndarray) -> Pace:
    """The pace known at every row; z is the panel's values on the transformed scale."""
    own, spread = slopes_so_far(panel, z)
    n_points = panel.position_of_row + 1
    own_known = np.where(n_points >= 2, own, np.nan)
    peers = median_of_peers(panel, own_known)
    between = median_of_peers(panel, (own_known - peers) ** 2) * 2.2  # median of a chi-square with 1 df is 0.455
    weight = SHARE_OF_OWN_WEIGHT * np.maximum(between - spread, 0.05 * between) / np.maximum(between, 1e-300)
    weight = np.where(n_points >= 3, weight, 0.0)  # with one or two points no trend of its own is shown
    return Pace(np.nan_to_num(own_known), peers, weight * own + (1 - weight) * peers, n_points)


def slopes_so_far(panel: Panel, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least-squares slope of each series' points up to every row, and that slope's sampling variance.

    The variance is pooled over the series of the indicator: a series' own residuals are too few. 0 at a first point.
    """
    start = panel.first[panel.series_of_row]
    time = panel.time_of_row - panel.time_of_row[start]
    level = z - z[start]
    n = panel.position_of_row + 1.0
    sum_t, sum_z, sum_tt, sum_tz, sum_zz = (
        _running_sum(values, start) for values in (time, level, time * time, time * level, level * level)
    )
    spread_t = np.where(n > 1, sum_tt - sum_t * sum_t / n, 1.0)
    cross = sum_tz - sum_t * sum_z / n
    slope = np.where(n > 1, cross / spread_t, 0.0)
    residual = np.maximum(sum_zz - sum_z * sum_z / n - slope * cross, 0.0)
    variance = np.where(n > 2, residual / np.maximum(n - 2, 1), np.nan)
    pooled = median_of_peers(panel, variance)
    return slope, np.where(n > 1, pooled / spread_t, 0.0)


def _running_sum(values: np.ndarray, start: np.ndarray) -> np.ndarray:
    total = np.cumsum(values)
    return total - total[start] + values[start]


def median_of_peers(panel: Panel, values: np.ndarray) -> np.ndarray:
    """For every row the median over its indicator's rows at the same time; 0 where nothing is known yet.

    A time at which few areas have reported (less than half of the fullest time so far) takes the last fuller one's
    median, so that one early quarterly figure is not its own only peer.
    """
    indicator = panel.indicator[panel.series_of_row]
    times, time_code = np.unique(panel.time_of_row, return_inverse=True)
    cells, cell = np.unique(indicator * len(times) + time_code, return_inverse=True)
    median = group_median(values, cell, len(cells))
    count = np.bincount(cell, weights=np.isfinite(values), minlength=len(cells))
    indicator_of_cell = cells // len(times)
    begins = np.searchsorted(indicator_of_cell, indicator_of_cell)
    fullest = _running_maximum(count, indicator_of_cell)
    index = np.arange(len(cells))
    filled = np.maximum.accumulate(np.where((count > 0) & (2 * count >= fullest), index, -1))
    known = filled >= begins
    return np.where(known, median[np.maximum(filled, 0)], 0.0)[cell]


def _running_maximum(count: np.ndarray, group: np.ndarray) -> np.ndarray:
    top = count.max(initial=0.0) + 1.0
    return np.maximum.accumulate(count + group * top) - group * top
