"""What stands of a kind, row by row: find one, edit it, see its history, add one, take all of them away to import again."""

from dash import html

from dashboards import components, data, plan_controls, record_words
from dashboards.access import register_page
from dashboards.components import ANY, choice
from dashboards.language import gettext as _
from dashboards.language import mark

PATH, ROWS_A_PAGE = record_words.RECORDS, 50
# What tells the rows of a kind apart at a glance; everything else stands in the form.
SHOWN = {
    "observations": ("indicator_id", "area_id", "period", "numerator", "denominator", "value", "status"),
    "programme_counts": (
        "programme_id", "area_id", "period", "eligible", "attended", "positive", "confirmed", "followed_up", "status",
    ),
    "health_cells": ("name_zh", "cell_type", "area_id", "title_level", "certified_on", "expires_on", "health_cell_id"),
    "facilities": ("name_zh", "facility_type", "area_id", "grade", "beds", "staff", "facility_id"),
    "tasks": ("title_zh", "year", "area_id", "owner_zh", "quantity", "unit", "due", "task_id"),
    "task_reports": ("task_id", "period", "state", "quantity_done", "evidence"),
    "selfcare_villages": ("name_zh", "area_id", "started_on", "persons_on_record", "participants", "village_id"),
    "points_services": ("name_zh", "area_id", "department_zh", "offered_from", "service_id"),
    "rota": ("programme_id", "area_id", "batch", "year_due"),
    "population": ("area_id", "year", "group_id", "persons", "basis"),
    "programmes": ("name_zh", "area_id", "kind", "counted", "report_every", "programme_id"),
    "areas": ("area_id", "level", "parent_id", "name_zh", "name_en"),
    "indicators": ("indicator_id", "name_zh", "name_en", "unit", "default_direction"),
}  # fmt: skip
NARROWED = ("indicator_id", "programme_id", "area_id", "task_id")


def layout(**query):
    """?kind=&area=&q=&page=; and &indicator_id=, &programme_id=, &task_id= to narrow a kind that has such a column."""
    kinds = data.exported_kinds()
    kind = query.get("kind") if query.get("kind") in kinds else next(iter(data.edited_kinds()))
    if kind == "programme_counts":
        query = {**query, "programme_id": of_programme(query)}
    asked = asked_for(kind, query)
    count = data.records_count(*asked)
    return components.page(
        title(kind, count),
        subline=[_("each row may be edited; each has its history"), *narrowed_words(kind, query)],
        controls=controls(kinds, kind, query),
        children=[top(kind, query), *listing(kind, asked, count, query)],
        method=[
            _("The files have the columns of the template: mended and imported again, only what you mended changes."),
            _("Counts are paged by area and period; their number is that of the steps."),
        ],
    )


def title(kind: str, count: int) -> str:
    """How many rows there are of what."""
    return _("{kind}: what stands, row by row ({number})", kind=record_words.kind_name(kind), number=f"{count:,}")


def asked_for(kind: str, query: dict) -> tuple:
    """Kind, area, words and narrowing columns, as data.records_page takes them."""
    own = data.row_key(kind)
    of = tuple((name, query[name]) for name in NARROWED if query.get(name, ANY) not in ("", ANY) and name in own)
    return kind, query.get("area") if data.area(query.get("area")) else "", query.get("q", "")[:80], of


def narrowed_words(kind: str, query: dict) -> list:
    """What the list is narrowed to, beside the controls."""
    columns = {column.name: column for column in data.exported_kinds()[kind].columns}
    return [record_words.shown(columns[name], value) for name, value in asked_for(kind, query)[3]]


