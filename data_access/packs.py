"""Reading plan packs: one plan each, as a folder of CSV files or as a workbook with sheets of the same names.

Here a cell is only made a number, a year, a word of a list. Whether a plan makes sense is workflows/pack_checks.py.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

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
from data_access.errors import InputError
from data_access.files import open_file
from data_access.headers import Table, check_shape, find_table, plain_label
from data_access.kinds import Column, Kind
from data_access.pack_kinds import PACK_KINDS, REQUIRED_SHEETS
from data_access.plain_text import compact, trimmed
from data_access.reports import Problems
from data_access.workbooks import Sheet

LAYOUT = "1"  # part of every pack's hash: raise it when what the loader makes of a pack changes
SUFFIXES = (".csv", ".xlsx")
YEAR = re.compile(r"([0-9]{4})年?")
SEPARATORS = re.compile("[;；、,,]")
MASKED_PARTS = {"value": "value", "数值": "value", "year": "year", "年份": "year", "place": "place", "地名": "place"}
TYPES = {"number": "float64", "year": "Int64", "whole": "Int64", "date": "datetime64[s]", "yes_no": "boolean"}


@dataclass
class PackSheet:
    """One sheet of a pack: `rows` has the kind's columns, typed, and `row`, the number Excel shows.

    Missing is NaN (text, numbers), <NA> (years, yes/no) or NaT; columns the file does not have are missing throughout.
    signs are the % and ‰ that stood behind numbers: (row, column) -> sign.
    """

    kind: Kind
    file_name: str
    sheet_name: str | None
    rows: pd.DataFrame
    labels: dict[str, str]
    signs: dict[tuple[int, str], str]
    problems: Problems

    def refuse(self, row: int, column: str, value: object, rule: str, what: str, mend: str) -> None:
        """Note that a cell is wrong, by the name the sheet itself gives the column."""
        label = self.labels.get(column) or (self.kind.column(column).label if column else "")
        shown = "" if value is None or value is pd.NA or value != value else str(value)
        self.problems.add(self.sheet_name, row, label, shown, rule, what, mend)


@dataclass
class Pack:
    """A pack as it was read: its sheets by kind name, PACK_KINDS' order; pack_hash is SHA-256 over its files."""

    name: str
    pack_hash: str
    sheets: dict[str, PackSheet]
    notices: list[str] = field(default_factory=list)

    def rows(self, kind: str) -> pd.DataFrame:
        """The rows of one sheet; where the pack has no such sheet, none, with the same columns."""
        return self.sheets[kind].rows if kind in self.sheets else _frame(PACK_KINDS[kind], [])

    def complaints(self) -> list[str]:
        """Every problem as a sentence, sheet by sheet."""
        return [problem.sentence(s.file_name) for s in self.sheets.values() for problem in s.problems.kept]

    @property
    def bad_row_count(self) -> int:
        return sum(len(sheet.problems.bad_rows) for sheet in self.sheets.values())

    @property
    def problem_count(self) -> int:
        return sum(sheet.problems.total for sheet in self.sheets.values())


def read_pack(path: Path) -> Pack:
    """Read a pack's folder or workbook. Raises InputError where it is none; wrong cells are in its sheets' problems."""
    if not path.exists():
        raise InputError(
            f"{path}：没有这个方案包。请检查路径：方案包是一个文件夹（各表为 CSV 文件）或一个 .xlsx 工作簿。"
        )
    pack = _read_folder(path) if path.is_dir() else _read_workbook(path)
    missing = [PACK_KINDS[name] for name in REQUIRED_SHEETS if name not in pack.sheets]
    if missing:
        listed = "、".join(f"{kind.name}（{kind.label}）" for kind in missing)
        raise InputError(f"{pack.name}：缺少 {listed}表。请补上；每张表的列见 packs/README.md。")
    return pack


def read_registry(path: Path) -> Pack:
    """Read a file of indicators alone. Raises InputError where it cannot be read."""
    sheets, hashes, notices = _read_file(path, path.name, {"": PACK_KINDS["indicators"]})
    return Pack(path.name, _hash(hashes), sheets, notices)


def _read_folder(folder: Path) -> Pack:
    named = {
        _sheet_key(word): kind for kind in PACK_KINDS.values() for word in (kind.name, kind.label, *kind.other_names)
    }
    sheets, hashes, notices = {}, {}, []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in SUFFIXES or path.name.startswith((".", "~$")):
            continue
        kind = named.get(_sheet_key(path.stem))
        if kind is None:
            notices.append(f"{folder.name}/{path.name}：不是方案包的表，没有读入。")
            continue
        found, its_hash, its_notices = _read_file(path, f"{folder.name}/{path.name}", {"": kind})
        if kind.name in sheets:
            raise InputError(f"{folder.name}：{kind.name}（{kind.label}）有两份文件。请只保留一份。")
        sheets |= found
        hashes |= {kind.name: its_hash[""]}
        notices += its_notices
    return Pack(folder.name, _hash(hashes), _in_order(sheets), notices)


def _read_workbook(path: Path) -> Pack:
    named = {
        _sheet_key(word): kind for kind in PACK_KINDS.values() for word in (kind.name, kind.label, *kind.other_names)
    }
    sheets, hashes, notices = _read_file(path, path.name, named)
    return Pack(path.name, _hash(hashes), _in_order(sheets), notices)


