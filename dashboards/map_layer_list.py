"""The list of a map's layers: what lies over it, in order, with buttons to move and remove, and a list to add from.

The hidden field holds the layers as the address writes them; assets/map_layer_list.js changes it, the page's callback
answers with the list anew. Reachable by keyboard: all of it is buttons and selects.
"""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import ALL, ClientsideFunction, Input, Output, State, dcc, html

from dashboards import coverage_words, map_layers, map_places, map_words
from dashboards.access import clientside_callback
from dashboards.components.controls import ANY, choice_id
from dashboards.coverage_question import reach_of
from dashboards.language import gettext as _
from dashboards.map_layers import BORDERS, POPULATION, REACH, REACHES, Drawn, Layer

LIST, ADD, SAID = "map-layer-list", "map-layer-add", "map-layer-said"
REACH_OF = "map-layer-reach"  # type of the pattern-matching ids of a service area's radius


def control(layers: Sequence[Drawn], place: str, filters: object) -> html.Details:
    """The list with what adds to it. filters: what narrows the places down."""
    adding = html.Label(
        [
            html.Span(_("Add a layer"), className="visually-hidden"),
            dbc.Select(add_options(place), ANY, id=ADD, size="sm"),
        ],
        className="map-layer-adding",
    )
    field = dcc.Input(type="hidden", id=choice_id("layers"), value=",".join(one.layer.key for one in layers))
    return html.Details(
        [
            html.Summary(html.H2(_("Layers"))),
            html.Ol(rows(layers), id=LIST, className="map-layer-list"),
            adding,
            filters,
            field,
            html.Span(id=SAID, className="visually-hidden", role="status"),
        ],
        open=True,
        className="map-layers",
    )


def rows(layers: Sequence[Drawn]) -> list[html.Li]:
    """A row for each layer, the top one first; below them the colours, which stay where they are."""
    found = [_row(drawn, place, len(layers)) for place, drawn in enumerate(layers)]
    return [*found, html.Li(_("Colours of the areas (always at the bottom)"), className="map-layer-base")]


def _row(drawn: Drawn, place: int, of: int) -> html.Li:
    key = drawn.layer.key
    name = _short(drawn.layer)
    moves = (
        ("up", "↑", _("Move up: {layer}", layer=drawn.label), place == 0),
        ("down", "↓", _("Move down: {layer}", layer=drawn.label), place == of - 1),
        ("remove", "×", _("Remove: {layer}", layer=drawn.label), False),
    )
    buttons = [
        html.Button(
            sign,
            type="button",
            title=words,
            disabled=is_off,
            **{"aria-label": words, "data-layer-do": move, "data-layer": key},
        )
        for move, sign, words, is_off in moves
    ]
    parts = [html.Span(name, className="map-layer-name"), html.Span(buttons, className="map-layer-buttons")]
    if drawn.layer.family == REACH:
        parts.append(_reach(drawn))
    return html.Li(parts, key=key, **{"data-layer": key})


def _short(layer: Layer) -> str:
    """A layer's name in the list; a service area's radius has a field of its own."""
    if layer.family == REACH:
        return _("Service area: {facilities}", facilities=map_places.type_words(map_places.FACILITY, layer.kind)[0])
    if layer.family == POPULATION:
        return _("Population at township seats")
    if layer.family == BORDERS:
        return _("Boundaries: {level}", level=map_words.level_word(layer.kind))
    return map_places.type_words(layer.family, layer.kind)[0]


def _reach(drawn: Drawn) -> html.Span:
    key = drawn.layer.reach
    keys = REACHES if key in REACHES else (key, *REACHES)
    options = [{"value": one, "label": coverage_words.reach_words(reach_of(one))} for one in keys]
    words = {"aria-label": _("Radius: {layer}", layer=_short(drawn.layer))}
    return html.Span(
        dbc.Select(options, key, id={"type": REACH_OF, "layer": drawn.layer.key}, size="sm"),
        role="group",
        className="map-layer-reach",
        **words,
    )


def add_options(place: str) -> list[dict]:
    """Every layer there is, in groups; the first option only says what the list is for."""
    counts = map_places.kinds_there()
    options = [{"value": ANY, "label": _("Add a layer…")}]
    for layer in map_layers.every_layer(place):
        known = counts.get((layer.family, layer.kind))
        count = f" ({known})" if known else ""
        options.append({"value": layer.key, "label": f"{_short(layer)}{count}"})
    return options


def declare() -> None:
    """Declare the list's callbacks; the page that has it calls this once, while it is imported."""
    layers = choice_id("layers")
    _in_browser("addLayer", Output(ADD, "value"), Input(ADD, "value"), State(layers, "value"))
    pattern = {"type": REACH_OF, "layer": ALL}
    _in_browser(
        "setReach", Output(SAID, "title"), Input(pattern, "value"), State(pattern, "id"), State(layers, "value")
    )
    _in_browser("listed", Output(SAID, "children"), Input(LIST, "children"))


def _in_browser(function: str, *dependencies) -> None:
    clientside_callback(
        ClientsideFunction("kangtuMap", function),
        *dependencies,
        permission="see figures",
        module=__name__,
        prevent_initial_call=True,
    )
