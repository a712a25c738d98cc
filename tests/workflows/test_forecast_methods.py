from datetime import UTC, date, datetime

import numpy as np
import pytest

from data_access import forecast_runs
from models.forecast_pools import LAST_VALUE, POOLED
from tests.workflows.forecast_store import BANNERS, PLAN, fill, submit
from workflows.forecast_methods import decision_of_last_run, methods_in_use
from workflows.forecasting import run_forecasts

DAY = date(2026, 6, 30)
APRIL = datetime(2026, 4, 1, 4, tzinfo=UTC)


@pytest.fixture
def store(engine):
    """Screening rises steadily; mortality jumps to and fro as nobody could foresee, and then stays: last values win."""
    fill(engine)
    draw = np.random.default_rng(5)
    rows = []
    for banner in BANNERS:
        level = 5.0
        for year in range(2010, 2026):
            # a trend that turns round for all banners at once every third year
            level = level * np.exp(0.25 * (1 if (year // 3) % 2 else -1) + draw.normal(0, 0.02))
            rows.append(("mortality", banner, year, None, None, level))
    submit(engine, rows, APRIL)
    return engine


def test_an_indicator_whose_trend_keeps_turning_is_left_to_its_last_value_and_the_reason_is_kept(store):
    made = run_forecasts(store, as_of=DAY)
    decision = decision_of_last_run(store, PLAN, DAY)

    assert decision.methods == {"mortality": LAST_VALUE}
    assert decision.method_of("screening") == POOLED
    why = decision.off["mortality"]
    assert (why["ratio"] > 1.05, why["forecasts"] >= 30, why["origins"] >= 3, why["since"]) == (True, True, True, 2026)
    fans = forecast_runs.read_fans(store, made["run_id"], plan_id=PLAN, indicator_ids=["mortality"])
    assert fans.groupby("area_id")["q500"].agg(np.ptp).to_numpy() == pytest.approx(np.zeros(6))  # it stays where it is
    assert (fans["q900"] > fans["q100"]).all()


def test_the_decision_stands_until_the_year_or_the_figures_change(store):
    run_forecasts(store, as_of=DAY)
    before = decision_of_last_run(store, PLAN, DAY)
    submit(store, [("screening", BANNERS[0], 2025, 990, 1000, 99.0)], datetime(2026, 5, 1, tzinfo=UTC))

    same = methods_in_use(store, PLAN, as_of=DAY, indicator_ids=["screening", "mortality"])
    next_year = methods_in_use(store, PLAN, as_of=date(2027, 1, 10), indicator_ids=["screening", "mortality"])

    assert same == before
    assert next_year.basis["year"] == 2027
    assert next_year.off["mortality"]["since"] == 2026  # it was left to its last value already


def test_nothing_reported_decides_nothing(engine):
    assert methods_in_use(engine, "no-such-plan", as_of=DAY, indicator_ids=[]).methods == {}
