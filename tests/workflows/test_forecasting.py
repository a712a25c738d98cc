import json
import os
import socket
import subprocess
import sys
import time
from argparse import Namespace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import update

from data_access import areas, forecast_runs, indicators, judgements, observations, plans, tables
from data_access.engine import make_engine, writing
from data_access.errors import InputError
from models.forecasting import Forecaster
from models.intervals import QUANTILE_COLUMNS
from models.judging import forecast_history, judge
from settings import Settings
from tests.workflows.forecast_store import BANNERS, PLAN, fill, submit
from workflows.forecast_command import run
from workflows.forecasting import run_forecasts
from workflows.jobs import Cancelled, Jobs, run_job
from workflows.judging import forecast, judge_plan

DAY = date(2026, 6, 30)
ROOT = Path(__file__).parents[2]
APRIL = datetime(2026, 4, 1, 4, tzinfo=UTC)


@pytest.fixture
def store(engine):
    fill(engine)
    return engine


def of_plan(engine):
    """What a review of the plan reads: targets, figures, places, register."""
    targets = plans.read_targets(engine, PLAN, on=DAY)
    figures = observations.read_observations(engine, targets.indicator_id.unique(), known_on=DAY)
    return targets, figures, areas.read_areas(engine).assign(is_former=False), indicators.read_indicators(engine)


def test_every_series_is_forecast_also_what_no_plan_asks_for(store):
    made = run_forecasts(store, as_of=DAY)

    # screening is added up for the prefecture, mortality has no counts: 7 + 6; exams for the six banners
    assert (made["series"], made["pools"], made["pools_made"]) == (19, 3, 3)
    screening = forecast_runs.read_fans(store, made["run_id"], plan_id=PLAN, indicator_ids=["screening"])
    exams = forecast_runs.read_fans(store, made["run_id"], plan_id="")
    assert screening.area_id.unique().tolist() == ["150600", *BANNERS]
    assert screening.time.unique().tolist() == [2026, 2027, 2028, 2029, 2030]
    assert exams.time.max() == 2031  # five years ahead of the day
    assert screening[["q025", "q500", "q975"]].to_numpy().max() <= 100


def test_forecasts_by_pool_are_those_of_all_series_together_bit_for_bit(store):
    made = run_forecasts(store, as_of=DAY, plan_ids=[PLAN])
    stored = forecast_runs.read_fans(store, made["run_id"], plan_id=PLAN)

    history = forecast_history(*of_plan(store), DAY)
    asked = stored[["indicator_id", "area_id", "time"]]
    asked = asked.assign(series_id=asked.indicator_id + "|" + asked.area_id)
    together = Forecaster().fit(history).predict(asked)

    expected = together[["mean", *QUANTILE_COLUMNS]].to_numpy()
    assert (stored.drop(columns=["indicator_id", "area_id", "time"]).to_numpy() == expected).all()


def test_a_review_has_the_marks_that_forecasting_anew_gives(store):
    targets, figures, places, registered = of_plan(store)
    anew = forecast(targets, figures, places, registered, DAY)
    expected = judge(targets, figures, places, as_of=DAY, forecasts=anew, indicators=registered)

    facts = judge_plan(store, PLAN, as_of=DAY)
    marks = judgements.read_marks(store, facts["run_id"]).set_index(["target_id", "area_id"]).sort_index()
    expected = expected.set_index(["target_id", "area_id"]).sort_index()
    assert marks.p_miss.notna().sum() > 10
    assert (marks.p_miss.dropna() == expected.p_miss.dropna()).all()
    for name in ("status", "trend", "sentence_zh"):
        assert marks[name].tolist() == expected[name].tolist()
    assert len(forecast_runs.read_runs(store)) == 1


def test_only_the_pool_whose_figures_changed_is_read_and_forecast_again(store, monkeypatch):
    first = run_forecasts(store, as_of=DAY)
    submit(store, [("mortality", BANNERS[0], 2025, None, None, 3.3)], APRIL)
    read, read_histories = [], observations.read_histories
    monkeypatch.setattr(
        observations,
        "read_histories",
        lambda engine, ids, **given: read.append(ids) or read_histories(engine, ids, **given),
    )
    second = run_forecasts(store, as_of=DAY)

    assert read == [["mortality"]]

    assert second["run_id"] != first["run_id"]
    assert (second["pools"], second["pools_made"]) == (3, 1)
    before, after = (
        forecast_runs.read_pools(store, made["run_id"]).set_index("indicator_id") for made in (first, second)
    )
    same = before.block_id == after.block_id  # the very same stored block, not a copy
    assert same.to_dict() == {"exams": True, "mortality": False, "screening": True}


