import numpy as np
import pandas as pd
import pytest

from models.flag_backtest import flag_scores, past_flags
from models.intervals import QUANTILE_COLUMNS
from models.judging import MARKS

NOBODY = pd.DataFrame(columns=["area_id", "year", "persons"])


def marks(year, gaps, status=None):
    """Marks of banners against a path at 50 %; gaps: area -> points ahead of it (minus: short)."""
    rows = []
    for area, gap in gaps.items():
        row = {
            "target_id": "t",
            "area_id": area,
            "indicator_id": "i",
            "comparator": ">=",
            "time": float(year),
            "gap": gap,
        }
        row |= {
            "status": "behind" if gap < 0 else "on_course",
            "tolerance": 1.0,
            "path_value": 50.0,
            "observed": 50 + gap,
        }
        rows.append(dict.fromkeys(MARKS, np.nan) | row)
    return pd.DataFrame(rows)


def fans(year, medians):
    """Forecasts two points wide either way at their 80 %."""
    rows = [("i", area, float(year), *(m + w for w in (-3.3, -2, -1, 0, 1, 2, 3.3))) for area, m in medians.items()]
    return pd.DataFrame(rows, columns=["indicator_id", "area_id", "time", *QUANTILE_COLUMNS])


def test_flags_are_counted_against_who_fell_short_two_years_on():
    # a: behind, forecast to stay: flagged, and was. b: behind, forecast to catch up: not flagged, and did. c: on course,
    # nobody saw it coming. d: behind by a hair, forecast short: flagged, but made it.
    then = marks(2021, {"a": -4.0, "b": -3.0, "c": 2.0, "d": -0.5})
    later = marks(2023, {"a": -5.0, "b": 1.0, "c": -2.0, "d": 0.5})
    past = past_flags(
        {2021: then, 2023: later}, {2021: fans(2023, {"a": 45, "b": 53, "c": 53, "d": 49})}, NOBODY, ahead=2
    )
    found = flag_scores(past, ahead=2).by_rule

    assert found.loc["flags", ["flagged", "came_true", "behind_later", "newly_behind"]].tolist() == [2, 1, 2, 1]
    assert found.loc["distance", ["flagged", "came_true"]].tolist() == [2, 1]  # the two furthest: a and b
    assert found.loc["flags", ["precision", "recall", "recall_new"]].tolist() == pytest.approx([0.5, 0.5, 0.0])
    one = flag_scores(past, ahead=2, capacity=1).by_rule
    assert one.loc["flags", ["flagged", "came_true"]].tolist() == [1, 1]  # a first


def test_without_a_later_year_there_is_nothing_to_count():
    assert flag_scores(past_flags({2021: marks(2021, {"a": -4.0})}, {}, NOBODY, ahead=2), ahead=2) is None
