"""What the plans say, across all of them: actions, targets old and new, and the delivery side."""

import pandas as pd

from dashboards.data.store import cached, engine
from data_access import plans

DELIVERY = {
    "programmes": plans.read_plan_programmes,
    "cells": plans.read_plan_health_cells,
    "services": plans.read_plan_services,
    "tasks": plans.read_plan_tasks,
}


@cached
def every_action() -> pd.DataFrame:
    """The actions of all plans: data_access.plans.ACTIONS."""
    return plans.read_actions(engine())


@cached
def every_target() -> pd.DataFrame:
    """The targets of all plans as they stand now, one row per milestone: data_access.plans.TARGETS."""
    return plans.read_targets(engine())


@cached
def former_targets(plan_id: str) -> pd.DataFrame:
    """What a plan asked before it was revised, newest first: data_access.plans.TARGETS."""
    return plans.read_former_targets(engine(), plan_id)


@cached
def delivery(part: str) -> pd.DataFrame:
    """One of DELIVERY of all plans: the columns of data_access.plans.PROGRAMMES, HEALTH_CELLS, SERVICES or TASKS."""
    return DELIVERY[part](engine())
