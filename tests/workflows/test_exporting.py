"""What stands, written in the columns of its template, changes nothing when it is imported again."""

import csv
import shutil

import pytest

from data_access.engine import make_engine
from data_access.errors import InputError
from data_access.kinds import KINDS
from data_access.written_rows import Wanted
from tests.data_access.rows import submit_register, write_places_and_indicators
from tests.workflows.test_import_programmes import HEAD, PROGRAMMES, TOWNSHIPS
from workflows import exporting
from workflows.exporting import write_rows
from workflows.importing import import_file


@pytest.fixture
def store(engine):
    write_places_and_indicators(engine)
    submit_register(engine, "areas", TOWNSHIPS)
    return engine


def sent(engine, kind, path, text=None):
    if text is not None:
        path.write_text(text, encoding="utf-8")
    return import_file(engine, kind, path, received_from="wang")


def round_trip(engine, kind, path):
    """(rows written, rows stored when imported again, rows that were known already)."""
    written = write_rows(path, engine, KINDS[kind], Wanted())
    report = sent(engine, kind, path)
    assert report.outcome == "stored", report.lines()
    return written, report.rows_stored, report.rows_unchanged


def test_every_kind_of_the_demo_comes_back_unchanged(demo_once, tmp_path):
    shutil.copy(demo_once / "kangtu.db", tmp_path / "kangtu.db")
    engine = make_engine(f"sqlite:///{tmp_path}/kangtu.db")

    done = {kind: round_trip(engine, kind, tmp_path / f"{kind}.csv") for kind in KINDS}

    assert {kind: stored for kind, (_written, stored, _same) in done.items()} == dict.fromkeys(KINDS, 0)
    assert all(written > 0 for written, _stored, _same in done.values())
    engine.dispose()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_names_like_formulas_shifted_coordinates_and_long_fractions_come_back_as_they_were(store, tmp_path, ending):
    cell = "细胞编号,细胞类型,名称,地区代码,经度,纬度,坐标系,佐证材料\nc-1,健康社区,=东胜社区,150602,109.99,39.82,百度,-见附件\n"
    figures = "指标,地区代码,时期,分子,分母,数值,下限,上限\nscreening_rate,150602,2024,1,3,,,\nscreening_rate,150602,2025,,,0.3000000000000000444%,0.1,0.9\n"
    sent(store, "health_cells", tmp_path / "cells.csv", cell)
    sent(store, "observations", tmp_path / "figures.csv", figures)

    assert round_trip(store, "health_cells", tmp_path / f"cells-out.{ending}") == (1, 0, 1)
    assert round_trip(store, "observations", tmp_path / f"figures-out.{ending}") == (2, 0, 2)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_counts_of_several_states_come_back_step_by_step(store, tmp_path, ending):
    sent(store, "programmes", tmp_path / "programmes.csv", PROGRAMMES)
    sent(store, "programme_counts", tmp_path / "a.csv", HEAD + "two-cancer,150602001,2026-07,400,420,,,,,含外来人员\n")
    sent(store, "programme_counts", tmp_path / "b.csv", HEAD + "two-cancer,150602001,2026-07,,,5,4,,核定,\n")
    sent(store, "programme_counts", tmp_path / "c.csv", HEAD + "two-cancer,150602100,2026-07,90,80,3,1,0,快报,\n")

    # one row of the two steps the note is about, a row each of the two certified; the other township's five in one
    assert round_trip(store, "programme_counts", tmp_path / f"out.{ending}") == (4, 0, 9)


def test_a_csv_holds_only_what_lies_in_the_area_asked_for(store, tmp_path):
    path = tmp_path / "areas.csv"

    assert write_rows(path, store, KINDS["areas"], Wanted(area_ids=frozenset({"150602", "150602001"}))) == 2
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [row["地区代码"] for row in csv.DictReader(file)] == ["150602", "150602001"]


def test_more_rows_than_a_workbook_may_hold_are_not_cut_off_silently(store, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "ROWS", 3)

    with pytest.raises(InputError, match=r"请导出 \.csv"):
        write_rows(tmp_path / "areas.xlsx", store, KINDS["areas"], Wanted())
