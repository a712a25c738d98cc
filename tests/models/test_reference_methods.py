import numpy as np
import pytest

from models import reference_methods as rm

NAN = float("nan")


@pytest.mark.parametrize(("start", "factor"), [(50, 0.954), (80, 0.629), (90, 0.374), (96, 0.166), (99, 0.044)])
def test_growth_asked_for_shrinks_near_a_natural_limit_as_statistics_canada_publishes(start, factor):
    assert round(float(rm.natural_limit_factor(start, 100.0)), 3) == factor


def test_beyond_the_limit_the_factor_mirrors_and_far_beyond_it_asks_in_full():
    # 110 of 100 stands as far beyond as 90 lies below; at twice the limit nothing is eased.
    assert rm.natural_limit_factor(110, 100.0) == pytest.approx(rm.natural_limit_factor(90, 100.0))
    assert rm.natural_limit_factor([200, 300, 50], [100.0, 100.0, NAN]).tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("start", "goal", "ratio"),
    [(12, 30, 1.25), (40, 80, 1.19), (90, 98, 1.02), (30, 20, 0.895), (7.5, 5, 0.895), (5, 0.5, 0.526), (10, 0, 0.21)],
)
def test_a_plan_exactly_on_its_straight_line_is_misjudged_by_growth_rates(start, goal, ratio):
    # At 7 of 15 years. That is why the ratio stands beside our mark and not in its place.
    latest = start + (goal - start) * 7 / 15 if goal else 5.0
    found = rm.pace_ratio(start, latest, goal, 7, 15, 1 if goal > start else -1)

    assert float(found) == pytest.approx(ratio, abs=0.006)


def test_a_ratio_by_hand():
    # 100 -> 121 in two years is 10 % a year; 100 -> 161.051 in five is 10 % a year.
    assert float(rm.pace_ratio(100, 121, 161.051, 2, 5, 1)) == pytest.approx(1.0)
    assert float(rm.pace_ratio(100, 90, 161.051, 1, 5, 1)) == pytest.approx(-1.0)
    assert float(rm.pace_ratio(-100, -90, -59.049, 1, 5, 1)) == pytest.approx(1.0)


def test_classes_of_the_ratio_meet_at_their_cuts_and_achieved_goes_before_all():
    found = rm.ratio_class([0.95, 0.94, 0.60, 0.59, 0.0, -0.1, -2, NAN], [False] * 6 + [True, False])

    assert found.tolist() == ["on_track", "moderate", "moderate", "limited", "limited", "deterioration", "achieved", ""]


def test_scores_run_from_minus_five_to_five_with_the_classes_at_two_and_a_half():
    score = rm.ratio_score([0.95, 0.6, 0.0, -0.6, -9, 1.3, 9, -1], [False] * 7 + [True])

    assert score == pytest.approx([2.5, 0.0, -2.5, -5.0, -5.0, 5.0, 5.0, 5.0], abs=1e-3)


def test_scores_without_a_target_by_hand():
    # 1.5 % a year scores 2.5, 0.5 % nought; near a limit with C = 0.374 growth of 0.561 % is enough for 2.5.
    assert rm.growth_score([0.015, 0.005, 0.0, -0.01, 0.5], 1.0, 1) == pytest.approx([2.5, 0, -2.5, -3.75, 5])
    assert float(rm.growth_score(0.00561, 0.374, 1)) == pytest.approx(2.5)
    assert float(rm.growth_score(-0.015, 1.0, -1)) == pytest.approx(2.5)


def test_percent_of_targeted_change_by_hand():
    assert rm.targeted_change([20, 30, 20, 20], [24, 27, 18, 21], [30, 20, 30, 20])[:3].tolist() == [40, 30, -20]
    assert np.isnan(rm.targeted_change(20.0, 21.0, 20.0))


def test_a_change_is_tested_with_both_errors():
    # 4 points, errors 3 and 4 make 5: z = 0.8.
    assert float(rm.change_score(20, 24, 3, 4, 1)) == pytest.approx(0.8)
    assert float(rm.change_score(20, 24, 3, 4, -1)) == pytest.approx(-0.8)


@pytest.mark.parametrize(
    ("start", "latest", "goal", "errors", "side", "word"),
    [
        (20, 31, 30, (NAN, NAN), 1, "met"),
        (20, 24, 30, (1, 1), 1, "improving"),  # z = 2.83
        (20, 24, 30, (3, 4), 1, "no_change"),  # z = 0.8 though 40 % of the change is achieved
        (20, 21, 30, (NAN, NAN), 1, "improving"),  # 10 % of the targeted change
        (20, 20.9, 30, (NAN, NAN), 1, "no_change"),
        (20, 18, 30, (NAN, NAN), 1, "worse"),  # 10 % of the baseline
        (20, 18.1, 30, (NAN, NAN), 1, "no_change"),
        (20, 16, 30, (1, 1), 1, "worse"),
        (30, 33, 20, (NAN, NAN), -1, "worse"),
        (20, 20, 30, (NAN, NAN), 1, "no_change"),
        (NAN, 20, 30, (NAN, NAN), 1, ""),
    ],
)
def test_healthy_people_classes(start, latest, goal, errors, side, word):
    assert rm.healthy_people_class(start, latest, goal, *errors, side) == word


def test_arrows_compare_the_pace_with_the_straight_lines():
    found = rm.sdsn_arrow(
        [-0.1, 0.4, 0.5, 1.0, -1, 0.2, NAN], [1, 1, 1, 1, 1, -0.5, 1], [False] * 4 + [True, False, False]
    )

    assert found.tolist() == [
        "decreasing",
        "stagnating",
        "moderately_improving",
        "on_track",
        "on_track",
        "on_track",
        "",
    ]


def test_green_amber_and_red_by_where_the_interval_lies():
    found = rm.rag(
        [50, 50, 50, 50, 50, NAN],
        [46, 44, 40, NAN, NAN, NAN],
        [54, 56, 44.9, NAN, NAN, NAN],
        [45, 45, 45, 45, 60, 5],
        1,
    )

    assert found.tolist() == ["green", "amber", "red", "green", "red", ""]
    assert rm.rag(20.0, 18.0, 22.0, 24.5, -1) == "green"


def test_change_achieved_is_shown_beside_the_time_used():
    # 12 -> 30, now 19.2: 7.2 of 18 is 40 %; 7 of 10 years is 70 %.
    assert rm.targeted_change(12, 19.2, 30) == pytest.approx(40)
    assert rm.time_used([2020, 2020, 2030], [2027, 2032, 2030], [2030, 2030, 2030])[:2] == pytest.approx([70, 100])


def test_the_linear_ratio_compares_paces():
    assert rm.linear_ratio([0.9, 0.5], [0.75, -0.1]) == pytest.approx([1.2, NAN], nan_ok=True)


def test_a_change_of_sign_or_no_planned_change_has_no_ratio():
    assert np.isnan(rm.pace_ratio([10.0, 10.0, 10.0], [-1.0, 9.0, 11.0], [20.0, 10.0, 20.0], [5, 5, 0], 10, 1)).all()
