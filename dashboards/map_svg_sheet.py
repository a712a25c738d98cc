"""A map drawn for print (SVG): title, shapes, names, legend, scale, source and the marks nobody cuts off.

The same as the PNG the browser saves (assets/map_picture.js), but every line and word stays a line and a word. What lies
over the shapes a page brings with it, and its legend.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
import shapely

from dashboards import map_geometry
from dashboards.language import current_language
from dashboards.map_panel import Picture
from dashboards.map_svg_frame import (
    FONT,
    INK,
    INNER,
    MAP_HEIGHT,
    MARGIN,
    MUTED,
    OUTLINE,
    WIDTH,
    WORLD,
    Frame,
    list_marks,
    paragraph,
    text_width,
    write,
)

MOST_NAMES = 160
DOT_RADIUS, HALF_A_MARK, ASIDE = 5, 12, (0, 22, -22)  # as on the screen: assets/choropleth_layer.js


@dataclass(frozen=True)
class Sheet:
    """What is drawn. layer, outline, seats: map_geometry's (outline, seats: or None). figures, rows: area_id, position (in
    the legend) of each shape and of each area with a seat. over: draws what lies over the shapes. more: the legend of that,
    from a height on, and where it ends. notes: what is said of it. marks: lon, lat of what names keep clear of.
    """

    layer: Mapping
    figures: pd.DataFrame
    legend: Sequence[Mapping]
    picture: Picture
    outline: Mapping | None
    seats: Mapping | None
    rows: pd.DataFrame
    over: Callable[[Frame], list[str]]
    more: Callable[[float], tuple[list[str], float]]
    notes: Sequence[str] = ()
    marks: Sequence[tuple[float, float]] = ()


def draw(sheet: Sheet, view: Mapping[str, float] | None) -> str:
    """The whole drawing. view: lat, lon, zoom of the screen, or None for all of the map."""
    frame = Frame(sheet.layer["bounds"], view)
    head, top = _head(sheet.picture)
    foot, bottom = _foot(sheet, top + MAP_HEIGHT + 24)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom:.0f}" width="{WIDTH}" height="{bottom:.0f}"'
        f' font-family="{FONT}" lang="{current_language()}">',
        f"<title>{escape(sheet.picture.title)}</title>",
        _patterns(sheet.legend),
        f'<rect width="{WIDTH}" height="{bottom:.0f}" fill="#ffffff"/>',
        *head,
        f'<svg x="{MARGIN}" y="{top:.0f}" width="{INNER}" height="{MAP_HEIGHT}">',
        *_areas(sheet, frame),
        *_borders(sheet, frame),
        *_dots(sheet, frame),
        *sheet.over(frame),
        *_scale_bar(frame),
        "</svg>",
        *foot,
        "</svg>",
    ]
    return "\n".join(lines)


def features(layer: Mapping) -> list[dict]:
    """The shapes of a layer's file."""
    return json.loads((map_geometry.folder() / layer["file"]).read_text(encoding="utf-8"))["features"]


def _places(figures: pd.DataFrame) -> dict[str, int]:
    """area_id -> where its class stands in the legend."""
    return dict(zip(figures["area_id"], figures["position"].astype(int), strict=True))


def _fill(position: int, entry: Mapping) -> str:
    return f"url(#fill-{position})" if entry["pattern"] else entry["light"]


def _areas(sheet: Sheet, frame: Frame) -> list[str]:
    positions, shown = _places(sheet.figures), features(sheet.layer)
    shapes = []
    for feature in shown:
        properties = feature["properties"]
        position = positions[properties["area_id"]]
        dash = ' stroke-dasharray="4 3"' if properties["is_illustrative"] else ""
        shapes.append(
            f'<path d="{frame.path(feature["geometry"])}" fill="{_fill(position, sheet.legend[position])}"'
            f' fill-rule="evenodd" stroke="{OUTLINE}" stroke-width="0.8"{dash}>'
            f"<title>{escape(_name(properties))}</title></path>"
        )
    return [*shapes, *_names(sheet, shown, positions, frame)]


def _name(properties: Mapping) -> str:
    return (current_language() == "en" and properties["name_en"]) or properties["name_zh"]


def _names(sheet: Sheet, shown: list[dict], positions: Mapping, frame: Frame) -> list[str]:
    """Names that do not run over one another or over a mark, largest areas first; before a name the shape of its class, if
    it has one; the shape alone where only that fits.
    """
    if len(shown) > MOST_NAMES:
        return []
    places = [frame.place(*at) for at in sheet.marks]
    taken = [(x - HALF_A_MARK, y - HALF_A_MARK, x + HALF_A_MARK, y + HALF_A_MARK) for x, y in places]
    written = []
    for feature in sorted(shown, key=lambda one: -_width(one["geometry"])):
        glyph = sheet.legend[positions[feature["properties"]["area_id"]]]["glyph"]
        texts = [text for text in (f"{glyph} {_name(feature['properties'])}".strip(), glyph) if text]
        fitting = next((found for text in texts if (found := _fitting(text, feature, frame, taken))), None)
        if fitting:
            taken.append(fitting[1])
            written.append(fitting[0])
    return written


