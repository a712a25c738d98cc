"""The map to take away: its table, its shapes with their figures for a GIS, and the picture.

CSV and XLSX: every area of the level. GeoJSON and GeoPackage: the shapes as they are drawn, for drawing, not for
measuring. SVG from the server, PNG from the browser.
"""

import json
import tempfile
from pathlib import Path

import geopandas
from dash import html
from flask import Response, abort, request

from dashboards import components, data, map_geometry, map_places, map_svg, map_words
from dashboards.access import route
from dashboards.components.figures import DEMO
from dashboards.language import gettext as _
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
    """The table under the map, every area of the level."""
    answer = _asked(state)
    rows = map_words.table_rows(answer)
    heads = {column["field"]: column["headerName"] for column in map_words.table_columns(answer)}
    frame = rows[["area_id", *heads]].rename(columns={"area_id": _("Code"), **heads})
    about = {_("Shown"): map_words.subline(answer), _("Map"): map_words.source(answer)}
    return components.Export(frame, map_words.finding(answer), about)


@route(f"/download/{NAME}.geojson", permission="download figures")
def map_geojson() -> Response:
    """The map's shapes, each with its figure."""
    answer = _drawn(request.args.to_dict())
    about = {"title": map_words.finding(answer), "about": map_words.subline(answer), "source": map_words.source(answer)}
    if data.is_demo():
        about["demo"] = DEMO
    collection = {"type": "FeatureCollection", "features": _features(answer), "kangtu": about}
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    return _file(text, "geojson", "application/geo+json")


@route(f"/download/{NAME}.gpkg", permission="download figures")
def map_geopackage() -> Response:
    """The same as a GeoPackage in CGCS2000 (EPSG:4490), the layer called after the indicator; sources in every row."""
    answer = _drawn(request.args.to_dict())
    frame = geopandas.GeoDataFrame.from_features(_features(answer), crs="EPSG:4490")
    frame["source"], frame["title"] = map_words.source(answer), map_words.finding(answer)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.gpkg"
        frame.to_file(path, layer=answer.choice.indicator_id, driver="GPKG")
        return _file(path.read_bytes(), "gpkg", "application/geopackage+sqlite3")


@route(f"/download/{NAME}.svg", permission="download figures")
def map_drawing() -> Response:
    """The map as on the screen, for print: ?lat=&lon=&zoom= as the address holds them, else the whole."""
    state = request.args.to_dict()
    answer = _drawn(state)
    passing = map_places.Filter.of(**{key: state.get(key) for key in map_places.PASSING})
    places = map_places.places(state.get("layers", "").split(","), passing)
    return _file(map_svg.draw(answer, map_svg.picture_of(answer), places, view_of(state)), "svg", "image/svg+xml")


def _drawn(state: dict[str, str]) -> Answer:
    answer = _asked(state)
    if answer.layer is None:
        abort(404)
    return answer


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
