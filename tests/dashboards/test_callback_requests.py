"""Calls that no page sends: a fault of the caller, said with 400; never a fault of ours."""

import json
import logging

import pytest

from dashboards import adjustment_steps
from dashboards import workbench_form as form
from dashboards.callback_requests import is_a, names
from dashboards.pages.forecasts import workbench
from tests.dashboards.asking import CALLBACKS, ROUTER

ODD = ({}, [], [["x"]], "x", "\x00", -1, 10**30)


def well_formed(output, expected):
    """A request of the shape the page sends, all values missing."""

    def part(wanted):
        ident, is_pattern = wanted["id"], False
        if ident.startswith("{"):
            is_pattern = '["ALL"]' in ident
            ident = {key: "x" if isinstance(one, list) else one for key, one in json.loads(ident).items()}
        value = "/" if wanted["property"] == "pathname" else None
        one = {"id": ident, "property": wanted["property"], "value": value}
        return [one] if is_pattern else one

    outputs = [part(wanted) for wanted in expected.outputs]
    return {
        "output": output,
        "outputs": outputs if expected.is_list else (outputs or [None])[0],
        "inputs": [part(wanted) for wanted in expected.inputs],
        "state": [part(wanted) for wanted in expected.state],
        "changedPropIds": [],
    }


def test_no_value_makes_the_server_fail_or_log_a_fault_of_its_own(small_site, app, caplog):
    expected = app.server.config["KANGTU_GUARD"].expected
    assert len(expected) > 5
    fell = []
    for output, one in expected.items():
        body = well_formed(output, one)
        assert small_site.post(CALLBACKS, json=body).status_code < 400, output
        for kind in ("inputs", "state"):
            for place in range(len(body[kind])):
                for odd in ODD:
                    made = json.loads(json.dumps(body))
                    part = made[kind][place]
                    (part[0] if isinstance(part, list) else part)["value"] = odd
                    answer = small_site.post(CALLBACKS, json=made)
                    if answer.status_code >= 500 or any(one.levelno >= logging.ERROR for one in caplog.records):
                        fell.append((output[:60], kind, body[kind][place], odd))
                    caplog.clear()
    assert fell == []


SERIES = {"plan": "test-2030", "indicator": "two_cancer_screening_coverage", "area": "150622"}
FORM = {  # id -> values no form sends, with everything else as a form sends it
    workbench.STUDIED: ({**SERIES, "target": ["x"]}, {**SERIES, "plan": []}, {**SERIES, "area": "\x00"}),
    form.KIND: (["growth"], "nothing", 3),
    form.SHARE: ("half", [], True),
    form.SHOCK_WEIGHT: ("heavy", [], 7),
    form.MEMBER: ([], "x"),
    form.RATE: ("fast", []),
}


@pytest.mark.parametrize("kind", ["typed", "growth", "policy", "shock", "member", "best_quarter", "parent", "hold"])
def test_a_form_filled_in_by_hand_is_refused_in_words(small_site, app, caplog, kind):
    expected = app.server.config["KANGTU_GUARD"].expected
    forms = {output: one for output, one in expected.items() if workbench.MESSAGE in output}
    assert len(forms) == 2  # the preview and the draft
    for output, one in forms.items():
        for odd_id, odds in FORM.items():
            for odd in odds:
                body = well_formed(output, one)
                fill(body, {workbench.STUDIED: SERIES, form.KIND: kind, form.SAVE: 1} | {odd_id: odd})
                assert small_site.post(CALLBACKS, json=body).status_code < 500, (output, odd_id, odd)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def fill(body, values):
    for part in (*body["inputs"], *body["state"]):
        if isinstance(part, dict) and part["id"] in values:
            part["value"] = values[part["id"]]


@pytest.mark.parametrize("changed", ["{.n_clicks", "{}x.n_clicks", "{" * 5000])
def test_a_call_whose_trigger_cannot_be_read_is_refused(client, app, changed):
    body = well_formed(ROUTER, app.server.config["KANGTU_GUARD"].expected[ROUTER])

    assert client.post(CALLBACKS, json=body).status_code == 200
    assert client.post(CALLBACKS, json=body | {"changedPropIds": [changed]}).status_code == 400


@pytest.mark.parametrize("seen", ["999999999999:999999999999", "0:0", "1:1,1:2", "x", ":", "9" * 40 + ":1"])
def test_a_step_on_what_is_not_there_is_refused(small_site, app, caplog, seen):
    guard = app.server.config["KANGTU_GUARD"]
    output = next(output for output in guard.expected if output.startswith(f"..{adjustment_steps.MESSAGE}.children"))
    body = well_formed(output, guard.expected[output])
    clicked = {"type": adjustment_steps.STEP, "step": "approve", "seen": seen}
    body["inputs"] = [[{"id": clicked, "property": "n_clicks", "value": 1}]]
    body["changedPropIds"] = [json.dumps(clicked, sort_keys=True, separators=(",", ":")) + ".n_clicks"]
    assert small_site.post(CALLBACKS, json=body).status_code < 400
    body["state"] = [[], [{"id": {"type": adjustment_steps.NOTE, "key": "1"}, "property": "id", "value": {}}]]
    assert small_site.post(CALLBACKS, json=body).status_code < 500
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_a_call_names_the_outputs_and_inputs_that_were_declared(client, app):
    expected = app.server.config["KANGTU_GUARD"].expected
    for output, one in expected.items():
        whole = well_formed(output, one)
        for change in ("outputs", "inputs"):
            body = json.loads(json.dumps(whole))
            part = body[change]
            while isinstance(part, list) and part:
                part = part[0]
            if isinstance(part, dict):
                part["id"] = "another"
                assert client.post(CALLBACKS, json=body).status_code == 400, (output, change)
    body = well_formed(ROUTER, expected[ROUTER])
    body["inputs"][0]["value"] = ["/"]
    assert client.post(CALLBACKS, json=body).status_code == 400


def test_an_id_with_wildcards_fits_those_of_its_kind_only():
    wanted = {"id": '{"key":["ALL"],"type":"choice"}', "property": "value"}

    assert names([{"id": {"key": "a", "type": "choice"}, "property": "value"}], wanted)
    assert names([], wanted)
    for other in ({"key": "a", "type": "x"}, {"key": ["a"], "type": "choice"}, {"type": "choice"}, "choice", None, 7):
        assert not names([{"id": other, "property": "value"}], wanted)
    assert not names({"id": "choice", "property": "href"}, {"id": "choice", "property": "value"})


@pytest.mark.parametrize(
    ("value", "hint", "fits"),
    [
        ("x", str, True),
        (1, str, False),
        (True, int, False),
        (2**60, int, False),
        (1, float, True),
        (float("nan"), float, False),
        (["a"], list[str], True),
        (["a", 1], list[str] | None, False),
        ({"a": 1}, dict, True),
        ([], dict, False),
        ({"a": ["x"]}, dict[str, list[str]], True),
        ({"a": "x"}, dict[str, list[str]], False),
        (None, dict, True),
    ],
)
def test_a_value_is_held_against_the_annotation_of_its_parameter(value, hint, fits):
    assert is_a(value, hint) is fits
