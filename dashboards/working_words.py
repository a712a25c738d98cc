"""The arithmetic of a mark in words and numbers: one line a step, the numbers put into the formula."""

from dataclasses import dataclass

import numpy as np

from dashboards import wording
from dashboards.components import STATUSES
from dashboards.language import current_language
from dashboards.language import gettext as _
from models import trend, units
from models.intervals import LEVELS, QUANTILE_COLUMNS
from models.probability import LEAST, MOST, POINTS_FOR_FULL, POINTS_FOR_REFERENCE
from models.reasons import reason_words
from models.sample_paths import DRAWS
from models.status import CAP_OF_STEP, FALL_OF_PLANNED_CHANGE, SHARE_OF_STEP, SLOW_TOLERANCES
from models.working import COUNTS, ERRORS, NONE, POOLED, SIGNS, PathWorking, TrendWorking, Working

MOST_DECIMALS = 4  # of a number within a formula: the page's figures are rounded, the arithmetic is not


@dataclass(frozen=True)
class Line:
    """One step: what it is, how it comes about, what it comes to. result is empty where the formula says it all."""

    label: str
    formula: str
    result: str


def number(value: float | None) -> str:
    """As many decimals as it has, at most four."""
    if wording.is_missing(value):
        return wording.MISSING
    return units.format_number(float(value), MOST_DECIMALS)


def percent(share: float) -> str:
    return f"{100 * share:g}{'' if current_language() == 'zh' else wording.NO_BREAK}%"


def when(time: float) -> str:
    """2025 for the end of a year, 2025.75 for that of a quarter."""
    return wording.MISSING if wording.is_missing(time) else f"{time:.2f}".rstrip("0").rstrip(".")


def path_lines(working: Working) -> list[Line]:
    """From the figure to its gap, tolerance and thresholds."""
    path = working.path
    if path is None:
        return []
    unit = working.unit
    lines = [] if path.is_bound_only else [_path_line(path, unit)]
    reference = path.next_value if path.is_bound_only else path.path_value
    lines.append(_gap_line(working, reference))
    lines.append(_tolerance_line(path))
    lines.append(_threshold_line(path))
    lines.append(_met_line(working))
    if working.side and not path.is_bound_only:
        lines.append(_reversal_line(path))
    return lines


def _path_line(path: PathWorking, unit: str) -> Line:
    label = _("Path at the time of the figure")
    if wording.is_missing(path.prior_value):
        return Line(label, _("no earlier point: the path begins later"), wording.value(path.path_value, unit))
    share = _(
        "share of the stretch {first}–{last} passed: {share}",
        first=when(path.prior_time),
        last=when(path.next_time),
        share=number(path.share),
    )
    formula = (
        f"{number(path.prior_value)} + {number(path.share)} × ({number(path.next_value)} − {number(path.prior_value)})"
    )
    return Line(label, _("{formula}; {note}", formula=formula, note=share), wording.value(path.path_value, unit))


def _gap_line(working: Working, reference: float) -> Line:
    value, path = working.mark["observed"], working.path
    formulas = {
        1: f"{number(value)} − {number(reference)}",
        -1: f"{number(reference)} − {number(value)}",
        0: f"−|{number(value)} − {number(reference)}|",
    }
    ways = {
        1: _("figure less path, since more is better"),
        -1: _("path less figure, since less is better"),
        0: _("distance from the value to be kept"),
    }
    return Line(
        _("Gap (plus is ahead)"),
        _("{formula}; {note}", formula=formulas[working.side], note=ways[working.side]),
        wording.change(path.gap, working.unit),
    )


def _tolerance_line(path: PathWorking) -> Line:
    parts = [
        _("rounding {value}", value=number(path.rounding)),
        _("one standard error {value}", value=number(path.error)),
    ]
    if path.is_bound_only:
        formula = _("largest of: {parts}", parts=wording.joined(parts))
        return Line(_("Tolerance τ"), formula, number(path.tolerance))
    stretch = _("{share} of the step {step}: {value}", share=percent(SHARE_OF_STEP), step=number(abs(path.step)),
                value=number(path.share_of_step))  # fmt: skip
    formula = _(
        "largest of: {parts}; at most {share} of the step: {cap}",
        parts=wording.joined([stretch, *parts]),
        share=percent(CAP_OF_STEP),
        cap=number(path.cap),
    )
    return Line(_("Tolerance τ"), formula, number(path.tolerance))


