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
from models.seasonal import phase_of, profile_of
from models.transform import drawn_in, scale_of

# Weights of the seven quantiles in the mean: each stands for the probability nearest to it.
MEMBERS = ("last_value", "pooled_trend", "convergence", "memory")
MEAN_WEIGHTS = np.array([0.0625, 0.1125, 0.2, 0.25, 0.2, 0.1125, 0.0625])


class Forecaster:
    """Pooled forecasts with calibrated intervals.

    fit learns from a history frame (models.panel.REQUIRED columns; optionally numerator, denominator, season_length,
    weight); predict answers requests (series_id, time) with series_id, time, mean and the quantiles of QUANTILE_COLUMNS,
    in the order asked. Same input, same answer: nothing is drawn at random, so there is no seed to keep.
    last_value_for: indicators forecast by their last value (of quarters and months: with the season), in intervals
    calibrated for that. members shows what each part of the model says by itself.
    """

    def __init__(self, last_value_for: Collection[str] = ()):
        self.last_value_for = last_value_for

    def fit(self, history: pd.DataFrame) -> "Forecaster":
        """Learn from the history; ValueError for a history that cannot be right (see panel_from_frame)."""
        self.panel_ = panel_from_frame(history)
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
        return self

    def predict(self, requests: pd.DataFrame) -> pd.DataFrame:
        """requests: series_id, time (float, after the series' last point). ValueError names what cannot be answered."""
        series, horizon = self._locate(requests)
        row = self.panel_.last[series]
        centre = self._centre(row, horizon) + self._season(series, self.panel_.time_of_row[row] + horizon)
        spread = self.width_[series] * spread_ahead(self.panel_, self.memory_, self.spread_, row, horizon)
        z = centre[:, None] + spread[:, None] * STANDARD_QUANTILES
        quantiles = np.maximum.accumulate(self.scale_.backward(z, series[:, None]), axis=1)
        answer = pd.DataFrame(quantiles, columns=QUANTILE_COLUMNS)
        answer.insert(0, "series_id", requests["series_id"].to_numpy())
        answer.insert(1, "time", requests["time"].to_numpy(float))
        # not quantiles @ MEAN_WEIGHTS: a matrix product adds in another order for another number of rows
        answer.insert(2, "mean", (quantiles * MEAN_WEIGHTS).sum(axis=1))
        return answer

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
