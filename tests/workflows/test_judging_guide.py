from pathlib import Path

from models.contradictions import find_contradictions
from models.targets import read_targets_frame, row_refusals
from workflows.judging_guide import guide, pack_rows

PAGE = Path(__file__).parents[2] / "docs" / "judging.md"


def test_the_page_says_what_the_code_does():
    assert PAGE.read_text(encoding="utf-8") == guide(), "run: python -m workflows.judging_guide > docs/judging.md"


def test_every_row_of_the_thirteen_plans_is_represented_and_none_contradicts_itself():
    rows = pack_rows()
    targets = read_targets_frame(rows)

    assert (len(rows), rows.plan_id.nunique(), rows.indicator_id.nunique()) == (721, 13, 461)
    assert len(targets) == rows.target_id.nunique()
    assert len(find_contradictions(rows)) == 0


def test_which_rows_cannot_be_judged_is_known():
    rows = pack_rows()

    # 360 rows hide a year or a value; of the others 12 give no number and 3 point to another area's.
    assert row_refusals(rows).value_counts().to_dict() == {"": 346, "masked": 360, "no_value": 12, "no_benchmark": 3}
    # Ordos: "a batch" (three), smoke-free agencies without a percentage, and one benchmark.
    ordos = rows[rows.plan_id == "ordos-2030"]
    assert row_refusals(ordos).value_counts().to_dict() == {"": 164, "no_value": 4, "no_benchmark": 1}
