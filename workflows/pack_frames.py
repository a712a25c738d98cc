"""From the rows of a checked plan pack to the frames the store keeps: rows into targets with milestones, and so on."""

import re
from dataclasses import dataclass
from typing import Any

import pandas as pd

from data_access.indicators import INDICATORS
from data_access.packs import Pack
from data_access.plans import ACTIONS, HEALTH_CELLS, OF_THE_MILESTONE, OF_THE_TARGET, PROGRAMMES, SERVICES, TASKS
from models.units import UNITS
from workflows.target_checks import KEY, with_defaults

DELIVERY = {"programmes": PROGRAMMES, "health_cells": HEALTH_CELLS, "services": SERVICES, "tasks": TASKS}
DECIDED_BY_THE_STORE = ("version", "in_force_from", "in_force_to", "revision_note")
PRINTED_NUMBER = re.compile(r"(?:xx \()?([0-9]+(?:\.[0-9]+)*)\)?")  # "xx (21)": 21, printed as xx


@dataclass(frozen=True)
class PlanRecord:
    """A plan ready for data_access.plan_writing.write_plan: plan and frames are what it takes by these names."""

    plan: dict[str, Any]
    frames: dict[str, pd.DataFrame]


def indicators_frame(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of an indicators sheet as the store keeps them: columns and types of INDICATORS."""
    units = [UNITS[unit] for unit in rows.unit]
    filled = rows.assign(
        name_en=rows.name_en.fillna(rows.name_zh),
        lower_bound=rows.lower_bound.fillna(_numbers([unit.lower for unit in units], rows.index)),
        upper_bound=rows.upper_bound.fillna(_numbers([unit.upper for unit in units], rows.index)),
        decimals=rows.decimals.fillna(1),
        within_year=rows.within_year.fillna("level"),
    )
    return filled[list(INDICATORS)].astype(INDICATORS)


def _numbers(values: list[float | None], index: pd.Index) -> pd.Series:
    return pd.Series(values, index=index, dtype="float64")


def plan_record(pack: Pack, indicators: pd.DataFrame) -> PlanRecord:
    """A checked pack as the store takes it. indicators: the columns of read_indicators, the pack's own among them."""
    plan = _plan(pack)
    actions = _actions(pack, plan["plan_id"])
    targets, milestones = targets_and_milestones(pack, plan, actions, indicators)
    delivery = {name: _delivery(pack.rows(name), plan["plan_id"], types) for name, types in DELIVERY.items()}
    return PlanRecord(plan, {"actions": actions, "targets": targets, "milestones": milestones} | delivery)


def _plan(pack: Pack) -> dict:
    row = pack.rows("plan").iloc[0]
    plan = {name: None if pd.isna(value) else value for name, value in row.items()}
    for name in ("row", "revised_on", "revision_note", "place_inferred", "period_inferred"):
        plan.pop(name)
    for name in ("period_start", "period_end"):
        plan[name] = None if plan[name] is None else int(plan[name])
    return plan | {
        "name_en": plan["name_en"] or plan["name_zh"],
        "place_en": plan["place_en"] or plan["place_zh"],
        "place_is_inferred": _is_yes(row.place_inferred),
        "period_is_inferred": _is_yes(row.period_inferred),
        "issued": None if plan["issued"] is None else plan["issued"].date(),
        "pack_hash": pack.pack_hash,
    }


def _is_yes(value) -> bool:
    return bool(pd.notna(value) and value)


def _actions(pack: Pack, plan_id: str) -> pd.DataFrame:
    rows = pack.rows("actions")
    by_number = dict(zip(rows.action_no, rows.action_id, strict=True))
    parents = rows.action_no.str.rpartition(".")[0]  # 7.1 belongs to 7
    filled = rows.assign(
        plan_id=plan_id,
        sort_order=range(1, len(rows) + 1),
        parent_action_id=parents.map(by_number),
        title_en=rows.title_en.fillna(rows.title_zh),
    )
    return filled[list(ACTIONS)].astype(ACTIONS)


def targets_and_milestones(
    pack: Pack, plan: dict, actions: pd.DataFrame, indicators: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row per target (no version and dates: writing decides those), and one per milestone with its target_id.

    Rows of the same action, indicator, rule, scope and part are one target; each row is one of its milestones. So a
    level and a trend asked in one sentence are two targets, the ends of a range are two, and a chain of baselines is
    one whose milestones each have their own.
    """
    rows = with_defaults(pack.rows("targets"), indicators)
    rows = rows.assign(plan_id=plan["plan_id"], target_id=_target_ids(rows, plan["plan_id"]), sort_order=rows.index + 1)
    rows = _with_year(rows)
    own = actions.set_index("action_id")
    rows["lead_departments_zh"] = rows.lead_departments_zh.fillna(rows.action_id.map(own.lead_departments_zh))
    sources = {action: source_of(plan, number, title) for action, number, title in _titles(actions)}
    rows["source_zh"] = rows.source_zh.fillna(rows.action_id.map(sources))
    grouped = rows.groupby("target_id", sort=False)
    rows["position"] = grouped.cumcount() + 1
    first_name = grouped["name_zh"].transform("first")
    rows["text_zh"] = rows.name_zh.where(rows.name_zh != first_name)
    types = {name: kind for name, kind in OF_THE_TARGET.items() if name not in DECIDED_BY_THE_STORE}
    targets = rows[rows.position == 1][list(types)].astype(types).reset_index(drop=True)
    milestone_types = {"target_id": "str"} | OF_THE_MILESTONE
    return targets, rows[list(milestone_types)].astype(milestone_types).reset_index(drop=True)


def _target_ids(rows: pd.DataFrame, plan_id: str) -> list[str]:
    """plan/action/indicator/rule, then the scope where it is not the plan's area, then the part where there is one."""
    ids = []
    for action, indicator, rule, scope, part in rows[KEY].itertuples(index=False):
        words = [plan_id, action, indicator, rule]
        words += [scope] if scope != "plan_area" else []
        words += [part] if pd.notna(part) else []
        ids.append("/".join(words))
    return ids


def _titles(actions: pd.DataFrame):
    return actions[["action_id", "action_no", "title_zh"]].itertuples(index=False)


def source_of(plan: dict, action_no: str, title_zh: str) -> str:
    """Document and section, as a reader would look them up: 鄂府办发〔2020〕33号,7.1 促进妇幼健康.

    Numbers the reading guide made up for chapters without one (S1, R02, and 0 for the goals) are not shown.
    """
    document = plan["document_no"] or f"《{plan['name_zh'].strip('《》')}》"
    number = PRINTED_NUMBER.fullmatch(action_no)
    section = f"{number[1]} {title_zh}" if number and number[1] != "0" else title_zh
    return f"{document}，{section}"


def _with_year(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(year=rows.year.fillna(rows.year_inferred), year_is_inferred=rows.year_inferred.notna())


def _delivery(rows: pd.DataFrame, plan_id: str, types: dict[str, str]) -> pd.DataFrame:
    rows = rows.assign(plan_id=plan_id, position=range(1, len(rows) + 1), masked=rows.masked.fillna(False))
    if "year_is_inferred" in types:
        rows = _with_year(rows)
    for name in ("name", "title"):
        if f"{name}_en" in types:
            rows[f"{name}_en"] = rows[f"{name}_en"].fillna(rows[f"{name}_zh"])
    return rows[list(types)].astype(types)
