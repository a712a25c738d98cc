"""The one door to the store: one function for each question a page asks.

Answers are cached for as long as nothing has come in and nothing has been judged (version()), apart for each scope, so
that nobody is answered with what somebody else may see. Frames are shared: pandas copies them when they are changed.
Names come in both languages; name() picks one.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from pathlib import Path

import pandas as pd
from flask import g, has_request_context

from dashboards.access import current_user
from dashboards.language import pick
from data_access import areas as stored_areas
from data_access import indicators as stored_indicators
from data_access import judgements, observations, plans, population, schema, submissions
from models import rates
from settings import Settings

MOST_ANSWERS = 256
FIGURES = "observations"  # the kind of submission that brings figures

_store: dict = {}
_answers: OrderedDict = OrderedDict()
_lock = threading.Lock()


def configure(engine, settings: Settings) -> None:
    """Say which store is asked from now on."""
    with _lock:
        _store.update(engine=engine, settings=settings)
        _answers.clear()


def engine():
    """The store's engine, for this file and its neighbours only."""
    return _store["engine"]


def data_folder() -> Path:
    """Where the map's geometry and other things that can be made again stand."""
    return _store["settings"].data_folder


def is_ready() -> bool:
    """Whether the store answers and has the tables of this version."""
    return schema.is_current(engine())


def version() -> tuple[int, int]:
    """The newest submission and the newest run of judgement: the same until something comes in or is judged."""
    if not has_request_context():
        return _read_version()
    if "data_version" not in g:
        g.data_version = _read_version()
    return g.data_version


def _read_version() -> tuple[int, int]:
    return submissions.newest_submission_id(engine()), judgements.newest_run_id(engine())


def cached(question: Callable) -> Callable:
    """Remember the answer to a question by its arguments, the data's version and who asks."""

    @wraps(question)
    def answer(*args, **kwargs):
        key = (question.__name__, version(), current_user().scope, args, tuple(sorted(kwargs.items())))
        with _lock:
            if key in _answers:
                _answers.move_to_end(key)
                return _fresh(_answers[key])
        found = question(*args, **kwargs)
        with _lock:
            _answers[key] = found
            while len(_answers) > MOST_ANSWERS:
                _answers.popitem(last=False)
        return _fresh(found)

    return answer


def _fresh(answer):
    return answer.copy(deep=False) if isinstance(answer, pd.DataFrame) else answer


# What there is ------------------------------------------------------------------------------------------------------


def name(row, field: str = "name") -> str:
    """The row's name_zh or name_en (field="title": title_zh...) by the reader's language, Chinese where English lacks."""
    return pick(row.get(f"{field}_zh"), row.get(f"{field}_en"))


@cached
def is_demo() -> bool:
    """Whether any figure of the store is synthetic: the ribbon, pictures and files say so."""
    received = submissions.read_submissions(engine())
    return bool((received["is_demo"] & received["undone_by"].isna()).any())


@cached
def areas() -> pd.DataFrame:
    """The areas the reader may see, indexed by area_id, with the columns of data_access.areas.read_areas."""
    every = stored_areas.read_areas(engine())
    scope = current_user().area_ids
    if scope:
        allowed = set().union(*(stored_areas.read_descendants(engine(), area_id)["area_id"] for area_id in scope))
        every = every[every["area_id"].isin(allowed)]
    return every.set_index("area_id", drop=False)


def area(area_id: str | None) -> dict | None:
    """One area the reader may see, or None."""
    everywhere = areas()
    return everywhere.loc[area_id].to_dict() if area_id in everywhere.index else None


def children(area_id: str) -> pd.DataFrame:
    """The areas right below one, in the order of their codes; development zones (is_unit False) too."""
    everywhere = areas()
    return everywhere[(everywhere["parent_id"] == area_id) & everywhere["valid_to"].isna()]


def trail(area_id: str) -> list[dict]:
    """The area and those above it that the reader may see, outermost first."""
    steps: list[dict] = []
    here = area(area_id)
    while here is not None and here not in steps:
        steps.insert(0, here)
        here = area(here["parent_id"])
    return steps


@cached
def all_plans() -> pd.DataFrame:
    """Every plan, indexed by plan_id."""
    return plans.read_plans(engine()).set_index("plan_id", drop=False)


