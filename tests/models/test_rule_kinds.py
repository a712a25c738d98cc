"""One test and more for every kind of target the thirteen plans state, with numbers worked out by hand."""

from datetime import date

import pandas as pd
import pytest

from tests.models.judging_frames import figures, marks, target

CITY = "150600"


def one(milestones, values, as_of=date(2026, 11, 15), **row):
    """The mark of the city for one target and its yearly figures."""
    row = {"indicator_id": "i"} | row
    return marks(target(milestones, **row), figures(CITY, values, "i"), as_of=as_of).loc[CITY]


def test_floor_at_dated_milestones():
    mark = one({2022: 80, 2030: 90}, {2020: 70, 2022: 82, 2024: 84})  # path 2024: 80 + 10 * 2/8 = 82.5

    assert (mark.status, mark.path_value, mark.gap) == ("on_course", 82.5, 1.5)


def test_ceiling_at_dated_milestones():
    # Under-5 mortality <= 9.5 per 1,000 in 2022, <= 6 in 2030: 9.5 - 3.5 * 3/8 = 8.1875 in 2025; 8.6 is 0.4125 above.
    # Tolerance 5 % of 3.5 = 0.175: between one and three tolerances is slow. Needed (8.6 - 6)/5 = 0.52 a year.
    mark = one(
        {2022: 9.5, 2030: 6},
        {2023: 9.0, 2024: 8.8, 2025: 8.6},
        unit="per_1000",
        direction="lower_is_better",
        comparator="<=",
        name_zh="5岁以下儿童死亡率",
        name_en="Under-5 mortality",
    )

    assert mark.status == "slow"
    assert mark.gap == pytest.approx(-0.4125)
    assert mark.pace_needed == pytest.approx(0.52)
    assert mark.pace_seen == pytest.approx(0.2)  # falling by 0.2 is 0.2 in the target's direction
    assert "比目标路径要求的8.2‰高0.4个千分点，偏慢" in mark.sentence_zh
    assert "每年需下降0.52个千分点，近年实际每年下降0.2个千分点" in mark.sentence_zh
    assert "0.4 per 1,000 above the 8.2 per 1,000 planned by then: slow" in mark.sentence_en


def test_a_ceiling_that_loosens_hiv():
    hiv = {"direction": "lower_is_better", "comparator": "<="}
    met = one({2022: 0.15, 2030: 0.2}, {2020: 0.12, 2026: 0.17}, as_of=date(2027, 3, 1), **hiv)
    broken = one({2022: 0.15, 2030: 0.2}, {2020: 0.12, 2026: 0.21}, as_of=date(2027, 3, 1), **hiv)

    assert (met.status, met.reason, met.path_value) == ("achieved", "bound", 0.2)
    assert broken.status == "behind"
    assert pd.isna(broken.pace_needed)  # a ceiling to keep below asks for no pace


def keep_and_improve(values):
    """At least 50 % in 2022 and 2030, "and keep rising" until 2030."""
    floor = target({2022: 50, 2030: 50}, indicator_id="i")
    rising = target({2030: None}, indicator_id="i", rule="trend", comparator="trend_up", baseline_year="2022")
    answer = marks([floor, rising], figures(CITY, values, "i")).reset_index().query("area_id == @CITY")
    return answer.set_index(answer.target_id.str.split("/").str[3])


def test_keep_and_improve_needs_the_floor_and_the_rise():
    good = keep_and_improve({2022: 51, 2023: 53, 2024: 55, 2025: 57})
    flat = keep_and_improve({2022: 55, 2023: 55, 2024: 55, 2025: 55})
    below = keep_and_improve({2022: 40, 2023: 42, 2024: 44, 2025: 46})

    assert good.status.to_dict() == {"level": "achieved", "trend": "on_course"}
    assert flat.status.to_dict() == {"level": "achieved", "trend": "slow"}
    assert below.status.to_dict() == {"level": "behind", "trend": "behind"}  # rising, but the floor is not held
    assert "未守住底线" in below.loc["trend", "sentence_zh"]