def test_an_import_that_changes_nothing_makes_no_new_run(store):
    first = run_forecasts(store, as_of=DAY)
    submit(store, [("exams", "150600", 2025, None, None, 50.0)], APRIL)  # one point alone is not forecast
    again = run_forecasts(store, as_of=DAY)

    assert (again["run_id"], again["is_new"]) == (first["run_id"], False)
    assert forecast_runs.read_runs(store).last_submission_id.tolist() == [2]


def test_another_register_is_looked_at_anew_though_no_figure_came(store):
    first = run_forecasts(store, as_of=DAY)
    with writing(store) as connection:
        connection.execute(
            update(tables.indicators).where(tables.indicators.c.indicator_id == "exams").values(upper_bound=99.0)
        )
    second = run_forecasts(store, as_of=DAY)

    assert second["run_id"] != first["run_id"]
    assert second["pools_made"] == 1  # the bound is on the scale of exams


def test_a_run_of_a_past_day_stays_as_it_was_known_then(store):
    first = run_forecasts(store, as_of=date(2026, 3, 15))
    submit(store, [("mortality", BANNERS[0], 2025, None, None, 3.3)], APRIL)

    assert run_forecasts(store, as_of=date(2026, 3, 15))["run_id"] == first["run_id"]


def test_a_run_killed_half_way_is_taken_up_and_nothing_is_torn(store, tmp_path):
    script = f"""
import os, signal
from datetime import date
from data_access.engine import make_engine, writing
from workflows import forecasting
write, done = forecasting.forecast_runs.write_pool, []
def write_and_die(*given):
    write(*given)
    done.append(given)
    if len(done) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
forecasting.forecast_runs.write_pool = write_and_die
forecasting.run_forecasts(make_engine({store.url.render_as_string(hide_password=False)!r}), as_of=date(2026, 6, 30))
"""
    killed = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert killed.returncode == -9, killed.stderr
    left = forecast_runs.read_runs(store).iloc[0]
    there = forecast_runs.read_pools(store, int(left.run_id))
    assert (left.state, len(there), left.series_done) == ("running", 2, int(there.series.sum()))
    assert forecast_runs.newest_run_id(store) == 0  # nobody takes it for a run

    made = run_forecasts(store, as_of=DAY)

    assert made["run_id"] == left.run_id
    after = forecast_runs.read_pools(store, int(left.run_id)).set_index("indicator_id")
    assert len(after) == 3
    assert (after.block_id[there.indicator_id].to_numpy() == there.block_id.to_numpy()).all()


def test_a_cancelled_run_is_marked_and_the_next_call_goes_on_with_it(store):
    def cancel(share, doing):
        if doing.endswith("mortality"):  # told when the first pool is done
            raise Cancelled

    with pytest.raises(Cancelled):
        run_forecasts(store, as_of=DAY, progress=cancel)
    assert forecast_runs.read_runs(store).state.tolist() == ["cancelled"]

    run_forecasts(store, as_of=DAY)
    assert forecast_runs.read_runs(store).state.tolist() == ["finished"]


def test_two_processes_on_one_run_make_it_together(store):
    """Such as two reviews of one day asked for at once."""
    others = []

    def overtake(share, doing):
        if not others and doing.endswith("mortality"):
            others.append(run_forecasts(store, as_of=DAY))

    made = run_forecasts(store, as_of=DAY, progress=overtake)

    assert made == others[0]
    runs = forecast_runs.read_runs(store)
    assert runs[["state", "series_done", "series_total"]].values.tolist() == [["finished", 19, 19]]


def test_an_indicator_of_too_many_series_is_forecast_in_parts(store, monkeypatch):
    monkeypatch.setattr("models.forecast_pools.MOST_SERIES", 4)
    made = run_forecasts(store, as_of=DAY, plan_ids=[PLAN])

    pools = forecast_runs.read_pools(store, made["run_id"]).set_index("indicator_id")
    assert pools.loc["screening", "parts"].tolist() == [2, 2]
    assert pools.loc["screening", "series"].sum() == 7
    fans = forecast_runs.read_fans(store, made["run_id"], plan_id=PLAN, indicator_ids=["screening"])
    assert fans.area_id.unique().tolist() == ["150600", *BANNERS]


