"""Siting: the question of the page, its answer now or as a job, and the scenarios that were kept.

What the reader may not see is not answered: areas are checked here again, whatever the page sent. A refusal is the
clerk's words for what is wrong with the question.
"""

import json
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import pandas as pd

from dashboards.access import current_user
from dashboards.data.judged import judged_plans, newest_run, reviews
from dashboards.data.judged import place as place_of_plan
from dashboards.data.judged import plan as plan_of
from dashboards.data.registers import area, areas, facilities, is_demo, trail
from dashboards.data.store import _store, cached, engine
from dashboards.language import pick
from data_access import population, programmes, scenarios
from data_access.errors import InputError
from geo.siting_problem import LSCP, MCLP, P_CENTER, P_MEDIAN, Watch
from workflows.jobs import Jobs
from workflows.siting import CENTRAL, CENTRAL_GRADE, NONE, SEATS, SUB_DISTRICT, added_id, read_question
from workflows.siting_answer import answer_question
from workflows.siting_demand import ELIGIBLE, PROGRAMME, VILLAGE

__all__ = ["CENTRAL", "LSCP", "MCLP", "NONE", "P_CENTER", "P_MEDIAN", "SEATS", "VILLAGE", "Candidate", "Sited"]

MOST_PAIRS_AT_ONCE = 40_000  # a larger question is answered by a job only
SITE_TYPES = ("township_hospital", "community_health_centre", "hospital", "maternal_child_centre")
LONGEST_NAME = 80
UUID = re.compile(r"[0-9a-f-]{36}")
KIND = "siting"


@dataclass(frozen=True)
class Sited:
    """A question with its answer. asked, result: workflows/siting.py. result is None, and refusal says why, where there
    is no answer. name, made_by, made_at: of a saved scenario, else None.
    """

    asked: dict[str, Any]
    result: dict[str, Any] | None
    refusal: str | None = None
    scenario_id: str | None = None
    name: str | None = None
    made_by: str | None = None
    made_at: Any = None
    is_removed: bool = False
    is_own: bool = False


def worked_example(plan_id: str | None) -> dict[str, Any] | None:
    """The plan's own question: 25 central township hospitals in all, 30 km; the ones that stand stay. None: no plan."""
    plan = plan_of(plan_id)
    if plan is None:
        return None
    here = place_of_plan(plan["plan_id"], None)["area_id"]
    there = facilities()
    hospitals = there[there["facility_type"].eq("township_hospital")]
    central = int(hospitals["grade"].eq(CENTRAL_GRADE).sum())
    asked = {"area_id": here, "model": MCLP, "p": max(25, central), "radius_km": 30.0, "group_id": "all"}
    asked |= {"candidates": "township_hospital" if len(hospitals) >= 25 else SEATS}
    return asked | {"standing": CENTRAL if central else NONE, "lock": [], "forbid": [], "added": []}


@dataclass(frozen=True)
class Candidate:
    """A place where a site can be. is_standing: there is one already, and it stays. is_added: put there by hand."""

    site_id: str
    name: str
    lon: float
    lat: float
    is_standing: bool = False
    is_added: bool = False


def candidate_sites(
    area_id: str, candidates: str, standing: str, added: list[dict[str, Any]] | None = None
) -> dict[str, Candidate]:
    """Where sites can be, by their ids, in the order of their codes: what the question of workflows/siting.py offers."""
    below = {area_id, *_below(area_id)}
    there = facilities()
    there = there[there["area_id"].isin(below) & there["closed"].isna()].dropna(subset=["lon", "lat"])
    if candidates == SEATS:
        towns = areas()
        towns = towns[towns["area_id"].isin(below) & towns["level"].eq("township") & towns["is_unit"]]
        towns = towns[towns["kind"].ne(SUB_DISTRICT) & towns["valid_to"].isna()].dropna(subset=["seat_lon"])
        towns = towns.rename(columns={"seat_lon": "lon", "seat_lat": "lat"})
        offered = _candidates(towns, "area_id")
    else:
        offered = _candidates(there[there["facility_type"].eq(candidates)], "facility_id")
    is_central = there["grade"].eq(CENTRAL_GRADE)
    stand = there[is_central if standing == CENTRAL else there["facility_type"].eq(standing)]
    by_hand = [
        Candidate(added_id(point["lon"], point["lat"]), point["name"], point["lon"], point["lat"], is_added=True)
        for point in added or []
    ]
    every = [*offered, *_candidates(stand, "facility_id", is_standing=True), *by_hand]
    return {candidate.site_id: candidate for candidate in every}


