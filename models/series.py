"""The figures of every indicator and area as arrays, with what is known of each series' recent course."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from models import trend
from models.rates import standard_error
from models.units import UNITS

POINTS_FOR_POOLING = 3
TIME_STEP = 1e-6  # two times closer than this are one


def time_of(day: date) -> float:
    """A day as a time: 31 December 2024 is 2024.0, the moment a figure for 2024 is complete."""
    length = (date(day.year, 12, 31) - date(day.year - 1, 12, 31)).days
    return day.year - 1 + (day - date(day.year - 1, 12, 31)).days / length


@dataclass(frozen=True)
class SeriesSet:
    """S series, each a run of `points` (start to stop), oldest first.

    points: a frame of usable figures: indicator_id, area_id, period, time, value, error, status, is_rolled_up.
    pace: unit a year; trend: up, flat, down, not_testable; yearly_points: how many distinct years (and the newest
    figure) the pace, the trend and the forecast can rest on; span: years between first and last of the recent five.
    """

    keys: pd.MultiIndex
    start: np.ndarray
    stop: np.ndarray
    points: pd.DataFrame
    pace: np.ndarray
    weighted_pace: np.ndarray
    pace_error: np.ndarray
    trend: np.ndarray
    yearly_points: np.ndarray
    span: np.ndarray
    growth_change: np.ndarray
    course_points: np.ndarray  # positions in points of the yearly figures and the newest
    rounding: np.ndarray
    is_pooled: np.ndarray  # the trend is that of a small area, told from its peers' too

    def with_pooled_trends(self, small_areas: pd.Index, groups: pd.Series) -> "SeriesSet":
        """The same with the trend of small areas (townships, villages) pooled over their peers of an indicator.

        groups: area_id -> level. Series of fewer than three yearly points, or without errors, keep their own test.
        """
        indicator, area = (self.keys.get_level_values(n) for n in (0, 1))
        rows = np.flatnonzero(area.isin(small_areas) & (self.yearly_points >= POINTS_FOR_POOLING))
        if not len(rows):
            return self
        peers = np.asarray(indicator[rows].astype(str) + "|" + area[rows].map(groups).astype(str), dtype=object)
        pooled = trend.pooled_trend(self.weighted_pace[rows], self.pace_error[rows], peers)
        own = self.trend.copy()
        told = pooled != trend.NOT_TESTABLE
        own[rows] = np.where(told, pooled, own[rows])
        is_pooled = self.is_pooled.copy()
        is_pooled[rows] = told
        return replace(self, trend=own, is_pooled=is_pooled)

    def find(self, indicator_ids: np.ndarray, area_ids: np.ndarray) -> np.ndarray:
        """The series of each pair, -1 where nothing was reported."""
        return self.keys.get_indexer(pd.MultiIndex.from_arrays([indicator_ids, area_ids]))

    def point_at(self, series: np.ndarray, time: np.ndarray) -> np.ndarray:
        """The position in points of each series' figure at exactly this time, -1 where there is none."""
        flat = self._sort_key(np.repeat(np.arange(len(self.start)), self.stop - self.start), self.points.time)
        wanted = self._sort_key(series, np.nan_to_num(time, nan=-1.0))
        place = np.minimum(np.searchsorted(flat, wanted - TIME_STEP), max(len(flat) - 1, 0))
        if not len(flat):
            return np.full(len(series), -1)
        return np.where((series >= 0) & (np.abs(flat[place] - wanted) < 2 * TIME_STEP), place, -1)

    @staticmethod
    def _sort_key(series, time):
        return np.asarray(series, dtype=float) * 10_000 + np.asarray(time, dtype=float)


def build_series(
    observations: pd.DataFrame, indicators: pd.DataFrame | None, units: pd.Series, rounding: pd.Series, as_of: date
) -> SeriesSet:
    """The series that can be judged from what had been reported.

    observations: indicator_id, area_id, period, time, value[, numerator, denominator, lower, upper, status,
        is_rolled_up]. Left out: missing values, periods that end after as_of, part years of an indicator that counts
        through the year (its figure for June is no smaller a year), a year's last quarter where the year itself is there,
        and everything before a figure whose series_break says that the definition changed with it.
    units, rounding: Series indicator_id -> unit slug, one step of rounding.
    """
    points = _usable(observations, indicators, as_of)
    codes, seen = pd.factorize(points.indicator_id)
    multiplier = units.reindex(seen).map({slug: unit.multiplier for slug, unit in UNITS.items()})
    multiplier = multiplier.to_numpy(dtype=float)[codes]
    counts = [points[column].to_numpy(dtype=float) for column in ("numerator", "denominator")]
    interval = [points[column].to_numpy(dtype=float) for column in ("lower", "upper")]
    points = points.assign(error=standard_error(*counts, *interval, multiplier))
    names = [pd.factorize(points[column])[0] for column in ("indicator_id", "area_id")]
    start = np.flatnonzero(np.any([np.diff(codes, prepend=-1) != 0 for codes in names], axis=0))
    stop = np.append(start[1:], len(points)).astype(int)[: len(start)]
    keys = pd.MultiIndex.from_arrays(
        [points[name].to_numpy(dtype=object)[start] for name in ("indicator_id", "area_id")]
    )
    step = keys.get_level_values(0).map(rounding).to_numpy(dtype=float)
    course = _course(points, start, stop, multiplier, step)
    return SeriesSet(
        keys=keys,
        start=start,
        stop=stop,
        points=points,
        rounding=step,
        is_pooled=np.zeros(len(start), dtype=bool),
        **course,
    )


