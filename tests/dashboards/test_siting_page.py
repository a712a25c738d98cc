"""The siting page on a store that can be counted by hand (tests/workflows/siting_store.py)."""

import json

import pytest

from dashboards.app import create_app
from dashboards.siting_form import points_of
from data_access import jobs, scenarios
from data_access.engine import writing
from data_access.tables import plans
from tests.dashboards import small_store
from tests.dashboards.asking import CALLBACKS, of_type, page, text
from tests.workflows import siting_store
from workflows.jobs import run_job

FORM = {
    "model": "mclp",
    "count": 1,
    "radius": 12,
    "group": "all",
    "candidates": "seats",
    "standing": "none",
    "lock": [],
    "forbid": [],
    "added": "",
    "area": "150699",
}


@pytest.fixture
def site(empty_store):
    """(the browser, the store's engine, its settings)."""
    settings, engine = empty_store
    small_store.fill(engine)
    siting_store.fill(engine)
    with writing(engine) as connection:
        connection.execute(plans.update().values(area_id="150600"))
    return create_app(settings, engine).server.test_client(), engine, settings


def call(client, output, inputs, state=()):
    """What one callback answers: the outputs' props by id."""
    pairs = [part.rsplit(".", 1) for part in output.strip(".").split("...")]
    outputs = [{"id": ident, "property": prop} for ident, prop in pairs]
    as_sent = [[{"id": i, "property": p, "value": v} for i, p, v in some] for some in (inputs, state)]
    body = {"output": output, "outputs": outputs if len(outputs) > 1 else outputs[0], "inputs": as_sent[0]}
    body |= {"state": as_sent[1], "changedPropIds": [f"{inputs[0][0]}.{inputs[0][1]}"]}
    answer = client.post(CALLBACKS, json=body, headers={"Referer": "http://localhost/siting?lang=zh"})
    return answer.json["response"] if answer.status_code == 200 else answer.status_code


def output_of(client, *ends):
    """The callback's whole output id, by the props it writes: those with a hash are not known beforehand."""
    known = json.loads(client.get("/_dash-dependencies").text)
    return next(one["output"] for one in known if all(end in one["output"] for end in ends))


def start(client, **changed):
    asked = FORM | changed
    state = [(f"siting-{name}", "data" if name == "area" else "value", value) for name, value in asked.items()]
    return call(client, output_of(client, "siting-job.data"), [("siting-run", "n_clicks", 1)], state)


def test_the_worked_example_stands_answered_with_value_bound_and_what_is_out_of_reach(site):
    client, _engine, _settings = site
    # the plan's question: 25 in all, 30 km, the central hospital stays; four candidates only, so it is refused in words
    shown = text(page(client, "/siting", language="zh"))

    assert "设点个数 p 为 25，但可选的候选点只有 4 个" in shown


def test_a_question_becomes_a_job_then_an_answer_then_a_scenario_others_can_open(site):
    client, engine, settings = site
    job_id = start(client)["siting-job"]["data"]
    run_job(engine, settings, job_id)

    shown = page(client, "/siting", f"?job={job_id}", language="zh")
    assert "1个点、12公里内可覆盖70.0%的人口" in text(of_type(shown, "H1"))
    assert "目标值700人 = 界700人" in text(shown)
    assert "4个乡镇中2个未覆盖" in text(shown)

    saving = output_of(client, "siting-saved.children")
    state = [("siting-name", "value", "一个点"), ("siting-shown", "data", {"job": job_id})]
    call(client, saving, [("siting-save", "n_clicks", 1)], state)
    kept = scenarios.read_scenarios(engine).iloc[0]
    assert kept["name"] == "一个点"
    shown = page(client, "/siting", f"?scenario={kept['scenario_id']}", language="zh")
    assert "70.0%" in text(of_type(shown, "H1")) and "保存" in text(shown)

    saved = client.get(f"/download/siting-places.csv?scenario={kept['scenario_id']}&lang=zh").data.decode("utf-8-sig")
    assert [line.split(",")[0] for line in saved.splitlines()[1:]] == [
        "一街道（示意）",
        "二镇（示意）",
        "三镇（示意）",
        "四苏木（示意）",
    ]
    points = json.loads(client.get(f"/download/siting.geojson?scenario={kept['scenario_id']}").data)
    assert [point["properties"]["kind"] for point in points["features"]] == ["site", *["township"] * 4]


def test_two_saved_scenarios_stand_beside_each_other(site):
    client, engine, settings = site
    kept = []
    for count in (1, 2):
        job_id = start(client, count=count)["siting-job"]["data"]
        run_job(engine, settings, job_id)
        state = [("siting-name", "value", f"{count} 个点"), ("siting-shown", "data", {"job": job_id})]
        call(client, output_of(client, "siting-saved.children"), [("siting-save", "n_clicks", 1)], state)
        kept.append(scenarios.read_scenarios(engine)["scenario_id"].iloc[0])

    shown = text(page(client, "/siting", f"?scenario={kept[0]}&with={kept[1]}", language="zh"))

    assert "70.0% 90.0%" in shown and "三镇" in shown


def test_a_question_without_an_answer_is_refused_before_it_becomes_a_job(site):
    client, engine, _settings = site

    refused = start(client, count=9)

    assert "只有 3 个" in text(refused["siting-message"]["children"])
    assert jobs.read_jobs(engine, owner="demo").empty


@pytest.mark.parametrize("changed", [{"area": "999999"}, {"added": "somewhere"}, {"count": "x"}, {"lock": {"a": 1}}])
def test_whatever_a_caller_sends_is_answered_in_words(site, changed):
    client, _engine, _settings = site

    answered = start(client, **changed)

    assert changed == {"lock": {"a": 1}} or text(answered["siting-message"]["children"])


def test_somebody_elses_job_and_an_unknown_scenario_are_not_there(site):
    client, engine, _settings = site
    theirs = jobs.create(engine, "siting", owner="li", scope=[], parameters={})

    for query in (f"?job={theirs}", "?scenario=no-such", "?job=no-such"):
        assert "没有这个方案" in text(page(client, "/siting", query, language="zh"))
    assert client.get(f"/download/siting.geojson?job={theirs}").status_code == 404


def test_candidates_are_typed_one_a_line_with_any_comma():
    points, wrong = points_of("新点，108.72，39.10\n\n109.5, 39.9")

    assert wrong is None
    assert [(point["lon"], point["lat"]) for point in points] == [(108.72, 39.1), (109.5, 39.9)]
    assert points[0]["name"] == "新点"
    assert points_of("北京, 39.9, 116.4")[1] and points_of("x, y, z")[1] and points_of("nowhere")[1]
