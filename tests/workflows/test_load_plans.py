"""The thirteen plans in the store: nothing lost, nothing hidden made up, old values kept."""

import csv
import json
import shutil
from datetime import date

import pandas as pd
import pytest

import manage
from data_access.engine import make_engine
from data_access.errors import InputError
from data_access.indicators import read_indicators
from data_access.plans import (
    read_actions,
    read_plan_health_cells,
    read_plan_programmes,
    read_plan_services,
    read_plan_tasks,
    read_plans,
    read_target_history,
    read_targets,
)
from workflows.packs import PACKS, built_in_packs, load_plans

TODAY = date(2026, 11, 15)
# counted in the plans' own texts, before anything of this program was written
PUBLISHED = {
    "ordos-2030": {"actions": 47, "target_rows": 169, "programmes": 45, "health_cells": 18, "services": 35, "tasks": 0},
    "selfcare-county": {
        "actions": 28,
        "target_rows": 22,
        "programmes": 11,
        "health_cells": 9,
        "services": 8,
        "tasks": 0,
    },
    "shenyang-2030": {
        "actions": 88,
        "target_rows": 127,
        "programmes": 29,
        "health_cells": 24,
        "services": 39,
        "tasks": 0,
    },
    "beijing-lifestyle": {
        "actions": 20,
        "target_rows": 28,
        "programmes": 6,
        "health_cells": 21,
        "services": 4,
        "tasks": 0,
    },
    "uxin-exam": {"actions": 19, "target_rows": 5, "programmes": 11, "health_cells": 2, "services": 7, "tasks": 0},
    "nantong-2030": {
        "actions": 26,
        "target_rows": 115,
        "programmes": 33,
        "health_cells": 17,
        "services": 31,
        "tasks": 0,
    },
    "wuzhong-uplift": {
        "actions": 30,
        "target_rows": 16,
        "programmes": 11,
        "health_cells": 10,
        "services": 15,
        "tasks": 0,
    },
    "hulunbuir-fitness": {
        "actions": 17,
        "target_rows": 15,
        "programmes": 5,
        "health_cells": 2,
        "services": 11,
        "tasks": 0,
    },
    "shanghai-patriotic": {
        "actions": 7,
        "target_rows": 15,
        "programmes": 6,
        "health_cells": 17,
        "services": 8,
        "tasks": 72,
    },
    "qianjiang-patriotic": {
        "actions": 7,
        "target_rows": 26,
        "programmes": 2,
        "health_cells": 21,
        "services": 8,
        "tasks": 51,
    },
    "yuyao-health": {
        "actions": 8,
        "target_rows": 71,
        "programmes": 16,
        "health_cells": 16,
        "services": 21,
        "tasks": 111,
    },
    "cixi-health": {
        "actions": 10,
        "target_rows": 104,
        "programmes": 18,
        "health_cells": 19,
        "services": 31,
        "tasks": 141,
    },
    "national-patriotic": {
        "actions": 5,
        "target_rows": 8,
        "programmes": 2,
        "health_cells": 14,
        "services": 5,
        "tasks": 34,
    },
}
TOTALS = {"actions": 312, "target_rows": 721, "programmes": 195, "health_cells": 190, "services": 223, "tasks": 409}


@pytest.fixture(scope="module")
def loaded(migrated_sqlite, tmp_path_factory):
    """A database that has all built-in plans; only read by the tests that ask for it."""
    path = tmp_path_factory.mktemp("plans") / "kangtu.db"
    shutil.copy(migrated_sqlite, path)
    engine = make_engine(f"sqlite:///{path}")
    load_plans(engine, today=TODAY)
    yield engine
    engine.dispose()


def milestones_of(loaded, plan_id, action_id, indicator_id, rule):
    rows = read_targets(loaded, plan_id)
    return rows[(rows.action_id == action_id) & (rows.indicator_id == indicator_id) & (rows.rule == rule)]


def test_every_row_of_the_thirteen_plans_is_stored(engine):
    counts = load_plans(engine, today=TODAY).counts

    without_targets = {plan: {k: v for k, v in its.items() if k != "targets"} for plan, its in counts.items()}
    assert without_targets == PUBLISHED
    assert {name: sum(its[name] for its in counts.values()) for name in TOTALS} == TOTALS
    assert len(read_indicators(engine)) == 461


