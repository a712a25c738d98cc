"""What is stored as reports come in equals what is worked out directly: after imports, corrections and undone imports."""

from datetime import date

import pandas as pd
import pytest

from data_access import summaries as stored
from data_access.programmes import read_last_reports, read_programmes, read_rota
from models.quality import summarised, tallies
from tests.data_access.rows import submit_register, write_places_and_indicators
from workflows import summaries
from workflows.importing import import_file, undo_import
from workflows.programme_standing import read_round, standing
from workflows.programme_standing import summarised as summary_of
from workflows.report_quality import Look

TODAY = date(2026, 4, 20)
TOWNSHIPS = pd.DataFrame(
    [(f"150602{n}", "township", "150602", f"东{n}镇") for n in range(100, 110)]
    + [(f"150603{n}", "township", "150603", f"康{n}镇") for n in range(100, 105)],
    columns=["area_id", "level", "parent_id", "name_zh"],
)
PROGRAMMES = (
    "项目编号,名称,地区代码,项目类型,计数口径,上报频次,统计环节,周期,覆盖率目标\n"
    "cancer,两癌筛查,150600,筛查,当期,月,eligible;attended;positive,12,90\n"
    "exam,免费体检,150600,体检,当期,月,eligible;attended,12,80\n"
)
HEAD = "项目,地区代码,时期,应检人数,已检人数,阳性人数,上报日期\n"


def month(period, programme="cancer", *, leap=1, left_out=(), day=""):
    """A row for each township; leap: the first one's attended are so many times as many."""
    return "".join(
        f"{programme},{area_id},{period},1000,{(40 + at) * (leap if at == 0 else 1)},{'' if programme == 'exam' else at},{day}\n"
        for at, area_id in enumerate(TOWNSHIPS["area_id"])
        if area_id not in left_out
    )


@pytest.fixture
def send(engine, tmp_path, monkeypatch):
    """send(kind, text) imports a CSV of this text on the bureau's day and gives the report."""
    monkeypatch.setattr("workflows.importing.office_today", lambda: TODAY)
    write_places_and_indicators(engine)
    submit_register(engine, "areas", TOWNSHIPS)
    numbers = iter(range(1000))

    def send(kind, text, sender="wang"):
        path = tmp_path / f"{kind}{next(numbers)}.csv"
        path.write_text(text, encoding="utf-8")
        report = import_file(engine, kind, path, received_from=sender, today=TODAY)
        assert report.outcome == "stored", report.problems
        return report

    send("programmes", PROGRAMMES)
    return send


def direct_quality(engine) -> tuple[pd.DataFrame, int]:
    """What models.quality says of everything reported, without anything stored."""
    look, subjects = Look(engine, TODAY), stored.subjects_reported(engine)
    of = {kind: sorted(one for its, one in subjects if its == kind) for kind in ("indicator", "programme")}
    both = [look.indicators(of["indicator"]), look.programme_counts(of["programme"])]
    rows = pd.concat([tallies(one.due, one.reports, one.findings, one.numbers) for one in both])
    return summarised(rows.assign(group=rows["area_id"])), sum(len(one.findings) for one in both)


def assert_stored_is_direct(engine):
    """Both summaries, every column."""
    assert summaries.is_fresh(engine, TODAY)
    expected, number = direct_quality(engine)
    totals = stored.read_totals(engine)
    found = summarised(totals.assign(group=totals["area_id"]))
    pd.testing.assert_frame_equal(found.sort_index(), expected.sort_index())
    assert stored.count_findings(engine, None) == len(stored.read_findings(engine, None)) == number
    pd.testing.assert_frame_equal(stored_summaries(engine), direct_summaries(engine), check_dtype=False)


def stored_summaries(engine) -> pd.DataFrame:
    found = stored.read_programme_summaries(engine).drop(columns=["counts_by", "registers_by"])
    return found.sort_values(["programme_id", "area_id"], ignore_index=True)


