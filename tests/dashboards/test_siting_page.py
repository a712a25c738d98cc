"""The siting page on a store that can be counted by hand (tests/workflows/siting_store.py)."""

import csv
import io
import json

import geopandas
import pytest

from dashboards.app import create_app
from dashboards.siting_figures import apart
from dashboards.siting_form import points_of
from data_access import jobs, scenarios
from data_access.engine import writing
from data_access.tables import plans
from tests.dashboards import small_store
from tests.dashboards.asking import CALLBACKS, links, of_type, page, text
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


QUESTION_STATE = [
    (f"siting-{name}", "value", FORM[name]) for name in ("lock", "forbid", "added", "candidates", "standing")
]
QUESTION_STATE.append(("siting-area", "data", FORM["area"]))
SHOWN_NOTHING = ("siting-shown", "data", {})


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
    # None: an input that matches several parts of the page, of which there are none
    as_sent = [
        [{"id": one[0], "property": one[1], "value": one[2]} if one else [] for one in some] for some in (inputs, state)
    ]
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


@pytest.mark.parametrize(
    "changed",
    [
        {"area": "999999"},
        {"area": ["150699"]},
        {"added": "somewhere"},
        {"added": "x, 1e999, 1"},
        {"count": "x"},
        {"count": -1},
        {"count": 1e15},
        {"radius": -5},
        {"radius": 1e300},
        {"lock": ["no-such"]},
        {"lock": ["150699100"], "forbid": ["150699100"]},
    ],
)
def test_a_question_that_cannot_be_is_answered_in_words(site, changed, caplog):
    client, _engine, _settings = site

    answered = start(client, **changed)

    assert answered == 400 or text(answered["siting-message"]["children"])
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize("value", [["x"], {"a": 1}, [[1]], 7, True, "\x00", None])
def test_no_value_made_by_hand_is_a_fault_of_ours(site, value, caplog):
    client, _engine, _settings = site
    for field in FORM:
        start(client, **{field: value})
    for output, inputs, states in (
        ("siting-lock.value", [("siting-clicked", "data", value)], QUESTION_STATE),
        (
            "siting-lock.value",
            [("siting-clicked", "data", {"site_id": value, "lon": value, "lat": value})],
            QUESTION_STATE,
        ),
        ("siting-saved.children", [("siting-save", "n_clicks", 1)], [("siting-name", "value", value), SHOWN_NOTHING]),
        (
            "siting-saved.children",
            [("siting-save", "n_clicks", 1)],
            [("siting-name", "value", "x"), ("siting-shown", "data", value)],
        ),
        (
            "siting-name-shown.children",
            [("siting-rename", "n_clicks", 1)],
            [("siting-other-name", "value", value), SHOWN_NOTHING],
        ),
        ("siting-progress.children", [("siting-clock", "n_intervals", 1), ("siting-job", "data", value)], []),
        ("siting-cancel.title", [("siting-cancel", "n_clicks", 1)], [("siting-job", "data", value)]),
    ):
        if output == "siting-lock.value":
            inputs = [*inputs, None]
        call(client, output_of(client, output), inputs, states)

    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_somebody_elses_job_and_an_unknown_scenario_are_not_there(site):
    client, engine, _settings = site
    theirs = jobs.create(engine, "siting", owner="li", scope=[], parameters={})

    for query in (f"?job={theirs}", "?scenario=no-such", "?job=no-such"):
        assert "没有这个方案" in text(page(client, "/siting", query, language="zh"))
    assert client.get(f"/download/siting.geojson?job={theirs}").status_code == 404


def saved(client, engine, settings, name="一个点"):
    """The scenario_id of an answer that was worked out and kept."""
    job_id = start(client)["siting-job"]["data"]
    run_job(engine, settings, job_id)
    state = [("siting-name", "value", name), ("siting-shown", "data", {"job": job_id})]
    call(client, output_of(client, "siting-saved.children"), [("siting-save", "n_clicks", 1)], state)
    return scenarios.read_scenarios(engine)["scenario_id"].iloc[0]


def put(client, scenario_id, review="test-2030 2026-11-15", note="请定第26个点"):
    shown = ("siting-shown", "data", {"scenario": scenario_id})
    state = [("siting-review", "value", review), ("siting-note", "value", note), shown]
    ident = next(one for one in outputs(client) if "siting-own.children" in one and sends(client, one, "siting-put"))
    return call(client, ident, [("siting-put", "n_clicks", 1)], state)


def outputs(client):
    return [one["output"] for one in json.loads(client.get("/_dash-dependencies").text)]


def sends(client, output, ident):
    known = json.loads(client.get("/_dash-dependencies").text)
    return any(i["id"] == ident for one in known if one["output"] == output for i in one["inputs"])


def test_a_scenario_put_before_a_review_stands_on_its_pages_as_it_was(site):
    client, engine, settings = site
    scenario_id = saved(client, engine, settings)

    put(client, scenario_id)
    scenarios.rename_scenario(engine, scenario_id, "另一个名字", owner="demo")
    scenarios.remove_scenario(engine, scenario_id, owner="demo")

    for path in ("/", "/behind"):
        shown = page(client, path, language="zh")
        assert links(shown)["一个点"] == f"/siting?scenario={scenario_id}", path
        for words in (
            "700人（70.0%）",
            "最优，已证明",
            "目标值 700 人 = 界 700 人",
            "请定第26个点",
            "演示访客",
            "1个点",
        ):
            assert words.replace(" ", "") in text(shown).replace(" ", ""), (path, words)
    assert "一个点" not in text(page(client, "/", "?as_of=2020-01-01", language="zh"))


