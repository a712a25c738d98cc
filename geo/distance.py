"""How far apart places are, along the surface of the WGS-84 ellipsoid, and which are nearest or within reach.

Points are longitude and latitude in degrees (WGS-84 or CGCS2000), float arrays of one shape each. Distances are metres.
A tree of points in space proposes candidates by the straight chord through the Earth, which needs no map projection and
knows no edge at the poles or at 180 degrees; pyproj's geodesic decides. The two bounds below make the answer exact:
    chord >= 2 r sin(s / 2r), r the ellipsoid's smallest radius of curvature: a bend no sharper than a circle's leaves
        its ends no nearer to each other (Schur's comparison theorem);
    chord <= s, the straight line being the shortest, and <= 2 R sin(s / 2R) of the largest radius but for the twist of
        the geodesic, which in ten million random pairs of all distances never showed: TWIST allows for a millionth.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from pyproj import Geod
from scipy.spatial import cKDTree

GEOD = Geod(ellps="WGS84")
SEMI_MAJOR_M, FLATTENING = 6378137.0, 1 / 298.257223563
ECCENTRICITY_SQUARED = FLATTENING * (2 - FLATTENING)
SMALLEST_RADIUS_M = SEMI_MAJOR_M * (1 - ECCENTRICITY_SQUARED)  # along the meridian, at the equator
LARGEST_RADIUS_M = SEMI_MAJOR_M / np.sqrt(1 - ECCENTRICITY_SQUARED)  # at the poles
TWIST = 1e-6
ROUNDING_M = 1e-4  # chords are differences of coordinates near 6.4e6 m
TIE_M = 1e-6  # Geod's own error is a few nanometres: nearer than this, two distances are one
PAIRS_AT_ONCE = 2_000_000  # candidate pairs held in memory at a time, about 100 MB
MOST_PAIRS = 60_000_000  # of one answer: 1.5 GB


@dataclass(frozen=True)
class Nearest:
    """For each place the position of the nearest target (int64) and the metres to it; the first of equals."""

    index: np.ndarray
    distance_m: np.ndarray


@dataclass(frozen=True)
class Pairs:
    """Pairs within a distance: positions of place and target (int64) and metres; ordered by place, then target."""

    place: np.ndarray
    target: np.ndarray
    distance_m: np.ndarray


def geodesic_m(lon, lat, other_lon, other_lat) -> np.ndarray:
    """Metres along the ellipsoid between points taken pair by pair; arrays of one shape."""
    return np.asarray(GEOD.inv(lon, lat, other_lon, other_lat)[2], dtype=float)


def nearest(lon, lat, target_lon, target_lat) -> Nearest:
    """The nearest target of each place, exact: as comparing the geodesics to all of them.

    lon, lat: n places. target_lon, target_lat: m targets, at least one. Of targets as near as each other (within a
    micrometre) the first. Raises ValueError for coordinates that are no numbers or no degrees, and without targets.
    """
    return NearestTree(target_lon, target_lat).nearest(lon, lat)


class NearestTree:
    """The targets of many questions, kept as a tree: for places that come in pieces."""

    def __init__(self, target_lon, target_lat):
        lon, lat = checked(target_lon, target_lat)
        if not len(lon):
            raise ValueError("there are no targets: nothing can be nearest")
        # Targets at one point are one candidate, the first of them: else a thousand of them are a thousand ties.
        places, first = np.unique(np.column_stack([lon, lat]), axis=0, return_index=True)
        order = np.argsort(first)
        self._lon, self._lat = places[order].T
        self._first = first[order].astype(np.int64)
        self._tree = cKDTree(in_space(self._lon, self._lat))

    def nearest(self, lon, lat) -> Nearest:
        """As nearest(), for these places."""
        lon, lat = checked(lon, lat)
        if not len(lon):
            return Nearest(np.empty(0, dtype=np.int64), np.empty(0))
        points = in_space(lon, lat)
        two = min(2, len(self._first))
        chord, found = (np.atleast_2d(a.reshape(len(lon), two)) for a in self._tree.query(points, k=two, workers=-1))
        best = found[:, 0].astype(np.int64)
        distance = geodesic_m(lon, lat, self._lon[best], self._lat[best])
        if two == 2:
            reach = longest_chord_m(distance)
            unsure = np.flatnonzero(chord[:, 1] <= reach)  # another target may be as near along the surface
            for block, place, target in _candidates(self._tree, points[unsure], reach[unsure]):
                at = unsure[block]
                place = unsure[place]
                metres = geodesic_m(lon[place], lat[place], self._lon[target], self._lat[target])
                best[at], distance[at] = _least(place, target, metres)
        return Nearest(self._first[best], distance)


def pairs_within(lon, lat, target_lon, target_lat, radius_m: float) -> Pairs:
    """Every pair of a place and a target at most radius_m apart along the ellipsoid, with its distance.

    Raises ValueError for bad coordinates or radius, and for more than MOST_PAIRS pairs (a radius far too wide).
    """
    if not np.isfinite(radius_m) or radius_m < 0:
        raise ValueError(f"radius {radius_m} m is not a distance")
    lon, lat = checked(lon, lat)
    target_lon, target_lat = checked(target_lon, target_lat)
    kept = [(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0))]
    if len(lon) and len(target_lon):
        tree, points = cKDTree(in_space(target_lon, target_lat)), in_space(lon, lat)
        reach = np.full(len(lon), longest_chord_m(radius_m))
        for _block, place, target in _candidates(tree, points, reach):
            metres = geodesic_m(lon[place], lat[place], target_lon[target], target_lat[target])
            is_within = metres <= radius_m
            kept.append((place[is_within], target[is_within], metres[is_within]))
    place, target, metres = (np.concatenate(part) for part in zip(*kept, strict=True))
    order = np.lexsort((target, place))
    return Pairs(place[order], target[order], metres[order])


def distance_matrix(lon, lat, target_lon, target_lat) -> np.ndarray:
    """Metres between each of n places and each of m targets, float array n x m: 8 bytes and about a microsecond each."""
    lon, lat = checked(lon, lat)
    target_lon, target_lat = checked(target_lon, target_lat)
    matrix = np.empty((len(lon), len(target_lon)))
    for row in range(len(lon)):
        matrix[row] = geodesic_m(
            np.full(len(target_lon), lon[row]), np.full(len(target_lon), lat[row]), target_lon, target_lat
        )
    return matrix


def ring(lon: float, lat: float, radius_m: float, points: int = 360) -> np.ndarray:
    """The points radius_m from one point along the ellipsoid, in every direction: points x 2, longitude and latitude."""
    azimuth = np.linspace(0.0, 360.0, points, endpoint=False)
    ones = np.ones(points)
    ring_lon, ring_lat, _back = GEOD.fwd(lon * ones, lat * ones, azimuth, radius_m * ones)
    return np.column_stack([ring_lon, ring_lat])


def checked(lon, lat) -> tuple[np.ndarray, np.ndarray]:
    """The coordinates as flat float arrays; raises ValueError naming the positions of those that are none."""
    lon, lat = np.asarray(lon, dtype=float).ravel(), np.asarray(lat, dtype=float).ravel()
    if len(lon) != len(lat):
        raise ValueError(f"{len(lon)} longitudes for {len(lat)} latitudes")
    with np.errstate(invalid="ignore"):
        bad = np.flatnonzero(~((np.abs(lon) <= 180) & (np.abs(lat) <= 90)))
    if len(bad):
        raise ValueError(f"no longitude and latitude in degrees at positions {', '.join(map(str, bad[:5]))}")
    return lon, lat


def in_space(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Points on the ellipsoid as metres from the Earth's centre, n x 3."""
    phi, theta = np.radians(lat), np.radians(lon)
    across = SEMI_MAJOR_M / np.sqrt(1 - ECCENTRICITY_SQUARED * np.sin(phi) ** 2)
    level = across * np.cos(phi)
    up = across * (1 - ECCENTRICITY_SQUARED) * np.sin(phi)
    return np.column_stack([level * np.cos(theta), level * np.sin(theta), up])


