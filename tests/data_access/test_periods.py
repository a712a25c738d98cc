from datetime import date

import pytest

from data_access.periods import parse_period


@pytest.mark.parametrize(
    ("written", "stored", "time"),
    [
        ("2024", "2024", 2024.0),
        ("2024年", "2024", 2024.0),
        ("2024年度", "2024", 2024.0),
        ("２０２４", "2024", 2024.0),
        ("2024.0", "2024", 2024.0),
        ("2024Q3", "2024Q3", 2023.75),
        ("2024q4", "2024Q4", 2024.0),
        ("2024-Q1", "2024Q1", 2023.25),
        ("2024年第3季度", "2024Q3", 2023.75),
        ("2024年第三季度", "2024Q3", 2023.75),
        ("2024年 二季度", "2024Q2", 2023.5),
        ("2024-07", "2024-07", 2023 + 7 / 12),
        ("2024-7", "2024-07", 2023 + 7 / 12),
        ("2024/12", "2024-12", 2024.0),
        ("２０２４年１２月", "2024-12", 2024.0),
        ("2024年3月份", "2024-03", 2023.25),
        ("\ufeff2024\u200b", "2024", 2024.0),
    ],
)
def test_periods_are_read_as_districts_write_them(written, stored, time):
    period = parse_period(written)

    assert (period.text, period.time) == (stored, pytest.approx(time))


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("45352", "Excel 的日期序号"),
        ("2024/13", "月份 13 不存在"),
        ("2024-00", "月份 0 不存在"),
        ("2024年1-9月", "累计"),
        ("2024年上半年", "累计"),
        ("2024年3", "不是能识别的时期"),
        ("2024Q5", "不是能识别的时期"),
        ("24年", "不是能识别的时期"),
        ("1024", "不是能识别的时期"),
        ("²024", "不是能识别的时期"),
        ("2024-07-01", "不是能识别的时期"),
        ("Jul-24", "不是能识别的时期"),
        (" ", "空"),
    ],
)
def test_what_is_no_period_is_refused_with_what_to_write_instead(written, word):
    with pytest.raises(ValueError, match=word) as refusal:
        parse_period(written)

    assert "请写成 2024、2024Q3 或 2024-07" in str(refusal.value)


def test_a_quarter_runs_from_its_first_day_to_its_last():
    period = parse_period("2024Q1")

    assert (period.first_day, period.last_day) == (date(2024, 1, 1), date(2024, 3, 31))


def test_a_leap_february_ends_on_the_29th():
    assert parse_period("2024-02").last_day == date(2024, 2, 29)
