"""The map as a drawing for print (SVG): title, shapes, names, places, legend, scale, source and the marks nobody cuts off.

The same as the PNG the browser saves (assets/map_picture.js), but every line and word stays a line and a word.
"""

import json
import math
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from dashboards import map_geometry, map_layer_legend, map_svg_layers, map_words
from dashboards.language import current_language
from dashboards.map_layers import Drawn
from dashboards.map_panel import Picture
from dashboards.map_question import Answer
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
BELOW_COUNTY = ("township", "village")


def draw(answer: Answer, picture: Picture, layers: Sequence[Drawn], view: Mapping[str, float] | None) -> str:
    """The whole drawing. layers: the top one first; view: lat, lon, zoom of the screen, or None for all of the map."""
    frame = Frame(answer.layer["bounds"], view)
    head, top = _head(picture)
    body = [
        f'<svg x="{MARGIN}" y="{top:.0f}" width="{INNER}" height="{MAP_HEIGHT}">',
        *_areas(answer, frame),
        *_borders(answer, frame),
        *map_svg_layers.draw(layers, frame),
        *_scale_bar(frame),
        "</svg>",
    ]
    foot, bottom = _foot(answer, picture, layers, top + MAP_HEIGHT + 24)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom:.0f}" width="{WIDTH}" height="{bottom:.0f}"'
        f' font-family="{FONT}" lang="{current_language()}">',
        f"<title>{escape(picture.title)}</title>",
        _patterns(answer),
        map_svg_layers.clip(_outline(answer), frame) if layers else "",
        f'<rect width="{WIDTH}" height="{bottom:.0f}" fill="#ffffff"/>',
        *head,
        *body,
        *foot,
        "</svg>",
    ]
    return "\n".join(lines)


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
                written.append(write(text, x, y + 4, 13, anchor="middle", halo=True))
                break
    return written


def _width(geometry: Mapping) -> float:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    lons = np.concatenate([np.asarray(polygon[0], dtype=float)[:, 0] for polygon in polygons])
    return float(lons.max() - lons.min())


def _outline(answer: Answer) -> list[dict]:
    """What service areas keep within: the districts, else the shapes themselves."""
    outline = map_geometry.layer("county", answer.choice.place) if answer.choice.level in BELOW_COUNTY else None
    return [feature["geometry"] for feature in _features(outline or answer.layer)]


def _borders(answer: Answer, frame: Frame) -> list[str]:
    """Thicker lines of the districts around townships and villages."""
    outline = map_geometry.layer("county", answer.choice.place)
    if answer.choice.level not in BELOW_COUNTY or outline is None:
        return []
    return [
        f'<path d="{frame.path(feature["geometry"])}" fill="none" stroke="{INK}" stroke-width="1.4"/>'
        for feature in _features(outline)
    ]


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


def _foot(answer: Answer, picture: Picture, layers: Sequence[Drawn], top: float) -> tuple[list[str], float]:
    """Legends, notes and source; and where the drawing ends."""
    parts, y = [], top
    shown = [(i, entry) for i, entry in enumerate(answer.legend) if entry["count"] or not entry["is_special"]]
    swatches = [(_swatch(i, entry), f"{entry['label']} ({entry['count']})") for i, entry in shown]
    legend, y = list_marks(picture.legend_title, swatches, y)
    parts += legend
    legend, y = map_svg_layers.legend(layers, y)
    parts += legend
    for note in [*map_layer_legend.notes(layers), *picture.notes, picture.source]:
        lines, y = paragraph(note, y - 8, 13, INNER, colour=MUTED)
        parts, y = [*parts, *lines], y + 12
    return parts, y + 12


def _swatch(position: int, entry: Mapping):
    fill = f"url(#fill-{position})" if entry["pattern"] else entry["light"]

    def at(x: float, y: float) -> str:
        box = f'<rect x="{x:.0f}" y="{y - 13:.0f}" width="22" height="16" fill="{fill}" stroke="{OUTLINE}"/>'
        return box + (write(entry["glyph"], x + 11, y, 12, anchor="middle") if entry["glyph"] else "")

    return at


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


def picture_of(answer: Answer) -> Picture:
    """The words round the drawing: those of the picture the browser saves."""
    return map_words.picture(answer, map_words.finding(answer))
