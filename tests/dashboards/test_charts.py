import pandas as pd

from dashboards import charts
from dashboards.components.figures import PALETTES
from dashboards.language import language

PALETTE = PALETTES["light"]
QUANTILES = ["q025", "q100", "q250", "q500", "q750", "q900", "q975"]


def series(figures: dict[str, float], *, provisional: str = "", is_cumulative: bool = False) -> charts.Series:
    """Figures by period against a path from 60 % in 2020 to 90 % in 2030, with one forecast year."""
    times = {"2026Q2": 2025.5}
    observed = pd.DataFrame(
        {
            "period": list(figures),
            "time": [times.get(period, 0.0) or float(period) for period in figures],
            "value": list(figures.values()),
            "lower": float("nan"),
            "upper": float("nan"),
            "status": ["provisional" if period == provisional else "final" for period in figures],
        }
    )
    return charts.Series(
        observed=observed,
        path=pd.DataFrame({"time": [2020.0, 2030.0], "value": [60.0, 90.0]}),
        milestones=pd.DataFrame({"time": [2030.0], "value": [90.0], "comparator": [">="], "year_is_inferred": [True]}),
        forecast=pd.DataFrame([[2030.0, 70.0, 74.0, 78.0, 80.0, 82.0, 86.0, 97.0]], columns=["time", *QUANTILES]),
        unit="percent",
        decimals=1,
        lower_bound=0.0,
        upper_bound=100.0,
        is_cumulative=is_cumulative,
    )


def trace(figure, name: str):
    return next(part for part in figure.data if part.name == name)


def draw(*args, **kwargs):
    with language("en"):
        return charts.trajectory(series(*args, **kwargs), palette=PALETTE)


def test_a_year_nobody_reported_breaks_the_line_and_is_not_drawn_as_zero():
    observed = trace(draw({"2020": 60.0, "2022": 66.0}), "Observed")

    assert observed.x == (2020.0, 2021.5, 2022.0)
    assert observed.y == (60.0, None, 66.0)


def test_the_forecast_opens_at_the_last_figure():
    median = trace(draw({"2024": 70.0, "2025": 72.0}), "Forecast")

    assert list(zip(median.x, median.y, strict=True)) == [(2025.0, 72.0), (2030.0, 80.0)]


def test_the_widest_band_runs_along_its_two_quantiles_and_back():
    band = trace(draw({"2025": 72.0}), "95 % interval")

    assert list(zip(band.x, band.y, strict=True)) == [(2025.0, 72.0), (2030.0, 97.0), (2030.0, 70.0), (2025.0, 72.0)]


def test_a_provisional_figure_is_a_hollow_dot_and_says_so():
    observed = trace(draw({"2024": 70.0, "2025": 72.0}, provisional="2025"), "Observed")

    assert observed.marker.color == (PALETTE["ink"], PALETTE["paper"])
    assert "provisional" in observed.text[1]


def test_this_year_so_far_is_no_fall_from_last_year():
    half_a_year = {"2024": 70.0, "2025": 72.0, "2026Q2": 38.0}

    assert trace(draw(half_a_year, is_cumulative=True), "Observed").y == (70.0, 72.0)
    assert trace(draw(half_a_year, is_cumulative=False), "Observed").y == (70.0, 72.0, 38.0)


def test_a_milestone_in_an_inferred_year_says_that_it_is_inferred():
    milestone = trace(draw({"2025": 72.0}), "Milestone")

    assert "inferred" in milestone.text[0]


def test_percent_axes_stop_at_a_hundred():
    low, high = charts.shared_range([series({"2025": 98.0})])

    assert high == 100.0
    assert 0.0 < low < 60.0


def test_an_area_without_figures_is_still_drawn_with_its_path():
    figure = draw({})

    assert trace(figure, "Path to the target").y == (60.0, 90.0)
    assert trace(figure, "Observed").y == ()
