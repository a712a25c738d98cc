"""Writing figures to the ledger: append-only, a whole file in one transaction, a million rows without a million in memory.

A file's rows are first staged in a temporary table, chunk by chunk and without a lock; then three statements over the
whole set sort them out against the current figures. What stands for an indicator, area and period is always the last
import that said anything about it and was not undone: that is why an import which repeats the current figure is
remembered too (observation_confirmations), and why an undo falls back on the last other import that stands.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import (
    Column,
    Connection,
    Date,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    and_,
    delete,
    func,
    insert,
    literal,
    not_,
    select,
    tuple_,
    union_all,
    update,
)

from data_access.engine import copy_rows, gather_statistics, writing_on
from data_access.errors import InputError
from data_access.frames import read_frame, rows_of
from data_access.tables import areas, indicators, observation_confirmations, observations, submissions

KEY = ("indicator_id", "area_id", "period")
FIGURE = ("numerator", "denominator", "value", "lower", "upper", "status", "reported_on", "note")
STAGED = {
    "source_row": "int64",  # the row as the user sees it in the file
    "indicator_id": "str",
    "area_id": "str",
    "period": "str",
    "time": "float64",
    "numerator": "float64",
    "denominator": "float64",
    "value": "float64",
    "lower": "float64",
    "upper": "float64",
    "status": "str",
    "reported_on": "datetime64[s]",
    "note": "str",
}
PROVISIONAL, SETTLED = "provisional", ("final", "revised")
ENDED_AT_ONCE = 1_000  # three values each
DROPPED_AT_ONCE = 10_000  # SQLite takes 32,766 values in a statement
REPEATED = {"indicator_id": "str", "area_id": "str", "period": "str", "first_row": "int64", "source_row": "int64"}


def _temporary_table(name: str) -> Table:
    return Table(
        name,
        MetaData(),  # its own: a temporary table is no part of the schema
        Column("source_row", Integer, nullable=False),
        Column("indicator_id", String(80), nullable=False),
        Column("area_id", String(40), nullable=False),
        Column("period", String(8), nullable=False),
        Column("time", Float, nullable=False),
        Column("numerator", Float),
        Column("denominator", Float),
        Column("value", Float),
        Column("lower", Float),
        Column("upper", Float),
        Column("status", String(12), nullable=False),
        Column("reported_on", Date),
        Column("note", Text),
        prefixes=["TEMPORARY"],
    )


_arrived = _temporary_table("arrived_observations")  # in the order of the file
# In the order of the ledger's index: a million scattered look-ups and insertions would take several times as long.
_sorted = _temporary_table("sorted_observations")
_staged = _sorted.c
_ledger = observations.c


@dataclass(frozen=True)
class Stored:
    """What became of the staged rows."""

    stored: int  # new and changed figures
    changed: int  # of these, how many took the place of an earlier figure
    unchanged: int  # said what was known already
    held_back: int = 0  # first reports that differ from a final figure: not stored
    first_held: tuple | None = None  # one of them: KEY, value, the final value


class StagedFigures:
    """The rows of one file, waiting beside the ledger in a temporary table of this connection."""

    def __init__(self, connection: Connection):
        self._connection = connection
        self._is_sorted = False

    def add(self, frame: pd.DataFrame) -> None:
        """Append a chunk: the columns and types of STAGED. Takes no lock that another import would wait for.

        Raises RuntimeError once the rows have been read or stored.
        """
        if self._is_sorted:
            raise RuntimeError("The file's rows were read already; add all of them first.")
        with self._connection.begin():
            copy_rows(self._connection, _arrived, STAGED, rows_of(frame[list(STAGED)]))

    def drop(self, source_rows: list[int]) -> None:
        """Take rows out again, before any is read or stored."""
        with self._connection.begin():
            for start in range(0, len(source_rows), DROPPED_AT_ONCE):
                some = source_rows[start : start + DROPPED_AT_ONCE]
                self._connection.execute(delete(_arrived).where(_arrived.c.source_row.in_(some)))

    def _sort(self) -> None:
        if self._is_sorted:
            return
        in_order = select(_arrived).order_by(*(_arrived.c[name] for name in (*KEY, "source_row")))
        with self._connection.begin():
            self._connection.execute(insert(_sorted).from_select(list(STAGED), in_order))
            self._connection.execute(delete(_arrived))
            gather_statistics(self._connection, _sorted)
        self._is_sorted = True

    def read_repeated(self, limit: int = 1000) -> pd.DataFrame:
        """Rows that repeat the indicator, area and period of an earlier row: columns and types of REPEATED.

        first_row is the row repeated; at most limit rows, in the file's order.
        """
        self._sort()
        first = func.min(_staged.source_row).over(partition_by=[_staged[name] for name in KEY]).label("first_row")
        rows = select(*(_staged[name] for name in KEY), first, _staged.source_row).subquery()
        query = select(rows).where(rows.c.source_row != rows.c.first_row).order_by(rows.c.source_row).limit(limit)
        with self._connection.begin():
            return read_frame(self._connection, query, REPEATED)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The transaction in which submissions.begin, store and submissions.finish are called on its connection."""
        self._sort()
        with writing_on(self._connection):
            yield self._connection

    def store(self, submission_id: int, *, holds_back: bool = False) -> Stored:
        """Move the staged rows into the ledger, inside `writing`. No indicator, area and period may be repeated.

        A row that says what the current figure says is not stored; one that differs takes its place. holds_back: but a
        first report (provisional) never that of a final or revised figure. Raises InputError for an indicator or area that is in no register: one that was taken back since the file was checked.
        """
        connection = self._connection
        _check_registered(connection)
        counted = {"preserve_rowcount": True}  # else an INSERT ... SELECT does not say how many
        first, held_back = _hold_back(connection) if holds_back else (None, 0)
        unchanged = connection.execute(_confirm(submission_id), execution_options=counted).rowcount
        changed = connection.execute(_supersede(submission_id)).rowcount
        stored = connection.execute(_append(submission_id), execution_options=counted).rowcount
        return Stored(stored, changed, unchanged, held_back, first)


