"""The form an analyst adjusts a forecast with: kind, its numbers, reason, evidence, expiry, and the three steps."""

import re
from datetime import date

import dash_bootstrap_components as dbc
import pandas as pd
from dash import ALL, Input, State, dcc, html

from dashboards import data, wording
from dashboards.adjustment_words import KINDS, MEMBERS
from dashboards.language import gettext as _
from dashboards.language import pick

KIND, VALUE = "workbench-kind", "workbench-value"
RATE, RATE_UNIT = "workbench-rate", "workbench-rate-unit"
BEGINS, SHARE = "workbench-begins", "workbench-share"
SHOCK_TIME, SHOCK_WEIGHT, MEMBER = "workbench-shock-time", "workbench-shock-weight", "workbench-member"
REASON, TEXT, EXPIRES = "workbench-reason", "workbench-text", "workbench-expires"
PREVIEW, SAVE, SUBMIT = "workbench-preview", "workbench-save", "workbench-submit"
MESSAGE, DRAFT, DRAGGED, EVIDENCE = "workbench-message", "workbench-draft", "workbench-dragged", "workbench-evidence"
PANELS = "workbench-panels"
SAID = (KIND, RATE, RATE_UNIT, BEGINS, SHARE, SHOCK_TIME, SHOCK_WEIGHT, MEMBER)  # besides the values by year
WEIGHTS = ("0", "0.25", "0.5")
MONTHS_IT_HOLDS = 12
DAY_SHOWN, DAY_PATTERN = "2027-06-30", r"\s*\d{4}[\-\/.]\d{1,2}[\-\/.]\d{1,2}\s*"
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def states() -> list[State]:
    """What a callback takes to know all that the form says: values, their ids, then SAID."""
    every = {"type": VALUE, "time": ALL}
    return [State(every, "value"), State(every, "id"), *(State(one, "value") for one in SAID)]


def changes() -> list[Input]:
    """The same as what sets a preview off."""
    return [Input({"type": VALUE, "time": ALL}, "value"), *(Input(one, "value") for one in SAID)]


def request_of(values: list, ids: list, kind, rate, rate_unit, begins, share, shock_time, shock_weight, member) -> dict:
    """What the form asks for, as workflows.adjustment_preview takes it: kind and its own parameters.

    Raises data.InputError for values that no form sends.
    """
    of_kind = {
        "typed": lambda: {
            "medians": {f"{one['time']:g}": value for one, value in zip(ids, values, strict=True) if value is not None}
        },
        "growth": lambda: {"rate": rate, "unit": rate_unit},
        "policy": lambda: {"begins": begins, "share": None if share is None else share / 100},
        "shock": lambda: {"years": {shock_time: float(shock_weight)} if shock_time else {}},
        "member": lambda: {"member": member},
    }
    try:
        return {"kind": kind, "parameters": of_kind.get(kind, dict)()}
    except (TypeError, ValueError):  # made by hand: lists where a number belongs, a time without a value
        raise data.InputError(_("The form's values cannot be read. Please open the page anew.")) from None


def is_blank(wanted: dict) -> bool:
    """Whether the form asks for nothing yet: values by year without a value."""
    return wanted["kind"] == "typed" and not wanted["parameters"]["medians"]


def form(bench, draft: dict | None, today: date) -> html.Div:
    """The whole form, filled with a draft of the reader's own where there is one (a row of adjustments)."""
    kind = draft["kind"] if draft else "typed"
    said = draft["parameters"] if draft else {}
    return html.Div(
        [
            html.H2(_("Adjust")),
            choice(KIND, _("Kind of adjustment"), [(one, _(words)) for one, (words, _told) in KINDS.items()], kind),
            html.Div(panels(bench, kind, said), id=PANELS, className=f"kt-kind-{kind}"),
            *why(draft, today),
            html.Div(id=EVIDENCE, className="kt-evidence", **_evidence_words()),
            html.Div(
                [
                    html.Button(_("Preview"), id=PREVIEW, type="button", className="kt-button"),
                    html.Button(_("Save draft"), id=SAVE, type="button", className="kt-button"),
                    html.Button(_("Submit"), id=SUBMIT, type="button", className="kt-button kt-button-main"),
                ],
                className="kt-buttons",
            ),
            html.Div(id=MESSAGE, role="status", **{"aria-live": "polite"}),
            dcc.Store(id=DRAFT, data=draft_key(draft)),
            dcc.Store(id=DRAGGED),
        ],
        className="kt-form",
    )


