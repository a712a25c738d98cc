"""Travel over a road network that the user brings: from each place to the facility that is nearest by road.

Roads are lines in longitude and latitude; lines that share a vertex are joined there, lines that merely cross are not
(a bridge). A road can be travelled both ways, or only as it is drawn, or only against it; the way counted is that from
the place to the facility. A place or facility reaches the nearest point of the nearest road in a straight line, over at most snap_m metres, at a cost per metre of its own; a facility no farther than snap_m may also be
reached straight. Cost is minutes or metres, as the caller's costs per metre are.

Source: shortest paths by Dijkstra (scipy.sparse.csgraph), all facilities at once.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from geo.distance import FLATTENING, SEMI_MAJOR_M, NearestTree, geodesic_m

ECCENTRICITY = np.sqrt(FLATTENING * (2 - FLATTENING))
GRID_DEGREES = 1e-7  # vertices nearer than about a centimetre are one
REACHED, NO_ROAD, NOT_CONNECTED = "reached", "no_road", "not_connected"
NOBODY = -1
BOTH_WAYS, FORWARD, BACKWARD = 0, 1, -1  # of a road: as its line is drawn, or against it


@dataclass(frozen=True)
class Reach:
    """For each place the least cost to a facility (inf: none), the facility's position (-1: none) and why, if none."""

    cost: np.ndarray
    facility: np.ndarray
    state: np.ndarray  # REACHED, NO_ROAD (none within snap_m), NOT_CONNECTED (no facility on that part of the network)


@dataclass(frozen=True)
class Parts:
    """Parts of the network with no way from one to another: how many, and the share of all road length of the largest."""

    count: int
    largest_share: float


