"""What holds for every page of the internal site, in both languages and both sets of colours."""

import importlib

import pytest
from axe_playwright_python.sync_playwright import Axe

from dashboards import access
from dashboards.app import PAGES
from tests.browser.conftest import PHONE

for module in PAGES["internal"]:
    importlib.import_module(module)
PATHS = [
    page.path + ("?q=e" if page.path == "/search" else "")
    for page in map(access.declared.pages.get, PAGES["internal"])
    if page.path_template is None and page.path != "/404"
]
READERS = [("zh", "light"), ("en", "dark")]
# Faults of Dash 4.4.1's and dash-ag-grid 35.3.0's own controls, seen on 2026-11-21; the list only shrinks.
# rule -> what the selector of the faulty element contains
KNOWN_FAULTS: dict[str, tuple[str, ...]] = {
    "aria-hidden-focus": ("dash-dropdown-focus-target",),  # dcc.Dropdown
}


def unknown_faults(page) -> list[str]:
    """What axe finds (WCAG 2.1 A and AA) and Dash is not known for."""
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], "resultTypes": ["violations"]}
    found = []
    for violation in Axe().run(page, options=options).response["violations"]:
        for node in violation["nodes"]:
            selector = " ".join(map(str, node["target"]))
            if not any(part in selector + node["html"] for part in KNOWN_FAULTS.get(violation["id"], ())):
                found.append(f"{violation['id']} ({violation['impact']}): {selector} {node['html'][:160]}")
    return found


@pytest.mark.parametrize(("language", "theme"), READERS)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_quiet_translated_and_usable_by_everybody(visit, path, language, theme):
    seen = visit(path, language=language, theme=theme)

    assert seen.untranslated() == []
    assert unknown_faults(seen.page) == []
    assert seen.page.get_attribute("html", "lang") == {"zh": "zh-CN", "en": "en"}[language]
    assert seen.page.get_attribute("html", "data-bs-theme") == theme
    assert seen.page.locator("h1").count() == 1
    assert "演示数据 DEMO DATA" in seen.page.inner_text(".kt-demo")
    assert seen.overflow() <= 0
    if language == "en":  # whose words are longer; loaded anew, as a phone would
        seen.page.set_viewport_size(dict(zip(("width", "height"), PHONE, strict=True)))
        seen.page.reload()
        seen.settle()
        assert seen.overflow() <= 0


def test_an_address_nobody_has_is_said_so(visit):
    seen = visit("/no-such-page", language="en")

    assert seen.heading() == "There is no such page"
    assert seen.untranslated() == []
    assert [problem for problem in seen.problems if "404" not in problem] == []
    seen.problems.clear()
