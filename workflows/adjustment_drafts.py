"""Drafts of adjustments: who writes one, why, and what is kept where two write at the same time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine

from data_access import adjustments as store
from data_access.engine import writing
from data_access.errors import InputError
from data_access.submissions import OFFICE_TIME
from workflows.adjustment_preview import FAN, Preview

USUAL_TERM = timedelta(days=365)
LONGEST_REASON, SHORTEST_REASON = 2000, 4
STATES_ZH = {
    "draft": "草稿",
    "submitted": "待审批",
    "approved": "已批准",
    "returned": "已退回",
    "withdrawn": "已撤回",
    "replaced": "已被替代",
    "expired": "已到期",
}


@dataclass(frozen=True)
class Person:
    """Who acts. account: the account's login name; name: as shown; account_id: for the record, None without accounts."""

    account: str
    name: str
    account_id: int | None = None

    @property
    def said(self) -> dict[str, str]:
        """As events hold it."""
        return {"account": self.account, "account_name": self.name}


@dataclass(frozen=True)
class Reason:
    """Why a forecast is changed, and the last day the change holds (None: a year from today)."""

    code: str
    text: str
    expires_on: date | None = None


class DraftChanged(InputError):
    """Somebody saved the draft since it was opened. kept_id: the draft that the refused text was kept in."""

    def __init__(self, message: str, kept_id: int):
        super().__init__(message)
        self.kept_id = kept_id


def save_draft(
    engine: Engine,
    by: Person,
    wanted: Preview,
    reason: Reason,
    *,
    adjustment_id: int | None = None,
    revision: int | None = None,
    at: datetime | None = None,
    is_demo: bool = False,
) -> dict[str, int]:
    """Store what preview() gave as a draft of its author: a new one, or over the one with this id as seen at revision.

    Two people's drafts on one series stand side by side. Gives adjustment_id and revision. Raises InputError: no
    reason, an unknown reason, a past expiry, another's draft, one that is not a draft (any more); DraftChanged where
    it was saved since it was seen: the text is then kept as a draft of its own and nothing is lost.
    """
    at = at or datetime.now(UTC)
    row = row_of(wanted, by, checked(engine, reason, at), is_demo)
    with writing(engine) as connection:
        if adjustment_id is None:
            return {"adjustment_id": store.add(connection, row, at=at), "revision": 1}
        before = read_one(connection, adjustment_id)
        _refuse_foreign_draft(before, by, row)
        if store.was_approved(connection, adjustment_id):
            raise InputError(f"第 {adjustment_id} 号研判曾经生效，评判以它为据，不能改写。请另建一份草稿。")
        if before["revision"] == revision:
            _save_over(connection, before, row, by, at)
            return {"adjustment_id": adjustment_id, "revision": revision + 1}
        kept_id = store.add(connection, row, at=at, note=f"与第 {adjustment_id} 号草稿同时编辑，另存")
        other = store.last_event(connection, adjustment_id)
    raise DraftChanged(
        f"第 {adjustment_id} 号草稿在您打开之后已由{other['account_name']}改动（{when(other['happened_at'])}，"
        f"第 {before['revision']} 版）。它没有被覆盖；您的内容已另存为第 {kept_id} 号草稿，请对照后保留一份。",
        kept_id,
    )


def _save_over(connection: Connection, before: Mapping[str, Any], row: Mapping[str, Any], by: Person, at) -> None:
    """Save over a draft; what it said before stands in its events."""
    values = {name: row[name] for name in row if name not in ("author", "author_name", "batch_id", "is_demo")}
    store.change(connection, before, "saved", "draft", by=by.said, at=at, values=values)


def _refuse_foreign_draft(before: Mapping[str, Any], by: Person, row: Mapping[str, Any]) -> None:
    number = before["adjustment_id"]
    if before["author"] != by.account:
        raise InputError(f"第 {number} 号草稿是{before['author_name']}的，请另存为自己的草稿。")
    if before["state"] not in ("draft", "returned"):
        raise InputError(f"第 {number} 号研判目前是“{STATES_ZH[before['state']]}”，不能再改。请另建一份草稿。")
    if (before["indicator_id"], before["area_id"]) != (row["indicator_id"], row["area_id"]):
        raise InputError(f"第 {number} 号草稿是另一个序列的，请另建一份草稿。")


def read_one(connection: Connection, adjustment_id: int) -> dict[str, Any]:
    """One adjustment, held until the transaction ends. InputError where there is none."""
    rows = store.read_for_change(connection, [adjustment_id])
    if not rows:
        raise InputError(f"没有第 {adjustment_id} 号研判。请刷新后再看。")
    return rows[0]


def checked(engine: Engine, reason: Reason, at: datetime) -> dict[str, Any]:
    """The reason's columns. InputError for one that is missing, unknown, too short, or expires in the past."""
    today = at.astimezone(OFFICE_TIME).date()
    text = plain(reason.text)
    known = store.read_reasons(engine)
    offered = known[known["is_offered"]]
    if reason.code not in set(offered["reason_code"]):
        raise InputError(f"请选择研判理由：{'、'.join(offered['name_zh'])}。")
    if not SHORTEST_REASON <= len(text) <= LONGEST_REASON:
        raise InputError(f"请写明理由（{SHORTEST_REASON} 至 {LONGEST_REASON} 字），审批人和会议据此判断。")
    expires_on = reason.expires_on or today + USUAL_TERM
    if expires_on < today:
        raise InputError(f"有效期 {expires_on} 早于今天（{today}），请改为以后的日期。")
    return {"reason_code": reason.code, "reason_text": text, "expires_on": expires_on}


def row_of(wanted: Preview, by: Person, reason: Mapping[str, Any], is_demo: bool) -> dict[str, Any]:
    """The columns of a draft."""
    numbers = {name: getattr(wanted, name) for name in ("goal_time", "goal_value", "p_miss_model", "p_miss_adjusted")}
    return {
        "indicator_id": wanted.indicator_id,
        "area_id": wanted.area_id,
        "plan_id": wanted.plan_id,
        "target_id": wanted.target_id,
        "kind": wanted.kind,
        "parameters": wanted.parameters,
        "model_fan": wanted.model[FAN].to_dict("list"),
        "adjusted_fan": wanted.adjusted[FAN].to_dict("list"),
        "run_id": wanted.run_id,
        "last_time": float(wanted.history["time"].iloc[-1]),
        **{name: None if np.isnan(number) else float(number) for name, number in numbers.items()},
        "author": by.account,
        "author_name": by.name,
        **reason,
        "is_demo": is_demo,
    }


def plain(text: str | None) -> str:
    """What was written, without the signs no database takes and nobody sees."""
    lines = ("".join(sign for sign in line if sign.isprintable()) for line in (text or "").splitlines())
    return "\n".join(lines).strip()


def when(moment: datetime) -> str:
    """The moment in Beijing, to the minute."""
    return moment.astimezone(OFFICE_TIME).strftime("%Y-%m-%d %H:%M")
