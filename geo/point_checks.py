"""Whether points are where they are said to be: in which datum they fit best, and in which area they lie."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import shapely

from geo.datum import DATUMS, to_wgs84
from geo.distance import checked, geodesic_m

CLEARER = 0.5  # another datum must bring the points at least twice as near to where they are known to be
LARGEST_HONEST_M = 150.0  # two honest surveys of one building differ by less, at the median
CLEARLY_MORE = 3  # so many more points must fall into the area they name


def datum_distances(lon, lat, known_lon, known_lat) -> dict[str, float]:
    """Median metres from points, read in each of WGS-84, GCJ-02 and BD-09, to where they are known to be (WGS-84).

    Points that belong together stand at the same position; at least one.
    """
    lon, lat = checked(lon, lat)
    return {
        datum: float(np.median(geodesic_m(*to_wgs84(lon, lat, datum), known_lon, known_lat))) for datum in DATUMS[1:]
    }


def better_by_distance(distances: Mapping[str, float], declared: str) -> str | None:
    """The datum a layer is in when it lies about it: the declared one fits badly, another at least twice as well."""
    own = distances[_reading(declared)]
    best = min(distances, key=distances.get)
    return best if own > LARGEST_HONEST_M and distances[best] < CLEARER * own else None


def better_by_areas(fit: pd.DataFrame, declared: str) -> str | None:
    """The same from geo.datum.datum_fit: another reading puts at least three more points into the area they name."""
    inside = fit.set_index("datum")["inside"]
    return str(inside.idxmax()) if inside.max() - inside[_reading(declared)] >= CLEARLY_MORE else None


def _reading(declared: str) -> str:
    return "WGS-84" if declared == "CGCS2000" else declared


def area_of(lon, lat, polygons: Mapping[str, shapely.Geometry]) -> np.ndarray:
    """The area each point lies in (on its border too; the first of several), "" for none. Object array of text.

    polygons: area_id -> Polygon or MultiPolygon, longitude and latitude in the points' datum.
    """
    lon, lat = checked(lon, lat)
    codes, shapes = list(polygons), list(polygons.values())
    found = np.full(len(lon), "", dtype=object)
    point, shape = shapely.STRtree(shapes).query(shapely.points(lon, lat), predicate="intersects")
    order = np.lexsort((shape, point))
    first = np.flatnonzero(np.diff(point[order], prepend=-1))
    found[point[order][first]] = np.array(codes, dtype=object)[shape[order][first]]
    return found
