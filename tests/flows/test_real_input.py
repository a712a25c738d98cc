"""Figures that nobody here made, of areas in no plan of ours, go the way that Ordos goes: import, judge, every page."""

import json
import shutil
from pathlib import Path
from urllib.parse import quote

import pytest

from dashboards.app import create_app
from data_access.areas import read_areas
from data_access.engine import make_engine
from data_access.indicators import read_indicators
from data_access.observations import read_observations
from data_access.submissions import office_today
from manage import main
from settings import Settings
from tests.dashboards.asking import of_type, page, text
from tests.real_input import GAPMINDER, PLAN, ROOT, read_panel, write_files
from workflows.importing import import_file
from workflows.judging import judge_plan
from workflows.packs import load_plans

PANEL = Path(__file__).parents[3] / "shared" / "bench" / "forecast" / "panel_annual.csv"
needs_panel = pytest.mark.skipif(
    not PANEL.is_file(), reason=f"the development panel is not at {PANEL}: only the gapminder panel was tried"
)
# gapminder's life expectancies of 1997, sorted: the 71st and 72nd of 142 are 69.388 and 69.400, so the median is 69.394;
# the quantile 0.75 lies at 0.75 x 141 = 105.75 from the first, between 74.010 and 74.223: 74.010 + 0.75 x 0.213.
MEDIAN_1997, BETTER_QUARTER_1997 = 69.394, 74.16975
HALF_WAY = (MEDIAN_1997 + BETTER_QUARTER_1997) / 2  # 71.781875, asked for by 2007


def import_panel(engine, panel: str, folder: Path) -> dict:
    """Make the files of a panel and import them; gives kind -> report."""
    write_files(read_panel(panel), folder)
    return {
        kind: import_file(engine, kind, folder / f"{kind}.csv", received_from="test")
        for kind in ("areas", "indicators", "observations")
    }


@pytest.fixture(scope="module")
def judged(migrated_sqlite, tmp_path_factory):
    """judged(panel): the folder of a store that has a panel, its plan and its judgement; made once for all tests."""
    made: dict[str, Path] = {}

    def store(panel: str) -> Path:
        if panel not in made:
            folder = made[panel] = tmp_path_factory.mktemp("real")
            shutil.copy(migrated_sqlite, folder / "kangtu.db")
            engine = make_engine(f"sqlite:///{folder / 'kangtu.db'}")
            import_panel(engine, panel, folder)
            load_plans(engine, [folder / "plan"], today=office_today())
            judge_plan(engine, PLAN, as_of=office_today())
            engine.dispose()
        return made[panel]

    return store


@pytest.fixture
def site(judged):
    """site(panel): asks the internal site on the judged store of a panel."""
    engines = []

    def client(panel: str):
        folder = judged(panel)
        settings = Settings(database_url=f"sqlite:///{folder / 'kangtu.db'}", data_folder=folder)
        engines.append(make_engine(settings.database_url))
        return create_app(settings, engines[-1]).server.test_client()

    yield client
    for engine in engines:
        engine.dispose()


