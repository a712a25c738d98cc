"""Long work: what was asked for, by whom, how far it is and what came of it.

This table is the truth; the queue only carries job_ids. A job belongs to its owner: others do not learn that it exists.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pandas as pd
from sqlalchemy import Engine, case, insert, select, update

from data_access.engine import DatabaseBusy, writing, writing_if_free
from data_access.frames import MOMENT, read_frame
from data_access.tables import jobs

JOBS = {
    "job_id": "str",
    "kind": "str",
    "owner": "str",
    "state": "str",
    "progress": "float64",
    "message": "str",
    "cancel_requested": "bool",
    "created_at": MOMENT,
    "started_at": MOMENT,
    "finished_at": MOMENT,
}
Job = dict[str, Any]  # a row of tables.jobs


def read_job(engine: Engine, job_id: str, *, owner: str) -> Job | None:
    """One job of this owner with its parameters and result; None where it is unknown or somebody else's."""
    with engine.connect() as connection:
        row = connection.execute(select(jobs).where(jobs.c.job_id == job_id, jobs.c.owner == owner)).first()
    return None if row is None else dict(row._mapping)


def read_jobs(engine: Engine, *, owner: str) -> pd.DataFrame:
    """The jobs of one owner, newest first: columns and types of JOBS."""
    query = select(*(jobs.c[name] for name in JOBS)).where(jobs.c.owner == owner)
    return read_frame(engine, query.order_by(jobs.c.created_at.desc(), jobs.c.job_id), JOBS)


def read_queued(engine: Engine) -> list[str]:
    """The job_ids that wait to be run, oldest first."""
    query = select(jobs.c.job_id).where(jobs.c.state == "queued").order_by(jobs.c.created_at)
    with engine.connect() as connection:
        return list(connection.scalars(query))


def create(engine: Engine, kind: str, *, owner: str, scope: Iterable[str], parameters: Mapping[str, Any]) -> str:
    """Write down a job that waits to be run, and give its job_id.

    scope: the area_ids its owner may see, none for everything. parameters: what JSON can hold.
    """
    job_id = str(uuid4())
    job = {
        "job_id": job_id,
        "kind": kind,
        "owner": owner,
        "scope": list(scope),
        "parameters": dict(parameters),
        "state": "queued",
        "created_at": datetime.now(UTC),
    }
    with writing(engine) as connection:
        connection.execute(insert(jobs).values(job))
    return job_id


def claim(engine: Engine, job_id: str) -> Job | None:
    """Take a waiting job for running; None where it does not wait (any more): of two who claim it, one gets it."""
    running = {"state": "running", "started_at": datetime.now(UTC)}
    with writing(engine) as connection:
        taken = update(jobs).where(jobs.c.job_id == job_id, jobs.c.state == "queued").values(running)
        if connection.execute(taken).rowcount == 0:
            return None
        return dict(connection.execute(select(jobs).where(jobs.c.job_id == job_id)).one()._mapping)


def report_progress(engine: Engine, job_id: str, fraction: float, message: str | None = None) -> bool:
    """Note how far a running job is (0 to 1); gives whether its owner asked to cancel it.

    Nothing is noted while another transaction writes to SQLite: it may be the job's own, and waiting would never end.
    """
    noted = {"progress": fraction} | ({} if message is None else {"message": message})
    try:
        with writing_if_free(engine) as connection:
            connection.execute(update(jobs).where(jobs.c.job_id == job_id, jobs.c.state == "running").values(noted))
    except DatabaseBusy:
        pass
    with engine.connect() as connection:
        return bool(connection.scalar(select(jobs.c.cancel_requested).where(jobs.c.job_id == job_id)))


def cancel(engine: Engine, job_id: str, *, owner: str) -> bool:
    """Ask for a job to end: a waiting one is cancelled at once, a running one when it next reports.

    False where this owner has no such job that is not over.
    """
    asked = {"cancel_requested": True, "state": case((jobs.c.state == "queued", "cancelled"), else_=jobs.c.state)}
    open_job = jobs.c.job_id == job_id, jobs.c.owner == owner, jobs.c.state.in_(["queued", "running"])
    with writing(engine) as connection:
        return connection.execute(update(jobs).where(*open_job).values(asked)).rowcount == 1


def finish(engine: Engine, job_id: str, result: Any) -> None:
    """The job is done; result: what JSON can hold."""
    _end(engine, jobs.c.job_id == job_id, {"state": "done", "progress": 1.0, "result": result})


def fail(engine: Engine, job_id: str, message: str) -> None:
    """The job failed, and message says its owner why."""
    _end(engine, jobs.c.job_id == job_id, {"state": "failed", "message": message})


def mark_cancelled(engine: Engine, job_id: str) -> None:
    """The job ended because its owner asked."""
    _end(engine, jobs.c.job_id == job_id, {"state": "cancelled"})


def fail_all_running(engine: Engine, message: str) -> int:
    """The jobs that are marked as running but that nobody runs; gives how many. Only a sole worker knows this."""
    return _end(engine, jobs.c.state == "running", {"state": "failed", "message": message})


def _end(engine: Engine, which, outcome: Mapping[str, Any]) -> int:
    ended = dict(outcome) | {"finished_at": datetime.now(UTC)}
    with writing(engine) as connection:
        return connection.execute(update(jobs).where(which, jobs.c.state == "running").values(ended)).rowcount
