"""What must hold in the files of work points: a quantity has its unit, a report its task, and what is done adds up."""

from datetime import date
from itertools import groupby, pairwise

import pandas as pd

from data_access.lookups import LEAVE_OUT
from data_access.observation_checks import Known
from data_access.periods import parse_period
from data_access.records import Record


def check_tasks(records: list[Record], known: Known, bad) -> None:
    """Quantity with unit, positive; due in the task's year or a later one; area and indicator as the registers have them."""
    indicators = set(known.indicators["indicator_id"])
    for record in records:
        if record.get("indicator_id") and record["indicator_id"] not in indicators:
            what = f"指标“{record['indicator_id']}”不在指标表中"
            bad.refuse(record, "indicator_id", "unknown_indicator", what, "请更正指标编号，或留空")
        whole = bad.whole(record)
        quantity, unit = whole.get("quantity"), whole.get("unit")
        if quantity is not None and not unit:
            bad.refuse(record, "unit", "no_unit", f"写了数量 {quantity:g}，没有单位", "请填写单位，如 个、人次、%")
        if quantity is not None and quantity <= 0:
            bad.refuse(record, "quantity", "no_quantity", f"数量 {quantity:g} 不是正数", "没有数量要求的请留空")
        if int(record["due"][:4]) < record["year"]:
            what = f"完成时限 {record['due']} 早于任务年度 {record['year']}"
            bad.refuse(record, "due", "due_before_year", what, "请核对年度或时限")
        if known.allowed_areas is not None and record["area_id"] not in known.allowed_areas:
            what = f"地区 {record['area_id']} 不在您的填报范围内"
            bad.refuse(record, "area_id", "outside_scope", what, LEAVE_OUT)


def check_reports(records: list[Record], known: Known, bad) -> None:
    """The task is known, the month has begun, what is done goes with what is due and does not fall unexplained."""
    tasks, own = known.tasks.set_index("task_id").to_dict("index"), []
    for record in records:
        task = tasks.get(record["task_id"])
        if task is None:
            what = f"任务 {record['task_id']} 不在任务表中"
            bad.refuse(record, "task_id", "unknown_task", what, "请更正编号；新任务请先导入年度任务（tasks）")
            continue
        if known.allowed_areas is not None and task["area_id"] not in known.allowed_areas:
            what = f"任务 {record['task_id']} 所在地区 {task['area_id']} 不在您的填报范围内"
            bad.refuse(record, "task_id", "outside_scope", what, LEAVE_OUT)
            continue  # nothing more is said of what is not theirs
        own.append(record)
        _check_period(record, task, known.today, bad)
        _check_done(record, task, bad)
    _check_falls(own, known, bad)


def _check_period(record: Record, task: dict, today: date, bad) -> None:
    period = parse_period(record["period"])
    if period.first_day > today:
        bad.refuse(record, "period", "future", f"{period.text} 还没有到", "请填写已开始的月份或季度")
    elif period.year < task["year"]:
        what = f"{period.text} 早于任务年度 {task['year']}"
        bad.refuse(record, "period", "before_year", what, "请核对任务编号或时期")


def _check_done(record: Record, task: dict, bad) -> None:
    done, due = record.get("quantity_done"), task["quantity"]
    has_quantity = due == due and due is not None
    if done is not None and done < 0:
        bad.refuse(record, "quantity_done", "negative", f"完成数量 {done:g} 是负数", "请核对")
    elif done is not None and not has_quantity:
        what = "该任务没有数量要求，却填了完成数量"
        bad.refuse(record, "quantity_done", "no_quantity_due", what, "请留空；或先在年度任务中补上数量和单位")
    elif record["state"] == "done" and has_quantity and (done is None or done < due):
        said = "没有填完成数量" if done is None else f"只完成 {done:g}"
        what = f"状态是“已完成”，应完成 {due:g} {task['unit']}，{said}"
        bad.refuse(record, "state", "not_done", what, "请核对数量，或把状态改为“推进中”")


def _check_falls(records: list[Record], known: Known, bad) -> None:
    """Quantities count from the beginning of the year: one below that of the report before needs a note that says why."""
    own = {(record["task_id"], record["period"]): record for record in records}
    done, explained = _known_of(own, known.task_reports)
    for _, of_year in groupby(sorted(done, key=_place), lambda key: _place(key)[:2]):
        for before, after in pairwise(of_year):
            record = own.get(after) or own.get(before)
            told_why = after in explained or (after not in own and before in explained)
            if record is not None and done[after] < done[before] and not told_why:
                what = f"累计完成数量从 {before[1]} 的 {done[before]:g} 降到 {after[1]} 的 {done[after]:g}"
                mend = "请核对（应填从年初累计的数）；确实减少的，请在“备注”列写明原因后再导入"
                bad.refuse(record, "quantity_done", "done_falls", what, mend)


def _known_of(own: dict[tuple, Record], stored: pd.DataFrame) -> tuple[dict[tuple, float], set[tuple]]:
    """Of the file's tasks, the file before the store: (task, period) -> quantity done, and those with a note."""
    reports = stored[stored["task_id"].isin({task_id for task_id, _ in own})]
    done, explained = {}, set()
    for task_id, period, quantity, note in reports[["task_id", "period", "quantity_done", "note"]].itertuples(False):
        record = own.get((task_id, period), {})
        done[task_id, period] = record.get("quantity_done", quantity)
        if record.get("note", note if pd.notna(note) else None):
            explained.add((task_id, period))
    done |= {key: record["quantity_done"] for key, record in own.items() if "quantity_done" in record}
    explained |= {key for key, record in own.items() if record.get("note")}
    return {key: quantity for key, quantity in done.items() if pd.notna(quantity)}, explained


def _place(key: tuple[str, str]) -> tuple[str, int, float, str]:
    """Where a report stands among those of its task: id, year, time, period."""
    found = parse_period(key[1])
    return key[0], found.year, found.time, key[1]


CHECKS = {"tasks": check_tasks, "task_reports": check_reports}
