import json

import pytest

from dashboards import access
from dashboards import app as application
from dashboards.access import User, may
from tests.dashboards.asking import CALLBACKS, ROUTER, ask_page

ROUTED = [{"id": "_pages_location", "property": name, "value": ""} for name in ("pathname", "search")]


def said(answer):
    """The answer's text as a reader sees it."""
    return json.dumps(answer.json, ensure_ascii=False)


def test_every_callback_the_browser_is_told_of_has_a_permission(app, client):
    known = {spec["output"] for spec in client.get("/_dash-dependencies").json}
    permissions = app.server.config["KANGTU_GUARD"].callbacks

    assert known - set(permissions) == set()
    assert set(permissions.values()) <= set(access.PERMISSIONS)


def test_every_route_has_a_permission_or_is_refused(app, client):
    permissions = app.server.config["KANGTU_GUARD"].routes
    without = {rule.rule for rule in app.server.url_map.iter_rules()} - set(permissions)

    assert without == {"/_reload-hash", "/static/<path:filename>"}  # Dash's and Flask's own, of no use here
    assert client.get("/_reload-hash").status_code == 403
    assert client.get("/static/x").status_code == 403


def test_every_page_of_the_site_has_a_permission_and_answers(app, client):
    for page in application.PAGES["internal"]:
        declared = access.declared.pages[page]
        assert declared.permission in access.PERMISSIONS
        assert client.get(declared.path).status_code == 200


def test_a_page_is_laid_out_for_who_may_see_it(client):
    answer = ask_page(client)

    assert answer.status_code == 200
    assert "kt-page" in answer.text


def test_a_page_is_refused_to_who_may_not_see_it(client, monkeypatch):
    monkeypatch.setattr(access, "DEMO_USER", User("clerk", frozenset({"administrator"})))
    answer = ask_page(client)

    assert "您无权查看此内容" in said(answer)


def test_nobody_without_a_role_gets_even_the_frame(client, monkeypatch):
    monkeypatch.setattr(access, "DEMO_USER", User("nobody", frozenset()))

    for path in ("/", "/_dash-layout", "/_dash-dependencies"):
        assert client.get(path).status_code == 403
    assert ask_page(client).status_code == 403


def test_a_hand_made_call_of_an_output_nobody_registered_is_refused(client):
    assert client.post(CALLBACKS, json={"output": "_pages_content.children", "inputs": []}).status_code == 403
    assert client.post(CALLBACKS, json={"output": "secret.children"}).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        '"text"',
        "{}",
        "[" * 100_000,
        json.dumps({"output": ROUTER}),
        json.dumps({"output": ROUTER, "inputs": ["a", "b"]}),
        json.dumps({"output": ROUTER, "inputs": ROUTED}),
        json.dumps({"output": ROUTER, "inputs": ROUTED, "outputs": []}),
        json.dumps({"output": ROUTER, "inputs": ROUTED, "outputs": [{}], "changedPropIds": 7}),
    ],
)
def test_a_malformed_call_is_a_fault_of_the_caller(client, body):
    assert client.post(CALLBACKS, data=body, content_type="application/json").status_code == 400


def test_a_callback_that_runs_in_the_browser_is_not_answered_by_the_server(app, client):
    in_browser = app.server.config["KANGTU_GUARD"].in_browser

    assert in_browser
    for output in in_browser:
        assert client.post(CALLBACKS, json={"output": output, "outputs": [{}], "inputs": []}).status_code == 400


