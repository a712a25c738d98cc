"""Forecasts of many short indicator series at once: Forecaster(...).fit(history).predict(requests)."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from models.convergence import pull_to_peers
from models.intervals import (
    QUANTILE_COLUMNS,
    STANDARD_QUANTILES,
    replay_correction,
    spread_ahead,
    spread_at_one_step,
    widening,
)
from models.memory import expected_after, memory_of
from models.observation_error import sampling_variance
from models.panel import panel_from_frame
from models.pooled_trend import damped_steps, pace_of
from models.roll_outs import is_roll_out
from models.seasonal import phase_of, profile_of
from models.transform import drawn_in, scale_of
from models.within_year import split_years, with_year_so_far, year_so_far

# Weights of the seven quantiles in the mean: each stands for the probability nearest to it.
MEMBERS = ("last_value", "pooled_trend", "convergence", "memory")
MEAN_WEIGHTS = np.array([0.0625, 0.1125, 0.2, 0.25, 0.2, 0.1125, 0.0625])


class Forecaster:
    """Pooled forecasts with calibrated intervals.

    fit learns from a history frame (models.panel.REQUIRED columns; optionally numerator, denominator, season_length,
    weight); predict answers requests (series_id, time) with series_id, time, mean and the quantiles of QUANTILE_COLUMNS,
    in the order asked. Two further columns: part_of_year (0 to 1) marks a count of the year so far, of which
    models.within_year reads the year's total; roll_out (1) an indicator whose share does not fall back
    (models.roll_outs). Same input, same answer: nothing is drawn at random, so there is no seed to keep.
    last_value_for: indicators forecast by their last value (of quarters and months: with the season), in intervals
    calibrated for that. members shows what each part of the model says by itself.
    """

    def __init__(self, last_value_for: Collection[str] = ()):
        self.last_value_for = last_value_for

    def fit(self, history: pd.DataFrame) -> "Forecaster":
        """Learn from the history; ValueError for a history that cannot be right (see panel_from_frame)."""
        history, parts = split_years(history)
        self.panel_ = panel_from_frame(history)
        self.is_roll_out_ = is_roll_out(self.panel_, self._marked(history))
        self.scale_ = scale_of(self.panel_)
        z = self.scale_.forward(self.panel_.value_of_row, self.panel_.series_of_row)
        self.profile_ = profile_of(self.panel_, z)
        self.z_ = drawn_in(self.panel_, z - self._season(self.panel_.series_of_row, self.panel_.time_of_row))
        self.is_modelled_ = ~self.panel_.indicator_ids.isin(list(self.last_value_for))[self.panel_.indicator]
        self.pace_ = pace_of(self.panel_, self.z_)
        self.spread_ = spread_at_one_step(self.panel_, self.z_, self.pace_)
        sampling = sampling_variance(self.panel_, self.scale_)
        self.memory_ = memory_of(self.panel_, self.z_, self.pace_, self.spread_, sampling)
        self.pull_ = pull_to_peers(self.panel_, self.z_, self.spread_)
        correction = replay_correction(self.panel_, self.z_, self.spread_, self.memory_, self._centre)
        self.width_ = correction[self.panel_.indicator] * widening(self.panel_)
        self.so_far_ = None if parts is None else year_so_far(self.panel_, self.scale_, parts)
        return self

    def predict(self, requests: pd.DataFrame) -> pd.DataFrame:
        """requests: series_id, time (float, after the series' last point). ValueError names what cannot be answered."""
        series, horizon = self._locate(requests)
        quantiles = self._quantiles(series, horizon)
        spreading = np.flatnonzero(self.is_roll_out_[series])
        if len(spreading):
            quantiles[spreading] = self._not_falling(quantiles[spreading], series[spreading], horizon[spreading])
        answer = pd.DataFrame(quantiles, columns=QUANTILE_COLUMNS)
        answer.insert(0, "series_id", requests["series_id"].to_numpy())
        answer.insert(1, "time", requests["time"].to_numpy(float))
        # not quantiles @ MEAN_WEIGHTS: a matrix product adds in another order for another number of rows
        answer.insert(2, "mean", (quantiles * MEAN_WEIGHTS).sum(axis=1))
        return answer

    def _quantiles(self, series: np.ndarray, horizon: np.ndarray) -> np.ndarray:
        """(n, 7) the quantiles of each series so many steps after its last point."""
        row = self.panel_.last[series]
        centre, spread = self._centre(row, horizon), self._spread(row, horizon)
        time = self.panel_.time_of_row[row] + horizon
        if self.so_far_ is not None:
            ahead = np.nan_to_num(self.so_far_.year[series] - self.panel_.time_of_row[row], nan=1.0)
            then = self._centre(row, ahead), self._spread(row, ahead)
            centre, spread = with_year_so_far(self.so_far_, series, time, centre, spread, *then)
        z = (centre + self._season(series, time))[:, None] + spread[:, None] * STANDARD_QUANTILES
        quantiles = np.maximum.accumulate(self.scale_.backward(z, series[:, None]), axis=1)
        if self.so_far_ is not None:  # what has been counted this year stays counted
            under_way = np.abs(time - self.so_far_.year[series]) < 1e-6
            quantiles = np.where(under_way[:, None], np.fmax(quantiles, self.so_far_.so_far[series, None]), quantiles)
        return quantiles

    def _not_falling(self, quantiles: np.ndarray, series: np.ndarray, horizon: np.ndarray) -> np.ndarray:
        """The quantiles of roll-outs, never below the last figure or their own of an earlier year."""
        quantiles = np.maximum(quantiles, self.panel_.value_of_row[self.panel_.last[series]][:, None])
        for steps in np.arange(1.0, horizon.max()):
            before = self._quantiles(series, np.minimum(steps, horizon))
            quantiles = np.maximum(quantiles, before)
        return quantiles

    def members(self, requests: pd.DataFrame) -> pd.DataFrame:
        """The median of each part of the model by itself: series_id, time and MEMBERS, in the order asked.

        Each is the last value plus one part: the pace pooled with the peers', the pull towards the peers' level, what
        lasts of the last surprise. The model's median is the last value plus all three, added up on the transformed
        scale; of an indicator forecast by its last value, the first member. ValueError as predict.
        """
        series, horizon = self._locate(requests)
        row = self.panel_.last[series]
        still = self.z_[row] + self._season(series, self.panel_.time_of_row[row] + horizon)
        parts = [np.zeros(len(row)), *self._parts(row, horizon)]
        answer = {"series_id": requests["series_id"].to_numpy(), "time": requests["time"].to_numpy(float)}
        medians = [self.scale_.backward(still + part, series) for part in parts]
        return pd.DataFrame(answer | dict(zip(MEMBERS, medians, strict=True)))

    def _parts(self, row: np.ndarray, horizon: np.ndarray) -> tuple[np.ndarray, ...]:
        """What each part of the model adds to the figures at rows of the panel in `horizon` steps, transformed scale."""
        steps = damped_steps(horizon, self.panel_.steps_per_year[self.panel_.series_of_row[row]])
        lasting = expected_after(self.memory_, self.panel_, row, horizon)
        return steps * self.pace_.expected[row], steps * self.pull_[row], lasting

    def _spread(self, row: np.ndarray, horizon: np.ndarray) -> np.ndarray:
        """Standard deviation of the forecasts _centre makes."""
        series = self.panel_.series_of_row[row]
        return self.width_[series] * spread_ahead(self.panel_, self.memory_, self.spread_, row, horizon)

    def _marked(self, history: pd.DataFrame) -> np.ndarray:
        """Which series the history calls a roll-out."""
        if "roll_out" not in history:
            return np.zeros(len(self.panel_.series_ids), dtype=bool)
        called = history["series_id"][pd.to_numeric(history["roll_out"]).fillna(0).to_numpy() > 0]
        return self.panel_.series_ids.isin(called)

    def _centre(self, row: np.ndarray, horizon: np.ndarray) -> np.ndarray:
        """The median forecast made at rows of the panel, `horizon` steps ahead, without season, transformed scale."""
        is_modelled = self.is_modelled_[self.panel_.series_of_row[row]]
        return self.z_[row] + np.where(is_modelled, sum(self._parts(row, horizon)), 0.0)

    def _season(self, series: np.ndarray, time: np.ndarray) -> np.ndarray:
        return self.profile_[series, phase_of(time, self.panel_.season_length[series])]

    def _locate(self, requests: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        series = self.panel_.series_ids.get_indexer(requests["series_id"])
        if (series < 0).any():
            unknown = requests["series_id"][series < 0].unique()
            raise ValueError(
                f"requests ask for {len(unknown)} series without history ({', '.join(map(str, unknown[:3]))})."
            )
        time = requests["time"].to_numpy(float)
        horizon = time * self.panel_.steps_per_year[series] - self.panel_.time_of_row[self.panel_.last[series]]
        if not (horizon > 0).all():
            bad = np.flatnonzero(~(horizon > 0))[0]
            raise ValueError(
                f"{self.panel_.series_ids[series[bad]]}: {time[bad]:g} is not after its last point; ask for a later time."
            )
        return series, horizon