def test_relative_change_from_a_baseline_year():
    # Salt 10 g in 2020, 20 % less by 2030 is 8 g; half-way in 2025 the path stands at 9 g.
    mark = one(
        {2030: -20}, {2020: 10, 2022: 9.5, 2025: 9}, rule="change_from_baseline_relative", baseline_year="2020",
        comparator="<=", direction="lower_is_better", unit="g_per_person_day",
    )  # fmt: skip

    assert (mark.status, mark.next_value, mark.path_value) == ("on_course", 8, 9)


def test_chained_baselines():
    # +10 % on 2019 by 2022, then +10 % on the 2022 result by 2030: 50 -> 55; 2022 came out at 60 -> 66.
    chain = pd.concat(
        [
            target({2022: 10}, rule="change_from_baseline_relative", baseline_year="2019", indicator_id="i"),
            target({2030: 10}, rule="change_from_baseline_relative", baseline_year="2022", indicator_id="i"),
        ]
    )
    values = {2019: 50, 2022: 60, 2026: 62}
    later = marks(chain, figures(CITY, values, "i"), as_of=date(2027, 1, 1)).loc[CITY]
    before = marks(chain, figures(CITY, {2019: 50, 2021: 53}, "i"), as_of=date(2022, 1, 1)).loc[CITY]

    assert later.final_value == pytest.approx(66)
    assert later.path_value == pytest.approx(60.5)  # from 55, the milestone, half-way to 66
    assert (before.final_year, before.final_value) == (2022, pytest.approx(55))  # 2022 has no result to build on yet


def test_change_in_points_from_a_baseline():
    mark = one({2030: 5}, {2020: 30, 2025: 32.5}, rule="change_from_baseline_points", baseline_year="2020")

    assert (mark.final_value, mark.path_value, mark.status) == (35, 32.5, "on_course")


def test_a_change_without_its_baseline_is_not_judged():
    mark = one({2030: 10}, {2025: 30}, rule="change_from_baseline_relative", baseline_year="2019")

    assert (mark.status, mark.reason) == ("cannot_judge", "baseline_missing")


def test_yearly_growth_is_held_against_last_years_figure():
    # At most 5 % dearer than the year before: 200 -> 208 is 4 %, 208 -> 220 is 5.8 %.
    cost = {
        "rule": "change_from_baseline_relative", "baseline_year": "previous_year", "comparator": "<=",
        "direction": "lower_is_better", "unit": "yuan_per_person",
    }  # fmt: skip

    assert one({None: 5}, {2023: 200, 2024: 208}, as_of=date(2025, 1, 1), **cost).status == "achieved"
    assert one({None: 5}, {2023: 200, 2024: 208, 2025: 220}, **cost).status == "behind"


def test_points_a_year_without_end():
    # Myopia down by 0.5 points a year from 60 % in 2020: 57.5 % in 2025. The step is 2.5, the tolerance 0.125.
    myopia = {"rule": "annual_change_points", "comparator": "<=", "direction": "lower_is_better"}
    on = one({None: -0.5}, {2020: 60, 2023: 58.4, 2025: 57.4}, **myopia)
    slow = one({None: -0.5}, {2020: 60, 2023: 58.7, 2025: 57.8}, **myopia)
    behind = one({None: -0.5}, {2020: 60, 2023: 60, 2025: 59.5}, **myopia)

    assert [mark.status for mark in (on, slow, behind)] == ["on_course", "slow", "behind"]
    assert (on.path_value, on.pace_needed) == (57.5, 0.5)
    assert "方案要求每年下降0.5个百分点" in behind.sentence_zh


def test_growth_that_must_slow_needs_six_years():
    # Growth 5, 4.5, 4, 3.5, 3 %: the last two average 3.25, the first two 4.75, three years apart: -0.5 a year.
    growth = {"rule": "trend", "comparator": "trend_down", "direction": "lower_is_better", "unit": "percent_change"}
    slowing = one({2030: None}, dict(zip(range(2021, 2026), (5, 4.5, 4, 3.5, 3), strict=True)), **growth)
    quicker = one({2030: None}, dict(zip(range(2021, 2026), (3, 3.5, 4, 4.5, 5), strict=True)), **growth)
    short = one({2030: None}, {2022: 5, 2023: 4, 2024: 3, 2025: 2}, **growth)

    assert (slowing.status, slowing.pace_seen) == ("on_course", pytest.approx(0.5))
    assert quicker.status == "reversing"  # five of five steps up
    assert (short.status, short.reason) == ("cannot_judge", "too_few_points")
    assert "增速每年放缓0.5个百分点" in slowing.sentence_zh


