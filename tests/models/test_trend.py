import numpy as np
import pytest

from models.trend import pooled_trend, proportion_chi_squared, recent_trend, theil_sen, weighted_slope

YEARS = np.array([[2019.0, 2020.0, 2021.0, 2022.0, 2023.0]])
# The example of the PHEindicatormethods package, whose answers are 47.897 and Decreasing.
CASES = np.array([[1367.0, 1332, 1199, 1023, 994]])
PEOPLE = np.array([[44701.0, 44064, 42811, 41527, 40299]])
NONE = np.full((1, 5), np.nan)


def test_the_published_proportion_example_is_a_falling_trend():
    assert proportion_chi_squared(CASES, PEOPLE, YEARS)[0] == pytest.approx(47.897, abs=0.001)
    assert recent_trend(100 * CASES / PEOPLE, YEARS, CASES, PEOPLE, NONE, np.array([0.1]))[0] == "down"


def test_the_published_interval_example_is_a_falling_trend():
    value = np.array([[30.6, 30.2, 28, 24.6, 24.67]])
    lower = np.array([[28.98, 28.63, 26.44, 23.15, 23.16]])
    upper = np.array([[32.25, 31.9, 29.64, 26.19, 26.25]])
    slope, error = weighted_slope(value, YEARS, (upper - lower) / 3.92)

    assert slope[0] == pytest.approx(-1.7516, abs=0.0001)
    assert (slope / error)[0] ** 2 == pytest.approx(46.765, abs=0.001)
    assert recent_trend(value, YEARS, NONE, NONE, (upper - lower) / 3.92, np.array([0.1]))[0] == "down"


def test_a_trend_that_rests_on_one_year_is_none():
    # Without 2023 the slope of these proportions is 0: 50, 50, 50, 50 of 100,000, then 80.
    cases = np.array([[50.0, 50, 50, 50, 80]]) * 100
    people = np.full((1, 5), 100_000.0)

    assert proportion_chi_squared(cases, people, YEARS)[0] > 9.5495
    assert recent_trend(cases / people, YEARS, cases, people, NONE, np.array([0.001]))[0] == "flat"


def test_counts_of_a_whole_city_do_not_overflow():
    # 10 million people a year: N times the square passes 2**63; the shares do not move, so the statistic is 0.
    cases, people = np.full((1, 5), 4_000_000.0), np.full((1, 5), 10_000_000.0)

    assert proportion_chi_squared(cases, people, YEARS)[0] == pytest.approx(0)
    assert recent_trend(cases / people, YEARS, cases, people, NONE, np.array([0.1]))[0] == "flat"


def test_five_figures_without_counts_must_all_rise_to_be_a_trend():
    rising = np.array([[1.0, 2, 3, 4, 5], [1, 2, 3, 5, 4]])

    answer = recent_trend(rising, np.repeat(YEARS, 2, 0), *[np.full((2, 5), np.nan)] * 3, np.array([0.1, 0.1]))

    assert list(answer) == ["up", "flat"]


def test_four_points_are_not_tested():
    value = np.array([[np.nan, 1, 2, 3, 4]])

    assert recent_trend(value, YEARS, NONE, NONE, NONE, np.array([0.1]))[0] == "not_testable"


def test_the_pace_is_the_middle_slope_so_one_outlier_does_not_set_it():
    # 10, 11, 12, 13 and an outlier of 30: the first four points give six slopes of 1.
    # The outlier's slopes are 20/4 = 5, 19/3, 18/2 = 9 and 17: the fifth and sixth of ten are both 1.
    assert theil_sen(np.array([[10.0, 11, 12, 13, 30]]), YEARS)[0] == pytest.approx(1.0)


def test_the_pace_of_two_points_is_their_difference_and_of_one_nothing():
    two = np.array([[np.nan, np.nan, np.nan, 10, 12], [np.nan, np.nan, np.nan, np.nan, 12]])

    assert theil_sen(two, np.repeat(YEARS, 2, 0)) == pytest.approx([2.0, np.nan], nan_ok=True)


def test_townships_that_all_rise_a_little_are_seen_together():
    # Ten slopes of 1 with an error of 1 each: alone z = 1; together the mean is 1 with an error of 0.32, z = 3.2.
    slopes, errors, peers = np.ones(10), np.ones(10), np.full(10, "literacy|township", dtype=object)

    assert set(pooled_trend(slopes, errors, peers)) == {"up"}


def test_one_falling_township_among_rising_ones_needs_evidence_of_its_own():
    # Nine of +2 (error 0.2) and one of -2: with an error of 0.2 its own slope counts, with an error of 5 its peers'.
    slopes = np.array([2.0] * 9 + [-2.0])
    peers = np.full(10, "p", dtype=object)

    assert pooled_trend(slopes, np.full(10, 0.2), peers)[-1] == "down"
    assert pooled_trend(slopes, np.array([0.2] * 9 + [5.0]), peers)[-1] == "up"


def test_fewer_than_five_peers_are_not_pooled():
    assert set(pooled_trend(np.ones(4), np.ones(4), np.full(4, "p", dtype=object))) == {"not_testable"}
