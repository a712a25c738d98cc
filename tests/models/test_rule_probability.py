"""The probability of missing under every kind of rule, against what can be worked out by hand.

Forecasts here are normal: with median m and standard deviation s, the quantiles are m + s * the normal's.
"""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr, ndtri

from models.intervals import LEVELS, QUANTILE_COLUMNS
from models.probability import chance_that_any_misses
from tests.models.judging_frames import AREAS, figures, marks, target

CITY = "150600"
DISTRICTS = AREAS[AREAS.level.isin(["prefecture", "county"])]
FIVE_YEARS = {2021: 40, 2022: 41, 2023: 42, 2024: 43, 2025: 44}


def fan(median, deviation, year=2030, area_id=CITY, indicator_id="literacy"):
    row = {"indicator_id": indicator_id, "area_id": area_id, "time": float(year), "mean": median}
    return pd.DataFrame([row | dict(zip(QUANTILE_COLUMNS, median + deviation * ndtri(LEVELS), strict=True))])


def widening_fan(slope=1.0, deviation=1.0, area_id=CITY, indicator_id="literacy", start=44):
    """A random walk from 44 in 2025: 1 a year up, standard deviation by the root of the years ahead."""
    years = range(2026, 2031)
    return pd.concat(
        [fan(start + slope * (y - 2025), deviation * (y - 2025) ** 0.5, y, area_id, indicator_id) for y in years]
    )


def p_miss(targets, forecasts, values=FIVE_YEARS, **known):
    found = marks(targets, known.pop("observed", figures(CITY, values)), forecasts=forecasts, **known)
    return found.loc[CITY].p_miss


def test_a_level_or_change_of_a_known_baseline_is_the_forecasts_own_share_beyond_it():
    # 49 +- 2: P(below 50) = Phi(0.5), less half of the unit's last place; 25 % more than 40 in 2021 is the same 50.
    level = p_miss(target({2030: 50}), fan(49, 2))
    change = p_miss(target({2030: 25}, rule="change_from_baseline_relative", baseline_year="2021"), fan(49, 2))
    points = p_miss(target({2030: 10}, rule="change_from_baseline_points", baseline_year="2021"), fan(49, 2))

    assert level == pytest.approx(ndtr(0.5), abs=0.01)
    assert change == points == pytest.approx(level, abs=0.01)


def test_a_floor_and_a_rise_are_missed_where_the_higher_of_the_two_is():
    # The floor is 45, the rise is measured from 47 in 2022 on: whoever has risen stands above the floor too.
    rows = [
        target({2030: 45}, rule="level"),
        target({2030: None}, rule="trend", comparator="trend_up", baseline_year="2022"),
    ]
    values = {2021: 46, 2022: 47, 2023: 47, 2024: 48, 2025: 48}
    both = marks(rows, figures(CITY, values), forecasts=fan(49, 2)).p_miss.xs(CITY, level="area_id")

    assert both.iloc[0] == pytest.approx(ndtr(-2), abs=0.03)  # the floor alone: 5 % at least
    assert both.iloc[1] == pytest.approx(ndtr(-1), abs=0.02)  # both: P(below 47)


def test_a_floor_of_another_year_adds_to_the_chance_by_less_than_if_it_were_independent():
    rows = [
        target({2027: 46}, rule="level"),
        target({2030: None}, rule="trend", comparator="trend_up", baseline_year="2022"),
    ]
    values = {2021: 46, 2022: 47.5, 2023: 47, 2024: 45, 2025: 44}
    both = marks(rows, figures(CITY, values), forecasts=widening_fan()).p_miss.xs(CITY, level="area_id")

    floor, rise = ndtr(0.0), ndtr((47.5 - 49) / 5**0.5)  # 46 is 2027's median; 49 is 2030's
    assert both.iloc[0] == pytest.approx(floor, abs=0.02)
    assert max(floor, rise) < both.iloc[1] < 1 - (1 - floor) * (1 - rise)


