"""Saved siting scenarios: kept as they were worked out, listed by area, taken away without being lost; and which of
them were put before a review. Each step is recorded with who took it (account_id; None: the demo's visitor).
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pandas as pd
from sqlalchemy import Connection, Engine, insert, select, update

from data_access import audit
from data_access.engine import writing
from data_access.frames import DATE, MOMENT, among, read_frame
from data_access.siting_tables import review_scenarios, siting_scenarios

SCENARIOS = {
    "scenario_id": "str",
    "name": "str",
    "area_id": "str",
    "owner": "str",
    "owner_name": "str",
    "created_at": MOMENT,
    "is_demo": "bool",
}
BEFORE_REVIEW = {
    "review_scenario_id": "int64",
    "plan_id": "str",
    "as_of": DATE,
    "scenario_id": "str",
    "area_id": "str",
    "name": "str",
    "figures": "object",
    "note": "str",
    "put_by": "str",
    "put_by_name": "str",
    "put_at": MOMENT,
    "is_demo": "bool",
}
PLACES_OF_RESULT = ("chosen", "demand", "curve")  # of a result: what a review does not copy, the scenario having it
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
    account_id: int | None = None,
) -> str:
    """Keep a scenario; gives its scenario_id. parameters, result: what JSON can hold."""
    scenario_id = str(uuid4())
    row = {"scenario_id": scenario_id, "name": name, "area_id": area_id}
    row |= {"parameters": dict(parameters), "result": dict(result), "is_demo": is_demo}
    row |= {"owner": owner, "owner_name": owner_name, "created_at": datetime.now(UTC)}
    with writing(engine) as connection:
        connection.execute(insert(siting_scenarios).values(row))
        audit.record(connection, account_id, "scenario saved", f"scenario {scenario_id}", reason=name)
    return scenario_id


def rename_scenario(engine: Engine, scenario_id: str, name: str, *, owner: str, account_id: int | None = None) -> bool:
    """Give an owner's scenario another name; False where there is none of theirs. Reviews keep the name of their day."""
    with writing(engine) as connection:
        done = _change_own(connection, scenario_id, owner, {"name": name})
        if done:
            audit.record(connection, account_id, "scenario renamed", f"scenario {scenario_id}", reason=name)
    return done


def remove_scenario(engine: Engine, scenario_id: str, *, owner: str, account_id: int | None = None) -> bool:
    """Take an owner's scenario out of the lists; False where there is none of theirs. Its link still says what it was."""
    with writing(engine) as connection:
        done = _change_own(connection, scenario_id, owner, {"removed_at": datetime.now(UTC), "removed_by": owner})
        if done:
            audit.record(connection, account_id, "scenario removed", f"scenario {scenario_id}")
    return done


def _change_own(connection: Connection, scenario_id: str, owner: str, values: Mapping[str, Any]) -> bool:
    mine = (siting_scenarios.c.scenario_id == scenario_id, siting_scenarios.c.owner == owner)
    statement = update(siting_scenarios).where(*mine, siting_scenarios.c.removed_at.is_(None)).values(dict(values))
    return connection.execute(statement).rowcount == 1


# Before a review -------------------------------------------------------------------------------------------------------


def put_before_review(
    engine: Engine,
    scenario_id: str,
    plan_id: str,
    as_of: date,
    *,
    note: str | None,
    put_by: str,
    put_by_name: str,
    account_id: int | None = None,
) -> bool:
    """Put a scenario before the review of a plan as of a day, with its name and figures as they stand now.

    False where there is no such scenario in the lists, or where it lies before that review already.
    """
    with writing(engine) as connection:
        there = siting_scenarios.c.scenario_id == scenario_id
        query = select(siting_scenarios).where(there, siting_scenarios.c.removed_at.is_(None)).with_for_update()
        found = connection.execute(query).first()
        if found is None or _lies_before(connection, scenario_id, plan_id, as_of):
            return False
        row = {"plan_id": plan_id, "as_of": as_of, "scenario_id": scenario_id, "area_id": found.area_id}
        row |= {"name": found.name, "is_demo": found.is_demo, "note": note, "put_at": datetime.now(UTC)}
        row |= {"figures": {key: value for key, value in found.result.items() if key not in PLACES_OF_RESULT}}
        connection.execute(insert(review_scenarios).values(row | {"put_by": put_by, "put_by_name": put_by_name}))
        subject = f"scenario {scenario_id}"
        audit.record(connection, account_id, "scenario put before a review", subject, reason=f"{plan_id} {as_of}")
    return True


def _lies_before(connection: Connection, scenario_id: str, plan_id: str, as_of: date) -> bool:
    table = review_scenarios.c
    same = (table.scenario_id == scenario_id, table.plan_id == plan_id, table.as_of == as_of)
    return (
        connection.execute(select(table.review_scenario_id).where(*same, table.taken_back_at.is_(None))).first()
        is not None
    )


def take_back_from_review(
    engine: Engine, review_scenario_id: int, *, put_by: str, account_id: int | None = None
) -> bool:
    """Take back what somebody put before a review themselves; False where there is nothing of theirs."""
    table = review_scenarios.c
    mine = (table.review_scenario_id == review_scenario_id, table.put_by == put_by, table.taken_back_at.is_(None))
    with writing(engine) as connection:
        done = connection.execute(update(review_scenarios).where(*mine).values(taken_back_at=datetime.now(UTC)))
        if done.rowcount:
            subject = f"review scenario {review_scenario_id}"
            audit.record(connection, account_id, "scenario taken back from a review", subject)
    return done.rowcount == 1


def read_before_review(
    engine: Engine, *, plan_id: str | None = None, as_of: date | None = None, scenario_id: str | None = None
) -> pd.DataFrame:
    """What lies before reviews and was not taken back, oldest first: columns and types of BEFORE_REVIEW.

    What is not given does not narrow.
    """
    table = review_scenarios.c
    query = select(*(table[name] for name in BEFORE_REVIEW)).where(table.taken_back_at.is_(None))
    for column, wanted in ((table.plan_id, plan_id), (table.as_of, as_of), (table.scenario_id, scenario_id)):
        query = query if wanted is None else query.where(column == wanted)
    return read_frame(engine, query.order_by(table.put_at, table.review_scenario_id), BEFORE_REVIEW)
