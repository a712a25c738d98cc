"""Cascades of small programmes, worked by hand."""

import pandas as pd
import pytest

from models.cascade import (
    Rules,
    Window,
    amounts,
    cascade,
    due,
    groups_below,
    month_of,
    reports,
    trend,
    units_of,
    window,
    worst_step,
    year_due_window,
)

AREAS = pd.DataFrame(
    [
        ["top", None, "prefecture"],
        ["c1", "top", "county"],
        ["c2", "top", "county"],
        ["t1", "c1", "township"],
        ["t2", "c1", "township"],
        ["t3", "c2", "township"],
    ],
    columns=["area_id", "parent_id", "level"],
).assign(is_unit=True, valid_to=pd.NaT)
SCREENING = Rules(("eligible", "attended", "positive", "followed_up"), coverage_target_percent=80.0)


def counts(*rows):
    """(area, time, step, persons)."""
    return pd.DataFrame(rows, columns=["area_id", "time", "stage", "value"]).assign(period="x")


def month(year, number):
    return 12 * (year - 1) + number


def time(year, number):
    return year - 1 + number / 12


def test_months_are_numbered_through_the_calendar():
    assert month_of(2024.0) == month(2024, 12)
    assert month_of(2023 + 7 / 12) == month(2024, 7)


def test_a_flu_season_from_september_runs_over_new_year():
    season = window(Rules(("eligible", "attended"), first_month=9), month(2026, 2))

    assert (season.first, season.last, season.elapsed) == (month(2025, 9), month(2026, 8), 0.5)


def test_a_round_of_two_years_begins_where_the_rota_began():
    both = window(Rules(("eligible", "attended"), cycle_months=24, first_year=2025), month(2026, 6))
    rolling = window(Rules(("eligible", "attended"), cycle_months=24), month(2026, 6))

    assert (both.first, both.last, both.elapsed) == (month(2025, 1), month(2026, 12), 18 / 24)
    assert (rolling.first, rolling.last, rolling.elapsed) == (month(2024, 7), month(2026, 6), 1.0)


def test_counts_of_months_add_up_but_those_eligible_are_the_same_people():
    rows = counts(
        ("t1", time(2026, 1), "eligible", 100),
        ("t1", time(2026, 2), "eligible", 110),
        ("t1", time(2026, 1), "attended", 20),
        ("t1", time(2026, 2), "attended", 30),
        ("t1", time(2025, 12), "attended", 99),  # the round before
        ("t1", time(2026, 3), "attended", 99),  # after the month asked for
    )

    reached = amounts(rows, SCREENING, window(SCREENING, month(2026, 2)), month(2026, 2))

    assert reached.loc["t1", ["eligible", "attended"]].tolist() == [110, 50]
    assert reached.loc["t1", ["positive", "followed_up"]].isna().all()  # missing, not nought


def test_counts_through_the_year_enter_with_their_last_figure_of_each_year():
    rules = Rules(("eligible", "attended"), counted="cumulative", cycle_months=24, first_year=2025)
    rows = counts(
        ("t1", time(2025, 6), "attended", 30),
        ("t1", time(2025, 12), "attended", 50),
        ("t1", time(2026, 3), "attended", 10),
    )

    reached = amounts(rows, rules, window(rules, month(2026, 3)), month(2026, 3))

    assert reached.at["t1", "attended"] == 60


def test_a_biennial_exam_counts_a_person_once():
    rows = counts(("t1", 2025.0, "eligible", 100), ("t1", 2025.0, "attended", 60), ("t1", 2026.0, "attended", 30))
    once = Rules(("eligible", "attended"), report_every="year", cycle_months=24, first_year=2025)
    each_year = Rules(
        ("eligible", "attended"), report_every="year", cycle_months=24, first_year=2025, person_rule="max"
    )
    over = window(once, month(2026, 12))

    # one visit a round: 60 + 30 different people; where they may come each year, 60 is all the counts can vouch for
    assert amounts(rows, once, over, over.last).at["t1", "attended"] == 90
    assert amounts(rows, each_year, over, over.last).at["t1", "attended"] == 60


def test_signed_up_people_are_a_stock_of_which_the_last_count_holds():
    rules = Rules(("eligible", "attended"), counted="level", report_every="quarter", cycle_months=None)
    rows = counts(("t1", 2025.25, "attended", 40), ("t1", 2025.5, "attended", 45))

    over = window(rules, month(2026, 6))

    assert over.elapsed == 1.0
    assert amounts(rows, rules, over, month(2026, 6)).at["t1", "attended"] == 45


