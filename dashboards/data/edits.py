"""Single rows: what stands, what somebody may change of it, every version there was, and who sent what.

Nobody reads or writes a row here that lies outside the areas they are limited to: it is asked again for every row.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dashboards.access import current_user, may
from dashboards.data.registers import areas
from dashboards.data.store import cached, engine
from dashboards.data.uploads import upload_kinds
from data_access import accounts, submissions
from data_access.columns import Kind
from data_access.kinds import KINDS
from data_access.row_history import Version, read_versions
from data_access.submissions import DERIVED
from data_access.written_rows import Cells, Wanted, Written, count_rows, key_columns, read_page, read_row
from workflows.exporting import write_rows
from workflows.importing import read_known
from workflows.single_edits import EDITED, Answer, Edit, Sender, Trouble, answer_edit, canonical_key, lies_within

NOT_SENT = ("undo", DERIVED)


@dataclass(frozen=True)
class Opened:
    """What a form shows. key: complete and canonical, or None for a new row; row: what stands, or None."""

    kind: Kind
    key: dict[str, str] | None
    row: Written | None
    troubles: tuple[Trouble, ...] = ()


def edited_kinds() -> dict[str, Kind]:
    """The kinds whose rows the reader may edit one by one."""
    return {name: KINDS[name] for name in EDITED if name in upload_kinds()}


def exported_kinds() -> dict[str, Kind]:
    """The kinds whose rows the reader may take away: who is limited to some areas gets what lies in areas."""
    return {name: KINDS[name] for name in upload_kinds()}


def row_key(kind: str) -> tuple[str, ...]:
    """The columns that name a row of the kind."""
    return key_columns(KINDS[kind])


def open_row(kind: str, query: Mapping[str, str]) -> Opened | None:
    """The row that the address names, or a new one where it names none that stands. None where the reader may not."""
    described = edited_kinds().get(kind)
    if described is None:
        return None
    if not all(query.get(name) for name in key_columns(described) if name != "group_id"):
        return Opened(described, None, None)
    known = read_known(engine(), submissions.office_today(), current_user().area_ids)
    key, troubles = canonical_key(described, query, known)
    if troubles:
        return Opened(described, None, None, tuple(troubles))
    row = read_row(engine(), described, key)
    if row is not None and not lies_within(described, row, known):
        return None
    return Opened(described, key if row else None, row)


def send_edit(edit: Edit, *, save: bool) -> Answer:
    """What becomes of what somebody typed (workflows.single_edits). Raises InputError for a kind they may not edit."""
    user = current_user()
    if edit.kind not in edited_kinds():
        return Answer("refused", troubles=[Trouble("", "您不能修改这一种数据", "请另选种类")])
    sender = Sender(user.name, user.area_ids, may("certify figures"))
    return answer_edit(engine(), edit, sender, save=save)


def row_versions(kind: str, query: Mapping[str, str]) -> tuple[dict[str, str], list[Version]] | None:
    """The key and every version of the row that the address names; None where there is none the reader may see.

    A row that was taken back altogether is seen by those who may see all areas: it lies nowhere any more.
    """
    opened = open_row(kind, query)
    if opened is None or opened.troubles:
        return None
    key = opened.key
    if key is None:
        named = {name: query.get(name, "") for name in key_columns(opened.kind)}
        in_areas = "area_id" in named and named["area_id"] in areas().index
        if not all(named.values()) or (current_user().area_ids and not in_areas):
            return None
        key = named
    return key, read_versions(engine(), opened.kind, key)


def _wanted(kind: Kind, *, area_id: str = "", words: str = "", year: str = "", of: Mapping[str, str] | None = None):
    inside = None
    if area_id or current_user().area_ids:
        inside = frozenset(_within(area_id))
    key = {name: value for name, value in (of or {}).items() if value}
    return Wanted(area_ids=inside, words=words, key=key or None, year=year if year.isdigit() else "")


def _within(area_id: str) -> list[str]:
    """The areas the reader may see that lie in one (all of them for none)."""
    everywhere = areas()
    if not area_id:
        return list(everywhere.index)
    if area_id not in everywhere.index:
        return []
    parents = everywhere["parent_id"]
    found, fresh = {area_id}, {area_id}
    while fresh:
        fresh = set(parents.index[parents.isin(fresh)]) - found
        found |= fresh
    return sorted(found)


@cached
def records_count(kind: str, area_id: str, words: str, of: tuple[tuple[str, str], ...]) -> int:
    """How many rows stand (of counts: how many steps)."""
    described = exported_kinds()[kind]
    return count_rows(engine(), described, _wanted(described, area_id=area_id, words=words, of=dict(of)))


@cached
def records_page(
    kind: str, area_id: str, words: str, of: tuple[tuple[str, str], ...], limit: int, offset: int
) -> list[Cells]:
    """Some rows of a kind, text by column, lists with their stored words. of: column -> id, of the key's columns."""
    described = exported_kinds()[kind]
    wanted = _wanted(described, area_id=area_id, words=words, of=dict(of))
    return read_page(engine(), described, wanted, limit=limit, offset=offset)


def rows_file(kind: str, ending: str, *, area_id: str = "", words: str = "", year: str = "", of=None) -> bytes:
    """What stands of a kind as a file that can be imported again. Raises InputError where it is too long for a workbook."""
    described = exported_kinds()[kind]
    wanted = _wanted(described, area_id=area_id, words=words, year=year, of=of)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"rows.{ending}"
        write_rows(path, engine(), described, wanted)
        return path.read_bytes()


def submissions_seen() -> pd.DataFrame:
    """What was sent that the reader may know of, newest first: data_access.submissions.SUBMISSIONS with may_undo.

    Their own; who is limited to some areas: what others sent who are limited to areas within theirs; who keeps the
    registers of all areas: everything.
    """
    sent = submissions.read_submissions(engine())
    sent = sent[~sent["kind"].isin(NOT_SENT)]
    user = current_user()
    keeps = may("edit registers")
    if not (keeps and not user.area_ids):
        sent = sent[sent["received_from"].isin({user.name, *_colleagues()})]
    own = sent["received_from"].eq(user.name)
    return sent.assign(may_undo=(own | keeps) & sent["undone_by"].isna())


def _colleagues() -> set[str]:
    """The login names of those who are limited to areas within the reader's own."""
    if not current_user().area_ids:
        return set()
    inside = set(areas().index)
    every = accounts.read_accounts(engine())
    return {one.login_name for one in every if one.area_ids and one.area_ids <= inside}
