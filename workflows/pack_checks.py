"""Whether a plan pack makes sense, sheet by sheet: what no cell by itself can tell. Targets have their own file.

Every check notes what is wrong in the sheet's problems, in Chinese, with how to mend it; nothing is changed or guessed.
"""

import difflib
from collections.abc import Mapping

import pandas as pd

from data_access.packs import Pack, PackSheet
from models.units import UNITS
from workflows.target_checks import check_targets

FIRST_YEAR, LAST_YEAR = 1990, 2100
MASK_MEND = "masked（是否隐去）填“是”，并在 masked_part（隐去部分）写明 value（数值）、year（年份）或 place（地名）"


def check_registry(sheet: PackSheet, units: Mapping[str, str]) -> None:
    """Check a sheet of indicators: ids once, units known, bounds the right way round.

    units: the unit of every indicator known before; other plans count in it, so it may not change.
    """
    refuse_repeats(sheet, "indicator_id")
    for row in sheet.rows.itertuples():
        if pd.notna(row.unit) and row.unit not in UNITS:
            refuse_unknown_unit(sheet, row.row, row.unit)
        elif units.get(row.indicator_id, row.unit) != row.unit:
            what = f"指标“{row.indicator_id}”已登记，单位为 {units[row.indicator_id]}，不能改为 {row.unit}"
            sheet.refuse(row.row, "unit", row.unit, "unit_differs", what, "单位不同的数列请另设指标编号")
        if row.lower_bound >= row.upper_bound:
            what = f"下界 {row.lower_bound:g} 不小于上界 {row.upper_bound:g}"
            sheet.refuse(row.row, "lower_bound", row.lower_bound, "bounds_crossed", what, "请核对上界和下界")


def check_pack(pack: Pack, indicators: pd.DataFrame) -> None:
    """Check every sheet of a pack; indicators is the registry with the pack's own added, as read_indicators gives it."""
    plan = _check_plan(pack)
    if "actions" in pack.sheets:
        refuse_repeats(pack.sheets["actions"], "action_id")
        refuse_repeats(pack.sheets["actions"], "action_no")
    if "tasks" in pack.sheets:
        refuse_repeats(pack.sheets["tasks"], "task_no")
    for name in ("targets", "programmes", "health_cells", "services"):
        if name in pack.sheets:
            check_years(pack.sheets[name], plan)
    for name in ("targets", "programmes", "health_cells", "services", "tasks"):
        if name in pack.sheets:
            check_masks(pack.sheets[name])
    _check_programmes(pack)
    _check_health_cells(pack)
    _check_numbers(pack)
    if "targets" in pack.sheets:
        check_targets(pack.sheets["targets"], set(pack.rows("actions").action_id.dropna()), indicators)


def refuse_repeats(sheet: PackSheet, column: str) -> None:
    """Refuse a value of the column that an earlier row has too."""
    values = sheet.rows[["row", column]].dropna()
    first = values.groupby(column)["row"].transform("first")
    label = sheet.labels.get(column, column)
    for row, value, before in zip(values["row"], values[column], first, strict=True):
        if row != before:
            what, mend = f"“{value}”与第 {before} 行重复", f"每行的{label}须不同，请改正其中一行"
            sheet.refuse(row, column, value, "repeated", what, mend)


def refuse_unknown_unit(sheet: PackSheet, row: int, unit: str) -> None:
    near = difflib.get_close_matches(unit, UNITS, n=3, cutoff=0.4)
    some = "、".join(near or ["percent", "per_1000", "per_100k", "count"])
    mend = f"请改用 models/units.py 所列的单位，如 {some}；新的单位须先由管理员登记"
    sheet.refuse(row, "unit", unit, "unknown_unit", f"单位“{unit}”没有登记", mend)


def _check_plan(pack: Pack) -> pd.Series | None:
    """The plan's row, where there is exactly one."""
    sheet = pack.sheets["plan"]
    if len(sheet.rows) != 1:
        what = f"方案表应有且只有一行，现有 {len(sheet.rows)} 行"
        row = 0 if sheet.rows.empty else int(sheet.rows["row"].iloc[1])
        if not sheet.problems.total:
            sheet.refuse(row, "", "", "not_one_plan", what, "一个方案包只写一个方案；多个方案请分成多个包")
        return None
    plan = sheet.rows.iloc[0]
    for column in ("period_start", "period_end"):
        if pd.notna(plan[column]):
            _check_range(sheet, plan["row"], column, plan[column])
    if pd.notna(plan.period_start) and pd.notna(plan.period_end) and plan.period_start > plan.period_end:
        what = f"起始年 {plan.period_start} 晚于终止年 {plan.period_end}"
        sheet.refuse(plan["row"], "period_start", plan.period_start, "period_crossed", what, "请核对方案期限")
    return plan


def _check_range(sheet: PackSheet, row: int, column: str, year: int) -> bool:
    if FIRST_YEAR <= year <= LAST_YEAR:
        return True
    what = f"{year} 年不在 {FIRST_YEAR}—{LAST_YEAR} 之间"
    sheet.refuse(row, column, year, "year_out_of_range", what, "请核对年份")
    return False


