"""Stores that are not Ordos: nothing loaded, plans without figures, judged without figures, 40,000 townships."""

import json
import shutil
from datetime import UTC, date, datetime

import pytest

from dashboards.app import create_app
from data_access import tables
from data_access.engine import make_engine, writing
from settings import Settings
from tests.dashboards import small_store
from tests.dashboards.asking import of_type, page, text
from workflows.judging import judge_plan
from workflows.packs import load_plans

PAGES = ["/", "/map", "/indicator", "/behind", "/funnel", "/plans", "/plans/compare", "/search?q=a"]
TODAY = date(2026, 11, 15)
TOWNSHIPS = 40_000
PREFECTURES = ("150100", "150200", "150300")
LARGEST_PAGE = 300_000  # bytes: what a reader waits for


@pytest.fixture(scope="module")
def store(migrated_sqlite, tmp_path_factory):
    """Makes a site on a store that fill(engine) has filled."""
    engines = []

    def make(fill):
        folder = tmp_path_factory.mktemp("other")
        shutil.copy(migrated_sqlite, folder / "kangtu.db")
        settings = Settings(database_url=f"sqlite:///{folder / 'kangtu.db'}", data_folder=folder)
        engines.append(make_engine(settings.database_url))
        fill(engines[-1])
        return create_app(settings, engines[-1]).server.test_client()

    yield make
    for engine in engines:
        engine.dispose()


def shown(client, address: str) -> dict:
    """The page of an address as an English reader gets it; a Chinese reader's too must stand."""
    path, _mark, query = address.partition("?")
    for language in ("zh", "en"):
        found = page(client, path, f"?{query}" if query else "", language)
        assert "failed" not in found["props"]["className"], (address, language)
    return found


def heading(found) -> str:
    return " ".join(text(of_type(found, "H1")).split())


def test_a_store_just_made_says_on_every_page_that_there_is_nothing_yet(store):
    site = store(lambda engine: None)

    said = {address: heading(shown(site, address)) for address in PAGES}
    assert said["/"] == "Nothing has been judged yet"
    assert said["/plans"] == "No plan has been loaded yet"
    assert all(said.values())


def test_plans_without_any_figure_can_be_read_and_the_other_pages_say_what_to_do(store):
    site = store(lambda engine: load_plans(engine, today=TODAY))

    assert heading(shown(site, "/indicator")) == "Nothing has been judged yet"
    assert "13 plans" in text(shown(site, "/plans"))
    for address in [*PAGES, "/plans/ordos-2030", "/search?q=健康"]:
        shown(site, address)


def judged_without_figures(engine) -> None:
    """The small store's areas, indicators and plan; nothing was reported, so nothing can be judged."""
    with writing(engine) as connection:
        connection.execute(tables.areas.insert(), [small_store.area_row(*area) for area in small_store.AREAS])
        rows = [small_store.indicator_row(*indicator) for indicator in small_store.INDICATORS]
        connection.execute(tables.indicators.insert(), rows)
        small_store.write_plan(connection)
    judge_plan(engine, "test-2030", as_of=TODAY)


def test_a_plan_judged_before_anything_was_reported_is_shown_as_not_to_be_judged(store):
    site = store(judged_without_figures)

    assert heading(shown(site, "/")) == "No target can be judged yet in Ordos"
    assert heading(shown(site, "/indicator")).endswith("has not been reported")
    assert "data to" not in text(shown(site, "/indicator"))  # there is no newest figure to date
    for address in [*PAGES, "/plans/test-2030", "/?area=150602", "/behind?status=all", "/funnel?area=150602"]:
        shown(site, address)


def write_townships(engine) -> None:
    """40,000 townships right below three prefectures, one screening rate, 90 % asked of each by 2030; judged.

    Township n of 0...39,999 lies below prefecture n mod 3 and screened n mod 100 of 100 women in 2024 and in 2025.
    """
    prefectures = [(code, "prefecture", "150000", f"第{code}市", f"Prefecture {code}") for code in PREFECTURES]
    townships = [(f"t-{n:05d}", "township", PREFECTURES[n % 3], f"第{n}乡", f"Township {n}") for n in range(TOWNSHIPS)]
    every = [("150000", "province", None, "某省", "A province"), *prefectures, *townships]
    with writing(engine) as connection:
        submission = {"submission_id": 1, "kind": "observations", "received_from": "test", "is_demo": False}
        submission["received_at"] = datetime(2026, 3, 1, tzinfo=UTC)
        connection.execute(tables.submissions.insert(), submission)
        connection.execute(tables.areas.insert(), [small_store.area_row(*area) for area in every])
        rows = [small_store.indicator_row(*indicator) for indicator in small_store.INDICATORS]
        connection.execute(tables.indicators.insert(), rows)
        small_store.write_plan(connection)
        connection.execute(tables.plans.update().values(area_id="150000"))
        each = tables.targets.c.indicator_id == "two_cancer_screening"
        connection.execute(tables.targets.update().where(each).values(scope="each_township"))
        figures = [screened(f"t-{n:05d}", year, n % 100) for year in (2024, 2025) for n in range(TOWNSHIPS)]
        connection.execute(tables.observations.insert(), figures)
    judge_plan(engine, "test-2030", as_of=TODAY)


def screened(area_id: str, year: int, women: int) -> dict:
    figure = {"indicator_id": "two_cancer_screening", "area_id": area_id, "period": str(year), "time": float(year)}
    counts = {"numerator": women, "denominator": 100, "value": float(women), "status": "final"}
    return figure | counts | {"reported_on": date(2026, 3, 1), "stated_by": 1, "submission_id": 1}


@pytest.fixture(scope="module")
def townships(store):
    return store(write_townships)


SCREENING = "indicator=two_cancer_screening"


def test_forty_thousand_townships_without_a_map_are_counted_and_told(townships):
    on_the_map = shown(townships, f"/map?{SCREENING}&level=township")
    below = shown(townships, "/?area=150100")

    # of every hundred townships those with 90 to 99 women of 100 meet the goal: 36,000 do not
    assert heading(on_the_map) == "36,000 of 40,000 townships below 90 %: Two-cancer screening, 2025"
    assert "The 50 of 13334 areas with most behind" in text(below)  # 0, 3, 6 ... 39,999: one more than a third


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/?area=150100",
        f"/map?{SCREENING}&level=township",
        f"/map?{SCREENING}&level=township&colour=status",
        f"/indicator?{SCREENING}",
        f"/indicator?{SCREENING}&area=150100",
        f"/indicator?{SCREENING}&area=t-00007",
        "/behind",
        "/behind?area=150100&status=all&show=all",
        "/search?q=township",
    ],
)
def test_a_page_about_some_of_forty_thousand_townships_stays_small(townships, address):
    assert len(json.dumps(shown(townships, address))) < LARGEST_PAGE


def test_the_search_finds_one_township_among_forty_thousand(townships):
    assert "Township 31234" in text(shown(townships, "/search?q=township+31234"))
