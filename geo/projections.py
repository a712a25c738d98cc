"""Where lengths and areas may be measured, and a guard that refuses to measure anywhere else.

A degree of longitude shrinks northwards and Web Mercator (EPSG:3857) stretches areas by 1.65 at Ordos, so an area, a
buffer or a distance in either is wrong without looking wrong.
"""

import geopandas as gpd
import numpy as np
from pyproj import CRS

LON_LAT = CRS.from_epsg(4490)  # CGCS2000, what the store keeps
CHINA_ALBERS = CRS.from_proj4("+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=GRS80 +units=m")  # areas only
_WIDEST_LOCAL_DEGREES = 20.0  # beyond this a plane round one point bends distances by more than about 1 %


def refuse_unmeasurable(crs: CRS | None) -> None:
    """Raises ValueError where areas, buffers and distances mean nothing: no CRS, degrees, or Web Mercator."""
    if crs is None:
        raise ValueError("the geometry has no CRS: areas, buffers and distances cannot be measured")
    if crs.is_geographic:
        raise ValueError(f"{crs.to_string()} is in degrees: reproject to an equal-area CRS before measuring")
    method = crs.coordinate_operation.method_name if crs.coordinate_operation else ""
    if "Mercator" in method and "Transverse" not in method:
        raise ValueError(f"{crs.to_string()} is for map tiles: reproject to an equal-area CRS before measuring")


def equal_area_crs(bounds) -> CRS:
    """An equal-area CRS in metres for (west, south, east, north) in degrees.

    Round the middle (Lambert, GRS80) for extents up to 20 degrees: distances are good to about 0.1 % over a prefecture.
    Wider extents get the Albers of China, right for areas only.
    """
    west, south, east, north = bounds
    if max(east - west, north - south) > _WIDEST_LOCAL_DEGREES:
        return CHINA_ALBERS
    middle_lon, middle_lat = round((west + east) / 2, 2), round((south + north) / 2, 2)
    return CRS.from_proj4(f"+proj=laea +lat_0={middle_lat} +lon_0={middle_lon} +ellps=GRS80 +units=m")


def to_equal_area(geometries: gpd.GeoSeries) -> gpd.GeoSeries:
    """A GeoSeries with a CRS, reprojected to equal_area_crs of its extent. Raises ValueError without a CRS."""
    if geometries.crs is None:
        raise ValueError("the geometry has no CRS: it cannot be reprojected")
    degrees = geometries.to_crs(LON_LAT)
    return degrees.to_crs(equal_area_crs(degrees.total_bounds))


def area_km2(geometries: gpd.GeoSeries) -> np.ndarray:
    """Square kilometres of each geometry, float array; whatever CRS they came in."""
    return measured_area_m2(to_equal_area(geometries)) / 1e6


def measured_area_m2(geometries: gpd.GeoSeries) -> np.ndarray:
    """Square metres in the geometries' own CRS. Raises ValueError where that would be meaningless."""
    refuse_unmeasurable(geometries.crs)
    return geometries.area.to_numpy()


def measured_buffer(geometries: gpd.GeoSeries, radius_m: float) -> gpd.GeoSeries:
    """Rings of radius_m metres (64 segments a quarter: 0.01 % small). Raises ValueError in degrees or Web Mercator."""
    refuse_unmeasurable(geometries.crs)
    return geometries.buffer(radius_m, quad_segs=64)


def measured_distance_m(geometries: gpd.GeoSeries, other) -> np.ndarray:
    """Metres to `other` (a geometry or an aligned GeoSeries, same CRS). Raises ValueError in degrees or Web Mercator."""
    refuse_unmeasurable(geometries.crs)
    return geometries.distance(other).to_numpy()
