"""The newest back-test of each plan: who may see which area is decided by the reader, so its rows are kept, no sums."""

import io
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from pyarrow import feather
from sqlalchemy import Connection, Engine, delete, insert, select

from data_access.backtest_tables import backtests

HEAD = ("plan_id", "as_of", "last_submission_id", "made_at")


def write_backtest(
    connection: Connection,
    plan_id: str,
    *,
    as_of: date,
    last_submission_id: int,
    forecasts: pd.DataFrame,
    flags: pd.DataFrame,
) -> None:
    """Put a plan's back-test in the place of the one before. forecasts, flags: frames of numbers, words and booleans."""
    connection.execute(delete(backtests).where(backtests.c.plan_id == plan_id))
    head = {"plan_id": plan_id, "as_of": as_of, "last_submission_id": last_submission_id, "made_at": datetime.now(UTC)}
    connection.execute(insert(backtests).values(**head, forecasts=_packed(forecasts), flags=_packed(flags)))


def read_backtest_head(engine: Engine, plan_id: str) -> dict[str, Any] | None:
    """When and on what a plan's back-test was made: HEAD; None where there is none."""
    query = select(*(backtests.c[name] for name in HEAD)).where(backtests.c.plan_id == plan_id)
    with engine.connect() as connection:
        row = connection.execute(query).first()
    return None if row is None else dict(row._mapping)


def read_backtest(engine: Engine, plan_id: str, part: str) -> pd.DataFrame | None:
    """The rows of a plan's back-test as they were written; part: "forecasts" or "flags". None where there is none."""
    with engine.connect() as connection:
        content = connection.scalar(select(backtests.c[part]).where(backtests.c.plan_id == plan_id))
    if content is None:
        return None
    found = feather.read_feather(io.BytesIO(content))
    return found.astype(dict.fromkeys(found.select_dtypes("category").columns, "str"))


def _packed(frame: pd.DataFrame) -> bytes:
    """A Feather file: words once each, figures as 32-bit floats (seven digits are more than a score says)."""
    words = {name: "category" for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name].dtype)}
    figures = dict.fromkeys(frame.select_dtypes("float64").columns, "float32")
    buffer = io.BytesIO()
    feather.write_feather(frame.astype(words | figures).reset_index(drop=True), buffer, compression="zstd")
    return buffer.getvalue()
