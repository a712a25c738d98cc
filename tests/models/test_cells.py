"""Health cells and the quotas of plans, counted by hand on eight cells of two districts."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from models.cells import density, ends_on, judge_quotas, lapsing, valid_on

ON, YEAR_END = date(2026, 11, 15), date(2026, 12, 31)
PLACES = pd.DataFrame(
    {
        "area_id": ["1506", "A", "B", "a1", "b1"],
        "level": ["prefecture", "county", "county", "township", "township"],
        "parent_id": [None, "1506", "1506", "A", "B"],
    }
)
UNITS = pd.DataFrame({"area_id": ["A", "B"], "denominator": "communities", "number": [10, 4]})


def cell(district, certified, expires=None, withdrawn=None, kind="healthy_community", applied=None, renewed=None):
    return {
        "group_id": district,
        "township_id": f"{district.lower()}1",
        "cell_type": kind,
        "applied_on": applied,
        "certified_on": certified,
        "renewed_on": renewed,
        "expires_on": expires,
        "withdrawn_on": withdrawn,
    }


CELLS = pd.DataFrame(
    [
        cell("A", "2024-05-01"),
        cell("A", "2025-06-01"),
        cell("A", "2026-03-01"),
        cell("A", "2023-01-01", expires="2026-06-30"),  # lapsed
        cell("A", "2026-02-01", withdrawn="2026-08-01"),  # came and went within the year
        cell("B", "2025-01-01", expires="2026-12-15"),  # lapses in 30 days
        cell("B", "2025-01-01"),
        cell("B", None, applied="2026-04-01"),  # applied only
    ]
)
for name in ("applied_on", "certified_on", "renewed_on", "expires_on", "withdrawn_on"):
    CELLS[name] = pd.to_datetime(CELLS[name])


def rule(quota, basis, scope="each_district", denominator="", from_share=np.nan, to_share=np.nan):
    return {
        "quota": float(quota),
        "basis": basis,
        "counted_types": "healthy_community",
        "denominator": denominator,
        "unit_scope": scope,
        "from_share": from_share,
        "to_share": to_share,
    }


def judged(*rules, on=YEAR_END):
    found = judge_quotas(pd.DataFrame(rules), CELLS, PLACES, UNITS, on)
    return found.set_index(["rule", "area_id"])


def test_a_title_lapses_the_day_after_its_last_and_ends_when_it_is_withdrawn():
    assert valid_on(CELLS, ON).tolist() == [True, True, True, False, False, True, True, False]
    assert valid_on(CELLS, date(2026, 6, 30))[3]
    assert not valid_on(CELLS, date(2026, 7, 1))[3]


def test_what_lapses_within_sixty_days_is_named_once():
    assert lapsing(CELLS, ON, 60).index.tolist() == [5]


def test_a_yearly_quota_counts_new_cells_that_still_stand():
    found = judged(rule(2, "new_in_year"))

    assert found.loc[(0, "A"), ["actual", "state", "short_by"]].tolist() == [1.0, "short", 1.0]
    assert found.loc[(0, "B"), ["actual", "state"]].tolist() == [0.0, "short"]


def test_a_year_that_still_runs_is_not_yet_short():
    assert judged(rule(2, "new_in_year"), on=ON).loc[(0, "A"), "state"] == "not_yet"
    assert judged(rule(1, "new_in_year"), on=ON).loc[(0, "A"), "state"] == "met"


def test_below_forty_per_cent_a_district_adds_five_points_above_it_two_communities():
    # end of 2026: A has 3 of 10 communities (30 %), a year before 3 (two and the one lapsed since): no growth.
    # B has 1 of 4 (25 %): the other lapsed on 15 December.
    below = rule(5, "share_growth", denominator="communities", to_share=40.0)
    above = rule(2, "new_in_year", denominator="communities", from_share=40.0)
    found = judged(below, above)

    assert found.loc[(0, "A"), ["actual", "state", "short_by"]].tolist() == [0.0, "short", 5.0]
    assert found.loc[(1, "A"), "state"] == "other_branch"
    # on 15 November B still has 2 of 4: at 50 % the second branch holds
    now = judged(below, above, on=ON)
    assert now.loc[(0, "B"), "state"] == "other_branch"
    assert now.loc[(1, "B"), "state"] == "not_yet"


def test_a_share_of_what_nobody_listed_cannot_be_told():
    found = judged(rule(80, "share", scope="each_facility"))

    assert found.loc[(0, "1506"), "state"] == "no_register"
    assert np.isnan(found.loc[(0, "1506"), "actual"])


def test_applications_and_totals_are_counted_over_the_whole_area():
    found = judged(rule(1, "applied_in_year", scope="each_township"), rule(5, "total", scope="plan_area"))

    assert found.loc[(0, "1506"), ["actual", "state"]].tolist() == [1.0, "met"]
    assert found.loc[(1, "1506"), ["actual", "short_by"]].tolist() == [4.0, 1.0]


def test_at_least_one_in_each_township_names_the_township_without():
    others = CELLS[CELLS["group_id"].eq("A")]
    found = judge_quotas(pd.DataFrame([rule(1, "total_in_each_township")]), others, PLACES, UNITS, YEAR_END)

    # each_district binds districts; the township rule of the plans binds plan_area
    assert set(found["area_id"]) == {"A", "B"}
    by_township = judge_quotas(
        pd.DataFrame([rule(1, "total_in_each_township", scope="each_township")]), others, PLACES, UNITS, YEAR_END
    ).set_index("area_id")
    assert by_township["state"].to_dict() == {"a1": "met", "b1": "short"}


def test_cells_for_each_ten_thousand_people():
    # A has 3 cells and 15,000 people: 2 for each 10,000; nobody is counted in C
    found = density(CELLS, pd.Series({"A": 15_000, "B": 40_000, "C": 0}), CELLS["group_id"], ON)

    assert found.loc["A", "per_10k"] == pytest.approx(2.0)
    assert found.loc["B", "per_10k"] == pytest.approx(0.5)
    assert np.isnan(found.loc["C", "per_10k"])


def test_a_renewal_extends_a_title_by_its_first_term_unless_the_register_says_its_new_end():
    rows = [
        cell("A", "2020-01-01", expires="2023-01-01", renewed="2023-02-01"),  # three years, and three more
        cell("A", "2020-01-01", expires="2026-12-31", renewed="2023-02-01"),  # its new end is there
        cell("A", "2020-01-01", renewed="2023-02-01"),  # no end was ever known
    ]
    cells = pd.DataFrame(rows)
    for name in ("certified_on", "renewed_on", "expires_on", "withdrawn_on"):
        cells[name] = pd.to_datetime(cells[name])

    # 2020-01-01 to 2023-01-01 are 1,096 days; so many after 2023-02-01 is 2026-02-01
    assert ends_on(cells).dt.date.tolist()[:2] == [date(2026, 2, 1), date(2026, 12, 31)]
    assert valid_on(cells, date(2025, 6, 1)).tolist() == [True, True, True]
    assert valid_on(cells, date(2026, 2, 2)).tolist() == [False, True, True]
    soon = lapsing(cells.assign(ends_on=ends_on(cells)), date(2026, 1, 15), 365)
    assert soon["ends_on"].dt.date.tolist() == [date(2026, 2, 1), date(2026, 12, 31)]  # the soonest first