@pytest.mark.parametrize("path", ["/assets/none.css", "/_dash-component-suites/dash/none.js", "/no-such-page"])
def test_the_answer_that_something_is_missing_is_kept_by_nobody(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_form_post_is_no_call(client):
    assert client.post(CALLBACKS, data={"output": ROUTER}).status_code == 415


def test_a_call_from_another_site_is_refused(client):
    assert ask_page(client, headers={"Origin": "https://example.org"}).status_code == 403
    assert ask_page(client, headers={"Origin": "null"}).status_code == 403
    assert ask_page(client, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert ask_page(client, headers={"Sec-Fetch-Site": "same-site"}).status_code == 403
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert ask_page(client, headers=own).status_code == 200


def test_a_foreign_name_that_resolves_to_this_machine_is_refused(client):
    assert client.get("/", headers={"Host": "kangtu.example.org:8050"}).status_code == 403
    assert client.get("/", headers={"Host": "127.0.0.1:8050"}).status_code == 200
    assert client.get("/", headers={"Host": "[::1]:8050"}).status_code == 200


def test_another_machine_is_refused(client):
    assert client.get("/", environ_overrides={"REMOTE_ADDR": "192.168.1.20"}).status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via"])
def test_a_request_passed_on_by_a_proxy_is_refused_while_nobody_can_log_in(client, header):
    assert client.get("/", headers={header: "203.0.113.7"}).status_code == 403


def test_a_request_larger_than_any_callback_is_refused(client):
    body = json.dumps({"output": ROUTER, "inputs": "x" * 3_000_000})

    assert client.post(CALLBACKS, data=body, content_type="application/json").status_code == 413


@pytest.mark.parametrize("path", ["/", "/no-such-page", "/_dash-layout", "/assets/kangtu.css", "/download/x.csv"])
def test_every_answer_carries_the_policy(client, path):
    headers = client.get(path).headers

    assert headers["Content-Security-Policy"].startswith("default-src 'self'; script-src 'self' 'sha256-")
    assert "unsafe-eval" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_policy_names_the_hash_of_every_inline_script(client):
    import base64
    import hashlib
    import re

    answer = client.get("/")
    scripts = re.findall(r"<script[^>]*>([^<]+)</script>", answer.text)
    run = [script for script in scripts if not script.lstrip().startswith("{")]  # the configuration is data, not run
    assert run
    for script in run:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


def test_an_address_without_a_page_is_not_found_in_the_readers_language(client):
    assert client.get("/no-such-page").status_code == 404
    assert "没有这个页面" in said(ask_page(client, "/no-such-page"))
    english = {"Referer": "http://localhost/no-such-page?lang=en"}
    assert "There is no such page" in said(ask_page(client, "/no-such-page", headers=english))


def test_the_address_chooses_the_language_and_a_cookie_keeps_it(client):
    assert '<html lang="zh-CN"' in client.get("/").text
    assert '<html lang="en"' in client.get("/?lang=en").text
    assert '<html lang="en"' in client.get("/").text
    assert '<html lang="zh-CN"' in client.get("/?lang=zh").text
    assert '<html lang="zh-CN"' in client.get("/?lang=de").text


def test_the_chosen_colours_are_there_before_anything_is_painted(client):
    client.set_cookie("kangtu_theme", "dark")

    assert 'data-bs-theme="dark"' in client.get("/").text


def test_a_page_that_fails_says_so_and_tells_nothing_of_the_fault(client, monkeypatch, caplog):
    def fall(*_arguments):
        raise RuntimeError("the secret detail")

    monkeypatch.setattr("dashboards.data.plan", fall)
    answer = ask_page(client)

    assert "此内容暂时无法显示" in said(answer)
    assert "secret" not in said(answer)
    assert "the secret detail" in caplog.text


def test_dash_speaks_to_no_assistant_protocol(app):
    assert not [rule for rule in app.server.url_map.iter_rules() if "mcp" in rule.rule]


def test_health_is_told_to_this_machine(client):
    answer = client.get("/health")

    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_an_unknown_permission_is_refused_where_it_is_declared():
    with pytest.raises(ValueError, match="not one of"):
        access.route("/x", permission="do anything")


def test_a_reporter_sees_figures_and_takes_none_away():
    reporter = User("reporter", frozenset({"reporter"}))

    assert may("see figures", reporter)
    assert not may("download figures", reporter)
