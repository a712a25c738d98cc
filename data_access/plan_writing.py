"""Storing a plan as its pack states it, keeping the values that a revision of the plan replaced."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Table, delete, insert, select, update

from data_access.frames import records
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

# What a target asks for: where one of these changes by a revision, the old version stays; other changes are wording.
ASKED_OF_TARGET = (
    "indicator_id",
    "unit",
    "direction",
    "rule",
    "scope",
    "nature",
    "benchmark_area_id",
    "benchmark_indicator_id",
    "either_with",
    "applies_from",
)
ASKED_OF_MILESTONE = ("milestone_order", "year", "comparator", "value", "baseline_year", "masked")
Row = dict[str, Any]


@dataclass(frozen=True)
class Version:
    """One version of a target: its row of targets and its rows of target_milestones."""

    target: Row
    milestones: tuple[Row, ...]

    @property
    def asks(self) -> tuple:
        """What is asked for, to compare versions by."""
        milestones = sorted(self.milestones, key=lambda row: row["position"])
        return (
            tuple(self.target.get(name) for name in ASKED_OF_TARGET),
            tuple(tuple(row.get(name) for name in ASKED_OF_MILESTONE) for row in milestones),
        )

    def dated(self, number: int, start: date | None, end: date | None, note: str | None) -> "Version":
        """This version as the number-th of its target, in force from start to end."""
        dates = {"version": number, "in_force_from": start, "in_force_to": end, "revision_note": note}
        return Version(self.target | dates, tuple(row | {"version": number} for row in self.milestones))


def write_plan(
    connection: Connection,
    plan: Mapping[str, Any],
    *,
    actions: pd.DataFrame,
    targets: pd.DataFrame,
    milestones: pd.DataFrame,
    programmes: pd.DataFrame,
    health_cells: pd.DataFrame,
    services: pd.DataFrame,
    tasks: pd.DataFrame,
    revised_on: date | None = None,
    revision_note: str | None = None,
) -> bool:
    """Make the store hold this plan as given; False, and nothing done, when its pack_hash is the stored one.

    plan: a row of tables.plans. The frames: rows of the tables of the same name (targets without version and dates,
    milestones with target_id and position), plan_id may be left out. The indicators must be in the store.
    revised_on: the day a revision of the plan came into force. A target that asks for something else than before then
    gets a new version from that day, and one that is gone gets an end; without it the pack corrects what was stored.
    """
    plan_id = plan["plan_id"]
    stored = connection.execute(select(plans).where(plans.c.plan_id == plan_id)).mappings().first()
    if stored is not None and plan.get("pack_hash") and stored["pack_hash"] == plan["pack_hash"]:
        return False
    past = _read_versions(connection, plan_id)
    versions = _revised(past, _stated(plan_id, targets, milestones), plan.get("issued"), revised_on, revision_note)
    _write_head(connection, plan, is_new=stored is None)
    _write_actions_and_targets(connection, plan_id, records(actions.assign(plan_id=plan_id)), versions)
    delivery = {
        plan_programmes: programmes,
        plan_health_cells: health_cells,
        plan_services: services,
        plan_tasks: tasks,
    }
    for table, frame in delivery.items():
        connection.execute(delete(table).where(table.c.plan_id == plan_id))
        _insert(connection, table, records(frame.assign(plan_id=plan_id)))
    return True


def _write_head(connection: Connection, plan: Mapping[str, Any], *, is_new: bool) -> None:
    # never deleted: runs of judgement refer to it
    row = dict(plan)
    statement = insert(plans) if is_new else update(plans).where(plans.c.plan_id == row["plan_id"])
    connection.execute(statement.values(row))


def _read_versions(connection: Connection, plan_id: str) -> dict[str, list[Version]]:
    """target_id -> its versions as stored, oldest first."""
    rows = connection.execute(
        select(targets).where(targets.c.plan_id == plan_id).order_by(targets.c.version)
    ).mappings()
    milestones = defaultdict(list)
    query = select(target_milestones).join(targets).where(targets.c.plan_id == plan_id)
    for row in connection.execute(query.order_by(target_milestones.c.position)).mappings():
        milestones[row["target_id"], row["version"]].append(dict(row))
    versions = defaultdict(list)
    for row in rows:
        versions[row["target_id"]].append(Version(dict(row), tuple(milestones[row["target_id"], row["version"]])))
    return dict(versions)


def _stated(plan_id: str, target_rows: pd.DataFrame, milestone_rows: pd.DataFrame) -> dict[str, Version]:
    """target_id -> the target as the pack states it, not dated yet."""
    milestones = defaultdict(list)
    for row in records(milestone_rows):
        milestones[row["target_id"]].append(_completed(target_milestones, row))
    rows = records(target_rows.assign(plan_id=plan_id))
    return {row["target_id"]: Version(_completed(targets, row), tuple(milestones[row["target_id"]])) for row in rows}


def _revised(
    past: Mapping[str, list[Version]],
    stated: Mapping[str, Version],
    issued: date | None,
    revised_on: date | None,
    note: str | None,
) -> list[Version]:
    """Every version to be kept, of the targets the plan has and of those a revision ended."""
    kept = []
    for target_id, now in stated.items():
        first = (issued, None) if not past or revised_on is None else (revised_on, note)
        kept += _with_latest(past.get(target_id, []), now, first, revised_on, note)
    for target_id in past.keys() - stated.keys():
        kept += _ended(past[target_id], revised_on)
    return kept


def _with_latest(
    versions: list[Version],
    now: Version,
    first: tuple[date | None, str | None],
    revised_on: date | None,
    note: str | None,
) -> list[Version]:
    """A target's versions once the pack states it as now; first: start and note of a target not known before."""
    if not versions:
        return [now.dated(1, first[0], None, first[1])]
    *older, newest = versions
    if _is_revision(newest, revised_on) and (newest.asks != now.asks or newest.target["in_force_to"]):
        closed = [*older, *_ended([newest], revised_on)]
        return [*closed, now.dated(newest.target["version"] + 1, revised_on, None, note)]
    start, its_note = newest.target["in_force_from"], newest.target["revision_note"]
    return [*older, now.dated(newest.target["version"], start, None, its_note)]


