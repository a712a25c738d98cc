"""Files of work points: stored with their history by month, or sent back with the row and the mend."""

import shutil
from datetime import date

import pytest

from data_access.engine import make_engine
from data_access.tasks import read_reports, read_tasks
from data_access.undoing import undo
from workflows.importing import import_file

TODAY = date(2026, 11, 15)
AREAS = "地区代码,层级,上级代码,名称\n150600,市,,鄂尔多斯市\n150621,旗县区,150600,达拉特旗\n"
TASKS = """任务编号,年度,任务名称,地区代码,牵头部门,任务数量,单位,完成时限
a,2026,健康步道,150600,市教育体育局,18,条,2026Q3
b,2026,监测报告,150600,市卫健委,,,2026
c,2026,村医培训,150621,旗卫健委,60,人,2026
"""


@pytest.fixture
def store(migrated_sqlite, tmp_path):
    shutil.copy(migrated_sqlite, tmp_path / "kangtu.db")
    engine = make_engine(f"sqlite:///{tmp_path / 'kangtu.db'}")
    for kind, text in (("areas", AREAS), ("tasks", TASKS)):
        assert send(engine, tmp_path, kind, text).outcome == "stored"
    yield engine
    engine.dispose()


def send(engine, folder, kind, text, **options):
    path = folder / "来件.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(engine, kind, path, received_from="测试", today=TODAY, **options)


def report(engine, folder, row, **options):
    return send(engine, folder, "task_reports", f"任务编号,时期,状态,累计完成数量\n{row}\n", **options)


def test_reports_of_two_months_stand_beside_each_other(store, tmp_path):
    assert report(store, tmp_path, "a,2026-06,推进中,9").outcome == "stored"
    assert report(store, tmp_path, "a,2026-07,已完成,18").outcome == "stored"

    found = read_reports(store, year=2026)
    assert list(zip(found["period"], found["state"], found["quantity_done"], strict=True)) == [
        ("2026-06", "under_way", 9.0),
        ("2026-07", "done", 18.0),
    ]


def test_a_corrected_month_comes_back_when_the_correction_is_undone(store, tmp_path):
    report(store, tmp_path, "a,2026-06,推进中,9")
    corrected = report(store, tmp_path, "a,2026-06,推进中,7")
    undo(store, corrected.submission_id, received_from="测试")

    assert read_reports(store)["quantity_done"].tolist() == [9.0]


BAD_REPORTS = {
    "an unknown task": ("z,2026-06,推进中,9", "任务 z 不在任务表中"),
    "a month to come": ("a,2026-12,推进中,9", "2026-12 还没有到"),
    "a month before the year": ("a,2025-12,推进中,9", "早于任务年度 2026"),
    "done without the quantity": ("a,2026-07,已完成,12", "应完成 18 条，只完成 12"),
    "a quantity nobody asked for": ("b,2026-07,推进中,3", "没有数量要求"),
    "a state nobody knows": ("a,2026-07,快了,3", "不是进展状态可用的词"),
}


@pytest.mark.parametrize("case", BAD_REPORTS)
def test_a_bad_report_is_sent_back_with_its_mend(store, tmp_path, case):
    row, words = BAD_REPORTS[case]
    answer = report(store, tmp_path, row)

    assert answer.outcome == "refused"
    assert words in str(answer.problems[0])
    assert read_reports(store).empty


def test_what_is_done_since_january_does_not_fall_without_a_note(store, tmp_path):
    report(store, tmp_path, "a,2026-06,推进中,9")
    head = "任务编号,时期,状态,累计完成数量,备注\n"

    fallen = report(store, tmp_path, "a,2026-11,推进中,0")
    late = report(store, tmp_path, "a,2026-05,推进中,12")  # a month before one that stands
    within = send(store, tmp_path, "task_reports", head + "c,2026-07,推进中,20,\nc,2026-08,推进中,19,\n")
    noted = send(store, tmp_path, "task_reports", head + "a,2026-11,推进中,7,两条验收不合格\n")

    assert [one.rule for one in (*fallen.problems, *late.problems)] == ["done_falls", "done_falls"]
    assert "从 2026-06 的 9 降到 2026-11 的 0" in str(fallen.problems[0])
    assert [problem.row for problem in within.problems] == [3]
    assert noted.outcome == "stored"
    assert report(store, tmp_path, "a,2026-10,推进中,9").outcome == "stored"  # November says why it is fewer


def test_a_quantity_needs_its_unit_and_a_last_day_in_its_year(store, tmp_path):
    head = TASKS.splitlines()[0]
    rows = "d,2026,食品抽检,150600,市市监局,8600,,2026\ne,2026,复核,150600,市卫健委,,,2025Q4"

    answer = send(store, tmp_path, "tasks", f"{head}\n{rows}\n")

    assert [problem.row for problem in answer.problems] == [2, 3]
    assert "没有单位" in str(answer.problems[0])
    assert "早于任务年度" in str(answer.problems[1])
    assert len(read_tasks(store)) == 3


def test_a_banner_reports_its_own_tasks_only(store, tmp_path):
    assert report(store, tmp_path, "c,2026-07,推进中,20", area_ids=["150621"]).outcome == "stored"
    answer = report(store, tmp_path, "a,2026-07,推进中,9", area_ids=["150621"])

    assert answer.outcome == "refused"
    assert "不在您的填报范围内" in str(answer.problems[0])