def _candidates(rows: pd.DataFrame, id_column: str, *, is_standing: bool = False) -> list[Candidate]:
    return [
        Candidate(ident, pick(zh, en), float(lon), float(lat), is_standing)
        for ident, zh, en, lon, lat in rows[[id_column, "name_zh", "name_en", "lon", "lat"]].itertuples(index=False)
    ]


def _below(area_id: str) -> set[str]:
    everywhere, found, front = areas(), set(), {area_id}
    while front:
        front = set(everywhere.loc[everywhere["parent_id"].isin(front), "area_id"]) - found
        found |= front
    return found


@cached
def facility_types() -> list[str]:
    """The kinds of facility that can be sites, of those that are there."""
    there = set(facilities()["facility_type"])
    return [kind for kind in SITE_TYPES if kind in there]


@cached
def groups() -> dict[str, tuple[str | None, str | None]]:
    """Whom sites can be for: group_id -> (Chinese, English name), both None for a group of the population table.

    "all" first, then the other groups there are figures of by township, then who is eligible for each programme.
    """
    every = population.read_population(engine(), group_id=None)
    townships = areas().query("level == 'township'")["area_id"]
    found = set(every.loc[every["area_id"].isin(townships), "group_id"]) - {"all"}
    listed = programmes.read_programmes(engine())
    has_eligible = listed["stages"].fillna("").map(lambda stages: ELIGIBLE in stages.split(";")).astype(bool)
    offered = listed[has_eligible & listed["area_id"].isin(areas().index)]
    named = {f"{PROGRAMME}{row.programme_id}": (row.name_zh, row.name_en) for row in offered.itertuples(index=False)}
    return dict.fromkeys(["all", *sorted(found)], (None, None)) | named


def answered_now(asked: dict[str, Any]) -> Sited:
    """The answer of a small question at once, remembered while the data stay; of a large one no answer and no refusal."""
    result, refusal = _answered(json.dumps(asked, sort_keys=True))
    return Sited(asked, result, refusal)


@cached
def _answered(asked_text: str) -> tuple[dict | None, str | None]:
    asked = json.loads(asked_text)
    if area(asked["area_id"]) is None:
        return None, None
    try:
        question = read_question(engine(), asked, current_user().scope)
        if len(question.demand) * len(question.sites) > MOST_PAIRS_AT_ONCE:
            return None, None
        return answer_question(question, Watch()), None
    except InputError as error:
        return None, str(error)


def _jobs() -> Jobs:
    return _office(engine(), _store["settings"])


@lru_cache(maxsize=1)
def _office(of_engine, settings) -> Jobs:
    return Jobs(of_engine, settings)


def submit_siting(asked: dict[str, Any]) -> tuple[str | None, str | None]:
    """(job_id, None), or (None, what is wrong with the question)."""
    user = current_user()
    if area(asked.get("area_id")) is None:
        return None, "没有这个地区，或您无权查看。请重新选择地区。"
    try:
        read_question(engine(), asked, user.scope)
    except InputError as error:
        return None, str(error)
    return _jobs().submit(KIND, user.name, user.scope, asked), None


def siting_job(job_id: str) -> dict[str, Any] | None:
    """The reader's own siting job: state, progress, message, parameters, result; None where there is none of theirs."""
    job = _jobs().poll(job_id, owner=current_user().name)
    return job if job is not None and job["kind"] == KIND else None


def cancel_siting(job_id: str) -> bool:
    """Ask for the reader's own job to end."""
    return siting_job(job_id) is not None and _jobs().cancel(job_id, owner=current_user().name)


def sited_by_job(job_id: str) -> Sited | None:
    """What the reader's job was asked and, where it is done, its answer."""
    job = siting_job(job_id)
    if job is None:
        return None
    refusal = job["message"] if job["state"] == "failed" else None
    return Sited(job["parameters"], job["result"] if job["state"] == "done" else None, refusal)


def saved_scenarios() -> pd.DataFrame:
    """The saved scenarios of the areas the reader may see, newest first: data_access.scenarios.SCENARIOS."""
    return _seen(scenarios.read_scenarios(engine()))


