"""Health cells: how many hold a title, which lapse, whether the plans' quotas are met, and the register page by page."""

import pandas as pd
import plotly.graph_objects as go
from dash import html

from dashboards import components, data, map_places, plan_controls, quota_words, record_words, wording
from dashboards.access import register_page
from dashboards.components import ANY, choice
from dashboards.language import gettext as _
from dashboards.language import mark, ngettext
from dashboards.plan_words import in_its_language

PATH, FIGURE = "/cells", "cells-by-year"
ROWS_A_PAGE, MOST_TYPES, HEIGHT = 50, 6, 300
CELL_STATES = {
    "valid": mark("holds a title"),
    "lapsing": mark("lapses within half a year"),
    "ended": mark("lapsed or withdrawn"),
    "applied": mark("applied, no title yet"),
}
BASES = {
    "new_in_year": mark("new titles this year"),
    "applied_in_year": mark("applications this year"),
    "total": mark("cells with a title"),
    "total_in_each_township": mark("cells with a title in each township"),
    "share": mark("share of all such units, %"),
    "share_growth": mark("growth of the share this year, points"),
}


def layout(**query):
    """?type=&area=&state=valid|lapsing|ended|applied&q=&page=&rules=<plan>."""
    cells = data.cells_placed()
    if cells.empty:
        return nothing_yet()
    return components.page(
        title(cells),
        subline=subline(cells),
        controls=controls(cells, query),
        children=[by_district(query), components.download_bar("cells", **query)],
        table=[*quotas(query), *by_year(), *register(query)],
        method=[
            _("A cell holds a title from the day it was given until it lapses or is withdrawn."),
            _("New: given its title this year and still holding it. Per 10,000: people of the newest year known."),
            _(
                "Quotas are the plans'; what a share is of must be in the register of areas (villages, communities), else it cannot be told."
            ),
        ],
    )


def nothing_yet():
    """Before the first cells came in."""
    action = components.link(_("To the upload page"), "/upload")
    content = components.empty(
        _("Nothing has come in yet"), _("Cells come in with the kind health_cells."), action=action
    )
    return components.page(_("Health cells"), children=[content])


def title(cells: pd.DataFrame) -> str:
    """How many hold a title, and how many lose it soon."""
    valid, soon = int(cells["is_valid"].sum()), len(data.cells_lapsing())
    words = {"valid": wording.number(valid), "soon": wording.number(soon)}
    return _("{valid} health cells hold a title; {soon} lapse within half a year", **words)


def subline(cells: pd.DataFrame) -> list:
    """Day, types, what came this year, what waits."""
    new = int(data.cells_by_area("county")["new"].sum())
    waiting = int(cells["certified_on"].isna().sum())
    return [
        _("as of {day}", day=wording.day(data.bureau_day())),
        ngettext("{number} type", "{number} types", cells["cell_type"].nunique()),
        _("{number} new this year", number=new),
        _("{number} applied, no title yet", number=waiting),
    ]


def controls(cells: pd.DataFrame, query: dict) -> list:
    """Type, district, state; whose quotas."""
    types = [(one, type_name(one)) for one in cells["cell_type"].value_counts().index]
    districts = [(area_id, data.name(data.area(area_id))) for area_id in data.cells_by_area("county").index]
    states = [(key, _(word)) for key, word in CELL_STATES.items()]
    plans = [(plan_id, data.name(data.all_plans().loc[plan_id].to_dict())) for plan_id in data.plans_with_cell_quotas()]
    return [
        _choice("type", _("Type"), types, query),
        _choice("area", _("District"), districts, query),
        _choice("state", _("State"), states, query),
        choice("rules", _("Quotas of"), [{"value": key, "label": word} for key, word in plans], rules_of(query))
        if plans
        else None,
    ]


def _choice(key: str, label: str, offered: list[tuple[str, str]], query: dict):
    options = [{"value": ANY, "label": _("All")}, *({"value": value, "label": words} for value, words in offered)]
    asked = query.get(key)
    return choice(key, label, options, asked if asked in {value for value, _words in offered} else ANY)


def type_name(cell_type: str) -> str:
    """The type in the reader's words."""
    return map_places.type_words(map_places.HEALTH_CELL, cell_type)[0]


def rules_of(query: dict) -> str | None:
    """The plan whose quotas are shown: the one asked for, else the plan the pages open on, else the first."""
    offered = data.plans_with_cell_quotas()
    own = (data.plan() or {}).get("plan_id")
    return next((one for one in (query.get("rules"), own, *offered) if one in offered), None)


