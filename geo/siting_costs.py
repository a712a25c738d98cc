"""What it costs to get from a demand to a site: along the surface of the Earth, or along the edges of a graph."""

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from geo.distance import geodesic_m

PAIRS_AT_ONCE = 1 << 20


def geodesic_costs(lon, lat, site_lon, site_lat) -> np.ndarray:
    """Metres on the WGS-84 ellipsoid, demand x sites. Degrees in; about a second for a million pairs."""
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    site_lon, site_lat = np.asarray(site_lon, dtype=float), np.asarray(site_lat, dtype=float)
    metres = np.empty((len(lon), len(site_lon)))
    rows = max(1, PAIRS_AT_ONCE // max(1, len(site_lon)))
    for start in range(0, len(lon), rows):
        part = slice(start, start + rows)
        from_lon, to_lon = np.broadcast_arrays(lon[part, None], site_lon[None, :])
        from_lat, to_lat = np.broadcast_arrays(lat[part, None], site_lat[None, :])
        points = (from_lon.ravel(), from_lat.ravel(), to_lon.ravel(), to_lat.ravel())
        metres[part] = geodesic_m(*points).reshape(from_lon.shape)
    return metres


def graph_costs(count: int, edges: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Shortest paths between all pairs of an undirected graph; infinite between parts that do not hang together.

    edges: pairs of nodes 0..count-1 (int, k x 2), lengths: at least 0. Of an edge that is given more than once, in either
    direction, the last length counts (OR-Library's rule for its p-median files). A node is 0 from itself.
    Raises ValueError for a node that is not there and for a negative length.
    """
    edges, lengths = np.asarray(edges, dtype=int).reshape(-1, 2), np.asarray(lengths, dtype=float)
    if len(edges) and (edges.min() < 0 or edges.max() >= count):
        raise ValueError("an edge names a node that is not in the graph")
    if not (lengths >= 0).all():
        raise ValueError("the length of an edge is negative or missing")
    low, high = edges.min(axis=1, initial=count), edges.max(axis=1, initial=-1)
    last = dict(zip(zip(low.tolist(), high.tolist(), strict=True), lengths, strict=True))
    ends = np.array([pair for pair in last if pair[0] != pair[1]], dtype=int).reshape(-1, 2)
    kept = np.array([length for pair, length in last.items() if pair[0] != pair[1]], dtype=float)
    graph = sparse.csr_matrix((kept, (ends[:, 0], ends[:, 1])), (count, count))
    return dijkstra(graph, directed=False)
