"""One sentence per mark, in Chinese and in English, from the same numbers; never more than the marks support.

Everything is put together for all marks at once: object arrays of text, added piece by piece.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.reasons import BASES, REFUSALS, SEPARATOR
from models.status import ACHIEVED, BEHIND, CANNOT_JUDGE, ON_COURSE, REVERSING, SLOW
from models.wording import (
    by_year,
    each_distinct,
    has_reason,
    in_fives,
    inside_a_sentence,
    is_nothing,
    period_words,
    sizes,
    values,
    where_true,
    words_for,
    year_words,
)

STATUS_WORDS = {
    ACHIEVED: ("已达标", "target met"),
    ON_COURSE: ("按期", "on course"),
    SLOW: ("偏慢", "slow"),
    BEHIND: ("滞后", "behind"),
    REVERSING: ("倒退", "reversing"),
    CANNOT_JUDGE: ("无法判断", "cannot be judged"),
}
# Upper end of the probability of missing, rounded to fives of a percent as it is shown -> words.
PROBABILITY_WORDS = [
    (0.10, "很可能达标", "very likely to be met"),
    (0.33, "较可能达标", "likely to be met"),
    (0.66, "能否达标难以判断", "too close to call"),
    (0.91, "较可能落空", "likely to be missed"),
    (1.01, "很可能落空", "very likely to be missed"),
]
OPERATOR_WORDS = {
    ">=": ("不低于", "at least "),
    ">": ("高于", "above "),
    "<=": ("不高于", "at most "),
    "<": ("低于", "below "),
    "=": ("", ""),
}


SHOWN_UNITS = 5


@dataclass(frozen=True)
class Facts:
    """The marks with the names and units the words need; all arrays of N."""

    marks: pd.DataFrame
    unit: np.ndarray
    rule: np.ndarray
    scope: np.ndarray
    side: np.ndarray
    name: tuple[np.ndarray, np.ndarray]  # Chinese, English
    area: tuple[np.ndarray, np.ndarray]
    failing: tuple[np.ndarray, np.ndarray]  # names of the units that fail, joined; "" where none or not asked

    def take(self, rows: np.ndarray) -> "Facts":
        """The facts of some marks."""
        pairs = {name: tuple(part[rows] for part in getattr(self, name)) for name in ("name", "area", "failing")}
        single = {name: getattr(self, name)[rows] for name in ("unit", "rule", "scope", "side")}
        return Facts(marks=self.marks.iloc[rows].reset_index(drop=True), **single, **pairs)


def facts(marks: pd.DataFrame, targets: pd.DataFrame, areas: pd.DataFrame) -> Facts:
    """marks: columns of models.judging.MARKS but the sentences; targets: each mark's own target row, in step."""
    names = areas.drop_duplicates("area_id").set_index("area_id")
    zh = names.name_zh.astype(object).where(names.name_zh.notna(), names.index.to_series())
    en = names.name_en.astype(object).where(names.name_en.notna(), zh)
    zh_apart = zh.where(~zh.str.contains("[0-9A-Za-z]$"), zh + " ")  # a code must not run into the year behind it
    code = names.index.get_indexer(marks.area_id)
    area = tuple(
        np.where(code >= 0, column.to_numpy()[np.maximum(code, 0)], marks.area_id) for column in (zh_apart, en)
    )
    rising = targets.comparator.isin([">=", ">", "trend_up"])
    falling = targets.comparator.isin(["<=", "<", "trend_down"])
    by_direction = targets.direction.map({"higher_is_better": 1, "lower_is_better": -1}).fillna(0)
    english = targets.name_en.astype(object).where(targets.name_en.notna(), targets.name_zh)
    return Facts(
        marks=marks.reset_index(drop=True),
        unit=targets.unit.to_numpy(dtype=object),
        rule=targets.rule.to_numpy(dtype=object),
        scope=targets.scope.to_numpy(dtype=object),
        side=np.select([rising, falling], [1, -1], by_direction).astype(int),
        name=(targets.name_zh.to_numpy(dtype=object), english.to_numpy(dtype=object)),
        area=area,
        failing=tuple(_failing(marks.units_failing, column, mark) for column, mark in ((zh, "、"), (en, ", "))),
    )


