"""How good past forecasts of a plan were."""

from dashboards.data.judged import newest_run
from dashboards.data.registers import areas
from dashboards.data.store import cached, engine
from models import backtest_scores
from workflows.backtesting import replay_plan

MOST_SERIES = 10_000  # about ten seconds; of larger stores whole areas are drawn, the command replays them all


@cached
def backtest(plan_id: str) -> backtest_scores.Summary | None:
    """The plan's replayed forecasts in the areas the reader may see, summed up; None where nothing can be replayed.

    The forecasts are made from every area's figures, as those of the plan are. Takes seconds the first time.
    """
    replayed = replay_plan(engine(), plan_id, as_of=newest_run(plan_id)["as_of"], most_series=MOST_SERIES)
    return backtest_scores.summary(replayed[replayed["area_id"].isin(areas().index)])
