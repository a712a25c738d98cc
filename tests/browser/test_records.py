"""A clerk mends one count through the form: the cascade moves, the history lists both versions, and it is taken back."""

import re
import shutil

import pytest

from tests.browser.conftest import served, visiting
from tests.browser.watching import Visit

PROGRAMME = "/programmes/ordos-colorectal?area=150602&period=2025-12"
TOWNSHIP = ".kt-cascade-parts tbody tr:has-text('公园街道')"


@pytest.fixture(scope="module")
def own_site(demo_store, tmp_path_factory):
    """A site on a copy of the demo: this story writes to it."""
    _url, folder = demo_store
    own = tmp_path_factory.mktemp("mending")
    shutil.copytree(folder, own, dirs_exist_ok=True)
    with served(f"sqlite:///{own / 'kangtu.db'}", own) as address:
        yield address


def attended(seen: Visit) -> int:
    """How many the township has screened in the round, as the page says."""
    return int(re.sub(r"（.*|[^0-9]", "", seen.page.inner_text(f"{TOWNSHIP} td:nth-of-type(3)")))


def press(seen: Visit, outcome: str) -> str:
    """Press the form's button; gives what it came to."""
    seen.page.click("#edit-save")
    seen.page.wait_for_selector(f".kt-outcome-{outcome}")
    return seen.page.inner_text(".kt-outcome")


def test_a_clerk_mends_one_count_and_both_versions_stay(chromium, own_site):
    with visiting(chromium, own_site) as visit:
        seen = visit(PROGRAMME, language="zh")
        before = attended(seen)
        seen.page.click(f"{TOWNSHIP} a:has-text('修改')")
        seen.page.wait_for_selector("#edit-save")
        field = seen.page.locator("""[id='{"column":"attended","type":"edit-field"}']""")
        was = int(field.input_value())

        field.fill("99999")
        press(seen, "refused")
        assert "多于应检" in seen.page.inner_text(".kt-field-wrong")
        field.fill(str(was + 7))
        assert "写明修改原因" in press(seen, "asked")
        seen.page.fill("#edit-reason", "补录漏登 7 人")
        assert str(was + 7) in press(seen, "ready")
        press(seen, "stored")
        assert attended(visit(PROGRAMME, language="zh")) == before + 7

        seen.page.click(".kt-outcome a:has-text('历史')")
        versions = seen.page.locator(".kt-history tbody tr", has_text="实检")
        versions.nth(1).wait_for()
        told = [versions.nth(at).inner_text() for at in range(versions.count())]
        assert ["有效" in told[0], "补录漏登 7 人" in told[0], "已替换" in told[1]] == [True, True, True]

        seen.page.click("button:has-text('撤回') >> nth=0")
        with seen.page.expect_navigation():
            seen.page.click("button:has-text('确定撤回')")
        seen.settle()
        assert "已撤回" in seen.page.inner_text(".kt-history")
        assert attended(visit(PROGRAMME, language="zh")) == before
