"""Every programme, kind of health cell, service standard and task of the thirteen packs stands under its plan."""

import csv
import io
import re
import shutil
from datetime import date
from math import ceil

import pytest

from dashboards.app import create_app
from data_access import submissions
from data_access.delivery_tables import programmes
from data_access.engine import make_engine, writing
from data_access.tables import facilities, health_cells
from data_access.task_tables import tasks
from settings import Settings
from tests.dashboards.asking import links, page, parts, rows, text
from workflows.packs import PACKS, built_in_packs, load_plans

TODAY = date(2026, 11, 15)
PLAN_IDS = [path.name for path in built_in_packs()]
ROWS_A_PAGE = 50
# part -> sheet, its code, its name, its own text; heads of the file in Chinese and English
SHEETS = {
    "programmes": ("programmes", "programme_id", "name", "data_points"),
    "cells": ("health_cells", "cell_type", "name", "rule"),
    "services": ("services", "standard_id", "name", "rule"),
    "tasks": ("tasks", "task_no", "title", "deliverable"),
}
HEADS = {
    "zh": {"data_points": "统计内容", "rule": "要求", "deliverable": "成果要求", "code": "代码", "no": "序号", "name": "名称", "note": "备注"},
    "en": {"data_points": "What is counted", "rule": "What is asked", "deliverable": "What is to be delivered", "code": "Code", "no": "No.", "name": "Name", "note": "Note"},
}  # fmt: skip
# counted in the plans' own texts, before anything of this program was written
PUBLISHED = {"programmes": 195, "health_cells": 190, "services": 223, "tasks": 409}
CHINESE = re.compile(r"[\u3400-\u9fff]")
ENGLISH_WORDS = re.compile(r"[A-Za-z]{2,}[ ,]+[A-Za-z]{2,}")
HIDDEN_YEAR = re.compile(r"Year hidden; [^.]*\.\s*|年份原文隐去，[^。]*。")
NAMED_INDICATOR = re.compile(r"^(?:indicator_id: |指标编号：)\w+[.。]?\s*")


@pytest.fixture(scope="module")
def site(migrated_sqlite, tmp_path_factory):
    """Asks the site on a store with all packs and no figures."""
    path = tmp_path_factory.mktemp("plan-rows") / "kangtu.db"
    shutil.copy(migrated_sqlite, path)
    engine = make_engine(f"sqlite:///{path}")
    load_plans(engine, today=TODAY)
    settings = Settings(database_url=f"sqlite:///{path}", data_folder=path.parent)
    yield create_app(settings, engine).server.test_client()
    engine.dispose()


def sheet(plan_id: str, name: str) -> list[dict]:
    """The rows of a pack's file."""
    with (PACKS / plan_id / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def download(site, **state) -> list[dict]:
    """The rows of the plan's CSV file."""
    answer = site.get("/download/plan.csv", query_string=state)
    return list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))


def shown_rows(site, plan_id: str, part: str, language: str) -> tuple[list[list[str]], str]:
    """The cells of every row of every page of a part, and all that the pages say."""
    count = len(sheet(plan_id, SHEETS[part][0]))
    found, said = [], ""
    for number in range(1, max(1, ceil(count / ROWS_A_PAGE)) + 1):
        shown = page(site, f"/plans/{plan_id}", f"?part={part}&page={number}", language=language)
        tables = [
            one
            for one in parts(shown)
            if isinstance(one, dict) and f"kt-plan-{part}" in str(one.get("props", {}).get("className", "")).split()
        ]
        found += [row for table in tables for row in rows(table)[1:]]
        said += text(shown)
    return found, said


def plain(words: str) -> str:
    return re.sub(r"\s+", "", words)


def test_the_packs_hold_as_many_rows_as_the_plans_were_counted_to_have():
    for name, count in PUBLISHED.items():
        assert sum(len(sheet(plan_id, name)) for plan_id in PLAN_IDS) == count


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("plan_id", PLAN_IDS)
def test_every_row_of_a_pack_stands_on_its_plans_page_in_the_readers_language(site, plan_id, language):
    for part, (name, _code, title, field) in SHEETS.items():
        expected = sheet(plan_id, name)
        found, said = shown_rows(site, plan_id, part, language)

        assert len(found) == len(expected), part
        for row, cells in zip(expected, found, strict=True):
            line = plain(" ".join(cells))
            assert plain(row[f"{title}_{language}"]) in line
            assert plain(row[f"{field}_{language}"]) in line
            note = HIDDEN_YEAR.sub("", NAMED_INDICATOR.sub("", row[f"note_{language}"]))
            assert plain(note) in line
        if language == "zh":
            assert ENGLISH_WORDS.findall(said.replace("CSV XLSX", "")) == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("plan_id", PLAN_IDS)
def test_the_file_of_a_plan_holds_its_packs_rows_in_one_language(site, plan_id, language):
    heads = HEADS[language]
    for part, (name, code, title, field) in SHEETS.items():
        expected = sheet(plan_id, name)
        found = download(site, plan_id=plan_id, part=part, lang=language)
        of_code = heads["no"] if part == "tasks" else heads["code"]

        assert [row[of_code] for row in found] == [row[code] for row in expected]
        assert [row[heads["name"]] for row in found] == [row[f"{title}_{language}"] for row in expected]
        assert [row[heads[field]] for row in found] == [row[f"{field}_{language}"] for row in expected]
        named = [NAMED_INDICATOR.sub("", row[f"note_{language}"]) for row in expected]
        assert [
            row[heads["note"]][-len(note) :] if note else "" for row, note in zip(found, named, strict=True)
        ] == named
        if language == "zh":
            texts = [value for row in found for head, value in row.items() if head != of_code]
            assert [value for value in texts if ENGLISH_WORDS.search(value)] == []


