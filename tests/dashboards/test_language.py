import ast
from datetime import date

import pytest

from dashboards import wording
from dashboards.language import filled, gettext, language, ngettext, parted
from tests.dashboards.messages import ROOT, chinese, key, messages_in_catalogues, messages_in_code

CODE = messages_in_code()
CATALOGUES = messages_in_catalogues()


def test_every_message_of_the_interface_has_its_chinese():
    translated = {key(message) for messages in CATALOGUES.values() for message in messages if chinese(message)}

    assert {message: place for message, place in CODE.items() if message not in translated} == {}


def test_no_catalogue_keeps_a_message_that_nobody_says():
    stale = {name: [key(m) for m in messages if key(m) not in CODE] for name, messages in CATALOGUES.items()}

    assert {name: messages for name, messages in stale.items() if messages} == {}


def test_one_message_has_one_chinese_in_all_catalogues():
    said = {}
    for messages in CATALOGUES.values():
        for message in messages:
            said.setdefault(key(message), set()).add(chinese(message))

    assert {message: ways for message, ways in said.items() if len(ways) > 1} == {}


def test_the_chinese_has_the_same_blanks_to_fill_as_the_english():
    from string import Formatter

    def blanks(text):
        return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name}

    uneven = [
        key(message)
        for messages in CATALOGUES.values()
        for message in messages
        if blanks(chinese(message)) != blanks(key(message))
    ]

    assert uneven == []


def test_no_message_is_translated_while_a_module_is_imported():
    early = []
    for path in sorted((ROOT / "dashboards").rglob("*.py")):
        early += [f"{path.relative_to(ROOT)}:{line}" for line in calls_at_import(ast.parse(path.read_text("utf-8")))]

    assert early == []


def calls_at_import(node) -> list[int]:
    """Lines that call _ or gettext outside any function."""
    lines = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.Lambda | ast.AsyncFunctionDef):
            continue
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id in ("_", "gettext"):
            lines.append(child.lineno)
        lines += calls_at_import(child)
    return lines


def test_a_report_is_written_in_either_language_outside_a_request():
    with language("zh"):
        assert gettext("Falling behind") == "滞后清单"
    with language("en"):
        assert gettext("Falling behind") == "Falling behind"


def test_english_counts_one_and_many_and_chinese_does_not():
    with language("en"):
        assert ngettext("{number} target", "{number} targets", 1) == "1 target"
        assert ngettext("{number} target", "{number} targets", 7) == "7 targets"


def test_a_name_in_latin_letters_and_a_year_do_not_run_together_in_chinese():
    assert "".join(parted(["se-0305", "2022年", "吸烟率", "11%"])) == "se-0305 2022年吸烟率11%"
    assert filled(
        "{area}{period}{indicator}{value}", area="东胜区", period="2022年", indicator="BMI", value="24.1"
    ) == ("东胜区2022年BMI 24.1")


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="zh, en"), language("de"):
        pass


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", ["12,345", "85.3 %", "7.2 per 1,000", "+1.4 points", "−0.5 points", "—", "≥ 30 %"]),
        ("zh", ["12,345", "85.3%", "7.2‰", "+1.4个百分点", "−0.5个百分点", "—", "≥ 30%"]),
    ],
)
def test_figures_read_as_the_office_writes_them(code, expected):
    with language(code):
        said = [
            wording.number(12345),
            wording.value(85.3, "percent"),
            wording.value(7.2, "per_1000"),
            wording.change(1.4, "percent"),
            wording.change(-0.5, "percent"),
            wording.value(float("nan"), "percent"),
            wording.goal(">=", 30.0, "percent"),
        ]

    assert [text.replace("\u00a0", " ") for text in said] == expected


def test_a_tiny_negative_change_is_not_minus_nought():
    with language("en"):
        assert wording.number(-0.04, 1) == "0.0"


def test_periods_and_days_read_in_both_languages():
    with language("zh"):
        assert [wording.period(text) for text in ("2024", "2024Q3", "2024-07")] == [
            "2024年",
            "2024年三季度",
            "2024年7月",
        ]
        assert wording.day(date(2026, 6, 30)) == "2026年6月30日"
    with language("en"):
        assert [wording.period(text) for text in ("2024", "2024Q3", "2024-07")] == ["2024", "Q3 2024", "Jul 2024"]
        assert wording.day(date(2026, 6, 30)) == "30 Jun 2026"


@pytest.mark.parametrize(
    ("p_miss", "word", "rounded"),
    [
        (0.05, "很可能达标", "约5%"),
        (0.10, "较可能达标", "约10%"),
        (0.33, "难以判断", "约35%"),
        (0.66, "难以判断", "约65%"),
        (0.71, "较可能落空", "约70%"),
        (0.95, "很可能落空", "约95%"),
    ],
)
def test_probability_of_missing_has_the_words_of_the_method_and_five_percent_steps(p_miss, word, rounded):
    with language("zh"):
        assert (wording.probability(p_miss), wording.rounded_probability(p_miss)) == (word, rounded)