def test_a_change_from_a_year_yet_to_come_goes_by_the_same_path():
    # From 2028 to 2030 the walk gains 2 +- root 2: P(gain of less than 3) = Phi(1 / root 2).
    chained = pd.concat(
        [
            target({2022: 1}, rule="change_from_baseline_points", baseline_year="2021"),
            target({2030: 3}, rule="change_from_baseline_points", baseline_year="2028").assign(milestone_order=2),
        ]
    )

    assert p_miss(chained, widening_fan()) == pytest.approx(ndtr(1 / 2**0.5), abs=0.02)


def test_so_many_points_a_year_are_held_against_next_years_place_on_the_line():
    # From 40 in 2021 at 1.5 a year the line stands at 47.5 in 2026; the forecast is 45 +- 2.
    pace = target({None: 1.5}, rule="annual_change_points", baseline_year="2021")

    assert p_miss(pace, fan(45, 2, 2026)) == pytest.approx(ndtr(1.25), abs=0.01)


def test_so_many_a_year_and_a_change_over_last_year_speak_of_the_next_year():
    every_year = target({None: 45}, rule="count_quota", unit="count_per_year")
    over_last = target({None: 5}, rule="change_from_baseline_relative", baseline_year="previous_year")
    found = marks(every_year, figures(CITY, FIVE_YEARS), forecasts=fan(45, 2, 2026)).loc[CITY]

    assert found.p_miss == pytest.approx(ndtr(-0.25), abs=0.01)  # 44.5 new ones count as 45
    assert p_miss(over_last, fan(45, 2, 2026)) == pytest.approx(ndtr((44 * 1.05 - 45) / 2), abs=0.01)
    assert "2026年目标" in found.sentence_zh


def test_a_value_to_hold_is_missed_on_either_side():
    # Within one step of rounding of 44 (0.01 either way), forecast 44 +- 0.01: two thirds stay inside.
    held = target({2030: 44}, comparator="=", direction="hold", unit="percent")

    assert p_miss(held, fan(44, 0.01), values=FIVE_YEARS) == pytest.approx(1 - 0.683, abs=0.02)


def test_growth_that_must_slow_is_told_along_the_path():
    # Growth of 5 % a year for six years, forecast to be near 3 %: slowing is likely. Near 7 %: unlikely.
    growth = target(
        {2030: None}, rule="trend", unit="percent_change", comparator="trend_down", direction="lower_is_better"
    )
    known = dict.fromkeys(range(2020, 2028), 5.0)
    slow, fast = (
        p_miss(growth, pd.concat([fan(rate, 0.5, year) for year in range(2028, 2031)]), values=known, as_of=_end(2027))
        for rate in (3.0, 7.0)
    )

    assert (slow, fast) == (0.05, 0.95)


def test_keeping_up_with_the_neighbour_depends_on_what_both_have_in_common():
    # Dalad 44 against Dongsheng 44, each 49 +- root 5 in 2030: a toss-up. Two points lower needs 2 of the spread of a
    # difference: root of 2 * 5 * (1 - shared), and the shared part at five years ahead is about 0.30.
    keep_up = target({2030: None}, benchmark_area_id="150602", unit="benchmark", area_id="150621")
    observed = pd.concat([figures(area, FIVE_YEARS) for area in ("150602", "150621")])
    fans = [widening_fan(area_id="150602")]
    even, lower = (
        marks(
            keep_up,
            observed,
            forecasts=pd.concat([*fans, widening_fan(area_id="150621", start=start)]),
            areas=DISTRICTS,
        )
        for start in (44, 42)
    )

    assert even.loc["150621"].p_miss == pytest.approx(0.5, abs=0.03)
    assert lower.loc["150621"].p_miss == pytest.approx(ndtr(2 / (10 * (1 - 0.30)) ** 0.5), abs=0.03)


