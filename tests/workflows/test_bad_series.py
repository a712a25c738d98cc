"""Series as districts really send them: broken, doubled, empty, a single year. Told or left out, never guessed."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_access.errors import InputError
from models.contradictions import CHANGES_A_MARK, find_contradictions
from models.targets import DIRECTIONS, RULES, SIDES, UNIT_LEVEL
from models.units import UNITS
from tests.models.judging_frames import figures, marks, target
from tests.workflows.test_judge_file import STEPS, TARGET, judge, observed
from workflows.judge_file import CONTRADICTIONS

LITERACY = target({2022: 22, 2030: 30})


def test_figures_before_a_break_are_not_used_and_said_to_be_too_few_after_it(tmp_path):
    rows = observed("150602", {2021: 60, 2023: 61, 2025: 20})
    rows[2] |= {"series_break": "yes"}
    mark = judge(tmp_path, [TARGET | {"value": 30, "year": 2030}], rows)

    assert (mark.status[0], mark.reason[0]) == ("cannot_judge", "series_break")


def test_a_break_that_is_no_yes_or_no_is_refused(tmp_path):
    rows = observed("150602", {2023: 61, 2025: 20})
    rows[1] |= {"series_break": "maybe"}

    with pytest.raises(InputError, match="第 3 行：“series_break”列的“maybe”不认识"):
        judge(tmp_path, STEPS, rows)


def test_no_is_no_break(tmp_path):
    rows = [row | {"series_break": "no"} for row in observed("150602", {2021: 21, 2023: 23, 2025: 25})]

    assert judge(tmp_path, STEPS, rows).status[0] == "on_course"


def test_a_denominator_of_zero_leaves_that_year_out(tmp_path):
    rows = [
        {"area_id": "150602", "indicator_id": "health_literacy_rate", "period": year, "numerator": n, "denominator": d}
        for year, n, d in ((2023, 240, 1000), (2024, 0, 0), (2025, 252, 1000))
    ]
    mark = judge(tmp_path, STEPS, rows)

    assert (mark.status[0], mark.gap[0]) == ("on_course", 0.2)


def test_all_missing_is_no_data_and_one_point_is_no_progress(tmp_path):
    empty = judge(tmp_path, STEPS, observed("150602", {2023: "", 2024: "", 2025: ""}))
    single = judge(tmp_path, [STEPS[1]], observed("150602", {2025: 20}))

    assert empty.reason[0] == "no_data"
    assert single.reason[0] == "one_point"


def test_a_value_that_is_not_its_own_counts_is_refused(tmp_path):
    row = observed("150602", {2025: 0.25})[0] | {"numerator": 250, "denominator": 1000}

    with pytest.raises(InputError, match="第 2 行：value 与分子、分母算出的 25 不符"):
        judge(tmp_path, STEPS, [row])


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"numerator": -1, "denominator": 10}, "分子小于零"),
        ({"lower": 30, "upper": 20}, "区间下限高于上限"),
        ({"value": "inf"}, "不是数字"),
        ({"status": "guess"}, "“status”列的“guess”不认识"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(tmp_path, wrong, said):
    with pytest.raises(InputError, match=said):
        judge(tmp_path, STEPS, [observed("150602", {2025: 25})[0] | wrong])


def test_an_area_to_compare_with_is_not_judged_itself(tmp_path):
    # Reach or beat the region (150000): 24 against 25 in 2025.
    row = TARGET | {"value": "", "year": 2030, "benchmark_area_id": "150000"}
    mark = judge(tmp_path, [row], observed("150600", {2024: 23, 2025: 24}) + observed("150000", {2024: 24, 2025: 25}))

    assert mark.area_id.tolist() == ["150600"]
    assert (mark.status[0], mark.gap[0]) == ("behind", -1)


def test_the_benchmark_may_be_another_indicator(tmp_path):
    # The rural rate is to reach the urban one, of the same place: 24 of 25.
    row = TARGET | {"value": "", "year": 2030, "benchmark_area_id": "150000", "benchmark_indicator_id": "urban_rate"}
    seen = observed("150600", {2024: 23, 2025: 26}) + observed("150000", {2024: 24, 2025: 25}, "urban_rate")
    mark = judge(tmp_path, [row], seen)

    assert (mark.status[0], mark.gap[0]) == ("achieved", 1)


def test_two_branches_in_files_too(tmp_path):
    points = TARGET | {"indicator_id": "coverage", "rule": "annual_change_points", "value": 5, "year": ""}
    number = TARGET | {"indicator_id": "new", "rule": "count_quota", "unit": "count_per_year", "value": 2, "year": ""}
    number |= {"either_with": "coverage", "applies_from": 40}
    seen = observed("150602", {2023: 41, 2024: 42, 2025: 43}, "coverage") + observed("150602", {2025: 2}, "new")
    marks = judge(tmp_path, [points, number], seen).set_index("indicator_id")

    assert marks.reason["coverage"] == "other_branch"
    assert marks.status["new"] == "achieved"


def test_judging_takes_every_bad_series_without_a_traceback():
    nothing = {2023: float("nan"), 2024: float("nan")}
    bad = [
        figures("150600", nothing),
        figures("150602", {2025: 20}),
        figures("150621", {2023: (1, 10), 2024: (5, 100), 2025: (6, 100)}).replace({1.0: 0.0, 10.0: 0.0}),
    ]
    answer = marks(LITERACY, bad, as_of=date(2026, 1, 1))

    assert answer.loc["150600", "reason"] == "no_data"
    assert answer.loc["150602", "status"] == "behind"  # the path begins with the 2022 milestone
    assert answer.sentence_zh.notna().all()


def test_every_contradiction_that_changes_a_mark_has_its_words_in_files():
    assert set(CONTRADICTIONS) == set(CHANGES_A_MARK)


YEARS = st.integers(2015, 2032)
NUMBERS = st.one_of(st.floats(-5, 130, allow_nan=False), st.integers(0, 10**7), st.just(""))
ROWS_OF_TARGETS = st.fixed_dictionaries(
    {
        "indicator_id": st.sampled_from(["a", "b"]),
        "unit": st.sampled_from(list(UNITS)),
        "direction": st.sampled_from(list(DIRECTIONS)),
        "rule": st.sampled_from(RULES),
        "comparator": st.sampled_from(list(SIDES)),
        "value": NUMBERS,
        "year": st.one_of(YEARS, st.just("")),
        "baseline_year": st.one_of(YEARS, st.sampled_from(["", "previous_year", "现有水平"])),
        "baseline_value": st.one_of(st.just(""), NUMBERS),
        "scope": st.sampled_from(list(UNIT_LEVEL)),
        "masked": st.sampled_from(["yes", "no", ""]),
        "area_id": st.sampled_from(["", "", "150600", "se-03"]),
        "benchmark_area_id": st.sampled_from(["", "", "", "150000"]),
        "either_with": st.sampled_from(["", "", "", "a", "b"]),
        "applies_from": st.sampled_from(["", 40]),
    }
)
COUNTS = st.tuples(st.just(""), st.integers(0, 50), st.integers(0, 60))
ROWS_OF_FIGURES = st.fixed_dictionaries(
    {
        "area_id": st.sampled_from(["150000", "150600", "150602", "150602001", "se-03"]),
        "indicator_id": st.sampled_from(["a", "b", "other"]),
        "period": st.one_of(YEARS.map(str), YEARS.map(lambda year: f"{year}Q2"), YEARS.map(lambda year: f"{year}-07")),
        "figure": st.one_of(NUMBERS.map(lambda value: (value, "", "")), COUNTS),
        "lower": st.one_of(st.just(""), st.integers(0, 20)),
        "upper": st.one_of(st.just(""), st.integers(20, 90)),
        "status": st.sampled_from(["", "final", "provisional", "revised"]),
        "series_break": st.sampled_from(["", "", "no", "yes"]),
    }
)


def accepted(rows):
    """The rows of targets that no rule refuses, and at most one of each milestone."""
    frame = pd.DataFrame(rows)
    frame = frame.astype(object).where(frame != "", None)
    wrong = find_contradictions(frame).index
    kept = [row for nth, row in enumerate(rows) if nth not in wrong]
    return list({(row["indicator_id"], row["rule"], row["comparator"], row["year"]): row for row in kept}.values())


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    targets=st.lists(ROWS_OF_TARGETS, min_size=1, max_size=8).map(accepted).filter(bool),
    seen=st.lists(ROWS_OF_FIGURES, min_size=1, max_size=40),
)
def test_files_of_valid_columns_give_marks_or_a_refusal_and_never_a_traceback(tmp_path_factory, targets, seen):
    rows = [{"plan_id": "p", "action_id": "x", "name_zh": "指标", "name_en": "Indicator"} | row for row in targets]
    seen = list({(row["area_id"], row["indicator_id"], row["period"]): row for row in seen}.values())
    seen = [row | dict(zip(("value", "numerator", "denominator"), row.pop("figure"), strict=True)) for row in seen]
    try:
        answer = judge(tmp_path_factory.mktemp("fuzz"), rows, seen)
    except InputError as refusal:
        assert "第" in str(refusal) and "行" in str(refusal)
    else:
        assert answer.sentence_zh.notna().all() and answer.status.notna().all()
        assert not answer.sentence_zh.str.contains("nan|None").any()
