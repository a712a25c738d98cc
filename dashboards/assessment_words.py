"""An assessment's arithmetic in words: how each item's marks come about, and how far a rank can be trusted."""

from dashboards import wording
from dashboards.language import gettext as _
from dashboards.working_words import number, percent
from models import assessment


def rule_words(item: dict) -> str:
    """The rule of one item with its numbers."""
    goal = f"{wording.COMPARATORS[item['comparator']]} {number(item['goal'])}"
    if item["rule"] == assessment.REACH:
        return _("full marks at {goal}, else none", goal=goal)
    if item["rule"] == assessment.SHARE:
        return _("by share of the change from {start}; full marks at {goal}", start=number(item["start"]), goal=goal)
    if item["rule"] == assessment.DEDUCT:
        return _(
            "full marks at {goal}; {marks} off for each {step} short",
            goal=goal,
            marks=number(item["marks_per_step"]),
            step=number(item["step"]),
        )
    return _("must hold: {goal}; no marks, no rank without it", goal=goal)


def arithmetic(item: dict, scored: dict) -> str:
    """How the marks of one item came about, the numbers put in."""
    value, full = scored["value"], number(item["full_marks"])
    if wording.is_missing(value):
        return _("not reported: no marks counted, no rank")
    if item["rule"] == assessment.VETO:
        return (
            _("{value}: holds", value=number(value))
            if scored["met"]
            else _("{value}: does not hold", value=number(value))
        )
    if scored["met"]:
        return _("{value} meets the goal: {full}", value=number(value), full=full)
    if item["rule"] == assessment.SHARE:
        start, goal = number(item["start"]), number(item["goal"])
        return f"({number(value)} − {start}) ÷ ({goal} − {start}) × {full}"
    if item["rule"] == assessment.DEDUCT:
        short = (
            f"{number(item['goal'])} − {number(value)}"
            if item["comparator"] == ">="
            else f"{number(value)} − {number(item['goal'])}"
        )
        return f"{full} − {number(item['marks_per_step'])} × ({short}) ÷ {number(item['step'])}"
    return _("{value} misses the goal: none", value=number(value))


def rank_words(rank: float) -> str:
    return wording.MISSING if wording.is_missing(rank) else wording.number(rank)


def range_words(row: dict) -> str:
    """ "2 (1–3, kept in 47 %)"; nothing for who is not ranked."""
    if wording.is_missing(row["low"]):
        return wording.MISSING
    low, high = wording.number(row["low"]), wording.number(row["high"])
    span = low if low == high else f"{low}–{high}"
    return _("{span}; kept in {share}", span=span, share=percent(round(row["same"], 2)))


def state_words(total: dict) -> str:
    """What keeps a result from being final, or from being ranked."""
    parts = []
    if total["vetoes"]:
        parts.append(_("veto: not ranked"))
    if total["missing"]:
        parts.append(_("{number} not reported: not ranked", number=int(total["missing"])))
    if total["is_provisional"]:
        parts.append(_("provisional"))
    return wording.joined(parts)
