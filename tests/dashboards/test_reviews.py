import io
from datetime import date

import pandas as pd
import pytest

from dashboards import data
from dashboards.data import judged
from tests.dashboards import later_review
from tests.dashboards.asking import links, of_type, page, rows, text

OLD = "?as_of=2026-11-15"
PAGES = ("/", "/behind", "/indicator", "/changes", "/queue")


@pytest.fixture
def reviewed_site(small_site, monkeypatch):
    """The small site after a second review, asked on 21 November 2026."""
    monkeypatch.setattr(judged, "office_today", lambda: date(2026, 11, 21))
    later_review.add(data.engine())
    return small_site


def heading(client, path="/", search="", language="en"):
    return text(of_type(page(client, path, search, language), "H1"))


def choices(component) -> dict[str, list[str]]:
    """Key of every selector -> its options' values."""
    found = {}
    for kind in ("Select", "Dropdown"):
        for select in of_type(component, kind):
            found[select["props"]["id"]["key"]] = [option["value"] for option in select["props"]["options"]]
    return found


def test_the_newest_review_is_shown_and_the_others_are_offered(reviewed_site):
    assert heading(reviewed_site) == "None of 4 judged targets is behind in Ordos"
    for path in PAGES:
        assert choices(page(reviewed_site, path))["as_of"] == ["any", "2026-11-15"], path
        assert "You see the review" not in text(page(reviewed_site, path))


def test_a_plan_judged_for_one_day_offers_no_other(small_site):
    assert "as_of" not in choices(page(small_site))


def test_an_old_review_shows_what_was_said_then_and_says_that_it_is_old(reviewed_site):
    assert heading(reviewed_site, search=OLD) == "1 of 3 judged targets is behind or reversing in Ordos"
    for path in PAGES:
        shown = page(reviewed_site, path, OLD)
        assert "You see the review as of 15 Nov 2026" in text(shown), path
        assert "as_of" not in links(shown)["To the newest review"]


def test_every_link_of_an_old_review_stays_in_it(reviewed_site):
    for path in ("/", "/behind", "/queue"):
        shown = links(page(reviewed_site, path, OLD))
        on_pages = [href for href in shown.values() if href.partition("?")[0] in PAGES]
        assert len(on_pages) >= 2
        newest = shown["To the newest review"]
        assert [href for href in on_pages if "as_of=2026-11-15" not in href and href != newest] == []
    district = links(page(reviewed_site, "/", OLD + "&area=150621"))
    assert district["Ordos"] == "/?plan=test-2030&area=150600&as_of=2026-11-15"


def test_the_indicators_page_of_an_old_review_has_the_figures_known_then(reviewed_site):
    smoking = "indicator=smoking_15plus&area=150600"

    def figures(search):
        return pd.read_csv(io.BytesIO(reviewed_site.get(f"/download/indicator.csv{search}&lang=en").data))

    assert "23.4 % in 2025 – Behind" in heading(reviewed_site, "/indicator", f"{OLD}&{smoking}")
    assert "21.9 % in 2025 – On course" in heading(reviewed_site, "/indicator", f"?{smoking}")
    assert figures(f"{OLD}&{smoking}")["Value (%)"].tolist() == [23.4]
    assert figures(f"?{smoking}")["Value (%)"].tolist() == [21.9]


def test_answers_of_two_reviews_are_not_mixed_up_in_memory(reviewed_site):
    for _time in range(2):
        assert heading(reviewed_site, search=OLD) != heading(reviewed_site)


def test_a_day_without_a_review_is_said_so_with_the_way_to_make_one(reviewed_site):
    for path in PAGES:
        shown = page(reviewed_site, path, "?as_of=2025-03-31")
        assert text(of_type(shown, "H1")) == "The plan has not been judged as of 31 Mar 2025"
        assert "python manage.py judge --plan test-2030 --as-of 2025-03-31" in text(shown)
        assert links(shown)["15 Nov 2026"].endswith("as_of=2026-11-15")


def test_what_is_no_day_never_stands_in_a_command(reviewed_site):
    shown = text(page(reviewed_site, "/", "?as_of=2025-03-31%3B%20rm%20x"))

    assert "is no day; write it as 2026-06-30" in shown
    assert "--as-of YYYY-MM-DD" in shown


def test_a_file_of_a_review_that_there_is_not_is_not_found(reviewed_site):
    for name in ("overview", "behind", "indicator", "changes", "queue"):
        assert reviewed_site.get(f"/download/{name}.csv?as_of=2025-03-31").status_code == 404


def test_a_review_of_a_day_to_come_is_a_rehearsal_and_not_the_newest(small_site, monkeypatch):
    monkeypatch.setattr(judged, "office_today", lambda: date(2026, 11, 16))
    later_review.add(data.engine())

    assert heading(small_site) == "1 of 3 judged targets is behind or reversing in Ordos"
    assert heading(small_site, search="?as_of=2026-11-20") == "None of 4 judged targets is behind in Ordos"


