"""Renewals of health cells, doctors among the staff, counts of villages over time, through the real import."""

from datetime import date

import pandas as pd
import pytest

from data_access.facilities import read_facilities
from data_access.health_cells import read_health_cells
from data_access.programmes import read_villages
from data_access.village_counts import read_village_counts
from models import roll_out
from tests.data_access.rows import submit_register, write_places_and_indicators
from workflows.importing import import_file, undo_import

TODAY = date(2026, 11, 15)
TOWNSHIPS = pd.DataFrame(
    [["150602001", "township", "150602", "公园街道"]], columns=["area_id", "level", "parent_id", "name_zh"]
)


@pytest.fixture
def send(engine, tmp_path):
    """send(kind, text) imports a CSV of this text and gives the report."""
    write_places_and_indicators(engine)
    submit_register(engine, "areas", TOWNSHIPS)
    numbers = iter(range(1000))

    def send(kind, text):
        path = tmp_path / f"{kind}{next(numbers)}.csv"
        path.write_text(text, encoding="utf-8")
        return import_file(engine, kind, path, received_from="wang", today=TODAY)

    return send


def rules(report):
    return sorted((problem.row, problem.rule) for problem in report.problems)


CELLS = "细胞编号,细胞类型,名称,地区代码,命名日期,复审日期,有效期至,撤销日期\n"


def test_what_was_never_named_cannot_be_renewed_nor_renewed_before_it_was_named_or_after_today(send):
    report = send(
        "health_cells",
        CELLS
        + "c1,健康社区,甲,150602001,,2025-01-01,,\n"  # never named
        + "c2,健康社区,乙,150602001,2024-01-01,2023-06-01,,\n"  # renewed before it was named
        + "c3,健康社区,丙,150602001,2022-01-01,2025-01-01,2024-12-31,\n"  # the new end was not written
        + "c4,健康社区,丁,150602001,2022-01-01,2027-01-01,2028-12-31,\n"  # to come
        + "c5,健康社区,戊,150602001,2022-01-01,2025-01-01,,2024-06-01\n",  # taken away before
    )

    assert rules(report) == [
        (2, "renewed_before_certified"),
        (3, "dates_reversed"),
        (4, "dates_reversed"),
        (5, "in_the_future"),
        (6, "dates_reversed"),
    ]


def test_a_file_of_renewals_alone_is_held_against_the_register(engine, send):
    send("health_cells", CELLS + "c1,健康社区,甲,150602001,2022-01-01,,2024-12-31,\nc2,健康社区,乙,150602001,,,,\n")
    head = "细胞编号,细胞类型,名称,地区代码,续期日期\n"

    refused = send("health_cells", head + "c1,健康社区,甲,150602001,2021-01-01\nc2,健康社区,乙,150602001,2025-01-01\n")
    taken = send("health_cells", head + "c1,健康社区,甲,150602001,2025-02-01\n")

    assert rules(refused) == [(2, "dates_reversed"), (3, "renewed_before_certified")]
    assert taken.outcome == "stored"
    found = read_health_cells(engine).set_index("health_cell_id").loc["c1"]
    assert (str(found["renewed_on"].date()), str(found["expires_on"].date())) == ("2025-02-01", "2024-12-31")


def test_a_file_without_some_dates_is_held_against_those_the_register_has(engine, send):
    head = "细胞编号,细胞类型,名称,地区代码,{},{}\n"
    send("health_cells", head.format("申报日期", "命名日期")
         + "c1,健康社区,甲,150602001,2026-07-07,\nc2,健康社区,乙,150602001,2022-01-01,2022-03-01\n")  # fmt: skip
    before_applied = send(
        "health_cells", head.format("命名日期", "证明材料") + "c1,健康社区,甲,150602001,2026-01-01,\n"
    )
    before_certified = send(
        "health_cells", head.format("撤销日期", "证明材料") + "c2,健康社区,乙,150602001,2022-02-01,\n"
    )
    end = send("health_cells", head.format("有效期至", "证明材料") + "c2,健康社区,乙,150602001,2022-02-01,\n")
    taken = send("health_cells", head.format("命名日期", "证明材料") + "c1,健康社区,甲,150602001,2026-08-01,\n")

    assert rules(before_applied) == rules(before_certified) == rules(end) == [(2, "dates_reversed")]
    assert before_applied.problems[0].what == "命名日期 2026-01-01 早于登记的申报日期 2026-07-07"
    assert taken.outcome == "stored"


def test_nothing_is_applied_for_certified_or_withdrawn_on_a_day_to_come(send):
    head = "细胞编号,细胞类型,名称,地区代码,申报日期,命名日期,撤销日期\n"

    report = send(
        "health_cells",
        head
        + "c1,健康社区,甲,150602001,2026-11-16,,\n"
        + "c2,健康社区,乙,150602001,,2027-01-01,\n"
        + "c3,健康社区,丙,150602001,,2022-01-01,2028-01-01\n"
        + "c4,健康社区,丁,150602001,2026-11-15,2026-11-15,\n",  # today
    )

    assert rules(report) == [(2, "in_the_future"), (3, "in_the_future"), (4, "in_the_future")]


