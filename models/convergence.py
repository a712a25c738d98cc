"""Areas far below their peers tend to catch up, and far above to fall back; how fast is learned from the indicator."""

import numpy as np

from models.panel import Panel, group_median
from models.pooled_trend import median_of_peers

# Shares of the indicator's own rate of catching up and of a usual rate, from the same regression as the pace
# (0.45 +- 0.03 and 0.035 +- 0.005 of a typical distance a year).
SHARE_OF_OWN_RATE, USUAL_RATE = 0.45, 0.035
SLOWEST, FASTEST = -0.1, 0.2  # of the distance, a step
FARTHEST = 3.0  # distances beyond three typical ones pull no harder
EVIDENCE_AGAINST = 3.0  # as many typical areas that do not catch up at all


def pull_to_peers(panel: Panel, z: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Change a step towards the peers' median level expected at every row, transformed scale.

    spread: size of an error one step ahead, one a series; the usual rate is measured in it, the indicator's own in distance.
    """
    distance = median_of_peers(panel, z) - z
    typical = np.maximum(median_of_peers(panel, np.abs(distance)), 1e-9)
    held = np.clip(distance / typical, -FARTHEST, FARTHEST)
    indicator = panel.indicator
    usual_spread = group_median(spread, indicator, len(panel.indicator_ids))[indicator]
    own_rate = _rate(panel, z, held[panel.first])[indicator]
    series = panel.series_of_row
    return held * (SHARE_OF_OWN_RATE * own_rate[series] * typical + USUAL_RATE * usual_spread[series])


def _rate(panel: Panel, z: np.ndarray, held_at_start: np.ndarray) -> np.ndarray:
    """Per indicator, the share of the first point's distance closed in a step over the whole history."""
    n, indicator = len(panel.indicator_ids), panel.indicator
    steps = panel.time_of_row[panel.last] - panel.time_of_row[panel.first]
    change = np.where(steps > 0, (z[panel.last] - z[panel.first]) / np.where(steps > 0, steps, 1.0), np.nan)
    change = np.nan_to_num(change - group_median(change, indicator, n)[indicator])
    level = z[panel.first]
    typical = group_median(np.abs(level - group_median(level, indicator, n)[indicator]), indicator, n)[indicator]
    closed = np.bincount(indicator, held_at_start * change / np.maximum(typical, 1e-9), n)
    rate = closed / (np.bincount(indicator, held_at_start**2, n) + EVIDENCE_AGAINST)
    return np.clip(rate, SLOWEST, FASTEST)
