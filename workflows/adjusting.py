"""Adjusting forecasts: drafts, submission, approval by somebody else, return, withdrawal, undoing, and bulk.

An adjustment's way: draft -> submitted -> approved | returned (-> draft again by saving); withdrawn by its author, or by
an approver once it is in force; replaced when another one on the series is approved. Every step is written down for
good and can be undone by one more step. Fans are frozen when they are saved: a later run of the model changes nothing
in them, but marks them for another look where its median has moved far.

Steps name what was seen: {adjustment_id: revision}. Where one has changed since, nothing is done and the message says so.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Engine

from data_access import adjustments as store
from data_access import audit, judgements, plans
from data_access.engine import writing
from data_access.errors import InputError
from data_access.submissions import OFFICE_TIME, office_today
from models.adjusting import moved_far
from workflows.adjustment_preview import (
    FAN,
    MODEL_COLUMNS,
    Material,
    Preview,
    preview,
    read_material,
)
from workflows.judging import judge_plan
from workflows.plan_scope import plan_and_places

__all__ = ["Material", "Preview", "preview", "read_material"]

Renew = Callable[[str, date], Any] | None
USUAL_TERM = timedelta(days=365)
LONGEST_REASON, SHORTEST_REASON = 2000, 4
BULK_KINDS = ("growth", "hold", "policy", "best_quarter", "parent")
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
    row = _row_of(wanted, by, _checked(engine, reason, at), is_demo)
    with writing(engine) as connection:
        if adjustment_id is None:
            return {"adjustment_id": store.add(connection, row, at=at), "revision": 1}
        before = _one(connection, adjustment_id)
        _refuse_foreign_draft(before, by, row)
        if store.was_approved(connection, adjustment_id):
            raise InputError(f"第 {adjustment_id} 号研判曾经生效，评判以它为据，不能改写。请另建一份草稿。")
        if before["revision"] == revision:
            _save_over(connection, before, row, by, at)
            return {"adjustment_id": adjustment_id, "revision": revision + 1}
        kept_id = store.add(connection, row, at=at, note=f"与第 {adjustment_id} 号草稿同时编辑，另存")
        other = store.last_event(connection, adjustment_id)
    raise DraftChanged(
        f"第 {adjustment_id} 号草稿在您打开之后已由{other['account_name']}改动（{_when(other['happened_at'])}，"
        f"第 {before['revision']} 版）。它没有被覆盖；您的内容已另存为第 {kept_id} 号草稿，请对照后保留一份。",
        kept_id,
    )


def _save_over(connection: Connection, before: Mapping[str, Any], row: Mapping[str, Any], by: Person, at) -> None:
    """Save over a draft; what it said before stands in its events."""
    values = {name: row[name] for name in row if name not in ("author", "author_name", "batch_id", "is_demo")}
    store.change(connection, before, "saved", "draft", by=by.said, at=at, values=values)


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
    if not (note or "").strip():
        raise InputError("请写明退回的理由，便于提交人修改。")
    _steps(engine, by, seen, "returned", ("submitted",), "returned", note, at, lambda connection, row: {})


def withdraw(
    engine: Engine, by: Person, seen: Mapping[int, int], *, note: str | None = None, at=None, renew: Renew = None
) -> None:
    """Take back adjustments: one's own at any time; another's only once it is in force, and with a reason."""

    def may(connection: Connection, row: dict[str, Any]) -> dict[str, Any]:
        if row["author"] != by.account and row["state"] != "approved":
            raise InputError(f"第 {row['adjustment_id']} 号研判是{row['author_name']}的，只有本人可以撤回。")
        if row["state"] == "approved" and not (note or "").strip():
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
    at = at or datetime.now(UTC)
    was_in_force = _any_approved(engine, seen)
    with writing(engine) as connection:
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


def renew_reviews(engine: Engine, ids: Iterable[int], renew: Renew = None) -> list[Any]:
    """Judge the plans anew that these adjustments bear on, as of today; gives what renew gives for each.

    renew(plan_id, day): None judges here and now; a page hands the job that does, where a worker runs. A plan nobody
    has judged is left alone; one judged only as of days to come (a rehearsal) is judged as of its own day.
    """
    made = []
    for plan_id in plans_they_bear_on(engine, ids):
        days = judgements.read_runs(engine, plan_id)["as_of"].dt.date
        day = office_today() if (days <= office_today()).any() else days.max()
        made.append(renew(plan_id, day) if renew else judge_plan(engine, plan_id, as_of=day))
    return made


def plans_they_bear_on(engine: Engine, ids: Iterable[int]) -> list[str]:
    """The judged plans that ask for one of these adjustments' series."""
    found = store.read_adjustments(engine, ids=ids)
    asked = plans.read_targets(engine, None, on=office_today())
    asked = asked[asked["indicator_id"].isin(found["indicator_id"])]
    judged = [plan for plan in asked["plan_id"].unique() if judgements.read_newest_run(engine, plan)]
    return [
        plan
        for plan in judged
        if found["area_id"].isin(plan_and_places(engine, plan, office_today())[1]["area_id"]).any()
    ]


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
    row = _one(connection, adjustment_id)
    if row["state"] == "replaced":
        store.change(connection, row, "restored", "approved", by=by.said, at=at, note=note)


