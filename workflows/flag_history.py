"""Past flags of a plan, held against what came: every past year's end judged again, and the list of flags it gave."""

from datetime import date

import pandas as pd
from sqlalchemy import Engine

from data_access import indicators, observations, plans, population
from data_access.errors import InputError
from models.flag_backtest import past_flags
from models.judging import judge
from workflows.judging import forecast
from workflows.plan_scope import plan_and_places

YEARS, AHEAD = 6, 2  # how many year-ends are judged again, and how many years later is looked
LEVELS = ("prefecture", "county")  # above the townships: the reviews' own areas, and a second's work a year


def replay_flags(engine: Engine, plan_id: str, *, as_of: date, ahead: int = AHEAD) -> pd.DataFrame:
    """The flags of past year-ends with what came: models.flag_backtest.past_flags. Stores nothing.

    From the figures in force now, corrections included, each year's end knowing only those up to it; of the plan's area
    and the counties below it, and the targets that do not ask each township or village.
    Raises InputError for a plan or area that is not in the store, and for figures that cannot be judged.
    """
    plan, places = plan_and_places(engine, plan_id, as_of)
    places = places[places["level"].isin(LEVELS) | (places["area_id"] == plan["area_id"])].reset_index(drop=True)
    targets = plans.read_targets(engine, plan_id, on=as_of)
    targets = targets[targets["scope"].isin(["plan_area", "each_district"])].reset_index(drop=True)
    registered = indicators.read_indicators(engine)
    wanted = pd.concat([targets["indicator_id"], targets["benchmark_indicator_id"].dropna()]).unique().tolist()
    further = targets["benchmark_area_id"].dropna().unique().tolist()
    figures = observations.read_observations(engine, wanted, [*places["area_id"], *further], known_on=as_of)
    last = as_of.year - 1
    marks, fans = {}, {}
    for year in range(last - YEARS + 1, last + 1):
        day = date(year, 12, 31)
        try:
            marks[year] = judge(targets, figures, places, as_of=day, forecasts=None, indicators=registered)
            if year + ahead <= last:
                fans[year] = forecast(targets, figures, places, registered, day)
        except ValueError as error:
            raise InputError(f"方案 {plan_id} 无法评判：{error}") from error
    return past_flags(marks, fans, population.read_population(engine), ahead=ahead)
