"""The rows that stand, as a file of their kind would have them: what a form begins with, and what can be imported again.

A row is text by column, for the columns of the kind: importing it unchanged changes nothing. Reads of one row take a
connection too, so that a form can look once more inside the transaction that writes.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, func, or_, select

from data_access.columns import Column, Kind
from data_access.delivery_tables import programme_counts
from data_access.frames import among
from data_access.kinds import KINDS
from data_access.registers import REGISTERS
from data_access.tables import areas, indicators, observations
from data_access.task_tables import tasks

Row = Mapping[str, Any]
Cells = dict[str, str]
NEVER_WRITTEN = ("row_mark",)
# Coordinates of these datums stand in the store as they came.
AS_THEY_CAME = ("WGS-84", "CGCS2000")
ROWS_AT_ONCE = 20_000
LEDGERS = {"observations": observations, "programme_counts": programme_counts}
# As the ledger's index has them: forty million counts are not sorted to look at fifty.
IN_ORDER = {"programme_counts": ("programme_id", "period", "area_id", "stage")}
SEARCHED = ("name_zh", "name_en", "title_zh", "title_en")


@dataclass(frozen=True)
class Wanted:
    """Which rows. area_ids: only of these areas (None: of all). words: part of an id or name. key: column -> id."""

    area_ids: Collection[str] | None = None
    words: str = ""
    key: Mapping[str, str] | None = None
    year: str = ""  # of periods


@dataclass(frozen=True)
class Written:
    """One row: cells with stored words (final, township_hospital); version: changes with anything that stands.

    statuses: of a figure, or of each step of a count. submission_ids: who stated it.
    """

    cells: Cells
    version: str
    statuses: Mapping[str, str]
    submission_ids: tuple[int, ...]


def key_columns(kind: Kind) -> tuple[str, ...]:
    """What names a row of the kind: of counts the row with all its steps."""
    return tuple(name for name in kind.key if name != "stage")


def read_row(source: Engine | Connection, kind: Kind, key: Mapping[str, str]) -> Written | None:
    """The row of this key (canonical ids) that stands, or None."""
    found = _fetch(source, query_of(kind, Wanted(key=key)))
    if not found:
        return None
    if kind.name == "programme_counts":
        return _one_of_counts(kind, found)
    row = found[0]
    id_name = "observation_id" if kind.name == "observations" else "submission_id"
    said_by = row.get("stated_by") or row.get("submission_id")
    statuses = {"value": row["status"]} if kind.name == "observations" else {}
    cells = cells_of(kind, row)
    return Written(cells, _version([cells, row[id_name]]), statuses, (said_by,) if said_by else ())


def _one_of_counts(kind: Kind, found: list[Row]) -> Written:
    """All steps of an area and period in one row; status only where all share it. A note is of the step it was said of."""
    first = found[0]
    cells = {name: str(first[name]) for name in ("programme_id", "area_id", "period")}
    cells |= {row["stage"]: _plain(row["value"]) for row in found}
    shared = {row["status"] for row in found}
    cells["status"] = shared.pop() if len(shared) == 1 else ""
    ids = sorted(row["count_id"] for row in found)
    by = tuple(sorted({row["stated_by"] for row in found}))
    every = {column.name: cells.get(column.name, "") for column in kind.columns if column.name not in NEVER_WRITTEN}
    return Written(every, _version([every, ids]), {row["stage"]: row["status"] for row in found}, by)


def _version(said: list) -> str:
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:32]


def query_of(kind: Kind, wanted: Wanted) -> Select:
    """The rows that stand, in the order of their key; with what a file has beside the table's own columns."""
    table = LEDGERS[kind.name] if kind.name in LEDGERS else REGISTERS[kind.name]
    query = select(table)
    if kind.name in LEDGERS:
        query = query.where(table.c.superseded_by.is_(None))
    if kind.name == "observations":
        query = query.add_columns(indicators.c.unit).outerjoin(
            indicators, indicators.c.indicator_id == table.c.indicator_id
        )
    query, place = _place(query, table)
    for name, value in (wanted.key or {}).items():
        query = query.where(table.c[name] == (int(value) if name in ("year", "year_due") else value))
    if wanted.area_ids is not None and place is not None:
        query = query.where(among(place, wanted.area_ids))
    if wanted.words:
        query = query.where(_says(kind, table, wanted.words))
    if wanted.year and "period" in table.c:
        query = query.where(table.c.period.startswith(wanted.year, autoescape=True))
    return query.order_by(
        *(table.c[name] for name in (*key_columns(kind), *(("stage",) if "stage" in table.c else ())))
    )


def _place(query: Select, table: Table) -> tuple[Select, Any]:
    """The query, joined where it must be, and the column that says where a row lies; None: nowhere."""
    if "area_id" in table.c:
        return query, table.c.area_id
    if table.name == "task_reports":
        return query.join(tasks, tasks.c.task_id == table.c.task_id), tasks.c.area_id
    return query, None


def _says(kind: Kind, table: Table, words: str):
    searched = [table.c[name] for name in (*key_columns(kind), *SEARCHED) if name in table.c]
    texts = [column for column in searched if column.type.python_type is str]
    return or_(*(func.lower(column).contains(words.lower(), autoescape=True) for column in texts))