class RoadNetwork:
    """Roads as nodes and straight segments between them."""

    def __init__(self, lines, cost_per_m, way=None):
        """lines: array of LineString or MultiLineString, degrees. cost_per_m: above zero, one for each of them.

        way: BOTH_WAYS (where not given), FORWARD or BACKWARD of each.

        Raises ValueError for lines without length and for costs that are not above zero.
        """
        parts, owner = shapely.get_parts(np.asarray(lines, dtype=object), return_index=True)
        points, line = shapely.get_coordinates(parts, return_index=True)
        keys, node = np.unique(np.round(points / GRID_DEGREES).astype(np.int64), axis=0, return_inverse=True)
        node = node.ravel()
        cost = np.asarray(cost_per_m, dtype=float)[owner][line[:-1]] if len(points) else np.empty(0)
        ways = np.full(len(cost), BOTH_WAYS) if way is None or not len(points) else np.asarray(way)[owner][line[:-1]]
        keep = (line[1:] == line[:-1]) & (node[1:] != node[:-1])
        self.start, self.end, self.cost_per_m = node[:-1][keep], node[1:][keep], cost[keep]
        self.way = ways[keep]
        if not len(self.start):
            raise ValueError("the lines have no length: there is no road")
        if not (np.isfinite(self.cost_per_m) & (self.cost_per_m > 0)).all():
            raise ValueError("a cost per metre is not above zero")
        self.lon, self.lat = (keys * GRID_DEGREES).T
        self.length_m = geodesic_m(*self._ends(self.start), *self._ends(self.end))
        flat = conformal(self.lon, self.lat)
        self._tree = shapely.STRtree(shapely.linestrings(np.stack([flat[self.start], flat[self.end]], axis=1)))

    def _ends(self, node: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.lon[node], self.lat[node]

    def parts(self) -> Parts:
        """How far the network hangs together."""
        size = len(self.lon)
        graph = coo_matrix((np.ones(len(self.start)), (self.start, self.end)), shape=(size, size))
        count, label = connected_components(graph, directed=False)
        length = np.bincount(label[self.start], weights=self.length_m, minlength=count)
        return Parts(int((length > 0).sum()), float(length.max() / length.sum()))

    def snapped(self, lon, lat, snap_m: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For each point the nearest segment (-1: none within snap_m), how far along it (0 to 1), and the metres to it.

        Nearest is found in a conformal plane, where short distances in all directions are stretched alike.
        """
        lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
        points = conformal(lon, lat)
        segment, along, metres = np.full(len(lon), NOBODY), np.zeros(len(lon)), np.full(len(lon), np.inf)
        if not len(lon):
            return segment, along, metres
        stretch = 1.01 / (SEMI_MAJOR_M * np.cos(np.radians(np.abs(lat).max())))  # plane units a metre, at the most
        of, found = self._tree.query_nearest(
            shapely.points(points), max_distance=max(snap_m, 1e-3) * stretch, all_matches=False
        )
        share = self._share_along(found, lon[of], lat[of])
        start, end = self.start[found], self.end[found]
        at_lon = self.lon[start] + share * (self.lon[end] - self.lon[start])
        at_lat = self.lat[start] + share * (self.lat[end] - self.lat[start])
        away = geodesic_m(lon[of], lat[of], at_lon, at_lat)
        near = away <= snap_m
        segment[of[near]], along[of[near]], metres[of[near]] = found[near], share[near], away[near]
        return segment, along, metres

    def _share_along(self, segment: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """How far along each segment (0 to 1) its point nearest to a place lies; degrees of longitude shrunk there."""
        shrink = np.cos(np.radians(lat))
        start, end = self.start[segment], self.end[segment]
        across, up = (self.lon[end] - self.lon[start]) * shrink, self.lat[end] - self.lat[start]
        to_across, to_up = (lon - self.lon[start]) * shrink, lat - self.lat[start]
        return np.clip((to_across * across + to_up * up) / (across**2 + up**2), 0.0, 1.0)


class ServedNetwork:
    """A road network with the cost to the nearest facility known at every node and at every facility's turn-off."""

    def __init__(self, roads: RoadNetwork, lon, lat, *, snap_m: float, off_road_cost_per_m: float):
        """lon, lat: of the facilities, at least one (kept as facility_points). Raises ValueError where none lies within snap_m of a road."""
        self.roads, self.snap_m, self.off_road = roads, snap_m, off_road_cost_per_m
        self.facility_points = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
        self._facilities = NearestTree(lon, lat)
        segment, along, away = roads.snapped(lon, lat, snap_m)
        self.on_road = segment != NOBODY
        if not self.on_road.any():
            raise ValueError(f"no facility lies within {snap_m:g} m of a road")
        self._split(segment[self.on_road], along[self.on_road])
        self._spread(np.flatnonzero(self.on_road), away[self.on_road] * off_road_cost_per_m)

    def _split(self, segment: np.ndarray, along: np.ndarray) -> None:
        """Cut the segments where a facility turns off: pieces between consecutive points of each segment.

        A piece ends at nodes of the roads (0 .. n - 1) or at turn-offs (n, n + 1 ..., in the facilities' order).
        """
        roads, every = self.roads, np.arange(len(self.roads.start))
        turn_off = len(roads.lon) + np.arange(len(segment))
        of = np.concatenate([every, segment, every])
        at = np.concatenate([np.zeros(len(every)), along, np.ones(len(every))])
        node = np.concatenate([roads.start, turn_off, roads.end])
        rank = np.concatenate([np.zeros(len(every)), np.ones(len(segment)), np.full(len(every), 2)])
        order = np.lexsort((rank, at, of))
        of, at, node = of[order], at[order], node[order]
        joined = of[1:] == of[:-1]
        self.piece_start, self.piece_end = node[:-1][joined], node[1:][joined]
        self.piece_from, self.piece_to = at[:-1][joined], at[1:][joined]
        self.piece_segment = of[:-1][joined]
        self.first_piece = np.searchsorted(self.piece_segment, every)
        whole = roads.length_m * roads.cost_per_m
        self.piece_cost = (self.piece_to - self.piece_from) * whole[self.piece_segment]

    def _spread(self, facilities: np.ndarray, access: np.ndarray) -> None:
        """Least cost from every node to any facility; which facility it is. Searched from the facilities, against the traffic."""
        turn_offs = len(self.roads.lon) + np.arange(len(facilities))
        doors = turn_offs + len(facilities)
        size = int(doors[-1]) + 1
        way = self.roads.way[self.piece_segment]
        against, along = way != FORWARD, way != BACKWARD  # may be driven from its end to its start; from start to end
        start = np.concatenate([self.piece_start[against], self.piece_end[along], doors])
        end = np.concatenate([self.piece_end[against], self.piece_start[along], turn_offs])
        cost = np.concatenate([self.piece_cost[against], self.piece_cost[along], access])
        found, _before, source = dijkstra(
            _least_of_parallel(start, end, cost, size), indices=doors, min_only=True, return_predecessors=True
        )
        self.node_cost = found
        self.node_facility = np.where(np.isfinite(found), facilities[(source - doors[0]).clip(0)], NOBODY)

    def reach(self, lon, lat) -> Reach:
        """The nearest facility of each place over the roads, or straight where one is within snap_m."""
        lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
        segment, along, away = self.roads.snapped(lon, lat, self.snap_m)
        cost, facility = np.full(len(lon), np.inf), np.full(len(lon), NOBODY)
        on = np.flatnonzero(segment != NOBODY)
        piece = self._piece_at(segment[on], along[on])
        whole, way = (self.roads.length_m * self.roads.cost_per_m)[segment[on]], self.roads.way[segment[on]]
        ends = ((self.piece_start, self.piece_from, FORWARD), (self.piece_end, self.piece_to, BACKWARD))
        for node, share, closed in ends:  # to its start one comes unless the road runs from there only
            total = self.node_cost[node[piece]] + np.abs(along[on] - share[piece]) * whole + away[on] * self.off_road
            better = (total < cost[on]) & ((way != closed) | (along[on] == share[piece]))
            cost[on[better]], facility[on[better]] = total[better], self.node_facility[node[piece]][better]
        straight = self._facilities.nearest(lon, lat)
        direct = np.where(straight.distance_m <= self.snap_m, straight.distance_m * self.off_road, np.inf)
        is_direct = direct < cost
        facility = np.where(is_direct, straight.index, facility)
        cost = np.minimum(cost, direct)
        state = np.where(np.isfinite(cost), REACHED, np.where(segment == NOBODY, NO_ROAD, NOT_CONNECTED))
        return Reach(cost, facility, state)

    def _piece_at(self, segment: np.ndarray, along: np.ndarray) -> np.ndarray:
        """The piece of each segment that holds the point so far along it: pieces stand in order of segment and place."""
        key = self.piece_segment + np.minimum(self.piece_to, 1 - 1e-12)
        piece = np.searchsorted(key, segment + np.minimum(along, 1 - 1e-12))
        last = np.append(self.first_piece[1:], len(self.piece_segment))[segment] - 1
        return np.clip(piece, self.first_piece[segment], last)


def conformal(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Mercator's plane of the ellipsoid, in radians: angles are right and near a point all directions stretch alike.

    For finding what is nearest over a few kilometres; never for measuring. Source: Snyder 1987, equation 7-7.
    """
    phi = np.radians(np.clip(lat, -89.9, 89.9))
    north = np.arcsinh(np.tan(phi)) - ECCENTRICITY * np.arctanh(ECCENTRICITY * np.sin(phi))
    return np.column_stack([np.radians(lon), north])


def _least_of_parallel(start, end, cost, size: int):
    """A sparse graph; of several edges between the same nodes the cheapest (a sparse matrix would add them up)."""
    order = np.lexsort((cost, end, start))
    start, end, cost = start[order], end[order], cost[order]
    first = np.r_[True, (start[1:] != start[:-1]) | (end[1:] != end[:-1])]
    # csr built from coordinates keeps explicit zeros, which scipy's paths read as edges that cost nothing
    return coo_matrix((cost[first], (start[first], end[first])), shape=(size, size)).tocsr()