def _is_revision(newest: Version, revised_on: date | None) -> bool:
    # A pack goes on stating its last revision: what changes later under the same date is a correction of it.
    start = newest.target["in_force_from"]
    return revised_on is not None and (start is None or start < revised_on)


def _ended(versions: list[Version], revised_on: date | None) -> list[Version]:
    """The versions of a target that its plan no longer has: ended the day before, or taken away by a correction."""
    *older, newest = versions
    if newest.target["in_force_to"] is not None:
        return versions
    if not _is_revision(newest, revised_on):
        return older
    return [*older, replace(newest, target=newest.target | {"in_force_to": revised_on - timedelta(days=1)})]


def _write_actions_and_targets(
    connection: Connection, plan_id: str, stated_actions: list[Row], versions: list[Version]
) -> None:
    """Replace them all; an action that only ended targets belong to stays with them."""
    query = select(actions).where(actions.c.plan_id == plan_id)
    stored = {row["action_id"]: dict(row) for row in connection.execute(query).mappings()}
    needed = {version.target["action_id"] for version in versions} - {row["action_id"] for row in stated_actions}
    connection.execute(delete(actions).where(actions.c.plan_id == plan_id))  # and its targets with their milestones
    _insert(connection, actions, stated_actions + [stored[action_id] for action_id in needed if action_id in stored])
    _insert(connection, targets, [version.target for version in versions])
    _insert(connection, target_milestones, [row for version in versions for row in version.milestones])


def _completed(table: Table, row: Row) -> Row:
    """The row with every column of its table; a default where nothing is stated. ValueError for any other column."""
    unknown = row.keys() - table.c.keys()
    if unknown:
        raise ValueError(f"{table.name} has no column {', '.join(sorted(unknown))}.")
    defaults = {column.name: column.default.arg if column.default else None for column in table.c}
    return defaults | {name: value for name, value in row.items() if value is not None}


def _insert(connection: Connection, table: Table, rows: list[Row]) -> None:
    if rows:
        connection.execute(insert(table), [_completed(table, row) for row in rows])
