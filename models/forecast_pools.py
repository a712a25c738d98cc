"""Forecasts by pool: the series of one indicator are forecast together, so they change together and can be made apart.

A pool's forecasts are a function of the pool alone, bit for bit, whatever else is forecast with it and wherever.
"""

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from models.forecasting import Forecaster
from models.intervals import QUANTILE_COLUMNS

VERSION = 2  # grows whenever the same history would get other forecasts, so that kept ones are not taken for current
POOLED, LAST_VALUE = "pooled", "last_value"
YEAR = "year"  # frequency: what models.judging.forecast_history gives is one figure a year, and the newest
# Beyond so many series an indicator is forecast in parts, drawn by area code: its peers' medians are known by then, and
# memory stays bounded.
MOST_SERIES = 50_000
SERIES_FACTS = ("lower_bound", "upper_bound", "direction")
FIGURES = ("mean", *QUANTILE_COLUMNS)
TIME_STEP = 1e-6


@dataclass(frozen=True)
class Pool:
    """One indicator's series, or a part of them.

    history: rows as models.forecasting takes them, by area_id and time. times: whole years to forecast; a series is
    forecast for those after its last point. method: POOLED or LAST_VALUE.
    """

    indicator_id: str
    frequency: str
    part: int
    parts: int
    method: str
    times: np.ndarray
    history: pd.DataFrame

    @cached_property
    def first_row(self) -> np.ndarray:
        """Position of each series' first row."""
        area = self.history["area_id"].to_numpy(dtype=object)
        return np.flatnonzero(np.append(True, area[1:] != area[:-1])) if len(area) else np.zeros(0, dtype=int)

    @cached_property
    def area_ids(self) -> np.ndarray:
        """The areas in the order of their series."""
        return self.history["area_id"].to_numpy(dtype=object)[self.first_row]

    @cached_property
    def points(self) -> np.ndarray:
        """How many rows each series has."""
        return np.diff(np.append(self.first_row, len(self.history)))

    @cached_property
    def first_time(self) -> np.ndarray:
        """Position in times of the first year after each series' last point."""
        last = self.history["time"].to_numpy(float)[self.first_row + self.points - 1]
        return np.searchsorted(self.times, last + TIME_STEP, side="right")


def pools_of(
    history: pd.DataFrame, end: int, *, methods: Mapping[str, str] | None = None, seed: int = 0
) -> Iterator[Pool]:
    """The pools of a history, by indicator, for the years up to `end`.

    methods: indicator_id -> method, POOLED where not named. seed: draws the parts of an indicator of many series.
    ValueError for a history in which a series and time come twice.
    """
    for indicator_id, own in history.groupby("indicator_id", sort=True, observed=True):
        own = own.assign(area_id=own["area_id"].astype(object)).sort_values(["area_id", "time"], kind="stable")
        _refuse_twice(own)
        method = (methods or {}).get(str(indicator_id), POOLED)
        part = _parts(own["area_id"], seed)
        for number in range(parts := int(part.max()) + 1):
            rows = own[part == number].reset_index(drop=True)
            last = rows.groupby("area_id", sort=False)["time"].max().min()
            times = np.arange(np.floor(last + TIME_STEP) + 1, end + 1, dtype=float)
            yield Pool(str(indicator_id), YEAR, number, parts, method, times, rows)


def _refuse_twice(own: pd.DataFrame) -> None:
    again = own.duplicated(["area_id", "time"])
    if again.any():
        row = own[again.to_numpy()].iloc[0]
        raise ValueError(f"{row.indicator_id} of {row.area_id} for {row.time:g} comes twice; keep one figure.")


def _parts(area_id: pd.Series, seed: int) -> np.ndarray:
    """The part each row's series is in: of a power of two of them, so that few series change theirs as more come."""
    codes, areas = pd.factorize(area_id)
    parts = 1
    while parts * MOST_SERIES < len(areas):
        parts *= 2
    if parts == 1:
        return np.zeros(len(codes), dtype=int)
    drawn = [zlib.crc32(f"{seed}:{area}".encode()) % parts for area in areas]
    return np.unique(drawn, return_inverse=True)[1][codes]  # numbered without gaps


def fingerprint(pool: Pool, seed: int) -> str:
    """SHA-256 of everything the pool's forecasts follow from: what differs gets another, what is the same gets the same.

    The order of the history's rows and columns plays no part; a figure's last bit does.
    """
    digest = hashlib.sha256()
    facts = [VERSION, pool.method, seed, pool.frequency, pool.indicator_id, pool.part, pool.parts]
    digest.update(repr([*facts, pool.times.tolist(), pool.area_ids.tolist(), pool.points.tolist()]).encode())
    for name in sorted(set(pool.history) - {"series_id", "indicator_id", "area_id"}):
        column = pool.history[name]
        if name == "direction":
            digest.update(repr(column.to_numpy(dtype=object)[pool.first_row].tolist()).encode())
            continue
        values = column.to_numpy(float)
        if not np.isnan(values).all():  # a column of nothing says nothing
            digest.update(name.encode() + (values + 0.0).tobytes())
    return digest.hexdigest()


def forecast_pool(pool: Pool) -> np.ndarray:
    """(S, T, 8): of each series and time the mean and the quantiles at QUANTILE_COLUMNS; NaN up to its last point.

    ValueError for a history that cannot be right (models.panel.panel_from_frame).
    """
    forecaster = Forecaster([pool.indicator_id] if pool.method == LAST_VALUE else ()).fit(pool.history)
    series, time = np.nonzero(np.arange(len(pool.times)) >= pool.first_time[:, None])
    series_id = pool.history["series_id"].to_numpy(dtype=object)[pool.first_row]
    asked = pd.DataFrame({"series_id": series_id[series], "time": pool.times[time]})
    fan = np.full((len(series_id), len(pool.times), len(FIGURES)), np.nan)
    fan[series, time] = forecaster.predict(asked)[list(FIGURES)].to_numpy(float)
    return fan


def fan_frame(pool: Pool, fan: np.ndarray) -> pd.DataFrame:
    """The forecasts of a pool as rows: indicator_id, area_id, time, mean, quantiles; by area and time."""
    series, time = np.nonzero(np.arange(len(pool.times)) >= pool.first_time[:, None])
    frame = pd.DataFrame(fan[series, time], columns=list(FIGURES))
    frame.insert(0, "indicator_id", pool.indicator_id)
    frame.insert(1, "area_id", pool.area_ids[series])
    frame.insert(2, "time", pool.times[time])
    return frame


def counts_sums(pool: Pool) -> np.ndarray:
    """(S,) a checksum of the numerators and denominators behind each series' values, 0 where there are none."""
    names = [name for name in ("numerator", "denominator") if name in pool.history]
    counts = pool.history[names].to_numpy(float)
    rows = np.flatnonzero(np.isfinite(counts).any(axis=1))
    sums = np.zeros(len(pool.first_row), dtype=np.int64)
    if len(rows):
        packed, width = np.ascontiguousarray(counts).tobytes(), counts.shape[1] * 8
        for series, (first, n) in enumerate(zip(pool.first_row.tolist(), pool.points.tolist(), strict=True)):
            sums[series] = zlib.crc32(packed[first * width : (first + n) * width])
    return sums
