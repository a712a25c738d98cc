"""The map to take away: its table, its shapes with their figures for a GIS, and the picture.

CSV and XLSX: every area of the level. GeoJSON and GeoPackage: the shapes as they are drawn, for drawing, not for
measuring. SVG from the server, PNG from the browser.
"""

import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import geopandas
from dash import html
from flask import Response, abort, request

from dashboards import (
    components,
    data,
    map_geometry,
    map_layer_data,
    map_layer_legend,
    map_layers,
    map_svg,
    map_words,
    wording,
)
from dashboards.access import route
from dashboards.components.figures import DEMO
from dashboards.language import gettext as _
from dashboards.map_layers import Drawn
from dashboards.map_question import Answer, ask, choose

NAME = "map"


def bar(picture_id: str) -> html.Div:
    """The download buttons of the map; picture_id: of the button that saves the picture."""
    found = components.download_bar(NAME)
    files = [
        html.A(words, href=f"/download/{NAME}.{ending}", className="kt-download", download="")
        for words, ending in (("GeoJSON", "geojson"), ("GeoPackage", "gpkg"), ("SVG", "svg"))
    ]
    picture = html.Button("PNG", id=picture_id, type="button", className="kt-picture")
    found.children = [*found.children, *files, picture]
    return found


def view_of(state: dict[str, str]) -> dict[str, float] | None:
    """The view an address asks for: lat, lon, zoom; None unless all of it is a number on the map."""
    try:
        view = {key: float(state[key]) for key in ("lat", "lon", "zoom")}
    except (KeyError, ValueError):
        return None
    is_on_map = abs(view["lat"]) <= 85 and abs(view["lon"]) <= 180 and 0 <= view["zoom"] <= 20
    return view if is_on_map else None


def _asked(state: dict[str, str]) -> Answer:
    choice = choose(state)
    if choice is None:
        abort(404)
    return ask(choice)


@components.exporter(NAME)
def map_table(state: dict[str, str]) -> components.Export:
    """The table under the map, every area of the level; beside each figure what the layers say of the area."""
    answer = _asked(state)
    rows = map_words.table_rows(answer)
    heads = {column["field"]: column["headerName"] for column in map_words.table_columns(answer)}
    frame = rows[["area_id", *heads]].rename(columns={"area_id": _("Code"), **heads})
    layers = map_layers.of_address(state, answer.choice.place)
    for head, values in map_layer_data.columns(rows["area_id"], answer.choice.level, layers).items():
        frame[head] = values
    about = {_("Shown"): map_words.subline(answer), _("Map"): map_words.source(answer), **_about(layers)}
    return components.Export(frame, map_words.finding(answer), about, sheets=map_layer_data.tables(layers))


def _about(layers: Sequence[Drawn]) -> dict[str, str]:
    """The layers in their order, and whose they are."""
    if not layers:
        return {}
    said = {_("Layers, the top one first"): wording.joined([drawn.label for drawn in layers])}
    notes = map_layer_legend.notes(layers)
    return said | ({_("Note"): " · ".join(notes)} if notes else {})


@route(f"/download/{NAME}.geojson", permission="download figures")
def map_geojson() -> Response:
    """The map's shapes, each with its figure, then the shapes of each layer, the lowest first."""
    answer, layers = _drawn(request.args.to_dict())
    about = {"title": map_words.finding(answer), "about": map_words.subline(answer), "source": map_words.source(answer)}
    if layers:
        about |= {"layers": [drawn.layer.key for drawn in layers], "notes": map_layer_legend.notes(layers)}
    if data.is_demo():
        about["demo"] = DEMO
    shapes = [*_features(answer), *(shape for drawn in reversed(layers) for shape in map_layer_data.features(drawn))]
    collection = {"type": "FeatureCollection", "features": shapes, "kangtu": about}
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    return _file(text, "geojson", "application/geo+json")


@route(f"/download/{NAME}.gpkg", permission="download figures")
def map_geopackage() -> Response:
    """The same as a GeoPackage in CGCS2000 (EPSG:4490): a table for the figures, called after the indicator, and one for
    each layer with its place in the order; sources in every row.
    """
    answer, layers = _drawn(request.args.to_dict())
    frame = geopandas.GeoDataFrame.from_features(_features(answer), crs="EPSG:4490")
    frame["source"], frame["title"] = map_words.source(answer), map_words.finding(answer)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.gpkg"
        frame.to_file(path, layer=_table_name(answer.choice.indicator_id), driver="GPKG")
        for place, drawn in enumerate(layers, start=1):
            shapes = geopandas.GeoDataFrame.from_features(map_layer_data.features(drawn), crs="EPSG:4490")
            if len(shapes):
                shapes.to_file(path, layer=_table_name(f"{place}_{drawn.layer.key}"), driver="GPKG")
        return _file(path.read_bytes(), "gpkg", "application/geopackage+sqlite3")


@route(f"/download/{NAME}.svg", permission="download figures")
def map_drawing() -> Response:
    """The map as on the screen, for print: ?lat=&lon=&zoom= as the address holds them, else the whole."""
    state = request.args.to_dict()
    answer, layers = _drawn(state)
    return _file(map_svg.draw(answer, layers, view_of(state)), "svg", "image/svg+xml")


def _drawn(state: dict[str, str]) -> tuple[Answer, list[Drawn]]:
    """The map of an address that has shapes, and the layers over it, the top one first."""
    answer = _asked(state)
    if answer.layer is None:
        abort(404)
    return answer, map_layers.of_address(state, answer.choice.place)


def _table_name(text: str) -> str:
    """A name that every GIS takes: letters, digits and _."""
    return re.sub(r"[^0-9A-Za-z]+", "_", text)


def _features(answer: Answer) -> list[dict]:
    """The shapes as they are drawn, with their figures in place of what the browser needs."""
    collection = json.loads((map_geometry.folder() / answer.layer["file"]).read_text(encoding="utf-8"))
    figures = answer.figures.set_index("area_id")
    for feature in collection["features"]:
        feature["properties"].pop("label", None)
        feature["properties"] |= _properties(figures.loc[feature["properties"]["area_id"]], answer)
    return collection["features"]


def _file(content: str | bytes, ending: str, mimetype: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="kangtu-{NAME}.{ending}"'
    return response


def _properties(figure, answer: Answer) -> dict:
    """What one shape's figure is; a missing figure is null."""
    numbers = {name: None if figure[name] != figure[name] else float(figure[name]) for name in NUMBERS}
    status = figure["status"] if isinstance(figure["status"], str) else None
    p_miss, p_miss_model = (
        None if figure[name] != figure[name] else round(float(figure[name]), 2) for name in ("p_miss", "p_miss_model")
    )
    adjusted = {} if p_miss_model is None else {"p_miss_model": p_miss_model, "forecast_version": "adjusted"}
    demo = {"demo": DEMO} if data.is_demo() else {}  # in every feature: a tool may drop what stands beside them
    return {
        "indicator_id": answer.choice.indicator_id,
        "period": answer.choice.period,
        "unit": answer.choice.indicator["unit"],
        **numbers,
        "areas_added_up": int(figure["members"]),
        "status": status,
        "p_miss": p_miss,
        **adjusted,
        **demo,
    }


NUMBERS = ("value", "numerator", "denominator")
