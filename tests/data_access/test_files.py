"""Files as they come: what they are is told from their bytes, never from their names."""

import io
import tracemalloc
import zipfile

import pytest
import xlsxwriter

from data_access import workbooks
from data_access.errors import InputError
from data_access.files import open_file


def rows_of(path, name=None):
    with open_file(path, name) as source:
        return [(sheet.name, list(sheet.rows)) for sheet in source.sheets()]


def write(tmp_path, content: bytes, name: str = "筛查.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_each_encoding_that_excel_and_wps_write(tmp_path, encoding):
    path = write(tmp_path, "地区,数值\n东胜区,85\n".encode(encoding))

    assert rows_of(path) == [(None, [(1, ["地区", "数值"]), (2, ["东胜区", "85"])])]


def test_rows_keep_the_numbers_that_excel_shows_over_blank_lines_and_breaks_inside_cells(tmp_path):
    path = write(tmp_path, '地区,备注\n东胜区,"第一行\n第二行"\n\n康巴什区,好\n'.encode())

    assert [number for number, _ in rows_of(path)[0][1]] == [1, 2, 4]


@pytest.mark.parametrize("rows", ['东胜区,"好\n康巴什区,好\n', '东胜区,"好"的\n'])
def test_a_quote_that_is_never_closed_swallows_no_rows(tmp_path, rows):
    path = write(tmp_path, f"地区,备注\n{rows}".encode())

    with pytest.raises(InputError, match="第 2 行：引号"):
        rows_of(path)


def test_a_title_without_any_mark_does_not_hide_the_semicolons_below_it(tmp_path):
    path = write(tmp_path, "某市年报\n地区;数值\n东胜区;85\n".encode())

    assert rows_of(path) == [(None, [(1, ["某市年报"]), (2, ["地区", "数值"]), (3, ["东胜区", "85"])])]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.csv", "文件是空的"),
        (b"\xef\xbb\xbf\r\n\r\n", "a.csv", "文件是空的"),
        (b"%PDF-1.7 ...", "a.xlsx", "PDF 文档"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", "另存为 .xlsx"),
        (b"\x89PNG\r\n", "a.xlsx", "图片"),
        (b"<html><table><tr>", "a.xls", "网页"),
        (b'{"type": "FeatureCollection"}', "a.csv", "JSON"),
        ("地区,数值\n".encode("utf-16"), "a.csv", "UTF-16"),
        ("地區".encode("big5") + b"\xff,1\n", "a.csv", "既不是 UTF-8 也不是 GB18030"),
        ("地区,数值\n东".encode("gb18030")[:-1], "a.csv", "既不是 UTF-8 也不是 GB18030"),
        ("地区\x00,数值\n".encode(), "a.csv", "控制字符"),
        (b"PK\x03\x04 and then nothing", "a.xlsx", "已损坏"),
    ],
)
def test_what_is_no_table_is_refused_by_what_it_is(tmp_path, content, name, words):
    with pytest.raises(InputError, match=words):
        rows_of(write(tmp_path, content, name))


def test_a_quote_never_closed_does_not_swallow_the_file(tmp_path):
    path = write(tmp_path, ('a,b\n1,"2\n' + "3,4\n" * 20_000).encode())

    with pytest.raises(InputError, match="少了一个引号"):
        rows_of(path)


def test_half_a_million_rows_are_streamed(tmp_path):
    path = write(tmp_path, b"a,b,c\n" + b"150602,2024,85.3\n" * 500_000)
    tracemalloc.start()
    try:
        with open_file(path) as source:
            count = sum(1 for sheet in source.sheets() for _ in sheet.rows)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert count == 500_001
    assert peak < 8 << 20  # the file has 8.5 MB, its rows as Python lists some 100


def workbook(path, fill) -> None:
    with xlsxwriter.Workbook(path) as book:
        fill(book, book.add_worksheet("2024"))


def test_a_workbook_gives_cells_as_excel_shows_them(tmp_path):
    def fill(book, sheet):
        sheet.write("B2", 150602001001)
        sheet.write("C2", 0.853, book.add_format({"num_format": "0.0%"}))
        sheet.write("D2", 0.853)
        sheet.write("E2", 0.853, book.add_format({"num_format": '0.0"%"'}))  # a sign for show: it does not multiply
        sheet.write("B4", 0.07, book.add_format({"num_format": 9}))
        sheet.write("C4", 125060247610001234)

    workbook(tmp_path / "a.xlsx", fill)

    assert rows_of(tmp_path / "a.xlsx") == [
        (
            "2024",
            [
                (2, ["", "150602001001", "85.3%", "0.853", "0.853"]),
                (4, ["", "7%", "1.25060247610001e+17", "", ""]),
            ],
        )
    ]


