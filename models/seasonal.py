"""The yearly rhythm of quarterly and monthly series: a profile pooled over an indicator's areas.

Two to four years of one area's quarters are too few for its own profile; its peers' share it. An area's own deviation
from the common profile is added by as much as its years bear out.
"""

import numpy as np

from models.panel import Panel, group_median
from models.pooled_trend import slopes_so_far

EVIDENCE_OF_PEERS = 6.0  # years the common profile counts for against a series' own
PASSES = 2  # the slope is fitted again on the figures without their rhythm: part of a year tilts it


def phase_of(time: np.ndarray, season_length: np.ndarray) -> np.ndarray:
    """Position in the cycle, 0..season_length-1; time in steps of the series (quarters, months)."""
    return np.mod(np.rint(time).astype(int), season_length)


def profile_of(panel: Panel, z: np.ndarray) -> np.ndarray:
    """(series, phase) what each phase adds to the level, transformed scale; all 0 where there is no season.

    Phases nobody has seen add 0. Columns: as many as the longest season; a shorter one leaves the rest unused.
    """
    width = int(panel.season_length.max(initial=1))
    profile = np.zeros((len(panel.series_ids), width))
    if width == 1:
        return profile
    series = panel.series_of_row
    phase = phase_of(panel.time_of_row, panel.season_length[series])
    # less than one whole cycle shows no rhythm
    usable = (panel.season_length > 1) & (panel.n_points >= panel.season_length)
    for _ in range(PASSES):
        level = z - profile[series, phase]
        slope = slopes_so_far(panel, level)[0][panel.last[series]]
        flat = z - slope * (panel.time_of_row - panel.time_of_row[panel.last[series]])
        rest = level - z + flat
        centre = np.bincount(series, rest, len(panel.series_ids)) / panel.n_points
        deviation = np.where(usable[series], flat - centre[series], np.nan)
        profile = _pooled_profile(panel, deviation, phase, width)
    return profile


def _pooled_profile(panel: Panel, deviation: np.ndarray, phase: np.ndarray, width: int) -> np.ndarray:
    series, n_series, n_indicators = panel.series_of_row, len(panel.series_ids), len(panel.indicator_ids)
    common = group_median(deviation, panel.indicator[series] * width + phase, n_indicators * width)
    common = np.nan_to_num(common.reshape(n_indicators, width))[panel.indicator]
    seen = np.isfinite(deviation)
    beyond = np.where(seen, deviation - common[series, phase], 0.0)
    cell = series * width + phase
    years = np.bincount(cell, seen, n_series * width)
    own = np.bincount(cell, beyond, n_series * width) / (years + EVIDENCE_OF_PEERS)
    return common + own.reshape(n_series, width)
