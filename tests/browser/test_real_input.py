"""A place without map, population or hierarchy, in a real browser: the life expectancies of 142 countries."""

import shutil

import pytest

from data_access.engine import make_engine
from data_access.submissions import office_today
from tests.browser.conftest import PHONE, WIDE, served, visiting
from tests.real_input import GAPMINDER, PLAN, read_panel, write_files
from workflows.importing import import_file
from workflows.judging import judge_plan
from workflows.packs import load_plans

PATHS = [
    "/",
    "/map",
    "/map?area=gm-japan",
    "/indicator",
    "/indicator?area=gm-japan",
    "/behind",
    "/funnel",
    "/plans",
    f"/plans/{PLAN}",
    "/plans/compare",
    "/search?q=gm-ja",
]


@pytest.fixture(scope="module")
def countries(migrated_sqlite, tmp_path_factory):
    """Address of a site on the gapminder panel, imported and judged."""
    folder = tmp_path_factory.mktemp("countries")
    shutil.copy(migrated_sqlite, folder / "kangtu.db")
    url = f"sqlite:///{folder / 'kangtu.db'}"
    engine = make_engine(url)
    write_files(read_panel(GAPMINDER), folder)
    for kind in ("areas", "indicators", "observations"):
        import_file(engine, kind, folder / f"{kind}.csv", received_from="test")
    load_plans(engine, [folder / "plan"], today=office_today())
    judge_plan(engine, PLAN, as_of=office_today())
    engine.dispose()
    with served(url, folder) as address:
        yield address


@pytest.mark.parametrize(("language", "size"), [("zh", WIDE), ("en", PHONE)])
def test_every_page_is_quiet_and_fits_for_countries_without_a_map(chromium, countries, language, size):
    with visiting(chromium, countries) as visit:
        seen = visit(language=language, size=size)
        for path in PATHS:
            seen.go(path)

            assert seen.overflow() <= 0, path
            assert seen.untranslated() == [], path
            assert seen.page.locator("h1").count() == 1, path
            assert seen.page.locator(".kt-demo").count() == 0, path  # nothing here is synthetic


def test_a_map_without_shapes_says_so_and_leaves_the_room_to_the_table(chromium, countries):
    with visiting(chromium, countries) as visit:
        page = visit("/map", language="en").page
        page.wait_for_selector(".map-nowhere")

        assert "There is no map of these areas" in page.inner_text(".map-frame")
        assert page.locator(".map-frame").bounding_box()["height"] < 200
        assert page.locator(".kt-table .ag-row").count() > 0
