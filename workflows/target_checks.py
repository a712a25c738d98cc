"""Whether a pack's targets contradict themselves: each row alone, then the rows of one target against each other.

A contradiction is refused with its row and its mend. What a real plan leaves open is no contradiction: "a batch"
without a number, "all" without a percentage, a standard the text refers to without printing it; those are kept as
they are and shown as not to be judged.
"""

import difflib
from collections.abc import Callable

import pandas as pd

from data_access.packs import PackSheet
from models.contradictions import WRONG_IN, bounds_of_values, find_contradictions, repeated_milestones
from models.units import UNITS

UPWARD, DOWNWARD = {">=", ">", "trend_up"}, {"<=", "<", "trend_down"}
# What the pack's reader, or a check with more to say, has already told.
TOLD_ELSEWHERE = {"unknown_rule", "unknown_comparator", "unknown_direction", "unknown_scope", "unknown_unit"}
SAME_IN_ONE_TARGET = (
    "name_en",
    "unit",
    "direction",
    "benchmark_area_id",
    "benchmark_indicator_id",
    "either_with",
    "applies_from",
    "denominator_zh",
    "denominator_en",
    "nature",
    "lead_departments_zh",
    "source_zh",
)
KEY = ["action_id", "indicator_id", "rule", "scope", "part"]


