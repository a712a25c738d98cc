"""Query results as frames whose columns and types do not depend on what the rows happen to hold."""

from collections.abc import Mapping

import pandas as pd
from sqlalchemy import Connection, Engine, Select

DATE = "datetime64[s]"
MOMENT = "datetime64[us, UTC]"


def read_frame(engine: Engine | Connection, query: Select, types: Mapping[str, str]) -> pd.DataFrame:
    """The query's rows: the columns of types, in that order and of those types, when there are no rows too.

    Missing is NaN in "str" and "float64", NaT in dates, <NA> in "Int64" and "boolean", None in "object".
    """
    if isinstance(engine, Engine):
        with engine.connect() as connection:
            return read_frame(connection, query, types)
    result = engine.execute(query)
    rows = pd.DataFrame(result.fetchall(), columns=list(result.keys()), dtype=object)
    return rows[list(types)].astype(dict(types))


def records(frame: pd.DataFrame) -> list[dict]:
    """The rows of a frame as dicts a database driver understands: missing is None, numbers and dates are Python's."""
    columns = {name: _plain(frame[name]) for name in frame.columns}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _plain(column: pd.Series) -> list:
    missing = column.isna().to_list()
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        values = [None if gone else moment.date() for moment, gone in zip(column, missing, strict=True)]
    else:
        values = column.astype(object).to_list()
    return [
        None if gone else (value.item() if hasattr(value, "item") else value)
        for value, gone in zip(values, missing, strict=True)
    ]
