"""Two maps side by side on one extent: two indicators, two periods, or a figure beside its status."""

from dash import ClientsideFunction, Input, Output, State, dcc, html

from dashboards import (
    components,
    data,
    map_colours,
    map_drawn,
    map_export,
    map_layer_legend,
    map_layers,
    map_panel,
    map_subjects,
    map_words,
    wording,
)
from dashboards.access import callback, clientside_callback, register_page
from dashboards.components.controls import choice_id
from dashboards.language import gettext as _
from dashboards.language import mark
from dashboards.map_layers import Drawn
from dashboards.map_question import LEVELS, Answer, Choice, ask, choose, map_indicators

LEFT, RIGHT = "map-left", "map-right"  # assets/map_pair.js moves the two together
PLAN, PICTURE = "map-pair-plan", "-picture"
OF_ONE = ("indicator", "period", "colour")  # of one map; its keys in the address end in 1 or 2
LEVEL = "levels"  # not "level": Dash would ask the callbacks of the map page, whose other controls are not here
SIDES = {LEFT: "1", RIGHT: "2"}

for side in SIDES:
    map_panel.declare(side)


def layout(**state):
    """?plan=&levels=township&indicator1=&period1=&colour1=&indicator2=&period2=&colour2=&lat=&lon=&zoom=

    &layers=, &service=, &grade=, &title_level=, &in_year= as on /map.
    """
    left = choose(_of_side(state, "1"))
    if left is None:
        return components.page(_("Two maps side by side"), children=[components.empty()])
    right = _right(left, state)
    view = map_export.view_of(state)
    layers = map_layers.of_address(state, left.place)
    sides = [_side(panel, choice, view, layers) for panel, choice in ((LEFT, left), (RIGHT, right))]
    return components.page(
        _("Two maps side by side"),
        subline=[data.name(left.plan), data.name(data.area(left.place)), _("Both maps move together.")],
        controls=[components.choice(LEVEL, _("Level"), _levels(left), left.level, navigates=False)],
        children=[html.Div(sides, className="map-pair"), dcc.Store(id=PLAN, data=left.plan["plan_id"])],
        method=[_("Each map has its own classes; they are the same in every period.")],
        wide=True,
    )


def _of_side(state: dict[str, str], end: str) -> dict[str, str]:
    """One map's part of the address, in the words of map_question.choose."""
    own = {key: state.get(f"{key}{end}") for key in OF_ONE}
    asked = {"plan": state.get("plan"), "level": state.get(LEVEL), **own}
    return {key: value for key, value in asked.items() if value}


def _right(left: Choice, state: dict[str, str]) -> Choice:
    """The right map's choice; without a word the left one's indicator in an earlier period, where there is one."""
    earlier = {"indicator": left.indicator_id, "period": left.since, "colour": left.colour}
    own = _of_side(state, "2")
    asked = own if own.keys() & set(OF_ONE) else {key: value for key, value in earlier.items() if value}
    return choose({**asked, "plan": left.plan["plan_id"], "level": left.level})


def _levels(choice: Choice) -> list[dict[str, str]]:
    return [{"value": level, "label": _(map_words.LEVEL_WORDS[level][1])} for level in LEVELS if level in choice.levels]


def _side(panel: str, choice: Choice, view: dict | None, layers: list[Drawn]) -> html.Section:
    """One map with its choices, its finding and its downloads; the same layers lie over both."""
    end = SIDES[panel]
    names = map_subjects.options(map_indicators(choice.plan["plan_id"]))
    colour = choice.colour if choice.colour != map_colours.BY_CHANGE else map_colours.BY_VALUE
    controls = [
        components.choice(
            f"indicator{end}", _("Indicator or programme"), names, choice.indicator_id, searchable=True, navigates=False
        ),
        components.choice(f"period{end}", _("Period"), periods(choice), choice.period, navigates=False),
        components.choice(f"colour{end}", _("Colour by"), colours(choice), colour, navigates=False),
    ]
    picture = html.Button("PNG", id=f"{panel}{PICTURE}", type="button", className="kt-picture")
    link = components.link(_("This map alone, with its table and downloads"), "/map", **_state(choice))
    return html.Section(
        [
            html.Div(controls, className="kt-controls"),
            html.H2(id=f"{panel}-title"),
            map_panel.map_panel(panel, view=view, layers=map_layer_legend.update(layers)),
            html.Div(
                [html.Span(_("Download")), picture, html.Span(link, id=f"{panel}-alone")], className="kt-downloads"
            ),
        ]
    )


def colours(choice: Choice) -> list[dict[str, str]]:
    """What a map's areas can be coloured by; the two maps show the two ends of a change themselves."""
    offered = [one for one in map_subjects.colours_of(choice.indicator) if one != map_colours.BY_CHANGE]
    return [{"value": one, "label": _(map_colours.COLOURS[one])} for one in offered]


def _state(choice: Choice) -> dict[str, str]:
    return {
        "plan": choice.plan["plan_id"],
        "indicator": choice.indicator_id,
        "level": choice.level,
        "period": choice.period,
        "colour": choice.colour,
    }


def periods(choice: Choice) -> list[dict[str, str]]:
    """The periods that have figures, newest first."""
    return [{"value": period, "label": wording.period(period)} for period in choice.periods]


def _asked(plan, level, indicator, period, colour) -> Answer:
    """The answer to one side's controls; whatever a caller sends that is no text is left out."""
    state = {"plan": plan, "level": level, "indicator": indicator, "period": period, "colour": colour}
    if colour == map_colours.BY_CHANGE:
        state["colour"] = map_colours.BY_VALUE
    return ask(choose({key: value for key, value in state.items() if isinstance(value, str)}))


def _draw(panel: str) -> None:
    end = SIDES[panel]

    @callback(
        *map_panel.outputs(panel),
        Output(f"{panel}-title", "children"),
        Output(choice_id(f"period{end}"), "options"),
        Output(choice_id(f"period{end}"), "value"),
        Output(choice_id(f"colour{end}"), "options"),
        Output(choice_id(f"colour{end}"), "value"),
        Output(f"{panel}-alone", "children"),
        Input(choice_id(LEVEL), "value"),
        *(Input(choice_id(f"{key}{end}"), "value") for key in OF_ONE),
        State(PLAN, "data"),
        permission="see figures",
    )
    def draw_side(level, indicator, period, colour, plan):
        """One map, its finding, the periods it can show."""
        answer = _asked(plan, level, indicator, period, colour)
        found, choice = map_words.finding(answer), answer.choice
        alone = components.link(_("This map alone, with its table and downloads"), "/map", **_state(choice))
        chosen = (periods(choice), choice.period, colours(choice), choice.colour)
        return (*map_panel.update(map_drawn.shown(answer, found)), found, *chosen, alone)

    clientside_callback(
        ClientsideFunction("kangtuMap", "picture"),
        Output(f"{panel}{PICTURE}", "title"),
        Input(f"{panel}{PICTURE}", "n_clicks"),
        State(f"{panel}-map", "id"),
        permission="download figures",
        module=__name__,
        prevent_initial_call=True,
    )


for side in SIDES:
    _draw(side)
register_page(
    __name__,
    path="/map/pair",
    name=mark("Two maps"),
    section=mark("Planning"),
    permission="see figures",
    layout=layout,
    order=31,
)