def test_hidden_sheets_merged_cells_and_formulas_without_a_result_are_found(tmp_path):
    def fill(book, sheet):
        sheet.merge_range("A1:C1", "标题")
        sheet.write("A2", 1)
        book.add_worksheet("藏着").hide()

    workbook(tmp_path / "a.xlsx", fill)
    with open_file(tmp_path / "a.xlsx") as source:
        found = [(sheet.name, sheet.hidden, [m.text for m in sheet.merged]) for sheet in source.sheets()]

    assert found == [("2024", False, ["A1:C1"]), ("藏着", True, [])]


def test_a_formula_that_was_never_worked_out_is_told_from_an_empty_cell(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["甲", 3, "=B1*2"])  # openpyxl writes no result
    book.save(tmp_path / "a.xlsx")
    with open_file(tmp_path / "a.xlsx") as source:
        (unfinished,) = [sheet.unfinished for sheet in source.sheets()]

    assert unfinished == {(1, 3)}


def test_an_error_in_a_cell_does_not_pass_for_an_empty_one(tmp_path):
    workbook(tmp_path / "a.xlsx", lambda book, sheet: sheet.write_formula("B1", "=1/0", None, "#DIV/0!"))

    assert rows_of(tmp_path / "a.xlsx") == [("2024", [(1, ["", "#DIV/0!"])])]


def altered(path, part: str, change) -> None:
    """Write a workbook again with one part changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        (SHEET, lambda xml: xml.replace(b'r="A1"', b'r="XFD1048576"'), "超出可导入的范围"),
        (SHEET, lambda xml: xml.replace(b'"A1"', b'"A1:GS9"', 1), "超出可导入的范围"),
        (SHEET, lambda xml: b"<!DOCTYPE lolz [<!ENTITY a 'b'>]>" + xml, "DOCTYPE"),
        (SHEET, lambda xml: xml.decode().encode("utf-16"), "编码异常"),
        ("xl/media/bomb.xml", lambda xml: b"0" * (70 << 20), "解压后太大"),
        ("xl/workbook.xml", lambda xml: b"<workbook", "不是完好的 Excel 工作簿"),
    ],
)
def test_a_crafted_workbook_is_refused_before_it_costs_anything(tmp_path, part, change, words):
    path = tmp_path / "a.xlsx"
    workbook(path, lambda book, sheet: sheet.write("A1", 1))
    altered(path, part, change)

    with pytest.raises(InputError, match=words):
        rows_of(path)


def test_a_workbook_whose_declared_size_lies_is_still_counted(tmp_path):
    path = tmp_path / "a.xlsx"
    workbook(path, lambda book, sheet: sheet.write("A1", 1))
    altered(path, SHEET, lambda xml: xml + b" " * (65 << 20))
    content = path.read_bytes()
    true_size = len(zipfile.ZipFile(io.BytesIO(content)).read(SHEET)).to_bytes(4, "little")
    path.write_bytes(content.replace(true_size, (1000).to_bytes(4, "little")))

    with pytest.raises(InputError, match=r"解压后超过|已损坏"):
        rows_of(path)


def test_a_word_document_renamed_is_named_for_what_it_is(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")

    with pytest.raises(InputError, match="Word 文档"):
        rows_of(path)


def test_reading_a_workbook_is_stopped_when_it_takes_too_long(tmp_path):
    path = tmp_path / "a.xlsx"
    workbook(path, lambda book, sheet: sheet.write("A1", 1))

    with pytest.raises(InputError, match="已停止"):
        workbooks.read_workbook(path, "a.xlsx", tmp_path, seconds=0.001)


def test_a_reader_that_wants_too_much_memory_ends_without_harm_to_us(tmp_path):
    path = tmp_path / "a.xlsx"
    workbook(path, lambda book, sheet: sheet.write("A1", 1))
    # the checks refuse this sheet: here it goes to the reader as if they had been passed by
    altered(
        path,
        SHEET,
        lambda xml: xml.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    )

    with pytest.raises(InputError, match=r"内存超过上限|无法读取"):
        workbooks.read_workbook(path, "a.xlsx", tmp_path)
