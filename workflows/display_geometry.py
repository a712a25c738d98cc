"""Boundaries from the store as the files a browser draws, and the manifest that lists them.

    FOLDER/manifest.json                       FOLDER is settings.data_folder / "geo", served as /geo/
    FOLDER/<level>/<parent>-<hash>.json        and the same with .gz: what /geo/<level>/<parent>-<hash>.json sends

    manifest.json = {"layers": [{
        "level": "township",                   level of the features
        "parent_id": "150600",                 they lie in this area: the level above, or any level higher; "all": no parent
        "file": "township/150600-3f9c2a71b0de.json",   relative to FOLDER
        "hash": "3f9c2a71b0de",                first 12 hex digits of SHA-256 of the file's bytes
        "area_ids": ["150602001", ...],        one for each feature, in the file's order: values travel in this order
        "members": {"150602001": ["150602001", "150602002", ...]},   features that stand for several areas; else absent
        "is_illustrative": true,               true if any feature is 示意 (not an administrative boundary)
        "source": "...", "review_number": "...",       review_number "" where there is none
        "bounds": [west, south, east, north]   degrees
    }, ...]}                                   layers in order of level (largest areas first), then parent_id

A file is a GeoJSON FeatureCollection, longitude/latitude in CGCS2000. Each feature: "id" (the area_id) and properties
area_id, name_zh, name_en ("" where unknown), is_illustrative, label [lon, lat]. Geometry: Polygon or MultiPolygon on a
grid of 1e-4 degrees (1e-5 for small extents), coverage-simplified: for drawing, never for measuring.

A feature with members is one illustrative cell shared by several areas (the sub-districts of a town). The map paints it
with the members' counts added up (numerators and denominators), never with one member's figure.
"""

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Engine

from data_access import areas as areas_store
from data_access.tables import AREA_LEVELS
from geo.boundaries import display_detail, label_point, simplified
from geo.projections import LON_LAT

NO_PARENT = "all"
LEVELS_UP = 3  # a township's layers go up to its province: a nation's townships in one file take minutes to node


def write_display_geometry(
    engine: Engine, folder: Path, *, on: date | None = None, report: Callable[[str], None] = lambda line: None
) -> dict:
    """Write every layer's display file, its .gz and manifest.json into folder; returns the manifest.

    on: the day whose boundaries are drawn (the newest of each area where not given). Files of earlier writes that the
    new manifest does not name are removed. `report` gets one line for each layer.
    """
    drawn = _drawable(engine, on)
    layers = []
    for level, parent_id, rows in _layers(drawn, areas_store.read_areas(engine)):
        layers.append(_write_layer(folder, level, parent_id, rows))
        report(f"{layers[-1]['file']}: {len(layers[-1]['area_ids'])}")
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {"layers": layers}
    _replace(folder / "manifest.json", json.dumps(manifest, ensure_ascii=False).encode("utf-8"))
    _remove_others(folder, {layer["file"] for layer in layers})
    return manifest


def _drawable(engine: Engine, on: date | None) -> gpd.GeoDataFrame:
    """One row for each drawn shape: area_id, members, names, level, parent_id, seat, and the boundary's columns."""
    stored = areas_store.read_boundaries(engine, on=on).drop_duplicates("area_id", keep="last")
    places = areas_store.read_areas(engine)[
        ["area_id", "level", "parent_id", "name_zh", "name_en", "kind", "seat_lon", "seat_lat"]
    ]
    joined = stored.merge(places, on="area_id").sort_values("area_id", ignore_index=True)
    joined["shape"] = shapely.to_wkb(joined.geometry.to_numpy())
    rows = []
    for _, sharing in joined.groupby(["level", "shape"], sort=False):
        # a town carries its sub-districts (街道, the codes below 100); alone, the first of them carries the others
        carrier = sharing[sharing["kind"] != "街道"].head(1) if (sharing["kind"] != "街道").any() else sharing.head(1)
        others = [code for code in sharing["area_id"] if code != carrier["area_id"].iloc[0]]
        rows.append(carrier.assign(members=[[carrier["area_id"].iloc[0], *others]]))
    if not rows:
        return joined.assign(members=[[] for _ in range(len(joined))]).drop(columns="shape")
    drawn = gpd.GeoDataFrame(pd.concat(rows), geometry="geometry", crs=LON_LAT).drop(columns="shape")
    return drawn.sort_values("area_id", ignore_index=True)


