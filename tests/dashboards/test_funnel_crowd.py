import json

import numpy as np
import pandas as pd
import pytest

from dashboards import components, funnel_crowd
from dashboards.data.compared import Comparison
from dashboards.funnel import funnel
from dashboards.language import language
from models import small_numbers as sn


def nation(places=40_000) -> Comparison:
    """Townships of 60 to 60,000 people: most alike, one in ten truly apart."""
    draw = np.random.default_rng(7)
    people = np.exp(draw.uniform(np.log(60), np.log(60_000), places)).astype(int)
    events = draw.binomial(people, np.where(np.arange(places) % 10 == 0, 0.7, 0.6)).astype(float)
    names = [f"T{nth}" for nth in range(places)]
    counts = pd.DataFrame({"area_id": names, "name_zh": names, "name_en": names, "numerator": events})
    found = counts.assign(denominator=people.astype(float), years=1, periods="2025").join(
        sn.compare(events, people.astype(float), multiplier=100.0)
    )
    return Comparison(found, 100 * events.sum() / people.sum(), "percent", 100.0, 2025, 1, 0)


def test_forty_thousand_places_are_a_figure_of_a_few_hundred_kilobytes():
    with language("en"):
        drawn = funnel(nation(), direction="higher_is_better", decimals=1, palette=components.PALETTES["light"])

    assert len(drawn.to_json()) < 400_000
    assert len(drawn.data[-1].x) == funnel_crowd.FURTHEST


def test_every_place_is_drawn_alone_or_counted_in_a_mark_of_its_own_side():
    places = nation(5000).places
    alone, crowd = funnel_crowd.thinned(places, is_log=True)

    assert len(alone) + crowd["count"].sum() == 5000
    together = crowd.groupby("position")["count"].sum().add(alone["position"].value_counts(), fill_value=0)
    pd.testing.assert_series_equal(
        together.astype(int).sort_index(), places["position"].value_counts().sort_index(), check_names=False
    )
    # who is furthest is never hidden in a mark
    left = funnel_crowd.distance(places.drop(index=alone.index))
    assert left[places["position"].ne(sn.INSIDE)].max() <= funnel_crowd.distance(alone).min()


def test_up_to_two_thousand_places_are_all_points():
    places = nation(funnel_crowd.MOST_ALONE).places
    alone, crowd = funnel_crowd.thinned(places, is_log=True)

    assert len(alone) == len(places) and crowd.empty


@pytest.mark.parametrize(("count", "size"), [(1, 4.0), (4, 5.1), (100, 13.9), (10_000, 16.0)])
def test_a_mark_grows_with_the_root_of_what_it_stands_for(count, size):
    # 4 + 1.1 (sqrt(n) - 1), at most 16 pixels across
    assert funnel_crowd.sizes(pd.Series([count])).tolist() == [size]


def test_a_mark_says_how_many_it_stands_for_and_on_which_side():
    with language("en"):
        drawn = funnel(nation(5000), direction="higher_is_better", decimals=1, palette=components.PALETTES["light"])
    told = [trace.hovertemplate for trace in drawn.data if trace.customdata is not None]

    assert any("truly better" in words for words in told)
    assert all("%{customdata}" in words for words in told)
    assert json.loads(drawn.to_json())
