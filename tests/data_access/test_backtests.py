from datetime import date

import pandas as pd

from data_access.backtests import read_backtest, read_backtest_head, write_backtest
from data_access.engine import writing

FORECASTS = pd.DataFrame({"area_id": ["150602", "150622"], "mase": [0.25, float("nan")], "missed": [True, False]})
FLAGS = pd.DataFrame({"area_id": ["150602"], "year": [2024], "rank": [1.0], "was_behind": [False]})


def test_a_plan_has_one_back_test_the_newest_with_every_row_as_it_was(engine):
    for day in (date(2026, 6, 30), date(2026, 11, 15)):
        with writing(engine) as connection:
            write_backtest(connection, "p", as_of=day, last_submission_id=3, forecasts=FORECASTS, flags=FLAGS)

    assert read_backtest_head(engine, "p")["as_of"] == date(2026, 11, 15)
    assert read_backtest_head(engine, "p")["made_at"].tzinfo is not None
    pd.testing.assert_frame_equal(read_backtest(engine, "p", "forecasts"), FORECASTS.astype({"mase": "float32"}))
    assert read_backtest(engine, "p", "flags")["was_behind"].tolist() == [False]


def test_a_plan_nobody_has_tested_has_none(engine):
    assert read_backtest_head(engine, "p") is None
    assert read_backtest(engine, "p", "flags") is None
