"""Hospitals, clinics and other places that give care."""

from collections.abc import Collection

import pandas as pd
from sqlalchemy import Engine, select

from data_access.frames import DATE, among, read_frame
from data_access.tables import facilities, submissions

FACILITIES = {
    "facility_id": "str",
    "name_zh": "str",
    "name_en": "str",
    "facility_type": "str",
    "grade": "str",
    "area_id": "str",
    "lon": "float64",
    "lat": "float64",
    "declared_datum": "str",
    "declared_lon": "float64",
    "declared_lat": "float64",
    "services": "str",
    "beds": "Int64",
    "staff": "Int64",
    "doctors": "Int64",
    "nurses": "Int64",
    "opened": DATE,
    "closed": DATE,
    "submission_id": "Int64",
    "is_demo": "boolean",
}


def read_facilities(engine: Engine, area_ids: Collection[str] | None = None) -> pd.DataFrame:
    """Facilities (of some areas), ordered by facility_id: columns and types of FACILITIES. lon, lat are WGS-84 degrees.

    is_demo is <NA> for a row that no import brought.
    """
    columns = [facilities.c[name] for name in FACILITIES if name != "is_demo"]
    query = select(*columns, submissions.c.is_demo).join(submissions, isouter=True)
    if area_ids is not None:
        query = query.where(among(facilities.c.area_id, area_ids))
    return read_frame(engine, query.order_by(facilities.c.facility_id), FACILITIES)