def test_loading_again_changes_nothing_and_says_so(engine):
    two = [PACKS / "uxin-exam", PACKS / "wuzhong-uplift"]
    first = load_plans(engine, two, today=TODAY)
    before = read_targets(engine)

    second = load_plans(engine, two, today=date(2027, 1, 1))

    assert first.changed == ["uxin-exam", "wuzhong-uplift"]
    assert second.changed == []
    assert second.counts == first.counts
    pd.testing.assert_frame_equal(read_targets(engine), before)


def test_rows_become_targets_with_their_milestones(loaded):
    targets = read_targets(loaded).groupby("plan_id").target_id.nunique()

    # 169 rows less 53 second milestones; 127 less 1; 115 less 39; 22 less 2; the other plans' rows stand alone
    assert targets["ordos-2030"] == 116
    assert targets["shenyang-2030"] == 126
    assert targets["nantong-2030"] == 76
    assert targets["selfcare-county"] == 20
    assert targets.sum() == 626


def rows_in_pack(plan_id, sheet):
    with (PACKS / plan_id / f"{sheet}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def shown(value):
    """A stored value as the pack writes it."""
    if pd.isna(value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def as_written(text):
    try:
        return f"{float(text):g}"
    except ValueError:
        return text


@pytest.mark.parametrize("plan_id", PUBLISHED)
def test_what_comes_back_is_what_the_pack_says(plan_id, loaded):
    stored = read_targets(loaded, plan_id)
    stored["name_zh"] = stored.text_zh.fillna(stored.name_zh)
    compared = {
        "targets": (stored, "name_zh name_en unit direction rule comparator value baseline_year scope milestone_order"),
        "actions": (
            read_actions(loaded, plan_id),
            "action_id action_no title_zh title_en lead_departments_zh summary_en",
        ),
        "programmes": (read_plan_programmes(loaded, plan_id), "programme_id sex age_min quota_count cycle note_en"),
        "health_cells": (read_plan_health_cells(loaded, plan_id), "cell_type name_zh quota quota_unit rule_en masked"),
        "services": (read_plan_services(loaded, plan_id), "standard_id name_zh value unit rule_en masked_part note_en"),
        "tasks": (read_plan_tasks(loaded, plan_id), "task_no title_zh quantity unit due responsible_departments_zh"),
    }
    for sheet, (frame, columns) in compared.items():
        columns = columns.split() + (["masked_part", "note_en", "note_zh"] if sheet == "targets" else [])
        pack = [[as_written(row[column]) for column in columns] for row in rows_in_pack(plan_id, sheet)]
        store = [[as_written(shown(value)) for value in row] for row in frame[columns].itertuples(index=False)]
        assert sorted(store) == sorted(pack), sheet


def test_health_literacy_in_2030_is_30_percent_in_ordos_and_stated(loaded):
    rows = milestones_of(loaded, "ordos-2030", "public-health-education", "health_literacy_rate", "level")

    assert rows.year.to_list() == [2022, 2030]
    assert rows.value.to_list() == [22.0, 30.0]
    assert rows.year_is_inferred.to_list() == [False, False]
    assert rows.target_id.nunique() == 1
    assert rows.source_zh.iloc[0] == "鄂府办发〔2020〕33号，1.2 开展全民健康教育"


def test_health_literacy_in_2030_is_32_percent_in_nantong_and_the_year_is_inferred(loaded):
    rows = milestones_of(loaded, "nantong-2030", "health-knowledge", "health_literacy_rate", "level")

    assert rows.year.to_list() == [2022, 2030]
    assert rows.value.to_list() == [29.0, 32.0]
    assert rows.year_is_inferred.all()
    assert rows.masked_part.to_list() == ["year", "year"]
    assert rows.note_zh.str.contains("推断").all()


def test_no_year_is_inferred_where_the_text_states_it_or_where_nothing_tells_it(loaded):
    rows = read_targets(loaded)

    assert not rows[~rows.masked_part.fillna("").str.contains("year")].year_is_inferred.any()
    inferred = rows[rows.year_is_inferred].groupby("plan_id").year.unique().map(sorted).to_dict()
    assert inferred == {
        "beijing-lifestyle": [2025],
        "cixi-health": [2023],
        "hulunbuir-fitness": [2030],
        "nantong-2030": [2022, 2030],
        "national-patriotic": [2023],
        "qianjiang-patriotic": [2023],
        "shanghai-patriotic": [2023],
        "yuyao-health": [2023],
    }
    assert rows[rows.plan_id == "wuzhong-uplift"].year.isna().all()


def test_a_hidden_value_stays_hidden(loaded):
    rows = read_targets(loaded, "shenyang-2030")
    table = rows[rows.action_id == "main-indicators"]

    assert len(table) == 17
    assert table.value.isna().all()
    assert table.year.isna().all()
    assert (table.masked_part == "value;year").all()


def test_plans_say_what_of_their_place_and_period_is_inferred(loaded):
    plans = read_plans(loaded).set_index("plan_id")

    assert set(plans.index[plans.place_is_inferred]) == {"shanghai-patriotic", "yuyao-health", "cixi-health"}
    assert not plans.loc["ordos-2030", "period_is_inferred"]
    assert plans.loc["nantong-2030", "period_is_inferred"]
    assert plans.loc["ordos-2030", "area_id"] == "150600"
    assert pd.isna(plans.loc["selfcare-county", "area_id"])


def test_a_level_and_a_trend_asked_together_are_two_targets(loaded):
    rows = read_targets(loaded, "ordos-2030")
    air = rows[rows.indicator_id == "good_air_days_ratio"]

    assert sorted(air.target_id.unique()) == [
        "ordos-2030/environment-quality/good_air_days_ratio/level",
        "ordos-2030/environment-quality/good_air_days_ratio/trend",
    ]


def test_a_range_is_two_targets_and_a_chain_of_baselines_is_one(loaded):
    centres = milestones_of(loaded, "shenyang-2030", "tcm-heritage", "regional_tcm_centres", "count_quota")
    chain = milestones_of(
        loaded, "ordos-2030", "healthy-diet", "nutrition_knowledge_awareness_rate", "change_from_baseline_relative"
    )

    assert dict(zip(centres.target_id.str.rpartition("/")[2], centres.value, strict=True)) == {
        "lower": 1.0,
        "upper": 2.0,
    }
    assert chain.target_id.nunique() == 1
    assert chain.baseline_year.to_list() == ["2019", "2022"]


def test_a_target_every_township_must_meet_says_so_in_its_id(loaded):
    rows = read_targets(loaded, "ordos-2030")

    assert "ordos-2030/infectious-endemic-control/childhood_vaccination_rate_by_township/level/each_township" in set(
        rows.target_id
    )


def test_a_target_without_departments_of_its_own_has_those_of_its_action(loaded):
    rows = read_targets(loaded, "ordos-2030")
    action = read_actions(loaded, "ordos-2030").set_index("action_id").lead_departments_zh

    assert (rows.lead_departments_zh.fillna("") == rows.action_id.map(action).fillna("")).all()
    assert action["public-health-education"] == "市卫生健康委员会"


def test_a_better_rank_is_a_smaller_number(loaded):
    ranks = read_targets(loaded)
    ranks = ranks[ranks.unit == "rank"]

    assert len(ranks) == 3
    assert (ranks.direction == "lower_is_better").all()


@pytest.fixture
def plan(tmp_path):
    """Writes the self-management plan with changes, as a bureau would edit it; returns its folder."""
    folder = tmp_path / "selfcare-county"
    shutil.copytree(PACKS / "selfcare-county", folder)

    def edit(sheet, changes):
        path = folder / f"{sheet}.csv"
        text = path.read_text(encoding="utf-8-sig")
        for before, after in changes.items():
            assert before in text
            text = text.replace(before, after)
        path.write_text(text, encoding="utf-8-sig")
        return folder

    edit("plan", {})
    return edit


COVERAGE = "selfcare-county/overall-goals/selfcare_village_coverage/unit_coverage"
IN_2026 = "unit_coverage,>=,100,2026"


def test_a_changed_value_is_a_new_version_and_the_old_one_stays(engine, plan):
    load_plans(engine, [plan("plan", {})], today=date(2024, 1, 1))

    load_plans(engine, [plan("targets", {IN_2026: IN_2026.replace("100", "95")})], today=date(2025, 3, 1))

    history = read_target_history(engine, COVERAGE)
    assert history[history.year == 2026].value.to_list() == [100.0, 95.0]
    assert read_targets(engine, on=date(2025, 2, 28)).set_index(["target_id", "year"]).value[COVERAGE, 2026] == 100.0
    assert read_targets(engine, on=date(2025, 3, 1)).set_index(["target_id", "year"]).value[COVERAGE, 2026] == 95.0
    assert len(read_targets(engine)) == 22


def test_a_revision_is_dated_by_the_plan_where_it_says_so(engine, plan):
    load_plans(engine, [plan("plan", {})], today=date(2024, 1, 1))
    header, row = (plan("plan", {}) / "plan.csv").read_text(encoding="utf-8-sig").splitlines()[:2]
    revised = dict(zip(*csv.reader([header, row]), strict=True)) | {
        "revised_on": "2024-12-01",
        "revision_note": "2024年度评估后调整",
    }
    with (plan("plan", {}) / "plan.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(revised))
        writer.writeheader()
        writer.writerow(revised)

    load_plans(engine, [plan("targets", {IN_2026: IN_2026.replace("100", "95")})], today=date(2025, 3, 1))

    newest = read_target_history(engine, COVERAGE).iloc[-1]
    assert newest.in_force_from == pd.Timestamp("2024-12-01")
    assert newest.revision_note == "2024年度评估后调整"


def test_better_wording_is_no_new_version(engine, plan):
    load_plans(engine, [plan("plan", {})], today=date(2024, 1, 1))

    load_plans(engine, [plan("targets", {"设点村（社区）覆盖率": "设点村（社区）比例"})], today=date(2025, 3, 1))

    history = read_target_history(engine, COVERAGE)
    assert history.version.unique().tolist() == [1]
    assert history.name_zh.iloc[0] == "设点村（社区）比例"


def test_one_bad_row_and_nothing_at_all_is_written(engine, plan):
    bad = plan("targets", {IN_2026: IN_2026.replace("100", "1000")})

    with pytest.raises(InputError) as refused:
        load_plans(engine, [PACKS / "uxin-exam", bad], today=TODAY)

    assert "selfcare-county/targets.csv第 8 行，“value”列：目标值 1000 不在 0—100 之间" in str(refused.value)
    assert str(refused.value).endswith("本次共 1 行有误，所有方案包均未写入。")
    assert read_plans(engine).empty
    assert read_indicators(engine).empty


def test_the_same_plan_twice_is_refused(engine, plan):
    with pytest.raises(InputError, match=r"第 2 行.*方案编号“selfcare-county”在 selfcare-county 中已有"):
        load_plans(engine, [plan("plan", {}), PACKS / "selfcare-county"], today=TODAY)


def test_a_plan_may_bring_indicators_of_its_own(engine, plan):
    folder = plan("targets", {"selfcare_village_coverage": "my_own_coverage"})
    (folder / "indicators.csv").write_text(
        "指标编号,名称,单位,方向\nmy_own_coverage,本县覆盖率,percent,越高越好\n", encoding="utf-8"
    )

    load_plans(engine, [folder], today=TODAY)

    own = read_indicators(engine).set_index("indicator_id").loc["my_own_coverage"]
    assert (own.upper_bound, own.decimals, own.within_year) == (100.0, 1, "level")


def test_the_command_prints_one_json_document(database_url, monkeypatch, capsys):
    monkeypatch.setenv("KANGTU_DATABASE_URL", database_url)

    status = manage.main(["load-plans", "--json", str(PACKS / "uxin-exam")])

    expected = PUBLISHED["uxin-exam"] | {"targets": 5}
    assert (status, json.loads(capsys.readouterr().out)) == (0, {"uxin-exam": expected})


def test_a_database_that_is_not_made_yet_is_told_to_be_made_first(blank_database_url, monkeypatch, capsys):
    monkeypatch.setenv("KANGTU_DATABASE_URL", blank_database_url)

    assert manage.main(["load-plans"]) == 1
    assert "请先运行 manage.py init-db" in capsys.readouterr().err


def test_there_are_thirteen_packs():
    assert [path.name for path in built_in_packs()] == sorted(PUBLISHED)


def test_the_second_branch_of_a_rule_names_the_first(loaded):
    rows = read_targets(loaded, "beijing-lifestyle").set_index("indicator_id")

    assert rows.either_with["healthy_community_new_per_year"] == "healthy_community_coverage"
    assert rows.applies_from["healthy_community_new_per_year"] == 40
    assert rows.either_with.notna().sum() == 1
