"""The units plans count in: bounds, decimals, and how a value or a change is written in Chinese and in English."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

MINUS = "−"  # U+2212: as wide as the plus sign, and never broken off its number
NOT_KNOWN = "—"


@dataclass(frozen=True)
class Unit:
    """One unit. `{}` in a pattern is where the number goes.

    multiplier turns numerator / denominator into the unit; None: not a rate of two counts.
    lower, upper are what no value of this unit can pass; None: no such bound. An indicator may have narrower ones.
    decimals is the most a value shows. one_en is the English pattern for the number one.
    change_zh, change_en write a difference of two values; empty: as a value is written.
    """

    name_zh: str
    name_en: str
    zh: str
    en: str
    multiplier: float | None = None
    lower: float | None = 0.0
    upper: float | None = None
    decimals: int = 1
    one_en: str = ""
    change_zh: str = ""
    change_en: str = ""
    change_one_en: str = ""


UNITS: Mapping[str, Unit] = {
    "percent": Unit(
        "%",
        "%",
        "{}%",
        "{} %",
        multiplier=100.0,
        upper=100.0,
        decimals=2,  # 0.15 % in the Ordos HIV ceiling
        change_zh="{}个百分点",
        change_en="{} points",
        change_one_en="{} point",
    ),
    "percent_change": Unit(
        "增长率（%）",
        "growth, %",
        "{}%",
        "{} %",
        lower=-100.0,  # nothing can shrink by more than all of it
        change_zh="{}个百分点",
        change_en="{} points",
        change_one_en="{} point",
    ),
    "per_1000": Unit("‰", "per 1,000", "{}‰", "{} per 1,000", multiplier=1e3, decimals=2, change_zh="{}个千分点"),
    "per_10k": Unit("每万人", "per 10,000", "{}/万", "{} per 10,000", multiplier=1e4, decimals=2),
    "per_10k_vehicles": Unit(
        "人/万车", "per 10,000 vehicles", "{}人/万车", "{} per 10,000 vehicles", multiplier=1e4, decimals=2
    ),
    "per_100k": Unit("每10万", "per 100,000", "{}/10万", "{} per 100,000", multiplier=1e5, decimals=2),
    "count": Unit("个", "number", "{}个", "{}", decimals=0),
    "count_per_year": Unit("个/年", "a year", "每年{}个", "{} a year", decimals=0, change_zh="{}个/年"),
    "persons": Unit("人", "people", "{}人", "{} people", decimals=0, one_en="{} person"),
    "10k_persons": Unit("万人", "10,000 people", "{}万人", "{} × 10,000 people", decimals=2),
    "person_times": Unit("人次", "person-times", "{}人次", "{} person-times", decimals=0, one_en="{} person-time"),
    "beds": Unit("张", "beds", "{}张", "{} beds", decimals=0, one_en="{} bed"),
    "years": Unit("岁", "years", "{}岁", "{} years", upper=120.0, decimals=2, one_en="{} year"),
    "hours_per_day": Unit(
        "小时/天",
        "hours a day",
        "每天{}小时",
        "{} hours a day",
        upper=24.0,
        one_en="{} hour a day",
        change_zh="{}小时/天",
    ),
    "hours_per_term": Unit(
        "课时/学期",
        "class hours a term",
        "每学期{}课时",
        "{} class hours a term",
        one_en="{} class hour a term",
        change_zh="{}课时/学期",
    ),
    "g_per_person_day": Unit(
        "克/人·日",
        "g per person a day",
        "每人每日{}克",
        "{} g per person a day",
        multiplier=1.0,
        change_zh="{}克/人·日",
    ),
    "m2": Unit("平方米", "m²", "{}平方米", "{} m²"),
    "m2_per_person": Unit("平方米/人", "m² per person", "{}平方米/人", "{} m² per person", multiplier=1.0, decimals=2),
    "hectares": Unit("公顷", "ha", "{}公顷", "{} ha"),
    "km": Unit("公里", "km", "{}公里", "{} km"),
    "yuan": Unit("元", "CNY", "{}元", "CNY {}", decimals=0, change_en="{} CNY"),
    "yuan_per_person": Unit(
        "元/人",
        "CNY per person",
        "{}元/人",
        "CNY {} per person",
        multiplier=1.0,
        decimals=0,
        change_en="{} CNY per person",
    ),
    "CNY_100M": Unit("亿元", "CNY 100 million", "{}亿元", "{} × CNY 100 million", decimals=2),
    "tonnes_per_day": Unit("吨/日", "t a day", "{}吨/日", "{} t a day", decimals=0),
    "10k_tonnes_per_day": Unit("万吨/日", "10,000 t a day", "{}万吨/日", "{} × 10,000 t a day", decimals=2),
    # What is behind an index is the indicator's own: a score, a rating, a survey. No bound can be given for all.
    "index": Unit("指数", "index", "{}", "{}", lower=None),
    "benchmark": Unit("对比值", "against a benchmark", "{}", "{}", lower=None),
    "rank": Unit(
        "位次",
        "rank",
        "第{}位",
        "rank {}",
        lower=1.0,
        decimals=0,
        change_zh="{}位",
        change_en="{} places",
        change_one_en="{} place",
    ),
    # 1 is done, 0 is not: a share of it done may be reported in between.
    "completion": Unit("完成情况", "done or not", "{}", "{}", upper=1.0, decimals=2),
}


def unit_of(slug: str) -> Unit:
    """The unit of this slug. Raises ValueError that lists the known ones."""
    if slug not in UNITS:
        raise ValueError(f"unit {slug!r} is not known; use one of {', '.join(UNITS)}.")
    return UNITS[slug]


def format_value(value: float | None, unit: str, language: str, *, decimals: int | None = None) -> str:
    """A value with its unit: 30% and 30 %, 7.5‰ and 7.5 per 1,000, 第3位 and rank 3.

    language is zh or en. decimals fixes the decimal places (a column of a table); without it a value shows as many
    as it has, at most the unit's. A missing value (None, NaN) is a dash.
    Raises ValueError for an unknown unit or language.
    """
    known, pattern = unit_of(unit), _pattern(unit, language)
    if _is_missing(value):
        return NOT_KNOWN
    if unit == "completion" and value in (0, 1):
        return {"zh": ("未完成", "已完成"), "en": ("not done", "done")}[language][int(value)]
    number = format_number(value, known.decimals, fixed=decimals)
    if language == "en" and number == "1" and known.one_en:
        pattern = known.one_en
    return pattern.format(number)


def format_change(change: float | None, unit: str, language: str, *, decimals: int | None = None) -> str:
    """A difference of two values, signed: +1.4个百分点 and +1.4 points, never +1.4 % for points.

    Arguments, missing values and errors as in format_value. No change is written without a sign.
    """
    known, pattern = unit_of(unit), _pattern(unit, language)
    if _is_missing(change):
        return NOT_KNOWN
    number = format_number(abs(change), known.decimals, fixed=decimals)
    pattern = getattr(known, f"change_{language}") or pattern
    if language == "en" and number == "1":
        pattern = known.change_one_en or known.one_en or pattern
    sign = "" if float(number.replace(",", "")) == 0 else "+" if change > 0 else MINUS
    return pattern.format(sign + number)


def format_number(value: float, most_decimals: int, *, fixed: int | None = None) -> str:
    """A number with thousands separators: `fixed` decimals, else as many as it has but at most `most_decimals`."""
    text = f"{value:,.{most_decimals if fixed is None else fixed}f}"
    if fixed is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")  # -0.04 to one decimal is 0, not -0
    return text.replace("-", MINUS)


def _pattern(unit: str, language: str) -> str:
    if language not in ("zh", "en"):
        raise ValueError(f"language {language!r} is not known; use zh or en.")
    return getattr(UNITS[unit], language)


def _is_missing(value: float | None) -> bool:
    return value is None or math.isnan(value)
