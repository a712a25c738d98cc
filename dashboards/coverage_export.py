"""Coverage to take away: CSV and XLSX of every place, GeoJSON and GeoPackage of the map's shapes and of the service area,
the map as a drawing (SVG).
"""

import json
import tempfile
from pathlib import Path

import geopandas
import pandas as pd
from dash import html
from flask import Response, abort, request

from dashboards import (
    components,
    coverage_map,
    coverage_svg,
    coverage_tables,
    coverage_words,
    data,
    map_export,
    map_geometry,
)
from dashboards.access import route
from dashboards.components.figures import DEMO
from dashboards.coverage_answer import Answer, ask
from dashboards.coverage_question import choose
from dashboards.data import served
from dashboards.language import gettext as _

NAME = "coverage"


def bar(picture_id: str) -> html.Div:
    """The download buttons; picture_id: of the button that saves the picture."""
    found = components.download_bar(NAME)
    shapes = [
        html.A(words, href=f"/download/{NAME}.{ending}", className="kt-download", download="")
        for words, ending in (("GeoJSON", "geojson"), ("GeoPackage", "gpkg"), ("SVG", "svg"))
    ]
    picture = html.Button("PNG", id=picture_id, type="button", className="kt-picture")
    found.children = [*found.children, *shapes, picture]
    return found


def asked(state: dict[str, str]) -> Answer:
    """The answer of an address; 404 where there is no plan, and where no townships are known."""
    choice = choose(state)
    if choice is None or served.townships_in(choice.place).empty:
        abort(404)
    try:
        return ask(choice)
    except served.NotYet:
        abort(503, _("Minutes by road are being worked out…"))


@components.exporter(NAME)
def coverage_table(state: dict[str, str]) -> components.Export:
    """Every place, also those within reach."""
    answer = asked(state)
    rows = coverage_tables.table_rows(answer, only_left_out=False)
    heads = {column["field"]: column["headerName"] for column in coverage_tables.table_columns(answer)}
    kept = [field for field in heads if field in rows]
    frame = rows[["area_id", *kept]].rename(columns={"area_id": _("Code"), **heads})
    about = {
        _("Shown"): " · ".join(coverage_words.subline(answer)),
        _("Map"): coverage_map.source(answer),
        _("Method"): " ".join(coverage_words.method(answer)),
    }
    return components.Export(frame, coverage_words.finding(answer), about)


@route(f"/download/{NAME}.geojson", permission="download figures")
def coverage_geojson() -> Response:
    """The map's shapes, each with its figure and class, and the service area as one more feature."""
    answer = _mapped(request.args.to_dict())
    about = {
        "title": coverage_words.finding(answer),
        "about": " · ".join(coverage_words.subline(answer)),
        "source": coverage_map.source(answer),
        **_demo(),
    }
    shapes = [*_areas(answer), *_service_area(answer)]
    collection = {"type": "FeatureCollection", "features": shapes, "kangtu": about}
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    return _file(text, "geojson", "application/geo+json")


@route(f"/download/{NAME}.gpkg", permission="download figures")
def coverage_geopackage() -> Response:
    """The same as a GeoPackage in CGCS2000 (EPSG:4490): areas and the service area a table each; sources in every row."""
    answer = _mapped(request.args.to_dict())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "coverage.gpkg"
        for table, shapes in (("areas", _areas(answer)), ("service_area", _service_area(answer))):
            if shapes:
                frame = geopandas.GeoDataFrame.from_features(shapes, crs="EPSG:4490")
                frame["title"], frame["source"] = coverage_words.finding(answer), coverage_map.source(answer)
                frame.to_file(path, layer=table, driver="GPKG")
        return _file(path.read_bytes(), "gpkg", "application/geopackage+sqlite3")


@route(f"/download/{NAME}.svg", permission="download figures")
def coverage_drawing() -> Response:
    """The map as on the screen, for print: ?lat=&lon=&zoom= as the address holds them, else the whole."""
    state = request.args.to_dict()
    return _file(coverage_svg.draw(_mapped(state), map_export.view_of(state)), "svg", "image/svg+xml")


def _mapped(state: dict[str, str]) -> Answer:
    """The answer of an address that has shapes."""
    answer = asked(state)
    if answer.layer is None:
        abort(404)
    return answer


def _areas(answer: Answer) -> list[dict]:
    """The map's shapes, each with its figure and class."""
    collection = json.loads((map_geometry.folder() / answer.layer["file"]).read_text(encoding="utf-8"))
    figures = answer.figures.set_index("area_id")
    for feature in collection["features"]:
        feature["properties"].pop("label", None)
        feature["properties"] |= _properties(figures.loc[feature["properties"]["area_id"]], answer)
    return collection["features"]


def _service_area(answer: Answer) -> list[dict]:
    """The service area as one feature; none by road, and of a layer without a radius."""
    area = coverage_map.service_area(answer)
    if area is None:
        return []
    properties = {"kind": "service_area", "radius_m": answer.choice.reach.radius_m, **_demo()}
    return [{**area, "properties": properties}]


def _file(content: str | bytes, ending: str, mimetype: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="kangtu-{NAME}.{ending}"'
    return response


def _properties(figure: pd.Series, answer: Answer) -> dict:
    entry = answer.entries[int(figure["position"])]
    value = None if pd.isna(figure["value"]) else float(figure["value"])
    return {"value": value, "class": entry.key, "class_words": entry.label, **_demo()}


def _demo() -> dict:
    return {"demo": DEMO} if data.is_demo() else {}
