"""An empty workbook or CSV of a kind: the columns, lists to choose from, one example row, and how to fill it in."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter

from data_access.columns import EXAMPLE_MARK, Column, Kind
from data_access.errors import InputError
from data_access.observation_checks import Known, UnitRule
from data_access.plain_text import harmless

CODES, NOTES = "代码", "填写说明"  # as headers.OUR_OWN_SHEETS: an import passes over them
ROWS_WITH_LISTS = 5_000
GENERAL_NOTES = (
    "标 * 的列必填；列的顺序可以改，用不到的列可以删去，不要合并单元格。",
    "代码列已设为“文本”格式，请直接填写；不要写成数字，以免丢失数位。",
    "没有统计的数请留空，不要填 0；0 表示数值就是零。",
    "百分数写成 85.3 或 85.3%，不要写成 0.853 或“百分之八十五”。",
    "合计行、说明行请不要放在表内。",
    f"行标记写着“{EXAMPLE_MARK}”的行不导入，可以删去。",
)


def write_template(path: Path, kind: Kind, known: Known | None, units: Mapping[str, UnitRule]) -> None:
    """Write an .xlsx, or a .csv with the header and the example row. known: what the lists are filled with, if anything.

    Raises InputError for another ending or a folder that cannot be written to.
    """
    try:
        if path.suffix.lower() == ".xlsx":
            _write_workbook(path, kind, _choices(kind, known, units))
        elif path.suffix.lower() == ".csv":
            _write_csv(path, kind)
        else:
            raise InputError(f"{path}：表样的扩展名应为 .xlsx 或 .csv。")
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        raise InputError(f"{path}：不能写入。请换一个文件夹，或先关闭已打开的同名文件。") from error


def _choices(kind: Kind, known: Known | None, units: Mapping[str, UnitRule]) -> dict[str, list[tuple[str, str]]]:
    """Column name -> (what to choose, what it means)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for column in kind.columns:
        if column.choices and column.grammar == "choice":
            found[column.name] = [(words[0] if words else stored, stored) for stored, words in column.choices.items()]
        elif column.grammar == "unit":
            found[column.name] = [(slug, rule.words[0]) for slug, rule in units.items()]
        elif column.grammar in ("area", "new_area") and known is not None:
            pairs = zip(known.areas["area_id"], known.areas["name_zh"], strict=True)
            found[column.name] = list(pairs)
        elif column.grammar == "indicator" and known is not None:
            found[column.name] = list(zip(known.indicators["indicator_id"], known.indicators["name_zh"], strict=True))
        elif column.grammar == "programme" and known is not None:
            found[column.name] = list(zip(known.programmes["programme_id"], known.programmes["name_zh"], strict=True))
        elif column.grammar == "yes_no":
            found[column.name] = [("是", ""), ("否", "")]
    return {name: pairs for name, pairs in found.items() if pairs}


def _label(column: Column) -> str:
    return f"{column.label}*" if column.required else column.label


def _write_csv(path: Path, kind: Kind) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([_label(column) for column in kind.columns])
        writer.writerow([harmless(column.example) for column in kind.columns])


def _write_workbook(path: Path, kind: Kind, choices: dict[str, list[tuple[str, str]]]) -> None:
    # a cell is what it says: no text becomes a formula or a link
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        formats = {
            "head": workbook.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True}),
            "text": workbook.add_format({"num_format": "@"}),
            "example": workbook.add_format({"num_format": "@", "italic": True, "font_color": "#7F7F7F"}),
            "wrap": workbook.add_format({"text_wrap": True, "valign": "top"}),
        }
        sheet = workbook.add_worksheet(kind.label)
        notes, codes = workbook.add_worksheet(NOTES), workbook.add_worksheet(CODES)
        ranges = _write_codes(codes, kind, choices, formats)
        for at, column in enumerate(kind.columns):
            sheet.set_column(at, at, max(10, 2 * len(column.label) + 4), _format_of(column, formats))
            sheet.write_string(0, at, _label(column), formats["head"])
            sheet.write_string(1, at, column.example, formats["example"])
            if column.name in ranges:
                _offer(sheet, at, column, ranges[column.name])
        sheet.freeze_panes(1, 0)
        _write_notes(notes, kind, formats)


def _format_of(column: Column, formats: dict):
    return None if column.grammar in ("number", "whole") else formats["text"]


def _offer(sheet, at: int, column: Column, source: str) -> None:
    rule = {"validate": "list", "source": source, "error_type": "warning"}
    if column.help:
        rule |= {"input_title": column.label[:32], "input_message": column.help[:255]}
    sheet.data_validation(1, at, ROWS_WITH_LISTS, at, rule | {"error_message": "请从下拉表中选择，或核对代码。"})


def _write_codes(sheet, kind: Kind, choices: Mapping[str, Sequence[tuple[str, str]]], formats: dict) -> dict[str, str]:
    """The lists, two columns each on a sheet anyone can see; gives column name -> the range for its drop-down."""
    ranges = {}
    for number, (name, pairs) in enumerate(choices.items()):
        left = 3 * number
        sheet.set_column(left, left + 1, 20, formats["text"])
        sheet.write_string(0, left, kind.column(name).label, formats["head"])
        sheet.write_string(0, left + 1, "含义", formats["head"])
        for row, (word, meaning) in enumerate(pairs, start=1):
            sheet.write_string(row, left, word, formats["text"])
            sheet.write_string(row, left + 1, meaning, formats["text"])
        first = xlsxwriter.utility.xl_rowcol_to_cell(1, left, row_abs=True, col_abs=True)
        last = xlsxwriter.utility.xl_rowcol_to_cell(len(pairs), left, row_abs=True, col_abs=True)
        ranges[name] = f"='{CODES}'!{first}:{last}"
    sheet.freeze_panes(1, 0)
    return ranges


def _write_notes(sheet, kind: Kind, formats: dict) -> None:
    sheet.set_column(0, 0, 18, formats["wrap"])
    sheet.set_column(1, 1, 60, formats["wrap"])
    sheet.set_column(2, 2, 40, formats["wrap"])
    for row, note in enumerate(GENERAL_NOTES):
        sheet.write_string(row, 0, note)
    top = len(GENERAL_NOTES) + 1
    for at, head in enumerate(("列", "怎样填写", "也可叫作")):
        sheet.write_string(top, at, head, formats["head"])
    for row, column in enumerate(kind.columns, start=top + 1):
        sheet.write_string(row, 0, _label(column), formats["wrap"])
        sheet.write_string(row, 1, column.help, formats["wrap"])
        sheet.write_string(row, 2, "、".join(column.synonyms), formats["wrap"])
