"""Adjustments as the reader may see and make them. What cannot be done is raised as InputError, in the clerk's words."""

from datetime import date

import pandas as pd

from dashboards.access import current_user
from dashboards.data.judged import newest_run
from dashboards.data.registers import area, areas, is_demo, seen
from dashboards.data.store import cached, engine, settings
from dashboards.data.workbench import material
from data_access import adjustments as stored
from data_access import jobs, judgements
from data_access.errors import InputError
from data_access.judgements import count_marks
from data_access.submissions import office_today
from workflows import adjusting
from workflows.adjusting import Person, Preview, Reason
from workflows.adjustment_evidence import LARGEST, add_evidence
from workflows.adjustment_outcomes import value_added as read_value_added
from workflows.job_queue import JobQueue
from workflows.judging import judge_plan


def today() -> date:
    """The bureau's day."""
    return office_today()


def person() -> Person:
    """Who acts now, as adjustments name them."""
    user = current_user()
    return Person(user.name, user.display_zh or user.display_en or user.name, user.account_id)


def adjustment_reasons() -> pd.DataFrame:
    """The reasons an analyst may name: data_access.adjustments.REASONS."""
    return stored.read_reasons(engine())


def adjustments(**narrowed) -> pd.DataFrame:
    """Adjustments in the areas the reader may see, newest change first: workflows.adjusting.listing.

    Drafts and returned ones are their author's alone. narrowed: as data_access.adjustments.read_adjustments.
    """
    found = adjusting.listing(engine(), **narrowed)
    found = seen(found)
    foreign = found["state"].isin(("draft", "returned")) & (found["author"] != person().account)
    return found[~foreign].reset_index(drop=True)


def adjustment_states() -> dict[tuple[str, str], list[str]]:
    """(indicator_id, area_id) -> what stands on the series: draft (the reader's own), submitted, approved, in this order."""
    found = stored.read_adjustments(engine(), states=("draft", "returned", "submitted", "approved"))
    own = found["author"] == person().account
    over = (found["state"] == "approved") & (found["expires_on"] < pd.Timestamp(today()))
    found = seen(found[(own | found["state"].isin(("submitted", "approved"))) & ~over])
    known: dict[tuple[str, str], list[str]] = {}
    for state in ("draft", "returned", "submitted", "approved"):
        for row in found[found["state"] == state].drop_duplicates(["indicator_id", "area_id"]).itertuples():
            known.setdefault((row.indicator_id, row.area_id), []).append(state)
    return known


def adjustment(adjustment_id: int) -> dict | None:
    """One of adjustments(), or None."""
    found = adjustments(ids=[adjustment_id])
    return found.iloc[0].to_dict() if len(found) else None


def adjustment_events(adjustment_id: int) -> pd.DataFrame:
    """What happened to one adjustment, oldest first: data_access.adjustments.EVENTS; none of one not to be seen."""
    events = stored.read_events(engine(), adjustment_id)
    return events if adjustment(adjustment_id) else events.iloc[:0]


def evidence_of(adjustment_id: int) -> pd.DataFrame:
    """The files with an adjustment: data_access.adjustments.EVIDENCE."""
    files = stored.read_evidence(engine(), adjustment_id)
    return files if adjustment(adjustment_id) else files.iloc[:0]


def preview(plan_id: str, indicator_id: str, area_id: str, kind: str, parameters: dict, target_id: str) -> Preview:
    """What an adjustment would do; nothing is stored. Raises InputError."""
    _seen(area_id)
    known = material(plan_id, indicator_id)
    return adjusting.preview(
        engine(), plan_id, indicator_id, area_id, kind, parameters, target_id=target_id, material=known
    )


def save_draft(wanted: Preview, code: str, text: str, expires_on: date | None, draft: dict | None) -> dict:
    """Store a preview as the reader's draft, over the one given (adjustment_id, revision as seen). Raises InputError."""
    _seen(wanted.area_id)
    over = draft or {"adjustment_id": None, "revision": None}
    reason = Reason(code, text, expires_on)
    return adjusting.save_draft(engine(), person(), wanted, reason, **over, is_demo=is_demo())