def longest_chord_m(distance_m):
    """No two points distance_m apart along the surface have a longer chord; float or array, metres."""
    distance_m = np.asarray(distance_m, dtype=float)
    quarter = np.minimum(distance_m / (2 * LARGEST_RADIUS_M), np.pi / 2)
    return np.minimum(distance_m, 2 * LARGEST_RADIUS_M * np.sin(quarter) * (1 + TWIST)) + ROUNDING_M


def _candidates(tree: cKDTree, points: np.ndarray, reach: np.ndarray) -> Iterator[tuple]:
    """Blocks of (positions of the block's points, point of each pair, target of each pair) with chords within reach."""
    if not len(points):
        return
    counts = tree.query_ball_point(points, reach, return_length=True, workers=-1)
    ends = np.cumsum(counts)
    if ends[-1] > MOST_PAIRS:
        raise ValueError(f"{ends[-1]} pairs within reach are more than {MOST_PAIRS}: choose a smaller radius")
    start = 0
    while start < len(points):
        before = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + PAIRS_AT_ONCE, side="right")))
        found = tree.query_ball_point(points[start:stop], reach[start:stop], workers=-1)
        block = np.arange(start, stop)
        place = np.repeat(block, counts[start:stop])
        target = np.concatenate([np.asarray(row, dtype=np.int64) for row in found])
        yield block, place, target
        start = stop


def _least(place: np.ndarray, target: np.ndarray, metres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each place, in rising order, the target with the least metres, the lowest of equals, and those metres.

    Every place has at least one pair; pairs of one place stand together.
    """
    order = np.lexsort((target, place))
    place, target, metres = place[order], target[order], metres[order]
    starts = np.flatnonzero(np.diff(place, prepend=-1))
    least = np.repeat(np.minimum.reduceat(metres, starts), np.diff(starts, append=len(place)))
    near = np.flatnonzero(metres <= least + TIE_M)
    row = near[np.flatnonzero(np.diff(place[near], prepend=-1))]
    return target[row], metres[row]