def _layers(drawn: gpd.GeoDataFrame, places: pd.DataFrame):
    """(level, parent_id, rows) for every level and every area above that has such areas below it."""
    parent_of = places.set_index("area_id")["parent_id"].dropna().to_dict()
    for level in AREA_LEVELS:
        rows = drawn[drawn["level"] == level]
        below = defaultdict(list)
        for position, area_id in enumerate(rows["area_id"]):
            for ancestor in _ancestors(area_id, parent_of) or [NO_PARENT]:
                below[ancestor].append(position)
        for parent_id in sorted(below):
            yield level, parent_id, rows.iloc[below[parent_id]]


def _ancestors(area_id: str, parent_of: dict[str, str]) -> list[str]:
    chain = []
    while area_id in parent_of and parent_of[area_id] not in chain:
        area_id = parent_of[area_id]
        chain.append(area_id)
    return chain[:LEVELS_UP]


def _write_layer(folder: Path, level: str, parent_id: str, rows: gpd.GeoDataFrame) -> dict:
    tolerance, grid = display_detail(rows.total_bounds)
    drawn = simplified(rows, tolerance, grid)
    decimals = 5 if grid < 1e-4 else 4
    features = [_feature(row, decimals) for row in drawn.itertuples()]
    content = json.dumps(
        {"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":")
    ).encode("utf-8")
    digest = hashlib.sha256(content).hexdigest()[:12]
    file = f"{level}/{parent_id}-{digest}.json"
    (folder / level).mkdir(parents=True, exist_ok=True)
    _replace(folder / file, content)
    _replace(folder / f"{file}.gz", gzip.compress(content, 9, mtime=0))
    members = {row.area_id: row.members for row in drawn.itertuples() if len(row.members) > 1}
    return {
        "level": level,
        "parent_id": parent_id,
        "file": file,
        "hash": digest,
        "area_ids": list(drawn["area_id"]),
        **({"members": members} if members else {}),
        "is_illustrative": bool(drawn["is_illustrative"].any()),
        "source": "；".join(drawn["source"].dropna().unique()),
        "review_number": "；".join(drawn["review_number"].dropna().unique()),
        "bounds": [round(float(edge), decimals) for edge in drawn.total_bounds],
    }


def _feature(row, decimals: int) -> dict:
    seat = None if pd.isna(row.seat_lon) or pd.isna(row.seat_lat) else (row.seat_lon, row.seat_lat)
    name_zh, name_en = _names(row)
    geometry = shapely.geometry.mapping(shapely.orient_polygons(row.geometry))
    return {
        "type": "Feature",
        "id": row.area_id,
        "properties": {
            "area_id": row.area_id,
            "name_zh": name_zh,
            "name_en": name_en,
            "is_illustrative": bool(row.is_illustrative),
            "label": [round(number, decimals) for number in label_point(row.geometry, seat)],
        },
        "geometry": {
            "type": geometry["type"],
            "coordinates": _rounded(geometry["coordinates"], decimals),
        },
    }


def _names(row) -> tuple[str, str]:
    """Chinese and English name of a drawn shape; one that stands for several areas says so."""
    name_zh, name_en = row.name_zh, "" if pd.isna(row.name_en) else row.name_en
    others = len(row.members) - 1
    if not others:
        return name_zh, name_en
    return f"{name_zh}等 {others + 1} 个街道乡镇", f"{name_en or name_zh} and {others} more"


def _rounded(coordinates, decimals: int):
    # the vertices lie on the grid already: this only takes off binary dust (109.98000000000002)
    if isinstance(coordinates[0], float):
        return [round(coordinates[0], decimals), round(coordinates[1], decimals)]
    return [_rounded(part, decimals) for part in coordinates]


def _replace(path: Path, content: bytes) -> None:
    """Write beside and rename: a reader sees the old file or the new one, never half of one."""
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(content)
    beside.replace(path)


def _remove_others(folder: Path, files: set[str]) -> None:
    kept = files | {f"{file}.gz" for file in files}
    for path in folder.glob("*/*.json*"):
        if path.relative_to(folder).as_posix() not in kept:
            path.unlink()
