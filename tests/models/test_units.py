import math

import pytest

from models.units import UNITS, format_change, format_value, unit_of


@pytest.mark.parametrize(
    ("value", "unit", "chinese", "english"),
    [
        (30.0, "percent", "30%", "30 %"),
        (0.15, "percent", "0.15%", "0.15 %"),
        (7.5, "per_1000", "7.5‰", "7.5 per 1,000"),
        (190.7, "per_100k", "190.7/10万", "190.7 per 100,000"),
        (82.09, "years", "82.09岁", "82.09 years"),
        (1, "beds", "1张", "1 bed"),
        (216030, "persons", "216,030人", "216,030 people"),
        (1, "hours_per_day", "每天1小时", "1 hour a day"),
        (102, "yuan_per_person", "102元/人", "CNY 102 per person"),
        (3, "rank", "第3位", "rank 3"),
        (1, "completion", "已完成", "done"),
        (0, "completion", "未完成", "not done"),
    ],
)
def test_a_value_is_written_as_the_office_writes_it(value, unit, chinese, english):
    assert format_value(value, unit, "zh") == chinese
    assert format_value(value, unit, "en") == english


def test_a_fall_of_a_percentage_is_said_in_points():
    assert format_change(-0.5, "percent", "zh") == "−0.5个百分点"
    assert format_change(-0.5, "percent", "en") == "−0.5 points"
    assert format_change(1, "percent", "en") == "+1 point"


def test_no_change_has_no_sign():
    assert format_change(-0.001, "percent", "zh") == "0个百分点"
    assert format_change(0, "per_100k", "en") == "0 per 100,000"


def test_a_table_column_keeps_its_decimals():
    assert format_value(30, "percent", "en", decimals=1) == "30.0 %"


def test_nothing_reported_is_a_dash_and_not_zero():
    assert format_value(math.nan, "percent", "zh") == "—"
    assert format_change(None, "percent", "en") == "—"


def test_an_unknown_unit_or_language_is_named():
    with pytest.raises(ValueError, match="'per_million' is not known; use one of percent"):
        unit_of("per_million")
    with pytest.raises(ValueError, match="'fr'"):
        format_value(1, "percent", "fr")


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_can_say_a_value_and_a_change_in_both_languages(unit):
    for language in ("zh", "en"):
        assert "12" in format_value(12, unit, language)
        assert "+12" in format_change(12, unit, language)
