import csv
from argparse import Namespace
from pathlib import Path

import pandas as pd
import pytest

from data_access.errors import InputError
from workflows.judge_file import OUT, run

TARGET = {
    "plan_id": "ordos-2030",
    "action_id": "public-health-education",
    "indicator_id": "health_literacy_rate",
    "name_zh": "居民健康素养水平",
    "name_en": "Residents' health literacy level",
    "unit": "percent",
    "direction": "higher_is_better",
    "rule": "level",
    "comparator": ">=",
    "scope": "plan_area",
    "masked": "no",
}


def write(path: Path, rows: list[dict]) -> Path:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def judge(tmp_path, targets, observations, as_of=2025) -> pd.DataFrame:
    out = tmp_path / "out.csv"
    paths = write(tmp_path / "targets.csv", targets), write(tmp_path / "observations.csv", observations)
    run("judge-file", Namespace(targets=paths[0], observations=paths[1], as_of=as_of, out=out), None)
    return pd.read_csv(out, dtype={"area_id": str, "units_failing": str})


def observed(area_id, values, indicator_id="health_literacy_rate"):
    return [
        {"area_id": area_id, "indicator_id": indicator_id, "period": period, "value": value}
        for period, value in values.items()
    ]


STEPS = [TARGET | {"value": 22, "year": 2022}, TARGET | {"value": 30, "year": 2030}]


def test_two_rows_of_one_target_make_one_path_for_every_area_observed(tmp_path):
    # 22 % in 2022 to 30 % in 2030: 25 % by 2025; tolerance 0.4.
    figures = observed("150602", {2023: 24, 2025: 25.2}) + observed("150621", {2023: 22, 2025: 23})

    marks = judge(tmp_path, STEPS, figures).set_index("area_id")

    assert list(marks.reset_index().columns.sort_values()) == sorted(OUT)
    assert marks.path_value.tolist() == [25, 25]
    assert marks.gap.tolist() == [0.2, -2]
    assert marks.status.tolist() == ["on_course", "behind"]
    assert marks.loc["150621", "pace_needed"] == 1.4  # (30 - 23) / 5
    assert marks.loc["150621", "pace_seen"] == 0.5


def test_figures_after_the_year_asked_for_are_not_used(tmp_path):
    marks = judge(tmp_path, STEPS, observed("150602", {2022: 22, 2024: 24, 2025: 10}), as_of=2024)

    assert (marks.status[0], marks.path_value[0]) == ("on_course", 24)


def test_a_stated_baseline_value_starts_the_path(tmp_path):
    # 10 % in 2020 to 30 % in 2030: 20 % in 2025, though the first figure is 16 % in 2021.
    row = TARGET | {"value": 30, "year": 2030, "baseline_year": 2020, "baseline_value": 10}

    marks = judge(tmp_path, [row], observed("150602", {2021: 16, 2025: 20}))

    assert (marks.status[0], marks.path_value[0]) == ("on_course", 20)


def test_a_named_area_gets_one_row_and_its_failing_townships(tmp_path):
    row = TARGET | {"value": 90, "year": 2022, "scope": "each_township", "area_id": "150600"}
    figures = observed("150602001", {2022: 95}) + observed("150602002", {2022: 85}) + observed("150621100", {2022: 90})

    marks = judge(tmp_path, [row], figures)

    assert marks.area_id.tolist() == ["150600"]
    assert (marks.status[0], marks.units_failing[0]) == ("behind", "150602002")


def test_areas_of_another_scheme_stand_beside_each_other(tmp_path):
    marks = judge(
        tmp_path, STEPS, observed("se-0305", {2022: 21, 2025: 26}) + observed("se-0319", {2022: 21, 2025: 25})
    )

    assert marks.area_id.tolist() == ["se-0305", "se-0319"]
    assert marks.status.tolist() == ["on_course", "on_course"]


def test_counts_make_the_rate(tmp_path):
    figures = [
        {"area_id": "150602", "indicator_id": "health_literacy_rate", "period": 2025, "numerator": n, "denominator": d}
        for n, d in ((300, 1000),)
    ]

    assert judge(tmp_path, STEPS, figures).status[0] == "achieved"  # exactly 30 %


def test_a_zero_denominator_is_no_figure(tmp_path):
    zero = {
        "area_id": "150602",
        "indicator_id": "health_literacy_rate",
        "period": 2025,
        "value": "",
        "numerator": 0,
        "denominator": 0,
    }

    assert judge(tmp_path, STEPS, [zero]).reason[0] == "no_data"


CONTRADICTIONS = [
    ({"comparator": "<="}, "比较符与"),
    ({"year": 2018, "baseline_year": 2020}, "目标年份不晚于基期年份"),
    ({"value": 130}, "超出该单位的可能范围"),
    ({"rule": "count_quota"}, "数量指标不能用百分比"),
    ({"rule": "trend", "comparator": "trend_up"}, "不能带数值"),
    ({"unit": "percents"}, "计量单位不认识"),
    ({"value": "三成"}, "不是数字"),
    ({"year": 30}, "不是四位年份"),
]


@pytest.mark.parametrize("wrong, said", CONTRADICTIONS)
def test_a_target_row_that_contradicts_itself_is_refused_with_its_row(tmp_path, wrong, said):
    with pytest.raises(InputError) as refusal:
        judge(tmp_path, [STEPS[0], STEPS[1] | wrong], observed("150602", {2025: 25}))

    assert "targets.csv 第 3 行" in str(refusal.value)
    assert said in str(refusal.value)
    assert not (tmp_path / "out.csv").exists()


def test_two_values_for_one_year_are_refused(tmp_path):
    with pytest.raises(InputError, match="同一目标同一年份有两个不同的数值"):
        judge(tmp_path, [STEPS[1], STEPS[1] | {"value": 32}], observed("150602", {2025: 25}))


BAD_FIGURES = [
    ({"period": "2025上半年"}, "period"),
    ({"value": "约25"}, "不是数字"),
    ({"denominator": "-5"}, "分母小于零"),
    ({"area_id": ""}, "“area_id”列是空的"),
]


@pytest.mark.parametrize("wrong, said", BAD_FIGURES)
def test_a_bad_figure_is_refused_with_its_row(tmp_path, wrong, said):
    good = observed("150602", {2024: 24, 2025: 25})

    with pytest.raises(InputError) as refusal:
        judge(tmp_path, STEPS, [good[0], good[1] | wrong])

    assert "observations.csv 第 3 行" in str(refusal.value)
    assert said in str(refusal.value)


def test_the_same_figure_twice_is_refused(tmp_path):
    with pytest.raises(InputError, match="第 3 行：同一指标、地区和时期"):
        judge(tmp_path, STEPS, observed("150602", {2025: 24}) + observed("150602", {2025: 25}))


def test_every_wrong_row_is_reported_at_once(tmp_path):
    with pytest.raises(InputError, match="共 2 行有误"):
        judge(tmp_path, [STEPS[0] | {"value": "a"}, STEPS[1] | {"value": "b"}], observed("150602", {2025: 25}))
