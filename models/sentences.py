"""One sentence per mark, in Chinese and in English, from the same numbers; never more than the marks support.

Everything is put together for all marks at once: object arrays of text, added piece by piece.
"""

import numpy as np
import pandas as pd

from models.reasons import BASES, REFUSALS, SEPARATOR
from models.sentence_facts import Facts
from models.sentence_words import (
    DIRECTION_WORDS_EN,
    DIRECTION_WORDS_ZH,
    OPERATOR_WORDS,
    PROBABILITY_WORDS,
    STATUS_WORDS,
    STILL_MET_WORDS,
    UNIT_WORDS,
)
from models.status import ACHIEVED, CANNOT_JUDGE, SLOW
from models.wording import (
    by_year,
    each_distinct,
    has_reason,
    in_fives,
    inside_a_sentence,
    is_nothing,
    period_words,
    sizes,
    where_true,
    words_for,
    year_words,
)


def sentence_zh(told: Facts) -> np.ndarray:
    """达拉特旗2025年居民健康素养水平为24.1%，比目标路径要求的26%低1.9个百分点，偏慢。…"""
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
    """Where, when, what, how much. A whole without a figure of its own is judged by its units alone."""
    period, value = period_words(told.marks.period, lang), told.values("observed", lang)
    provisional, task = (told.marks.figure_status == "provisional").to_numpy(), told.rule == "completion"
    empty = ~np.isfinite(told.marks.observed.to_numpy(dtype=float))
    if lang == 0:
        reads = np.where(task, "：", "为") + value + where_true(provisional, "（初步数）")
        return told.area[0] + period + told.name[0] + np.where(empty, "", reads)
    reads = np.where(task, ": " + value + " (" + period + ")", " stood at " + value + " in " + period)
    reads = reads + where_true(provisional, " (provisional)")
    return told.area[1] + ": " + inside_a_sentence(told.name[1]) + np.where(empty, "", reads)


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
            out[rows] = write(some, _status_words(some, lang))
    return out


def _status_words(told: Facts, lang: int) -> np.ndarray:
    return words_for(told.marks.status, {slug: both[lang] for slug, both in STATUS_WORDS.items()})


def _units_zh(told: Facts, word: np.ndarray) -> np.ndarray:
    none = np.where(told.marks.status == SLOW, "没有明确未达要求的，但多数尚看不出变化方向", "目前没有未达要求的")
    failing = np.where(told.failing[0] == "", none, "未达要求的有" + told.failing[0])
    return "，要求每个" + _unit_words(told, 0) + "均达标，" + failing + "，" + word + "。"


def _units_en(told: Facts, word: np.ndarray) -> np.ndarray:
    unclear = "none is shown to fall short, but which way most of them move cannot be told"
    none = np.where(told.marks.status == SLOW, unclear, "none is falling short")
    failing = np.where(told.failing[1] == "", none, "falling short: " + told.failing[1])
    return ". Every " + _unit_words(told, 1) + " must pass; " + failing + " (" + word + ")."


def _task_zh(told: Facts, word: np.ndarray) -> np.ndarray:
    due = year_words(told.marks.next_year, 0)
    return np.where(told.marks.status == ACHIEVED, "。", "，已过" + due + "时限，" + word + "。")


def _task_en(told: Facts, word: np.ndarray) -> np.ndarray:
    due = by_year(told.marks.next_year)
    return np.where(told.marks.status == ACHIEVED, ".", "; it was due" + due + " (" + word + ").")


def _met_zh(told: Facts, word: np.ndarray) -> np.ndarray:
    return "，已达到" + year_words(told.marks.next_year, 0) + "目标（" + _goal(told, 0) + "）。"


def _met_en(told: Facts, word: np.ndarray) -> np.ndarray:
    return ": it meets the" + year_words(told.marks.next_year, 1) + " target (" + _goal(told, 1) + ")."


def _path_zh(told: Facts, word: np.ndarray) -> np.ndarray:
    path, size = told.values("path_value", 0), told.gaps(0)
    above, below = told.verbs(0)[:2]
    compared = "比目标路径要求的" + path + np.where(_is_above(told), above, below) + size
    compared = np.where(is_nothing(told.marks.gap, told.decimals), "与目标路径持平", compared)
    return "，" + compared + "，" + word + "。"


def _path_en(told: Facts, word: np.ndarray) -> np.ndarray:
    path, size = told.values("path_value", 1), told.gaps(1)
    above, below = told.verbs(1)[:2]
    compared = size + np.where(_is_above(told), above, below) + " the " + path + " planned by then"
    compared = np.where(is_nothing(told.marks.gap, told.decimals), "level with the path", compared)
    return ", " + compared + ": " + word + "."


def _bound_zh(told: Facts, word: np.ndarray) -> np.ndarray:
    year, size = year_words(told.marks.next_year, 0), sizes(told.marks.gap, told.unit, told.decimals, 0)
    return "，未达到" + year + "目标（" + _goal(told, 0) + "），相差" + size + "，" + word + "。"


