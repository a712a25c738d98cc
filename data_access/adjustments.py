"""Adjustments of forecasts: reads and single steps. Who may take which step is workflows/adjusting.py's business.

A fan in the store is {"time": [...], "mean": [...], "q025": [...], ..., "q975": [...]}.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, Select, func, insert, select, update

from data_access.adjustment_tables import (
    adjustment_events,
    adjustment_evidence,
    adjustment_reasons,
    adjustments,
)
from data_access.frames import DATE, MOMENT, read_frame
from data_access.submissions import OFFICE_TIME

ADJUSTMENTS = {
    "adjustment_id": "int64",
    "indicator_id": "str",
    "area_id": "str",
    "plan_id": "str",
    "target_id": "str",
    "kind": "str",
    "parameters": "object",
    "model_fan": "object",
    "adjusted_fan": "object",
    "run_id": "int64",
    "forecast_run_id": "Int64",
    "last_time": "float64",
    "goal_time": "float64",
    "goal_value": "float64",
    "p_miss_model": "float64",
    "p_miss_adjusted": "float64",
    "author": "str",
    "author_name": "str",
    "reason_code": "str",
    "reason_text": "str",
    "expires_on": DATE,
    "batch_id": "str",
    "state": "str",
    "revision": "int64",
    "replaces": "Int64",
    "approved_by": "str",
    "approved_by_name": "str",
    "approved_on": DATE,
    "created_at": MOMENT,
    "changed_at": MOMENT,
    "is_demo": "bool",
}
IN_FORCE = ADJUSTMENTS | {"event_id": "int64"}
EVENTS = {
    "event_id": "int64",
    "adjustment_id": "int64",
    "happened_at": MOMENT,
    "day": DATE,
    "account": "str",
    "account_name": "str",
    "step": "str",
    "from_state": "str",
    "to_state": "str",
    "note": "str",
    "content": "object",
}
EVIDENCE = {
    "evidence_id": "int64",
    "adjustment_id": "int64",
    "name": "str",
    "media_type": "str",
    "file_hash": "str",
    "size": "int64",
    "account": "str",
    "account_name": "str",
    "added_at": MOMENT,
}
REASONS = {"reason_code": "str", "name_zh": "str", "name_en": "str", "sort_order": "int64", "is_offered": "bool"}
# What every installation knows; a row of the table with the same code goes before.
USUAL_REASONS = (
    ("policy_change", "政策措施变化", "Policy change"),
    ("one_off_event", "一次性事件", "One-off event"),
    ("data_error", "数据有误", "Data error"),
    ("definition_change", "口径变化", "Change of definition"),
    ("local_knowledge", "掌握本地情况", "Local knowledge"),
    ("new_service", "新设服务或机构", "New service or facility"),
    ("other", "其他", "Other"),
)
CONTENT = ("kind", "parameters", "reason_code", "reason_text", "expires_on", "model_fan", "adjusted_fan")


def read_adjustments(
    engine: Engine | Connection,
    *,
    ids: Iterable[int] | None = None,
    indicator_id: str | None = None,
    area_id: str | None = None,
    states: Iterable[str] | None = None,
    batch_id: str | None = None,
    author: str | None = None,
) -> pd.DataFrame:
    """Adjustments, newest change first: columns and types of ADJUSTMENTS. What is not given does not narrow."""
    query = select(*(adjustments.c[name] for name in ADJUSTMENTS))
    if ids is not None:
        query = query.where(adjustments.c.adjustment_id.in_([int(one) for one in ids]))
    if states is not None:
        query = query.where(adjustments.c.state.in_(list(states)))
    for column, wanted in (
        (adjustments.c.indicator_id, indicator_id),
        (adjustments.c.area_id, area_id),
        (adjustments.c.batch_id, batch_id),
        (adjustments.c.author, author),
    ):
        query = query if wanted is None else query.where(column == wanted)
    order = adjustments.c.changed_at.desc(), adjustments.c.adjustment_id.desc()
    return read_frame(engine, query.order_by(*order), ADJUSTMENTS)


def read_in_force(engine: Engine | Connection, on: date) -> pd.DataFrame:
    """The adjustments that were approved at the end of a day (Beijing time) and had not expired: IN_FORCE, by series.

    event_id: the step that put it in force. state, revision are today's; what was approved never changes, so that the
    fans are those of the day.
    """
    named = {"event_id": adjustment_events}
    query = _in_force(on, *(named.get(name, adjustments).c[name] for name in IN_FORCE))
    return read_frame(engine, query.order_by(adjustments.c.indicator_id, adjustments.c.area_id), IN_FORCE)


def _in_force(on: date, *columns) -> Select:
    known = select(func.max(adjustment_events.c.event_id)).where(
        adjustment_events.c.adjustment_id == adjustments.c.adjustment_id, adjustment_events.c.day <= on
    )
    return (
        select(*columns)
        .join(adjustment_events, adjustment_events.c.event_id == known.correlate(adjustments).scalar_subquery())
        .where(adjustment_events.c.to_state == "approved", adjustments.c.expires_on >= on)
    )


def read_events(engine: Engine | Connection, adjustment_id: int) -> pd.DataFrame:
    """What happened to one adjustment, oldest first: columns and types of EVENTS."""
    query = select(*(adjustment_events.c[name] for name in EVENTS))
    query = query.where(adjustment_events.c.adjustment_id == adjustment_id).order_by(adjustment_events.c.event_id)
    return read_frame(engine, query, EVENTS)


def was_approved(connection: Connection, adjustment_id: int) -> bool:
    """Whether an adjustment was ever in force: what reviews rest on is not rewritten."""
    query = select(func.count()).where(
        adjustment_events.c.adjustment_id == adjustment_id, adjustment_events.c.step == "approved"
    )
    return bool(connection.scalar(query))


def newest_event_id(engine: Engine) -> int:
    """Grows with every step anybody takes; 0 before the first."""
    with engine.connect() as connection:
        return connection.scalar(select(func.max(adjustment_events.c.event_id))) or 0


def read_reasons(engine: Engine | Connection) -> pd.DataFrame:
    """The reasons an analyst may name: columns and types of REASONS, in the order offered; those taken out of use too."""
    own = read_frame(engine, select(*(adjustment_reasons.c[name] for name in REASONS)), REASONS)
    usual = [(*reason, 10 * place, True) for place, reason in enumerate(USUAL_REASONS, 1)]
    known = pd.DataFrame(usual, columns=list(REASONS)).astype(REASONS)
    every = pd.concat([own, known[~known["reason_code"].isin(own["reason_code"])]], ignore_index=True)
    return every.sort_values(["sort_order", "reason_code"], ignore_index=True)


def write_reason(
    connection: Connection, reason_code: str, name_zh: str, name_en: str, sort_order: int, *, is_offered: bool = True
) -> None:
    """Add a reason, or word one anew; is_offered False takes it out of use without touching what named it."""
    row = {"name_zh": name_zh, "name_en": name_en, "sort_order": sort_order, "is_offered": is_offered}
    of_code = adjustment_reasons.c.reason_code == reason_code
    if connection.execute(update(adjustment_reasons).where(of_code).values(row)).rowcount == 0:
        connection.execute(insert(adjustment_reasons).values({"reason_code": reason_code, **row}))


def read_for_change(connection: Connection, ids: Iterable[int]) -> list[dict[str, Any]]:
    """The rows of these adjustments, in the order of their ids, held until the transaction ends; unknown ids are left out."""
    query = select(adjustments).where(adjustments.c.adjustment_id.in_([int(one) for one in ids]))
    rows = connection.execute(query.order_by(adjustments.c.adjustment_id).with_for_update())
    return [dict(row._mapping) for row in rows]


def approved_on_series(connection: Connection, indicator_id: str, area_id: str) -> dict[str, Any] | None:
    """The row that stands approved on a series, held until the transaction ends; None where there is none."""
    of_series = (adjustments.c.indicator_id == indicator_id, adjustments.c.area_id == area_id)
    query = select(adjustments).where(*of_series, adjustments.c.state == "approved").with_for_update()
    row = connection.execute(query).first()
    return None if row is None else dict(row._mapping)


def add(connection: Connection, row: Mapping[str, Any], *, at: datetime, note: str | None = None) -> int:
    """Store a new draft with its first event and give its id. row: the columns of tables.adjustments that it states."""
    values = dict(row) | {"state": "draft", "revision": 1, "created_at": at, "changed_at": at}
    new_id = connection.execute(insert(adjustments).values(values)).inserted_primary_key[0]
    by = {"account": row["author"], "account_name": row["author_name"]}
    _note(connection, new_id, at, "saved", None, "draft", by, note, content_of(row))
    return new_id


def change(
    connection: Connection,
    row: Mapping[str, Any],
    step: str,
    to_state: str,
    *,
    by: Mapping[str, str],
    at: datetime,
    note: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> None:
    """Take one step with an adjustment read for change, and write down who took it.

    step: a word of adjustment_events. by: account, account_name. values: further columns that change with it.
    """
    changed = dict(values or {}) | {"state": to_state, "revision": row["revision"] + 1, "changed_at": at}
    of_id = adjustments.c.adjustment_id == row["adjustment_id"]
    connection.execute(update(adjustments).where(of_id).values(changed))
    content = content_of({**row, **changed}) if step == "saved" else None
    _note(connection, row["adjustment_id"], at, step, row["state"], to_state, by, note, content)


def content_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """What an adjustment says, as JSON holds it."""
    said = {name: row[name] for name in CONTENT}
    return said | {"expires_on": said["expires_on"].isoformat()}


def _note(connection, adjustment_id, at, step, from_state, to_state, by, note, content) -> None:
    event = {
        "adjustment_id": adjustment_id,
        "happened_at": at,
        "day": at.astimezone(OFFICE_TIME).date(),
        "account": by["account"],
        "account_name": by["account_name"],
        "step": step,
        "from_state": from_state,
        "to_state": to_state,
        "note": note,
        "content": content,
    }
    connection.execute(insert(adjustment_events).values(event))


def last_event(connection: Connection, adjustment_id: int) -> dict[str, Any]:
    """The newest event of an adjustment."""
    query = select(adjustment_events).where(adjustment_events.c.adjustment_id == adjustment_id)
    return dict(connection.execute(query.order_by(adjustment_events.c.event_id.desc()).limit(1)).one()._mapping)


def add_evidence(connection: Connection, row: Mapping[str, Any]) -> int:
    """Store a file with an adjustment and give its id; row: the columns of tables.adjustment_evidence."""
    return connection.execute(insert(adjustment_evidence).values(dict(row))).inserted_primary_key[0]


def read_evidence(engine: Engine | Connection, adjustment_id: int) -> pd.DataFrame:
    """The files with an adjustment, or with another of its batch, in the order they came: EVIDENCE, without the bytes."""
    batch = select(adjustments.c.batch_id).where(adjustments.c.adjustment_id == adjustment_id).scalar_subquery()
    together = select(adjustments.c.adjustment_id).where(
        (adjustments.c.adjustment_id == adjustment_id) | (adjustments.c.batch_id == batch)
    )
    query = select(*(adjustment_evidence.c[name] for name in EVIDENCE))
    query = query.where(adjustment_evidence.c.adjustment_id.in_(together))
    return read_frame(engine, query.order_by(adjustment_evidence.c.evidence_id), EVIDENCE)


def read_evidence_file(engine: Engine, evidence_id: int) -> dict[str, Any] | None:
    """One file with its bytes (content) and the series it is about (indicator_id, area_id); None where there is none."""
    query = (
        select(adjustment_evidence, adjustments.c.indicator_id, adjustments.c.area_id)
        .join(adjustments, adjustments.c.adjustment_id == adjustment_evidence.c.adjustment_id)
        .where(adjustment_evidence.c.evidence_id == evidence_id)
    )
    with engine.connect() as connection:
        row = connection.execute(query).first()
    return None if row is None else dict(row._mapping)
