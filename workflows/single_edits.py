"""One row typed into a form: the import of one row, through the same checks and the same ledger, with a reason.

What somebody sends is looked at in this order: is the row still what they had before them, does the row pass the
checks of its kind, what would change, and what must be said or confirmed first. Only then it is stored.
"""

import csv
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Engine

from data_access.cells import CellError, read_date, read_number, read_slug
from data_access.columns import Column, Kind
from data_access.delivery_tables import STAGES
from data_access.errors import InputError
from data_access.imports import Typed
from data_access.kinds import KINDS
from data_access.lookups import LEAVE_OUT, AreaLookup, ChoiceLookup, IndicatorLookup, PeriodLookup, ProgrammeLookup
from data_access.observation_checks import Known
from data_access.plain_text import trimmed
from data_access.reports import Problem
from data_access.submissions import DERIVED, office_today, read_kind_of
from data_access.written_rows import Cells, Written, key_columns, read_row
from workflows.importing import import_file, read_known

FORM = "表单"  # what the messages call the file
LONGEST = 2_000  # signs in a cell
CERTIFIED, PROVISIONAL = "certified", "provisional"
SETTLED = ("final", "revised")
COORDINATES = (("lon", "lat", "declared_datum"),)
FIGURES = ("numerator", "denominator", "value", "lower", "upper")
# What is asked before a row is stored.
REASON, CONFIRM_FINAL, CONFIRM_CERTIFIED, CONFIRM_ASIDE = "reason", "final", "certified", "aside"


@dataclass(frozen=True)
class Edit:
    """What somebody sends. cells: text by column. key: of the row they opened; None for a new one.

    version: written_rows.Written.version of the row they had before them; "" where there was none.
    """

    kind: str
    cells: Mapping[str, str]
    key: Mapping[str, str] | None = None
    version: str = ""
    reason: str = ""
    is_confirmed: bool = False


