import pandas as pd

from models.rollups import status_counts, top_of


def test_marks_of_a_group_are_counted_by_status_and_never_averaged():
    statuses = pd.Series(["behind", "reversing", "achieved", "on_course", "cannot_judge"])
    counts = status_counts(pd.Series(["a", "a", "a", "b", None]), statuses)

    assert counts.loc["a"].to_dict() == {
        "achieved": 1,
        "on_course": 0,
        "slow": 0,
        "behind": 1,
        "reversing": 1,
        "cannot_judge": 0,
        "total": 3,
        "failing": 2,
    }
    assert counts.loc["b", ["total", "failing"]].tolist() == [1, 0]
    assert list(counts.index) == ["a", "b"]


def test_no_marks_are_no_groups():
    nothing = status_counts(pd.Series([], dtype=object), pd.Series([], dtype=object))

    assert nothing.empty
    assert "failing" in nothing.columns


def test_an_action_counts_with_the_chapter_it_stands_under():
    parents = pd.Series({"1": None, "1.2": "1", "1.2.3": "1.2", "2": "gone"}, dtype=object)

    assert top_of(parents).to_dict() == {"1": "1", "1.2": "1", "1.2.3": "1", "2": "2"}
