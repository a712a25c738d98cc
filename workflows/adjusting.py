"""Adjusting forecasts: drafts, submission, approval by somebody else, return, withdrawal, undoing, and bulk.

An adjustment's way: draft -> submitted -> approved | returned (-> draft again by saving); withdrawn by its author, or by
an approver once it is in force; replaced when another one on the series is approved. Every step is written down for
good and can be undone by one more step. Fans are frozen when they are saved: a later run of the model changes nothing
in them, but marks them for another look where its median has moved far.

Steps name what was seen: {adjustment_id: revision}. Where one has changed since, nothing is done and the message says so.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from data_access import adjustments as store
from data_access import audit
from data_access.engine import writing
from data_access.errors import InputError
from data_access.submissions import OFFICE_TIME
from workflows.adjustment_bulk import BULK_KINDS, candidates, preview_bulk, save_bulk, seen_batch
from workflows.adjustment_drafts import (
    LONGEST_REASON,
    STATES_ZH,
    DraftChanged,
    Person,
    Reason,
    plain,
    read_one,
    save_draft,
    when,
)
from workflows.adjustment_preview import Material, Preview, preview, read_material
from workflows.adjustment_standing import Renew, in_force, listing, renew_reviews

__all__ = [
    "BULK_KINDS", "STATES_ZH", "DraftChanged", "Material", "Person", "Preview", "Reason", "approve", "candidates",
    "give_back", "in_force", "listing", "preview", "preview_bulk", "read_material", "renew_reviews", "save_bulk",
    "save_draft", "seen_batch", "submit", "undo", "withdraw",
]  # fmt: skip


def submit(engine: Engine, by: Person, seen: Mapping[int, int], *, note: str | None = None, at=None) -> None:
    """Hand drafts (or returned ones) of one's own in for approval; all of them or none."""

    def may(connection: Connection, row: dict[str, Any]) -> dict[str, Any]:
        if row["author"] != by.account:
            raise InputError(f"第 {row['adjustment_id']} 号草稿是{row['author_name']}的，只有本人可以提交。")
        return {}

    _steps(engine, by, seen, "submitted", ("draft", "returned"), "submitted", note, at, may)


def approve(
    engine: Engine, by: Person, seen: Mapping[int, int], *, note: str | None = None, at=None, renew: Renew = None
) -> None:
    """Put submitted adjustments in force, all of them or none; one that was in force on a series before is replaced.

    Nobody approves their own. renew: as renew_reviews takes it; what has come in force or out of it shows there.
    """
    at = at or datetime.now(UTC)
    day = at.astimezone(OFFICE_TIME).date()

    def put_in_force(connection: Connection, row: dict[str, Any]) -> dict[str, Any]:
        if row["author"] == by.account:
            raise InputError(f"第 {row['adjustment_id']} 号研判是您自己提交的，须由另一人审批。")
        if row["expires_on"] < day:
            raise InputError(f"第 {row['adjustment_id']} 号研判的有效期到 {row['expires_on']}，已过期，请退回修改。")
        before = store.approved_on_series(connection, row["indicator_id"], row["area_id"])
        if before:
            told = f"由第 {row['adjustment_id']} 号替代"
            store.change(connection, before, "replaced", "replaced", by=by.said, at=at, note=told)
        approved = {"approved_by": by.account, "approved_by_name": by.name, "approved_on": day}
        return approved | {"replaces": before["adjustment_id"] if before else None}

    _steps(engine, by, seen, "approved", ("submitted",), "approved", note, at, put_in_force)
    renew_reviews(engine, seen, renew)


def give_back(engine: Engine, by: Person, seen: Mapping[int, int], *, note: str, at=None) -> None:
    """Return submitted adjustments to their authors; note says what is to be mended."""
    if not plain(note):
        raise InputError("请写明退回的理由，便于提交人修改。")
    _steps(engine, by, seen, "returned", ("submitted",), "returned", note, at, lambda connection, row: {})


def withdraw(
    engine: Engine, by: Person, seen: Mapping[int, int], *, note: str | None = None, at=None, renew: Renew = None
) -> None:
    """Take back adjustments: one's own at any time; another's only once it is in force, and with a reason."""

    def may(connection: Connection, row: dict[str, Any]) -> dict[str, Any]:
        if row["author"] != by.account and row["state"] != "approved":
            raise InputError(f"第 {row['adjustment_id']} 号研判是{row['author_name']}的，只有本人可以撤回。")
        if row["state"] == "approved" and not plain(note):
            raise InputError("撤回已生效的研判须写明理由。")
        return {}

    was_in_force = _any_approved(engine, seen)
    _steps(engine, by, seen, "withdrawn", ("draft", "returned", "submitted", "approved"), "withdrawn", note, at, may)
    if was_in_force:
        renew_reviews(engine, seen, renew)


