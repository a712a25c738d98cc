"""A review of the past uses what was known on its day, and says the same whenever it is repeated."""

import json
from argparse import Namespace
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from sqlalchemy import insert, select, update

from data_access import judgements
from data_access.engine import writing
from data_access.tables import observations, target_milestones, targets
from data_access.undoing import undo
from settings import Settings
from tests.workflows.test_judge_plan import PLAN, planned, submit  # noqa: F401
from workflows.judging import day_of, figures_that_came_later, judge_plan, run

SPRING, SUMMER, AUTUMN, WINTER = date(2026, 6, 30), date(2026, 8, 15), date(2026, 10, 31), date(2026, 11, 15)


def revise_target(engine):
    """From 1 August 2026 the plan asks for 38 % in 2030: 28 % by 2025, where it had asked for 30 and 25."""
    with writing(engine) as connection:
        first = dict(connection.execute(select(targets)).mappings().one())
        milestones = [dict(row) for row in connection.execute(select(target_milestones)).mappings()]
        connection.execute(update(targets).values(in_force_to=date(2026, 7, 31)))
        connection.execute(insert(targets).values(first | {"version": 2, "in_force_from": date(2026, 8, 1)}))
        for row in milestones:
            value = 38.0 if row["year"] == 2030 else row["value"]
            connection.execute(insert(target_milestones).values(row | {"version": 2, "value": value}))


def revise_figure(engine) -> int:
    """On 1 September Dongsheng's 25 % of 2025 turn out to be 20 %; gives the submission."""
    submit(engine, [("150602", 2026, 1, 1000)], (2026, 9, 1))  # written as 2026, then made the other 2025
    of_2025 = (observations.c.area_id == "150602") & (observations.c.period == "2025")
    with writing(engine) as connection:
        new = connection.scalar(select(observations.c.submission_id).where(observations.c.period == "2026"))
        connection.execute(update(observations).where(of_2025).values(superseded_by=new))
        figure = {"period": "2025", "time": 2025.0, "numerator": 200.0, "value": 20.0, "status": "revised"}
        connection.execute(update(observations).where(observations.c.period == "2026").values(figure))
    return new


@pytest.fixture
def revised(planned):  # noqa: F811
    """The plan's store after a revised target, a revised figure, and the taking back of that figure on 10 November."""
    revise_target(planned)
    submission = revise_figure(planned)
    undo(planned, submission, received_from="市卫健委", received_at=datetime(2026, 11, 10, 4, tzinfo=UTC))
    return planned


def dongsheng(engine, day) -> tuple:
    marks = judgements.read_marks(engine, judge_plan(engine, PLAN, as_of=day)["run_id"])
    mark = marks.set_index("area_id").loc["150602"]
    return mark.status, mark.observed, pytest.approx(mark.path_value), mark.final_value


def test_each_day_is_judged_by_the_figures_and_the_target_of_that_day(revised):
    # One standard error of 25 % of 1,000 is 1.37 points: 3 points short are slow. Of 20 % it is 1.26: 8 are behind.
    assert dongsheng(revised, SPRING) == ("on_course", 25, 25, 30)
    assert dongsheng(revised, SUMMER) == ("slow", 25, 28, 38)
    assert dongsheng(revised, AUTUMN) == ("behind", 20, 28, 38)
    assert dongsheng(revised, WINTER) == ("slow", 25, 28, 38)  # the figure of September has been taken back


def review(engine, day) -> tuple[pd.DataFrame, pd.DataFrame]:
    run_id = judge_plan(engine, PLAN, as_of=day)["run_id"]
    return judgements.read_marks(engine, run_id), judgements.read_forecasts(engine, run_id)


def test_a_review_repeated_after_all_revisions_gives_the_same_marks_and_forecasts(planned):  # noqa: F811
    spring = review(planned, SPRING)
    revise_target(planned)
    summer, submission = review(planned, SUMMER), revise_figure(planned)
    autumn = review(planned, AUTUMN)
    undo(planned, submission, received_from="市卫健委", received_at=datetime(2026, 11, 10, 4, tzinfo=UTC))
    submit(planned, [("150621", 2026, 270, 1000)], (2027, 2, 1))

    for day, first in ((SPRING, spring), (SUMMER, summer), (AUTUMN, autumn)):
        again = review(planned, day)
        assert not first[1].empty
        pd.testing.assert_frame_equal(again[0], first[0])
        pd.testing.assert_frame_equal(again[1], first[1])


def test_forecasts_of_the_past_do_not_know_the_revised_figure(revised):
    def expected_in_2026(day):
        fans = review(revised, day)[1].set_index(["area_id", "time"])
        return fans.loc[("150602", 2026.0), "q500"]

    assert expected_in_2026(SPRING) > 24
    assert expected_in_2026(AUTUMN) < 24


def test_before_the_plan_was_in_force_there_is_nothing_to_judge(planned):  # noqa: F811
    with writing(planned) as connection:
        connection.execute(update(targets).values(in_force_from=date(2026, 1, 1)))

    assert judgements.read_marks(planned, judge_plan(planned, PLAN, as_of=date(2025, 12, 31))["run_id"]).empty


def test_before_anything_was_reported_nothing_can_be_judged(planned):  # noqa: F811
    marks = judgements.read_marks(planned, judge_plan(planned, PLAN, as_of=date(2026, 2, 28))["run_id"])

    assert set(marks.status) == {"cannot_judge"}


def test_the_document_rolls_marks_up_by_plan_action_and_area(revised, capsys):
    given = Namespace(plan=PLAN, area=None, as_of=AUTUMN, json=True)
    run("judge", given, Settings(database_url=revised.url.render_as_string(hide_password=False)))
    rollups = json.loads(capsys.readouterr().out)["rollups"]

    # The prefecture: 450 of 2,000 are 22.5 %, 5.5 short of 28 with an error of 0.93: behind, as Dongsheng is.
    assert (rollups["plan"]["area_id"], rollups["plan"]["total"], rollups["plan"]["failing"]) == ("150600", 1, 1)
    assert [(row["action_id"], row["title_zh"], row["behind"]) for row in rollups["actions"]] == [("a", "行动", 1)]
    by_area = {row["area_id"]: (row["name_zh"], row["total"], row["behind"], row["slow"]) for row in rollups["areas"]}
    assert by_area == {
        "150600": ("鄂尔多斯市", 1, 1, 0),
        "150602": ("东胜区", 1, 1, 0),
        "150621": ("达拉特旗", 1, 0, 1),
    }


def test_a_review_of_the_past_says_how_much_history_was_sent_in_only_later(planned):  # noqa: F811
    older_years = [("150602", 2018, 180, 1000), ("150602", 2019, 190, 1000), ("150621", 2019, 190, 1000)]
    submit(planned, older_years, (2026, 9, 1))

    assert figures_that_came_later(planned, PLAN, SPRING) == 3
    assert figures_that_came_later(planned, PLAN, AUTUMN) == 0


@pytest.mark.parametrize(("typed", "day"), [("2025", date(2025, 12, 31)), ("2026-06-30", SPRING)])
def test_a_review_is_asked_for_by_its_day_or_its_year(typed, day):
    assert day_of(typed) == day
