"""How far forecasts miss: spread by series, horizon and history length, from forecasts replayed inside the history."""

import numpy as np

from models.panel import Panel, group_median
from models.pooled_trend import Pace, damped_years

LEVELS = np.array([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])
QUANTILE_COLUMNS = [f"q{level:g}" for level in LEVELS]
# Quantiles of the standardised error: heavier tails than the normal's 1.96 and 1.28.
STANDARD_QUANTILES = np.array([-2.35, -1.3, -0.6, 0.0, 0.6, 1.3, 2.35])
UNKNOWN_SPREAD = 0.1  # nothing in the whole call has two points: about ten per cent of an amount
LEAST_SPREAD = 0.003  # three in a thousand: about the rounding of a percentage with one decimal
GROWTH = 0.6  # spread grows as horizon**0.6
EVIDENCE_OF_PEERS = 6.0  # the indicator's spread counts as this many of the series' own yearly errors
FEW_POINTS_WIDEN = {1: 1.6, 2: 1.4, 3: 1.25, 4: 1.12}


def spread_at_one_year(panel: Panel, z: np.ndarray, pace: Pace) -> np.ndarray:
    """Typical size of a one-year-ahead error (as a standard deviation, transformed scale), one per series."""
    before = np.flatnonzero(panel.position_of_row > 0) - 1
    step = panel.time_of_row[before + 1] - panel.time_of_row[before]
    error = (z[before + 1] - z[before] - damped_years(step) * pace.shrunk[before]) / step**GROWTH
    n_series = len(panel.series_ids)
    series = panel.series_of_row[before]
    squares = np.bincount(series, error**2, n_series)
    count = np.bincount(series, minlength=n_series)
    own = np.where(count > 0, squares / np.maximum(count, 1), np.nan)
    usual = group_median(own, panel.indicator, len(panel.indicator_ids))
    known = usual[np.isfinite(usual)]
    usual = np.where(np.isfinite(usual), usual, np.median(known) if len(known) else UNKNOWN_SPREAD**2)[panel.indicator]
    return np.maximum(np.sqrt((squares + EVIDENCE_OF_PEERS * usual) / (count + EVIDENCE_OF_PEERS)), _least(panel, z))


def _least(panel: Panel, z: np.ndarray) -> np.ndarray:
    """The narrowest spread a series may have: figures that never moved may still move, if only by their rounding."""
    bounded = np.isfinite(panel.lower) | np.isfinite(panel.upper)
    size = group_median(np.abs(z), panel.series_of_row, len(panel.series_ids))
    return LEAST_SPREAD * np.where(bounded, 1.0, np.where(size > 0, size, 1.0))
