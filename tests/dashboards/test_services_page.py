"""The page of service standards on five facilities of two banners, on the bureau's day 15 November 2026."""

from datetime import date

import pytest

from data_access import submissions
from data_access.engine import writing
from data_access.tables import facilities, plan_services, plans
from tests.dashboards import asking

FACILITIES = [
    ("f1", "township_hospital", "150602", "tcm_hall;family_doctor"),
    ("f2", "township_hospital", "150602", "tcm_hall"),
    ("f3", "township_hospital", "150621", "family_doctor"),
    ("f4", "township_hospital", "150621", "tcm_hall"),
    ("f5", "hospital", "150602", None),
]
STANDARDS = [
    ("mcm_halls_township", "蒙医馆中医馆", "Medicine halls", 70.0, "percent", 2022),
    ("mcm_halls_township", "蒙医馆中医馆", "Medicine halls", 100.0, "percent", 2030),
    ("school_clinics", "<b>保健机构</b>", "<b>School clinics</b>", None, None, None),
]


@pytest.fixture
def site(small_site, empty_store, monkeypatch):
    monkeypatch.setattr(submissions, "office_today", lambda: date(2026, 11, 15))
    plan = {"plan_id": "ordos-2030", "name_zh": "鄂尔多斯", "name_en": "Ordos plan", "area_id": "150600"}
    plan |= {"place_zh": "鄂尔多斯市", "place_en": "Ordos", "admin_level": "prefecture", "kind": "outcome_plan"}
    names = ("standard_id", "name_zh", "name_en", "value", "unit", "year")
    standards = [
        {"plan_id": "ordos-2030", "position": position, **dict(zip(names, row, strict=True))}
        for position, row in enumerate(STANDARDS)
    ]
    columns = ("facility_id", "facility_type", "area_id", "services")
    with writing(empty_store[1]) as connection:
        connection.execute(plans.insert(), plan)
        connection.execute(plan_services.insert(), standards)
        rows = [{"name_zh": row[0], **dict(zip(columns, row, strict=True))} for row in FACILITIES]
        connection.execute(facilities.insert(), rows)
    return small_site


def test_the_title_says_how_many_standards_the_register_can_tell_and_how_they_stand(site):
    page = asking.page(site, "/services", "?plan=ordos-2030")

    assert asking.text(asking.of_type(page, "H1")) == (
        "3 service standards; the register can tell 2: 1 met, 0 short, 1 not yet, due later"
    )


def test_a_standard_shows_what_is_asked_what_is_counted_and_which_banner_is_below_it(site):
    rows = asking.rows(asking.page(site, "/services", "?plan=ordos-2030"))

    halls = [row for row in rows if row[0].startswith("Medicine halls")]
    assert [row[1] for row in halls] == ["≥ 100 % · 2030", "≥ 70 % · 2022"]
    assert halls[1][2].startswith("75.0 % (3 of 4)")
    assert halls[1][4] == "below it: Dalad Banner 50 % 1 district without any"


def test_what_the_register_cannot_show_is_named_with_the_reason_and_text_stays_text(site):
    rows = asking.rows(asking.page(site, "/services", "?plan=ordos-2030"))

    assert [row[3] for row in rows if row[0] == "<b>School clinics</b>"] == ["the plan gives no number"]


def test_an_unknown_plan_shows_one_there_is_and_the_file_has_every_place(site):
    assert "Ordos plan" in asking.text(asking.page(site, "/services", "?plan=<nothing>"))
    rows = site.get("/download/services.csv?plan=ordos-2030&lang=en").data.decode("utf-8-sig").splitlines()

    of_halls = [row for row in rows if "mcm_halls_township,Medicine halls,70.0" in row]
    assert any("150600" in row and "75.0" in row for row in of_halls)
    assert any("150621" in row and "50.0" in row for row in of_halls)


def test_before_facilities_came_in_the_page_says_what_to_send(small_site, site, empty_store):
    with writing(empty_store[1]) as connection:
        connection.execute(facilities.delete())

    assert "facilities" in asking.text(asking.page(small_site, "/services"))
