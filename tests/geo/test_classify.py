import numpy as np

from geo.classify import class_breaks


def test_the_plans_own_limits_go_before_quantiles():
    assert class_breaks([1, 2, 3], cut_offs=[90, 80, 90]).tolist() == [80, 90]


def test_five_classes_hold_a_fifth_of_the_values_each():
    values = np.arange(1, 101)

    classes = np.digitize(values, class_breaks(values))

    assert np.bincount(classes).tolist() == [20, 20, 20, 20, 20]


def test_all_years_share_their_breaks():
    earlier, later = [10, 20, 30], [40, 50, np.nan]

    assert class_breaks([*earlier, *later], classes=2).tolist() == [30]


def test_what_is_not_reported_makes_no_class():
    assert class_breaks([np.nan, np.nan]).size == 0
    assert class_breaks([np.nan, 1, 2], classes=2).tolist() == [1.5]


def test_values_that_are_all_the_same_make_one_class():
    assert class_breaks([100, 100, 100]).size == 0
