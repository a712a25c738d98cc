import numpy as np
import pandas as pd
import pytest

from models.forecast_changes import METHOD, NEW, PEERS, REVISED, goals_of, moves, tell_why
from models.intervals import QUANTILE_COLUMNS
from tests.models.judging_frames import target


def fans(medians):
    """Forecasts of 2030 ten points wide in 80 %: median - 5 to median + 5."""
    spread = np.array([-10, -5, -2, 0, 2, 5, 10])
    rows = [["screening", area, 2030.0, *(median + spread)] for area, median in medians.items()]
    return pd.DataFrame(rows, columns=["indicator_id", "area_id", "time", *QUANTILE_COLUMNS])


def inputs(values, counts_sum=1):
    """The figures of 2024 on of each area."""
    rows = [
        ["screening", area, 2024.0 + n, value, counts_sum]
        for area, own in values.items()
        for n, value in enumerate(own)
    ]
    return pd.DataFrame(rows, columns=["indicator_id", "area_id", "time", "value", "counts_sum"])


GOALS = pd.DataFrame(
    {"year": [2030.0], "comparator": [">="], "value": [80.0]}, index=pd.Index(["screening"], name="indicator_id")
)


def test_a_move_is_told_in_widths_of_the_earlier_interval_and_in_chances():
    moved = moves(fans({"a": 80.0, "b": 60.0, "gone": 1.0}), fans({"a": 81.0, "b": 55.0, "new": 1.0}), GOALS, [])

    assert moved.area_id.tolist() == ["b", "a"]  # furthest first
    assert moved["shift"].tolist() == [-0.5, 0.1]  # 5 and 1 of 10 points
    assert moved.p_before.tolist() == pytest.approx([0.95, 0.5])  # 60 lies twenty points below: capped
    assert moved.p_change.iloc[1] < 0


def test_why_is_the_series_own_figures_before_its_peers():
    areas = {"new": 50.0, "revised": 50.0, "counts": 50.0, "peers": 50.0, "withdrawn": 50.0}
    moved = moves(fans(areas), fans(areas), GOALS, [])
    before = inputs({"new": [40, 41], "revised": [40, 41], "counts": [40], "peers": [40], "withdrawn": [40, 41]})
    after = inputs({"new": [40, 41, 42], "revised": [40, 45], "counts": [40], "peers": [40], "withdrawn": [40]})
    after.loc[after.area_id == "counts", "counts_sum"] = 2

    told = tell_why(moved, before, after).set_index("area_id")

    assert told.why.to_dict() == {
        "new": NEW, "revised": REVISED, "counts": REVISED, "peers": PEERS, "withdrawn": REVISED,
    }  # fmt: skip
    assert told.loc["new", ["changed_time", "changed_to"]].tolist() == [2026, 42]
    assert told.loc["revised", ["changed_time", "changed_from", "changed_to"]].tolist() == [2025, 41, 45]
    assert np.isnan(told.loc["withdrawn", "changed_to"]) and np.isnan(told.loc["counts", "changed_time"])


def test_another_method_goes_before_every_other_reason():
    moved = moves(fans({"a": 50.0}), fans({"a": 52.0}), GOALS, ["screening"])

    assert tell_why(moved, inputs({"a": [40]}), inputs({"a": [41]})).why.tolist() == [METHOD]


def test_the_goal_is_the_last_dated_value_of_the_indicators_targets():
    rows = pd.concat(
        [
            target(indicator_id="screening", milestones={2025: 70.0, 2030: 90.0}),
            target(indicator_id="literacy", comparator="trend_up", rule="trend", milestones={2030: np.nan}),
        ]
    )
    goals = goals_of(rows)

    assert goals.loc["screening"].tolist() == [2030, ">=", 90.0]
    assert np.isnan(goals.loc["literacy", "value"])
