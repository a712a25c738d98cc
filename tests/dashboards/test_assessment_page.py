from datetime import date

import pytest

from dashboards.app import create_app
from data_access import tables
from data_access.engine import writing
from tests.dashboards import small_store
from tests.dashboards.asking import of_type, page, rows, text
from workflows import assessments

SCHEME = (
    "scheme_id,plan_id,level,name_zh,name_en,is_example,note_zh\nmine,test-2030,county,试行考核,Trial,yes,仅供演示。\n"
)
ITEMS = (
    "item_id,indicator_id,name_zh,name_en,rule,full_marks,comparator,goal,start,step,marks_per_step\n"
    "smoke,smoking_15plus,吸烟率,Smoking,deduct,60,<=,21,,1,10\n"
    "screen,two_cancer_screening,两癌筛查,Screening,share,40,>=,91,51,,\n"
)
GROUPS = "area_id,group_zh,group_en\n150602,城区,Urban\n150621,旗,Banners\n150622,旗,Banners\n"


@pytest.fixture
def assessed_site(empty_store, tmp_path, monkeypatch):
    """The small store and a scheme of two items: smoking 60 marks, ten off a point over 21; screening 40, from 51 to 91."""
    folder = tmp_path / "schemes" / "mine"
    folder.mkdir(parents=True)
    for name, content in (("scheme", SCHEME), ("items", ITEMS), ("peer_groups", GROUPS)):
        (folder / f"{name}.csv").write_text(content, "utf-8")
    monkeypatch.setattr(assessments, "scheme_folders", lambda: [folder])
    settings, engine = empty_store
    small_store.fill(engine)
    return create_app(settings, engine).server.test_client(), engine, folder


def table(layout, width):
    return {row[0]: row[1:] for row in rows(layout) if len(row) == width}


def test_marks_are_those_worked_by_hand_and_a_missing_figure_is_not_nought(assessed_site):
    client, *_rest = assessed_site
    areas = table(page(client, "/assessment"), 9)

    # 东胜区: 21.5 is half a step over 21: 55; 91 is 40. 达拉特旗: 26 is five steps: 10; (66 - 51)/40 of 40: 15.
    assert areas["Dongsheng"][1:4] == ["95.0", "100", "1"]
    assert areas["Dalad Banner"][1:4] == ["25.0", "100", "1"]
    # 准格尔旗 reported neither for the whole year 2025.
    assert areas["准格尔旗"][3] == "—"
    assert "2 not reported: not ranked" in areas["准格尔旗"][7]
    assert "provisional" in areas["Dongsheng"][7]


def test_the_arithmetic_of_one_area_stands_item_by_item(assessed_site):
    client, *_rest = assessed_site
    items = table(page(client, "/assessment", "?area=150621"), 6)

    assert items["Smoking"] == [
        "full marks at ≤ 21; 10 off for each 1 short",
        "26 % provisional",
        "60 − 10 × (26 − 21) ÷ 1",
        "10.00",
        "60",
    ]
    assert items["Screening"][2:4] == ["(66 − 51) ÷ (91 − 51) × 40", "15.00"]


def test_an_example_says_so_on_the_page_and_in_every_row_of_its_files(assessed_site):
    client, *_rest = assessed_site
    lines = client.get("/download/assessment-items.csv?lang=zh").data.decode("utf-8-sig").splitlines()

    assert "EXAMPLE SCHEME" in text(page(client, "/assessment"))
    assert lines[0].endswith("示例方案 EXAMPLE SCHEME")
    assert all(line.endswith("EXAMPLE") for line in lines[1:])
    assert len(lines) == 1 + 3 * 2


def test_a_scheme_that_contradicts_itself_scores_nobody_and_names_its_row(assessed_site):
    client, engine, folder = assessed_site
    (folder / "items.csv").write_text(ITEMS.replace("91,51", "51,91"), "utf-8")
    with writing(engine) as connection:  # something new, so that the files are read again
        day = {"plan_id": "test-2030", "as_of": date(2026, 11, 16), "parameters": {}}
        now = connection.execute(tables.judgement_runs.select()).first().started_at
        connection.execute(tables.judgement_runs.insert(), day | {"started_at": now, "finished_at": now})

    answer = text(page(client, "/assessment"))

    assert "A scheme cannot be used until it is mended" in answer
    assert "第 3 行" in answer
    assert "There is nothing to assess" in answer


@pytest.mark.parametrize("search", ["?scheme=x&year=1999&area=y", "?year=" + "9" * 300])
def test_a_choice_nobody_offers_opens_one_that_is(assessed_site, search):
    client, *_rest = assessed_site

    assert text(of_type(page(client, "/assessment", search), "H1")).startswith("2025: ")


def test_nothing_of_a_forecast_or_a_judgement_stands_on_the_page(assessed_site):
    client, *_rest = assessed_site
    answer = page(client, "/assessment")

    assert not [part for part in of_type(answer, "Span") if "kt-mark" in str(part["props"].get("className"))]
    assert "miss" not in text(answer).replace("missing", "")
