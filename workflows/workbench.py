"""What an analyst asks of one forecast: what each part of the model says, and how far past forecasts missed."""

import pandas as pd

from data_access.errors import InputError
from models.backtest import replay
from models.forecasting import MEMBERS, Forecaster

ERRORS = ["area_id", "origin", "time", "forecast", "low", "high", "actual", "last"]


def members_of(pool: pd.DataFrame, area_id: str, times: list[float]) -> pd.DataFrame:
    """What each part of the model says of one area: time and models.forecasting.MEMBERS, indicator's unit.

    pool: the history its forecast rests on (models.judging.forecast_history). No rows where the area is not forecast. InputError where the pool cannot be forecast.
    """
    series_ids = pool.loc[pool["area_id"] == area_id, "series_id"].unique()
    if not len(series_ids) or not times:
        return pd.DataFrame(columns=["time", *MEMBERS], dtype="float64")
    requests = pd.DataFrame({"series_id": series_ids[0], "time": times})
    try:
        return Forecaster().fit(pool).members(requests)[["time", *MEMBERS]]
    except ValueError as error:
        raise InputError(f"无法预测：{error}") from error


def one_step_errors(pool: pd.DataFrame) -> pd.DataFrame:
    """The forecasts of one year ahead made again at the end of every past year, beside what came: columns ERRORS.

    forecast: median; low, high: 80 % interval; last: the last value known then. All in the indicator's unit, one row a
    series and origin, oldest first. Nothing of the years after an origin reaches its forecast.
    """
    replayed = replay(pool, horizons=(1,))
    replayed = replayed.rename(columns={"q0.5": "forecast", "q0.1": "low", "q0.9": "high"})
    replayed = replayed.assign(time=replayed["origin"] + replayed["horizon"])[ERRORS]
    numbers = {name: "float64" for name in ERRORS if name != "area_id"}
    return replayed.astype(numbers).sort_values(["area_id", "origin"]).reset_index(drop=True)
