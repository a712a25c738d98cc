import numpy as np
import pandas as pd
import pytest

from models.intervals import QUANTILE_COLUMNS
from models.probability import gate, how_many_will_miss, probability_of_missing


def quantiles(*rows) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=QUANTILE_COLUMNS, dtype=float)


RISING = [1, 2, 3, 4, 5, 6, 7]


def test_a_floor_is_missed_from_below_and_a_ceiling_from_above():
    assert probability_of_missing(quantiles(RISING), ">=", 3) == pytest.approx(0.25)
    assert probability_of_missing(quantiles(RISING), "<=", 3) == pytest.approx(0.75)


def test_half_way_between_two_quantiles_is_half_way_in_normal_scores():
    # 0.5 and 0.75 are 0 and 0.6745 standard deviations; half of it, 0.3372, is passed with probability 0.632
    assert probability_of_missing(quantiles(RISING), ">=", 4.5) == pytest.approx(0.632, abs=0.001)


def test_nothing_is_claimed_beyond_five_and_ninety_five_per_cent():
    assert probability_of_missing(quantiles(RISING, RISING), ">=", [-100, 100]).tolist() == [0.05, 0.95]


def test_full_coverage_is_reached_by_a_forecast_that_stands_on_it():
    on_the_bound = quantiles([90, 92, 95, 98, 100, 100, 100])

    assert probability_of_missing(on_the_bound, ">=", 100) == pytest.approx(0.75)
    assert probability_of_missing(on_the_bound, ">", 100) == pytest.approx(0.95)


def test_a_forecast_without_spread_is_on_one_side_or_the_other():
    certain = quantiles(*[[5] * 7] * 3)

    assert probability_of_missing(certain, ">=", [4, 5, 6]).tolist() == [0.05, 0.05, 0.95]
    assert probability_of_missing(certain, "<", [4, 5, 6]).tolist() == [0.95, 0.95, 0.05]


def test_a_trend_is_missed_when_the_figure_does_not_pass_where_it_began():
    assert probability_of_missing(quantiles(RISING, RISING), ["trend_up", "trend_down"], 2) == pytest.approx([0.1, 0.9])


def test_what_cannot_be_known_is_not_a_number():
    p_miss = probability_of_missing(quantiles(RISING, [np.nan] * 7, RISING), [">=", ">=", "="], [np.nan, 3, 3])

    assert np.isnan(p_miss).all()


def test_an_unknown_comparator_is_refused():
    with pytest.raises(ValueError, match="unknown comparator \\['≥'\\]"):
        probability_of_missing(quantiles(RISING), "≥", 3)


def test_a_probability_is_withheld_below_three_points_and_for_reference_below_five():
    assert gate([0, 2, 3, 4, 5, 12]).tolist() == ["withheld", "withheld", "reference", "reference", "full", "full"]


def test_a_shared_shock_makes_areas_miss_together():
    none, one, both = how_many_will_miss([0.5, 0.5], years_ahead=1)

    # both sides of the median of two normals with correlation 0.17: 1/4 + arcsin(0.17) / (2 pi)
    assert both == pytest.approx(0.2772, abs=0.0001)
    assert none == pytest.approx(both)
    assert one == pytest.approx(1 - 2 * 0.2772, abs=0.0002)


def test_the_mean_number_of_misses_is_the_sum_of_the_probabilities():
    chances = how_many_will_miss([0.1, 0.4, np.nan, 0.8], years_ahead=5)

    assert chances.sum() == pytest.approx(1)
    assert chances @ np.arange(4) == pytest.approx(1.3)