def test_of_two_branches_the_one_that_will_hold_is_asked():
    points = target(
        {None: 5}, rule="annual_change_points", indicator_id="coverage", scope="each_district", area_id=None
    )
    number = target(
        {None: 2}, rule="count_quota", unit="count_per_year", indicator_id="new", scope="each_district",
        either_with="coverage", applies_from=40.0,
    )  # fmt: skip
    coverage = {"150602": {2023: 20, 2024: 25, 2025: 30}, "150621": {2023: 50, 2024: 51, 2025: 52}}
    observed = [figures(area, values, "coverage") for area, values in coverage.items()]
    observed += [figures(area, {2023: 3, 2024: 3, 2025: 4}, "new") for area in coverage]
    fans = [fan(36, 1, 2026, "150602", "coverage"), fan(53, 1, 2026, "150621", "coverage")]
    fans += [fan(3, 1, 2026, area, "new") for area in coverage]
    found = marks([points, number], observed, areas=DISTRICTS, forecasts=pd.concat(fans)).reset_index()
    found = found.set_index(["area_id", "indicator_id"])["p_miss"]

    assert found["150602", "coverage"] == pytest.approx(ndtr(-1), abs=0.02)  # the line stands at 35 in 2026
    assert found["150621", "new"] == pytest.approx(ndtr(-1.5), abs=0.02)  # two are asked: 1.5 rounds up to them
    assert np.isnan(found["150602", "new"]) and np.isnan(found["150621", "coverage"])


def test_every_district_passing_lies_between_all_independent_and_all_alike():
    # Two districts that miss with 30 % each: any misses with 51 % if independent, 30 % if they always go together.
    each = target({2030: 50}, scope="each_district")
    observed = pd.concat([figures(area, FIVE_YEARS) for area in ("150602", "150621")])
    fans = pd.concat([fan(50 - 2 * ndtri(0.3), 2, area_id=area) for area in ("150602", "150621")])
    found = marks(each, observed, forecasts=fans, areas=DISTRICTS)

    units = found.loc[["150602", "150621"]].p_miss
    assert units.tolist() == pytest.approx([0.3, 0.3], abs=0.01)
    assert units.max() < found.loc[CITY].p_miss < 1 - (1 - units).prod()
    # by a simulation of a million pairs whose normal scores correlate by the shared 0.30: 0.47
    assert found.loc[CITY].p_miss == pytest.approx(_two_of(0.3, 0.30), abs=0.01)
    assert found.loc[CITY].p_miss_basis == "full"


def test_thirty_small_chances_make_a_large_one():
    # One in a hundred each, independent: 1 - 0.99^30 = 0.26; with the shared shock somewhat less.
    assert 0.12 < chance_that_any_misses(np.full(30, 0.01), 1.0) < 0.26


def test_units_that_have_not_reported_make_the_whole_one_for_reference():
    each = target({2030: 50}, scope="each_district")
    fans = fan(49, 2, area_id="150602")
    found = marks(each, figures("150602", FIVE_YEARS), forecasts=fans, areas=DISTRICTS).loc[CITY]

    assert (found.p_miss_basis, found.p_miss) == ("reference", pytest.approx(ndtr(0.5), abs=0.02))


def test_the_same_figures_give_the_same_chances_whatever_else_is_judged():
    keep_up = target({2030: None}, benchmark_area_id="150602", unit="benchmark", area_id="150621")
    observed = pd.concat([figures(area, FIVE_YEARS) for area in ("150602", "150621")])
    fans = pd.concat([widening_fan(area_id=area, start=start) for area, start in (("150602", 44), ("150621", 43))])
    alone = marks(keep_up, observed, forecasts=fans, areas=DISTRICTS).p_miss
    among = marks(
        [target({2030: 60}, action_id="other"), keep_up], observed, forecasts=fans.iloc[::-1], areas=DISTRICTS
    ).p_miss

    assert among.loc[keep_up.target_id[0]]["150621"] == alone["150621"]


def _end(year):
    return date(year, 12, 31)


def _two_of(p, correlation):
    rng = np.random.default_rng(1)
    shared, own = rng.standard_normal((1, 1_000_000)), rng.standard_normal((2, 1_000_000))
    score = correlation**0.5 * shared + (1 - correlation) ** 0.5 * own
    return float((score < ndtri(p)).any(axis=0).mean())
