"""One indicator on the map: where coverage falls short, by district or township, at any period."""

from dash import ClientsideFunction, Input, Output, State, dcc, html

from dashboards import (
    components,
    data,
    map_aside,
    map_colours,
    map_drawn,
    map_export,
    map_layer_legend,
    map_layer_list,
    map_layers,
    map_panel,
    map_places,
    map_subjects,
    map_time,
    map_words,
    wording,
)
from dashboards.access import callback, clientside_callback, register_page
from dashboards.components.controls import ANY, choice_id
from dashboards.language import gettext as _
from dashboards.language import mark
from dashboards.map_places import PASSING
from dashboards.map_question import Answer, Choice, ask, choose, earlier_periods, map_indicators

PANEL, TITLE, SUBLINE, ASIDE, TABLE = "map-panel", "map-title", "map-subline", "map-aside", "map-table"
PLAN, PICTURE, SINCE, BESIDE, PAIR = "map-plan", "map-picture", "map-since", "map-beside", "map-pair-address"
KEYS = ("indicator", "level", "period", "colour", "since")
MOST_ROWS = 1000  # in the page's table

map_panel.declare(PANEL)
map_time.declare()
map_layer_list.declare()


def layout(plan: str | None = None, area: str | None = None, **state):
    """?plan=&indicator=&level=&period=&colour=value|status|chance|change&since=&area=&lat=&lon=&zoom=

    &layers=population,reach:township_hospital:30km,facility:village_clinic (the first on top)
    &service=&grade=&title_level=&in_year=.
    """
    choice = choose({"plan": plan or "", **state})
    if choice is None:
        return components.page(_("Where does coverage fall short?"), children=[components.empty()])
    answer = ask(choice)
    panel = map_panel.map_panel(PANEL, selected=area, view=map_export.view_of(state))
    layers = map_layer_list.control(map_layers.of_address(state, choice.place), choice.place, _filters(state))
    beside_map = html.Div([layers, html.Aside(id=ASIDE)])
    figure = html.Div([html.Div([panel, map_time.slider()]), beside_map], className="map-and-aside")
    beside = [
        dcc.Link(_("Beside another map"), href=pair_address(choice), id=BESIDE),
        dcc.Store(id=PAIR, data=pair_address(choice)),
    ]
    bar = html.Div([map_export.bar(PICTURE), *beside], className="map-under")
    return components.page(
        html.Span(map_words.finding(answer), id=TITLE),
        subline=[html.Span(map_words.subline(answer), id=SUBLINE)],
        controls=_controls(answer, area),
        children=[figure, bar, dcc.Store(id=PLAN, data=choice.plan["plan_id"])],
        table=html.Div(id=TABLE),
        method=_method(),
        wide=True,
    )


def _controls(answer: Answer, area: str | None) -> list:
    choice = answer.choice
    names = map_subjects.options(map_indicators(choice.plan["plan_id"]))
    select = {"navigates": False}
    return [
        components.choice(
            "indicator", _("Indicator or programme"), names, choice.indicator_id, searchable=True, **select
        ),
        components.choice("level", _("Level"), level_options(choice), choice.level, **select),
        components.choice("period", _("Period"), period_options(choice), choice.period, **select),
        components.choice("colour", _("Colour by"), colour_options(choice), choice.colour, **select),
        html.Div(
            components.choice("since", _("Since"), since_options(choice), choice.since, **select),
            id=SINCE,
            hidden=choice.colour != map_colours.BY_CHANGE,
        ),
        _area(map_words.area_options(answer), area),
    ]


def pair_address(choice: Choice) -> str:
    """Where this map stands beside another (pages/planning/map_pair.py)."""
    colour = choice.colour if choice.colour != map_colours.BY_CHANGE else map_colours.BY_VALUE
    state = {"indicator1": choice.indicator_id, "period1": choice.period, "colour1": colour}
    return components.address("/map/pair", plan=choice.plan["plan_id"], levels=choice.level, **state)


def _filters(state: dict[str, str]) -> html.Details | None:
    """What the places of the layers can be told apart by; folded until one is in the address."""
    offered = map_places.filter_options()
    passing = map_places.Filter.of(**{key: state.get(key) for key in PASSING})
    labels = (_("Service"), _("Grade"), _("Title"), _("Cells with a title in"))
    fields = [
        components.choice(
            key,
            label,
            [{"value": ANY, "label": _("All")}, *offered[key]],
            getattr(passing, key) or ANY,
            navigates=False,
        )
        for key, label in zip(PASSING, labels, strict=True)
        if offered[key]
    ]
    if not fields:
        return None
    is_open = passing != map_places.Filter()
    return html.Details(
        [html.Summary(_("Narrow the places down")), html.Div(fields)], open=is_open, className="map-filters"
    )


def colour_options(choice: Choice) -> list[dict[str, str]]:
    """What the areas can be coloured by; nothing judges a programme's rate."""
    return [{"value": one, "label": _(map_colours.COLOURS[one])} for one in map_subjects.colours_of(choice.indicator)]


def level_options(choice: Choice) -> list[dict[str, str]]:
    """The levels that have figures."""
    return [{"value": level, "label": _(map_words.LEVEL_WORDS[level][1])} for level in choice.levels]


def period_options(choice: Choice) -> list[dict[str, str]]:
    """The periods that have figures, newest first."""
    return [{"value": period, "label": wording.period(period)} for period in choice.periods]


def since_options(choice: Choice) -> list[dict[str, str]]:
    """The earlier periods a change can be counted from, newest first."""
    earlier = earlier_periods(choice.indicator, choice.period, choice.periods)
    return [{"value": period, "label": wording.period(period)} for period in earlier]


