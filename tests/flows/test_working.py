"""The arithmetic behind every mark of the demo comes to the mark that was stored."""

import numpy as np
import pandas as pd
import pytest

from data_access import judgements
from data_access.engine import make_engine
from models.status import ACHIEVED, BEHIND, ON_COURSE, REVERSING, SLOW
from models.trend import CRITICAL_CHI_SQUARED
from models.working import COUNTS, ERRORS, working_of
from workflows.demo import PLAN
from workflows.working import work_out_run

EVERY_NTH = 7  # of the marks below the prefecture, taken apart one by one; the prefecture's all are


@pytest.fixture(scope="module")
def worked(demo_copy):
    """The stored marks of the demo's newest run, and everything worked out again."""
    engine = make_engine(f"sqlite:///{demo_copy / 'kangtu.db'}")
    run = judgements.read_newest_run(engine, PLAN)
    stored = judgements.read_marks(engine, run["run_id"])
    yield stored, work_out_run(engine, run, stored.indicator_id.unique().tolist())
    engine.dispose()


@pytest.fixture(scope="module")
def workings(worked):
    """The workings of the prefecture's marks and of every seventh other one."""
    stored, out = worked
    others = stored[stored.area_id != "150600"].iloc[::EVERY_NTH]
    chosen = pd.concat([stored[stored.area_id == "150600"], others])
    return [working_of(out, *pair) for pair in chosen[["target_id", "area_id"]].itertuples(index=False)]


def test_every_stored_mark_is_what_its_arithmetic_comes_to(worked):
    stored, out = worked
    key = ["target_id", "area_id"]
    again = out.marks.set_index(key).loc[pd.MultiIndex.from_frame(stored[key])].reset_index()

    assert len(again) == len(stored) > 1000
    for column in ("status", "reason", "period", "trend", "p_miss_basis", "sentence_zh", "sentence_en"):
        assert again[column].fillna("").tolist() == stored[column].fillna("").tolist(), column
    for column in ("observed", "path_value", "gap", "tolerance", "pace_needed", "pace_seen", "p_miss"):
        found = again[column].to_numpy(dtype=float)
        assert found == pytest.approx(stored[column].to_numpy(dtype=float), nan_ok=True, abs=1e-9), column


def test_the_gap_read_against_the_thresholds_shown_gives_the_status_shown(workings):
    read = [w for w in workings if w.path is not None and w.role != "whole" and w.mark["status"] != "cannot_judge"]

    assert len(read) > 100
    for working in read:
        path, status, reason = working.path, working.mark["status"], str(working.mark["reason"])
        if path.is_met:
            expected = {ACHIEVED, ON_COURSE}
        elif path.is_bound_only:
            expected = {BEHIND}
        elif path.gap >= -path.tolerance - 1e-6:
            expected = {SLOW} if "missed" in reason else {ON_COURSE}
        else:
            expected = {SLOW, REVERSING} if path.gap >= path.slow_from - 1e-6 else {BEHIND, REVERSING}
        assert status in expected, working.mark


def test_the_numbers_of_the_path_fit_together(workings):
    for path in [w.path for w in workings if w.path is not None and not w.path.is_bound_only]:
        if np.isfinite(path.share):
            between = path.prior_value + path.share * (path.next_value - path.prior_value)
            assert between == pytest.approx(path.path_value)
            parts = [path.share_of_step, path.rounding, np.nan_to_num(path.error)]
            assert path.tolerance == pytest.approx(min(max(parts), path.cap))


def test_the_statistic_and_slopes_shown_give_the_trend_shown(workings):
    tested = [w.trend for w in workings if w.trend.method in (COUNTS, ERRORS)]

    assert len(tested) > 50
    for found in tested:
        real = found.statistic > CRITICAL_CHI_SQUARED
        rising, falling = (found.slopes > 0).all(), (found.slopes < 0).all()
        assert found.result == ("up" if real and rising else "down" if real and falling else "flat")


def test_the_pace_seen_is_the_median_of_the_slopes_shown(workings):
    for working in workings:
        if len(working.trend.pair_slopes) and working.kind not in ("slowing", "completion"):
            assert np.median(working.trend.pair_slopes) == pytest.approx(working.trend.pace), working.mark
