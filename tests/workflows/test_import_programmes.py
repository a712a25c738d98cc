"""Programmes, rota and counts through the real import: what is refused, what is questioned, what stands in the end."""

from datetime import date

import pandas as pd
import pytest

from data_access.errors import InputError
from data_access.programmes import read_counts, read_kept_aside, read_programmes, read_rota
from data_access.undoing import undo
from tests.data_access.rows import submit_register, write_places_and_indicators
from workflows.importing import import_file

TODAY = date(2026, 11, 15)
TOWNSHIPS = pd.DataFrame(
    [
        ["150602001", "township", "150602", "公园街道"],
        ["150602100", "township", "150602", "泊尔江海子镇"],
        ["150603001", "township", "150603", "哈巴格希街道"],
    ],
    columns=["area_id", "level", "parent_id", "name_zh"],
)
PROGRAMMES = (
    "项目编号,名称,地区代码,项目类型,计数口径,上报频次,统计环节,周期,首轮年份\n"
    "two-cancer,两癌筛查,150602,筛查,当期,月,eligible;attended;positive;confirmed;followed_up,12,\n"
    "exam,免费体检,150602,体检,当期,年,eligible;attended,24,2025\n"
    "doctor,家庭医生签约,150600,签约,期末,季,eligible;attended,,\n"
)


@pytest.fixture
def send(engine, tmp_path):
    """send(kind, text, **options) imports a CSV of this text and gives the report."""
    write_places_and_indicators(engine)
    submit_register(engine, "areas", TOWNSHIPS)
    numbers = iter(range(1000))

    def send(kind, text, **options):
        path = tmp_path / f"{kind}{next(numbers)}.csv"
        path.write_text(text, encoding="utf-8")
        return import_file(engine, kind, path, received_from="wang", today=TODAY, **options)

    assert send("programmes", PROGRAMMES).outcome == "stored"
    return send


HEAD = "项目,地区代码,时期,应检人数,已检人数,阳性人数,确诊人数,随访人数,状态,备注\n"


def counts(engine, programme_id="two-cancer"):
    """(area, period, step) -> (persons, status)."""
    rows = read_counts(engine, [programme_id])
    return {(row.area_id, row.period, row.stage): (row.value, row.status) for row in rows.itertuples()}


def rules(report):
    return [(problem.row, problem.rule) for problem in report.problems]


def test_a_month_of_two_townships_is_stored_step_by_step_and_missing_stays_missing(engine, send):
    report = send(
        "programme_counts",
        HEAD + "两癌筛查,150602001,2026-07,400,60,5,,3,,\ntwo-cancer,150602100,2026-07,100,0,,,,快报,\n",
    )

    assert (report.outcome, report.rows_stored) == ("stored", 6)
    assert counts(engine) == {
        ("150602001", "2026-07", "eligible"): (400.0, "final"),
        ("150602001", "2026-07", "attended"): (60.0, "final"),
        ("150602001", "2026-07", "positive"): (5.0, "final"),
        ("150602001", "2026-07", "followed_up"): (3.0, "final"),
        ("150602100", "2026-07", "eligible"): (100.0, "provisional"),
        ("150602100", "2026-07", "attended"): (0.0, "provisional"),
    }


def test_one_step_a_row_says_the_same_as_one_column_a_step(engine, send):
    report = send(
        "programme_counts",
        "项目,地区代码,时期,环节,人数\ntwo-cancer,150602001,2026-07,应检人数,400\ntwo-cancer,150602001,2026-07,attended,60\n",
    )

    assert report.outcome == "stored"
    assert {key[2]: value for key, (value, _) in counts(engine).items()} == {"eligible": 400.0, "attended": 60.0}


def test_every_bad_row_is_named_at_once_with_its_rule(engine, send):
    report = send(
        "programme_counts",
        HEAD
        + "two-cancer,150602001,2026-07,50,60,,,,,\n"  # row 2: more examined than eligible
        + "two-cancer,150602100,2026-07,100,40,3,,4,,\n"  # 3: more followed up than found positive
        + "two-cancer,150602001,2026-08,-5,,,,,,\n"  # 4: below zero
        + "two-cancer,150602100,2026-08,,1.5,,,,,\n"  # 5: half a person
        + "lung,150602001,2026-09,10,,,,,,\n"  # 6: no such programme
        + "two-cancer,150602001,2026Q3,10,,,,,,\n"  # 7: by the month
        + "two-cancer,150603001,2026-09,10,,,,,,\n"  # 8: not where the programme runs
        + "two-cancer,150602999,2026-09,10,,,,,,\n"  # 9: no such township
        + "two-cancer,150602001,2027-01,10,,,,,,\n"  # 10: to come
        + "exam,150602001,2026,10,5,1,,,,\n",  # 11: this programme counts no positives
    )

    assert report.outcome == "refused"
    assert sorted(rules(report)) == [
        (2, "attended_above_eligible"),
        (3, "followed_up_above_positive"),
        (4, "eligible_unreadable"),
        (5, "attended_unreadable"),
        (6, "programme_id_unreadable"),
        (7, "period_grain"),
        (8, "outside_programme"),
        (9, "area_id_unreadable"),
        (10, "in_the_future"),
        (11, "stage_not_used"),
    ]
    assert counts(engine) == {}
    assert "请在“备注”列写明原因" in report.problems[[r for r, _ in rules(report)].index(2)].mend


