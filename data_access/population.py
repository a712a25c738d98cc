"""How many people live in an area, by year and group."""

from collections.abc import Collection

import pandas as pd
from sqlalchemy import Engine, select

from data_access.frames import among, read_frame
from data_access.tables import population

POPULATION = {
    "area_id": "str",
    "year": "int64",
    "group_id": "str",
    "persons": "float64",
    "basis": "str",
    "source": "str",
}


def read_population(engine: Engine, *, group_id: str | None = "all") -> pd.DataFrame:
    """Persons of one group (None: of every group), one row per area and year: columns and types of POPULATION."""
    query = select(*(population.c[name] for name in POPULATION))
    if group_id is not None:
        query = query.where(population.c.group_id == group_id)
    return read_frame(
        engine, query.order_by(population.c.area_id, population.c.year, population.c.group_id), POPULATION
    )


def read_newest_population(engine: Engine, area_ids: Collection[str]) -> dict[str, float]:
    """area -> all its people in the newest year that is known; an area of which no year is known is left out."""
    table = population.c
    query = (
        select(table.area_id, table.persons)
        .where(among(table.area_id, area_ids), table.group_id == "all")
        .order_by(table.area_id, table.year)
    )
    with engine.connect() as connection:
        return dict(map(tuple, connection.execute(query)))