def _bound_en(told: Facts, word: np.ndarray) -> np.ndarray:
    year, size = year_words(told.marks.next_year, 1), sizes(told.marks.gap, told.unit, told.decimals, 1)
    return ", " + size + " off the" + year + " target (" + _goal(told, 1) + "): " + word + "."


def _is_above(told: Facts) -> np.ndarray:
    """Whether the value lies above the path: ahead of it where more is better, behind it where less is."""
    return (told.marks.gap.to_numpy() > 0) == (told.side >= 0)


def _direction(told: Facts, lang: int) -> np.ndarray:
    """For targets that only say which way: which way it has gone, and whether that is the plan's.

    Where it is the floor that failed, nothing is said of the direction but the pace itself.
    """
    still = is_nothing(told.marks.pace_seen, told.pace_decimals)
    words = DIRECTION_WORDS_ZH if lang == 0 else DIRECTION_WORDS_EN
    state = words_for(told.marks.status, words)
    state = np.where(still & (told.marks.status == SLOW), "，偏慢。" if lang == 0 else ": slow.", state)
    lost = told.marks.floor_is_lost.to_numpy(dtype=bool)
    stop, but = ("。", "，未守住底线，") if lang == 0 else (".", ", and the floor is not held: ")
    state = np.where(lost, but + _status_words(told, lang) + stop, state)
    peers = each_distinct(_peers(told, lang), lambda text: text.replace("，", "；"))
    return _moved(told, still, lang) + each_distinct(state, lambda text: text[:-1]) + peers + stop


def _moved(told: Facts, still: np.ndarray, lang: int) -> np.ndarray:
    """How the figure, or its growth, has moved of late."""
    rises = (told.marks.pace_seen.to_numpy() > 0) == (told.side >= 0)
    size, slowing, verbs = told.paces("pace_seen", lang), told.unit == "percent_change", told.verbs(lang)
    if lang == 0:
        way = np.where(rises, "每年" + verbs[2], "每年" + verbs[3])
        way = np.where(slowing, np.where(rises, "增速每年加快", "增速每年放缓"), way)
        return "，近年" + np.where(still, "基本没有变化", way + size)
    way = np.where(rises, verbs[4], verbs[5]) + " "
    moved = "it has " + np.where(still, "hardly changed", way + size + " a year")
    growth = np.where(rises, "growth quickened by ", "growth slowed by ") + size + " a year"
    return "; of late " + np.where(slowing, np.where(still, "growth has hardly changed", growth), moved)


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
    # a figure of the milestone's own date: the pace leads to a later milestone, which the sentence does not name
    is_due = told.marks.time.to_numpy(dtype=float) >= told.marks.next_year.to_numpy(dtype=float, na_value=np.nan)
    shown = np.flatnonzero(open_still & (needed > 0) & (told.rule != "trend") & ~is_due)
    out = np.full(len(needed), "", dtype=object)
    out[shown] = _pace_told(told.take(shown), lang)
    return out


def _pace_told(told: Facts, lang: int) -> np.ndarray:
    marks, verbs = told.marks, told.verbs(lang)
    size, done = told.paces("pace_needed", lang), told.paces("pace_seen", lang)
    actual = marks.pace_seen.to_numpy() * np.where(told.side < 0, -1, 1)
    goal, endless, up = told.values("next_value", lang), told.rule == "annual_change_points", told.side > 0
    known = [~np.isfinite(actual), is_nothing(marks.pace_seen, told.pace_decimals), actual > 0]
    way = np.where(up, verbs[2], verbs[3])
    if lang == 0:
        aim = "要在" + year_words(marks.next_year, 0) + way + "到" + goal + "，每年需" + way + size
        aim = np.where(endless, "方案要求每年" + way + size, aim)
        moved = ["", "，近年基本没有变化", "，近年实际每年" + verbs[2] + done]
        return aim + np.select(known, moved, "，近年实际每年" + verbs[3] + done) + _peers(told, lang) + "。"
    way = way + " " + size + " a year"
    aim = " Reaching " + goal + by_year(marks.next_year) + " takes " + way
    aim = np.where(endless, " The plan asks for " + way, aim)
    moved = ["", "; of late it has hardly changed", "; of late it has " + verbs[4] + " " + done + " a year"]
    return (
        aim
        + np.select(known, moved, "; of late it has " + verbs[5] + " " + done + " a year")
        + _peers(told, lang)
        + "."
    )


