"""The runs of forecasts of a plan, and what moved between two of them."""

from datetime import date

import pandas as pd

from dashboards.access import current_user
from dashboards.data.registers import areas
from dashboards.data.store import cached, engine
from workflows.forecast_changes import Changes, compare_runs, runs_of


def forecast_runs(plan_id: str) -> pd.DataFrame:
    """The finished runs that hold the plan's forecasts, the latest day first: workflows.forecast_changes.runs_of.

    Asked anew each time: it is short, and a run may be made when nothing has come in.
    """
    return runs_of(engine(), plan_id)


@cached
def forecast_changes(plan_id: str, before: int, after: int, as_of: date) -> Changes:
    """What moved from one run to another, in the areas the reader may see."""
    inside = frozenset(areas().index) if current_user().scope else None
    return compare_runs(engine(), plan_id, before, after, as_of=as_of, area_ids=inside)
