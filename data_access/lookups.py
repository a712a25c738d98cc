"""From what a cell says to what the store calls it: areas, indicators, periods, words of a closed list.

Each lookup is asked once for every different text of a file and remembers the answer, which is a position in its
arrays or the CellError that says why there is none.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches

import numpy as np
import pandas as pd

from data_access.cells import SLUG, CellError, is_missing, read_area_code
from data_access.kinds import Column
from data_access.periods import Period, parse_period
from data_access.plain_text import compact, trimmed

SUGGESTIONS = 200  # unknown codes; more than that is a wrong file, not a slip of the pen
CANDIDATES = 5_000
EARLIEST_YEAR = 1949
OPEN_START, OPEN_END = np.datetime64("0001-01-01"), np.datetime64("9999-12-31")


class Lookup(dict):
    """text -> position or CellError. find raises CellError."""

    def __missing__(self, text: str):
        try:
            self[text] = answer = self.find(text)
        except CellError as error:
            self[text] = answer = error
        return answer

    def find(self, text: str):
        raise NotImplementedError


class AreaLookup(Lookup):
    """A code, or a name that only one area in force has. areas: as areas.read_areas gives them.

    allowed: the areas the sender may write about; None is all.
    """

    def __init__(self, areas: pd.DataFrame, allowed: frozenset[str] | None = None):
        self._allowed = allowed
        self.ids = areas["area_id"].to_numpy(dtype=object)
        self.names = areas["name_zh"].to_numpy(dtype=object)
        self.merged_into = areas["merged_into"].to_numpy(dtype=object)
        self.valid_from = _days(areas["valid_from"], OPEN_START)
        self.valid_to = _days(areas["valid_to"], OPEN_END)
        self._positions = {area_id: at for at, area_id in enumerate(self.ids)}
        self._called = defaultdict(list)
        for at, (name, gone) in enumerate(zip(self.names, areas["valid_to"].notna(), strict=True)):
            if not gone:
                self._called[compact(name)].append(at)
        self._also_called = [_words(*names) for names in zip(*(areas[n] for n in NAME_COLUMNS), strict=True)]
        self._suggested = 0

    def find(self, text: str) -> int:
        position = self._find(text)
        if self._allowed is not None and self.ids[position] not in self._allowed:
            what = f"{self.ids[position]}（{self.names[position]}）不在您可以上报的范围内"
            raise CellError(what, LEAVE_OUT)
        return position

    def _find(self, text: str) -> int:
        if is_missing(text):
            raise CellError("没有填写地区代码", "请补上代码；合计行、说明行请删除")
        named = self._called.get(compact(text), ())
        if len(named) == 1:
            return named[0]
        if named:
            raise CellError(f"有 {len(named)} 个地区叫“{trimmed(text)}”", "请改写地区代码")
        if compact(text) in ("合计", "总计", "小计", "全部"):
            raise CellError(f"“{trimmed(text)}”是合计行", "请删除合计行；合计由系统计算")
        code = read_area_code(text)
        return self._positions[code] if code in self._positions else self._unknown(code)

    def _unknown(self, code: str):
        if not len(self.ids):
            raise CellError(
                f"地区代码 {code} 不在地区表中，地区表是空的", "请先导入地区表（manage.py import areas 文件）"
            )
        parent = next((code[:n] for n in (9, 6) if len(code) > n and code[:n] in self._positions), None)
        hint = self._closest(code)
        if parent and not hint:
            hint = f"若为其下级地区，也可用上级代码 {parent}（{self.names[self._positions[parent]]}）"
        mend = f"请更正代码{f'；{hint}' if hint else ''}；若为新设地区，请先导入地区表（manage.py import areas 文件）"
        raise CellError(f"地区代码 {code} 不在地区表中", mend)

    def _closest(self, code: str) -> str:
        self._suggested += 1
        if self._suggested > SUGGESTIONS:
            return ""
        near = [area_id for area_id in self.ids if len(area_id) == len(code) and area_id[:4] == code[:4]]
        found = get_close_matches(code, near[:CANDIDATES], n=1, cutoff=0.8)
        return f"是否为 {found[0]}（{self.names[self._positions[found[0]]]}）" if found else ""

    def is_called(self, position: int, name: str) -> bool:
        """Whether a name beside the code is this area's: exact, a former one, or with the names above it in front."""
        plain = compact(name)
        return any(
            plain == word or plain.endswith(word) or word.endswith(plain) for word in self._also_called[position]
        )


LEAVE_OUT = "请删除这一行，或请负责该地区的人上报"  # the mend of a file's row; a form has its own words
NAME_COLUMNS = ("name_zh", "name_en", "former_names_zh")


def _words(name_zh, name_en, former) -> set[str]:
    names = [name_zh, *([name_en] if isinstance(name_en, str) else [])]
    names += former.split("；") if isinstance(former, str) else []
    return {compact(name) for name in names if name}


def _days(column: pd.Series, where_open) -> np.ndarray:
    days = column.to_numpy(dtype="datetime64[D]")
    return np.where(np.isnat(days), where_open, days)


