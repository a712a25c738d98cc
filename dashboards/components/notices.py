"""What stands where a figure cannot: each case with its own words and the next step. Never a blank, never "error"."""

from dash import dcc, html

from dashboards.language import gettext as _
from dashboards.notice_pages import notice_words


def notice(title: str, advice: str = "", *, kind: str = "empty", action=None) -> html.Div:
    """A notice: what is the matter, what to do, and the link or button to do it with.

    kind: empty, loading, stale, suppressed, failed, forbidden; sets the look only.
    """
    role = "alert" if kind == "failed" else "status"
    body = [html.P(title, className="kt-notice-title"), html.P(advice) if advice else None, action]
    return html.Div([part for part in body if part is not None], className=f"kt-notice kt-notice-{kind}", role=role)


def empty(title: str | None = None, advice: str | None = None, *, action=None) -> html.Div:
    """Nothing has been reported for this choice."""
    return notice(
        title or _("No figures for this choice"),
        advice if advice is not None else _("Choose another period or area, or import the missing report."),
        action=action,
    )


def loading(what: str) -> html.Div:
    """Shown while something takes longer than a moment; what: "Drawing the map…"."""
    return notice(what, kind="loading")


def stale(since: str) -> html.Div:
    """The judgement shown is older than the newest figures. since: the day of the judgement, worded."""
    return notice(
        _("Newer figures have come in since this was judged on {day}", day=since),
        _("Run “python manage.py judge” to judge them too."),
        kind="stale",
    )


def failed() -> html.Div:
    """Something went wrong on our side."""
    return notice(*notice_words(500), kind="failed")


def failed_page() -> html.Main:
    """The whole page when it could not be laid out."""
    return _whole_page(500, "failed")


def forbidden() -> html.Main:
    """The whole page when the reader may not see it."""
    return _whole_page(403, "forbidden")


def not_found() -> html.Main:
    """The whole page when there is none."""
    return _whole_page(404, "empty")


def _whole_page(status: int, kind: str) -> html.Main:
    title, advice = notice_words(status)
    home = dcc.Link(_("To the overview"), href="/")
    return html.Main([html.H1(title), html.P(advice), home], id="main", className=f"kt-page kt-notice-page kt-{kind}")
