"""One row typed into a form goes the way of an import: same checks, same ledger; nothing that stands is lost silently."""

from dataclasses import replace
from datetime import date

import pytest

from data_access.kinds import KINDS
from data_access.programmes import read_counts, read_kept_aside
from data_access.row_history import read_versions
from data_access.submissions import read_submissions
from data_access.written_rows import read_row
from tests.data_access.rows import submit_register, write_places_and_indicators
from tests.workflows.test_import_programmes import HEAD, PROGRAMMES, TOWNSHIPS
from workflows.importing import import_file, undo_import
from workflows.single_edits import ELSEWHERE, Edit, Sender, answer_edit

TODAY = date(2026, 11, 15)
KEY = {"programme_id": "two-cancer", "area_id": "150602001", "period": "2026-07"}
CLERK = Sender("wang", ("150602",))
CELL = {
    "health_cell_id": "cell-1", "cell_type": "healthy_village", "name_zh": "东胜健康村", "area_id": "150602",
    "title_level": "county", "applied_on": "2024-03-01", "certified_on": "2024-06-01", "expires_on": "",
}  # fmt: skip


@pytest.fixture
def send(engine, tmp_path):
    """send(kind, text, **options) imports a CSV of this text; a month of one township is there already."""
    write_places_and_indicators(engine)
    submit_register(engine, "areas", TOWNSHIPS)
    numbers = iter(range(1000))

    def send(kind, text, **options):
        path = tmp_path / f"{next(numbers)}.csv"
        path.write_text(text, encoding="utf-8")
        report = import_file(engine, kind, path, received_from="li", today=TODAY, **options)
        assert report.outcome == "stored", report.lines()
        return report

    send("programmes", PROGRAMMES)
    send("programme_counts", HEAD + "two-cancer,150602001,2026-07,400,60,5,4,3,,\n")
    return send


def opened(engine, kind, key, **cells):
    """What the form sends after its fields were changed."""
    row = read_row(engine, KINDS[kind], key)
    return Edit(kind, {**row.cells, **cells}, key, row.version)


def answered(engine, edit, sender=CLERK, *, save=True):
    return answer_edit(engine, edit, sender, save=save, today=TODAY)


def steps(engine):
    return {row.stage: (row.value, row.status) for row in read_counts(engine, ["two-cancer"]).itertuples()}


def test_a_clerk_mends_one_count_with_a_reason_and_the_others_keep_their_first_statement(engine, send):
    edit = opened(engine, "programme_counts", KEY, attended="66")

    first = answered(engine, edit)
    assert (first.outcome, first.questions) == ("asked", ["reason"])
    assert [(one.column, one.before, one.after) for one in first.changes] == [("attended", "60", "66")]
    assert steps(engine)["attended"] == (60.0, "final")

    done = answered(engine, replace(edit, reason="漏登 6 人"))
    assert done.outcome == "stored"
    assert steps(engine) == {
        "eligible": (400.0, "final"), "attended": (66.0, "final"), "positive": (5.0, "final"),
        "confirmed": (4.0, "final"), "followed_up": (3.0, "final"),
    }  # fmt: skip
    of_step = [one for one in read_versions(engine, KINDS["programme_counts"], KEY) if one.cells["stage"] == "attended"]
    assert [(one.cells["value"], one.state, one.received_from, one.is_form, one.reason) for one in of_step] == [
        ("66", "stands", "wang", True, "漏登 6 人"),
        ("60", "replaced", "li", False, None),
    ]
    assert of_step[1].ended_by == done.submission_id
    newest = read_submissions(engine).iloc[0]
    assert (newest["rows_read"], newest["rows_stored"], newest["is_form"]) == (1, 1, True)


def test_the_same_words_may_be_typed_again_after_others(engine, send):
    for value in ("66", "60", "66"):
        done = answered(engine, replace(opened(engine, "programme_counts", KEY, attended=value), reason="核对"))
        assert done.outcome == "stored"

    assert steps(engine)["attended"] == (66.0, "final")


def test_a_form_that_changes_nothing_stores_nothing_though_a_number_is_written_otherwise(engine, send):
    before = len(read_submissions(engine))

    assert answered(engine, opened(engine, "programme_counts", KEY, eligible="４００", attended="")).outcome == "same"
    assert len(read_submissions(engine)) == before


def test_more_examined_than_eligible_is_refused_beside_its_field_until_the_note_says_why(engine, send):
    edit = replace(opened(engine, "programme_counts", KEY, attended="420"), reason="补报")

    refused = answered(engine, edit)
    assert refused.outcome == "refused"
    assert [(one.column, "实检（实管）人数 420 多于应检（应管）人数 400" in one.what) for one in refused.troubles] == [
        ("attended", True)
    ]
    taken = answered(engine, replace(edit, cells={**edit.cells, "note": "含外来务工人员"}))
    assert taken.outcome == "stored"
    assert any("存疑但已接受" in notice for notice in taken.notices)
    is_questioned = read_counts(engine, ["two-cancer"]).set_index("stage")["is_questioned"]
    assert is_questioned["attended"]
    assert not is_questioned["eligible"]


