"""The page of health cells on five cells of two banners, on the bureau's day 15 November 2026."""

from datetime import date

import pytest

from dashboards import data, map_places
from data_access import submissions
from data_access.engine import writing
from data_access.tables import health_cells
from tests.dashboards import asking

CELLS = [
    ("c1", "healthy_school", "第一中学", "150602", "2026-03-01", "2029-03-01"),
    ("c2", "healthy_school", "第二中学", "150602", "2023-01-01", "2026-12-31"),  # lapses in 46 days
    ("c3", "healthy_village", "白泥井村", "150621", "2024-05-01", "2028-05-01"),
    ("c4", "healthy_village", "树林召村", "150621", "2020-05-01", "2023-05-01"),  # lapsed
    ("c5", "healthy_village", "<b>新村</b>", "150621", None, None),
]


@pytest.fixture
def site(small_site, empty_store, monkeypatch):
    monkeypatch.setattr(submissions, "office_today", lambda: date(2026, 11, 15))
    names = ("health_cell_id", "cell_type", "name_zh", "area_id", "certified_on", "expires_on")
    rows = [dict(zip(names, row, strict=True)) for row in CELLS]
    for row in rows:
        for name in ("certified_on", "expires_on"):
            row[name] = date.fromisoformat(row[name]) if row[name] else None
    with writing(empty_store[1]) as connection:
        connection.execute(health_cells.insert(), rows)
    return small_site


def test_the_title_counts_those_that_hold_a_title_and_those_that_lose_it_soon(site):
    assert asking.text(asking.of_type(asking.page(site, "/cells"), "H1")) == (
        "3 health cells hold a title; 1 lapse within half a year"
    )


def test_each_banner_has_its_cells_its_new_ones_and_those_that_lapse(site):
    rows = {row[0]: row for row in asking.rows(asking.page(site, "/cells")) if row}

    assert rows["Dongsheng"][1:4] == ["2", "1", "1"]
    assert rows["Dalad Banner"][1] == "1"


def test_the_register_shows_what_is_asked_for_and_names_stay_text(site):
    applied = asking.text(asking.page(site, "/cells", "?state=applied"))

    assert "<b>新村</b>" in applied
    assert "白泥井村" not in applied
    assert "第二中学" in asking.text(asking.page(site, "/cells", "?q=第二"))


def offered(answer, column) -> list[dict]:
    """What a field of the form offers."""
    shown = answer["response"]["_pages_content"]["children"]
    fields = [one["props"] for one in asking.parts(shown) if isinstance(one, dict)]
    return next(
        one["options"] for one in fields if isinstance(one.get("id"), dict) and one["id"].get("column") == column
    )


def test_a_type_that_only_a_plan_names_is_called_as_the_plan_calls_it_on_page_map_and_form(site, monkeypatch):
    named = {"counselling_room": {"zh": "心理咨询（辅导）室", "en": "Counselling room"}}
    monkeypatch.setattr(data, "cell_type_names", lambda: named)
    with site.application.test_request_context("/?lang=en"):
        assert map_places.type_words("health_cell", "counselling_room") == ("Counselling room", "C")
        assert map_places.type_words("health_cell", "never_heard_of") == ("never_heard_of", "N")

    form = asking.ask_page(site, "/edit/health_cells", headers={"Referer": "http://localhost/?lang=en"})
    assert {"value": "counselling_room", "label": "Counselling room"} in offered(form.json, "cell_type")


def test_a_page_beyond_the_last_shows_the_last(site):
    assert "page 1 of 1" in asking.text(asking.page(site, "/cells", "?page=99999999999&type=nothing&area=nowhere"))


def test_the_file_has_the_cells_of_the_address(site):
    rows = site.get("/download/cells.csv?state=ended&lang=en").data.decode("utf-8-sig").splitlines()

    assert len(rows) == 2
    assert "树林召村" in rows[1]


def test_before_anything_came_in_the_page_says_what_to_send(small_site):
    assert "health_cells" in asking.text(asking.page(small_site, "/cells"))
