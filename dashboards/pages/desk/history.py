"""Every version of one row: what it said, who said so, when, by which file or form, why, and what took its place."""

from dash import html

from dashboards import components, data, record_history, record_words
from dashboards.access import register_page
from dashboards.language import gettext as _
from dashboards.language import mark, ngettext


def layout(kind: str = "", **query):
    """/history/<kind>?<the columns that name the row>=…"""
    if kind not in data.edited_kinds():
        return components.not_found()
    found = data.row_versions(kind, query)
    if found is None:
        return components.not_found()
    key, versions = found
    described = data.edited_kinds()[kind]
    newest = versions[0].cells if versions else None
    name = record_words.row_name(described, key, newest)
    if not versions:
        content = components.empty(_("Nothing was ever said of this row"), "")
        return components.page(_("History: {row}", row=name), children=[content])
    csv = html.A("CSV", href=components.address(f"/records/history/{kind}.csv", **key), className="kt-download")
    return components.page(
        _("History: {row}", row=name),
        subline=[
            record_words.kind_name(kind),
            ngettext("{number} version", "{number} versions", len(versions)),
            [components.link(_("Edit"), f"{record_words.EDIT}/{kind}", **key)],
            [components.link(_("All rows"), record_words.RECORDS, kind=kind)],
        ],
        children=[
            html.Span("", id="kt-upload-said", role="alert", className="kt-lacking"),
            record_history.history_table(described, key, versions),
            html.Div([html.Span(_("Download")), csv], className="kt-downloads"),
        ],
        method=[
            _("What stands is the last submission that said anything of the row and was not taken back; a certified count gives way to a certified one only."),
            _("Taking back takes the whole submission back: a form's one row, or every row of a file."),
        ],
    )  # fmt: skip


register_page(
    __name__,
    path=record_words.RECORDS,
    path_template=f"{record_words.HISTORY}/<kind>",
    name=mark("History of a row"),
    permission="import figures",
    layout=layout,
)
