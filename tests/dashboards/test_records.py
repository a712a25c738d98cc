"""Single rows on the site: the form, its two presses, histories, lists and files; who may and who may not."""

import csv
import io
import json

import pytest

from dashboards import access
from dashboards.access import User
from data_access.engine import writing
from data_access.submissions import read_submissions
from data_access.tables import submissions
from tests.dashboards.asking import CALLBACKS, ask_page, links, of_type, page, parts, rows, text
from tests.dashboards.test_programmes import token

OUTPUTS = (
    ("edit-body", "children"), ("edit-outcome", "children"), ("edit-state", "data"), ("edit-save", "children"),
    ("edit-confirm", "options"), ("edit-confirm-box", "style"), ("edit-why", "style"), ("edit-reason", "value"),
    ("edit-history", "children"),
)  # fmt: skip
CELL = {
    "health_cell_id": "cell-1", "cell_type": "healthy_village", "name_zh": "东胜健康村", "area_id": "150602",
    "title_level": "county", "certified_on": "2024-06-01",
}  # fmt: skip


def press(client, state, cells, reason="", confirmed=(), language="en"):
    """The answer to a press of the form's button: outcome's text, the new state."""
    ids = [{"column": name, "type": "edit-field"} for name in cells]
    fields = [{"id": one, "property": "value", "value": cells[one["column"]]} for one in ids]
    body = {
        "output": "..{}..".format("...".join(f"{name}.{prop}" for name, prop in OUTPUTS)),
        "outputs": [{"id": name, "property": prop} for name, prop in OUTPUTS],
        "inputs": [{"id": "edit-save", "property": "n_clicks", "value": 1}],
        "state": [
            {"id": "edit-state", "property": "data", "value": state},
            fields,
            [{"id": one, "property": "id", "value": one} for one in ids],
            {"id": "edit-reason", "property": "value", "value": reason},
            {"id": "edit-confirm", "property": "value", "value": list(confirmed)},
        ],
        "changedPropIds": ["edit-save.n_clicks"],
    }
    return client.post(CALLBACKS, json=body, headers={"Referer": f"http://localhost/?lang={language}"})


def said(answer):
    found = answer.json["response"]
    return text(found["edit-outcome"]["children"]), found["edit-state"]["data"]


def new(kind):
    return {"kind": kind, "key": None, "version": "", "checked": ""}


def store(client, state, cells, **more):
    """Both presses; gives the state after them."""
    first, state = said(press(client, state, cells, **more))
    assert "Press the button again to store it" in first
    last, state = said(press(client, state, cells, **more))
    assert "Stored as no." in last
    return state


def as_user(monkeypatch, *area_ids, name="clerk", roles=("reporter",)):
    monkeypatch.setattr(access, "DEMO_USER", User(name, frozenset(roles), frozenset(area_ids)))


def state_of(shown) -> dict:
    return next(one["props"]["data"] for one in of_type(shown, "Store") if one["props"]["id"] == "edit-state")


@pytest.fixture
def site(small_site):
    """The small site with one health cell, added through the form."""
    store(small_site, new("health_cells"), CELL)
    return small_site


def test_a_cell_is_added_by_two_presses_mended_with_a_reason_and_taken_back_from_its_history(site):
    form = page(site, "/edit/health_cells", "?health_cell_id=cell-1")
    assert "东胜健康村" in text(of_type(form, "H1"))
    state, mended = state_of(form), {**CELL, "title_level": "prefecture"}

    asked, state = said(press(site, state, mended))
    assert "say why" in asked
    assert "county prefecture" in asked
    store(site, state, mended, reason="升级")
    history = page(site, "/history/health_cells", "?health_cell_id=cell-1")
    found = [(row[0].split(" on ")[0], row[5]) for row in rows(history)[1:]]
    assert found == [("in force", "升级"), ("replaced", "")]

    newest = int(read_submissions_of(site)[0])
    back = "/history/health_cells?health_cell_id=cell-1"
    undone = site.post("/upload/undo", data={"id": str(newest), "back": back, "form-token": token(site)})
    assert undone.json["address"] == back
    after = page(site, "/history/health_cells", "?health_cell_id=cell-1")
    assert [row[0].split(" on ")[0] for row in rows(after)[1:]] == ["taken back", "in force"]
    elsewhere = {"id": str(newest), "back": "//example.org/", "form-token": token(site)}
    assert site.post("/upload/undo", data=elsewhere).status_code == 400


def read_submissions_of(site) -> list[str]:
    """The numbers of the list of submissions, newest first."""
    return [row[0] for row in rows(page(site, "/imports"))[1:]]


def test_what_was_changed_between_the_presses_is_shown_anew_before_it_is_stored(small_site):
    ready, state = said(press(small_site, new("health_cells"), CELL))
    other, _state = said(press(small_site, state, {**CELL, "title_level": "national"}))

    assert "Stored" not in ready + other
    assert "national" in other


def test_what_is_wrong_stands_beside_its_field(small_site):
    answer = press(small_site, new("health_cells"), {**CELL, "applied_on": "2024-07-01"})
    fields = answer.json["response"]["edit-body"]["children"]
    wrong = [
        one
        for one in parts(fields)
        if isinstance(one, dict) and "kt-field-wrong" in str(one.get("props", {}).get("className"))
    ]

    assert "1 to mend" in said(answer)[0]
    assert [("Certified on" in text(one), "早于" in text(one)) for one in wrong] == [(True, True)]