def _threshold_line(path: PathWorking) -> Line:
    if path.is_bound_only:
        formula = _("level or loosening bound: met is achieved, not met is behind; there is no path to be slow on")
        return Line(_("Thresholds"), formula, "")
    formula = _(
        "on course from −τ = {first}; slow from −{times}τ = {second}; behind below that",
        first=number(-path.tolerance),
        times=number(SLOW_TOLERANCES),
        second=number(path.slow_from),
    )
    return Line(_("Thresholds"), formula, "")


def _met_line(working: Working) -> Line:
    path, mark = working.path, working.mark
    asked = wording.goal(mark["comparator"], path.next_value, working.unit)
    year = when(path.next_time)
    formula = _("{value} {goal} ({year})?", value=number(mark["observed"]), goal=asked, year=year)
    return Line(_("Next milestone met"), formula, _("yes") if path.is_met else _("no"))


def _reversal_line(path: PathWorking) -> Line:
    formula = _(
        "behind the start of the path by {fall}, allowed {share} of the planned change = {allowed}; "
        "reversing only where the pace leads away and the trend test or such a fall confirms it",
        fall=number(max(path.fall, 0.0)),
        share=percent(FALL_OF_PLANNED_CHANGE),
        allowed=number(path.fall_allowed),
    )
    return Line(_("Moving away?"), formula, _("possible") if path.fall > path.fall_allowed else _("no"))


def direction_lines(working: Working) -> list[Line]:
    """For targets that only say which way: the pace against the dead band."""
    if working.kind not in ("trend", "slowing"):
        return []
    mark = working.mark
    formula = _(
        "pace in the direction wanted {pace}; dead band {band} (rounding over the years, or one standard error of the slope)",
        pace=number(mark["pace_seen"]),
        band=number(mark["tolerance"]),
    )
    return [Line(_("Direction"), formula, _(STATUSES[mark["status"]][0]))]


def pace_lines(working: Working) -> list[Line]:
    """Pace needed and pace seen, a year."""
    mark, path, lines = working.mark, working.path, []
    if path is not None and not wording.is_missing(mark["pace_needed"]):
        value, goal = number(mark["observed"]), number(path.goal_value)
        change = f"({goal} − {value})" if working.side > 0 else f"({value} − {goal})"
        formula = f"{change} ÷ ({when(path.goal_time)} − {when(mark['time'])})"
        if working.kind == "pace":
            formula = _("as the plan asks for every year")
        lines.append(Line(_("Pace needed a year"), formula, wording.change(mark["pace_needed"], working.unit)))
    if len(working.trend.pair_slopes):
        slopes = wording.joined([number(slope) for slope in sorted(working.trend.pair_slopes)])
        formula = _("median of the slopes between any two of the recent points: {slopes}", slopes=slopes)
        lines.append(Line(_("Pace seen a year"), formula, wording.change(working.trend.pace, working.unit)))
    return lines


def trend_lines(working: Working) -> list[Line]:
    """The test of the recent points."""
    found = working.trend
    lines = [Line(_("Points tested"), _points(found), wording.number(len(found.points)))] if len(found.points) else []
    if found.method in (COUNTS, ERRORS):
        formula = _(
            "χ² against {critical} (99.8 %, one degree of freedom); {how}",
            critical=f"{trend.CRITICAL_CHI_SQUARED:g}",
            how=_("linear trend of the counts") if found.method == COUNTS else _("(slope ÷ its standard error)²"),
        )
        lines.append(Line(_("Test statistic"), formula, number(found.statistic)))
        lines.append(_slopes_line(found))
    elif found.method == SIGNS:
        formula = _("no counts and no errors: all ten pairs of points must move the same way, by more than rounding")
        lines.append(Line(_("Test"), formula, ""))
    elif found.method == POOLED:
        formula = _(
            "own slope {slope} ± {error} (weighted by 1 ÷ error²), drawn towards {peers} peers of the same level; "
            "up or down from a probability of nine in ten",
            slope=number(found.slope),
            error=number(found.slope_error),
            peers=found.peers,
        )
        lines.append(Line(_("Test"), formula, ""))
    elif found.method == NONE:
        lines.append(Line(_("Test"), _("fewer than five yearly points: not tested"), ""))
    return [*lines, Line(_("Trend"), "", trend_word(found.result))]


