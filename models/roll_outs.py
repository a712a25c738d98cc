"""Roll-outs: how many of the villages have the programme. A share that does not fall back, and ends at all of them.

What spreads from place to place goes slowly at first, fast in the middle and slowly through the last ones: a straight
line on the logit scale (Griliches 1957), which is the scale shares are forecast on anyway, at a pace pooled over the
districts of one programme. A logistic speed of its own, learned from the steps under way, was tried on 30 simulated
programmes of 12 districts and forecast no better than that. What a roll-out needs is its floor: a village that has the
programme keeps it, so no quantile lies below where the series stands, or below its own of an earlier year.
"""

import numpy as np

from models.panel import Panel

RISES = 0.9  # of an indicator's steps that move at all: with fewer rises it is no roll-out, whatever it is called


def is_roll_out(panel: Panel, marked: np.ndarray) -> np.ndarray:
    """Which series are roll-outs: marked as one, between two bounds, and their indicator's figures hardly ever fall."""
    same = panel.series_of_row[1:] == panel.series_of_row[:-1]
    change, series = np.diff(panel.value_of_row)[same], panel.series_of_row[1:][same]
    n = len(panel.indicator_ids)
    moves = np.bincount(panel.indicator[series], change != 0, n)
    rises = np.bincount(panel.indicator[series], change > 0, n)
    bounded = np.isfinite(panel.lower) & np.isfinite(panel.upper) & (panel.season_length == 1)
    return marked & bounded & (rises >= RISES * moves)[panel.indicator]
