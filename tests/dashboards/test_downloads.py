import io
import zipfile

import pandas as pd
import pytest
from openpyxl import load_workbook

from dashboards import access
from dashboards.access import User
from dashboards.components import Export, download_bar, downloads


def read_csv(answer) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(answer.data), encoding="utf-8-sig", dtype={"Area code": str})


def test_the_list_comes_as_csv_that_excel_reads_and_says_in_every_row_that_it_is_synthetic(small_site):
    answer = small_site.get("/download/behind.csv?lang=en")
    rows = read_csv(answer)

    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="kangtu-behind.csv"'
    assert len(rows) == 5
    assert rows.loc[0, ["Target", "Area code", "Figure", "Gap"]].tolist() == [
        "Smoking rate, age 15+",  # of one tenth of severity with screening, and reversing: see test_behind.py
        "150621",
        26.0,
        -3.75,
    ]
    assert set(rows["演示数据 DEMO DATA"]) == {"DEMO"}


def test_the_file_has_the_rows_of_the_view(small_site):
    assert len(read_csv(small_site.get("/download/behind.csv?lang=en&area=150600"))) == 1


def test_the_workbook_says_plan_area_and_that_it_is_synthetic(small_site):
    book = load_workbook(io.BytesIO(small_site.get("/download/behind.xlsx?lang=zh").data))
    about = {row[0].value: row[1].value for row in book["说明"].iter_rows()}

    assert book.sheetnames == ["数据", "说明"]
    assert about["演示数据 DEMO DATA"] == "数据系模拟生成，不反映任何真实地区的健康状况。"
    assert about["方案"] == "健康试验行动"
    assert about["网址"] == "/download/behind.xlsx?lang=zh"
    assert book["数据"].max_row == 6


HOSTILE = ["=1+1", "+86", "-3", "@SUM(A1)", "\tx", "＝1", "a\x00b", "https://example.org"]


def test_no_text_becomes_a_formula_or_a_link(small_site, monkeypatch):
    export = Export(pd.DataFrame({"=cmd": HOSTILE, "n": range(len(HOSTILE))}), "=title", {"=label": "=text"})
    monkeypatch.setitem(downloads._exporters, "hostile", downloads._Exporter(lambda query: export, "download figures"))

    table = small_site.get("/download/hostile.csv").data.decode("utf-8-sig")
    assert all(f"'{text}" in table for text in ("=cmd", "=1+1", "+86", "-3", "@SUM(A1)", "＝1"))

    workbook = small_site.get("/download/hostile.xlsx").data
    sheets = load_workbook(io.BytesIO(workbook))
    assert not [cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    names = zipfile.ZipFile(io.BytesIO(workbook)).namelist()
    assert not [name for name in names if "externalLink" in name or (name.endswith(".rels") and "sheet" in name)]


def test_a_number_stays_a_number_and_missing_stays_empty(small_site, monkeypatch):
    export = Export(pd.DataFrame({"value": [1.5, None], "n": [-3, 4]}), "numbers")
    monkeypatch.setitem(downloads._exporters, "numbers", downloads._Exporter(lambda query: export, "download figures"))
    sheet = load_workbook(io.BytesIO(small_site.get("/download/numbers.xlsx").data)).worksheets[0]

    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [[1.5, -3], [None, 4]]


@pytest.mark.parametrize(
    "path", ["/download/nothing.csv", "/download/behind.pdf", "/download/behind.", "/download/../x.csv"]
)
def test_what_nobody_exports_is_not_found(small_site, path):
    assert small_site.get(path).status_code == 404


def test_a_reporter_may_look_but_not_take_away(small_site, monkeypatch):
    monkeypatch.setattr(access, "DEMO_USER", User("reporter", frozenset({"reporter"})))

    assert small_site.get("/download/behind.csv").status_code == 403


def test_a_button_for_an_export_that_is_not_declared_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="exporter"):
        download_bar("nothing-of-the-kind")


def test_a_workbook_leaves_cells_empty_for_every_kind_of_missing(small_site, monkeypatch):
    missing = pd.DataFrame({"text": [None], "integer": pd.array([None], "Int64"), "number": [float("nan")]})
    export = Export(missing.assign(day=pd.NaT), "title", {})
    monkeypatch.setitem(downloads._exporters, "missing", downloads._Exporter(lambda query: export, "download figures"))

    sheet = load_workbook(io.BytesIO(small_site.get("/download/missing.xlsx").data)).worksheets[0]

    assert {cell.value for cell in sheet[2]} <= {None, "DEMO"}


@pytest.mark.parametrize(
    "file", ["plan.csv", "plan.csv?plan_id=x", "plans-compare.csv", "plans-compare.csv?indicator=x"]
)
def test_a_file_of_something_nobody_has_is_a_fault_of_the_caller(small_site, file):
    assert 400 <= small_site.get(f"/download/{file}").status_code < 500
