"""Who and what lies within reach of a service: shares of people, of places and of area, and who is left out.

A place is covered when the geodesic distance to its nearest facility is at most the radius (geo/distance.py): never by
point in buffer, because a buffer is a polygon with corners. Rings are for drawing and for shares of area only.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.distance import Nearest, NearestTree, ring
from geo.projections import LON_LAT, equal_area_crs, measured_area_m2

NOBODY = -1  # in the place of a facility's position: none may be gone to
COUNTS = ("people", "people_covered", "places", "places_covered")


def straight_line_radius_m(minutes: float, speed_kmh: float) -> float:
    """How far one comes in so many minutes at a stated speed, in a straight line: an estimate, no travel time.

    Raises ValueError unless both are above zero.
    """
    if not (np.isfinite(minutes) and np.isfinite(speed_kmh) and minutes > 0 and speed_kmh > 0):
        raise ValueError(f"{minutes} minutes at {speed_kmh} km/h reach nowhere; both must be above 0")
    return minutes * speed_kmh / 60 * 1000


class Facilities:
    """Facilities that places are held against, piece by piece: any of them, or only those of a place's own area."""

    def __init__(self, lon, lat, area_keys=None):
        """lon, lat: degrees. area_keys: text of each facility's area: only facilities of a place's own count for it."""
        self._trees: dict[str | None, tuple[np.ndarray, NearestTree]] = {}
        lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
        if area_keys is None:
            self._trees[None] = np.arange(len(lon)), NearestTree(lon, lat)
            return
        for key, rows in pd.Series(np.arange(len(lon))).groupby(np.asarray(area_keys, dtype=object)):
            positions = rows.to_numpy()
            self._trees[key] = positions, NearestTree(lon[positions], lat[positions])

    def nearest(self, lon, lat, area_keys=None) -> Nearest:
        """The nearest facility of each place that it may go to; index NOBODY and distance inf where there is none."""
        lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
        if None in self._trees:
            return self._trees[None][1].nearest(lon, lat)
        index, distance = np.full(len(lon), NOBODY, dtype=np.int64), np.full(len(lon), np.inf)
        for key, rows in pd.Series(np.arange(len(lon))).groupby(np.asarray(area_keys, dtype=object)):
            if key in self._trees:
                positions, tree = self._trees[key]
                found = tree.nearest(lon[rows], lat[rows])
                index[rows], distance[rows] = positions[found.index], found.distance_m
        return Nearest(index, distance)


def counts_by_area(area_ids, people, is_covered) -> pd.DataFrame:
    """People and places, and those covered, by area: indexed by area_id in order, columns COUNTS.

    area_ids: text of each place. people: float, not below zero. Counts of pieces can be added up.
    """
    people, is_covered = np.asarray(people, dtype=float), np.asarray(is_covered, dtype=bool)
    table = pd.DataFrame({"people": people, "people_covered": people * is_covered})
    table = table.assign(places=1, places_covered=is_covered.astype(int))
    return table.groupby(pd.Series(np.asarray(area_ids, dtype=object), name="area_id"), sort=True).sum()


def with_shares(counts: pd.DataFrame) -> pd.DataFrame:
    """COUNTS with people_share and places_share (0 to 1; NaN where there are no people or places)."""
    people = counts["people_covered"] / counts["people"].where(counts["people"] > 0)
    places = counts["places_covered"] / counts["places"].where(counts["places"] > 0)
    return counts.assign(people_share=people, places_share=places)


def uncovered_first(places: pd.DataFrame) -> pd.DataFrame:
    """The places that are not covered, most people first, then farthest, then by id.

    places: id, people, distance_m, is_covered, and whatever else belongs to a place.
    """
    left_out = places[~places["is_covered"].astype(bool)]
    return left_out.sort_values(["people", "distance_m", "id"], ascending=[False, False, True], kind="stable")


def service_rings(lon, lat, radius_m: float, points: int = 360) -> np.ndarray:
    """A polygon for each facility: the points radius_m away along the ellipsoid. Array of shapely Polygons, degrees.

    With 360 points the polygon is 0.005 % smaller than the circle. Do not use near a pole or at 180 degrees.
    """
    return np.array(
        [shapely.Polygon(ring(x, y, radius_m, points)) for x, y in zip(lon, lat, strict=True)], dtype=object
    )


def area_within(polygons: gpd.GeoDataFrame, lon, lat, radius_m: float) -> pd.DataFrame:
    """How much of each area lies within the radius of a facility: area_id, area_km2, area_covered_km2, area_share.

    polygons: area_id, geometry, any CRS. Rings are drawn along the ellipsoid and everything is measured in one
    equal-area plane, so a ring keeps its shape's area at Kashgar as at Harbin.
    """
    degrees = polygons.geometry.to_crs(LON_LAT)
    plane = degrees.to_crs(equal_area_crs(degrees.total_bounds))
    rings = gpd.GeoSeries(service_rings(lon, lat, radius_m), crs=LON_LAT).to_crs(plane.crs)
    reached = shapely.union_all(rings.to_numpy()) if len(rings) else shapely.Polygon()
    whole = measured_area_m2(plane) / 1e6
    within = shapely.area(shapely.intersection(plane.to_numpy(), reached)) / 1e6
    share = np.divide(within, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    codes = polygons["area_id"].to_numpy()
    return pd.DataFrame({"area_id": codes, "area_km2": whole, "area_covered_km2": within, "area_share": share})
