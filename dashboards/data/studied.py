"""What moved between two reviews, and what the analysts have to look at."""

from datetime import date

import numpy as np
import pandas as pd

from dashboards.data.figures import figures_of_plan
from dashboards.data.judged import MOST_NAMED, UNSPOKEN, marks, newest_run, with_names
from dashboards.data.registers import persons, seen
from dashboards.data.store import cached, engine
from data_access import judgements
from models import changes, small_numbers
from models.study import study_queue

NAMES = [
    "indicator_id", "action_id", "target_name_zh", "target_name_en", "unit", "decimals", "action_order",
    "action_title_zh", "action_title_en", "area_name_zh", "area_name_en", "lead_departments_zh",
]  # fmt: skip


@cached
def moved(plan_id: str, before: date, as_of: date | None = None) -> pd.DataFrame:
    """What moved from the review of a day to another's (None: the newest): models.changes.compare_marks, NAMES, and
    p_miss_model and forecast_version of both reviews."""
    now, then = marks(plan_id, as_of), marks(plan_id, before)
    every = pd.concat([now, then]).drop_duplicates(changes.KEY)  # a target that is gone keeps its name
    moved = changes.compare_marks(then, now).merge(every[[*changes.KEY, *NAMES]], on=changes.KEY, how="left")
    versions = [*changes.KEY, "p_miss_model", "forecast_version"]
    moved = moved.merge(now[versions], on=changes.KEY, how="left")
    return moved.merge(then[versions], on=changes.KEY, how="left", suffixes=("", "_before"))


@cached
def queue(plan_id: str, as_of: date | None = None) -> pd.DataFrame:
    """The analysts' queue of a review, biggest first: the columns of marks() and models.study.ADDED."""
    run = newest_run(plan_id, as_of)
    if run is None:
        return study_queue(marks(plan_id, as_of), persons())
    found = seen(judgements.read_marks(engine(), run["run_id"], for_study=True, columns=UNSPOKEN))
    return with_names(study_queue(found, persons()), plan_id, as_of)


def queue_told(rows: pd.DataFrame, plan_id: str, as_of: date | None = None) -> pd.DataFrame:
    """Some rows of queue() with what an analyst asks for next.

    is_small: the figure counts too few events to be told from chance. q100, q500, q900: the model's forecast for
    final_year in the indicator's unit, NaN where there is none; with _adjusted the analysts' in force.
    """
    run, areas, of_series = newest_run(plan_id, as_of), rows["area_id"].unique().tolist(), ["indicator_id", "area_id"]
    known = figures_of_plan(plan_id, areas, as_of)[[*of_series, "period", "numerator"]]
    told = [*of_series, "final_time", "q100", "q500", "q900"]
    asked = areas if len(areas) <= MOST_NAMED else None
    fans, adjusted = (
        judgements.read_forecasts(engine(), run["run_id"], area_ids=asked, version=version).rename(
            columns={"time": "final_time"}
        )[told]
        for version in (judgements.MODEL, judgements.ADJUSTED)
    )
    found = rows.assign(final_time=rows["final_year"].astype("Float64").to_numpy(dtype=float, na_value=np.nan))
    found = found.merge(known, on=[*of_series, "period"], how="left")
    on = [*of_series, "final_time"]
    found = found.merge(fans, on=on, how="left").merge(adjusted, on=on, how="left", suffixes=("", "_adjusted"))
    found = found.drop(columns="final_time")
    return found.assign(is_small=small_numbers.is_unstable(found.pop("numerator")))
