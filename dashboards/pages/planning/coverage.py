"""Whom health facilities reach: townships within a radius or some minutes, those left out, access scores, hot spots."""

from dash import ClientsideFunction, Input, Output, State, dcc, html

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
MOST_ROWS = 1000
KEYS = (
    "plan",
    "layer",
    "type",
    "grade",
    "service",
    "reach",
    "border",
    "supply",
    "indicator",
    "level",
    "period",
    "test",
)

map_panel.declare(PANEL)


def layout(area: str | None = None, **state):
    """?layer=reach|e2sfca|2sfca|3sfca|hotspots&type=&grade=&service=&reach=30km|15min40&border=across|own&supply=staff|beds
    &indicator=&level=&period=&test=gi|moran&plan=&area=&lat=&lon=&zoom=.
    """
    choice = choose(state)
    if choice is None or served.townships_in(choice.place).empty:
        return components.page(_("Whom do health facilities reach?"), children=[components.empty()])
    answer = ask(choice)
    beside = html.Aside(coverage_aside.aside(answer, area), id=ASIDE)
    panel = map_panel.map_panel(PANEL, selected=area, view=map_export.view_of(state))
    key = html.P([html.Span(className="coverage-key"), _("Edge of what lies within reach")], className="map-legend")
    stores = [dcc.Store(id=STATE, data={key: state[key] for key in KEYS if state.get(key)}), dcc.Store(id=AREA)]
    return components.page(
        coverage_words.finding(answer),
        subline=coverage_words.subline(answer),
        controls=coverage_controls.controls(answer),
        children=[
            html.Div([html.Div([panel, key if choice.layer == REACH else None]), beside], className="map-and-aside"),
            coverage_export.bar(PICTURE),
            *stores,
        ],
        table=_tables(answer),
        method=coverage_words.method(answer),
        wide=True,
    )


def _tables(answer: Answer) -> list:
    """The places, and the districts they lie in."""
    rows = coverage_tables.table_rows(answer, only_left_out=answer.choice.layer == REACH)
    parts = [html.H2(coverage_tables.table_title(answer, rows), className="h5")]
    if len(rows):
        label = coverage_words.finding(answer)
        columns = coverage_tables.table_columns(answer)
        parts.append(components.table("coverage-table", rows.head(MOST_ROWS), columns, label=label))
    if answer.choice.layer == REACH:
        parts += [html.H2(_("By district"), className="h5"), coverage_tables.district_table(answer)]
    return parts


def _answer(state) -> Answer:
    """The answer of the address's state; whatever a caller sends that is no text is left out."""
    asked = state.items() if isinstance(state, dict) else ()
    return ask(choose({key: value for key, value in asked if key in KEYS and isinstance(value, str)}))


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
