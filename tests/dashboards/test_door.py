"""Who comes in, and that nobody else does: log-in, sessions, roles and areas, on the whole site."""

import json
from dataclasses import replace
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from argon2 import PasswordHasher

from dashboards import access, door
from dashboards.access import ROLES, User, may
from dashboards.app import PAGES, create_app
from data_access import accounts, passwords, sessions
from data_access.engine import writing
from tests.dashboards import small_store
from tests.dashboards.asking import CALLBACKS, ROUTER, ask_page, page, text
from tests.dashboards.at_the_door import PASSWORD, cookies_set, log_in, token_on
from workflows.demo_steps import add_people

DOOR = "come to the door"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch):
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def settle(engine, name, roles, **options):
    """An account that has chosen its password."""
    secret = accounts.add_account(engine, name, roles, **options)
    with engine.connect() as connection:
        account_id = accounts.find_account(connection, name).account_id
    sessions.change_password(engine, account_id, secret, PASSWORD, "127.0.0.1")


@pytest.fixture
def house(empty_store):
    """The site on the small store, with an account for each role."""
    settings, engine = empty_store
    small_store.fill(engine, is_demo=True)
    add_people(engine, lambda line: None)
    for role in ROLES:
        settle(engine, role, [role])
    return create_app(settings, engine), engine


@pytest.fixture
def stranger(house):
    return house[0].server.test_client()


def member(house, name="analyst", **options):
    """Somebody who is logged in."""
    client = house[0].server.test_client()
    assert log_in(client, name, **options).status_code == 303
    return client


def addresses(app):
    """(method, an address, its permission) of every rule of the site."""
    guard = app.server.config["KANGTU_GUARD"]
    adapter = app.server.url_map.bind("localhost")
    for rule in app.server.url_map.iter_rules():
        if rule.rule == CALLBACKS or rule.rule not in guard.routes:
            continue
        for method in rule.methods & {"GET", "POST"}:
            path = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, 1), method=method)
            yield method, path, guard.routes[rule.rule]


def test_a_stranger_gets_nothing_but_the_door(house, stranger):
    for method, path, permission in addresses(house[0]):
        answer = stranger.open(path, method=method)
        if permission == DOOR:
            assert answer.status_code in (200, 303, 400, 404), path
        elif path.startswith("/_dash-"):
            assert answer.status_code == 401, path
        else:
            assert answer.status_code == 303 and answer.location.startswith("/login?next="), path
    assert stranger.get("/no-such-page").location.startswith("/login")
    for output in house[0].server.config["KANGTU_GUARD"].callbacks:
        assert stranger.post(CALLBACKS, json={"output": output}).status_code == 401


@pytest.mark.parametrize("role", ROLES)
def test_every_route_and_callback_answers_those_roles_that_have_its_permission(house, role):
    app, _engine = house
    client, user = member(house, role), User(role, frozenset({role}))
    guard = app.server.config["KANGTU_GUARD"]

    wrong = []
    for method, path, permission in addresses(app):
        if path in ("/log-out", "/login"):
            continue
        answer = client.open(path, method=method)
        if (answer.status_code == 403) == may(permission, user) or answer.status_code in (401, 500):
            wrong.append((method, path, permission, answer.status_code))
    for output, permission in guard.callbacks.items():
        answer = client.post(CALLBACKS, json={"output": output})
        if answer.status_code != (400 if may(permission, user) else 403):
            wrong.append((output, permission, answer.status_code))
    for declared in (access.declared.pages[module] for module in PAGES["internal"]):
        if declared.path_template is None and not may(declared.permission, user):
            assert "您无权查看此内容" in json.dumps(ask_page(client, declared.path).json, ensure_ascii=False)
    assert wrong == []


def test_two_people_with_the_same_question_do_not_see_each_others_areas(house):
    engine = house[1]
    settle(engine, "dalad", ["reporter"], area_ids=["150621"])
    settle(engine, "dongsheng", ["reporter"], area_ids=["150602"])
    for name, own, other in (("dalad", "达拉特旗", "东胜区"), ("dongsheng", "东胜区", "达拉特旗")):
        client = member(house, name)
        for search in ("", "?area=150602", "?area=150621"):
            seen = text(page(client, "/", search, language="zh"))
            assert own in seen and other not in seen


def test_who_logs_in_goes_where_they_wanted_to_and_nowhere_else(house, stranger):
    asked = stranger.get("/behind?area=150621")
    wanted = parse_qs(urlsplit(asked.location).query)["next"][0]

    assert wanted == "/behind?area=150621"
    assert log_in(stranger, "ANALYST", wanted=wanted).location == wanted
    away = house[0].server.test_client()
    assert log_in(away, "analyst", wanted="https://example.org/").location == "/"
    assert log_in(house[0].server.test_client(), "administrator").location == "/accounts"


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/",
        "//example.org",
        "/\\example.org",
        "\\\\example.org",
        "/\t/example.org",
        " //example.org",
        "javascript:alert(1)",
        "behind",
        "/x\r\nSet-Cookie: a=b",
        "//[::1",
        "/log-out",
        "/" + "x" * 3000,
        "",
        None,
    ],
)
def test_an_address_that_would_lead_away_leads_to_the_overview(text):
    assert door.safe_address(text) == "/"


