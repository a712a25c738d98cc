"""Illustrative township cells: what a map shows where no township boundaries may be had.

Every point of a banner goes to the nearest township seat in that banner (Voronoi). These are not administrative
boundaries and are labelled 示意图,非行政区域界线 wherever they are drawn.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.boundaries import only_polygons, snapped
from geo.projections import to_equal_area

SUB_DISTRICT = "街道"
NEAR_KM = 5.0  # a town whose seat lies this near the sub-districts is the town they belong to


def carriers(townships: pd.DataFrame) -> pd.Series:
    """Which area's cell each township lies in.

    townships: area_id, parent_id, kind, seat_lon, seat_lat (degrees, CGCS2000). Sub-districts (街道) would be specks of
        1-10 km2 that squeeze their town: those of one county share one cell, that of a town whose seat is within 5 km
        of their middle, else (Dongsheng, Kangbashi) one of their own, under the first of their codes.
    Returns the carrying area_id by area_id.
    """
    result = pd.Series(townships["area_id"].to_numpy(), index=townships["area_id"].to_numpy(), name="carrier")
    for _, members in townships.groupby("parent_id", sort=True):
        subs = members[members["kind"] == SUB_DISTRICT]
        if len(subs):
            result[subs["area_id"]] = _town_of(subs, members[members["kind"] != SUB_DISTRICT])
    return result


def _town_of(subs: pd.DataFrame, towns: pd.DataFrame) -> str:
    middle_lon, middle_lat = subs["seat_lon"].mean(), subs["seat_lat"].mean()
    km_east = (towns["seat_lon"] - middle_lon) * 111.32 * np.cos(np.radians(middle_lat))
    km = np.hypot(km_east, (towns["seat_lat"] - middle_lat) * 111.13)
    return towns["area_id"].iloc[int(km.argmin())] if len(km) and km.min() <= NEAR_KM else subs["area_id"].min()


def township_cells(townships: pd.DataFrame, counties: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One cell for each carrying township, together a valid coverage of the counties.

    townships: as for carriers; a row without a seat is left out. counties: area_id, geometry (longitude/latitude).
    Returns area_id (the carrier), members (list of area_ids, the carrier first), geometry in the counties' CRS.
        A cell can be a MultiPolygon where the county's outline cuts it.
    Raises ValueError for a township whose county has no polygon.
    """
    townships = townships.dropna(subset=["seat_lon", "seat_lat"])
    strangers = sorted(set(townships["parent_id"]) - set(counties["area_id"]))
    if strangers:
        raise ValueError(f"no polygon for the counties {', '.join(strangers)}")
    seats = _cell_seats(townships)
    plane = to_equal_area(counties.geometry)  # Voronoi in degrees gives other cells
    homes = dict(zip(counties["area_id"], plane, strict=True))
    points = gpd.GeoSeries.from_xy(seats["seat_lon"], seats["seat_lat"], crs=counties.crs).to_crs(plane.crs)
    shapes = pd.Series(index=seats.index, dtype=object)
    for county, members in seats.groupby("parent_id"):
        shapes[members.index] = _voronoi(points[members.index].to_numpy(), homes[county])
    cells = gpd.GeoDataFrame(seats[["area_id", "members"]], geometry=list(shapes), crs=plane.crs)
    return snapped(cells, 0.0).to_crs(counties.crs).reset_index(drop=True)


def _cell_seats(townships: pd.DataFrame) -> pd.DataFrame:
    """One row for each carrier: area_id, parent_id, seat (a town's own, else its sub-districts' middle), members."""
    carrier = carriers(townships)
    rows = []
    for code, members in townships.groupby(townships["area_id"].map(carrier), sort=True):
        own = members[members["area_id"] == code]
        seat = own if own["kind"].iloc[0] != SUB_DISTRICT else members
        others = sorted(set(members["area_id"]) - {code})
        rows.append((code, own["parent_id"].iloc[0], seat["seat_lon"].mean(), seat["seat_lat"].mean(), [code, *others]))
    return pd.DataFrame(rows, columns=["area_id", "parent_id", "seat_lon", "seat_lat", "members"])


def _voronoi(seats: np.ndarray, county: shapely.Geometry) -> list[shapely.Geometry]:
    """The part of the county nearest to each seat, in the seats' order; one seat gets all of it."""
    if len(seats) == 1:
        return [county]
    diagram = shapely.voronoi_polygons(shapely.multipoints(seats), extend_to=county, ordered=True)
    return [only_polygons(shapely.intersection(cell, county)) for cell in shapely.get_parts(diagram)]
