"""Writing counts of programmes: append-only, a file in one transaction, certified counts never silently overwritten.

As in ledger.py, what stands for a programme, area, period and step is the last import that said anything about it and
was not undone; but a certified count gives way to a certified one only. A reported count that differs from it is kept
aside: stored, told, and superseded by its own submission from the start. Undoing the certified import brings it to stand.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Engine,
    Float,
    MetaData,
    String,
    Table,
    Text,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    union_all,
    update,
)

from data_access.delivery_tables import programme_count_confirmations, programme_counts, programme_states
from data_access.engine import copy_rows, gather_statistics, writing_on
from data_access.tables import submissions

KEY = ("programme_id", "area_id", "period", "stage")
SAID = ("value", "status", "is_questioned", "reported_on", "note")
STAGED = (*KEY, "time", *SAID)
CERTIFIED = "certified"
READ_AT_ONCE, CHANGED_AT_ONCE = 20_000, 10_000

ARRIVED = (*STAGED, "source_row")  # source_row: see observation_checks.SHEET_STRIDE

_staged_table = Table(
    "staged_programme_counts",
    MetaData(),  # its own: a temporary table is no part of the schema
    Column("programme_id", String(80), nullable=False),
    Column("area_id", String(40), nullable=False),
    Column("period", String(8), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("time", Float, nullable=False),
    Column("value", Float, nullable=False),
    Column("status", String(12), nullable=False),
    Column("is_questioned", Boolean, nullable=False),
    Column("reported_on", Date),
    Column("note", Text),
    Column("source_row", BigInteger, nullable=False),
    prefixes=["TEMPORARY"],
)
_staged, _ledger = _staged_table.c, programme_counts.c
_CURRENT = and_(*(_ledger[name] == _staged[name] for name in KEY), _ledger.superseded_by.is_(None))
_AGAINST_CERTIFIED = and_(_ledger.status == CERTIFIED, _staged.status != CERTIFIED)
_SAME = or_(
    and_(*(_ledger[name].is_not_distinct_from(_staged[name]) for name in SAID)),
    and_(_AGAINST_CERTIFIED, _ledger.value == _staged.value),
)


@dataclass(frozen=True)
class StoredCounts:
    """What became of a file's counts."""

    stored: int  # that stand now
    unchanged: int
    kept_aside: int  # reported against a certified count
    first_aside: tuple | None = None  # one of them: KEY, value, the certified value


class StagedCounts:
    """The counts of one file, waiting beside the ledger in a temporary table of this connection."""

    def __init__(self, connection: Connection):
        self._connection = connection
        self._programme_ids: set[str] = set()

    def add(self, rows: list[tuple]) -> None:
        """Append counts: tuples of ARRIVED. Takes no lock that another import would wait for."""
        self._programme_ids |= {row[0] for row in rows}
        with self._connection.begin():
            copy_rows(self._connection, _staged_table, ARRIVED, rows)

    def in_series(self) -> Iterator[tuple]:
        """Every count in the order of programme, area, time, step and row: the fields that count_steps names."""
        fields = (_staged.programme_id, _staged.area_id, _staged.time, _staged.stage, _staged.value,
                  _staged.note.is_not(None), _staged.source_row, _staged.period)  # fmt: skip
        query = select(*fields).order_by(
            _staged.programme_id, _staged.area_id, _staged.time, _staged.stage, _staged.source_row
        )
        with self._connection.begin():
            found = self._connection.execute(query, execution_options={"yield_per": READ_AT_ONCE})
            yield from map(tuple, found)

    def drop(self, source_rows: Collection[int]) -> None:
        """Take the counts of some rows of the file out again."""
        for some in _parts(source_rows):
            self._change(delete(_staged_table).where(_staged.source_row.in_(some)))

    def question(self, source_rows: Collection[int]) -> None:
        """Mark the counts of some rows of the file as questioned."""
        for some in _parts(source_rows):
            self._change(update(_staged_table).where(_staged.source_row.in_(some)).values(is_questioned=True))

    def _change(self, statement) -> None:
        with self._connection.begin():
            self._connection.execute(statement)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The transaction in which submissions.begin, store and submissions.finish are called on its connection."""
        with self._connection.begin():
            gather_statistics(self._connection, _staged_table)
        with writing_on(self._connection):
            yield self._connection

    def store(self, submission_id: int) -> StoredCounts:
        """Move the counts (no KEY twice) into the ledger, inside `writing`, by the rule of this file."""
        connection, counted = self._connection, {"preserve_rowcount": True}  # else INSERT ... SELECT says no number
        unchanged = connection.execute(_confirm(submission_id), execution_options=counted).rowcount
        first = connection.execute(_kept_aside().limit(1)).first()
        aside = connection.execute(_keep_aside(submission_id), execution_options=counted).rowcount if first else 0
        connection.execute(_supersede(submission_id))
        stored = connection.execute(_append(submission_id), execution_options=counted).rowcount
        if stored:
            _note_change(connection, self._programme_ids, submission_id)
        return StoredCounts(stored, unchanged, aside, None if first is None else tuple(first))


@contextmanager
def staging_counts(engine: Engine) -> Iterator[StagedCounts]:
    """A place for one file's counts; whatever was not stored is gone at the end."""
    with engine.connect() as connection:
        with connection.begin():
            _staged_table.create(connection)
        try:
            yield StagedCounts(connection)
        finally:
            with connection.begin():
                _staged_table.drop(connection)