@dataclass(frozen=True)
class Sender:
    """Who sends it, and what they may: area_ids as in importing.import_file."""

    name: str
    area_ids: Collection[str] = ()
    may_certify: bool = False


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a field ("": with the row), and how to mend it; in Chinese, as imports say it."""

    column: str
    what: str
    mend: str


NOT_YOURS = Trouble("", "这一行所在的地区不在您可以上报的范围内", "请负责该地区的人修改")

ELSEWHERE = "该地区不由您填报，请由负责该地区的人填报"


@dataclass(frozen=True)
class Change:
    """A column and what it says before and after; "" is nothing."""

    column: str
    before: str
    after: str


@dataclass
class Answer:
    """outcome: conflict, refused, same, asked (see questions), ready, stored. present: the row that stands, if any."""

    outcome: str
    key: dict[str, str] = field(default_factory=dict)
    present: Written | None = None
    troubles: list[Trouble] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    submission_id: int | None = None


class Changed(InputError):
    """The row is no longer what the sender had before them."""


def answer_edit(engine: Engine, edit: Edit, sender: Sender, *, save: bool, today: date | None = None) -> Answer:
    """What would become of an edit; with save, where nothing stands against it, it is stored.

    Raises InputError for a kind that is not edited row by row.
    """
    today = today or office_today()
    kind = kind_edited(edit.kind)
    known = read_known(engine, today, sender.area_ids)
    cells = {name: trimmed(text)[:LONGEST] for name, text in edit.cells.items() if name in _names(kind)}
    key, troubles = canonical_key(kind, edit.key if edit.key is not None else cells, known)
    if troubles:
        return Answer("refused", troubles=troubles)
    present = read_row(engine, kind, key)
    if present and not lies_within(kind, present, known):
        return Answer("refused", key, troubles=[NOT_YOURS])
    if (present.version if present else "") != edit.version:
        return Answer("conflict", key, present, changes=changes_of(kind, present, {**cells, **key}))
    if trouble := _not_typed_here(engine, kind, present):
        return Answer("refused", key, present, troubles=[trouble])
    cells |= key
    found = Answer("same", key, present, changes=changes_of(kind, present, cells))
    if not found.changes:
        return found
    sent = _sent(kind, present, cells, found.changes)
    found.troubles = _of_status(kind, present, sent, found.changes)
    report = _import(engine, edit, sender, sent, today, dry_run=True, known=known)
    found.troubles += [_trouble(_column_of(kind, one.column), one) for one in report.problems]
    found.notices = report.notices
    if found.troubles:
        found.outcome = "refused"
        return found
    found.questions = _questions(kind, edit, present, sent, found.changes)
    found.outcome = "asked" if found.questions else "ready"
    return _stored(engine, edit, sender, found, sent, today) if save and not found.questions else found


def kind_edited(name: str) -> Kind:
    """The kind. Raises InputError for one that is not edited row by row."""
    if name not in EDITED:
        raise InputError("这一种数据不能逐条修改，请用文件导入。")
    return KINDS[name]


EDITED = (
    "observations",
    "programme_counts",
    "health_cells",
    "facilities",
    "tasks",
    "task_reports",
    "selfcare_villages",
    "points_services",
    "rota",
    "population",
    "programmes",
)


def _names(kind: Kind) -> set[str]:
    return {column.name for column in kind.columns} - {"row_mark", "area_name"}


def canonical_key(kind: Kind, cells: Mapping[str, str], known: Known) -> tuple[dict[str, str], list[Trouble]]:
    """The ids the key's cells name, and what is wrong with them: a place outside the sender's areas among that."""
    periods = PeriodLookup(known.today)
    readers = {
        "area": lambda text: _found(areas := AreaLookup(known.areas, known.allowed_areas), areas.find(text)),
        "indicator": lambda text: _found(indicators := IndicatorLookup(known.indicators), indicators.find(text)),
        "programme": lambda text: _found(programmes := ProgrammeLookup(known.programmes), programmes.find(text)),
        "period": lambda text: periods.periods[periods.find(text)].text,
        "year": lambda text: periods.periods[periods.find(text)].text,
        "slug": read_slug,
    }
    key, troubles = {}, []
    for name in key_columns(kind):
        column = kind.column(name)
        try:
            key[name] = str(readers[column.grammar](cells.get(name, "")) or _lacking(column))
        except CellError as error:
            troubles.append(_trouble(name, error))
    return key, troubles


def _found(lookup, position: int) -> str:
    return lookup.ids[position]


def _lacking(column: Column) -> str:
    if column.name == "group_id":
        return "all"
    raise CellError(f"没有填写{column.label}", "请补上")


def lies_within(kind: Kind, row: Written, known: Known) -> bool:
    """Whether a row lies where the sender may write; a report of a task lies where its task does."""
    if known.allowed_areas is None:
        return True
    if kind.name == "task_reports":
        homes = known.tasks.set_index("task_id")["area_id"]
        return homes.get(row.cells["task_id"]) in known.allowed_areas
    return row.cells.get("area_id") in known.allowed_areas


def _not_typed_here(engine: Engine, kind: Kind, present: Written | None) -> Trouble | None:
    """A figure that is worked out of a register is mended there."""
    if kind.name != "observations" or present is None:
        return None
    if read_kind_of(engine, present.submission_ids[0]) != DERIVED:
        return None
    return Trouble("", "这个数由项目、健康细胞、机构或任务的登记数据推算而来", "请修改原来的登记数据，指标会随之更新")


def changes_of(kind: Kind, present: Written | None, cells: Mapping[str, str]) -> list[Change]:
    """The columns that would say something else. A blank step of a count, like one not on the form, changes nothing."""
    before = present.cells if present else {}
    found = []
    for column in kind.columns:
        if column.name not in cells or column.name not in _names(kind) or column.name in key_columns(kind):
            continue
        was, now = before.get(column.name, ""), cells[column.name]
        if kind.name == "programme_counts" and column.name in STAGES and not now:
            continue
        if not says_the_same(column, was, now):
            found.append(Change(column.name, was, now))
    if present is None:
        found = [Change(name, "", cells[name]) for name in key_columns(kind) if name in cells] + found
    return found if present is not None or any(one.after for one in found) else []


def says_the_same(column: Column, was: str, now: str) -> bool:
    """Whether two texts of a cell mean the same: 1,234 and 1234, 2024/7/1 and 2024-07-01."""
    read = {"number": _number, "whole": _number, "persons": _number, "date": read_date}.get(column.grammar, trimmed)
    if column.grammar == "choice":
        read = ChoiceLookup(column).find
    try:
        return was == now or read(was) == read(now)
    except CellError:
        return False


def _number(text: str) -> tuple | None:
    number = read_number(text)
    return None if number is None else (number.value, number.sign)


def _sent(kind: Kind, present: Written | None, cells: Cells, changes: list[Change]) -> Cells:
    """The cells that the import gets: not the coordinates and steps that stay as they are.

    Coordinates are stored in another datum than they came in, and a step that is sent is stated anew: neither shall
    look changed because another cell was.
    """
    changed = {change.column for change in changes}
    sent = dict(cells)
    for group in COORDINATES:
        if present is not None and not changed & set(group):
            sent = {name: text for name, text in sent.items() if name not in group}
    if kind.name == "programme_counts" and present is not None:
        is_restated = bool({"status"} & changed) and present.cells.get("status", "") != ""
        kept = changed if not is_restated else {*changed, *STAGES}
        sent = {name: text for name, text in sent.items() if name not in STAGES or name in kept}
    return sent


def _of_status(kind: Kind, present: Written | None, sent: Cells, changes: list[Change]) -> list[Trouble]:
    """What the status may not say: a first report over a final figure."""
    if kind.name != "observations" or present is None:
        return []
    settled = present.statuses["value"] in SETTLED
    if settled and _status(kind, sent) == PROVISIONAL and {change.column for change in changes} & {*FIGURES, "status"}:
        return [Trouble("status", "现有的数已经定稿，快报数不能改动它", "请把状态写成“修订”")]
    return []


def _status(kind: Kind, sent: Cells) -> str | None:
    if "status" not in sent:
        return None
    try:
        return ChoiceLookup(kind.column("status")).find(sent["status"]) or "final"
    except CellError:
        return None  # the import says so


def _questions(kind: Kind, edit: Edit, present: Written | None, sent: Cells, changes: list[Change]) -> list[str]:
    """What must be said or confirmed: a reason where something that stands is changed, a step over a settled figure."""
    if present is None:
        return []
    asked = [REASON] if any(change.before for change in changes) and not trimmed(edit.reason) else []
    return asked if edit.is_confirmed else [*asked, *_to_confirm(kind, present, sent, changes)]


def _to_confirm(kind: Kind, present: Written, sent: Cells, changes: list[Change]) -> list[str]:
    changed = {change.column for change in changes}
    if kind.name == "observations":
        return [CONFIRM_FINAL] if present.statuses["value"] in SETTLED and changed & {*FIGURES, "status"} else []
    certified = {stage for stage, status in present.statuses.items() if status == CERTIFIED}
    touched = certified & set(sent)
    if not touched:
        return []
    if _status(kind, sent) == CERTIFIED:
        return [CONFIRM_CERTIFIED] if touched & changed else []
    return [CONFIRM_ASIDE]


def _trouble(column: str, found: CellError | Problem) -> Trouble:
    """What the import says is wrong, in a form's words: it has no row to delete."""
    return Trouble(column, found.what, ELSEWHERE if found.mend == LEAVE_OUT else found.mend)


