import pandas as pd
import pytest

from models.changes import compare_marks

FIGURE = {"period": "2025", "observed": 20.0, "final_year": 2030, "final_value": 30.0, "comparator": ">="}


def review(*marks) -> pd.DataFrame:
    """(target, status, changed columns) each, all of one area."""
    rows = [
        {"target_id": target, "area_id": "150602", "status": status, "p_miss": 0.5, "p_miss_basis": "full"}
        | FIGURE
        | changed
        for target, status, changed in marks
    ]
    columns = ["target_id", "area_id", "status", *FIGURE, "p_miss", "p_miss_basis"]
    return pd.DataFrame(rows, columns=columns)


@pytest.mark.parametrize(
    ("before", "now", "change", "steps"),
    [
        ("on_course", "behind", "worse", -2),
        ("behind", "reversing", "worse", -1),
        ("slow", "achieved", "better", 2),
        ("slow", "slow", "same", 0),
    ],
)
def test_a_mark_moves_by_the_steps_between_statuses(before, now, change, steps):
    moved = compare_marks(review(("t", before, {})), review(("t", now, {}))).iloc[0]

    assert (moved.change, moved.steps) == (change, steps)


def test_what_could_not_be_judged_before_is_newly_judged_neither_better_nor_worse():
    silent = {"period": None, "observed": None}
    moved = compare_marks(
        review(("a", "cannot_judge", silent), ("b", "behind", {}), ("c", "cannot_judge", silent), ("e", "slow", {})),
        review(("a", "behind", {}), ("b", "cannot_judge", silent), ("c", "cannot_judge", silent), ("d", "slow", {})),
    ).set_index("target_id")

    assert moved.change.to_dict() == {
        "a": "newly_judged",
        "d": "newly_judged",
        "b": "no_longer_judged",
        "e": "no_longer_judged",
        "c": "not_judged",
    }
    assert moved.cause[["d", "e"]].tolist() == ["new_target", "gone"]
    assert moved.steps.isna().all()


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"period": "2026", "observed": 20.0}, "new_figure"),
        ({"observed": 19.0}, "figure_revised"),
        ({"final_value": 35.0, "period": "2026"}, "goal_revised"),
        ({"final_year": 2035}, "goal_revised"),
        ({}, "nothing_new"),
    ],
)
def test_a_move_says_what_is_new(changed, cause):
    moved = compare_marks(review(("t", "on_course", {})), review(("t", "slow", changed)))

    assert moved.cause.tolist() == [cause]


def test_the_plainest_turn_for_the_worse_comes_first():
    before = review(("a", "slow", {}), ("b", "achieved", {}), ("c", "behind", {}), ("d", "on_course", {}))
    now = review(("a", "behind", {}), ("b", "behind", {}), ("c", "achieved", {}), ("d", "on_course", {}))

    assert compare_marks(before, now).target_id.tolist() == ["b", "a", "c", "d"]


def test_without_an_earlier_review_everything_is_new():
    moved = compare_marks(review(), review(("t", "slow", {})))

    assert (moved.change.tolist(), moved.cause.tolist()) == (["newly_judged"], ["new_target"])
