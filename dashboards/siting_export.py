"""A siting answer to take away: places and sites as CSV and XLSX, both as GeoJSON. ?scenario= or ?job= as in the address."""

import json

from flask import Response, abort, request

from dashboards import components, data, siting_words
from dashboards.access import route
from dashboards.components.figures import DEMO
from dashboards.data import sited
from dashboards.data.sited import Sited
from dashboards.language import gettext as _
from dashboards.language import pick

PLACES, SITES = "siting-places", "siting-sites"


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
    about |= {_("People reached"): siting_words.percent(result["people_share"])}
    about |= {_("Places reached"): siting_words.percent(result["places_share"]), word: numbers}
    return about | {_("Method"): " ".join(siting_words.method(found))}


def _frame(rows, columns: list[dict], also: dict[str, str]):
    heads = {column["field"]: column["headerName"] for column in columns} | also
    return rows[list(heads)].rename(columns=heads)


@components.exporter(PLACES)
def places(state: dict[str, str]) -> components.Export:
    """Every township with its nearest chosen site."""
    found = _answered(state)
    frame = _frame(siting_words.place_rows(found.result), siting_words.place_columns(), {"area_id": _("Code")})
    return components.Export(frame, siting_words.finding(found), _about(found))


@components.exporter(SITES)
def sites(state: dict[str, str]) -> components.Export:
    """The chosen sites in the order of what each adds."""
    found = _answered(state)
    also = {"lon": _("Longitude"), "lat": _("Latitude")}
    frame = _frame(siting_words.site_rows(found.result), siting_words.site_columns(found.result), also)
    return components.Export(frame, siting_words.finding(found), _about(found))


@route("/download/siting.geojson", permission="download figures")
def siting_geojson() -> Response:
    """Sites and townships as points in WGS-84, each with what the answer says of it."""
    found = _answered(request.args.to_dict())
    demo = {"demo": DEMO} if data.is_demo() else {}
    features = [
        _feature(site, "site", {"order": number} | demo) for number, site in enumerate(found.result["chosen"], 1)
    ]
    features += [_feature(place, "township", demo) for place in found.result["demand"]]
    about = {"title": siting_words.finding(found), **_about(found), **demo}
    text = json.dumps({"type": "FeatureCollection", "features": features, "kangtu": about}, ensure_ascii=False)
    response = Response(text, mimetype="application/geo+json")
    response.headers["Content-Disposition"] = 'attachment; filename="kangtu-siting.geojson"'
    return response


def _feature(row: dict, kind: str, also: dict) -> dict:
    properties = {name: value for name, value in row.items() if name not in ("lon", "lat")}
    properties |= {"kind": kind, "name": pick(row["name_zh"], row["name_en"]), **also}
    geometry = {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}
