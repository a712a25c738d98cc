"""Drawing primitives of the printed map: its rectangle in Web Mercator, lines of text that break, text with a halo."""

import math
from collections.abc import Iterable, Mapping
from html import escape

WIDTH, MAP_HEIGHT, MARGIN = 1200, 680, 32
INNER = WIDTH - 2 * MARGIN
WORLD = 256  # width of the Mercator world in pixels at zoom 0, as in the browser
FONT = "'Microsoft YaHei UI','PingFang SC','Noto Sans CJK SC','Source Han Sans SC',sans-serif"
INK, MUTED, OUTLINE = "#1b2733", "#55636f", "#7c8894"
EARTH_M = 2 * math.pi * 6378137.0  # circumference at the equator, metres (WGS-84 semi-major axis)


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

    def where(self, x: float, y: float) -> tuple[float, float]:
        """The longitude and latitude (degrees) of a pixel."""
        return (x / self.scale + self.left) / WORLD * 360 - 180, math.degrees(self._latitude(y))

    def _latitude(self, y: float) -> float:
        north = (self.top + y / self.scale) / WORLD
        return math.atan(math.sinh(math.pi * (1 - 2 * north)))

    def path(self, geometry: Mapping) -> str:
        """The SVG path of a Polygon or MultiPolygon."""
        polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        return "".join(self._ring(ring) for polygon in polygons for ring in polygon)

    def _ring(self, ring: list) -> str:
        return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in (self.place(*point[:2]) for point in ring[:-1])) + "Z"

    def metres_per_pixel(self) -> float:
        """Along the parallel through the middle of the map."""
        return EARTH_M * math.cos(self._latitude(MAP_HEIGHT / 2)) / (WORLD * self.scale)


def _world(lon: float, lat: float) -> tuple[float, float]:
    y = math.asinh(math.tan(math.radians(min(max(lat, -85.0), 85.0)))) / math.pi
    return WORLD * (lon + 180) / 360, WORLD * (1 - y) / 2


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
    drawn = [write(line.strip(), MARGIN, top + (i + 0.8) * size * 1.45, size, **style) for i, line in enumerate(lines)]
    return drawn, top + len(lines) * size * 1.45


def _breakable(text: str) -> list[str]:
    parts: list[str] = []
    for character in text:
        if parts and ord(character) <= 0x2E7F and not parts[-1].endswith(" ") and ord(parts[-1][-1]) <= 0x2E7F:
            parts[-1] += character
        else:
            parts.append(character)
    return parts


def write(text, x, y, size, *, anchor="start", colour=INK, weight="normal", halo=False) -> str:
    edge = ' stroke="#ffffff" stroke-width="3" paint-order="stroke" stroke-linejoin="round"' if halo else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}" fill="{colour}"'
        f' font-weight="{weight}"{edge}>{escape(str(text))}</text>'
    )


def list_marks(title: str, items: list, y: float, height: float = 26) -> tuple[list[str], float]:
    """A legend's lines one after the other, and where the next begins. items: (draws the mark at x, y; words[; room])."""
    parts, x = [write(title, MARGIN, y, 14, colour=MUTED)] if title else [], MARGIN + text_width(title, 14) + 16
    x = x if title else MARGIN
    for draw_mark, words, *rest in items:
        room = (rest[0] if rest else 22) + 8
        width = room + text_width(words, 14) + 20
        if x + width > WIDTH - MARGIN:
            x, y = MARGIN, y + height
        parts += [draw_mark(x, y), write(words, x + room, y, 14)]
        x += width
    return parts, y + 28
