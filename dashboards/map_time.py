"""The time slider under a map: walks through the periods with the classes staying what they are (assets/map_time.js)."""

from dash import ClientsideFunction, Input, Output, State, dcc, html

from dashboards.access import clientside_callback
from dashboards.components.controls import choice_id
from dashboards.language import gettext as _

SLIDER, PLAY, LABEL, BAR, PLAYING, WORDS = (
    "map-time",
    "map-play",
    "map-time-label",
    "map-time-bar",
    "map-playing",
    "map-time-words",
)
PERIOD = choice_id("period")


def slider() -> html.Div:
    """A button to play and a slider over the periods the list offers; hidden where there is only one."""
    words = {"play": "▶ " + _("Play"), "stop": "❚❚ " + _("Stop")}
    return html.Div(
        [
            html.Button(words["play"], id=PLAY, type="button", className="map-play"),
            html.Label(
                [
                    html.Span(_("Period, oldest on the left"), className="visually-hidden"),
                    dcc.Input(id=SLIDER, type="range", min=0, max=0, step=1, value=0, className="map-time"),
                ],
                className="map-time-track",
            ),
            html.Output(id=LABEL, className="map-time-label"),
            dcc.Store(id=PLAYING, data=False),
            dcc.Store(id=WORDS, data=words),
        ],
        id=BAR,
        className="map-time-bar",
    )


def declare() -> None:
    """Declare the slider's callbacks; the page that has it calls this once, while it is imported."""
    period, options = Input(PERIOD, "value"), State(PERIOD, "options")
    placed = [Output(SLIDER, "max"), Output(SLIDER, "value"), Output(LABEL, "children"), Output(BAR, "hidden")]
    _in_browser("placeInTime", placed, [period, Input(PERIOD, "options")])
    _in_browser("goInTime", [Output(SLIDER, "title")], [Input(SLIDER, "value"), options, State(PERIOD, "value")])
    _in_browser("play", [Output(PLAYING, "data")], [Input(PLAY, "n_clicks"), options, State(PERIOD, "value")])
    _in_browser("playWord", [Output(PLAY, "children")], [Input(PLAYING, "data"), State(WORDS, "data")])


def _in_browser(function: str, outputs: list[Output], inputs: list) -> None:
    clientside_callback(
        ClientsideFunction("kangtuMap", function),
        *outputs,
        *inputs,
        permission="see figures",
        module=__name__,
        prevent_initial_call=function in ("goInTime", "play"),
    )
