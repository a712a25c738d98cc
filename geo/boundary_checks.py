"""What may be wrong with a set of boundaries: codes, overlaps, gaps, a wrong place, a wrong datum.

Polygons are GeoDataFrames of area_id and geometry in longitude/latitude (CGCS2000). Areas are measured in an equal-area
CRS. The functions state facts; what is refused and what is only mentioned is the caller's decision.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.datum import DATUMS, from_wgs84, geometries_to_wgs84
from geo.projections import equal_area_crs, measured_area_m2, measured_distance_m, to_equal_area

OUTLINE_POINTS = 4000  # sampled evenly along the outline; enough to tell 100 m on a prefecture
NEAR_M = 2500.0  # farther than any datum's shift (BD-09: 1,380 m at Ordos): such points are not on the known outline
LEAST_POINTS = 40  # fewer points on the known outline decide nothing
LARGEST_HONEST_M = 150.0  # two honest outlines of one place differ by less than this, at the median
CLEARER = 0.5  # the other datum must fit at least twice as well


@dataclass(frozen=True)
class DatumVerdict:
    """How well an outline fits a known one when read in each datum."""

    distance_m: dict[str, float]  # datum -> median distance from the outline to the known one; {} if not comparable
    declared: str

    @property
    def best(self) -> str:
        """The datum that fits best; the declared one where nothing could be compared."""
        return min(self.distance_m, key=self.distance_m.get) if self.distance_m else self.declared

    @property
    def is_wrong(self) -> bool:
        """Whether the declared datum fits badly and another one at least twice as well."""
        if not self.distance_m:
            return False
        declared, best = self.distance_m[self.declared], self.distance_m[self.best]
        return declared > LARGEST_HONEST_M and best < CLEARER * declared


def code_findings(found: Iterable[str], known: Iterable[str], expected: Iterable[str]) -> dict[str, list[str]]:
    """Codes that are duplicated, unknown (not in `known`), and missing (in `expected`, not found); each sorted."""
    found = Counter(found)
    known = set(known)
    return {
        "duplicate": sorted(code for code, times in found.items() if times > 1),
        "unknown": sorted(code for code in found if code not in known),
        "missing": sorted(set(expected) - set(found)),
    }


def overlaps(polygons: gpd.GeoDataFrame) -> pd.DataFrame:
    """Pairs of areas that overlap: area_id, other_id, km2, share (of the smaller of the two), largest first."""
    shapes = to_equal_area(polygons.geometry)
    first, second = shapely.STRtree(shapes.to_numpy()).query(shapes.to_numpy(), predicate="intersects")
    first, second = first[first < second], second[first < second]
    common = shapely.intersection(shapes.to_numpy()[first], shapes.to_numpy()[second])
    km2 = shapely.area(common) / 1e6
    whole = measured_area_m2(shapes) / 1e6
    codes = polygons["area_id"].to_numpy()
    pairs = pd.DataFrame(
        {
            "area_id": codes[first],
            "other_id": codes[second],
            "km2": km2,
            "share": km2 / np.minimum(whole[first], whole[second]),
        }
    )
    return pairs[pairs["km2"] > 0].sort_values("km2", ascending=False, ignore_index=True)


def gaps_km2(polygons: gpd.GeoDataFrame) -> np.ndarray:
    """Square kilometres of each hole that the areas leave between them, largest first (enclosed holes only)."""
    union = shapely.union_all(to_equal_area(polygons.geometry).to_numpy())
    rings = [ring for part in shapely.get_parts(union) for ring in shapely.get_rings(part)[1:]]
    return np.sort(shapely.area(shapely.polygons(rings)))[::-1] / 1e6 if rings else np.array([])


def outside_share(polygons: gpd.GeoDataFrame, outline: shapely.Geometry) -> pd.Series:
    """Share of each area (0 to 1, by area_id) that lies outside `outline` (longitude/latitude)."""
    shapes = to_equal_area(polygons.geometry)
    fence = gpd.GeoSeries([outline], crs=polygons.crs).to_crs(shapes.crs).iloc[0]
    outside = shapely.area(shapely.difference(shapes.to_numpy(), fence))
    return pd.Series(outside / measured_area_m2(shapes), index=polygons["area_id"], name="outside_share")


def datum_verdict(polygons: gpd.GeoDataFrame, declared: str, outline: shapely.Geometry) -> DatumVerdict:
    """Which datum makes the polygons' outer outline lie on a known one.

    polygons: as they came, numbers in the `declared` datum (one of DATUMS).
    outline: Polygon or MultiPolygon of the same place or of one that shares a good part of its border, CGCS2000.
    Returns the median distance for each reading. Only points within 2.5 km of the known outline under some reading are
    compared, the same ones for all; with fewer than 40 nothing is said. A shift of 500 m shows as about 350 m, because
    along a border it does not show.
    """
    union = shapely.union_all(shapely.make_valid(polygons.geometry.to_numpy()))
    points = _evenly_along(shapely.boundary(union), OUTLINE_POINTS)
    crs = equal_area_crs(shapely.bounds(outline))
    border = gpd.GeoSeries([shapely.boundary(outline)], crs=4490).to_crs(crs).iloc[0]
    shapely.prepare(border)
    distances = {
        datum: measured_distance_m(gpd.GeoSeries(geometries_to_wgs84(points, datum), crs=4490).to_crs(crs), border)
        for datum in dict.fromkeys(["WGS-84" if declared == "CGCS2000" else declared, *DATUMS[1:]])
    }
    near = np.min(list(distances.values()), axis=0) <= NEAR_M
    if near.sum() < LEAST_POINTS:
        return DatumVerdict({}, declared)
    medians = {datum: float(np.median(metres[near])) for datum, metres in distances.items()}
    if declared == "CGCS2000":
        medians = {"CGCS2000" if datum == "WGS-84" else datum: metres for datum, metres in medians.items()}
    return DatumVerdict(medians, declared)


def datum_shift_m(lon: float, lat: float, datum: str) -> float:
    """How far, in metres, a point in `datum` lies from where the same numbers would put it in WGS-84."""
    there_lon, there_lat = from_wgs84(lon, lat, datum)
    here = gpd.GeoSeries(shapely.points([lon, float(there_lon)], [lat, float(there_lat)]), crs=4490)
    local = here.to_crs(equal_area_crs((lon, lat, lon, lat)))
    return float(local.iloc[0].distance(local.iloc[1]))


def _evenly_along(lines: shapely.Geometry, count: int) -> np.ndarray:
    """`count` points along the lines, evenly by length in degrees."""
    merged = shapely.line_merge(lines)
    parts = shapely.get_parts(merged)
    lengths = shapely.length(parts)
    counts = np.maximum(1, np.round(count * lengths / lengths.sum())).astype(int)
    return np.concatenate(
        [
            shapely.line_interpolate_point(part, (np.arange(n) + 0.5) / n, normalized=True)
            for part, n in zip(parts, counts, strict=True)
        ]
    )
