"""Finds areas, indicators, programmes, plans and pages by their Chinese or English name, or by code."""

from dash import html

from dashboards import components, data
from dashboards.access import may, register_page
from dashboards.components import link
from dashboards.components.frame import site_pages
from dashboards.finding import folded, haystack
from dashboards.language import gettext as _
from dashboards.language import mark, ngettext

MOST = 30  # of each kind
REGISTERS = {
    "areas": data.areas,
    "indicators": data.indicators,
    "programmes": data.programmes,
    "plans": data.all_plans,
}


def layout(q: str = "", **_ignored):
    """?q=the words looked for."""
    wanted = folded(q)
    groups = found(wanted) if wanted else []
    count = sum(len(links) for _heading, links in groups)
    title = (
        ngettext(
            "{number} place to look for “{words}”", "{number} places to look for “{words}”", count, words=q.strip()
        )
        if wanted
        else _("What are you looking for?")
    )
    lists = [
        components.section(heading, html.Ul([html.Li(item) for item in links])) for heading, links in groups if links
    ]
    advice = _("Names in Chinese or English and codes are searched; try a shorter word.")
    return components.page(title, children=lists or [components.empty(_("Nothing found"), advice)])


def found(wanted: str) -> list[tuple[str, list]]:
    """Heading and links of each kind of thing that holds the words in a name or a code."""
    areas = [
        link(components.data_name(row["name_zh"], row["name_en"]), "/", area=row["area_id"])
        for row in matching("areas", wanted)
    ]
    indicators = [
        link(components.data_name(row["name_zh"], row["name_en"]), "/indicator", indicator=row["indicator_id"])
        for row in matching("indicators", wanted)
    ]
    programmes = [
        link(components.data_name(row["name_zh"], row["name_en"]), f"/programmes/{row['programme_id']}")
        for row in matching("programmes", wanted)
    ]
    plans = [
        link(components.data_name(row["name_zh"], row["name_en"]), f"/plans/{row['plan_id']}")
        for row in matching("plans", wanted)
    ]
    pages = [
        link(_(page.name), page.path)
        for page in site_pages()
        if page.section and may(page.permission) and (wanted in folded(_(page.name)) or wanted in folded(page.name))
    ]
    return [
        (_("Pages"), pages),
        (_("Areas"), areas),
        (_("Indicators"), indicators),
        (_("Programmes"), programmes),
        (_("Plans"), plans),
    ]


def matching(kind: str, wanted: str) -> list[dict]:
    """The rows of a register whose names or code hold the words, those that begin with them first."""
    stacks = folded_names(kind)
    holding = [nth for nth, texts in enumerate(stacks) if wanted in texts]
    holding.sort(key=lambda nth: not any(text.startswith(wanted) for text in stacks[nth].split("\n")))
    return REGISTERS[kind]().iloc[holding[:MOST]].to_dict("records")


@data.cached
def folded_names(kind: str) -> tuple[str, ...]:
    """Both names and the code of every row of a register, as finding.haystack joins them: folding 40,000 takes a second."""
    rows = REGISTERS[kind]()
    return tuple(haystack(texts) for texts in zip(rows["name_zh"], rows["name_en"], rows.index, strict=True))


register_page(__name__, path="/search", name=mark("Search"), permission="see figures", layout=layout, order=800)
