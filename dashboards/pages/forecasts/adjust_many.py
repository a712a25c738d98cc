"""One adjustment for many series at once: of a district, or of an indicator. Seen in numbers first, then handed in as one."""

from dash import ClientsideFunction, Input, Output, State, dcc, html, no_update

from dashboards import adjustment_words, components, data, wording, workbench_form
from dashboards.access import callback, clientside_callback, register_page
from dashboards.adjustment_steps import refused
from dashboards.language import gettext as _
from dashboards.language import mark, ngettext, pick
from dashboards.trajectories import decimals
from dashboards.workbench_form import EXPIRES, REASON, TEXT

PATH, BACK = "/adjustments/many", "/adjustments"
PERMISSION = "adjust forecasts"
CHOSEN, LISTED, LOOK, HAND_IN, SAID = "many-chosen", "many-listed", "many-look", "many-hand-in", "many-message"
ABOUT, PANELS = "many-about", "many-panels"
# Ids of its own: the workbench's fields set off its preview.
KIND, RATE, RATE_UNIT, BEGINS, SHARE = "many-kind", "many-rate", "many-rate-unit", "many-begins", "many-share"
KINDS = ("growth", "hold", "policy", "best_quarter", "parent")
MOST_SERIES = 300


def layout(**query):
    """?plan=&by=area|indicator&area=&indicator=: which series; the form and the list with its numbers follow."""
    plan = data.plan(query.get("plan"))
    if plan is None:
        return components.nothing_judged()
    by = "indicator" if query.get("by") == "indicator" else "area"
    place = data.place(plan["plan_id"], query.get("area"))
    indicators = offered_indicators(plan["plan_id"])
    indicator = query["indicator"] if query.get("indicator") in indicators else next(iter(indicators), None)
    narrowed = {"area_id": place["area_id"]} if by == "area" else {"indicator_id": indicator}
    series = data.bulk_series(plan["plan_id"], narrowed.get("area_id"), narrowed.get("indicator_id"))
    about = {"plan": plan["plan_id"], "by": by, "area": place["area_id"], "indicator": indicator}
    name = data.name(place) if by == "area" else indicators.get(indicator, "")
    return components.page(
        ngettext("{number} series of {name} can be adjusted at once", "{number} series of {name} can be adjusted at once",
                 len(series), name=name),
        subline=[data.name(plan), components.link(_("To the adjustments"), BACK)],
        controls=controls(plan, by, place, indicators, indicator),
        children=[
            html.Div([form(plan), html.Div(before_preview(), id=LISTED, className="kt-many-list")], className="kt-many"),
            dcc.Store(id=ABOUT, data=about),
        ],
        method=[
            _("One reason and one decision for all: they are handed in together, and approved or returned together."),
            _("A series that the adjustment does not fit is listed apart with the reason, and left out."),
        ],
    )  # fmt: skip


def offered_indicators(plan_id: str) -> dict[str, str]:
    targets = data.targets(plan_id).drop_duplicates("indicator_id").to_dict("records")
    return {row["indicator_id"]: pick(row["name_zh"], row["name_en"]) for row in targets}


def controls(plan: dict, by: str, place: dict, indicators: dict[str, str], indicator: str | None) -> list:
    """By what, and which."""
    kinds = [{"value": "area", "label": _("one district, all indicators")}]
    kinds.append({"value": "indicator", "label": _("one indicator, all areas")})
    chosen = [components.choice("by", _("Which series"), kinds, by)]
    if by == "area":
        return [*chosen, components.plan_and_area(plan, place)[1]]
    options = [{"value": one, "label": words} for one, words in indicators.items()]
    return [*chosen, components.choice("indicator", _("Indicator"), options, indicator, searchable=True)]


def before_preview() -> html.P:
    """What will stand beside the form."""
    return html.P(
        _(
            "Say how to adjust and press Preview: each series is listed here with both medians and chances. Nothing is stored until you hand the ticked ones in."
        ),
        className="kt-muted",
    )


def form(plan: dict) -> html.Div:
    """The same fields as for one series, of the kinds that suit many."""
    return html.Div(
        [
            html.H2(_("Adjust")),
            *kinds(data.newest_run(plan["plan_id"])["as_of"].year),
            *workbench_form.why(None, data.today()),
            html.Div(html.Button(_("Preview"), id=LOOK, type="button", className="kt-button"), className="kt-buttons"),
            html.Div(id=SAID, role="status"),
        ],
        className="kt-form",
    )


def kinds(year: int) -> list:
    """Kind, and the numbers of each; year: of the review."""
    options = [(kind, _(adjustment_words.KINDS[kind][0])) for kind in KINDS]
    own_unit = _("of the indicator's unit")
    years = [float(one) for one in range(year - 1, year + 4)]
    panels = {
        "growth": workbench_form.rate_fields(RATE, RATE_UNIT, own_unit, {}),
        "policy": workbench_form.policy_fields(BEGINS, SHARE, years, {}),
    }
    shown = [html.Div(fields, className=f"kt-kind kt-of-{kind}") for kind, fields in panels.items()]
    chosen = "policy"
    return [
        workbench_form.choice(KIND, _("Kind of adjustment"), options, chosen),
        html.Div(shown, id=PANELS, className=f"kt-kind-{chosen}"),
    ]


def asked(kind, rate, rate_unit, begins, share) -> dict:
    return workbench_form.request_of([], [], kind, rate, rate_unit, begins, share, None, None, None)