def draft_key(draft: dict | None) -> dict | None:
    """What a later step names a draft by: its id, and the revision the reader has before them."""
    return {"adjustment_id": int(draft["adjustment_id"]), "revision": int(draft["revision"])} if draft else None


def panels(bench, kind: str, said: dict) -> list:
    """The numbers of every kind; the style sheet shows those of the kind chosen."""
    own = said if kind else {}
    return [
        _panel("typed", [grid(bench, own if kind == "typed" else {})]),
        _panel("growth", _growth(bench, own if kind == "growth" else {})),
        _panel("hold", [_note(_("The median stays at the newest figure; the interval keeps the model's width."))]),
        _panel("policy", _policy(bench, own if kind == "policy" else {})),
        _panel("best_quarter", [_note(_("Moves as fast as the quickest quarter of the areas beside it has moved."))]),
        _panel("parent", [_note(_("Makes the changes that the forecast of the area above makes."))]),
        _panel("shock", _shock(bench, own if kind == "shock" else {})),
        _panel("member", _member(own if kind == "member" else {})),
    ]


def _panel(kind: str, children: list) -> html.Div:
    return html.Div(children, className=f"kt-kind kt-of-{kind}")


def _note(words: str) -> html.P:
    return html.P(words, className="kt-source")


def grid(bench, said: dict) -> html.Div:
    """A small grid: the forecast's years, the model's medians, and a field for the analyst's."""
    stated = {float(year): value for year, value in said.get("medians", {}).items()}
    places = 1 if wording.is_missing(bench.mark["decimals"]) else int(bench.mark["decimals"])
    step = 10**-places
    rows = [html.Tr([html.Th(_("Year")), html.Th(_("Model")), html.Th(_("Adjusted"))])]
    for row in bench.fan.to_dict("records"):
        year = f"{row['time']:g}"
        field = dcc.Input(
            type="number",
            id={"type": VALUE, "time": row["time"]},
            value=stated.get(row["time"]),
            step="any",
            debounce=True,
            className="kt-grid-input",
        )
        label = html.Label([html.Span(_("Adjusted, {year}", year=year), className="visually-hidden"), field])
        rows.append(html.Tr([html.Th(year, scope="row"), html.Td(wording.number(row["q500"], places)), html.Td(label)]))
    unit = wording.unit_name(bench.mark["unit"])
    note = _(
        "In {unit}. Drag a square in the chart, or type; between the years you state the line runs straight, after them it goes on as the model does. Arrow keys move a square by {step}.",
        unit=unit,
        step=f"{step:g}",
    )
    table = html.Table([html.Thead(rows[0]), html.Tbody(rows[1:])], className="kt-year-grid")
    return html.Div([table, _note(note)])


def _growth(bench, said: dict) -> list:
    return rate_fields(RATE, RATE_UNIT, _points(bench.mark["unit"]), said)


def rate_fields(rate: str, unit: str, points: str, said: dict) -> list:
    """A rate and what it is in; rate, unit: ids of the fields, points: the word for the indicator's own unit."""
    units = [("points", _("{unit} a year", unit=points)), ("percent", _("% a year"))]
    return [
        _number(rate, _("Rate from the newest figure on (minus is falling)"), said.get("rate")),
        choice(unit, _("In"), units, said.get("unit", "points")),
    ]


def _points(unit: str) -> str:
    return _("points") if unit == "percent" else wording.unit_name(unit)


def _policy(bench, said: dict) -> list:
    last = bench.observed.dropna(subset=["value"])["time"].max()
    years = sorted({float(last), *bench.fan["time"].tolist()[:-1]})
    return policy_fields(BEGINS, SHARE, years, said)