def _parts(source_rows: Collection[int]) -> Iterator[list[int]]:
    rows = sorted(source_rows)
    return (rows[start : start + CHANGED_AT_ONCE] for start in range(0, len(rows), CHANGED_AT_ONCE))


def _joined():
    return _staged_table.join(programme_counts, _CURRENT)


def _confirm(submission_id: int):
    same = select(literal(submission_id), _ledger.count_id).select_from(_joined()).where(_SAME)
    return insert(programme_count_confirmations).from_select(["submission_id", "count_id"], same)


def _kept_aside():
    columns = [_staged[name] for name in (*KEY, "value")]
    return select(*columns, _ledger.value).select_from(_joined()).where(not_(_SAME), _AGAINST_CERTIFIED)


def _keep_aside(submission_id: int):
    aside = (
        select(*(_staged[name] for name in STAGED), *[literal(submission_id)] * 3)
        .select_from(_joined())
        .where(not_(_SAME), _AGAINST_CERTIFIED)
    )
    return insert(programme_counts).from_select([*STAGED, "submission_id", "stated_by", "superseded_by"], aside)


def _supersede(submission_id: int):
    differing = select(_ledger.count_id).select_from(_joined()).where(not_(_SAME), not_(_AGAINST_CERTIFIED))
    return update(programme_counts).where(_ledger.count_id.in_(differing)).values(superseded_by=submission_id)


def _append(submission_id: int):
    """Store what no standing count is there for: those that still have one repeat it, or were kept aside."""
    still_current = select(_ledger.count_id).where(_CURRENT).correlate(_staged_table)
    new = (
        select(*(_staged[name] for name in STAGED), literal(submission_id), literal(submission_id))
        .where(~still_current.exists())
        .order_by(_staged.programme_id, _staged.period, _staged.area_id, _staged.stage)
    )
    return insert(programme_counts).from_select([*STAGED, "submission_id", "stated_by"], new)


def withdraw_counts(connection: Connection, undone_id: int, undo_id: int) -> int:
    """Take back what submission undone_id stated and still stands, falling back on what others say that stand.

    The undone submission must already be marked undone_by; gives the number of counts taken back.
    """
    current = and_(_ledger.stated_by == undone_id, _ledger.superseded_by.is_(None))
    withdrawn = connection.execute(update(programme_counts).where(current).values(superseded_by=undo_id)).rowcount
    if withdrawn:
        touched = select(_ledger.programme_id).where(_ledger.superseded_by == undo_id).distinct()
        _note_change(connection, set(connection.scalars(touched)), undo_id)
        connection.execute(_fall_back(undone_id, undo_id))
    return withdrawn


def _note_change(connection: Connection, programme_ids: set[str], submission_id: int) -> None:
    """Remember which submission changed these programmes last."""
    connection.execute(delete(programme_states).where(programme_states.c.programme_id.in_(programme_ids)))
    rows = [{"programme_id": programme_id, "changed_by": submission_id} for programme_id in sorted(programme_ids)]
    connection.execute(insert(programme_states), rows)


def _fall_back(undone_id: int, undo_id: int):
    """Of each count withdrawn the last statement that stands again, a certified one before others."""
    said = _said_by_standing_submissions(undone_id, undo_id)
    is_certified = case((said.c.status == CERTIFIED, 1), else_=0)
    place = func.row_number().over(
        partition_by=[said.c[name] for name in KEY],
        order_by=[is_certified.desc(), said.c.stated_by.desc(), said.c.count_id.desc()],
    )
    ranked = select(said.c.count_id, said.c.stated_by, place.label("place")).subquery("ranked")
    again = (
        select(*(_ledger[name] for name in STAGED), literal(undo_id), ranked.c.stated_by)
        .join_from(ranked, programme_counts, _ledger.count_id == ranked.c.count_id)
        .where(ranked.c.place == 1)
    )
    return insert(programme_counts).from_select([*STAGED, "submission_id", "stated_by"], again)


def _said_by_standing_submissions(undone_id: int, undo_id: int):
    key = [_ledger[name] for name in KEY]
    withdrawn = select(*key).where(_ledger.stated_by == undone_id, _ledger.superseded_by == undo_id).cte("withdrawn")
    # whatever was ever said about a withdrawn count is superseded by now
    about = and_(*(_ledger[name] == withdrawn.c[name] for name in KEY), _ledger.superseded_by.is_not(None))
    confirmed = programme_count_confirmations.c
    in_rows = select(*key, _ledger.status, _ledger.count_id, _ledger.stated_by).join_from(
        withdrawn, programme_counts, about
    )
    in_confirmations = (
        select(*key, _ledger.status, _ledger.count_id, confirmed.submission_id)
        .join_from(withdrawn, programme_counts, about)
        .join(programme_count_confirmations, confirmed.count_id == _ledger.count_id)
    )
    said = union_all(in_rows, in_confirmations).subquery("said")
    return (
        select(said)
        .join(submissions, submissions.c.submission_id == said.c.stated_by)
        .where(submissions.c.undone_by.is_(None))
        .subquery("standing")
    )