def check_years(sheet: PackSheet, plan: pd.Series | None) -> None:
    """Years in range and inside the plan's period; an inferred year only where the text hides its own."""
    for row in sheet.rows.itertuples():
        column = "year" if pd.notna(row.year) else "year_inferred"
        year = getattr(row, column)
        if pd.isna(year):
            continue
        if pd.notna(row.year) and pd.notna(row.year_inferred):
            what = f"原文写明的年份 {row.year} 与推断年份 {row.year_inferred} 同时填写"
            mend = "原文写明年份的，推断年份留空；原文隐去的，只填推断年份"
            sheet.refuse(row.row, "year_inferred", row.year_inferred, "inferred_beside_stated", what, mend)
        elif column == "year_inferred" and "year" not in _parts(row):
            what = f"填了推断年份 {year}，但没有标明原文隐去年份"
            sheet.refuse(row.row, "year_inferred", year, "inferred_not_masked", what, f"推断的年份请{MASK_MEND}")
        if _check_range(sheet, row.row, column, year) and plan is not None:
            _check_inside_plan(sheet, row.row, column, year, plan)


def _check_inside_plan(sheet: PackSheet, row: int, column: str, year: int, plan: pd.Series) -> None:
    start, end = plan.period_start, plan.period_end
    if (pd.notna(start) and year < start) or (pd.notna(end) and year > end):
        period = f"{'' if pd.isna(start) else start}—{'' if pd.isna(end) else end}"
        what = f"{year} 年不在方案期限 {period} 之内"
        sheet.refuse(row, column, year, "year_outside_plan", what, "请核对年份，或在 plan 表改正方案期限")


def _parts(row) -> set[str]:
    return set() if pd.isna(row.masked_part) else set(row.masked_part.split(";"))


def check_masks(sheet: PackSheet) -> None:
    """What a row says is hidden in the text must be empty, and said to be hidden."""
    value_column = {"targets": "value", "services": "value"}.get(sheet.kind.name)
    for row in sheet.rows.itertuples():
        parts, masked = _parts(row), pd.notna(row.masked) and row.masked
        if masked and not parts:
            sheet.refuse(row.row, "masked_part", "", "masked_without_part", "写了隐去，没有写隐去什么", MASK_MEND)
        if parts and not masked:
            what = f"写了隐去部分“{row.masked_part}”，但没有写是否隐去"
            sheet.refuse(row.row, "masked", row.masked, "part_without_masked", what, MASK_MEND)
        if "year" in parts and pd.notna(getattr(row, "year", pd.NA)):
            what, mend = f"写了年份被隐去，又填了年份 {row.year}", "推断的年份请填在 year_inferred（推断年份）列"
            sheet.refuse(row.row, "year", row.year, "masked_year_stated", what, mend)
        if "value" in parts and value_column and pd.notna(getattr(row, value_column)):
            value = getattr(row, value_column)
            what, mend = f"写了数值被隐去，又填了数值 {value:g}", "原文有数值的，请从隐去部分去掉 value（数值）"
            sheet.refuse(row.row, value_column, value, "masked_value_stated", what, mend)


def _check_programmes(pack: Pack) -> None:
    sheet = pack.sheets.get("programmes")
    for row in sheet.rows.itertuples() if sheet else ():
        if row.age_min > row.age_max:
            what = f"最小年龄 {row.age_min:g} 大于最大年龄 {row.age_max:g}"
            sheet.refuse(row.row, "age_min", row.age_min, "ages_crossed", what, "请核对年龄")
        _check_percent(sheet, row.row, "coverage_target_percent", row.coverage_target_percent)


def _check_health_cells(pack: Pack) -> None:
    sheet = pack.sheets.get("health_cells")
    for row in sheet.rows.itertuples() if sheet else ():
        if pd.notna(row.quota) and pd.isna(row.quota_unit):
            what, mend = f"任务数 {row.quota:g} 没有写单位", "请在任务单位列填 count（个）或 percent（%）"
            sheet.refuse(row.row, "quota_unit", "", "quota_without_unit", what, mend)
        if row.quota_unit == "percent":
            _check_percent(sheet, row.row, "quota", row.quota)


def _check_percent(sheet: PackSheet, row: int, column: str, value: float) -> None:
    if value < 0 or value > 100:
        what = f"{value:g}% 不在 0—100% 之间"
        sheet.refuse(row, column, value, "percent_out_of_bounds", what, "请核对数值")


def _check_numbers(pack: Pack) -> None:
    """No counts below zero; no % or ‰ behind a count."""
    counted = {"programmes": ("age_min", "age_max", "quota_count"), "health_cells": ("quota",), "tasks": ("quantity",)}
    for name, columns in counted.items():
        sheet = pack.sheets.get(name)
        for column in columns if sheet else ():
            for row, value in sheet.rows.loc[sheet.rows[column] < 0, ["row", column]].itertuples(index=False):
                sheet.refuse(row, column, value, "below_zero", f"{value:g} 小于 0", "请核对数值")
