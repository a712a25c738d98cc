import json
from argparse import Namespace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert, update

from data_access import judgements
from data_access.engine import writing
from data_access.errors import InputError
from data_access.tables import actions, areas, indicators, observations, plans, submissions, target_milestones, targets
from settings import Settings
from workflows.judging import judge_plan, plans_with_area, run

PLAN = "test-2030"


def submit(engine, figures, received_on, first_id=1):
    """One submission with yearly figures: (area_id, year, cases, people) in percent."""
    with writing(engine) as connection:
        head = {"kind": "observations", "received_from": "test", "rows_read": 0, "rows_stored": 0}
        head |= {"received_at": datetime(*received_on, 4, tzinfo=UTC), "rows_unchanged": 0, "rows_refused": 0}
        submission = connection.execute(insert(submissions).values(head)).inserted_primary_key[0]
        rows = [
            {
                "indicator_id": "literacy",
                "area_id": area,
                "period": str(year),
                "time": float(year),
                "numerator": float(cases),
                "denominator": float(people),
                "value": 100 * cases / people,
                "status": "final",
                "submission_id": submission,
                "stated_by": submission,
            }
            for area, year, cases, people in figures
        ]
        connection.execute(insert(observations), rows)


@pytest.fixture
def planned(engine):
    """A prefecture of two districts and a plan: literacy 22 % in 2022, 30 % in 2030."""
    with writing(engine) as connection:
        for area_id, level, parent, name in (
            ("150600", "prefecture", None, "鄂尔多斯市"),
            ("150602", "county", "150600", "东胜区"),
            ("150621", "county", "150600", "达拉特旗"),
        ):
            row = {"area_id": area_id, "level": level, "parent_id": parent, "name_zh": name, "is_unit": True}
            connection.execute(insert(areas).values(row))
        names = {"name_zh": "居民健康素养水平", "name_en": "Health literacy"}
        row = {"indicator_id": "literacy", "unit": "percent", "lower_bound": 0, "upper_bound": 100, "decimals": 1}
        row |= {"default_direction": "higher_is_better", "within_year": "level", **names}
        connection.execute(insert(indicators).values(row))
        row = {
            "plan_id": PLAN,
            "place_zh": "鄂尔多斯",
            "place_en": "Ordos",
            "area_id": "150600",
            "kind": "outcome_plan",
        }
        row |= {"admin_level": "prefecture", **names}
        connection.execute(insert(plans).values(row))
        row = {
            "plan_id": PLAN,
            "action_id": "a",
            "action_no": "1",
            "sort_order": 1,
            "title_zh": "行动",
            "title_en": "A",
        }
        connection.execute(insert(actions).values(row))
        row = {"target_id": "t", "version": 1, "plan_id": PLAN, "action_id": "a", "indicator_id": "literacy", **names}
        row |= {
            "sort_order": 1,
            "unit": "percent",
            "direction": "higher_is_better",
            "rule": "level",
            "scope": "plan_area",
        }
        connection.execute(insert(targets).values(row))
        for position, (year, value) in enumerate(((2022, 22.0), (2030, 30.0)), 1):
            row = {
                "target_id": "t",
                "version": 1,
                "position": position,
                "year": year,
                "value": value,
                "comparator": ">=",
            }
            connection.execute(insert(target_milestones).values(row | {"year_is_inferred": False, "masked": False}))
    # 20 to 25 % in six years in both, the plan's 25 % in 2025 exactly.
    figures = [(area, year, 10 * (year - 2000), 1000) for area in ("150602", "150621") for year in range(2020, 2026)]
    submit(engine, figures, (2026, 3, 1))
    return engine


def test_a_plan_is_judged_forecast_and_stored(planned):
    facts = judge_plan(planned, PLAN, as_of=date(2026, 6, 30))
    marks = judgements.read_marks(planned, facts["run_id"]).set_index("area_id")
    fans = judgements.read_forecasts(planned, facts["run_id"])

    assert facts["is_new"]
    assert marks.status.to_dict() == {"150600": "on_course", "150602": "on_course", "150621": "on_course"}
    assert marks.observed.tolist() == pytest.approx([25, 25, 25])  # 500 of 2,000 in the prefecture
    assert "rolled_up" in marks.loc["150600", "reason"]
    assert marks.p_miss_basis.tolist() == ["full"] * 3
    assert sorted(fans.time.unique()) == [2026, 2027, 2028, 2029, 2030]
    assert (fans.q025 <= fans.q975).all()


def test_nothing_changed_means_nothing_is_judged_again(planned):
    first = judge_plan(planned, PLAN, as_of=date(2026, 6, 30))
    second = judge_plan(planned, PLAN, as_of=date(2026, 6, 30))

    assert (second["run_id"], second["is_new"]) == (first["run_id"], False)


