"""How far forecasts miss: spread by series, horizon and history length, checked on forecasts replayed in the history.

Never from one series' own residuals alone: with 5-12 points those are far too few (intervals made so cover 40-76 % where
they claim 80 %). A series' yearly errors are pooled with its peers', the spread grows with the horizon as the indicator's
memory says it must, and forecasts replayed inside the history correct each indicator's width (split conformal in
spirit: no past outside the call is used). What is fixed below was measured on replayed histories of 28 indicators.
"""

from collections.abc import Callable

import numpy as np

from models.memory import Memory
from models.panel import Panel, group_median, group_quantile
from models.pooled_trend import Pace, damped_steps

LEVELS = np.array([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])
QUANTILE_COLUMNS = [f"q{level:g}" for level in LEVELS]
# Quantiles of the standardised error. Tails are heavier than the normal's 1.96, 1.28, 0.67 after division by them.
STANDARD_QUANTILES = np.array([-2.5, -1.39, -0.66, 0.0, 0.66, 1.39, 2.5])
EVIDENCE_OF_PEERS = 6.0  # the indicator's spread counts as this many of the series' own errors
UNKNOWN_SPREAD = 0.1  # no area of the indicator has two points: about ten per cent of an amount
LEAST_SPREAD = 0.003  # figures that never moved may still move, if only by their rounding: three in a thousand
PACE_ERROR = 0.15  # error of the pace itself, in spreads a year: its share grows with the horizon, not with its root
# Replayed forecasts: from the third point on, one and two points ahead; their 80th percentile against the usual one.
REPLAY_FROM, REPLAY_STEPS, REPLAY_LEVEL, USUAL_REPLAY = 2, (1, 2), 0.8, 1.3
REPLAY_TRUST, EVIDENCE_OF_USUAL = 0.6, 15.0
# With few points the spread itself is a guess: widen by this much with 0, 1, 2... points, beyond the list not at all.
FEW_POINTS_WIDEN = np.array([1.6, 1.6, 1.5, 1.25, 1.12, 1.04, 1.0])
ALONE_WIDEN = 0.2  # an area without peers: by so much more, with n areas by 1/n² of it


def spread_at_one_step(panel: Panel, z: np.ndarray, pace: Pace) -> np.ndarray:
    """Typical size of an error one step ahead (as a standard deviation, transformed scale), one per series.

    Points several steps apart count by the root of their distance; closer ones as one step: noise does not shrink.
    """
    before = np.flatnonzero(panel.position_of_row > 0) - 1
    per_year = panel.steps_per_year[panel.series_of_row]
    step = panel.time_of_row[before + 1] - panel.time_of_row[before]
    error = z[before + 1] - z[before] - damped_steps(step, per_year[before]) * pace.shrunk[before]
    error = error / np.sqrt(np.maximum(step, 1.0))
    n_series = len(panel.series_ids)
    series = panel.series_of_row[before]
    squares = np.bincount(series, error**2, n_series)
    count = np.bincount(series, minlength=n_series)
    own = np.where(count > 0, squares / np.maximum(count, 1), np.nan)
    usual = group_median(own, panel.indicator, len(panel.indicator_ids))
    size = _size(panel, z)
    usual = usual[panel.indicator]
    usual = np.where(np.isfinite(usual), usual, (UNKNOWN_SPREAD * size) ** 2)
    spread = np.sqrt((squares + EVIDENCE_OF_PEERS * usual) / (count + EVIDENCE_OF_PEERS))
    return np.maximum(spread, LEAST_SPREAD * size)


def _size(panel: Panel, z: np.ndarray) -> np.ndarray:
    """What spreads are measured in: 1 on a logarithmic scale, where differences are shares, else a series' usual size."""
    bounded = np.isfinite(panel.lower) | np.isfinite(panel.upper)
    size = group_median(np.abs(z), panel.series_of_row, len(panel.series_ids))
    return np.where(bounded | (size == 0), 1.0, size)


def spread_ahead(panel: Panel, memory: Memory, spread: np.ndarray, row: np.ndarray, horizon: np.ndarray) -> np.ndarray:
    """Standard deviation of the forecasts made at `row` for `horizon` steps ahead: noise hardly grows, momentum fastest.

    The error variance of a local level with noise, or of autoregressive changes (Box and Jenkins, continued to horizons
    that are no whole steps), and the error of the pace.
    """
    series = panel.series_of_row[row]
    phi = memory.phi[panel.indicator[series]]
    of_level = memory.level_variance[row] + memory.drift[series] * horizon + memory.noise[row]
    powers = horizon - 2 * phi * (1 - phi**horizon) / (1 - phi) + phi**2 * (1 - phi ** (2 * horizon)) / (1 - phi**2)
    of_momentum = spread[series] ** 2 * powers * (1 - phi**2) / (1 - phi) ** 2
    per_year = panel.steps_per_year[series]
    of_pace = (PACE_ERROR * spread[series] / np.maximum(per_year, 1.0) * damped_steps(horizon, per_year)) ** 2
    return np.sqrt(np.where(phi > 0, of_momentum, of_level) + of_pace)


def replay_correction(
    panel: Panel,
    z: np.ndarray,
    spread: np.ndarray,
    memory: Memory,
    centre: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> np.ndarray:
    """Factor on the spread of every indicator, from forecasts replayed inside the history.

    centre(row, horizon): the median forecast made at rows of the panel, from what was known there.
    """
    errors, indicators = [], []
    left = panel.n_points[panel.series_of_row] - 1 - panel.position_of_row
    for steps in REPLAY_STEPS:
        row = np.flatnonzero((panel.position_of_row >= REPLAY_FROM) & (left >= steps))
        horizon = panel.time_of_row[row + steps] - panel.time_of_row[row]
        series = panel.series_of_row[row]
        claimed = spread_ahead(panel, memory, spread, row, horizon)
        errors.append(np.abs(z[row + steps] - centre(row, horizon)) / claimed)
        indicators.append(panel.indicator[series])
    error, indicator, n = np.concatenate(errors), np.concatenate(indicators), len(panel.indicator_ids)
    seen = np.nan_to_num(group_quantile(error, indicator, n, REPLAY_LEVEL), nan=USUAL_REPLAY) / USUAL_REPLAY
    count = np.bincount(indicator, minlength=n)
    trust = REPLAY_TRUST * count / (count + EVIDENCE_OF_USUAL)
    return np.clip(seen, 0.4, 2.5) ** trust


def widening(panel: Panel) -> np.ndarray:
    """Factor on the spread of every series for what few points and few peers leave unknown."""
    few_points = FEW_POINTS_WIDEN[np.minimum(panel.n_points, len(FEW_POINTS_WIDEN) - 1)]
    return few_points * (1.0 + ALONE_WIDEN / panel.n_areas**2)
