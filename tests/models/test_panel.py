import numpy as np
import pytest

from models.panel import group_median, group_quantile


def test_each_group_has_its_own_median_and_missing_figures_do_not_count():
    values = np.array([5.0, 1.0, np.nan, 9.0, 2.0, 4.0])
    group = np.array([0, 0, 0, 0, 2, 2])

    medians = group_median(values, group, 3)

    assert medians[[0, 2]].tolist() == [5.0, 3.0]
    assert np.isnan(medians[1])


def test_a_quantile_lies_between_the_two_nearest_figures():
    # 80 % of the way from the first to the last of 0, 10, 20: 16
    assert group_quantile(np.array([20.0, 0.0, 10.0]), np.zeros(3, dtype=int), 1, 0.8) == pytest.approx([16.0])


def test_a_hundred_thousand_groups_keep_their_own_figures():
    n = 100_000
    group = np.random.default_rng(0).permutation(np.repeat(np.arange(n), 3))

    medians = group_median(group + np.tile([0.1, 0.2, 0.3], n), group, n)

    assert (np.floor(medians) == np.arange(n)).all()
