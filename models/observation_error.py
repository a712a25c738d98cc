"""The error that a ratio of counts has by itself: binomial for proportions, Poisson for rates of events."""

import numpy as np

from models.panel import Panel, group_median
from models.transform import Scale

PRIOR_COUNT = 2.0  # denominators are read as if so many more people at the indicator's usual rate had been seen

# With about one expected case the logarithm no longer tells noise from level: no figure is taken for noisier than this.
LARGEST_VARIANCE = 1.0


def sampling_variance(panel: Panel, scale: Scale) -> np.ndarray:
    """Variance of every row's figure around its true rate, transformed scale; 0 where no counts are known.

    Binomial where the value is bounded above and no numerator exceeds its denominator, else Poisson. The rate is drawn
    a little towards the indicator's usual one first, so that 0 or all of a few does not look certain. The variance is
    carried to the transformed scale by its slope there (the delta method).
    """
    numerator, denominator, series = panel.numerator_of_row, panel.denominator_of_row, panel.series_of_row
    with np.errstate(invalid="ignore"):
        counted = (numerator >= 0) & (denominator > 0)
    if not counted.any():
        return np.zeros(len(series))
    n, indicator = len(panel.indicator_ids), panel.indicator[series]
    raw = np.where(counted, numerator / np.where(counted, denominator, 1.0), np.nan)
    usual = group_median(raw, indicator, n)[indicator]
    unit = group_median(np.where(raw > 0, panel.value_of_row / np.where(raw > 0, raw, 1.0), np.nan), indicator, n)[
        indicator
    ]
    rate = (numerator + PRIOR_COUNT * usual) / (denominator + PRIOR_COUNT)
    beyond = np.zeros(n, dtype=bool)
    np.logical_or.at(beyond, indicator[counted], (raw > 1)[counted])
    binomial = np.isfinite(panel.upper[series]) & ~beyond[indicator]
    variance = unit**2 * rate * np.where(binomial, 1 - rate, 1.0) / denominator
    variance = variance * scale.slope(unit * rate, series) ** 2
    return np.where(counted & np.isfinite(variance), np.minimum(variance, LARGEST_VARIANCE), 0.0)
