"""forecast-file: forecast the series of one CSV file for the times asked in another, without a database.

HISTORY  series_id, indicator_id, area_id, year (or time), value, lower_bound, upper_bound, direction
         [, season_length, numerator, denominator, weight (0 cut, 1 or empty ordinary)]; bounds may be empty (none). With season_length above 1, `year` counts
         seasons (4 * year + quarter - 1); `time` is always in years.
REQUESTS series_id, year (or time).
TARGETS  series_id, year (or time), target_own, target_common: adds p_miss_own and p_miss_common to the output.
OUT      series_id, year (or time), mean, q0.025 ... q0.975.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path

import numpy as np
import pandas as pd

from data_access.errors import InputError
from models.forecasting import Forecaster
from models.intervals import QUANTILE_COLUMNS

HISTORY_COLUMNS = ["series_id", "indicator_id", "area_id", "value", "lower_bound", "upper_bound", "direction"]
HISTORY_NUMBERS = ["value", "lower_bound", "upper_bound", "season_length", "numerator", "denominator", "weight"]
TARGET_COLUMNS = ["target_own", "target_common"]
TEXT = ("series_id", "indicator_id", "area_id", "direction")
DIRECTIONS = ("up", "down")


def add_arguments(command: str, parser: ArgumentParser) -> None:
    """The four files of the protocol; the targets may be left out."""
    parser.add_argument("--history", required=True, type=Path, help="CSV of what is known")
    parser.add_argument("--requests", required=True, type=Path, help="CSV of the series and times to forecast")
    parser.add_argument("--targets", type=Path, help="CSV of targets: adds the probability of missing them")
    parser.add_argument("--out", required=True, type=Path, help="CSV to write")


def run(command: str, arguments: Namespace, settings) -> None:
    """Read, forecast, write. InputError names the file, the row as a spreadsheet counts it, the rule and the mend."""
    history = read_table(arguments.history, HISTORY_COLUMNS, HISTORY_NUMBERS)
    requests = read_table(arguments.requests, ["series_id"], [])
    _check_history(history, arguments.history)
    clock = _clock(history, requests, arguments)
    _check_requests(requests, history, clock.column, arguments.requests)
    try:
        answer = Forecaster().fit(clock.to_years(history)).predict(clock.to_years(requests))
    except ValueError as error:  # what no row can be blamed for, such as a bound that changes within a series
        raise InputError(f"{arguments.history}：{error}") from error
    answer = answer.rename(columns={"time": clock.column})
    answer[clock.column] = requests[clock.column].to_numpy()
    if arguments.targets:
        targets = read_table(arguments.targets, ["series_id", clock.column, *TARGET_COLUMNS], TARGET_COLUMNS)
        answer = with_probabilities(answer, targets, history, clock.column)
    try:
        answer.to_csv(arguments.out, index=False)
    except OSError as error:
        raise InputError(
            f"{arguments.out}：不能写入（{error.strerror or '文件夹不存在'}）。请检查路径和权限。"
        ) from error


class _Clock:
    """Which column holds the time, and how many of its units make a year for each series."""

    def __init__(self, column: str, units_per_year: pd.Series | None):
        self.column, self.units_per_year = column, units_per_year

    def to_years(self, table: pd.DataFrame) -> pd.DataFrame:
        """The table with a `time` column in years."""
        time = table[self.column].to_numpy(float)
        if self.units_per_year is not None:
            time = time / table["series_id"].map(self.units_per_year).fillna(1.0).to_numpy()
        return table.assign(time=time)


def _clock(history: pd.DataFrame, requests: pd.DataFrame, arguments: Namespace) -> _Clock:
    column = "time" if "time" in history else "year"
    for path, table in ((arguments.history, history), (arguments.requests, requests)):
        if column not in table:
            raise InputError(f"{path}：第 1 行缺少列 {column}。请补上该列（两份文件用同一列名）。")
        table[column] = _numbers(table[column], path, column)
        _refuse_rows(path, table[column].isna(), f"{column} 为空", "请填写年份")
    if column == "time" or "season_length" not in history:
        return _Clock(column, None)
    return _Clock(column, history.groupby("series_id", sort=False)["season_length"].first().clip(lower=1))


def read_table(path: Path, needed: list[str], numbers: list[str]) -> pd.DataFrame:
    """A CSV with at least the needed columns; codes stay text, the columns in `numbers` become floats (empty: NaN)."""
    try:
        table = pd.read_csv(path, dtype=dict.fromkeys(TEXT, str), encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(f"{path}：找不到文件。请检查路径。") from error
    except (UnicodeDecodeError, pd.errors.ParserError) as error:
        raise InputError(f"{path}：不是 UTF-8 编码的 CSV 文件（{error}）。请另存为“CSV UTF-8”。") from error
    except pd.errors.EmptyDataError as error:
        raise InputError(f"{path}：文件是空的。请写入表头和数据。") from error
    missing = [column for column in needed if column not in table]
    if missing:
        raise InputError(f"{path}：第 1 行缺少列 {'、'.join(missing)}。请补上。")
    for column in numbers:
        if column in table:
            table[column] = _numbers(table[column], path, column)
    return table


def _numbers(column: pd.Series, path: Path, name: str) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column):
        return column
    numbers = pd.to_numeric(column, errors="coerce")
    _refuse_rows(
        path, numbers.isna() & column.notna(), f"{name} 不是数字", "请填数字，不带单位、百分号和千分位", column
    )
    return numbers


def _check_history(history: pd.DataFrame, path: Path) -> None:
    for column in ("series_id", "indicator_id"):
        _refuse_rows(path, history[column].isna(), f"{column} 为空", "请填写")
    time = "time" if "time" in history else "year"
    if time in history:
        repeated = history.duplicated(["series_id", time])
        _refuse_rows(path, repeated, f"同一序列同一 {time} 出现两次", "请只保留一行", history["series_id"])
    value, lower, upper = history["value"], history["lower_bound"], history["upper_bound"]
    _refuse_rows(path, np.isinf(value), "value 不是有限的数", "请更正")
    _refuse_rows(path, value < lower, "value 低于 lower_bound", "请更正数值或下限", value)
    _refuse_rows(path, value > upper, "value 高于 upper_bound", "请更正数值或上限", value)
    if "weight" in history:
        _refuse_rows(
            path, ~history["weight"].fillna(1.0).between(0, 1), "weight 不在 0 到 1 之间", "请更正", history["weight"]
        )
    _refuse_rows(
        path, ~history["direction"].isin(DIRECTIONS), "direction 须为 up 或 down", "请更正", history["direction"]
    )
    for column in ("lower_bound", "upper_bound", "direction"):
        first = history.groupby("series_id", sort=False)[column].transform("first")
        same = history[column].eq(first) | (history[column].isna() & first.isna())
        _refuse_rows(path, ~same, f"{column} 在同一序列中前后不同", "请统一为一个值", history[column])


def _check_requests(requests: pd.DataFrame, history: pd.DataFrame, time: str, path: Path) -> None:
    used = history["value"].notna() & (history["weight"].ne(0) if "weight" in history else True)
    known = history[used].groupby("series_id")[time].max()
    last = requests["series_id"].map(known)
    _refuse_rows(path, last.isna(), "历史中没有该序列的数值", "请更正 series_id，或补上历史", requests["series_id"])
    _refuse_rows(
        path, requests[time] <= last, f"{time} 不晚于该序列最后一期", "请改为更晚的时间", requests["series_id"]
    )


def _refuse_rows(path: Path, bad: pd.Series, rule: str, mend: str, shown: pd.Series | None = None) -> None:
    """Raise InputError listing the first ten bad rows; the header is row 1, as a spreadsheet shows it."""
    places = np.flatnonzero(bad.to_numpy())
    if not len(places):
        return
    lines = [f"第 {place + 2} 行" + (f"（{shown.iloc[place]}）" if shown is not None else "") for place in places[:10]]
    more = f"……共 {len(places)} 行" if len(places) > 10 else ""
    raise InputError(f"{path}：{'、'.join(lines)}{more}：{rule}。{mend}。未写出结果。")


def with_probabilities(answer: pd.DataFrame, targets: pd.DataFrame, history: pd.DataFrame, time: str) -> pd.DataFrame:
    """The answer with p_miss_own and p_miss_common; empty where no target is given for a request."""
    from models.probability import probability_of_missing  # scipy: only those who ask for probabilities wait for it

    up = history.groupby("series_id", sort=False)["direction"].first().eq("up")
    comparator = np.where(answer["series_id"].map(up), ">=", "<=")
    wanted = answer[["series_id", time]].merge(targets, on=["series_id", time], how="left")
    if len(wanted) > len(answer):
        raise InputError(f"targets：同一序列同一 {time} 有两个目标。请只保留一行。")
    for kind in ("own", "common"):
        p_miss = probability_of_missing(answer[QUANTILE_COLUMNS], comparator, wanted[f"target_{kind}"].to_numpy(float))
        answer[f"p_miss_{kind}"] = p_miss
    return answer
