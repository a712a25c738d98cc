"""Plans, their actions, targets and the delivery side, as each plan's document says them."""

from datetime import date

import pandas as pd
from sqlalchemy import Engine, Select, or_, select

from data_access.frames import DATE, read_frame
from data_access.tables import (
    actions,
    plan_health_cells,
    plan_programmes,
    plan_services,
    plan_tasks,
    plans,
    target_milestones,
    targets,
)

PLANS = {
    "plan_id": "str",
    "name_zh": "str",
    "name_en": "str",
    "place_zh": "str",
    "place_en": "str",
    "area_id": "str",
    "place_is_inferred": "bool",
    "admin_level": "str",
    "period_start": "Int64",
    "period_end": "Int64",
    "period_is_inferred": "bool",
    "issued": DATE,
    "document_no": "str",
    "kind": "str",
    "note_zh": "str",
    "note_en": "str",
    "pack_hash": "str",
}
ACTIONS = {
    "plan_id": "str",
    "action_id": "str",
    "action_no": "str",
    "sort_order": "int64",
    "parent_action_id": "str",
    "title_zh": "str",
    "title_en": "str",
    "lead_departments_zh": "str",
    "cooperating_departments_zh": "str",
    "summary_zh": "str",
    "summary_en": "str",
}
OF_THE_TARGET = {
    "target_id": "str",
    "version": "int64",
    "in_force_from": DATE,
    "in_force_to": DATE,
    "revision_note": "str",
    "plan_id": "str",
    "action_id": "str",
    "indicator_id": "str",
    "name_zh": "str",
    "name_en": "str",
    "unit": "str",
    "direction": "str",
    "rule": "str",
    "scope": "str",
    "denominator_zh": "str",
    "denominator_en": "str",
    "benchmark_area_id": "str",
    "benchmark_indicator_id": "str",
    "either_with": "str",
    "applies_from": "float64",
    "nature": "str",
    "lead_departments_zh": "str",
    "source_zh": "str",
    "sort_order": "int64",
}
OF_THE_MILESTONE = {
    "position": "int64",
    "milestone_order": "Int64",
    "year": "Int64",
    "year_is_inferred": "bool",
    "comparator": "str",
    "value": "float64",
    "baseline_year": "str",
    "masked": "bool",
    "masked_part": "str",
    "text_zh": "str",
    "note_zh": "str",
    "note_en": "str",
}
TARGETS = OF_THE_TARGET | OF_THE_MILESTONE
PROGRAMMES = {
    "plan_id": "str",
    "programme_id": "str",
    "position": "int64",
    "name_zh": "str",
    "name_en": "str",
    "target_population_zh": "str",
    "target_population_en": "str",
    "sex": "str",
    "age_min": "float64",
    "age_max": "float64",
    "cycle": "str",
    "quota_count": "float64",
    "coverage_target_percent": "float64",
    "year": "Int64",
    "year_is_inferred": "bool",
    "delivered_by_zh": "str",
    "delivered_by_en": "str",
    "data_points_zh": "str",
    "data_points_en": "str",
    "masked": "bool",
    "masked_part": "str",
    "note_zh": "str",
    "note_en": "str",
}
HEALTH_CELLS = {
    "plan_id": "str",
    "cell_type": "str",
    "position": "int64",
    "name_zh": "str",
    "name_en": "str",
    "unit_scope": "str",
    "rule_zh": "str",
    "rule_en": "str",
    "quota": "float64",
    "quota_unit": "str",
    "year": "Int64",
    "year_is_inferred": "bool",
    "masked": "bool",
    "masked_part": "str",
    "note_zh": "str",
    "note_en": "str",
}
SERVICES = {
    "plan_id": "str",
    "standard_id": "str",
    "position": "int64",
    "name_zh": "str",
    "name_en": "str",
    "rule_zh": "str",
    "rule_en": "str",
    "value": "float64",
    "unit": "str",
    "year": "Int64",
    "year_is_inferred": "bool",
    "masked": "bool",
    "masked_part": "str",
    "note_zh": "str",
    "note_en": "str",
}
TASKS = {
    "plan_id": "str",
    "task_no": "str",
    "position": "int64",
    "title_zh": "str",
    "title_en": "str",
    "responsible_departments_zh": "str",
    "deliverable_zh": "str",
    "deliverable_en": "str",
    "quantity": "float64",
    "unit": "str",
    "due": "str",
    "masked": "bool",
    "masked_part": "str",
    "note_zh": "str",
    "note_en": "str",
}


def read_plans(engine: Engine) -> pd.DataFrame:
    """Every plan, ordered by plan_id: columns and types of PLANS."""
    return read_frame(engine, select(*(plans.c[name] for name in PLANS)).order_by(plans.c.plan_id), PLANS)


