"""The layers of the printed map, in the reader's order: the same as assets/map_stack.js draws, as lines and words."""

import json
from collections.abc import Mapping, Sequence
from html import escape

from dashboards import map_geometry, map_layer_legend, map_layers
from dashboards.language import pick
from dashboards.map_layers import BORDERS, POPULATION, REACH, Drawn
from dashboards.map_svg_frame import INK, INNER, MAP_HEIGHT, Frame, list_marks, write

POINT_COLOURS = {"facility": "#0b5cad", "health_cell": "#7a3e9d"}
BEYOND = 'fill="#8d86ab" fill-opacity="0.45"'  # out of reach: violet-grey
EDGES = (("#3d2a78", "none"), ("#7a3b00", "10 5"), ("#0b4f3c", "2 4"))


def draw(layers: Sequence[Drawn], frame: Frame) -> list[str]:
    """The layers, lowest first, each in a group that carries its key. layers: the top one first."""
    makers = {POPULATION: _people, REACH: _service_area, BORDERS: _borders}
    return [
        f'<g data-layer="{escape(drawn.layer.key)}">'
        f"{''.join(makers.get(drawn.layer.family, _places)(drawn, layers, frame))}</g>"
        for drawn in reversed(layers)
    ]


def clip(outline: Sequence[Mapping], frame: Frame) -> str:
    """What service areas are drawn within."""
    shapes = "".join(f'<path d="{frame.path(geometry)}" clip-rule="evenodd"/>' for geometry in outline)
    return f'<clipPath id="inside">{shapes}</clipPath>'


def _service_area(drawn: Drawn, layers: Sequence[Drawn], frame: Frame) -> list[str]:
    """What lies outside tinted, the edge as a line."""
    reached = "".join(frame.path(feature["geometry"]) for feature in map_layers.service_area(drawn))
    colour, dash = EDGES[map_layers.reach_line(drawn, layers)]
    sheet = f"M0,0H{INNER}V{MAP_HEIGHT}H0Z"
    return [
        f'<g clip-path="url(#inside)"><path d="{sheet}{reached}" {BEYOND} fill-rule="evenodd"/>',
        f'<path d="{reached}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/></g>',
    ]


def _borders(drawn: Drawn, layers: Sequence[Drawn], frame: Frame) -> list[str]:
    text = (map_geometry.folder() / drawn.borders["file"]).read_text(encoding="utf-8")
    return [
        f'<path d="{frame.path(feature["geometry"])}" fill="none" stroke="{INK}" stroke-width="1.1"'
        f"{_dash(feature['properties']['is_illustrative'])}/>"
        for feature in json.loads(text)["features"]
    ]


def _dash(is_illustrative: bool) -> str:
    return ' stroke-dasharray="5 3"' if is_illustrative else ""


def _people(drawn: Drawn, layers: Sequence[Drawn], frame: Frame) -> list[str]:
    found = drawn.people.sort_values("people", ascending=False, na_position="last")
    end = map_layers.scale_end(found["people"])
    circles = []
    for place in found.itertuples(index=False):
        x, y = frame.place(place.seat_lon, place.seat_lat)
        name = escape(pick(place.name_zh, place.name_en))
        circles.append(_circle(place.people, end, x, y).replace("/>", f"><title>{name}</title></circle>"))
    return circles


def _circle(persons: float, end: float, x: float, y: float) -> str:
    if persons != persons:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="none" stroke="{INK}" stroke-dasharray="2 2"/>'
    radius = max(map_layer_legend.radius(persons, end), 1)
    fill = 'fill="#ffffff" fill-opacity="0.62"'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" {fill} stroke="{INK}" stroke-width="1.4"/>'


def _places(drawn: Drawn, layers: Sequence[Drawn], frame: Frame) -> list[str]:
    glyph = map_layers.for_browser([drawn])[0]["glyph"]
    marks = []
    for place in drawn.places.dropna(subset=["lon", "lat"]).itertuples(index=False):
        x, y = frame.place(place.lon, place.lat)
        name = escape(f"{pick(place.name_zh, place.name_en)} · {drawn.label}")
        marks.append(f"<g>{marker(drawn.layer.family, glyph, x, y)}<title>{name}</title></g>")
    return marks


def marker(family: str, glyph: str, x: float, y: float) -> str:
    """One place: a facility square, a health cell round, with its character."""
    style = f'fill="{POINT_COLOURS[family]}" stroke="#ffffff" stroke-width="1.2"'
    if family == "facility":
        shape = f'<rect x="{x - 8:.1f}" y="{y - 8:.1f}" width="16" height="16" rx="2" {style}/>'
    else:
        shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8.5" {style}/>'
    return shape + write(glyph, x, y + 4, 10.5, anchor="middle", colour="#ffffff")


def legend(layers: Sequence[Drawn], y: float) -> tuple[list[str], float]:
    """The layers' lines, the top one first, and where the next thing begins."""
    lines = map_layer_legend.lines(layers)
    if not lines:
        return [], y
    tallest = max(8.0, *(line.get("radius", 0.0) for line in lines))
    items = [
        (lambda x, at, line=line: _mark(line, x, at - 5), line["label"], max(22, 2 * line.get("radius", 0)))
        for line in lines
    ]
    marks, end = list_marks(map_layer_legend.title(), items, y + tallest - 8, max(26, 2 * tallest + 4))
    return marks, end + tallest - 8


def _mark(line: Mapping, x: float, y: float) -> str:
    """The mark of one line; y: its middle."""
    if line["mark"] == "point":
        return marker(line["family"], line["glyph"], x + 11, y)
    if line["mark"] == "beyond":
        return f'<rect x="{x:.0f}" y="{y - 8:.0f}" width="22" height="16" {BEYOND}/>'
    if line["mark"] in ("circle", "unknown"):
        radius = line.get("radius", 4)
        dash = ' stroke-dasharray="2 2"' if line["mark"] == "unknown" else ""
        return f'<circle cx="{x + max(11, radius):.1f}" cy="{y:.1f}" r="{radius}" fill="none" stroke="{INK}"{dash}/>'
    colour, dash = EDGES[line["line"]] if line["mark"] == "edge" else (INK, "5 3" if line["is_dashed"] else "none")
    return f'<path d="M{x:.0f},{y:.0f}h22" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
