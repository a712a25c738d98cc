"""What came in: one submission for each import, and one for each undoing of an import."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pandas as pd
from sqlalchemy import Connection, Engine, func, insert, select, update

from data_access.engine import wait_for_other_submissions
from data_access.frames import MOMENT, read_frame
from data_access.tables import submissions

OFFICE_TIME = timezone(timedelta(hours=8))  # Beijing time: where a bureau's day ends
DERIVED = "derived"  # figures worked out of a register after an import; file_hash says of which
SUBMISSIONS = {
    "submission_id": "int64",
    "kind": "str",
    "file_name": "str",
    "file_hash": "str",
    "received_at": MOMENT,
    "received_from": "str",
    "rows_read": "int64",
    "rows_stored": "int64",
    "rows_unchanged": "int64",
    "rows_refused": "int64",
    "is_demo": "bool",
    "undoes": "Int64",
    "undone_by": "Int64",
    "is_form": "bool",
    "reason": "str",
}


def office_today() -> date:
    """The day it is where the bureau is: a server's own clock may be on UTC, and eight hours behind until the morning."""
    return datetime.now(OFFICE_TIME).date()


def read_submissions(engine: Engine | Connection) -> pd.DataFrame:
    """Every submission, newest first: columns and types of SUBMISSIONS. undone_by is <NA> while it stands."""
    query = select(*(submissions.c[name] for name in SUBMISSIONS)).order_by(submissions.c.submission_id.desc())
    return read_frame(engine, query, SUBMISSIONS)


def read_kind_of(engine: Engine, submission_id: int) -> str | None:
    """The kind of a submission; None where there is none of this id."""
    with engine.connect() as connection:
        return connection.scalar(select(submissions.c.kind).where(submissions.c.submission_id == submission_id))


def newest_submission_id(engine: Engine) -> int:
    """The id of the newest submission, 0 before the first: it grows whenever figures or registers may have changed."""
    with engine.connect() as connection:
        return connection.scalar(select(func.max(submissions.c.submission_id))) or 0


def last_submission_by(connection: Connection, day: date) -> int:
    """The id of the last submission received by the end of a day (Beijing time); 0 when none had come."""
    end = datetime.combine(day + timedelta(days=1), time(), OFFICE_TIME)
    received = select(func.max(submissions.c.submission_id)).where(submissions.c.received_at < end)
    return connection.scalar(received) or 0


def find_by_hash(engine: Engine | Connection, kind: str, file_hash: str) -> int | None:
    """The id of the standing (not undone) submission of this kind from a file of these bytes, or None."""
    query = select(func.max(submissions.c.submission_id)).where(
        submissions.c.kind == kind, submissions.c.file_hash == file_hash, submissions.c.undone_by.is_(None)
    )
    if isinstance(engine, Engine):
        with engine.connect() as connection:
            return connection.scalar(query)
    return engine.scalar(query)


def begin(
    connection: Connection,
    *,
    kind: str,
    received_from: str,
    file_name: str | None = None,
    file_hash: str | None = None,
    received_at: datetime | None = None,
    is_demo: bool = False,
    undoes: int | None = None,
    is_form: bool = False,
    reason: str | None = None,
) -> int:
    """Write a submission's head and give its id; call finish in the same transaction.

    received_at: aware; now where not given. Raises ValueError when it is before the newest submission's.
    """
    wait_for_other_submissions(connection)
    newest = connection.scalar(select(func.max(submissions.c.received_at)))
    head = {
        "kind": kind,
        "file_name": file_name,
        "file_hash": file_hash,
        "received_at": _in_order(received_at, newest),
        "received_from": received_from,
        "is_demo": is_demo,
        "undoes": undoes,
        "is_form": is_form,
        "reason": reason,
    }
    return connection.execute(insert(submissions).values(head)).inserted_primary_key[0]


def _in_order(received_at: datetime | None, newest: datetime | None) -> datetime:
    # The ids give the order, and "known by a day" is asked of the ids: the times must never run against them.
    if received_at is None:
        now = datetime.now(UTC)
        return now if newest is None else max(now, newest)  # the machine's clock may have been set back
    if newest is not None and received_at < newest:
        raise ValueError(f"received_at {received_at} is before the newest submission's {newest}; submit in order.")
    return received_at


def finish(
    connection: Connection,
    submission_id: int,
    *,
    rows_read: int,
    rows_stored: int,
    rows_unchanged: int = 0,
    rows_refused: int = 0,
    previous_state: dict | None = None,
) -> None:
    """Write what became of a submission's rows, and what an undo of a register import has to put back."""
    counts = {
        "rows_read": rows_read,
        "rows_stored": rows_stored,
        "rows_unchanged": rows_unchanged,
        "rows_refused": rows_refused,
        "previous_state": previous_state,
    }
    connection.execute(update(submissions).where(submissions.c.submission_id == submission_id).values(counts))
