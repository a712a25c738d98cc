"""Query results as frames whose columns and types do not depend on what the rows happen to hold."""

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Engine, Select, String, bindparam

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
    with _collector_at_rest():
        # plain tuples: pandas asks each of SQLAlchemy's rows what it is, which takes longer than reading it
        rows = pd.DataFrame(list(map(tuple, result.fetchall())), columns=list(result.keys()), dtype=object)
    return rows[list(types)].astype(dict(types))


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Without the search for circular garbage: it goes through everything anew for each so many rows, and rows hold none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def among(column: ColumnElement[str], ids: Iterable[str]) -> ColumnElement[bool]:
    """column IN ids, for any number of ids: a database takes only some 32,000 parameters, so they stand in the text."""
    return column.in_(bindparam(None, list(ids), expanding=True, literal_execute=True, type_=String()))


def records(frame: pd.DataFrame) -> list[dict]:
    """The rows of a frame as dicts a database driver understands: missing is None, numbers and dates are Python's."""
    names = list(frame.columns)
    return [dict(zip(names, row, strict=True)) for row in rows_of(frame)]


def rows_of(frame: pd.DataFrame) -> Iterator[tuple]:
    """The same as tuples, in the order of the frame's columns."""
    return zip(*(_plain(frame[name]) for name in frame.columns), strict=True)


def _plain(column: pd.Series) -> list:
    dates = pd.api.types.is_datetime64_dtype(column.dtype)
    values = np.array((column.dt.date if dates else column).astype(object), dtype=object)
    if column.dtype == object:  # may hold numpy's scalars, which the drivers do not know
        values[:] = [value.item() if isinstance(value, np.generic) else value for value in values]
    values[column.isna().to_numpy()] = None
    return values.tolist()
