"""The map as a drawing for print (SVG): title, shapes, names, places, legend, scale, source and the marks nobody cuts off.

The same as the PNG the browser saves (assets/map_picture.js), but every line and word stays a line and a word.
"""

import json
import math
from collections.abc import Iterable, Mapping
from html import escape

import numpy as np
import pandas as pd

from dashboards import map_geometry, map_words
from dashboards.language import current_language
from dashboards.map_panel import Picture
from dashboards.map_question import Answer

WIDTH, MAP_HEIGHT, MARGIN = 1200, 680, 32
INNER = WIDTH - 2 * MARGIN
WORLD = 256  # width of the Mercator world in pixels at zoom 0, as in the browser
FONT = "'Microsoft YaHei UI','PingFang SC','Noto Sans CJK SC','Source Han Sans SC',sans-serif"
INK, MUTED, OUTLINE = "#1b2733", "#55636f", "#7c8894"
POINT_COLOURS = {"facility": "#0b5cad", "health_cell": "#7a3e9d"}
EARTH_M = 2 * math.pi * 6378137.0  # circumference at the equator, metres (WGS-84 semi-major axis)
MOST_NAMES = 160


def draw(answer: Answer, picture: Picture, places: pd.DataFrame, view: Mapping[str, float] | None) -> str:
    """The whole drawing. places: map_places.places(); view: lat, lon, zoom of the screen, or None for all of the map."""
    frame = Frame(answer.layer["bounds"], view)
    head, top = _head(picture)
    body = [
        f'<svg x="{MARGIN}" y="{top:.0f}" width="{INNER}" height="{MAP_HEIGHT}">',
        *_areas(answer, frame),
        *_borders(answer, frame),
        *_points(places, frame),
        *_scale_bar(frame),
        "</svg>",
    ]
    foot, bottom = _foot(answer, picture, places, top + MAP_HEIGHT + 24)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom:.0f}" width="{WIDTH}" height="{bottom:.0f}"'
        f' font-family="{FONT}" lang="{current_language()}">',
        f"<title>{escape(picture.title)}</title>",
        _patterns(answer),
        f'<rect width="{WIDTH}" height="{bottom:.0f}" fill="#ffffff"/>',
        *head,
        *body,
        *foot,
        "</svg>",
    ]
    return "\n".join(lines)


class Frame:
    """Longitude and latitude (degrees) to pixels of the map's rectangle, in Web Mercator as on the screen."""

    def __init__(self, bounds: Iterable[float], view: Mapping[str, float] | None):
        west, south, east, north = bounds
        if view is None:
            left, top, right, bottom = *_world(west, north), *_world(east, south)
            self.scale = min(INNER / max(right - left, 1e-9), MAP_HEIGHT / max(bottom - top, 1e-9)) * 0.96
            centre = (left + right) / 2, (top + bottom) / 2
        else:
            self.scale = 2.0 ** view["zoom"]
            centre = _world(view["lon"], view["lat"])
        self.left, self.top = centre[0] - INNER / 2 / self.scale, centre[1] - MAP_HEIGHT / 2 / self.scale

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        x, y = _world(lon, lat)
        return (x - self.left) * self.scale, (y - self.top) * self.scale

    def path(self, geometry: Mapping) -> str:
        """The SVG path of a Polygon or MultiPolygon."""
        polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        return "".join(self._ring(ring) for polygon in polygons for ring in polygon)

    def _ring(self, ring: list) -> str:
        return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in (self.place(*point[:2]) for point in ring[:-1])) + "Z"

    def metres_per_pixel(self) -> float:
        """Along the parallel through the middle of the map."""
        y = (self.top + MAP_HEIGHT / 2 / self.scale) / WORLD
        latitude = math.atan(math.sinh(math.pi * (1 - 2 * y)))
        return EARTH_M * math.cos(latitude) / (WORLD * self.scale)


def _world(lon: float, lat: float) -> tuple[float, float]:
    y = math.asinh(math.tan(math.radians(min(max(lat, -85.0), 85.0)))) / math.pi
    return WORLD * (lon + 180) / 360, WORLD * (1 - y) / 2


def _features(layer: Mapping) -> list[dict]:
    return json.loads((map_geometry.folder() / layer["file"]).read_text(encoding="utf-8"))["features"]


