"""What was judged: plans with a run of judgement, their targets, marks and forecasts.

as_of: None asks for the newest review; a day for the review stored as of that day, whatever has come in since.
"""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from dashboards.access import current_user
from dashboards.data.registers import actions, all_plans, area, areas, indicators, persons, seen, trail
from dashboards.data.store import cached, engine, version
from data_access import adjustments, judgements, plans
from data_access.submissions import office_today
from models.flags import falling_behind
from workflows.adjustments_in_force import adjustments_in_force, told_of
from workflows.plan_scope import plan_and_places

SENTENCES = ("sentence_zh", "sentence_en")
UNSPOKEN = [name for name in judgements.MARKS if name not in SENTENCES]
MAP_COLUMNS = ["target_id", "area_id", "indicator_id", "status", "p_miss", "p_miss_model", "forecast_version"]
KEY = ["target_id", "area_id"]
MOST_NAMED = 2000  # areas in a question to the store; of more all rows are read


@dataclass(frozen=True)
class Review:
    """day: judged as of it. as_of: what the questions here take for it; None: it is the newest."""

    day: date
    as_of: date | None


@cached
def reviews(plan_id: str) -> pd.DataFrame:
    """The days a plan was judged as of, newest first, each with its newest run: data_access.judgements.RUNS."""
    runs = judgements.read_runs(engine(), plan_id).sort_values(["as_of", "run_id"], ascending=False)
    return runs.drop_duplicates("as_of").reset_index(drop=True)


def newest_run(plan_id: str, as_of: date | None = None) -> dict | None:
    """The run of judgement of a review: data_access.judgements.RUNS, or None. The newest is the latest until today."""
    known = reviews(plan_id)
    days = known["as_of"].dt.date
    if as_of is not None:
        known = known[days == as_of]
    elif (days <= office_today()).any():  # one of a day to come is a rehearsal
        known = known[days <= office_today()]
    if known.empty:
        return None
    run = known.iloc[0]
    return run.where(run.notna(), None).to_dict() | {"as_of": run["as_of"].date()}


def review(plan_id: str, asked: str | None) -> Review | None:
    """The review an address asks for (YYYY-MM-DD; none: the newest); None where the plan was not judged as of it."""
    run = newest_run(plan_id)
    if run is None:
        return None
    newest = run["as_of"]
    if not asked or asked == newest.isoformat():
        return Review(newest, None)
    days = {day.date() for day in reviews(plan_id)["as_of"]}
    day = next((day for day in days if day.isoformat() == asked), None)
    return None if day is None else Review(day, day)


def previous_review(plan_id: str, day: date) -> date | None:
    """The last day before this one that the plan was judged as of."""
    return max((other.date() for other in reviews(plan_id)["as_of"] if other.date() < day), default=None)


def is_stale(plan_id: str) -> bool:
    """Whether figures have come in since the plan was judged, or adjustments have come in force or out of it."""
    run = newest_run(plan_id)
    if run is None:
        return False
    if (run["last_submission_id"] or 0) < version()[0]:
        return True
    day = max(run["as_of"], office_today())
    return _told_in_force(plan_id, day, adjustments.newest_event_id(engine())) != adjustments_of(run)


@cached
def _told_in_force(plan_id: str, day: date, newest_event: int) -> dict[str, int]:
    """What a review of the day would take in; newest_event: remembered until somebody takes a step."""
    if not newest_event:
        return {}
    inside = plan_and_places(engine(), plan_id, day)[1]["area_id"]
    return told_of(adjustments_in_force(engine(), plan_id, inside, day))


def adjustments_of(run: dict) -> dict[str, int]:
    """The adjustments a run took in, as it wrote them down: adjustment_id -> the event that put it in force."""
    return (run["parameters"] or {}).get("adjustments", {})


@cached
def in_force(plan_id: str, as_of: date | None = None) -> pd.DataFrame:
    """The adjustments a review took in, in the areas the reader may see: data_access.adjustments.ADJUSTMENTS."""
    run = newest_run(plan_id, as_of)
    ids = [int(number) for number in adjustments_of(run)] if run else []
    found = adjustments.read_adjustments(engine(), ids=ids)
    return seen(found).reset_index(drop=True)


