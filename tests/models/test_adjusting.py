import numpy as np
import pandas as pd
import pytest

from models import adjusting
from models.adjusting import NotAdjustable, Start
from models.intervals import QUANTILE_COLUMNS
from models.transform import Scale

NO_OFFSET = Scale(*(np.array([number]) for number in (0.0, 100.0, 0.0, 0.0)))  # a plain logit: odds can be done by hand


def percent(odds: float) -> float:
    return 100 * odds / (1 + odds)


def fan(medians: dict[float, float], spread_of_odds: float = 2.0) -> pd.DataFrame:
    """A model's fan in per cent: the 10 and 90 % quantiles at half and twice the median's odds, the others beyond."""
    powers = np.array([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0])
    rows = []
    for time, median in medians.items():
        quantiles = percent(median / (100 - median) * spread_of_odds**powers)
        rows.append({"time": time, "mean": median} | dict(zip(QUANTILE_COLUMNS, quantiles, strict=True)))
    return pd.DataFrame(rows)


def start(medians=None, last=20.0, side=1) -> Start:
    """2025 stands at `last`; the model says 50, 50 and 75 % in 2026 to 2028 unless told otherwise."""
    history = pd.DataFrame({"time": [2024.0, 2025.0], "value": [last, last]})
    return Start(fan(medians or {2026: 50, 2027: 50, 2028: 75}), history, 0.0, 100.0, side, NO_OFFSET)


def stated(**medians) -> pd.DataFrame:
    return pd.DataFrame({"time": [float(year[1:]) for year in medians], "value": list(medians.values())})


def test_between_the_last_figure_and_a_stated_year_odds_grow_evenly_and_after_it_the_model_goes_on():
    adjusted = adjusting.typed(start(), stated(y2027=80))

    # odds 1/4 in 2025, 4 in 2027: half-way on the logit scale they are 1. The model's odds treble in 2028: 4 x 3 = 12
    assert adjusted["q0.5"].tolist() == pytest.approx([50, 80, 100 * 12 / 13])


def test_the_fan_keeps_the_model_s_width_in_odds():
    adjusted = adjusting.typed(start(), stated(y2027=80)).set_index("time").loc[2027]

    assert adjusted["q0.1"] == pytest.approx(100 * 2 / 3)  # half of odds 4
    assert adjusted["q0.9"] == pytest.approx(100 * 8 / 9)  # twice of odds 4


def test_a_quantile_that_stood_on_the_bound_does_not_make_the_fan_narrow_when_it_moves_away():
    model = start()
    on_the_bound = model.fan.assign(**{"q0.9": 100.0, "q0.975": 100.0})
    scale = Scale(*(np.array([number]) for number in (0.0, 100.0, 1.0, 1.0)))  # full coverage is a finite step away
    adjusted = adjusting.hold(Start(on_the_bound, model.history, 0.0, 100.0, 1, scale))
    below = scale.forward(adjusted[["q0.1", "q0.5"]].to_numpy(), np.array([0]))

    above = scale.forward(adjusted[["q0.5", "q0.9"]].to_numpy(), np.array([0]))
    assert np.diff(above).min() >= np.diff(below).min() - 1e-9


def test_what_lies_beyond_a_bound_is_refused_and_the_bound_is_named():
    with pytest.raises(NotAdjustable, match=r"120 at 2027 lies above the upper bound 100"):
        adjusting.typed(start(), stated(y2027=120))
    with pytest.raises(NotAdjustable, match=r"at 2027 lies below the lower bound 0"):
        adjusting.growth(start(), -15, is_percent=False)  # 20, 5, -10


def test_a_year_stated_twice_or_outside_the_forecast_is_refused():
    with pytest.raises(NotAdjustable, match="2027 is stated twice"):
        adjusting.typed(start(), pd.DataFrame({"time": [2027.0, 2027.0], "value": [30.0, 40.0]}))
    with pytest.raises(NotAdjustable, match=r"2031 is no time of the forecast \(2026 to 2028\)"):
        adjusting.typed(start(), stated(y2031=30))


def test_growth_by_per_cent_compounds_and_by_points_adds_up():
    assert adjusting.growth(start(), 10, is_percent=True)["q0.5"].tolist() == pytest.approx([22, 24.2, 26.62])
    assert adjusting.growth(start(), 5, is_percent=False)["q0.5"].tolist() == pytest.approx([25, 30, 35])


def test_growth_towards_the_goal_goes_down_where_less_is_better():
    falling = adjusting.growth(start(side=-1), 10, is_percent=True, towards_goal=True)

    assert falling["q0.5"].tolist() == pytest.approx([18, 16.2, 14.58])


