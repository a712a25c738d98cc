"""Roll-ups over the year of a merger: 150602001 took in 150602900 (2021-06-30), and both reported before."""

import pandas as pd
import pytest

from models.rates import roll_up
from tests.models.judging_frames import figures

UNITS = pd.Series({"literacy": "percent", "clinics": "count"})


def places(**successor):
    rows = [
        ("150602", "county", None, None, None, None, False),
        ("150602001", "township", "150602", successor.get("valid_from"), None, None, False),
        ("150602002", "township", "150602", None, None, None, False),
        ("150602900", "township", "150602", None, "2021-06-30", "150602001", True),
    ]
    names = ["area_id", "level", "parent_id", "valid_from", "valid_to", "merged_into", "is_former"]
    frame = pd.DataFrame(rows, columns=names).assign(is_unit=True)
    return frame.assign(valid_from=pd.to_datetime(frame.valid_from), valid_to=pd.to_datetime(frame.valid_to))


def county(own, areas, indicator_id="literacy"):
    """The county's figures by period, added up."""
    observed = pd.concat([figures(area, values, indicator_id) for area, values in own.items()], ignore_index=True)
    added = roll_up(observed, areas, UNITS)
    return added[added.area_id == "150602"].set_index("period").value


def test_before_the_merger_the_merged_townships_people_are_counted_too():
    # 2020: 10 + 20 + 30 of 100 each is 20 %; 2022 (merged): 40 of 200 and 30 of 100 is 23.3 %.
    own = {
        "150602001": {2020: (10, 100), 2022: (40, 200)},
        "150602002": {2020: (30, 100), 2022: (30, 100)},
        "150602900": {2020: (20, 100)},
    }
    sums = county(own, places())

    assert sums["2020"] == pytest.approx(20)
    assert sums["2022"] == pytest.approx(100 * 70 / 300)


def test_before_the_merger_a_sum_without_the_merged_township_is_not_the_countys():
    own = {"150602001": {2020: (10, 100), 2022: (40, 200)}, "150602002": {2020: (30, 100), 2022: (30, 100)}}
    sums = county(own | {"150602900": {2019: (20, 100)}}, places())

    assert list(sums.index) == ["2022"]


def test_a_successor_new_with_the_merger_is_not_waited_for_before():
    own = {
        "150602001": {2022: (40, 200)},
        "150602002": {2020: (30, 100), 2022: (30, 100)},
        "150602900": {2020: (20, 100)},
    }
    sums = county(own, places(valid_from="2021-07-01"))

    assert sums["2020"] == pytest.approx(25)  # 50 of 200
    assert sums["2022"] == pytest.approx(100 * 70 / 300)


def test_a_new_successor_that_reports_backwards_is_not_counted_twice():
    # The successor states 2020 for its present area: 35 of 150. The merged township's own 20 of 100 goes before it.
    own = {"150602001": {2020: (35, 150)}, "150602002": {2020: (30, 100)}}
    alone = county(own | {"150602900": {2018: (1, 100)}}, places(valid_from="2021-07-01"))
    both = county(own | {"150602900": {2020: (20, 100)}}, places(valid_from="2021-07-01"))

    assert alone["2020"] == pytest.approx(100 * 65 / 250)
    assert both["2020"] == pytest.approx(25)


def test_counts_are_carried_as_rates_are():
    own = {"150602001": {2020: 3}, "150602002": {2020: 4}, "150602900": {2020: 2}}

    assert county(own, places(), "clinics")["2020"] == 9


def test_figures_of_a_merged_township_after_its_last_day_are_not_added():
    own = {
        "150602001": {2021: (40, 200)},
        "150602002": {2021: (30, 100)},
        "150602900": {2021: (20, 100), 2020: (20, 100)},
    }

    assert county(own, places())["2021"] == pytest.approx(100 * 70 / 300)
