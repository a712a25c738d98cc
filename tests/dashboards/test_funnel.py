import numpy as np
import pandas as pd
import pytest

from dashboards import components
from dashboards.data.compared import Comparison, newest_common_year
from dashboards.funnel import funnel, labelled, meaning
from dashboards.language import language
from models import small_numbers as sn
from tests.dashboards.asking import of_type, page, text

PALETTE = components.PALETTES["light"]


def comparison(events, people) -> Comparison:
    events, people = np.asarray(events, dtype=float), np.asarray(people, dtype=float)
    names = [f"T{nth}" for nth in range(len(events))]
    counts = pd.DataFrame({"area_id": names, "name_zh": names, "name_en": names, "numerator": events})
    counts = counts.assign(denominator=people, years=1, periods="2025").join(
        sn.compare(events, people, multiplier=100.0)
    )
    return Comparison(counts, 100 * events.sum() / people.sum(), "percent", 100.0, 2025, 1, 0)


def drawn(compared, direction="higher_is_better"):
    with language("en"):
        return funnel(compared, direction=direction, decimals=1, palette=PALETTE)


def test_a_point_beyond_the_limits_is_told_by_its_shape_and_not_by_colour_alone():
    # The hand-worked five of tests/models/test_small_numbers.py, from far below the whole to far above it.
    points = drawn(comparison([96, 104, 120, 134, 146], [200] * 5)).data[-1].marker

    assert list(points.symbol) == ["triangle-down", "triangle-down", "circle", "triangle-up", "triangle-up"]
    assert [colour == "rgba(0,0,0,0)" for colour in points.color] == [False, True, False, True, False]
    assert points.line.color[0] == PALETTE["behind"]
    assert points.line.color[4] == PALETTE["achieved"]


def test_above_is_worse_where_less_is_better():
    points = drawn(comparison([96, 104, 120, 134, 146], [200] * 5), "lower_is_better").data[-1].marker

    assert points.line.color[4] == PALETTE["behind"]
    with language("en"):
        assert meaning(sn.HIGH_998, "lower_is_better") == "truly worse"
        assert meaning(sn.LOW_95, "lower_is_better") == "perhaps better"
        assert meaning(sn.HIGH_998, "hold") == "truly different"
        assert meaning(sn.INSIDE, "lower_is_better") == "no different from the whole"


@pytest.mark.parametrize("places", [77, 2000])
def test_townships_by_the_dozen_or_the_thousand_make_one_figure_with_few_names(places):
    generator = np.random.default_rng(7)
    people = generator.integers(200, 20_000, places)
    share = np.where(np.arange(places) % 10 == 0, 0.7, 0.6)
    compared = comparison(generator.binomial(people, share), people)
    figure = drawn(compared)

    names = [note.text for note in figure.layout.annotations if note.text.startswith("T")]
    assert len(figure.data[-1].x) == places
    assert 1 <= len(names) <= 14
    assert all(compared.places.set_index("area_id").loc[name, "position"] != sn.INSIDE for name in names)


def test_every_one_of_few_places_may_be_named():
    assert len(labelled(comparison([120, 121, 119], [200, 200, 200]).places)) == 3


def test_a_year_is_compared_once_half_of_the_places_have_reported_it():
    rows = [("a", "2025", 1.0, 9.0), ("b", "2025", 1.0, 9.0), ("a", "2026", 1.0, 9.0), ("b", "2026Q1", 1.0, 9.0)]
    figures = pd.DataFrame(rows, columns=["area_id", "period", "numerator", "denominator"])

    assert newest_common_year(figures, 4) == 2025
    assert newest_common_year(figures[figures.period.str.len() == 6], 4) is None


def test_places_without_counts_are_said_so_and_not_drawn(small_site):
    answer = text(page(small_site, "/funnel"))

    assert "No counts were reported for this choice" in answer


def test_a_choice_nobody_offers_opens_one_that_is(small_site):
    answer = page(small_site, "/funnel", "?indicator=x&level=galaxy&years=99&area=1")

    assert "Smoking rate" in text(of_type(answer, "H1"))