def series_of(about) -> list[tuple[str, str]]:
    """The series an address chose; none for what names none."""
    if not isinstance(about, dict) or not isinstance(about.get("plan"), str):
        return []
    plan = data.plan(about["plan"])
    if plan is None or plan["plan_id"] != about["plan"]:
        return []
    area, indicator = (about.get("area"), None) if about.get("by") == "area" else (None, about.get("indicator"))
    found = data.bulk_series(about["plan"], area, indicator)
    return list(found.head(MOST_SERIES).itertuples(index=False, name=None))


@callback(
    Output(LISTED, "children"),
    Output(SAID, "children"),
    Input(LOOK, "n_clicks"),
    State(ABOUT, "data"),
    State(KIND, "value"),
    State(RATE, "value"),
    State(RATE_UNIT, "value"),
    State(BEGINS, "value"),
    State(SHARE, "value"),
    permission=PERMISSION,
    prevent_initial_call=True,
)
def look(clicks, about, *said):
    """The list with its numbers; nothing is stored."""
    series = series_of(about)
    if not series:
        return no_update, refused(_("There is no series to adjust here. Please open the page anew."))
    try:
        wanted = asked(*said)
        told = data.preview_bulk(about["plan"], series, wanted["kind"], wanted["parameters"])
    except data.InputError as error:
        return no_update, refused(str(error))
    return listed(told, about["plan"]), None


def listed(told, plan_id: str) -> list:
    """A box to tick for each series that fits, with both medians and chances; the others with the reason."""
    fitting, others = told[told["fits"]], told[~told["fits"]]
    options = [
        {"value": f"{row['indicator_id']}|{row['area_id']}", "label": line(row)} for row in fitting.to_dict("records")
    ]
    count = ngettext("{number} series fits", "{number} series fit", len(fitting))
    parts = [
        html.H2(count),
        dcc.Checklist(options, [option["value"] for option in options], id=CHOSEN, className="kt-checks"),
        html.Button(_("Hand in as one batch"), id=HAND_IN, type="button", className="kt-button kt-button-main"),
    ]
    if len(others):
        rows = [html.Li([series_name(row), _(": "), *chinese(row["why_not"])]) for row in others.to_dict("records")]
        heading = ngettext("{number} series does not fit", "{number} series do not fit", len(others))
        parts.append(html.Details([html.Summary(heading), html.Ul(rows)]))
    return parts


def chinese(words: str) -> list:
    said = components.mark_chinese(words)
    return said if isinstance(said, list) else [said]


def series_name(row: dict) -> str:
    names = [data.name(data.area(row["area_id"]) or {}), data.name(data.indicator(row["indicator_id"]) or {})]
    return _("{area}, {indicator}", area=names[0], indicator=names[1])


def line(row: dict) -> str:
    """Both versions of one series in a line."""
    about = data.indicator(row["indicator_id"]) or {"unit": "", "decimals": None}
    places = decimals(about)
    facts = {
        "series": series_name(row),
        "year": f"{row['time']:g}",
        "model": wording.value(row["median_model"], about["unit"], places),
        "adjusted": wording.value(row["median_adjusted"], about["unit"], places),
        "p_model": components.rounded(row["p_miss_model"]),
        "p_adjusted": components.rounded(row["p_miss_adjusted"]),
    }
    return _("{series}: {year} model {model}, adjusted {adjusted}; chance of missing {p_model} → {p_adjusted}", **facts)


@callback(
    Output(LISTED, "children", allow_duplicate=True),
    Output(SAID, "children", allow_duplicate=True),
    Input(HAND_IN, "n_clicks"),
    State(CHOSEN, "value"),
    State(ABOUT, "data"),
    State(REASON, "value"),
    State(TEXT, "value"),
    State(EXPIRES, "value"),
    State(KIND, "value"),
    State(RATE, "value"),
    State(RATE_UNIT, "value"),
    State(BEGINS, "value"),
    State(SHARE, "value"),
    permission=PERMISSION,
    prevent_initial_call=True,
)
def hand_in(clicks, chosen, about, code: str | None, text: str | None, expires, *said):
    """Save what is ticked as one batch and hand it in; all of it or none."""
    if not clicks:
        return no_update, no_update
    allowed = {f"{indicator}|{area}": (indicator, area) for indicator, area in series_of(about)}
    ticked = chosen if isinstance(chosen, list) else []
    series = [allowed[one] for one in ticked if isinstance(one, str) and one in allowed]
    if not allowed:
        return no_update, refused(_("There is no series to adjust here. Please open the page anew."))
    try:
        wanted = asked(*said)
        count = data.submit_bulk(
            about["plan"], series, wanted["kind"], wanted["parameters"], code or "", text or "",
            workbench_form.day_of(expires),
        )  # fmt: skip
    except data.InputError as error:
        return no_update, refused(str(error))
    words = ngettext("{number} adjustment waits for approval", "{number} adjustments wait for approval", count)
    back = components.link(_("To the adjustments"), BACK)
    return [], html.P([words, " ", back], className="kt-done")


clientside_callback(
    ClientsideFunction("kangtuWorkbench", "show"),
    Output(PANELS, "className"),
    Input(KIND, "value"),
    permission=PERMISSION,
    module=__name__,
)
register_page(__name__, path=PATH, name=mark("Adjust many series"), permission=PERMISSION, layout=layout, order=64)
