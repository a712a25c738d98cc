"""Light or dark. The reader's choice is a cookie; without one the browser's preference, which assets/early/theme.js
leaves in a second cookie so that figures, which are drawn here, have the colours of the page around them."""

from flask import has_request_context, request

THEMES = ("light", "dark")
CHOSEN, SEEN = "kangtu_theme", "kangtu_scheme"


def chosen_theme() -> str | None:
    """The reader's explicit choice, or None."""
    return _cookie(CHOSEN)


def current_theme() -> str:
    """What the page looks like now; light where nothing is known (reports, tests)."""
    return _cookie(CHOSEN) or _cookie(SEEN) or "light"


def _cookie(name: str) -> str | None:
    value = request.cookies.get(name) if has_request_context() else None
    return value if value in THEMES else None
