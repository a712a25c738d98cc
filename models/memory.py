"""Does a surprise last? Pooled over an indicator's areas: reporting noise is taken back, momentum goes on.

Changes from point to point that alternate in sign (negative autocorrelation) are the mark of noise in the figures: half of
a jump will be gone next year. Changes that follow one another (positive) are the mark of smooth, modelled or slowly
spreading quantities. One area's 5-12 points cannot tell which it is; all areas of an indicator together can.

Noise is read as a moving average of the changes, d(t) = e(t) - theta e(t-1) (exponential smoothing with gain 1 - theta),
momentum as an autoregression, d(t) = phi d(t-1) + e(t). Replayed on 28 public indicators, indicators left out in turn,
the two terms took the coefficients 1.01 +- 0.05 and 1.12 +- 0.01 in a free regression: they are used as they stand.
"""

from dataclasses import dataclass

import numpy as np

from models.panel import Panel
from models.pooled_trend import Pace, median_of_peers

# The usual autocorrelation, and how many pairs of changes it counts for: few pairs prove little.
USUAL, EVIDENCE_OF_USUAL = -0.15, 10.0
LOWEST, HIGHEST = -0.49, 0.9  # a moving average has no lower one than -0.5; beyond 0.9 growth would hardly fade
OUTLIER_SPREADS = 3.0


@dataclass(frozen=True)
class Memory:
    """theta, phi: one an indicator, never both above 0. surprise: every row's change beyond its own expected pace and its
    peers' common surprise (0 at a first point). innovation: the part of it that is not the undoing of earlier noise."""

    theta: np.ndarray
    phi: np.ndarray
    surprise: np.ndarray
    innovation: np.ndarray


def memory_of(panel: Panel, z: np.ndarray, pace: Pace, spread: np.ndarray) -> Memory:
    """Pool the autocorrelation of surprises by indicator; spread: size of an error one step ahead, one a series."""
    series, position = panel.series_of_row, panel.position_of_row
    before = np.maximum(np.arange(len(z)) - 1, 0)
    change = z - z[before] - pace.shrunk * (panel.time_of_row - panel.time_of_row[before])
    change = np.where(position > 0, change, np.nan)
    surprise = np.nan_to_num(change - median_of_peers(panel, change, without_oneself=True))
    autocorrelation = _pooled_autocorrelation(panel, surprise / spread[series], before)
    theta = _moving_average(np.minimum(autocorrelation, 0.0))
    surprise = np.clip(surprise, -2 * OUTLIER_SPREADS * spread[series], 2 * OUTLIER_SPREADS * spread[series])
    innovation = surprise.copy()
    for step in range(2, int(position.max(initial=0)) + 1):
        row = np.flatnonzero(position == step)
        innovation[row] += theta[panel.indicator[series[row]]] * innovation[row - 1]
    return Memory(theta, np.maximum(autocorrelation, 0.0), surprise, innovation)


def _pooled_autocorrelation(panel: Panel, standardised: np.ndarray, before: np.ndarray) -> np.ndarray:
    indicator, n = panel.indicator[panel.series_of_row], len(panel.indicator_ids)
    held = np.clip(standardised, -OUTLIER_SPREADS, OUTLIER_SPREADS)
    position = panel.position_of_row
    products = np.bincount(indicator, np.where(position > 1, held * held[before], 0.0), n)
    pairs = np.bincount(indicator, position > 1, n)
    squares = np.bincount(indicator, held**2, n)
    steps = np.bincount(indicator, position > 0, n)
    covariance = (products + EVIDENCE_OF_USUAL * USUAL) / (pairs + EVIDENCE_OF_USUAL)
    variance = (squares + EVIDENCE_OF_USUAL) / (steps + EVIDENCE_OF_USUAL)
    return np.clip(covariance / variance, LOWEST, HIGHEST)


def _moving_average(autocorrelation: np.ndarray) -> np.ndarray:
    """theta of a first-order moving average with this (zero or negative) autocorrelation: r = -theta / (1 + theta²)."""
    r = np.minimum(autocorrelation, -1e-9)
    return (-1 + np.sqrt(1 - 4 * r**2)) / (2 * r)


def expected_after(memory: Memory, panel: Panel, row: np.ndarray, horizon: np.ndarray) -> np.ndarray:
    """What the memory adds to the forecast made at `row` for `horizon` steps ahead (broadcast), transformed scale."""
    indicator = panel.indicator[panel.series_of_row[row]]
    phi = memory.phi[indicator]
    going_on = memory.surprise[row] * phi * (1 - phi**horizon) / (1 - phi)
    return going_on - memory.theta[indicator] * memory.innovation[row]
