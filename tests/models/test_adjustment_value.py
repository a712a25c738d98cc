import pandas as pd
import pytest

from models.adjustment_value import errors_of, value_added
from models.intervals import QUANTILE_COLUMNS


def outcomes(*rows) -> pd.DataFrame:
    """(adjustment, author, model's median, adjusted median, what came), both fans without width, a scale of 2."""
    made = []
    for number, author, model, adjusted, actual in rows:
        row = {"adjustment_id": number, "indicator_id": f"i{number % 3}", "time": 2025.0}
        row |= {"author": author, "actual": actual, "scale": 2.0}
        row |= {f"{name}_model": model for name in QUANTILE_COLUMNS}
        made.append(row | {f"{name}_adjusted": adjusted for name in QUANTILE_COLUMNS})
    return pd.DataFrame(made)


def test_value_added_is_the_share_of_the_model_s_error_that_was_saved():
    errors = errors_of(outcomes((1, "li", 50, 58, 60), (2, "li", 50, 44, 40)))
    table = value_added(errors)

    # the model missed by 10 and 10 (5 usual changes each), the analyst by 2 and 4 (1 and 2): 1 - 1.5/5
    assert table.loc["all", ["mae_model", "mae_adjusted", "value_added"]].tolist() == pytest.approx([5, 1.5, 0.7])
    assert table.loc["all", "value_added_scrps"] == pytest.approx(0.7)  # without width it is the same sum
    assert table.loc["all", "share_better"] == 1


def test_an_adjustment_with_many_figures_counts_once():
    errors = errors_of(outcomes((1, "li", 50, 50, 60), (1, "li", 50, 50, 60), (2, "li", 50, 60, 60)))

    assert value_added(errors).loc["all", ["adjustments", "figures", "value_added"]].tolist() == [2, 3, 0.5]


def test_a_handful_is_too_few_to_say():
    few = errors_of(outcomes(*[(n, "li", 50, 58, 60) for n in range(7)]))
    enough = errors_of(outcomes(*[(n, "wang", 50, 42, 60) for n in range(8)]))
    table = value_added(pd.concat([few, enough]), "author")

    assert table["is_enough"].to_dict() == {"li": False, "wang": True}
    assert table["occasions"].to_dict() == {"li": 3, "wang": 3}
    assert table.loc["wang", "value_added"] == pytest.approx(-0.8)  # 18 instead of 10: worse than no change


def test_many_districts_of_one_indicator_and_year_are_one_piece_of_luck():
    errors = errors_of(outcomes(*[(3 * n, "li", 50, 58, 60) for n in range(12)]))

    assert value_added(errors).loc["all", ["adjustments", "occasions", "is_enough"]].tolist() == [12, 1, False]
