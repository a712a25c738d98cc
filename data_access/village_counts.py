"""Counts of villages with self-management over time: every count ever sent is kept by the day it is of.

The register of villages (selfcare_villages) shows the newest; a file that brings an older day does not take it back. What
an import that was undone said does not count, so undoing one needs nothing here.
"""

from datetime import date

import pandas as pd
from sqlalchemy import Connection, Engine, insert, select

from data_access.delivery_tables import selfcare_village_counts, selfcare_villages
from data_access.frames import DATE, read_frame
from data_access.tables import submissions

COUNTS = ("persons_on_record", "participants", "active_persons")
HISTORY = {"village_id": "str", "counted_on": DATE, **dict.fromkeys(COUNTS, "float64")}
_AT_ONCE = 1_000


def keep_counts(connection: Connection, rows: list[dict], submission_id: int) -> None:
    """Remember what the rows of a file of villages count, those with the day they count on."""
    kept = [
        {"village_id": row["village_id"], "counted_on": row["counted_on"], "submission_id": submission_id}
        | {name: row.get(name) for name in COUNTS}
        for row in rows
        if row.get("counted_on") is not None
    ]
    if kept:
        connection.execute(insert(selfcare_village_counts), kept)


def without_older_counts(connection: Connection, rows: list[dict]) -> list[dict]:
    """The rows, with the register's own counts where these are of a later day."""
    counted = ("counted_on", *COUNTS)
    own = selfcare_villages.c
    ids = [row["village_id"] for row in rows if row.get("counted_on") is not None]
    known: dict[str, dict] = {}
    for start in range(0, len(ids), _AT_ONCE):
        query = select(own.village_id, *(own[name] for name in counted)).where(
            own.village_id.in_(ids[start : start + _AT_ONCE])
        )
        known |= {row.village_id: row._mapping for row in connection.execute(query)}

    def newest(row: dict) -> dict:
        present = known.get(row["village_id"])
        if present is None or (present["counted_on"] or date.min) <= row["counted_on"]:
            return row
        return row | {name: present[name] for name in counted if name in row}

    return [newest(row) for row in rows]


def read_village_counts(engine: Engine) -> pd.DataFrame:
    """What stands of the counts of every village, by village and day: columns and types of HISTORY."""
    table = selfcare_village_counts.c
    query = (
        select(*(table[name] for name in HISTORY))
        .join(submissions, submissions.c.submission_id == table.submission_id)
        .where(submissions.c.undone_by.is_(None))
        .order_by(table.village_id, table.counted_on, table.submission_id)
    )
    found = read_frame(engine, query, HISTORY)
    return found.drop_duplicates(["village_id", "counted_on"], keep="last").reset_index(drop=True)
