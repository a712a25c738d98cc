from datetime import date

import numpy as np
import pandas as pd
import pytest

from models.working import COUNTS, ERRORS, NONE, POOLED, SIGNS, work_out, working_of
from models.working_references import references_of
from tests.models.judging_frames import AREAS, figures, target

NAN = float("nan")


def worked(rows, observed, area_id="150600", **options):
    """The working of the first target in one area."""
    observed = pd.concat(observed, ignore_index=True) if isinstance(observed, list) else observed
    options = {"as_of": date(2026, 11, 15), "forecasts": None, "indicators": None} | options
    out = work_out(rows, observed, AREAS, **options)
    return working_of(out, rows.target_id.iloc[0], area_id)


LITERACY = target({2022: 22, 2030: 30})


def test_path_gap_tolerance_and_thresholds_by_hand():
    # End of 2025 is 3 of 8 years into the step from 22 to 30: 25. 24 lies one below. 5 % of 8 is 0.4, twice 0.2.
    found = worked(LITERACY, figures("150600", {2019: 19, 2025: 24}))

    assert (found.path.prior_time, found.path.next_time, found.path.share) == (2022, 2030, 0.375)
    assert (found.path.prior_value, found.path.next_value, found.path.path_value) == (22, 30, 25)
    assert (found.path.gap, found.path.step) == (-1, 8)
    assert (found.path.share_of_step, found.path.cap) == pytest.approx((0.4, 2.0))
    assert (found.path.tolerance, found.path.slow_from) == pytest.approx((0.4, -1.2))
    assert not found.path.is_met
    assert found.mark["status"] == "slow"  # between -0.4 and -1.2


def test_pace_needed_leads_to_the_goal_it_names():
    found = worked(LITERACY, figures("150600", {2021: 20, 2022: 21, 2023: 22, 2024: 23, 2025: 24}))

    assert (found.path.goal_time, found.path.goal_value) == (2030, 30)
    assert found.mark["pace_needed"] == pytest.approx((30 - 24) / (2030 - 2025))
    assert sorted(found.trend.pair_slopes) == pytest.approx([1.0] * 10)
    assert found.trend.pace == pytest.approx(1.0)


def test_every_figure_says_what_part_it_had():
    found = worked(LITERACY, figures("150600", {year: 10 + year - 2016 for year in range(2016, 2026)}))
    used = found.figures.set_index("period")

    assert used.index[used.is_judged].tolist() == ["2025"]
    assert used.index[used.is_start].tolist() == ["2016"]
    assert used.index[used.is_recent].tolist() == ["2021", "2022", "2023", "2024", "2025"]


def test_a_change_from_a_baseline_is_put_into_the_figures_own_unit():
    rows = target({2030: 10}, rule="change_from_baseline_relative", baseline_year="2019")
    found = worked(rows, figures("150600", {2019: 50, 2025: 52}))

    assert found.milestones.to_dict("records") == [{"time": 2030.0, "value": pytest.approx(55.0), "stated": 10.0}]
    assert found.path.path_value == pytest.approx(50 + 5 * 6 / 11)


def test_a_rolled_up_figure_names_its_parts_and_their_counts():
    found = worked(LITERACY, [figures("150602", {2025: (20, 100)}), figures("150621", {2025: (40, 100)})])

    assert found.mark["observed"] == 30
    assert found.parts.set_index("area_id").numerator.to_dict() == {"150602": 20, "150621": 40}
    assert found.figures.is_rolled_up.tolist() == [True]


def test_the_published_trend_of_shares_is_shown_with_its_statistic_and_slopes():
    # The example of the Fingertips R package, as in tests/models/test_trend.py.
    cases, people = (1367, 1332, 1199, 1023, 994), (44701, 44064, 42811, 41527, 40299)
    counts = {2021 + n: pair for n, pair in enumerate(zip(cases, people, strict=True))}
    found = worked(LITERACY, figures("150600", counts))

    assert found.trend.method == COUNTS
    assert found.trend.statistic == pytest.approx(47.897, abs=0.001)
    assert found.trend.slopes[0] == pytest.approx(-0.0652, abs=1e-4)
    assert len(found.trend.slopes) == 6
    assert (found.trend.slopes < 0).all()
    assert found.trend.result == "down"