def by_district(query: dict) -> html.Div:
    """One row a district; a district chosen shows its townships."""
    area_id = query.get("area")
    rows = data.cells_by_area("county")
    if area_id in rows.index:
        townships = data.cells_by_area("township")
        rows = townships[[data.area(one)["parent_id"] == area_id for one in townships.index]]
    heads = [_("Area"), _("Hold a title"), _("New this year"), _("Lapse soon"), _("People"), _("For 10,000 people")]
    table = [
        [
            components.link(data.name(data.area(one)), PATH, **{**query, "area": one})
            if len(one) == 6
            else data.name(data.area(one)),
            wording.number(row["cells"]),
            components.count(row["new"]),
            components.count(row["lapsing"]),
            wording.number(row["persons"]),
            wording.number(row["per_10k"], 2),
        ]
        for one, row in rows.sort_values("per_10k", kind="stable").iterrows()
    ]
    caption = _("Health cells by area, thinnest first")
    reached = (
        rows["persons"][rows["cells"] > 0].sum() / rows["persons"].sum() if rows["persons"].sum() else float("nan")
    )
    share = wording.value(100 * reached, "percent", 0)
    note = _("{share} of people live in an area of this list that has at least one.", share=share)
    return html.Div(
        [components.simple_table(heads, table, caption=caption, numbers=range(1, 6)), components.source_line(note)]
    )


def quotas(query: dict) -> list:
    """The plan's cells: what is asked, what is there, who is short; those without a countable number as the plan has them."""
    plan_id = rules_of(query)
    if plan_id is None:
        return []
    asked, judged = data.cell_quotas_of(plan_id, data.bureau_day())
    heads = [_("Cell"), _("Asked"), _("Counted"), _("Where it stands")]
    rows = [
        [
            components.data_name(row["name_zh"], row["name_en"]),
            asked_for(row),
            _(BASES[row["basis"]]) if isinstance(row["basis"], str) else _("not countable"),
            quota_words.standing(row, judged[judged["rule"].eq(position)]),
        ]
        for position, row in asked.iterrows()
    ]
    name = data.name(data.all_plans().loc[plan_id].to_dict())
    table = components.simple_table(heads, rows, caption=_("Quotas of the plan"), className="kt-stacked")
    return [html.H2(_("What the plan asks: {plan}", plan=name)), table]


def asked_for(row: dict) -> html.Div | str:
    """The number with its year; without one the plan's own rule."""
    if wording.is_missing(row["quota"]):
        return in_its_language(row["rule_zh"], row["rule_en"])
    is_percent = row["quota_unit"] == "percent"
    number = "≥ " + (wording.value(row["quota"], "percent") if is_percent else f"{row['quota']:g}")
    year = "" if wording.is_missing(row["year"]) else f" · {int(row['year'])}"
    return html.Div([number + year, html.Div(in_its_language(row["rule_zh"], row["rule_en"]), className="kt-muted")])


def by_year() -> list:
    """First titles by year, the most frequent types apart."""
    rows = data.cells_by_year()
    common = rows.groupby("cell_type")["cells"].sum().nlargest(MOST_TYPES).index
    kinds = rows["cell_type"].where(rows["cell_type"].isin(common), "")
    table = rows.groupby([kinds, "year"])["cells"].sum().unstack(fill_value=0)
    patterns = ["", "/", "x", "-", ".", "\\", "+"]
    colours, paper = components.colours_of_kinds(), components.palette()["paper"]
    bars = [
        go.Bar(
            x=[str(year) for year in table.columns],
            y=table.loc[kind],
            name=type_name(kind) if kind else _("other types"),
            marker={
                "color": colours[at],
                "pattern": {"shape": patterns[at], "solidity": 0.15, "fillmode": "overlay", "fgcolor": paper},
            },
        )
        for at, kind in enumerate([*common, *([""] if "" in table.index else [])])
    ]
    layout = {
        "barmode": "stack",
        "height": HEIGHT,
        "margin": {"l": 48, "r": 16, "t": 72, "b": 40},
        "yaxis": {"title": {"text": _("first titles")}},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "xaxis": {"type": "category"},
        "showlegend": True,
    }
    figure = components.finish(go.Figure(bars, layout), source=_("Source: register of health cells"))
    graph = components.graph(
        FIGURE, figure, alt=_("First titles by year and type"), file_name="kangtu-cells", height=HEIGHT + 40
    )
    return [html.H2(_("First titles by year")), graph, components.download_bar(figure=FIGURE)]


