"""Writing registers: areas, population, facilities, health cells, indicators. A row has a key; a later file corrects it.

Unlike figures, a register keeps one row for each key; what a file changed is kept with its submission, so that undoing
the import puts it back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Date, Engine, Table, bindparam, delete, func, insert, or_, select, tuple_, update

from data_access.delivery_tables import points_services, programme_rota, programmes, selfcare_villages
from data_access.errors import InputError
from data_access.frames import records
from data_access.tables import REFERS_TO, areas, facilities, health_cells, indicators, metadata, population, submissions
from data_access.task_tables import task_reports, tasks

REGISTERS = {
    "areas": areas,
    "population": population,
    "facilities": facilities,
    "health_cells": health_cells,
    "indicators": indicators,
    "programmes": programmes,
    "rota": programme_rota,
    "selfcare_villages": selfcare_villages,
    "points_services": points_services,
    "tasks": tasks,
    "task_reports": task_reports,
}
# what a clerk calls the tables whose rows may depend on a register's
NAMES_ZH = {
    "areas": "下级区划",
    "boundaries": "边界",
    "population": "人口",
    "facilities": "机构",
    "health_cells": "健康细胞",
    "observations": "指标数据（含已更正或撤销的历史数据）",
    "targets": "方案目标",
    "programmes": "项目",
    "programme_rota": "轮检批次",
    "programme_counts": "项目数据（含已更正或撤销的历史数据）",
    "selfcare_villages": "自我健康管理设点村",
    "points_services": "积分兑换服务",
    "tasks": "年度任务",
    "task_reports": "任务进展",
}
CHUNK = 1_000  # keys in one statement: SQLite takes 32,766 values at most
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Written:
    """What became of a file's rows; previous_state goes to submissions.finish."""

    added: int
    changed: int
    unchanged: int
    previous_state: dict[str, list]


def write_register(
    connection: Connection, kind: str, rows: pd.DataFrame | list[dict], submission_id: int | None
) -> Written:
    """Add the rows whose key is new and correct the others; columns that rows do not have stay as they are.

    kind: a key of REGISTERS. rows: a frame, or dicts with None for missing: the table's key and any of its other
    columns (the same in every row), each key once. Missing is stored as missing.
    submission_id: None for rows that come with the program (the indicators of plan packs).
    """
    table = REGISTERS[kind]
    rows = records(rows) if isinstance(rows, pd.DataFrame) else rows
    present = _read_rows(connection, table, [_key(table, row) for row in rows])
    added = [row for row in rows if _key(table, row) not in present]
    differing = [row for row in rows if _key(table, row) in present and _differs(row, present[_key(table, row)])]
    _insert(connection, table, added, submission_id)
    _update(connection, table, differing, submission_id)
    changed_keys = [_key(table, row) for row in differing]
    state = {
        "added": [list(_key(table, row)) for row in added],
        "changed": [_to_json(present[key]) for key in changed_keys],
        # A later import that repeats a row stands for it too: undoing the first alone would take it from the second.
        "confirmed": [list(key) for key in present.keys() - set(changed_keys)],
    }
    return Written(len(added), len(differing), len(rows) - len(added) - len(differing), state)


def read_touched(connection: Connection, kind: str, state: Mapping[str, list]) -> list[dict]:
    """The rows that an import added or changed, as they stand: what its undoing takes, kept for the rows' histories."""
    table = REGISTERS[kind]
    rows = _read_rows(connection, table, sorted(_touched_keys(table, state, with_confirmed=False), key=str))
    return [_to_json(row) for row in rows.values()]


def undo_register(connection: Connection, kind: str, undone_id: int, state: Mapping[str, list]) -> int:
    """Take back what one import did to a register, by the previous_state write_register gave; gives the rows touched.

    Raises InputError when a later import of this kind touched the same rows, or other rows depend on an added one.
    """
    table = REGISTERS[kind]
    _check_nothing_came_after(connection, kind, undone_id, state)
    added = [tuple(key) for key in state["added"]]
    _check_nothing_depends(connection, table, added)
    for keys in _chunks(added):
        connection.execute(delete(table).where(_any_of(table, keys)))
    previous = [from_json(table, row) for row in state["changed"]]
    for row in previous:
        _update(connection, table, [row], row.pop("submission_id"))
    return len(added) + len(previous)


def read_homes(engine: Engine, kind: str, keys: list[Key]) -> dict[Key, str]:
    """Of the rows that are there already: key -> the area they stand in. kind: a register with an area_id."""
    with engine.connect() as connection:
        found = _read_rows(connection, REGISTERS[kind], keys)
    return {key: row["area_id"] for key, row in found.items()}


