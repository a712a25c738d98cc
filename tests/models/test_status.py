import numpy as np
import pytest

from models.status import direction_status, pace_needed, path_at, standing


def judged(value, time, milestones, start, side=1, **given):
    """One pair: milestones as {year: value}, start as (time, value)."""
    times, values = (np.array([list(part)], dtype=float) for part in (milestones, milestones.values()))
    value, time = np.array([float(value)]), np.array([float(time)])
    path = path_at(time, times, values, np.array([float(start[0])]), np.array([float(start[1])]))
    known = {"rounding": 0.0, "error": np.nan, "pace": np.nan, "trend": "not_testable", "start_error": np.nan}
    known |= {"strict": False} | given
    arrays = {name: np.array([what]) for name, what in known.items()}
    strict = arrays.pop("strict")
    return standing(value, time, path, np.array([side]), strict, **arrays), path


@pytest.mark.parametrize("start, goal", [(12, 30), (40, 80), (90, 98), (30, 20), (7.5, 5), (5, 0.5), (10, 0)])
def test_a_straight_line_plan_exactly_on_its_line_is_on_course(start, goal):
    on_the_line = start + (goal - start) * 7 / 15

    mark, path = judged(on_the_line, 2022, {2030: goal}, (2015, start), side=1 if goal > start else -1)

    assert mark.status[0] == "on_course"
    assert path.value[0] == pytest.approx(on_the_line)


@pytest.mark.parametrize("start, goal", [(5, 0.5), (10, 0)])
def test_a_goal_near_zero_needs_no_small_constant(start, goal):
    # Half-way the line stands at the middle; 0.2 of a step below is 4 tolerances (5 % each) behind, 0.1 is 2: slow.
    middle, step = (start + goal) / 2, start - goal

    assert judged(middle - 0.01, 2025, {2030: goal}, (2020, start), side=-1)[0].status[0] == "on_course"
    assert judged(middle + 0.1 * step, 2025, {2030: goal}, (2020, start), side=-1)[0].status[0] == "slow"
    assert judged(middle + 0.2 * step, 2025, {2030: goal}, (2020, start), side=-1)[0].status[0] == "behind"


def test_a_ceiling_that_loosens_is_judged_by_the_bound_in_force():
    # Ordos: HIV at or below 0.15 % in 2022 and 0.2 % in 2030.
    hiv = {2022: 0.15, 2030: 0.2}

    assert judged(0.17, 2026, hiv, (2016, 0.12), side=-1)[0].status[0] == "achieved"
    assert judged(0.21, 2026, hiv, (2016, 0.12), side=-1)[0].status[0] == "behind"
    assert judged(0.17, 2021, hiv, (2016, 0.12), side=-1)[0].status[0] == "behind"  # then 0.15 was in force


def test_a_baseline_that_is_the_target_divides_nothing_by_zero():
    with np.errstate(all="raise"):
        held, _ = judged(90, 2024, {2030: 90}, (2020, 90))
        lost, _ = judged(88, 2024, {2030: 90}, (2020, 90))

    assert (held.status[0], lost.status[0]) == ("achieved", "behind")


def test_the_dead_band_is_a_twentieth_of_the_step_and_slow_reaches_to_three():
    # 40 to 80 in ten years: tolerance 2; half-way the path stands at 60.
    plan = ({2030: 80}, (2020, 40))

    statuses = [judged(value, 2025, *plan)[0].status[0] for value in (58, 57.9, 54, 53.9)]

    assert statuses == ["on_course", "slow", "slow", "behind"]
    assert judged(58, 2025, *plan)[0].tolerance[0] == pytest.approx(2.0)


def test_below_means_that_the_bound_itself_fails():
    # Smoking below 20 % by 2030: 20 % in 2030 has not met it, 19.9 % has.
    plan = ({2022: 24.5, 2030: 20}, (2016, 27))

    assert judged(20.0, 2030, *plan, side=-1, strict=True)[0].status[0] == "on_course"
    assert judged(20.0, 2031, *plan, side=-1, strict=True)[0].status[0] == "slow"
    assert judged(20.0, 2030, *plan, side=-1, strict=False)[0].status[0] == "achieved"
    assert judged(19.9, 2030, *plan, side=-1, strict=True)[0].status[0] == "achieved"


