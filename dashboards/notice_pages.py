"""The pages shown where no page can be: not found, forbidden, failed. Plain HTML, no script."""

from html import escape

from dashboards.language import LANGUAGES, current_language
from dashboards.language import gettext as _

STYLES = ("/assets/vendor/bootstrap-5.3.9.min.css", "/assets/kangtu.css")


def notice_words(status: int) -> tuple[str, str]:
    """What happened and what to do next, in the reader's language."""
    if status == 401:
        return _("You are not logged in"), _("The session has ended. Open the site anew to log in.")
    if status == 403:
        return _("You may not see this"), _("Your role does not include it. Ask the administrator if you need it.")
    if status in (404, 405):
        return _("There is no such page"), _("The address may be mistyped, or the page has moved.")
    if status == 413:
        return _("That is too large"), _("Send a smaller file, or fewer rows at a time.")
    if status in (400, 415):
        return _("The request was not understood"), _("Reload the page and try once more.")
    return _("This could not be shown"), _("The fault has been logged. Reload the page; if it stays, tell the analyst.")


def notice_page(status: int) -> str:
    """A whole HTML document for an HTTP status."""
    title, advice = notice_words(status)
    home = _("To the overview")
    links = "".join(f'<link rel="stylesheet" href="{href}">' for href in STYLES)
    return (
        f'<!DOCTYPE html><html lang="{LANGUAGES[current_language()]}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>{links}'
        f'</head><body><main class="kt-page kt-notice-page"><h1>{escape(title)}</h1><p>{escape(advice)}</p>'
        f'<p><a href="/">{escape(home)}</a></p></main></body></html>'
    )
