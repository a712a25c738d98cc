"""A table of many short series, laid out so that every step can work on all of them at once."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

REQUIRED = ("series_id", "indicator_id", "area_id", "time", "value", "lower_bound", "upper_bound", "direction")
SMALLEST = 1e-100  # the squares of smaller figures are no numbers any more: they are read as zero


@dataclass(frozen=True)
class Panel:
    """Rows sorted by series and time; the arrays ending in `_of_row` have one entry a row, the others one a series.

    first, last: index of a series' first and last row. lower, upper: NaN where there is no bound.
    steps_per_year: season_length for quarters and months; 1 for yearly figures; 0.2 for an indicator surveyed every five
    years. time_of_row: in those steps; a yearly series may still have a point between two years.
    numerator, denominator: NaN where the value is not a ratio of counts. weight: 1, or less for a figure believed less.
    """

    series_ids: pd.Index
    indicator_ids: pd.Index
    indicator: np.ndarray
    first: np.ndarray
    last: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    season_length: np.ndarray
    steps_per_year: np.ndarray
    series_of_row: np.ndarray
    time_of_row: np.ndarray
    value_of_row: np.ndarray
    numerator_of_row: np.ndarray
    denominator_of_row: np.ndarray
    weight_of_row: np.ndarray

    @property
    def n_points(self) -> np.ndarray:
        """How many points each series has."""
        return self.last - self.first + 1

    @property
    def n_areas(self) -> np.ndarray:
        """How many series each series' indicator has, itself among them."""
        return np.bincount(self.indicator, minlength=len(self.indicator_ids))[self.indicator]

    @property
    def position_of_row(self) -> np.ndarray:
        """0 for a series' first point, 1 for its second..."""
        return np.arange(len(self.series_of_row)) - self.first[self.series_of_row]


def panel_from_frame(history: pd.DataFrame) -> Panel:
    """Check a history and lay it out; rows without a value are left out, in any order.

    history: REQUIRED columns, and optionally numerator, denominator, season_length (points in a year's cycle, 1 none) and
    weight (1 or empty: an ordinary figure; 0: cut, as if never reported; between: see models.transform.drawn_in).
    Raises ValueError for a missing column, a repeated (series_id, time), a value that is not finite or outside its
    bounds, a weight outside 0 to 1, and a series whose indicator, bounds or season change from row to row.
    """
    missing = [column for column in REQUIRED if column not in history]
    if missing:
        raise ValueError(f"history lacks the columns {', '.join(missing)}.")
    history = history[history["value"].notna().to_numpy() & (_weights(history) > 0)]
    series, series_ids = pd.factorize(history["series_id"], sort=True)
    indicator, indicator_ids = pd.factorize(history["indicator_id"], sort=True)
    if (series < 0).any() or (indicator < 0).any():
        raise ValueError("history has rows without series_id or indicator_id.")
    time = history["time"].to_numpy(float)
    order = np.lexsort((time, series))
    series, time = series[order], time[order]

    def column(name: str, absent: float) -> np.ndarray:
        if name not in history:
            return np.full(len(order), absent)
        return pd.to_numeric(history[name]).to_numpy(float)[order]

    first = np.searchsorted(series, np.arange(len(series_ids)))
    last = np.append(first, len(series))[1:] - 1
    per_series = {
        "indicator": indicator[order],
        "lower": column("lower_bound", np.nan),
        "upper": column("upper_bound", np.nan),
        "season_length": np.nan_to_num(column("season_length", 1.0), nan=1.0).clip(min=1).astype(int),
    }
    _refuse_changes_within(series_ids, series, first, per_series)
    value = column("value", np.nan)
    steps_per_year = _steps_per_year(series, time, per_series, first)
    panel = Panel(
        series_ids=pd.Index(series_ids),
        indicator_ids=pd.Index(indicator_ids),
        first=first,
        last=last,
        **{name: values[first] for name, values in per_series.items()},
        steps_per_year=steps_per_year,
        series_of_row=series,
        time_of_row=time * steps_per_year[series],
        value_of_row=np.where(np.abs(value) < SMALLEST, 0.0, value),
        numerator_of_row=column("numerator", np.nan),
        denominator_of_row=column("denominator", np.nan),
        weight_of_row=_weights(history)[order],
    )
    _refuse_bad_rows(panel)
    return panel


