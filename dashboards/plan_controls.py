"""What the pages on plans have in common to choose and search with."""

from dash import dcc, html

from dashboards import components, data, plan_targets
from dashboards.language import gettext as _


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
