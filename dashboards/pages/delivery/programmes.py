"""Which programmes fall short: all of them with coverage against what is due, the worst step and the last report."""

import math

import pandas as pd
from dash import html

from dashboards import components, data, plan_controls, programme_words, wording
from dashboards.access import register_page
from dashboards.components import ANY, choice
from dashboards.finding import haystack, holds, words_of
from dashboards.language import gettext as _
from dashboards.language import mark, ngettext

PATH, PAGE_ROWS = "/programmes", 20


def layout(**query):
    """?q=&kind=&page=: programmes whose name, area or plan holds the words."""
    every = data.programmes()
    if every.empty:
        return nothing_yet()
    rows = selected(query)
    pages = max(1, math.ceil(len(rows) / PAGE_ROWS))
    number = min(max(1, int(query["page"]) if query.get("page", "").isdecimal() else 1), pages)
    shown = rows.iloc[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]
    content = [programme_table(shown)] if len(shown) else [components.empty(_("No programme fits this choice"), "")]
    return components.page(
        title(rows),
        subline=[_("state of the last report of each programme")],
        controls=controls(query),
        children=[*content, pager(number, pages, len(rows), query), components.download_bar("programmes", **query)],
        method=method(),
    )


def nothing_yet():
    """The page before any programme is known, with what to do."""
    advice = _("Import the list of programmes (kind: programmes), then their counts (programme_counts).")
    upload = components.link(_("To the upload page"), "/upload")
    return components.page(
        _("No programmes yet"), children=[components.empty(_("No programmes so far"), advice, action=upload)],
        method=method(),
    )  # fmt: skip


def selected(query: dict) -> pd.DataFrame:
    """The programmes of the address with what the list says of them, the furthest below what is due first."""
    rows = data.programmes().join(data.programme_summaries().drop(columns="programme_id"))
    words, kind = words_of(query.get("q")), query.get("kind", ANY)
    if kind in programme_words.KINDS:
        rows = rows[rows["kind"] == kind]
    rows = rows[[holds(stack(row), words) for row in rows.to_dict("records")]]
    gap = rows["coverage"].astype("float64") - rows["expected_share"].astype("float64")
    return rows.assign(gap=gap).sort_index().sort_values("gap", na_position="last", kind="stable")


def stack(row: dict) -> str:
    """What a programme is found by."""
    where = data.area(row["top"]) or {}
    texts = [
        row["programme_id"],
        row["name_zh"],
        row["name_en"],
        row["plan_id"],
        where.get("name_zh"),
        where.get("name_en"),
    ]
    return haystack([text for text in texts if isinstance(text, str)])


def title(rows: pd.DataFrame) -> str:
    """How many fall short, or how many there are."""
    behind = int((rows["gap"] < 0).sum())
    if behind:
        return ngettext(
            "{number} programme of {total} reaches fewer people than are due by now",
            "{number} programmes of {total} reach fewer people than are due by now",
            behind,
            total=len(rows),
        )
    return ngettext("{number} programme", "{number} programmes", len(rows))


def controls(query: dict) -> list:
    """Kind and search."""
    kinds = [{"value": ANY, "label": _("All kinds")}]
    kinds += [{"value": kind, "label": _(word)} for kind, word in programme_words.KINDS.items()]
    kind = query["kind"] if query.get("kind") in programme_words.KINDS else ANY
    return [
        choice("kind", _("Kind"), kinds, kind),
        plan_controls.search_box(PATH, query.get("q", ""), _("Find a programme"), kind=query.get("kind", "")),
    ]


def programme_table(rows: pd.DataFrame) -> html.Div:
    """One row a programme."""
    heads = [_("Programme"), _("Area"), _("Kind"), _("Coverage"), _("Due by now"), _("Most are lost at"),
             _("Units reporting"), _("Newest period"), _("Last report")]  # fmt: skip
    cells = [programme_cells(row) for row in rows.to_dict("records")]
    return components.simple_table(
        heads, cells, caption=_("Programmes"), numbers=(3, 4, 6), className="kt-stacked kt-programmes"
    )


