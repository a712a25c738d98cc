"""What the pages on plans have in common to choose and search with."""

from dash import dcc, html

from dashboards import components, data, plan_targets
from dashboards.language import gettext as _
from dashboards.language import ngettext


def search_box(path: str, typed: str, words: str, **state) -> html.Form:
    """A box whose words go into ?q= of the page; the rest of the page's state goes along."""
    kept = [
        dcc.Input(type="hidden", name=key, value=value, id=f"plans-kept-{key}") for key, value in state.items() if value
    ]
    box = dcc.Input(
        type="search", name="q", value=typed or None, placeholder=words, id="plans-q", autoComplete="off", maxLength=80
    )
    label = html.Label(words, htmlFor="plans-q", className="visually-hidden")
    button = html.Button(_("Search"), type="submit", className="btn btn-sm btn-outline-primary")
    return html.Form([label, box, *kept, button], action=path, method="GET", role="search", className="kt-find")


def turns(path: str, page: int, pages: int, count: int, **state) -> html.P:
    """How many rows there are, which page of them is shown, and the way to the ones before and after."""
    said = [ngettext("{number} row", "{number} rows", count), _("page {page} of {pages}", page=page, pages=pages)]
    links = [
        components.link(words, path, **{**state, "page": str(to)})
        for words, to in ((_("Previous page"), page - 1), (_("Next page"), page + 1))
        if 1 <= to <= pages
    ]
    pieces = [piece for one in [*said, *links] for piece in (" · ", one)]
    return html.P(pieces[1:], className="kt-source")


def page_of(typed: str | None, count: int, rows_a_page: int) -> tuple[int, int]:
    """The page asked for, the nearest there is, and how many there are."""
    pages = max(1, -(-count // rows_a_page))
    asked = int(typed) if typed and typed.isdecimal() and len(typed) < 8 else 1
    return min(max(asked, 1), pages), pages


def trail(*steps: tuple, here) -> html.Nav:
    """The way back to the list of plans. steps: (words, path) each."""
    links = [html.Li(components.link(words, path)) for words, path in steps]
    last = html.Li(html.Span(here, **{"aria-current": "page"}))
    return html.Nav(html.Ol([*links, last]), className="kt-trail", **{"aria-label": _("Pages above")})


def shared_indicators() -> list[tuple[str, int]]:
    """The indicators that two plans or more set a target for, with how many, the most used first, then by name."""
    counts = plan_targets.plans_by_indicator()
    shared = [(indicator_id, count) for indicator_id, count in counts.items() if count > 1]
    known = data.indicators().index
    return sorted(
        ((indicator_id, count) for indicator_id, count in shared if indicator_id in known),
        key=lambda pair: (-pair[1], data.name(data.indicator(pair[0]))),
    )