def undo(
    engine: Engine, by: Person, seen: Mapping[int, int], *, note: str | None = None, at=None, renew: Renew = None
) -> None:
    """Take the last step of these adjustments back (not a saving), if oneself took it; all of them or none.

    Undoing an approval brings back what it had replaced, while nothing else has come in force on the series.
    """
    at, note = at or datetime.now(UTC), _note_of(note)
    was_in_force = _any_approved(engine, seen)
    with _one_in_force(), writing(engine) as connection:
        for row in _seen_rows(connection, seen):
            last = store.last_event(connection, row["adjustment_id"])
            _refuse_to_undo(connection, row, last, by)
            was_approval = last["step"] == "approved"
            values = (
                dict.fromkeys(("approved_by", "approved_by_name", "approved_on", "replaces")) if was_approval else {}
            )
            store.change(connection, row, "undone", last["from_state"], by=by.said, at=at, note=note, values=values)
            if was_approval and row["replaces"] is not None:
                _bring_back(connection, row["replaces"], by, at, f"第 {row['adjustment_id']} 号的批准已撤销")
            _record(connection, by, "undone", row, note)
    if was_in_force or _any_approved(engine, seen):
        renew_reviews(engine, seen, renew)


def _any_approved(engine: Engine, ids: Iterable[int]) -> bool:
    return bool((store.read_adjustments(engine, ids=ids)["state"] == "approved").any())


def _refuse_to_undo(connection: Connection, row: Mapping[str, Any], last: Mapping[str, Any], by: Person) -> None:
    number = row["adjustment_id"]
    if last["step"] in ("saved", "undone", "replaced", "restored"):
        raise InputError(f"第 {number} 号研判没有可撤销的步骤。")
    if last["account"] != by.account:
        raise InputError(f"第 {number} 号研判的上一步由{last['account_name']}完成，只能由本人撤销。")
    if last["from_state"] == "approved":
        other = store.approved_on_series(connection, row["indicator_id"], row["area_id"])
        if other:
            raise InputError(f"该序列已有第 {other['adjustment_id']} 号研判生效，不能恢复第 {number} 号。")


def _bring_back(connection: Connection, adjustment_id: int, by: Person, at: datetime, note: str) -> None:
    row = read_one(connection, adjustment_id)
    if row["state"] == "replaced":
        store.change(connection, row, "restored", "approved", by=by.said, at=at, note=note)


def _steps(engine: Engine, by: Person, seen, step: str, allowed, to_state: str, note, at, may) -> None:
    """Take one step with every adjustment seen, or none. may(connection, row): InputError, or columns to change too."""
    at, note = at or datetime.now(UTC), _note_of(note)
    with _one_in_force(), writing(engine) as connection:
        for row in _seen_rows(connection, seen):
            if row["state"] not in allowed:
                raise InputError(
                    f"第 {row['adjustment_id']} 号研判目前是“{STATES_ZH[row['state']]}”，不能做这一步。请刷新后再看。"
                )
            values = may(connection, row)
            store.change(connection, row, step, to_state, by=by.said, at=at, note=note, values=values)
            _record(connection, by, step, row, note)


def _note_of(note: str | None) -> str | None:
    said = plain(note)
    if len(said) > LONGEST_REASON:
        raise InputError(f"说明过长（{len(said)} 字），请不超过 {LONGEST_REASON} 字。")
    return said or None


@contextmanager
def _one_in_force() -> Iterator[None]:
    """Of two who approve adjustments of one series at the same moment, the second is told."""
    try:
        yield
    except IntegrityError as error:
        raise InputError("同一序列刚刚有另一项研判生效，本次没有执行。请刷新后再看。") from error


def _seen_rows(connection: Connection, seen: Mapping[int, int]) -> list[dict[str, Any]]:
    if not seen:
        raise InputError("没有选择任何研判。")
    rows = store.read_for_change(connection, seen)
    if len(rows) < len(seen):
        missing = sorted(set(map(int, seen)) - {row["adjustment_id"] for row in rows})
        raise InputError(f"没有第 {missing[0]} 号研判。请刷新后再看。")
    for row in rows:
        if row["revision"] != seen[row["adjustment_id"]]:
            raise InputError(
                f"第 {row['adjustment_id']} 号研判在您打开之后已有变动（{when(row['changed_at'])}，"
                f"现为“{STATES_ZH[row['state']]}”第 {row['revision']} 版），本次没有执行。请重新查看后再决定。"
            )
    return rows


def _record(connection: Connection, by: Person, step: str, row: Mapping[str, Any], note: str | None) -> None:
    audit.record(connection, by.account_id, f"adjustment {step}", f"adjustment {row['adjustment_id']}", reason=note)
