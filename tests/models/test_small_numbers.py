import numpy as np
import pandas as pd
import pytest
from scipy.stats import poisson

from models import small_numbers as sn


@pytest.mark.parametrize(
    ("people", "z", "low", "high"),
    [(50, 1.96, 0.462, 0.724), (50, 3.09, 0.387, 0.781), (200, 1.96, 0.531, 0.665), (200, 3.09, 0.491, 0.700)],
)
def test_limits_of_a_share_are_those_fingertips_publishes(people, z, low, high):
    below, above = sn.share_limits(np.array([people]), 0.6, z)

    assert (round(below[0], 3), round(above[0], 3)) == (low, high)


def test_limits_of_a_rate_are_the_exact_poisson_ones_of_the_tables():
    # Garwood's 95 % limits of a count of 10 are 4.795 and 18.390: 10 expected in 1,000 people at 1 %.
    below, above = sn.rate_limits(np.array([1000.0]), 0.01, 0.025)

    assert (round(1000 * below[0], 3), round(1000 * above[0], 3)) == (4.795, 18.390)


def test_a_true_rate_at_a_limit_makes_the_expected_count_as_rare_as_the_tail_says():
    below, above = sn.rate_limits(np.array([500.0]), 0.02, 0.001)

    assert poisson.sf(9, 500 * below[0]) == pytest.approx(0.001)
    assert poisson.cdf(10, 500 * above[0]) == pytest.approx(0.001)


def test_limits_narrow_as_a_place_grows_and_nothing_expected_has_no_lower_limit():
    below, above = sn.rate_limits(np.array([100.0, 10_000.0]), 0.01, 0.025)

    assert below[0] < below[1] < 0.01 < above[1] < above[0]
    assert sn.rate_limits(np.array([100.0]), 0.0, 0.025)[0][0] == 0.0


def test_empirical_bayes_of_rates_by_hand():
    # Three places of 1,000 with 4, 10 and 16 events. Mean 10/1000. Scatter (36 + 0 + 36)/3 = 24 per million,
    # by chance 0.010/1000 = 10 per million, between places 14 per million. Weight 14/24.
    shrunk = sn.shrink_rates(np.array([4, 10, 16]), np.array([1000, 1000, 1000]))

    assert shrunk.mean == pytest.approx(0.010)
    assert shrunk.variance == pytest.approx(14e-6)
    assert shrunk.weight == pytest.approx(14 / 24)
    assert 1000 * shrunk.value == pytest.approx([10 - 6 * 14 / 24, 10, 10 + 6 * 14 / 24])  # 6.5, 10, 13.5


def test_empirical_bayes_of_rates_weighs_places_by_their_people():
    # 2 of 100 and 8 of 900: mean 0.010; scatter (100 x 0.01^2 + 900 x (1/900)^2)/1000 = 0.01111/1000 = 1.1111e-5;
    # by chance 0.010/500 = 2e-5: less scatter than chance makes, so both are the mean.
    shrunk = sn.shrink_rates(np.array([2, 8]), np.array([100, 900]))

    assert shrunk.variance == 0
    assert shrunk.value == pytest.approx([0.010, 0.010])


def test_empirical_bayes_of_shares_by_hand():
    # 40, 60 and 80 of 100: mean 0.6; scatter (0.04 + 0 + 0.04)/3 = 0.026667; by chance 0.24/100 = 0.0024;
    # between (0.026667 - 0.0024)/0.99 = 0.0245118. M = (0.24 - 0.0245118)/0.0245118 = 8.791209; weight 100/108.791209.
    shrunk = sn.shrink_shares(np.array([40, 60, 80]), np.array([100, 100, 100]))

    assert shrunk.variance == pytest.approx(0.0245118, rel=1e-5)
    assert shrunk.weight == pytest.approx(100 / 108.791209)
    assert shrunk.value == pytest.approx([0.4161618, 0.6, 0.7838382], rel=1e-5)