def _areas(answer: Answer, frame: Frame) -> list[str]:
    positions = dict(zip(answer.figures["area_id"], answer.figures["position"], strict=True))
    features = _features(answer.layer)
    shapes = []
    for feature in features:
        properties = feature["properties"]
        position = int(positions[properties["area_id"]])
        entry = answer.legend[position]
        fill = f"url(#fill-{position})" if entry["pattern"] else entry["light"]
        dash = ' stroke-dasharray="4 3"' if properties["is_illustrative"] else ""
        shapes.append(
            f'<path d="{frame.path(feature["geometry"])}" fill="{fill}" fill-rule="evenodd" stroke="{OUTLINE}"'
            f' stroke-width="0.8"{dash}><title>{escape(_name(properties))}</title></path>'
        )
    return [*shapes, *_names(answer, features, positions, frame)]


def _name(properties: Mapping) -> str:
    return (current_language() == "en" and properties["name_en"]) or properties["name_zh"]


def _names(answer: Answer, features: list[dict], positions: Mapping, frame: Frame) -> list[str]:
    """Names that do not run over one another, largest areas first; before a name the shape of its class, if it has one."""
    if len(features) > MOST_NAMES:
        return []
    written, taken = [], []
    for feature in sorted(features, key=lambda one: -_width(one["geometry"])):
        glyph = answer.legend[int(positions[feature["properties"]["area_id"]])]["glyph"]
        x, y = frame.place(*feature["properties"]["label"])
        room = _width(feature["geometry"]) / 360 * WORLD * frame.scale * 0.95
        name = _name(feature["properties"])
        for text in (f"{glyph} {name}".strip(), glyph):
            half = text_width(text, 13) / 2 + 3
            box = x - half, y - 10, x + half, y + 10
            is_free = all(box[0] >= o[2] or box[2] <= o[0] or box[1] >= o[3] or box[3] <= o[1] for o in taken)
            if text and 2 * half <= room + 6 and is_free:
                taken.append(box)
                written.append(_text(text, x, y + 4, 13, anchor="middle", halo=True))
                break
    return written


def _width(geometry: Mapping) -> float:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    lons = np.concatenate([np.asarray(polygon[0], dtype=float)[:, 0] for polygon in polygons])
    return float(lons.max() - lons.min())


def _borders(answer: Answer, frame: Frame) -> list[str]:
    """Thicker lines of the districts around townships and villages."""
    outline = map_geometry.layer("county", answer.choice.place)
    if answer.choice.level not in ("township", "village") or outline is None:
        return []
    return [
        f'<path d="{frame.path(feature["geometry"])}" fill="none" stroke="{INK}" stroke-width="1.4"/>'
        for feature in _features(outline)
    ]


def _points(places: pd.DataFrame, frame: Frame) -> list[str]:
    drawn = []
    for place in places.dropna(subset=["lon", "lat"]).itertuples(index=False):
        x, y = frame.place(place.lon, place.lat)
        name = f"<title>{escape(place.name)} · {escape(place.kind)}</title>"
        drawn.append(f"<g>{_marker(place.family, place.glyph, x, y)}{name}</g>")
    return drawn


def _marker(family: str, glyph: str, x: float, y: float) -> str:
    style = f'fill="{POINT_COLOURS[family]}" stroke="#ffffff" stroke-width="1.2"'
    if family == "facility":
        shape = f'<rect x="{x - 8:.1f}" y="{y - 8:.1f}" width="16" height="16" rx="2" {style}/>'
    else:
        shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8.5" {style}/>'
    return shape + _text(glyph, x, y + 4, 10.5, anchor="middle", colour="#ffffff")


def _scale_bar(frame: Frame) -> list[str]:
    reach = frame.metres_per_pixel() * 120
    power = 10 ** math.floor(math.log10(reach))
    metres = next(times * power for times in (5, 2, 1) if times * power <= reach)
    length, y = metres / frame.metres_per_pixel(), MAP_HEIGHT - 12
    words = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    bar = f'<path d="M12,{y - 6}V{y}H{12 + length:.1f}V{y - 6}" fill="none" stroke="{INK}" stroke-width="1.5"/>'
    return [bar, _text(words, 16, y - 5, 13)]