def test_a_noisy_place_cannot_hide_behind_its_noise():
    # Step 8, so the tolerance is at most 2 though one standard error is 5; the mark is drawn hollow.
    mark, _ = judged(86, 2025, {2030: 98}, (2020, 90), error=5.0)

    assert mark.tolerance[0] == pytest.approx(2.0)
    assert mark.is_noisy[0]
    assert mark.status[0] == "behind"  # path 94, gap -8, three tolerances are 6


def test_one_standard_error_widens_the_dead_band():
    # Step 40: 5 % is 2, one error of 3 is below the cap of 10.
    mark, _ = judged(57, 2025, {2030: 80}, (2020, 40), error=3.0)

    assert (mark.status[0], mark.tolerance[0], mark.is_noisy[0]) == ("on_course", 3.0, False)


def test_away_from_the_target_is_reversing_when_the_test_says_so_or_a_tenth_is_lost():
    # 40 to 80: a tenth of the planned change is 4.
    plan = ({2030: 80}, (2020, 40))

    assert judged(35, 2025, *plan, pace=-1.0)[0].status[0] == "reversing"
    assert judged(36.5, 2025, *plan, pace=-0.7)[0].status[0] == "behind"  # lost 3.5, no more than a tenth
    assert judged(35, 2025, *plan, pace=0.2)[0].status[0] == "behind"  # it has turned
    assert judged(45, 2025, *plan, pace=-1.0, error=0.5, trend="down")[0].status[0] == "reversing"
    assert judged(35, 2025, *plan, pace=-1.0, error=2.0, trend="flat")[0].status[0] == "behind"  # noise
    assert (
        judged(59, 2025, *plan, pace=-1.0, trend="down")[0].status[0] == "on_course"
    )  # overrides only slow and behind


def test_uneven_steps_bend_the_path():
    # Self-management villages: 30 % in 2024, 60 % in 2025, 100 % in 2026; from 0 in 2023.
    steps = {2024: 30, 2025: 60, 2026: 100}

    assert judged(45, 2024.5, steps, (2023, 0))[1].value[0] == pytest.approx(45)
    assert judged(80, 2025.5, steps, (2023, 0))[1].value[0] == pytest.approx(80)
    assert judged(80, 2027, steps, (2023, 0))[1].value[0] == pytest.approx(100)


def test_a_baseline_after_the_first_milestone_does_not_bend_the_plan():
    # Literacy 22 % in 2022, 30 % in 2030; the first figure is 18 % in 2023: the plan asked for 23 % by then.
    mark, path = judged(18, 2023, {2022: 22, 2030: 30}, (2023, 18))

    assert path.value[0] == pytest.approx(23)
    assert mark.status[0] == "behind"


def test_one_figure_and_one_milestone_cannot_be_judged_unless_it_is_met():
    assert judged(50, 2024, {2030: 80}, (np.nan, np.nan))[0].status[0] == "cannot_judge"
    assert judged(81, 2024, {2030: 80}, (np.nan, np.nan))[0].status[0] == "achieved"


def test_about_eighty_means_both_sides():
    # 80 % "or so" of hospital costs paid: one step of rounding is allowed.
    statuses = [judged(v, 2024, {2025: 80}, (2020, 75), side=0, rounding=0.1)[0].status[0] for v in (80.1, 80.2, 79)]

    assert statuses == ["achieved", "behind", "behind"]


def test_the_pace_needed_leads_to_the_next_milestone_then_to_the_last():
    time, strict, side = np.array([2023.0, 2023.0, 2023.0]), np.zeros(3, bool), np.ones(3)
    value = np.array([20.0, 63.0, 101.0])
    milestones = np.repeat([[2025.0, 2026.0]], 3, 0), np.repeat([[60.0, 100.0]], 3, 0)
    path = path_at(time, *milestones, np.full(3, 2020.0), np.zeros(3))

    # (60-20)/2 = 20 a year; 60 is met at 63, so (100-63)/3 = 12.33; at 101 there is (100-101)/3 to spare.
    assert pace_needed(value, time, path, side, strict) == pytest.approx([20, 37 / 3, -1 / 3])


def test_a_target_that_only_says_down_is_judged_by_the_pace():
    pace = np.array([-0.5, -0.05, 0.5, 0.5, np.nan])
    trend = np.array(["down", "flat", "flat", "up", "not_testable"])
    band, over, change = np.full(5, 0.1), np.zeros(5, bool), np.full(5, np.nan)

    answer = direction_status(pace, np.full(5, -1), band, trend, over, change)

    assert list(answer) == ["on_course", "slow", "behind", "reversing", "cannot_judge"]