def _steps(engine: Engine, by: Person, seen, step: str, allowed, to_state: str, note, at, may) -> None:
    """Take one step with every adjustment seen, or none. may(connection, row): InputError, or columns to change too."""
    at = at or datetime.now(UTC)
    with writing(engine) as connection:
        for row in _seen_rows(connection, seen):
            if row["state"] not in allowed:
                raise InputError(
                    f"第 {row['adjustment_id']} 号研判目前是“{STATES_ZH[row['state']]}”，不能做这一步。请刷新后再看。"
                )
            values = may(connection, row)
            store.change(connection, row, step, to_state, by=by.said, at=at, note=note, values=values)
            _record(connection, by, step, row, note)


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
                f"第 {row['adjustment_id']} 号研判在您打开之后已有变动（{_when(row['changed_at'])}，"
                f"现为“{STATES_ZH[row['state']]}”第 {row['revision']} 版），本次没有执行。请重新查看后再决定。"
            )
    return rows


def _one(connection: Connection, adjustment_id: int) -> dict[str, Any]:
    rows = store.read_for_change(connection, [adjustment_id])
    if not rows:
        raise InputError(f"没有第 {adjustment_id} 号研判。请刷新后再看。")
    return rows[0]


def _record(connection: Connection, by: Person, step: str, row: Mapping[str, Any], note: str | None) -> None:
    audit.record(connection, by.account_id, f"adjustment {step}", f"adjustment {row['adjustment_id']}", reason=note)


def _refuse_foreign_draft(before: Mapping[str, Any], by: Person, row: Mapping[str, Any]) -> None:
    number = before["adjustment_id"]
    if before["author"] != by.account:
        raise InputError(f"第 {number} 号草稿是{before['author_name']}的，请另存为自己的草稿。")
    if before["state"] not in ("draft", "returned"):
        raise InputError(f"第 {number} 号研判目前是“{STATES_ZH[before['state']]}”，不能再改。请另建一份草稿。")
    if (before["indicator_id"], before["area_id"]) != (row["indicator_id"], row["area_id"]):
        raise InputError(f"第 {number} 号草稿是另一个序列的，请另建一份草稿。")


def _checked(engine: Engine, reason: Reason, at: datetime) -> dict[str, Any]:
    """The reason's columns. InputError for one that is missing, unknown, too short, or expires in the past."""
    today = at.astimezone(OFFICE_TIME).date()
    text = (reason.text or "").strip()
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


def _row_of(wanted: Preview, by: Person, reason: Mapping[str, Any], is_demo: bool) -> dict[str, Any]:
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


def _when(moment: datetime) -> str:
    return moment.astimezone(OFFICE_TIME).strftime("%Y-%m-%d %H:%M")


def in_force(engine: Engine, on: date | None = None) -> pd.DataFrame:
    """The adjustments in force at the end of a day (None: today): data_access.adjustments.ADJUSTMENTS, one a series."""
    return store.read_in_force(engine, on or office_today())


def listing(engine: Engine, *, on: date | None = None, **narrowed: Any) -> pd.DataFrame:
    """Adjustments for a list: ADJUSTMENTS, and is_expired (by today or on), needs_recheck (approved, and the model's
    median has since moved by more than half its 80 % width). narrowed: as data_access.adjustments.read_adjustments."""
    found = store.read_adjustments(engine, **narrowed)
    day = pd.Timestamp(on or office_today())
    found["is_expired"] = (found["state"] == "approved") & (found["expires_on"] < day)
    return found.assign(
        needs_recheck=moved_since(engine, found) & (found["state"] == "approved") & ~found["is_expired"]
    )


def moved_since(engine: Engine, found: pd.DataFrame) -> pd.Series:
    """For each adjustment, whether its plan's newest review forecasts far from the model it started from."""
    far = pd.Series(False, index=found.index)
    for plan_id, rows in found.groupby("plan_id"):
        run = judgements.read_newest_run(engine, plan_id)
        if run is None:
            continue
        for index, row in rows[rows["run_id"] != run["run_id"]].iterrows():
            now = judgements.read_forecasts(
                engine, run["run_id"], indicator_id=row["indicator_id"], area_id=row["area_id"]
            )
            then = pd.DataFrame(row["model_fan"])[FAN]
            at = None if pd.isna(row["goal_time"]) else row["goal_time"]
            far[index] = moved_far(then.rename(columns=MODEL_COLUMNS), now[FAN].rename(columns=MODEL_COLUMNS), at)
    return far


