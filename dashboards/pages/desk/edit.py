"""One row in a form: what it says, what would change, why; stored as the import of one row, or not at all."""

from typing import Any

from dash import ALL, Input, Output, State, dcc, html, no_update

from dashboards import components, data, record_form, record_history, record_words
from dashboards.access import callback, register_page
from dashboards.language import gettext as _
from dashboards.language import mark

BODY, OUTCOME, SAVE, STATE = "edit-body", "edit-outcome", "edit-save", "edit-state"
REASON, CONFIRM, CONFIRM_BOX, WHY = "edit-reason", "edit-confirm", "edit-confirm-box", "edit-why"
HISTORY = "edit-history"
PERMISSION = "import figures"
NEWEST = 3  # versions shown under the form
MOST_FIELDS = 60


def layout(kind: str = "", **query):
    """/edit/<kind>?<the columns that name the row>=…; without them, or where none stands, a new row."""
    opened = data.open_row(kind, query)
    if opened is None:
        return components.forbidden() if kind in data.upload_kinds() else components.not_found()
    row = opened.row
    known = {column.name for column in opened.kind.columns}
    cells = dict(row.cells) if row else {name: text for name, text in query.items() if name in known}
    state = {"kind": kind, "key": opened.key, "version": row.version if row else "", "checked": ""}
    return components.page(
        title(opened),
        subline=subline(opened),
        children=[
            html.Div(record_form.fields(opened.kind, cells, opened.key, list(opened.troubles)), id=BODY),
            html.Div(id=OUTCOME),
            *below(row is not None),
            dcc.Store(id=STATE, data=state),
        ],
        table=html.Div(newest(opened.kind, opened.key), id=HISTORY),
        method=[
            _("One row goes the way of a file: the same checks, the same record of who sent what, taken back as a whole."),
            *([of_counts()] if kind == "programme_counts" else []),
        ],
    )  # fmt: skip


def of_counts() -> str:
    """What an empty field of a count means."""
    return _("An empty step of a count changes nothing; to take a count back, take back its submission in the history.")


def title(opened) -> str:
    """What is edited, or that a row is added."""
    kind = record_words.kind_name(opened.kind.name)
    if opened.row is None:
        return _("Add one: {kind}", kind=kind)
    return _("Edit: {row}", row=record_words.row_name(opened.kind, opened.key, opened.row.cells))


def subline(opened) -> list:
    """Kind, who said it last, where the reader may write."""
    areas = [data.area(area_id) for area_id in data.current_scope()]
    named = ", ".join(data.name(area) for area in areas if area)
    ways = components.link(_("All rows"), record_words.RECORDS, kind=opened.kind.name)
    return [
        record_words.kind_name(opened.kind.name),
        _("you may report for {areas}", areas=named) if named else None,
        [ways],
    ]


def below(is_there: bool) -> list:
    """Reason, box to confirm, button."""
    why = _("Why (needed where something that stands is changed)")
    field = dcc.Input(type="text", id=REASON, value="", maxLength=record_form.LONGEST, className="kt-input kt-long")
    return [
        html.Div(
            [html.Label(why, htmlFor=REASON, className="kt-field-label"), field],
            className="kt-field",
            id=WHY,
            style={} if is_there else {"display": "none"},
        ),
        html.Div(dcc.Checklist([], [], id=CONFIRM), id=CONFIRM_BOX, style={"display": "none"}),
        html.Div(
            html.Button(_("Check and show what changes"), id=SAVE, type="button", className="btn btn-primary"),
            className="kt-buttons",
        ),
    ]


def newest(kind, key: dict | None):
    """The newest versions, with the way to all of them."""
    found = data.row_versions(kind.name, key) if key else None
    if not found or not found[1]:
        return None
    shown = sorted(found[1], key=lambda one: one.submission_id or 0, reverse=True)[:NEWEST]
    words = _("Every version ({number}), as a file, and taking back", number=len(found[1]))
    every = components.link(words, f"{record_words.HISTORY}/{kind.name}", **key)
    table = record_history.history_table(kind, key, shown)
    return components.section(_("History"), [table, html.P(every)])


