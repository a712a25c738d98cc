from datetime import date

import pandas as pd

from models.judging import forecast_history
from tests.models.judging_frames import AREAS, figures, target

AS_OF = date(2026, 6, 30)
YEARS = range(2019, 2026)


def forecast_areas(asked: pd.DataFrame, reported: pd.DataFrame) -> list[str]:
    return sorted(forecast_history(asked, reported, AREAS, None, AS_OF).area_id.unique())


def test_a_handful_of_deaths_is_not_forecast_and_a_hundred_are():
    asked = target({2030: 12}, indicator_id="maternal_mortality_ratio", unit="per_100k", comparator="<=")
    few = figures("150602", {year: (year % 2, 3000) for year in YEARS}, "maternal_mortality_ratio")  # 3 in five years
    many = figures("150621", dict.fromkeys(YEARS, (20, 90000)), "maternal_mortality_ratio")  # 100 in five years

    assert forecast_areas(asked, pd.concat([few, many])) == ["150600", "150621"]  # and their sum


def test_institutions_that_can_be_counted_on_one_hand_are_not_forecast():
    asked = target({2030: 1}, indicator_id="institutions", unit="count", rule="count_quota", scope="each_district")
    few = figures("150602", dict.fromkeys(YEARS, 1.0), "institutions")  # 5 in five years
    many = figures("150621", dict.fromkeys(YEARS, 2.0), "institutions")  # 10

    assert forecast_areas(asked, pd.concat([few, many])) == ["150600", "150621"]  # and their sum


def test_a_survey_without_counts_is_forecast():
    survey = figures("150602", dict.fromkeys(YEARS, 2.0))

    assert forecast_areas(target({2030: 5}), survey) == ["150602"]


def test_this_years_counts_so_far_stand_beside_the_series_and_are_no_points_of_it():
    exams = target({2030: 1000}, indicator_id="exams", unit="count")
    whole = figures("150602", {2022: 900, 2023: 950, 2024: 1000}, "exams")
    parts = figures("150602", {"2024Q2": 500, "2025Q2": 520}, "exams")
    about = pd.DataFrame(
        [("exams", "count", 0, "cumulative")], columns=["indicator_id", "unit", "decimals", "within_year"]
    )
    known = [exams, pd.concat([whole, parts], ignore_index=True), AREAS, about, date(2025, 11, 15)]

    history = forecast_history(*known, parts_of_years=True)

    so_far = history[history.part_of_year.notna()]
    assert so_far[["time", "value", "part_of_year"]].to_numpy().tolist() == [[2023.5, 500, 0.5], [2024.5, 520, 0.5]]
    plain = history[history.part_of_year.isna()].drop(columns="part_of_year").reset_index(drop=True)
    pd.testing.assert_frame_equal(plain, forecast_history(*known))