def test_a_stolen_cookie_is_worth_nothing_after_the_log_out(house):
    client = member(house)
    stolen = client.get_cookie("kangtu_session").value
    thief = house[0].server.test_client()
    thief.set_cookie("kangtu_session", stolen)
    assert thief.get("/_dash-layout").status_code == 200

    left = client.post("/log-out", data={"form-token": door._token_of(stolen)})
    assert left.location == "/login"
    assert client.get_cookie("kangtu_session") is None
    assert thief.get("/_dash-layout").status_code == 401


def test_a_cookie_somebody_planted_before_the_log_in_is_not_the_session(house, stranger):
    stranger.set_cookie("kangtu_session", "planted-by-somebody-else")
    log_in(stranger, "analyst")

    assert stranger.get_cookie("kangtu_session").value != "planted-by-somebody-else"
    thief = house[0].server.test_client()
    thief.set_cookie("kangtu_session", "planted-by-somebody-else")
    assert thief.get("/_dash-layout").status_code == 401


def test_disabling_and_resetting_end_what_somebody_does_at_once(house):
    for name, end in (("leader", accounts.reset_password), ("analyst", accounts.disable_account)):
        client = member(house, name)
        assert client.get("/_dash-layout").status_code == 200
        end(house[1], name)
        assert client.get("/_dash-layout").status_code == 401


def test_the_answer_and_the_work_are_the_same_for_a_name_nobody_has(house, stranger, monkeypatch):
    checked = []

    class Counting(PasswordHasher):
        def verify(self, kept, password):
            checked.append(kept)
            return super().verify(kept, password)

    monkeypatch.setattr(passwords, "HASHER", Counting(time_cost=1, memory_cost=8, parallelism=1))
    known, unknown = log_in(stranger, "analyst", "wrong"), log_in(stranger, "nobody", "wrong")

    assert known.status_code == unknown.status_code == 401
    assert known.text.replace("analyst", "nobody") == unknown.text
    assert len(checked) == 2


def test_guessing_is_slowed(stranger):
    answers = [log_in(stranger, "analyst", f"guess {number}").status_code for number in range(7)]

    assert answers == [401] * 5 + [429] * 2
    assert "请" in log_in(stranger, "analyst").text  # the right one waits too


@pytest.mark.parametrize(
    "options",
    [
        {"json": {"name": ["a"], "password": {"b": 1}}},
        {"json": "x"},
        {"data": {}},
        {"data": {"name": "a"}},
        {"data": {"name": "a" * 101, "password": "x", "next": "/"}},
        {"data": {"name": "a\x00b", "password": "x", "next": "/"}},
        {"data": {"name": "a", "password": "x", "next": "/"}},
        {"data": {"name": "a", "password": "x", "next": "/", "form-token": "é"}},
        {"data": b"\xff\xfe", "content_type": "multipart/form-data; boundary=x"},
        {"data": {"name": (BytesIO(b"x"), "file"), "password": "x", "next": "/"}},
        {"data": b"name=%ff%fe&password=%ed%a0%80&next=%00", "content_type": "application/x-www-form-urlencoded"},
    ],
)
def test_a_hand_made_form_is_a_fault_of_the_caller(stranger, options):
    assert stranger.post("/login", **options).status_code == 400


