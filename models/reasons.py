"""Why a mark is what it is: every reason slug, in Chinese and English. The one table pages, files and docs read."""

from collections.abc import Mapping

SEPARATOR = ";"

# Why nothing can be judged: status is cannot_judge.
REFUSALS: Mapping[str, tuple[str, str]] = {
    "masked": ("方案原文隐去了数值或年份，只列示、不评判", "the plan's text hides the value or the year: shown, not judged"),
    "no_value": ("方案未给出目标数值，无法评判", "the plan gives no number to judge by"),
    "no_benchmark": ("缺少对标地区同期数据，无法评判", "the figures of the area to compare with are not there"),
    "no_data": ("尚无可用数据", "no usable figures yet"),
    "no_evidence": ("尚未上报完成情况和佐证材料", "no evidence of completion reported yet"),
    "not_due": ("尚未完成，规定时限未到", "not completed, and not yet due"),
    "no_date": ("尚未达到，方案未写时限，不评快慢", "not met yet; the plan sets no date to be late for"),
    "one_point": ("仅有一期数据，且缺少基期，无法判断进度", "one figure and no baseline: progress cannot be told"),
    "too_few_points": ("数据期数不足，无法判断趋势", "too few figures to tell a direction"),
    "baseline_missing": ("缺少基期数据，无法换算目标", "the baseline this target is relative to is not reported"),
    "plan_total": ("目标为全域总量，未分解到本地区", "the plan sets a total for its whole area, no share for this one"),
    "units_missing": ("部分单位未上报，尚不能认定全部达标", "some units have not reported, so not all are known to pass"),
    "no_units": ("区划表中没有应逐一考核的单位", "none of the units this target is for are in the register"),
    "other_branch": ("本地区适用该规则的另一档要求", "the other branch of this rule holds here"),
    "branch_unknown": ("缺少数据，不知适用哪一档要求", "no figure to tell which branch of this rule holds"),
    "series_break": ("统计口径变更后数据期数不足，不可与之前比较", "the definition changed; too few figures since"),
}  # fmt: skip

# What a mark rests on.
BASES: Mapping[str, tuple[str, str]] = {
    "plan_bar": ("以全域目标值对照，非本地区考核目标", "held against the plan area's value; not this area's official target"),
    "each_unit": ("要求每个单位均达标", "every unit must pass on its own"),
    "rolled_up": ("由下级地区数据汇总", "added up from the areas below"),
    "year_inferred": ("目标年份为推断", "the target's year is inferred"),
    "baseline_first": ("以首期数据为基期", "the first reported figure serves as the baseline"),
    "bound": ("目标值持平或放宽，只看是否符合当期限值", "level or loosening bound: judged only by the bound in force"),
    "missed": ("已过最后时限", "the final date has passed"),
    "floor_and_trend": ("底线与持续改善合并判断", "floor and improvement judged together"),
    "undated": ("方案未写时限", "the plan sets no date"),
    "benchmark": ("与对标地区同期数值比较", "compared with another area's figure for the same time"),
    "yearly": ("逐年考核", "judged anew each year"),
}  # fmt: skip

LONGEST = 40  # the column marks.reason


def reason_words(reason: str | None, language: str) -> list[str]:
    """The words for a mark's reason, which may join several slugs with ';'. language is zh or en.

    Raises KeyError for a slug that is not in the table.
    """
    words = {**REFUSALS, **BASES}
    return [words[slug][language == "en"] for slug in (reason or "").split(SEPARATOR) if slug]
