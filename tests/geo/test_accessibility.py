"""Access scores, worked out by hand in fractions."""

from fractions import Fraction

import numpy as np
import pytest

from geo.accessibility import ENHANCED, METHODS, THREE_STEP, TWO_STEP, band_weights, floating_catchment, thirds

BANDS = [(10.0, 1.0), (20.0, 0.5)]
# Two villages and a sumu; clinic a (6 doctors) and b (4). Village x: a at 8 km, b at 15. y: a at 12, b at 30. z: none.
PEOPLE, DOCTORS = [100, 200, 50], [6, 4]
PLACE, FACILITY, KM = [0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 0, 1], [8.0, 15.0, 12.0, 30.0, 25.0, 21.0]


def scores(method: str, people=PEOPLE, doctors=DOCTORS):
    return floating_catchment(method, people, doctors, PLACE, FACILITY, KM, BANDS)


def test_2sfca_divides_each_clinic_among_all_within_20_km():
    # a: 6 / (100 + 200) = 1/50; b: 4 / 100 = 1/25; x has both, y only a, z nothing
    found = scores(TWO_STEP)

    assert found.supply_ratio == pytest.approx([1 / 50, 1 / 25], rel=1e-12)
    assert found.score == pytest.approx([3 / 50, 1 / 50, 0], rel=1e-12)
    assert found.in_reach.tolist() == [2, 1, 0]


def test_e2sfca_counts_the_farther_band_half():
    # a: 6 / (100 + 200/2) = 3/100; b: 4 / (100/2) = 2/25; x = 3/100 + 2/25 / 2; y = 3/100 / 2
    found = scores(ENHANCED)

    assert found.score == pytest.approx(
        [float(Fraction(3, 100) + Fraction(1, 25)), float(Fraction(3, 200)), 0], rel=1e-12
    )


def test_3sfca_splits_people_between_the_clinics_they_can_choose():
    # x goes to a with weight 1 of 3/2, to b with 1/2 of 3/2: G = 2/3 and 1/3; y goes to a alone: G = 1.
    # a: 6 / (2/3 * 100 * 1 + 1 * 200 * 1/2) = 6 / (500/3) = 9/250; b: 4 / (1/3 * 100 * 1/2) = 6/25
    # x = 2/3 * 9/250 + 1/3 * 6/25 * 1/2 = 3/125 + 1/25 = 8/125; y = 9/500
    found = scores(THREE_STEP)

    assert found.supply_ratio == pytest.approx([9 / 250, 6 / 25], rel=1e-12)
    assert found.score == pytest.approx([8 / 125, 9 / 500, 0], rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_all_supply_that_anybody_can_reach_is_given_out_once(method):
    found = scores(method)

    assert (np.array(PEOPLE) * found.score).sum() == pytest.approx(10, rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_out_of_reach_is_zero_and_a_clinic_without_people_is_not_divided_by(method):
    found = scores(method, people=[0, 200, 50])  # nobody lives at x, the only place that reaches b

    assert found.score[2] == 0
    assert found.supply_ratio[1] == 0
    assert found.served.tolist() == [True, False]
    assert np.isfinite(found.score).all()


def test_the_edge_of_a_band_belongs_to_it_and_nothing_lies_beyond_the_last():
    assert band_weights([0, 10, 10.001, 20, 20.001, np.nan], BANDS).tolist() == [1, 1, 0.5, 0.5, 0, 0]
    assert thirds(30.0) == [(10.0, 1.0), (20.0, 0.68), (30.0, 0.22)]


@pytest.mark.parametrize("bands", [[], [(20, 1), (10, 0.5)], [(10, 0)], [(10, 1.2)], [(0, 1)]])
def test_bands_that_do_not_rise_or_weights_that_are_none_are_refused(bands):
    with pytest.raises(ValueError, match="must"):
        band_weights([5.0], bands)


def test_people_below_zero_are_refused():
    with pytest.raises(ValueError, match="demand"):
        scores(TWO_STEP, people=[-1, 0, 0])
