"""The words sentences about marks are made of, Chinese first, then English."""

from models.rates import ADDITIVE_UNITS
from models.status import ACHIEVED, BEHIND, CANNOT_JUDGE, ON_COURSE, REVERSING, SLOW

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
# The same for a target that holds now.
STILL_MET_WORDS = [
    (0.10, "很可能继续达标", "very likely still to be met"),
    (0.33, "较可能继续达标", "likely still to be met"),
    (0.66, "能否继续达标难以判断", "too close to call"),
    (0.91, "较可能不再达标", "likely no longer to be met"),
    (1.01, "很可能不再达标", "very likely no longer to be met"),
]
# For targets that only say which way.
DIRECTION_WORDS_ZH = {
    ACHIEVED: "，较基期已按方案要求的方向改善，已达标。",
    ON_COURSE: "，符合方案要求的方向。",
    SLOW: "，幅度在波动范围内，方向尚不明确，偏慢。",
    BEHIND: "，与方案要求的方向相反，滞后。",
    REVERSING: "，与方案要求的方向相反，且经统计检验确认，倒退。",
}
DIRECTION_WORDS_EN = {
    ACHIEVED: "; it has improved on the baseline: target met.",
    ON_COURSE: ", the way the plan asks for.",
    SLOW: ", too little to tell: slow.",
    BEHIND: ", against the plan's direction: behind.",
    REVERSING: ", against the plan's direction, and the test confirms it: reversing.",
}
UNIT_WORDS = {
    "each_district": ("旗县区", "district"),
    "each_township": ("苏木乡镇街道", "township"),
    "each_village": ("嘎查村社区", "village"),
}

# What numbers do: to be above, to be below (of a value); to rise, to fall (of its movement).
CHANGES = ("高", "低", "提高", "下降"), (" above", " below", "a rise of", "a fall of", "risen by", "fallen by")
COUNTS = ("多", "少", "增加", "减少"), CHANGES[1]
RANKS = (
    ("靠后", "靠前", "后移", "前移"),  # a larger number is a lower place
    (" behind", " ahead of", "a loss of", "a gain of", "slipped by", "moved up by"),
)


def movement_words(unit: str, language: str, *, rise_is_good: bool) -> tuple[str, ...]:
    """The words for a unit's values and movements, in the order of CHANGES. What should fall does not 提高, it 上升."""
    words = COUNTS if unit in ADDITIVE_UNITS else RANKS if unit == "rank" else CHANGES
    if language == "en":
        return words[1]
    if words is CHANGES and not rise_is_good:
        return "高", "低", "上升", "下降"
    return words[0]
