"""judge-file: judge the targets of one table on the figures of another, without a database.

TARGETS       the columns of a plan's targets (plan_id, action_id, indicator_id, name_zh, name_en, unit, direction, rule,
              comparator, value, year, milestone_order, baseline_year, scope, masked ...), one row per milestone, and
              area_id (empty: every area observed) and baseline_value (empty: the observation of baseline_year, else
              the first one). part, benchmark_area_id, benchmark_indicator_id, either_with and applies_from are used where
              present (packs/README.md says what they mean).
OBSERVATIONS  area_id, indicator_id, period, value, numerator, denominator, lower, upper [, status] [, series_break: yes
              for the first figure of a changed definition].
OUT           one row per target and area.
"""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from data_access.errors import InputError
from data_access.files import open_file
from data_access.periods import parse_period
from models.contradictions import find_contradictions, repeated_milestones
from models.judging import judge
from models.targets import DIRECTIONS, RULES, SIDES, UNIT_LEVEL
from models.units import UNITS
from workflows.judging import forecast

TARGET_COLUMNS = ["plan_id", "indicator_id", "unit", "direction", "rule", "comparator", "value", "year"]
TARGET_DEFAULTS = {
    "action_id": "", "name_zh": None, "name_en": None, "milestone_order": None, "baseline_year": None,
    "scope": "plan_area", "masked": "no", "masked_part": None, "area_id": None, "baseline_value": None, "part": "",
}  # fmt: skip
OBSERVATION_COLUMNS = ["area_id", "indicator_id", "period"]
NUMBERS = ["value", "numerator", "denominator", "lower", "upper"]
OUT = [
    "plan_id", "indicator_id", "area_id", "status", "path_value", "gap", "pace_needed", "pace_seen", "p_miss", "trend",
    "units_failing", "reason", "sentence_zh", "sentence_en",
]  # fmt: skip
KEY = ["plan_id", "action_id", "indicator_id", "rule", "scope", "comparator", "part", "area_id"]
# What is wrong with a row, and the mend, by the slugs of models/contradictions.py.
CONTRADICTIONS = {
    "unknown_rule": "判定规则不认识，请改为：" + "、".join(RULES),
    "unknown_comparator": "比较符不认识，请改为：" + "、".join(SIDES),
    "unknown_direction": "方向不认识，请改为：" + "、".join(DIRECTIONS),
    "unknown_scope": "适用范围不认识，请改为：" + "、".join(UNIT_LEVEL),
    "unknown_unit": "计量单位不认识，请按单位表填写",
    "comparator_against_direction": "比较符与“越高越好/越低越好”相反，请改正其一",
    "trend_of_what_holds": "方向为“保持”，比较符却是升降，请填 >= 或 <=",
    "trend_in_another_rule": "升降（trend_up、trend_down）只用于规则 trend，请改比较符或规则",
    "trend_without_trend": "规则 trend 的比较符应为 trend_up 或 trend_down，请改正",
    "quota_in_percent": "数量指标不能用百分比，请改单位，或把规则改为 unit_coverage",
    "coverage_not_percent": "覆盖率的单位应为 percent，请改正",
    "trend_with_value": "只说升降的目标不能带数值，请删去数值，或把规则改为 level",
    "value_out_of_bounds": "目标值超出该单位的可能范围，请核对数值与单位",
    "milestone_before_baseline": "目标年份不晚于基期年份，请核对两个年份",
}
STATUSES = {"final": "final", "provisional": "provisional", "revised": "revised"}
STATUSES |= {"年报": "final", "快报": "provisional", "修订": "revised"}
YES_NO = dict.fromkeys(("yes", "true", "1", "是"), True) | dict.fromkeys(("no", "false", "0", "否"), False)
ROUNDED_AWAY = 0.05  # a value this far from its own counts (of them) is another figure, not a rounded one
SHOWN = 50
DECIMALS = 6


def add_arguments(command: str, parser: ArgumentParser) -> None:
    """Two tables in, one out."""
    parser.add_argument("targets", type=Path, help="CSV or XLSX of targets, one row per milestone")
    parser.add_argument("observations", type=Path, help="CSV or XLSX of figures")
    parser.add_argument("--as-of", required=True, type=_year, metavar="YEAR", help="use figures up to this year's end")
    parser.add_argument("--out", required=True, type=Path, help="CSV to write")


def _year(text: str) -> int:
    """A year as --as-of names it; argparse says what is wrong and exits 2."""
    if not (text.isdecimal() and 1900 <= int(text) <= 2200):
        raise ArgumentTypeError(f"{text!r} is not a year from 1900 to 2200")
    return int(text)


def run(command: str, arguments: Namespace, settings) -> None:
    """Read, judge, write. InputError names the rows, what is wrong with each and how to mend it; nothing is written."""
    targets = read_targets_file(arguments.targets)
    figures = read_observations_file(arguments.observations, targets)
    marks = judge_tables(targets, figures, date(arguments.as_of, 12, 31))
    try:
        marks.to_csv(arguments.out, index=False)
    except OSError as error:
        raise InputError(
            f"{arguments.out}：不能写入（{error.strerror}）。请换一个文件夹或关闭已打开的文件。"
        ) from error