def _fitting(text: str, feature: Mapping, frame: Frame, taken: Sequence[tuple]) -> tuple[str, tuple] | None:
    """A text written at its place, below or above it within the shape, and its box; None where it has no room."""
    x, y = frame.place(*feature["properties"]["label"])
    half = text_width(text, 13) / 2 + 3
    if 2 * half > _width(feature["geometry"]) / 360 * WORLD * frame.scale * 0.95 + 6:
        return None
    for down in ASIDE:
        box = x - half, y + down - 10, x + half, y + down + 10
        is_free = all(box[0] >= o[2] or box[2] <= o[0] or box[1] >= o[3] or box[3] <= o[1] for o in taken)
        if is_free and (not down or _holds(feature["geometry"], frame.where(x, y + down))):
            return write(text, x, y + down + 4, 13, anchor="middle", halo=True), box
    return None


def _holds(geometry: Mapping, place: tuple[float, float]) -> bool:
    return shapely.contains_xy(shapely.geometry.shape(geometry), *place)


def _width(geometry: Mapping) -> float:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    lons = np.concatenate([np.asarray(polygon[0], dtype=float)[:, 0] for polygon in polygons])
    return float(lons.max() - lons.min())


def _borders(sheet: Sheet, frame: Frame) -> list[str]:
    """Thicker lines of the districts around townships and villages."""
    return [
        f'<path d="{frame.path(feature["geometry"])}" fill="none" stroke="{INK}" stroke-width="1.4"/>'
        for feature in (features(sheet.outline) if sheet.outline else ())
    ]


def _dots(sheet: Sheet, frame: Frame) -> list[str]:
    """The areas that share a shape, each at its seat in the colour of its own class; white where that is a pattern."""
    positions, dots = _places(sheet.rows), []
    for seat in json.loads(sheet.seats["content"])["features"] if sheet.seats else ():
        x, y = frame.place(*seat["geometry"]["coordinates"])
        entry = sheet.legend[positions[seat["id"]]] if seat["id"] in positions else None
        fill = "#ffffff" if entry is None or entry["pattern"] else entry["light"]
        dots.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{DOT_RADIUS}" fill="{fill}" stroke="{INK}" stroke-width="1.2">'
            f"<title>{escape(_name(seat['properties']))}</title></circle>"
        )
    return dots


def _scale_bar(frame: Frame) -> list[str]:
    reach = frame.metres_per_pixel() * 120
    power = 10 ** math.floor(math.log10(reach))
    metres = next(times * power for times in (5, 2, 1) if times * power <= reach)
    length, y = metres / frame.metres_per_pixel(), MAP_HEIGHT - 12
    words = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    bar = f'<path d="M12,{y - 6}V{y}H{12 + length:.1f}V{y - 6}" fill="none" stroke="{INK}" stroke-width="1.5"/>'
    return [bar, write(words, 16, y - 5, 13)]


def _head(picture: Picture) -> tuple[list[str], float]:
    """Title and subtitle, the mark of synthetic figures at the right; and where the map begins."""
    parts, room = [], INNER
    if picture.demo_mark:
        width = text_width(picture.demo_mark, 16) + 24
        room -= width + 16
        x = WIDTH - MARGIN - width
        parts.append(f'<rect x="{x:.0f}" y="24" width="{width:.0f}" height="32" fill="#8f1d35"/>')
        parts.append(write(picture.demo_mark, x + 12, 46, 16, colour="#ffffff", weight="bold"))
    lines, y = paragraph(picture.title, 28, 24, room, weight="bold")
    more, y = paragraph(picture.subtitle, y + 4, 15, INNER, colour=MUTED)
    return [*parts, *lines, *more], y + 12


def _foot(sheet: Sheet, top: float) -> tuple[list[str], float]:
    """Legends, notes and source; and where the drawing ends."""
    shown = [(i, entry) for i, entry in enumerate(sheet.legend) if entry["count"] or not entry["is_special"]]
    swatches = [(_swatch(i, entry), f"{entry['label']} ({entry['count']})") for i, entry in shown]
    parts, y = list_marks(sheet.picture.legend_title, swatches, top)
    legend, y = sheet.more(y)
    parts += legend
    for note in [*sheet.notes, *sheet.picture.notes, sheet.picture.source]:
        lines, y = paragraph(note, y - 8, 13, INNER, colour=MUTED)
        parts, y = [*parts, *lines], y + 12
    return parts, y + 12


def _swatch(position: int, entry: Mapping):
    fill = _fill(position, entry)

    def at(x: float, y: float) -> str:
        box = f'<rect x="{x:.0f}" y="{y - 13:.0f}" width="22" height="16" fill="{fill}" stroke="{OUTLINE}"/>'
        return box + (write(entry["glyph"], x + 11, y, 12, anchor="middle", halo=True) if entry["glyph"] else "")

    return at


def _patterns(legend: Sequence[Mapping]) -> str:
    """Hatched and dotted fills of the classes that have them."""
    found = []
    for position, entry in enumerate(legend):
        if not entry["pattern"]:
            continue
        colour = entry["light"]
        inside = (
            f'<path d="M-1,9L9,-1M-1,1L1,-1M7,9L9,7" stroke="{colour}" stroke-width="1.2"/>'
            if entry["pattern"] == "hatch"
            else f'<circle cx="2" cy="2" r="1.1" fill="{colour}"/><circle cx="6" cy="6" r="1.1" fill="{colour}"/>'
        )
        found.append(
            f'<pattern id="fill-{position}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" fill="#ffffff"/>{inside}</pattern>'
        )
    return f"<defs>{''.join(found)}</defs>"
