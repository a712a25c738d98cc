"""How figures, dates and judgements are worded: one place, so that the same value reads the same everywhere.

Missing (None, NaN) is worded as a dash, never as zero. Numbers keep the indicator's decimals.
"""

import math
from datetime import date, datetime

from dashboards.language import current_language, mark
from dashboards.language import gettext as _

MISSING = "—"
NARROW_SPACE = "\u00a0"  # a figure and its unit stay on one line

# unit slug -> (what follows the figure, the unit's name in a table's head)
UNITS = {
    "percent": ("%", mark("%")),
    "percent_change": ("%", mark("% change")),
    "percentage_points": (mark("points"), mark("percentage points")),
    "per_1000": (mark("per 1,000"), mark("per 1,000")),
    "per_10k": (mark("per 10,000"), mark("per 10,000")),
    "per_100k": (mark("per 100,000"), mark("per 100,000")),
    "count": ("", mark("count")),
    "count_per_year": (mark("a year"), mark("count a year")),
    "completion": ("", mark("completion")),
    "index": ("", mark("index")),
    "benchmark": ("", mark("benchmark")),
    "rank": ("", mark("rank")),
    "persons": (mark("persons"), mark("persons")),
    "10k_persons": (mark("×10,000 persons"), mark("×10,000 persons")),
    "person_times": (mark("attendances"), mark("attendances")),
    "years": (mark("years"), mark("years")),
    "m2": (mark("m²"), mark("m²")),
    "m2_per_person": (mark("m² a person"), mark("m² a person")),
    "beds": (mark("beds"), mark("beds")),
    "g_per_person_day": (mark("g a person a day"), mark("g a person a day")),
    "hours_per_day": (mark("hours a day"), mark("hours a day")),
    "hours_per_term": (mark("hours a term"), mark("hours a term")),
    "yuan": (mark("yuan"), mark("yuan")),
    "yuan_per_person": (mark("yuan a person"), mark("yuan a person")),
    "CNY_100M": (mark("×100 million yuan"), mark("×100 million yuan")),
    "km": (mark("km"), mark("km")),
    "per_10k_vehicles": (mark("per 10,000 vehicles"), mark("per 10,000 vehicles")),
    "hectares": (mark("hectares"), mark("hectares")),
    "tonnes_per_day": (mark("tonnes a day"), mark("tonnes a day")),
    "10k_tonnes_per_day": (mark("×10,000 tonnes a day"), mark("×10,000 tonnes a day")),
}
COMPARATORS = {">=": "≥", "<=": "≤", "trend_up": "↑", "trend_down": "↓"}


def is_missing(value) -> bool:
    """True for None and NaN."""
    return value is None or (isinstance(value, float) and math.isnan(value)) or value != value


def number(value: float | None, decimals: int = 0) -> str:
    """12345.678, 1 -> "12,345.7"; a minus is a true minus sign."""
    if is_missing(value):
        return MISSING
    rounded = round(float(value), decimals)
    return f"{rounded + 0.0:,.{decimals}f}".replace("-", "−")  # +0.0: minus nought is nought


def value(amount: float | None, unit: str, decimals: int = 1) -> str:
    """A figure with its unit: "85.3%" in Chinese, "85.3 %" in English, "7.2 per 1,000", "7.2‰"."""
    return _with_unit(number(amount, decimals), unit) if not is_missing(amount) else MISSING


def change(amount: float | None, unit: str, decimals: int = 1) -> str:
    """A difference between two figures, with its sign: percents differ by points ("+1.4 points"), never by percent."""
    if is_missing(amount):
        return MISSING
    text = number(amount, decimals)
    if float(text.replace("−", "-").replace(",", "")) > 0:
        text = "+" + text
    return _with_unit(text, "percentage_points" if unit in ("percent", "percent_change") else unit)


def _with_unit(text: str, unit: str) -> str:
    follows = _(UNITS[unit][0]) if unit in UNITS and UNITS[unit][0] else ""
    if not follows:
        return text
    return text + follows if current_language() == "zh" else text + NARROW_SPACE + follows


def unit_name(unit: str) -> str:
    """The unit as a table's head says it; a unit nobody has named is shown as the data writes it."""
    return _(UNITS[unit][1]) if unit in UNITS else unit


def goal(comparator: str | None, amount: float | None, unit: str, decimals: int = 1) -> str:
    """A milestone: "≥ 30 %". A goal without a number says which way."""
    if comparator == "trend_up":
        return _("keep rising")
    if comparator == "trend_down":
        return _("keep falling")
    if is_missing(amount):
        return MISSING
    decimals = 0 if float(amount).is_integer() else decimals
    return f"{COMPARATORS.get(comparator, comparator)}{NARROW_SPACE}{value(amount, unit, decimals)}"


def day(when: date | datetime | None) -> str:
    """2026年6月30日; 30 Jun 2026."""
    if is_missing(when):
        return MISSING
    if current_language() == "zh":
        return f"{when.year}年{when.month}月{when.day}日"
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def period(text: str | None) -> str:
    """2024 -> 2024年, 2024; 2024Q3 -> 2024年三季度, Q3 2024; 2024-07 -> 2024年7月, Jul 2024."""
    if is_missing(text) or not text:
        return MISSING
    year, chinese = text[:4], current_language() == "zh"
    if "Q" in text:
        quarter = int(text[-1])
        return f"{year}年{'一二三四'[quarter - 1]}季度" if chinese else f"Q{quarter} {year}"
    if "-" in text:
        month = int(text[-2:])
        return f"{year}年{month}月" if chinese else f"{_MONTHS[month - 1]} {year}"
    return f"{year}年" if chinese else year


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def probability(p_miss: float | None) -> str:
    """The word for a probability of missing the goal; the cuts are those of the method (10, 33, 66, 90 %)."""
    if is_missing(p_miss):
        return _("not estimated")
    if p_miss < 0.10:
        return _("very likely to meet")
    if p_miss < 0.33:
        return _("likely to meet")
    if p_miss <= 0.66:
        return _("too close to call")
    return _("likely to miss") if p_miss <= 0.90 else _("very likely to miss")


def rounded_probability(p_miss: float) -> str:
    """The probability to the nearest five percent: "about 70 %"."""
    percent = 5 * round(p_miss * 20)
    return _("about {percent}", percent=value(min(max(percent, 5), 95), "percent", 0))


def figure_status(status: str | None) -> str:
    """provisional, final or revised, in words."""
    words = {"provisional": _("provisional"), "final": _("final"), "revised": _("revised")}
    return words.get(status, "")


def joined(parts: list[str]) -> str:
    """A list in a sentence: A、B、C or A, B, C."""
    return ("、" if current_language() == "zh" else ", ").join(parts)
