from datetime import date

import numpy as np
import pytest
from sqlalchemy import func, select

from data_access import forecast_runs
from data_access.forecast_runs import Block, PoolKey, RunGone
from data_access.forecast_tables import forecast_series

HEAD = {
    "as_of": date(2026, 6, 30),
    "method": 1,
    "seed": 7,
    "last_submission_id": 3,
    "parameters": {"plan": {"b": 1, "a": 2}},
}
KEY = PoolKey("plan", "screening", "year", 0, 1)


def block(input_hash="h1"):
    """Two districts: one forecast for 2026 and 2027 from three figures, one for 2027 alone from two."""
    fan = np.arange(32, dtype=float).reshape(2, 2, 8) / 3
    return Block(
        input_hash=input_hash,
        method="pooled",
        method_version=1,
        times=np.array([2026.0, 2027.0]),
        area_ids=np.array(["150602", "150603"], dtype=object),
        first_time=np.array([0, 1]),
        fan=fan,
        points=np.array([3, 2]),
        time=np.array([2023.0, 2024.0, 2025.0, 2025.0, 2026.0]),
        value=np.array([1 / 3, 2.0, 3.0, 4.0, 5.0]),
        counts_sum=np.array([2**32 - 1, 0]),
    )


def finished(engine, *blocks):
    """A finished run of these pools of one plan, an indicator each."""
    run_id, _ = forecast_runs.begin_run(engine, HEAD)
    for indicator_id, one in blocks:
        forecast_runs.write_pool(engine, run_id, PoolKey("plan", indicator_id, "year", 0, 1), one)
    forecast_runs.finish_run(engine, run_id, "all")
    return run_id


def test_what_is_packed_comes_back_to_the_last_bit(engine):
    run_id = finished(engine, ("screening", block()))
    fans = forecast_runs.read_fans(engine, run_id, plan_id="plan")
    inputs = forecast_runs.read_inputs(engine, run_id, plan_id="plan", indicator_ids=["screening"])

    assert fans[["area_id", "time"]].values.tolist() == [["150602", 2026], ["150602", 2027], ["150603", 2027]]
    expected = block().fan
    assert (
        fans[list(forecast_runs.FIGURES_OF_A_TIME)].to_numpy() == [expected[0, 0], expected[0, 1], expected[1, 1]]
    ).all()
    assert inputs.value.tolist() == [1 / 3, 2, 3, 4, 5]
    assert inputs.counts_sum.tolist() == [2**32 - 1] * 3 + [0] * 2
    assert fans.dtypes.astype(str).to_dict() == forecast_runs.FANS


def test_without_forecasts_the_columns_are_there_all_the_same(engine):
    fans = forecast_runs.read_fans(engine, 1, plan_id="plan")

    assert fans.dtypes.astype(str).to_dict() == forecast_runs.FANS
    assert not len(forecast_runs.read_inputs(engine, 1, plan_id="plan", indicator_ids=["screening"]))
    assert not len(forecast_runs.read_pools(engine, 1)) and not len(forecast_runs.count_pools(engine, "plan"))


def test_two_runs_share_the_block_of_the_same_inputs(engine):
    first = finished(engine, ("screening", block()))
    second = finished(engine, ("screening", forecast_runs.find_block(engine, "h1")), ("mortality", block("h2")))
    third = finished(engine, ("screening", block()))  # made again by somebody who had not looked: the one there is kept

    blocks = [
        forecast_runs.read_pools(engine, run_id).set_index("indicator_id").block_id["screening"]
        for run_id in (first, second, third)
    ]
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(forecast_series)) == 4
    assert len(set(blocks)) == 1
    assert forecast_runs.count_pools(engine, "plan").values.tolist() == [[1, 1, 2, 1], [2, 2, 4, 1], [3, 1, 2, 0]]


def test_a_run_of_the_same_head_is_gone_on_with_and_a_pool_noted_once(engine):
    run_id, went_on = forecast_runs.begin_run(engine, HEAD)
    again = forecast_runs.begin_run(engine, HEAD | {"parameters": {"plan": {"a": 2, "b": 1}}})
    for _process in range(2):
        forecast_runs.write_pool(engine, run_id, KEY, block())

    assert (again, went_on) == ((run_id, True), False)
    assert forecast_runs.read_runs(engine)[["state", "series_done"]].values.tolist() == [["running", 2]]
    forecast_runs.finish_run(engine, run_id, "all")
    forecast_runs.end_run(engine, run_id, "failed", "too late")
    assert forecast_runs.read_runs(engine).state.tolist() == ["finished"]


def test_nothing_of_a_pool_is_kept_where_its_run_is_gone(engine):
    run_id, _ = forecast_runs.begin_run(engine, HEAD)
    forecast_runs.forget_run(engine, run_id)

    with pytest.raises(RunGone):
        forecast_runs.write_pool(engine, run_id, KEY, block())
    assert forecast_runs.find_block(engine, "h1") is None


def test_only_finished_runs_are_found_and_other_inputs_make_another(engine):
    def any_plan(there, wanted):
        return True

    run_id, _ = forecast_runs.begin_run(engine, HEAD)
    assert forecast_runs.find_finished(engine, HEAD, any_plan) is None
    forecast_runs.finish_run(engine, run_id, "all")

    assert forecast_runs.find_finished(engine, HEAD, any_plan) == run_id
    assert forecast_runs.find_finished(engine, HEAD | {"last_submission_id": 4}, any_plan) is None
    assert forecast_runs.begin_run(engine, HEAD | {"seed": 8}) == (run_id + 1, False)