class IndicatorLookup(Lookup):
    """An indicator's id, or exactly its Chinese or English name where only one has it."""

    def __init__(self, indicators: pd.DataFrame):
        self.ids = indicators["indicator_id"].to_numpy(dtype=object)
        self.names = indicators["name_zh"].to_numpy(dtype=object)
        self._called = defaultdict(set)
        for at, row in enumerate(indicators[["indicator_id", "name_zh", "name_en"]].itertuples(index=False)):
            for word in row:
                self._called[compact(word).lower()].add(at)
        self._positions = {area_id: at for at, area_id in enumerate(self.ids)}

    def find(self, text: str) -> int:
        if is_missing(text):
            raise CellError("没有填写指标", "请补上指标编号或指标名称")
        if (plain := compact(text)) in self._positions:
            return self._positions[plain]
        named = self._called.get(plain.lower(), set())
        if len(named) == 1:
            return next(iter(named))
        if named:
            listed = "、".join(sorted(self.ids[list(named)])[:5])
            raise CellError(f"有 {len(named)} 个指标叫“{trimmed(text)}”", f"请改写指标编号（{listed}）")
        if not len(self.ids):
            raise CellError(
                f"指标“{trimmed(text)}”不在指标表中，指标表是空的", "请先载入方案或导入指标表（manage.py load-plans）"
            )
        found = get_close_matches(plain.lower(), list(self._called), n=1, cutoff=0.6)
        hint = ""
        if found:
            at = min(self._called[found[0]])
            hint = f"；是否为 {self.ids[at]}（{self.names[at]}）"
        raise CellError(
            f"指标“{trimmed(text)}”不在指标表中",
            f"请更正{hint}；新指标请先导入指标表（manage.py import indicators 文件）",
        )


class ProgrammeLookup(Lookup):
    """A programme's id, or exactly its Chinese or English name where only one has it."""

    def __init__(self, programmes: pd.DataFrame):
        """programmes: programme_id, name_zh, name_en."""
        self.ids = programmes["programme_id"].to_numpy(dtype=object)
        self._called = defaultdict(set)
        for at, row in enumerate(programmes[["programme_id", "name_zh", "name_en"]].itertuples(index=False)):
            for word in row:
                if isinstance(word, str) and word:
                    self._called[compact(word).lower()].add(at)

    def find(self, text: str) -> int:
        if is_missing(text):
            raise CellError("没有填写项目", "请补上项目编号或项目名称")
        named = self._called.get(compact(text).lower(), set())
        if len(named) == 1:
            return next(iter(named))
        if named:
            listed = "、".join(sorted(self.ids[list(named)])[:5])
            raise CellError(f"有 {len(named)} 个项目叫“{trimmed(text)}”", f"请改写项目编号（{listed}）")
        near = get_close_matches(compact(text).lower(), list(self._called), n=1, cutoff=0.6)
        hint = f"；是否为 {self.ids[min(self._called[near[0]])]}" if near else ""
        mend = f"请更正{hint}；新项目请先导入项目表（manage.py import programmes 文件）"
        raise CellError(f"项目“{trimmed(text)}”不在项目表中", mend)


class PeriodLookup(Lookup):
    """A period; texts, times, years and days are arrays by position, made anew when asked for."""

    def __init__(self, today: date):
        self.latest_year = today.year + 1
        self.periods: list[Period] = []
        self._positions: dict[str, int] = {}

    def find(self, text: str) -> int:
        if is_missing(text):
            raise CellError("没有填写时期", "请写成 2024、2024Q3 或 2024-07")
        try:
            period = _period_of(text)
        except CellError:
            raise
        except ValueError as error:
            what, _, mend = str(error).rstrip("。").partition("。")
            raise CellError(what, mend) from error
        if not EARLIEST_YEAR <= period.year <= self.latest_year:
            mend = f"年份应在 {EARLIEST_YEAR} 到 {self.latest_year} 之间，请核对"
            raise CellError(f"“{trimmed(text)}”的年份 {period.year} 不合理", mend)
        if period.text not in self._positions:
            self._positions[period.text] = len(self.periods)
            self.periods.append(period)
        return self._positions[period.text]


def _period_of(text: str) -> Period:
    """A period; also the day that Excel makes of 2024-07 or 2024年7月: the first of a month other than January."""
    plain = compact(text)
    if len(plain) == 10 and plain[4] + plain[7:] == "--01":
        if plain[5:7] == "01":
            raise CellError(
                f"“{plain}”可能是全年，也可能是 1 月", f"请写成 {plain[:4]} 或 {plain[:7]}，并把该列设为“文本”格式"
            )
        return parse_period(plain[:7])
    return parse_period(text)


class ChoiceLookup(Lookup):
    """A word of a closed list, in Chinese or English; None where the cell is empty."""

    def __init__(self, column: Column, more: Mapping[str, str] | None = None):
        """more: other words -> stored word, known from the store."""
        self._column = column
        self._words = {compact(word).lower(): stored for word, stored in (more or {}).items()}
        for stored, words in column.choices.items():
            self._words |= {compact(word).lower(): stored for word in (stored, *words)}

    def find(self, text: str) -> str | None:
        plain = compact(text)
        if plain.lower() in self._words:
            return self._words[plain.lower()]
        if is_missing(text):
            return None
        if self._column.open_choices and SLUG.fullmatch(plain):
            return plain
        listed = "、".join(words[0] if words else stored for stored, words in self._column.choices.items())
        raise CellError(f"“{trimmed(text)}”不是{self._column.label}可用的词", f"请用：{listed}")


class UnitLookup(Lookup):
    """A unit's slug or its Chinese or English name. units: slug -> words for it."""

    def __init__(self, units: Mapping[str, tuple[str, ...]]):
        self._words = {compact(word).lower(): slug for slug, words in units.items() for word in (slug, *words)}
        self._names = [words[0] for words in units.values() if words]

    def find(self, text: str) -> str | None:
        plain = compact(text).lower()
        if plain in self._words:
            return self._words[plain]
        if is_missing(text):
            return None
        found = get_close_matches(plain, list(self._words), n=1, cutoff=0.6)
        hint = f"，是否为 {self._words[found[0]]}" if found else ""
        raise CellError(f"单位“{trimmed(text)}”不认识", f"请用：{'、'.join(self._names[:12])}…{hint}")
