"""The workbench on a small store whose forecast is known: what the page shows, what a preview and a draft do."""

import io
from datetime import date

import pytest

from dashboards import access, data, wording, workbench_form
from dashboards.access import User
from dashboards.language import language
from data_access import adjustments, tables
from data_access.engine import writing
from tests.dashboards.asking import CALLBACKS, links, page, rows, text

SERIES = "?plan=test-2030&indicator=smoking_15plus&area=150621"
KEY = {"plan": "test-2030", "indicator": "smoking_15plus", "area": "150621", "target": "test-2030/smoking_15plus"}
FIRST = User("analyst-a", frozenset({"analyst"}), display_zh="分析员甲", display_en="Analyst A")
SECOND = User("analyst-b", frozenset({"analyst"}), display_zh="分析员乙", display_en="Analyst B")
YEARS = range(2026, 2031)


@pytest.fixture
def bench(small_site, monkeypatch):
    """达拉特旗's smoking: 30 in 2019 falling a point a year to 26 in 2023, 25.5, 26.0; forecast 25.8 falling 0.2 a year."""
    with writing(data.engine()) as connection:
        earlier = [(2019 + n, 30.0 - n) for n in range(5)] + [(2024, 25.5)]
        connection.execute(tables.observations.insert(), [figure(year, value) for year, value in earlier])
        for area_id, first in (("150600", 23.2), ("150621", 25.8), ("150622", 22.8)):
            fans = [fan(area_id, year, first - 0.2 * (year - 2026)) for year in YEARS]
            connection.execute(tables.forecasts.insert(), fans)
        marks = tables.marks
        connection.execute(marks.update().values(p_miss_model=marks.c.p_miss, forecast_version="model"))
    become(monkeypatch, FIRST)
    return small_site


def figure(year: int, value: float) -> dict:
    known = {"indicator_id": "smoking_15plus", "area_id": "150621", "period": str(year), "time": float(year)}
    return known | {"value": value, "status": "final", "stated_by": 1, "submission_id": 1}


def fan(area_id: str, year: int, median: float) -> dict:
    key = {"run_id": 1, "indicator_id": "smoking_15plus", "area_id": area_id, "time": float(year), "version": "model"}
    names = ("q025", "q100", "q250", "q500", "q750", "q900", "q975")
    wide = dict(zip(names, (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0), strict=True))
    return key | {"mean": median} | {name: median + by for name, by in wide.items()}


def become(monkeypatch, user: User) -> None:
    monkeypatch.setattr(access, "DEMO_USER", user)


def stored():
    """Every adjustment there is, newest change first."""
    return adjustments.read_adjustments(data.engine())


def form(**said) -> dict:
    """What the form's fields hold: a policy from 2026 on that closes half of the gap, unless said otherwise."""
    usual = {"kind": "policy", "rate": None, "rate-unit": "points", "begins": "2026", "share": 50}
    usual |= {"shock-time": "2024", "shock-weight": "0", "member": "last_value"}
    return usual | {key.replace("_", "-"): value for key, value in said.items() if key != "medians"}


def fields(said: dict, medians: dict[int, float]) -> list[dict]:
    """The fields as a callback's inputs or states: the values by year first, then the rest in the form's order."""
    values = [
        {"id": {"type": "workbench-value", "time": year}, "property": "value", "value": medians.get(year)}
        for year in YEARS
    ]
    return [values, *({"id": f"workbench-{key}", "property": "value", "value": value} for key, value in said.items())]


def ids() -> list[dict]:
    return [
        {"id": (key := {"type": "workbench-value", "time": year}), "property": "id", "value": key} for year in YEARS
    ]


def call(client, output: str, inputs: list, state: list, triggered: str):
    names = [tuple(one.rsplit(".", 1)) for one in output.strip(".").split("...")]
    outputs = [{"id": name.split("@")[0], "property": prop.split("@")[0]} for name, prop in names]
    body = {"output": output, "outputs": outputs, "inputs": inputs, "state": state, "changedPropIds": [triggered]}
    return client.post(CALLBACKS, json=body, headers={"Referer": "http://localhost/?lang=en"})


def output_of(client, *names: str) -> str:
    """The declared callback whose output holds all these names."""
    guard = client.application.config["KANGTU_GUARD"]
    return next(one for one in guard.callbacks if all(name in one for name in names))


