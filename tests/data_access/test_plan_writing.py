from datetime import date

import pandas as pd
import pytest

from data_access import plans
from data_access.engine import writing
from data_access.plan_writing import write_plan
from data_access.registers import write_register

PLAN = {
    "plan_id": "ordos-2030",
    "name_zh": "健康鄂尔多斯行动实施方案",
    "name_en": "Healthy Ordos",
    "place_zh": "鄂尔多斯市",
    "place_en": "Ordos",
    "admin_level": "prefecture",
    "kind": "outcome_plan",
    "issued": date(2020, 3, 25),
}
ACTIONS = pd.DataFrame(
    [["literacy", "1", 1, "健康知识普及行动", "Health knowledge"], ["diet", "2", 2, "合理膳食行动", "Diet"]],
    columns=["action_id", "action_no", "sort_order", "title_zh", "title_en"],
)
INDICATORS = pd.DataFrame(
    [["health_literacy", "居民健康素养水平", "Health literacy"], ["salt", "人均每日食盐摄入量", "Salt"]],
    columns=["indicator_id", "name_zh", "name_en"],
).assign(unit="percent", default_direction="hold")
TARGETS = pd.DataFrame(
    [["literacy/health_literacy", "literacy", "health_literacy", 1], ["diet/salt", "diet", "salt", 2]],
    columns=["target_id", "action_id", "indicator_id", "sort_order"],
).assign(
    name_zh="指标", name_en="Target", unit="percent", direction="higher_is_better", rule="level", scope="plan_area"
)
MILESTONES = pd.DataFrame(
    [
        ["literacy/health_literacy", 1, 2022, 22.0],
        ["literacy/health_literacy", 2, 2030, 30.0],
        ["diet/salt", 1, 2030, 5.0],
    ],
    columns=["target_id", "position", "year", "value"],
).assign(comparator=">=")
NOTHING = pd.DataFrame()
PROGRAMME = {"programme_id": "exam", "position": 1, "name_zh": "体检", "name_en": "Exam", "quota_count": 500.0}


@pytest.fixture
def store(engine):
    """Stores the plan with what a test changes in it."""
    with writing(engine) as connection:
        write_register(connection, "indicators", INDICATORS, None)

    def write(pack_hash, milestones=MILESTONES, targets=TARGETS, actions=ACTIONS, **more):
        frames = {"actions": actions, "targets": targets, "milestones": milestones, "programmes": NOTHING}
        frames |= {"health_cells": NOTHING, "services": NOTHING, "tasks": NOTHING} | more
        with writing(engine) as connection:
            return write_plan(connection, PLAN | {"pack_hash": pack_hash}, **frames)

    return write


def values(engine, **question):
    """(target_id, year) -> value."""
    read = plans.read_targets(engine, "ordos-2030", **question)
    return dict(zip(zip(read["target_id"], read["year"], strict=True), read["value"], strict=True))


def with_literacy_of_2030(value):
    return MILESTONES.assign(value=[22.0, value, 5.0])


WITHOUT_SALT = {"targets": TARGETS.iloc[:1], "milestones": MILESTONES.iloc[:2]}
LITERACY_2030 = ("literacy/health_literacy", 2030)


def test_a_target_has_a_row_for_each_milestone_in_the_documents_order(engine, store):
    assert store("a")

    read = plans.read_targets(engine, "ordos-2030")
    assert {name: str(dtype) for name, dtype in read.dtypes.items()} == plans.TARGETS
    assert read[["target_id", "position", "year", "value"]].values.tolist() == [
        ["literacy/health_literacy", 1, 2022, 22.0],
        ["literacy/health_literacy", 2, 2030, 30.0],
        ["diet/salt", 1, 2030, 5.0],
    ]
    assert read["version"].tolist() == [1, 1, 1]
    assert read["in_force_from"][0].date() == date(2020, 3, 25)  # the day the plan was issued
    assert read["masked"].tolist() == [False, False, False]


def test_loading_the_same_pack_again_does_nothing(store):
    store("a")

    assert not store("a")


def test_a_corrected_pack_replaces_what_was_stored(engine, store):
    store("a", programmes=pd.DataFrame([PROGRAMME, PROGRAMME | {"programme_id": "old"}]))

    store("b", with_literacy_of_2030(31.0), programmes=pd.DataFrame([PROGRAMME | {"quota_count": 600.0}]))

    assert values(engine)[LITERACY_2030] == 31.0
    assert plans.read_targets(engine)["version"].max() == 1
    assert plans.read_plan_programmes(engine, "ordos-2030")["quota_count"].tolist() == [600.0]


def test_a_revision_leaves_the_old_value_in_force_until_the_day_before(engine, store):
    store("a")

    store("b", with_literacy_of_2030(32.0), revised_on=date(2025, 7, 1), revision_note="中期评估")

    assert values(engine, on=date(2025, 6, 30))[LITERACY_2030] == 30.0
    assert values(engine, on=date(2025, 7, 1))[LITERACY_2030] == 32.0
    assert values(engine)[LITERACY_2030] == 32.0
    history = plans.read_target_history(engine, "literacy/health_literacy")
    assert history["version"].tolist() == [1, 1, 2, 2]
    assert history["revision_note"].tolist()[2:] == ["中期评估", "中期评估"]


def test_a_target_that_a_revision_left_alone_keeps_its_version(engine, store):
    store("a")

    store("b", with_literacy_of_2030(32.0), revised_on=date(2025, 7, 1))

    assert plans.read_target_history(engine, "diet/salt")["version"].tolist() == [1]


def test_correcting_a_revised_pack_makes_no_further_version(engine, store):
    store("a")
    store("b", with_literacy_of_2030(32.0), revised_on=date(2025, 7, 1))

    store("c", with_literacy_of_2030(33.0), revised_on=date(2025, 7, 1))

    assert plans.read_target_history(engine, "literacy/health_literacy")["value"].tolist() == [22.0, 30.0, 22.0, 33.0]


def test_a_change_of_wording_makes_no_version(engine, store):
    store("a")

    store("b", targets=TARGETS.assign(name_en="Better words"), revised_on=date(2025, 7, 1))

    assert plans.read_targets(engine)["name_en"].unique().tolist() == ["Better words"]
    assert plans.read_targets(engine)["version"].max() == 1


def test_a_target_that_a_revision_drops_ends_and_stays_readable(engine, store):
    store("a")

    store("b", actions=ACTIONS.iloc[:1], revised_on=date(2025, 7, 1), **WITHOUT_SALT)

    assert ("diet/salt", 2030) not in values(engine)
    assert values(engine, on=date(2025, 6, 30))[("diet/salt", 2030)] == 5.0


def test_a_target_that_comes_back_gets_a_new_version(engine, store):
    store("a")
    store("b", revised_on=date(2025, 7, 1), **WITHOUT_SALT)

    store("c", revised_on=date(2026, 7, 1))

    assert ("diet/salt", 2030) in values(engine)
    assert ("diet/salt", 2030) not in values(engine, on=date(2026, 1, 1))


def test_a_target_that_a_correction_drops_is_gone(engine, store):
    store("a")

    store("b", **WITHOUT_SALT)

    assert plans.read_target_history(engine, "diet/salt").empty


def test_a_target_new_in_a_revision_is_in_force_from_its_day(engine, store):
    store("a", **WITHOUT_SALT)

    store("b", revised_on=date(2025, 7, 1))

    assert ("diet/salt", 2030) not in values(engine, on=date(2025, 6, 30))
    assert ("diet/salt", 2030) in values(engine, on=date(2025, 7, 1))
