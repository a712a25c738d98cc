"""Rules of two branches: Beijing asks +5 points of healthy communities a year, or two more a year once at 40 %."""

import pandas as pd

from tests.models.judging_frames import AREAS, figures, marks, target

DISTRICTS = AREAS[AREAS.level.isin(["prefecture", "county"])]
POINTS = target({None: 5}, rule="annual_change_points", indicator_id="coverage", scope="each_district")
NUMBER = target(
    {None: 2}, rule="count_quota", unit="count_per_year", indicator_id="new", scope="each_district",
    either_with="coverage", applies_from=40.0,
)  # fmt: skip


def judged(coverage, number):
    """The marks of both branches; coverage, number: area_id -> yearly figures."""
    own = [figures(area, values, "coverage") for area, values in coverage.items()]
    own += [figures(area, values, "new") for area, values in number.items()]
    answer = marks([POINTS, NUMBER], own, areas=DISTRICTS).reset_index()
    return answer.assign(branch=answer.indicator_id).set_index(["area_id", "branch"])


def test_below_the_threshold_the_first_branch_counts_alone():
    # 20 % in 2023, 30 % in 2025: 5 points a year, as asked; the one new community is not asked about.
    answer = judged({"150602": {2023: 20, 2024: 25, 2025: 30}}, {"150602": {2025: 1}})

    assert answer.loc[("150602", "coverage"), "status"] == "on_course"
    assert answer.loc[("150602", "new"), ["status", "reason"]].tolist() == ["cannot_judge", "other_branch"]


def test_once_at_the_threshold_the_second_branch_counts_alone():
    # 41 % a year before the newest figure: one more point is no shortfall any longer, two new communities are asked.
    answer = judged({"150602": {2023: 40, 2024: 41, 2025: 42}}, {"150602": {2025: 1}})

    assert answer.loc[("150602", "coverage"), "reason"] == "other_branch"
    assert answer.loc[("150602", "new"), "status"] == "behind"


def test_the_year_that_reaches_the_threshold_is_still_asked_the_points():
    answer = judged({"150602": {2023: 31, 2024: 36, 2025: 41}}, {"150602": {2025: 0}})

    assert answer.loc[("150602", "coverage"), "status"] == "on_course"
    assert answer.loc[("150602", "new"), "reason"] == "other_branch"


def test_without_the_coverage_nobody_knows_which_branch_holds():
    answer = judged({}, {"150602": {2025: 3}})

    assert answer.loc[("150602", "new"), "reason"] == "branch_unknown"
    assert answer.loc[("150602", "coverage"), "status"] == "cannot_judge"
    assert pd.isna(answer.loc[("150602", "new"), "p_miss"])


def test_the_city_is_judged_once_by_the_branch_that_holds_in_each_district():
    # Dongsheng by points (met), Dalad by number (one of two): the city fails for Dalad, and once only.
    answer = judged(
        {"150602": {2023: 20, 2024: 25, 2025: 30}, "150621": {2023: 50, 2024: 50, 2025: 50}},
        {"150602": {2025: 0}, "150621": {2025: 1}},
    )

    assert answer.loc[("150600", "coverage"), "status"] == "behind"
    assert answer.loc[("150600", "coverage"), "units_failing"] == ["150621"]
    assert answer.loc[("150600", "new"), "reason"] == "other_branch"


def test_the_city_passes_when_each_district_passes_its_own_branch():
    answer = judged(
        {"150602": {2023: 20, 2024: 25, 2025: 30}, "150621": {2023: 50, 2024: 50, 2025: 50}},
        {"150621": {2025: 2}},
    )

    assert answer.loc[("150600", "coverage"), "status"] == "on_course"
