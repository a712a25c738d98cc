from pathlib import Path

from models.forecast_guide import RULES, SECTIONS
from workflows.forecasting_guide import guide

ROOT = Path(__file__).parents[2]


def test_the_page_of_methods_in_the_documents_is_what_the_code_says():
    assert (ROOT / "docs" / "forecasting.md").read_text(encoding="utf-8") == guide()


def test_everything_is_told_in_both_languages():
    told = [section.title for section in SECTIONS] + [p for section in SECTIONS for p in section.paragraphs]
    told += [pair for rule in RULES for pair in (rule.asks, rule.missed)]

    assert all(english.isascii() or "–" in english or "z̃" in english or "ρ" in english for english, _ in told)
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in chinese) for _, chinese in told)