def test_a_form_needs_the_token_of_the_one_who_opened_it(house):
    client, other = member(house, "administrator"), member(house, "analyst")
    mine = token_on(client, "/accounts/new")
    settle(house[1], "victim", ["leader"])

    for form in ({}, {"form-token": "0" * 64}, {"form-token": token_on(other, "/account/password")}):
        assert client.post("/accounts/disable", data={"name": "victim", **form}).status_code == 400
    foreign = {"headers": {"Origin": "https://example.org"}}
    good = {"name": "victim", "form-token": mine}
    assert client.post("/accounts/disable", data=good, **foreign).status_code == 403
    assert client.get("/accounts/disable").status_code in (404, 405)
    assert client.post("/accounts/disable", data=good).status_code == 303
    assert house[0].server.test_client().post("/login", data={"name": "victim"}).status_code == 400


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(house):
    plain = cookies_set(log_in(house[0].server.test_client(), "analyst"))["kangtu_session"]
    assert "HttpOnly" in plain and "SameSite=Lax" in plain and "Path=/" in plain and "Domain" not in plain

    client = house[0].server.test_client()
    secure = {"base_url": "https://localhost"}
    token = client.get("/login", **secure).text.split('form-token" value="')[1][:64]
    form = {"name": "analyst", "password": PASSWORD, "next": "/", "form-token": token}
    answer = client.post("/login", data=form, **secure)
    cookie = cookies_set(answer)["__Host-kangtu"]
    assert "Secure" in cookie and "HttpOnly" in cookie and "Path=/" in cookie and "Domain" not in cookie
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_a_one_time_secret_opens_only_the_page_to_change_it(house):
    client = member(house, "administrator")
    shown = client.post(
        "/accounts/new",
        data={
            "name": "wang.fang",
            "display_zh": "王芳<b>",
            "display_en": "",
            "role": ["analyst", "reporter"],
            "areas": "150621，150602",
            "form-token": token_on(client, "/accounts/new"),
        },
    ).text
    secret = shown.split('class="kt-secret">')[1].split("<")[0]
    assert secret not in text(page(client, "/accounts", language="zh"))

    new = house[0].server.test_client()
    assert log_in(new, "wang.fang", secret).location == "/account/password"
    assert new.get("/behind").location == "/account/password"
    assert ask_page(new).status_code == 403
    assert new.post("/accounts/new", data={}).status_code == 403

    def choose(chosen):
        form = {"old": secret, "new": chosen, "again": chosen, "form-token": token_on(new, "/account/password")}
        return new.post("/account/password", data=form)

    assert "容易被猜到" in choose("Kangtu@2026").text
    assert choose(PASSWORD).location == "/"
    assert "王芳<b>" in text(new.get("/_dash-layout").json)
    assert log_in(house[0].server.test_client(), "wang.fang", secret).status_code == 401


def test_in_the_demo_one_acts_as_another_with_a_click_and_goes_back(small_site, empty_store):
    engine = empty_store[1]
    add_people(engine, lambda line: None)
    shell = small_site.get("/_dash-layout").json
    assert "演示访客" in text(shell) and "分析员乙" in text(shell)
    second = next(a for a in accounts.read_accounts(engine) if a.display_zh == "分析员乙")
    token = door._token_of(small_site.get_cookie("kangtu_door").value)

    assert small_site.post("/act-as", data={"account": str(second.account_id)}).status_code == 400
    acted = small_site.post("/act-as", data={"account": str(second.account_id), "form-token": token})
    assert acted.status_code == 303
    assert small_site.get("/accounts/new").status_code == 403  # an analyst, not all roles any more
    session = small_site.get_cookie("kangtu_session").value
    small_site.post("/log-out", data={"form-token": door._token_of(session)})
    assert small_site.get("/account/password").status_code == 404  # the visitor, who has none
    for odd in ("x", "9999", "１", "-1"):
        assert small_site.post("/act-as", data={"account": odd, "form-token": token}).status_code == 400


def test_the_demos_visitor_makes_nobody_an_administrator(small_site, empty_store):
    add_people(empty_store[1], lambda line: None)
    small_site.get("/_dash-layout")
    token = door._token_of(small_site.get_cookie("kangtu_door").value)
    form = {"name": "me", "role": "administrator", "display_zh": "", "display_en": "", "areas": "", "form-token": token}

    assert small_site.post("/accounts/new", data=form).status_code == 403
    with writing(empty_store[1]) as connection:
        assert not accounts.any_real(connection)


def test_demo_identities_are_off_as_soon_as_somebody_real_has_an_account(house, stranger):
    token = token_on(stranger)
    demo = next(a for a in accounts.read_accounts(house[1]) if a.is_demo)

    assert stranger.post("/act-as", data={"account": str(demo.account_id), "form-token": token}).status_code == 403
    assert log_in(stranger, demo.login_name, "").status_code == 401


def test_a_request_from_afar_comes_through_the_proxies_that_were_named_and_encrypted(house, empty_store):
    settings, engine = empty_store
    afar = {"environ_overrides": {"REMOTE_ADDR": "192.168.1.20"}}
    via = {"X-Forwarded-For": "192.168.1.30", "X-Forwarded-Proto": "https"}
    direct = house[0].server.test_client()
    assert direct.get("/login", **afar).status_code == 403  # plain http
    assert direct.get("/login", headers=via).status_code == 403  # a proxy nobody spoke of

    behind = create_app(replace(settings, proxies=1), engine).server.test_client()
    assert behind.get("/login", headers=via).status_code == 200
    assert behind.get("/login", headers={**via, "X-Forwarded-Proto": "http"}).status_code == 403
    assert behind.get("/login", **afar).status_code == 403  # past the proxy
    inside = create_app(replace(settings, plain_http=True), engine).server.test_client()
    assert inside.get("/login", **afar).status_code == 200


def test_a_router_call_is_refused_without_a_session_before_anything_is_read(stranger):
    assert stranger.post(CALLBACKS, data="[" * 100_000, content_type="application/json").status_code == 401
    assert stranger.post(CALLBACKS, json={"output": ROUTER}).status_code == 401