@pytest.fixture
def scheduler(tmp_path):
    """The address of a Dask scheduler that has not got this program, with one worker process that has."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    dask = [sys.executable, "-m", "dask"]
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    begun = ["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    working = ["worker", address, "--nthreads", "1", "--no-dashboard", "--local-directory", str(tmp_path)]
    processes = []
    try:
        for arguments, folder in ((begun, tmp_path), (working, ROOT)):
            log = (tmp_path / f"{arguments[0]}.log").open("w")
            processes.append(subprocess.Popen([*dask, *arguments], cwd=folder, env=plain, stdout=log, stderr=log))
        for _second in range(60):
            time.sleep(1)
            if "Registered to" in (tmp_path / "worker.log").read_text():
                break
        yield address
    finally:
        for process in processes:
            process.terminate()
            process.wait(30)


def test_a_cluster_gives_the_same_numbers(tmp_path, migrated_sqlite, scheduler):
    engines = [make_engine(f"sqlite:///{tmp_path / name}") for name in ("here.db", "there.db")]
    for engine in engines:
        Path(engine.url.database).write_bytes(migrated_sqlite.read_bytes())
        fill(engine)
    here = run_forecasts(engines[0], as_of=DAY)
    there = run_forecasts(engines[1], as_of=DAY, scheduler=scheduler)

    assert there["pools_made"] == here["pools_made"] == 3
    for plan_id in (PLAN, ""):
        fans = [forecast_runs.read_fans(engine, 1, plan_id=plan_id) for engine in engines]
        pd.testing.assert_frame_equal(*fans, check_exact=True)


@pytest.mark.parametrize(
    ("address", "said"),
    [("tcp://127.0.0.1:1", "连不上 Dask 调度器"), ("127.0.0.1", "请写成 tcp"), ("tcp://127.0.0.1:x", "请写成 tcp")],
)
def test_a_scheduler_that_does_not_answer_is_said_within_seconds(tmp_path, migrated_sqlite, address, said):
    engine = make_engine(f"sqlite:///{tmp_path / 'kangtu.db'}")
    Path(engine.url.database).write_bytes(migrated_sqlite.read_bytes())
    fill(engine)
    started = time.monotonic()

    with pytest.raises(InputError, match=said):
        run_forecasts(engine, as_of=DAY, scheduler=address)
    assert time.monotonic() - started < 10
    assert not len(forecast_runs.read_runs(engine))


def test_a_scheduler_without_workers_is_said_with_how_to_start_one(tmp_path, migrated_sqlite, monkeypatch):
    from distributed import LocalCluster

    monkeypatch.setattr("workflows.forecast_cluster.WAIT_S", 1)
    engine = make_engine(f"sqlite:///{tmp_path / 'kangtu.db'}")
    Path(engine.url.database).write_bytes(migrated_sqlite.read_bytes())
    fill(engine)
    with (
        LocalCluster(n_workers=0, processes=True, dashboard_address=None) as cluster,
        pytest.raises(InputError, match=r"没有计算进程.*dask worker tcp"),
    ):
        run_forecasts(engine, as_of=DAY, scheduler=cluster.scheduler_address)


def command(engine, **given):
    url = engine.url.render_as_string(hide_password=False)
    return Namespace(**{"plan": None, "as_of": DAY, "scheduler": None, "json": True} | given), Settings(
        database_url=url
    )


def test_the_command_prints_one_json_document(store, capsys):
    run("forecast", *command(store, plan=[PLAN]))

    document = json.loads(capsys.readouterr().out)
    assert (document["run_id"], document["series"], document["is_new"]) == (1, 13, True)
    assert document["plans"] == [{"plan_id": PLAN, "pools": 2, "series": 13}]


def test_without_figures_and_for_an_unknown_plan_the_command_says_what_to_do(store):
    with pytest.raises(InputError, match="没有可预测的序列"):
        run("forecast", *command(store, as_of=date(2019, 1, 1)))
    with pytest.raises(InputError, match="没有编号为 nowhere 的方案"):
        run("forecast", *command(store, plan=["nowhere"]))
    assert not len(forecast_runs.read_runs(store))


def test_a_value_out_of_bounds_takes_the_bounds_off_its_indicator_and_stops_nothing(store):
    submit(store, [("screening", BANNERS[0], 2025, None, None, 104.0)], APRIL)
    made = run_forecasts(store, as_of=DAY, plan_ids=[PLAN])

    fans = forecast_runs.read_fans(store, made["run_id"], plan_id=PLAN, indicator_ids=["screening"], area_id=BANNERS[0])
    assert np.isfinite(fans.q500).all()
    assert fans.q975.max() > 100


def test_the_job_forecasts_and_reports(store, tmp_path):
    settings = Settings(database_url=store.url.render_as_string(hide_password=False), data_folder=tmp_path)
    jobs = Jobs(store, settings)
    job_id = jobs.submit("forecast", "wang", [], {"as_of": DAY.isoformat(), "plan_ids": [PLAN]})
    run_job(store, settings, job_id)

    job = jobs.poll(job_id, owner="wang")
    assert (job["state"], job["result"]["series"]) == ("done", 13)
