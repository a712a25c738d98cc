"""Siting what-if: where the next sites reach most, how good the answer is, what one more would add; scenarios to keep."""

from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import Input, Output, State, dcc, html, no_update

from dashboards import access, components, data, siting_figures, siting_words
from dashboards.access import callback, register_page
from dashboards.data import sited
from dashboards.data.sited import MCLP, Sited
from dashboards.language import gettext as _
from dashboards.language import mark
from dashboards.siting_export import PLACES, SITES, asked_for
from dashboards.siting_form import (
    AREA,
    CANCEL,
    CANDIDATES,
    FIELDS,
    FORBID,
    LOCK,
    MESSAGE,
    PROGRESS,
    RUN,
    STANDING,
    asked_by,
    form,
)

PATH = "/siting"
MAP, GAINS, GO, JOB, CLOCK = "siting-map", "siting-gains", "siting-go", "siting-job", "siting-clock"
NAME, SAVE, SAVED, SHOWN = "siting-name", "siting-save", "siting-saved", "siting-shown"
OTHER = "siting-other"
POLL_MS = 500
OPEN = ("queued", "running")


def layout(**query):
    """?scenario=ID shows a saved one, ?job=ID the reader's own answer, &with=ID a second scenario beside it; else the
    plan's worked example (?plan=)."""
    state = {key: query[key] for key in ("scenario", "job", "plan") if query.get(key)}
    found = asked_for(state)
    if found is None:
        return _not_there(state)
    other = sited.saved_scenario(query.get("with"))
    return components.page(
        siting_words.finding(found),
        subline=siting_words.subline(found),
        children=[
            html.Div([html.Div(_answer(found, state)), form(found.asked)], className="kt-workbench siting"),
            dcc.Location(id=GO, refresh="callback-nav"),
            dcc.Store(id=JOB),
            dcc.Store(id=SHOWN, data=state),
            dcc.Interval(id=CLOCK, interval=POLL_MS, disabled=True),
        ],
        table=html.Div([*_tables(found, state), _scenarios(found, other, state)]),
        method=siting_words.method(found),
        wide=True,
    )


def _not_there(state: dict[str, str]) -> html.Main:
    back = components.link(_("To the worked example"), PATH, plan=state.get("plan"))
    notice = components.empty(
        _("This scenario is not there, or you may not see it"), _("Choose another one."), action=back
    )
    return components.page(_("Where would the next sites reach most?"), children=[notice])


def _answer(found: Sited, state: dict[str, str]) -> list:
    """The figures, the map and the curve; a refusal or an invitation where there is no answer."""
    if found.result is None:
        words = found.refusal or _("This question is too large to be answered at once: press “Work it out”.")
        return [components.empty(_("No answer yet"), words)]
    result = found.result
    note = _("Numbers: the order of what each site adds. A click on a candidate locks it, another lets it go.")
    parts = [_cards(result)]
    figure = components.finish(siting_figures.site_map(found, components.palette()), source=_source(found))
    alt = _("{finding} The same figures stand in the tables below.", finding=siting_words.finding(found) + ". ")
    parts.append(components.graph(MAP, figure, alt=alt, file_name="kangtu-siting", height=650))
    bar = components.download_bar(PLACES, figure=MAP, **state)
    query = "?" + urlencode(state) if state else ""
    geojson = html.A("GeoJSON", href=f"/download/siting.geojson{query}", className="kt-download", download="")
    bar.children = [*bar.children, geojson]
    parts += [html.P(note, className="kt-source"), bar]
    if len(result["curve"]) > 1:
        curve = components.finish(siting_figures.gains(result, components.palette()))
        parts.append(html.H2(_("What each further site adds")))
        parts.append(
            components.graph(GAINS, curve, alt=_curve_words(result), file_name="kangtu-siting-gains", height=280)
        )
        parts.append(html.P(_curve_words(result), className="kt-source"))
    return parts


def _source(found: Sited) -> str:
    parts = [_("Seats: approximate, 示意")] if any(place["is_rough"] for place in found.result["demand"]) else []
    return " · ".join([*parts, _("straight-line distance, WGS-84")])


def _curve_words(result: dict) -> str:
    """What the last and the next site add, in a sentence."""
    at = {point["p"]: point for point in result["curve"]}
    here, after = at.get(result["p"]), at.get(result["p"] + 1)
    note = _("Each point is the best choice of so many sites; hollow: not proven the best.")
    if here is None or after is None or here["people_share"] is None or result["model"] != MCLP:
        return note
    more = result["people"] * (after["people_share"] - here["people_share"])
    return _("One site more would reach {people} more people.", people=siting_words.wording.number(more)) + " " + note


