from datetime import date

import pandas as pd
import pytest

from models.judging import MARKS, forecast_years, judge
from tests.models.judging_frames import AREAS, figures, marks, target

LITERACY = target({2022: 22, 2030: 30})


def test_a_district_below_the_path_is_told_so_with_the_pace_it_needs():
    # 22 % in 2022 to 30 % in 2030 is one point a year: 25 % in 2025. Tolerance 5 % of 8 = 0.4; 24.1 is 0.9 short: slow.
    # Needed: (30 - 24.1)/5 = 1.18 a year. Seen: 23.3, 23.7, 24.1 rises by 0.4 a year.
    mark = marks(LITERACY, figures("150621", {2023: 23.3, 2024: 23.7, 2025: 24.1})).loc["150621"]

    assert (mark.status, mark.path_value, mark.tolerance) == ("slow", 25, pytest.approx(0.4))
    assert mark.gap == pytest.approx(-0.9)
    assert mark.pace_needed == pytest.approx(1.18)
    assert mark.pace_seen == pytest.approx(0.4)
    assert (mark.next_year, mark.final_year, mark.final_value) == (2030, 2030, 30)
    assert mark.sentence_zh == (
        "达拉特旗2025年居民健康素养水平为24.1%，比目标路径要求的25%低0.9个百分点，偏慢。"
        "要在2030年提高到30%，每年需提高1.18个百分点，近年实际每年提高0.4个百分点。"
        "目标为全域目标，对本地区仅作对照。"
    )
    assert mark.sentence_en == (
        "Dalad Banner: health literacy level stood at 24.1 % in 2025, 0.9 points below the 25 % planned by then: slow."
        " Reaching 30 % by 2030 takes a rise of 1.18 points a year; of late it has risen by 0.4 points a year."
        " Held against the plan area's value."
    )


def test_the_plan_areas_own_mark_is_told_apart_from_the_districts():
    answer = marks(LITERACY, [figures(area, {2024: 25, 2025: 26}) for area in ("150600", "150621")])

    assert pd.isna(answer.loc["150600"].reason)
    assert answer.loc["150621"].reason == "plan_bar"
    assert answer.loc["150602"].reason == "no_data"


def test_a_prefecture_without_its_own_figure_gets_its_districts_counts_not_their_average():
    # 100 of 1,000 and 900 of 3,000 make 1,000 of 4,000 = 25 %; the average of 10 % and 30 % would be 20 %.
    answer = marks(LITERACY, [figures("150602", {2025: (100, 1000)}), figures("150621", {2025: (900, 3000)})])

    assert answer.loc["150600"].observed == pytest.approx(25)
    assert "rolled_up" in answer.loc["150600"].reason


def test_a_prefecture_is_not_added_up_while_a_district_is_missing():
    answer = marks(LITERACY, figures("150602", {2025: (100, 1000)}))

    assert (answer.loc["150600"].status, answer.loc["150600"].reason) == ("cannot_judge", "no_data")


def test_townships_add_up_through_their_district_and_zones_are_not_waited_for():
    parts = {"150602001": (10, 100), "150602002": (30, 100), "150621100": (260, 800)}
    answer = marks(LITERACY, [figures(area, {2025: counts}) for area, counts in parts.items()])

    assert answer.loc["150602"].observed == pytest.approx(20)  # 40 of 200
    assert answer.loc["150600"].observed == pytest.approx(30)  # 300 of 1,000


def test_every_township_must_pass_and_those_that_fail_are_named():
    vaccination = target({2022: 90, 2030: 90}, scope="each_township")
    values = {"150602001": 95, "150602002": 88, "150621100": 93, "150602400": 10}
    answer = marks(vaccination, [figures(area, {2024: v, 2025: v}) for area, v in values.items()])

    assert answer.status[["150602001", "150602002", "150621100"]].tolist() == ["achieved", "behind", "achieved"]
    assert "150602400" not in answer.index  # a development zone is no township
    assert (answer.loc["150600"].status, answer.loc["150600"].units_failing) == ("behind", ["150602002"])
    assert (answer.loc["150621"].status, answer.loc["150621"].units_failing) == ("achieved", None)
    assert "公园街道" in answer.loc["150600"].sentence_zh


def test_townships_that_have_not_reported_are_not_passed_over():
    vaccination = target({2022: 90, 2030: 90}, scope="each_township")
    answer = marks(vaccination, [figures("150602001", {2025: 95}), figures("150621100", {2025: 95})])

    assert (answer.loc["150600"].status, answer.loc["150600"].reason) == ("cannot_judge", "units_missing")


def test_a_total_for_the_whole_city_is_no_bar_for_a_district():
    hospitals = target({None: 25}, unit="count", rule="count_quota", comparator="=")
    answer = marks(hospitals, [figures("150602", {2025: 12}), figures("150621", {2025: 13})])

    assert (answer.loc["150600"].status, answer.loc["150600"].observed) == ("achieved", 25)  # counts add up
    assert (answer.loc["150602"].status, answer.loc["150602"].reason) == ("cannot_judge", "plan_total")


