"""A plan's actions and targets as its page shows them: what the address asks for, and where the judged ones stand."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from dashboards import data, departments
from dashboards.components import ANY
from dashboards.finding import haystack, holds, words_of


@dataclass(frozen=True)
class Target:
    """One target: row: what is the same in all its milestones (and the first one). departments: those that lead
    it or, without any, its action, then those that cooperate. stack: what it is found by."""

    row: dict
    milestones: list[dict]
    departments: tuple[str, ...]
    stack: str


@dataclass(frozen=True)
class Selection:
    """What the address asks for of one plan, in the document's order. actions: those shown, with or without targets."""

    actions: list[dict]
    targets: list[Target]
    is_filtered: bool


LEVELS = ("nation", "province", "prefecture", "county")


def ordered_plans() -> list[dict]:
    """The judged plans first, then from the nation down to the county."""
    judged = set(data.judged_plans().index)
    return sorted(
        data.all_plans().to_dict("records"),
        key=lambda plan: (plan["plan_id"] not in judged, LEVELS.index(plan["admin_level"]), plan["plan_id"]),
    )


@data.cached
def targets_of(plan_id: str) -> list[Target]:
    """Every target of a plan as it stands now, in the document's order."""
    every = data.every_target()
    milestones: dict[str, list[dict]] = {}
    for row in every[every["plan_id"] == plan_id].to_dict("records"):
        milestones.setdefault(row["target_id"], []).append(row)
    actions, indicators = data.actions(plan_id).to_dict("index"), data.indicators()
    names = indicators[["name_zh", "name_en"]].to_dict("index")
    return [_target(rows, actions.get(rows[0]["action_id"], {}), names) for rows in milestones.values()]


def _target(rows: list[dict], action: Mapping, names: Mapping) -> Target:
    row = rows[0]
    leads, others = row["lead_departments_zh"], action.get("cooperating_departments_zh")
    own_leads = leads if departments.split(leads) else action.get("lead_departments_zh")
    indicator = names.get(row["indicator_id"], {})
    texts = [row["name_zh"], row["name_en"], row["indicator_id"], indicator.get("name_zh"), indicator.get("name_en")]
    texts += [action.get("title_zh"), action.get("title_en")]
    texts += departments.texts(own_leads) + departments.texts(others)
    responsible = tuple(dict.fromkeys(departments.split(own_leads) + departments.split(others)))
    return Target(row, rows, responsible, haystack(texts))


def select(plan_id: str, query: Mapping[str, str]) -> Selection:
    """?action= (with those under it) &department= &rule= &q=."""
    within = below(plan_id, _asked(query, "action"))
    department, rule, words = _asked(query, "department"), _asked(query, "rule"), words_of(query.get("q"))
    targets = [
        target
        for target in targets_of(plan_id)
        if target.row["action_id"] in within
        and (not department or department in target.departments)
        and (not rule or target.row["rule"] == rule)
        and holds(target.stack, words)
    ]
    with_targets = {target.row["action_id"] for target in targets}
    actions = [
        action
        for action_id, action in data.actions(plan_id).to_dict("index").items()
        if action_id in with_targets or (action_id in within and not rule and _fits(action, department, words))
    ]
    return Selection(actions, targets, bool(department or rule or words or _asked(query, "action")))


def _asked(query: Mapping[str, str], key: str) -> str:
    value = query.get(key) or ANY
    return "" if value == ANY else value


def _fits(action: dict, department: str, words: list[str]) -> bool:
    """Whether an action is shown for its own sake."""
    names = departments_of(action)
    return (not department or department in names) and holds(action_stack(action), words)


def departments_of(action: dict) -> list[str]:
    """The departments of one action, those that lead first."""
    return departments.split(action["lead_departments_zh"]) + departments.split(action["cooperating_departments_zh"])


def action_stack(action: dict) -> str:
    """What an action is found by."""
    named = departments.texts(action["lead_departments_zh"]) + departments.texts(action["cooperating_departments_zh"])
    return haystack([action["title_zh"], action["title_en"], *named])


def below(plan_id: str, action_id: str) -> set[str]:
    """The action and all under it; all of the plan's actions where none is asked for or there is no such one."""
    parents = data.actions(plan_id)["parent_action_id"]
    if action_id not in parents.index:
        return set(parents.index)
    found = {action_id}
    for _level in range(len(parents)):
        more = set(parents.index[parents.isin(found)]) - found
        if not more:
            break
        found |= more
    return found


def department_counts(plan_id: str) -> Counter:
    """How many of a plan's targets each department leads or helps with, and 0 for those of actions without targets."""
    counts: Counter = Counter()
    for target in targets_of(plan_id):
        counts.update(target.departments)
    for action in data.actions(plan_id).to_dict("records"):
        counts.update(dict.fromkeys(departments_of(action), 0))
    return counts


def marks_of(plan_id: str) -> dict[str, dict]:
    """target_id -> its newest mark in the plan's own area; nothing for a plan nobody has judged."""
    if data.newest_run(plan_id) is None:
        return {}
    here = data.place(plan_id, None)
    marks = data.marks(plan_id)
    if here is None or marks.empty:
        return {}
    return {row["target_id"]: row for row in marks[marks["area_id"] == here["area_id"]].to_dict("records")}


@data.cached
def plans_by_indicator() -> dict[str, int]:
    """indicator_id -> how many plans use it."""
    every = data.every_target()
    return every.groupby("indicator_id")["plan_id"].nunique().to_dict()
