"""Rows of a register (areas, indicators, facilities...) as typed records: one reader for each grammar of kinds.py."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from data_access.cells import (
    CellError,
    is_missing,
    read_area_code,
    read_date,
    read_first_period,
    read_number,
    read_slug,
    read_text,
    read_yes_no,
)
from data_access.columns import EXAMPLE_MARK, Column, Kind
from data_access.delivery_tables import STAGES
from data_access.headers import Table, check_shape
from data_access.lookups import AreaLookup, ChoiceLookup, PeriodLookup, ProgrammeLookup, UnitLookup
from data_access.observation_checks import Known
from data_access.plain_text import compact, trimmed
from data_access.reports import Problems

Record = dict[str, Any]  # column name -> value, for the columns the file has; "sheet" and "row" say where it stood
Reader = Callable[[str], Any]
MOST_ANSWERS = 20_000  # of a column: codes, periods and counts come again and again, names hardly
CERTIFIED = "certified"  # a status of a count that gives way to the same status only
MOST_COUNTED = 2_000_000_000  # above all who live in the country; what both databases take for a whole number
LONGEST_NAME = 200  # the longest name in the thirteen plans has 91 characters


class _Answers(dict):
    """text -> value or CellError, worked out once for every different text; forgotten when there are very many."""

    def __init__(self, read: Reader):
        self._read = read

    def __missing__(self, text: str) -> Any:
        try:
            answer = self._read(text)
        except CellError as error:
            answer = error
        if len(self) >= MOST_ANSWERS:
            self.clear()
        if len(text) <= LONGEST_NAME:
            self[text] = answer
        return answer


class RecordReader:
    """Reads the tables of one file of one kind; what is wrong goes to problems."""

    def __init__(self, kind: Kind, known: Known, problems: Problems, more_words: Mapping[str, Mapping[str, str]]):
        """more_words: column name -> (word -> stored word) that the store knows beside the kind's own list."""
        self.kind, self.problems = kind, problems
        self.example_rows = 0
        self._areas, self._periods = AreaLookup(known.areas, known.allowed_areas), PeriodLookup(known.today)
        self._programmes = ProgrammeLookup(known.programmes)
        self._may_certify = known.may_certify
        self._units = UnitLookup({slug: rule.words for slug, rule in known.units.items()})
        self._answers = {
            column.name: _Answers(self._reader(column, more_words.get(column.name))) for column in kind.columns
        }
        self._required = {column.name for column in kind.columns if column.required}

    def read(self, tables: Iterable[Table]) -> list[Record]:
        """Every good row of the tables; rows marked as examples are left out and counted."""
        return self._without_repeats(list(self.stream(tables)))

    def stream(self, tables: Iterable[Table]) -> Iterator[Record]:
        """The same row by row, without a look for rows that repeat another's key."""
        for table in tables:
            for number, cells in table.rows:
                record = (
                    self._record(table, number, cells) if check_shape(table, number, cells, self.problems) else None
                )
                if record is not None:
                    yield record

    def refuse(self, record: Record, name: str, value: Any, rule: str, what: str, mend: str) -> None:
        label = record["labels"].get(name, self.kind.column(name).label)
        self.problems.add(record["sheet"], record["row"], label, str(value), rule, what, mend)

    def _is_example(self, cells: list[str], at: int) -> bool:
        is_example = at < len(cells) and compact(cells[at]) == EXAMPLE_MARK
        self.example_rows += is_example
        return is_example

    def _record(self, table: Table, number: int, cells: list[str]) -> Record | None:
        before = self.problems.total
        if "row_mark" in table.columns and self._is_example(cells, table.columns["row_mark"]):
            return None
        record: Record = {"sheet": table.sheet.name, "row": number, "labels": table.labels}
        for name, at in table.columns.items():
            text = cells[at] if at < len(cells) else ""
            if (number, at + 1) in table.sheet.unfinished:
                self.refuse(
                    record, name, "", "no_result", "公式没有计算结果", "请在 Excel 中打开并保存一次，或直接填写"
                )
                continue
            answer = self._answers[name][text]
            if isinstance(answer, CellError):
                self.refuse(record, name, text, f"{name}_unreadable", answer.what, answer.mend)
                continue
            record[name] = answer
            if answer is None and name in self._required:
                self.refuse(
                    record,
                    name,
                    text,
                    "missing",
                    f"没有填写{self.kind.column(name).label}",
                    "请补上；说明行、合计行请删除",
                )
        return record if self.problems.total == before else None

    def _without_repeats(self, records: list[Record]) -> list[Record]:
        """Both rows of a repeated key are named, and neither is kept: nobody knows which one is meant."""
        first: dict[tuple, Record] = {}
        repeated: set[int] = set()
        for record in records:
            key = tuple(record.get(name) for name in self.kind.key)
            if key not in first:
                first[key] = record
                continue
            other = first[key]
            listed = "、".join(str(part) for part in key if part is not None)
            where = f"工作表“{other['sheet']}”第 {other['row']} 行" if other["sheet"] else f"第 {other['row']} 行"
            what, mend = f"与{where}重复（{listed}）", "请只保留一行"
            self.refuse(record, self.kind.key[0], listed, "repeated", what, mend)
            repeated |= {id(record), id(other)}
        return [record for record in records if id(record) not in repeated]

    def _reader(self, column: Column, more: Mapping[str, str] | None) -> Reader:
        if column.grammar == "choice":
            find = ChoiceLookup(column, more).find
            return find if self._may_certify or CERTIFIED not in column.choices else _uncertified(find)
        return {
            "text": read_text,
            "name": _read_name,
            "number": _read_plain_number,
            "whole": _read_whole,
            "yes_no": read_yes_no,
            "date": read_date,
            "slug": read_slug,
            "slugs": _read_slugs,
            "new_area": read_area_code,
            "area": lambda text: self._areas.ids[self._areas.find(text)],
            "unit": self._units.find,
            "year": self._read_year,
            "period": lambda text: self._periods.periods[self._periods.find(text)].text,
            "programme": lambda text: self._programmes.ids[self._programmes.find(text)],
            "persons": _read_persons,
            "stages": _read_stages,
            "first_period": read_first_period,
            "mark": read_mark,
        }[column.grammar]

    def _read_year(self, text: str) -> int | None:
        if is_missing(text):
            return None
        period = self._periods.periods[self._periods.find(text)]
        if period.kind != "year":
            raise CellError(f"“{trimmed(text)}”不是年份", "请写成 2020")
        return period.year


