import pandas as pd

from models.study import study_queue

PEOPLE = pd.DataFrame({"area_id": ["a", "b", "b"], "year": [2020, 2010, 2020], "persons": [1000.0, 9000.0, 500.0]})


def marks(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["target_id", "area_id", "status", "p_miss", "needs_study"])


def test_only_marks_that_contradict_their_forecast_stand_in_the_queue():
    queue = study_queue(
        marks(("t", "a", "on_course", 0.8, True), ("u", "a", "behind", 0.2, True), ("v", "a", "slow", 0.9, False)),
        PEOPLE,
    )

    assert dict(zip(queue.target_id, queue.contradiction, strict=True)) == {"t": "may_miss", "u": "may_meet"}


def test_the_plainest_contradiction_comes_first_and_of_equal_ones_that_of_most_people():
    queue = study_queue(
        marks(
            ("t", "b", "on_course", 0.90, True),  # 500 people by now
            ("u", "a", "reversing", 0.10, True),  # as plain, 1,000 people
            ("v", "b", "achieved", 0.70, True),
            ("w", "b", "behind", 0.05, True),
        ),
        PEOPLE,
    )

    assert queue.target_id.tolist() == ["w", "u", "t", "v"]
    assert queue.disagreement.round(2).tolist() == [0.95, 0.90, 0.90, 0.70]


def test_no_contradictions_are_an_empty_queue():
    queue = study_queue(marks(("t", "a", "slow", 0.5, False)), PEOPLE)

    assert queue.empty
    assert {"contradiction", "disagreement", "people"} <= set(queue.columns)