def sentence_zh(told: Facts) -> np.ndarray:
    """达拉特旗2025年居民健康素养水平为24.1%,比规划路径应有的26%低1.9个百分点,偏慢。…"""
    return _sentence(told, 0)


def sentence_en(told: Facts) -> np.ndarray:
    """Dalad Banner: health literacy stood at 24.1 % in 2025, 1.9 points below the 26 % planned by then: slow. …"""
    return _sentence(told, 1)


def probability_words(p_miss: float, language: str) -> str:
    """The words for a probability of missing; "" where it is withheld."""
    for upper, *words in PROBABILITY_WORDS:
        if in_fives(p_miss) < upper:
            return words[language == "en"]
    return ""


def _sentence(told: Facts, lang: int) -> np.ndarray:
    refused = (told.marks.status == CANNOT_JUDGE).to_numpy()
    out = np.full(len(refused), "", dtype=object)
    for rows, pieces in ((refused, [_refusal]), (~refused, [_head, _standing, _pace, _outlook, _caveats])):
        some = told.take(np.flatnonzero(rows))
        out[rows] = sum((piece(some, lang) for piece in pieces[1:]), start=pieces[0](some, lang))
    return out


def _head(told: Facts, lang: int) -> np.ndarray:
    """Where, when, what, how much."""
    period, value = period_words(told.marks.period, lang), values(told.marks.observed, told.unit, lang)
    provisional, task = (told.marks.figure_status == "provisional").to_numpy(), told.rule == "completion"
    if lang == 0:
        return (
            told.area[0]
            + period
            + told.name[0]
            + np.where(task, ":", "为")
            + value
            + where_true(provisional, "(初步数)")
        )
    reads = np.where(task, ": " + value + " (" + period + ")", " stood at " + value + " in " + period)
    return told.area[1] + ": " + inside_a_sentence(told.name[1]) + reads + where_true(provisional, " (provisional)")


def _standing(told: Facts, lang: int) -> np.ndarray:
    """Against the path, the bound, or only the direction."""
    marks, status = told.marks, told.marks.status.to_numpy(dtype=object)
    has_path = (
        np.isfinite(marks.path_value.to_numpy())
        & ~has_reason(marks.reason, "bound")
        & ~has_reason(marks.reason, "missed")
    )
    whole, task, way = _whole(told), told.rule == "completion", told.rule == "trend"
    met = status == ACHIEVED
    case = np.select([whole, task, way, met, has_path], [0, 1, 2, 3, 4], 5)
    writers = _STANDING_ZH if lang == 0 else _STANDING_EN
    out = np.full(len(status), "", dtype=object)
    for nth, write in enumerate(writers):
        rows = np.flatnonzero(case == nth)
        if len(rows):
            some = told.take(rows)
            out[rows] = write(
                some, words_for(some.marks.status, {slug: both[lang] for slug, both in STATUS_WORDS.items()})
            )
    return out


def _units_zh(told: Facts, word: np.ndarray) -> np.ndarray:
    failing = np.where(told.failing[0] == "", "目前没有落后的", "未达要求的有" + told.failing[0])
    return ",要求每个" + _unit_words(told, 0) + "均达标," + failing + "," + word + "。"


def _units_en(told: Facts, word: np.ndarray) -> np.ndarray:
    failing = np.where(told.failing[1] == "", "none is falling short", "falling short: " + told.failing[1])
    return ". Every " + _unit_words(told, 1) + " must pass; " + failing + " (" + word + ")."


def _task_zh(told: Facts, word: np.ndarray) -> np.ndarray:
    return np.where(
        told.marks.status == ACHIEVED, "。", ",已过" + year_words(told.marks.next_year, 0) + "时限," + word + "。"
    )


