"""The rows of a file of counts, one after the other: place, period, steps. What follows from other rows: count_steps."""

from collections.abc import Iterable, Iterator

from data_access.delivery_tables import STAGES
from data_access.observation_checks import SHEET_STRIDE, Known
from data_access.periods import parse_period
from data_access.plain_text import compact
from data_access.programme_checks import Places, by_id, check_within
from data_access.records import Record, RecordReader

KIND_OF_PERIOD = {
    "month": "按月上报，时期请写成 2026-07",
    "quarter": "按季上报，时期请写成 2026Q3",
    "year": "按年上报，时期请写成 2026",
}


class CountRows:
    """Gives the counts of the good rows in the columns of programme_ledger.ARRIVED; the others go to the reader's problems.

    sheets: name and labels of each sheet that had rows: what source_row // SHEET_STRIDE points to.
    """

    def __init__(self, reader: RecordReader, known: Known):
        self.reader, self.known = reader, known
        self.places, self.programmes = Places(known.areas), by_id(known.programmes)
        self.sheets: list[tuple[str | None, dict[str, str]]] = []
        self.rows_good = self.without_count = 0
        self._is_bad = False
        self._sound: set[tuple] = set()  # what was found in order once need not be looked at again

    def counts(self, records: Iterable[Record]) -> Iterator[tuple]:
        """One tuple for each count of the records that are in order."""
        for record in records:
            if not self.sheets or self.sheets[-1][1] is not record["labels"]:
                self.sheets.append((record["sheet"], record["labels"]))
            said = self._said(record)
            self._is_bad = False
            self._check(record, said)
            if self._is_bad:
                continue
            self.rows_good += 1
            self.without_count += not said
            yield from self._staged(record, said)

    def record_at(self, source_row: int) -> Record:
        """Sheet, row and labels of a row that was read: what a complaint about it needs."""
        at, row = divmod(source_row, SHEET_STRIDE)
        return {"sheet": self.sheets[at][0], "row": row, "labels": self.sheets[at][1]}

    def refuse(self, record: Record, name: str, rule: str, what: str, mend: str) -> None:
        """Say what is wrong with a row; it is not taken."""
        self._is_bad = True
        self.reader.refuse(record, name, "" if record.get(name) is None else record[name], rule, what, mend)

    def _staged(self, record: Record, said: dict[str, float]) -> Iterator[tuple]:
        source_row = (len(self.sheets) - 1) * SHEET_STRIDE + record["row"]
        programme_id, area_id, period = record["programme_id"], record["area_id"], record["period"]
        time, status = parse_period(period).time, record.get("status") or "final"
        rest = (status, False, record.get("reported_on"), record.get("note"), source_row)
        for stage, value in said.items():
            yield (programme_id, area_id, period, stage, time, float(value), *rest)

    def _said(self, record: Record) -> dict[str, float]:
        """step -> persons, of a wide or a long row."""
        said = {stage: record[stage] for stage in STAGES if record.get(stage) is not None}
        if record.get("stage") and record.get("value") is not None:
            said[record["stage"]] = record["value"]
        return said

    def _check(self, record: Record, said: dict[str, float]) -> None:
        programme_id, area_id, text = record["programme_id"], record["area_id"], record["period"]
        for key, check in (
            ((programme_id, area_id), self._check_place),
            ((area_id, record.get("area_name")), self._check_name),
            ((programme_id, text, None), self._check_period),
            ((area_id, text, None, None), self._check_standing),
            ((programme_id, *said), self._check_stages),
        ):
            if key not in self._sound:
                before, self._is_bad = self._is_bad, False
                check(record)
                if not self._is_bad:
                    self._sound.add(key)
                self._is_bad |= before
        if record.get("reported_on") and record["reported_on"] > self.known.today:
            what = f"上报日期 {record['reported_on']} 晚于今天"
            self.refuse(record, "reported_on", "in_the_future", what, "请核对年份")
        if (record.get("stage") is None) != (record.get("value") is None):
            lacking = "stage" if record.get("stage") is None else "value"
            self.refuse(record, lacking, "half_a_count", "“环节”和“人数”只填了一个", "请补全，或改用每个环节一列")

    def _check_place(self, record: Record) -> None:
        check_within(record, self.programmes[record["programme_id"]], self.places, self)

    def _check_name(self, record: Record) -> None:
        name, right = record.get("area_name"), self.places.name[record["area_id"]]
        if name and compact(right) not in compact(name):
            what = f"代码 {record['area_id']} 是“{right}”，这里写的是“{name}”"
            self.refuse(record, "area_name", "name_differs", what, "请核对代码和名称哪个写错了")

    def _check_period(self, record: Record) -> None:
        grain, period = self.programmes[record["programme_id"]]["report_every"], parse_period(record["period"])
        if period.kind != grain:
            what = f"时期 {period.text} 与项目的上报频次不一致：项目{KIND_OF_PERIOD[grain][:4]}"
            self.refuse(record, "period", "period_grain", what, KIND_OF_PERIOD[grain])
        elif period.first_day > self.known.today:
            self.refuse(record, "period", "in_the_future", f"时期 {period.text} 还没有开始", "请核对时期")

    def _check_standing(self, record: Record) -> None:
        period, area_id = parse_period(record["period"]), record["area_id"]
        if not self.places.stood_in(area_id, period.first_day, period.last_day):
            what = f"{period.text} 时没有地区 {area_id}（{self.places.name[area_id]}）"
            self.refuse(record, "area_id", "area_gone", what, "请改用当时的代码，或核对时期")

    def _check_stages(self, record: Record) -> None:
        used = self.programmes[record["programme_id"]]["stages"].split(";")
        for stage in self._said(record):
            if stage not in used:
                label = self.reader.kind.column(stage).label
                what = f"项目 {record['programme_id']} 没有“{label}”这个环节"
                column = stage if record.get(stage) is not None else "value"
                self.refuse(record, column, "stage_not_used", what, "请删去这个数，或在项目表中加上该环节")