def read_standing(engine: Engine, kind: str, keys: list[Key]) -> dict[Key, dict]:
    """Of the rows that are there already: key -> the row, by column."""
    with engine.connect() as connection:
        return _read_rows(connection, REGISTERS[kind], keys)


def _key(table: Table, row: Mapping[str, Any]) -> Key:
    return tuple(row[column.name] for column in table.primary_key.columns)


def _any_of(table: Table, keys: Iterable[Key]):
    return tuple_(*table.primary_key.columns).in_(list(keys))


def _chunks(keys: list[Key]) -> Iterable[list[Key]]:
    return (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))


def _read_rows(connection: Connection, table: Table, keys: list[Key]) -> dict[Key, dict]:
    found = {}
    for some in _chunks(keys):
        for row in connection.execute(select(table).where(_any_of(table, some))).mappings():
            found[_key(table, row)] = dict(row)
    return found


def _differs(row: Mapping[str, Any], present: Mapping[str, Any]) -> bool:
    return any(present[name] != value for name, value in row.items())


def _insert(connection: Connection, table: Table, rows: list[dict], submission_id: int | None) -> None:
    if rows:
        connection.execute(insert(table), [row | {"submission_id": submission_id} for row in rows])


def _update(connection: Connection, table: Table, rows: list[dict], submission_id: int | None) -> None:
    if not rows:
        return
    key = [column.name for column in table.primary_key.columns]
    names = [name for name in rows[0] if name not in key]
    statement = (
        update(table)
        .where(*(table.c[name] == bindparam(f"key_{name}") for name in key))
        .values({name: bindparam(f"new_{name}") for name in names} | {"submission_id": submission_id})
    )
    values = [{f"key_{name}": row[name] for name in key} | {f"new_{name}": row[name] for name in names} for row in rows]
    connection.execute(statement, values)


def _check_nothing_came_after(connection: Connection, kind: str, undone_id: int, state: Mapping[str, list]) -> None:
    touched = _touched_keys(REGISTERS[kind], state, with_confirmed=False)
    later = select(submissions.c.submission_id, submissions.c.previous_state).where(
        submissions.c.kind == kind,
        submissions.c.submission_id > undone_id,
        submissions.c.undone_by.is_(None),
        submissions.c.previous_state.is_not(None),
    )
    blocking = [
        submission_id
        for submission_id, its_state in connection.execute(later)
        if its_state and touched & _touched_keys(REGISTERS[kind], its_state, with_confirmed=True)
    ]
    if blocking:
        listed = "、".join(f"第 {submission_id} 号" for submission_id in blocking)
        raise InputError(f"第 {undone_id} 号导入不能撤销：之后的{listed}导入写过同样的行。请先撤销之后的导入。")


def _touched_keys(table: Table, state: Mapping[str, list], *, with_confirmed: bool) -> set[Key]:
    keys = {tuple(key) for key in state["added"]} | {_key(table, row) for row in state["changed"]}
    return keys | {tuple(key) for key in state["confirmed"]} if with_confirmed else keys


def _check_nothing_depends(connection: Connection, table: Table, added: list[Key]) -> None:
    """Raise InputError that says how many rows of which tables refer to rows about to be deleted."""
    if len(table.primary_key.columns) > 1:
        return  # nothing refers to a row of a compound key
    ids = [key[0] for key in added]
    found = []
    for other in metadata.sorted_tables:
        count = sum(
            _count_depending(connection, table, other, ids[i : i + CHUNK], ids) for i in range(0, len(ids), CHUNK)
        )
        if count:
            found.append(f"{NAMES_ZH.get(other.name, other.name)} {count} 行")
    if found:
        raise InputError(
            f"不能撤销：本次导入新增的行已被使用（{'、'.join(found)}）。请先撤销那些导入；"
            "若只是不再使用，请改为填写撤销日期（valid_to）后重新导入。"
        )


def _count_depending(connection: Connection, table: Table, other: Table, some: list, every: list) -> int:
    referring = {key.parent for key in other.foreign_keys if key.column.table is table}
    referring |= {column for column in other.columns if column.info.get(REFERS_TO) == table.name}
    if not referring:
        return 0
    condition = or_(*(column.in_(some) for column in referring))
    if other is not table:
        return connection.scalar(select(func.count()).select_from(other).where(condition))
    goes_too = set(every)  # a child that the same import added is deleted with its parent
    own_id = next(iter(table.primary_key.columns))
    return sum(found not in goes_too for found in connection.scalars(select(own_id).where(condition)))


def _to_json(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}


def from_json(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: date.fromisoformat(value) if value is not None and isinstance(table.c[name].type, Date) else value
        for name, value in row.items()
    }
