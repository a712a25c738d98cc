"""Which adjustments stand: in force on a day, expired, overtaken by the model; and the reviews that have to know of it."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Engine

from data_access import adjustments as store
from data_access import judgements, plans
from data_access.submissions import office_today
from models.adjusting import moved_far
from workflows.adjustment_preview import FAN, MODEL_COLUMNS
from workflows.judging import judge_plan
from workflows.plan_scope import plan_and_places

Renew = Callable[[str, date], Any] | None


def in_force(engine: Engine, on: date | None = None) -> pd.DataFrame:
    """The adjustments in force at the end of a day (None: today): data_access.adjustments.ADJUSTMENTS, one a series."""
    return store.read_in_force(engine, on or office_today())


def listing(engine: Engine, *, on: date | None = None, **narrowed: Any) -> pd.DataFrame:
    """Adjustments for a list: ADJUSTMENTS, and is_expired (by today or on), needs_recheck (approved, and the model's
    median has since moved by more than half its 80 % width). narrowed: as data_access.adjustments.read_adjustments."""
    found = store.read_adjustments(engine, **narrowed)
    day = pd.Timestamp(on or office_today())
    found["is_expired"] = (found["state"] == "approved") & (found["expires_on"] < day)
    return found.assign(
        needs_recheck=moved_since(engine, found) & (found["state"] == "approved") & ~found["is_expired"]
    )


def moved_since(engine: Engine, found: pd.DataFrame) -> pd.Series:
    """For each adjustment, whether its plan's newest review forecasts far from the model it started from."""
    far = pd.Series(False, index=found.index)
    for plan_id, rows in found.groupby("plan_id"):
        run = judgements.read_newest_run(engine, plan_id)
        if run is None:
            continue
        for index, row in rows[rows["run_id"] != run["run_id"]].iterrows():
            now = judgements.read_forecasts(
                engine, run["run_id"], indicator_id=row["indicator_id"], area_id=row["area_id"]
            )
            then = pd.DataFrame(row["model_fan"])[FAN]
            at = None if pd.isna(row["goal_time"]) else row["goal_time"]
            far[index] = moved_far(then.rename(columns=MODEL_COLUMNS), now[FAN].rename(columns=MODEL_COLUMNS), at)
    return far


def renew_reviews(engine: Engine, ids: Iterable[int], renew: Renew = None) -> list[Any]:
    """Judge the plans anew that these adjustments bear on, as of today; gives what renew gives for each.

    renew(plan_id, day): None judges here and now; a page hands the job that does, where a worker runs. A plan nobody
    has judged is left alone; one judged only as of days to come (a rehearsal) is judged as of its own day.
    """
    made = []
    for plan_id in plans_they_bear_on(engine, ids):
        days = judgements.read_runs(engine, plan_id)["as_of"].dt.date
        day = office_today() if (days <= office_today()).any() else days.max()
        made.append(renew(plan_id, day) if renew else judge_plan(engine, plan_id, as_of=day))
    return made


def plans_they_bear_on(engine: Engine, ids: Iterable[int]) -> list[str]:
    """The judged plans that ask for one of these adjustments' series."""
    found = store.read_adjustments(engine, ids=ids)
    asked = plans.read_targets(engine, None, on=office_today())
    asked = asked[asked["indicator_id"].isin(found["indicator_id"])]
    judged = [plan for plan in asked["plan_id"].unique() if judgements.read_newest_run(engine, plan)]
    return [
        plan
        for plan in judged
        if found["area_id"].isin(plan_and_places(engine, plan, office_today())[1]["area_id"]).any()
    ]