def controls(kinds: dict, kind: str, query: dict) -> list:
    """Kind and area."""
    offered = [{"value": name, "label": record_words.kind_name(name)} for name in kinds]
    places = data.areas()
    is_near = places["level"].isin(("prefecture", "county")) | places["area_id"].eq(query.get("area", ""))
    near = places[is_near].to_dict("records")
    areas = [{"value": ANY, "label": _("All")}, *({"value": row["area_id"], "label": data.name(row)} for row in near)]
    chosen = query.get("area") if query.get("area") in {one["value"] for one in areas} else ANY
    return [choice("kind", _("Kind"), offered, kind), of_what(kind, query), choice("area", _("Area"), areas, chosen)]


def of_what(kind: str, query: dict):
    """Which programme's counts, which indicator's figures."""
    if kind == "programme_counts":
        names = {key: data.name(row) for key, row in data.programmes().to_dict("index").items()}
        options = [{"value": key, "label": name} for key, name in names.items()]
        return choice("programme_id", _("Programme"), options, of_programme(query)) if options else None
    if kind != "observations":
        return None
    rows = data.indicators().to_dict("records")
    options = [{"value": ANY, "label": _("All")}, *({"value": r["indicator_id"], "label": data.name(r)} for r in rows)]
    known = query.get("indicator_id") in {row["indicator_id"] for row in rows}
    return choice("indicator_id", _("Indicator"), options, query["indicator_id"] if known else ANY, searchable=True)


def of_programme(query: dict) -> str:
    """The programme asked for, else the first: nobody reads the counts of all of them in one list."""
    every = data.programmes().index
    return query.get("programme_id") if query.get("programme_id") in every else next(iter(every), "")


def top(kind: str, query: dict) -> html.Div:
    """Search, add one, take away."""
    kept = {name: query.get(name) for name in ("kind", "area", "lang", *NARROWED)} | {"kind": kind}
    search = plan_controls.search_box(PATH, query.get("q", ""), _("Part of a name or code"), **kept)
    state = {name: query.get(name) for name in ("area", "q", *NARROWED)}
    files = [
        html.A(ending.upper(), href=components.address(f"/records/{kind}.{ending}", **state), className="kt-download")
        for ending in ("csv", "xlsx")
    ]
    add = record_words.add_link(kind, _("Add one"), **{name: query.get(name) for name in NARROWED})
    parts = [
        search,
        add,
        html.Div([html.Span(_("Download to mend and import again")), *files], className="kt-downloads"),
    ]
    return html.Div([part for part in parts if part is not None], className="kt-record-tools")


def listing(kind: str, asked: tuple, count: int, query: dict) -> list:
    """Fifty rows with the ways to edit them."""
    pages = max(1, -(-count // ROWS_A_PAGE))
    page = min(max(int(query["page"]) if query.get("page", "").isdecimal() and len(query["page"]) < 8 else 1, 1), pages)
    rows = data.records_page(*asked, ROWS_A_PAGE, (page - 1) * ROWS_A_PAGE)
    if not rows:
        return [components.empty(_("Nothing fits this choice"), "")]
    described = data.exported_kinds()[kind]
    alike = {name for name, _value in asked[3]}  # said above the list, not in every row
    columns = [described.column(name) for name in SHOWN[kind] if name not in alike]
    numbers = [at for at, column in enumerate(columns) if column.grammar in ("number", "persons", "whole")]
    table = [
        [
            *(record_words.shown(column, row.get(column.name, "")) for column in columns),
            record_words.links_of(kind, {name: row[name] for name in data.row_key(kind)}) or "",
        ]
        for row in rows
    ]
    heads = [*(record_words.label(column) for column in columns), ""]
    state = {name: query.get(name) for name in ("area", "q", "lang", *NARROWED)} | {"kind": kind}
    name = record_words.kind_name(kind)
    return [
        components.simple_table(heads, table, caption=name, numbers=numbers, className="kt-stacked"),
        plan_controls.turns(PATH, page, pages, count, **state),
    ]


register_page(
    __name__,
    path=PATH,
    name=mark("Records"),
    section=mark("Data entry"),
    permission="import figures",
    layout=layout,
    order=82,
)
