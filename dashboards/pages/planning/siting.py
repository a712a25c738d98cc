"""Siting what-if: where the next sites reach most, how good the answer is, what one more would add; scenarios to keep."""

from urllib.parse import urlencode

from dash import ALL, Input, Output, State, ctx, dcc, html, no_update

from dashboards import (
    components,
    siting_candidates,
    siting_clicks,
    siting_figures,
    siting_kept,
    siting_steps,  # noqa: F401  declares what is done with scenarios
    siting_words,
)
from dashboards.access import callback, register_page
from dashboards.data import sited
from dashboards.data.sited import MCLP, Sited
from dashboards.language import gettext as _
from dashboards.language import mark
from dashboards.siting_clicks import Marked
from dashboards.siting_export import GAINS, PLACES, SITES, asked_for
from dashboards.siting_form import (
    ADDED,
    ADDED_LIST,
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
    TAKE_AWAY,
    added_list,
    asked_by,
    form,
    options_of,
    texts,
)
from dashboards.siting_kept import GO, PATH, SHOWN

MAP, CURVE, JOB, CLOCK = "siting-map", "siting-gains", "siting-job", "siting-clock"
CLICKED, SAID = "siting-clicked", "siting-said"
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
            dcc.Store(id=CLICKED),
            dcc.Store(id=SHOWN, data=state),
            dcc.Interval(id=CLOCK, interval=POLL_MS, disabled=True),
        ],
        table=html.Div([*_tables(found, state), siting_kept.scenarios(found, other)]),
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
    """The figures, the map and the curve; without an answer why there is none, and the map of the candidates."""
    result, parts = found.result, []
    if result is None:
        words = found.refusal or _("This question is too large to be answered at once: press “Work it out”.")
        parts.append(components.empty(_("No answer yet"), words))
    else:
        parts.append(_cards(result))
    figure = components.finish(siting_figures.site_map(found, components.palette()), source=_source(found))
    alt = _("{finding} The same figures stand in the tables below.", finding=siting_words.finding(found) + ". ")
    parts.append(components.graph(MAP, figure, alt=alt, file_name="kangtu-siting", height=680))
    parts.append(html.P(id=SAID, role="status", className="siting-said", **{"aria-live": "polite"}))
    parts.append(html.P(_how_to_click(found), className="kt-source"))
    if result is None:
        return parts
    parts.append(_downloads(state))
    if len(result["curve"]) > 1:
        curve = components.finish(siting_figures.gains(result, components.palette()))
        words = _curve_words(result)
        parts.append(html.H2(_("What each further site adds")))
        parts.append(components.graph(CURVE, curve, alt=words, file_name="kangtu-siting-gains", height=280))
        parts.append(html.P(words, className="kt-source"))
        parts.append(components.download_bar(GAINS, figure=CURVE, **state))
    return parts


def _how_to_click(found: Sited) -> str:
    clicks = _(
        "A click on a candidate locks it, the next forbids it, a third sets it free. A click on an empty place adds a candidate there. The fields beside the map do the same."
    )
    return clicks if found.result is None else _("Numbers: the order of what each site adds.") + " " + clicks


def _downloads(state: dict[str, str]) -> html.Div:
    bar = components.download_bar(PLACES, figure=MAP, **state)
    files = [
        html.A(
            words, href=components.address(f"/download/siting.{ending}", **state), className="kt-download", download=""
        )
        for words, ending in (("GeoJSON", "geojson"), ("GeoPackage", "gpkg"))
    ]
    bar.children = [*bar.children, *files]
    return bar


def _source(found: Sited) -> str:
    places = found.result["demand"] if found.result else []
    parts = [_("Seats: approximate, 示意")] if any(place["is_rough"] for place in places) else []
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
        of_all = siting_words.left_over(result)
        cards.append(components.card(siting_words.percent(result["people_share"]), _("of people within reach")))
        cards.append(components.card(siting_words.percent(result["places_share"]), of_all))
    cards.append(components.card(siting_words.km(result["mean_m"]), _("to the nearest site on average")))
    cards.append(components.card(siting_words.km(result["max_m"]), _("the longest way")))
    return html.Div(cards, className="kt-cards siting-cards")


def _tables(found: Sited, state: dict[str, str]) -> list:
    """The uncovered places, largest first, the chosen sites, and what each further site adds."""
    if found.result is None:
        return []
    result = found.result
    parts = []
    rows = siting_words.place_rows(result, only_uncovered=result["radius_m"] is not None)
    heading = _("Out of reach, largest first") if result["radius_m"] is not None else _("Places, largest first")
    parts.append(html.H2(heading))
    if rows.empty:
        parts.append(html.P(_("Every place is within reach."), className="kt-muted"))
    else:
        parts.append(components.table("siting-places-table", rows, siting_words.place_columns(result), label=heading))
    parts.append(html.H2(_("The chosen sites, in the order of what each adds")))
    columns, label = siting_words.site_columns(result), _("The chosen sites")
    parts.append(components.table("siting-sites-table", siting_words.site_rows(result), columns, label=label))
    parts.append(components.download_bar(SITES, **state))
    if len(result["curve"]) > 1:
        heading, rows = _("What each further site adds"), siting_words.gain_rows(result)
        parts.append(html.H2(heading))
        parts.append(components.table("siting-gains-table", rows, siting_words.gain_columns(result), label=heading))
    return parts


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
        return no_update, no_update, _wrong(wrong)
    return job_id, False, ""