def test_a_note_turns_a_refusal_into_a_question(engine, send):
    report = send("programme_counts", HEAD + "two-cancer,150602001,2026-07,50,60,,,,,外来务工人员参检\n")

    assert report.outcome == "stored"
    assert "存疑但已接受" in report.notices[-1]
    assert read_counts(engine, ["two-cancer"])["is_questioned"].all()


def test_a_count_too_long_for_any_country_is_refused_in_either_shape(engine, send):
    wide = send("programme_counts", HEAD + "two-cancer,150602001,2026-07,99999999999,60,,,,,手误\n")
    long = send("programme_counts", "项目,地区代码,时期,环节,人数\ntwo-cancer,150602001,2026-07,应检人数,2000000001\n")

    assert (rules(wide), rules(long)) == ([(2, "eligible_unreadable")], [(2, "value_unreadable")])
    assert counts(engine) == {}


def test_more_eligible_than_live_there_in_the_newest_year_known_needs_a_note(engine, send):
    send("population", "地区代码,年份,人数,口径\n150602001,2010,9000,常住\n150602001,2020,400,常住\n")
    rows = "two-cancer,150602001,2026-07,401,60,,,,,{}\ntwo-cancer,150602100,2026-07,5000,60,,,,,\n"

    bare = send("programme_counts", HEAD + rows.format(""))
    noted = send("programme_counts", HEAD + rows.format("含外来人口"))

    assert rules(bare) == [(2, "eligible_above_population")]
    assert "401 多于该地区最近一年的人口 400" in str(bare.problems[0])
    assert noted.outcome == "stored"
    assert any("存疑" in line and "400" in line for line in noted.notices)
    questioned = read_counts(engine, ["two-cancer"]).set_index("area_id")["is_questioned"]
    assert questioned["150602001"].all() and not questioned["150602100"].any()


def test_follow_ups_of_the_month_before_are_questioned_not_refused(engine, send):
    send("programme_counts", HEAD + "two-cancer,150602001,2026-07,400,60,5,,0,,\n")
    report = send("programme_counts", HEAD + "two-cancer,150602001,2026-08,400,20,1,,4,,\n")
    too_many = send("programme_counts", HEAD + "two-cancer,150602001,2026-09,400,20,0,,3,,\n")

    assert report.outcome == "stored"  # 4 of the 6 found so far, though this month found 1
    assert "已随访人数 4 多于本期阳性人数 1" in report.notices[-1]
    assert rules(too_many) == [(2, "followed_up_above_positive")]  # 7 of 6


def test_what_is_stored_counts_too_when_a_later_file_has_only_one_step(engine, send):
    send("programme_counts", HEAD + "two-cancer,150602001,2026-07,50,40,,,,,\n")
    more = send("programme_counts", "项目,地区代码,时期,已检人数\ntwo-cancer,150602001,2026-08,11\n")
    fewer = send("programme_counts", "项目,地区代码,时期,应检人数\ntwo-cancer,150602001,2026-07,39\n")

    assert rules(more) == [(2, "attended_above_eligible")]  # 40 + 11 of 50
    assert rules(fewer) == [(2, "attended_above_eligible")]


def test_a_reported_count_never_overwrites_a_certified_one(engine, send):
    send("programme_counts", HEAD + "two-cancer,150602001,2026-07,400,60,,,,上报,\n")
    certified = send("programme_counts", HEAD + "two-cancer,150602001,2026-07,400,58,,,,核定,\n")
    again = send("programme_counts", HEAD + "two-cancer,150602001,2026-07,400,61,,,,上报,更正\n")

    key = ("150602001", "2026-07", "attended")
    assert counts(engine)[key] == (58.0, "certified")
    assert "没有改动核定数" in again.notices[-1] and "上报 61，核定 58" in again.notices[-1]
    aside = read_kept_aside(engine, "two-cancer")
    assert aside[["value", "certified_value"]].to_numpy().tolist() == [[61.0, 58.0]]

    undo(engine, certified.submission_id, received_from="wang")
    assert counts(engine)[key] == (61.0, "final")  # what was kept aside stands now
    undo(engine, again.submission_id, received_from="wang")
    assert counts(engine)[key] == (60.0, "final")


