"""Who sent what, when, why, and what became of it: files and forms of one's own, of one's district, or all of them."""

import pandas as pd
from dash import html

from dashboards import components, data, plan_controls, record_history, record_words, wording
from dashboards.access import register_page
from dashboards.components import ANY, choice
from dashboards.language import gettext as _
from dashboards.language import mark, ngettext

PATH, ROWS_A_PAGE = record_words.IMPORTS, 50


def layout(**query):
    """?kind=&from=&page="""
    sent = data.submissions_seen()
    if sent.empty:
        return components.page(title(sent), children=[components.empty(_("Nothing has been sent yet"), "")])
    rows = chosen(sent, query)
    pages = max(1, -(-len(rows) // ROWS_A_PAGE))
    page = min(max(int(query["page"]) if query.get("page", "").isdecimal() and len(query["page"]) < 8 else 1, 1), pages)
    state = {name: query.get(name) for name in ("kind", "from", "lang")}
    return components.page(
        title(sent),
        subline=[whose(), *only_from(sent, query)],
        controls=controls(sent, query),
        children=[
            html.Span("", id="kt-upload-said", role="alert", className="kt-lacking"),
            table(rows.iloc[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]),
            plan_controls.turns(PATH, page, pages, len(rows), **state),
        ],
        method=[_("Taking back takes the whole submission back; what it had replaced stands again.")],
    )


def title(sent: pd.DataFrame) -> str:
    """How many came, how many of them typed into forms."""
    said = ngettext("{number} submission", "{number} submissions", len(sent))
    forms = ngettext("{number} typed into a form", "{number} typed into a form", int(sent["is_form"].sum()))
    return _("Who sent what: {all}, {forms}", all=said, forms=forms)


def whose() -> str:
    """Whose submissions these are."""
    areas = [data.area(area_id) for area_id in data.current_scope()]
    named = wording.joined([data.name(area) for area in areas if area])
    return _("your own and those of others for {areas}", areas=named) if named else _("of all you may see")


def chosen(sent: pd.DataFrame, query: dict) -> pd.DataFrame:
    """Those of the kind and sender asked for; unknown words ask for all."""
    for key, column in (("kind", "kind"), ("from", "received_from")):
        if query.get(key) in set(sent[column]):
            sent = sent[sent[column].eq(query[key])]
    return sent


def controls(sent: pd.DataFrame, query: dict) -> list:
    """Which kind."""
    kinds = [(one, record_words.kind_name(one)) for one in sent["kind"].value_counts().index]
    return [_choice("kind", _("Kind"), kinds, query)]


def only_from(sent: pd.DataFrame, query: dict) -> list:
    """Whose alone are shown, with the way back to all."""
    sender = query.get("from") if query.get("from") in set(sent["received_from"]) else None
    return [components.mark_chinese(sender), [components.link(_("All senders"), PATH)]] if sender else []


def _choice(key: str, label: str, offered: list[tuple[str, str]], query: dict):
    options = [{"value": ANY, "label": _("All")}, *({"value": value, "label": words} for value, words in offered)]
    return choice(key, label, options, query.get(key) if query.get(key) in dict(offered) else ANY)


def table(rows: pd.DataFrame) -> html.Div:
    """One row a submission."""
    heads = [_("No."), _("When"), _("Sender"), _("What"), _("How"), _("Reason given"), _("Rows read"), _("Stored"), _("Left out"), _("Take back")]  # fmt: skip
    cells = [
        [
            str(row["submission_id"]),
            record_words.moment(row["received_at"]),
            components.link(components.mark_chinese(row["received_from"]), PATH, **{"from": row["received_from"]}),
            record_words.kind_name(row["kind"]),
            _("form") if row["is_form"] else components.mark_chinese(row["file_name"] if isinstance(row["file_name"], str) else ""),
            components.mark_chinese(row["reason"]) if isinstance(row["reason"], str) else "",
            wording.number(row["rows_read"]),
            wording.number(row["rows_stored"]),
            wording.number(row["rows_refused"]),
            undone_or_button(row),
        ]
        for row in rows.to_dict("records")
    ]  # fmt: skip
    return components.simple_table(heads, cells, caption=_("Submissions"), numbers=(0, 6, 7, 8), className="kt-stacked")


def undone_or_button(row: dict):
    """That it was taken back, or the button that does it, or nothing."""
    if not wording.is_missing(row["undone_by"]):
        return _("taken back")
    return record_history.undo_button(int(row["submission_id"]), PATH, _("Take back")) if row["may_undo"] else ""


register_page(
    __name__,
    path=PATH,
    name=mark("Submissions"),
    section=mark("Data entry"),
    permission="import figures",
    layout=layout,
    order=84,
)
