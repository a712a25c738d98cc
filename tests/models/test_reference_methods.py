import numpy as np
import pytest

from models.reference_methods import (
    growth_class,
    growth_ratio,
    growth_score,
    limit_factor,
    linear_pace_ratio,
    share_of_change_achieved,
    share_of_time_used,
)


def test_thresholds_shrink_near_the_natural_limit():
    # The check values published with the method, for a limit of 100.
    factors = limit_factor(np.array([50, 80, 90, 96, 99]), 100)

    assert factors == pytest.approx([0.954, 0.629, 0.374, 0.166, 0.044], abs=0.0005)
    assert limit_factor(np.array([200.0, 250.0]), 100).tolist() == [1.0, 1.0]


def test_compound_growth_misjudges_straight_lines():
    # Exactly on the line at 7 of 15 years; 1.00 would be right.
    start, goal = np.array([12, 40, 90, 30, 7.5, 5]), np.array([30, 80, 98, 20, 5, 0.5])
    on_the_line = start + (goal - start) * 7 / 15

    ratio = growth_ratio(start, on_the_line, goal, 7, 15)

    assert ratio == pytest.approx([1.25, 1.19, 1.02, 0.895, 0.895, 0.526], abs=0.005)
    assert growth_class(ratio).tolist() == ["on_track"] * 3 + ["needs_acceleration"] * 2 + ["limited"]


def test_a_zero_target_is_judged_by_the_arbitrary_constant():
    # 10 -> 0 in 15 years, 5 after 7: ahead of the line, and yet the ratio is
    # ((5/10)^(1/7) - 1) / ((0.001/10)^(1/15) - 1) = 0.0943 / 0.4588 = 0.21.
    assert growth_ratio(10, 5, 0, 7, 15) == pytest.approx(0.21, abs=0.005)


def test_a_change_of_sign_or_no_planned_change_has_no_ratio():
    assert np.isnan(growth_ratio(np.array([10.0, 10.0]), np.array([-1.0, 9.0]), np.array([20.0, 10.0]), 5, 10)).all()


def test_the_score_runs_from_minus_five_to_five():
    # 0.95 is 7.1429 * 0.95 - 4.2857 = 2.5; 0.6 is 0; 0 is -2.5.
    assert growth_score(np.array([2.0, 0.95, 0.6, 0.0, -3.0])) == pytest.approx([5, 2.5, 0, -2.5, -5], abs=0.001)


def test_change_achieved_is_shown_beside_the_time_used():
    # 12 -> 30, now 19.2: 7.2 of 18 is 40 %; 7 of 10 years is 70 %.
    assert share_of_change_achieved(12, 19.2, 30) == pytest.approx(40)
    assert share_of_time_used(2020, 2027, 2030) == pytest.approx(70)
    assert np.isnan(share_of_change_achieved(30, 31, 30))


def test_the_linear_ratio_compares_paces():
    assert linear_pace_ratio(np.array([0.9, 0.5]), np.array([0.75, -0.1])) == pytest.approx([1.2, np.nan], nan_ok=True)
