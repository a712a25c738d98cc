"""A programme's coverage, positivity and follow-up on the map, on counts small enough to add up by hand."""

import csv
import io
from datetime import UTC, datetime

import pytest
from flask import g
from sqlalchemy import insert, update

from dashboards import data, map_aside
from dashboards.access import DEMO_USER
from dashboards.language import language
from dashboards.map_question import choose
from data_access import tables
from data_access.delivery_tables import programme_counts, programme_rota, programme_states, programmes
from data_access.engine import writing
from tests.dashboards import asking, map_files

PROGRAMME = {
    "programme_id": "two-cancer",
    "name_zh": "两癌筛查",
    "name_en": "Two-cancer screening",
    "area_id": "150600",
    "kind": "screening",
    "cycle_months": 12,
    "first_month": 1,
    "counted": "in_period",
    "person_rule": "sum",
    "report_every": "quarter",
    "stages": "eligible;attended;positive;followed_up",
    "coverage_target_percent": 80.0,
}
# 东胜区 and 达拉特旗 have reported both quarters of 2026, 准格尔旗 none; 达拉特旗 found nobody positive
COUNTS = [
    ("150602", "2026Q1", 2025.25, {"eligible": 1000, "attended": 200, "positive": 8, "followed_up": 8}),
    ("150602", "2026Q2", 2025.50, {"attended": 100, "positive": 7, "followed_up": 1}),
    ("150621", "2026Q1", 2025.25, {"eligible": 500, "attended": 40, "positive": 0, "followed_up": 0}),
    ("150621", "2026Q2", 2025.50, {"attended": 60, "positive": 0, "followed_up": 0}),
]


@pytest.fixture
def site(small_site, tmp_path):
    map_files.write_squares(tmp_path)
    with writing(data.engine()) as connection:
        head = {"kind": "programme_counts", "received_at": datetime(2026, 11, 15, 2, tzinfo=UTC), "received_from": "x"}
        connection.execute(insert(tables.submissions).values(submission_id=2, **head))
        connection.execute(insert(programmes).values(PROGRAMME))
        rows = [
            {"programme_id": "two-cancer", "area_id": area_id, "period": period, "time": time, "stage": stage,
             "value": float(value), "status": "final", "submission_id": 2, "stated_by": 2}
            for area_id, period, time, steps in COUNTS for stage, value in steps.items()
        ]  # fmt: skip
        connection.execute(insert(programme_counts), rows)
        connection.execute(insert(programme_states).values(programme_id="two-cancer", changed_by=2))
    return small_site


def title(client, search: str) -> str:
    return asking.text(asking.of_type(asking.page(client, "/map", search, "en"), "H1"))


def figures(client, step: str, period: str = "2026Q2") -> dict[str, tuple[str, str]]:
    """Area -> its figure and its note, of a rate's CSV."""
    address = f"/download/map.csv?indicator=programme:two-cancer:{step}&period={period}&lang=en"
    rows = csv.DictReader(io.StringIO(client.get(address).data.decode("utf-8-sig")))
    return {row["Area"]: (row["Figure (%)"], row["Note"]) for row in rows}


def test_coverage_is_of_the_round_so_far_and_a_late_report_is_missing_not_nought(site):
    # 300 of 1,000 and 100 of 500; after the first quarter 200 and 40
    assert figures(site, "attended") == {
        "Dongsheng": ("30.0", ""), "Dalad Banner": ("20.0", ""), "准格尔旗": ("", "not reported")
    }  # fmt: skip
    assert figures(site, "attended", "2026Q1")["Dalad Banner"][0] == "8.0"
    assert title(site, "?indicator=programme:two-cancer:attended&period=2026Q2") == (
        "From 20.0 % to 30.0 % across 2 districts: Two-cancer screening: coverage, Q2 2026"
    )


def test_nobody_positive_is_a_positivity_of_nought_and_leaves_nobody_to_follow_up(site):
    assert figures(site, "positive")["Dongsheng"][0] == "5.0"  # 15 of 300
    assert figures(site, "positive")["Dalad Banner"] == ("0.0", "")
    assert figures(site, "followed_up")["Dongsheng"][0] == "60.0"  # 9 of 15
    assert figures(site, "followed_up")["Dalad Banner"] == ("", "Nobody in the step before")


def test_who_is_not_due_this_year_is_not_said_to_be_missing(site):
    with writing(data.engine()) as connection:
        turns = [("150602", 2026), ("150621", 2026), ("150622", 2027)]
        connection.execute(
            insert(programme_rota),
            [{"programme_id": "two-cancer", "area_id": area, "year_due": year, "batch": 1} for area, year in turns],
        )
        connection.execute(update(programmes).values(cycle_months=24))
    page = asking.page(site, "/map", "?indicator=programme:two-cancer:attended&period=2026Q2", "en")

    assert figures(site, "attended")["准格尔旗"] == ("", "Not due this year")
    assert "not reported" not in asking.text(page)


def test_areas_outside_the_programme_are_said_to_be_outside(site):
    with writing(data.engine()) as connection:
        connection.execute(update(programmes).values(area_id="150602"))

    assert figures(site, "attended")["Dalad Banner"] == ("", "Outside the programme")
    assert figures(site, "attended")["Dongsheng"][0] == "30.0"


def test_a_rate_nobody_judges_opens_as_its_value_and_an_unknown_one_as_what_is_there(site):
    # of positivity high is neither better nor worse: the change says higher and lower
    assert title(site, "?indicator=programme:two-cancer:positive&colour=status&period=2026Q2").startswith("From 0.0 %")
    assert "Two-cancer screening: positivity" in title(site, "?indicator=programme:two-cancer:positive&colour=change")
    assert "Smoking" in title(site, "?indicator=programme:no-such:attended")


def test_beside_the_map_stand_the_steps_of_the_chosen_area(site):
    with site.application.test_request_context("/map?lang=en"), language("en"):
        g.user = DEMO_USER
        choice = choose({"indicator": "programme:two-cancer:attended", "period": "2026Q2"})
        found = map_aside.aside(choice, "150602")
    cells = [part.children for part in found[2].children[1].children]

    assert [[cell.children for cell in row] for row in cells] == [
        ["Eligible", "1,000", "—"],
        ["Screened", "300", "30.0\u00a0%"],
        ["Positive", "15", "5.0\u00a0%"],
        ["Followed up", "9", "60.0\u00a0%"],
    ]
    assert found[3].href == "/programmes/two-cancer?area=150602&period=2026Q2"
