"""The frame around every page and the page's own order: finding, what it is of, controls, figure, table, method."""

import re
from collections.abc import Sequence

import dash
from dash import ALL, ClientsideFunction, Input, Output, State, dcc, html

from dashboards import access, data
from dashboards.components.account import account_menu
from dashboards.components.controls import link, search_form
from dashboards.components.figures import DEMO
from dashboards.components.notices import empty
from dashboards.language import current_language, is_chinese_only, pick
from dashboards.language import gettext as _

PROBLEM = "kt-problem"
# From the first Chinese sign to the last one before Latin letters, with the numbers and signs between them.
CHINESE = re.compile("([\u3000-\u9fff\uff00-\uffef](?:[^A-Za-z]*[\u3000-\u9fff\uff00-\uffef])?)")
ADDRESS = re.compile(r"(https?://[^\s，。；、（）()<>\"]+)")
NAVIGATION = "navigation-link"  # type of the top bar's link ids


def shell() -> html.Div:
    """Everything around the page: skip link, top bar, DEMO ribbon, place for problems."""
    return html.Div(
        [
            html.A(_("To the content"), href="#main", className="kt-skip"),
            _demo_ribbon(),
            html.Header([_brand(), _navigation(), search_form(), _switches(), account_menu()], className="kt-top"),
            html.Div(id=PROBLEM, role="alert"),
            dash.page_container,
        ],
        className="kt-shell",
    )


def _demo_ribbon() -> html.Aside | None:
    if not data.is_demo():
        return None
    words = [html.Strong(DEMO), " ", _("The figures are synthetic and describe no real place.")]
    return html.Aside(words, className="kt-demo", **{"aria-label": DEMO})


def _brand() -> dcc.Link:
    return dcc.Link(
        [html.Span(className="kt-logo", **{"aria-hidden": "true"}), _("Kangtu")], href="/", className="kt-brand"
    )


def _navigation() -> html.Nav:
    pages = sorted(
        (page for page in site_pages() if page.section and access.may(page.permission)), key=lambda page: page.order
    )
    sections: dict[str, list[access.Page]] = {}
    for page in pages:
        sections.setdefault(page.section, []).append(page)
    groups = [_section_links(name, group) for name, group in sections.items()]
    return html.Nav(groups, className="kt-nav", **{"aria-label": _("Pages")})


def _section_links(name: str, group: list[access.Page]) -> html.Div:
    """A section: its name leads to its first page, its pages stand beside it while the reader is in it."""
    links = [
        dcc.Link(_(page.name), href=page.path, id={"type": NAVIGATION, "path": page.path, "of": "page"})
        for page in group
    ]
    if len(group) == 1:  # a heading over a single page would only say it twice
        return html.Div(links, className="kt-section")
    first = {"type": NAVIGATION, "path": group[0].path, "of": "section"}
    heading = dcc.Link(_(name), href=group[0].path, id=first, className="kt-section-name")
    return html.Div([heading, html.Div(links, className="kt-section-pages")], className="kt-section")


def site_pages() -> list[access.Page]:
    """The pages this process serves (another site's pages may have been imported by tests)."""
    return [access.declared.pages[module] for module in dash.page_registry if module in access.declared.pages]


def _switches() -> html.Div:
    other = "en" if current_language() == "zh" else "zh"
    words = {"en": "English", "zh": "中文"}
    return html.Div(
        [
            html.A(
                words[other],
                href=f"?lang={other}",
                id="kt-language",
                lang=other,
                hrefLang=other,
                **{"data-lang": other},
            ),
            html.Button(
                html.Span(_("Light or dark"), className="visually-hidden"),
                id="kt-theme",
                type="button",
                title=_("Light or dark"),
            ),
        ],
        className="kt-switches",
    )


def page(
    title,
    *,
    subline: Sequence | None = None,
    trail=None,
    controls: Sequence = (),
    children: Sequence = (),
    table=None,
    method: Sequence = (),
    wide: bool = False,
) -> html.Main:
    """A page in the order every page has.

    title: the finding or the question, in words. subline: what it is of (plan, area, period, data date, provisional or
    final); see data.subline. trail: of breadcrumbs(). controls: of choice(). children: the main figure.
    table: what stands behind it. method: lines on method and source. wide: for maps, the full width of the window.
    """
    heading = [html.H1(mark_chinese(title)), html.P(_dotted(subline), className="kt-subline") if subline else None]
    choices = html.Div(list(controls), className="kt-controls") if controls else None
    parts = [
        trail,
        html.Div([html.Div(heading), choices], className="kt-head"),
        html.Div(list(children), className="kt-main"),
        html.Section(table, className="kt-behind-figure") if table is not None else None,
        html.Footer([html.P(mark_chinese(line)) for line in method], className="kt-method") if method else None,
    ]
    return html.Main(
        [part for part in parts if part is not None],
        id="main",
        className="kt-page kt-wide" if wide else "kt-page",
        tabIndex=-1,
    )


