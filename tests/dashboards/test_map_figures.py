"""One figure for each shape of the map: added up where several areas share one, never one member's."""

import numpy as np
import pandas as pd
import pytest

from dashboards.map_figures import limits, milestone_for, shape_figures, shares, tabulate

NAN = float("nan")
AREAS = ["150602001", "150602002", "150602100"]
LAYER = {"area_ids": ["150602001", "150602100"], "members": {"150602001": ["150602001", "150602002"]}}


def figures(rows):
    """Rows: area, period, numerator, denominator, value, status."""
    names = ["area_id", "period", "numerator", "denominator", "value", "status"]
    frame = pd.DataFrame(rows, columns=names).astype({"numerator": float, "denominator": float, "value": float})
    return tabulate(frame.assign(time=frame["period"].astype(float), is_rolled_up=False), AREAS)


def shown(table, period="2025", multiplier=100.0):
    return shape_figures(table, period, shares(LAYER, AREAS), multiplier)


def test_sub_districts_that_share_a_cell_are_added_up_by_their_counts():
    table = figures([("150602001", "2025", 90, 100, 90, "final"), ("150602002", "2025", 150, 300, 50, "final")])

    cell = shown(table).iloc[0]

    assert cell["value"] == 60.0  # 240 of 400, not the mean of 90 and 50
    assert (cell["members"], cell["members_reported"]) == (2, 2)


def test_a_member_that_did_not_report_is_left_out_and_counted():
    cell = shown(figures([("150602001", "2025", 90, 100, 90, "final")])).iloc[0]

    assert cell["value"] == 90.0
    assert (cell["members"], cell["members_reported"]) == (2, 1)


def test_figures_without_counts_are_not_added_up():
    table = figures([("150602001", "2025", NAN, NAN, 90, "final"), ("150602002", "2025", NAN, NAN, 50, "final")])

    cell = shown(table).iloc[0]

    assert np.isnan(cell["value"])
    assert cell["state"] == "missing"


def test_an_area_with_its_own_shape_shows_the_value_it_reported():
    table = figures([("150602100", "2025", NAN, NAN, 71.5, "provisional")])

    town = shown(table).iloc[1]

    assert (town["value"], town["state"], town["is_provisional"]) == (71.5, "reported", True)


def test_nothing_reported_is_missing_and_not_zero():
    table = figures([("150602100", "2024", 1, 2, 50, "final")])

    assert shown(table, "2024").iloc[0]["state"] == "missing"
    assert shown(table, "2025")["value"].isna().all()  # a period nobody reported


def test_a_count_of_zero_is_a_figure():
    assert shown(figures([("150602100", "2025", 0, 40, 0, "final")])).iloc[1]["value"] == 0.0


def test_periods_stand_newest_first():
    table = figures([("150602100", "2023", 1, 2, 50, "final"), ("150602100", "2025", 1, 2, 50, "final")])

    assert table.periods == ("2025", "2023")


def test_a_geometry_of_unknown_areas_is_refused():
    with pytest.raises(ValueError, match="150603001"):
        shares({"area_ids": ["150603001"]}, AREAS)


def milestones(*rows):
    """Rows: rule, comparator, value, year, masked_part."""
    frame = pd.DataFrame(rows, columns=["rule", "comparator", "value", "year", "masked_part"])
    return frame.assign(unit="percent").astype({"year": "Int64"})


def test_only_values_a_figure_can_be_held_against_are_limits():
    rows = milestones(
        ("level", ">=", 80.0, 2022, None),
        ("level", ">=", 90.0, 2030, None),
        ("trend", "trend_up", NAN, 2030, None),
        ("count_quota", ">=", 25.0, 2030, None),
        ("level", ">=", 95.0, 2030, "value"),  # hidden in the plan's text
    )

    assert limits(rows, "percent")["value"].tolist() == [80.0, 90.0]
    assert limits(rows, "per_1000").empty


def test_a_year_is_held_against_the_next_milestone_and_after_the_last_against_that():
    found = limits(milestones(("level", ">=", 80.0, 2022, None), ("level", ">=", 90.0, 2030, None)), "percent")

    assert milestone_for(found, 2022)["value"] == 80.0
    assert milestone_for(found, 2025)["value"] == 90.0
    assert milestone_for(found, 2031)["value"] == 90.0
    assert milestone_for(found.iloc[:0], 2025) is None