def preview(client, *, medians=(), **said):
    inputs = [{"id": "workbench-preview", "property": "n_clicks", "value": 1}, *fields(form(**said), dict(medians))]
    state = [ids(), {"id": "workbench-studied", "property": "data", "value": KEY}]
    return call(client, output_of(client, "workbench-figure.figure"), inputs, state, "workbench-preview.n_clicks")


def keep(client, *, draft=None, why="The tobacco rules come into force in 2027.", press="save", medians=(), **said):
    """Press Save draft or Submit; the texts the page answers with, and the draft it holds then."""
    inputs = [
        {"id": f"workbench-{one}", "property": "n_clicks", "value": int(one == press)} for one in ("save", "submit")
    ]
    values, *rest = fields(form(**said), dict(medians))
    held = {"draft": ("data", draft), "reason": ("value", "policy_change"), "text": ("value", why)}
    held |= {"expires": ("value", "2099-01-01")}
    state = [{"id": f"workbench-{name}", "property": prop, "value": value} for name, (prop, value) in held.items()]
    state += [values, ids(), *rest, {"id": "workbench-studied", "property": "data", "value": KEY}]
    answer = call(client, output_of(client, "workbench-draft.data"), inputs, state, f"workbench-{press}.n_clicks")
    return answer.json["response"]


def test_the_page_names_both_versions_its_goal_and_every_figures_source(bench):
    shown = page(bench, "/workbench", SERIES)
    said = text(shown)

    assert "Dalad Banner: Smoking rate, age 15+ – chance of missing about 95 % (model)" in said
    assert "goal ≤ 20 % by 2030" in said
    assert "25.0 % (23.0 to 27.0)" in said  # the model's median for 2030: 25.8 less four times 0.2
    assert "no adjustment in force" in said
    newest = next(cells for cells in rows(shown) if cells[:2] == ["2025", "26.0"])
    assert newest[4] == "provisional" and newest[8] == "test"  # the state, and who sent the file


def test_a_scenario_is_previewed_beside_the_model_and_nothing_is_stored(bench):
    answer = preview(bench).json["response"]

    assert "not saved" in text(answer["workbench-versions"]["children"])
    names = [trace.get("name") for trace in answer["workbench-figure"]["figure"]["data"]]
    assert "Adjusted" in names and "Adjusted 80\u00a0%" in names
    assert stored().empty


def test_a_dragged_point_moves_the_years_before_it_and_the_model_goes_on_after_it(bench):
    figure = preview(bench, kind="typed", medians={2028: 24.0}).json["response"]["workbench-figure"]["figure"]
    line = next(trace for trace in figure["data"] if trace.get("name") == "Adjusted")
    values = dict(zip(line["x"], line["y"], strict=True))

    assert values[2025.0] == 26.0 and values[2028.0] == pytest.approx(24.0)
    assert 24.0 < values[2027.0] < values[2026.0] < 26.0
    assert values[2030.0] == pytest.approx(24.0 - 0.4, abs=0.05)


def test_a_value_beyond_the_bounds_is_refused_in_words_and_the_chart_stays(bench):
    answer = preview(bench, kind="typed", medians={2028: 104.0}).json["response"]

    assert "高于该指标的上限 100" in text(answer["workbench-message"]["children"])
    assert "workbench-figure" not in answer


def test_a_draft_without_a_reason_is_refused_and_stores_nothing(bench):
    assert "请写明理由" in text(keep(bench, why="")["workbench-message"]["children"])
    assert stored().empty


def test_what_is_submitted_waits_for_somebody_else(bench, monkeypatch):
    answer = keep(bench, press="submit")

    assert "waits for somebody else's approval" in text(answer["workbench-message"]["children"])
    assert answer["workbench-draft"]["data"] is None
    said = text(page(bench, "/adjustments"))
    assert "You wrote this one yourself: somebody else has to approve it." in said and "Approve" not in said
    become(monkeypatch, SECOND)
    assert "Approve" in text(page(bench, "/adjustments"))