def candidates(material: Material, *, area_id: str | None = None, indicator_id: str | None = None) -> list[tuple]:
    """(indicator_id, area_id) of every series with a model forecast: of one area, of one indicator, or both."""
    series = material.fans[["indicator_id", "area_id"]].drop_duplicates()
    for column, wanted in (("area_id", area_id), ("indicator_id", indicator_id)):
        series = series if wanted is None else series[series[column] == wanted]
    return list(series.itertuples(index=False, name=None))


def preview_bulk(
    engine: Engine,
    plan_id: str,
    series: Iterable[tuple[str, str]],
    kind: str,
    parameters: Mapping[str, Any],
    *,
    material: Material | None = None,
) -> tuple[pd.DataFrame, list[Preview]]:
    """The same growth or scenario for every series chosen: what each becomes, and the previews of those it fits.

    Frame: indicator_id, area_id, target_id, fits, why_not (Chinese, "" where it fits), time and the two medians at it
    (the milestone, else the last year), p_miss_model, p_miss_adjusted. Raises InputError for a kind not made for many.
    """
    if kind not in BULK_KINDS:
        raise InputError(f"批量研判只能用：{'、'.join(BULK_KINDS)}。逐年填写的数请逐个序列研判。")
    series = list(dict.fromkeys(series))
    if not series:
        raise InputError("没有选择任何序列。")
    material = material or read_material(engine, plan_id, sorted({indicator for indicator, _area in series}))
    rows, fitting = [], []
    for indicator_id, area_id in series:
        row = {"indicator_id": indicator_id, "area_id": area_id}
        try:
            one = preview(engine, plan_id, indicator_id, area_id, kind, parameters, material=material)
        except InputError as error:
            rows.append(row | {"fits": False, "why_not": str(error)})
            continue
        fitting.append(one)
        rows.append(row | _medians_of(one) | {"fits": True, "why_not": ""})
    columns = ["indicator_id", "area_id", "target_id", "fits", "why_not", "time", "median_model", "median_adjusted"]
    return pd.DataFrame(rows).reindex(columns=[*columns, "p_miss_model", "p_miss_adjusted"]), fitting


def _medians_of(one: Preview) -> dict[str, Any]:
    at = np.flatnonzero(np.isclose(one.model["time"], one.goal_time)) if np.isfinite(one.goal_time) else []
    row = at[0] if len(at) else len(one.model) - 1
    return {
        "target_id": one.target_id,
        "time": one.model["time"].iloc[row],
        "median_model": one.model["q500"].iloc[row],
        "median_adjusted": one.adjusted["q500"].iloc[row],
        "p_miss_model": one.p_miss_model,
        "p_miss_adjusted": one.p_miss_adjusted,
    }


def save_bulk(
    engine: Engine,
    by: Person,
    plan_id: str,
    series: Iterable[tuple[str, str]],
    kind: str,
    parameters: Mapping[str, Any],
    reason: Reason,
    *,
    material: Material | None = None,
    at: datetime | None = None,
    is_demo: bool = False,
) -> dict[str, Any]:
    """Store one batch of drafts, all or none: batch_id and seen ({adjustment_id: revision}) to hand to submit().

    Raises InputError where it does not fit every series, naming those and why.
    """
    at = at or datetime.now(UTC)
    told, fitting = preview_bulk(engine, plan_id, series, kind, parameters, material=material)
    refused = told[~told["fits"]]
    if len(refused):
        first = refused.iloc[0]
        raise InputError(
            f"{len(told)} 个序列中有 {len(refused)} 个不适用，整批未保存。例如 {first.indicator_id}（{first.area_id}）："
            f"{first.why_not}请去掉这些序列后再保存。"
        )
    checked, batch_id = _checked(engine, reason, at), str(uuid4())
    rows = [_row_of(one, by, checked, is_demo) | {"batch_id": batch_id} for one in fitting]
    with writing(engine) as connection:
        ids = [store.add(connection, row, at=at) for row in rows]
    return {"batch_id": batch_id, "seen": dict.fromkeys(ids, 1)}


def seen_batch(engine: Engine, batch_id: str) -> dict[int, int]:
    """{adjustment_id: revision} of a batch as it stands now."""
    found = store.read_adjustments(engine, batch_id=batch_id)
    return dict(zip(found["adjustment_id"].tolist(), found["revision"].tolist(), strict=True))