def test_direction_only():
    up = {"rule": "trend", "comparator": "trend_up"}

    assert one({2030: None}, {2021: 50, 2023: 52, 2025: 54}, **up).status == "on_course"
    assert one({2030: None}, {2021: 50, 2023: 50, 2025: 50}, **up).status == "slow"
    assert one({2030: None}, {2021: 54, 2023: 52, 2025: 50}, **up).status == "behind"
    assert one({2022: None}, {2019: 50, 2021: 52, 2025: 54}, **up).status == "achieved"
    assert one({2030: None}, {2024: 50, 2025: 51}, **up).reason == "too_few_points"


def test_no_worse_than_now():
    hold = {"rule": "trend", "comparator": ">=", "direction": "hold"}

    assert one({None: None}, {2021: 95, 2023: 95.5, 2025: 95}, **hold).status == "on_course"
    assert one({None: None}, {2021: 95, 2023: 94, 2025: 92}, **hold).status == "behind"


def test_reach_or_beat_another_area():
    # Ordos against its region: 24 % to 22 % passes, 24 % to 26 % does not; without the region's figure nothing is said.
    plan = target({2030: None}, indicator_id="i").assign(benchmark_area_id="150000")

    def against(value):
        other = figures("150000", {2025: value}, "i") if value else figures("150000", {}, "i")
        return marks(plan, [figures(CITY, {2023: 23, 2025: 24}, "i"), other]).loc[CITY]

    assert (against(22).status, against(22).reason) == ("achieved", "benchmark")
    assert (against(26).status, against(26).gap) == ("behind", -2)
    assert (against(None).status, against(None).reason) == ("cannot_judge", "no_benchmark")


def test_share_of_units_from_what_each_unit_says():
    # Two of three townships have a hall: 66.7 %; a figure of the whole's own would go before it.
    halls = target({2022: 60, 2030: 100}, rule="unit_coverage", indicator_id="i")
    said = {"150602001": 100, "150602002": 0, "150621100": 100}
    answer = marks(halls, [figures(area, {2022: v}, "i") for area, v in said.items()])

    assert answer.loc[CITY].observed == pytest.approx(200 / 3)
    assert answer.loc["150602"].observed == 50
    assert answer.loc[CITY].status == "achieved"
    assert not answer.is_noisy.any()  # every unit was counted


def test_share_of_units_as_reported():
    # 60 + 40 * 3/8 = 75 % in 2025.
    assert one({2022: 60, 2030: 100}, {2022: 60, 2025: 76}, rule="unit_coverage").status == "on_course"


def test_at_least_one_in_every_district():
    centres = target({None: 1}, unit="count", rule="count_quota", scope="each_district", indicator_id="i")
    answer = marks(centres, [figures("150602", {2025: 3}, "i"), figures("150621", {2025: 0}, "i")])

    # Three in all would be one each on average; one district has none. The plan sets no date to be late for.
    assert answer.loc["150602"].status == "achieved"
    assert (answer.loc["150621"].status, answer.loc["150621"].reason) == ("cannot_judge", "no_date")
    assert (answer.loc[CITY].status, answer.loc[CITY].reason) == ("cannot_judge", "units_missing")


def test_a_yearly_quota_starts_anew_every_year():
    quota = target({None: 14}, unit="count_per_year", rule="count_quota", scope="each_district", indicator_id="i")
    answer = marks(quota, [figures("150602", {2024: 10, 2025: 14}, "i"), figures("150621", {2024: 20, 2025: 13}, "i")])

    assert answer.loc["150602"].status == "achieved"
    assert (answer.loc["150621"].status, answer.loc["150621"].gap) == ("behind", -1)
    assert (answer.loc[CITY].status, answer.loc[CITY].units_failing) == ("behind", ["150621"])


def test_a_planned_number_is_met_when_passed():
    # "25 central township hospitals": 26 by 2025 is met.
    hospitals = {"unit": "count", "rule": "count_quota", "comparator": "="}

    assert one({2025: 25}, {2020: 20, 2025: 26}, **hospitals).status == "achieved"