def test_holding_keeps_the_last_figure_and_the_width():
    held = adjusting.hold(start())

    assert held["q0.5"].tolist() == pytest.approx([20, 20, 20])
    assert held["q0.9"].tolist() == pytest.approx([100 / 3] * 3)  # twice of odds 1/4


def test_a_policy_closes_half_the_gap_by_the_milestone_and_nothing_before_it_begins():
    model = start({2026: 50, 2027: 50, 2028: 50, 2029: 50})
    adjusted = adjusting.policy(model, begins=2026, share=0.5, goal=70, goal_time=2028)

    # half of the 20 points to 70: 60 %, odds 1.5. Half-way there in 2027: the root of 1.5. It stays afterwards
    assert adjusted["q0.5"].tolist() == pytest.approx([50, percent(1.5**0.5), 60, 60])


def test_a_policy_without_a_gap_or_that_begins_too_late_is_refused():
    with pytest.raises(NotAdjustable, match="there is no gap to close"):
        adjusting.policy(start(), begins=2026, share=0.5, goal=70, goal_time=2028)  # the model says 75
    with pytest.raises(NotAdjustable, match=r"before the milestone \(2028\)"):
        adjusting.policy(start(), begins=2028, share=0.5, goal=90, goal_time=2028)


def test_the_pace_of_the_best_quarter_slows_by_itself_near_the_bound():
    adjusted = adjusting.best_quarter(start(last=50.0), 1.0)

    # at 50 % a point is 0.04 on the logit scale (1/50 + 1/50): odds grow by exp(0.04) a year
    assert adjusted["q0.5"].tolist() == pytest.approx([percent(np.exp(0.04 * years)) for years in (1, 2, 3)])


def test_following_the_parent_takes_its_changes_not_its_level():
    parent = pd.DataFrame({"time": [2025.0, 2026.0, 2028.0], "value": [50.0, 75.0, 75.0]})
    adjusted = adjusting.follow(start(), parent)

    assert adjusted["q0.5"].tolist() == pytest.approx([percent(0.75)] * 3)  # the parent's odds treble: 3 x 1/4


def test_a_parent_without_figures_that_far_back_is_refused():
    with pytest.raises(NotAdjustable, match="does not reach"):
        adjusting.follow(start(), pd.DataFrame({"time": [2026.0, 2028.0], "value": [50.0, 75.0]}))


def test_taking_another_forecast_s_medians_keeps_the_wider_of_the_two_widths():
    narrow = fan({2026: 30, 2027: 30, 2028: 30}, spread_of_odds=1.1)
    adjusted = adjusting.blend(start(), narrow)

    assert adjusted["q0.5"].tolist() == pytest.approx([30, 30, 30])
    assert adjusted["q0.9"].tolist() == pytest.approx([percent(2 * 3 / 7)] * 3)  # the model's, twice the odds


@pytest.mark.parametrize("seed", range(5))
def test_no_kind_of_change_crosses_quantiles_or_leaves_the_bounds(seed):
    draw = np.random.default_rng(seed)
    medians = dict(zip((2026, 2027, 2028), draw.uniform(1, 99, 3), strict=True))
    history = pd.DataFrame({"time": np.arange(2018.0, 2026), "value": draw.choice([0, 50, 99, 100], 8)})
    model = adjusting.start_of(fan(medians, draw.uniform(1, 30)), history, 0, 100, 1)
    changed = [
        adjusting.hold(model),
        adjusting.typed(model, stated(y2026=draw.uniform(0, 100), y2028=100)),
        adjusting.best_quarter(model, draw.uniform(-50, 50)),
        adjusting.follow(model, pd.DataFrame({"time": [2017.0, 2030.0], "value": draw.uniform(0, 100, 2)})),
        adjusting.blend(model, fan({2026: 1, 2027: 99, 2028: 50}, 100)),
    ]

    for adjusted in changed:
        quantiles = adjusted[QUANTILE_COLUMNS].to_numpy()
        assert (np.diff(quantiles, axis=1) >= 0).all()
        assert quantiles.min() >= 0 and quantiles.max() <= 100


def test_the_model_has_moved_far_when_its_median_changed_by_more_than_half_the_interval():
    then = pd.DataFrame({"time": [2030.0], "q0.1": [40.0], "q0.5": [50.0], "q0.9": [60.0]})

    assert not adjusting.moved_far(then, then.assign(**{"q0.5": 59.9}))
    assert adjusting.moved_far(then, then.assign(**{"q0.5": 60.1}))
    assert not adjusting.moved_far(then, then.assign(time=2031.0))  # nothing in common: nothing to say