def _cards(result: dict) -> html.Div:
    word, numbers = siting_words.verdict(result)
    cards = [components.card(word, numbers)]
    if result["radius_m"] is not None:
        left_out = sum(place["covered"] is False for place in result["demand"])
        of_all = _("{left_out} of {places} townships out of reach", left_out=left_out, places=result["places"])
        cards.append(components.card(siting_words.percent(result["people_share"]), _("of people within reach")))
        cards.append(components.card(siting_words.percent(result["places_share"]), of_all))
    cards.append(components.card(siting_words.km(result["mean_m"]), _("to the nearest site on average")))
    cards.append(components.card(siting_words.km(result["max_m"]), _("the longest way")))
    return html.Div(cards, className="kt-cards siting-cards")


def _tables(found: Sited, state: dict[str, str]) -> list:
    """The uncovered places, largest first, and the chosen sites."""
    if found.result is None:
        return []
    result = found.result
    parts = []
    rows = siting_words.place_rows(result, only_uncovered=result["radius_m"] is not None)
    heading = _("Out of reach, largest first") if result["radius_m"] is not None else _("Townships, largest first")
    parts.append(html.H2(heading))
    if rows.empty:
        parts.append(html.P(_("Every township is within reach."), className="kt-muted"))
    else:
        parts.append(components.table("siting-places-table", rows, siting_words.place_columns(), label=heading))
    parts.append(html.H2(_("The chosen sites, in the order of what each adds")))
    columns, label = siting_words.site_columns(result), _("The chosen sites")
    parts.append(components.table("siting-sites-table", siting_words.site_rows(result), columns, label=label))
    return [*parts, components.download_bar(SITES, **state)]


def _scenarios(found: Sited, other: Sited | None, state: dict[str, str]) -> html.Div:
    """Save this answer; the saved ones; two beside each other."""
    saved = sited.saved_scenarios()
    parts = [html.H2(_("Scenarios"))]
    if found.result is not None and found.scenario_id is None and access.may("save scenarios"):
        field = dbc.Input(id=NAME, type="text", maxLength=80, size="sm", placeholder=_("Name of the scenario"))
        button = html.Button(_("Save this answer"), id=SAVE, type="button", className="kt-button")
        parts.append(
            html.Div(
                [html.Label([html.Span(_("Name"), className="visually-hidden"), field]), button],
                className="siting-save",
            )
        )
    parts.append(html.Div(id=SAVED, role="status"))
    if saved.empty:
        parts.append(html.P(_("Nothing has been saved yet."), className="kt-muted"))
        return html.Div(parts, className="siting-scenarios")
    parts.append(_saved_list(saved, found))
    if found.scenario_id is not None:
        options = [
            {"value": row.scenario_id, "label": row.name}
            for row in saved.itertuples(index=False)
            if row.scenario_id != found.scenario_id
        ]
        if options:
            chosen = other.scenario_id if other else None
            parts.append(components.choice("with", _("Compare with"), options, chosen, searchable=True))
    if other is not None and other.result is not None and found.result is not None:
        parts.append(_compared(found, other))
    return html.Div(parts, className="siting-scenarios")


def _saved_list(saved, found: Sited) -> html.Div:
    rows = [
        [
            components.link(row.name, PATH, scenario=row.scenario_id)
            if row.scenario_id != found.scenario_id
            else html.Strong(row.name),
            data.name(data.area(row.area_id)),
            row.owner_name,
            siting_words.wording.day(row.created_at),
        ]
        for row in saved.head(50).itertuples(index=False)
    ]
    heads = [_("Scenario"), _("Area"), _("Saved by"), _("Day")]
    return components.simple_table(heads, rows, caption=_("Saved scenarios"))


def _compared(one: Sited, other: Sited) -> html.Div:
    """Two saved scenarios, figure by figure, and the sites only one of them has."""
    a, b = one.result, other.result
    lines = [
        (_("Model"), *(_(siting_words.MODELS[r["model"]][0]) for r in (a, b))),
        (_("Sites in all"), str(a["p"]), str(b["p"])),
        (_("Radius"), siting_words.km(a["radius_m"]), siting_words.km(b["radius_m"])),
        (_("People reached"), siting_words.percent(a["people_share"]), siting_words.percent(b["people_share"])),
        (_("Places reached"), siting_words.percent(a["places_share"]), siting_words.percent(b["places_share"])),
        (_("Way on average"), siting_words.km(a["mean_m"]), siting_words.km(b["mean_m"])),
        (_("Longest way"), siting_words.km(a["max_m"]), siting_words.km(b["max_m"])),
        (_("How good"), siting_words.verdict(a)[0], siting_words.verdict(b)[0]),
        (_("Sites only here"), _only(a, b), _only(b, a)),
    ]
    heads = [_("Compared"), one.name, other.name]
    return components.simple_table(heads, [list(line) for line in lines], caption=_("Two scenarios"))


def _only(mine: dict, theirs: dict) -> str:
    others = {(site["site_id"], site["lon"], site["lat"]) for site in theirs["chosen"]}
    own = [s for s in mine["chosen"] if (s["site_id"], s["lon"], s["lat"]) not in others]
    return siting_words.wording.joined([siting_words.site_name(site) for site in own]) or _("none")


# Working it out -------------------------------------------------------------------------------------------------------


