"""Health cells 健康细胞: healthy communities, villages, schools, canteens..."""

from collections.abc import Collection

import pandas as pd
from sqlalchemy import Engine, select

from data_access.frames import DATE, among, read_frame
from data_access.tables import health_cells, submissions

HEALTH_CELLS = {
    "health_cell_id": "str",
    "cell_type": "str",
    "name_zh": "str",
    "name_en": "str",
    "area_id": "str",
    "title_level": "str",
    "applied_on": DATE,
    "certified_on": DATE,
    "renewed_on": DATE,
    "expires_on": DATE,
    "withdrawn_on": DATE,
    "lon": "float64",
    "lat": "float64",
    "declared_datum": "str",
    "evidence": "str",
    "submission_id": "Int64",
    "is_demo": "boolean",
}


def read_health_cells(engine: Engine, area_ids: Collection[str] | None = None) -> pd.DataFrame:
    """Health cells (of some areas), ordered by health_cell_id: columns and types of HEALTH_CELLS.

    is_demo is <NA> for a row that no import brought.
    """
    columns = [health_cells.c[name] for name in HEALTH_CELLS if name != "is_demo"]
    query = select(*columns, submissions.c.is_demo).join(submissions, isouter=True)
    if area_ids is not None:
        query = query.where(among(health_cells.c.area_id, area_ids))
    return read_frame(engine, query.order_by(health_cells.c.health_cell_id), HEALTH_CELLS)