def test_only_the_batch_that_is_due_is_asked_and_each_comes_again_after_two_years():
    rules = Rules(("eligible", "attended"), cycle_months=24, first_year=2025)
    rota = pd.DataFrame(
        [["t1", 2025, 1], ["t2", 2026, 2], ["t3", 2025, 1], ["t3", 2026, 2]],  # t3 changed its batch
        columns=["area_id", "year_due", "batch"],
    )

    assert due(rota, rules, 2024).empty
    assert due(rota, rules, 2025).area_id.tolist() == ["t1", "t3"]
    assert due(rota, rules, 2026).area_id.tolist() == ["t2", "t3"]
    assert due(rota, rules, 2027).area_id.tolist() == ["t1"]
    rows = counts(("t1", time(2025, 5), "eligible", 200), ("t2", time(2026, 5), "eligible", 100),
                  ("t2", time(2026, 5), "attended", 40))  # fmt: skip
    over = year_due_window(rules, month(2026, 6))
    reached = amounts(rows, rules, over, month(2026, 6))
    units = units_of(reached, AREAS, "top", {"t2"})
    steps = cascade(units, pd.Series("all", index=units.index), rules, over.elapsed).set_index("stage")
    assert steps.at["attended", "rate"] == 40.0  # of the 100 due, not of 300
    assert steps.at["attended", "expected"] == 50.0  # half of the year is over


@pytest.fixture
def reached():
    """Three townships; t3 has not reported who attended."""
    return pd.DataFrame(
        [[100, 60, 6, 3], [200, 150, 10, 10], [300, None, None, None]],
        index=pd.Index(["t1", "t2", "t3"], name="area_id"),
        columns=list(SCREENING.stages),
    ).astype("float64")


def test_most_are_lost_where_expected_exceeds_actual_by_most_people(reached):
    units = units_of(reached, AREAS, "top")
    steps = cascade(units, pd.Series("all", index=units.index), SCREENING)

    attended = steps.set_index("stage").loc["attended"]
    assert steps.set_index("stage").at["eligible", "actual"] == 600
    assert (attended.actual, attended.units_reported, attended.units) == (210, 2, 3)
    assert attended.rate == 70.0  # 210 of the 300 of the two that reported, not of 600
    assert (attended.expected, attended.shortfall) == (240.0, 30.0)  # 80 % of 300
    followed = steps.set_index("stage").loc["followed_up"]
    assert (followed.rate, followed.shortfall) == (100 * 13 / 16, 3.0)
    assert followed.overall == pytest.approx(100 * 13 / 300)
    assert worst_step(steps).stage == "attended"
    assert pd.isna(steps.set_index("stage").at["positive", "expected"])  # how many are ill is no target


def test_districts_are_summed_from_counts_and_say_who_is_missing(reached):
    units = units_of(reached, AREAS, "top")
    steps = cascade(units, groups_below(units.index, AREAS, "top"), SCREENING).set_index(["group", "stage"])

    assert steps.at[("c1", "attended"), "rate"] == 70.0  # not the mean of 60 and 75
    assert steps.at[("c2", "attended"), "units_reported"] == 0
    assert pd.isna(steps.at[("c2", "attended"), "actual"])


def test_a_county_stands_for_its_townships_only_while_none_of_them_reports(reached):
    county = pd.DataFrame([[500, 400, 1, 1]], index=["c2"], columns=reached.columns).astype("float64")

    assert units_of(pd.concat([reached, county]), AREAS, "top").index.tolist() == ["t1", "t2", "t3"]
    without = pd.concat([reached.drop("t3"), county])
    assert units_of(without, AREAS, "top").index.tolist() == ["t1", "t2", "c2"]


def test_nothing_reported_is_no_worst_step():
    empty = amounts(counts(), SCREENING, Window(1, 12, 1.0), 12)

    assert units_of(empty, AREAS, "top").empty
    assert worst_step(cascade(empty, pd.Series(dtype=object), SCREENING)) is None


def test_months_not_reported_are_counted_as_missing():
    rows = counts(("t1", time(2026, 1), "attended", 0), ("t1", time(2026, 3), "eligible", 5))

    found = reports(rows, ["t1", "t2"], SCREENING, window(SCREENING, month(2026, 4)), month(2026, 4))

    assert found.loc["t1"].to_dict() == {"received": 2, "last_month": month(2026, 3), "due": 4}
    assert found.at["t2", "received"] == 0


def test_the_trend_of_a_running_count_is_what_each_month_added():
    rules = Rules(("eligible", "attended"), counted="cumulative")
    rows = counts(
        ("t1", time(2026, 1), "attended", 10),
        ("t1", time(2026, 2), "attended", 25),
        ("t1", time(2027, 1), "attended", 7),
    ).assign(period=["2026-01", "2026-02", "2027-01"])

    assert trend(rows, ["t1"], "attended", rules).value.tolist() == [10, 15, 7]