def trend_word(result: str) -> str:
    words = {"up": _("rising"), "down": _("falling"), "flat": _("no clear change")}
    return words.get(result, _("too few data"))


def _points(found: TrendWorking) -> str:
    return wording.joined([f"{wording.period(row.period)} {number(row.value)}" for row in found.points.itertuples()])


def _slopes_line(found: TrendWorking) -> Line:
    """The slope must keep its sign when each point is left out."""
    whole, *without = found.slopes
    keeps = all(np.sign(slope) == np.sign(whole) for slope in without)
    formula = _(
        "with all points {whole}; without each in turn {without}{scale}",
        whole=number(whole),
        without=wording.joined([number(slope) for slope in without]),
        scale=_(" (of the log odds)") if found.method == COUNTS else "",
    )
    return Line(_("Slope keeps its sign"), formula, _("yes") if keeps else _("no"))


def forecast_lines(working: Working) -> list[Line]:
    """Quantiles at the final year, the gate, the probability."""
    mark = working.mark
    gate = _(
        "{points} points: no probability below {few}, for reference below {full}",
        points=working.points_for_forecast,
        few=POINTS_FOR_REFERENCE,
        full=POINTS_FOR_FULL,
    )
    basis = {"full": _("shown"), "reference": _("for reference"), "withheld": _("withheld")}
    lines = [Line(_("Gate"), gate, basis.get(mark["p_miss_basis"], wording.MISSING))]
    if working.role == "whole":
        formula = _("that any of its units misses: their probabilities, with the shock they share summed over")
        return [*lines, Line(_("Probability of missing"), formula, number(mark["p_miss"])), *version_lines(mark)]
    if working.quantiles is None:
        return lines
    steps = [
        f"{percent(level)} {number(working.quantiles[name])}"
        for level, name in zip(LEVELS, QUANTILE_COLUMNS, strict=True)
    ]
    label = _("Forecast for {year}, quantiles", year=when(working.p_miss_year))
    lines.append(Line(label, wording.joined(steps), wording.value(working.quantiles["q0.5"], working.unit)))
    if working.is_simulated and not wording.is_missing(mark["p_miss"]):
        formula = _(
            "share of {draws} sample paths that miss any part of the rule; never said to be below {least} or above {most}",
            draws=wording.number(DRAWS),
            least=percent(LEAST),
            most=percent(MOST),
        )
        lines.append(Line(_("Probability of missing"), formula, number(mark["p_miss"])))
    elif not wording.is_missing(mark["p_miss"]):
        formula = _(
            "share of the forecast that fails {goal}, read between the quantiles; never said to be below {least} or above {most}",
            goal=goal_of_forecast(working),
            least=percent(LEAST),
            most=percent(MOST),
        )
        lines.append(Line(_("Probability of missing"), formula, number(mark["p_miss"])))
    return [*lines, *version_lines(mark)]


def version_lines(mark: dict) -> list[Line]:
    """Where an analyst's adjustment bears on the mark: that it does, and what the model says by itself."""
    if mark["forecast_version"] != "adjusted":
        return []
    formula = _("an approved adjustment stands in the model's place; without it, worked out in the same way:")
    return [Line(_("Probability of missing by the model"), formula, number(mark["p_miss_model"]))]


def goal_of_forecast(working: Working) -> str:
    """What the forecast is held against: a direction against the start, a value less half a step of rounding."""
    comparator = {"trend_up": ">", "trend_down": "<"}.get(working.goal_comparator, working.goal_comparator)
    goal, stated = wording.goal(comparator, working.goal, working.unit), working.mark["final_value"]
    if wording.is_missing(stated) or abs(stated - working.goal) < 1e-9:
        return goal
    return _("{goal} (half a step of rounding allowed)", goal=goal)


def result_lines(working: Working) -> list[Line]:
    """The mark and what it rests on, in words."""
    mark = working.mark
    reasons = reason_words(mark["reason"] if isinstance(mark["reason"], str) else None, current_language())
    lines = [Line(_("Status"), wording.joined(reasons), _(STATUSES[mark["status"]][0]))]
    if mark["is_noisy"]:
        words = _("one standard error exceeds a quarter of the step: unstable, judge by the probability")
        lines.append(Line(_("Unstable"), words, _("yes")))
    if mark["needs_study"]:
        lines.append(Line(_("Needs study"), _("status and probability contradict each other"), _("yes")))
    return lines
