"""Every figure ever stated for one series: what stands, what it replaced, and which file said so when."""

import pandas as pd
from sqlalchemy import Engine, select, union_all

from data_access.frames import DATE, MOMENT, read_frame
from data_access.tables import observations, submissions

HISTORY = {
    "period": "str",
    "time": "float64",
    "value": "float64",
    "numerator": "float64",
    "denominator": "float64",
    "status": "str",
    "reported_on": DATE,
    "note": "str",
    "submission_id": "int64",
    "superseded_by": "Int64",
    "received_at": MOMENT,
    "received_from": "str",
    "file_name": "str",
    "replaced_at": MOMENT,
}


def read_figure_history(engine: Engine, indicator_id: str, area_id: str) -> pd.DataFrame:
    """All figures of one indicator in one area, newest period first, within a period the newest first.

    Columns and types: HISTORY. superseded_by, replaced_at: <NA>/NaT for the figure in force. submission_id is the
    import whose file states the figure; received_from is who sent it, file_name as they called it.
    """
    ledger, said, after = observations.c, submissions.alias("said"), submissions.alias("after")
    of_series = (ledger.indicator_id == indicator_id, ledger.area_id == area_id)
    taken = [
        ledger[name]
        for name in ("period", "time", "value", "numerator", "denominator", "status", "reported_on", "note")
    ]
    taken += [ledger.stated_by.label("submission_id"), ledger.superseded_by, ledger.observation_id]
    # Two halves, each answered by an index of its own: asked in one, every figure of the store would be looked at.
    halves = [
        select(*taken).where(*of_series, ledger.superseded_by.is_(None)),
        select(*taken).where(*of_series, ledger.superseded_by.is_not(None)),
    ]
    every = union_all(*halves).subquery()
    query = (
        select(every, said.c.received_at, said.c.received_from, said.c.file_name)
        .add_columns(after.c.received_at.label("replaced_at"))
        .join_from(every, said, said.c.submission_id == every.c.submission_id)
        .outerjoin(after, after.c.submission_id == every.c.superseded_by)
        .order_by(every.c.time.desc(), every.c.period, every.c.observation_id.desc())
    )
    return read_frame(engine, query, HISTORY)
