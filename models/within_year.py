"""The year's final count from the year so far: how much of a year's total is usually there by June, pooled over areas.

Exams, screenings and vaccinations are reported as "this year so far". Four quarters of such figures are no series with a
rhythm but four looks at one total. The share of the final figure that is there by a given month hardly differs from
year to year (plans are worked off in the same campaigns), and what one district's few years cannot show its peers' do.
The year's total so read is weighed against the forecast from past years by how far off either usually is.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.panel import Panel, group_median
from models.pooled_trend import MEDIAN_OF_CHI_SQUARE
from models.transform import Scale

FEWEST_YEARS = 3  # past years (of all areas) with a figure of the same month and a final one
EVIDENCE_OF_PEERS = 2.0  # years the common share counts for against an area's own
LEAST_ERROR = 0.01  # of a total read from a part of it: late reports alone move a total by a per cent
PARTS = 12  # months are the finest parts of a year there are


@dataclass(frozen=True)
class YearSoFar:
    """Of every series: the end of the year under way (NaN: nothing known of it), the figure so far, and its total.

    total, error: the total read from it and its standard error, transformed scale; NaN where no past year tells the share.
    """

    year: np.ndarray
    so_far: np.ndarray
    total: np.ndarray
    error: np.ndarray

    @property
    def tells(self) -> np.ndarray:
        """Which series' year can be read."""
        return np.isfinite(self.total)


def split_years(history: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Figures of whole years, and those of "this year so far" (part_of_year from 0 to 1; empty: whole); None without any."""
    if "part_of_year" not in history:
        return history, None
    share = pd.to_numeric(history["part_of_year"]).to_numpy(float)
    part = np.isfinite(share) & (share < 1)
    return history[~part], history[part & history["value"].notna().to_numpy()]


def year_so_far(panel: Panel, scale: Scale, parts: pd.DataFrame) -> YearSoFar:
    """What the parts tell of every series of the panel. parts: series_id, time (within the year), value, part_of_year."""
    n = len(panel.series_ids)
    series = panel.series_ids.get_indexer(parts["series_id"])
    known = (series >= 0) & (panel.steps_per_year[series] == 1)
    series, parts = series[known], parts[known]
    so_far = parts["value"].to_numpy(float)
    part = np.rint(parts["part_of_year"].to_numpy(float) * PARTS).astype(int)
    year = np.round(parts["time"].to_numpy(float) - part / PARTS) + 1
    final = _final(panel, series, year)
    cell = panel.indicator[series] * (PARTS + 1) + part
    share, error = _share(panel, series, cell, np.log(_positive(so_far)) - np.log(_positive(final)))
    answer = {name: np.full(n, np.nan) for name in ("year", "so_far", "total", "error")}
    newest = np.lexsort((part, year, series))
    newest = newest[year[newest] > panel.time_of_row[panel.last][series[newest]]]  # later ones overwrite earlier ones
    own = series[newest]
    answer["year"][own], answer["so_far"][own] = year[newest], so_far[newest]
    total = np.exp(np.log(_positive(so_far[newest])) - share[newest])
    total = np.where(total > panel.upper[own], panel.upper[own], total)  # what cannot be told stays NaN
    answer["total"][own] = scale.forward(total, own)
    answer["error"][own] = error[newest] * total * scale.slope(total, own)
    return YearSoFar(**answer)


def _positive(values: np.ndarray) -> np.ndarray:
    return np.where(values > 0, values, np.nan)


def _final(panel: Panel, series: np.ndarray, year: np.ndarray) -> np.ndarray:
    """Each part's own year's final figure, NaN where it has not come."""
    rows = pd.MultiIndex.from_arrays([panel.series_of_row, np.round(panel.time_of_row, 6)])
    place = rows.get_indexer(pd.MultiIndex.from_arrays([series, np.round(year, 6)]))
    return np.where(place >= 0, panel.value_of_row[place], np.nan)


def _share(panel: Panel, series: np.ndarray, cell: np.ndarray, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logarithm of the share of a year's total that is there, for each part, and its error; NaN where too few years tell.

    cell: of indicator and part. The median of all areas' past years, plus an area's own deviation as far as its years
    bear it out; the error is how far past years lay from what the others, its own among them, had said.
    """
    n_cells = int(cell.max(initial=-1)) + 1
    count = np.bincount(cell, np.isfinite(seen), n_cells)
    common = np.where(count >= FEWEST_YEARS, group_median(seen, cell, n_cells), np.nan)[cell]
    deviation = np.nan_to_num(seen - common)
    own, own_cell = np.unique(series.astype(np.int64) * n_cells + cell, return_inverse=True)
    years = np.bincount(own_cell, np.isfinite(seen), len(own))[own_cell]
    total = np.bincount(own_cell, deviation, len(own))[own_cell]
    without = (total - deviation) / (np.maximum(years - 1, 0) + EVIDENCE_OF_PEERS)
    missed = np.where(np.isfinite(seen), (seen - common - without) ** 2, np.nan)
    error = np.sqrt(group_median(missed, cell, n_cells) / MEDIAN_OF_CHI_SQUARE)[cell]
    return common + total / (years + EVIDENCE_OF_PEERS), np.maximum(error, LEAST_ERROR)


def with_year_so_far(
    known: YearSoFar, series, year, centre, spread, centre_then, spread_then
) -> tuple[np.ndarray, np.ndarray]:
    """Centre and spread of forecasts of `year`, moved by what the year under way tells; transformed scale.

    centre_then, spread_then: the same forecasts' for the year under way. The total read from the year so far and the
    forecast are weighed by their precision; later years start from what comes of it.
    """
    with np.errstate(invalid="ignore"):
        applies = known.tells[series] & (year >= known.year[series] - 1e-6)
    precision = 1 / known.error[series] ** 2, 1 / spread_then**2
    both = (precision[0] * known.total[series] + precision[1] * centre_then) / sum(precision)
    variance = 1 / sum(precision)
    moved = np.sqrt(np.maximum(spread**2 - spread_then**2, 0.0) + variance)
    return np.where(applies, centre + both - centre_then, centre), np.where(applies, moved, spread)