def _uncertified(find: Reader) -> Reader:
    """The reader of a status for who may report but not certify."""

    def read(text: str) -> str | None:
        status = find(text)
        if status == CERTIFIED:
            raise CellError("您没有核定的权限", "请把状态写成“上报”，由有核定权限的人核定")
        return status

    return read


def _read_name(text: str) -> str | None:
    if len(text) > LONGEST_NAME:
        raise CellError(f"名称长达 {len(text):,} 个字", f"请缩短到 {LONGEST_NAME} 个字以内；说明文字请另写")
    return None if is_missing(text) else read_text(text)


def _read_plain_number(text: str) -> float | None:
    number = read_number(text)
    if number is not None and number.sign:
        raise CellError(f"“{trimmed(text)}”带有“{number.sign}”", "这里请只填数字")
    return None if number is None else number.value


def _read_whole(text: str) -> int | None:
    value = _read_plain_number(text)
    if value is not None and (value != int(value) or value < 0):
        raise CellError(f"“{trimmed(text)}”不是 0 或正整数", "请核对")
    return None if value is None else _within_reason(int(value))


def _within_reason(count: int) -> int:
    if count > MOST_COUNTED:
        raise CellError(f"{count:,} 大得不合理（超过 20 亿）", "请核对位数")
    return count


def _read_persons(text: str) -> int | None:
    """A number of people: whole, not below zero."""
    value = _read_plain_number(text)
    if value is None:
        return None
    if value < 0:
        raise CellError(f"人数不能是负数（{trimmed(text)}）", "请核对")
    if value != int(value):
        raise CellError(f"人数应为整数（{trimmed(text)}）", "请填写人数，不要填比例或平均数")
    return _within_reason(int(value))


def _read_stages(text: str) -> str | None:
    named = (_read_slugs(text) or "").split(";")
    unknown = [name for name in named if name and name not in STAGES]
    if unknown:
        raise CellError(f"没有“{unknown[0]}”这个环节", f"可用：{'、'.join(STAGES)}")
    return ";".join(stage for stage in STAGES if stage in named) or None


def _read_slugs(text: str) -> str | None:
    parts = [part for part in compact(text).replace("、", ";").replace(",", ";").split(";") if part]
    return ";".join(str(read_slug(part)) for part in parts) or None


def read_mark(text: str) -> bool:
    """Whether the row is an example, which is not imported."""
    if compact(text) not in ("", EXAMPLE_MARK):
        raise CellError(f"行标记“{trimmed(text)}”不认识", f"此列只能留空，或写“{EXAMPLE_MARK}”（该行不导入）")
    return bool(compact(text))
