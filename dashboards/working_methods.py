"""The reference methods beside a mark's own, in words: each with its source, its figure and its class."""

from dataclasses import dataclass

from dashboards import wording
from dashboards.language import gettext as _
from dashboards.working_words import number, percent, when
from models.reference_methods import ONE_SIDED_5_PERCENT
from models.working import Working
from models.working_references import References


@dataclass(frozen=True)
class Method:
    """One reference method: name, source, what was put in, what comes out, the class it gives."""

    name: str
    source: str
    arithmetic: str
    result: str
    verdict: str


def class_words(slug: str) -> str:
    words = {
        "achieved": _("target achieved"),
        "on_track": _("on track"),
        "moderate": _("moderate: needs acceleration"),
        "limited": _("limited progress"),
        "deterioration": _("deterioration"),
        "met": _("target met"),
        "improving": _("improving"),
        "no_change": _("little or no detectable change"),
        "worse": _("getting worse"),
        "moderately_improving": _("moderately improving ↗"),
        "stagnating": _("stagnating →"),
        "decreasing": _("decreasing ↓"),
        "green": _("green"),
        "amber": _("amber"),
        "red": _("red"),
    }
    return words.get(slug, _("no answer"))


def methods(working: Working, found: References) -> list[Method]:
    """Every method, also one that has no answer for this mark: that too is worth knowing in a paper."""
    parts = [
        _ratio(working, found),
        _healthy_people(working, found),
        _arrow(working, found),
        _rag(working, found),
        _linear(working, found),
    ]
    return [*parts, *([_growth(found)] if not wording.is_missing(found.growth_score) else [])]


def _ratio(working: Working, found: References) -> Method:
    arithmetic = _(
        "growth a year seen {seen} over {passed} years ÷ required {required} over {in_all} years; score −5 to +5: {score}",
        seen=growth(found.growth_seen),
        passed=when(found.years_passed),
        required=growth(found.growth_required),
        in_all=when(found.years_in_all),
        score=wording.number(found.ratio_score, 1),
    )
    return Method(
        _("Pace ratio (compound growth)"),
        _("Eurostat SDG monitoring; Statistics Canada; Open SDG 2.4 (cuts 0.95, 0.60, 0)"),
        arithmetic,
        wording.number(found.ratio, 2),
        class_words(found.ratio_class),
    )


def growth(rate: float) -> str:
    return wording.MISSING if wording.is_missing(rate) else wording.value(100 * rate, "percent", 2)


def _growth(found: References) -> Method:
    arithmetic = _(
        "growth a year {seen}; thresholds 1.5 and 0.5 % times C = {factor} for the natural limit",
        seen=growth(found.growth_seen),
        factor=wording.number(found.growth_factor, 3),
    )
    score = found.growth_score
    verdict = (
        "on_track" if score >= 2.5 else "moderate" if score >= 0 else "limited" if score >= -2.5 else "deterioration"
    )
    return Method(
        _("Growth without a target"),
        _("Statistics Canada; Open SDG 2.4"),
        arithmetic,
        wording.number(score, 1),
        class_words(verdict),
    )


def _healthy_people(working: Working, found: References) -> Method:
    arithmetic = _(
        "share of the change from baseline to target achieved; time used {time}; z = {z} (significant beyond {limit}, one-sided)",
        time=wording.value(found.time_used, "percent", 0),
        z=wording.number(found.change_score, 2),
        limit=f"{ONE_SIDED_5_PERCENT:g}",
    )
    return Method(
        _("Percent of targeted change achieved"),
        _("CDC, Healthy People 2020/2030"),
        arithmetic,
        wording.value(found.targeted_change, "percent", 0),
        class_words(found.healthy_people),
    )


def _arrow(working: Working, found: References) -> Method:
    arithmetic = _(
        "pace seen {pace} against the straight line's {needed} a year from the baseline",
        pace=number(working.mark["pace_seen"]),
        needed=number(found.needed_from_start),
    )
    share = working.mark["pace_seen"] / found.needed_from_start if found.needed_from_start else float("nan")
    # on_track is worded as an arrow here and as a class of the ratio above
    verdict = _("on track ↑") if found.arrow == "on_track" else class_words(found.arrow)
    result = wording.MISSING if wording.is_missing(share) else percent(round(share, 2))
    return Method(
        _("Arrow"), _("after SDSN, Sustainable Development Report; cuts unverified"), arithmetic, result, verdict
    )


def _rag(working: Working, found: References) -> Method:
    arithmetic = _("95 % interval {lower} – {upper}", lower=number(found.lower), upper=number(found.upper))
    goal = wording.goal(working.mark["comparator"], working.mark["next_value"], working.unit)
    return Method(
        _("Red, amber, green against the next milestone"),
        _("OHID Fingertips"),
        arithmetic,
        goal,
        class_words(found.rag),
    )


def _linear(working: Working, found: References) -> Method:
    arithmetic = _(
        "pace seen {pace} ÷ pace needed from here on {needed}; linear, no compound growth",
        pace=number(working.mark["pace_seen"]),
        needed=number(working.mark["pace_needed"]),
    )
    ratio = found.linear_ratio
    missing = wording.is_missing(ratio)
    verdict = (
        ""
        if missing
        else "on_track"
        if ratio >= 0.95
        else "moderate"
        if ratio >= 0.6
        else "limited"
        if ratio >= 0
        else "deterioration"
    )
    return Method(
        _("Linear pace ratio"),
        _("this project, for comparison (cuts as above)"),
        arithmetic,
        wording.number(ratio, 2),
        class_words(verdict),
    )
