"""The one map of the site: pages ask for a panel, send it what to show, and never meet dash-leaflet.

map_panel(id) lays out, all under ids that begin with its own:
    {id}-values    store: what to paint (payload() below); written by the page's callback
    {id}-points, {id}-key, {id}-points-legend   places drawn as points; points_outputs() and points_update() go together
    {id}-layers, {id}-layers-legend   layers in the reader's order (map_layer_legend.outputs() and update())
    {id}-legend, {id}-caption, {id}-source, {id}-frame (its aria-label): words; outputs() and update() go together
    {id}-selected  store: the area_id that was clicked, or that the page chose
    {id}-view      store: {lat, lon, zoom} to open with; where the reader moves to goes into the address (?lat=&lon=&zoom=)
Geometry is fetched by the browser from the address in the payload, once; it never passes through a callback.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

import dash_leaflet as dl
import pandas as pd
from dash import ClientsideFunction, Input, Output, State, dcc, html

from dashboards.access import clientside_callback
from dashboards.components.frame import mark_chinese
from dashboards.language import current_language
from dashboards.language import gettext as _
from models.units import UNITS

ZOOM_STEP = 0.25  # a prefecture fills the frame instead of a quarter of it


@dataclass(frozen=True)
class Picture:
    """What is printed round the map in the downloaded picture; notes: 示意, DEMO DATA, provisional..."""

    title: str
    subtitle: str
    source: str
    file_name: str
    legend_title: str = ""
    notes: tuple[str, ...] = ()
    demo_mark: str = ""


@dataclass(frozen=True)
class Shown:
    """Everything a map shows at one moment.

    areas, dots: from map_values.layer_values, dots may be None; outline: {"url", "hash"} of thicker borders, or None.
    legend: from map_values.counted. place: the map is fitted anew when it changes. bounds: west, south, east, north.
    tooltip_notes: area_id -> one line more under its figure. is_change: the figures are differences. source_line: the picture's source, marked up for the page.
    """

    areas: dict | None
    legend: list[dict]
    place: str
    bounds: Sequence[float]
    indicator: str
    period: str
    unit: str
    decimals: int
    summary: str
    picture: Picture
    dots: dict | None = None
    outline: dict | None = None
    source_line: list | None = None
    says_class: bool = False
    is_change: bool = False
    tooltip_notes: Mapping[str, str] = field(default_factory=dict)


def declare(panel_id: str) -> None:
    """Declare the panel's callback; a page calls this once, while it is imported."""
    clientside_callback(
        ClientsideFunction("kangtuMap", "show"),
        Output(f"{panel_id}-shown", "data"),
        Input(f"{panel_id}-values", "data"),
        Input(f"{panel_id}-selected", "data"),
        Input(f"{panel_id}-key", "data"),
        State(f"{panel_id}-view", "data"),
        State(f"{panel_id}-map", "id"),
        permission="see figures",
        module=__name__,
    )
    clientside_callback(
        ClientsideFunction("kangtuMap", "stack"),
        Output(f"{panel_id}-layers", "modified_timestamp"),
        Input(f"{panel_id}-layers", "data"),
        State(f"{panel_id}-map", "id"),
        permission="see figures",
        module=__name__,
    )


def map_panel(
    panel_id: str, *, selected: str | None = None, view: dict | None = None, layers: tuple = (None, None)
) -> html.Figure:
    """An empty panel; the page's callback fills it through outputs().

    selected: an area_id to begin with. view: lat, lon, zoom to open with instead of the whole of what is shown.
    layers: of map_layer_legend.update(), where they stay what they are.
    """
    return html.Figure(
        [
            html.Figcaption(id=f"{panel_id}-caption", className="map-caption"),
            html.Div(
                [_leaflet_map(panel_id), html.P(id=f"{panel_id}-source", className="map-source")],
                id=f"{panel_id}-frame",
                className="map-frame",
                role="region",
            ),
            html.Div(id=f"{panel_id}-legend", className="map-legend"),
            html.Div(id=f"{panel_id}-points-legend", className="map-legend"),
            html.Div(layers[1], id=f"{panel_id}-layers-legend", className="map-legend map-layers-legend"),
            dcc.Store(id=f"{panel_id}-values"),
            dcc.Store(id=f"{panel_id}-key"),
            dcc.Store(id=f"{panel_id}-layers", data=layers[0]),
            dcc.Store(id=f"{panel_id}-selected", data=selected),
            dcc.Store(id=f"{panel_id}-view", data=view),
            dcc.Store(id=f"{panel_id}-shown"),
        ],
        className="map-panel",
    )


def _leaflet_map(panel_id: str) -> dl.Map:
    """No tiles, no outside link: the frame is empty until our layer paints."""
    points = dl.GeoJSON(
        id=f"{panel_id}-points",
        data=points_data(pd.DataFrame(columns=["lon", "lat", "name", "kind", "glyph", "family"])),
        cluster=True,
        zoomToBoundsOnClick=True,
        superClusterOptions={"radius": 44, "maxZoom": 11},
        pointToLayer={"variable": "kangtuPoints.marker"},
        clusterToLayer={"variable": "kangtuPoints.cluster"},
    )
    return dl.Map(
        [dl.ZoomControl(position="topleft"), dl.ScaleControl(position="bottomleft", imperial=False), points],
        id=f"{panel_id}-map",
        center=[39.5, 109.0],  # until the first figures say where they lie
        zoom=7,
        zoomSnap=ZOOM_STEP,
        zoomDelta=2 * ZOOM_STEP,
        maxZoom=16,
        zoomControl=False,
        attributionControl=False,
        trackViewport=False,
        className="map-canvas",
    )


