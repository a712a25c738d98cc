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

from models.panel import Panel, group_median
from models.pooled_trend import MEDIAN_OF_CHI_SQUARE, Pace, median_of_peers

# The usual autocorrelation, and how many pairs of changes it counts for: few pairs prove little.
USUAL, EVIDENCE_OF_USUAL = -0.15, 10.0
LOWEST, HIGHEST = -0.49, 0.9  # a moving average has no lower one than -0.5; beyond 0.9 growth would hardly fade
OUTLIER_SPREADS = 3.0


@dataclass(frozen=True)
class Memory:
    """What lasts of a surprise, transformed scale.

    phi: autoregression of the changes, one an indicator (0 where there is none). surprise: every row's change beyond its
    own pace and its peers' common surprise (0 at a first point). correction: what to add to the row's figure to get the
    level behind it. level_variance: how uncertain that level is. noise: variance of the row's figure around its level.
    drift: variance of the level's change in a step, one a series.
    """

    phi: np.ndarray
    surprise: np.ndarray
    correction: np.ndarray
    level_variance: np.ndarray
    noise: np.ndarray
    drift: np.ndarray


def memory_of(panel: Panel, z: np.ndarray, pace: Pace, spread: np.ndarray, sampling: np.ndarray) -> Memory:
    """Pool the autocorrelation of surprises by indicator.

    spread: size of an error one step ahead, one a series. sampling: variance that each row's counts have by themselves
    (0: unknown); it is believed only as far as the surprises do take themselves back: a register of fifty villages is
    complete however few they are.
    """
    series, position = panel.series_of_row, panel.position_of_row
    before = np.maximum(np.arange(len(z)) - 1, 0)
    change = z - z[before] - pace.shrunk * (panel.time_of_row - panel.time_of_row[before])
    change = np.where(position > 0, change, np.nan)
    surprise = np.nan_to_num(change - median_of_peers(panel, change, without_oneself=True))
    autocorrelation = _pooled_autocorrelation(panel, surprise / spread[series], before)
    noise, drift = _noise_and_drift(panel, spread, sampling, np.maximum(-autocorrelation, 0.0))
    spread = np.sqrt(drift + 2 * _mean_of_series(panel, noise))
    surprise = np.clip(surprise, -2 * OUTLIER_SPREADS * spread[series], 2 * OUTLIER_SPREADS * spread[series])
    correction, level_variance = _filter(panel, z, surprise, noise, drift)
    return Memory(np.maximum(autocorrelation, 0.0), surprise, correction, level_variance, noise, drift)


def _noise_and_drift(panel: Panel, spread, sampling, noise_share) -> tuple[np.ndarray, np.ndarray]:
    """Variance of every row's noise and of every series' drift in a step, from the noise's share of the changes.

    noise_share: of an indicator, noise variance over the variance of a change (0 to 0.49). What the counts explain of it
    goes by each row's own counts, the rest by the series' spread.
    """
    series, indicator = panel.series_of_row, panel.indicator
    n = len(panel.indicator_ids)
    rows = np.bincount(indicator[series], minlength=n)
    by_counts = np.bincount(indicator[series], sampling / spread[series] ** 2, n) / np.maximum(rows, 1)
    believed = np.minimum(noise_share / np.maximum(by_counts, 1e-300), 1.0)
    rest = np.maximum(noise_share - believed * by_counts, 0.0)
    noise = believed[indicator[series]] * sampling + rest[indicator[series]] * spread[series] ** 2
    drift_share = (1 - 2 * noise_share)[indicator]
    usual = group_median(spread**2, indicator, n)[indicator]
    counted = by_counts[indicator] > 0
    return noise, drift_share * np.where(counted, usual, spread**2)


def _mean_of_series(panel: Panel, values: np.ndarray) -> np.ndarray:
    return np.bincount(panel.series_of_row, values, len(panel.series_ids)) / panel.n_points


def _filter(panel: Panel, z, surprise, noise, drift) -> tuple[np.ndarray, np.ndarray]:
    """Kalman filter of the level behind each row's figure: what to add to the figure, and the level's variance.

    A first level is drawn from its peers: their median, and their variance around it.
    """
    series, position = panel.series_of_row, panel.position_of_row
    distance = z - median_of_peers(panel, z)
    between = median_of_peers(panel, distance**2) / MEDIAN_OF_CHI_SQUARE
    gap = np.where(position > 0, np.diff(panel.time_of_row, prepend=0.0), 0.0)
    correction, variance = np.zeros(len(z)), np.zeros(len(z))
    for step in range(int(position.max(initial=0)) + 1):
        row = np.flatnonzero(position == step)
        if step == 0:
            expected, innovation = between[row], distance[row]
        else:
            expected = variance[row - 1] + drift[series[row]] * gap[row]
            innovation = surprise[row] - correction[row - 1]
        left = noise[row] / np.maximum(expected + noise[row], 1e-300)
        correction[row] = -left * innovation
        variance[row] = left * expected
    return correction, variance


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


def expected_after(memory: Memory, panel: Panel, row: np.ndarray, horizon: np.ndarray) -> np.ndarray:
    """What the memory adds to the forecast made at `row` for `horizon` steps ahead (broadcast), transformed scale."""
    indicator = panel.indicator[panel.series_of_row[row]]
    phi = memory.phi[indicator]
    going_on = memory.surprise[row] * phi * (1 - phi**horizon) / (1 - phi)
    return going_on + memory.correction[row]
