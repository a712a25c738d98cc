"""The coverage map as a drawing for print: its sheet, the edge of what lies within reach, the facilities."""

from collections.abc import Mapping
from html import escape

import pandas as pd

from dashboards import coverage_map, coverage_words, map_panel, map_svg_sheet
from dashboards.coverage_answer import Answer
from dashboards.language import gettext as _
from dashboards.map_svg_frame import Frame, list_marks
from dashboards.map_svg_layers import marker

SERVICE_AREA = "#0b3b74"  # as on the screen: assets/coverage.css
EDGE = f'stroke="{SERVICE_AREA}" stroke-width="2"'


def draw(answer: Answer, view: Mapping[str, float] | None) -> str:
    """The whole drawing of an answer with a layer. view: lat, lon, zoom of the screen, or None for all of the map."""
    area, points = coverage_map.service_area(answer), coverage_map.points(answer)
    key = map_panel.points_key(points)
    sheet = map_svg_sheet.Sheet(
        layer=answer.layer,
        figures=answer.figures,
        legend=answer.legend,
        picture=coverage_map.picture(answer, coverage_words.finding(answer)),
        outline=coverage_map.outline(answer),
        seats=answer.seats,
        rows=answer.rows,
        over=lambda frame: [*_service_area(area, frame), *_facilities(points, frame)],
        more=lambda y: _legend(area, key, y),
        marks=points[["lon", "lat"]].dropna().to_numpy(dtype=float).tolist(),
    )
    return map_svg_sheet.draw(sheet, view)


def _service_area(area: Mapping | None, frame: Frame) -> list[str]:
    if area is None:
        return []
    edge = frame.path(area["geometry"])
    return [f'<path d="{edge}" fill="{SERVICE_AREA}" fill-opacity="0.05" {EDGE} data-layer="service_area"/>']


def _facilities(points: pd.DataFrame, frame: Frame) -> list[str]:
    """Each by itself: on paper nobody opens a cluster."""
    marks = []
    for place in points.dropna(subset=["lon", "lat"]).itertuples(index=False):
        name = escape(f"{place.name} · {place.kind}")
        mark = marker(place.family, place.glyph, *frame.place(place.lon, place.lat))
        marks.append(f'<g data-layer="facility">{mark}<title>{name}</title></g>')
    return marks


def _legend(area: Mapping | None, key: list[dict], y: float) -> tuple[list[str], float]:
    """The kinds of facilities with their number, and what the edge is."""
    items = [
        (
            lambda x, at, line=line: marker(line["family"], line["glyph"], x + 11, at - 5),
            f"{line['label']} ({line['count']})",
        )
        for line in key
    ]
    if area is not None:
        items.append((_edge, _("Edge of what lies within reach")))
    return list_marks(_("Facilities") if key else "", items, y) if items else ([], y)


def _edge(x: float, y: float) -> str:
    return f'<path d="M{x:.0f},{y - 5:.0f}h22" {EDGE}/>'