def test_the_list_leads_to_the_form_and_to_a_file_headed_as_the_template(site):
    listed = page(site, "/records", "?kind=health_cells")
    assert "东胜健康村" in text(listed)
    assert links(listed)["Edit"] == "/edit/health_cells?health_cell_id=cell-1"

    got = site.get("/records/health_cells.csv").data.decode("utf-8-sig")
    first = next(csv.DictReader(io.StringIO(got)))
    assert (first["细胞编号"], first["细胞类型"], first["命名级别"]) == ("cell-1", "健康村", "旗县级")
    assert site.get("/records/health_cells.xlsx").data[:2] == b"PK"


def test_a_reporter_sees_and_edits_their_own_district_only(site, monkeypatch):
    figures = "?indicator_id=smoking_15plus&area_id={}&period={}"
    period = next(
        row[2] for row in csv.reader(io.StringIO(site.get("/records/observations.csv").text)) if "150621" in row
    )
    other = json.dumps(page(site, "/edit/health_cells", "?health_cell_id=cell-1"), ensure_ascii=False)
    assert "cell-1" in other
    as_user(monkeypatch, "150621")

    assert "cell-1" not in json.dumps(page(site, "/edit/health_cells", "?health_cell_id=cell-1"), ensure_ascii=False)
    assert "东胜健康村" not in text(page(site, "/history/health_cells", "?health_cell_id=cell-1"))
    assert site.get("/records/history/health_cells.csv?health_cell_id=cell-1").status_code == 404
    assert "东胜健康村" not in text(page(site, "/records", "?kind=health_cells"))
    assert "cell-1" not in site.get("/records/health_cells.csv").text
    assert "150602" not in site.get("/records/observations.csv").text
    assert "150621" in site.get("/records/observations.csv").text
    assert site.get("/records/areas.csv").status_code == 404
    assert (
        of_type(page(site, "/edit/observations", figures.format("150602", period)), "Input") != []
    )  # told what is wrong
    refused, _state = said(press(site, new("health_cells"), {**CELL, "health_cell_id": "cell-9"}))
    assert "to mend" in refused
    store(site, new("health_cells"), {**CELL, "health_cell_id": "cell-2", "area_id": "150621"})


def test_leaders_get_neither_form_nor_history_nor_file_nor_links(site, monkeypatch):
    as_user(monkeypatch, name="leader", roles=("leader",))

    for path in ("/edit/health_cells", "/history/health_cells", "/records", "/imports"):
        assert "您无权查看此内容" in json.dumps(ask_page(site, path).json, ensure_ascii=False)
    assert press(site, new("health_cells"), CELL).status_code == 403
    assert site.get("/records/health_cells.csv").status_code == 403
    assert "History" not in links(page(site, "/cells"))


def test_a_reporter_does_not_certify_and_a_planner_does():
    assert access.may("certify figures", User("p", frozenset({"planner"})))
    assert not access.may("certify figures", User("r", frozenset({"reporter"})))


def test_who_is_limited_to_a_district_sees_their_own_submissions_and_takes_back_no_others(
    site, empty_store, monkeypatch
):
    with writing(empty_store[1]) as connection:
        connection.execute(submissions.update().values(received_from="zhao"))
    as_user(monkeypatch, "150602")
    store(site, new("health_cells"), {**CELL, "health_cell_id": "cell-2", "name_zh": "另一村"})

    mine = read_submissions_of(site)
    every = read_submissions(empty_store[1])["submission_id"].tolist()
    assert mine == [str(every[0])]
    refused = site.post("/upload/undo", data={"id": str(every[1]), "form-token": token(site)})
    assert refused.status_code == 422
    as_user(monkeypatch, name="planner", roles=("planner",))
    assert len(read_submissions_of(site)) == len(every)


@pytest.mark.parametrize(
    "state",
    [
        {"kind": "areas", "key": None, "version": "", "checked": ""},
        {"kind": "health_cells", "key": {"x": "y"}, "version": "", "checked": ""},
        {"kind": "health_cells", "key": {"health_cell_id": ["a"]}, "version": "", "checked": ""},
        {"kind": "health_cells", "key": None, "version": None, "checked": 5},
        {"kind": "health_cells", "key": {"health_cell_id": "no-such"}, "version": "x", "checked": ""},
    ],
)
def test_a_state_no_page_of_ours_holds_changes_nothing_and_breaks_nothing(small_site, empty_store, state):
    before = len(read_submissions(empty_store[1]))

    assert press(small_site, state, CELL).status_code in (200, 204, 400)
    assert len(read_submissions(empty_store[1])) == before


@pytest.mark.parametrize("search", ["?kind=x&page=999999&area=zz&q=%25_%27", "?kind=population&page=-1", ""])
def test_nonsense_in_the_address_of_the_list_is_answered_with_a_list(small_site, search):
    assert ask_page(small_site, "/records", search).status_code == 200
    assert ask_page(small_site, "/imports", search).status_code == 200
    assert ask_page(small_site, "/edit/observations", "?indicator_id=x&area_id=y&period=z").status_code == 200
    assert ask_page(small_site, "/history/nothing", search).status_code == 200