@cached
def judged_plans() -> pd.DataFrame:
    """The plans that have been judged: those the pages offer, in the order most readers want them.

    Plans of outcomes before programmes and yearly work points, then those of the latest review, then the fullest:
    judging every plan at once must not open the site on whichever happened to be last.
    """
    known = judgements.judged_plan_ids(engine())
    runs = {plan_id: newest_run(plan_id) for plan_id in all_plans().index if plan_id in known}
    every = all_plans().loc[[plan_id for plan_id, run in runs.items() if run]]
    order = pd.DataFrame(
        {
            "is_outcome": every["kind"].eq("outcome_plan"),
            "as_of": [runs[plan_id]["as_of"] for plan_id in every.index],
            "targets": [targets(plan_id)["target_id"].nunique() for plan_id in every.index],
        },
        index=every.index,
    )
    return every.loc[order.sort_values(list(order), ascending=False, kind="stable").index]


def plan(plan_id: str | None = None) -> dict | None:
    """One plan; without an id, or with one that nobody has judged, the first of judged_plans. None before the first."""
    judged = judged_plans()
    if plan_id in judged.index:
        return judged.loc[plan_id].to_dict()
    return judged.iloc[0].to_dict() if len(judged) else None


@cached
def targets(plan_id: str | None = None, as_of: date | None = None) -> pd.DataFrame:
    """The targets in force (of one plan, on the day of its review), one row per milestone: data_access.plans.TARGETS."""
    run = newest_run(plan_id, as_of) if plan_id else None
    return plans.read_targets(engine(), plan_id, on=run["as_of"] if run else None)


@cached
def marks(plan_id: str, as_of: date | None = None) -> pd.DataFrame:
    """The marks of a plan's review in the areas the reader may see, with what a list shows of each target.

    The columns of data_access.judgements.MARKS but for the sentences (with_sentences has them), and: target_name_zh/_en, unit, decimals, direction, rule, scope, nature,
    lead_departments_zh, source_zh, action_title_zh/_en, area_name_zh/_en, level. No rows before the first run.
    """
    run = newest_run(plan_id, as_of)
    if run is None:
        return with_names(pd.DataFrame(columns=UNSPOKEN), plan_id, as_of)
    return with_names(seen(judgements.read_marks(engine(), run["run_id"], columns=UNSPOKEN)), plan_id, as_of)


def with_sentences(rows: pd.DataFrame, plan_id: str, as_of: date | None = None) -> pd.DataFrame:
    """Some rows of marks() with their sentence_zh and sentence_en; of a nation's marks these are most of the bytes."""
    run, areas_of = newest_run(plan_id, as_of), rows["area_id"].unique().tolist()
    asked = areas_of if len(areas_of) <= MOST_NAMED else None
    told = judgements.read_marks(engine(), run["run_id"], area_ids=asked, columns=(*KEY, *SENTENCES))
    return rows.merge(told, on=KEY, how="left").set_axis(rows.index)


@cached
def reported_indicators(plan_id: str) -> set[str]:
    """The indicators that a mark of the newest review rests on a figure of, in the areas the reader may see."""
    run = newest_run(plan_id)
    asked = areas().index if current_user().area_ids else None
    return judgements.read_reported_indicators(engine(), run["run_id"], asked) if run else set()


@cached
def level_marks(plan_id: str, level: str) -> pd.DataFrame:
    """The newest review's marks in the areas of a level, without names: MAP_COLUMNS."""
    run, everywhere = newest_run(plan_id), areas()
    if run is None:
        return pd.DataFrame(columns=MAP_COLUMNS)
    asked = everywhere.index[everywhere["level"] == level].tolist()
    return judgements.read_marks(engine(), run["run_id"], area_ids=asked, columns=MAP_COLUMNS)