@cached
def judged_plans() -> pd.DataFrame:
    """The plans that have been judged, newest run first: those the pages offer."""
    every = all_plans()
    runs = {plan_id: judgements.read_newest_run(engine(), plan_id) for plan_id in every.index}
    newest = sorted((run["run_id"], plan_id) for plan_id, run in runs.items() if run)
    return every.loc[[plan_id for _run, plan_id in reversed(newest)]]


def plan(plan_id: str | None = None) -> dict | None:
    """One plan; without an id, or with one that nobody has judged, the plan judged last. None before the first."""
    judged = judged_plans()
    if plan_id in judged.index:
        return judged.loc[plan_id].to_dict()
    return judged.iloc[0].to_dict() if len(judged) else None


@cached
def actions(plan_id: str) -> pd.DataFrame:
    """A plan's actions in the document's order, indexed by action_id."""
    return plans.read_actions(engine(), plan_id).set_index("action_id", drop=False)


@cached
def targets(plan_id: str | None = None) -> pd.DataFrame:
    """The targets in force now (of one plan), one row per milestone: data_access.plans.TARGETS."""
    run = newest_run(plan_id) if plan_id else None
    return plans.read_targets(engine(), plan_id, on=run["as_of"] if run else None)


@cached
def indicators() -> pd.DataFrame:
    """Every indicator, indexed by indicator_id."""
    return stored_indicators.read_indicators(engine()).set_index("indicator_id", drop=False)


def indicator(indicator_id: str | None) -> dict | None:
    """One indicator, or None."""
    every = indicators()
    return every.loc[indicator_id].to_dict() if indicator_id in every.index else None


# Figures ------------------------------------------------------------------------------------------------------------


@cached
def figures(indicator_id: str) -> pd.DataFrame:
    """One indicator's figures in force in the areas the reader may see: data_access.observations.OBSERVATIONS."""
    found = observations.read_observations(engine(), indicator_ids=[indicator_id])
    return found[found["area_id"].isin(areas().index)]


@cached
def series_figures(indicator_id: str) -> pd.DataFrame:
    """figures(), and for an area that reported none the sum of those below it, as judging sees it (is_rolled_up)."""
    reported = figures(indicator_id)
    of = indicator(indicator_id)
    if reported.empty or of is None:
        return reported.assign(is_rolled_up=pd.Series(dtype="bool"))
    summed = rates.roll_up(reported, areas().reset_index(drop=True), pd.Series({indicator_id: of["unit"]}))
    return pd.concat([reported.assign(is_rolled_up=False), summed], ignore_index=True)


@cached
def persons() -> pd.DataFrame:
    """Population by area and year, all ages: data_access.population.POPULATION."""
    return population.read_population(engine())


# Judgement ----------------------------------------------------------------------------------------------------------


@cached
def newest_run(plan_id: str) -> dict | None:
    """The newest finished run of judgement of a plan: data_access.judgements.RUNS, or None."""
    return judgements.read_newest_run(engine(), plan_id)


def is_stale(plan_id: str) -> bool:
    """Whether figures have come in since the plan was judged."""
    run = newest_run(plan_id)
    return run is not None and (run["last_submission_id"] or 0) < version()[0]


@cached
def marks(plan_id: str) -> pd.DataFrame:
    """The newest marks of a plan in the areas the reader may see, with what a list shows of each target.

    The columns of data_access.judgements.MARKS and: target_name_zh/_en, unit, decimals, direction, rule, scope, nature,
    lead_departments_zh, source_zh, action_title_zh/_en, area_name_zh/_en, level. No rows before the first run.
    """
    run = newest_run(plan_id)
    if run is None:
        return _with_names(pd.DataFrame(columns=list(judgements.MARKS)), plan_id)
    found = judgements.read_marks(engine(), run["run_id"])
    return _with_names(found[found["area_id"].isin(areas().index)], plan_id)


def _with_names(found: pd.DataFrame, plan_id: str) -> pd.DataFrame:
    of_target = (
        targets(plan_id)
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


@cached
def forecasts(plan_id: str, indicator_id: str) -> pd.DataFrame:
    """The newest run's forecasts of one indicator: data_access.judgements.FORECASTS."""
    run = newest_run(plan_id)
    if run is None:
        return pd.DataFrame(columns=list(judgements.FORECASTS))
    found = judgements.read_forecasts(engine(), run["run_id"], indicator_id=indicator_id)
    return found[found["area_id"].isin(areas().index)]
