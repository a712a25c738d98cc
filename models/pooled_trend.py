"""How fast a series moves: its own pace, shrunk hard towards the median pace of its peers (same indicator)."""

from dataclasses import dataclass

import numpy as np

from models.panel import Panel, group_median

MEDIAN_OF_CHI_SQUARE = 0.455  # with one degree of freedom: turns a median square into a variance
# A trend fades: each further year adds 0.95 of the year before (the usual damping; 0.9 to 0.98 replay alike).
DAMPING_PER_YEAR = 0.95
# A series' own slope gets a quarter of its empirical-Bayes weight: slopes of 5-12 noisy points do not last.
# An area without peers has nothing else to go by and keeps all of it; with two areas little of that is left.
SHARE_OF_OWN_WEIGHT, SHARE_WHEN_ALONE = 0.25, 1.0
# The pace is part long-run slope and part what the peers did lately. Both shares come from a least-absolute regression
# on replayed histories of 28 public indicators, indicators left out in turn (0.51 +- 0.06 and 0.39 +- 0.03).
SHARE_OF_SLOPE, SHARE_OF_RECENT = 0.51, 0.39
RECENT_STEPS = 3


@dataclass(frozen=True)
class Pace:
    """What was known at every row of a panel, from the rows of its series up to it: change a step, transformed scale.

    own: least-squares slope of the points so far (0 for the first). peers: median of the peers' own slopes. shrunk: own
    drawn towards peers. recent: median change a step of the peers over their last RECENT_STEPS steps. expected: the
    pace to forecast with.
    """

    own: np.ndarray
    peers: np.ndarray
    shrunk: np.ndarray
    recent: np.ndarray

    @property
    def expected(self) -> np.ndarray:
        """The pace to forecast with."""
        return SHARE_OF_SLOPE * self.shrunk + SHARE_OF_RECENT * self.recent


def damped_steps(horizon: np.ndarray, steps_per_year: np.ndarray) -> np.ndarray:
    """How many steps' worth of the present pace is made in `horizon` steps: d + d² + ..., for any horizon >= 0.

    The damping d is DAMPING_PER_YEAR over a year.
    """
    damping = DAMPING_PER_YEAR ** (1.0 / steps_per_year)
    return damping * (1.0 - damping**horizon) / (1.0 - damping)


def pace_of(panel: Panel, z: np.ndarray) -> Pace:
    """The pace known at every row; z is the panel's values on the transformed scale."""
    own, spread = slopes_so_far(panel, z)
    position = panel.position_of_row
    own_known = np.where(position >= 1, own, np.nan)
    peers = median_of_peers(panel, own_known, without_oneself=True)
    between = median_of_peers(panel, (own_known - peers) ** 2) / MEDIAN_OF_CHI_SQUARE
    alone = 1.0 / panel.n_areas[panel.series_of_row] ** 2
    share = SHARE_OF_OWN_WEIGHT + (SHARE_WHEN_ALONE - SHARE_OF_OWN_WEIGHT) * alone
    weight = share * np.maximum(between - spread, 0.05 * between) / np.maximum(between, 1e-300)
    weight = np.where(position >= 2, weight, 0.0)  # with one or two points no trend of its own is shown
    back = _rows_back(panel, RECENT_STEPS)
    steps = np.where(position >= 1, panel.time_of_row - panel.time_of_row[back], 1.0)
    change = np.where(position >= 1, (z - z[back]) / steps, np.nan)
    recent = median_of_peers(panel, change, without_oneself=True)
    return Pace(own, peers, weight * own + (1 - weight) * peers, recent)


def _rows_back(panel: Panel, steps: float) -> np.ndarray:
    """For every row the nearest earlier row of its series at least `steps` before it, or the series' first."""
    row = np.arange(len(panel.time_of_row))
    back, start = row.copy(), panel.first[panel.series_of_row]
    while (short := (panel.time_of_row - panel.time_of_row[back] < steps - 1e-9) & (back > start)).any():
        back -= short
    return back


def slopes_so_far(panel: Panel, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least-squares slope of each series' points up to every row, and that slope's sampling variance.

    The variance is pooled over the series of the indicator: a series' own residuals are too few. 0 at a first point.
    """
    start = panel.first[panel.series_of_row]
    time = panel.time_of_row - panel.time_of_row[start]
    level = z - z[start]
    # each series at its own size: the squares of very large figures are no numbers any more
    size = np.maximum.reduceat(np.abs(level), panel.first) if len(level) else level
    size = np.where(size > 0, size, 1.0)[panel.series_of_row]
    level = level / size
    n = panel.position_of_row + 1.0
    sum_t, sum_z, sum_tt, sum_tz, sum_zz = (
        _running_sum(panel, values) for values in (time, level, time * time, time * level, level * level)
    )
    spread_t = np.where(n > 1, sum_tt - sum_t * sum_t / n, 1.0)
    cross = sum_tz - sum_t * sum_z / n
    slope = np.where(n > 1, cross / spread_t, 0.0)
    residual = np.maximum(sum_zz - sum_z * sum_z / n - slope * cross, 0.0)
    variance = np.where(n > 2, residual / np.maximum(n - 2, 1), np.nan) * size**2
    pooled = median_of_peers(panel, variance)
    return slope * size, np.where(n > 1, pooled / spread_t, 0.0)


def _running_sum(panel: Panel, values: np.ndarray) -> np.ndarray:
    """Sums from the first row of each series on. One row of a table a series: a sum that went on over all series would
    round otherwise with every series before it, and the same series forecast in another company would differ."""
    position = panel.position_of_row
    table = np.zeros((len(panel.first), int(position.max(initial=-1)) + 1))
    table[panel.series_of_row, position] = values
    return np.cumsum(table, axis=1)[panel.series_of_row, position]


def median_of_peers(panel: Panel, values: np.ndarray, *, without_oneself: bool = False) -> np.ndarray:
    """For every row the median over its indicator's rows at the same time; 0 where nothing is known yet.

    A time at which few areas have reported (less than half of the fullest time so far) takes the last fuller one's
    median, so that one early quarterly figure is not its own only peer. without_oneself: of m areas only m - 1 are
    peers, and the median is drawn towards 0 by that much: one area alone has none.
    """
    indicator = panel.indicator[panel.series_of_row]
    times, time_code = np.unique(panel.time_of_row, return_inverse=True)
    cells, cell = np.unique(indicator * len(times) + time_code, return_inverse=True)
    median = group_median(values, cell, len(cells))
    count = np.bincount(cell, weights=np.isfinite(values), minlength=len(cells))
    if without_oneself:
        median = median * (1 - 1 / np.maximum(count, 1))
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
