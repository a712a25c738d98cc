import json
from argparse import Namespace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from data_access.errors import InputError
from settings import Settings
from tests.workflows.test_judge_plan import PLAN, planned  # noqa: F401 - planned is a fixture
from workflows.backtesting import drawn, replay_plan, run, sizes

AS_OF = date(2026, 11, 15)


def test_past_forecasts_are_made_from_the_store_and_held_against_what_was_reported(planned):  # noqa: F811
    doing = []
    made = replay_plan(planned, PLAN, as_of=AS_OF, progress=lambda share, words: doing.append(share))

    # two districts and the prefecture, which is their sum, from 20 % in 2020 to 25 % in 2025
    assert made.groupby("origin")["horizon"].agg(list).map(sorted).to_dict() == {
        2022: [1, 1, 1, 2, 2, 2, 3, 3, 3],
        2023: [1, 1, 1, 2, 2, 2],
        2024: [1, 1, 1],
    }
    at_home = made[(made["area_id"] == "150600") & (made["origin"] == 2022) & (made["horizon"] == 1)].iloc[0]
    assert (at_home["last"], at_home["actual"], at_home["size"]) == (22.0, 23.0, 2000.0)
    assert doing == sorted(doing) and doing[-1] == 1.0


def test_only_what_was_known_by_the_day_is_replayed(planned):  # noqa: F811
    assert replay_plan(planned, PLAN, as_of=date(2025, 12, 31)).empty


def test_the_command_prints_one_json_document_with_the_rule_in_words(planned, capsys):  # noqa: F811
    arguments = Namespace(plan=PLAN, as_of=AS_OF, most_series=None, keep=False, json=True)
    run("backtest", arguments, Settings(database_url=planned.url.render_as_string(hide_password=False)))
    printed = capsys.readouterr()
    found = json.loads(printed.out)

    assert (found["plan_id"], found["forecasts"], found["first_origin"], found["last_origin"]) == (PLAN, 18, 2022, 2024)
    assert found["by_indicator"][0]["verdict"] == "too_few"  # 18 are less than 30
    assert found["rule"]["switched_off_above"] == 1.05
    assert "应停用" in found["rule"]["verdicts"]["last_value"]["zh"]
    assert sum(row["forecasts"] for row in found["calibration"]["all"]) == 18
    assert "100%" in printed.err


def test_a_plan_without_four_years_of_figures_is_told_what_is_missing(planned, capsys):  # noqa: F811
    arguments = Namespace(plan=PLAN, as_of=date(2025, 12, 31), most_series=None, keep=False, json=False)
    run("backtest", arguments, Settings(database_url=planned.url.render_as_string(hide_password=False)))

    assert "至少要有四个年度的数据" in capsys.readouterr().out


def test_to_replay_no_series_at_all_is_refused(planned):  # noqa: F811
    arguments = Namespace(plan=None, as_of=None, most_series=0, json=False)
    with pytest.raises(InputError, match="1 或更大"):
        run("backtest", arguments, Settings(database_url=planned.url.render_as_string(hide_password=False)))


def test_an_unknown_plan_is_refused_by_name(planned):  # noqa: F811
    with pytest.raises(InputError, match="没有编号为 nowhere 的方案"):
        replay_plan(planned, "nowhere", as_of=AS_OF)


def test_of_very_many_series_whole_areas_are_drawn_and_the_plans_own_is_among_them():
    areas = np.repeat([f"{nth:03d}" for nth in range(100)], 3)
    history = pd.DataFrame({"area_id": areas, "series_id": [f"s{nth}" for nth in range(300)]})
    few = drawn(history, "001", 60)

    assert few["area_id"].nunique() == 21
    assert "001" in set(few["area_id"])
    assert few.groupby("area_id").size().eq(3).all()
    assert len(drawn(history, "001", 300)) == 300


def test_a_figure_without_a_denominator_has_its_areas_newest_population():
    history = pd.DataFrame({"area_id": ["a", "a", "b"], "denominator": [50.0, np.nan, 0.0]})
    persons = pd.DataFrame({"area_id": ["a", "a"], "year": [2024, 2020], "persons": [900.0, 700.0]})

    assert sizes(history, persons).tolist()[:2] == [50.0, 900.0]
    assert np.isnan(sizes(history, persons)[2])
