from datetime import UTC, date, datetime

import pytest

from data_access.errors import InputError
from models.flag_backtest import flag_scores
from tests.workflows.forecast_store import BANNERS, PLAN, fill, submit
from workflows.flag_history import replay_flags

DAY = date(2026, 6, 30)


def test_a_past_list_knows_nothing_of_the_years_after_it(engine):
    fill(engine)
    before = replay_flags(engine, PLAN, as_of=DAY)
    submit(engine, [("screening", BANNERS[0], 2025, 10, 1000, 1.0)], datetime(2026, 5, 1, tzinfo=UTC))
    after = replay_flags(engine, PLAN, as_of=DAY)

    assert sorted(before["year"].unique()) == [2020, 2021, 2022, 2023]  # two years on there are figures
    lists = ["target_id", "area_id", "year", "rank", "distance_rank", "was_behind"]
    assert before[lists].equals(after[lists])
    collapsed = (after["area_id"] == BANNERS[0]) & (after["year"] == 2023) & (after["target_id"] == "screening")
    assert after[collapsed]["is_behind"].tolist() == [True]
    assert flag_scores(after, ahead=2).by_rule.loc["flags", "behind_later"] >= 1


def test_a_plan_that_is_not_there_is_named(engine):
    with pytest.raises(InputError, match="no-such-plan"):
        replay_flags(engine, "no-such-plan", as_of=DAY)