@cached
def indicator_marks(plan_id: str, indicator_id: str) -> pd.DataFrame:
    """The newest review's marks on one indicator, without names: MAP_COLUMNS."""
    run = newest_run(plan_id)
    if run is None:
        return pd.DataFrame(columns=MAP_COLUMNS)
    return seen(judgements.read_marks(engine(), run["run_id"], indicator_id=indicator_id, columns=MAP_COLUMNS))


@cached
def area_marks(plan_id: str, area_id: str) -> pd.DataFrame:
    """The newest review's marks in one area, whole and with names, as marks() has them."""
    run = newest_run(plan_id)
    if run is None or area_id not in areas().index:
        return marks(plan_id).head(0)
    return with_names(judgements.read_marks(engine(), run["run_id"], area_id=area_id), plan_id, None)


def with_names(found: pd.DataFrame, plan_id: str, as_of: date | None) -> pd.DataFrame:
    """Marks (data_access.judgements.MARKS) with the names a list shows, as marks() has them."""
    of_target = (
        targets(plan_id, as_of)
        .drop_duplicates("target_id")
        .rename(columns={"name_zh": "target_name_zh", "name_en": "target_name_en"})
    )
    of_target = of_target[
        [
            "target_id",
            "target_name_zh",
            "target_name_en",
            "unit",
            "direction",
            "rule",
            "scope",
            "nature",
            "lead_departments_zh",
            "source_zh",
        ]
    ]
    of_action = actions(plan_id)[["title_zh", "title_en", "lead_departments_zh", "sort_order"]].rename(
        columns={
            "title_zh": "action_title_zh",
            "title_en": "action_title_en",
            "lead_departments_zh": "action_leads_zh",
            "sort_order": "action_order",
        }
    )
    of_area = areas()[["name_zh", "name_en", "level"]].rename(
        columns={"name_zh": "area_name_zh", "name_en": "area_name_en"}
    )
    named = (
        found.merge(of_target, on="target_id", how="left")
        .join(of_action, on="action_id")
        .join(of_area, on="area_id")
        .join(indicators()[["decimals"]], on="indicator_id")
    )
    named["lead_departments_zh"] = named["lead_departments_zh"].fillna(named.pop("action_leads_zh"))
    return named


def place(plan_id: str, area_id: str | None) -> dict | None:
    """The area a page of this plan is about: the one asked for where it lies in the plan's area, else the plan's area.

    None where the reader may see none of the plan's areas.
    """
    home = area(all_plans().loc[plan_id]["area_id"]) or _topmost(marks(plan_id)["area_id"])
    asked = area(area_id)
    if asked is not None and home is not None and any(step["area_id"] == home["area_id"] for step in trail(area_id)):
        return asked
    return home


def plan_trail(plan_id: str, area_id: str) -> list[dict]:
    """From the plan's own area down to this one."""
    home = place(plan_id, None)
    return trail(area_id, home["area_id"] if home else None)


def _topmost(area_ids: pd.Series) -> dict | None:
    """Of some areas one that none of the others holds."""
    everywhere = areas()
    among = everywhere[everywhere["area_id"].isin(area_ids)]
    top = among[~among["parent_id"].isin(among["area_id"])]
    return top.iloc[0].to_dict() if len(top) else None


@cached
def forecasts(
    plan_id: str, indicator_id: str | None = None, as_of: date | None = None, version: str = judgements.MODEL
) -> pd.DataFrame:
    """A review's forecasts (of one indicator), the model's or those adjusted: data_access.judgements.FORECASTS."""
    run = newest_run(plan_id, as_of)
    if run is None:
        return pd.DataFrame(columns=list(judgements.FORECASTS))
    return seen(judgements.read_forecasts(engine(), run["run_id"], indicator_id=indicator_id, version=version))


@cached
def flags(plan_id: str, as_of: date | None = None) -> pd.DataFrame:
    """What falls behind in the areas the reader may see, gravest first: the columns of marks() and models.flags.ADDED."""
    return falling_behind(marks(plan_id, as_of), persons())
