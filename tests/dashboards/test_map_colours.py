"""What a map may be coloured by: classes worked out by hand."""

import numpy as np
import pandas as pd

from dashboards import map_colours, wording
from dashboards.map_question import earlier_period, earlier_periods

YEARLY = {"within_year": "level"}
CUMULATIVE = {"within_year": "cumulative"}
PERIODS = ("2026Q3", "2026Q2", "2025", "2025Q3", "2024", "2024Q3")


def test_a_probability_is_in_the_band_its_word_says():
    edges = pd.Series([0.05, 0.0999, 0.10, 0.3299, 0.33, 0.66, 0.6601, 0.90, 0.9001, 0.95])

    words = [wording.probability(p) for p in edges]
    said = [wording.probability(map_colours.CHANCES[key][0]) for key in map_colours.chance_bands(edges)]

    assert said == words


def test_where_no_chance_is_told_none_is_shown():
    assert list(map_colours.chance_bands(pd.Series([np.nan]))) == [map_colours.WITHHELD]


def test_a_change_counts_from_its_size_and_its_way():
    # sizes 1, 2, 3, 4, 10: the 40 % quantile is 2.6, the 80 % one 5.2
    changes = np.array([-1.0, 2.0, -3.0, 4.0, 10.0])
    breaks = map_colours.change_breaks(changes, 1)
    entries = map_colours.change_entries(breaks, "percent", lower_is_better=False)

    assert breaks == (2.6, 5.2)
    shown = pd.Series([-5.2, -2.6, 0.0, 2.59, 2.6, 5.2, np.nan])
    assert list(map_colours.change_positions(shown, breaks, entries)) == [0, 1, 2, 2, 3, 4, 5]
    assert entries[5].key == "missing"


def test_where_lower_is_better_a_fall_has_the_colour_of_better():
    better, worse = map_colours.CHANGE_COLOURS[-1][0], map_colours.CHANGE_COLOURS[0][0]
    entries = map_colours.change_entries((1.0, 2.0), "percent", lower_is_better=True)

    assert (entries[0].light, entries[4].light) == (better, worse)
    assert (entries[0].glyph, entries[4].glyph) == ("⇓", "⇑")  # the arrow says which way the figure went


def test_a_change_is_counted_from_a_period_of_the_same_length():
    assert earlier_periods(YEARLY, "2026Q3", PERIODS) == ("2026Q2", "2025Q3", "2024Q3")
    assert earlier_periods(YEARLY, "2025", PERIODS) == ("2024",)


def test_what_counts_over_the_year_is_compared_with_the_same_part_of_another():
    assert earlier_periods(CUMULATIVE, "2026Q3", PERIODS) == ("2025Q3", "2024Q3")


def test_without_a_word_the_change_is_since_a_year_before():
    assert earlier_period(YEARLY, "2026Q3", PERIODS, None) == "2025Q3"
    assert earlier_period(YEARLY, "2026Q3", PERIODS, "2026Q2") == "2026Q2"
    assert earlier_period(YEARLY, "2024", PERIODS, "1066") == ""