def _wrong(words: str) -> html.P:
    return html.P(components.mark_chinese(words), className="siting-wrong")


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
def follow(_ticks, job_id: str | None):
    """How far the work is; when it is done, the page of its answer."""
    job = sited.siting_job(job_id) if job_id else None
    if job is None:
        return "", True, True, False, no_update, no_update
    if job["state"] in OPEN:
        return _progress(job), False, False, True, "", no_update
    if job["state"] == "done":
        return "", True, True, False, "", f"{PATH}?{urlencode({'job': job_id})}"
    words = _("Cancelled.") if job["state"] == "cancelled" else job["message"]
    return "", True, True, False, _wrong(words), no_update


def _progress(job: dict) -> html.Div:
    """A bar with what the solver is at and what it knows so far."""
    words = siting_words.progress(job["message"] if job["state"] == "running" else None, job["parameters"]["model"])
    bar = html.Progress(value=str(round(job["progress"], 3)), max="1", **{"aria-label": words})
    return html.Div([html.P(words), bar], className="siting-progress")


@callback(
    Output(CANCEL, "title"),
    Input(CANCEL, "n_clicks"),
    State(JOB, "data"),
    permission="see figures",
    prevent_initial_call=True,
)
def cancel(_clicks, job_id: str | None):
    """Ask the worker to stop; the next look says that it did."""
    if job_id:
        sited.cancel_siting(job_id)
    return no_update


# The question on the map ----------------------------------------------------------------------------------------------

QUESTION = [  # the fields that say what stands on the map
    Input(LOCK, "value"),
    Input(FORBID, "value"),
    Input(ADDED, "value"),
    Input(CANDIDATES, "value"),
    Input(STANDING, "value"),
]


def _candidates(added, candidates, standing, area) -> tuple[dict, dict]:
    """(the question as far as these fields say it, its candidates)."""
    asked, _wrong_line = asked_by(None, None, None, None, candidates, standing, None, None, added, area)
    kinds = asked["candidates"], asked["standing"]
    return asked, sited.candidate_sites(asked["area_id"], *kinds, asked["added"])


@callback(
    Output(MAP, "figure"),
    Output(LOCK, "options"),
    Output(FORBID, "options"),
    Output(ADDED_LIST, "children"),
    *QUESTION,
    State(AREA, "data"),
    permission="see figures",
    prevent_initial_call=True,
)
def draw_question(lock, forbid, added, candidates, standing, area):
    """What can be chosen follows from where sites can be; the map shows it and how it is marked."""
    asked, sites = _candidates(added, candidates, standing, area)
    layers = siting_candidates.layers(sites, texts(lock), texts(forbid), components.palette())
    options = options_of(sites)
    return siting_candidates.changed(layers), options, options, added_list(asked["added"])


@callback(
    Output(LOCK, "value"),
    Output(FORBID, "value"),
    Output(ADDED, "value"),
    Output(SAID, "children"),
    Input(CLICKED, "data"),
    Input({"type": TAKE_AWAY, "site": ALL}, "n_clicks"),
    State(LOCK, "value"),
    State(FORBID, "value"),
    State(ADDED, "value"),
    State(CANDIDATES, "value"),
    State(STANDING, "value"),
    State(AREA, "data"),
    permission="see figures",
    prevent_initial_call=True,
)
def take_click(at: dict | None, presses, lock, forbid, added, candidates, standing, area):
    """A click on the map locks, forbids or frees a candidate, or adds one; a button takes an added one away."""
    marked = Marked(texts(lock), texts(forbid), added if isinstance(added, str) else "")
    _asked, sites = _candidates(added, candidates, standing, area)
    button = ctx.triggered_id if isinstance(ctx.triggered_id, dict) else None
    if button is None:
        changed, said = siting_clicks.clicked(at or {}, sites, marked)
    elif any(presses or []) and (site := sites.get(button.get("site"))) is not None and site.is_added:
        changed, said = siting_clicks.without(site, marked), _("{site} is taken away again.", site=site.name)
    else:  # the buttons were laid out anew
        return no_update, no_update, no_update, no_update
    return changed.lock, changed.forbid, changed.added, components.mark_chinese(said)


register_page(
    __name__,
    path=PATH,
    name=mark("Siting what-if"),
    section=mark("Planning"),
    permission="see figures",
    layout=layout,
    order=34,
)
