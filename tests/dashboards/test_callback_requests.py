"""Calls that no page sends: a fault of the caller, said with 400; never a fault of ours."""

import json

import pytest

from dashboards.callback_requests import is_a, names
from tests.dashboards.asking import CALLBACKS, ROUTER

ODD = ({}, [], [["x"]], "x", "\x00", -1, 10**30)


def well_formed(output, expected):
    """A request of the shape the page sends, all values missing."""

    def part(wanted):
        ident, is_pattern = wanted["id"], False
        if ident.startswith("{"):
            is_pattern = '["ALL"]' in ident
            ident = {key: "x" if isinstance(one, list) else one for key, one in json.loads(ident).items()}
        one = {"id": ident, "property": wanted["property"], "value": None}
        return [one] if is_pattern else one

    outputs = [part(wanted) for wanted in expected.outputs]
    return {
        "output": output,
        "outputs": outputs if expected.is_list else (outputs or [None])[0],
        "inputs": [part(wanted) for wanted in expected.inputs],
        "state": [part(wanted) for wanted in expected.state],
        "changedPropIds": [],
    }


def test_no_value_makes_the_server_fail(small_site, app):
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
                    if small_site.post(CALLBACKS, json=made).status_code >= 500:
                        fell.append((output[:60], kind, body[kind][place], odd))
    assert fell == []


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