def with_defaults(rows: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """The targets' rows with what may be left out filled in: name, unit and direction from the indicator; plan_area."""
    known = indicators.set_index("indicator_id")
    rows = rows.copy()
    for column, source in (
        ("name_zh", "name_zh"),
        ("name_en", "name_en"),
        ("unit", "unit"),
        ("direction", "default_direction"),
    ):
        rows[column] = rows[column].fillna(rows.indicator_id.map(known[source]))
    names = {unit.name_zh: slug for slug, unit in reversed(UNITS.items())}
    rows["unit"] = rows.unit.where(rows.unit.isin(list(UNITS)), rows.unit.replace(names))
    return rows.assign(scope=rows.scope.fillna("plan_area"), masked=rows.masked.fillna(False))


def check_targets(sheet: PackSheet, action_ids: set[str], indicators: pd.DataFrame) -> None:
    """Check every row of the targets sheet. indicators: the columns of read_indicators."""
    known = indicators.set_index("indicator_id")
    rows = with_defaults(sheet.rows, indicators)
    contradictions = _contradictions(rows, known)
    for row in rows.itertuples():
        if not _refers(sheet, row, action_ids, known) or pd.isna(row.rule) or pd.isna(row.comparator):
            continue
        _check_unit(sheet, row, known.loc[row.indicator_id])
        _check_branch(sheet, row)
        for found in contradictions.get(row.Index, ()):
            sheet.refuse(row.row, *found)
    _check_first_branches(sheet, rows, known)
    several = rows.dropna(subset=KEY[:4])
    _check_repeats(sheet, several)
    several = several[several.duplicated(KEY, keep=False)]
    for _, together in several.groupby(KEY, dropna=False, sort=False):
        for row in together.itertuples():
            _check_agrees(sheet, row, together.iloc[0])


def _contradictions(rows: pd.DataFrame, known: pd.DataFrame) -> dict[int, list[tuple]]:
    """By row, every rule of models/contradictions.py it breaks: column, what it holds, rule, what is wrong, the mend."""
    rows = rows.assign(**{name: rows.indicator_id.map(known[name]) for name in ("lower_bound", "upper_bound")})
    low, high = bounds_of_values(rows)
    told: dict[int, list[tuple]] = {}
    slugs = set(WRONG_IN) - TOLD_ELSEWHERE
    for index, slug, column in find_contradictions(rows, slugs=slugs, ranges_have_parts=True).itertuples():
        row, (rule, what, mend) = rows.loc[index], TOLD[slug]
        if pd.isna(row.rule) or pd.isna(row.comparator):
            continue
        year = row.year if pd.notna(row.year) else row.year_inferred
        holds = year if column == "year" else "" if pd.isna(row[column]) else row[column]
        limits = f"{low[index]:g}—{high[index]:g}".replace("nan", "")
        told.setdefault(index, []).append((column, holds, rule, what(row, year, limits), mend))
    return told


Told = tuple[str, Callable[[pd.Series, object, str], str], str]
RANGE = "part（分项）分别填 lower（下限）和 upper（上限）"
# slug -> the rule told, what is wrong with the row, how to mend it.
TOLD: dict[str, Told] = {
    "comparator_against_direction": (
        "comparator_against_direction",
        lambda row, year, limits: f"比较方式 {row.comparator} 与方向 {row.direction} 矛盾",
        f"越低越好的指标用 <= 或 <，越高越好的用 >= 或 >；若是区间（如 3 至 5 个），请分成两行，{RANGE}",
    ),
    "trend_of_what_holds": (
        "comparator_against_direction",
        lambda row, year, limits: f"方向为“保持”，比较方式却是 {row.comparator}",
        "保持不变的趋势请填 >= 或 <=",
    ),
    "completion_not_equal": (
        "comparator_against_rule",
        lambda row, year, limits: f"规则 completion（完成）的比较方式应为 =，不是 {row.comparator}",
        "请改为 =",
    ),
    "trend_in_another_rule": (
        "comparator_against_rule",
        lambda row, year, limits: f"{row.comparator} 只用于规则 trend（趋势），这一行的规则是 {row.rule}",
        "请改规则或比较方式",
    ),
    "trend_without_trend": (
        "comparator_against_rule",
        lambda row, year, limits: f"规则 trend（趋势）的比较方式应为 trend_up 或 trend_down，不是 {row.comparator}",
        "请改为 trend_up（上升）或 trend_down（下降）；要求保持现有水平的，方向填 hold（保持）",
    ),
    "quota_in_percent": (
        "quota_in_percent",
        lambda row, year, limits: "数量任务（count_quota）的单位不能是百分比",
        "单位覆盖的比例请用规则 unit_coverage（单位覆盖率）",
    ),
    "coverage_not_percent": (
        "coverage_not_percent",
        lambda row, year, limits: f"单位覆盖率（unit_coverage）的单位应为 percent，不是 {row.unit}",
        "请改为 percent，或改用 count_quota（数量）",
    ),
    "no_value": (
        "no_value",
        lambda row, year, limits: "没有填写目标值",
        "请填写目标值；原文隐去的，在隐去部分填 value（数值）；只有方向的，规则用 trend",
    ),
    "trend_with_value": (
        "value_against_rule",
        lambda row, year, limits: f"规则 {row.rule} 不带数值，却填了 {row.value:g}",
        "有数值的目标请用 level（水平）等规则；水平和趋势并提的，请分成两行",
    ),
    "value_out_of_bounds": (
        "value_out_of_bounds",
        lambda row, year, limits: f"目标值 {row.value:g} 不在 {limits} 之间（单位 {row.unit}）",
        "请核对目标值、小数点和单位",
    ),
    "baseline_against_rule": (
        "baseline_against_rule",
        lambda row, year, limits: f"规则 {row.rule} 不用基期年",
        "请清空基期年，或改规则",
    ),
    "milestone_before_baseline": (
        "milestone_before_baseline",
        lambda row, year, limits: f"目标年 {year} 不晚于基期年 {row.baseline_year}",
        "请核对目标年和基期年",
    ),
}
TOLD["completion_with_value"] = TOLD["trend_with_value"]


def _check_branch(sheet: PackSheet, row) -> None:
    """The second branch of a rule says which indicator's value brings it into play, and from what value."""
    if pd.notna(row.either_with) == pd.notna(row.applies_from):
        return
    column, label = ("applies_from", "起用值") if pd.notna(row.either_with) else ("either_with", "替代指标")
    mend = "either_with（替代指标）填第一档的指标，applies_from（起用值）填该指标达到多少后改用本行"
    sheet.refuse(row.row, column, "", "half_a_branch", f"两档规则只填了一半，缺少{label}", mend)


def _check_first_branches(sheet: PackSheet, rows: pd.DataFrame, known: pd.DataFrame) -> None:
    """The indicators that branches and benchmarks name exist: of a branch, as a target of the same action and scope."""
    stated = set(zip(rows.action_id, rows.scope, rows.indicator_id, strict=True))
    for row in rows.itertuples():
        if pd.notna(row.either_with) and (row.action_id, row.scope, row.either_with) not in stated:
            what = f"同一行动、同一适用范围下没有指标“{row.either_with}”的目标"
            mend = "请填第一档目标的指标编号，两档须在同一行动、同一适用范围"
            sheet.refuse(row.row, "either_with", row.either_with, "no_first_branch", what, mend)
        named = row.benchmark_indicator_id
        if pd.notna(named) and named not in known.index:
            what = f"“{named}”不在指标表中"
            sheet.refuse(
                row.row, "benchmark_indicator_id", named, "unknown_indicator_id", what, "请更正，或先登记该指标"
            )
        elif pd.notna(named) and known.unit[named] != row.unit:
            what = f"对标指标的单位 {known.unit[named]} 与本目标的单位 {row.unit} 不同"
            sheet.refuse(row.row, "benchmark_indicator_id", named, "unit_differs", what, "请填单位相同的指标")


def _refers(sheet: PackSheet, row, action_ids: set[str], known: pd.DataFrame) -> bool:
    """Whether the row's action and indicator exist."""
    found = True
    for column, ids, where in (
        ("action_id", action_ids, "本包的 actions（行动）表"),
        ("indicator_id", known.index, "指标表"),
    ):
        value = getattr(row, column)
        if pd.isna(value):
            found = False
        elif value not in ids:
            near = difflib.get_close_matches(value, list(ids), n=3)
            mend = f"请更正，最接近的有：{'、'.join(near)}" if near else f"请更正，或先在{where}中加上它"
            sheet.refuse(row.row, column, value, f"unknown_{column}", f"“{value}”不在{where}中", mend)
            found = False
    return found


def _check_unit(sheet: PackSheet, row, indicator: pd.Series) -> None:
    if row.unit not in UNITS:
        mend = f"该指标的单位是 {indicator.unit}，请填它或留空"
        sheet.refuse(row.row, "unit", row.unit, "unknown_unit", f"单位“{row.unit}”没有登记", mend)
    elif row.unit != indicator.unit:
        what = f"单位 {row.unit} 与指标“{row.indicator_id}”在指标表中的单位 {indicator.unit} 不一致"
        sheet.refuse(row.row, "unit", row.unit, "unit_differs", what, "请统一单位；单位不同的数列应另设指标")
    sign = sheet.signs.get((row.row, "value"))
    fits = {"%": ("percent", "percent_change"), "‰": ("per_1000",)}
    if sign and row.unit not in fits[sign]:
        what = f"目标值带“{sign}”，而单位是 {row.unit}"
        sheet.refuse(row.row, "value", f"{row.value:g}{sign}", "sign_against_unit", what, "请核对目标值和单位")


def _check_repeats(sheet: PackSheet, rows: pd.DataFrame) -> None:
    """The rows of one target (same action, indicator, rule, scope, part): one milestone each, told apart by time."""
    rows = rows.assign(_year=rows.year.where(rows.year.notna(), rows.year_inferred))
    for index, first in repeated_milestones(rows, KEY, ["_year", "milestone_order"]).items():
        row, before = rows.loc[index], rows.row[first]
        year, order = (None if pd.isna(time) else time for time in (row["_year"], row.milestone_order))
        what = f"与第 {before} 行是同一目标的同一节点（{_time_words(year, order)}）"
        mend = "请删除重复的一行；若是区间或两个分项，请在 part（分项）列分别填写，如 lower、upper"
        sheet.refuse(row.row, "year", row["_year"], "milestone_twice", what, mend)


def _time_words(year, order) -> str:
    words = [f"{year} 年"] if year is not None else []
    words += [f"节点 {order}"] if order is not None else []
    return ",".join(words) or "未写年份"


def _check_agrees(sheet: PackSheet, row, first: pd.Series) -> None:
    for column in SAME_IN_ONE_TARGET:
        mine, its = getattr(row, column), first[column]
        if mine != its and not (pd.isna(mine) and pd.isna(its)):
            what = f"“{mine}”与同一目标第 {first['row']} 行的“{its}”不同"
            mend = "同一目标的各节点须一致；确属两个目标的，请在 part（分项）列分别填写"
            sheet.refuse(row.row, column, mine, "differs_within_target", what, mend)
    for ways in (UPWARD, DOWNWARD):
        if first.comparator in ways and row.comparator in {*UPWARD, *DOWNWARD} - ways:
            what = f"比较方式 {row.comparator} 与同一目标第 {first['row']} 行的 {first.comparator} 相反"
            mend = "区间请分成两行，part（分项）分别填 lower（下限）和 upper（上限）"
            sheet.refuse(row.row, "comparator", row.comparator, "differs_within_target", what, mend)
