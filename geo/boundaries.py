"""Polygons of areas made fit to use: repaired, dissolved, snapped, simplified as one coverage.

Frames are GeoDataFrames with area_id (text) and geometry (Polygon or MultiPolygon). "Coverage" is GEOS's word: polygons
that meet exactly, vertex on vertex, with no gap and no overlap; who lives near a clinic is another subject.
"""

import geopandas as gpd
import numpy as np
import shapely

from geo.projections import area_km2

LARGEST_REPAIR_SHARE = 1e-4  # a repair that moves more than 0.01 % of the area has changed the shape, not mended it


def repair(polygons: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Valid polygons: make_valid, without the lines and points it leaves.

    Raises ValueError naming the areas whose repair would change their area by more than 0.01 % (figure-of-eight
    outlines), or leave nothing.
    """
    mended = polygons.copy()
    mended["geometry"] = gpd.GeoSeries(
        [only_polygons(shapely.make_valid(geometry)) for geometry in polygons.geometry],
        index=polygons.index,
        crs=polygons.crs,
    )
    empty = mended.geometry.is_empty.to_numpy()
    before, after = area_km2(polygons.geometry), area_km2(mended.geometry)
    broken = empty | (np.abs(after - before) > LARGEST_REPAIR_SHARE * after)
    if broken.any():
        raise ValueError(f"outline crosses itself: {', '.join(polygons['area_id'][broken])}")
    return mended


def only_polygons(geometry: shapely.Geometry) -> shapely.Geometry:
    """The polygon parts of a geometry; lines and points, which have no area, go."""
    parts = [part for part in shapely.get_parts(geometry, return_index=False) if not part.is_empty]
    flat = [piece for part in parts for piece in shapely.get_parts(part)]
    areas = [piece for piece in flat if piece.geom_type == "Polygon"]
    return areas[0] if len(areas) == 1 else shapely.MultiPolygon(areas)


def dissolve(polygons: gpd.GeoDataFrame, by: str) -> gpd.GeoDataFrame:
    """One row for each value of column `by`, its polygons united; named area_id, in order. CRS is kept."""
    groups = polygons.groupby(by, sort=True).geometry
    united = {code: only_polygons(shapely.union_all(shapes.to_numpy())) for code, shapes in groups}
    return gpd.GeoDataFrame({"area_id": list(united)}, geometry=list(united.values()), crs=polygons.crs)


def is_valid_coverage(polygons: gpd.GeoDataFrame) -> bool:
    """Whether the polygons meet exactly: no overlap, and shared edges vertex on vertex."""
    return bool(shapely.coverage_is_valid(polygons.geometry.to_numpy()))


def snapped(polygons: gpd.GeoDataFrame, grid: float) -> gpd.GeoDataFrame:
    """The polygons as one valid coverage with every vertex on a grid (`grid` in the CRS's unit; 0: noded only).

    Boundaries are united on the grid, cut into faces, and each face goes to the polygon that holds a point inside it:
    rounding each polygon by itself leaves 0.5-3 % of them invalid. Slivers between neighbours go to one of them.
    Areas smaller than the grid can vanish: their rows are dropped. Raises nothing for overlaps: the first row wins.
    """
    shapes = polygons.geometry.to_numpy()
    lines = shapely.union_all(shapely.boundary(shapes), grid_size=grid or None)
    faces = np.asarray(shapely.get_parts(shapely.polygonize(shapely.get_parts(lines))))
    owner = _first_owner(shapes, shapely.point_on_surface(faces))
    rows = [index for index in range(len(shapes)) if (owner == index).any()]
    united = [only_polygons(shapely.coverage_union_all(faces[owner == index])) for index in rows]
    result = polygons.iloc[rows].copy()
    result["geometry"] = gpd.GeoSeries(united, index=result.index, crs=polygons.crs)
    return result


def _first_owner(shapes: np.ndarray, points: np.ndarray) -> np.ndarray:
    """For each point the lowest index of a shape that covers it, -1 for none."""
    point_index, shape_index = shapely.STRtree(shapes).query(points, predicate="intersects")
    owner = np.full(len(points), len(shapes))
    np.minimum.at(owner, point_index, shape_index)
    return np.where(owner == len(shapes), -1, owner)


def simplified(polygons: gpd.GeoDataFrame, tolerance: float, grid: float) -> gpd.GeoDataFrame:
    """The coverage snapped to `grid` and simplified at `tolerance` (both in the CRS's unit): neighbours stay joined.

    Only drops vertices, so the result stays on the grid. For drawing; areas and point-in-polygon use the exact shapes.
    """
    result = snapped(polygons, grid)
    shapes = shapely.coverage_simplify(result.geometry.to_numpy(), tolerance)
    result["geometry"] = gpd.GeoSeries(shapes, index=result.index, crs=polygons.crs)
    return result


def display_detail(bounds) -> tuple[float, float]:
    """(tolerance, grid) in degrees for drawing an extent (west, south, east, north) about 1,600 pixels wide.

    Half a pixel of tolerance; a grid of 1e-5 degrees for extents up to half a degree, else 1e-4 (about 11 m).
    """
    width = max(bounds[2] - bounds[0], bounds[3] - bounds[1])
    return width / 1600 / 2, 1e-5 if width <= 0.5 else 1e-4


def label_point(geometry: shapely.Geometry, seat: tuple[float, float] | None = None) -> tuple[float, float]:
    """Where to write a name: inside the part that holds the seat, else inside the largest part."""
    parts = shapely.get_parts(geometry)
    chosen = parts[np.argmax(shapely.area(parts))]  # degrees do: parts of one area are compared with each other only
    if seat is not None and shapely.contains_xy(parts, *seat).any():
        return float(seat[0]), float(seat[1])
    point = shapely.point_on_surface(chosen)
    return point.x, point.y