def policy_fields(begins: str, share: str, years: list[float], said: dict) -> list:
    """From when, and how much of the gap; begins, share: ids of the fields."""
    options = [(f"{year:g}", f"{year:g}") for year in years]
    chosen = f"{said['begins']:g}" if "begins" in said else options[min(1, len(options) - 1)][0]
    of_gap = 100 * said["share"] if "share" in said else 50
    return [
        choice(begins, _("Takes effect after the end of"), options, chosen),
        _number(share, _("Closes this share of the gap the model leaves, in %"), of_gap),
    ]


def _shock(bench, said: dict) -> list:
    times = bench.observed.dropna(subset=["value"]).sort_values("time", ascending=False)
    options = [(f"{row['time']:g}", wording.period(row["period"])) for row in times.to_dict("records")]
    cut = said.get("years", {})
    chosen = next(iter(cut), options[0][0] if options else None)
    weights = [("0", _("cut: as if it had not been reported")), ("0.25", _("a quarter")), ("0.5", _("half"))]
    weight = f"{cut.get(chosen, 0):g}"
    return [
        choice(SHOCK_TIME, _("Year of the shock"), options, chosen),
        choice(SHOCK_WEIGHT, _("Counts for"), weights, weight if weight in WEIGHTS else "0"),
        _note(_("The model is fitted anew without it, or with less of it.")),
    ]


def _member(said: dict) -> list:
    options = [(one, _(words)) for one, words in MEMBERS.items()]
    return [choice(MEMBER, _("Part of the model"), options, said.get("member", "last_value"))]


def why(draft: dict | None, today: date) -> list:
    """Reason, the analyst's own words, and until when it holds."""
    offered = data.adjustment_reasons()
    offered = offered[offered["is_offered"]]
    reasons = [(row["reason_code"], pick(row["name_zh"], row["name_en"])) for row in offered.to_dict("records")]
    text = dbc.Textarea(
        id=TEXT, value=draft["reason_text"] if draft else "", rows=3, maxlength=2000, className="kt-textarea"
    )
    until = (
        draft["expires_on"].date() if draft else (pd.Timestamp(today) + pd.DateOffset(months=MONTHS_IT_HOLDS)).date()
    )
    # Not type="date": its order of day, month and year follows the browser, not the page.
    day = dbc.Input(
        id=EXPIRES, type="text", value=until.isoformat(), maxlength=12, pattern=DAY_PATTERN, size="sm",
        inputmode="numeric", placeholder=DAY_SHOWN,
    )  # fmt: skip
    return [
        choice(REASON, _("Reason for it"), reasons, draft["reason_code"] if draft else reasons[0][0]),
        _field(_("Why, in your own words (source, document, who said so)"), text),
        _field(_("Holds until (year-month-day)"), day),
    ]


def _evidence_words() -> dict[str, str]:
    """What assets/workbench.js says while it sends a file."""
    return {
        "data-label": _("Evidence (PDF, picture, Word, Excel; at most {size} MB)", size=data.LARGEST // 2**20),
        "data-waiting": _("{name} will be added when the draft is saved.", name="{name}"),
        "data-sending": _("Sending {name}…", name="{name}"),
        "data-sent": _("{name} is with the draft.", name="{name}"),
        "data-failed": _("{name} was not taken.", name="{name}"),
    }


def _field(label: str, field) -> html.Label:
    return html.Label([html.Span(label), field], className="kt-field")


def choice(id: str, label: str, options: list[tuple[str, str]], value: str | None) -> html.Label:
    """A labelled select of (value, words)."""
    return _field(
        label, dbc.Select([{"value": key, "label": words} for key, words in options], value, id=id, size="sm")
    )


def _number(id: str, label: str, value: float | None) -> html.Label:
    return _field(label, dcc.Input(type="number", id=id, value=value, step="any", debounce=True))


def day_of(text) -> date | None:
    """The day a date field holds, as 2027-06-30, 2027/6/30 or 2027年6月30日; None where it holds none.

    Raises data.InputError for what is no day: the usual term must not stand in for it unseen.
    """
    if not isinstance(text, str) or not text.strip():
        return None
    found = DAY.fullmatch(text.strip())
    try:
        return date(*(int(part) for part in found.groups()))
    except (AttributeError, ValueError):
        raise data.InputError(
            _("“{text}” is no day. Please write year-month-day, for example {example}.", text=text, example=DAY_SHOWN)
        ) from None
