"""The period a figure is for: a year, a quarter or a month, as districts write it."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from data_access.plain_text import compact

# Excel stores a day as a count from 1900: 36526 is 2000-01-01, 47848 is 2030-12-31.
EXCEL_SERIAL = re.compile(r"[34][0-9]{4}(\.[0-9]+)?")
YEAR = re.compile(r"(?P<year>(?:1[89]|2[0-9])[0-9]{2})(?:\.0)?(?:年度?|年?全年)?")
QUARTER = re.compile(r"(?P<year>(?:1[89]|2[0-9])[0-9]{2})(?:-?[Qq]|年第?|年?Q|-第)(?P<part>[1-4一二三四])(?:季度?)?")
MONTH = re.compile(r"(?P<year>(?:1[89]|2[0-9])[0-9]{2})(?:[-/](?P<part>[0-9]{1,2})|年(?P<named>[0-9]{1,2})月份?)")
SO_FAR = re.compile(r"(?:1[89]|2[0-9])[0-9]{2}年?(?:1[-—~至到][0-9]{1,2}月|[上下]半年|前[一二三四1-4]季度|H[12])")
CHINESE_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4}
ACCEPTED = "请写成 2024、2024Q3 或 2024-07（也可写 2024年、2024年第3季度、2024年7月）"


@dataclass(frozen=True, slots=True)
class Period:
    """text is the one way the store writes it: 2024, 2024Q3, 2024-07; time is the calendar year at its end."""

    text: str
    kind: str  # year, quarter, month
    time: float

    @property
    def year(self) -> int:
        return int(self.text[:4])

    @property
    def last_month(self) -> int:
        if self.kind == "month":
            return int(self.text[-2:])
        return 3 * int(self.text[-1]) if self.kind == "quarter" else 12

    @property
    def first_day(self) -> date:
        months = {"year": 12, "quarter": 3, "month": 1}[self.kind]
        return date(self.year, self.last_month - months + 1, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.last_month, calendar.monthrange(self.year, self.last_month)[1])


@lru_cache(maxsize=20_000)
def parse_period(text: str) -> Period:
    """Read 2024, 2024年, 2024Q3, 2024年第三季度, 2024-07, 2024/7, 2024年7月; full-width digits count as digits.

    Raises ValueError, in Chinese, for everything else: nothing is guessed. A bare 5-digit number is a date that Excel
    has turned into a count of days; "1-9月" and 上半年 are sums, and what they mean depends on the indicator.
    """
    plain = compact(text)
    if match := YEAR.fullmatch(plain):
        return year_period(int(match["year"]))
    if (match := QUARTER.fullmatch(plain)) and _is_a_quarter(plain):
        return quarter_period(int(match["year"]), CHINESE_DIGITS.get(match["part"]) or int(match["part"]))
    if match := MONTH.fullmatch(plain):
        month = int(match["part"] or match["named"])
        if not 1 <= month <= 12:
            raise ValueError(f"“{text}”中的月份 {month} 不存在。{ACCEPTED}。")
        return month_period(int(match["year"]), month)
    raise ValueError(_why_not(text, plain))


def year_period(year: int) -> Period:
    return Period(f"{year:04d}", "year", float(year))


def quarter_period(year: int, quarter: int) -> Period:
    return Period(f"{year:04d}Q{quarter}", "quarter", year - 1 + quarter / 4)


def month_period(year: int, month: int) -> Period:
    return Period(f"{year:04d}-{month:02d}", "month", year - 1 + month / 12)


def _is_a_quarter(plain: str) -> bool:
    """年3 alone is neither a quarter nor a month: Q or 季 must be said."""
    return "Q" in plain.upper() or "季" in plain


def _why_not(text: str, plain: str) -> str:
    if not plain:
        return f"时期是空的。{ACCEPTED}。"
    if EXCEL_SERIAL.fullmatch(plain):
        return f"“{text}”是 Excel 的日期序号，不是时期。请把该列设为“文本”格式后重新填写；{ACCEPTED}。"
    if SO_FAR.fullmatch(plain):
        return f"“{text}”是一段累计时期。累计到第三季度的数请写成 2024Q3，累计到上半年请写成 2024Q2；{ACCEPTED}。"
    return f"“{text}”不是能识别的时期。{ACCEPTED}。"
