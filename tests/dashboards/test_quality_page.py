"""The page of data quality on one programme of three banners and two indicators, on the bureau's day 20 April 2026."""

from datetime import UTC, date, datetime

import pytest

from data_access import submissions, tables
from data_access.delivery_tables import programme_counts, programmes
from data_access.engine import writing
from tests.dashboards import asking

PROGRAMME = {
    "programme_id": "newborn",
    "name_zh": "新生儿筛查",
    "name_en": "Newborn screening",
    "area_id": "150600",
    "kind": "screening",
    "sex": "all",
    "first_month": 1,
    "counted": "in_period",
    "person_rule": "sum",
    "report_every": "month",
    "stages": "attended;positive",
    "submission_id": 1,
}
# area, period, stage, value, reported on: February of 达拉特旗 is late, 准格尔旗 owes March, 东胜区 has 9 positive of 8
COUNTS = [
    ("150602", "2026-02", "attended", 8, "2026-03-05"),
    ("150602", "2026-02", "positive", 9, "2026-03-05"),
    ("150621", "2026-02", "attended", 20, "2026-03-20"),
    ("150622", "2026-02", "attended", 0, "2026-03-01"),
    ("150602", "2026-03", "attended", 10, "2026-04-05"),
    ("150621", "2026-03", "attended", 21, "2026-04-15"),
]


@pytest.fixture
def site(small_site, empty_store, monkeypatch):
    monkeypatch.setattr(submissions, "office_today", lambda: date(2026, 4, 20))
    sent = {
        "submission_id": 2,
        "kind": "programme_counts",
        "received_at": datetime(2026, 11, 16, 1, tzinfo=UTC),
        "received_from": "<b>乡镇</b>",
        "is_demo": True,
    }
    rows = [
        {
            "programme_id": "newborn",
            "area_id": area_id,
            "period": period,
            "time": 2025 + int(period[5:]) / 12,
            "stage": stage,
            "value": value,
            "status": "final",
            "is_questioned": False,
            "reported_on": date.fromisoformat(day),
            "submission_id": 2,
            "stated_by": 2,
        }
        for area_id, period, stage, value, day in COUNTS
    ]
    with writing(empty_store[1]) as connection:
        connection.execute(tables.submissions.insert(), sent)
        connection.execute(programmes.insert(), PROGRAMME)
        connection.execute(programme_counts.insert(), rows)
    return small_site


def findings(page) -> set[tuple[str, ...]]:
    """Check, subject, area and period of the findings on a page."""
    checks = ("missing", "late", "part above its whole", "sudden jump")
    return {tuple(row[:4]) for row in asking.rows(page) if row[0] in checks}


def test_what_is_missing_late_and_impossible_is_found_and_a_nought_is_a_report(site):
    found = {row for row in findings(asking.page(site, "/quality")) if row[1].startswith("Newborn")}

    assert found == {
        ("missing", "Newborn screening", "准格尔旗", "Mar 2026"),
        ("late", "Newborn screening", "Dalad Banner", "Feb 2026"),  # 20 days after its end; 15 are allowed
        ("part above its whole", "Newborn screening · Positive", "Dongsheng", "Feb 2026"),
    }


def test_each_banner_has_what_it_owes_of_what_was_due(site):
    rows = {row[0]: row for row in asking.rows(asking.page(site, "/quality")) if len(row) == 10}

    # Due: two months of screening, smoking 2025 of all three banners, two-cancer screening 2025 of two that report it
    # of three: 准格尔旗 owes it too, and smoking, of which it has but 2024.
    assert rows["Dongsheng"][1] == "0 / 4"
    assert rows["Dalad Banner"][1] == "0 / 4"
    assert rows["准格尔旗"][1] == "3 / 4"
    assert rows["Dongsheng"][8] == "too few"


def test_a_finding_leads_to_the_page_of_its_programme_and_a_choice_narrows_the_list(site):
    page = asking.page(site, "/quality", "?check=late&area=150621")

    assert findings(page) == {("late", "Newborn screening", "Dalad Banner", "Feb 2026")}
    assert asking.links(page)["Newborn screening"].startswith("/programmes/newborn?")


def test_reporters_are_told_apart_and_their_names_stay_text(site):
    page = asking.page(site, "/quality", "?by=reporter&page=99999999&check=nothing&area=nowhere")

    assert "<b>乡镇</b>" in {row[0] for row in asking.rows(page)}
    assert "page 1 of 1" in asking.text(page)


def test_the_file_has_the_findings_of_the_address(site):
    rows = site.get("/download/quality.csv?check=part&lang=en").data.decode("utf-8-sig").splitlines()
    one = site.get("/download/quality.csv?check=impossible&lang=en").data.decode("utf-8-sig").splitlines()

    assert len(rows) > len(one)  # a check nobody knows asks for all
    assert any("newborn,150602,Dongsheng,2026-02,positive,9.0,8.0" in row for row in one)