def outputs(panel_id: str) -> list[Output]:
    """What a page's callback writes, in the order update() gives it."""
    parts = (("values", "data"), ("legend", "children"), ("caption", "children"), ("source", "children"))
    return [Output(f"{panel_id}-{part}", name) for part, name in parts] + [Output(f"{panel_id}-frame", "aria-label")]


def update(shown: Shown) -> tuple:
    """Values for outputs(): the payload, the legend, the caption, the source line and the map's label."""
    caption = [html.Span(shown.indicator), html.Span(shown.period, className="map-period")]
    return (
        payload(shown),
        legend(shown.legend, shown.picture.legend_title),
        caption,
        mark_chinese(shown.picture.source),
        shown.summary,
    )


def payload(shown: Shown) -> dict:
    """What the browser gets for each change: no geometry, only where to fetch it and which one the figures belong to."""
    return {
        "language": current_language(),
        "areas": shown.areas,
        "dots": shown.dots,
        "outline": shown.outline,
        "legend": shown.legend,
        "place": shown.place,
        "bounds": list(shown.bounds),
        "tooltip": {
            "indicator": shown.indicator,
            "period": shown.period,
            "pattern": _change_pattern(shown.unit) if shown.is_change else _value_pattern(shown.unit),
            "is_change": shown.is_change,
            "decimals": shown.decimals,
            "says_class": shown.says_class,
            "notes": dict(shown.tooltip_notes),
        },
        "picture": {**asdict(shown.picture), "indicator": shown.indicator, "period": shown.period},
        "words": _words(),
    }


def _value_pattern(unit: str) -> str:
    """ "{} %": where the number goes; a unit nobody has named shows the bare number."""
    known = UNITS.get(unit)
    return "{}" if known is None else known.zh if current_language() == "zh" else known.en


def _change_pattern(unit: str) -> str:
    """The same for a difference of two figures: percents differ by points."""
    known, chinese = UNITS.get(unit), current_language() == "zh"
    if known is None:
        return "{}"
    return (known.change_zh or known.zh) if chinese else (known.change_en or known.en)


def _words() -> dict[str, str]:
    return {
        "loading": _("Loading the map…"),
        "empty": _("There is no map of these areas. The table below has the figures."),
        "refused": _("The figures belong to another version of the map. Please reload the page."),
        "failed": _("The map could not be loaded. Please reload the page; the table below has the figures."),
        "illustrative": _("Illustrative cell, not an administrative boundary"),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "measure": _("Measure a distance: click along the way, Escape ends"),
        "about": _("about"),
        "persons": _("Population {count}", count="{}"),  # filled in by the browser
        "persons_unknown": _("Population not known"),
    }


def legend(entries: Sequence[Mapping], title: str) -> list:
    """The legend as a list: swatch, words, number of areas. An empty special class is left out, an empty class stays."""
    shown = [entry for entry in entries if entry["count"] or not entry["is_special"]]
    return [html.Div(title, className="map-legend-title"), html.Ul([_legend_line(entry) for entry in shown])]


def _legend_line(entry: Mapping) -> html.Li:
    swatch = html.Span(
        entry["glyph"],
        className=f"map-swatch {'map-swatch-' + entry['pattern'] if entry['pattern'] else ''}",
        style={"--light": entry["light"], "--dark": entry["dark"]},
        **{"aria-hidden": "true"},
    )
    return html.Li([swatch, html.Span(entry["label"]), html.Span(str(entry["count"]), className="map-count")])


def points_outputs(panel_id: str) -> list[Output]:
    """What a page's callback writes to show places as points, in the order points_update() gives it."""
    parts = (("points", "data"), ("key", "data"), ("points-legend", "children"))
    return [Output(f"{panel_id}-{part}", name) for part, name in parts]


def points_update(points: pd.DataFrame, title: str) -> tuple:
    """Values for points_outputs(): the places, their key for the picture, and the key as a legend.

    points: lon, lat (degrees; a row without them is counted but not drawn), name, kind (in the reader's words), glyph
        (one character), family ("facility" or "health_cell": the marker's shape).
    """
    key = points_key(points)
    return points_data(points), key, _points_legend(key, title)


def points_key(points: pd.DataFrame) -> list[dict]:
    """label, glyph, family, count (those nobody has located too) of each kind of place; points as for points_update()."""
    counts = points.groupby(["kind", "glyph", "family"], sort=False).size()
    return [
        {"label": kind, "glyph": glyph, "family": family, "count": int(count)}
        for (kind, glyph, family), count in counts.items()
    ]


def _points_legend(key: Sequence[Mapping], title: str) -> list:
    if not key:
        return []
    lines = [
        html.Li(
            [
                html.Span(
                    entry["glyph"],
                    className=f"map-point map-point-key map-point-{entry['family']}",
                    **{"aria-hidden": "true"},
                ),
                html.Span(entry["label"]),
                html.Span(str(entry["count"]), className="map-count"),
            ]
        )
        for entry in key
    ]
    return [html.Div(title, className="map-legend-title"), html.Ul(lines)]


def points_data(points: pd.DataFrame) -> dict:
    """Places as the points layer takes them; points as for points_update()."""
    placed = points.dropna(subset=["lon", "lat"])
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(row.lon, 5), round(row.lat, 5)]},
            "properties": {"name": row.name, "kind": row.kind, "glyph": row.glyph, "family": row.family},
        }
        for row in placed.itertuples(index=False)
    ]
    return {"type": "FeatureCollection", "features": features}
