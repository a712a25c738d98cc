"""Every programme, kind of health cell, service standard and task of the thirteen packs stands under its plan."""

import csv
import io
import re
import shutil
from datetime import date
from math import ceil

import pytest

from dashboards.app import create_app
from data_access.engine import make_engine
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