def _weights(history: pd.DataFrame) -> np.ndarray:
    if "weight" not in history:
        return np.ones(len(history))
    weight = pd.to_numeric(history["weight"]).fillna(1.0).to_numpy(float)
    wrong = ~((weight >= 0) & (weight <= 1))
    if wrong.any():
        row = history.iloc[np.flatnonzero(wrong)[0]]
        raise ValueError(f"{row.series_id} at {row.time:g}: weight {weight[wrong][0]:g} is not between 0 and 1.")
    return weight


def _steps_per_year(series, time, per_series, first) -> np.ndarray:
    """Season length, or for figures that usually lie more than a year apart the inverse of their usual distance."""
    within = series[1:] == series[:-1]
    indicator = per_series["indicator"]
    n = int(indicator.max(initial=-1)) + 1
    usual = group_quantile(np.where(within, np.diff(time), np.nan), indicator[1:], n, 0.5)
    usual = np.where(usual > 1, usual, 1.0)[indicator[first]]
    season_length = per_series["season_length"][first]
    return np.where(season_length > 1, season_length, 1.0 / usual)


def _refuse_changes_within(series_ids, series, first, per_series) -> None:
    for name, values in per_series.items():
        start = values[first][series]
        changed = ~((values == start) | (np.isnan(values) & np.isnan(start)))
        if changed.any():
            raise ValueError(f"{series_ids[series[changed][0]]}: {name} changes within the series; give it one value.")


def _refuse_bad_rows(panel: Panel) -> None:
    series, time, value = panel.series_of_row, panel.time_of_row, panel.value_of_row
    years = time / panel.steps_per_year[series]
    with np.errstate(invalid="ignore"):
        slack = 1e-9 * np.maximum(1.0, np.abs(value))
        problems = {
            "time or value is not a finite number": ~(np.isfinite(time) & np.isfinite(value)),
            "is there twice": np.append(False, (series[1:] == series[:-1]) & (time[1:] == time[:-1])),
            "lies below its lower bound": value < panel.lower[series] - slack,
            "lies above its upper bound": value > panel.upper[series] + slack,
        }
    for what, bad in problems.items():
        if bad.any():
            rows = np.flatnonzero(bad)
            examples = ", ".join(f"{panel.series_ids[series[row]]} at {years[row]:g}" for row in rows[:3])
            raise ValueError(f"{len(rows)} row(s) of the history: {what} ({examples}); correct or remove them.")


def _order_within(values: np.ndarray, group: np.ndarray, n_groups: int) -> np.ndarray:
    """Indices that sort by group, then by value; six times as fast as numpy's lexsort, which fits spend their time in."""
    order = np.argsort(values)
    for shift in range(0, max(n_groups - 1, 1).bit_length(), 16):
        digits = (group[order] >> shift).astype(np.uint16)  # a stable sort of 16 bits is numpy's radix sort
        order = order[np.argsort(digits, kind="stable")]
    return order


def group_quantile(values: np.ndarray, group: np.ndarray, n_groups: int, level: float) -> np.ndarray:
    """Quantile (linear between order statistics) of each group's finite values (codes 0..n_groups-1); NaN if none."""
    usable = np.isfinite(values)
    values, group = values[usable], group[usable]
    values, count = values[_order_within(values, group, n_groups)], np.bincount(group, minlength=n_groups)
    start, some = np.cumsum(count) - count, count > 0
    position = level * (count[some] - 1)
    below = np.floor(position).astype(int)
    above = np.minimum(below + 1, count[some] - 1)
    low, high = values[start[some] + below], values[start[some] + above]
    quantile = np.full(n_groups, np.nan)
    quantile[some] = low + (position - below) * (high - low)
    return quantile


def group_median(values: np.ndarray, group: np.ndarray, n_groups: int) -> np.ndarray:
    """Median of each group's finite values; NaN for a group without any."""
    return group_quantile(values, group, n_groups, 0.5)
