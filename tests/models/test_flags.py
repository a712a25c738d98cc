import numpy as np
import pandas as pd
import pytest

from models.flags import falling_behind, year_at_pace
from models.judging import MARKS


def mark(area_id, status="behind", gap=-1.0, tolerance=0.5, p_miss=np.nan, pace_seen=0.1, reason=None, target_id="t"):
    given = {"area_id": area_id, "status": status, "gap": gap, "tolerance": tolerance, "p_miss": p_miss}
    given |= {"pace_seen": pace_seen, "reason": reason, "target_id": target_id}
    return dict.fromkeys(MARKS) | given


def listed(*marks, people=(), **options):
    population = pd.DataFrame(people, columns=["area_id", "year", "persons"])
    return falling_behind(pd.DataFrame(marks), population, **options)


def test_the_wider_gap_and_the_likelier_miss_come_first():
    # Gaps of 2 and 4 tolerances, which count as 3: 0.10 and 0.15 of 0.15 either way; probabilities 0.9 and 0.5 (withheld).
    flags = listed(mark("150602", gap=-2.0), mark("150621", gap=-1.0, p_miss=0.9))

    assert flags.area_id.tolist() == ["150621", "150602"]
    assert flags.severity.tolist() == pytest.approx([(0.9 + 0.25) / 1.3, (0.5 + 0.3) / 1.3])
    assert flags.tolerances_behind.tolist() == [2, 3]
    assert flags["rank"].tolist() == [1, 2]


def test_what_is_met_or_cannot_be_judged_is_not_listed_but_a_likely_miss_is():
    flags = listed(
        mark("150602", status="achieved", p_miss=0.9),
        mark("150603", status="cannot_judge"),
        mark("150621", status="on_course", gap=0.5, p_miss=0.3),
        mark("150622", status="on_course", gap=0.5, p_miss=0.7),
    )

    assert flags.area_id.tolist() == ["150622"]


def test_ties_go_by_people_then_by_code_so_the_list_is_always_the_same():
    marks = [mark(area) for area in ("150623", "150622", "150621")]
    people = [
        ("150623", 2020, 100_000),
        ("150623", 2010, 900_000),
        ("150621", 2020, 300_000),
        ("150622", 2020, 100_000),
    ]

    assert listed(*marks, people=people).area_id.tolist() == ["150621", "150622", "150623"]
    assert listed(*reversed(marks), people=people).area_id.tolist() == ["150621", "150622", "150623"]


def test_reversing_goes_before_behind_of_the_same_severity():
    assert listed(mark("150602"), mark("150621", status="reversing")).area_id.tolist() == ["150621", "150602"]


def test_the_pace_of_the_best_quarter_of_peers_is_given_from_four_on():
    # 0.1, 0.2, 0.3, 0.4, 0.5: the upper quartile is 0.4.
    five = [mark(f"15060{n}", pace_seen=n / 10) for n in range(1, 6)]

    assert listed(*five).peer_pace.tolist() == pytest.approx([0.4] * 5)
    assert listed(*five[:3]).peer_pace.isna().all()


def test_only_official_marks_on_request():
    marks = [mark("150600"), mark("150602", reason="plan_bar;baseline_first")]

    assert listed(*marks, official_only=True).area_id.tolist() == ["150600"]


def test_nothing_behind_is_an_empty_list():
    assert len(listed(mark("150602", status="achieved"))) == 0


def test_signs_that_agree_go_before_a_single_one_that_is_worse():
    # Behind by far, yet likely to make it: one sign. A little behind and more likely than not to miss: two.
    flags = listed(
        mark("150602", gap=-5.0, p_miss=0.45) | {"pace_needed": 0.1},
        mark("150621", status="slow", gap=-0.6, p_miss=0.5),
        mark("150622", status="on_course", gap=0.1, p_miss=0.8, pace_seen=0.1) | {"pace_needed": 0.3},
        mark("150623", status="on_course", gap=0.1, p_miss=0.9, pace_seen=0.4) | {"pace_needed": 0.3},
    )

    assert flags.set_index("area_id").signs_agree.to_dict() == {
        "150621": True, "150622": True, "150602": False, "150623": False,
    }  # fmt: skip
    assert flags.area_id.tolist() == ["150622", "150621", "150623", "150602"]


def test_of_cases_about_as_grave_the_one_with_more_people_goes_first():
    people = [("150602", 2020, 500_000), ("150621", 2020, 300_000)]
    flags = listed(mark("150602", p_miss=0.83), mark("150621", p_miss=0.84), people=people)

    assert flags.area_id.tolist() == ["150602", "150621"]  # 0.83 and 0.84 of the same tenth


def test_when_the_peers_pace_would_lead_to_the_goal():
    # 26 % in 2025, 30 % asked: at 0.8 a year five years, by the end of 2030. A ceiling of 6 from 8 at 0.3: 6.7 years.
    rows = pd.DataFrame(
        {"comparator": [">=", "<=", ">="], "next_value": [30, 6, 30], "observed": [26, 8, 26], "time": 2025.0}
    )

    years = year_at_pace(rows, pd.Series([0.8, 0.3, -0.1]))
    assert years[:2].tolist() == [2030, 2032]
    assert np.isnan(years[2])