def test_an_old_review_made_today_does_not_become_the_newest(small_site, monkeypatch):
    monkeypatch.setattr(judged, "office_today", lambda: date(2026, 11, 21))
    later_review.add(data.engine(), as_of=date(2025, 11, 20))

    assert heading(small_site) == "1 of 3 judged targets is behind or reversing in Ordos"


def test_the_overview_says_what_moved_since_the_last_review(reviewed_site):
    said = "Since the review as of 15 Nov 2026: 1 worse, 1 better, 1 newly judged."

    assert said in text(page(reviewed_site))
    assert links(page(reviewed_site))["What moved"] == "/changes?plan=test-2030&area=150600"
    assert "Since the review" not in text(page(reviewed_site, "/", OLD))


def test_counts_of_actions_and_districts_can_be_taken_away(reviewed_site):
    counts = pd.read_csv(
        io.BytesIO(reviewed_site.get(f"/download/overview.csv{OLD}&lang=en").data), dtype={"Code": str}
    ).set_index(["Counted by", "Name"])

    assert counts.loc[("Plan", "Ordos"), ["Targets", "Behind", "On course", "Achieved"]].tolist() == [4, 1, 1, 1]
    assert counts.loc[("Action", "Tobacco control"), ["Targets", "Behind", "Cannot judge"]].tolist() == [2, 1, 1]
    assert counts.loc[("Area", "Dalad Banner"), ["Targets", "Reversing", "Behind"]].tolist() == [2, 1, 1]
    assert counts.loc[("Area", "Dalad Banner"), "Code"] == "150621"
    assert len(counts) == 1 + 2 + 3


def test_what_moved_counts_cases_then_and_now(reviewed_site):
    shown = page(reviewed_site, "/changes")
    table = {row[0]: row[1:] for row in rows(shown) if len(row) == 4}

    assert text(of_type(shown, "H1")) == "Ordos and its districts: 1 got worse and 1 got better since 15 Nov 2026"
    assert table["Status"] == ["15 Nov 2026", "20 Nov 2026", "Difference"]
    assert table["Reversing"] == ["1", "0", "−1"]
    assert table["Behind"] == ["2", "1", "−1"]
    assert table["Slow"] == ["1", "2", "+1"]
    assert table["On course"] == ["2", "2", "0"]
    assert table["Achieved"] == ["2", "3", "+1"]
    assert table["Cannot judge"] == ["1", "0", "−1"]
    assert table["All cases"] == ["9", "8", "−1"]


def test_each_move_says_from_what_to_what_and_why(reviewed_site):
    shown = page(reviewed_site, "/changes")
    moves = [
        [" ".join(cell.split()) for cell in row[:5]] for row in rows(shown) if len(row) == 6 and row[0] != "Target"
    ]

    assert moves == [
        ["Two-cancer screening", "Ordos", "On course 81.0 % 2025", "Slow 81.0 % 2025",
         "no new figure: the path or earlier figures moved"],
        ["Smoking rate, age 15+", "Ordos", "Behind 23.4 % 2025", "On course 21.9 % 2025", "the figure was corrected"],
        ["Health promotion policy system", "Ordos", "Cannot judge", moves[2][3], "a newer figure came in"],
        ["Smoking rate, age 15+", "Dalad Banner", "Reversing 26.0 % 2025", "—",
         "no longer in the plan or the register"],
    ]  # fmt: skip
    assert moves[2][3].startswith("Achieved")
    assert "area=150600" in links(shown)["Two-cancer screening"]


def test_without_an_earlier_review_the_page_says_how_to_make_one(small_site):
    shown = page(small_site, "/changes")

    assert text(of_type(shown, "H1")) == "There is no earlier review to compare with"
    assert "python manage.py judge --plan test-2030 --as-of YYYY-MM-DD" in text(shown)
    assert small_site.get("/download/changes.csv").status_code == 200


def test_the_file_of_moves_has_every_case(reviewed_site):
    moved = pd.read_csv(io.BytesIO(reviewed_site.get("/download/changes.csv?lang=en").data))

    assert moved["What moved"].value_counts().to_dict() == {
        "The same": 5,
        "Got worse": 1,
        "Got better": 1,
        "Newly judged": 1,
        "No longer judged": 1,
    }


def test_the_pages_speak_chinese_first(reviewed_site):
    assert heading(reviewed_site, "/changes", language="zh") == (
        "鄂尔多斯市及所辖地区：自2026年11月15日以来，1项次变差，1项次好转"
    )
    assert "正在查看2026年11月15日的研判" in text(page(reviewed_site, "/", OLD, language="zh"))
