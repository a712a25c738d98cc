from datetime import date

import pandas as pd
import pytest

from data_access import judgements
from data_access.engine import writing
from data_access.tables import plans

MARK = {
    "target_id": "t",
    "area_id": "150602",
    "indicator_id": "screening_rate",
    "action_id": "a",
    "status": "behind",
    "next_year": 2030,
    "p_miss": 0.8,
    "units_failing": ["150602001", "150602002"],
    "needs_study": True,
    "is_noisy": False,
}


@pytest.fixture(autouse=True)
def plan(engine):
    row = {"plan_id": "p", "name_zh": "计划", "name_en": "Plan", "place_zh": "某地", "place_en": "Somewhere"}
    with writing(engine) as connection:
        connection.execute(plans.insert().values(row | {"admin_level": "county", "kind": "programme"}))


def start(connection, as_of):
    return judgements.start_run(
        connection, "p", as_of=as_of, last_submission_id=7, pack_hash=None, parameters={"dead_band": 0.05}
    )


def judge(engine, as_of=date(2026, 11, 15), marks=(MARK,)):
    with writing(engine) as connection:
        run_id = start(connection, as_of)
        judgements.write_marks(connection, run_id, pd.DataFrame(list(marks)))
        judgements.finish_run(connection, run_id)
    return run_id


def test_marks_come_back_as_they_were_judged(engine):
    run_id = judge(engine, marks=[MARK, MARK | {"area_id": "150603", "next_year": None, "units_failing": None}])

    read = judgements.read_marks(engine, run_id)

    assert {name: str(dtype) for name, dtype in read.dtypes.items()} == judgements.MARKS
    assert read["units_failing"].tolist() == [["150602001", "150602002"], None]
    assert read["next_year"].tolist() == [2030, pd.NA]
    assert judgements.read_marks(engine, run_id, area_id="150603")["area_id"].tolist() == ["150603"]


def test_pages_read_the_newest_run_that_is_finished(engine):
    assert judgements.read_newest_run(engine, "p") is None
    finished = judge(engine)
    with writing(engine) as connection:
        start(connection, date(2026, 11, 16))

    run = judgements.read_newest_run(engine, "p")

    assert (run["run_id"], run["as_of"], run["last_submission_id"]) == (finished, date(2026, 11, 15), 7)
    assert run["parameters"] == {"dead_band": 0.05}
    assert run["started_at"].utcoffset().total_seconds() == 0
    assert judgements.newest_run_id(engine) == finished


def test_a_past_review_finds_its_own_run(engine):
    last_quarter = judge(engine, as_of=date(2026, 8, 15))
    judge(engine, as_of=date(2026, 11, 15))

    assert judgements.read_newest_run(engine, "p", as_of=date(2026, 8, 15))["run_id"] == last_quarter
    assert len(judgements.read_runs(engine, "p")) == 2


def test_a_past_review_made_later_does_not_become_the_newest(engine):
    now = judge(engine, as_of=date(2026, 11, 15))
    judge(engine, as_of=date(2025, 11, 15))
    again = judge(engine, as_of=date(2026, 11, 15))

    assert again > now
    assert judgements.read_newest_run(engine, "p")["run_id"] == again


def test_forecasts_are_read_by_indicator_and_area(engine):
    quantiles = {name: float(at) for at, name in enumerate(list(judgements.FORECASTS)[4:])}
    rows = [{"indicator_id": "i", "area_id": area, "time": 2030.0} | quantiles for area in ("150602", "150603")]
    with writing(engine) as connection:
        run_id = start(connection, date(2026, 11, 15))
        judgements.write_forecasts(connection, run_id, pd.DataFrame(rows))

    read = judgements.read_forecasts(engine, run_id, indicator_id="i", area_id="150603")

    assert {name: str(dtype) for name, dtype in read.dtypes.items()} == judgements.FORECASTS
    assert read[["area_id", "mean", "q975"]].values.tolist() == [["150603", 0.0, 7.0]]


def test_an_adjusted_forecast_stands_beside_the_model_s(engine):
    quantiles = {name: float(at) for at, name in enumerate(list(judgements.FORECASTS)[4:])}
    row = {"indicator_id": "i", "area_id": "150602", "time": 2030.0} | quantiles
    with writing(engine) as connection:
        run_id = start(connection, date(2026, 11, 15))
        judgements.write_forecasts(connection, run_id, pd.DataFrame([row]))
        judgements.write_forecasts(connection, run_id, pd.DataFrame([row | {"q500": 9.0, "version": "adjusted"}]))

    assert judgements.read_forecasts(engine, run_id)["q500"].tolist() == [4.0]
    assert judgements.read_forecasts(engine, run_id, version=None)["version"].tolist() == ["adjusted", "model"]
    assert judgements.read_forecasts(engine, run_id, version="adjusted")["q500"].tolist() == [9.0]
