"""What must hold for any figures whatever, tried with many."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from models.status import STATUSES, path_at, standing
from models.trend import theil_sen
from models.units import UNITS
from tests.models.judging_frames import AREAS, figures, marks, target

CITY = "150600"
PLACES = AREAS[AREAS.area_id == CITY].assign(parent_id=None)
RATE_UNITS = ["percent", "per_1000", "per_100k", "years", "index", "g_per_person_day"]
FEW = settings(max_examples=8, deadline=None)  # each judges a whole frame
levels = st.floats(1, 95).map(lambda x: round(x, 2))
errors = st.one_of(st.just(float("nan")), st.floats(0.01, 20))


def status_of(values, milestones, side, error=float("nan"), rounding=0.0):
    """The rank of the status of the last of yearly values (from 2020 on), 0 is achieved."""
    value, time = np.array([values], dtype=float), 2020.0 + np.arange(len(values))[None, :]
    times, bounds = (np.array([list(part)], dtype=float) for part in (milestones, milestones.values()))
    path = path_at(time[:, -1], times, bounds, time[:, 0], value[:, 0])
    mark = standing(
        value[:, -1], time[:, -1], path, np.array([side]), np.array([False]), rounding=np.array([rounding]),
        error=np.array([error]), pace=theil_sen(value, time), trend=np.array(["not_testable"]),
        start_error=np.array([error]),
    )  # fmt: skip
    return STATUSES.index(mark.status[0])


@given(
    history=st.lists(levels, min_size=1, max_size=4),
    milestones=st.tuples(levels, levels),
    now=levels,
    better=st.floats(0, 30),
    side=st.sampled_from([1, -1]),
    error=errors,
    rounding=st.sampled_from([0.0, 0.1, 1.0]),
)
def test_a_better_last_figure_never_makes_the_status_worse(history, milestones, now, better, side, error, rounding):
    plan = dict(zip((2022, 2030), milestones, strict=True))
    as_it_is, improved = ([*history, value] for value in (now, now + side * better))

    assert status_of(improved, plan, side, error, rounding) <= status_of(as_it_is, plan, side, error, rounding)


@given(start=levels, goal=levels, last=st.integers(2026, 2040), elapsed=st.integers(1, 5), error=errors)
def test_a_plan_exactly_on_its_line_is_on_course_whatever_the_numbers(start, goal, last, elapsed, error):
    on_the_line = [start + (goal - start) * year / (last - 2020) for year in range(elapsed + 1)]

    # A plan that asks for nothing (goal = start) is met from the start.
    assert status_of(on_the_line, {last: goal}, 1 if goal >= start else -1, error) <= STATUSES.index("on_course")


def test_a_plan_exactly_on_its_line_is_on_course_in_every_unit_and_direction():
    starts_and_goals = [(12, 30), (40, 80), (90, 98), (30, 20), (7.5, 5), (5, 0.5), (10, 0)]
    plans, series = [], []
    for unit in RATE_UNITS:
        for start, goal in starts_and_goals:
            row = {"indicator_id": f"{unit}-{start}-{goal}", "unit": unit}
            row |= {} if goal > start else {"direction": "lower_is_better", "comparator": "<="}
            plans.append(target({2030: goal}, **row))
            values = {year: start + (goal - start) * (year - 2015) / 15 for year in range(2015, 2023)}
            series.append(figures(CITY, values, row["indicator_id"]))

    answer = marks(plans, series, areas=PLACES)

    assert len(answer) == 42
    assert set(answer.status) == {"on_course"}


@FEW
@given(values=st.lists(st.tuples(levels, levels, levels), min_size=2, max_size=2), swap=st.booleans())
def test_other_names_for_the_areas_change_nothing(values, swap):
    names = {"150602": "150698", "150621": "150601"} if swap else {"150602": "se-0305", "150621": "150621"}
    plan = target({2022: 40, 2030: 60}, indicator_id="i")
    areas = AREAS[AREAS.level.isin(["prefecture", "county"])]
    frames = [
        figures(area, dict(zip((2021, 2023, 2025), three, strict=True)), "i")
        for area, three in zip(("150602", "150621"), values, strict=True)
    ]
    renamed = areas.assign(area_id=areas.area_id.replace(names))
    before = marks(plan, frames, areas=areas).rename(index=names)
    after = marks(plan, [f.assign(area_id=f.area_id.replace(names)) for f in frames], areas=renamed)

    pd.testing.assert_frame_equal(before.sort_index(), after.sort_index(), check_index_type=False)


@FEW
@given(
    unit=st.sampled_from(sorted(UNITS)),
    rule=st.sampled_from(["level", "trend", "count_quota", "unit_coverage", "completion", "annual_change_points"]),
    comparator=st.sampled_from([">=", "<=", "<", ">", "="]),
    values=st.lists(st.one_of(st.none(), st.floats(0, 100)), min_size=0, max_size=6),
    milestone=st.one_of(st.none(), st.floats(0, 100)),
    year=st.one_of(st.none(), st.integers(2018, 2032)),
)
def test_whatever_is_reported_there_is_a_status_a_reason_and_a_sentence(
    unit, rule, comparator, values, milestone, year
):
    series = {2020 + n: float("nan") if value is None else value for n, value in enumerate(values)}
    comparator = "trend_up" if rule == "trend" else comparator
    milestone = None if rule in ("trend", "completion") else milestone
    plan = target({year: milestone}, indicator_id="i", unit=unit, rule=rule, comparator=comparator)
    mark = marks(plan, figures(CITY, series, "i"), areas=PLACES).loc[CITY]

    assert mark.status in STATUSES
    assert mark.status != "cannot_judge" or mark.reason
    assert "nan" not in mark.sentence_zh + mark.sentence_en.replace("finance", "")
    assert "None" not in mark.sentence_zh + mark.sentence_en