def _column_of(kind: Kind, said: str) -> str:
    """The column a problem names; the form's file is headed with the columns' own names."""
    return next((column.name for column in kind.columns if said in (column.name, column.label)), "")


def _import(
    engine: Engine, edit: Edit, sender: Sender, sent: Cells, today: date, *, dry_run: bool, typed=None, known=None
):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerows([list(sent), list(sent.values())])
        return import_file(
            engine,
            edit.kind,
            path,
            file_name=FORM,
            received_from=sender.name,
            dry_run=dry_run,
            today=today,
            area_ids=sender.area_ids,
            may_certify=sender.may_certify,
            typed=typed or Typed(None, lambda connection: None),
            known=known,
        )


def _stored(engine: Engine, edit: Edit, sender: Sender, found: Answer, sent: Cells, today: date) -> Answer:
    kind = KINDS[edit.kind]

    def check(connection: Connection) -> None:
        now = read_row(connection, kind, found.key)
        if (now.version if now else "") != edit.version:
            raise Changed("在您填写的同时，这一行已被别人改动。请对照后再保存。")

    typed = Typed(trimmed(edit.reason)[:LONGEST] or None, check)
    try:
        report = _import(engine, edit, sender, sent, today, dry_run=False, typed=typed)
    except Changed:
        present = read_row(engine, kind, found.key)
        return Answer("conflict", found.key, present, changes=changes_of(kind, present, sent))
    if report.outcome != "stored":
        troubles = [_trouble(_column_of(kind, one.column), one) for one in report.problems]
        return replace(found, outcome="refused", troubles=troubles)
    now = read_row(engine, kind, found.key)
    return replace(found, outcome="stored", present=now, notices=report.notices, submission_id=report.submission_id)