def marks_printed(folder: Path, monkeypatch, capsys) -> tuple[dict, dict]:
    """What `judge --plan real-input --json` prints, and its marks by indicator and area."""
    monkeypatch.setenv("KANGTU_DATABASE_URL", f"sqlite:///{folder / 'kangtu.db'}")
    assert main(["judge", "--plan", PLAN, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    return document, {(mark["indicator_id"], mark["area_id"]): mark for mark in document["marks"]}


def test_the_life_expectancies_of_142_countries_come_in_as_published(engine, tmp_path):
    reports = import_panel(engine, GAPMINDER, tmp_path)

    assert {kind: report.rows_stored for kind, report in reports.items()} == {
        "areas": 143,  # and the made-up one above them
        "indicators": 1,
        "observations": 1704,  # twelve years each
    }
    japan = read_observations(engine, area_ids=["gm-japan"]).set_index("period")["value"]
    assert (japan["1952"], japan["2007"]) == (63.03, 82.603)
    assert read_indicators(engine)["unit"].tolist() == ["years"]


def test_countries_are_held_against_what_could_be_known_when_the_plan_began(judged, monkeypatch, capsys):
    document, marks = marks_printed(judged(GAPMINDER), monkeypatch, capsys)
    of = {area: marks["gm_life_expectancy", f"gm-{area}"] for area in ("japan", "china", "zimbabwe")}

    assert {area: mark["status"] for area, mark in of.items()} == {
        "japan": "achieved",
        "china": "achieved",
        "zimbabwe": "reversing",  # 46.809 in 1997, 43.487 in 2007
    }
    assert {area: mark["observed"] for area, mark in of.items()} == {
        "japan": 82.603,
        "china": 72.961,
        "zimbabwe": 43.487,
    }
    assert of["china"]["gap"] == pytest.approx(72.961 - HALF_WAY, abs=1e-4)
    assert of["zimbabwe"]["gap"] == pytest.approx(43.487 - HALF_WAY, abs=1e-4)
    assert of["zimbabwe"]["final_value"] == pytest.approx(BETTER_QUARTER_1997, abs=1e-4)
    assert of["japan"]["final_year"] == 2017
    # the figure is of the first milestone's own date: no pace leads there any more
    assert "每年需" not in of["zimbabwe"]["sentence_zh"]
    # 72 countries stood at 71.78 years and more in 2007, so 70 did not: the whole is behind, since each must pass.
    assert document["counts"]["achieved"] == 72
    whole = marks["gm_life_expectancy", ROOT]
    assert (whole["status"], whole["observed"]) == ("behind", None)


def test_every_page_says_what_it_has_of_142_countries_without_a_map(site):
    shown = pages(site(GAPMINDER), ["gm-japan", "gm-zimbabwe"], ["gm_life_expectancy"])

    assert headings(shown["/"]) == "1 of 1 judged targets is behind or reversing in All areas"
    assert headings(shown["/map"]) == "70 of 142 districts below 71.78 years: gm_life_expectancy, 2007"
    assert headings(shown["/indicator?area=gm-japan"]) == "Japan: gm_life_expectancy 82.6 years in 2007 – Achieved"
    assert headings(shown["/indicator"]) == "All areas: gm_life_expectancy – Behind"
    assert "Zimbabwe" in text(shown["/behind"])
    assert "The 50 of 142 areas with most behind" in text(shown["/"])
    assert "DEMO" not in json.dumps(list(shown.values()), ensure_ascii=False)


@needs_panel
def test_the_development_panel_comes_in_whole(engine, tmp_path):
    reports = import_panel(engine, str(PANEL), tmp_path)

    assert [report.outcome for report in reports.values()] == ["stored"] * 3
    assert reports["observations"].rows_stored == 43_933
    assert len(read_indicators(engine)) == 28
    figures = read_observations(engine, ["se_antibiotic_rx"], ["se-0305"]).set_index("period")["value"]
    assert figures["2007"] == 372.8173
    assert set(read_areas(engine)["level"]) == {"prefecture", "county"}


@needs_panel
def test_a_municipality_of_the_development_panel_is_held_against_its_path(judged, monkeypatch, capsys):
    _document, marks = marks_printed(judged(str(PANEL)), monkeypatch, capsys)
    antibiotics = marks["se_antibiotic_rx", "se-0305"]

    # from its first figure, 372.8173 in 2007, straight to what 2023 asks for, 314.2275: fifteen sixteenths of the way
    path_2022 = 372.8173 + 15 / 16 * (314.2275 - 372.8173)
    assert (antibiotics["period"], antibiotics["observed"], antibiotics["status"]) == ("2022", 231.129, "achieved")
    assert antibiotics["path_value"] == pytest.approx(path_2022, abs=1e-3)
    assert antibiotics["gap"] == pytest.approx(path_2022 - 231.129, abs=1e-3)


@needs_panel
def test_every_page_stands_on_28_indicators_of_268_areas(site):
    shown = pages(site(str(PANEL)), ["se-0305", "us-tx", "afg"], ["se_antibiotic_rx", "un_basic_water", "us_heart"])

    assert headings(shown["/indicator?area=se-0305&indicator=se_antibiotic_rx"]) == (
        "se-0305: se_antibiotic_rx 231.1 per 1,000 in 2022 – Achieved"
    )


def pages(client, areas: list[str], indicators: list[str]) -> dict[str, dict]:
    """Every page as an English reader gets it, alone and for a sample; a Chinese reader's is asked for too.

    Fails where a page could not be laid out.
    """
    alone = ["/", "/map", "/map?colour=status", "/indicator", "/behind", "/behind?status=all&show=all", "/funnel"]
    alone += ["/plans", f"/plans/{PLAN}", "/plans/compare", "/search?q=" + quote("计划"), "/search?q=gm"]
    of_areas = [f"{path}?area={area}" for path in ("/", "/map", "/indicator", "/behind", "/funnel") for area in areas]
    of_both = [f"/indicator?area={area}&indicator={name}" for area in areas for name in indicators]
    shown = {}
    for address in [*alone, *of_areas, *of_both, *(f"/map?indicator={name}" for name in indicators)]:
        path, _mark, query = address.partition("?")
        for language in ("zh", "en"):
            shown[address] = page(client, path, f"?{query}" if query else "", language)
            assert "failed" not in shown[address]["props"]["className"], (address, language)
    return shown


def headings(shown) -> str:
    return " ".join(text(heading) for heading in of_type(shown, "H1"))
