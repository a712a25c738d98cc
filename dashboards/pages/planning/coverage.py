"""Whom health facilities reach: villages and townships within a radius, some minutes in a straight line or by road, those
left out, access scores, hot spots.
"""

from typing import Any

from dash import ClientsideFunction, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from dashboards import (
    components,
    coverage_aside,
    coverage_controls,
    coverage_export,
    coverage_map,
    coverage_tables,
    coverage_words,
    map_export,
    map_panel,
)
from dashboards.access import callback, clientside_callback, register_page
from dashboards.coverage_answer import Answer, ask
from dashboards.coverage_question import REACH, choose
from dashboards.data import served
from dashboards.language import gettext as _
from dashboards.language import mark

PATH = "/coverage"
PANEL, ASIDE, STATE, AREA, PICTURE = (
    "coverage-map",
    "coverage-aside",
    "coverage-state",
    "coverage-area",
    "coverage-picture",
)
WAIT, TICK, JOB = "coverage-wait", "coverage-tick", "coverage-job"
MOST_ROWS = 1000
KEYS = (
    "plan",
    "layer",
    "type",
    "grade",
    "service",
    "reach",
    "border",
    "places",
    "listed",
    "page",
    "supply",
    "indicator",
    "level",
    "period",
    "test",
)

map_panel.declare(PANEL)


def layout(area: str | None = None, **state):
    """?layer=reach|e2sfca|2sfca|3sfca|hotspots&type=&grade=&service=&reach=30km|15min40|30road&border=across|own
    &places=villages|seats&listed=left|all&page=&supply=staff|beds&indicator=&level=&period=&test=gi|moran&plan=&area=&lat=
    &lon=&zoom=.
    """
    choice = choose(state)
    if choice is None or served.townships_in(choice.place).empty:
        return components.page(_("Whom do health facilities reach?"), children=[components.empty()])
    try:
        answer = ask(choice)
    except served.NotYet as waiting:
        return _waiting(choice, waiting)
    beside = html.Aside(coverage_aside.aside(answer, area), id=ASIDE)
    panel = map_panel.map_panel(PANEL, selected=area, view=map_export.view_of(state))
    key = html.P([html.Span(className="coverage-key"), _("Edge of what lies within reach")], className="map-legend")
    has_edge = choice.layer == REACH and not choice.reach.by_road
    asked = {key: state[key] for key in KEYS if state.get(key)}
    stores = [dcc.Store(id=STATE, data=asked), dcc.Store(id=AREA)]
    return components.page(
        coverage_words.finding(answer),
        subline=coverage_words.subline(answer),
        controls=coverage_controls.controls(answer),
        children=[
            html.Div([html.Div([panel, key if has_edge else None]), beside], className="map-and-aside"),
            coverage_export.bar(PICTURE),
            *stores,
        ],
        table=_tables(answer, asked),
        method=coverage_words.method(answer),
        wide=True,
    )


def _tables(answer: Answer, asked: dict[str, str]) -> list:
    """The places, and the districts they lie in."""
    if answer.choice.layer == REACH:
        places = coverage_tables.places_table(answer, asked, PATH)
        return [*places, html.H2(_("By district"), className="h5"), coverage_tables.district_table(answer)]
    rows = coverage_tables.table_rows(answer, only_left_out=False)
    parts = [html.H2(coverage_tables.table_title(answer, rows), className="h5")]
    if len(rows):
        label = coverage_words.finding(answer)
        columns = coverage_tables.table_columns(answer)
        parts.append(components.table("coverage-table", rows.head(MOST_ROWS), columns, label=label))
    return parts


def _waiting(choice, waiting: served.NotYet) -> html.Div:
    """The page while a job works out the minutes by road."""
    shown = html.Div(_progress(served.road_job(waiting.job_id)), id=WAIT)
    watch = [dcc.Interval(id=TICK, interval=1500), dcc.Store(id=JOB, data=waiting.job_id)]
    return components.page(
        _("Minutes by road are being worked out…"),
        subline=[coverage_words.network_words(served.road_network())],
        controls=coverage_controls.controls_of(choice),
        children=[shown, *watch],
    )


def _progress(job: dict | None) -> list:
    """How far the job is; when it is done, how to see what came of it."""
    if job is None or job["state"] == "done":
        return [components.notice(_("The minutes by road are worked out. Please open the page anew."))]
    if job["state"] in ("queued", "running"):
        words = job["message"] or _("waiting for its turn")
        return [
            components.loading(f"{job['progress']:.0%} · {words}"),
            html.Progress(value=str(job["progress"]), max="1"),
        ]
    return [components.notice(job["message"] or _("The minutes by road could not be worked out"), kind="failed")]


@callback(
    Output(WAIT, "children"),
    Output(TICK, "disabled"),
    Input(TICK, "n_intervals"),
    State(JOB, "data"),
    permission="see figures",
    prevent_initial_call=True,
)
def watch_roads(_ticks: int, job_id: Any):
    """The job that works out the minutes by road."""
    job = served.road_job(job_id) if isinstance(job_id, str) else None
    return _progress(job), job is None or job["state"] not in ("queued", "running")


def _answer(state) -> Answer:
    """The answer of the address's state; whatever a caller sends that is no text is left out."""
    asked = state.items() if isinstance(state, dict) else ()
    try:
        return ask(choose({key: value for key, value in asked if key in KEYS and isinstance(value, str)}))
    except served.NotYet:
        raise PreventUpdate from None


@callback(
    *map_panel.outputs(PANEL),
    *map_panel.points_outputs(PANEL),
    Output(AREA, "data"),
    Input(STATE, "data"),
    permission="see figures",
)
def draw_coverage(state):
    """The map, the facilities over it and the outline of what lies within reach."""
    answer = _answer(state)
    found = coverage_words.finding(answer)
    points = map_panel.points_update(coverage_map.points(answer), _("Facilities"))
    return *map_panel.update(coverage_map.shown(answer, found)), *points, coverage_map.service_area(answer)


@callback(Output(ASIDE, "children"), Input(f"{PANEL}-selected", "data"), State(STATE, "data"), permission="see figures")
def draw_aside(area, state):
    """The chosen township, else the whole place."""
    return coverage_aside.aside(_answer(state), area if isinstance(area, str) else None)


clientside_callback(
    ClientsideFunction("kangtuArea", "show"),
    Output(AREA, "modified_timestamp"),
    Input(AREA, "data"),
    Input(f"{PANEL}-shown", "data"),
    State(f"{PANEL}-map", "id"),
    permission="see figures",
    module=__name__,
)
clientside_callback(
    ClientsideFunction("kangtuMap", "picture"),
    Output(PICTURE, "title"),
    Input(PICTURE, "n_clicks"),
    State(f"{PANEL}-map", "id"),
    permission="download figures",
    module=__name__,
    prevent_initial_call=True,
)
register_page(
    __name__,
    path=PATH,
    name=mark("Service coverage"),
    section=mark("Planning"),
    permission="see figures",
    layout=layout,
    order=32,
)