def test_a_certified_count_gives_way_only_to_who_may_certify_and_says_so(engine, send):
    send("programme_counts", HEAD + "two-cancer,150602001,2026-07,,61,,,,核定,\n")
    edit = replace(opened(engine, "programme_counts", KEY, attended="66"), reason="漏登")

    asked = answered(engine, edit)
    assert (asked.outcome, asked.questions) == ("asked", ["aside"])
    assert answered(engine, replace(edit, is_confirmed=True)).outcome == "stored"
    assert steps(engine)["attended"] == (61.0, "certified")
    assert read_kept_aside(engine, "two-cancer")["value"].tolist() == [66.0]

    edit = replace(opened(engine, "programme_counts", KEY, attended="66", status="certified"), reason="复核")
    assert [one.column for one in answered(engine, edit).troubles] == ["status"]
    certifier = Sender("zhao", may_certify=True)
    assert answered(engine, edit, certifier).questions == ["certified"]
    assert answered(engine, replace(edit, is_confirmed=True), certifier).outcome == "stored"
    assert steps(engine)["attended"] == (66.0, "certified")
    states = [
        (one.cells["value"], one.state)
        for one in read_versions(engine, KINDS["programme_counts"], KEY)
        if one.cells["stage"] == "attended"
    ]
    assert states == [("66", "stands"), ("66", "kept_aside"), ("61", "replaced"), ("60", "replaced")]


def test_who_opened_the_form_before_somebody_else_saved_is_shown_both(engine, send):
    mine = replace(opened(engine, "programme_counts", KEY, attended="66"), reason="漏登")
    theirs = answered(engine, replace(opened(engine, "programme_counts", KEY, attended="70"), reason="补报"))
    assert theirs.outcome == "stored"

    late = answered(engine, mine)
    assert late.outcome == "conflict"
    assert [(one.column, one.before, one.after) for one in late.changes] == [("attended", "70", "66")]
    assert steps(engine)["attended"] == (70.0, "final")


def test_what_comes_between_the_check_and_the_writing_is_seen_inside_the_transaction(engine, send, monkeypatch):
    import workflows.single_edits as single_edits

    mine = replace(opened(engine, "programme_counts", KEY, attended="66"), reason="漏登")
    before, real = len(read_submissions(engine)), single_edits._import

    def slow(*arguments, dry_run, **more):
        if not dry_run:
            send("programme_counts", HEAD + "two-cancer,150602001,2026-07,,70,,,,,\n")
        return real(*arguments, dry_run=dry_run, **more)

    monkeypatch.setattr(single_edits, "_import", slow)
    assert answered(engine, mine).outcome == "conflict"
    assert steps(engine)["attended"] == (70.0, "final")
    assert len(read_submissions(engine)) == before + 1


def test_a_clerk_edits_only_what_lies_in_their_own_district(engine, send):
    other = Sender("zhang", ("150603",))

    refused = answered(engine, replace(opened(engine, "programme_counts", KEY, attended="66"), reason="x"), other)
    assert (refused.outcome, refused.present, [one.column for one in refused.troubles]) == (
        "refused",
        None,
        ["area_id"],
    )
    assert refused.troubles[0].mend == ELSEWHERE  # a form has no row to delete
    answered(engine, Edit("health_cells", CELL))
    added = answered(engine, Edit("health_cells", {**CELL, "health_cell_id": "cell-2"}), other)
    assert [(one.column, one.mend) for one in added.troubles] == [("area_id", ELSEWHERE)]
    moved = replace(opened(engine, "health_cells", {"health_cell_id": "cell-1"}, area_id="150603"), reason="x")
    refused = answered(engine, moved, other)
    assert (refused.outcome, refused.present) == ("refused", None)


def test_a_health_cell_is_added_mended_and_its_history_outlives_the_undoing(engine, send):
    key, kind = {"health_cell_id": "cell-1"}, KINDS["health_cells"]
    added = answered(engine, Edit("health_cells", CELL))
    assert (added.outcome, added.questions) == ("stored", [])
    again = answered(engine, Edit("health_cells", CELL))
    assert (again.outcome, again.present is not None) == ("conflict", True)

    early = answered(engine, opened(engine, "health_cells", key, certified_on="2024-02-01"))
    assert [(one.column, "早于" in one.what) for one in early.troubles] == [("certified_on", True)]

    mended = answered(engine, replace(opened(engine, "health_cells", key, title_level="prefecture"), reason="升级"))
    assert mended.outcome == "stored"
    undo_import(engine, mended.submission_id, received_from="wang")
    assert read_row(engine, kind, key).cells["title_level"] == "county"
    versions = read_versions(engine, kind, key)
    assert [(one.cells["title_level"], one.state, one.reason) for one in versions] == [
        ("prefecture", "taken_back", "升级"),
        ("county", "stands", None),
    ]