def _area(options: list[dict], area: str | None) -> html.Label:
    """The same choice as a click on the map, by name and without a mouse."""
    known = [option["value"] for option in options]
    return _dropdown("area", _("Area"), options, area if area in known else None, placeholder=_("All"))


def _dropdown(key: str, label: str, options: list[dict], value, **extra) -> html.Label:
    words = {
        "select_all": _("Select all"),
        "deselect_all": _("Deselect all"),
        "selected_count": _("{num_selected} selected", num_selected="{num_selected}"),  # filled in by the browser
        "search": _("Search"),
        "clear_search": _("Clear"),
        "clear_selection": _("Clear"),
        "no_options_found": _("Nothing found"),
    }
    field = dcc.Dropdown(options, value, id=choice_id(key), labels=words, className="kt-dropdown", **extra)
    return html.Label([html.Span(label), field], className=f"kt-choice kt-choice-{key}")


def _method() -> list[str]:
    return [
        _(
            "Class edges are the plan's own milestones first, then rounded quantiles; they are the same in every period."
        ),
        _("Where several sub-districts share a cell, their counts are added up; each has its own row in the table."),
    ]


def _choice(indicator, level, period, colour, since, plan) -> Choice:
    """The choice of the controls; whatever a caller sends that is no text is left out."""
    state = {
        "indicator": indicator,
        "level": level,
        "period": period,
        "colour": colour,
        "since": since,
        "plan": plan,
    }
    return choose({key: value for key, value in state.items() if isinstance(value, str)})


CONTROLS = [Input(choice_id(key), "value") for key in KEYS]


@callback(
    *map_panel.outputs(PANEL),
    Output(TITLE, "children"),
    Output(SUBLINE, "children"),
    Output(TABLE, "children"),
    Output(choice_id("level"), "options"),
    Output(choice_id("level"), "value"),
    Output(choice_id("period"), "options"),
    Output(choice_id("period"), "value"),
    Output(choice_id("colour"), "options"),
    Output(choice_id("colour"), "value"),
    Output(choice_id("since"), "options"),
    Output(choice_id("since"), "value"),
    Output(SINCE, "hidden"),
    Output(PAIR, "data"),
    Output(choice_id("area"), "options"),
    *CONTROLS,
    State(PLAN, "data"),
    permission="see figures",
)
def draw_map(indicator, level, period, colour, since, plan):
    """What changes with the choice: the map, its words, the table, and what can be chosen."""
    choice = _choice(indicator, level, period, colour, since, plan)
    answer = ask(choice)
    found = map_words.finding(answer)
    return (
        *map_panel.update(map_drawn.shown(answer, found)),
        found,
        map_words.subline(answer),
        _table(answer),
        level_options(choice),
        choice.level,
        period_options(choice),
        choice.period,
        colour_options(choice),
        choice.colour,
        since_options(choice),
        choice.since,
        choice.colour != map_colours.BY_CHANGE,
        pair_address(choice),
        map_words.area_options(answer),
    )


def _table(answer: Answer) -> list:
    """The first rows of the table, and where the others are."""
    rows = map_words.table_rows(answer, MOST_ROWS)
    label = _("Figures of the map: {indicator}", indicator=data.name(answer.choice.indicator))
    parts = [components.table(f"{TABLE}-grid", rows, map_words.table_columns(answer), label=label)]
    if len(answer.rows) > MOST_ROWS:
        note = _(
            "The first {shown} of {all} areas; the downloads hold all of them.", shown=MOST_ROWS, all=len(answer.rows)
        )
        parts.append(html.P(note, className="kt-muted"))
    return parts


@callback(
    *map_layer_legend.outputs(PANEL),
    Output(map_layer_list.LIST, "children"),
    Input(choice_id("layers"), "value"),
    *(Input(choice_id(key), "value", allow_optional=True) for key in PASSING),
    State(PLAN, "data"),
    permission="see figures",
)
def draw_layers(layers: str | None, *rest):
    """The layers in their order, of the places that pass the filter: what lies over the map, its legend, its list."""
    *passing, plan_id = rest
    plan = data.plan(plan_id if isinstance(plan_id, str) else None)
    state = {**dict(zip(PASSING, passing, strict=True)), "layers": layers}
    drawn = map_layers.of_address(state, data.place(plan["plan_id"], None)["area_id"]) if plan else []
    return *map_layer_legend.update(drawn), map_layer_list.rows(drawn)


@callback(
    Output(ASIDE, "children"),
    Input(f"{PANEL}-selected", "data"),
    *CONTROLS,
    State(PLAN, "data"),
    permission="see figures",
)
def draw_aside(area, indicator, level, period, colour, since, plan):
    """The chosen area's years."""
    return map_aside.aside(
        _choice(indicator, level, period, colour, since, plan), area if isinstance(area, str) else None
    )


clientside_callback(
    ClientsideFunction("kangtuMap", "beside"),
    Output(BESIDE, "href"),
    Input(PAIR, "data"),
    Input(choice_id("layers"), "value"),
    *(Input(choice_id(key), "value", allow_optional=True) for key in PASSING),
    permission="see figures",
    module=__name__,
)
clientside_callback(
    ClientsideFunction("kangtuMap", "chooseArea"),
    Output(f"{PANEL}-selected", "data"),
    Output(choice_id("area"), "value"),
    Input(f"{PANEL}-selected", "data"),
    Input(choice_id("area"), "value"),
    permission="see figures",
    module=__name__,
    prevent_initial_call=True,
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
    __name__, path="/map", name=mark("Map"), section=mark("Planning"), permission="see figures", layout=layout, order=30
)
