"""What may stand in one cell: codes, numbers, dates, yes/no. Nothing is guessed: a cell is read by rule or refused.

Every reader takes the cell's text and returns None where it is one of the words for "not reported". CellError says
what is wrong and how to mend it, in Chinese.
"""

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from data_access.periods import parse_period
from data_access.plain_text import compact, trimmed, without_apostrophe

# 0 is not among them: a zero is a figure.
MISSING = frozenset(
    {"", "-", "--", "—", "——", "–", "/", "\\", "空", "无", "未统计", "缺", "缺失", "未报", "暂无", "不详"}
)
MISSING_ENGLISH = frozenset({"na", "n/a", "nan", "null", "none", "#n/a"})
PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]+)?")
GROUPED_NUMBER = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]-[0-9]{1,3})?")
EXPONENT = re.compile(r"[+-]?[0-9.]+[eE]\+?[0-9]+")
SPREADSHEET_ERROR = re.compile(r"#(?:DIV/0!|REF!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!)", re.IGNORECASE)
GB_CODE = re.compile(r"[1-9][0-9]{5}(?:[0-9]{3}){0,2}")  # GB/T 2260 and the statistical codes below it: 6, 9, 12
OTHER_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")
SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")
DAY = re.compile(
    r"([0-9]{4})(?:[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日?)(?:T?00:00(?::00)?)?"
)
YES, NO = frozenset({"是", "有", "y", "yes", "true", "1", "√", "✓"}), frozenset({"否", "n", "no", "false", "0", "×"})
CHINESE_NUMERALS = re.compile(r"[零一二三四五六七八九十百千]{2,}|[%‰]之|分之")
APPROXIMATE = re.compile(r"[约近余多左右大概超≥≤<>~～]|以[上下]|不足")


class CellError(ValueError):
    """what is wrong with the cell, and how to mend it; both in Chinese, without the full stop."""

    def __init__(self, what: str, mend: str):
        super().__init__(f"{what}。{mend}。")
        self.what, self.mend = what, mend


class Number(NamedTuple):
    value: float
    sign: str  # "%", "‰" or "": what stood behind the digits; it is not yet applied to the value
    decimals: int  # as written: how far the writer rounded


def is_missing(text: str) -> bool:
    """Whether the cell says that there is no figure."""
    return text in MISSING or (
        len(text) < 12 and (compact(text) in MISSING or compact(text).lower() in MISSING_ENGLISH)
    )


@lru_cache(maxsize=50_000)
def read_number(text: str) -> Number | None:
    """1,234.5 and １２３４.５ and 85.3% and 85.3％; words, approximations and Excel's rounded exponents are refused."""
    if PLAIN_NUMBER.fullmatch(text):
        return Number(float(text), "", _decimals(text))
    if is_missing(text):
        return None
    plain = compact(text)
    sign = plain[-1] if plain[-1] in "%‰" else ""
    digits = plain.removesuffix(sign) if sign else plain
    if GROUPED_NUMBER.fullmatch(digits):
        digits = digits.replace(",", "")
    if not NUMBER.fullmatch(digits):
        raise _why_no_number(text, plain)
    return Number(float(digits), sign, _decimals(digits))


def _decimals(digits: str) -> int:
    if "e" in digits.lower():
        return 15  # written by a program, not rounded by a person
    return len(digits.partition(".")[2])


def _why_no_number(text: str, plain: str) -> CellError:
    if EXPONENT.fullmatch(plain):
        return CellError(
            f"“{text}”是科学计数法，Excel 可能已丢掉后面的数位", "请把该列设为“数值”或“文本”格式，重新填写完整数字"
        )
    if SPREADSHEET_ERROR.fullmatch(plain):
        return CellError(f"“{text}”是 Excel 公式的错误值", "请改正公式，或直接填写数字")
    if "万" in plain or "亿" in plain:
        return CellError(f"“{text}”带有“万”或“亿”", "请写成完整的数字，如 12000")
    if CHINESE_NUMERALS.search(plain):
        return CellError(f"“{text}”是文字，不是数字", "请用阿拉伯数字填写，如 85 或 85%")
    if APPROXIMATE.search(plain):
        return CellError(f"“{text}”不是确切的数", "请填写确切的数字；没有统计的请留空")
    if "," in plain:
        return CellError(f"“{text}”里的逗号位置不对", "千位分隔请写成 1,234,567；小数点请用“.”")
    return CellError(f"“{text}”不是数字", "请填写数字；没有统计的请留空")


