"""Writing plans: a pack takes the place of the plan's rows; a target whose values changed becomes a new version.

All of it runs on the connection of the caller's transaction (data_access.engine.writing).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import Connection, Engine, Table, bindparam, delete, func, insert, select, tuple_, update

from data_access.frames import read_frame, records
from data_access.plans import OF_THE_MILESTONE, OF_THE_TARGET
from data_access.tables import (
    actions,
    indicators,
    plan_health_cells,
    plan_programmes,
    plan_services,
    plan_tasks,
    plans,
    target_milestones,
    targets,
)

DELIVERY = {
    "programmes": plan_programmes,
    "health_cells": plan_health_cells,
    "services": plan_services,
    "tasks": plan_tasks,
}
# What makes a target another one than it was; everything else about it is wording.
SUBSTANCE_OF_TARGET = ("unit", "direction")
SUBSTANCE_OF_MILESTONE = ("milestone_order", "year", "year_is_inferred", "comparator", "value", "baseline_year")
COUNTS = ("actions", "target_rows", "targets", "programmes", "health_cells", "services", "tasks")


@dataclass(frozen=True)
class PlanRecord:
    """A plan ready to be stored.

    plan: the columns of tables.plans. actions, delivery: the columns of the readers in plans.py. targets and milestones:
    those of OF_THE_TARGET and OF_THE_MILESTONE with target_id, without version and dates, which writing decides.
    """

    plan: Mapping
    actions: pd.DataFrame
    targets: pd.DataFrame
    milestones: pd.DataFrame
    delivery: Mapping[str, pd.DataFrame]


def read_pack_hashes(connection: Connection) -> dict[str, str | None]:
    """plan_id -> hash of the pack it was loaded from."""
    return dict(connection.execute(select(plans.c.plan_id, plans.c.pack_hash)).tuples().all())


def write_indicators(connection: Connection, frame: pd.DataFrame) -> None:
    """Add the indicators that are new, bring the others up to date; none is taken away. Columns of INDICATORS."""
    upsert(connection, indicators, records(frame))


def write_plan(connection: Connection, record: PlanRecord, *, on: date, revision_note: str | None = None) -> None:
    """Put the plan's rows in place of those it had.

    on: the day from which changed targets are in force, of a plan that was there before; a new plan's targets are in
    force from its date of issue, where that is known.
    """
    plan_id = record.plan["plan_id"]
    is_new = connection.scalar(select(plans.c.plan_id).where(plans.c.plan_id == plan_id)) is None
    upsert(connection, plans, [dict(record.plan)])
    upsert(connection, actions, records(record.actions))
    first_day = record.plan["issued"] if is_new else on
    write_targets(connection, record, on=on, first_day=first_day, revision_note=revision_note)
    _drop_actions(connection, plan_id, keep=set(record.actions.action_id))
    for name, table in DELIVERY.items():
        connection.execute(delete(table).where(table.c.plan_id == plan_id))
        if rows := records(record.delivery[name]):
            connection.execute(insert(table), rows)


def write_targets(
    connection: Connection, record: PlanRecord, *, on: date, first_day: date | None, revision_note: str | None
) -> None:
    """Store the plan's targets: unchanged ones keep their version, changed ones get a new one from `on`.

    A version that came into force on that day or later is corrected in place. A target the pack no longer has ends
    the day before. first_day: from when a target that is new to the store is in force.
    """
    plan_id = record.plan["plan_id"]
    standing = _standing_versions(connection, plan_id)
    latest = dict(connection.execute(_latest_versions(plan_id)).tuples().all())
    milestones = _by_target(record.milestones)
    rows, its_milestones = [], []
    for target in records(record.targets):
        target_id = target["target_id"]
        version = _version_of(
            standing.pop(target_id, None), target, milestones[target_id], on, latest.get(target_id, 0), first_day
        )
        if version["ends_the_last"]:
            _end(connection, target_id, version["version"] - 1, on)
        elif version["replaces"]:
            _delete_version(connection, target_id, version["version"])
        if version["is_revision"]:
            version["revision_note"] = revision_note
        rows.append(target | {name: version[name] for name in ("version", "in_force_from", "revision_note")})
        its_milestones += [milestone | {"version": version["version"]} for milestone in milestones[target_id]]
    for target_id, last in standing.items():
        if last["in_force_from"] is not None and last["in_force_from"] >= on:
            _delete_version(connection, target_id, last["version"])
        else:
            _end(connection, target_id, last["version"], on)
    if rows:
        connection.execute(insert(targets), rows)
        connection.execute(insert(target_milestones), its_milestones)


def _version_of(last: dict | None, target: dict, milestones: list[dict], on: date, latest: int, first_day) -> dict:
    """Which version a target is stored as, and what becomes of the one before."""
    fresh = {"in_force_from": on, "revision_note": None, "ends_the_last": False, "replaces": False, "is_revision": True}
    if last is None:
        is_first = latest == 0
        start = first_day if is_first else on
        return fresh | {"version": latest + 1, "in_force_from": start, "is_revision": not is_first}
    unchanged = last["substance"] == _substance(target, milestones)
    if unchanged or (last["in_force_from"] is not None and last["in_force_from"] >= on):
        kept = {name: last[name] for name in ("version", "in_force_from", "revision_note")}
        return fresh | kept | {"replaces": True, "is_revision": False}
    return fresh | {"version": latest + 1, "ends_the_last": True}


def _substance(target: Mapping, milestones: Iterable[Mapping]) -> tuple:
    return (
        tuple(target[name] for name in SUBSTANCE_OF_TARGET),
        tuple(tuple(milestone[name] for name in SUBSTANCE_OF_MILESTONE) for milestone in milestones),
    )


def _standing_versions(connection: Connection, plan_id: str) -> dict[str, dict]:
    """target_id -> the version that has no end, with its substance."""
    of_plan = (targets.c.plan_id == plan_id) & targets.c.in_force_to.is_(None)
    heads = read_frame(
        connection, select(*(targets.c[name] for name in OF_THE_TARGET)).where(of_plan), dict(OF_THE_TARGET)
    )
    named = {"target_id": "str"} | OF_THE_MILESTONE
    query = select(*(target_milestones.c[name] for name in named)).join_from(targets, target_milestones)
    milestones = _by_target(read_frame(connection, query.where(of_plan).order_by(target_milestones.c.position), named))
    return {
        head["target_id"]: head | {"substance": _substance(head, milestones[head["target_id"]])}
        for head in records(heads)
    }


def _by_target(milestones: pd.DataFrame) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for milestone in records(milestones):
        found.setdefault(milestone["target_id"], []).append(milestone)
    return found


def _latest_versions(plan_id: str):
    version = func.max(targets.c.version)
    return select(targets.c.target_id, version).where(targets.c.plan_id == plan_id).group_by(targets.c.target_id)


def _end(connection: Connection, target_id: str, version: int, on: date) -> None:
    connection.execute(
        update(targets)
        .where(targets.c.target_id == target_id, targets.c.version == version)
        .values(in_force_to=on - timedelta(days=1))
    )


def _delete_version(connection: Connection, target_id: str, version: int) -> None:
    connection.execute(delete(targets).where(targets.c.target_id == target_id, targets.c.version == version))


def _drop_actions(connection: Connection, plan_id: str, keep: set[str]) -> None:
    """Take away actions the pack no longer has; one that an old version of a target belongs to stays with it."""
    owned = select(targets.c.action_id).where(targets.c.plan_id == plan_id)
    connection.execute(
        delete(actions).where(
            actions.c.plan_id == plan_id, actions.c.action_id.not_in(keep), actions.c.action_id.not_in(owned)
        )
    )


def upsert(connection: Connection, table: Table, rows: list[dict]) -> None:
    """Insert the rows whose primary key is new; update the others in the columns the rows have."""
    keys = [column.name for column in table.primary_key]
    if not rows:
        return
    wanted = [tuple(row[key] for key in keys) for row in rows]
    columns = [table.c[key] for key in keys]
    present = {tuple(found) for found in connection.execute(select(*columns).where(tuple_(*columns).in_(wanted)))}
    new = [row for row, key in zip(rows, wanted, strict=True) if key not in present]
    old = [row for row, key in zip(rows, wanted, strict=True) if key in present]
    if new:
        connection.execute(insert(table), new)
    if old:
        values = {name: bindparam(f"new_{name}") for name in old[0] if name not in keys}
        matching = [table.c[key] == bindparam(f"key_{key}") for key in keys]
        parameters = [
            {f"{'key' if name in keys else 'new'}_{name}": value for name, value in row.items()} for row in old
        ]
        connection.execute(update(table).where(*matching).values(values), parameters)


def count_rows(engine: Engine, plan_ids: Iterable[str]) -> dict[str, dict[str, int]]:
    """plan_id -> how many rows the store holds of each of COUNTS; target_rows are those of the versions that stand."""
    standing = targets.c.in_force_to.is_(None)
    rows_of_targets = select(targets.c.plan_id, func.count()).join_from(targets, target_milestones).where(standing)
    queries = {
        "actions": select(actions.c.plan_id, func.count()).group_by(actions.c.plan_id),
        "target_rows": rows_of_targets.group_by(targets.c.plan_id),
        "targets": select(targets.c.plan_id, func.count()).where(standing).group_by(targets.c.plan_id),
        **{name: select(t.c.plan_id, func.count()).group_by(t.c.plan_id) for name, t in DELIVERY.items()},
    }
    with engine.connect() as connection:
        counts = {name: dict(connection.execute(query).tuples().all()) for name, query in queries.items()}
    return {plan_id: {name: counts[name].get(plan_id, 0) for name in COUNTS} for plan_id in plan_ids}
