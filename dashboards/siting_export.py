"""A siting answer to take away: places, sites, gains and two scenarios compared as CSV and XLSX; points as GeoJSON and GeoPackage. ?scenario= or ?job= as in the address."""

import json
import tempfile
from pathlib import Path

import geopandas
import pandas as pd
from flask import Response, abort, request

from dashboards import components, data, siting_words
from dashboards.access import route
from dashboards.components.figures import DEMO
from dashboards.data import sited
from dashboards.data.sited import Sited
from dashboards.language import gettext as _
from dashboards.language import pick
from dashboards.siting_kept import compared_lines

PLACES, SITES, GAINS, COMPARED = "siting-places", "siting-sites", "siting-gains-table", "siting-compared"


def asked_for(state: dict[str, str]) -> Sited | None:
    """The scenario or the reader's own job an address names, else the plan's worked example; None for what is not there."""
    if state.get("scenario"):
        return sited.saved_scenario(state["scenario"])
    if state.get("job"):
        return sited.sited_by_job(state["job"])
    example = sited.worked_example(state.get("plan"))
    return None if example is None else sited.answered_now(example)


def _answered(state: dict[str, str]) -> Sited:
    found = asked_for(state)
    if found is None or found.result is None:
        abort(404)
    return found


def _about(found: Sited) -> dict[str, str]:
    result = found.result
    word, numbers = siting_words.verdict(result)
    about = {_("Model"): " · ".join(_(words) for words in siting_words.MODELS[result["model"]])}
    about |= {_("Sites in all"): str(result["p"]), _("Radius"): siting_words.km(result["radius_m"])}
    about |= {_("People within reach"): siting_words.percent(result["people_share"])}
    about |= {_("Places reached"): siting_words.percent(result["places_share"]), word: numbers}
    return about | {_("Method"): " ".join(siting_words.method(found))}


def _frame(rows, columns: list[dict], also: dict[str, str]):
    heads = {column["field"]: column["headerName"] for column in columns} | also
    return rows[list(heads)].rename(columns=heads)


@components.exporter(PLACES)
def places(state: dict[str, str]) -> components.Export:
    """Every township with its nearest chosen site."""
    found = _answered(state)
    frame = _frame(
        siting_words.place_rows(found.result), siting_words.place_columns(found.result), {"area_id": _("Code")}
    )
    return components.Export(frame, siting_words.finding(found), _about(found))


@components.exporter(SITES)
def sites(state: dict[str, str]) -> components.Export:
    """The chosen sites in the order of what each adds."""
    found = _answered(state)
    also = {"lon": _("Longitude"), "lat": _("Latitude")}
    frame = _frame(siting_words.site_rows(found.result), siting_words.site_columns(found.result), also)
    return components.Export(frame, siting_words.finding(found), _about(found))


@components.exporter(GAINS)
def gains(state: dict[str, str]) -> components.Export:
    """What the best choice of each number of sites gives."""
    found = _answered(state)
    frame = _frame(siting_words.gain_rows(found.result), siting_words.gain_columns(found.result), {})
    return components.Export(frame, _("What each further site adds"), _about(found))


@components.exporter(COMPARED)
def compared(state: dict[str, str]) -> components.Export:
    """Two saved scenarios beside each other, then the sites of both."""
    one, other = _answered({"scenario": state["scenario"]}), _answered({"scenario": state["with"]})
    columns = [_("Compared"), _("First scenario"), _("Second scenario")]
    frame = pd.DataFrame(compared_lines(one, other), columns=columns)
    return components.Export(frame, _("Two scenarios"), {_("Method"): " ".join(siting_words.method(one))})


@route("/download/siting.geojson", permission="download figures")
def siting_geojson() -> Response:
    """Sites and places as points in WGS-84, each with what the answer says of it."""
    found = _answered(request.args.to_dict())
    about = {"title": siting_words.finding(found), **_about(found), **_demo()}
    collection = {"type": "FeatureCollection", "features": _features(found), "kangtu": about}
    return _file(json.dumps(collection, ensure_ascii=False), "geojson", "application/geo+json")


@route("/download/siting.gpkg", permission="download figures")
def siting_geopackage() -> Response:
    """The same as a GeoPackage, sites and places a layer each; what the answer is stands in every row."""
    found = _answered(request.args.to_dict())
    frame = geopandas.GeoDataFrame.from_features(_features(found), crs="EPSG:4326")
    frame["title"], frame["method"] = siting_words.finding(found), " ".join(siting_words.method(found))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "siting.gpkg"
        for layer, is_of_layer in (("sites", frame["kind"] == "site"), ("places", frame["kind"] != "site")):
            part = frame[is_of_layer].dropna(axis=1, how="all")
            part.to_file(path, layer=layer, driver="GPKG")
        return _file(path.read_bytes(), "gpkg", "application/geopackage+sqlite3")


def _file(content: str | bytes, ending: str, mimetype: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="kangtu-siting.{ending}"'
    return response


def _demo() -> dict[str, str]:
    return {"demo": DEMO} if data.is_demo() else {}


def _features(found: Sited) -> list[dict]:
    chosen = [_feature(site, "site", {"order": number}) for number, site in enumerate(found.result["chosen"], 1)]
    return chosen + [_feature(place, place.get("level", "township"), {}) for place in found.result["demand"]]


def _feature(row: dict, kind: str, also: dict) -> dict:
    properties = {name: value for name, value in row.items() if name not in ("lon", "lat")}
    properties |= {"kind": kind, "name": pick(row["name_zh"], row["name_en"]), **also, **_demo()}
    geometry = {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}
