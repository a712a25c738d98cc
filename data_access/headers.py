"""Finding the header of a sheet: which of a kind's columns stand where, whatever they are called and in any order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from data_access.kinds import Column, Kind
from data_access.periods import parse_period
from data_access.plain_text import compact, trimmed
from data_access.reports import Problems
from data_access.workbooks import Sheet, column_letters

LOOKED_AT = 15  # rows; a title, a document number and a date stand above the header in many forms
LISTED = 20
BRACKETS = re.compile(r"\(([^()]*)\)$")
DECORATION = re.compile(r"[*_\-:.·]")
OUR_OWN_SHEETS = ("填写说明", "代码")  # of a workbook that `manage.py template` wrote


@dataclass
class Table:
    """A sheet whose header was found: columns name -> position; rows below the header, not yet read."""

    sheet: Sheet
    header_row: int
    columns: dict[str, int]
    labels: dict[str, str]  # column name -> as the sheet calls it
    units: dict[str, str]  # column name -> the unit in brackets behind its label
    width: int
    rows: Iterator[tuple[int, list[str]]]
    nameless: list[int] = field(default_factory=list)  # positions without a label

    def label(self, name: str) -> str:
        return self.labels.get(name, name)


def plain_label(text: str) -> str:
    """A header as it is compared: no spaces, case, unit in brackets, required-mark."""
    return DECORATION.sub("", BRACKETS.sub("", compact(text)).lower())


def find_table(sheet: Sheet, kind: Kind, problems: Problems, notices: list[str]) -> Table | None:
    """The table on a sheet, or None: an empty sheet, or one whose header is wrong (which problems then says)."""
    top = list(islice(sheet.rows, LOOKED_AT))
    if not top:
        return None
    known = {plain_label(word): column for column in kind.columns for word in words_for(column)}
    matches = [[known.get(plain_label(cell)) for cell in cells] for _, cells in top]
    best = max(range(len(top)), key=lambda at: len({column.name for column in matches[at] if column}))
    header_row, cells = top[best]
    found = [(at, column) for at, column in enumerate(matches[best]) if column]
    if len(found) < 2:
        _no_header(sheet, kind, top[0], problems)
        return None
    if not _is_whole(sheet, kind, header_row, cells, found, problems):
        return None
    notices += _titles_above(sheet, top[:best]) + _unknown(sheet, cells, matches[best])
    _refuse_merged(sheet, header_row, {at for at, _ in found}, problems)
    return Table(
        sheet=sheet,
        header_row=header_row,
        columns={column.name: at for at, column in found},
        labels={column.name: trimmed(cells[at]) for at, column in found},
        units={column.name: unit[1] for at, column in found if (unit := BRACKETS.search(compact(cells[at])))},
        width=len(cells),
        rows=chain(top[best + 1 :], sheet.rows),
        nameless=[at for at, cell in enumerate(cells) if not cell.strip()],
    )


def words_for(column: Column) -> tuple[str, ...]:
    return (column.name, column.label, *column.synonyms)


def place(sheet: Sheet) -> str:
    return f"工作表“{sheet.name}”" if sheet.name else ""


def _no_header(sheet: Sheet, kind: Kind, first: tuple[int, list[str]], problems: Problems) -> None:
    needed = "、".join(column.label for column in kind.columns if column.required)
    seen = _listed(first[1])
    problems.add(
        sheet.name,
        first[0],
        "",
        seen,
        "no_header",
        f"没有找到“{kind.label}”的表头（找到的是：{seen}）",
        f"表头至少要有：{needed}；若文字显示为乱码，请另存为“CSV UTF-8”；"
        f"不需要的工作表请删除。空白表样：manage.py template {kind.name}",
    )


def _is_whole(sheet, kind, header_row, cells, found, problems) -> bool:
    """Whether every required column is there, once; says in problems what is not."""
    before = problems.total
    names = [column.name for _, column in found]
    for column in kind.columns:
        if column.required and column.name not in names:
            _missing(sheet, header_row, cells, column.label, problems)
        twice = [trimmed(cells[at]) for at, other in found if other.name == column.name]
        if len(twice) > 1:
            listed = "”和“".join(twice)
            what = f"“{listed}”都是“{column.label}”"
            problems.add(sheet.name, header_row, "", listed, "column_twice", what, "请只保留一列，或给另一列换个名称")
    for group in kind.either:
        if not set(group) & set(names):
            _missing(sheet, header_row, cells, "”或“".join(kind.column(name).label for name in group), problems)
    return problems.total == before


def _missing(sheet: Sheet, header_row: int, cells: list[str], label: str, problems: Problems) -> None:
    mend = f"请加上这一列。表头里有：{_listed(cells)}"
    if sum(_is_period(cell) for cell in cells) >= 2:
        mend = "这张表像是一个时期一列；请改成一行一个时期，另设“时期”列和“数值”列"
    problems.add(sheet.name, header_row, "", "", "missing_column", f"缺少必需的列“{label}”", mend)


def _is_period(text: str) -> bool:
    try:
        return bool(parse_period(text))
    except ValueError:
        return False


def _listed(cells: list[str]) -> str:
    named = [trimmed(cell)[:30] for cell in cells if cell.strip()]
    return "、".join(named[:LISTED]) + ("…" if len(named) > LISTED else "")


def _titles_above(sheet: Sheet, rows: list[tuple[int, list[str]]]) -> list[str]:
    return [f"{place(sheet)}第 {number} 行“{_listed(cells)}”在表头之上，按标题处理，未导入。" for number, cells in rows]


def _unknown(sheet: Sheet, cells: list[str], matches: list[Column | None]) -> list[str]:
    unknown = [cell for cell, match in zip(cells, matches, strict=True) if match is None and cell.strip()]
    return [f"{place(sheet)}不认识的列，没有导入：{_listed(unknown)}。"] if unknown else []


def _refuse_merged(sheet: Sheet, header_row: int, positions: set[int], problems: Problems) -> None:
    for merged in sheet.merged:
        covers = any(merged.first_column <= at + 1 <= merged.last_column for at in positions)
        if merged.last_row >= header_row and covers:
            problems.add(
                sheet.name,
                merged.first_row,
                "",
                merged.text,
                "merged_cells",
                f"{merged.text} 是合并单元格，只有第一格里有内容",
                "请选中后“取消合并单元格”，并在每一行每一格填上各自的内容",
            )


def check_shape(table: Table, number: int, cells: list[str], problems: Problems) -> bool:
    """Whether a row fits under the header; says in problems what does not."""
    name = table.sheet.name
    if len(cells) > table.width and any(cell.strip() for cell in cells[table.width :]):
        what = f"这一行有 {len(cells)} 格，表头只有 {table.width} 列"
        mend = "多半是数字或文字里的逗号没有加引号，请给该格加上英文双引号，或改存为 .xlsx"
        problems.add(name, number, "", cells[-1], "too_many_cells", what, mend)
        return False
    for at in table.nameless:
        if at < len(cells) and cells[at].strip():
            what = f"第 {column_letters(at + 1)} 列有内容但没有列名"
            problems.add(name, number, "", cells[at], "no_column_name", what, "请补上列名，或删除这一列")
            return False
    return True