def judge_tables(targets: pd.DataFrame, figures: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The marks, in the columns of OUT: targets in the order of their rows, areas by code.

    targets, figures: as the readers of this module give them. A target that names its area gets that row alone.
    """
    areas = areas_behind(targets, figures)
    fans = forecast(targets, figures, areas, None, as_of)
    marks = judge(targets, figures, areas, as_of=as_of, forecasts=fans, indicators=None)
    of_target = targets.drop_duplicates("target_id").set_index("target_id")
    named = marks.target_id.map(of_target.area_id)
    marks = marks[named.isna() | (named == marks.area_id)]
    failing = marks.units_failing.map(lambda units: ";".join(units) if isinstance(units, list) else "")
    out = marks.assign(plan_id=marks.target_id.map(of_target.plan_id), units_failing=failing)[OUT]
    return out.round(dict.fromkeys(["path_value", "gap", "pace_needed", "pace_seen", "p_miss"], DECIMALS))


def areas_behind(targets: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """The areas the two tables speak of, as models.judging wants them.

    The hierarchy is read off GB/T 2260 codes (150600 holds 150602 holds 150602001); other codes stand beside each
    other, without a level. Names are the codes: the tables have no others.
    """
    compared_with = set(targets.benchmark_area_id.dropna()) if "benchmark_area_id" in targets else set()
    named = set(targets.area_id.dropna())  # an area others are compared with is judged only where a target names it
    ids = pd.Index(sorted((set(figures.area_id) - compared_with) | named))
    known = set(ids)
    parents = [next((above for above in _codes_above(area) if above in known), None) for area in ids]
    names = {"name_zh": ids, "name_en": ids}
    return pd.DataFrame(
        {"area_id": ids, "level": [_level(area) for area in ids], "parent_id": parents, "is_unit": True, **names}
    )


def _codes_above(area_id: str) -> list[str]:
    if not (area_id.isascii() and area_id.isdigit() and len(area_id) in (6, 9, 12)):
        return []
    six = area_id[:6]
    above = [area_id[:9]] if len(area_id) == 12 else []
    above += [six, six[:4] + "00", six[:2] + "0000"]
    return [code for code in dict.fromkeys(above) if code != area_id]


def _level(area_id: str) -> str | None:
    if not (area_id.isascii() and area_id.isdigit() and len(area_id) in (6, 9, 12)):
        return None
    if len(area_id) > 6:
        return {9: "township", 12: "village"}[len(area_id)]
    return "province" if area_id.endswith("0000") else "prefecture" if area_id.endswith("00") else "county"


def read_targets_file(path: Path) -> pd.DataFrame:
    """The targets as milestone rows with target_id. Raises InputError for rows that contradict themselves."""
    table = _read(path, TARGET_COLUMNS)
    for column, default in TARGET_DEFAULTS.items():
        filled = table[column] if column in table else pd.Series(None, index=table.index, dtype=object)
        table[column] = filled.where(filled.notna(), default)
    wrong = []
    for column in (
        "value",
        "baseline_value",
        "milestone_order",
        "year",
        *(["applies_from"] if "applies_from" in table else []),
    ):
        table[column] = _number_column(table, column, wrong)
    year = table.year
    wrong += [
        (row, f"“year”列的 {value:g} 不是四位年份。请填写如 2030 的年份")
        for row, value in year[year.notna() & ~year.between(1900, 2200)].items()
    ]
    table["masked"] = table.masked.astype(str).str.lower().isin(["yes", "true", "1", "是"])
    table["name_zh"] = table.name_zh.fillna(table.name_en).fillna(table.indicator_id)
    table["name_en"] = table.name_en.fillna(table.name_zh)
    table["target_id"] = table[KEY].fillna("").astype(str).agg("/".join, axis=1)
    wrong += [(row, CONTRADICTIONS[found.slug]) for row, found in find_contradictions(table).iterrows()]
    dated = table[table.year.notna() & table.value.notna()]
    differs = [
        row
        for row, first in repeated_milestones(dated, ["target_id"], ["year"]).items()
        if dated.value[row] != dated.value[first]
    ]
    wrong += [(row, "同一目标同一年份有两个不同的数值，请只留一个") for row in differs]
    _raise(path, wrong)
    return table.reset_index(drop=True)


def read_observations_file(path: Path, targets: pd.DataFrame) -> pd.DataFrame:
    """The figures as models.judging wants them; a rate is worked out from its counts where there are counts.

    A denominator of zero is "nobody to serve": no figure. Raises InputError for bad numbers, periods and repeated rows.
    """
    table = _read(path, OBSERVATION_COLUMNS)
    if "value" not in table and "numerator" not in table:
        raise InputError(f"{path.name}：第 1 行缺少 value 列（或 numerator 与 denominator 两列）。请补上。")
    wrong = []
    for column in NUMBERS:
        table[column] = _number_column(table, column, wrong) if column in table else np.nan
    table["status"] = _words_column(table, "status", STATUSES, "final", wrong)
    table["series_break"] = _words_column(table, "series_break", YES_NO, False, wrong).astype(bool)
    periods = [_period(text, row, wrong) for row, text in table.period.items()]
    table["period"], table["time"] = [p.text if p else "" for p in periods], [p.time if p else np.nan for p in periods]
    for column in ("area_id", "indicator_id"):
        wrong += [(row, f"“{column}”列是空的。请填写") for row in table.index[table[column].isna()]]
    wrong += [(row, "分母小于零。请核对") for row in table.index[table.denominator < 0]]
    wrong += [(row, "分子小于零。请核对") for row in table.index[table.numerator < 0]]
    wrong += [(row, "区间下限高于上限。请核对") for row in table.index[table.lower > table.upper]]
    again = table.duplicated(["indicator_id", "area_id", "period"]) & (table.period != "")
    wrong += [(row, "同一指标、地区和时期在前面已有一行。请只保留一行") for row in table.index[again]]
    _raise(path, wrong)
    unit = table.indicator_id.map(targets.drop_duplicates("indicator_id").set_index("indicator_id").unit)
    multiplier = unit.map({slug: known.multiplier for slug, known in UNITS.items()}).astype(float)
    has_counts = multiplier.notna() & table.numerator.notna() & table.denominator.notna()
    worked_out = multiplier * table.numerator / table.denominator.where(table.denominator > 0)
    apart = (table.value - worked_out).abs()
    differ = has_counts & (apart > ROUNDED_AWAY * worked_out.abs()) & (apart > 0.1)
    what = "value 与分子、分母算出的 {:.4g} 不符。请核对三个数，或只填分子和分母"
    _raise(path, [(row, what.format(worked_out[row])) for row in table.index[differ]])
    table["value"] = table.value.where(~has_counts, worked_out)
    return table.reset_index(drop=True)


def _read(path: Path, required: list[str]) -> pd.DataFrame:
    """The first sheet with its header row as columns; the index is the row as Excel shows it; empty cells are None."""
    with open_file(path) as source:
        for sheet in source.sheets():
            rows = list(sheet.rows)
            break
        else:
            rows = []
    if not rows:
        raise InputError(f"{path.name}：文件是空的，没有任何内容。请检查是否存错了文件。")
    header = [str(cell).strip() for cell in rows[0][1]]
    missing = [column for column in required if column not in header]
    if missing:
        raise InputError(f"{path.name}：第 {rows[0][0]} 行缺少列 {'、'.join(missing)}。请补上这些列。")
    if len(rows) == 1:
        raise InputError(f"{path.name}：只有表头，没有数据行。请在表头下面填写数据。")
    cells = [
        [(cell.strip() or None) for cell in row[: len(header)]] + [None] * (len(header) - len(row))
        for _, row in rows[1:]
    ]
    return pd.DataFrame(cells, columns=header, index=[number for number, _ in rows[1:]], dtype=object)


def _words_column(table: pd.DataFrame, column: str, words: dict, default, wrong: list) -> pd.Series:
    """A column of known words, empty ones and a column that is not there as the default."""
    if column not in table:
        return pd.Series(default, index=table.index)
    text = table[column].astype(object)
    found = text.map(lambda word: default if word is None or word != word else words.get(str(word).lower()))
    listed = "、".join(words)
    wrong += [(row, f"“{column}”列的“{text[row]}”不认识。请填：{listed}") for row in table.index[found.isna()]]
    return found


def _number_column(table: pd.DataFrame, column: str, wrong: list) -> pd.Series:
    text = table[column]
    numbers = pd.to_numeric(text, errors="coerce").astype(float)
    bad = text.notna() & ~np.isfinite(numbers)
    wrong += [(row, f"“{column}”列的“{text[row]}”不是数字。请改成数字，没有数据请留空") for row in table.index[bad]]
    return numbers


def _period(text: str | None, row: int, wrong: list):
    if text is None:
        wrong.append((row, "“period”列是空的。请填写，如 2024、2024Q3 或 2024-07"))
        return None
    try:
        return parse_period(text)
    except ValueError as error:
        wrong.append((row, f"“period”列：{error}"))
        return None


def _raise(path: Path, wrong: list[tuple[int, str]]) -> None:
    if not wrong:
        return
    lines = [f"{path.name} 第 {row} 行：{what}。" for row, what in sorted(wrong)[:SHOWN]]
    more = f"\n……另有 {len(wrong) - SHOWN} 处。" if len(wrong) > SHOWN else ""
    rows = len({row for row, _ in wrong})
    raise InputError("\n".join(lines) + more + f"\n共 {rows} 行有误，没有写出任何结果。")