def _head(picture: Picture) -> tuple[list[str], float]:
    """Title and subtitle, the mark of synthetic figures at the right; and where the map begins."""
    parts, room = [], INNER
    if picture.demo_mark:
        width = text_width(picture.demo_mark, 16) + 24
        room -= width + 16
        x = WIDTH - MARGIN - width
        parts.append(f'<rect x="{x:.0f}" y="24" width="{width:.0f}" height="32" fill="#8f1d35"/>')
        parts.append(_text(picture.demo_mark, x + 12, 46, 16, colour="#ffffff", weight="bold"))
    lines, y = paragraph(picture.title, 28, 24, room, weight="bold")
    more, y = paragraph(picture.subtitle, y + 4, 15, INNER, colour=MUTED)
    return [*parts, *lines, *more], y + 12


def _foot(answer: Answer, picture: Picture, places: pd.DataFrame, top: float) -> tuple[list[str], float]:
    """Legends, notes and source; and where the drawing ends."""
    parts, y = [], top
    shown = [(i, entry) for i, entry in enumerate(answer.legend) if entry["count"] or not entry["is_special"]]
    swatches = [(_swatch(i, entry), f"{entry['label']} ({entry['count']})") for i, entry in shown]
    legend, y = _legend(picture.legend_title, swatches, y)
    parts += legend
    kinds = places.groupby(["family", "glyph", "kind"], sort=False).size()
    if len(kinds):
        markers = [
            (lambda x, y, f=family, g=glyph: _marker(f, g, x + 11, y - 5), f"{kind} ({n})")
            for (family, glyph, kind), n in kinds.items()
        ]
        legend, y = _legend("", markers, y)
        parts += legend
    for note in [*picture.notes, picture.source]:
        lines, y = paragraph(note, y - 8, 13, INNER, colour=MUTED)
        parts, y = [*parts, *lines], y + 12
    return parts, y + 12


def _swatch(position: int, entry: Mapping):
    fill = f"url(#fill-{position})" if entry["pattern"] else entry["light"]

    def at(x: float, y: float) -> str:
        box = f'<rect x="{x:.0f}" y="{y - 13:.0f}" width="22" height="16" fill="{fill}" stroke="{OUTLINE}"/>'
        return box + (_text(entry["glyph"], x + 11, y, 12, anchor="middle") if entry["glyph"] else "")

    return at


def _legend(title: str, items: list, y: float) -> tuple[list[str], float]:
    parts, x = [_text(title, MARGIN, y, 14, colour=MUTED)] if title else [], MARGIN + text_width(title, 14) + 16
    x = x if title else MARGIN
    for draw_mark, words in items:
        width = 30 + text_width(words, 14) + 20
        if x + width > WIDTH - MARGIN:
            x, y = MARGIN, y + 26
        parts += [draw_mark(x, y), _text(words, x + 30, y, 14)]
        x += width
    return parts, y + 28


def _patterns(answer: Answer) -> str:
    """Hatched and dotted fills of the classes that have them."""
    found = []
    for position, entry in enumerate(answer.legend):
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


def text_width(text: str, size: float) -> float:
    """About how wide a text is: a Chinese character is as wide as high, others a little over half."""
    return sum(size if ord(character) > 0x2E7F else 0.56 * size for character in text)


def paragraph(text: str, top: float, size: float, width: float, **style) -> tuple[list[str], float]:
    """A text broken into lines (Chinese anywhere, English between words), and where it ends."""
    lines, line = [], ""
    for part in _breakable(text):
        if line and text_width(line + part, size) > width:
            lines, line = [*lines, line], ""
        line += part
    lines = [*lines, line] if text else []
    drawn = [_text(line.strip(), MARGIN, top + (i + 0.8) * size * 1.45, size, **style) for i, line in enumerate(lines)]
    return drawn, top + len(lines) * size * 1.45


def _breakable(text: str) -> list[str]:
    parts: list[str] = []
    for character in text:
        if parts and ord(character) <= 0x2E7F and not parts[-1].endswith(" ") and ord(parts[-1][-1]) <= 0x2E7F:
            parts[-1] += character
        else:
            parts.append(character)
    return parts


def _text(text, x, y, size, *, anchor="start", colour=INK, weight="normal", halo=False) -> str:
    edge = ' stroke="#ffffff" stroke-width="3" paint-order="stroke" stroke-linejoin="round"' if halo else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}" fill="{colour}"'
        f' font-weight="{weight}"{edge}>{escape(str(text))}</text>'
    )


def picture_of(answer: Answer) -> Picture:
    """The words round the drawing: those of the picture the browser saves."""
    return map_words.picture(answer, map_words.finding(answer))
