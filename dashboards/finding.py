"""Whether a text holds what somebody typed."""

import unicodedata
from collections.abc import Iterable, Sequence


def folded(text: str | None) -> str:
    """For comparing: full-width forms, case and spaces do not count. What is no text is empty."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()) if isinstance(text, str) else ""


def words_of(typed: str | None) -> list[str]:
    """What was typed, as the words that must all be found."""
    return [folded(word) for word in (typed or "").split()]


def haystack(texts: Iterable[str | None]) -> str:
    """Some texts as one to look in; no word is found across two of them."""
    return "\n".join(folded(text) for text in texts)


def holds(stack: str, wanted: Sequence[str]) -> bool:
    """Whether all the words are in it; no words are in everything."""
    return all(word in stack for word in wanted)