def _task_en(told: Facts, word: np.ndarray) -> np.ndarray:
    return np.where(
        told.marks.status == ACHIEVED, ".", "; it was due" + by_year(told.marks.next_year) + " (" + word + ")."
    )


def _met_zh(told: Facts, word: np.ndarray) -> np.ndarray:
    return ",已达到" + year_words(told.marks.next_year, 0) + "目标(" + _goal(told.marks.next_value, told, 0) + ")。"


def _met_en(told: Facts, word: np.ndarray) -> np.ndarray:
    return (
        ": it meets the"
        + year_words(told.marks.next_year, 1)
        + " target ("
        + _goal(told.marks.next_value, told, 1)
        + ")."
    )


def _path_zh(told: Facts, word: np.ndarray) -> np.ndarray:
    path, size = values(told.marks.path_value, told.unit, 0), sizes(told.marks.gap, told.unit, 0)
    compared = "比规划路径应有的" + path + np.where(_is_above(told), "高", "低") + size
    compared = np.where(is_nothing(told.marks.gap, told.unit), "与规划路径应有的" + path + "持平", compared)
    return "," + compared + "," + word + "。"


def _path_en(told: Facts, word: np.ndarray) -> np.ndarray:
    path, size = values(told.marks.path_value, told.unit, 1), sizes(told.marks.gap, told.unit, 1)
    compared = size + np.where(_is_above(told), " above", " below") + " the " + path + " planned by then"
    compared = np.where(is_nothing(told.marks.gap, told.unit), "level with the " + path + " planned by then", compared)
    return ", " + compared + ": " + word + "."


def _bound_zh(told: Facts, word: np.ndarray) -> np.ndarray:
    year, goal = year_words(told.marks.next_year, 0), _goal(told.marks.next_value, told, 0)
    return ",未达到" + year + "目标(" + goal + "),相差" + sizes(told.marks.gap, told.unit, 0) + "," + word + "。"


def _bound_en(told: Facts, word: np.ndarray) -> np.ndarray:
    year, goal = year_words(told.marks.next_year, 1), _goal(told.marks.next_value, told, 1)
    return ", " + sizes(told.marks.gap, told.unit, 1) + " off the" + year + " target (" + goal + "): " + word + "."


def _is_above(told: Facts) -> np.ndarray:
    """Whether the value lies above the path: ahead of it where more is better, behind it where less is."""
    return (told.marks.gap.to_numpy() > 0) == (told.side >= 0)


def _direction(told: Facts, lang: int) -> np.ndarray:
    """For targets that only say which way: which way it has gone, and whether that is the plan's."""
    marks, status = told.marks, told.marks.status.to_numpy(dtype=object)
    pace = marks.pace_seen.to_numpy() * np.where(told.side < 0, -1, 1)
    size, slowing = sizes(marks.pace_seen, told.unit, lang), told.unit == "percent_change"
    still = is_nothing(marks.pace_seen, told.unit)
    rightward = marks.pace_seen.to_numpy() > marks.tolerance.to_numpy()
    floor_lost = has_reason(marks.reason, "floor_and_trend") & rightward & ~np.isin(status, [ACHIEVED, ON_COURSE])
    if lang == 0:
        way = np.where(
            pace > 0, np.where(slowing, "增速每年加快", "每年提高"), np.where(slowing, "增速每年放缓", "每年降低")
        )
        moved = ",近年" + np.where(still, "没有明显变化", way + size)
        words = {ON_COURSE: ",符合规划方向。", SLOW: ",变化不明显,偏慢。", BEHIND: ",与规划方向相反,滞后。"}
        words |= {REVERSING: ",与规划方向相反且经检验属实,倒退。", ACHIEVED: ",较基期已按规划方向改善,已达标。"}
        lost = ",方向正确,但未守住底线,"
    else:
        way = np.where(
            pace > 0,
            np.where(slowing, "growth quickened by ", "risen by "),
            np.where(slowing, "growth slowed by ", "fallen by "),
        )
        moved = "; of late it has " + np.where(still, "hardly moved", way + size + " a year")
        moved = np.where(
            slowing, "; of late " + np.where(still, "growth has hardly changed", way + size + " a year"), moved
        )
        words = {ON_COURSE: ", the way the plan asks for.", SLOW: ", too little to tell: slow."}
        words |= {
            BEHIND: ", against the plan's direction: behind.",
            ACHIEVED: "; it has improved on the baseline: target met.",
        }
        words |= {REVERSING: ", against the plan's direction, and the test confirms it: reversing."}
        lost = ", the right way, but the floor is not held: "
    state = words_for(marks.status, words)
    state = np.where(still & (status == SLOW), ",偏慢。" if lang == 0 else ": slow.", state)
    word = words_for(marks.status, {slug: both[lang] for slug, both in STATUS_WORDS.items()})
    return moved + np.where(floor_lost, lost + word + ("。" if lang == 0 else "."), state)


