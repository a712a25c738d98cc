"""The form of one row: a field for each column of its kind, what would change, what must be said first."""

import hashlib
import json

import dash_bootstrap_components as dbc
from dash import dcc, html

from dashboards import components, data, record_words, wording
from dashboards.language import gettext as _

FIELD = "edit-field"  # type of the pattern-matching ids
STEPS = ("eligible", "invited", "attended", "positive", "confirmed", "followed_up", "uploaded")
LONG = ("note", "evidence", "services", "stages", "eligibility_zh", "deliverable_zh", "deliverable_en", "title_zh")
LONGEST = 2_000
MOST_OPTIONS = 1_000  # places to choose from; beyond that the code is typed
QUESTIONS = ("final", "certified", "aside")


def columns_shown(kind, cells: dict) -> list:
    """The columns the form has a field for: of counts the steps of the programme."""
    hidden = {"row_mark", "area_name"}
    if kind.name == "observations":
        hidden |= {"unit"}  # the indicator's, beside the value
    if kind.name == "programme_counts":
        hidden |= {"stage", "value"}
        programme = data.programme(cells.get("programme_id"))
        if programme is not None:
            hidden |= set(STEPS) - set(programme["stages"].split(";"))
    return [column for column in kind.columns if column.name not in hidden]


def fields(kind, cells: dict, key: dict | None, troubles: list) -> html.Div:
    """Every field with its label, help and what is wrong with it. key: of a row that stands; its columns are fixed."""
    programme = data.programme(cells.get("programme_id"))
    of_row = [one for one in troubles if not one.column]
    shown = columns_shown(kind, cells)
    rows = [
        _field(column, cells.get(column.name, ""), _label(column, cells, programme),
               [t for t in troubles if t.column == column.name], is_fixed=key is not None and column.name in key)
        for column in shown
    ]  # fmt: skip
    elsewhere = [t for t in troubles if t.column and t.column not in {column.name for column in shown}]
    return html.Div([*[trouble(one) for one in (*of_row, *elsewhere)], html.Div(rows, className="kt-fields")])


def _label(column, cells: dict, programme: dict | None) -> str:
    """A column's label; of a figure's value with the unit."""
    words = record_words.label(column, programme)
    indicator = data.indicator(cells.get("indicator_id")) if column.name == "value" else None
    return f"{words} ({wording.unit_name(indicator['unit'])})" if indicator else words


def _field(column, text: str, title: str, troubles: list, *, is_fixed: bool) -> html.Div:
    head = [title, html.Span(" *", title=_("must be filled")) if column.required and not is_fixed else None]
    if is_fixed:
        body = html.Div(record_words.shown(column, text), className="kt-fixed")
        return html.Div([html.Span(title, className="kt-field-label"), body], className="kt-field")
    offered = options_of(column)
    is_plain = column.name in STEPS or (offered is not None and not column.choices)
    help_text = "" if is_plain else record_words.advice(column)
    return html.Div(
        [
            html.Label([part for part in head if part], htmlFor=_html_id(column), className="kt-field-label"),
            html.Div(_input(column, text, offered)),
            html.Div(help_text, className="kt-muted kt-field-help") if help_text else None,
            *[trouble(one) for one in troubles],
        ],
        className="kt-field kt-field-wrong" if troubles else "kt-field",
    )


def _html_id(column) -> str:
    """The id Dash gives the element of a pattern-matching id: its JSON, keys in order."""
    return json.dumps({"column": column.name, "type": FIELD}, separators=(",", ":"))


def _input(column, text: str, offered: list[dict] | None):
    ident = {"type": FIELD, "column": column.name}
    if offered is None:
        kind = "kt-long" if column.name in LONG else ""
        return dcc.Input(type="text", id=ident, value=text, maxLength=LONGEST, className=f"kt-input {kind}".strip())
    if text and text not in {one["value"] for one in offered}:
        offered = [*offered, {"value": text, "label": text}]
    if len(offered) > 12:
        words = {"search": _("Search"), "clear_search": _("Clear"), "clear_selection": _("Clear")}
        words["no_options_found"] = _("Nothing found")
        return dcc.Dropdown(offered, text or None, id=ident, labels=words, className="kt-dropdown", placeholder="")
    return dbc.Select([{"value": "", "label": "—"}, *offered], text, id=ident, size="sm")


