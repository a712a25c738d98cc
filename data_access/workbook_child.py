"""Read an XLSX in a process of its own: `python workbook_child.py FILE OUT`.

A crafted workbook can make the reader allocate without end or abort the whole process, so it never runs where the
site or an import runs: this process has an upper limit on memory and on what it may write, its parent on its time.
It imports nothing of the project. OUT gets one JSON value a line: for each sheet an object (name, hidden, merged
ranges, formulas never worked out), then one list of texts a row, in Excel's order, blank rows as [].

Cells become the text Excel shows where that matters: whole numbers without a decimal point (codes), a number in a
percent format with its percent sign (the file stores 85.3% as 0.853), errors as #DIV/0! (the reader gives an empty
cell, which would pass for "not reported"). From 10^15 on Excel has already changed the
last digits: such numbers keep their exponent, which no grammar accepts.
"""

import datetime
import json
import re
import resource
import sys
import zipfile
from decimal import Decimal
from xml.etree import ElementTree

import python_calamine

MEMORY_BYTES = 1 << 30
OUTPUT_BYTES = 512 << 20
CELL_CHARACTERS = 32_767  # Excel's own limit
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
BUILT_IN_PERCENT = {9, 10}  # 0% and 0.00%
CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
REFERENCE, STYLE = re.compile(rb"""\br=["']([A-Z]+)([0-9]+)"""), re.compile(rb"""\bs=["']([0-9]+)""")
ERROR, ERROR_TEXT = re.compile(rb"""\bt=["']e["']"""), re.compile(rb"<v\b[^>]*>([^<]*)")
FORMULA, VALUE = re.compile(rb"<f\b"), re.compile(rb"<v\b[^>]*>[^<]|<is\b")  # some writers put an empty <v/>


def main(path: str, out: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_BYTES, OUTPUT_BYTES))
    with zipfile.ZipFile(path) as archive:
        percent_styles = find_percent_styles(archive)
        parts = sheet_parts(archive)
        workbook = python_calamine.CalamineWorkbook.from_path(path)
        with open(out, "w", encoding="utf-8") as file:  # noqa: PTH123 (no path arithmetic here)
            for sheet in workbook.sheets_metadata:
                if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet:
                    xml = archive.read(parts[sheet.name]) if sheet.name in parts else b""
                    write_sheet(file, workbook, sheet, *find_cells(xml, percent_styles))


def write_sheet(file, workbook, metadata, percents: set, errors: dict, unfinished: list) -> None:
    sheet = workbook.get_sheet_by_name(metadata.name)
    header = {
        "sheet": metadata.name,
        "hidden": metadata.visible != python_calamine.SheetVisibleEnum.Visible,
        "merged": sheet.merged_cell_ranges or [],
        "unfinished": unfinished,
    }
    file.write(json.dumps(header, ensure_ascii=False) + "\n")
    first_column = sheet.start[1] if sheet.start else 0
    before = [""] * first_column
    for row_number, row in enumerate(sheet.iter_rows() if sheet.start else ()):
        texts = [as_text(value, (row_number, first_column + at) in percents) for at, value in enumerate(row)]
        if errors:
            texts = [errors.get((row_number, first_column + at), text) for at, text in enumerate(texts)]
        file.write(json.dumps(before + texts if any(texts) else [], ensure_ascii=False) + "\n")


def as_text(value, is_percent: bool) -> str:
    """One cell as text; "" where it is empty."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if abs(value) >= 1e15:
            return f"{value:.14e}"
        exact = Decimal(repr(value)) * (100 if is_percent else 1)
        # 0.07 in a percent cell is 7.000000000000001 in binary arithmetic: Decimal keeps what Excel shows
        text = f"{exact:f}".rstrip("0").rstrip(".") if "." in f"{exact:f}" else f"{exact:f}"
        return f"{'0' if text == '-0' else text}{'%' if is_percent else ''}"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)[:CELL_CHARACTERS]


def find_percent_styles(archive: zipfile.ZipFile) -> set[int]:
    """The positions in cellXfs whose number format shows a percent sign."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    root = ElementTree.fromstring(archive.read("xl/styles.xml"))  # noqa: S314
    own = {int(f.get("numFmtId")): f.get("formatCode", "") for f in root.iter(f"{MAIN}numFmt")}
    percent = BUILT_IN_PERCENT - set(own) | {number for number, code in own.items() if shows_percent(code)}
    cell_formats = root.find(f"{MAIN}cellXfs")
    formats = [] if cell_formats is None else list(cell_formats)
    return {at for at, style in enumerate(formats) if int(style.get("numFmtId", 0)) in percent}


def shows_percent(format_code: str) -> bool:
    """A percent sign multiplies by 100 unless it stands in quotes or behind a backslash: 0.0"%" does not."""
    return "%" in re.sub(r'"[^"]*"|\\.', "", format_code)


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name -> the part of the archive that holds it."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {r.get("Id"): r.get("Target", "").removeprefix("/xl/") for r in relations}
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    found = {}
    for sheet in book.iter(f"{MAIN}sheet"):
        identifier = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), None)
        part = f"xl/{targets.get(identifier)}"
        if part in archive.namelist():
            found[sheet.get("name")] = part
    return found


def find_cells(xml: bytes, percent_styles: set[int]) -> tuple[set, dict, list]:
    """(row, column) from 0: of the cells in a percent format; of errors with their text; of formulas without a result."""
    percents, errors, unfinished = set(), {}, []
    if not percent_styles and not FORMULA.search(xml) and not ERROR.search(xml):
        return percents, errors, unfinished
    for match in CELL.finditer(xml):
        attributes, content = match.group(1), match.group(2) or b""
        reference, style = REFERENCE.search(attributes), STYLE.search(attributes)
        if reference is None:
            continue
        at = (int(reference[2]) - 1, column_number(reference[1].decode()))
        if style and int(style[1]) in percent_styles:
            percents.add(at)
        if ERROR.search(attributes):
            said = ERROR_TEXT.search(content)
            errors[at] = said[1].decode() if said else "#VALUE!"
        elif FORMULA.search(content) and not VALUE.search(content):
            unfinished.append(at)
    return percents, errors, unfinished


def column_number(letters: str) -> int:
    """A -> 0, Z -> 25, AA -> 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


if __name__ == "__main__":
    main(*sys.argv[1:])