MOST_MARKS_AT_ONCE = 5_000  # some seconds; more are judged by the worker, and the pages say that they are stale
STEPS = {
    "submit": adjusting.submit,
    "approve": adjusting.approve,
    "return": adjusting.give_back,
    "withdraw": adjusting.withdraw,
    "undo": adjusting.undo,
}
RENEWING = ("approve", "withdraw", "undo")  # what may change which adjustments are in force


def take_step(step: str, seen: dict[int, int], note: str | None = None) -> None:
    """submit, approve, return, withdraw or undo adjustments as they were seen (id -> revision). Raises InputError."""
    before = adjustments(ids=seen)
    missing = sorted(set(seen) - set(before["adjustment_id"]))
    if missing:
        raise InputError(f"没有第 {missing[0]} 号研判，或它不在您的范围内。")
    renewed = {"renew": judge_again} if step in RENEWING else {}
    STEPS[step](engine(), person(), seen, note=note, **renewed)


def judge_again(plan_id: str, day: date) -> None:
    """Judge a plan that no longer knows what is in force: at once, or of many series as a job."""
    if count_marks(engine(), newest_run(plan_id)["run_id"]) <= MOST_MARKS_AT_ONCE:
        judge_plan(engine(), plan_id, as_of=day)
    else:
        put_job("judge", {"plan_id": plan_id, "as_of": day.isoformat()})


def put_job(kind: str, parameters: dict) -> str:
    """Queue a job of the reader's for the worker, and give its id."""
    job_id = jobs.create(engine(), kind, owner=person().account, scope=current_user().scope, parameters=parameters)
    JobQueue(settings(), run=lambda job_id: None).put(job_id)
    return job_id


def _seen(area_id: str) -> None:
    if area(area_id) is None:
        raise InputError("该地区不在您的范围内。")


def preview_bulk(plan_id: str, series: list[tuple[str, str]], kind: str, parameters: dict) -> pd.DataFrame:
    """What the same adjustment does to many series: workflows.adjusting.preview_bulk's frame. Raises InputError."""
    shown = [(indicator_id, area_id) for indicator_id, area_id in series if area(area_id) is not None]
    told, _previews = adjusting.preview_bulk(engine(), plan_id, shown, kind, parameters)
    return told


def submit_bulk(plan_id: str, series: list, kind: str, parameters: dict, code: str, text: str, expires_on) -> int:
    """Save one batch and hand it in; gives how many. All of it or none. Raises InputError."""
    for _indicator_id, area_id in series:
        _seen(area_id)
    reason = Reason(code, text, expires_on)
    saved = adjusting.save_bulk(engine(), person(), plan_id, series, kind, parameters, reason, is_demo=is_demo())
    adjusting.submit(engine(), person(), saved["seen"])
    return len(saved["seen"])


@cached
def bulk_series(plan_id: str, area_id: str | None, indicator_id: str | None) -> pd.DataFrame:
    """indicator_id, area_id of the series with a forecast, of one area or of one indicator, the reader may see."""
    run = newest_run(plan_id)
    found = judgements.read_forecasts(engine(), run["run_id"], indicator_id=indicator_id, area_id=area_id)
    series = found[["indicator_id", "area_id"]].drop_duplicates()
    return series[series["area_id"].isin(areas().index)].reset_index(drop=True)


def fan_frame(fan: dict) -> pd.DataFrame:
    """A stored fan (adjusted_fan, model_fan) as a frame: time, mean and the quantiles."""
    return pd.DataFrame(fan)


def write_evidence(adjustment_id: int, name: str, content: bytes) -> None:
    """Put a file with the reader's own draft. Raises InputError."""
    if adjustment(adjustment_id) is None:
        raise InputError(f"没有第 {adjustment_id} 号研判，或它不在您的范围内。")
    add_evidence(engine(), person(), adjustment_id, name, content)


def evidence_file(evidence_id: int) -> dict | None:
    """One file with its bytes; None where there is none or it is with an adjustment the reader may not see."""
    found = stored.read_evidence_file(engine(), evidence_id)
    return found if found and adjustment(found["adjustment_id"]) else None


def value_added() -> tuple[pd.DataFrame, pd.DataFrame]:
    """workflows.adjustment_outcomes.value_added of the areas the reader may see."""
    return read_value_added(engine(), areas().index)


__all__ = ["LARGEST", "Preview"]
