"""Boundaries into the store, and back out when an import is undone; areas.read_boundaries reads them."""

from datetime import date

import geopandas as gpd
import shapely
from sqlalchemy import Connection, and_, delete, insert, or_, select

from data_access.errors import InputError
from data_access.tables import boundaries

SINCE_EVER = date(1, 1, 1)  # valid_from where the file states none: part of the key, so never NULL
_CHUNK = 400  # keys in one statement: SQLite allows 32,766 variables, and its expression depth 1,000


def write_boundaries(connection: Connection, frame: gpd.GeoDataFrame, *, submission_id: int) -> list[dict]:
    """Store one boundary for each row, in place of what the area had from the same day.

    frame: area_id, valid_from (date), is_illustrative, declared_datum, source, review_number, geometry (EPSG:4490).
    Returns the rows that were replaced, as JSON-ready dicts, for restore_boundaries.
    """
    previous = _read_rows(connection, list(zip(frame["area_id"], frame["valid_from"], strict=True)))
    _delete_rows(connection, [(row["area_id"], date.fromisoformat(row["valid_from"])) for row in previous])
    rows = frame.drop(columns="geometry").to_dict("records")
    for row, geometry in zip(rows, shapely.to_wkb(frame.geometry.to_numpy()), strict=True):
        row |= {"geometry": geometry, "submission_id": submission_id}
    if rows:
        connection.execute(insert(boundaries), rows)
    return previous


def restore_boundaries(connection: Connection, submission_id: int, previous: list[dict], *, stored: int) -> None:
    """Take a submission's boundaries away and put back the rows write_boundaries returned for it.

    stored: how many it wrote. Raises InputError when a later submission has replaced some of them: what to put back
    is kept with that one.
    """
    standing = connection.execute(delete(boundaries).where(boundaries.c.submission_id == submission_id)).rowcount
    if standing < stored:
        raise InputError(
            f"第 {submission_id} 号导入不能撤销：其中 {stored - standing} 个边界已被之后的导入更新。"
            "请先撤销之后的边界导入。"
        )
    rows = [
        row
        | {
            "valid_from": date.fromisoformat(row["valid_from"]),
            "valid_to": row["valid_to"] and date.fromisoformat(row["valid_to"]),
            "geometry": bytes.fromhex(row["geometry"]),
        }
        for row in previous
    ]
    if rows:
        connection.execute(insert(boundaries), rows)


def _read_rows(connection: Connection, keys: list[tuple[str, date]]) -> list[dict]:
    found = []
    for start in range(0, len(keys), _CHUNK):
        query = select(boundaries).where(_any_key(keys[start : start + _CHUNK]))
        found += [dict(row) for row in connection.execute(query).mappings()]
    for row in found:
        row["valid_from"] = row["valid_from"].isoformat()
        row["valid_to"] = row["valid_to"] and row["valid_to"].isoformat()
        row["geometry"] = row["geometry"].hex()
    return found


def _delete_rows(connection: Connection, keys: list[tuple[str, date]]) -> None:
    for start in range(0, len(keys), _CHUNK):
        connection.execute(delete(boundaries).where(_any_key(keys[start : start + _CHUNK])))


def _any_key(keys: list[tuple[str, date]]):
    return or_(*(and_(boundaries.c.area_id == area_id, boundaries.c.valid_from == day) for area_id, day in keys))