@lru_cache(maxsize=200_000)
def read_area_code(text: str) -> str | None:
    """A division code of 6, 9 or 12 digits, or another scheme's code that begins with a letter (se-0305)."""
    if is_missing(text):
        return None
    plain = compact(text).removesuffix(".0")
    if GB_CODE.fullmatch(plain) or OTHER_CODE.fullmatch(plain):
        return plain
    if EXPONENT.fullmatch(plain):
        raise CellError(
            f"代码“{text}”已被 Excel 改成科学计数法，后面的数位已经丢失", "请把该列设为“文本”格式，重新填写代码"
        )
    if plain.isascii() and plain.isdigit():
        raise CellError(
            f"代码“{text}”是 {len(plain)} 位", "区划代码应为 6 位（旗县区）、9 位（乡镇街道）或 12 位（村社区）"
        )
    raise CellError(f"“{text}”不是区划代码", "请填写 6、9 或 12 位数字代码")


@lru_cache(maxsize=200_000)
def read_slug(text: str) -> str | None:
    """An id people give to facilities, indicators...: ASCII letters, digits, - _ . ; no number that Excel has cut."""
    if is_missing(text):
        return None
    plain = compact(text)
    if EXPONENT.fullmatch(plain):
        raise CellError(
            f"编号“{text}”已被 Excel 改成科学计数法，后面的数位已经丢失", "请把该列设为“文本”格式，重新填写编号"
        )
    if not SLUG.fullmatch(plain):
        raise CellError(
            f"编号“{text}”含有不能用的字符", "编号只用英文字母、数字和 - _ . ，以字母或数字开头，不超过 80 个字符"
        )
    return plain


def read_text(text: str) -> str | None:
    """Names and notes: spaces made single; without the apostrophe our own files put before what looks like a formula."""
    return without_apostrophe(trimmed(text)) or None


def read_date(text: str) -> date | None:
    """2024-07-01, 2024/7/1, 2024.7.1, 2024年7月1日."""
    if is_missing(text):
        return None
    plain = compact(text)
    match = DAY.fullmatch(plain)
    try:
        return date(*(int(part) for part in match.groups() if part)) if match else _no_date(text, plain)
    except ValueError as error:
        if isinstance(error, CellError):
            raise
        raise CellError(f"日期“{text}”不存在", "请核对月份和日") from error


def _no_date(text: str, plain: str) -> date:
    if re.fullmatch(r"[1-9][0-9]{4}(\.[0-9]+)?", plain):
        raise CellError(f"“{text}”是 Excel 的日期序号", "请把该列设为“日期”或“文本”格式，写成 2024-07-01")
    raise CellError(f"“{text}”不是日期", "请写成 2024-07-01 或 2024年7月1日")


def read_first_period(text: str) -> str | None:
    """A period from which something holds, as its plain text: 2021, 2021Q3, 2021-07."""
    if is_missing(text):
        return None
    try:
        return parse_period(text).text
    except ValueError as error:
        what, _, mend = str(error).rstrip("。").partition("。")
        raise CellError(what, mend or "请写成 2021、2021Q3 或 2021-07") from error


def read_yes_no(text: str) -> bool | None:
    """是/否, and the common other words for them."""
    plain = compact(text).lower()
    if plain in YES:
        return True
    if plain in NO:
        return False
    if is_missing(text):
        return None
    raise CellError(f"“{text}”既不是“是”也不是“否”", "请填写“是”或“否”")