def test_a_part_year_of_a_count_through_the_year_is_not_a_year():
    indicators = pd.DataFrame({"indicator_id": ["literacy"], "unit": ["percent"], "decimals": [1]})
    values = {2024: 25, 2025: 26, "2026Q2": 12}
    through = marks(LITERACY, figures("150621", values), indicators=indicators.assign(within_year="cumulative"))
    stock = marks(LITERACY, figures("150621", values), indicators=indicators.assign(within_year="level"))

    assert through.loc["150621"].period == "2025"
    assert (stock.loc["150621"].period, stock.loc["150621"].path_value) == ("2026Q2", pytest.approx(25.5))


def test_figures_after_the_day_of_judging_are_not_used():
    answer = marks(LITERACY, figures("150621", {2023: 23, 2024: 24, 2025: 20}), as_of=date(2024, 12, 31))

    assert (answer.loc["150621"].period, answer.loc["150621"].status) == ("2024", "on_course")


def test_a_provisional_figure_is_judged_and_marked():
    answer = marks(LITERACY, figures("150621", {2024: 24, 2025: 25}, status="provisional"))

    assert answer.loc["150621"].figure_status == "provisional"
    assert "（初步数）" in answer.loc["150621"].sentence_zh


def test_the_stated_baseline_year_goes_before_the_first_figure():
    # 20 % in 2020 to 30 % in 2030: 25 % in 2025. From the first figure, 10 % in 2018, it would be 21.7 %.
    values = {2018: 10, 2020: 20, 2025: 24.9}
    stated = marks(target({2030: 30}, baseline_year="2020"), figures("150621", values)).loc["150621"]
    first = marks(target({2030: 30}), figures("150621", values)).loc["150621"]

    assert (stated.path_value, stated.reason) == (25, "plan_bar")
    assert (first.path_value, first.reason) == (pytest.approx(10 + 20 * 7 / 12), "plan_bar;baseline_first")


def test_one_figure_alone_is_refused_not_guessed():
    answer = marks(target({2030: 30}), figures("150621", {2025: 20})).loc["150621"]

    assert (answer.status, answer.reason) == ("cannot_judge", "one_point")
    assert pd.isna(answer.gap)


def forecast(area_id, year, quantiles):
    names = ["q0.025", "q0.1", "q0.25", "q0.5", "q0.75", "q0.9", "q0.975"]
    row = {"indicator_id": "literacy", "area_id": area_id, "time": float(year), "mean": quantiles[3]}
    return pd.DataFrame([row | dict(zip(names, quantiles, strict=True))])


def test_the_probability_is_read_at_the_final_milestone():
    likely_missed = forecast("150621", 2030, [20, 22, 24, 26, 28, 30, 32])  # 30 % is the upper tenth
    five = figures("150621", {2021: 22, 2022: 23, 2023: 24, 2024: 25, 2025: 26})
    answer = marks(LITERACY, five, forecasts=likely_missed).loc["150621"]

    assert answer.p_miss == pytest.approx(0.9, abs=0.001)  # half a step of rounding meets the bound
    assert (answer.p_miss_basis, answer.status) == ("full", "on_course")
    assert answer.needs_study  # on course, yet likely to miss
    assert "较可能落空（未达标概率约90%）" in answer.sentence_zh


def test_no_probability_on_two_points_and_one_for_reference_on_three():
    fan = forecast("150621", 2030, [20, 22, 24, 26, 28, 30, 32])
    two = marks(LITERACY, figures("150621", {2024: 25, 2025: 26}), forecasts=fan).loc["150621"]
    three = marks(LITERACY, figures("150621", {2023: 24, 2024: 25, 2025: 26}), forecasts=fan).loc["150621"]

    assert (two.p_miss_basis, three.p_miss_basis) == ("withheld", "reference")
    assert pd.isna(two.p_miss)
    assert "仅供参考" in three.sentence_zh


def test_the_same_figure_twice_is_an_error_not_a_choice():
    with pytest.raises(ValueError, match="comes twice"):
        marks(LITERACY, [figures("150621", {2025: 25}), figures("150621", {2025: 26})])


@pytest.mark.filterwarnings("error")
def test_nothing_reported_gives_every_target_a_reason_and_no_error():
    none = figures("150621", {})
    frame = judge(LITERACY, none, AREAS, as_of=date(2026, 1, 1), forecasts=None, indicators=None)

    assert list(frame.columns) == MARKS
    assert set(frame.reason) == {"no_data"}


def test_a_zero_denominator_is_no_figure():
    empty = figures("150621", {2025: 1}).assign(numerator=0.0, denominator=0.0, value=float("nan"))

    assert marks(LITERACY, empty).loc["150621"].reason == "no_data"


def test_forecasts_are_asked_for_the_last_milestone_of_each_indicator():
    years = forecast_years(pd.concat([LITERACY, target({None: 25}, indicator_id="hospitals")]))

    assert years.to_numpy().tolist() == [["literacy", 2030.0]]
