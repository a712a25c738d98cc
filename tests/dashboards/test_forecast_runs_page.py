from datetime import UTC, date, datetime

import pytest

from dashboards.app import create_app
from dashboards.forecast_run_words import period_at
from tests.dashboards.asking import of_type, page, rows, text
from tests.workflows.forecast_store import BANNERS, PLAN, fill, submit
from workflows.judging import judge_plan

DAY = date(2026, 6, 30)
REASONS_AND_REST = {
    "Revised figures",
    "Only its peers' figures changed",
    "No figure changed: the forecast of the run before",
    "New in this run",
    "Last milestone's year is over: nothing to compare",
    "The plan gives no year: nothing to compare",
}


def grid(layout, ident):
    """The rows a grid of the page is given."""
    (found,) = (part for part in of_type(layout, "AgGrid") if part["props"].get("id") == ident)
    return found["props"]["rowData"]


@pytest.fixture
def site(empty_store):
    """A plan forecast once."""
    settings, engine = empty_store
    fill(engine)
    judge_plan(engine, PLAN, as_of=DAY)
    return engine, create_app(settings, engine).server.test_client()


def test_one_run_has_nothing_to_be_compared_with(site):
    _engine, client = site
    layout = page(client, "/forecast-runs")

    assert text(of_type(layout, "H1")) == "The forecasts have been made once"
    assert [(row["number"], row["series"], row["made_anew"]) for row in grid(layout, "forecast-runs-list")] == [
        (1, 13, 2)
    ]


def test_a_revised_figure_moves_its_own_forecast_most_and_its_peers_a_little(site):
    engine, client = site
    submit(engine, [("mortality", BANNERS[2], 2025, None, None, 9.0)], datetime(2026, 4, 1, tzinfo=UTC))
    judge_plan(engine, PLAN, as_of=DAY)
    layout = page(client, "/forecast-runs")

    first, *others = grid(layout, "forecast-runs-moves")
    assert (first["area"], first["year"], first["why"]) == (BANNERS[2], 2030, "Revised figures")
    assert first["figure"].replace("\u00a0", " ").endswith("→ 9.0 per 1,000")
    assert first["shift"] > 0 and first["p_after"] >= first["p_before"]
    assert {row["why"] for row in others} <= {"Only its peers' figures changed"}
    assert "comparable forecasts moved since the run of 30 Jun 2026" in text(of_type(layout, "H1"))
    counted = {row[0]: row[1] for row in rows(layout)}
    assert (counted["Revised figures"], counted["Only its peers' figures changed"]) == ("1", "5")
    parts = [int(count) for name, count in counted.items() if name in REASONS_AND_REST]
    assert sum(parts) == int(counted["All series"]) == 13


def test_the_moves_can_be_taken_away_and_odd_addresses_answer(site):
    engine, client = site
    submit(engine, [("mortality", BANNERS[2], 2025, None, None, 9.0)], datetime(2026, 4, 1, tzinfo=UTC))
    judge_plan(engine, PLAN, as_of=DAY)

    answer = client.get("/download/forecast-moves.csv", headers={"Referer": "http://localhost/?lang=en"})
    assert answer.status_code == 200
    head, first, *_others = answer.text.strip().splitlines()
    assert head.endswith("Figure that changed") and BANNERS[2] in first
    for search in ("?run=99&before=x", "?run=1", "?before=2&run=2", "?plan=nowhere"):
        assert of_type(page(client, "/forecast-runs", search), "H1")


def test_a_store_without_forecasts_says_what_to_do(client):
    assert of_type(page(client, "/forecast-runs"), "H1")


@pytest.mark.parametrize(("time", "period"), [(2025.0, "2025"), (2025.75, "2026Q3"), (2025 + 7 / 12, "2026-07")])
def test_a_time_is_told_as_the_period_that_ends_there(time, period):
    assert period_at(time) == period
