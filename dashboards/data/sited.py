"""Siting: the question of the page, its answer now or as a job, and the scenarios that were kept.

What the reader may not see is not answered: areas are checked here again, whatever the page sent. A refusal is the
clerk's words for what is wrong with the question.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from dashboards.access import current_user
from dashboards.data.judged import place as place_of_plan
from dashboards.data.judged import plan as plan_of
from dashboards.data.registers import area, areas, facilities, is_demo
from dashboards.data.store import _store, cached, engine
from dashboards.language import pick
from data_access import population, programmes, scenarios
from data_access.errors import InputError
from geo.siting_problem import LSCP, MCLP, P_CENTER, P_MEDIAN, Watch
from workflows.jobs import Jobs
from workflows.siting import CENTRAL, CENTRAL_GRADE, ELIGIBLE, NONE, PROGRAMME, SEATS, SUB_DISTRICT, read_question
from workflows.siting_answer import answer_question

__all__ = ["CENTRAL", "LSCP", "MCLP", "NONE", "P_CENTER", "P_MEDIAN", "SEATS", "Sited"]

MOST_PAIRS_AT_ONCE = 40_000  # a larger question is answered by a job only
SITE_TYPES = ("township_hospital", "community_health_centre", "hospital", "maternal_child_centre")
LONGEST_NAME = 80
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


def site_options(area_id: str, candidates: str, standing: str) -> list[dict[str, Any]]:
    """The candidates a reader can lock or forbid: value, label, in the order of their codes."""
    below = {area_id, *_below(area_id)}
    there = facilities()
    there = there[there["area_id"].isin(below) & there["closed"].isna()].dropna(subset=["lon", "lat"])
    stand = (
        there[there["grade"].eq(CENTRAL_GRADE)] if standing == CENTRAL else there[there["facility_type"].eq(standing)]
    )
    if candidates == SEATS:
        towns = areas()
        towns = towns[towns["area_id"].isin(below) & towns["level"].eq("township") & towns["is_unit"]]
        towns = towns[towns["kind"].ne(SUB_DISTRICT) & towns["valid_to"].isna()].dropna(subset=["seat_lon"])
        offered = [(row.area_id, pick(row.name_zh, row.name_en)) for row in towns.itertuples()]
    else:
        of_type = there[there["facility_type"].eq(candidates)]
        offered = [(row.facility_id, pick(row.name_zh, row.name_en)) for row in of_type.itertuples()]
    offered += [(row.facility_id, pick(row.name_zh, row.name_en)) for row in stand.itertuples()]
    return [{"value": site_id, "label": label} for site_id, label in dict(offered).items()]


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
    found = scenarios.read_scenarios(engine())
    return found[found["area_id"].isin(areas().index)]


def saved_scenario(scenario_id: str | None) -> Sited | None:
    """A saved scenario, also one taken out of the list; None where there is none the reader may see."""
    found = scenarios.read_scenario(engine(), scenario_id) if scenario_id else None
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
    )


def save_scenario(name: str, sited: Sited) -> str | None:
    """Keep an answer under a name; gives its scenario_id. None without a name, an answer or the right to its area."""
    user, name = current_user(), " ".join(name.split())[:LONGEST_NAME]
    if not name or sited.result is None or area(sited.asked["area_id"]) is None:
        return None
    return scenarios.save_scenario(
        engine(),
        name=name,
        area_id=sited.asked["area_id"],
        parameters=sited.asked,
        result=sited.result,
        owner=user.name,
        owner_name=pick(user.display_zh, user.display_en) or user.name,
        is_demo=is_demo(),
    )


def remove_scenario(scenario_id: str) -> bool:
    """Take the reader's own scenario out of the list."""
    return scenarios.remove_scenario(engine(), scenario_id, owner=current_user().name)
