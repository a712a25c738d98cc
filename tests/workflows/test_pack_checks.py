"""Targets that contradict themselves are refused with their row and their mend; what real plans leave open is not."""

import csv

import pytest

from data_access.packs import read_pack, read_registry
from workflows.pack_checks import check_pack, check_registry
from workflows.pack_frames import indicators_frame
from workflows.packs import REGISTRY

PLAN = {
    "plan_id": "demo",
    "name_zh": "健康某县",
    "place_zh": "某县",
    "admin_level": "county",
    "kind": "outcome_plan",
    "period_start": "2019",
    "period_end": "2030",
}
ACTION = {"action_id": "diet", "action_no": "1", "title_zh": "合理膳食行动"}
LITERACY = {
    "action_id": "diet",
    "indicator_id": "health_literacy_rate",
    "rule": "level",
    "comparator": ">=",
    "value": "30",
    "year": "2030",
}
SMOKING = LITERACY | {"indicator_id": "smoking_rate_15plus", "comparator": "<", "value": "20"}
HOSPITALS = LITERACY | {"indicator_id": "central_township_hospitals", "rule": "count_quota", "value": "25"}


@pytest.fixture(scope="module")
def indicators():
    return indicators_frame(read_registry(REGISTRY).rows("indicators"))


@pytest.fixture
def complaints(tmp_path, indicators):
    """Writes a pack of one plan and one action with the rows given and says what is wrong with it."""

    def write(name, rows):
        columns = list(dict.fromkeys(key for row in rows for key in row))
        with (tmp_path / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)

    def complain(*targets, plan=PLAN, actions=(ACTION,), **sheets):
        write("plan", [plan])
        write("actions", list(actions))
        for name, rows in ({"targets": targets} | sheets).items():
            if rows:
                write(name, rows)
        pack = read_pack(tmp_path)
        check_pack(pack, indicators)
        return [line.partition("/")[2] for line in pack.complaints()]

    return complain


def test_a_plain_target_is_accepted(complaints):
    assert complaints(LITERACY, SMOKING, HOSPITALS) == []