def test_a_second_certificate_for_the_same_cell_is_asked_about(engine, send):
    answered(engine, Edit("health_cells", CELL))

    refused = answered(engine, Edit("health_cells", {**CELL, "health_cell_id": "cell-2"}))

    assert [(one.column, "已有编号 cell-1" in one.what) for one in refused.troubles] == [("health_cell_id", True)]


def test_coordinates_from_a_shifted_map_do_not_wander_when_another_field_is_mended(engine, send):
    key = {"health_cell_id": "cell-1"}
    answered(engine, Edit("health_cells", {**CELL, "lon": "109.99", "lat": "39.82", "declared_datum": "GCJ-02"}))
    before = read_row(engine, KINDS["health_cells"], key).cells
    assert (before["lon"], before["lat"], before["declared_datum"]) == ("109.99", "39.82", "GCJ-02")

    answered(engine, replace(opened(engine, "health_cells", key, evidence="鄂府发〔2024〕1 号"), reason="补材料"))

    after = read_row(engine, KINDS["health_cells"], key).cells
    assert {name for name in after if after[name] != before[name]} == {"evidence"}


def test_a_quantity_needs_its_unit_and_a_report_its_task(engine, send):
    task = {
        "task_id": "2026-01", "year": "2026", "title_zh": "建健康步道", "area_id": "150602", "owner_zh": "东胜区住建局",
        "quantity": "5", "unit": "", "due": "2026Q4",
    }  # fmt: skip

    assert [one.column for one in answered(engine, Edit("tasks", task)).troubles] == ["unit"]
    assert answered(engine, Edit("tasks", {**task, "unit": "条"})).outcome == "stored"
    report = {"task_id": "2026-01", "period": "2026-10", "state": "done", "quantity_done": "3"}
    assert [one.column for one in answered(engine, Edit("task_reports", report)).troubles] == ["state"]
    assert answered(engine, Edit("task_reports", {**report, "state": "under_way"})).outcome == "stored"
    other = answered(engine, Edit("task_reports", {**report, "period": "2026-11"}), Sender("zhang", ("150603",)))
    assert [(one.column, one.mend) for one in other.troubles] == [("task_id", ELSEWHERE)]


def test_a_final_figure_is_changed_only_when_confirmed_and_never_by_a_first_report(engine, send):
    key = {"indicator_id": "screening_rate", "area_id": "150602", "period": "2025"}
    send("observations", "指标,地区代码,时期,分子,分母,状态\nscreening_rate,150602,2025,850,1000,年报\n")
    edit = replace(opened(engine, "observations", key, numerator="855"), reason="更正")
    assert edit.cells["value"] == ""  # worked out of the counts

    assert answered(engine, edit).questions == ["final"]
    early = replace(edit, cells={**edit.cells, "status": "provisional"}, is_confirmed=True)
    assert [one.column for one in answered(engine, early).troubles] == ["status"]
    revised = replace(edit, cells={**edit.cells, "status": "revised"}, is_confirmed=True)
    assert answered(engine, revised).outcome == "stored"
    versions = read_versions(engine, KINDS["observations"], key)
    assert [(one.cells["value"], one.cells["status"], one.state) for one in versions] == [
        ("85.5", "revised", "stands"),
        ("85", "final", "replaced"),
    ]


def test_a_file_of_first_reports_leaves_final_figures_alone_and_says_so(engine, send):
    head = "指标,地区代码,时期,分子,分母,状态\n"
    send("observations", head + "screening_rate,150602,2025,850,1000,年报\nscreening_rate,150603,2025,90,100,快报\n")

    report = send(
        "observations", head + "screening_rate,150602,2025,700,1000,快报\nscreening_rate,150603,2025,91,100,快报\n"
    )

    assert (report.rows_stored, report.rows_unchanged) == (1, 0)
    assert any("1 个快报数与已定稿的数不同" in line and "快报 70，已定稿 85" in line for line in report.notices)
    of = {"indicator_id": "screening_rate", "period": "2025"}
    numbers = [
        read_row(engine, KINDS["observations"], {**of, "area_id": one}).cells["numerator"]
        for one in ("150602", "150603")
    ]
    assert numbers == ["850", "91"]
