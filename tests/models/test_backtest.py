import numpy as np
import pandas as pd
import pytest

from models.backtest import MILESTONE, OWN_PATH, REPLAYED, is_missed, milestones_of, replay
from models.intervals import QUANTILE_COLUMNS


def history(values: dict[str, list[float]], first_year=2020, indicator="screening", direction="up", **extra):
    """Yearly series by area, in percent, without gaps."""
    rows = [
        (f"{indicator}|{area}", indicator, area, float(first_year + nth), value)
        for area, figures in values.items()
        for nth, value in enumerate(figures)
    ]
    frame = pd.DataFrame(rows, columns=["series_id", "indicator_id", "area_id", "time", "value"])
    return frame.assign(lower_bound=0.0, upper_bound=100.0, direction=direction, **extra)


def test_four_years_give_one_forecast_made_at_the_end_of_the_third():
    made = replay(history({"150602": [10, 12, 13, 15]}))

    assert list(made.columns) == REPLAYED
    assert made[["origin", "horizon", "length", "actual", "last"]].to_numpy().tolist() == [[2022, 1, 3, 15.0, 13.0]]
    assert made["scale"].tolist() == [1.5]  # it had moved by 2 and by 1


def test_three_years_are_too_few_and_an_empty_store_has_nothing_to_replay():
    assert replay(history({"150602": [10, 12, 13]})).empty
    assert list(replay(history({"150602": []})).columns) == REPLAYED


def test_what_came_later_does_not_reach_the_forecast():
    then = replay(history({"a": [10, 12, 13, 15, 17], "b": [20, 20, 22, 23, 24]}))
    otherwise = replay(history({"a": [10, 12, 13, 15, 90], "b": [20, 20, 22, 23, 1]}))
    before = then["origin"] == 2022

    assert then["actual"].tolist() != otherwise["actual"].tolist()
    pd.testing.assert_frame_equal(then.loc[before, QUANTILE_COLUMNS], otherwise.loc[before, QUANTILE_COLUMNS])
    assert then.loc[before, "target"].tolist() == otherwise.loc[before, "target"].tolist()


def test_a_series_that_did_not_report_the_year_of_the_origin_takes_no_part_there():
    late = history({"a": [10, 12, 13, 15, 17], "b": [20, 20, 22, 23, 24]})
    late = late[~((late["area_id"] == "b") & (late["time"] == 2022))]
    made = replay(late)

    assert made.loc[made["origin"] == 2022, "area_id"].unique().tolist() == ["a"]


def test_figures_of_part_of_a_year_are_left_out():
    with_quarter = pd.concat(
        [history({"a": [10, 12, 13, 15]}), history({"a": [99]}).assign(time=2023.75)], ignore_index=True
    )

    pd.testing.assert_frame_equal(replay(with_quarter), replay(history({"a": [10, 12, 13, 15]})))


def test_the_last_value_is_as_wide_as_the_steps_so_far_by_the_root_of_the_years_and_stays_within_the_bounds():
    made = replay(history({"a": [98, 99, 98, 99, 98, 99]}))
    two_ahead = made[(made["origin"] == 2022) & (made["horizon"] == 2)].iloc[0]

    assert two_ahead["last_q0.5"] == 98.0
    assert two_ahead["last_q0.1"] == pytest.approx(98 - 1.281552 * np.sqrt(2), abs=1e-4)
    assert two_ahead["last_q0.975"] == 100.0


def test_a_series_that_never_moved_takes_a_quarter_of_its_peers_usual_step():
    made = replay(history({"still": [50, 50, 50, 50], "a": [10, 14, 18, 22], "b": [30, 34, 38, 42]}))

    assert made.set_index("area_id").loc["still", "scale"] == 1.0  # the median of 0, 4, 4 is 4


def test_without_improving_peers_the_own_path_is_the_mean_of_the_last_three():
    # without bounds nothing is transformed: (10 + 8 + 6) / 3
    falling = history({"a": [12, 10, 8, 6, 4]}).assign(lower_bound=np.nan, upper_bound=np.nan)
    made = replay(falling)
    at = made[(made["origin"] == 2023)].iloc[0]

    assert (at["against"], at["comparator"], at["target"]) == (OWN_PATH, ">=", pytest.approx(8.0))
    assert at["missed"]


def test_the_own_path_moves_at_the_pace_of_the_median_improving_peer():
    # slopes 1, 2, 3 a year; the median is 2; the last three of "a" average 11
    rising = {"a": [10, 11, 12, 13], "b": [10, 12, 14, 16], "c": [10, 13, 16, 19]}
    made = replay(history(rising).assign(lower_bound=np.nan, upper_bound=np.nan)).set_index("area_id")

    assert made.loc["a", "target"] == pytest.approx(11 + 2)
    assert made["missed"].tolist() == [False, False, False]  # 13, 16 and 19 against 13, 14 and 15


def test_a_milestone_of_the_forecast_year_goes_before_the_own_path():
    milestone = pd.DataFrame(
        {"indicator_id": ["screening"], "area_id": ["a"], "year": [2023], "comparator": [">="], "value": [16.0]}
    )
    made = replay(history({"a": [10, 12, 13, 15], "b": [10, 12, 13, 15]}), milestone).set_index("area_id")

    assert made["against"].tolist() == [MILESTONE, OWN_PATH]
    assert (made.loc["a", "target"], bool(made.loc["a", "missed"])) == (16.0, True)
    assert made["p_miss"].between(0.05, 0.95).all() and made["p_distance"].between(0.05, 0.95).all()


def test_a_figure_on_the_target_meets_at_least_and_at_most_but_not_more_and_less():
    on_it = is_missed(np.full(4, 0.1 + 0.2), np.array([">=", "<=", ">", "<"], dtype=object), np.full(4, 0.3))

    assert on_it.tolist() == [False, False, True, True]


def test_an_area_is_held_to_the_milestones_it_is_judged_by():
    rows = pd.DataFrame({"target_id": ["t", "t", "u"], "indicator_id": ["screening", "screening", "deaths"]}).assign(
        plan_id="p",
        action_id="a",
        unit=["percent", "percent", "per_1000"],
        direction=["higher_is_better", "higher_is_better", "lower_is_better"],
        rule="level",
        scope="plan_area",
        comparator=[">=", ">=", "<"],
        year=[2022, 2030, 2022],
        value=[80.0, 90.0, 6.0],
        masked=False,
        milestone_order=[1, 2, 1],
    )
    areas = pd.DataFrame(
        {"area_id": ["1506", "150602"], "parent_id": [None, "1506"], "level": ["prefecture", "county"]}
    )
    asked = pd.DataFrame({"indicator_id": ["screening"], "area_id": ["1506"]})
    found = milestones_of(rows, areas.assign(is_unit=True), asked)

    assert sorted(map(tuple, found.to_numpy().tolist())) == [
        ("deaths", "1506", 2022, "<", 6.0),
        ("deaths", "150602", 2022, "<", 6.0),
        ("screening", "1506", 2022, ">=", 80.0),
        ("screening", "1506", 2030, ">=", 90.0),
        ("screening", "150602", 2022, ">=", 80.0),
        ("screening", "150602", 2030, ">=", 90.0),
    ]
