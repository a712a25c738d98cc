import pytest

from dashboards import access
from dashboards.access import User
from tests.dashboards.asking import links, of_type, page, rows, text


def test_the_title_is_the_finding_in_either_language(small_site):
    assert text(of_type(page(small_site), "H1")) == "1 of 3 judged targets is behind or reversing in Ordos"
    assert text(of_type(page(small_site, language="zh"), "H1")) == "鄂尔多斯市可研判的3项目标中有1项滞后或倒退"


def test_the_subline_says_of_what_when_and_how_final(small_site):
    assert (
        "Healthy Test Action  ·  Ordos  ·  newest figure 2025  ·  provisional  ·  reported 1 Mar 2026  ·  "
        "judged as of 15 Nov 2026" in text(page(small_site))
    )


def test_every_status_is_counted_and_leads_to_its_list(small_site):
    cards = {
        words: href for words, href in links(page(small_site)).items() if "status=" in href and "action=" not in href
    }

    assert list(cards)[:6] == ["0 Reversing", "1 Behind", "0 Slow", "1 On course", "1 Achieved", "1 Cannot judge"]
    assert cards["1 Behind"] == "/behind?plan=test-2030&area=150600&status=behind"


def test_actions_come_with_what_is_behind_first_and_name_the_worst_target(small_site):
    by_action = [row for row in rows(page(small_site)) if row[0] in ("Tobacco control", "Maternal and child health")]

    assert [row[0] for row in by_action] == ["Tobacco control", "Maternal and child health"]
    assert [row[2] for row in by_action] == ["1", "0"]
    assert by_action[0][3] == "Behind Smoking rate, age 15+ −1.1 points"
    evidence = "/indicator?plan=test-2030&area=150600&indicator=smoking_15plus&target=test-2030%2Fsmoking_15plus"
    assert links(page(small_site))["Smoking rate, age 15+"] == evidence


def test_districts_come_with_the_most_behind_first_and_with_the_reports_that_are_out(small_site):
    by_district = {row[0]: row[2:] for row in rows(page(small_site)) if len(row) == 6 and row[0] != "Area"}

    # Smoking of 准格尔旗 stops at 2024, the others report 2025; it never reported screening.
    assert by_district == {
        "Dalad Banner": ["2", "0", "0", "2025"],
        "Dongsheng": ["0", "0", "0", "2025"],
        "准格尔旗": ["0", "1", "1", "2024"],
    }
    assert next(iter(by_district)) == "Dalad Banner"


def test_a_name_that_is_only_chinese_is_marked_so_for_an_english_reader(small_site):
    spans = [span["props"] for span in of_type(page(small_site), "Span") if span["props"].get("lang") == "zh"]

    assert "准格尔旗" in [props["children"] for props in spans]


def test_a_district_has_its_own_overview_with_the_way_back_up(small_site):
    district = page(small_site, search="?area=150621")

    assert text(of_type(district, "H1")) == "2 of 2 judged targets are behind or reversing in Dalad Banner"
    assert links(district)["Ordos"] == "/?plan=test-2030&area=150600"


@pytest.mark.parametrize(
    "search", ["?area=110000", "?area=x", "?plan=none&area=", "?area=" + "9" * 500, "?area=1&area=2"]
)
def test_an_area_or_plan_nobody_knows_opens_the_plans_own(small_site, search):
    assert "in Ordos" in text(of_type(page(small_site, search=search), "H1"))


def test_a_store_without_marks_says_what_to_do(client):
    empty = text(page(client))

    assert "Nothing has been judged yet" in empty
    assert "python manage.py judge" in empty


def test_two_readers_asking_the_same_get_what_each_may_see(small_site, monkeypatch):
    everything = rows(page(small_site))
    monkeypatch.setattr(access, "DEMO_USER", User("clerk", access.DEMO_USER.roles, frozenset({"150621"})))
    own = page(small_site)

    assert any(row[0] == "Dongsheng" for row in everything)
    assert "Dongsheng" not in text(own)
    assert text(of_type(own, "H1")) == "2 of 2 judged targets are behind or reversing in Dalad Banner"


def test_figures_that_came_after_the_judgement_are_announced(small_site):
    from datetime import UTC, datetime

    from dashboards import data
    from data_access import tables
    from data_access.engine import writing

    assert "Newer figures" not in text(page(small_site))
    with writing(data.engine()) as connection:
        later = {"kind": "observations", "received_at": datetime(2026, 11, 16, tzinfo=UTC), "received_from": "test"}
        connection.execute(tables.submissions.insert(), later)

    assert "Newer figures have come in since this was judged on 15 Nov 2026" in text(page(small_site))
