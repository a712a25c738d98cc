"""What must hold in the files of programmes: steps that follow from one another, periods, places, whose turn it is.

A step is held against the step it follows from, on the same people: who is followed up was found positive, who is
examined was eligible. Above it over all periods known up to the row's own, the row is refused, unless its note says why:
then it is taken and marked as questioned. Above it in its own period only (results and follow-ups come a month later),
the row is taken and remarked on.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from data_access.delivery_tables import STAGES
from data_access.observation_checks import Known
from data_access.periods import parse_period
from data_access.plain_text import compact
from data_access.records import Record, RecordReader

# step -> the step it is a part of
PART_OF = {
    "invited": "eligible",
    "attended": "eligible",
    "positive": "attended",
    "confirmed": "positive",
    "followed_up": "positive",
    "uploaded": "attended",
}
KIND_OF_PERIOD = {
    "month": "按月上报，时期请写成 2026-07",
    "quarter": "按季上报，时期请写成 2026Q3",
    "year": "按年上报，时期请写成 2026",
}
LONGEST_CYCLE_MONTHS = 120
LISTED = 5
ReadStored = Callable[[list[str], list[str]], pd.DataFrame]


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
    places, rows = Places(known.areas), _by_id(known.programmes)
    for record in records:
        programme = rows[record["programme_id"]]
        _check_within(record, programme, places, bad)
        if pd.isna(programme["cycle_months"]):
            what = f"项目 {record['programme_id']} 没有周期，谈不上批次"
            bad.refuse(record, "programme_id", "no_cycle", what, "请先在项目表中填写“周期（月）”")


def _check_within(record: Record, programme: dict, places: Places, bad) -> None:
    if not places.lies_in(record["area_id"], programme["area_id"]):
        where = f"{programme['area_id']}（{places.name.get(programme['area_id'], '')}）"
        what = f"{record['area_id']}（{places.name[record['area_id']]}）不在项目实施地区 {where} 之内"
        bad.refuse(record, "area_id", "outside_programme", what, "请核对代码或项目")


def check_villages(records: list[Record], known: Known, bad) -> None:
    """Who takes part is on record, who is active takes part; nothing has begun in the future."""
    parts = (("participants", "persons_on_record"), ("active_persons", "participants"))
    for record in records:
        for part, whole in parts:
            low, high = record.get(part), record.get(whole)
            if low is not None and high is not None and low > high:
                names = bad.reader.kind.column(part).label, bad.reader.kind.column(whole).label
                bad.refuse(record, part, "part_above_whole", f"{names[0]} {low} 多于{names[1]} {high}", "请核对两个数")
        for name in ("started_on", "counted_on"):
            if record.get(name) and record[name] > known.today:
                what = f"{bad.reader.kind.column(name).label} {record[name]} 晚于今天"
                bad.refuse(record, name, "in_the_future", what, "请核对日期")


def check_services(records: list[Record], known: Known, bad) -> None:
    """An offer does not end before it begins."""
    for record in records:
        begins, ends = record.get("offered_from"), record.get("offered_to")
        if begins and ends and ends < begins:
            bad.refuse(
                record, "offered_to", "dates_reversed", f"结束日期 {ends} 早于开始日期 {begins}", "请核对两个日期"
            )


def _by_id(programmes: pd.DataFrame) -> dict[str, dict]:
    return programmes.set_index("programme_id", drop=False).to_dict("index")


# Counts -------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Cell:
    """One count of the file."""

    value: float
    record: Record
    column: str


class CountChecks:
    """The checks on a file of counts; what is only odd ends up in notices and, where a note says why, in questioned."""

    def __init__(self, reader: RecordReader, known: Known, read_stored: ReadStored):
        """read_stored(programme_ids, area_ids) -> the counts that stand: data_access.programmes.COUNTS."""
        self.reader, self.known, self._read_stored = reader, known, read_stored
        self.places, self.programmes = Places(known.areas), _by_id(known.programmes)
        self.refused: set[int] = set()
        self.questioned: set[int] = set()
        self.remarks: list[str] = []
        self.remark_count = 0
        self.without_count = 0

    def rows(self, records: list[Record]) -> list[dict]:
        """The good counts, one row each, in the columns of programme_ledger.STAGED."""
        for record in records:
            self._check_row(record)
        cells = self._cells(records)
        self._check_steps(cells)
        return [
            _staged_row(key, cell, id(cell.record) in self.questioned)
            for key, cell in cells.items()
            if id(cell.record) not in self.refused
        ]

    def notices(self) -> list[str]:
        """What was taken although it is odd."""
        said = []
        if self.without_count:
            said.append(f"{self.without_count:,} 行没有人数，按未报处理，未写入。")
        if self.remark_count:
            more = f"；共 {self.remark_count:,} 处" if self.remark_count > LISTED else ""
            said.append(f"存疑但已接受（请复核）：{'；'.join(self.remarks)}{more}。")
        return said

    def _refuse(self, record: Record, name: str, rule: str, what: str, mend: str) -> None:
        self.refused.add(id(record))
        self.reader.refuse(record, name, "" if record.get(name) is None else record[name], rule, what, mend)

    def _check_row(self, record: Record) -> None:
        programme, period = self.programmes[record["programme_id"]], parse_period(record["period"])
        _check_within(record, programme, self.places, self)
        name = record.get("area_name")
        if name and compact(self.places.name[record["area_id"]]) not in compact(name):
            what = f"代码 {record['area_id']} 是“{self.places.name[record['area_id']]}”，这里写的是“{name}”"
            self._refuse(record, "area_name", "name_differs", what, "请核对代码和名称哪个写错了")
        if period.kind != programme["report_every"]:
            what = f"时期 {period.text} 与项目的上报频次不一致：项目{KIND_OF_PERIOD[programme['report_every']][:4]}"
            self._refuse(record, "period", "period_grain", what, KIND_OF_PERIOD[programme["report_every"]])
        elif period.first_day > self.known.today:
            self._refuse(record, "period", "in_the_future", f"时期 {period.text} 还没有开始", "请核对时期")
        if not self.places.stood_in(record["area_id"], period.first_day, period.last_day):
            what = f"{period.text} 时没有地区 {record['area_id']}（{self.places.name[record['area_id']]}）"
            self._refuse(record, "area_id", "area_gone", what, "请改用当时的代码，或核对时期")
        if record.get("reported_on") and record["reported_on"] > self.known.today:
            self._refuse(
                record, "reported_on", "in_the_future", f"上报日期 {record['reported_on']} 晚于今天", "请核对年份"
            )
        if (record.get("stage") is None) != (record.get("value") is None):
            lacking = "stage" if record.get("stage") is None else "value"
            self._refuse(record, lacking, "half_a_count", "“环节”和“人数”只填了一个", "请补全，或改用每个环节一列")
        used = programme["stages"].split(";")
        for stage in self._said(record):
            if stage not in used:
                what = f"项目 {record['programme_id']} 没有“{self.reader.kind.column(stage).label}”这个环节"
                self._refuse(
                    record, self._column(record, stage), "stage_not_used", what, "请删去这个数，或在项目表中加上该环节"
                )

    # the name the shared helper asks for
    refuse = _refuse

    def _said(self, record: Record) -> dict[str, float]:
        """step -> persons, of a wide or a long row."""
        said = {stage: record[stage] for stage in STAGES if record.get(stage) is not None}
        if record.get("stage") and record.get("value") is not None:
            said[record["stage"]] = record["value"]
        return said

    def _column(self, record: Record, stage: str) -> str:
        return stage if record.get(stage) is not None else "value"

    def _cells(self, records: list[Record]) -> dict[tuple, _Cell]:
        """(programme, area, period, step) -> count. The same one twice is refused in both rows."""
        cells: dict[tuple, _Cell] = {}
        for record in records:
            said = self._said(record)
            self.without_count += not said
            for stage, value in said.items():
                key = (record["programme_id"], record["area_id"], record["period"], stage)
                if key in cells:
                    self._refuse_twice(cells[key].record, record, self._column(record, stage))
                else:
                    cells[key] = _Cell(value, record, self._column(record, stage))
        return cells

    def _refuse_twice(self, first: Record, again: Record, column: str) -> None:
        what = f"与第 {first['row']} 行重复：同一项目、地区、时期和环节"
        self._refuse(again, column, "repeated", what, "请核对两行，只保留一行")
        self.refused.add(id(first))
        self.reader.problems.bad_rows.add((first["sheet"], first["row"]))

    def _check_steps(self, cells: dict[tuple, _Cell]) -> None:
        series, refused_before = self._known_series(cells), set(self.refused)
        for (programme_id, area_id, period, stage), cell in cells.items():
            if id(cell.record) in refused_before:
                continue
            of_area = series[programme_id, area_id]
            programme = self.programmes[programme_id]
            pairs = [(stage, PART_OF[stage])] if stage in PART_OF else []
            # a whole that was mended downwards may fall below a part that came in another file
            key = programme_id, area_id, period
            pairs += [(part, stage) for part, whole in PART_OF.items() if whole == stage and (*key, part) not in cells]
            for part, whole in pairs:
                self._check_pair(cell, part, whole, period, of_area, programme)

    def _known_series(self, cells: dict[tuple, _Cell]) -> dict[tuple, dict[str, dict[int, float]]]:
        """(programme, area) -> step -> month at the period's end -> count: what stands, with the file's own over it."""
        series: dict[tuple, dict[str, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
        programme_ids = sorted({key[0] for key in cells})
        if not programme_ids:
            return series
        stored = self._read_stored(programme_ids, sorted({key[1] for key in cells}))
        for row in stored.itertuples(index=False):
            series[row.programme_id, row.area_id][row.stage][_month(row.time)] = row.value
        for (programme_id, area_id, period, stage), cell in cells.items():
            series[programme_id, area_id][stage][_month(parse_period(period).time)] = cell.value
        return series

    def _check_pair(self, cell: _Cell, part: str, whole: str, period: str, of_area, programme: dict) -> None:
        month = _month(parse_period(period).time)
        if programme["counted"] == "in_period":
            low, high = _so_far(of_area, part, whole, month, int(programme["first_month"]))
        else:
            low, high = of_area[part].get(month), of_area[whole].get(month)
        if low is not None and high is not None and low > high:
            self._doubt(cell, part, whole, low, high, period, programme["counted"] == "in_period")
            return
        low, high = of_area[part].get(month), of_area[whole].get(month)
        if low is not None and high is not None and low > high and whole != "eligible":
            self._remark(cell.record, f"{self._label(part)} {low:g} 多于本期{self._label(whole)} {high:g}")

    def _doubt(self, cell: _Cell, part: str, whole: str, low: float, high: float, period: str, summed: bool) -> None:
        so_far = f"截至 {period} 累计" if summed else ""
        what = f"{so_far}{self._label(part)} {low:g} 多于{self._label(whole)} {high:g}"
        if cell.record.get("note"):
            self.questioned.add(id(cell.record))
            self._remark(cell.record, what)
        else:
            mend = "请核对两个数；确实如此的，请在“备注”列写明原因后再导入"
            self._refuse(cell.record, cell.column, f"{part}_above_{whole}", what, mend)

    def _remark(self, record: Record, what: str) -> None:
        self.remark_count += 1
        if len(self.remarks) < LISTED:
            self.remarks.append(f"第 {record['row']} 行，{what}")

    def _label(self, stage: str) -> str:
        return self.reader.kind.column(stage).label


def _month(time: float) -> int:
    """The number of the last month of a period: 12 for December of year 1."""
    return round(time * 12)


def _so_far(of_area, part: str, whole: str, month: int, first_month: int) -> tuple[float | None, float | None]:
    """Both steps of a programme counted period by period, added up to a month.

    Those eligible are as many as were last said, and are held against the year's own; the others against all that is
    known: who was found positive in December is followed up in January.
    """
    if whole == "eligible":
        start = month - (month - first_month) % 12
        eligible = [of_area[whole][at] for at in sorted(of_area[whole]) if start <= at <= month]
        counts = [value for at, value in of_area[part].items() if start <= at <= month]
        return (sum(counts) if counts else None), (eligible[-1] if eligible else None)
    counts = [value for at, value in of_area[part].items() if at <= month]
    wholes = [value for at, value in of_area[whole].items() if at <= month]
    return (sum(counts) if counts else None), (sum(wholes) if wholes else None)


def _staged_row(key: tuple, cell: _Cell, is_questioned: bool) -> dict:
    programme_id, area_id, period, stage = key
    record = cell.record
    return {
        "programme_id": programme_id,
        "area_id": area_id,
        "period": period,
        "stage": stage,
        "time": parse_period(period).time,
        "value": float(cell.value),
        "status": record.get("status") or "final",
        "is_questioned": is_questioned,
        "reported_on": record.get("reported_on"),
        "note": record.get("note"),
    }


CHECKS = {
    "programmes": check_programmes,
    "rota": check_rota,
    "selfcare_villages": check_villages,
    "points_services": check_services,
}