def direct_summaries(engine) -> pd.DataFrame:
    """Of the prefecture and both districts, from the counts."""
    areas = summaries.read_areas(engine)
    every = read_programmes(engine).merge(read_last_reports(engine), on="programme_id")
    rows = []
    for row in every[every["period"].notna()].to_dict("records"):
        rota = read_rota(engine, row["programme_id"])
        for area_id in areas.loc[areas["level"].isin(["prefecture", "county"]), "area_id"]:
            below = summaries.cascade.descendants(areas, area_id)["area_id"]
            counts = read_round(engine, row, rota, row["period"], list(below))
            said = summary_of(standing(row, counts, rota, areas, area_id, row["period"]))
            rows.append({"programme_id": row["programme_id"], "area_id": area_id, **said})
    columns = stored_summaries(engine).columns
    return pd.DataFrame(rows, columns=columns).sort_values(["programme_id", "area_id"], ignore_index=True)


def findings(engine) -> set[tuple]:
    found = stored.read_findings(engine, None)
    return set(found[["check", "subject", "area_id", "period"]].itertuples(index=False, name=None))


def test_every_import_and_every_undo_leaves_what_is_worked_out_directly(engine, send):
    history = "".join(month(f"2025-{n:02d}") + month(f"2025-{n:02d}", "exam") for n in range(1, 13))
    send("programme_counts", HEAD + history)
    assert_stored_is_direct(engine)

    late = month("2026-01", day="2026-03-02", left_out=("150602103",)) + month("2026-02", leap=6, day="2026-03-05")
    second = send("programme_counts", HEAD + late, "乡镇")
    assert_stored_is_direct(engine)
    assert ("jump", "cancer", "150602100", "2026-02") in findings(engine)
    assert ("missing", "cancer", "150602103", "2026-01") in findings(engine)

    send("programme_counts", HEAD + "cancer,150602100,2026-02,1000,41,2,2026-03-06\n", "乡镇")  # the leap was a slip
    assert_stored_is_direct(engine)
    assert ("jump", "cancer", "150602100", "2026-02") not in findings(engine)

    undo_import(engine, second.submission_id, received_from="wang")
    assert_stored_is_direct(engine)
    assert not [one for one in findings(engine) if one[:2] == ("late", "cancer")]


def test_figures_of_files_count_and_a_programme_that_was_taken_back_is_gone(engine, send):
    figures = "".join(f"screening_rate,{area},2025,{n},100\n" for area, n in (("150602", 30), ("150603", 131)))
    first = send("observations", "指标,地区代码,时期,分子,分母\n" + figures.replace("131,100", "31,100"))
    only = send("programme_counts", HEAD + month("2026-01"))
    assert_stored_is_direct(engine)

    undo_import(engine, only.submission_id, received_from="wang")
    assert_stored_is_direct(engine)
    assert set(stored.read_subjects(engine)["kind"]) == {"indicator"}

    undo_import(engine, first.submission_id, received_from="wang")
    assert stored.read_subjects(engine).empty
    assert stored.read_totals(engine).empty


def test_a_new_area_changes_who_owes_a_report_and_so_does_a_day(engine, send):
    send("programme_counts", HEAD + month("2026-01") + month("2026-02") + month("2026-03"))
    before = stored.read_totals(engine).query("measure == 'due'")["number"].sum()

    send("areas", "地区代码,层级,上级代码,名称\n150603200,乡镇街道,150603,新设镇\n")
    assert_stored_is_direct(engine)
    after = stored.read_totals(engine).query("measure == 'due'")["number"].sum()
    assert (before, after) == (45, 48)  # three months of fifteen townships, then of sixteen

    # April is due from 16 May on; until then what was worked out on 20 April holds, but the month's end bounds it
    assert stored.read_subjects(engine)["holds_until"].dt.date.tolist() == [date(2026, 4, 30)]
    assert not summaries.is_fresh(engine, date(2026, 5, 1))
    assert summaries.refresh_quality(engine, date(2026, 5, 1)) == 1
    assert stored.read_subjects(engine)["holds_until"].dt.date.tolist() == [date(2026, 5, 15)]
    assert summaries.refresh_quality(engine, date(2026, 5, 2)) == 0
