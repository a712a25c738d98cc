"""Whether a pack's targets contradict themselves: each row alone, then the rows of one target against each other.

A contradiction is refused with its row and its mend. What a real plan leaves open is no contradiction: "a batch"
without a number, "all" without a percentage, a standard the text refers to without printing it; those are kept as
they are and shown as not to be judged.
"""

import difflib

import pandas as pd

from data_access.packs import PackSheet
from models.units import UNITS

UPWARD, DOWNWARD = {">=", ">", "trend_up"}, {"<=", "<", "trend_down"}
TRENDS = {"trend_up", "trend_down"}
# What the rule compares with is not in the plan: another area, a rank table, a standard outside the text.
VALUE_LIES_ELSEWHERE = {"benchmark", "rank", "index"}
# count_quota: "a batch" (一批); unit_coverage: "all" or "basically all" without a figure; completion has none.
MAY_LACK_A_VALUE = {"count_quota", "unit_coverage", "trend", "completion"}
BASELINES = {"change_from_baseline_relative", "annual_change_points", "trend"}
PREVIOUS_YEAR = "previous_year"
SAME_IN_ONE_TARGET = (
    "name_en",
    "unit",
    "direction",
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
    for row in rows.itertuples():
        if not _refers(sheet, row, action_ids, known) or pd.isna(row.rule) or pd.isna(row.comparator):
            continue
        check_row(sheet, row, known.loc[row.indicator_id])
    several = rows.dropna(subset=KEY[:4])
    several = several[several.duplicated(KEY, keep=False)]
    for _, together in several.groupby(KEY, dropna=False, sort=False):
        check_one_target(sheet, together)


def check_row(sheet: PackSheet, row, indicator: pd.Series) -> None:
    """One row against itself and its indicator."""
    _check_unit(sheet, row, indicator)
    _check_direction(sheet, row)
    _check_rule(sheet, row)
    _check_value(sheet, row, indicator)
    _check_baseline(sheet, row)


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


def _check_direction(sheet: PackSheet, row) -> None:
    """A comparator that asks for less where more is better, or the other way round."""
    up, down = row.comparator in UPWARD, row.comparator in DOWNWARD
    against = (up and row.direction == "lower_is_better") or (down and row.direction == "higher_is_better")
    if row.direction == "hold" and row.comparator in TRENDS:
        what, mend = f"方向为“保持”，比较方式却是 {row.comparator}", "保持不变的趋势请填 >= 或 <="
        sheet.refuse(row.row, "comparator", row.comparator, "comparator_against_direction", what, mend)
    elif against and row.part not in ("lower", "upper"):  # 3 to 5 hospitals: the upper end is no contradiction
        what = f"比较方式 {row.comparator} 与方向 {row.direction} 矛盾"
        mend = (
            "越低越好的指标用 <= 或 <，越高越好的用 >= 或 >；若是区间（如 3 至 5 个），请分成两行，"
            "part（分项）分别填 lower（下限）和 upper（上限）"
        )
        sheet.refuse(row.row, "comparator", row.comparator, "comparator_against_direction", what, mend)


def _check_rule(sheet: PackSheet, row) -> None:
    """Rules that take only some comparators or units."""
    if row.rule == "completion" and row.comparator != "=":
        what, mend = f"规则 completion（完成）的比较方式应为 =，不是 {row.comparator}", "请改为 ="
        sheet.refuse(row.row, "comparator", row.comparator, "comparator_against_rule", what, mend)
    if row.rule != "trend" and row.comparator in TRENDS:
        what = f"{row.comparator} 只用于规则 trend（趋势），这一行的规则是 {row.rule}"
        sheet.refuse(row.row, "comparator", row.comparator, "comparator_against_rule", what, "请改规则或比较方式")
    if row.rule == "trend" and row.comparator not in TRENDS and row.direction != "hold":
        what = f"规则 trend（趋势）的比较方式应为 trend_up 或 trend_down，不是 {row.comparator}"
        mend = "请改为 trend_up（上升）或 trend_down（下降）；要求保持现有水平的，方向填 hold（保持）"
        sheet.refuse(row.row, "comparator", row.comparator, "comparator_against_rule", what, mend)
    if row.rule == "count_quota" and row.unit in ("percent", "percent_change"):
        what, mend = "数量任务（count_quota）的单位不能是百分比", "单位覆盖的比例请用规则 unit_coverage（单位覆盖率）"
        sheet.refuse(row.row, "unit", row.unit, "quota_in_percent", what, mend)
    if row.rule == "unit_coverage" and row.unit != "percent":
        what = f"单位覆盖率（unit_coverage）的单位应为 percent，不是 {row.unit}"
        sheet.refuse(
            row.row, "unit", row.unit, "coverage_not_percent", what, "请改为 percent，或改用 count_quota（数量）"
        )


def _check_value(sheet: PackSheet, row, indicator: pd.Series) -> None:
    if pd.isna(row.value):
        hidden = pd.notna(row.masked_part) and "value" in row.masked_part
        if row.rule not in MAY_LACK_A_VALUE and not hidden and row.unit not in VALUE_LIES_ELSEWHERE:
            what, mend = (
                "没有填写目标值",
                "请填写目标值；原文隐去的，在隐去部分填 value（数值）；只有方向的，规则用 trend",
            )
            sheet.refuse(row.row, "value", "", "no_value", what, mend)
    elif row.rule in ("trend", "completion"):
        what = f"规则 {row.rule} 不带数值，却填了 {row.value:g}"
        mend = "有数值的目标请用 level（水平）等规则；水平和趋势并提的，请分成两行"
        sheet.refuse(row.row, "value", row.value, "value_against_rule", what, mend)
    else:
        _check_bounds(sheet, row, indicator)


def _check_bounds(sheet: PackSheet, row, indicator: pd.Series) -> None:
    """A level inside the indicator's and the unit's bounds; a fall of at most all of it."""
    if row.rule == "change_from_baseline_relative":
        low, high = -100.0, None
    elif row.rule == "annual_change_points":
        low, high = (-100.0, 100.0) if row.unit == "percent" else (None, None)
    else:
        unit = UNITS.get(row.unit)
        low = indicator.lower_bound if pd.notna(indicator.lower_bound) else unit and unit.lower
        high = indicator.upper_bound if pd.notna(indicator.upper_bound) else unit and unit.upper
    if (low is not None and row.value < low) or (high is not None and row.value > high):
        bounds = f"{'' if low is None else f'{low:g}'}—{'' if high is None else f'{high:g}'}"
        what = f"目标值 {row.value:g} 不在 {bounds} 之间（单位 {row.unit}）"
        sheet.refuse(row.row, "value", row.value, "value_out_of_bounds", what, "请核对目标值、小数点和单位")


def _check_baseline(sheet: PackSheet, row) -> None:
    if pd.isna(row.baseline_year):
        return
    if row.rule not in BASELINES:
        what = f"规则 {row.rule} 不用基期年"
        sheet.refuse(
            row.row, "baseline_year", row.baseline_year, "baseline_against_rule", what, "请清空基期年，或改规则"
        )
    year = row.year if pd.notna(row.year) else row.year_inferred
    if row.baseline_year.isascii() and row.baseline_year.isdigit() and pd.notna(year):
        baseline = int(row.baseline_year)
        if baseline >= year:
            what = f"目标年 {year} 不晚于基期年 {baseline}"
            sheet.refuse(row.row, "year", year, "milestone_before_baseline", what, "请核对目标年和基期年")


def check_one_target(sheet: PackSheet, rows: pd.DataFrame) -> None:
    """The rows of one target (same action, indicator, rule, scope, part): one milestone each, told apart by time."""
    first = rows.iloc[0]
    times: dict[tuple, int] = {}
    for row in rows.itertuples():
        year = row.year if pd.notna(row.year) else row.year_inferred
        time = (None if pd.isna(year) else year, None if pd.isna(row.milestone_order) else row.milestone_order)
        before = times.setdefault(time, row.row)
        if before != row.row:
            what = f"与第 {before} 行是同一目标的同一节点（{_time_words(*time)}）"
            mend = "请删除重复的一行；若是区间或两个分项，请在 part（分项）列分别填写，如 lower、upper"
            sheet.refuse(row.row, "year", year, "milestone_twice", what, mend)
        _check_agrees(sheet, row, first)


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