def _direction_zh(told: Facts, word: np.ndarray) -> np.ndarray:
    return _direction(told, 0)


def _direction_en(told: Facts, word: np.ndarray) -> np.ndarray:
    return _direction(told, 1)


# In the order of the cases of _standing.
_STANDING_ZH = (_units_zh, _task_zh, _direction_zh, _met_zh, _path_zh, _bound_zh)
_STANDING_EN = (_units_en, _task_en, _direction_en, _met_en, _path_en, _bound_en)


def _pace(told: Facts, lang: int) -> np.ndarray:
    """Pace needed and pace seen, where there is a date to be late for."""
    needed = told.marks.pace_needed.to_numpy()
    open_still = ~np.isin(told.marks.status.to_numpy(), [ACHIEVED, CANNOT_JUDGE]) & ~_whole(told) & (told.side != 0)
    shown = np.flatnonzero(open_still & (needed > 0) & (told.rule != "trend"))
    out = np.full(len(needed), "", dtype=object)
    out[shown] = _pace_told(told.take(shown), lang)
    return out


def _pace_told(told: Facts, lang: int) -> np.ndarray:
    marks, seen = told.marks, told.marks.pace_seen.to_numpy()
    size, done = sizes(marks.pace_needed, told.unit, lang), sizes(marks.pace_seen, told.unit, lang)
    actual = seen * np.where(told.side < 0, -1, 1)
    goal, year = values(marks.next_value, told.unit, lang), marks.next_year
    endless, up = told.rule == "annual_change_points", told.side > 0
    known = [~np.isfinite(actual), is_nothing(marks.pace_seen, told.unit), actual > 0]
    if lang == 0:
        way = np.where(up, "提高", "降低")
        aim = np.where(
            endless,
            "规划要求每年" + way + size,
            "要在" + year_words(year, 0) + way + "到" + goal + ",每年需" + way + size,
        )
        moved = np.select(known, ["", ",近年没有明显变化", ",近年实际每年提高" + done], ",近年实际每年降低" + done)
        return aim + moved + "。"
    way = np.where(up, "a rise of ", "a fall of ") + size + " a year"
    aim = np.where(endless, " The plan asks for " + way, " Reaching " + goal + by_year(year) + " takes " + way)
    moved = np.select(
        known,
        ["", "; of late it has hardly moved", "; of late it has risen by " + done + " a year"],
        "; of late it has fallen by " + done + " a year",
    )
    return aim + moved + "."


def _outlook(told: Facts, lang: int) -> np.ndarray:
    """The probability in words and in fives of a percent."""
    marks = told.marks
    p = marks.p_miss.to_numpy()
    words = np.full(len(p), "", dtype=object)
    for upper, *both in reversed(PROBABILITY_WORDS):
        words = np.where(in_fives(p) < upper, both[lang], words)
    five = each_distinct(np.nan_to_num(in_fives(p) * 100), lambda x: f"{x:.0f}")
    reference = (marks.p_miss_basis == "reference").to_numpy()
    year = year_words(marks.final_year, lang)
    if lang == 0:
        text = year + "目标" + words + "(未达标概率约" + five + "%" + where_true(reference, ",数据少,仅供参考") + ")。"
    else:
        text = (
            " The"
            + year
            + " target is "
            + words
            + " (about "
            + five
            + " % to miss it"
            + where_true(reference, "; few figures, for reference only")
            + ")."
        )
    return np.where(np.isfinite(p), text, "")


