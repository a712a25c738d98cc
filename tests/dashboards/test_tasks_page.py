"""The board of work points on three tasks: one overdue, one not heard of, one on time."""

from datetime import date

import pytest

from dashboards.pages.delivery.tasks import ends_of
from data_access import submissions
from data_access.engine import writing
from data_access.task_tables import task_reports, tasks
from tests.dashboards import asking

TASKS = [
    ("a", "健康步道", "市教育体育局", 18.0, "条", "2026-06"),
    ("b", "监测报告", "市卫生健康委员会", None, None, "2026"),
    ("c", "老年人体检", "市卫生健康委员会", 1000.0, "人", "2026"),
]
REPORTS = [("a", "2026-05", "under_way", 9.0), ("c", "2026-10", "under_way", 900.0)]


@pytest.fixture
def board(small_site, empty_store, monkeypatch):
    """The small site with the three tasks, on 15 November 2026."""
    monkeypatch.setattr(submissions, "office_today", lambda: date(2026, 11, 15))
    with writing(empty_store[1]) as connection:
        connection.execute(
            tasks.insert(),
            [
                {
                    "task_id": task_id,
                    "year": 2026,
                    "chapter_zh": "实施",
                    "title_zh": title,
                    "area_id": "150600",
                    "owner_zh": owner,
                    "quantity": quantity,
                    "unit": unit,
                    "due": due,
                }
                for task_id, title, owner, quantity, unit, due in TASKS
            ],
        )
        columns = ("task_id", "period", "state", "quantity_done")
        connection.execute(task_reports.insert(), [dict(zip(columns, row, strict=True)) for row in REPORTS])
    return small_site


def test_the_board_says_how_many_are_overdue_and_whose_they_are(board):
    page = asking.page(board, "/tasks")
    said = asking.text(page)

    assert "1 of 3 work points of 2026 overdue, 0 late" in asking.text(asking.of_type(page, "H1"))
    assert "Not heard of" in said
    assert "138 days over" in said  # 30 June to 15 November
    assert "900 of 1,000" in said
    assert "(90 %)" in said


def test_a_department_has_a_page_of_its_own(board):
    page = asking.page(board, "/tasks", "?department=市教育体育局")

    assert "老年人体检" not in asking.text(page)
    assert "健康步道" in asking.text(page)


def test_the_file_has_the_rows_of_the_address(board):
    rows = board.get("/download/tasks.csv?lamp=silent&lang=en").data.decode("utf-8-sig").splitlines()

    assert len(rows) == 2
    assert "监测报告" in rows[1]


def test_unknown_words_in_the_address_ask_for_everything(board):
    assert "1 of 3" in asking.text(asking.page(board, "/tasks", "?year=x&department=nobody&lamp=green&view=decade"))


def test_before_anything_came_in_the_page_says_what_to_send(small_site):
    assert "task_reports" in asking.text(asking.page(small_site, "/tasks"))


def test_quarters_that_have_begun_are_counted_to_today():
    days, names = ends_of(2026, "quarter", date(2026, 11, 15))

    assert days == (date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 11, 15))
    assert len(names) == 4