def test_the_published_trend_of_values_with_intervals_likewise():
    values, low = (30.6, 30.2, 28, 24.6, 24.67), (28.98, 28.63, 26.44, 23.15, 23.16)
    high = (32.25, 31.9, 29.64, 26.19, 26.25)
    observed = figures("150600", {2021 + n: value for n, value in enumerate(values)})
    found = worked(LITERACY, observed.assign(lower=low, upper=high))

    assert found.trend.method == ERRORS
    assert found.trend.statistic == pytest.approx(46.765, abs=0.01)
    assert found.trend.slope == pytest.approx(-1.7516, abs=1e-3)


def test_without_counts_or_errors_the_signs_are_tested_and_with_few_points_nothing_is():
    assert worked(LITERACY, figures("150600", {2021 + n: 20 + n for n in range(5)})).trend.method == SIGNS
    assert worked(LITERACY, figures("150600", {2024: 20, 2025: 21})).trend.method == NONE


def test_a_township_says_how_many_peers_its_trend_is_pooled_over():
    areas = pd.concat(
        [AREAS.assign(is_unit=AREAS.is_unit)]
        + [pd.DataFrame({"area_id": f"15060210{n}", "level": "township", "parent_id": "150602", "is_unit": True,
                         "name_zh": "镇", "name_en": "Town"}, index=[0]) for n in range(6)],
        ignore_index=True,
    )  # fmt: skip
    observed = pd.concat(
        [figures(f"15060210{n}", {2021 + k: (20 + 5 * k + n, 100) for k in range(5)}) for n in range(6)]
    )
    rows = target({2022: 22, 2030: 30}, scope="each_township")
    out = work_out(rows, observed, areas, as_of=date(2026, 11, 15), forecasts=None, indicators=None)

    found = working_of(out, rows.target_id.iloc[0], "150602100")
    assert (found.trend.method, found.trend.peers, found.trend.result) == (POOLED, 6, "up")
    whole = working_of(out, rows.target_id.iloc[0], "150602")
    assert whole.role == "whole"
    assert "150602100" in whole.units.area_id.tolist()


def test_a_level_bound_is_held_without_a_path():
    found = worked(target({2022: 80, 2030: 80}), figures("150600", {2019: 70, 2025: 79.5}))

    assert found.path.is_bound_only
    assert (found.path.gap, found.mark["status"]) == (-0.5, "behind")


def test_a_mark_that_cannot_be_made_has_no_path_and_no_traceback():
    found = worked(LITERACY, figures("150600", {}))

    assert found.path is None
    assert found.figures.empty
    assert found.mark["reason"] == "no_data"
    assert references_of(found).rag == ""


def test_an_area_the_target_is_not_judged_for_has_no_working():
    out = work_out(
        LITERACY, figures("150600", {2025: 24}), AREAS, as_of=date(2026, 11, 15), forecasts=None, indicators=None
    )

    assert working_of(out, LITERACY.target_id.iloc[0], "999999") is None


def test_reference_methods_are_applied_to_the_marks_own_figures():
    # 20 in 2020, 24 in 2025, 30 in 2030: 40 % of the change in half of the time; 1.2^(1/5) against 1.5^(1/10) a year.
    found = references_of(worked(target({2030: 30}), figures("150600", {2020: 20, 2022: 21.6, 2025: 24})))

    assert (found.years_passed, found.years_in_all) == (5, 10)
    assert found.targeted_change == pytest.approx(40)
    assert found.time_used == pytest.approx(50)
    assert found.ratio == pytest.approx((1.2**0.2 - 1) / (1.5**0.1 - 1))
    assert (found.ratio_class, found.healthy_people, found.rag) == ("moderate", "improving", "red")
    assert found.needed_from_start == pytest.approx(1.0)
    assert found.arrow == "moderately_improving"  # 0.8 a year of the 1 it takes
    assert np.isnan(found.growth_score)
