"""Command export: every row of a kind that stands, in the columns of its template, to be read, mended and imported again."""

import csv
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from pathlib import Path

import xlsxwriter

from data_access.areas import read_descendants
from data_access.columns import Column, Kind
from data_access.engine import make_engine
from data_access.errors import InputError
from data_access.imports import kind_called
from data_access.kinds import KINDS
from data_access.plain_text import harmless
from data_access.schema import refuse_outdated
from data_access.workbooks import ROWS
from data_access.written_rows import Cells, Wanted, count_rows, rows_to_import
from settings import Settings

NUMBERS = ("number", "whole", "persons")
SURE_DIGITS = 15  # a cell written as a number keeps no more; with more it is written as text


def write_rows(path: Path, engine, kind: Kind, wanted: Wanted) -> int:
    """Write the rows to an .xlsx or .csv file and give how many there are.

    Raises InputError for another ending, and for more rows than a workbook may hold that is to be imported again.
    """
    rows = rows_to_import(engine, kind, wanted)
    if path.suffix.lower() == ".csv":
        return _write_csv(path, kind, rows)
    if path.suffix.lower() != ".xlsx":
        raise InputError(f"{path}：导出文件的扩展名应为 .xlsx 或 .csv。")
    if kind.name != "programme_counts" and (count := count_rows(engine, kind, wanted)) >= ROWS:
        raise InputError(f"共 {count:,} 行，超出一个工作簿的 {ROWS:,} 行。请导出 .csv，或缩小地区、时期范围。")
    return _write_workbook(path, kind, rows)


def _columns(kind: Kind) -> list[Column]:
    return [column for column in kind.columns if column.name != "row_mark"]


def _write_csv(path: Path, kind: Kind, rows: Iterable[Cells]) -> int:
    columns, count = _columns(kind), 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.label for column in columns])
        for row in rows:
            texts = ((row[column.name], column.grammar in NUMBERS) for column in columns)
            writer.writerow([text if is_number else harmless(text) for text, is_number in texts])
            count += 1
    return count


def _write_workbook(path: Path, kind: Kind, rows: Iterable[Cells]) -> int:
    columns, count = _columns(kind), 0
    # a cell is what it says: no text becomes a formula or a link; rows are let go once written
    options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    with xlsxwriter.Workbook(path, options) as workbook:
        head, text = workbook.add_format({"bold": True, "bottom": 1}), workbook.add_format({"num_format": "@"})
        sheet = workbook.add_worksheet(kind.label)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, max(12, 2 * len(column.label)), None if column.grammar in NUMBERS else text)
            sheet.write_string(0, at, column.label, head)
        sheet.freeze_panes(1, 0)
        for count, row in enumerate(rows, start=1):
            if count >= ROWS:
                raise InputError(f"超出一个工作簿的 {ROWS:,} 行。请导出 .csv，或缩小地区、时期范围。")
            for at, column in enumerate(columns):
                _write_cell(sheet, count, at, row[column.name], text, column.grammar in NUMBERS)
    return count


def _write_cell(sheet, row: int, at: int, value: str, text, is_number: bool) -> None:
    if not value:
        return
    if is_number and sum(sign.isdigit() for sign in value) <= SURE_DIGITS:
        sheet.write_number(row, at, float(value))
    else:
        sheet.write_string(row, at, value, text)


def add_arguments(command: str, parser: ArgumentParser) -> None:
    parser.add_argument("kind", metavar="KIND", choices=[*KINDS], help=", ".join(KINDS))
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help=".xlsx or .csv")
    parser.add_argument("--area", metavar="CODE", help="only what lies in this area")
    parser.add_argument("--year", metavar="YEAR", default="", help="only periods of this year")


def run(command: str, arguments: Namespace, settings: Settings) -> int:
    engine = make_engine(settings.database_url)
    refuse_outdated(engine)
    inside = None
    if arguments.area:
        inside = frozenset(read_descendants(engine, arguments.area)["area_id"])
        if not inside:
            raise InputError(f"地区代码 {arguments.area} 不在地区表中。")
    kind = kind_called(arguments.kind)
    count = write_rows(arguments.out, engine, kind, Wanted(area_ids=inside, year=arguments.year))
    print(f"已写入 {arguments.out}：{kind.label} {count:,} 行。改好后可原样导入（manage.py import {kind.name} 文件）。")
    return 0
