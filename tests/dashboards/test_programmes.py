"""The pages of programmes and the upload, on a store small enough to count by hand."""

import io
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from dashboards import data
from data_access import tables
from data_access.delivery_tables import programme_counts, programme_states, programmes
from data_access.engine import writing
from tests.dashboards.asking import page, rows, text

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
# 东胜区 has reported two quarters, 达拉特旗 one, 准格尔旗 none
COUNTS = [
    ("150602", "2026Q1", 2025.25, "eligible", 1000), ("150602", "2026Q1", 2025.25, "attended", 200),
    ("150602", "2026Q2", 2025.50, "attended", 100), ("150602", "2026Q2", 2025.50, "positive", 20),
    ("150602", "2026Q2", 2025.50, "followed_up", 5),
    ("150621", "2026Q1", 2025.25, "eligible", 500), ("150621", "2026Q1", 2025.25, "attended", 40),
]  # fmt: skip


@pytest.fixture
def site(small_site):
    """The small site with one programme."""
    with writing(data.engine()) as connection:
        head = {"kind": "programme_counts", "received_at": datetime(2026, 11, 15, 2, tzinfo=UTC), "received_from": "x"}
        connection.execute(insert(tables.submissions).values(submission_id=2, **head))
        connection.execute(insert(programmes).values(PROGRAMME))
        connection.execute(
            insert(programme_counts),
            [
                {"programme_id": "two-cancer", "area_id": area_id, "period": period, "time": time, "stage": stage,
                 "value": float(value), "status": "final", "submission_id": 2, "stated_by": 2}
                for area_id, period, time, stage, value in COUNTS
            ],
        )  # fmt: skip
        connection.execute(insert(programme_states).values(programme_id="two-cancer", changed_by=2))
    return small_site


def test_the_search_finds_a_programme_by_a_part_of_its_name(site):
    assert "Two-cancer screening" in text(page(site, "/search", "?q=两癌"))


def test_the_list_says_what_is_covered_what_is_due_and_where_most_are_lost(site):
    found = [row for row in rows(page(site, "/programmes")) if row and row[0] == "Two-cancer screening"]

    # 340 of 1,500 came; half of the year is over, so 40 % of 1,500 = 600 were due: 260 short
    assert found == [
        ["Two-cancer screening", "Ordos", "Screening", "22.7 %", "40.0 %", "Screened: 260 short", "2 of 3", "Q2 2026",
         "15 Nov 2026"]
    ]  # fmt: skip
    assert "1 programme of 1 reaches fewer people than are due by now" in text(page(site, "/programmes"))


def test_the_cascade_names_the_step_and_who_has_not_reported(site):
    shown = page(site, "/programmes/two-cancer")
    said = text(shown)

    assert "most are lost at “Screened”, 260 people fewer than expected" in said
    assert "No report this round: 准格尔旗. They are left out, not counted as nought." in said
    cells = {row[0].partition(" Edit")[0].strip(): row for row in rows(shown) if len(row) == 8}
    assert cells["Dongsheng"][1:6] == ["1,000", "300 (30.0 %)", "20 (6.7 %)", "5 (25.0 %)", "Screened: 100 short"]
    assert cells["准格尔旗"][1:3] == ["—", "—"]
    assert cells["Dalad Banner"][-1].startswith("1 of 2")


def test_an_earlier_period_and_one_district_are_asked_by_the_address(site):
    said = text(page(site, "/programmes/two-cancer", "?area=150602&period=2026Q1"))

    assert "no step falls short" in said  # 200 of the 200 due after a quarter
    assert "up to Q1 2026" in said


def test_nonsense_in_the_address_is_answered_with_the_page_itself(site):
    said = text(page(site, "/programmes/two-cancer", "?area=999999&period=2099&turn=x"))

    assert "260 people fewer" in said
    assert rows(page(site, "/programmes/nothing")) == []


def test_without_programmes_the_page_says_what_to_import(small_site):
    assert "No programmes yet" in text(page(small_site, "/programmes"))


def test_the_steps_are_downloaded_with_their_areas(site):
    got = site.get("/download/programme.csv?programme_id=two-cancer&lang=en").data.decode("utf-8-sig").splitlines()

    assert got[2].startswith("150600,Ordos,Screened,340.0,600.0,260.0,22.67,22.67,3,2")


def send(client, kind, content, name="figures.csv"):
    """What the page's script posts."""
    fields = {"kind": kind, "form-token": token(client), "file": (io.BytesIO(content.encode()), name)}
    return client.post("/upload/files", data=fields, content_type="multipart/form-data")


def token(client) -> str:
    """The token that the page gives its buttons."""
    found = []

    def look(part):
        if isinstance(part, dict):
            found.append(part.get("props", {}).get("data-token"))
            for value in part.values():
                look(value)
        elif isinstance(part, list):
            for one in part:
                look(one)

    look(page(client, "/upload"))
    return next(one for one in found if one)


HEAD = "项目,地区代码,时期,应检人数,已检人数\n"


def test_a_file_is_checked_first_and_stored_only_when_its_sender_says_so(site):
    answer = send(site, "programme_counts", HEAD + "two-cancer,150622,2026Q1,400,90\n")
    address = answer.json["address"]
    assert "are wrong" not in text(page(site, "/upload", address.partition("/upload")[2]))
    assert "2 of 3" in str(rows(page(site, "/programmes")))  # nothing is stored yet

    job = address.partition("job=")[2].partition("&")[0]
    taken = site.post("/upload/import", data={"id": job, "accept": "", "form-token": token(site)})

    assert "Imported: 2 counts" in text(page(site, "/upload", taken.json["address"].partition("/upload")[2]))
    assert "3 of 3" in str(rows(page(site, "/programmes")))


def test_bad_rows_are_listed_with_row_rule_and_mend_and_nothing_is_stored(site):
    answer = send(site, "programme_counts", HEAD + "two-cancer,150622,2026Q1,40,90\nnone,150622,2026Q1,1,1\n")
    shown = page(site, "/upload", answer.json["address"].partition("/upload")[2])

    found = [(row[0], row[-1]) for row in rows(shown) if len(row) == 6 and row[0].isdigit()]
    assert found == [("2", "attended_above_eligible"), ("3", "programme_id_unreadable")]
    assert "2 of 2 rows of figures.csv are wrong" in text(shown)


def test_what_is_no_spreadsheet_or_has_no_token_is_refused(site):
    assert send(site, "programme_counts", "x", name="run.exe").status_code == 422
    assert send(site, "no-such-kind", "x").status_code == 422
    without = site.post("/upload/files", data={"kind": "areas", "file": (io.BytesIO(b"x"), "a.csv")},
                        content_type="multipart/form-data")  # fmt: skip
    assert without.status_code == 400
    assert site.post("/upload/undo", data={"id": "99", "form-token": token(site)}).status_code == 422  # there is none
    assert site.get("/upload/problems/nothing.csv").status_code == 404


def test_the_template_of_every_kind_opens(site):
    assert site.get("/upload/template/programme_counts.xlsx").data[:2] == b"PK"
    assert site.get("/upload/template/nothing.xlsx").status_code == 404