def test_the_same_file_twice_changes_nothing_and_undoing_leaves_nothing(engine, send):
    text = HEAD + "two-cancer,150602001,2026-07,400,60,,,,,\n"
    first, again = send("programme_counts", text), send("programme_counts", text)

    assert (again.outcome, again.submission_id) == ("same_file", first.submission_id)
    undo(engine, first.submission_id, received_from="wang")
    assert counts(engine) == {}
    with pytest.raises(InputError, match="已被撤销"):
        undo(engine, first.submission_id, received_from="wang")


def test_a_second_import_that_says_the_same_still_stands_when_the_first_is_undone(engine, send):
    first = send("programme_counts", HEAD + "two-cancer,150602001,2026-07,400,60,,,,,\n")
    second = send("programme_counts", HEAD + "two-cancer,150602001,2026-07,400,60,,,,,\n\n")

    assert second.rows_unchanged == 2
    undo(engine, first.submission_id, received_from="wang")
    assert counts(engine)["150602001", "2026-07", "attended"] == (60.0, "final")


def test_good_rows_are_taken_where_the_sender_says_so(engine, send):
    text = HEAD + "two-cancer,150602001,2026-07,50,60,,,,,\ntwo-cancer,150602100,2026-07,100,40,,,,,\n"
    report = send("programme_counts", text, accept_good_rows=True)

    assert (report.outcome, report.rows_refused, report.rows_stored) == ("stored", 1, 2)


def test_a_clerk_writes_about_their_own_townships_only(engine, send):
    text = HEAD.replace("两癌", "") + "doctor,150603001,2026Q2,10,5,,,,,\n"
    report = send("programme_counts", text, area_ids=["150602"])

    assert rules(report) == [(2, "area_id_unreadable")]
    assert "不在您可以上报的范围内" in report.problems[0].what


def test_the_rota_names_townships_of_the_area_list_and_of_a_programme_with_rounds(engine, send):
    head = "项目,地区代码,批次,应检年份\n"
    bad = send(
        "rota", head + "exam,150602999,1,2025\ndoctor,150602001,1,2025\nexam,150603001,1,2025\nexam,150602,1,2025\n"
    )
    good = send("rota", head + "exam,150602001,1,2025\nexam,150602100,2,2026\n")

    assert sorted(rules(bad)) == [
        (2, "area_id_unreadable"),
        (3, "no_cycle"),
        (4, "outside_programme"),
        (5, "whole_programme"),
    ]
    assert good.outcome == "stored"
    assert read_rota(engine, "exam")[["area_id", "year_due", "batch"]].to_numpy().tolist() == [
        ["150602001", 2025, 1],
        ["150602100", 2026, 2],
    ]


def test_a_programme_that_yields_a_figure_says_of_which_steps(engine, send):
    head = PROGRAMMES.splitlines()[0] + ",对应指标,分子环节\n"
    row = "p,某项目,150602,筛查,当期,月,eligible;attended,12,,{},{}\n"
    unknown = send("programmes", head + row.format("no_such", "attended"))
    no_step = send("programmes", head + row.format("screening_rate", ""))
    foreign = send("programmes", head + row.format("screening_rate", "uploaded"))

    assert [rules(report) for report in (unknown, no_step, foreign)] == [
        [(2, "unknown_indicator")],
        [(2, "missing")],
        [(2, "stage_not_used")],
    ]
    assert len(read_programmes(engine)) == 3


def test_a_clerk_does_not_change_a_row_that_stands_in_anothers_area(engine, send):
    head = "村（社区）编号,村（社区）名称,地区代码\n"
    send("selfcare_villages", head + "v1,一村,150603001\n")

    report = send("selfcare_villages", head + "v1,一村,150602001\n", area_ids=["150602"])

    assert rules(report) == [(2, "not_your_row")]
    assert send("selfcare_villages", head + "v2,二村,150602001\n", area_ids=["150602"]).outcome == "stored"


def test_who_may_report_but_not_certify_sends_no_certified_counts(engine, send):
    text = HEAD + "two-cancer,150602001,2026-07,400,60,,,,核定,\n"

    refused = send("programme_counts", text, may_certify=False)

    assert rules(refused) == [(2, "status_unreadable")]
    assert send("programme_counts", text, may_certify=True).outcome == "stored"
