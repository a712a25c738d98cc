"""The three datums Chinese coordinates come in, and telling which one a file is in.

WGS-84 and CGCS2000 differ by centimetres and are treated as one. GCJ-02 (Amap, Tencent, DataV) shifts every point by a
few hundred metres: 438-574 m at Ordos. BD-09 (Baidu) shifts GCJ-02 once more: 1,236-1,380 m at Ordos. Readers of
GeoJSON label all of them EPSG:4326, so the datum is always declared by whoever sends the file, and checked.

Longitudes and latitudes are float arrays of one shape, in degrees; NaN stays NaN. Outside China (about 72-138 E,
0.8-56 N) GCJ-02 is WGS-84, as in the map services.

Source: the open formulas that circulate since 2013 (eviltransform and its ports); there is no official publication.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import shapely

DATUMS = ("CGCS2000", "WGS-84", "GCJ-02", "BD-09")
_SYNONYMS = {
    "CGCS2000": ("cgcs2000", "epsg:4490", "4490", "国家2000", "2000国家大地坐标系", "天地图"),
    "WGS-84": ("wgs-84", "wgs84", "epsg:4326", "4326", "gps"),
    "GCJ-02": ("gcj-02", "gcj02", "火星坐标", "高德", "腾讯"),
    "BD-09": ("bd-09", "bd09", "bd09ll", "百度"),
}
_SEMI_MAJOR_M = 6378245.0  # Krassovsky 1940, which the formula uses
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BAIDU_ANGLE = np.pi * 3000.0 / 180.0
_ROUNDS = 12  # each round of the inverse gains about three digits; 12 reach double precision from any start


def parse_datum(text: str) -> str:
    """The datum a word names ("高德", "epsg:4490"...), one of DATUMS. Raises ValueError for any other word."""
    word = text.strip().lower()
    for datum, words in _SYNONYMS.items():
        if word in words:
            return datum
    raise ValueError(f"{text!r} is not a datum; use one of {', '.join(DATUMS)}")


def to_wgs84(lon, lat, datum: str) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates in `datum` (one of DATUMS) as WGS-84; exact to about a millimetre against from_wgs84."""
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    if parse_datum(datum) == "BD-09":
        lon, lat = _inverted(_gcj_to_baidu, lon, lat)
    if parse_datum(datum) in ("GCJ-02", "BD-09"):
        lon, lat = _inverted(_wgs_to_gcj, lon, lat)
    return lon, lat


def from_wgs84(lon, lat, datum: str) -> tuple[np.ndarray, np.ndarray]:
    """WGS-84 coordinates as `datum` (one of DATUMS) has them."""
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    if parse_datum(datum) in ("GCJ-02", "BD-09"):
        lon, lat = _wgs_to_gcj(lon, lat)
    if parse_datum(datum) == "BD-09":
        lon, lat = _gcj_to_baidu(lon, lat)
    return lon, lat


def geometries_to_wgs84(geometries, datum: str) -> np.ndarray:
    """Array of shapely geometries (longitude/latitude in `datum`) with every vertex in WGS-84."""
    if parse_datum(datum) in ("CGCS2000", "WGS-84"):
        return np.asarray(geometries)
    return shapely.transform(
        np.asarray(geometries), lambda points: np.column_stack(to_wgs84(points[:, 0], points[:, 1], datum))
    )


def looks_swapped(lon, lat) -> bool:
    """Whether latitude stands where longitude should: most points lie in China only if the two are exchanged.

    China for this purpose: longitude 73-136, latitude 3-54, which do not overlap. False for no points.
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    swapped = _in_china(lat, lon)
    return bool(swapped.size) and bool(np.mean(swapped) > 0.5)


def datum_fit(points: pd.DataFrame, polygons: Mapping[str, shapely.Geometry]) -> pd.DataFrame:
    """How many points fall inside the area they declare, under each reading of their datum.

    points: lon, lat (degrees as they came), area_id. Points whose area has no polygon are left out.
    polygons: area_id -> Polygon or MultiPolygon, longitude/latitude in CGCS2000.
    Returns one row for each of WGS-84, GCJ-02 and BD-09: datum, inside (count), judged (count), share (NaN for none).
        A few hundred metres move only points near a border: a difference of a few points in hundreds already tells.
    """
    known = points[points["area_id"].isin(list(polygons))]
    homes = np.array([polygons[area_id] for area_id in known["area_id"]], dtype=object)
    rows = []
    for datum in DATUMS[1:]:
        lon, lat = to_wgs84(known["lon"], known["lat"], datum)
        inside = int(shapely.contains_xy(homes, lon, lat).sum()) if len(known) else 0
        rows.append((datum, inside, len(known), inside / len(known) if len(known) else np.nan))
    return pd.DataFrame(rows, columns=["datum", "inside", "judged", "share"])


def _in_china(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    return (lon >= 73) & (lon <= 136) & (lat >= 3) & (lat <= 54)


def _wgs_to_gcj(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    inside = (lon > 72.004) & (lon < 137.8347) & (lat > 0.8293) & (lat < 55.8271)
    east, north = _gcj_offset_m(lon - 105.0, lat - 35.0)
    phi = np.radians(lat)
    root = 1.0 - _ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    metres_north = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_SQUARED) / root**1.5
    metres_east = _SEMI_MAJOR_M / np.sqrt(root) * np.cos(phi)
    return (
        np.where(inside, lon + np.degrees(east / metres_east), lon),
        np.where(inside, lat + np.degrees(north / metres_north), lat),
    )


def _gcj_offset_m(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The formula's own numbers: metres east and north at x degrees east of 105 and y degrees north of 35."""
    sin, pi, root = np.sin, np.pi, np.sqrt(np.abs(x))
    ripple = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    return east, north


def _gcj_to_baidu(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU_ANGLE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU_ANGLE)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _inverted(forward, lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The point that `forward` sends to (lon, lat), by stepping back by what is still missing."""
    guess_lon, guess_lat = lon, lat
    for _ in range(_ROUNDS):
        reached_lon, reached_lat = forward(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + (lon - reached_lon), guess_lat + (lat - reached_lat)
    return guess_lon, guess_lat