def register(query: dict) -> list:
    """The register, fifty rows a page; the server sends no more than these."""
    found = asked_cells(query)
    pages = max(1, -(-len(found) // ROWS_A_PAGE))
    page = min(max(_whole(query.get("page")), 1), pages)
    rows = found.iloc[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
    heads = [_("Name"), _("Type"), _("Area"), _("Title"), _("Title since"), _("Renewed"), _("Until"), _("State")]
    table = [
        [
            record_words.with_links(
                components.data_name(row["name_zh"], row["name_en"]),
                "health_cells",
                {"health_cell_id": row["health_cell_id"]},
            ),
            type_name(row["cell_type"]),
            data.name(data.area(row["area_id"])),
            _(map_places.TITLE_LEVELS[row["title_level"]]) if row["title_level"] in map_places.TITLE_LEVELS else "",
            wording.day(row["certified_on"]),
            wording.day(row["renewed_on"]),
            wording.day(row["ends_on"]),
            _(CELL_STATES[state_of(row, data.lapsing_ids())]),
        ]
        for row in rows.to_dict("records")
    ]
    said = ngettext("{number} cell", "{number} cells", len(found))
    turns = [
        components.link(words, PATH, **{**query, "page": str(to)})
        for words, to in ((_("Previous page"), page - 1), (_("Next page"), page + 1))
        if 1 <= to <= pages
    ]
    where = _("page {page} of {pages}", page=page, pages=pages)
    line = html.P([said, " · ", where, *(piece for turn in turns for piece in (" · ", turn))], className="kt-source")
    kept = {key: query.get(key) for key in ("type", "area", "state", "rules", "lang")}
    search = plan_controls.search_box(PATH, query.get("q", ""), _("Part of a name"), **kept)
    body = components.simple_table(heads, table, caption=_("Register of health cells"), className="kt-stacked")
    return [
        html.H2(_("Register of health cells")),
        search,
        record_words.tools(
            record_words.add_link("health_cells", _("Add a health cell"), is_button=False),
            record_words.list_link("health_cells", _("The rows as a file to mend and import again")),
        ),
        line,
        body if len(rows) else components.empty(_("Nothing fits this choice"), ""),
    ]


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 8 else 1


def asked_cells(query: dict) -> pd.DataFrame:
    """The cells of the address; what it does not know asks for all."""
    kind, state = query.get("type", ANY), query.get("state")
    area = query.get("area") if data.area(query.get("area")) else ""
    return data.cells_page(
        cell_type="" if kind == ANY else kind,
        area_id=area,
        state=state if state in CELL_STATES else "",
        words=query.get("q", ""),
    )


def state_of(row: dict, soon: frozenset[str]) -> str:
    """A cell's state in the words of CELL_STATES. soon: the ids of those that lapse soon."""
    if wording.is_missing(row["certified_on"]):
        return "applied"
    if not row["is_valid"]:
        return "ended"
    is_soon = not wording.is_missing(row["ends_on"]) and row["health_cell_id"] in soon
    return "lapsing" if is_soon else "valid"


@components.exporter("cells")
def export(query: dict) -> components.Export:
    """Every cell of the address."""
    rows = asked_cells(query)
    records = rows.to_dict("records")
    types = {one: type_name(one) for one in rows["cell_type"].unique()}
    places = {one: data.name(data.area(one)) for one in rows["area_id"].unique()}
    soon = data.lapsing_ids()
    states = {key: _(word) for key, word in CELL_STATES.items()}
    frame = pd.DataFrame(
        {
            _("Code"): rows["health_cell_id"].to_numpy(),
            _("Name"): [data.name(row) for row in records],
            _("Type"): [types[one] for one in rows["cell_type"]],
            _("Area code"): rows["area_id"].to_numpy(),
            _("Area"): [places[one] for one in rows["area_id"]],
            _("Title"): rows["title_level"].to_numpy(),
            **{
                head: [str(day.date()) if not pd.isna(day) else "" for day in rows[name]]
                for head, name in (
                    (_("Applied on"), "applied_on"),
                    (_("Title since"), "certified_on"),
                    (_("Renewed"), "renewed_on"),
                    (_("Until"), "ends_on"),
                    (_("Withdrawn on"), "withdrawn_on"),
                )
            },
            _("Evidence"): rows["evidence"].to_numpy(),
            _("State"): [states[state_of(row, soon)] for row in records],
        }
    )
    return components.Export(frame, title(data.cells_placed()), {})


register_page(
    __name__,
    path=PATH,
    name=mark("Health cells"),
    section=mark("Delivery"),
    permission="see figures",
    layout=layout,
    order=42,
)