def saved_scenario(scenario_id: str | None) -> Sited | None:
    """A saved scenario, also one taken out of the list; None where there is none the reader may see."""
    found = scenarios.read_scenario(engine(), scenario_id) if scenario_id and UUID.fullmatch(scenario_id) else None
    if found is None or area(found["area_id"]) is None:
        return None
    return Sited(
        found["parameters"],
        found["result"],
        None,
        found["scenario_id"],
        found["name"],
        found["owner_name"],
        found["created_at"],
        found["removed_at"] is not None,
        found["owner"] == current_user().name,
    )


def save_scenario(name: str, sited: Sited) -> str | None:
    """Keep an answer under a name; gives its scenario_id. None without a name, an answer or the right to its area."""
    user, name = current_user(), as_name(name)
    if not name or sited.result is None or area(sited.asked["area_id"]) is None:
        return None
    return scenarios.save_scenario(
        engine(),
        name=name,
        area_id=sited.asked["area_id"],
        parameters=sited.asked,
        result=sited.result,
        owner=user.name,
        owner_name=_shown_name(),
        is_demo=is_demo(),
        account_id=user.account_id,
    )


def as_name(text: str) -> str:
    """A text in one line without signs that nobody sees, as long as a name may be."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:LONGEST_NAME]


def _shown_name() -> str:
    user = current_user()
    return pick(user.display_zh, user.display_en) or user.name


def rename_scenario(scenario_id: str, name: str) -> bool:
    """Give the reader's own scenario another name; False without one, or where it is not theirs."""
    user, name = current_user(), as_name(name)
    who = {"owner": user.name, "account_id": user.account_id}
    return bool(name) and scenarios.rename_scenario(engine(), scenario_id, name, **who)


def remove_scenario(scenario_id: str) -> bool:
    """Take the reader's own scenario out of the list."""
    user = current_user()
    return scenarios.remove_scenario(engine(), scenario_id, owner=user.name, account_id=user.account_id)


# Before a review -------------------------------------------------------------------------------------------------------


def reviews_for(area_id: str) -> list[tuple[str, date]]:
    """(plan_id, day) of the reviews a scenario of an area can lie before: of plans for it or a wider area, newest first."""
    above = {step["area_id"] for step in trail(area_id)}
    plans = [plan_id for plan_id in judged_plans().index if place_of_plan(plan_id, None)["area_id"] in above]
    days = [(plan_id, day.date()) for plan_id in plans for day in reviews(plan_id)["as_of"]]
    newest = {plan_id: newest_run(plan_id)["as_of"] for plan_id in plans}
    return sorted(
        days, key=lambda one: newest[one[0]] != one[1]
    )  # stable: plans in their order, the newest of each first


def put_before_review(scenario_id: str, plan_id: str, day: date, note: str) -> bool:
    """Put a scenario the reader may see before a review; False where it lies there or where there is no such review."""
    found, user = saved_scenario(scenario_id), current_user()
    if found is None or found.is_removed or (plan_id, day) not in reviews_for(found.asked["area_id"]):
        return False
    by = {"put_by": user.name, "put_by_name": _shown_name(), "account_id": user.account_id}
    return scenarios.put_before_review(engine(), scenario_id, plan_id, day, note=as_name(note) or None, **by)


def take_back(review_scenario_id: int) -> bool:
    """Take back what the reader put before a review."""
    user = current_user()
    return scenarios.take_back_from_review(engine(), review_scenario_id, put_by=user.name, account_id=user.account_id)


def before_review(plan_id: str, day: date) -> pd.DataFrame:
    """The scenarios before a review, in the areas the reader may see, oldest first: data_access.scenarios.BEFORE_REVIEW."""
    return _seen(scenarios.read_before_review(engine(), plan_id=plan_id, as_of=day))


def reviews_of(scenario_id: str) -> pd.DataFrame:
    """Before which reviews a scenario lies: data_access.scenarios.BEFORE_REVIEW and is_own (the reader put it there)."""
    found = _seen(scenarios.read_before_review(engine(), scenario_id=scenario_id))
    return found.assign(is_own=found["put_by"] == current_user().name)


def _seen(found: pd.DataFrame) -> pd.DataFrame:
    return found[found["area_id"].isin(areas().index)].reset_index(drop=True)
