"""Forecasts of many short indicator series at once: Forecaster(...).fit(history).predict(requests)."""

import numpy as np
import pandas as pd

from models.convergence import pull_to_peers
from models.intervals import FEW_POINTS_WIDEN, GROWTH, QUANTILE_COLUMNS, STANDARD_QUANTILES, spread_at_one_year
from models.memory import expected_after, memory_of
from models.panel import panel_from_frame
from models.pooled_trend import damped_years, pace_of
from models.transform import scale_of

# Weights of the seven quantiles in the mean: each stands for the probability nearest to it.
MEAN_WEIGHTS = np.array([0.0625, 0.1125, 0.2, 0.25, 0.2, 0.1125, 0.0625])


class Forecaster:
    """Pooled forecasts with calibrated intervals.

    fit learns from a history frame (models.panel.REQUIRED columns; optionally numerator, denominator, season_length);
    predict answers requests (series_id, time) with series_id, time, mean and the quantiles of QUANTILE_COLUMNS, in the
    order asked. Same input, same answer: nothing is drawn at random, so there is no seed to keep.
    """

    def fit(self, history: pd.DataFrame) -> "Forecaster":
        """Learn from the history; ValueError for a history that cannot be right (see panel_from_frame)."""
        self.panel_ = panel_from_frame(history)
        self.scale_ = scale_of(self.panel_)
        self.z_ = self.scale_.forward(self.panel_.value_of_row, self.panel_.series_of_row)
        self.pace_ = pace_of(self.panel_, self.z_)
        self.spread_ = spread_at_one_year(self.panel_, self.z_, self.pace_)
        self.memory_ = memory_of(self.panel_, self.z_, self.pace_, self.spread_)
        self.pull_ = pull_to_peers(self.panel_, self.z_, self.spread_)
        return self

    def predict(self, requests: pd.DataFrame) -> pd.DataFrame:
        """requests: series_id, time (float, after the series' last point). ValueError names what cannot be answered."""
        series, horizon = self._locate(requests)
        row = self.panel_.last[series]
        centre = self._centre(row, horizon)
        few = np.ones(max(5, int(self.panel_.n_points.max(initial=0)) + 1))
        for n, factor in FEW_POINTS_WIDEN.items():
            few[n] = factor
        spread = self.spread_[series] * horizon**GROWTH * few[self.panel_.n_points[series]]
        z = centre[:, None] + spread[:, None] * STANDARD_QUANTILES
        quantiles = np.maximum.accumulate(self.scale_.backward(z, series[:, None]), axis=1)
        answer = pd.DataFrame(quantiles, columns=QUANTILE_COLUMNS)
        answer.insert(0, "series_id", requests["series_id"].to_numpy())
        answer.insert(1, "time", requests["time"].to_numpy(float))
        answer.insert(2, "mean", quantiles @ MEAN_WEIGHTS)
        return answer

    def _centre(self, row: np.ndarray, horizon: np.ndarray) -> np.ndarray:
        """The median forecast made at rows of the panel, transformed scale."""
        yearly = self.pace_.expected[row] + self.pull_[row]
        return self.z_[row] + damped_years(horizon) * yearly + expected_after(self.memory_, self.panel_, row, horizon)

    def _locate(self, requests: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        series = self.panel_.series_ids.get_indexer(requests["series_id"])
        if (series < 0).any():
            unknown = requests["series_id"][series < 0].unique()
            raise ValueError(
                f"requests ask for {len(unknown)} series without history ({', '.join(map(str, unknown[:3]))})."
            )
        time = requests["time"].to_numpy(float)
        horizon = time - self.panel_.time_of_row[self.panel_.last[series]]
        if not (horizon > 0).all():
            bad = np.flatnonzero(~(horizon > 0))[0]
            raise ValueError(
                f"{self.panel_.series_ids[series[bad]]}: {time[bad]:g} is not after its last point; ask for a later time."
            )
        return series, horizon
