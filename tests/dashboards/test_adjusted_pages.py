"""Where a review took an adjustment in, both versions are shown and marked; elsewhere pages look as if there were none."""

import io
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from sqlalchemy import update

from dashboards.app import create_app
from data_access import adjustments, judgements, tables
from data_access.engine import writing
from tests.dashboards import small_store
from tests.dashboards.asking import of_type, page, rows, text

SMOKING = "?plan=test-2030&indicator=smoking_15plus&area=150621"
FAN = {"q025": 0, "q100": 1, "q250": 2, "q500": 3, "q750": 4, "q900": 5, "q975": 6}


def fan(low: float) -> dict:
    """The forecast of 2030: quantiles a point apart, from low up."""
    return {"time": [2030.0], "mean": [low + 3], **{name: [low + step] for name, step in FAN.items()}}


def put_in_force(engine) -> None:
    """Dalad's smoking, by the model at 25 % in 2030, is held to reach 22 %: the chance of missing 20 % is 60, not 93 %."""
    row = {"indicator_id": "smoking_15plus", "area_id": "150621", "plan_id": "test-2030", "kind": "hold"}
    row |= {"parameters": {}, "model_fan": fan(22), "adjusted_fan": fan(19), "run_id": 1, "last_time": 2025.0}
    row |= {"author": "li", "author_name": "李分析", "reason_code": "policy_change", "reason_text": "无烟单位全覆盖"}
    row |= {"target_id": "test-2030/smoking_15plus", "expires_on": date(2027, 6, 30)}
    wang, at = {"account": "wang", "account_name": "王主任"}, datetime(2026, 11, 10, tzinfo=UTC)
    decided = {"approved_by": "wang", "approved_by_name": "王主任", "approved_on": date(2026, 11, 10)}
    mark = (tables.marks.c.indicator_id == "smoking_15plus") & (tables.marks.c.area_id == "150621")
    with writing(engine) as connection:
        number = adjustments.add(connection, row, at=at)
        draft = adjustments.read_for_change(connection, [number])[0]
        adjustments.change(connection, draft, "approved", "approved", by=wang, at=at, values=decided)
        versions = {"p_miss": 0.6, "p_miss_model": 0.93, "forecast_version": "adjusted"}
        connection.execute(update(tables.marks).where(mark).values(versions))
        connection.execute(update(tables.judgement_runs).values(parameters={"adjustments": {str(number): 2}}))
        series = {"indicator_id": "smoking_15plus", "area_id": "150621"}
        for version, low in (("model", 22), ("adjusted", 19)):
            judgements.write_forecasts(connection, 1, pd.DataFrame(fan(low)).assign(**series, version=version))


@pytest.fixture
def adjusted_site(empty_store):
    """The small store with one adjustment in force."""
    settings, engine = empty_store
    small_store.fill(engine, is_demo=True)
    put_in_force(engine)
    return create_app(settings, engine).server.test_client()


def test_the_indicator_page_says_both_chances_whose_version_it_is_why_and_until_when(adjusted_site):
    shown = text(page(adjusted_site, "/indicator", SMOKING))

    assert "Adjusted" in shown and "about 60 %" in shown
    assert "Model" in shown and "about 95 %" in shown
    assert "Policy change: 无烟单位全覆盖" in shown.replace("  ", " ")
    assert "approved by 王主任 on 10 Nov 2026, holds until 30 Jun 2027" in shown.replace("  ", " ")


def test_the_chart_draws_the_analyst_s_line_beside_the_model_s_with_their_words(adjusted_site):
    figure = of_type(page(adjusted_site, "/indicator", SMOKING, language="zh"), "Graph")[0]["props"]["figure"]

    names = [trace.get("name") for trace in figure["data"]]
    assert "研判" in names
    assert {"模型", "<b>研判</b>"} <= {note["text"] for note in figure["layout"]["annotations"]}


def test_the_list_of_what_falls_behind_marks_the_adjusted_chance_and_only_that(adjusted_site):
    listed = [row for row in rows(page(adjusted_site, "/behind")) if len(row) == 10]
    chances = {(row[0], row[1].split("  ")[0].strip()): row[8] for row in listed}

    assert "Adjusted" in chances["Smoking rate, age 15+", "Dalad Banner"]
    assert "Model" in chances["Smoking rate, age 15+", "Dalad Banner"]
    assert "Model" not in chances["Two-cancer screening", "Dalad Banner"]


def test_the_overview_counts_what_rests_on_adjusted_forecasts(adjusted_site):
    assert "1 of these forecasts is adjusted by analysts:" in text(page(adjusted_site, "/", "?area=150621"))
    assert "adjusted by analysts" not in text(page(adjusted_site, "/", "?area=150600"))


def test_a_download_carries_both_versions(adjusted_site):
    file = adjusted_site.get("/download/behind.csv?plan=test-2030&lang=en").data.decode("utf-8-sig")
    table = file[file.index("Action,") :]
    row = pd.read_csv(io.StringIO(table)).query("Area == 'Dalad Banner' and Target == 'Smoking rate, age 15+'").iloc[0]

    assert (row["Chance of missing"], row["Chance of missing, model"]) == (0.6, 0.93)
    assert row["Forecast version"] == "Adjusted"
    assert "无烟单位全覆盖" in row["Why it is adjusted"]


def test_without_adjustments_no_page_speaks_of_versions(small_site):
    for path, search in (("/indicator", SMOKING), ("/behind", ""), ("/", ""), ("/queue", "")):
        shown = text(page(small_site, path, search))
        assert "Adjusted" not in shown and "adjusted by analysts" not in shown
    assert "Forecast version" not in small_site.get("/download/behind.csv?plan=test-2030&lang=en").data.decode()