def _usable(observations: pd.DataFrame, indicators: pd.DataFrame | None, as_of: date) -> pd.DataFrame:
    missing = {"numerator": np.nan, "denominator": np.nan, "lower": np.nan, "upper": np.nan, "status": "final"}
    missing |= {"is_rolled_up": False}
    missing |= {"series_break": False}
    absent = {column: default for column, default in missing.items() if column not in observations}
    points = observations.assign(**absent)
    points = points[np.isfinite(points.value.astype(float)) & (points.time <= time_of(as_of) + TIME_STEP)]
    if indicators is not None and "within_year" in indicators:
        cumulative = indicators.indicator_id[indicators.within_year == "cumulative"]
        points = points[(points.period.str.len() == 4) | ~points.indicator_id.isin(cumulative)]
    indicator, area = (pd.factorize(points[column], sort=True)[0] for column in ("indicator_id", "area_id"))
    time, part = points.time.to_numpy(dtype=float), points.period.str.len().to_numpy(dtype=int)
    series = indicator.astype(np.int64) * (int(area.max(initial=0)) + 1) + area
    order = np.lexsort((part, time, series))  # 2024 goes before 2024Q4 and 2024-12, which say the same moment
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(series[order]) != 0) | (np.diff(time[order]) > TIME_STEP)
    kept = points.take(order[new]).reset_index(drop=True)
    kept = _as_now_defined(kept, indicators)
    return _since_break(kept) if kept.series_break.any() else kept


def period_start(period: str) -> float:
    """The time at which a period begins: 2021 -> 2020.0, 2021Q3 -> 2020.5, 2021-07 -> 2020.5."""
    year, rest = int(period[:4]), period[4:]
    if not rest:
        return year - 1.0
    return year - 1 + (int(rest[1:]) - 1) / (4 if rest.startswith("Q") else 12)


def _as_now_defined(points: pd.DataFrame, indicators: pd.DataFrame | None) -> pd.DataFrame:
    """Without what was reported before an indicator's present definition; the first figure kept then is a break."""
    if indicators is None or "series_break" not in indicators:
        return points
    changed = indicators.drop_duplicates("indicator_id").set_index("indicator_id").series_break.dropna()
    if not len(changed):
        return points
    begins = points.indicator_id.astype(object).map(changed.map(period_start)).astype(float)
    old = (points.time.astype(float) <= begins + TIME_STEP).to_numpy()
    after_old = np.concatenate([[False], old[:-1]]) & ~old  # rows of a series stand together, oldest first
    same = (points.indicator_id.astype(object) == points.indicator_id.astype(object).shift()).to_numpy() & (
        points.area_id.astype(object) == points.area_id.astype(object).shift()
    ).to_numpy()
    breaks = points.series_break.to_numpy(dtype=bool) | (after_old & same)
    return points.assign(series_break=breaks)[~old].reset_index(drop=True)


def _since_break(points: pd.DataFrame) -> pd.DataFrame:
    """What was reported since the last change of definition; what came before measures something else."""
    breaks = points.series_break.astype(bool)
    to_come = breaks.iloc[::-1].groupby([points.indicator_id, points.area_id], observed=True).cumsum() - breaks
    return points[to_come.reindex(points.index) == 0].reset_index(drop=True)


def _course(
    points: pd.DataFrame, start: np.ndarray, stop: np.ndarray, multiplier: np.ndarray, rounding: np.ndarray
) -> dict[str, np.ndarray]:
    """Pace, trend and their companions, from the yearly points and the newest figure of each series."""
    series = np.repeat(np.arange(len(start)), stop - start)
    time = points.time.to_numpy(dtype=float)
    is_year = np.abs(time - np.round(time)) < TIME_STEP
    years = np.bincount(series[is_year], minlength=len(start))
    is_newest = np.zeros(len(points), dtype=bool)
    is_newest[stop - 1] = True
    # Yearly points only, so that four quarters of one year do not count as four years' movement.
    kept = np.flatnonzero(is_year | is_newest | (years[series] < 2))
    count = np.bincount(series[kept], minlength=len(start))
    place = np.cumsum(count)[:, None] - trend.POINTS + np.arange(trend.POINTS)
    there = place >= (np.cumsum(count) - count)[:, None]
    rows = kept[np.where(there, place, 0)] if len(kept) else np.zeros((0, trend.POINTS), dtype=int)

    def recent(column: np.ndarray) -> np.ndarray:
        return np.where(there, column[rows], np.nan)

    value, when, error = (recent(points[name].to_numpy(dtype=float)) for name in ("value", "time", "error"))
    is_share = np.where(there[:, -1], multiplier[rows[:, -1]], np.nan)
    cases = np.where(np.isfinite(is_share)[:, None], recent(points.numerator.to_numpy(dtype=float)), np.nan)
    people = recent(points.denominator.to_numpy(dtype=float))
    has_interval = np.isfinite(recent(points.lower.to_numpy(dtype=float))).all(1)
    cases[has_interval] = np.nan  # a survey's interval knows its design; its bare counts do not
    weighted_pace, pace_error = trend.weighted_slope(value, when, error)
    return {
        "pace": trend.theil_sen(value, when),
        "weighted_pace": weighted_pace,
        "pace_error": pace_error,
        "trend": trend.recent_trend(value, when, cases, people, error, rounding),
        "yearly_points": count,
        "span": np.where(count > 1, when[:, -1] - np.nanmin(when, axis=1), np.nan) if len(start) else np.zeros(0),
        "growth_change": _change_of_growth(value, when),
        "course_points": kept,
    }


def _change_of_growth(growth: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Mean growth of the last two years less that of the first two of the recent five, a year; NaN with fewer.

    growth: (S, 5), growth rates, so five of them rest on six levels.
    """
    apart = time[:, -2:].mean(1) - time[:, :2].mean(1)
    return (growth[:, -2:].mean(1) - growth[:, :2].mean(1)) / apart