def test_a_small_place_is_pulled_further_than_a_large_one():
    shrunk = sn.shrink_rates(np.array([10, 1000, 1, 3000]), np.array([100, 20_000, 100, 100_000]))

    assert shrunk.weight[0] < shrunk.weight[1] < shrunk.weight[3]
    assert abs(shrunk.value[0] - shrunk.mean) < abs(0.1 - shrunk.mean)


def test_a_place_without_people_or_report_is_left_out_and_stays_missing():
    shrunk = sn.shrink_rates(np.array([4, 10, 16, 5, np.nan]), np.array([1000, 1000, 1000, 0, 1000]))

    assert 1000 * shrunk.value[:3] == pytest.approx([6.5, 10, 13.5])
    assert np.isnan(shrunk.value[3:]).all()


def test_nothing_at_all_is_no_traceback():
    for shrink in (sn.shrink_rates, sn.shrink_shares):
        assert np.isnan(shrink(np.array([np.nan]), np.array([np.nan])).value).all()
        assert shrink(np.array([0.0, 0.0]), np.array([10.0, 20.0])).value == pytest.approx([0, 0])
        assert len(shrink(np.array([]), np.array([])).value) == 0
    assert sn.compare(np.array([]), np.array([]), multiplier=100.0).empty


def test_more_events_than_people_are_no_share():
    found = sn.compare(np.array([110, 50, 52]), np.array([100, 100, 100]), multiplier=100.0)

    assert found.position.isna().tolist() == [True, False, False]
    assert np.isnan(found.value[0])
    assert found.shrunk[1:].between(50, 52).all()


def test_a_rate_rests_on_too_few_events_below_twenty():
    assert sn.is_unstable(np.array([0, 19, 20, np.nan])).tolist() == [True, True, False, False]


def test_places_are_held_against_the_limits_for_their_own_size():
    # All together 600 of 1,000 in the first five: limits at 200 people 53.1-66.5 and 49.1-70.0 %.
    events = np.array([96, 104, 120, 134, 146])
    found = sn.compare(events, np.full(5, 200), multiplier=100.0)

    assert found.position.tolist() == [sn.LOW_998, sn.LOW_95, sn.INSIDE, sn.HIGH_95, sn.HIGH_998]
    assert found.low_95.round(1).tolist() == [53.1] * 5
    assert found.value.tolist() == pytest.approx([48, 52, 60, 67, 73])


def test_a_place_of_three_events_is_not_ranked_first_for_its_raw_rate():
    # 3 of 50 is 6 %, but of 50 people; 500 of 10,000 is 5 %, and surely above the 2 % of the rest.
    found = sn.compare(
        np.array([3, 500, 200, 210, 190]), np.array([50, 10_000, 10_000, 10_000, 10_000]), multiplier=1e3
    )

    assert found.value.idxmax() == 0
    assert found.order.tolist()[:2] == [2, 1]
    assert found.is_unstable.tolist() == [True, False, False, False, False]


def test_years_are_pooled_by_their_counts_and_quarters_are_left_out():
    figures = pd.DataFrame(
        [
            ("a", "2022", 9.0, 900.0),
            ("a", "2023", 1.0, 100.0),
            ("a", "2024", 2.0, 110.0),
            ("a", "2025", 3.0, 90.0),
            ("a", "2026Q1", 50.0, 90.0),
            ("b", "2024", np.nan, 80.0),
            ("b", "2025", 0.0, 80.0),
            ("c", "2022", 5.0, 80.0),
        ],
        columns=["area_id", "period", "numerator", "denominator"],
    )
    pooled = sn.pool_years(figures, 2025, 3).set_index("area_id")

    assert pooled.loc["a"].tolist() == [6.0, 300.0, 3, "2023, 2024, 2025"]
    assert pooled.loc["b"].tolist() == [0.0, 80.0, 1, "2025"]
    assert "c" not in pooled.index


def test_as_few_years_are_pooled_as_leave_half_of_the_places_stable():
    assert sn.fewest_years({1: 0.9, 3: 0.5, 5: 0.1}) == 3
    assert sn.fewest_years({1: 0.0, 3: 0.0, 5: 0.0}) == 1
    assert sn.fewest_years({1: 1.0, 3: 0.9, 5: 0.8}) == 5