@contextmanager
def staging(engine: Engine) -> Iterator[StagedFigures]:
    """A place for one file's rows; whatever was not stored is gone at the end."""
    with engine.connect() as connection:
        with connection.begin():
            _arrived.create(connection)
            _sorted.create(connection)
        try:
            yield StagedFigures(connection)
        finally:
            with connection.begin():
                _arrived.drop(connection)
                _sorted.drop(connection)


def _check_registered(connection: Connection) -> None:
    """What a foreign key would check, for all staged rows at once."""
    for called, name, register in (("指标", "indicator_id", indicators), ("地区", "area_id", areas)):
        is_registered = select(register.c[name]).where(register.c[name] == _staged[name]).correlate(_sorted).exists()
        stranger = connection.scalar(select(_staged[name]).where(~is_registered).limit(1))
        if stranger is not None:
            raise InputError(f"{called}“{stranger}”已不在登记表中（可能刚被撤销）。请核对后重新导入，整份文件未写入。")


_CURRENT = and_(*(_ledger[name] == _staged[name] for name in KEY), _ledger.superseded_by.is_(None))
_SAME = and_(*(_ledger[name].is_not_distinct_from(_staged[name]) for name in FIGURE))


def _hold_back(connection: Connection) -> tuple[tuple | None, int]:
    """Take out of the staged rows the first reports that would change a settled figure; gives one of them, and how many."""
    is_first = _staged.status == PROVISIONAL
    if connection.scalar(select(literal(1)).where(select(_staged.status).where(is_first).exists())) is None:
        return None, 0  # a file of final figures is not looked through
    against = and_(_CURRENT, _ledger.status.in_(SETTLED), not_(_SAME))
    told = select(*(_staged[name] for name in (*KEY, "value")), _ledger.value.label("final_value"))
    first = connection.execute(
        told.select_from(_sorted.join(observations, against)).where(is_first).order_by(_staged.source_row).limit(1)
    ).first()
    if first is None:
        return None, 0
    stands = select(_ledger.observation_id).where(against).correlate(_sorted).exists()
    return tuple(first), connection.execute(delete(_sorted).where(is_first, stands)).rowcount


def _confirm(submission_id: int):
    """Remember the rows that say what the current figure says."""
    same = (
        select(literal(submission_id), _ledger.observation_id)
        .select_from(_sorted.join(observations, _CURRENT))
        .where(_SAME)
    )
    return insert(observation_confirmations).from_select(["submission_id", "observation_id"], same)