def test_a_review_of_the_past_sees_only_what_had_been_reported(planned):
    before = judge_plan(planned, PLAN, as_of=date(2026, 6, 30))
    submit(planned, [("150602", 2026, 100, 1000)], (2027, 2, 1))
    after = judge_plan(planned, PLAN, as_of=date(2026, 6, 30))
    now = judge_plan(planned, PLAN, as_of=date(2027, 6, 30))

    def periods(facts):
        return judgements.read_marks(planned, facts["run_id"]).set_index("area_id").period["150602"]

    assert (periods(before), periods(after), periods(now)) == ("2025", "2025", "2026")
    assert after["is_new"]  # a newer submission came, so the run is made anew, with the same marks


def test_the_command_prints_one_json_document(planned, capsys):
    given = Namespace(plan=PLAN, area="150621", as_of=date(2026, 6, 30), json=True)
    run("judge", given, Settings(database_url=planned.url.render_as_string(hide_password=False)))

    document = json.loads(capsys.readouterr().out)
    assert (document["plan_id"], document["counts"]) == (PLAN, {"on_course": 1})
    assert [mark["area_id"] for mark in document["marks"]] == ["150621"]


def test_an_unknown_plan_is_told_which_there_are(planned):
    with pytest.raises(InputError, match=r"没有编号为 nowhere 的方案。现有：test-2030"):
        judge_plan(planned, "nowhere", as_of=date(2026, 6, 30))


def test_without_a_plan_every_plan_whose_area_is_known_is_judged(planned):
    assert plans_with_area(planned) == [PLAN]


def change(engine, table, **values):
    with writing(engine) as connection:
        connection.execute(update(table).values(values))


def test_figures_before_the_indicators_present_definition_are_not_used(planned):
    # From 2023 on: 23, 24, 25 % are left of 20 to 25 %, and the run made before the break was known is stale.
    before = judge_plan(planned, PLAN, as_of=date(2026, 6, 30))
    change(planned, indicators, series_break="2023")
    after = judge_plan(planned, PLAN, as_of=date(2026, 6, 30))
    marks = judgements.read_marks(planned, after["run_id"]).set_index("area_id")

    assert before["run_id"] != after["run_id"]
    assert marks.p_miss_basis.tolist() == ["reference"] * 3  # three points


def test_a_definition_new_this_year_leaves_nothing_to_compare(planned):
    change(planned, indicators, series_break="2025")
    change(planned, target_milestones, year=2030, value=30.0)
    facts = judge_plan(planned, PLAN, as_of=date(2026, 6, 30))
    marks = judgements.read_marks(planned, facts["run_id"]).set_index("area_id")

    assert marks.loc["150602", ["status", "reason"]].tolist() == ["cannot_judge", "series_break"]


def test_a_target_is_held_against_an_area_outside_the_plan(planned):
    # The region stood at 26 % in 2025, the districts at 25 %.
    with writing(planned) as connection:
        row = {"area_id": "150000", "level": "province", "name_zh": "内蒙古自治区", "is_unit": True}
        connection.execute(insert(areas).values(row))
    submit(planned, [("150000", 2025, 260, 1000)], (2026, 3, 2))
    change(planned, targets, benchmark_area_id="150000")
    change(planned, target_milestones, value=None)
    facts = judge_plan(planned, PLAN, as_of=date(2026, 6, 30))
    marks = judgements.read_marks(planned, facts["run_id"]).set_index("area_id")

    assert "150000" not in marks.index
    assert marks.loc["150602", "status"] == "behind"
    assert marks.loc["150602", "gap"] == pytest.approx(-1)


def test_a_district_merged_into_another_is_added_up_before_and_not_judged(planned):
    # 150699 reported until 2022 and then went into 150602: its 10 of 100 belong to the prefecture's 2020 sum.
    with writing(planned) as connection:
        row = {"area_id": "150699", "level": "county", "parent_id": "150600", "name_zh": "原区", "is_unit": True}
        row |= {"valid_to": date(2022, 12, 31), "merged_into": "150602"}
        connection.execute(insert(areas).values(row))
    submit(planned, [("150699", year, 700, 1000) for year in (2020, 2021, 2022)], (2026, 3, 2))
    change(planned, targets, rule="change_from_baseline_relative")
    change(planned, target_milestones, value=10.0, baseline_year="2020", year=2030)
    facts = judge_plan(planned, PLAN, as_of=date(2026, 6, 30))
    marks = judgements.read_marks(planned, facts["run_id"]).set_index("area_id")

    assert "150699" not in marks.index
    assert marks.loc["150600", "baseline_value"] == pytest.approx(100 * (200 + 200 + 700) / 3000)
    assert marks.loc["150602", "baseline_value"] == pytest.approx(20)  # its own series stays as reported