def test_both_ends_of_a_range():
    # "3 to 5 new hospitals by 2025": two targets; 4 passes both, 6 fails the upper end.
    base = {"unit": "count", "rule": "count_quota"}

    assert one({2025: 3}, {2020: 0, 2025: 4}, comparator=">=", **base).status == "achieved"
    assert one({2025: 5}, {2020: 0, 2025: 4}, comparator="<=", **base).status == "achieved"
    assert one({2025: 5}, {2020: 0, 2025: 6}, comparator="<=", **base).status == "behind"


def test_two_branches_each_have_their_own_row():
    # Healthy communities: +5 points a year below 40 %, or two more a year from 40 % on.
    share = one({None: 5}, {2021: 20, 2023: 30, 2025: 41}, rule="annual_change_points")
    number = one({None: 2}, {2024: 1, 2025: 2}, unit="count_per_year", rule="count_quota")

    assert (share.status, share.path_value) == ("on_course", 40)  # 20 + 4 * 5
    assert number.status == "achieved"


def test_zero_events():
    deaths = {"unit": "count", "rule": "count_quota", "comparator": "=", "direction": "lower_is_better"}

    assert one({None: 0}, {2024: 1, 2025: 0}, **deaths).status == "achieved"
    assert one({None: 0}, {2024: 0, 2025: 1}, **deaths).status == "behind"


def test_completion_is_late_only_after_its_date():
    task = {"unit": "completion", "rule": "completion", "comparator": "="}
    done = one({2022: None, 2030: None}, {2024: 0, 2025: 1}, **task)
    open_still = one({2030: None}, {2025: 0}, **task)
    late = one({2022: None}, {2025: 0}, **task)
    nothing = one({2022: None}, {}, **task)

    assert [mark.status for mark in (done, open_still, late, nothing)] == [
        "achieved", "cannot_judge", "behind", "cannot_judge",
    ]  # fmt: skip
    assert (open_still.reason, nothing.reason) == ("not_due", "no_evidence")
    assert pd.isna(done.trend) or done.trend == "not_testable"


def test_a_hidden_year_is_shown_and_not_judged():
    mark = one({None: 32}, {2024: 30, 2025: 33}, masked=True, masked_part="year")

    assert (mark.status, mark.reason, mark.observed) == ("cannot_judge", "masked", 33)


def test_an_inferred_year_is_judged_and_said():
    mark = one({2030: 32}, {2020: 22, 2025: 27}, masked=True, masked_part="year", year_is_inferred=True)

    assert mark.status == "on_course"
    assert "year_inferred" in mark.reason
    assert "目标年份为推断" in mark.sentence_zh


def test_a_level_without_its_number_is_not_judged():
    assert one({2022: None}, {2025: 10}).reason == "no_value"
    assert one({2030: None}, {2025: 10}, unit="benchmark").reason == "no_benchmark"


def test_figures_before_a_changed_definition_are_not_used():
    plan = target({2030: 40}, indicator_id="i")
    series = figures(CITY, {2020: 60, 2022: 58, 2023: 30, 2025: 33}, "i")
    broken = series.assign(series_break=series.period == "2023")
    mark = marks(plan, broken).loc[CITY]

    # From 30 in 2023 to 40 in 2030: 30 + 10 * 2/7 = 32.857 in 2025.
    assert mark.path_value == pytest.approx(32.857, abs=0.001)
    assert mark.status == "on_course"


def test_one_figure_since_a_changed_definition_says_so():
    series = figures(CITY, {2020: 60, 2022: 58, 2025: 33}, "i")
    mark = marks(target({2030: 40}, indicator_id="i"), series.assign(series_break=series.period == "2025")).loc[CITY]

    assert (mark.status, mark.reason) == ("cannot_judge", "series_break")


def test_no_date_is_not_lateness():
    assert one({None: 100}, {2024: 80, 2025: 90}).reason == "no_date"
    assert one({None: 100}, {2024: 80, 2025: 100}).status == "achieved"


def test_about_eighty():
    about = {"comparator": "=", "direction": "hold"}

    assert one({2022: 80, 2030: 80}, {2021: 78, 2025: 80}, **about).status == "achieved"
    assert one({2022: 80, 2030: 80}, {2021: 78, 2025: 76}, **about).status == "behind"
