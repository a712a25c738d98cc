"""The map to take away: CSV and XLSX of its table, GeoJSON of its shapes with their figures, PNG from the browser."""

import json

from dash import html
from flask import Response, abort, request

from dashboards import components, data, map_geometry, map_words
from dashboards.access import route
from dashboards.components.figures import DEMO
from dashboards.language import gettext as _
from dashboards.map_question import Answer, ask, choose

NAME = "map"


def bar(picture_id: str) -> html.Div:
    """The download buttons of the map; picture_id: of the button that saves the picture."""
    found = components.download_bar(NAME)
    geojson = html.A("GeoJSON", href=f"/download/{NAME}.geojson", className="kt-download", download="")
    picture = html.Button("PNG", id=picture_id, type="button", className="kt-picture")
    found.children = [*found.children, geojson, picture]
    return found


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
    """The map's shapes, as they are drawn, each with its figure: for drawing, not for measuring."""
    answer = _asked(request.args.to_dict())
    if answer.layer is None:
        abort(404)
    collection = json.loads((map_geometry.folder() / answer.layer["file"]).read_text(encoding="utf-8"))
    figures = answer.figures.set_index("area_id")
    for feature in collection["features"]:
        feature["properties"].pop("label", None)
        feature["properties"] |= _properties(figures.loc[feature["properties"]["area_id"]], answer)
    about = {"title": map_words.finding(answer), "about": map_words.subline(answer), "source": map_words.source(answer)}
    if data.is_demo():
        about["demo"] = DEMO
    text = json.dumps({**collection, "kangtu": about}, ensure_ascii=False, separators=(",", ":"))
    response = Response(text, mimetype="application/geo+json")
    response.headers["Content-Disposition"] = f'attachment; filename="kangtu-{NAME}.geojson"'
    return response


def _properties(figure, answer: Answer) -> dict:
    """What one shape's figure is; a missing figure is null."""
    numbers = {name: None if figure[name] != figure[name] else float(figure[name]) for name in NUMBERS}
    status = figure["status"] if isinstance(figure["status"], str) else None
    demo = {"demo": DEMO} if data.is_demo() else {}  # in every feature: a tool may drop what stands beside them
    return {
        "indicator_id": answer.choice.indicator_id,
        "period": answer.choice.period,
        "unit": answer.choice.indicator["unit"],
        **numbers,
        "areas_added_up": int(figure["members"]),
        "status": status,
        **demo,
    }


NUMBERS = ("value", "numerator", "denominator")