def test_nothing_is_put_before_a_review_that_there_is_not_or_by_who_may_not(site):
    client, engine, settings = site
    scenario_id = saved(client, engine, settings)

    for review in ("test-2030 2020-01-01", "no-such 2026-11-15", "2026-11-15", "", "x y"):
        assert "未能提交" in text(put(client, scenario_id, review)["siting-own"]["children"]), review
    assert scenarios.read_before_review(engine).empty


def test_its_owner_renames_a_scenario_and_takes_it_out_of_the_list(site):
    client, engine, settings = site
    scenario_id = saved(client, engine, settings)
    shown = ("siting-shown", "data", {"scenario": scenario_id})

    state = [("siting-other-name", "value", " 七个 点 "), shown]
    renamed = call(client, output_of(client, "siting-name-shown.children"), [("siting-rename", "n_clicks", 1)], state)
    assert text(renamed["siting-name-shown"]["children"]) == "七个 点"
    out = next(one for one in outputs(client) if sends(client, one, "siting-remove"))
    call(client, out, [("siting-remove", "n_clicks", None)], [shown])  # the button was laid out, nobody pressed it
    assert len(scenarios.read_scenarios(engine)) == 1
    gone = call(client, out, [("siting-remove", "n_clicks", 1)], [shown])

    assert next(iter(gone.values()))["href"] == "/siting"
    assert scenarios.read_scenarios(engine).empty
    assert "已从列表中移除" in text(page(client, "/siting", f"?scenario={scenario_id}", language="zh"))


def test_clicks_lock_forbid_free_add_and_take_away(site):
    client, _engine, _settings = site
    marked = {"lock": [], "forbid": [], "added": ""}

    def click(**at):
        state = [
            (f"siting-{name}", "value", marked.get(name, FORM[name])) for name in (*marked, "candidates", "standing")
        ]
        state.append(("siting-area", "data", FORM["area"]))
        answer = call(client, output_of(client, "siting-lock.value"), [("siting-clicked", "data", at), None], state)
        marked.update({name: answer[f"siting-{name}"]["value"] for name in marked})
        return text(answer["siting-said"]["children"])

    assert click(site_id="150699100") == "二镇已锁定。" and marked["lock"] == ["150699100"]
    assert click(site_id="150699100") == "二镇已禁用。" and (marked["lock"], marked["forbid"]) == ([], ["150699100"])
    assert click(site_id="150699100") == "二镇已解除。" and marked["forbid"] == []
    assert "已加入新增点1" in click(site_id=None, lon=0.2, lat=0.01) and marked["added"] == "新增点1, 0.20000, 0.01000"
    assert click(site_id="added-0.20000,0.01000") == "新增点1已锁定。"
    assert click(site_id="added-0.20000,0.01000") == "新增点1已移除。" and (marked["added"], marked["lock"]) == ("", [])
    assert click(site_id="no-such") == "该点现在不是候选点。"
    assert click(site_id=None, lon=200, lat=0) == "这不是地图上的位置。"


def test_what_each_further_site_adds_and_the_points_leave_as_files(site):
    client, engine, settings = site
    scenario_id = saved(client, engine, settings)

    gains = client.get(f"/download/siting-gains-table.csv?scenario={scenario_id}&lang=en").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(gains)))
    assert [(row["Sites in all"], row["People within reach"], row["More than with one site less"]) for row in rows] == [
        ("1", "700.0", ""),
        ("2", "900.0", "200.0"),
        ("3", "1000.0", "100.0"),
    ]
    content = client.get(f"/download/siting.gpkg?scenario={scenario_id}").data
    layers = {name: geopandas.read_file(io.BytesIO(content), layer=name) for name in ("sites", "places")}
    assert layers["sites"]["site_id"].tolist() == ["150699100"] and len(layers["places"]) == 4
    assert layers["places"].set_index("area_id").loc["150699101", "people"] == 200


def test_candidates_are_typed_one_a_line_with_any_comma():
    points, wrong = points_of("新点，108.72，39.10\n\n109.5, 39.9")

    assert wrong is None
    assert [(point["lon"], point["lat"]) for point in points] == [(108.72, 39.1), (109.5, 39.9)]
    assert points[0]["name"] == "新点"
    assert points_of("北京, 39.9, 116.4")[1] and points_of("x, y, z")[1] and points_of("nowhere")[1]


def test_of_places_whose_names_would_cover_each_other_the_one_with_most_people_is_named():
    places = [
        {"area_id": area_id, "lon": lon, "lat": 40.0, "people": people}
        for area_id, lon, people in (("a", 110.0, 10), ("b", 110.1, 90), ("c", 112.0, 5))
    ]
    assert apart(places, places) == {"b", "c"}  # a and b are a twentieth of the map's width apart