def test_what_a_plan_says_in_english_it_says_in_chinese_with_the_same_figures():
    for plan_id in PLAN_IDS:
        for name, _code, _title, field in SHEETS.values():
            for row in sheet(plan_id, name):
                for column in (field, "note"):
                    english, chinese = row[f"{column}_en"], row[f"{column}_zh"]
                    assert bool(english) == bool(chinese), (plan_id, row)
                    missing = figures(english) - figures(chinese)
                    assert not missing, (plan_id, english, chinese)
                    assert not chinese or CHINESE.search(chinese) or not re.search("[A-Za-z]", chinese)


@pytest.mark.parametrize("plan_id", PLAN_IDS)
def test_every_action_says_what_it_is_about_in_both_languages_with_the_same_figures(plan_id):
    for row in sheet(plan_id, "actions"):
        assert row["summary_zh"] and row["summary_en"], row
        assert not figures(row["summary_en"]) - figures(row["summary_zh"]), row
        assert not ENGLISH_WORDS.search(row["summary_zh"]), row


def figures(words: str) -> set[str]:
    """The numbers of two digits and more; thousands, ten and hundred thousands are written 千, 万 and 10万 in Chinese."""
    numbers = set(re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d{3})", "", words)))
    if "十四五" in words or "14th" in words:
        numbers.discard("14")
    return {number for number in numbers if len(number) > 1} - {"1000", "10000", "100000"}


def test_words_find_a_row_in_either_language_and_pages_keep_them(site):
    in_english = page(site, "/plans/cixi-health", "?part=tasks&q=premature mortality", language="zh")
    in_chinese = page(site, "/plans/cixi-health", "?part=tasks&q=目标另行下达", language="en")
    long = links(page(site, "/plans/cixi-health", "?part=tasks&q=indicator_id&page=9", language="zh"))

    assert "重大慢性病过早死亡率" in text(in_english)
    assert "Family-doctor sign-up coverage, whole population" in text(in_chinese)
    assert "part=tasks" in long["上一页"] and "q=indicator_id" in long["上一页"]


@pytest.fixture
def tracked(small_site, empty_store, monkeypatch):
    """The small site with the plans of Ordos and Yuyao, and something reported of one row of each kind."""
    monkeypatch.setattr(submissions, "office_today", lambda: TODAY)
    load_plans(empty_store[1], [PACKS / "ordos-2030", PACKS / "yuyao-health"], today=TODAY)
    hall = {"facility_id": "f1", "name_zh": "卫生院", "facility_type": "township_hospital", "area_id": "150602"}
    cell = {"health_cell_id": "c1", "cell_type": "five_star_nursing_room", "name_zh": "母婴室", "area_id": "150602"}
    screening = {"programme_id": "two-cancer", "name_zh": "两癌", "name_en": "Two cancers", "area_id": "150600"}
    screening |= {"plan_id": "ordos-2030", "plan_programme_id": "two-cancer-screening", "kind": "screening"}
    screening |= {"counted": "in_period", "report_every": "month", "stages": "eligible;attended"}
    point = {"task_id": "t1", "plan_id": "yuyao-health", "plan_task_no": "S1.q1", "year": 2026, "title_zh": "健康素养"}
    point |= {"area_id": "150600", "owner_zh": "市卫生健康委员会", "due": "2026-06"}
    with writing(empty_store[1]) as connection:
        connection.execute(facilities.insert(), {**hall, "services": "tcm_hall"})
        connection.execute(health_cells.insert(), {**cell, "certified_on": date(2026, 3, 1)})
        connection.execute(programmes.insert(), screening)
        connection.execute(tasks.insert(), point)
        connection.execute(tasks.insert(), point | {"task_id": "t2", "plan_id": "ordos-2030", "plan_task_no": "1.2"})
    return small_site


def test_beside_a_row_stands_what_is_tracked_of_it_with_the_way_there(tracked):
    screened = page(tracked, "/plans/ordos-2030", "?part=programmes")
    halls = page(tracked, "/plans/ordos-2030", "?part=services&q=mcm_halls_township")
    rooms = page(tracked, "/plans/yuyao-health", "?part=cells&q=five_star")
    literacy = page(tracked, "/plans/yuyao-health", "?part=tasks&q=S1.q1")

    assert "/programmes/two-cancer" in links(screened).values()
    assert links(halls)["See how it stands"] == "/services?plan=ordos-2030"
    assert "100.0 % (1 of 1)" in text(halls)
    assert links(rooms)["See how it stands"] == "/cells?rules=yuyao-health"
    assert "1 / 3" in text(rooms)
    assert "尚未达到（本年未结束）：1 / 3" in text(page(tracked, "/plans/yuyao-health", "?part=cells", language="zh"))
    board = {" ".join(words.split()): path for words, path in links(literacy).items()}
    assert board["Overdue Municipal Health Commission"].startswith("/tasks?year=2026&department=")
    assert links(page(tracked, "/plans/ordos-2030"))["1 work point this year"].startswith("/tasks?year=2026")
    assert "another area's" in text(rooms)
    assert "another area's" not in text(halls)
