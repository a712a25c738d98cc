"""A target on a programme is judged from the register of its counts: what follows from an import, and what stands."""

from datetime import date

import pandas as pd
import pytest

from data_access.observations import read_observations
from tests.data_access.rows import submit_figures, submit_register, write_places_and_indicators
from workflows.importing import import_file, undo_import

TODAY = date(2026, 11, 15)
TOWNSHIPS = pd.DataFrame(
    [["150602001", "township", "150602", "公园街道"], ["150602100", "township", "150602", "泊尔江海子镇"]],
    columns=["area_id", "level", "parent_id", "name_zh"],
)
PROGRAMME = (
    "项目编号,名称,地区代码,项目类型,计数口径,上报频次,统计环节,周期,对应指标,分子环节,分母环节\n"
    "two-cancer,两癌筛查,150602,筛查,当期,季,eligible;attended,12,screening_rate,attended,eligible\n"
)
HEAD = "项目,地区代码,时期,应检人数,已检人数,状态\n"


@pytest.fixture
def send(engine, tmp_path):
    write_places_and_indicators(engine)
    submit_register(engine, "areas", TOWNSHIPS)
    numbers = iter(range(1000))

    def send(kind, text):
        path = tmp_path / f"{kind}{next(numbers)}.csv"
        path.write_text(text, encoding="utf-8")
        report = import_file(engine, kind, path, received_from="wang", today=TODAY)
        assert report.outcome == "stored", report.lines()
        return report

    send("programmes", PROGRAMME)
    return send


def figures(engine):
    """(area, period) -> (numerator, denominator, value)."""
    rows = read_observations(engine)
    key = zip(rows["area_id"], rows["period"], strict=True)
    return dict(zip(key, rows[["numerator", "denominator", "value"]].itertuples(index=False, name=None), strict=True))


def test_the_year_so_far_is_worked_out_for_each_township_and_added_up_where_all_have_reported(engine, send):
    send("programme_counts", HEAD + "two-cancer,150602001,2026Q1,100,20,\ntwo-cancer,150602001,2026Q2,100,30,\n")

    assert figures(engine) == {
        ("150602001", "2026Q1"): (20, 100, 20.0),
        ("150602001", "2026Q2"): (50, 100, 50.0),  # no figure of the county: the other township is missing
    }
    submit_figures(engine, [("150602", "2025", 70.0)])  # the county has figures of its own, so it goes on having them
    send("programme_counts", HEAD + "two-cancer,150602100,2026Q1,300,60,快报\n")
    found = figures(engine)
    assert found["150602", "2026Q1"] == (80, 400, 20.0)
    assert ("150602", "2026Q2") not in found  # the other township has not reported it: missing, not nobody
    rows = read_observations(engine).set_index(["area_id", "period"])
    assert rows.at[("150602100", "2026Q1"), "status"] == "provisional"
    assert rows.at[("150602001", "2026Q1"), "note"] == "由项目“两癌筛查”推算"


def test_a_missing_quarter_makes_the_year_so_far_provisional_and_says_so(engine, send):
    send("programme_counts", HEAD + "two-cancer,150602001,2026Q1,100,20,\ntwo-cancer,150602001,2026Q3,100,30,\n")

    row = read_observations(engine).set_index("period").loc["2026Q3"]
    assert (row["numerator"], row["status"]) == (50, "provisional")
    assert row["note"].endswith("（缺 1 期报表）")


def test_a_final_typed_figure_stands_and_the_difference_is_told_a_provisional_one_gives_way(engine, send):
    submit_figures(engine, [("150602001", "2026Q1", 21.0)], status="final")
    submit_figures(engine, [("150602001", "2026Q2", 49.0)], status="provisional")

    report = send(
        "programme_counts", HEAD + "two-cancer,150602001,2026Q1,100,20,\ntwo-cancer,150602001,2026Q2,100,30,\n"
    )

    assert figures(engine)["150602001", "2026Q1"][2] == 21.0
    assert figures(engine)["150602001", "2026Q2"][2] == 50.0
    said = "\n".join(report.notices)
    assert "填报 21，推算 20" in said and "1 个替换了快报数" in said


def test_taking_the_counts_back_takes_their_figures_back(engine, send):
    first = send("programme_counts", HEAD + "two-cancer,150602001,2026Q1,100,20,\n")
    second = send("programme_counts", HEAD + "two-cancer,150602001,2026Q1,100,25,\n")
    assert figures(engine)["150602001", "2026Q1"][2] == 25.0

    undo_import(engine, second.submission_id, received_from="wang")
    assert figures(engine)["150602001", "2026Q1"][2] == 20.0
    undo_import(engine, first.submission_id, received_from="wang")
    assert figures(engine) == {}


def test_a_figure_that_follows_from_nothing_any_more_ends(engine, send):
    eligible = send("programme_counts", "项目,地区代码,时期,应检人数\ntwo-cancer,150602001,2026Q1,100\n")
    send("programme_counts", "项目,地区代码,时期,已检人数\ntwo-cancer,150602001,2026Q1,20\n")
    assert figures(engine)["150602001", "2026Q1"] == (20, 100, 20.0)

    undo_import(engine, eligible.submission_id, received_from="wang")

    assert figures(engine) == {}


def test_taking_back_an_earlier_import_leaves_the_later_ones_figure(engine, send):
    first = send("programme_counts", HEAD + "two-cancer,150602001,2026Q1,100,20,\n")
    send("programme_counts", HEAD + "two-cancer,150602001,2026Q2,100,30,\n")

    undo_import(engine, first.submission_id, received_from="wang")

    assert figures(engine) == {("150602001", "2026Q2"): (30, 100, 30.0)}  # and no longer the 50 of both quarters


def test_a_figure_typed_over_a_derived_one_is_told_and_taken_back_gives_way_to_what_the_register_says_by_then(
    engine, send
):
    send("programme_counts", HEAD + "two-cancer,150602001,2026Q1,100,20,\n")
    head = "指标,地区代码,时期,分子,分母,状态\n"
    typed = send("observations", head + "screening_rate,150602001,2026Q1,90,100,年报\n")
    assert "填报 90，推算 20" in "\n".join(typed.notices)
    mended = send("programme_counts", HEAD + "two-cancer,150602001,2026Q1,100,25,\n")
    assert figures(engine)["150602001", "2026Q1"][2] == 90.0

    undo_import(engine, typed.submission_id, received_from="wang")
    assert figures(engine)["150602001", "2026Q1"] == (25, 100, 25.0)
    undo_import(engine, mended.submission_id, received_from="wang")
    assert figures(engine)["150602001", "2026Q1"] == (20, 100, 20.0)

    first_report = send("observations", head + "screening_rate,150602001,2026Q1,91,100,快报\n")
    assert figures(engine)["150602001", "2026Q1"] == (20, 100, 20.0)
    assert first_report.notices


def test_a_typed_figure_taken_back_leaves_nothing_where_the_counts_are_gone_too(engine, send):
    counts = send("programme_counts", HEAD + "two-cancer,150602001,2026Q1,100,20,\n")
    typed = send("observations", "指标,地区代码,时期,分子,分母,状态\nscreening_rate,150602001,2026Q1,90,100,年报\n")
    undo_import(engine, counts.submission_id, received_from="wang")

    undo_import(engine, typed.submission_id, received_from="wang")

    assert figures(engine) == {}
