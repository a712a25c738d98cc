"""Every version of one row: what it said, who said so when and why, and what took its place.

A ledger keeps its versions as rows. A register keeps one row; its versions are put together again from what each
import replaced and what each undoing took (submissions.previous_state).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Text, cast, or_, select

from data_access.columns import Kind
from data_access.registers import REGISTERS
from data_access.registers import from_json as stored_row
from data_access.tables import indicators, submissions
from data_access.written_rows import LEDGERS, Cells, cells_of, key_columns, text_of

STANDS, REPLACED, TAKEN_BACK, ASIDE = "stands", "replaced", "taken_back", "kept_aside"


@dataclass(frozen=True)
class Version:
    """submission_id: None for what came with the program. stage: of a count, its step. ended_by: what replaced it."""

    cells: Cells
    state: str
    submission_id: int | None
    received_at: datetime | None
    received_from: str | None
    file_name: str | None
    is_form: bool
    reason: str | None
    rows_stored: int
    ended_by: int | None
    ended_at: datetime | None
    is_restored: bool = False  # stands again since an undoing took back what had replaced it


def read_versions(engine: Engine, kind: Kind, key: Mapping[str, str]) -> list[Version]:
    """The row's versions, the newest first. key: canonical ids by the columns of written_rows.key_columns."""
    with engine.connect() as connection:
        read = _of_ledger if kind.name in LEDGERS else _of_register
        return read(connection, kind, key)


def _of_ledger(connection: Connection, kind: Kind, key: Mapping[str, str]) -> list[Version]:
    table = LEDGERS[kind.name]
    columns = [table]
    of_row = [table.c[name] == key[name] for name in key_columns(kind)]
    if kind.name == "observations":
        columns.append(
            select(indicators.c.unit).where(indicators.c.indicator_id == key["indicator_id"]).scalar_subquery()
        )
    rows = []
    # two halves, each answered by an index of its own
    for half in (table.c.superseded_by.is_(None), table.c.superseded_by.is_not(None)):
        query = select(*columns[:1]).where(*of_row, half)
        if len(columns) > 1:
            query = query.add_columns(columns[1].label("unit"))
        rows += connection.execute(query).mappings().all()
    id_name = "observation_id" if kind.name == "observations" else "count_id"
    rows.sort(key=lambda row: row[id_name], reverse=True)
    heads = _heads(connection, {row[name] for row in rows for name in ("stated_by", "superseded_by")})
    return [_version_of_figure(kind, row, heads) for row in rows]


def _version_of_figure(kind: Kind, row: Mapping[str, Any], heads: dict[int, Any]) -> Version:
    said, ended = heads[row["stated_by"]], row["superseded_by"]
    if kind.name == "observations":
        shown = cells_of(kind, row) | {"value": text_of(kind.column("value"), row["value"])}
    else:
        shown = {name: text_of(kind.column(name), row[name]) for name in ("stage", "value", "status", "note")}
        shown["reported_on"] = text_of(kind.column("reported_on"), row["reported_on"])
    if ended is None:
        state = STANDS
    elif ended == row["submission_id"]:
        state = ASIDE if said.undone_by is None else TAKEN_BACK
    else:
        state = TAKEN_BACK if said.undone_by == ended else REPLACED
    return _version(shown, state, said, ended, heads, is_restored=row["submission_id"] != row["stated_by"])


def _of_register(connection: Connection, kind: Kind, key: Mapping[str, str]) -> list[Version]:
    table = REGISTERS[kind.name]
    names = [column.name for column in table.primary_key.columns]
    wanted = tuple(int(key[name]) if name in ("year", "year_due") else key[name] for name in names)
    present = connection.execute(select(table).where(*(table.c[n] == v for n, v in zip(names, wanted, strict=True))))
    said: dict[int | None, Mapping[str, Any]] = {}
    ended: dict[int | None, int] = {}
    for submission_id, is_undone, state in _touching(connection, kind.name, wanted):
        for row in state.get("changed", ()):
            if tuple(row[name] for name in names) == wanted:
                said.setdefault(row["submission_id"], stored_row(table, row))
                if not is_undone:
                    ended[row["submission_id"]] = submission_id
        for row in state.get("taken_back", ()):
            if tuple(row[name] for name in names) == wanted:
                said.setdefault(row["submission_id"], stored_row(table, row))
                ended[row["submission_id"]] = submission_id
    stands = present.mappings().first()
    if stands is not None:
        said[stands["submission_id"]] = stands
        ended.pop(stands["submission_id"], None)
    heads = _heads(connection, {*said, *ended.values()})
    order = sorted(said, key=lambda one: one or 0, reverse=True)
    return [
        _version(
            cells_of(kind, said[one]),
            _state(heads.get(one), ended.get(one)),
            heads.get(one),
            ended.get(one),
            heads,
        )
        for one in order
    ]


def _state(said, ended_by: int | None) -> str:
    if ended_by is None:
        return STANDS
    return TAKEN_BACK if said is not None and said.undone_by == ended_by else REPLACED


def _touching(connection: Connection, kind: str, key: tuple) -> list[tuple[int, bool, dict]]:
    """(submission_id, whether it was undone, state) of what may have touched the row, the newest first."""
    text = cast(submissions.c.previous_state, Text)
    holds = [text.contains(_in_json(part), autoescape=True) for part in key if isinstance(part, str)]
    query = (
        select(submissions.c.submission_id, submissions.c.undone_by, submissions.c.previous_state)
        .where(submissions.c.previous_state.is_not(None), or_(submissions.c.kind == kind, submissions.c.kind == "undo"))
        .where(*holds)
        .order_by(submissions.c.submission_id.desc())
    )
    of_kind = []
    for submission_id, undone_by, state in connection.execute(query):
        if state and state.get("kind", kind) == kind:
            of_kind.append((submission_id, undone_by is not None, state))
    return of_kind


def _in_json(part: str) -> str:
    """The part as the databases keep it inside JSON: beyond ASCII it is escaped, so only its ASCII is looked for."""
    return part if part.isascii() else ""


def _heads(connection: Connection, ids: set[int | None]) -> dict[int, Any]:
    wanted = [one for one in ids if one is not None]
    columns = [submissions.c[name] for name in HEAD]
    found = connection.execute(select(*columns).where(submissions.c.submission_id.in_(wanted)))
    return {row.submission_id: row for row in found}


HEAD = (
    "submission_id", "received_at", "received_from", "file_name", "is_form", "reason", "rows_stored", "undone_by",
)  # fmt: skip


def _version(cells: Cells, state: str, said, ended_by: int | None, heads, *, is_restored: bool = False) -> Version:
    told = {name: getattr(said, name) if said is not None else None for name in HEAD if name != "undone_by"}
    told |= {"is_form": bool(told["is_form"]), "rows_stored": told["rows_stored"] or 0}
    ended = heads.get(ended_by)
    return Version(
        cells, state, **told, ended_by=ended_by, ended_at=ended.received_at if ended else None, is_restored=is_restored
    )