def _caveats(told: Facts, lang: int) -> np.ndarray:
    marks = told.marks
    noisy, study = marks.is_noisy.to_numpy(dtype=bool), marks.needs_study.to_numpy(dtype=bool)
    noisy, has_p = noisy & ~(marks.status == ACHIEVED).to_numpy(), np.isfinite(marks.p_miss.to_numpy())
    lines = [
        (noisy & has_p, "数值波动大,以概率为准。", " The figure is unstable: go by the probability."),
        (noisy & ~has_p, "数值波动大,仅供参考。", " The figure is unstable: for reference only."),
        (has_reason(marks.reason, "missed"), "最后时限已过。", " The final date has passed."),
        (study, "现状与预测不一致,需研判。", " Status and outlook disagree: to be studied."),
        (has_reason(marks.reason, "rolled_up"), "数值由下级数据汇总。", " Added up from the areas below."),
        (has_reason(marks.reason, "baseline_first"), "以首期数据为基期。", " The first reported figure serves as the baseline."),
        (has_reason(marks.reason, "year_inferred"), "目标年份为推定。", " The target's year is inferred."),
        (has_reason(marks.reason, "plan_bar"), "目标值为全规划区目标,仅作对照。", " Held against the plan area's value."),
    ]  # fmt: skip
    text = np.full(len(marks), "", dtype=object)
    for applies, *both in lines:
        text = text + where_true(applies, both[lang])
    return text


def _refusal(told: Facts, lang: int) -> np.ndarray:
    words = {slug: both[lang] for slug, both in {**BASES, **REFUSALS}.items()}
    why = each_distinct(told.marks.reason.to_numpy(dtype=object), lambda reason: words[str(reason).split(SEPARATOR)[0]])
    has_value = np.isfinite(told.marks.observed.to_numpy())
    if lang == 0:
        return np.where(has_value, _head(told, 0) + "。", told.area[0] + told.name[0] + ":") + why + "。"
    alone = told.area[1] + ": " + inside_a_sentence(told.name[1]) + ": "
    return np.where(has_value, _head(told, 1) + ": ", alone) + why + "."


UNIT_WORDS = {
    "each_district": ("旗县区", "district"),
    "each_township": ("苏木乡镇街道", "township"),
    "each_village": ("嘎查村社区", "village"),
}


def _unit_words(told: Facts, lang: int) -> np.ndarray:
    return each_distinct(told.scope, lambda scope: UNIT_WORDS.get(scope, ("单位", "unit"))[lang])


def _whole(told: Facts) -> np.ndarray:
    """Marks of areas whose units each must pass, judged by those units."""
    return told.marks.is_whole.to_numpy(dtype=bool) & has_reason(told.marks.reason, "each_unit")


def _goal(value: pd.Series, told: Facts, lang: int) -> np.ndarray:
    operator = words_for(told.marks.comparator, {slug: both[lang] for slug, both in OPERATOR_WORDS.items()})
    return operator + values(value, told.unit, lang)


def _failing(units: pd.Series, names: pd.Series, joiner: str) -> np.ndarray:
    """The names of failing units; beyond five, the first five and how many in all."""

    out = np.full(len(units), "", dtype=object)
    column = units.to_numpy(dtype=object)
    for row in np.flatnonzero(units.notna().to_numpy()):
        listed = joiner.join(str(names.get(area, area)) for area in column[row][:SHOWN_UNITS])
        rest = len(column[row]) - SHOWN_UNITS
        more = f"等{len(column[row])}个" if joiner == "、" else f" and {rest} more"
        out[row] = listed + (more if rest > 0 else "")
    return out