@callback(
    Output(BODY, "children"),
    Output(OUTCOME, "children"),
    Output(STATE, "data"),
    Output(SAVE, "children"),
    Output(CONFIRM, "options"),
    Output(CONFIRM_BOX, "style"),
    Output(WHY, "style"),
    Output(REASON, "value"),
    Output(HISTORY, "children"),
    Input(SAVE, "n_clicks"),
    State(STATE, "data"),
    State({"type": record_form.FIELD, "column": ALL}, "value"),
    State({"type": record_form.FIELD, "column": ALL}, "id"),
    State(REASON, "value"),
    State(CONFIRM, "value"),
    permission=PERMISSION,
    prevent_initial_call=True,
)
def press(clicks: int, state: dict, values: list, ids: list, reason: str, confirmed: list):
    """The first press shows what would change; the next one, of the same row, stores it."""
    asked = read_state(state)
    if not clicks or asked is None or len(ids) > MOST_FIELDS:
        return (no_update,) * 9
    kind, key, version, checked = asked
    cells = {one["column"]: str(value)[: record_form.LONGEST] if value is not None else ""
             for one, value in zip(ids, values, strict=True) if isinstance(one.get("column"), str)}  # fmt: skip
    edit = data.Edit(kind.name, cells, key, version, (reason or "")[: record_form.LONGEST], bool(confirmed))
    seen = record_form.digest(cells, edit.reason, edit.is_confirmed, version)
    try:
        answer = data.send_edit(edit, save=seen == checked)
    except data.InputError as error:
        return no_update, components.notice(str(error), kind="failed"), *(no_update,) * 7
    return after(kind, edit, answer, seen)


def after(kind, edit, answer, seen: str) -> tuple:
    """The page after a press: fields, outcome, state, the button's words, the box, the field for the reason."""
    stored, conflict = answer.outcome == "stored", answer.outcome == "conflict"
    key, version, cells = edit.key, edit.version, dict(edit.cells)
    if stored or (conflict and answer.present is not None):
        key, version = answer.key, answer.present.version
    if conflict and answer.present is None:
        key, version = None, ""
        cells |= answer.key
    if stored:
        cells = answer.present.cells
    elif key:
        cells |= key
    words = confirm_words_of(answer, edit)
    ready = answer.outcome == "ready"
    state = {"kind": kind.name, "key": key, "version": version, "checked": seen if ready else ""}
    there = {} if key or answer.present is not None else {"display": "none"}
    return (
        record_form.fields(kind, cells, key, answer.troubles),
        record_form.outcome(kind, answer, data.programme(cells.get("programme_id"))),
        state,
        _("Store it") if ready else _("Check and show what changes"),
        [{"label": words, "value": "yes"}] if words else [],
        {} if words else {"display": "none"},
        there,
        "" if stored else no_update,
        newest(kind, key) if stored else no_update,
    )


def confirm_words_of(answer, edit) -> str:
    """What the box says; it stays while it is ticked and what it is about is still to be stored."""
    if answer.outcome in ("stored", "same"):
        return ""
    return record_form.confirm_words(answer.questions) or (_("Confirmed") if edit.is_confirmed else "")


def read_state(state: Any):
    """Kind, key, version and what was looked at; None for what no page of ours holds. All of it is the caller's."""
    if not isinstance(state, dict) or not all(isinstance(state.get(n), str) for n in ("kind", "version", "checked")):
        return None
    kind, key = data.edited_kinds().get(state["kind"]), state.get("key")
    if kind is None or not (key is None or (isinstance(key, dict) and set(key) == set(data.row_key(kind.name)))):
        return None
    if key is not None and not all(isinstance(value, str) and len(value) < 200 for value in key.values()):
        return None
    return kind, key, state["version"], state["checked"]


register_page(
    __name__,
    path=record_words.RECORDS,
    path_template=f"{record_words.EDIT}/<kind>",
    name=mark("Edit a row"),
    permission=PERMISSION,
    layout=layout,
)