def test_a_space_in_its_name_does_not_give_a_cell_a_second_certificate(send):
    send("health_cells", CELLS + "c1,健康社区,公园社区,150602001,2022-01-01,,,\n")

    report = send("health_cells", CELLS + "c2,健康社区,公园 社区,150602001,2023-01-01,,,\n")

    assert rules(report) == [(2, "two_certificates")]


def test_a_task_does_not_lose_its_unit_to_a_file_without_quantities(send):
    head = "任务编号,年度,任务名称,地区代码,牵头部门,完成时限"
    stored = send("tasks", f"{head},数量,单位\nt1,2026,建健康步道,150602001,住建局,2026Q4,5,条\n")

    report = send("tasks", f"{head},单位\nt1,2026,建健康步道,150602001,住建局,2026Q4,\n")

    assert stored.outcome == "stored"
    assert rules(report) == [(2, "no_unit")]


def test_doctors_and_nurses_are_among_the_staff(engine, send):
    head = "机构编号,机构名称,机构类型,地区代码,人员数,执业（助理）医师数,注册护士数\n"
    refused = send("facilities", head + "f1,甲,卫生院,150602001,10,11,\nf2,乙,卫生院,150602001,10,6,5\n")
    taken = send("facilities", head.replace("执业（助理）医师数", "医师数") + "f1,甲,卫生院,150602001,10,6,\n")

    assert rules(refused) == [(2, "part_above_staff"), (3, "part_above_staff")]
    assert taken.outcome == "stored"
    found = read_facilities(engine).iloc[0]
    assert (found["doctors"], pd.isna(found["nurses"])) == (6, True)


VILLAGES = "村（社区）编号,村（社区）名称,地区代码,设点日期,建档总人数,参与人数,活跃人数,统计日期\n"


def test_counts_of_villages_are_kept_by_their_day_and_an_older_file_does_not_take_the_newest_back(engine, send):
    send("selfcare_villages", VILLAGES + "v1,一村,150602001,2024-05-01,1000,520,510,2026-06-30\n")
    older = send("selfcare_villages", VILLAGES + "v1,一村,150602001,2024-05-01,1000,300,200,2024-12-31\n")
    send("selfcare_villages", VILLAGES + "v1,一村,150602001,2024-05-01,1000,410,300,2025-12-31\n")

    assert read_villages(engine)["participants"].tolist() == [520.0]
    history = read_village_counts(engine)
    assert history["participants"].tolist() == [300.0, 410.0, 520.0]

    found = roll_out.rules_over_time(
        read_villages(engine), history, [2024, 2025, 2026], pd.Timestamp(TODAY), percent_on_record=40, active=500
    )
    # 30 % of those on record, then 41 %, then 52 % with 510 active; 40 % of 1,000 are fewer than 500: the rules conflict
    assert found[["year", "meet_share", "meet_active", "meet_both", "conflict"]].to_numpy().tolist() == [
        [2024, 0, 0, 0, 1],
        [2025, 1, 0, 0, 1],
        [2026, 1, 1, 1, 1],
    ]

    undo_import(engine, older.submission_id, received_from="wang")  # the register never showed it
    assert read_village_counts(engine)["participants"].tolist() == [410.0, 520.0]
    assert read_villages(engine)["participants"].tolist() == [520.0]


def test_people_of_a_village_have_the_day_they_were_counted_on(engine, send):
    head = "村（社区）编号,村（社区）名称,地区代码,设点日期,建档总人数,参与人数\n"
    send("selfcare_villages", VILLAGES + "v1,一村,150602001,2024-05-01,1000,520,510,2026-06-30\n")

    without_column = send("selfcare_villages", head + "v1,一村,150602001,2024-05-01,1000,530\n")
    left_empty = send("selfcare_villages", VILLAGES + "v2,二村,150602001,,800,,,\nv3,三村,150602001,,,,,\n")

    assert (rules(without_column), rules(left_empty)) == ([(2, "count_without_day")], [(2, "count_without_day")])
    assert str(left_empty.problems[0].what) == "填了建档总人数，没有统计日期"
    assert read_villages(engine)["participants"].tolist() == [520.0]


def test_a_village_is_registered_to_a_township_not_to_its_county(engine, send):
    report = send("selfcare_villages", VILLAGES + "v1,一村,150602,2024-05-01,,,,\nv2,二村,150602001,,,,,\n")

    assert rules(report) == [(2, "not_a_township")]
    assert read_villages(engine).empty


def test_undoing_a_file_of_villages_takes_its_counts_out_of_the_history(engine, send):
    send("selfcare_villages", VILLAGES + "v1,一村,150602001,2024-05-01,1000,300,200,2024-12-31\n")
    last = send("selfcare_villages", VILLAGES + "v1,一村,150602001,2024-05-01,1000,520,510,2026-06-30\n")

    undo_import(engine, last.submission_id, received_from="wang")

    assert read_village_counts(engine)["participants"].tolist() == [300.0]
    assert read_villages(engine)["participants"].tolist() == [300.0]