def _read_file(path: Path, name: str, named: dict[str, Kind]) -> tuple[dict[str, PackSheet], dict[str, str], list[str]]:
    """The sheets of one file that are named; {"": kind} takes whichever sheet comes first. Also its hash, notices."""
    sheets: dict[str, PackSheet] = {}
    notices: list[str] = []
    with ExitStack() as stack:
        source = stack.enter_context(open_file(path, name))
        for sheet in source.sheets():
            kind = named.get("") or named.get(_sheet_key(sheet.name or ""))
            if kind is None:
                notices.append(f"{name}：工作表“{sheet.name}”不是方案包的表，没有读入。")
            elif kind.name in sheets:
                raise InputError(f"{name}：有两张工作表都是 {kind.name}（{kind.label}）。请只保留一张。")
            else:
                sheets[kind.name] = _read_sheet(sheet, kind, name, notices)
        return sheets, {"": source.sha256}, notices


def _sheet_key(name: str) -> str:
    return plain_label(name)


def _in_order(sheets: dict[str, PackSheet]) -> dict[str, PackSheet]:
    return {name: sheets[name] for name in PACK_KINDS if name in sheets}


def _hash(hashes: dict[str, str]) -> str:
    listed = "\n".join([LAYOUT, *(f"{name} {sha256}" for name, sha256 in sorted(hashes.items()))])
    return hashlib.sha256(listed.encode()).hexdigest()


def _read_sheet(sheet: Sheet, kind: Kind, file_name: str, notices: list[str]) -> PackSheet:
    read = PackSheet(kind, file_name, sheet.name, _frame(kind, []), {}, {}, Problems())
    its_notices: list[str] = []
    table = find_table(sheet, kind, read.problems, its_notices)
    notices += [f"{file_name}：{notice}" for notice in its_notices]
    if table:
        read.labels = table.labels
        read.rows = _frame(kind, list(_rows(table, read)))
    return read


def _rows(table: Table, read: PackSheet) -> Iterator[dict]:
    for number, cells in table.rows:
        if not any(cell.strip() for cell in cells) or not check_shape(table, number, cells, read.problems):
            continue
        row = {"row": number}
        for name, at in table.columns.items():
            row[name] = _cell(cells[at] if at < len(cells) else "", number, read.kind.column(name), read)
        yield row


def _cell(text: str, number: int, column: Column, read: PackSheet):
    try:
        value = GRAMMARS[column.grammar](text, column)
    except CellError as error:
        read.refuse(number, column.name, text, f"not_{column.grammar}", error.what, error.mend)
        return None
    if column.grammar == "number" and value is not None:
        if value.sign:
            read.signs[number, column.name] = value.sign
        return value.value
    if value is None and column.required and column.grammar in MAY_NOT_BE_EMPTY:
        read.refuse(number, column.name, "", "empty", "没有填写", f"请填写{column.label}")
    return value


def _frame(kind: Kind, rows: list[dict]) -> pd.DataFrame:
    names = [column.name for column in kind.columns if column.name != "row_mark"]
    types = {column.name: TYPES.get(column.grammar, "str") for column in kind.columns if column.name in names}
    return pd.DataFrame(rows, columns=["row", *names], dtype=object).astype({"row": "int64"} | types)


def _year(text: str, column: Column) -> int | None:
    if is_missing(text):
        return None
    found = YEAR.fullmatch(compact(text).removesuffix(".0"))
    if not found:
        raise CellError(f"“{text}”不是年份", "请填写四位年份，如 2030；原文隐去的年份请留空，并在“隐去部分”填“年份”")
    return int(found[1])


def _whole(text: str, column: Column) -> int | None:
    number = read_number(text)
    if number is not None and (number.sign or number.value != int(number.value)):
        raise CellError(f"“{text}”不是整数", "请填写整数")
    return None if number is None else int(number.value)


def _choice(text: str, column: Column) -> str | None:
    if is_missing(text):
        return None
    plain = compact(text).lower()
    for slug, words in column.choices.items():
        if plain in (slug, *words):
            return slug
    if column.open_choices:
        return read_slug(text)
    listed = "、".join(f"{slug}（{words[0]}）" if words else slug for slug, words in column.choices.items())
    raise CellError(f"“{text}”不是“{column.label}”可填的内容", f"请从这些中选一个：{listed}")


def _masked_part(text: str, column: Column) -> str | None:
    parts = [compact(part).lower() for part in SEPARATORS.split(text) if part.strip()]
    unknown = [part for part in parts if part not in MASKED_PARTS]
    if unknown:
        raise CellError(
            f"“{unknown[0]}”不是可以隐去的部分", "请填写 value（数值）、year（年份）、place（地名），多项用 ; 隔开"
        )
    named = {MASKED_PARTS[part] for part in parts}
    return ";".join(part for part in ("value", "year", "place") if part in named) or None


def _departments(text: str, column: Column) -> str | None:
    # not the comma of 、: 各区、镇、街道 is one body
    return ";".join(trimmed(part) for part in re.split("[;；]", text) if part.strip()) or None


GRAMMARS: dict[str, Callable] = {
    "text": lambda text, column: read_text(text),
    "name": lambda text, column: read_text(text),
    "unit": lambda text, column: read_text(text),
    "slug": lambda text, column: read_slug(text),
    "code": lambda text, column: read_area_code(text),
    "date": lambda text, column: read_date(text),
    "yes_no": lambda text, column: read_yes_no(text),
    "number": lambda text, column: read_number(text),
    "first_period": lambda text, column: read_first_period(text),
    "mark": lambda text, column: read_text(text),
    "year": _year,
    "whole": _whole,
    "choice": _choice,
    "masked_part": _masked_part,
    "departments": _departments,
}
MAY_NOT_BE_EMPTY = {"slug", "name", "choice", "unit"}
