import io

import pandas as pd
import pytest
from sqlalchemy import update

from dashboards import data
from data_access import tables
from data_access.engine import writing
from tests.dashboards.asking import links, of_type, page, rows, text


def queue(client, search="") -> list[list[str]]:
    cells = [[" ".join(cell.split()) for cell in row] for row in rows(page(client, "/queue", search))]
    return [row for row in cells if len(row) == 7 and row[0] != "Target"]


@pytest.fixture
def two_to_study(small_site):
    """Besides Dongsheng's smoking (on course, 0.72): screening of 达拉特旗, behind, with 10 % to miss, of 12 events."""
    with writing(data.engine()) as connection:
        marks, ledger = tables.marks.c, tables.observations.c
        screening = (marks.indicator_id == "two_cancer_screening") & (marks.area_id == "150621")
        weak = {"p_miss": 0.1, "needs_study": True, "is_noisy": True, "pace_seen": 7.0}
        connection.execute(update(tables.marks).where(screening).values(weak))
        figure = (ledger.indicator_id == "two_cancer_screening") & (ledger.area_id == "150621")
        connection.execute(update(tables.observations).where(figure).values(numerator=12.0, denominator=18.0))
        fan = dict.fromkeys(("q025", "q250", "q750", "q975"), 0.0) | {"q100": 88.5, "q500": 95.2, "q900": 98.0}
        key = {"run_id": 1, "indicator_id": "two_cancer_screening", "area_id": "150621", "time": 2030.0}
        connection.execute(tables.forecasts.insert().values(key | fan | {"mean": 95.0}))
        head = {"kind": "areas", "received_at": pd.Timestamp("2026-11-15T02:00Z"), "received_from": "test"}
        connection.execute(tables.submissions.insert().values(head))  # something came: answers are asked anew
    return small_site


def test_both_marks_stand_side_by_side_with_the_reason_and_the_figures_strength(two_to_study):
    first, second = queue(two_to_study)

    assert first == [
        "Two-cancer screening",
        "Dalad Banner",
        "Behind 66.0 % 2025",
        "likely to meet, about 10 % 95.2 % (88.5 to 98.0)",
        "≥ 90 % 2030",
        "– no clear change",
        "unstable small number provisional",
    ]
    assert second[:3] == ["Smoking rate, age 15+", "Dongsheng", "On course 21.5 % 2025"]
    assert second[3] == "likely to miss, about 70 %"
    shown = text(page(two_to_study, "/queue"))
    assert "2 marks need study in Ordos: status and forecast disagree" in shown
    assert "Short of the path today, but +7.0 points a year were seen and +6.0 points a year are enough" in shown
    assert "Keeps to the path today, but the forecast falls short of the goal by its year." in shown


def test_the_address_filters_by_district_action_and_kind(two_to_study):
    assert [row[1] for row in queue(two_to_study, "?area=150602")] == ["Dongsheng"]
    assert [row[1] for row in queue(two_to_study, "?area=150600")] == ["Dalad Banner", "Dongsheng"]
    assert [row[1] for row in queue(two_to_study, "?action=women")] == ["Dalad Banner"]
    assert [row[1] for row in queue(two_to_study, "?kind=may_miss")] == ["Dongsheng"]


def test_a_mark_leads_to_its_indicator(two_to_study):
    assert links(page(two_to_study, "/queue"))["Two-cancer screening"].startswith(
        "/indicator?plan=test-2030&area=150621&indicator=two_cancer_screening"
    )


def test_a_choice_without_contradictions_says_so_and_leads_back(two_to_study):
    shown = page(two_to_study, "/queue", "?area=150622")

    assert text(of_type(shown, "H1")).startswith("No mark needs study in")
    assert "Status and forecast agree on every mark of this choice" in text(shown)
    assert links(shown)["Show the whole queue"] == "/queue"


def test_the_file_has_the_reasons_and_every_row(two_to_study):
    found = pd.read_csv(io.BytesIO(two_to_study.get("/download/queue.csv?lang=en").data))

    assert found["Contradiction"].tolist() == ["Behind now, likely to meet", "Fine now, likely to miss"]
    assert found.loc[0, ["Forecast median", "80 % from", "80 % to"]].tolist() == [95.2, 88.5, 98.0]
    assert found["Figure's strength"].tolist() == ["unstable, small number, provisional", "provisional"]
    assert found["Reason"].notna().all()


def test_before_the_first_judgement_the_queue_says_what_to_do(client):
    assert "Nothing has been judged yet" in text(page(client, "/queue"))
    assert "Nothing has been judged yet" in text(page(client, "/changes"))


def test_the_queue_is_for_who_may_see_figures(small_site, monkeypatch):
    from dashboards import access
    from dashboards.access import User

    monkeypatch.setattr(access, "DEMO_USER", User("guest", frozenset({"administrator"})))
    assert "Two-cancer" not in text(page(small_site, "/queue"))
    assert small_site.get("/download/queue.csv").status_code == 403


def test_the_queue_speaks_chinese_first(two_to_study):
    assert "鄂尔多斯市有2项次现状与预测不一致，需研判" in text(page(two_to_study, "/queue", language="zh"))
