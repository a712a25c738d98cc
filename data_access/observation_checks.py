"""The checks a file of figures passes before a row of it is staged: what they are held against, and what they count."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from data_access.cells import CellError, read_date
from data_access.headers import Table
from data_access.kinds import OBSERVATIONS
from data_access.lookups import AreaLookup, ChoiceLookup, IndicatorLookup, Lookup, PeriodLookup, UnitLookup
from data_access.observation_chunk import Chunk
from data_access.reports import Problems

SHEET_STRIDE = 10_000_000  # source_row = the sheet's position * this + row: one number that orders a workbook's rows
NEVER, ALWAYS = -9999, 9999


@dataclass(frozen=True)
class UnitRule:
    """What an import must know of a unit: multiplier turns numerator / denominator into it (None: not a rate)."""

    words: tuple[str, ...]  # Chinese first
    multiplier: float | None
    lower: float | None
    upper: float | None
    decimals: int = 1


UNKNOWN_UNIT = UnitRule((), None, None, None)


@dataclass(frozen=True)
class Known:
    """What a file is held against. plan_years: indicator -> first and last year of the plans that use it.

    allowed_areas: what the sender may write about; None is everything. programmes: data_access.programmes.PROGRAMMES; tasks: data_access.tasks.TASKS.
    """

    areas: pd.DataFrame
    indicators: pd.DataFrame
    units: Mapping[str, UnitRule]
    plan_years: Mapping[str, tuple[int, int]]
    today: date
    allowed_areas: frozenset[str] | None = None
    may_certify: bool = True  # False: a row that says its count is certified is refused
    programmes: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["programme_id", "name_zh", "name_en"])
    )
    health_cells: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            columns=["health_cell_id", "cell_type", "area_id", "name_zh", "certified_on"]
        )
    )
    tasks: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["task_id", "year", "area_id", "quantity", "unit"])
    )
    task_reports: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["task_id", "period", "quantity_done", "note"])
    )


class DayLookup(Lookup):
    """Days on which something was reported: not after today."""

    def __init__(self, today: date):
        self.today = today

    def find(self, text: str) -> date | None:
        day = read_date(text)
        if day is not None and day > self.today:
            raise CellError(f"上报日期 {day} 晚于今天（{self.today}）", "请核对年份")
        return day


class ObservationChecks:
    """Gives the good rows of one file, chunk by chunk; what is wrong goes to problems, what is only odd is counted.

    Arrays over the indicators: unit, multiplier and bounds (NaN: none; the indicator's own go before its unit's).
    """

    def __init__(self, known: Known, problems: Problems):
        self.problems = problems
        self.without_figure = 0
        self.keys: list[np.ndarray] = []  # of the good rows: indicator, area, period (positions), source_row
        self.outside_plan: dict[str, list[int]] = {"before": [], "after": []}  # [count, first source row]
        self.areas, self.periods = AreaLookup(known.areas, known.allowed_areas), PeriodLookup(known.today)
        self.indicators = IndicatorLookup(known.indicators)
        self.statuses, self.dates = ChoiceLookup(OBSERVATIONS.column("status")), DayLookup(known.today)
        self.unit_words = UnitLookup({slug: rule.words for slug, rule in known.units.items()})
        rules = [known.units.get(unit, UNKNOWN_UNIT) for unit in known.indicators["unit"]]
        self.unit = known.indicators["unit"].to_numpy(dtype=object)
        self.unit_name = [rule.words[0] if rule.words else slug for rule, slug in zip(rules, self.unit, strict=True)]
        self.multiplier = _numbers([rule.multiplier for rule in rules])
        self.lower = _bounds(known.indicators["lower_bound"], [rule.lower for rule in rules])
        self.upper = _bounds(known.indicators["upper_bound"], [rule.upper for rule in rules])
        years = [known.plan_years.get(indicator_id, (NEVER, ALWAYS)) for indicator_id in self.indicators.ids]
        self.plan_start, self.plan_end = np.array(years, dtype=int).reshape(-1, 2).T

    def read(self, table: Table, sheet_number: int, numbers: list[int], rows: list[list[str]]) -> pd.DataFrame:
        """The good rows of a chunk, in the columns of ledger.STAGED. numbers: the rows as Excel shows them."""
        chunk = Chunk(self, table, numbers, rows)
        chunk.read_cells()
        if (
            not chunk.bad.all()
        ):  # a row that is not bad has a known area, indicator and period: the arrays are not empty
            chunk.notice_empty_rows()
            chunk.notice_years()
            chunk.check_areas()
            chunk.check_units()
            chunk.check_counts()
            chunk.check_values()
        return chunk.good_rows(sheet_number * SHEET_STRIDE)

    def find_repeated(self) -> np.ndarray:
        """Pairs (first source_row, repeating source_row), in the file's order: same indicator, area and period."""
        if not self.keys:
            return np.empty((0, 2), dtype="int64")
        keys = np.concatenate(self.keys, axis=1)
        keys = keys[:, np.lexsort(keys[::-1])]
        repeats = np.r_[False, (keys[:3, 1:] == keys[:3, :-1]).all(axis=0)]
        # the first of each run of equal keys
        first = np.maximum.accumulate(np.where(repeats, 0, np.arange(len(repeats))))
        pairs = np.column_stack([keys[3, first[repeats]], keys[3, repeats]])
        return pairs[np.argsort(pairs[:, 1])]

    def notice_outside_plan(self, when: str, rows: np.ndarray) -> None:
        if len(rows):
            count, first = self.outside_plan[when] or (0, int(rows[0]))
            self.outside_plan[when] = [count + len(rows), first]

    def notices(self) -> list[str]:
        found = []
        if self.without_figure:
            found.append(f"{self.without_figure:,} 行没有数值（空白或“未统计”），按未报处理，未写入。")
        if self.outside_plan["before"]:
            count, first = self.outside_plan["before"]
            found.append(f"{count:,} 行的年份早于方案期限（如第 {first} 行），作为历史数据。")
        if self.outside_plan["after"]:
            count, first = self.outside_plan["after"]
            found.append(f"{count:,} 行的年份晚于方案期限（如第 {first} 行），请核对年份。")
        return found


def _numbers(values: list[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def _bounds(own: pd.Series, of_unit: list[float | None]) -> np.ndarray:
    return np.where(own.notna(), own.to_numpy(dtype=float), _numbers(of_unit))