def _fetch(source: Engine | Connection, query: Select) -> list[Row]:
    if isinstance(source, Engine):
        with source.connect() as connection:
            return connection.execute(query).mappings().all()
    return source.execute(query).mappings().all()


def count_rows(engine: Engine, kind: Kind, wanted: Wanted) -> int:
    """How many rows stand; of counts how many steps."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(query_of(kind, wanted).order_by(None).subquery()))


def read_page(engine: Engine, kind: Kind, wanted: Wanted, *, limit: int, offset: int = 0) -> list[Cells]:
    """Some of the rows to look at, with stored words: a rate's value beside its counts; counts the newest period first."""
    if kind.name != "programme_counts":
        rows = _fetch(engine, query_of(kind, wanted).limit(limit).offset(offset))
        value = {"value": kind.column("value")} if kind.name == "observations" else {}
        return [
            cells_of(kind, row) | {name: text_of(column, row[name]) for name, column in value.items()} for row in rows
        ]
    table, keys = programme_counts, key_columns(kind)
    asked = query_of(kind, wanted).with_only_columns(*(table.c[name] for name in keys)).order_by(None).distinct()
    newest_first = asked.order_by(table.c.programme_id, table.c.period.desc(), table.c.area_id)
    named = _fetch(engine, newest_first.limit(limit).offset(offset))
    found = (read_row(engine, kind, dict(key)) for key in named)
    return [one.cells for one in found if one is not None]


def rows_to_import(engine: Engine, kind: Kind, wanted: Wanted) -> Iterator[Cells]:
    """Every row as a file has it, the words of lists in Chinese: importing them changes nothing. Streamed."""
    names = _names_of_areas(engine)
    with engine.connect().execution_options(yield_per=ROWS_AT_ONCE) as connection:
        rows = connection.execute(query_of(kind, wanted)).mappings()
        cells = _counts_to_import(kind, rows) if kind.name == "programme_counts" else (cells_of(kind, r) for r in rows)
        for one in cells:
            if "area_name" in one:
                one["area_name"] = names.get(one["area_id"], "")
            yield _in_chinese(kind, one)


def _names_of_areas(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        return {row.area_id: row.name_zh for row in connection.execute(select(areas.c.area_id, areas.c.name_zh))}


def _counts_to_import(kind: Kind, rows: Iterator[Row]) -> Iterator[Cells]:
    """Steps that were said alike stand in one row; where an area and period has several ways, the others have a row each."""
    names = key_columns(kind)
    for _key, steps in groupby(rows, key=lambda row: [row[name] for name in names]):
        alike = defaultdict(list)
        for row in steps:
            alike[row["is_questioned"], row["status"], row["reported_on"], row["note"]].append(row)
        # a step that is questioned is so through the others of its row: these stay together
        first, *others = sorted(alike.values(), key=lambda group: (not group[0]["is_questioned"], -len(group)))
        yield _counts_written(kind, first[0], {row["stage"]: _plain(row["value"]) for row in first})
        for row in (row for group in others for row in group):
            yield _counts_written(kind, row, {"stage": row["stage"], "value": _plain(row["value"])})


def _counts_written(kind: Kind, row: Row, counts: Cells) -> Cells:
    shared = (*key_columns(kind), "status", "reported_on", "note")
    blank = {column.name: "" for column in kind.columns if column.name not in NEVER_WRITTEN}
    return blank | {name: text_of(kind.column(name), row[name]) for name in shared} | counts


def cells_of(kind: Kind, row: Row) -> Cells:
    """One stored row as text by column, lists with their stored words; "" for what is missing."""
    row = _located(row)
    if kind.name == "observations":
        row = _with_counts_alone(row)
    written = (column for column in kind.columns if column.name not in NEVER_WRITTEN)
    return {column.name: text_of(column, row.get(column.name)) for column in written}


def _with_counts_alone(row: Row) -> Row:
    """A rate that is worked out of its counts is not written beside them: rounded, it would contradict them."""
    is_worked_out = row["numerator"] is not None and row["denominator"] is not None
    return {**row, "value": None} if is_worked_out and row["unit"] not in ("count", "years") else row


def _located(row: Row) -> Row:
    """Coordinates as they came; where that was not kept, in WGS-84 as they stand."""
    if row.get("declared_lon") is not None:
        return {**row, "lon": row["declared_lon"], "lat": row["declared_lat"]}
    if row.get("lon") is not None and row.get("declared_datum") not in AS_THEY_CAME:
        return {**row, "declared_datum": "WGS-84"}
    return {**row, "declared_datum": "WGS-84"} if row.get("seat_lon") is not None else row


def text_of(column: Column, value: Any) -> str:
    """A stored value as a cell has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return _plain(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _plain(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else repr(value)


def _in_chinese(kind: Kind, cells: Cells) -> Cells:
    """The lists' stored words as the template offers them."""
    for column in kind.columns:
        if column.grammar == "choice" and column.choices and cells.get(column.name) in column.choices:
            words = column.choices[cells[column.name]]
            cells[column.name] = words[0] if words else cells[column.name]
    return cells


def kinds_with_rows() -> dict[str, Kind]:
    """Every kind whose rows can be read back: all of them."""
    return {name: kind for name, kind in KINDS.items() if name in LEDGERS or name in REGISTERS}