def _peers(told: Facts, lang: int) -> np.ndarray:
    """What the best quarter of comparable areas do, where that is a movement the right way and faster than here."""
    marks, verbs, up = told.marks, told.verbs(lang), told.side >= 0
    peer, own = marks.peer_pace.to_numpy(dtype=float), marks.pace_seen.to_numpy()
    size, known = told.paces("peer_pace", lang), np.isfinite(peer) & np.isfinite(own) & (told.unit != "percent_change")
    better = known & (peer > 0) & (peer - own > 0) & ~is_nothing(marks.peer_pace, told.pace_decimals)
    better &= (told.side != 0) & (
        size != told.paces("pace_seen", lang)
    )  # 0.42 beside 0.41, both written 0.4, tells nothing
    if lang == 0:
        return np.where(better, "，同类地区中较好者每年" + np.where(up, verbs[2], verbs[3]) + size, "")
    return np.where(
        better, "; the better of its peers have " + np.where(up, verbs[4], verbs[5]) + " " + size + " a year", ""
    )


def _outlook(told: Facts, lang: int) -> np.ndarray:
    """The probability in words and in fives of a percent."""
    marks = told.marks
    p = marks.p_miss.to_numpy()
    words, still = (np.full(len(p), "", dtype=object) for _ in range(2))
    for (upper, *both), (_, *kept) in zip(reversed(PROBABILITY_WORDS), reversed(STILL_MET_WORDS), strict=True):
        words = np.where(in_fives(p) < upper, both[lang], words)
        still = np.where(in_fives(p) < upper, kept[lang], still)
    holds = (marks.status == ACHIEVED).to_numpy() & (marks.next_year == marks.final_year).fillna(False).to_numpy(bool)
    words = np.where(holds & (told.rule != "trend"), still, words)
    five = each_distinct(np.nan_to_num(in_fives(p) * 100), lambda x: f"{x:.0f}")
    reference, year = (marks.p_miss_basis == "reference").to_numpy(), year_words(marks.p_miss_year, lang)
    by_whom = _by_whom(marks, lang)
    if lang == 0:
        chance = "（未达标概率约" + five + "%" + by_whom + where_true(reference, "，数据期数少，仅供参考") + "）。"
        return np.where(np.isfinite(p), year + "目标" + words + chance, "")
    few = where_true(reference, "; few figures, for reference only")
    chance = " (about " + five + " % to miss it" + by_whom + few + ")."
    return np.where(np.isfinite(p), " The" + year + " target is " + words + chance, "")


def _by_whom(marks: pd.DataFrame, lang: int) -> np.ndarray:
    """Where an analyst's adjustment is in force: that it is one, and what the model says."""
    if "forecast_version" not in marks:
        return np.full(len(marks), "", dtype=object)
    adjusted = (marks.forecast_version == "adjusted").to_numpy()
    model = marks.p_miss_model.to_numpy(float)
    five = each_distinct(np.nan_to_num(in_fives(model) * 100), lambda x: f"{x:.0f}")
    said = (
        ("，研判；模型为" + five + "%") if lang == 0 else (" by the analysts' adjustment, " + five + " % by the model")
    )
    return np.where(adjusted & np.isfinite(model), said, "")


def _caveats(told: Facts, lang: int) -> np.ndarray:
    marks = told.marks
    noisy, study = marks.is_noisy.to_numpy(dtype=bool), marks.needs_study.to_numpy(dtype=bool)
    noisy, has_p = noisy & ~(marks.status == ACHIEVED).to_numpy(), np.isfinite(marks.p_miss.to_numpy())
    lines = [
        (noisy & has_p, "数值波动大，以概率为准。", " The figure is unstable: go by the probability."),
        (noisy & ~has_p, "数值波动大，仅供参考。", " The figure is unstable: for reference only."),
        (has_reason(marks.reason, "missed"), "最后时限已过。", " The final date has passed."),
        (study, "现状与预测不一致，需研判。", " Status and outlook disagree: to be studied."),
        (has_reason(marks.reason, "rolled_up"), "数值由下级地区数据汇总。", " Added up from the areas below."),
        (has_reason(marks.reason, "baseline_first"), "以首期数据为基期。", " The first reported figure serves as the baseline."),
        (has_reason(marks.reason, "year_inferred"), "目标年份为推断。", " The target's year is inferred."),
        (has_reason(marks.reason, "plan_bar"), "目标为全域目标，对本地区仅作对照。", " Held against the plan area's value."),
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
        return np.where(has_value, _head(told, 0) + "。", told.area[0] + told.name[0] + "：") + why + "。"
    alone = told.area[1] + ": " + inside_a_sentence(told.name[1]) + ": "
    return np.where(has_value, _head(told, 1) + ": ", alone) + why + "."


def _unit_words(told: Facts, lang: int) -> np.ndarray:
    return each_distinct(told.scope, lambda scope: UNIT_WORDS.get(scope, ("单位", "unit"))[lang])


def _whole(told: Facts) -> np.ndarray:
    """Marks of areas whose units each must pass, judged by those units."""
    return told.marks.is_whole.to_numpy(dtype=bool) & has_reason(told.marks.reason, "each_unit")


def _goal(told: Facts, lang: int) -> np.ndarray:
    operator = words_for(told.marks.comparator, {slug: both[lang] for slug, both in OPERATOR_WORDS.items()})
    return operator + told.values("next_value", lang)