def nothing_judged() -> html.Main:
    """The whole page before the first run of judgement, with what to do."""
    advice = _("Import figures, then run “python manage.py judge”; or “python manage.py load-demo” for a look.")
    return page(_("Nothing has been judged yet"), children=[empty(_("No marks so far"), advice)])


def _dotted(parts: Sequence) -> list:
    shown = [mark_chinese(part) for part in parts if part]
    return [piece for part in shown for piece in (" · ", *(part if isinstance(part, list) else [part]))][1:]


def mark_chinese(text):
    """A sentence for an English reader with the Chinese in it marked as Chinese; anything else as it is.

    Documents are cited as they are called, and a voice reads them right only when it is told.
    """
    if current_language() == "zh" or not isinstance(text, str) or not CHINESE.search(text):
        return text
    pieces = CHINESE.split(text)  # odd places are Chinese
    return [html.Span(piece, lang="zh") if place % 2 else piece for place, piece in enumerate(pieces) if piece]


def with_addresses(text):
    """A text with the web addresses in it as links; anything else as mark_chinese has it.

    Only http and https: whoever sends a figure may write anything here.
    """
    if not isinstance(text, str) or not ADDRESS.search(text):
        return mark_chinese(text)
    pieces = ADDRESS.split(text)  # odd places are addresses
    return [
        html.A(piece, href=piece, target="_blank", rel="noopener noreferrer")
        if place % 2
        else html.Span(mark_chinese(piece))
        for place, piece in enumerate(pieces)
        if piece
    ]


def section(heading: str, children, *, className: str = "") -> html.Section:
    """A part of a page with its heading."""
    return html.Section(
        [html.H2(heading), *(children if isinstance(children, list) else [children])], className=className
    )


def card(figure, label, *, note=None, href: str | None = None) -> html.Div | dcc.Link:
    """One large figure with what it is; with href the whole card is a link."""
    inside = [html.Div(figure, className="kt-card-figure"), html.Div(label, className="kt-card-label")]
    if note:
        inside.append(html.Div(note, className="kt-card-note"))
    return dcc.Link(inside, href=href, className="kt-card") if href else html.Div(inside, className="kt-card")


def cards(children: Sequence) -> html.Div:
    """Cards in a row."""
    return html.Div(list(children), className="kt-cards")


def source_line(*parts: str) -> html.P:
    """Source, date and method in small type under a figure."""
    return html.P(_dotted(parts), className="kt-source")


def data_name(chinese: str | None, english: str | None) -> html.Span | str:
    """A name from the data in the reader's language; Chinese shown to an English reader is marked as Chinese."""
    text = pick(chinese, english)
    return html.Span(text, lang="zh") if is_chinese_only(english) and text else text


def breadcrumbs(path: str, areas: Sequence[dict], **state) -> html.Nav | None:
    """The areas above and the area itself, as links to the same page; nothing where there is nothing above.

    areas: area_id, name_zh, name_en, outermost first (data.plan_trail).
    """
    if len(areas) < 2:
        return None
    *above, here = areas
    steps = [
        link(data_name(area["name_zh"], area["name_en"]), path, **{**state, "area": area["area_id"]}) for area in above
    ]
    last = html.Span(data_name(here["name_zh"], here["name_en"]), **{"aria-current": "page"})
    return html.Nav(
        html.Ol([html.Li(step) for step in [*steps, last]]), className="kt-trail", **{"aria-label": _("Areas above")}
    )


# The top bar's links take the plan and the area along, and say where the reader is.
access.clientside_callback(
    ClientsideFunction("kangtu", "travel"),
    Output({"type": NAVIGATION, "path": ALL, "of": ALL}, "href"),
    Output("kt-language", "href"),
    Input("_pages_location", "pathname"),
    Input("_pages_location", "search"),
    State({"type": NAVIGATION, "path": ALL, "of": ALL}, "id"),
    permission="open the site",
    module=__name__,
)
