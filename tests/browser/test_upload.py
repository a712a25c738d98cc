"""A district clerk's story: template, fill in, three errors, mend, import, and the cascade moves; then it is taken back."""

import re
import shutil

import openpyxl
import pytest

from tests.browser.conftest import served, visiting
from tests.browser.watching import Visit

PROGRAMME = "/programmes/ordos-colorectal?area=150602&period=2025-12"


@pytest.fixture(scope="module")
def own_site(demo_store, tmp_path_factory):
    """A site on a copy of the demo: this story writes to it."""
    _url, folder = demo_store
    own = tmp_path_factory.mktemp("clerk")
    shutil.copytree(folder, own, dirs_exist_ok=True)
    with served(f"sqlite:///{own / 'kangtu.db'}", own) as address:
        yield address


def fill(template, path, rows):
    """The template's first sheet with these rows under its header, as a clerk fills it in."""
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    heads = [str(cell.value).rstrip("*") for cell in sheet[1]]
    sheet.delete_rows(2, sheet.max_row)
    for number, row in enumerate(rows, start=2):
        for head, value in row.items():
            sheet.cell(number, heads.index(head) + 1, value)
    book.save(path)


def township(code, eligible, attended):
    """A row of the figures of a month that was reported before, and is mended now."""
    row = {"项目": "ordos-colorectal", "地区代码": code, "时期": "2025-02", "应检（应管）人数": eligible}
    return row | {"实检（实管）人数": attended}


def send(seen: Visit, path) -> None:
    """Choose the file; the page of its report opens."""
    with seen.page.expect_file_chooser() as chooser:
        seen.page.click("#upload-choose")
    with seen.page.expect_navigation():
        chooser.value.set_files(path)
    seen.settle()


def screened(seen: Visit) -> int:
    """How many are screened in the district, from the downloaded table's own page."""
    cell = seen.page.inner_text(".kt-cascade-parts tbody tr:has-text('公园街道') td:nth-of-type(3)")
    return int(re.sub(r"（.*|[^0-9]", "", cell))


def test_a_clerk_brings_the_months_figures(chromium, own_site, tmp_path):
    with visiting(chromium, own_site) as visit:
        seen = visit(PROGRAMME, language="zh")
        before = screened(seen)

        seen = visit("/upload", language="zh")
        with seen.page.expect_download() as download:
            seen.page.click("#upload-template")
        template = tmp_path / "template.xlsx"
        download.value.save_as(template)

        wrong, right = tmp_path / "wrong.xlsx", tmp_path / "right.xlsx"
        fill(template, wrong, [township("150602002", 9000, 31), township("150602001", 10, 40_000),
                               township("150602999", 9000, 12), township("150602003", 9000, 7.5)])  # fmt: skip
        fill(template, right, [township("150602002", 9000, 31), township("150602001", 9000, 40),
                               township("150602004", 9000, 12), township("150602003", 9000, 7)])  # fmt: skip

        send(seen, wrong)
        assert "共4行，3行有误" in seen.heading()
        found = seen.page.locator(".kt-problem-rows tbody tr")
        assert {found.nth(at).locator("th").inner_text() for at in range(found.count())} == {"3", "4", "5"}
        with seen.page.expect_download() as problems:
            seen.page.click("a:has-text('下载全部')")
        assert "attended_above_eligible" in problems.value.path().read_text(encoding="utf-8-sig")

        send(seen, right)
        assert "检查无误：4行可以导入" in seen.heading()
        with seen.page.expect_navigation():
            seen.page.click("button:has-text('导入')")
        seen.settle()
        assert seen.heading().startswith("已导入")

        moved = visit(PROGRAMME, language="zh")
        after = screened(moved)
        assert after != before

        seen.page.click("button:has-text('撤回') >> nth=0")
        with seen.page.expect_navigation():
            seen.page.click("button:has-text('确定撤回')")
        seen.settle()
        assert screened(visit(PROGRAMME, language="zh")) == before
