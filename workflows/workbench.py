"""What an analyst asks of one forecast: what each part of the model says, and how far past forecasts missed."""

from typing import Any

import pandas as pd
from sqlalchemy import Engine

from data_access import indicators, observations, plans
from data_access.errors import InputError
from models.backtest import replay
from models.forecasting import MEMBERS, Forecaster
from models.judging import forecast_history
from workflows.judging import _plan_and_places

ERRORS = ["area_id", "origin", "time", "forecast", "low", "high", "actual", "last"]


def pool_of(engine: Engine, run: dict[str, Any], indicator_id: str) -> pd.DataFrame:
    """The history one indicator's forecasts of a run rest on: every area of the plan, as models.forecasting takes it.

    run: of data_access.judgements.RUNS. Raises InputError for a plan or an area that is no longer in the store.
    """
    _plan, places = _plan_and_places(engine, run["plan_id"], run["as_of"])
    targets = plans.read_targets(engine, run["plan_id"], on=run["as_of"])
    targets = targets[targets["indicator_id"] == indicator_id].reset_index(drop=True)
    figures = observations.read_observations(engine, [indicator_id], known_on=run["as_of"])
    figures = figures[figures["area_id"].isin(places["area_id"])].reset_index(drop=True)
    return forecast_history(targets, figures, places, indicators.read_indicators(engine), run["as_of"])


def members_of(pool: pd.DataFrame, area_id: str, times: list[float]) -> pd.DataFrame:
    """What each part of the model says of one area: time and models.forecasting.MEMBERS, indicator's unit.

    No rows where the area is not forecast. InputError where the pool cannot be forecast.
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
