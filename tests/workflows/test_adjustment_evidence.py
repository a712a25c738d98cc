import io
import zipfile
from datetime import date

import pytest

from data_access import adjustments as store
from data_access.errors import InputError
from tests.workflows.test_adjusting import LI, PLAN, WANG, approved, draft, judged  # noqa: F401
from tests.workflows.test_judge_plan import planned, submit  # noqa: F401
from workflows.adjustment_evidence import LARGEST, add_evidence
from workflows.adjustment_outcomes import value_added
from workflows.judging import judge_plan

PDF = b"%PDF-1.7\n..."


def document(*parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "x")
    return file.getvalue()


def test_evidence_is_kept_as_it_came_with_a_name_that_deceives_nobody(judged):  # noqa: F811
    number = draft(judged)
    evidence_id = add_evidence(judged, LI, number, "..\\通知\u202efdp.exe\n.pdf", PDF)
    add_evidence(judged, LI, number, "表.xlsx", document("xl/workbook.xml"))

    kept = store.read_evidence_file(judged, evidence_id)
    assert (kept["content"], kept["media_type"]) == (PDF, "application/pdf")
    assert kept["name"] == "通知fdp.exe.pdf"
    assert store.read_evidence(judged, number)["name"].tolist() == ["通知fdp.exe.pdf", "表.xlsx"]


def test_other_files_are_refused(judged):  # noqa: F811
    number = draft(judged)
    for name, content, said in (
        ("通知.pdf", b"", "是空文件"),
        ("通知.pdf", b"%PDF-" + bytes(LARGEST), "超过 5 MB"),
        ("通知.html", b"<script>", "可传 PDF、PNG、JPEG、DOCX、XLSX"),
        ("通知.pdf", b"<script>alert(1)</script>", "内容与扩展名不符"),
        ("照片.png", b"\xff\xd8\xff\xe0", "内容与扩展名不符"),
        ("宏.docx", document("word/document.xml", "word/vbaProject.bin"), "内容与扩展名不符"),
        ("表.xlsx", document("word/document.xml"), "内容与扩展名不符"),
        ("", PDF, "没有文件名"),
    ):
        with pytest.raises(InputError, match=said):
            add_evidence(judged, LI, number, name, content)


def test_evidence_is_added_by_the_author_before_the_decision(judged):  # noqa: F811
    with pytest.raises(InputError, match="只能由本人添加"):
        add_evidence(judged, WANG, draft(judged), "通知.pdf", PDF)
    with pytest.raises(InputError, match="不能再添加附件"):
        add_evidence(judged, LI, approved(judged), "通知.pdf", PDF)


def test_past_adjustments_are_scored_against_what_came(judged):  # noqa: F811
    assert value_added(judged)[0].empty
    number = approved(judged, 28)
    # the adjusted median climbs to 28 % in 2030; 2026 comes in at 25.6 %, about where that path runs
    submit(judged, [("150602", 2026, 256, 1000)], (2027, 2, 1))

    judge_plan(judged, PLAN, as_of=date(2027, 3, 31))
    table, outcomes = value_added(judged)

    assert outcomes[["adjustment_id", "time", "actual"]].values.tolist() == [[number, 2026.0, 25.6]]
    whole = table.set_index("by").loc["all"]
    assert whole["mae_adjusted"] < whole["mae_model"] and whole["value_added"] > 0
    assert not whole["is_enough"]  # one is no proof
    assert set(table["by"]) == {"all", "author_name", "kind", "reason_code"}
    assert value_added(judged, ["150602"])[1].equals(outcomes)
    assert all(frame.empty for frame in value_added(judged, ["150621"]))  # whoever is limited to another district
