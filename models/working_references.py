"""The reference methods applied to one mark's own figures, to be shown beside its working."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models import reference_methods as rm
from models.units import UNITS
from models.working import Working


@dataclass(frozen=True)
class References:
    """What each method says of a mark; NaN and "" where it has no answer. Names as in models.reference_methods.

    years_passed, years_in_all: from the baseline to the figure, to the final milestone. growth, factor, growth_score:
    for targets without a number. needed_from_start: the straight line's pace from the baseline.
    """

    years_passed: float
    years_in_all: float
    growth_seen: float
    growth_required: float
    ratio: float
    ratio_class: str
    ratio_score: float
    growth_factor: float
    growth_score: float
    targeted_change: float
    time_used: float
    change_score: float
    healthy_people: str
    needed_from_start: float
    arrow: str
    lower: float
    upper: float
    rag: str
    linear_ratio: float


def references_of(working: Working) -> References:
    """Baseline, newest figure and final milestone of a mark through every method; NaN inputs come out as no answer."""
    mark, side = working.mark, working.side
    start, latest, goal = (float(mark[name]) for name in ("baseline_value", "observed", "final_value"))
    start = start if np.isfinite(start) else _start(working)
    started, now, end = float(_started(working)), float(mark["time"]), _year(mark["final_year"])
    passed, in_all = now - started, end - started
    error, lower, upper = _interval(working)
    achieved = bool(rm.is_achieved(latest, goal, side)) if np.isfinite(goal) and side else False
    ratio = float(rm.pace_ratio(start, latest, goal, passed, in_all, side)) if side else np.nan
    growth = float(rm.growth_a_year(start, latest, passed))
    unit = UNITS.get(working.unit)
    limit = unit.upper if unit is not None and unit.upper is not None else np.nan
    factor = float(rm.natural_limit_factor(start, limit))
    has_goal = np.isfinite(goal)
    needed = side * (goal - start) / in_all if in_all > 0 else np.nan
    return References(
        years_passed=passed,
        years_in_all=in_all,
        growth_seen=growth,
        growth_required=float(rm.growth_a_year(start, goal, in_all)),
        ratio=ratio,
        ratio_class=str(rm.ratio_class(ratio, achieved)),
        ratio_score=float(rm.ratio_score(ratio, achieved)),
        growth_factor=np.nan if has_goal else factor,
        growth_score=np.nan if has_goal or not side else float(rm.growth_score(growth, factor, side)),
        targeted_change=float(rm.targeted_change(start, latest, goal)),
        time_used=float(rm.time_used(started, now, end)),
        change_score=float(rm.change_score(start, latest, working.start_error, error, side)),
        healthy_people=str(rm.healthy_people_class(start, latest, goal, working.start_error, error, side))
        if side
        else "",
        needed_from_start=needed,
        arrow=str(rm.sdsn_arrow(mark["pace_seen"], needed, achieved)) if side and np.isfinite(needed) else "",
        lower=lower,
        upper=upper,
        rag=str(rm.rag(latest, lower, upper, float(mark["next_value"]), side)) if side else "",
        linear_ratio=float(rm.linear_ratio(mark["pace_seen"], mark["pace_needed"])),
    )


def _started(working: Working) -> float:
    """When the baseline was; the first figure's time where the mark has no path from one."""
    started = float(working.mark["baseline_time"])
    first = working.figures.time
    return started if np.isfinite(started) or not len(first) else float(first.iloc[0])


def _start(working: Working) -> float:
    return float(working.figures.value.iloc[0]) if len(working.figures) else np.nan


def _year(year) -> float:
    return np.nan if pd.isna(year) else float(year)


def _interval(working: Working) -> tuple[float, float, float]:
    """Standard error and 95 % interval of the judged figure: as reported, else from the error."""
    judged = working.figures[working.figures.is_judged]
    if not len(judged):
        return np.nan, np.nan, np.nan
    row = judged.iloc[0]
    error, lower, upper = float(row.error), float(row.lower), float(row.upper)
    if not (np.isfinite(lower) and np.isfinite(upper)):
        lower, upper = float(row.value) - 1.96 * error, float(row.value) + 1.96 * error
    return error, lower, upper