CONTRADICTIONS = {
    "more is asked where less is better": (
        SMOKING | {"comparator": ">="},
        "“comparator”列：比较方式 >= 与方向 lower_is_better 矛盾",
    ),
    "less is asked where more is better": (
        LITERACY | {"comparator": "<="},
        "“comparator”列：比较方式 <= 与方向 higher_is_better 矛盾",
    ),
    "a milestone no later than its baseline": (
        LITERACY | {"rule": "change_from_baseline_relative", "value": "10", "year": "2022", "baseline_year": "2022"},
        "“year”列：目标年 2022 不晚于基期年 2022。请核对目标年和基期年。",
    ),
    "a percentage above 100": (
        LITERACY | {"value": "300"},
        "“value”列：目标值 300 不在 0—100 之间（单位 percent）。请核对目标值、小数点和单位。",
    ),
    "more than 24 hours a day": (
        LITERACY | {"indicator_id": "student_daily_activity_hours_in_school", "value": "25"},
        "“value”列：目标值 25 不在 0—24 之间（单位 hours_per_day）。",
    ),
    "a fall of more than all of it": (
        SMOKING | {"rule": "change_from_baseline_relative", "comparator": "<=", "value": "-120"},
        "“value”列：目标值 -120 不在 -100— 之间",
    ),
    "a quota in percent": (
        LITERACY | {"rule": "count_quota"},
        "“单位”列：数量任务（count_quota）的单位不能是百分比。单位覆盖的比例请用规则 unit_coverage（单位覆盖率）。",
    ),
    "a unit that is not the indicator's": (
        LITERACY | {"unit": "per_1000"},
        "“unit”列：单位 per_1000 与指标“health_literacy_rate”在指标表中的单位 percent 不一致。",
    ),
    "a unit nobody knows": (
        LITERACY | {"unit": "per_million"},
        "“unit”列：单位“per_million”没有登记。该指标的单位是 percent，请填它或留空。",
    ),
    "a permille sign on a percentage": (LITERACY | {"value": "30‰"}, "“value”列：目标值带“‰”，而单位是 percent。"),
    "a rule nobody knows": (LITERACY | {"rule": "hope"}, "“rule”列：“hope”不是“规则”可填的内容。"),
    "a comparator nobody knows": (LITERACY | {"comparator": "~"}, "“comparator”列：“~”不是“比较方式”可填的内容。"),
    "a scope nobody knows": (LITERACY | {"scope": "each_street"}, "“scope”列：“each_street”不是“适用范围”可填的内容。"),
    "an action the plan does not have": (
        LITERACY | {"action_id": "dite"},
        "“action_id”列：“dite”不在本包的 actions（行动）表中。请更正，最接近的有：diet。",
    ),
    "an indicator nobody knows": (
        LITERACY | {"indicator_id": "health_literacy"},
        "“indicator_id”列：“health_literacy”不在指标表中。请更正，最接近的有：health_literacy_rate",
    ),
    "a trend with a value": (
        LITERACY | {"rule": "trend", "comparator": "trend_up"},
        "“value”列：规则 trend 不带数值，却填了 30。有数值的目标请用 level（水平）等规则；",
    ),
    "a trend that is no trend": (
        LITERACY | {"rule": "trend", "value": ""},
        "“comparator”列：规则 trend（趋势）的比较方式应为 trend_up 或 trend_down，不是 >=。",
    ),
    "a level that is a trend": (
        LITERACY | {"comparator": "trend_up"},
        "“comparator”列：trend_up 只用于规则 trend（趋势）",
    ),
    "a level without a value": (
        LITERACY | {"value": ""},
        "“value”列：没有填写目标值。请填写目标值；原文隐去的，在隐去部分填 value（数值）；",
    ),
    "a completion with a comparator": (
        LITERACY | {"indicator_id": "health_equity", "rule": "completion", "value": ""},
        "“comparator”列：规则 completion（完成）的比较方式应为 =，不是 >=。",
    ),
    "a year before 1990": (LITERACY | {"year": "1930"}, "“year”列：1930 年不在 1990—2100 之间。"),
    "a year after the plan": (LITERACY | {"year": "2035"}, "“year”列：2035 年不在方案期限 2019—2030 之内。"),
    "an inferred year beside a stated one": (
        LITERACY | {"year_inferred": "2030"},
        "“year_inferred”列：原文写明的年份 2030 与推断年份 2030 同时填写。原文写明年份的，推断年份留空；",
    ),
    "an inferred year of a row that hides none": (
        LITERACY | {"year": "", "year_inferred": "2030"},
        "“year_inferred”列：填了推断年份 2030，但没有标明原文隐去年份。",
    ),
    "a hidden year that is stated": (
        LITERACY | {"masked": "yes", "masked_part": "year"},
        "“year”列：写了年份被隐去，又填了年份 2030。推断的年份请填在 year_inferred（推断年份）列。",
    ),
    "a hidden value that is stated": (
        LITERACY | {"masked": "yes", "masked_part": "value"},
        "“value”列：写了数值被隐去，又填了数值 30。",
    ),
    "hidden, but not what": (LITERACY | {"masked": "yes"}, "“隐去部分”列：写了隐去，没有写隐去什么。"),
    "a baseline of a rule that has none": (
        LITERACY | {"baseline_year": "2019"},
        "“baseline_year”列：规则 level 不用基期年",
    ),
    "half of a second branch": (
        LITERACY | {"either_with": "health_literacy_rate"},
        "“起用值”列：两档规则只填了一半，缺少起用值。",
    ),
    "a second branch without a first": (
        LITERACY | {"either_with": "smoking_rate_15plus", "applies_from": "40"},
        "“either_with”列：同一行动、同一适用范围下没有指标“smoking_rate_15plus”的目标。",
    ),
    "a benchmark in another unit": (
        LITERACY | {"benchmark_indicator_id": "central_township_hospitals"},
        "“benchmark_indicator_id”列：对标指标的单位 count 与本目标的单位 percent 不同。",
    ),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_contradiction_is_refused_with_row_rule_and_mend(name, complaints):
    row, complaint = CONTRADICTIONS[name]

    found = complaints(row)

    assert any(line.startswith("targets.csv第 2 行，" + complaint) for line in found), found


def test_the_same_milestone_twice_is_refused_and_the_first_row_is_named(complaints):
    assert complaints(LITERACY, LITERACY | {"value": "32"}) == [
        "targets.csv第 3 行，“year”列：与第 2 行是同一目标的同一节点（2030 年）。"
        "请删除重复的一行；若是区间或两个分项，请在 part（分项）列分别填写，如 lower、upper。"
    ]


def test_one_target_in_two_directions_is_refused(complaints):
    found = complaints(LITERACY | {"year": "2022"}, LITERACY | {"direction": "lower_is_better", "comparator": "<="})

    assert any("与同一目标第 2 行的“higher_is_better”不同" in line for line in found)


def test_the_two_ends_of_a_range_are_told_apart_by_their_part(complaints):
    lower, upper = HOSPITALS | {"part": "lower"}, HOSPITALS | {"part": "上限", "comparator": "<=", "value": "30"}

    assert complaints(lower, upper) == []


OPEN_IN_REAL_PLANS = {
    "a batch without a number": HOSPITALS | {"value": ""},
    "all units, no percentage": LITERACY
    | {"indicator_id": "smoke_free_agency_coverage", "rule": "unit_coverage", "value": ""},
    "reach the national average": LITERACY | {"indicator_id": "main_health_indicators_vs_benchmark", "value": ""},
    "a hidden value": LITERACY | {"value": "", "masked": "yes", "masked_part": "value"},
    "a hidden year, inferred": LITERACY | {"year": "", "year_inferred": "2030", "masked": "yes", "masked_part": "year"},
    "every year, without an end": LITERACY | {"rule": "annual_change_points", "value": "5", "year": ""},
    "not above the present level": SMOKING | {"rule": "trend", "direction": "hold", "comparator": "<=", "value": ""},
    "no event at all": LITERACY
    | {"indicator_id": "maternal_deaths", "rule": "count_quota", "comparator": "=", "value": "0"},
    "a ceiling on growth": LITERACY
    | {
        "indicator_id": "inpatient_cost_growth",
        "rule": "change_from_baseline_relative",
        "comparator": "<=",
        "value": "5",
        "baseline_year": "previous_year",
    },
}


@pytest.mark.parametrize("name", OPEN_IN_REAL_PLANS)
def test_what_real_plans_leave_open_is_no_contradiction(name, complaints):
    assert complaints(OPEN_IN_REAL_PLANS[name]) == []


def test_a_level_may_take_its_value_from_another_area(complaints):
    assert complaints(LITERACY | {"value": "", "benchmark_area_id": "150000"}) == []


def test_a_chain_of_baselines_is_one_target_with_a_baseline_each(complaints):
    first = LITERACY | {"rule": "change_from_baseline_relative", "value": "10", "year": "2022", "baseline_year": "2019"}

    assert complaints(first, first | {"year": "2030", "baseline_year": "2022"}) == []


def test_all_bad_rows_are_told_at_once(complaints):
    found = complaints(LITERACY | {"value": "300"}, SMOKING | {"comparator": ">="}, HOSPITALS | {"action_id": "x"})

    assert [line[: len("targets.csv第 2 行")] for line in found] == [f"targets.csv第 {row} 行" for row in (2, 3, 4)]


def test_the_other_sheets_are_checked_too(complaints):
    found = complaints(
        plan=PLAN | {"period_start": "2031"},
        actions=(ACTION, ACTION),
        programmes=[
            {"programme_id": "p", "name_zh": "体检", "age_min": "65", "age_max": "35", "coverage_target_percent": "120"}
        ],
        health_cells=[{"cell_type": "healthy_village", "name_zh": "健康村", "quota": "3"}],
        tasks=[{"task_no": "1", "title_zh": "a", "quantity": "-1"}, {"task_no": "1", "title_zh": "b"}],
    )

    for part in (
        "plan.csv第 2 行，“period_start”列：起始年 2031 晚于终止年 2030",
        "actions.csv第 3 行，“action_id”列：“diet”与第 2 行重复",
        "programmes.csv第 2 行，“age_min”列：最小年龄 65 大于最大年龄 35",
        "programmes.csv第 2 行，“coverage_target_percent”列：120% 不在 0—100% 之间",
        "health_cells.csv第 2 行，“任务单位”列：任务数 3 没有写单位",
        "tasks.csv第 2 行，“quantity”列：-1 小于 0",
        "tasks.csv第 3 行，“task_no”列：“1”与第 2 行重复",
    ):
        assert any(line.startswith(part) for line in found), (part, found)


def test_an_indicator_may_not_change_its_unit_under_other_plans(tmp_path):
    path = tmp_path / "indicators.csv"
    path.write_text("指标编号,名称,单位,方向\nhealth_literacy_rate,健康素养,per_1000,越高越好\n", encoding="utf-8")
    registry = read_registry(path)

    check_registry(registry.sheets["indicators"], {"health_literacy_rate": "percent"})

    assert registry.complaints() == [
        "indicators.csv第 2 行，“单位”列：指标“health_literacy_rate”已登记，单位为 percent，不能改为 per_1000。"
        "单位不同的数列请另设指标编号。"
    ]
