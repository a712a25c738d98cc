"""How figures, dates and judgements are worded: one place, so that the same value reads the same everywhere.

Missing (None, NaN) is worded as a dash, never as zero. Numbers keep the indicator's decimals.
"""

from datetime import date, datetime

import pandas as pd

from dashboards.language import current_language
from dashboards.language import gettext as _
from models import units
from models.sentence_words import PROBABILITY_WORDS
from models.wording import in_fives

MISSING = units.NOT_KNOWN
NO_BREAK = "\u00a0"  # a figure and its unit stay on one line
COMPARATORS = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "="}


def is_missing(value) -> bool:
    """True for None, NaN, NaT and <NA>."""
    return bool(pd.isna(value))


def number(value: float | None, decimals: int = 0) -> str:
    """12345.678, 1 -> "12,345.7"; a minus is a true minus sign."""
    return MISSING if is_missing(value) else units.format_number(float(value), decimals, fixed=decimals)


def value(amount: float | None, unit: str, decimals: int | None = None) -> str:
    """A figure with its unit, as models.units writes it: "85.3%", "85.3 %", "7.2‰", "7.2 per 1,000".

    decimals: as many in every row of a column; without it as many as the figure has. Of a unit nobody has named,
    only the number is written.
    """
    if is_missing(amount):
        return MISSING
    if unit not in units.UNITS:
        return number(amount, 1 if decimals is None else decimals)
    said = units.format_value(float(amount), unit, current_language(), decimals=decimals)
    return said.replace(" ", NO_BREAK)


def change(amount: float | None, unit: str, decimals: int | None = None) -> str:
    """A difference between two figures, with its sign: percents differ by points ("+1.4 points"), never by percent."""
    if is_missing(amount):
        return MISSING
    if unit not in units.UNITS:
        unit = "index"
    said = units.format_change(float(amount), unit, current_language(), decimals=decimals)
    return said.replace(" ", NO_BREAK)


def relative(percent: float | None, decimals: int | None = None) -> str:
    """A change in percent of what was there before, with its sign: "+5%", "+5 %". Points are change()'s."""
    if is_missing(percent):
        return MISSING
    said = value(percent, "percent", decimals)
    return said if float(percent) <= 0 or said.startswith("0") else f"+{said}"


def unit_name(unit: str) -> str:
    """The unit as a table's head says it; a unit nobody has named is shown as the data writes it."""
    known = units.UNITS.get(unit)
    return unit if known is None else known.name_zh if current_language() == "zh" else known.name_en


def goal(comparator: str | None, amount: float | None, unit: str, decimals: int | None = None) -> str:
    """A milestone: "≥ 30 %". A goal without a number says which way."""
    if comparator == "trend_up":
        return _("keep rising")
    if comparator == "trend_down":
        return _("keep falling")
    if is_missing(amount):
        return MISSING
    if unit == "completion":
        return value(amount, unit)
    return f"{COMPARATORS.get(comparator, '')}{NO_BREAK}{value(amount, unit, decimals)}"


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
    """The word for a probability of missing the goal, by the figure that is shown beside it (see rounded_probability)."""
    if is_missing(p_miss):
        return _("not estimated")
    shown = float(in_fives(p_miss))
    words = (_("very likely to meet"), _("likely to meet"), _("too close to call"), _("likely to miss"))
    ends = [upper for upper, _zh, _en in PROBABILITY_WORDS]
    return next((word for upper, word in zip(ends, words, strict=False) if shown < upper), _("very likely to miss"))


def rounded_probability(p_miss: float) -> str:
    """The probability to the nearest five percent: "about 70 %"."""
    percent = round(100 * float(in_fives(p_miss)))
    return _("about {percent}", percent=value(min(max(percent, 5), 95), "percent", 0))


def figure_status(status: str | None) -> str:
    """provisional, final or revised, in words."""
    words = {"provisional": _("provisional"), "final": _("final"), "revised": _("revised")}
    return words.get(status, "")


def joined(parts: list[str]) -> str:
    """A list in a sentence: A、B、C or A, B, C."""
    return ("、" if current_language() == "zh" else ", ").join(parts)
