"""Places: the hierarchy of areas and their boundaries."""

from collections.abc import Collection
from datetime import date

import geopandas
import pandas as pd
import shapely
from sqlalchemy import Engine, or_, select

from data_access.frames import DATE, among, read_frame
from data_access.tables import areas, boundaries

AREAS = {
    "area_id": "str",
    "level": "str",
    "parent_id": "str",
    "name_zh": "str",
    "name_en": "str",
    "kind": "str",
    "former_names_zh": "str",
    "is_unit": "bool",
    "valid_from": DATE,
    "valid_to": DATE,
    "merged_into": "str",
    "seat_lon": "float64",
    "seat_lat": "float64",
    "seat_source": "str",
    "seat_precision_km": "float64",
}
BOUNDARIES = {
    "area_id": "str",
    "valid_from": DATE,
    "valid_to": DATE,
    "is_illustrative": "bool",
    "declared_datum": "str",
    "source": "str",
    "review_number": "str",
    "geometry": "object",
}


def exists_on(table, day: date):
    """The condition that a row of areas or boundaries is valid on a day; open where a date is not stated."""
    return or_(table.c.valid_from.is_(None), table.c.valid_from <= day) & or_(
        table.c.valid_to.is_(None), table.c.valid_to >= day
    )


def read_areas(engine: Engine, *, on: date | None = None) -> pd.DataFrame:
    """Every area, or those that exist on a day: columns and types of AREAS, ordered by area_id.

    Seats are degrees, WGS-84 / CGCS2000. former_names_zh is joined with ；.
    """
    query = select(*(areas.c[name] for name in AREAS)).order_by(areas.c.area_id)
    if on is not None:
        query = query.where(exists_on(areas, on))
    return read_frame(engine, query, AREAS)


def read_descendants(engine: Engine, area_id: str) -> pd.DataFrame:
    """The area itself and everything below it, as read_areas gives them; no rows for an unknown area."""
    below = select(areas.c.area_id).where(areas.c.area_id == area_id).cte("below", recursive=True)
    # union, not union all: stops at an area that is its own ancestor
    below = below.union(select(areas.c.area_id).where(areas.c.parent_id == below.c.area_id))
    query = (
        select(*(areas.c[name] for name in AREAS))
        .where(areas.c.area_id.in_(select(below.c.area_id)))
        .order_by(areas.c.area_id)
    )
    return read_frame(engine, query, AREAS)


def read_boundaries(
    engine: Engine,
    area_ids: Collection[str] | None = None,
    *,
    level: str | None = None,
    parent: str | None = None,
    on: date | None = None,
) -> geopandas.GeoDataFrame:
    """Boundaries, of some areas or of the children of parent, or of one level: columns and types of BOUNDARIES.

    geometry is longitude/latitude on CGCS2000 (EPSG:4490). With `on` one boundary an area at most, as on that day;
    without it every boundary kept, oldest first.
    """
    query = select(*(boundaries.c[name] for name in BOUNDARIES)).join(areas, areas.c.area_id == boundaries.c.area_id)
    if area_ids is not None:
        query = query.where(among(boundaries.c.area_id, area_ids))
    if level is not None:
        query = query.where(areas.c.level == level)
    if parent is not None:
        query = query.where(areas.c.parent_id == parent)
    if on is not None:
        query = query.where(exists_on(boundaries, on))
    frame = read_frame(engine, query.order_by(boundaries.c.area_id, boundaries.c.valid_from), BOUNDARIES)
    frame["geometry"] = geopandas.GeoSeries(shapely.from_wkb(frame["geometry"].to_numpy()), crs="EPSG:4490")
    return geopandas.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4490")
