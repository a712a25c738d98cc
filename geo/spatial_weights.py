"""Who is whose neighbour: contiguity from polygons, the k nearest, all within a distance, or a list.

Neighbours are a scipy sparse matrix, n x n, 1 where the column's unit is a neighbour of the row's, nothing on the
diagonal. A unit without neighbours (an island) has an empty row: what is asked of its surroundings has no answer.
"""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import coo_matrix, csr_matrix, diags_array
from scipy.spatial import cKDTree

from geo.distance import checked, in_space, pairs_within
from geo.projections import to_equal_area

CLOSED_GAP_M = 1.0  # outlines digitised apart by less than this are taken to meet


def queen(polygons: gpd.GeoSeries, gap_m: float = CLOSED_GAP_M) -> csr_matrix:
    """Neighbours are polygons that share an edge or a corner, or lie within gap_m metres of each other.

    polygons: with a CRS. Raises ValueError without one.
    """
    shapes = to_equal_area(polygons).to_numpy()
    row, column = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=gap_m)
    return _neighbours(row, column, len(shapes))


def nearest_neighbours(lon, lat, k: int) -> csr_matrix:
    """Neighbours are the k nearest units (by the chord, which over such distances ranks as the geodesic does).

    Not mutual: the nearest of a remote unit need not have it among theirs. Raises ValueError unless 1 <= k < n.
    """
    lon, lat = checked(lon, lat)
    if not 1 <= k < len(lon):
        raise ValueError(f"k = {k} neighbours among {len(lon)} units: k must be at least 1 and below their number")
    points = in_space(lon, lat)
    _chord, found = cKDTree(points).query(points, k=k + 1)
    row = np.repeat(np.arange(len(lon)), k + 1)
    keep = found.ravel() != row
    row, column = row[keep], found.ravel()[keep]
    # a unit that shares its point with others may not be among its own k + 1 nearest
    place = np.arange(len(row)) - np.searchsorted(row, row)
    return _neighbours(row[place < k], column[place < k], len(lon))


def within_distance(lon, lat, radius_m: float) -> csr_matrix:
    """Neighbours are the units whose points are at most radius_m metres apart along the ellipsoid."""
    pairs = pairs_within(lon, lat, lon, lat, radius_m)
    return _neighbours(pairs.place, pairs.target, len(np.atleast_1d(lon)))


def listed(ids: Sequence[str], neighbours: Mapping[str, Sequence]) -> csr_matrix:
    """Neighbours as a list says: id -> ids. Raises ValueError naming an id that is no unit."""
    position = {unit: i for i, unit in enumerate(ids)}
    pairs = [(unit, str(other)) for unit, others in neighbours.items() for other in others]
    strangers = sorted({name for pair in pairs for name in pair if name not in position})
    if strangers:
        raise ValueError(f"no such units: {', '.join(strangers[:5])}")
    row = np.array([position[unit] for unit, _other in pairs], dtype=int)
    column = np.array([position[other] for _unit, other in pairs], dtype=int)
    return _neighbours(row, column, len(ids))


def row_standardised(neighbours: csr_matrix) -> csr_matrix:
    """Each row divided by its sum: what it weighs is the mean of the neighbours; an empty row stays empty."""
    sums = np.asarray(neighbours.sum(axis=1)).ravel()
    return csr_matrix(diags_array(np.divide(1.0, sums, out=np.zeros(len(sums)), where=sums > 0)) @ neighbours)


def _neighbours(row, column, size: int) -> csr_matrix:
    keep = row != column
    matrix = coo_matrix((np.ones(int(keep.sum())), (row[keep], column[keep])), shape=(size, size)).tocsr()
    matrix.data[:] = 1.0  # a pair named twice is one pair
    return matrix
