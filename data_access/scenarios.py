"""Saved siting scenarios: kept as they were worked out, listed by area, taken away without being lost."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pandas as pd
from sqlalchemy import Engine, insert, select, update

from data_access.engine import writing
from data_access.frames import MOMENT, among, read_frame
from data_access.siting_tables import siting_scenarios

SCENARIOS = {
    "scenario_id": "str",
    "name": "str",
    "area_id": "str",
    "owner": "str",
    "owner_name": "str",
    "created_at": MOMENT,
    "is_demo": "bool",
}
Scenario = dict[str, Any]  # a row of siting_scenarios


def read_scenarios(engine: Engine, area_ids: Collection[str] | None = None) -> pd.DataFrame:
    """The scenarios that were not taken away (of some areas), newest first: columns and types of SCENARIOS."""
    query = select(*(siting_scenarios.c[name] for name in SCENARIOS)).where(siting_scenarios.c.removed_at.is_(None))
    if area_ids is not None:
        query = query.where(among(siting_scenarios.c.area_id, area_ids))
    return read_frame(
        engine, query.order_by(siting_scenarios.c.created_at.desc(), siting_scenarios.c.scenario_id), SCENARIOS
    )


def read_scenario(engine: Engine, scenario_id: str) -> Scenario | None:
    """One scenario with its parameters and result, also one that was taken away (removed_at); None where unknown."""
    with engine.connect() as connection:
        row = connection.execute(select(siting_scenarios).where(siting_scenarios.c.scenario_id == scenario_id)).first()
    return None if row is None else dict(row._mapping)


def save_scenario(
    engine: Engine,
    *,
    name: str,
    area_id: str,
    parameters: Mapping[str, Any],
    result: Mapping[str, Any],
    owner: str,
    owner_name: str,
    is_demo: bool,
) -> str:
    """Keep a scenario; gives its scenario_id. parameters, result: what JSON can hold."""
    scenario_id = str(uuid4())
    row = {"scenario_id": scenario_id, "name": name, "area_id": area_id}
    row |= {"parameters": dict(parameters), "result": dict(result), "is_demo": is_demo}
    row |= {"owner": owner, "owner_name": owner_name, "created_at": datetime.now(UTC)}
    with writing(engine) as connection:
        connection.execute(insert(siting_scenarios).values(row))
    return scenario_id


def remove_scenario(engine: Engine, scenario_id: str, *, owner: str) -> bool:
    """Take an owner's scenario out of the lists; False where there is none of theirs. Its link still says what it was."""
    mine = (siting_scenarios.c.scenario_id == scenario_id, siting_scenarios.c.owner == owner)
    gone = {"removed_at": datetime.now(UTC), "removed_by": owner}
    with writing(engine) as connection:
        done = connection.execute(
            update(siting_scenarios).where(*mine, siting_scenarios.c.removed_at.is_(None)).values(gone)
        )
    return done.rowcount == 1