@callback(
    Output(JOB, "data"),
    Output(CLOCK, "disabled", allow_duplicate=True),
    Output(MESSAGE, "children", allow_duplicate=True),
    Input(RUN, "n_clicks"),
    *[State(field, "value" if field != AREA else "data") for field in FIELDS],
    permission="see figures",
    prevent_initial_call=True,
)
def start(_clicks, *fields):
    """Hand the question to a worker; a question that cannot be answered is refused at once, in words."""
    asked, wrong = asked_by(*fields)
    if wrong is None:
        job_id, wrong = sited.submit_siting(asked)
    if wrong is not None:
        return no_update, no_update, html.P(components.mark_chinese(wrong), className="siting-wrong")
    return job_id, False, ""


@callback(
    Output(PROGRESS, "children"),
    Output(CLOCK, "disabled"),
    Output(CANCEL, "disabled"),
    Output(RUN, "disabled"),
    Output(MESSAGE, "children"),
    Output(GO, "href"),
    Input(CLOCK, "n_intervals"),
    Input(JOB, "data"),
    permission="see figures",
    prevent_initial_call=True,
)
def follow(_ticks, job_id):
    """How far the work is; when it is done, the page of its answer."""
    job = sited.siting_job(job_id) if isinstance(job_id, str) else None
    if job is None:
        return "", True, True, False, no_update, no_update
    if job["state"] in OPEN:
        return _progress(job), False, False, True, "", no_update
    if job["state"] == "done":
        return "", True, True, False, "", f"{PATH}?{urlencode({'job': job_id})}"
    words = _("Cancelled.") if job["state"] == "cancelled" else components.mark_chinese(job["message"])
    return "", True, True, False, html.P(words, className="siting-wrong"), no_update


def _progress(job: dict) -> html.Div:
    """A bar with what the solver is at and what it knows so far."""
    step, value, bound = [*(job["message"] or "").split(" "), "-", "-"][:3] if job["message"] else ("queued", "-", "-")
    words = _("Waiting for a worker…") if step not in siting_words.STEPS else _(siting_words.STEPS[step]) + "…"
    bar = html.Progress(value=str(round(job["progress"], 3)), max="1", **{"aria-label": words})
    known = [
        _(label, number=siting_words.wording.number(float(number)))
        for label, number in ((mark("best so far {number}"), value), (mark("bound {number}"), bound))
        if number != "-" and job["parameters"]["model"] != MCLP
    ]
    return html.Div([html.P(" · ".join([words, *known])), bar], className="siting-progress")


@callback(
    Output(CANCEL, "title"),
    Input(CANCEL, "n_clicks"),
    State(JOB, "data"),
    permission="see figures",
    prevent_initial_call=True,
)
def cancel(_clicks, job_id):
    """Ask the worker to stop; the next look says that it did."""
    if isinstance(job_id, str):
        sited.cancel_siting(job_id)
    return no_update


@callback(
    Output(LOCK, "options"),
    Output(FORBID, "options"),
    Input(CANDIDATES, "value"),
    Input(STANDING, "value"),
    State(AREA, "data"),
    permission="see figures",
    prevent_initial_call=True,
)
def offer_sites(candidates, standing, area):
    """What can be locked or forbidden follows from where sites can be."""
    asked, _wrong = asked_by(None, None, None, None, candidates, standing, None, None, "", area)
    options = sited.site_options(asked["area_id"], asked["candidates"], asked["standing"])
    return options, options


@callback(
    Output(LOCK, "value"),
    Input(MAP, "clickData"),
    State(LOCK, "value"),
    State(LOCK, "options"),
    permission="see figures",
    prevent_initial_call=True,
)
def lock_by_click(click, locked, options):
    """A click on a candidate on the map locks it, or lets it go."""
    try:
        site_id = click["points"][0]["customdata"][1]
        offered = {option["value"] for option in options}
        chosen = [value for value in locked or [] if value in offered]
    except (TypeError, KeyError, IndexError):
        return no_update
    if site_id not in offered:
        return no_update
    return [value for value in chosen if value != site_id] if site_id in chosen else [*chosen, site_id]


@callback(
    Output(SAVED, "children"),
    Output(GO, "href", allow_duplicate=True),
    Input(SAVE, "n_clicks"),
    State(NAME, "value"),
    State(SHOWN, "data"),
    permission="save scenarios",
    prevent_initial_call=True,
)
def save(_clicks, name, state):
    """Keep the answer the page shows, as the server worked it out; then its own address."""
    state = state if isinstance(state, dict) else {}
    found = asked_for({key: value for key, value in state.items() if isinstance(value, str)})
    scenario_id = sited.save_scenario(name, found) if isinstance(name, str) and found is not None else None
    if scenario_id is None:
        return html.P(_("Please give the scenario a name."), className="siting-wrong"), no_update
    return "", f"{PATH}?{urlencode({'scenario': scenario_id})}"


register_page(
    __name__,
    path=PATH,
    name=mark("Siting what-if"),
    section=mark("Planning"),
    permission="see figures",
    layout=layout,
    order=34,
)