def options_of(column) -> list[dict] | None:
    """What there is to choose from; None where it is typed."""
    if column.choices and column.grammar == "choice":
        named = data.cell_type_names() if column.name == "cell_type" else ()  # the plans name more types
        offered = dict.fromkeys([*column.choices, *named])
        return [{"value": stored, "label": record_words.word_of(column, stored)} for stored in offered]
    if column.grammar == "yes_no":
        return [{"value": "是", "label": _("yes")}, {"value": "否", "label": _("no")}]
    if column.grammar == "area":
        places = data.areas()
        if len(places) > MOST_OPTIONS:
            return None
        return [
            {"value": row["area_id"], "label": f"{data.name(row)} {row['area_id']}"}
            for row in places.to_dict("records")
        ]
    if column.grammar == "programme":
        return [{"value": key, "label": data.name(row)} for key, row in data.programmes().to_dict("index").items()]
    if column.grammar == "indicator":
        rows = data.indicators().to_dict("records")
        return [{"value": row["indicator_id"], "label": f"{data.name(row)} {row['indicator_id']}"} for row in rows]
    return None


def trouble(one) -> html.Div:
    """What is wrong and how to mend it, in Chinese as imports say it."""
    return html.Div(f"{one.what}。{one.mend}。", className="kt-lacking", role="alert", lang="zh")


def outcome(kind, answer, programme: dict | None) -> html.Div:
    """What pressing the button came to."""
    parts = {
        "conflict": _conflict, "refused": _refused, "same": _same, "asked": _asked, "ready": _ready, "stored": _stored,
    }[answer.outcome](kind, answer, programme)  # fmt: skip
    told = [html.P(line, lang="zh", className="kt-source") for line in answer.notices]
    return html.Div([*parts, *told], className=f"kt-outcome kt-outcome-{answer.outcome}", role="status")


def _conflict(kind, answer, programme) -> list:
    if answer.present is None:
        said = _("Somebody took this row back while you had the form open. Press the button again to add it anew.")
        return [components.notice(said, kind="stale")]
    said = _("This row is not what you had before you: somebody else changed it, or it was there already.")
    advice = _("Both are shown here. Press the button again to put yours in its place.")
    heads = (_("It says now"), _("You typed"))
    return [components.notice(said, advice, kind="stale"), _changes(kind, answer, programme, heads)]


def _refused(kind, answer, programme) -> list:
    count = len(answer.troubles)
    words = _("Nothing has been stored: {number} to mend, beside the fields", number=count)
    return [html.P(words, className="kt-lacking")]


def _same(kind, answer, programme) -> list:
    return [html.P(_("Nothing would change: the row says this already."))]


def _asked(kind, answer, programme) -> list:
    wanted = []
    if "reason" in answer.questions:
        wanted.append(_("say why what stands is changed"))
    if set(answer.questions) & set(QUESTIONS):
        wanted.append(_("tick the box below"))
    words = _("Not stored yet. Please {what}, then press the button again.", what=wording.joined(wanted))
    return [html.P(words, className="kt-lacking"), _changes(kind, answer, programme)]


def _ready(kind, answer, programme) -> list:
    return [html.P(_("This would be stored. Press the button again to store it.")), _changes(kind, answer, programme)]


def _stored(kind, answer, programme) -> list:
    words = _("Stored as no. {number}.", number=answer.submission_id)
    ways = [
        components.link(_("History"), f"{record_words.HISTORY}/{kind.name}", **answer.key),
        " · ",
        components.link(_("Add another"), f"{record_words.EDIT}/{kind.name}"),
        " · ",
        components.link(_("To the list"), record_words.RECORDS, kind=kind.name),
    ]
    return [html.P([words, " ", *ways], className="kt-done"), _changes(kind, answer, programme)]


def _changes(kind, answer, programme, heads: tuple[str, str] | None = None) -> html.Div:
    before, after = heads or (_("Until now"), _("From now on"))
    rows = [
        [record_words.label(kind.column(one.column), programme), _cell(kind, one.column, one.before),
         html.Strong(_cell(kind, one.column, one.after))]
        for one in answer.changes
    ]  # fmt: skip
    return components.simple_table(["", before, after], rows, caption=_("What changes"), className="kt-stacked")


def _cell(kind, name: str, text: str):
    return record_words.shown(kind.column(name), text) or wording.MISSING


def confirm_words(questions: list[str]) -> str:
    """The sentence beside the box; "" where there is nothing to confirm."""
    said = {
        "final": _("I know that this figure is final and change it all the same."),
        "certified": _("I know that this count is certified and certify another one in its place."),
        "aside": _("I know that a certified count stands: it stays, and what I report is kept aside."),
    }
    return next((said[one] for one in questions if one in said), "")


def digest(cells: dict[str, str], reason: str, is_confirmed: bool, version: str) -> str:
    """Tells whether what is sent is what was looked at."""
    said = json.dumps([cells, reason, is_confirmed, version], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:32]
