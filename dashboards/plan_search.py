"""Looks through all plans at once: actions, targets with their indicators, departments, and what is to be delivered."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards import data, departments, plan_parts, plan_targets
from dashboards.finding import haystack, holds, words_of
from dashboards.language import mark

ACTIONS, TARGETS = "actions", "targets"
KINDS = {
    TARGETS: mark("Targets"),
    ACTIONS: mark("Actions"),
    **{key: part.name for key, part in plan_parts.PARTS.items()},
}


@dataclass(frozen=True)
class Hit:
    """One place in a plan. milestones: of a target; state: what opens it on the plan's page."""

    plan_id: str
    kind: str
    name_zh: str
    name_en: str
    action: dict | None
    milestones: list[dict]
    responsible: tuple[str, ...]
    state: dict[str, str]


def find(typed: str) -> dict[str, list[Hit]]:
    """The hits of each of KINDS that has any; a hit holds all the words, in Chinese or English."""
    words = words_of(typed)
    if not words:
        return {}
    found = {TARGETS: _targets(words), ACTIONS: _actions(words)}
    for part in plan_parts.PARTS:
        found[part] = _delivery(part, words, typed)
    order = {plan["plan_id"]: place for place, plan in enumerate(plan_targets.ordered_plans())}
    return {kind: sorted(hits, key=lambda hit: order[hit.plan_id]) for kind, hits in found.items() if hits}


def _targets(words: list[str]) -> list[Hit]:
    hits = []
    for plan_id in data.all_plans().index:
        actions = data.actions(plan_id).to_dict("index")
        for target in plan_targets.targets_of(plan_id):
            if holds(target.stack, words):
                row = target.row
                action = actions.get(row["action_id"])
                state = {"action": row["action_id"]}
                names = row["name_zh"], row["name_en"]
                hits.append(
                    Hit(
                        plan_id,
                        TARGETS,
                        *names,
                        action,
                        target.milestones,
                        asked_first(target.departments, words),
                        state,
                    )
                )
    return hits


def _actions(words: list[str]) -> list[Hit]:
    rows = data.every_action().to_dict("records")
    return [
        Hit(
            row["plan_id"],
            ACTIONS,
            row["title_zh"],
            row["title_en"],
            row,
            [],
            asked_first(plan_targets.departments_of(row), words),
            {"action": row["action_id"]},
        )
        for row in rows
        if holds(plan_targets.action_stack(row), words)
    ]


def _delivery(part: str, words: list[str], typed: str) -> list[Hit]:
    field = "title" if part == "tasks" else "name"
    hits = []
    for row in data.delivery(part).to_dict("records"):
        if holds(plan_parts.stack(row), words):
            names = row[f"{field}_zh"], row[f"{field}_en"]
            responsible = asked_first(departments.split(row.get("responsible_departments_zh")), words)
            state = {"part": part, "q": typed}
            hits.append(Hit(row["plan_id"], part, *names, None, [], responsible, state))
    return hits


def asked_first(names: Sequence[str], words: list[str]) -> tuple[str, ...]:
    """Some departments, those that were looked for before the others."""
    return tuple(sorted(names, key=lambda name: not any(word in haystack(departments.texts(name)) for word in words)))