def _supersede(submission_id: int):
    """End the current figures that the staged rows change."""
    differing = select(_ledger.observation_id).select_from(_sorted.join(observations, _CURRENT)).where(not_(_SAME))
    return update(observations).where(_ledger.observation_id.in_(differing)).values(superseded_by=submission_id)


def _append(submission_id: int):
    """Store the staged rows that no current figure stands against: those that still have one repeat it."""
    columns = [name for name in STAGED if name != "source_row"]
    still_current = select(_ledger.observation_id).where(_CURRENT).correlate(_sorted)
    new = (
        select(*(_staged[name] for name in columns), literal(submission_id), literal(submission_id))
        .where(~still_current.exists())
        .order_by(*(_staged[name] for name in KEY))
    )
    return insert(observations).from_select([*columns, "submission_id", "stated_by"], new)


def withdraw(connection: Connection, undone_id: int, undo_id: int) -> int:
    """Take back what submission undone_id stated and still stands, falling back on the last other import that stands.

    The undone submission must already be marked undone_by; gives the number of figures taken back.
    """
    current = and_(_ledger.stated_by == undone_id, _ledger.superseded_by.is_(None))
    withdrawn = connection.execute(update(observations).where(current).values(superseded_by=undo_id)).rowcount
    connection.execute(_fall_back(undone_id, undo_id))
    return withdrawn


def end_figures(connection: Connection, keys: list[tuple[str, str, str]], submission_id: int) -> int:
    """End current figures that nothing yields any more: keys of KEY; gives how many ended. Nothing takes their place."""
    ended = 0
    for start in range(0, len(keys), ENDED_AT_ONCE):
        of_these = tuple_(*(_ledger[name] for name in KEY)).in_(keys[start : start + ENDED_AT_ONCE])
        done = update(observations).where(of_these, _ledger.superseded_by.is_(None)).values(superseded_by=submission_id)
        ended += connection.execute(done).rowcount
    return ended


def _fall_back(undone_id: int, undo_id: int):
    """Store again, for each figure withdrawn, what the last standing submission says about it, if any does."""
    said = _said_by_standing_submissions(undone_id, undo_id)
    latest = func.row_number().over(
        partition_by=[said.c[name] for name in KEY], order_by=[said.c.stated_by.desc(), said.c.observation_id.desc()]
    )
    ranked = select(said.c.observation_id, said.c.stated_by, latest.label("place")).subquery("ranked")
    columns = [*KEY, "time", *FIGURE]
    again = (
        select(*(_ledger[name] for name in columns), literal(undo_id), ranked.c.stated_by)
        .join_from(ranked, observations, _ledger.observation_id == ranked.c.observation_id)
        .where(ranked.c.place == 1)
    )
    return insert(observations).from_select([*columns, "submission_id", "stated_by"], again)


def _said_by_standing_submissions(undone_id: int, undo_id: int):
    """Every statement about a withdrawn figure, in rows of the ledger or confirming one, that is not undone."""
    withdrawn = (
        select(*(_ledger[name] for name in KEY))
        .where(_ledger.stated_by == undone_id, _ledger.superseded_by == undo_id)
        .cte("withdrawn")
    )
    # Whatever was ever said about a withdrawn figure is superseded by now; saying so lets the partial index be used.
    about = and_(*(_ledger[name] == withdrawn.c[name] for name in KEY), _ledger.superseded_by.is_not(None))
    key = [_ledger[name] for name in KEY]
    confirmed = observation_confirmations.c
    in_rows = select(*key, _ledger.observation_id, _ledger.stated_by).join_from(withdrawn, observations, about)
    in_confirmations = (
        select(*key, _ledger.observation_id, confirmed.submission_id)
        .join_from(withdrawn, observations, about)
        .join(observation_confirmations, confirmed.observation_id == _ledger.observation_id)
    )
    said = union_all(in_rows, in_confirmations).subquery("said")
    return (
        select(said)
        .join(submissions, submissions.c.submission_id == said.c.stated_by)
        .where(submissions.c.undone_by.is_(None))
        .subquery("standing")
    )
