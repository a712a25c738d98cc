"""Classes of a map: cut-offs a plan sets first, else quantiles; the same in every year."""

from collections.abc import Sequence

import numpy as np


def class_breaks(values, *, classes: int = 5, cut_offs: Sequence[float] = ()) -> np.ndarray:
    """Inner breaks between classes, ascending float array, so that all years share one legend.

    values: the indicator's values of all years and areas to be shown; NaN is not reported and is left out.
    cut_offs: the plan's own limits (a milestone, a standard); where given they are the breaks.
    Otherwise quantiles of all the values, repeated ones once: fewer classes where values repeat, none for no values.
    """
    if len(cut_offs):
        return np.unique(np.asarray(cut_offs, dtype=float))
    reported = np.asarray(values, dtype=float)
    reported = reported[np.isfinite(reported)]
    if not reported.size:
        return np.array([])
    breaks = np.unique(np.quantile(reported, np.arange(1, classes) / classes))
    return breaks[(breaks > reported.min()) & (breaks <= reported.max())]
