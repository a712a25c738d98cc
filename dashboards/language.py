"""What the reader reads: the words of the interface, numbers, dates and periods in Chinese or English.

Messages are written in English in the code, `_("Falling behind")`, and the Chinese stands in dashboards/locale.
The catalogues are read once, from the .po files themselves: no compile step, so an edited file is what is served.
Call gettext while answering a request, never while a module is imported: the language is not known by then.
A name that is declared at import (a page's name) is marked with mark() and translated where it is shown.
"""

import string
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from babel.messages.pofile import read_po
from flask import g, has_request_context, request

LANGUAGES = {"zh": "zh-CN", "en": "en"}  # our code -> BCP 47
DEFAULT = "zh"
COOKIE = "kangtu_lang"
CATALOGUES = Path(__file__).parent / "locale" / "zh_Hans_CN" / "LC_MESSAGES"

FORMATTER = string.Formatter()

_chosen: ContextVar[str | None] = ContextVar("chosen_language", default=None)


@contextmanager
def language(code: str) -> Iterator[None]:
    """Everything said inside the block is said in this language ("zh" or "en"), with or without a request."""
    if code not in LANGUAGES:
        raise ValueError(f"language {code!r} is not one of {', '.join(LANGUAGES)}")
    token = _chosen.set(code)
    try:
        yield
    finally:
        _chosen.reset(token)


def current_language() -> str:
    """ "zh" or "en": the block's, else the address's ?lang=, else the cookie's, else Chinese."""
    return _chosen.get() or (_asked_for() if has_request_context() else None) or DEFAULT


def _asked_for() -> str | None:
    """Found once a request: a page of many areas asks for every name."""
    if "asked_for_language" not in g:
        g.asked_for_language = _read_request()
    return g.asked_for_language


def _read_request() -> str | None:
    # A callback is posted to its own address; the page it comes from is in Referer (same-origin, so whole).
    page = parse_qs(urlsplit(request.headers.get("Referer", "")).query).get("lang", [None])[0]
    for code in (request.args.get("lang"), page, request.cookies.get(COOKIE)):
        if code in LANGUAGES:
            return code
    return None


def gettext(message: str, **values) -> str:
    """The message in the reader's language, with {names} filled in. A message without Chinese is shown in English."""
    if current_language() == "zh":
        return filled(_catalogue().get(message, message), **values)
    return message.format(**values) if values else message


def ngettext(singular: str, plural: str, number: int, **values) -> str:
    """gettext for a message that counts; {number} is filled in as 9,867. Chinese has one form for all counts."""
    english = singular if number == 1 else plural
    shown = f"{number:,}"
    if current_language() == "zh":
        return filled(_catalogue().get(singular, english), number=shown, **values)
    return english.format(number=shown, **values)


def filled(said: str, **values) -> str:
    """A Chinese message with its {names} filled in.

    Chinese has no blanks between words, but where two of another script meet (a name in Latin letters and a year) one is
    set: "se-0305 2022年", not "se-03052022年".
    """
    if not values:
        return said
    pieces: list[str] = []
    for before, field, specification, _conversion in FORMATTER.parse(said):
        pieces += [before, "" if field is None else format(values[field], specification or "")]
    return "".join(parted(pieces))


def parted(pieces: list[str]) -> Iterator[str]:
    """The pieces, with a blank between two that would run together: Latin letters or figures on both sides."""
    last = ""
    for piece in filter(None, pieces):
        if last[-1:].isascii() and last[-1:].isalnum() and piece[0].isascii() and piece[0].isalnum():
            yield " "
        yield piece
        last = piece


def mark(message: str) -> str:
    """The message as it is: only tells the catalogue that it is there."""
    return message


def pick(chinese: str | None, english: str | None) -> str:
    """The data's own text in the reader's language, else in Chinese, else in English, else empty."""
    wanted, other = (chinese, english) if current_language() == "zh" else (english, chinese)
    return next((text for text in (wanted, other) if isinstance(text, str) and text), "")


def is_chinese_only(english: str | None) -> bool:
    """True where an English reader is shown Chinese because the data has no English: mark it with lang."""
    return current_language() != "zh" and not (isinstance(english, str) and english)


@cache
def _catalogue() -> dict[str, str]:
    """Every message and its Chinese, from all fragments; where two disagree (a test forbids it) the first one's."""
    said: dict[str, str] = {}
    for path in sorted(CATALOGUES.glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale="zh_Hans_CN", abort_invalid=True)
        for entry in catalogue:
            if not entry.id:
                continue
            message, chinese = (entry.id[0], entry.string[0]) if entry.pluralizable else (entry.id, entry.string)
            if chinese:
                said.setdefault(message, chinese)
    return said
