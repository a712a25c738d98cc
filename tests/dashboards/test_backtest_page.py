import numpy as np
import pandas as pd

from dashboards import components, data
from dashboards.backtest_figures import calibration_figure, coverage_figure
from dashboards.backtest_words import chances, verdict_mark
from dashboards.language import language
from data_access.submissions import office_today
from models.backtest_scores import ALL, LAST_VALUE, Summary, calibration
from tests.dashboards.asking import CALLBACKS, of_type, page, text
from workflows.backtest_job import keep_backtest

PALETTE = components.PALETTES["light"]


def table(said, missed, of):
    """Forecasts that all said the same: so many of them missed."""
    rows = pd.DataFrame(
        {
            "p_miss": np.repeat(said, of),
            "missed": np.concatenate([np.arange(n) < m for m, n in zip(missed, of, strict=True)]),
        }
    )
    return calibration(rows)


def summary(of_chances) -> Summary:
    empty = pd.DataFrame()
    return Summary(empty, empty, empty, empty, empty, empty, empty, {ALL: of_chances}, 2020, 2024)


def test_nothing_is_replayed_in_a_request_the_page_says_so_until_the_job_has_been_done(small_site, monkeypatch):
    before = page(small_site, "/backtest")
    keep_backtest(data.engine(), "test-2030", as_of=office_today())
    monkeypatch.setattr("workflows.backtesting.replay", None)  # whoever called it now would fail
    after = page(small_site, "/backtest")

    assert "have not been replayed yet" in text(before)
    assert of_type(before, "Button")
    # the small store has one year of figures
    assert text(of_type(after, "H1")) == "No forecast of this plan can be tested yet"


def test_a_file_of_a_back_test_that_nobody_made_is_not_there(small_site):
    assert small_site.get("/download/backtest.csv").status_code == 404
    assert small_site.get("/download/backtest-chances.xlsx?plan=nobody").status_code == 404


def test_asking_twice_is_one_job_and_a_plan_that_is_not_there_none(small_site):
    first, second = asked(small_site, "test-2030"), asked(small_site, "test-2030")

    assert first["backtest-job"]["data"] == second["backtest-job"]["data"]
    assert asked(small_site, "nobody") == {}
    assert asked(small_site, None) == {}


def asked(client, plan_id):
    """What pressing the button comes to."""
    body = {
        "output": "..backtest-job.data...backtest-ask.disabled..",
        "outputs": [
            {"id": "backtest-job", "property": "data"},
            {"id": "backtest-ask", "property": "disabled"},
        ],
        "inputs": [{"id": "backtest-ask", "property": "n_clicks", "value": 1}],
        "state": [{"id": "backtest-asked", "property": "data", "value": plan_id}],
        "changedPropIds": ["backtest-ask.n_clicks"],
    }
    return client.post(CALLBACKS, json=body, headers={"Referer": "http://localhost/?lang=en"}).json["response"]


def test_every_dot_has_its_count_and_one_of_few_forecasts_is_hollow():
    with language("en"):
        dots = calibration_figure(table([0.2, 0.7], [1, 70], [4, 100]), PALETTE).data[1]

    assert list(dots.x) == [20.0, 70.0]
    assert list(dots.y) == [25.0, 70.0]
    assert list(dots.text) == ["4", "100"]
    assert list(dots.marker.color) == [PALETTE["paper"], PALETTE["accent"]]
    assert dots.hovertext[1] == "said about 70\u00a0%: 70 of 100 missed (70\u00a0%)"


def test_the_axis_of_coverage_says_where_it_begins():
    by_horizon = pd.DataFrame({"cov80": [0.81, 0.43], "cov95": [0.95, 0.9]}, index=[1, 2])
    with language("en"):
        figure = coverage_figure(by_horizon, PALETTE)

    assert figure.layout.yaxis.range[0] == 40
    assert figure.layout.yaxis.title.text == "Inside (axis from 40 %)"


def test_high_chances_are_called_too_high_only_where_clearly_fewer_missed():
    with language("en"):
        too_high = chances(summary(table([0.7, 0.9], [10, 10], [20, 20])), ALL)
        held = chances(summary(table([0.7, 0.9], [14, 17], [20, 20])), ALL)
        none = chances(summary(table([0.2], [1], [20])), ALL)

    assert too_high.endswith("read high chances of missing as too high.")  # 80 % said, 50 % came
    assert held.endswith("the chances can be read as they stand.")  # 80 % said, 78 % came
    assert none == "No forecast said that a miss was likelier than not."


def test_what_is_switched_off_is_told_by_shape_and_word():
    with language("zh"):
        mark = verdict_mark(LAST_VALUE)

    assert mark.children[0].className == "kt-mark kt-reversing"
    assert mark.children[1] == "应停用"
