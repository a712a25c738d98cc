from datetime import date

import pytest

from data_access.cells import CellError, is_missing, read_area_code, read_date, read_number, read_slug, read_yes_no


@pytest.mark.parametrize(
    ("written", "value", "sign"),
    [
        ("85.3", 85.3, ""),
        ("85.3%", 85.3, "%"),
        ("85.3％", 85.3, "%"),
        ("８５.３ ％", 85.3, "%"),
        ("7.5‰", 7.5, "‰"),
        ("1,234,567", 1234567.0, ""),
        ("１，２３４", 1234.0, ""),
        ("−3", -3.0, ""),
        ("0", 0.0, ""),
        ("1e-05", 0.00001, ""),
    ],
)
def test_numbers_are_read_as_people_type_them(written, value, sign):
    number = read_number(written)

    assert (number.value, number.sign) == (value, sign)


@pytest.mark.parametrize("written", ["", " ", "-", "—", "/", "无", "未统计", "空", "N/A", "　"])
def test_words_for_not_reported_are_missing_and_not_zero(written):
    assert is_missing(written)
    assert read_number(written) is None


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("百分之八十五", "阿拉伯数字"),
        ("约1200", "确切的数"),
        ("≥90", "确切的数"),
        ("1.2万", "完整的数字"),
        ("12,34", "逗号位置不对"),
        ("1.2E+05", "科学计数法"),
        ("#DIV/0!", "公式的错误值"),
        ("85³", "不是数字"),
        ("１２ab", "不是数字"),
        ("1_000", "不是数字"),
        ("inf", "不是数字"),
    ],
)
def test_what_is_not_an_exact_number_is_refused_with_what_to_write(written, words):
    with pytest.raises(CellError, match=words):
        read_number(written)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("150602", "150602"),
        ("１５０６０２", "150602"),
        (" 150602\u200b001 ", "150602001"),
        ("150602001001.0", "150602001001"),
        ("se-0305", "se-0305"),
    ],
)
def test_area_codes_lose_what_spreadsheets_and_chats_add_to_them(written, code):
    assert read_area_code(written) == code


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("1506", "4 位"),
        ("0150602", "7 位"),
        ("1.50602E+11", "科学计数法"),
        ("150602199001011234", "18 位"),
        ("东胜区", "不是区划代码"),
    ],
)
def test_an_area_code_of_the_wrong_make_is_refused(written, words):
    with pytest.raises(CellError, match=words):
        read_area_code(written)


def test_a_registration_number_that_excel_rounded_is_refused():
    with pytest.raises(CellError, match="后面的数位已经丢失"):
        read_slug("1.25060247610001e+17")


@pytest.mark.parametrize("written", ["2024-07-01", "2024/7/1", "2024.7.1", "2024年7月1日", "２０２４-０７-０１"])
def test_days_are_read_as_people_write_them(written):
    assert read_date(written) == date(2024, 7, 1)


@pytest.mark.parametrize(
    ("written", "words"),
    [("1900-02-29", "不存在"), ("45352", "日期序号"), ("7月1日", "不是日期"), ("2024-13-01", "不存在")],
)
def test_a_day_that_never_was_is_refused(written, words):
    with pytest.raises(CellError, match=words):
        read_date(written)


def test_yes_and_no_have_many_words():
    assert [read_yes_no(word) for word in ("是", "√", "1", "否", "×", "0", "")] == [
        True,
        True,
        True,
        False,
        False,
        False,
        None,
    ]
