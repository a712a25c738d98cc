"""Taking an import back as a whole."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, select, update

from data_access import submissions as heads
from data_access.boundaries import restore_boundaries
from data_access.engine import writing
from data_access.errors import InputError
from data_access.ledger import withdraw
from data_access.programme_ledger import withdraw_counts
from data_access.registers import REGISTERS, read_touched, undo_register
from data_access.submissions import DERIVED
from data_access.tables import submissions

LARGEST_ID = 2**31 - 1  # what both databases take for a number of a submission


@dataclass(frozen=True)
class Undone:
    """undo_id: the submission that did it; rows: how many rows were taken back."""

    undo_id: int
    kind: str
    rows: int


def undo(engine: Engine, submission_id: int, *, received_from: str, received_at: datetime | None = None) -> Undone:
    """Take one import back, in one transaction; the file may be imported again afterwards.

    Raises InputError for an unknown import, one already undone, and one that later imports build on.
    """
    with writing(engine) as connection:
        undone = _read_standing(connection, submission_id)
        undo_id = heads.begin(
            connection, kind="undo", received_from=received_from, received_at=received_at, undoes=submission_id
        )
        marked = update(submissions).where(submissions.c.submission_id == submission_id).values(undone_by=undo_id)
        connection.execute(marked)
        taken = _what_goes(connection, undone)
        rows = _take_back(connection, undone, undo_id)
        heads.finish(connection, undo_id, rows_read=0, rows_stored=rows, previous_state=taken)
    return Undone(undo_id, undone.kind, rows)


def _read_standing(connection: Connection, submission_id: int):
    # locked, so that two people who undo the same import at once do not both succeed
    query = select(submissions).where(submissions.c.submission_id == submission_id).with_for_update()
    found = connection.execute(query).first() if 0 < submission_id <= LARGEST_ID else None
    if found is None:
        raise InputError(f"没有第 {submission_id} 号导入。请在导入记录中核对编号。")
    if found.kind == "undo":
        raise InputError(f"第 {submission_id} 号是一次撤销，撤销不能再撤销。如需恢复，请重新导入原文件。")
    if found.undone_by is not None:
        raise InputError(f"第 {submission_id} 号导入已被撤销（第 {found.undone_by} 号），不必再撤销。")
    return found


def _what_goes(connection: Connection, undone) -> dict | None:
    """What the undoing takes from a register, whose rows have no other memory; a ledger keeps its own."""
    if undone.kind not in REGISTERS:
        return None
    return {"kind": undone.kind, "taken_back": read_touched(connection, undone.kind, undone.previous_state)}


def _take_back(connection: Connection, undone, undo_id: int) -> int:
    if undone.kind in ("observations", DERIVED):
        return withdraw(connection, undone.submission_id, undo_id)
    if undone.kind == "programme_counts":
        return withdraw_counts(connection, undone.submission_id, undo_id)
    if undone.kind in REGISTERS:
        return undo_register(connection, undone.kind, undone.submission_id, undone.previous_state)
    if undone.kind == "boundaries":
        replaced = undone.previous_state["boundaries"]
        restore_boundaries(connection, undone.submission_id, replaced, stored=undone.rows_stored)
        return undone.rows_stored
    if undone.kind == "roads":  # the network brought before is in force again: the newest that stands is
        return undone.rows_stored
    raise InputError(f"“{undone.kind}”类导入不能撤销。")