def test_two_analysts_on_one_series_keep_a_draft_each_and_see_only_their_own(bench, monkeypatch):
    keep(bench, kind="hold")
    become(monkeypatch, SECOND)
    assert "Nobody has adjusted this series yet." in text(page(bench, "/workbench", SERIES))
    keep(bench, kind="policy")

    assert stored()[["kind", "author"]].to_numpy().tolist() == [["policy", "analyst-b"], ["hold", "analyst-a"]]
    become(monkeypatch, FIRST)
    said = text(page(bench, "/adjustments"))
    assert "hold" in said and "policy" not in said


def test_a_draft_saved_elsewhere_meanwhile_is_not_written_over_and_nothing_typed_is_lost(bench):
    first = keep(bench, kind="hold")["workbench-draft"]["data"]
    keep(bench, kind="policy", draft=first)
    answer = keep(bench, kind="typed", medians={2030: 21.0}, draft=first)

    assert "没有被覆盖" in text(answer["workbench-message"]["children"])
    assert answer["workbench-draft"]["data"]["adjustment_id"] != first["adjustment_id"]
    assert sorted(stored()["kind"]) == ["policy", "typed"]


def test_evidence_goes_with_a_draft_and_comes_back_as_a_download(bench):
    number = keep(bench)["workbench-draft"]["data"]["adjustment_id"]
    address = f"/workbench/evidence/{number}"

    assert bench.post(address, data={"file": (io.BytesIO(b"%PDF-1.7 decree"), "通知.pdf")}).status_code == 204
    refused = bench.post(address, data={"file": (io.BytesIO(b"<html>"), "page.html")})
    assert (refused.status_code, "类型不接受" in refused.text) == (400, True)
    large = bench.post(address, data={"file": (io.BytesIO(b"%PDF-" + b"0" * 6_000_000), "large.pdf")})
    assert (large.status_code, "5 MB" in large.text) == (400, True)
    file = bench.get(
        f"/workbench/evidence/{adjustments.read_evidence(data.engine(), number)['evidence_id'].iloc[0]}/file"
    )
    assert file.data == b"%PDF-1.7 decree" and file.headers["Content-Disposition"].startswith("attachment")
    assert bench.get("/workbench/evidence/99/file").status_code == 404


def test_evidence_posted_from_another_site_is_refused(bench):
    number = keep(bench)["workbench-draft"]["data"]["adjustment_id"]
    foreign = {"Origin": "https://elsewhere.example"}
    sent = bench.post(f"/workbench/evidence/{number}", data={"file": (io.BytesIO(b"%PDF-"), "a.pdf")}, headers=foreign)

    assert sent.status_code == 403


def test_the_workbench_is_for_analysts(bench, monkeypatch):
    assert "Workbench" in links(page(bench, "/indicator", SERIES))
    become(monkeypatch, User("leader", frozenset({"leader"})))

    assert "Smoking" not in text(page(bench, "/workbench", SERIES))
    assert "Workbench" not in links(page(bench, "/indicator", SERIES))
    assert preview(bench).status_code == 403
    assert bench.post("/workbench/evidence/1", data={}).status_code == 403


def test_a_series_outside_ones_district_is_not_shown(bench, monkeypatch):
    become(monkeypatch, User("analyst-c", frozenset({"analyst"}), area_ids=frozenset({"150602"})))

    assert "This series is not judged" in text(page(bench, "/workbench", SERIES))
    assert "This series is not judged" in text(preview(bench).json["response"]["workbench-message"]["children"])


def test_without_a_series_the_first_of_the_list_is_opened(bench):
    said = text(page(bench, "/workbench"))

    assert "Dongsheng: Smoking rate, age 15+" in said and "1 of 1 by: marks disagree" in said


@pytest.mark.parametrize("written", ["2027-06-30", "2027/6/30", " 2027.6.30 ", "2027年6月30日"])
def test_a_day_may_be_written_as_offices_write_it(written):
    assert workbench_form.day_of(written) == date(2027, 6, 30)


def test_what_is_no_day_is_refused_and_an_empty_field_leaves_the_usual_term():
    assert workbench_form.day_of(" ") is None
    for written in ("30/06/2027", "2027-02-30", "next year"):
        with pytest.raises(data.InputError, match="2027-06-30"):
            workbench_form.day_of(written)


def test_a_yearly_growth_is_signed_and_has_the_language_s_percent():
    with language("zh"):
        assert (wording.relative(5.0), wording.relative(-2.5)) == ("+5%", "−2.5%")
    with language("en"):
        assert wording.relative(5.0) == "+5\u00a0%"