def programme_cells(row: dict) -> list:
    """The cells of one programme, in the order of the heads."""
    where = data.area(row["top"]) or {"name_zh": row["top"], "name_en": row["top"]}
    name = components.data_name(row["name_zh"], row["name_en"])
    return [
        components.link(name, f"{PATH}/{row['programme_id']}"),
        components.data_name(where["name_zh"], where["name_en"]),
        _(programme_words.KINDS[row["kind"]]),
        programme_words.share(row["coverage"]),
        wording.MISSING if wording.is_missing(row["coverage"]) else programme_words.share(row["expected_share"]),
        worst_cell(row),
        _("{n} of {m}", n=int(row["units_reported"]), m=int(row["units"])) if row["units"] else wording.MISSING,
        wording.period(row["period"]) if isinstance(row["period"], str) else _("nothing reported"),
        wording.MISSING if wording.is_missing(row["received_at"]) else wording.day(row["received_at"]),
    ]


def worst_cell(row: dict) -> str:
    """The step and how many people it lacks."""
    if not isinstance(row["worst"], str):
        return wording.MISSING
    words = {
        "step": programme_words.step(row["worst"], row["kind"]),
        "people": programme_words.people(row["shortfall"]),
    }
    return _("{step}: {people} short", **words)


def pager(number: int, pages: int, total: int, query: dict) -> html.Nav | None:
    """The way to the other pages of the list."""
    if pages == 1:
        return None
    links = [
        html.Strong(str(at)) if at == number else components.link(str(at), PATH, **{**query, "page": str(at)})
        for at in range(1, pages + 1)
    ]
    pieces = [piece for one in links for piece in (" ", one)]
    return html.Nav(
        [_("{total} programmes, page", total=total), *pieces], className="kt-source", **{"aria-label": _("Page")}
    )


def method() -> list:
    """How to read the list."""
    asked = len(data.delivery("programmes")[["plan_id", "programme_id"]].drop_duplicates())
    return [
        _(
            "Coverage: who attended of those eligible, in the units that reported both. Due by now: the target times the share of the round that is over."
        ),
        _("The step at which most are lost is the one whose shortfall is the most people."),
        html.Span(
            [
                _("The loaded plans name {number} programmes in all;", number=asked),
                " ",
                components.link(_("each stands under its plan"), "/plans"),
            ]
        ),
    ]


@components.exporter("programmes")
def export(query: dict) -> components.Export:
    """All programmes of the address."""
    rows = selected(query)
    records = rows.to_dict("records")
    frame = pd.DataFrame(
        {
            _("Code"): rows["programme_id"].to_numpy(),
            _("Programme"): [data.name(row) for row in records],
            _("Area"): [data.name(data.area(row["top"]) or {}) for row in records],
            _("Kind"): [_(programme_words.KINDS[row["kind"]]) for row in records],
            _("Coverage (%)"): rows["coverage"].astype("float64").round(2).to_numpy(),
            _("Due by now (%)"): rows["expected_share"].astype("float64").round(2).to_numpy(),
            _("Most are lost at"): [
                programme_words.step(row["worst"], row["kind"]) if isinstance(row["worst"], str) else ""
                for row in records
            ],
            _("People short"): rows["shortfall"].astype("float64").round().to_numpy(),
            _("Units"): rows["units"].to_numpy(),
            _("Units reporting"): rows["units_reported"].to_numpy(),
            _("Newest period"): rows["period"].to_numpy(),
        }
    )
    return components.Export(frame, title(rows), {})


register_page(
    __name__,
    path=PATH,
    name=mark("Programmes"),
    section=mark("Delivery"),
    permission="see figures",
    layout=layout,
    order=40,
)
