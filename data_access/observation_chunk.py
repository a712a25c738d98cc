"""Some rows of a file of figures, column by column, and every check on them. Scalars appear only where a row is bad."""

import numpy as np
import pandas as pd

from data_access.cells import PLAIN_NUMBER, CellError, read_number, read_text
from data_access.headers import Table
from data_access.lookups import Lookup
from data_access.plain_text import trimmed

NUMBERS = ("numerator", "denominator", "value", "lower", "upper")
SIGN_OF_UNIT = {"percent": "%", "percent_change": "%", "per_1000": "‰"}
ROUNDING = 1e-9  # relative: what binary arithmetic alone can differ by


class Chunk:
    """bad marks the rows that a check has refused, empty those that report no figure. checks: an ObservationChecks."""

    def __init__(self, checks, table: Table, numbers: list[int], rows: list[list[str]]):
        self.checks, self.table = checks, table
        self.rows = np.array(numbers, dtype="int64")
        self.bad, self.empty = np.zeros((2, len(rows)), dtype=bool)
        columns = list(zip(*rows, strict=True))
        self.texts = {name: columns[at] for name, at in table.columns.items()} if rows else {}

    def read_cells(self) -> None:
        checks = self.checks
        self.indicator = self._answers("indicator_id", checks.indicators, -1).astype("int64")
        self.area = self._answers("area_id", checks.areas, -1).astype("int64")
        self.period = self._answers("period", checks.periods, -1).astype("int64")
        self.status = self._answers("status", checks.statuses, "final")
        self.reported_on = self._answers("reported_on", checks.dates, None)
        self.said_unit = self._answers("unit", checks.unit_words, None)
        self.number, self.sign = {}, {}
        for name in NUMBERS:
            self.number[name], self.sign[name] = self._numbers(name)

    def _answers(self, name: str, lookup: Lookup, default) -> np.ndarray:
        """What the lookup says of each cell, as objects; the default where it says nothing or the cell is refused."""
        answers = np.full(len(self.rows), default, dtype=object)
        if name in self.texts:
            found = list(map(lookup.__getitem__, self.texts[name]))
            for at in [at for at, answer in enumerate(found) if isinstance(answer, CellError)]:
                self.refuse(at, name, f"{name}_unreadable", found[at].what, found[at].mend)
                found[at] = default
            answers[:] = [default if answer is None else answer for answer in found]
        return answers

    def _numbers(self, name: str) -> tuple[np.ndarray, dict[int, str]]:
        """Values (NaN: not reported), and the signs that stood behind them by position."""
        values, signs = np.full(len(self.rows), np.nan), {}
        is_plain = PLAIN_NUMBER.fullmatch
        for at, text in enumerate(self.texts.get(name, ())):
            if not text:
                continue
            if is_plain(text):
                values[at] = float(text)
                continue
            try:
                number = read_number(text)
            except CellError as error:
                self.refuse(at, name, "not_a_number", error.what, error.mend)
                continue
            if number is not None:
                values[at] = number.value
                if number.sign:
                    signs[at] = number.sign
        return values, signs

    def refuse(self, at: int, name: str, rule: str, what: str, mend: str) -> None:
        """Mark a row as bad and say why, under the column's own label."""
        self.bad[at] = True
        text = self.texts[name][at] if name in self.texts else ""
        place = (self.table.sheet.name, int(self.rows[at]), self.table.labels.get(name, ""))
        self.checks.problems.add(*place, text, rule, what, mend)

    def _where(self, condition: np.ndarray) -> np.ndarray:
        """Positions where a condition holds among rows not yet refused: one complaint a row and cause is enough."""
        return np.flatnonzero(condition & ~self.bad & ~self.empty)

    def notice_empty_rows(self) -> None:
        self.empty = np.isnan(self.number["value"]) & np.isnan(self.number["numerator"]) & ~self.bad
        self.checks.without_figure += int(self.empty.sum())

    def notice_years(self) -> None:
        """Years outside an indicator's plans are no error: history is wanted, and late figures come."""
        years = np.array([period.year for period in self.checks.periods.periods])[self.period]
        before = self._where(years < self.checks.plan_start[self.indicator])
        after = self._where(years > self.checks.plan_end[self.indicator])
        self.checks.notice_outside_plan("before", self.rows[before])
        self.checks.notice_outside_plan("after", self.rows[after])

    def check_areas(self) -> None:
        areas, periods = self.checks.areas, self.checks.periods.periods
        first = np.array([period.first_day for period in periods], dtype="datetime64[D]")[self.period]
        last = np.array([period.last_day for period in periods], dtype="datetime64[D]")[self.period]
        for at in self._where(areas.valid_from[self.area] > last):
            what = f"{self._area(at)}自 {areas.valid_from[self.area[at]]} 起才设立，{self._period(at)}还没有这个地区"
            self.refuse(at, "area_id", "area_not_yet", what, "请核对代码和时期")
        for at in self._where(areas.valid_to[self.area] < first):
            heir = areas.merged_into[self.area[at]]
            into = f"，并入 {heir}" if isinstance(heir, str) else ""
            what = f"{self._area(at)}已于 {areas.valid_to[self.area[at]]} 撤销{into}，{self._period(at)}已没有这个地区"
            self.refuse(at, "area_id", "area_gone", what, f"请改用{heir if into else '现行'}代码，或核对时期")
        self._check_names()

    def _check_names(self) -> None:
        seen: dict[tuple[int, str], bool] = {}
        for at, text in enumerate(self.texts.get("area_name", ())):
            pair = (int(self.area[at]), text)
            if pair not in seen:
                seen[pair] = not trimmed(text) or pair[0] < 0 or self.checks.areas.is_called(*pair)
            if not seen[pair] and not self.bad[at]:
                what = f"代码 {self.checks.areas.ids[pair[0]]} 是“{self.checks.areas.names[pair[0]]}”，这里写的是“{trimmed(text)}”"
                self.refuse(at, "area_name", "name_differs", what, "请核对代码和名称哪个写错了")

    def check_units(self) -> None:
        checks, unit = self.checks, self.checks.unit[self.indicator]
        said = self.said_unit.copy()
        if (header := self.table.units.get("value")) and isinstance(named := checks.unit_words[header], str):
            said[[answer is None for answer in said]] = named
        is_said = np.array([answer is not None for answer in said])
        for at in self._where(is_said & (said != unit)):
            what = f"文件里的单位与指标表不一致：{self._indicator(at)}的单位是“{self._unit(at)}”"
            self.refuse(
                at,
                "unit" if "unit" in self.texts else "value",
                "unit_differs",
                what,
                "请换算成指标表的单位，或核对指标",
            )
        for name in NUMBERS:
            for at, sign in self.sign[name].items():
                self._check_sign(at, name, sign, unit[at])
        self.unit_is_said = is_said
        self.unit_is_said[list(self.sign["value"])] = True

    def _check_sign(self, at: int, name: str, sign: str, unit: str) -> None:
        if self.bad[at] or self.empty[at]:
            return
        text = trimmed(self.texts[name][at])
        called = "百分号" if sign == "%" else "千分号"
        if name in ("numerator", "denominator"):
            self.refuse(
                at,
                name,
                "sign_on_count",
                f"“{text}”带有{called}，而这里应是人数、例数等计数",
                "请填写计数，百分比填在“数值”列",
            )
        elif SIGN_OF_UNIT.get(unit) != sign:
            what = f"“{text}”带有{called}，而{self._indicator(at)}的单位是“{self._unit(at)}”"
            self.refuse(at, name, "sign_differs", what, f"请换算成“{self._unit(at)}”，或核对指标")

    def check_counts(self) -> None:
        numerator, denominator = self.number["numerator"], self.number["denominator"]
        checks, is_rate = self.checks, ~np.isnan(self.checks.multiplier[self.indicator])
        for name in ("numerator", "denominator"):
            for at in self._where(self.number[name] < 0):
                self.refuse(
                    at, name, "negative_count", f"计数不能是负数（{self.texts[name][at]}）", "请核对；没有统计的请留空"
                )
        for at in self._where(denominator == 0):
            self.refuse(
                at,
                "denominator",
                "zero_denominator",
                "分母是 0，比率无法计算",
                "没有应统计对象的请把整行数字留空，否则请核对分母",
            )
        lonely = is_rate & ~np.isnan(numerator) & np.isnan(denominator)
        for at in self._where(lonely & np.isnan(self.number["value"])):
            self.refuse(
                at,
                "denominator",
                "no_denominator",
                f"{self._indicator(at)}是比率，只有分子没有分母",
                "请补上分母，或直接填写数值",
            )
        is_share = (checks.unit[self.indicator] == "percent") & ~(checks.upper[self.indicator] > 100)
        for at in self._where(is_share & (numerator > denominator)):
            what = f"分子 {_plain(numerator[at])} 大于分母 {_plain(denominator[at])}"
            self.refuse(at, "numerator", "numerator_above_denominator", what, "请核对两个数是否填反或口径不一致")

    def check_values(self) -> None:
        multiplier = self.checks.multiplier[self.indicator]
        with np.errstate(divide="ignore", invalid="ignore"):
            from_counts = self.number["numerator"] / self.number["denominator"] * multiplier
        given = self.number["value"]
        self._check_agreement(given, from_counts)
        self.value = np.where(np.isnan(from_counts), given, from_counts)
        is_bare_count = np.isnan(self.value) & np.isnan(multiplier)
        self.value = np.where(is_bare_count, self.number["numerator"], self.value)
        self._check_fractions(given, from_counts)
        self._check_bounds()
        self._check_interval()

    def _check_agreement(self, given: np.ndarray, from_counts: np.ndarray) -> None:
        difference = np.abs(given - from_counts)
        for at in self._where(difference > ROUNDING * np.maximum(1.0, np.abs(from_counts))):
            # a whole unit of the last digit written, not half: some round, some cut
            if difference[at] <= 10.0 ** -read_number(self.texts["value"][at]).decimals * (1 + ROUNDING):
                continue
            worked_out = f"{_plain(self.number['numerator'][at])} ÷ {_plain(self.number['denominator'][at])} 算得 {from_counts[at]:.4g}"
            what = f"数值 {trimmed(self.texts['value'][at])} 与分子、分母不符：{worked_out}"
            is_fraction = abs(given[at] * 100 - from_counts[at]) <= 0.01 * max(1.0, abs(from_counts[at]))
            mend = (
                f"请写成 {from_counts[at]:.4g}（不是小数 {_plain(given[at])}）"
                if is_fraction
                else "请核对三个数，或只填分子和分母"
            )
            self.refuse(at, "value", "value_differs_from_counts", what, mend)

    def _check_fractions(self, given: np.ndarray, from_counts: np.ndarray) -> None:
        """A bare 0.853 under percent may be 0.853 % or 85.3 %: only a sign, a stated unit or counts can tell."""
        is_percent = self.checks.unit[self.indicator] == "percent"
        unclear = is_percent & (given > 0) & (given <= 1) & np.isnan(from_counts) & ~self.unit_is_said
        for at in self._where(unclear):
            text = trimmed(self.texts["value"][at])
            what = f"“{text}”分不清是 {text}% 还是 {_plain(round(given[at] * 100, 10))}%"
            mend = f"请带上百分号：写成 {text}% 或 {_plain(round(given[at] * 100, 10))}%；也可在列名写明“数值（%）”"
            self.refuse(at, "value", "percent_or_fraction", what, mend)

    def _check_bounds(self) -> None:
        lower, upper = self.checks.lower[self.indicator], self.checks.upper[self.indicator]
        for at in self._where((self.value > upper) & (self.value - upper > ROUNDING)):
            what = f"{_plain(self.value[at])} 超过{self._indicator(at)}的上限 {_plain(upper[at])}{self._short_unit(at)}"
            self.refuse(at, self._source_of_value(at), "above_bound", what, "请核对数值和单位")
        for at in self._where((self.value < lower) & (lower - self.value > ROUNDING)):
            what = f"{_plain(self.value[at])} 低于{self._indicator(at)}的下限 {_plain(lower[at])}{self._short_unit(at)}"
            self.refuse(at, self._source_of_value(at), "below_bound", what, "请核对数值和单位")

    def _check_interval(self) -> None:
        lower, upper = self.number["lower"], self.number["upper"]
        for at in self._where(np.isnan(lower) != np.isnan(upper)):
            name = "lower" if np.isnan(lower[at]) else "upper"
            self.refuse(at, name, "half_interval", "区间只填了一头", "请同时填写下限和上限，或都留空")
        slack = ROUNDING * np.maximum(1.0, np.abs(self.value))
        for at in self._where((self.value < lower - slack) | (self.value > upper + slack)):
            what = f"数值 {_plain(self.value[at])} 不在区间 {_plain(lower[at])}—{_plain(upper[at])} 之内"
            self.refuse(at, "lower", "outside_interval", what, "请核对数值和区间上下限")

    def good_rows(self, first_source_row: int) -> pd.DataFrame:
        """The rows that passed, in the columns of ledger.STAGED."""
        good = np.flatnonzero(~self.bad & ~self.empty)
        checks, periods = self.checks, self.checks.periods.periods
        if not len(good):
            return pd.DataFrame()
        notes = self.texts.get("note")
        period, source_row = self.period[good], self.rows[good] + first_source_row
        checks.keys.append(np.stack([self.indicator[good], self.area[good], period, source_row]))
        return pd.DataFrame(
            {
                "source_row": source_row,
                "indicator_id": checks.indicators.ids[self.indicator[good]],
                "area_id": checks.areas.ids[self.area[good]],
                "period": np.array([period.text for period in periods], dtype=object)[period],
                "time": np.array([period.time for period in periods])[period],
                **{name: self.number[name][good] for name in ("numerator", "denominator")},
                "value": self.value[good],
                **{name: self.number[name][good] for name in ("lower", "upper")},
                "status": self.status[good],
                "reported_on": pd.Series(self.reported_on[good], dtype="datetime64[s]").to_numpy(),
                "note": [read_text(notes[at]) if notes else None for at in good],
            }
        )

    def _area(self, at: int) -> str:
        return f"{self.checks.areas.ids[self.area[at]]}（{self.checks.areas.names[self.area[at]]}）"

    def _indicator(self, at: int) -> str:
        return f"“{self.checks.indicators.names[self.indicator[at]]}”"

    def _period(self, at: int) -> str:
        return f" {self.checks.periods.periods[self.period[at]].text} "

    def _unit(self, at: int) -> str:
        return self.checks.unit_name[self.indicator[at]]

    def _short_unit(self, at: int) -> str:
        return SIGN_OF_UNIT.get(self.checks.unit[self.indicator[at]], "")

    def _source_of_value(self, at: int) -> str:
        return "numerator" if np.isnan(self.number["value"][at]) else "value"


def _plain(number: float) -> str:
    """A number as people write it: 1234, 85.3."""
    return f"{number:.0f}" if number == int(number) else f"{number:.10g}"
