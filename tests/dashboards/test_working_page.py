from datetime import date

import pytest

from dashboards import access
from dashboards.access import User
from dashboards.app import create_app
from data_access import tables
from data_access.engine import writing
from tests.dashboards import small_store
from tests.dashboards.asking import links, of_type, page, rows, text
from workflows.judging import judge_plan

SMOKING = "?plan=test-2030&target=test-2030%2Fsmoking_15plus&area=150600"


@pytest.fixture
def judged_site(empty_store):
    """The small store with one more figure of the prefecture's smoking, truly judged: 24.1 % in 2022, 23.4 in 2025."""
    settings, engine = empty_store
    small_store.fill(engine)
    with writing(engine) as connection:
        earlier = {
            "indicator_id": "smoking_15plus",
            "area_id": "150600",
            "period": "2022",
            "time": 2022.0,
            "value": 24.1,
        }
        connection.execute(
            tables.observations.insert(), earlier | {"status": "final", "stated_by": 1, "submission_id": 1}
        )
        connection.execute(tables.judgement_runs.update().values(pack_hash="older"))
    judge_plan(engine, "test-2030", as_of=date(2026, 11, 15))
    return create_app(settings, engine).server.test_client()


def steps(layout) -> dict[str, list[str]]:
    """Quantity -> arithmetic and what it comes to."""
    return {row[0]: row[1:] for row in rows(layout) if len(row) == 3}


def test_the_arithmetic_of_a_mark_stands_step_by_step(judged_site):
    # 24.1 in 2022 to 20 in 2030: 22.5625 at the end of 2025; 23.4 lies 0.8375 short; 5 % of 4.1 is 0.205.
    found = steps(page(judged_site, "/working", SMOKING))

    assert found["Path at the time of the figure"][0].startswith("24.1 + 0.375 × (20 − 24.1)")
    assert found["Gap (plus is ahead)"] == ["22.5625 − 23.4; path less figure, since less is better", "−0.84 points"]
    assert found["Tolerance τ"][1] == "0.205"
    assert "slow from −3τ = −0.615; behind below that" in found["Thresholds"][0]
    assert found["Next milestone met"] == ["23.4 ≤ 20 % (2030)?", "no"]
    assert found["Pace needed a year"] == ["(23.4 − 20) ÷ (2030 − 2025)", "+0.68 points"]
    assert found["Status"][1] == "Behind"


def test_the_title_names_area_target_and_mark_in_either_language(judged_site):
    english = text(of_type(page(judged_site, "/working", SMOKING), "H1"))
    chinese = text(of_type(page(judged_site, "/working", SMOKING, language="zh"), "H1"))

    assert english == "How this mark was made: Ordos, Smoking rate, age 15+ – Behind"
    assert chinese == "本评判的计算过程：鄂尔多斯市，15岁以上人群吸烟率——滞后"


def test_every_figure_says_its_part_and_its_submission(judged_site):
    figures = {row[0]: row for row in rows(page(judged_site, "/working", SMOKING)) if len(row) == 9}

    assert figures["2025"][5] == "judged, pace and trend"
    assert figures["2022"][5] == "start of the path, pace and trend"
    assert figures["2025"][6] == "provisional"
    assert figures["2025"][8].startswith("No. 1")


def test_other_methods_are_shown_with_their_source_and_do_not_change_the_mark(judged_site):
    shown = {row[0]: row[1:] for row in rows(page(judged_site, "/working", SMOKING)) if len(row) == 5}

    # (23.4 / 24.1)^(1/3) - 1 = -0.977 % a year, (20 / 24.1)^(1/8) - 1 = -2.304 % required: 0.42.
    assert shown["Pace ratio (compound growth)"][2:] == ["0.42", "limited progress"]
    # 0.7 of 4.1 points, in 3 of 8 years.
    assert shown["Percent of targeted change achieved"][2] == "17 %"
    assert "time used 38 %" in shown["Percent of targeted change achieved"][1]
    assert "unverified" in shown["Arrow"][0]


def test_the_whole_of_it_can_be_taken_away(judged_site):
    lines = judged_site.get(f"/download/working.csv{SMOKING}&lang=en").data.decode("utf-8-sig").splitlines()

    assert lines[0] == "Part,Quantity,Arithmetic,Comes to"
    assert any("22.5625" in line and "0.84" in line for line in lines)
    assert any(line.startswith('"Reference methods') for line in lines)


def test_a_mark_the_figures_no_longer_bear_out_is_announced(small_site):
    # The small store's marks are written by hand; its one figure a place bears out none of them.
    assert "The figures have changed since this mark was stored" in text(page(small_site, "/working", SMOKING))


def test_the_arithmetic_of_a_true_mark_is_not(judged_site):
    assert "The figures have changed" not in text(page(judged_site, "/working", SMOKING))


@pytest.mark.parametrize(
    "search", ["?target=x", "?target=x&area=y", "?plan=none&target=&area=1", "?target=" + "9" * 500]
)
def test_a_mark_nobody_has_is_said_so(judged_site, search):
    heading = text(of_type(page(judged_site, "/working", search), "H1"))

    assert heading in ("There is no such mark",) or heading.startswith("How this mark was made")


def test_a_reader_of_one_district_does_not_see_the_others_arithmetic(judged_site, monkeypatch):
    monkeypatch.setattr(access, "DEMO_USER", User("clerk", access.DEMO_USER.roles, frozenset({"150621"})))

    assert text(of_type(page(judged_site, "/working", SMOKING), "H1")) == "There is no such mark"


def test_a_mark_leads_to_its_arithmetic_and_the_arithmetic_back_to_the_chart(judged_site):
    assert any(href.startswith("/indicator?") for href in links(page(judged_site, "/working", SMOKING)).values())
