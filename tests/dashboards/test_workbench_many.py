"""Many series at once, approval, and what past adjustments were worth; the analysts' list in its further orders."""

import json

import pytest

from dashboards import data
from data_access import adjustments, tables
from data_access.engine import writing
from tests.dashboards.asking import page, rows, text
from tests.dashboards.test_workbench import FIRST, SECOND, become, bench, call, keep, output_of  # noqa: F401 - a fixture

ABOUT = {"plan": "test-2030", "by": "indicator", "area": "150600", "indicator": "smoking_15plus"}
MANY = {"kind": "hold", "rate": None, "rate-unit": "points", "begins": "2026", "share": 50}


def fields() -> list[dict]:
    return [{"id": f"many-{name}", "property": "value", "value": value} for name, value in MANY.items()]


def look(client):
    state = [{"id": "many-about", "property": "data", "value": ABOUT}, *fields()]
    pressed = [{"id": "many-look", "property": "n_clicks", "value": 1}]
    return call(
        client, output_of(client, "many-listed.children", "many-message.children"), pressed, state, "many-look.n_clicks"
    )


def step(client, which: str, seen: str, note: str | None = None):
    button = {"type": "adjustment-step", "step": which, "seen": seen}
    name = json.dumps(button, sort_keys=True, separators=(",", ":")) + ".n_clicks"
    key = {"type": "adjustment-note", "key": seen.split(":")[0]}
    state = [[{"id": key, "property": "value", "value": note}], [{"id": key, "property": "id", "value": key}]]
    inputs = [[{"id": button, "property": "n_clicks", "value": 1}]]
    answer = call(client, output_of(client, "adjustment-done.data"), inputs, state, name)
    return answer.json["response"]


def states() -> list[str]:
    return adjustments.read_adjustments(data.engine())["state"].tolist()


def test_many_series_are_listed_with_both_medians_and_those_it_does_not_fit_with_the_reason(bench):  # noqa: F811
    shown = text(look(bench).json["response"]["many-listed"]["children"])

    assert "1 series fits" in shown  # of the others one year alone is known: no forecast to start from
    assert "2 series do not fit" in shown and "没有模型预测" in shown


def test_nobody_approves_their_own_even_by_a_call_made_by_hand(bench):  # noqa: F811
    keep(bench, press="submit")

    assert "须由另一人审批" in text(step(bench, "approve", "1:2")["adjustment-message"]["children"])
    assert states() == ["submitted"]


def test_another_approves_and_the_next_review_shows_both_versions(bench, monkeypatch):  # noqa: F811
    keep(bench, press="submit")
    become(monkeypatch, SECOND)
    judged = []
    monkeypatch.setattr(data.adjusting, "judge_again", lambda plan_id, day: judged.append(plan_id))
    assert step(bench, "approve", "1:2")["adjustment-done"]["data"] == {"step": "approve", "count": 1}

    assert states() == ["approved"] and judged == ["test-2030"]
    said = text(page(bench, "/adjustments"))
    assert "1 in force" in said and "to be checked again" not in said and "分析员甲" in said and "分析员乙" in said


def test_returning_needs_a_note_and_the_author_reads_it(bench, monkeypatch):  # noqa: F811
    keep(bench, press="submit")
    become(monkeypatch, SECOND)
    assert "请写明退回的理由" in text(step(bench, "return", "1:2")["adjustment-message"]["children"])
    step(bench, "return", "1:2", "请附文件依据")

    become(monkeypatch, FIRST)
    assert "请附文件依据" in text(page(bench, "/adjustments"))


def test_a_step_on_what_changed_meanwhile_is_refused(bench, monkeypatch):  # noqa: F811
    keep(bench, press="submit")
    step(bench, "withdraw", "1:2")
    become(monkeypatch, SECOND)

    assert "已有变动" in text(step(bench, "approve", "1:2")["adjustment-message"]["children"])
    assert states() == ["withdrawn"]


@pytest.mark.parametrize("seen", ["", "1", "1:2;drop", "9999999999999:1", "7:1"])
def test_a_step_with_odd_numbers_changes_nothing(bench, seen):  # noqa: F811
    keep(bench, press="submit")
    step(bench, "withdraw", seen)

    assert states() == ["submitted"]


def test_before_a_figure_has_come_nothing_is_said_of_value_added(bench):  # noqa: F811
    assert "No adjusted forecast has met its figure yet" in text(page(bench, "/adjustments/value"))


def test_the_list_says_what_was_least_foreseen_and_what_moved_most(bench):  # noqa: F811
    with writing(data.engine()) as connection:
        run = tables.judgement_runs
        earlier = {"run_id": 2, "plan_id": "test-2030", "last_submission_id": 1, "parameters": {}, "pack_hash": "a"}
        newest = connection.execute(run.select()).mappings().one()
        times = {"as_of": newest["as_of"].replace(year=2025), "started_at": newest["started_at"]}
        connection.execute(run.insert().values(earlier | times | {"finished_at": newest["finished_at"]}))
        mark = dict(
            connection.execute(tables.marks.select().where(tables.marks.c.area_id == "150621")).mappings().first()
        )
        connection.execute(tables.marks.insert().values(mark | {"run_id": 2, "p_miss": 0.33}))
        fan = dict(connection.execute(tables.forecasts.select()).mappings().first())
        foreseen = {"run_id": 2, "area_id": "150621", "time": 2025.0, "q100": 23.0, "q500": 24.0, "q900": 25.0}
        connection.execute(tables.forecasts.insert().values(fan | foreseen))
        connection.execute(
            tables.submissions.insert().values(kind="areas", received_at=newest["finished_at"], received_from="t")
        )

    missed = rows(page(bench, "/queue", "?sort=missed"))[1]
    moved = rows(page(bench, "/queue", "?sort=changed"))[1]

    assert [" ".join(cell.split()) for cell in missed[:2]] == ["Smoking rate, age 15+", "Dalad Banner"]
    assert missed[3:6] == ["26.0 % 2025", "24.0 % (23.0 to 25.0)", "2.0"]  # two points above, half the interval is one
    assert moved[5] == "+60 points"  # from 0.33 to 0.93
