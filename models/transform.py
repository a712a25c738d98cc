"""The scale on which series are forecast: logit between two bounds, log above one, as they are without bounds."""

from dataclasses import dataclass

import numpy as np

from models.panel import Panel, group_median

# Added to both sides before the logarithm, as a share of the series' median distance to the bound, so that a zero or
# a full hundred per cent is a finite step away from its neighbours. 0.05 is what the log scale of targets uses too.
OFFSET_SHARE = 0.05
# A series that mostly stands on its bound takes its offset from its indicator's typical distance instead.
OFFSET_FLOOR_SHARE = 0.02


@dataclass(frozen=True)
class Scale:
    """Per series: the bounds (NaN: none) and the offsets at each bound, in the indicator's unit."""

    lower: np.ndarray
    upper: np.ndarray
    lower_offset: np.ndarray
    upper_offset: np.ndarray

    def forward(self, value: np.ndarray, series: np.ndarray) -> np.ndarray:
        """Values (any shape broadcast with series, the index of each one's series) on the transformed scale."""
        lower, upper = self.lower[series], self.upper[series]
        with np.errstate(invalid="ignore"):
            above = np.log(np.maximum(value - lower, 0) + self.lower_offset[series])
            below = np.log(np.maximum(upper - value, 0) + self.upper_offset[series])
        has_lower, has_upper = np.isfinite(lower), np.isfinite(upper)
        return (
            np.where(has_lower, above, 0.0)
            - np.where(has_upper, below, 0.0)
            + np.where(has_lower | has_upper, 0.0, value)
        )

    def slope(self, value: np.ndarray, series: np.ndarray) -> np.ndarray:
        """Derivative of forward at the values."""
        lower, upper = self.lower[series], self.upper[series]
        above = 1.0 / (np.maximum(value - lower, 0) + self.lower_offset[series])
        below = 1.0 / (np.maximum(upper - value, 0) + self.upper_offset[series])
        has_lower, has_upper = np.isfinite(lower), np.isfinite(upper)
        free = np.where(has_lower | has_upper, 0.0, 1.0)
        return np.where(has_lower, above, 0.0) + np.where(has_upper, below, 0.0) + free

    def backward(self, z: np.ndarray, series: np.ndarray) -> np.ndarray:
        """The inverse of forward, never outside the bounds."""
        lower, upper = self.lower[series], self.upper[series]
        below, above = self.lower_offset[series], self.upper_offset[series]
        has_lower, has_upper = np.isfinite(lower), np.isfinite(upper)
        with np.errstate(invalid="ignore", over="ignore"):
            share = 1.0 / (1.0 + np.exp(-z))
            between = lower - below + (upper - lower + below + above) * share
            value = np.where(has_lower & has_upper, between, z)
            value = np.where(has_lower & ~has_upper, lower - below + np.exp(z), value)
            value = np.where(~has_lower & has_upper, upper + above - np.exp(-z), value)
        value = np.where(has_lower, np.maximum(value, lower), value)
        return np.where(has_upper, np.minimum(value, upper), value)


def scale_of(panel: Panel) -> Scale:
    """The scale of every series of a panel, its offsets taken from the panel's own values."""
    lower_offset = _offset(panel, panel.value_of_row - panel.lower[panel.series_of_row])
    upper_offset = _offset(panel, panel.upper[panel.series_of_row] - panel.value_of_row)
    return Scale(panel.lower, panel.upper, lower_offset, upper_offset)


def drawn_in(panel: Panel, z: np.ndarray) -> np.ndarray:
    """The panel's values on the transformed scale with those of little weight drawn to what their neighbours say.

    A figure of weight w counts w against 1 - w for the line between the nearest full figures of its series (the nearest
    one itself at the ends): the mean of two readings with those precisions. So 1 changes nothing, and the nearer to 0
    the more a shock year is read as if it had gone on as usual; 0 itself is cut before. Nothing full: as reported.
    """
    row = np.arange(len(z))
    full = panel.weight_of_row >= 1
    if full.all():
        return z
    start, stop = panel.first[panel.series_of_row], panel.last[panel.series_of_row]
    before = np.maximum.accumulate(np.where(full, row, -1))
    after = np.minimum.accumulate(np.where(full, row, len(z))[::-1])[::-1]
    has_before, has_after = before >= start, after <= stop
    before, after = np.where(has_before, before, after), np.where(has_after, after, before)
    known = has_before | has_after
    before, after = np.where(known, before, row), np.where(known, after, row)
    apart = panel.time_of_row[after] - panel.time_of_row[before]
    share = np.where(apart > 0, (panel.time_of_row - panel.time_of_row[before]) / np.where(apart > 0, apart, 1.0), 0.0)
    usual = z[before] + share * (z[after] - z[before])
    return usual + panel.weight_of_row * (z - usual)


def _offset(panel: Panel, distance: np.ndarray) -> np.ndarray:
    own = group_median(distance, panel.series_of_row, len(panel.series_ids))
    positive = np.where(distance > 0, distance, np.nan)
    usual = group_median(positive, panel.indicator[panel.series_of_row], len(panel.indicator_ids))[panel.indicator]
    between_bounds = panel.upper - panel.lower
    usual = np.where(np.isfinite(usual), usual, np.where(np.isfinite(between_bounds), between_bounds, 1.0))
    return np.maximum(OFFSET_SHARE * own, OFFSET_FLOOR_SHARE * usual)
