"""Joint sample paths of forecast series: what years ahead and areas of one indicator have in common, drawn together.

A forecast says how likely each value of one area and one year is. A rule that combines several of them (every district,
this year's change over last year's, a floor and a rise) needs them drawn together. Each path is a Gaussian copula over
the forecasts' own distributions: along a path errors add up as a random walk's do, so that two and five years ahead
are correlated by the root of 2/5; between the areas of an indicator they share the part of the variance that
models.probability.shared_variance measured. Every single year of every path keeps exactly the forecast's distribution.
"""

import zlib

import numpy as np
import pandas as pd
from scipy.special import ndtri

from models.intervals import LEVELS, QUANTILE_COLUMNS
from models.probability import shared_variance
from models.series import TIME_STEP, SeriesSet

DRAWS = 4000  # the standard error of a probability is then at most 0.8 points; it is told in fives of a percent
SEED = 20221  # any number does: the same one always, so that the same figures give the same marks


class SamplePaths:
    """Draws of the forecasts of a judgement, each series and year once: asking again gives the same numbers.

    forecasts: indicator_id, area_id, time (whole years), QUANTILE_COLUMNS. series: the figures known, which begin the
    paths. Which others are asked for, and in what order, changes no draw.
    """

    def __init__(self, forecasts: pd.DataFrame, series: SeriesSet, *, draws: int = DRAWS, seed: int = SEED):
        self.series, self.draws, self.seed = series, draws, seed
        self._quantiles = forecasts[QUANTILE_COLUMNS].to_numpy(float)
        self._keys = pd.MultiIndex.from_frame(forecasts[["indicator_id", "area_id", "time"]].astype({"time": float}))
        self._years = {
            indicator: np.sort(times.unique()) for indicator, times in forecasts.groupby("indicator_id")["time"]
        }
        self._shared: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def values(self, indicator_id: str, area_ids: np.ndarray, year: float) -> np.ndarray:
        """(areas, draws): each area's value at the end of a year; the figure itself where it is known, NaN where neither."""
        series = self.series.find(np.full(len(area_ids), indicator_id, dtype=object), area_ids)
        known = self.series.point_at(series, np.full(len(area_ids), float(year)))
        drawn = np.full((len(area_ids), self.draws), np.nan)
        wanted = [[indicator_id] * len(area_ids), area_ids, np.full(len(area_ids), float(year))]
        place = self._keys.get_indexer(pd.MultiIndex.from_arrays(wanted)) if len(self._keys) else known * 0 - 1
        for row in np.flatnonzero((place >= 0) & (known < 0) & (series >= 0)):
            last = float(self.series.points.time.iloc[self.series.stop[series[row]] - 1])
            if year > last + TIME_STEP:
                score = self._score(indicator_id, str(area_ids[row]), last, float(year))
                drawn[row] = values_at(self._quantiles[place[row]], score)
        there = known >= 0
        drawn[there] = self.series.points.value.to_numpy(float)[known[there], None]
        return drawn

    def _score(self, indicator_id: str, area_id: str, last: float, year: float) -> np.ndarray:
        """(draws,) standard normal: where in its distribution each path of an area stands in a year."""
        years = self._years[indicator_id]
        ahead = years[(years > last + TIME_STEP) & (years <= year + TIME_STEP)]
        own = _walk(self._generator(f"{indicator_id}|{area_id}"), last, ahead, self.draws)[-1]
        times, walks = self._shared_walk(indicator_id)
        begin, end = np.searchsorted(times, [last - TIME_STEP, year - TIME_STEP])
        horizon = year - last
        share = float(shared_variance(horizon))
        return (np.sqrt(share) * (walks[end] - walks[begin]) + np.sqrt(1 - share) * own) / np.sqrt(horizon)

    def _shared_walk(self, indicator_id: str) -> tuple[np.ndarray, np.ndarray]:
        """What the areas of an indicator have in common: times, and (times, draws) a random walk through them."""
        if indicator_id not in self._shared:
            own = np.flatnonzero(self.series.keys.get_level_values(0) == indicator_id)
            lasts = self.series.points.time.to_numpy(float)[self.series.stop[own] - 1]
            times = np.unique(np.concatenate([lasts, self._years[indicator_id]]).round(6))
            walks = _walk(self._generator(indicator_id), times[0], times, self.draws)
            self._shared[indicator_id] = times, walks
        return self._shared[indicator_id]

    def _generator(self, name: str) -> np.random.Generator:
        return np.random.Generator(np.random.Philox(key=[self.seed, zlib.crc32(name.encode())]))


def _walk(generator: np.random.Generator, start: float, times: np.ndarray, draws: int) -> np.ndarray:
    """(times, draws): a standard random walk from 0 at `start`, its variance the time gone by."""
    steps = np.diff(times, prepend=start)
    return np.cumsum(np.sqrt(np.maximum(steps, 0.0))[:, None] * generator.standard_normal((len(times), draws)), axis=0)


def values_at(quantiles: np.ndarray, score: np.ndarray) -> np.ndarray:
    """The values at normal scores of a distribution given by seven quantiles (at LEVELS): straight between them, the last
    slope beyond. The inverse of models.probability.distribution_at."""
    scores = ndtri(LEVELS)
    left = np.clip(np.searchsorted(scores, score) - 1, 0, len(scores) - 2)
    share = (score - scores[left]) / (scores[left + 1] - scores[left])
    return quantiles[left] + share * (quantiles[left + 1] - quantiles[left])
