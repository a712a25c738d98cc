"""The map's geometry files (workflows/display_geometry.py writes them): which there are, and how the browser gets them.

Each address holds the hash of its content, so a browser keeps the file for good and asks for a new one by a new name.
"""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

import pandas as pd
from flask import Response, abort, request, send_file

from dashboards import data
from dashboards.access import route

MANIFEST = "manifest.json"
ANY_PARENT = "all"
FOR_GOOD = "private, max-age=31536000, immutable"  # private: a shared cache does not ask who may see it


def folder() -> Path:
    """Where the files stand."""
    return data.data_folder().absolute() / "geo"


def layers() -> list[dict]:
    """The layers of the manifest, each with its url; none before boundaries were imported."""
    path = folder() / MANIFEST
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return []


@lru_cache(maxsize=4)
def _read(path: Path, _written: int) -> list[dict]:
    manifest = json.loads(path.read_text(encoding="utf-8"))
    return [{**layer, "url": f"/geo/{layer['file']}"} for layer in manifest["layers"]]


def layer(level: str, place: str) -> dict | None:
    """The layer of a level's areas in a place, else of all areas of the level; None where nobody can draw them."""
    found = {entry["parent_id"]: entry for entry in layers() if entry["level"] == level}
    return found.get(place) or found.get(ANY_PARENT)


def reference(entry: dict | None) -> dict | None:
    """What the browser needs to fetch a layer's file."""
    return {"url": entry["url"], "hash": entry["hash"]} if entry else None


@data.cached
def map_seats(file: str) -> dict | None:
    """The seats of the areas that share a shape of this file: a layer of points, with its content; None for none.

    Their places are as rough as the areas table says (seat_precision_km), so they are drawn as illustrative.
    """
    shared = next((entry.get("members") or {} for entry in layers() if entry["file"] == file), {})
    everywhere = data.areas()
    members = sorted({member for group in shared.values() for member in group} & set(everywhere.index))
    places = everywhere.loc[members].dropna(subset=["seat_lon", "seat_lat"])
    if places.empty:
        return None
    features = [_seat(place) for place in places.itertuples(index=False)]
    found = hashed(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode("utf-8"))
    url = f"/geo/seats/{file.removesuffix('.json')}/{found['hash']}.json"
    return {**found, "url": url, "area_ids": list(places["area_id"])}


def hashed(content: bytes) -> dict:
    """A file made on the way: its content, and the hash that its address holds."""
    return {"content": content, "hash": hashlib.sha256(content).hexdigest()[:12]}


def _seat(place) -> dict:
    names = {"name_zh": place.name_zh, "name_en": "" if pd.isna(place.name_en) else place.name_en}
    return {
        "type": "Feature",
        "id": place.area_id,
        "properties": {"area_id": place.area_id, **names, "is_illustrative": True},
        "geometry": {"type": "Point", "coordinates": [round(place.seat_lon, 5), round(place.seat_lat, 5)]},
    }


@route("/geo/<level>/<name>", permission="see figures")
def geometry_file(level: str, name: str) -> Response:
    """One file the manifest names; packed where the browser takes it so."""
    file = f"{level}/{name}"
    if file not in {entry["file"] for entry in layers()}:
        abort(404)
    packed = folder() / f"{file}.gz"
    takes_packed = "gzip" in request.accept_encodings and packed.is_file()
    response = send_file(packed if takes_packed else folder() / file, mimetype="application/json", conditional=False)
    if takes_packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = FOR_GOOD
    return response


@route("/geo/seats/<level>/<name>/<digest>.json", permission="see figures")
def seats_file(level: str, name: str, digest: str) -> Response:
    """The seats of a file's shared shapes, for the areas the reader may see."""
    seats = map_seats(f"{level}/{name}.json")
    if seats is None or seats["hash"] != digest:
        abort(404)
    return Response(seats["content"], mimetype="application/json", headers={"Cache-Control": FOR_GOOD})
