"""Text as people type it in Chinese spreadsheets, made plain for reading codes, periods and numbers."""

import re

# Spaces of every width, and what copying from web pages and chat leaves behind unseen.
INVISIBLE = re.compile("[\\s\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")  # a spreadsheet runs what begins so
# Full-width forms stand 0xFEE0 above ASCII. Not NFKC: it reads the footnote mark in 85³ as a digit, giving 853.
NARROW = {code + 0xFEE0: code for code in range(0x21, 0x7F)} | {ord("−"): "-", ord("﹣"): "-", ord("﹪"): "%"}


def compact(text: str) -> str:
    """Full-width letters, digits and signs as ASCII, with spaces and invisible characters dropped."""
    return INVISIBLE.sub("", text.translate(NARROW))


def trimmed(text: str) -> str:
    """The text with its inner spaces kept single: for names and notes."""
    return INVISIBLE.sub(" ", text).strip()


def harmless(text: str) -> str:
    """Text that a spreadsheet will not take for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def without_apostrophe(text: str) -> str:
    """What harmless was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text
