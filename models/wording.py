"""Numbers, years and names written for many marks at once: each distinct one is written once."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from models.reasons import SEPARATOR
from models.units import format_change, format_value


def in_fives(p_miss):
    """The probability as it is shown: no finer than 5 %."""
    return np.round(np.asarray(p_miss, dtype=float) * 20) / 20


def is_nothing(value: pd.Series, decimals: np.ndarray) -> np.ndarray:
    """Whether a number would be written as zero with so many decimals; NaN is not nothing."""
    return np.abs(value.to_numpy(dtype=float)) < 0.5 * 10.0 ** -np.asarray(decimals, dtype=float)


def has_reason(reason: pd.Series, slug: str) -> np.ndarray:
    return each_distinct(
        reason.to_numpy(dtype=object), lambda text: isinstance(text, str) and slug in text.split(SEPARATOR)
    ).astype(bool)


def words_for(slugs: pd.Series, words: Mapping[str, str]) -> np.ndarray:
    return each_distinct(slugs.to_numpy(dtype=object), lambda slug: words.get(slug, ""))


def values(value: pd.Series, unit: np.ndarray, decimals: np.ndarray, lang: int) -> np.ndarray:
    """Numbers with their unit and at most so many decimals: 25%, 24.1%."""
    return by_unit(
        value, unit, decimals, lambda x, u: format_value(x, u, ("zh", "en")[lang], decimals=decimal_places(x))
    )


def sizes(value: pd.Series, unit: np.ndarray, decimals: np.ndarray, lang: int) -> np.ndarray:
    """Differences without their sign: the words say which way."""

    def write(x, u):
        return format_change(x, u, ("zh", "en")[lang], decimals=decimal_places(x)).lstrip("+")

    return by_unit(value.abs(), unit, decimals, write)


def by_unit(value: pd.Series, unit: np.ndarray, decimals: np.ndarray, write: Callable[[float, str], str]) -> np.ndarray:
    """Each distinct number is written once: thousands of townships share a few hundred."""
    number = value.to_numpy(dtype=float)
    codes, units = pd.factorize(unit)
    places, place_codes = np.unique(decimals, return_inverse=True)
    out = np.full(len(number), "", dtype=object)
    for code, one in enumerate(units):
        for place, shown_places in enumerate(places):
            rows = np.flatnonzero((codes == code) & (place_codes == place))
            shown = number[rows].round(int(shown_places))
            out[rows] = each_distinct(shown, lambda x, one=one: write(x, one))
    return out


def decimal_places(value: float) -> int:
    """How many decimals a number is written with: 209.7 has one, 0.15 two, 30 none, a missing one none."""
    if not np.isfinite(value):
        return 0
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


def each_distinct(values: np.ndarray, write: Callable) -> np.ndarray:
    codes, distinct = pd.factorize(values, use_na_sentinel=False)
    return np.array([write(x) for x in distinct], dtype=object)[codes] if len(distinct) else np.array([], dtype=object)


def period_words(period: pd.Series, lang: int) -> np.ndarray:
    def write(text):
        if not isinstance(text, str):
            return ""
        year, rest = text[:4], text[4:]
        if rest.startswith("Q"):
            return f"{year}年{'一二三四'[int(rest[1]) - 1]}季度" if lang == 0 else f"{rest} {year}"
        if rest:
            return f"{year}年{int(rest[1:])}月" if lang == 0 else text
        return f"{year}年" if lang == 0 else year

    return each_distinct(period.to_numpy(dtype=object), write)


def year_words(year: pd.Series, lang: int) -> np.ndarray:
    numbers = year.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    return each_distinct(numbers, lambda x: "" if np.isnan(x) else f"{x:.0f}年" if lang == 0 else f" {x:.0f}")


def by_year(year: pd.Series) -> np.ndarray:
    numbers = year.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    return each_distinct(numbers, lambda x: "" if np.isnan(x) else f" by {x:.0f}")


def inside_a_sentence(names: np.ndarray) -> np.ndarray:
    """Names begin small inside a sentence, unless they begin with an abbreviation (HIV, COPD) or a proper name's capital."""

    def write(name):
        name = str(name)
        return name[0].lower() + name[1:] if len(name) > 1 and name[1].islower() else name

    return each_distinct(names, write)


def where_true(applies: np.ndarray, text: str) -> np.ndarray:
    return np.where(applies, text, "").astype(object)
