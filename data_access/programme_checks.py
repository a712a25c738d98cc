"""What must hold in the registers of programmes, whose turn it is, villages and services. Counts: count_rows, count_steps."""

from datetime import date

import pandas as pd

from data_access.observation_checks import Known
from data_access.records import Record
from data_access.village_counts import COUNTS

LONGEST_CYCLE_MONTHS = 120


class Places:
    """Which areas lie in which, and how long they stood."""

    def __init__(self, areas: pd.DataFrame):
        self._parent = dict(zip(areas["area_id"], areas["parent_id"], strict=True))
        self.name = dict(zip(areas["area_id"], areas["name_zh"], strict=True))
        self._rows = areas.set_index("area_id")[["valid_from", "valid_to", "merged_into"]].to_dict("index")

    def lies_in(self, area_id: str, above: str) -> bool:
        seen = set()
        while isinstance(area_id, str) and area_id not in seen:
            if area_id == above:
                return True
            seen.add(area_id)
            area_id = self._parent.get(area_id)
        return False

    def stood_in(self, area_id: str, first: date, last: date) -> bool:
        row = self._rows[area_id]
        began, ended = row["valid_from"], row["valid_to"]
        return not (pd.notna(began) and began.date() > last) and not (pd.notna(ended) and ended.date() < first)


def check_programmes(records: list[Record], known: Known, bad) -> None:
    """Programmes: what is left out follows, and the figure they yield can be worked out. bad: register_checks._Bad."""
    indicators = set(known.indicators["indicator_id"])
    for record in records:
        for name, default in (("first_month", 1), ("person_rule", "sum")):
            record[name] = record.get(name) or default
        stages = record["stages"].split(";")
        if not 1 <= record["first_month"] <= 12:
            bad.refuse(record, "first_month", "no_such_month", f"没有 {record['first_month']} 月", "请写 1 到 12")
        cycle = record.get("cycle_months")
        if cycle is not None and not 1 <= cycle <= LONGEST_CYCLE_MONTHS:
            bad.refuse(record, "cycle_months", "odd_cycle", f"周期 {cycle} 个月不合理", "一年一轮写 12，两年一轮写 24")
        target = record.get("coverage_target_percent")
        if target is not None and not 0 < target <= 100:
            bad.refuse(
                record, "coverage_target_percent", "above_bound", f"覆盖率目标 {target:g} 不在 0—100 之间", "请核对"
            )
        if (record.get("age_min") or 0) > (record.get("age_max") or 999):
            bad.refuse(record, "age_max", "bounds_reversed", "最大年龄小于最小年龄", "请核对两个年龄")
        for name in ("numerator_stage", "denominator_stage"):
            if record.get(name) and record[name] not in stages:
                bad.refuse(
                    record, name, "stage_not_used", f"环节 {record[name]} 不在本项目的统计环节中", "请核对统计环节"
                )
        if record.get("indicator_id"):
            _check_figure(record, indicators, bad)


def _check_figure(record: Record, indicators: set[str], bad) -> None:
    if record["indicator_id"] not in indicators:
        what = f"指标“{record['indicator_id']}”不在指标表中"
        bad.refuse(record, "indicator_id", "unknown_indicator", what, "请更正，或先导入指标表")
    elif not record.get("numerator_stage"):
        bad.refuse(record, "numerator_stage", "missing", "有对应指标，却没有分子环节", "请写明分子环节，如 attended")


def check_rota(records: list[Record], known: Known, bad) -> None:
    """A township's turn: in the programme's own area, and a round there is."""
    places, rows = Places(known.areas), by_id(known.programmes)
    for record in records:
        programme = rows[record["programme_id"]]
        check_within(record, programme, places, bad)
        if record["area_id"] == programme["area_id"]:
            # as a unit beside its own parts it would be counted twice, or be missing for ever
            what = f"{record['area_id']}（{places.name[record['area_id']]}）是项目的全部实施地区，不能轮到"
            bad.refuse(record, "area_id", "whole_programme", what, "请按乡镇（街道）逐个列出")
        if pd.isna(programme["cycle_months"]):
            what = f"项目 {record['programme_id']} 没有周期，谈不上批次"
            bad.refuse(record, "programme_id", "no_cycle", what, "请先在项目表中填写“周期（月）”")


def check_within(record: Record, programme: dict, places: Places, bad) -> None:
    if not places.lies_in(record["area_id"], programme["area_id"]):
        where = f"{programme['area_id']}（{places.name.get(programme['area_id'], '')}）"
        what = f"{record['area_id']}（{places.name[record['area_id']]}）不在项目实施地区 {where} 之内"
        bad.refuse(record, "area_id", "outside_programme", what, "请核对代码或项目")


def check_villages(records: list[Record], known: Known, bad) -> None:
    """A village lies in a township, its counts go together and have their day, nothing has begun in the future."""
    levels = dict(zip(known.areas["area_id"], known.areas["level"], strict=True))
    names = dict(zip(known.areas["area_id"], known.areas["name_zh"], strict=True))
    for record in records:
        area_id = record["area_id"]
        if levels[area_id] not in ("township", "village"):  # it would count for no township
            what = f"{area_id}（{names[area_id]}）不是乡镇（街道）"
            bad.refuse(record, "area_id", "not_a_township", what, "请填写该村（社区）所在乡镇（街道）的代码")
        _check_people(record, bad)
        for name in ("started_on", "counted_on"):
            if record.get(name) and record[name] > known.today:
                what = f"{bad.reader.kind.column(name).label} {record[name]} 晚于今天"
                bad.refuse(record, name, "in_the_future", what, "请核对日期")


def _check_people(record: Record, bad) -> None:
    """Who takes part is on record, who is active takes part, and the day they were counted on is known."""
    label = {name: bad.reader.kind.column(name).label for name in COUNTS}
    for part, whole in (("participants", "persons_on_record"), ("active_persons", "participants")):
        low, high = record.get(part), record.get(whole)
        if low is not None and high is not None and low > high:
            bad.refuse(
                record, part, "part_above_whole", f"{label[part]} {low} 多于{label[whole]} {high}", "请核对两个数"
            )
    counted = [name for name in COUNTS if record.get(name) is not None]
    if counted and record.get("counted_on") is None:
        # without their day they would stand in the register and in no year of its history
        what = f"填了{label[counted[0]]}，没有统计日期"
        bad.refuse(record, "counted_on", "count_without_day", what, "请填写这些人数是哪一天统计的，如 2026-06-30")


def check_services(records: list[Record], known: Known, bad) -> None:
    """An offer does not end before it begins."""
    for record in records:
        whole = bad.whole(record)
        begins, ends = whole.get("offered_from"), whole.get("offered_to")
        if begins and ends and ends < begins:
            bad.refuse(
                record, "offered_to", "dates_reversed", f"结束日期 {ends} 早于开始日期 {begins}", "请核对两个日期"
            )


def by_id(programmes: pd.DataFrame) -> dict[str, dict]:
    return programmes.set_index("programme_id", drop=False).to_dict("index")


CHECKS = {
    "programmes": check_programmes,
    "rota": check_rota,
    "selfcare_villages": check_villages,
    "points_services": check_services,
}
