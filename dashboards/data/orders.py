"""What analysts look at first, in three orders, and what stands before and after a series in one of them."""

import pandas as pd

from dashboards.data.judged import marks, newest_run, previous_review, reviews
from dashboards.data.registers import areas, persons
from dashboards.data.store import cached, engine
from dashboards.data.studied import queue
from data_access import judgements
from models.study import biggest_changes, study_queue, worst_fits

DISAGREE, CHANGED, MISSED = "disagree", "changed", "missed"
ORDERS = (DISAGREE, CHANGED, MISSED)
KEY = ["indicator_id", "area_id", "target_id"]
MOST_REVIEWS = 6  # looked back through for the forecast of a figure


@cached
def ordered(plan_id: str, order: str) -> pd.DataFrame:
    """The marks of the newest review in an order of ORDERS: data.queue, or the rows of models.study.

    changed: p_miss against the review before; missed: newest figures against the last forecast made before they came.
    """
    if order == CHANGED:
        return _changed(plan_id)
    return _missed(plan_id) if order == MISSED else queue(plan_id)


def _changed(plan_id: str) -> pd.DataFrame:
    run = newest_run(plan_id)
    before = previous_review(plan_id, run["as_of"]) if run else None
    then = marks(plan_id, before) if before else marks(plan_id).iloc[:0]
    return biggest_changes(then, marks(plan_id), persons())


def _missed(plan_id: str) -> pd.DataFrame:
    now = marks(plan_id)
    return worst_fits(now, earlier_fans(plan_id, now), persons())


def earlier_fans(plan_id: str, now: pd.DataFrame) -> pd.DataFrame:
    """What the last review before each newest figure came had forecast for it: indicator_id, area_id, time, fan."""
    key = ["indicator_id", "area_id", "time"]
    wanted = now[key].dropna().drop_duplicates()
    newest = newest_run(plan_id)
    found = []
    for run in reviews(plan_id).head(MOST_REVIEWS).itertuples():
        if newest is not None and run.as_of.date() < newest["as_of"]:
            fans = judgements.read_forecasts(engine(), run.run_id)[[*key, "q100", "q500", "q900"]]
            found.append(fans[fans["area_id"].isin(areas().index)].merge(wanted, on=key))
    if not found:
        return pd.DataFrame(columns=[*key, "q100", "q500", "q900"])
    return pd.concat(found, ignore_index=True).drop_duplicates(key)  # of the newest review that had it


@cached
def series_in_order(plan_id: str, order: str) -> pd.DataFrame:
    """indicator_id, area_id, target_id of ordered(): without reading what the list shows besides."""
    if order != DISAGREE:
        return ordered(plan_id, order)[KEY]
    run = newest_run(plan_id)
    found = judgements.read_marks(engine(), run["run_id"], for_study=True)
    return study_queue(found[found["area_id"].isin(areas().index)], persons())[KEY]


def neighbours(plan_id: str, order: str, target_id: str, area_id: str) -> tuple[int, int, dict | None, dict | None]:
    """Where a mark stands in an order (from 1; 0: not in it), how many there are, and the marks before and after it.

    Of a mark that is not in the order the first one comes after it. Each: indicator_id, area_id, target_id.
    """
    rows = series_in_order(plan_id, order)
    here = rows.index[(rows["target_id"] == target_id) & (rows["area_id"] == area_id)]
    at = int(here[0]) if len(here) else -1
    before = rows.iloc[at - 1].to_dict() if at > 0 else None
    after = rows.iloc[at + 1].to_dict() if at + 1 < len(rows) else None
    return at + 1, len(rows), before, after