def packs_hash(engine: Engine) -> str:
    """The same text until another plan is loaded or one is loaded anew with other content."""
    with engine.connect() as connection:
        hashes = connection.scalars(select(plans.c.pack_hash).order_by(plans.c.plan_id))
        return "".join(text or "-" for text in hashes)


def read_actions(engine: Engine, plan_id: str | None = None) -> pd.DataFrame:
    """The actions (of one plan), in the document's order: columns and types of ACTIONS.

    Departments are joined with ; and empty where the plan names none.
    """
    return _read_of_plan(engine, actions, ACTIONS, plan_id, actions.c.sort_order)


def read_targets(engine: Engine, plan_id: str | None = None, *, on: date | None = None) -> pd.DataFrame:
    """The targets (of one plan), one row per milestone: columns and types of TARGETS, in the document's order.

    on: the version in force on that day; None is the newest version of each target that still stands. Versions of
    unknown date count as always in force.
    """
    query = _targets_in_force(on)
    if plan_id is not None:
        query = query.where(targets.c.plan_id == plan_id)
    order = targets.c.plan_id, targets.c.sort_order, targets.c.target_id, target_milestones.c.position
    return read_frame(engine, query.order_by(*order), TARGETS)


def read_target_history(engine: Engine, target_id: str) -> pd.DataFrame:
    """Every version of one target, oldest first, one row per milestone: columns and types of TARGETS."""
    query = _targets_with_milestones().where(targets.c.target_id == target_id)
    return read_frame(engine, query.order_by(targets.c.version, target_milestones.c.position), TARGETS)


def read_former_targets(engine: Engine, plan_id: str) -> pd.DataFrame:
    """The versions of a plan's targets that are no longer in force, newest first: columns and types of TARGETS."""
    ended = targets.c.in_force_to.is_not(None)
    query = _targets_with_milestones().where(targets.c.plan_id == plan_id, ended)
    order = targets.c.target_id, targets.c.version.desc(), target_milestones.c.position
    return read_frame(engine, query.order_by(*order), TARGETS)


def _targets_with_milestones() -> Select:
    columns = [targets.c[name] for name in OF_THE_TARGET] + [target_milestones.c[name] for name in OF_THE_MILESTONE]
    return select(*columns).join_from(targets, target_milestones)


def _targets_in_force(on: date | None) -> Select:
    other = targets.alias("other_version")
    newer = other.c.version > targets.c.version
    query = _targets_with_milestones()
    if on is None:
        query = query.where(targets.c.in_force_to.is_(None))  # a target dropped from its plan has an end
    else:
        query = query.where(_in_force(targets, on))
        newer &= _in_force(other, on)
    newer_version = select(other.c.version).where(other.c.target_id == targets.c.target_id, newer)
    return query.where(~newer_version.exists())


def _in_force(versions, on: date):
    return or_(versions.c.in_force_from.is_(None), versions.c.in_force_from <= on) & or_(
        versions.c.in_force_to.is_(None), versions.c.in_force_to >= on
    )


def read_plan_programmes(engine: Engine, plan_id: str | None = None) -> pd.DataFrame:
    """The programmes the plans name: columns and types of PROGRAMMES. Ages are years; quota_count is persons a cycle."""
    return _read_of_plan(engine, plan_programmes, PROGRAMMES, plan_id, *_order(plan_programmes))


def read_plan_health_cells(engine: Engine, plan_id: str | None = None) -> pd.DataFrame:
    """The kinds of health cell the plans ask for: columns and types of HEALTH_CELLS. quota is in quota_unit."""
    return _read_of_plan(engine, plan_health_cells, HEALTH_CELLS, plan_id, *_order(plan_health_cells))


def read_plan_services(engine: Engine, plan_id: str | None = None) -> pd.DataFrame:
    """The service standards the plans set: columns and types of SERVICES. value is in unit."""
    return _read_of_plan(engine, plan_services, SERVICES, plan_id, *_order(plan_services))


def read_plan_tasks(engine: Engine, plan_id: str | None = None) -> pd.DataFrame:
    """The annual work points of the plans: columns and types of TASKS. quantity is in unit; due as the plan says it."""
    return _read_of_plan(engine, plan_tasks, TASKS, plan_id, *_order(plan_tasks))


def _order(table):
    return table.c.position, list(table.primary_key.columns)[1]


def _read_of_plan(engine: Engine, table, types: dict[str, str], plan_id: str | None, *order) -> pd.DataFrame:
    query = select(*(table.c[name] for name in types))
    if plan_id is not None:
        query = query.where(table.c.plan_id == plan_id)
    return read_frame(engine, query.order_by(table.c.plan_id, *order), types)
