"""The arithmetic behind stored marks: the run's own figures, targets and forecasts, worked out once more."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Engine

from data_access import indicators, judgements, observations, plans
from models.adjusting import put_in_force
from models.working import WorkedOut, work_out
from workflows.judging import STORED_QUANTILES, _plan_and_places

MODEL_QUANTILES = {stored: column for column, stored in STORED_QUANTILES.items()}


def work_out_run(engine: Engine, run: dict[str, Any], indicator_ids: Collection[str]) -> WorkedOut:
    """Everything known while a run (data_access.judgements.RUNS) judged the targets of these indicators.

    On the figures known by the end of the run's day: figures that came in later that day are in it too, and the marks
    may then differ from the stored ones until the plan is judged again.
    Raises InputError for a plan or an area that is no longer in the store.
    """
    as_of = run["as_of"]
    _plan, places = _plan_and_places(engine, run["plan_id"], as_of)
    targets = plans.read_targets(engine, run["plan_id"], on=as_of)
    figures = observations.read_observations(engine, indicator_ids, known_on=as_of)
    only = next(iter(indicator_ids)) if len(indicator_ids) == 1 else None
    fans = judgements.read_forecasts(engine, run["run_id"], indicator_id=only).rename(columns=MODEL_QUANTILES)
    adjusted = judgements.read_forecasts(engine, run["run_id"], indicator_id=only, version=judgements.ADJUSTED)
    in_force = put_in_force(fans, adjusted.rename(columns=MODEL_QUANTILES))
    return work_out(
        targets[targets.indicator_id.isin(indicator_ids)].reset_index(drop=True),
        figures[figures.area_id.isin(places.area_id)].reset_index(drop=True),
        places,
        as_of=as_of,
        forecasts=in_force,
        model_forecasts=fans if len(adjusted) else None,
        indicators=indicators.read_indicators(engine),
    )
