"""Coverage to take away: CSV and XLSX of every place, GeoJSON of the map's shapes and of the service area."""

import json

import pandas as pd
from dash import html
from flask import Response, abort, request

from dashboards import components, coverage_map, coverage_tables, coverage_words, data, map_geometry
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
    geojson = html.A("GeoJSON", href=f"/download/{NAME}.geojson", className="kt-download", download="")
    picture = html.Button("PNG", id=picture_id, type="button", className="kt-picture")
    found.children = [*found.children, geojson, picture]
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
    answer = asked(request.args.to_dict())
    if answer.layer is None:
        abort(404)
    collection = json.loads((map_geometry.folder() / answer.layer["file"]).read_text(encoding="utf-8"))
    figures = answer.figures.set_index("area_id")
    for feature in collection["features"]:
        feature["properties"].pop("label", None)
        feature["properties"] |= _properties(figures.loc[feature["properties"]["area_id"]], answer)
    area = coverage_map.service_area(answer)
    if area is not None:
        area["properties"] = {"kind": "service_area", "radius_m": answer.choice.reach.radius_m, **_demo()}
        collection["features"].append(area)
    about = {
        "title": coverage_words.finding(answer),
        "about": " · ".join(coverage_words.subline(answer)),
        "source": coverage_map.source(answer),
        **_demo(),
    }
    text = json.dumps({**collection, "kangtu": about}, ensure_ascii=False, separators=(",", ":"))
    response = Response(text, mimetype="application/geo+json")
    response.headers["Content-Disposition"] = f'attachment; filename="kangtu-{NAME}.geojson"'
    return response


def _properties(figure: pd.Series, answer: Answer) -> dict:
    entry = answer.entries[int(figure["position"])]
    value = None if pd.isna(figure["value"]) else float(figure["value"])
    return {"value": value, "class": entry.key, "class_words": entry.label, **_demo()}


def _demo() -> dict:
    return {"demo": DEMO} if data.is_demo() else {}
