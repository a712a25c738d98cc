"""One import: a file opened, every row checked, then one transaction or nothing.

Bad rows are all reported at once. Nothing is written unless every row is good, or the sender has said that the good
rows shall be taken. The same bytes twice are written once.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Engine

from data_access import submissions
from data_access.cells import CellError
from data_access.count_rows import CountRows
from data_access.count_steps import CountSteps
from data_access.engine import writing
from data_access.errors import InputError
from data_access.files import SourceFile, open_file
from data_access.headers import OUR_OWN_SHEETS, Table, check_shape, find_table
from data_access.kinds import KINDS, Kind
from data_access.ledger import StagedFigures, Stored, staging
from data_access.observation_checks import SHEET_STRIDE, Known, ObservationChecks
from data_access.programme_ledger import StagedCounts, StoredCounts, staging_counts
from data_access.records import Record, RecordReader, read_mark
from data_access.register_checks import ConvertToWgs84, check_register
from data_access.registers import REGISTERS, read_homes, read_standing, write_register
from data_access.reports import ImportReport, Problems
from data_access.village_counts import keep_counts, without_older_counts

CHUNK_ROWS = 25_000
READING_SHARE = 0.6  # of the whole work, for the progress bar: storing a million rows takes the rest
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Typed:
    """A row typed into a form: why, and a last look at what stands, inside the transaction that writes.

    check raises InputError where the row is no longer what the sender had before them.
    """

    reason: str | None
    check: Callable[[Connection], None]


@dataclass(frozen=True)
class Delivery:
    """Who sends the file and how it is to be taken. received_at: aware; None is now. typed: None for a file."""

    file_name: str
    received_from: str
    is_demo: bool = False
    received_at: datetime | None = None
    accept_good_rows: bool = False
    dry_run: bool = False
    problems_csv: Path | None = None  # every problem is written here, not only the first ones
    typed: Typed | None = None  # the same words may be typed twice: 5, then 7, then 5 again


def import_file(
    engine: Engine,
    kind: Kind,
    path: Path,
    known: Known,
    delivery: Delivery,
    *,
    to_wgs84: ConvertToWgs84 | None = None,
    more_words: Mapping[str, Mapping[str, str]] | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import one file of a kind. Raises InputError where it cannot even be opened; else the report says what became.

    to_wgs84: see register_checks. more_words: column -> (word -> stored word) beside the kind's own lists.
    """
    listed = delivery.problems_csv
    if listed is not None and listed.exists() and path.exists() and listed.samefile(path):
        raise InputError(f"{listed}：问题清单会盖掉要导入的文件。请给清单另起一个名字。")
    problems, report = Problems(listed), ImportReport(kind.name, delivery.file_name, "refused")
    with open_file(path, delivery.file_name) as source, problems.recording():
        earlier = None if delivery.typed else _same_file(engine, kind, source.sha256)
        if earlier is not None:
            report.outcome, report.submission_id = "same_file", earlier
            return report
        work = _Import(engine, kind, source, known, delivery, problems, report, progress or (lambda share, what: None))
        if kind.name == "observations":
            work.figures()
        elif kind.name == "programme_counts":
            work.counts()
        else:
            work.register(to_wgs84, more_words or {})
        report.problems, report.problem_count = problems.kept, problems.total
        report.problem_counts = dict(problems.counts)
    return report


def _same_file(engine: Engine | Connection, kind: Kind, sha256: str) -> int | None:
    """The standing submission of these bytes; none where it left rows out: they may be good by now."""
    found = submissions.find_by_hash(engine, kind.name, sha256)
    if found is None:
        return None
    all_of_them = submissions.read_submissions(engine).set_index("submission_id")
    return None if all_of_them.at[found, "rows_refused"] else found


class _Import:
    def __init__(self, engine, kind, source: SourceFile, known, delivery, problems, report, progress: Progress):
        self.engine, self.kind, self.source, self.known = engine, kind, source, known
        self.delivery, self.problems, self.report, self.progress = delivery, problems, report, progress
        self.sheet_names: list[str | None] = []

    def figures(self) -> None:
        checks = ObservationChecks(self.known, self.problems)
        with nullcontext() if self.delivery.dry_run else staging(self.engine) as staged:
            for table in self._tables():
                self._stage(table, checks, staged)
            self._refuse_repeated(checks, staged)
            self.report.rows_without_figure = checks.without_figure
            self.report.notices += checks.notices()
            if self._may_write():
                with staged.writing() as connection:
                    self._write(connection, lambda submission_id: self._store_figures(staged, submission_id))

    def _store_figures(self, staged: StagedFigures, submission_id: int) -> Stored:
        done = staged.store(submission_id, holds_back=True)
        if done.first_held:
            *key, said, final = done.first_held
            one = f"{'，'.join(key)}：快报 {said:g}，已定稿 {final:g}"
            self.report.notices.append(
                f"{done.held_back:,} 个快报数与已定稿的数不同，没有写入，已定稿的数不变（如 {one}）。"
                "如定稿有误，请把数据状态写成“修订”后重新导入。"
            )
        return done

    def counts(self) -> None:
        """Counts of programmes: row by row, then step by step, as steps of many rows are held against one another."""
        reader = RecordReader(self.kind, self.known, self.problems, {})
        rows = CountRows(reader, self.known)
        steps = CountSteps(rows, self.engine)
        with staging_counts(self.engine) as staged:
            arrived = 0
            counts = rows.counts(reader.stream(self._tables()))
            while some := list(islice(counts, CHUNK_ROWS)):
                staged.add(some)
                arrived += len(some)
                self.progress(self.source.fraction_read() * READING_SHARE / 2, f"已读入 {arrived:,} 个数")
            self.report.rows_read = rows.rows_good + len(self.problems.bad_rows)
            self.report.example_rows = reader.example_rows
            steps.check(
                staged.in_series(),
                lambda done: self.progress(READING_SHARE / 2 * (1 + done / max(arrived, 1)), f"已核对 {done:,} 个数"),
            )
            self._count_notices(rows, steps)
            if self._may_write():
                staged.drop(steps.refused)
                staged.question(steps.questioned)
                with staged.writing() as connection:
                    self._write(connection, lambda submission_id: self._store_counts(staged, submission_id))

    def _count_notices(self, rows: CountRows, steps: CountSteps) -> None:
        self.report.rows_without_figure = rows.without_count
        if rows.without_count:
            self.report.notices.append(f"{rows.without_count:,} 行没有人数，按未报处理，未写入。")
        self.report.notices += steps.notices()

    def _store_counts(self, staged: StagedCounts, submission_id: int) -> StoredCounts:
        done = staged.store(submission_id)
        if done.first_aside:
            programme_id, area_id, period, stage, said, certified = done.first_aside
            one = f"{programme_id}，{area_id}，{period}，{self.kind.column(stage).label}：上报 {said:g}，核定 {certified:g}"
            self.report.notices.append(
                f"{done.kept_aside:,} 个数与已核定的数不同，没有改动核定数，上报数另存备查（如 {one}）。"
                "如核定有误，请以“核定”状态重新导入。"
            )
        return done

    def register(self, to_wgs84: ConvertToWgs84 | None, more_words: Mapping[str, Mapping[str, str]]) -> None:
        reader = RecordReader(self.kind, self.known, self.problems, more_words)
        records = reader.read(self._tables())
        self.report.rows_read = len(records) + len(self.problems.bad_rows)
        self.report.example_rows = reader.example_rows
        good = self._own_rows(reader, check_register(reader, records, self.known, to_wgs84, self._standing(records)))
        rows = _rows_for(self.kind, good)
        if self._may_write():
            with writing(self.engine) as connection:
                self._write(connection, lambda submission_id: self._store_register(connection, rows, submission_id))

    def _standing(self, records: list[Record]) -> dict[str, dict]:
        """Of registers whose rows have an id: the rows that the records would change, by id."""
        key = [column.name for column in REGISTERS[self.kind.name].primary_key.columns]
        if len(key) > 1:
            return {}
        found = read_standing(self.engine, self.kind.name, [(record[key[0]],) for record in records])
        return {one: row for (one,), row in found.items()}

    def _store_register(self, connection: Connection, rows: list[dict], submission_id: int):
        if self.kind.name == "selfcare_villages":
            keep_counts(connection, rows, submission_id)
            rows = without_older_counts(connection, rows)
        return write_register(connection, self.kind.name, rows, submission_id)

    def _own_rows(self, reader: RecordReader, records: list[Record]) -> list[Record]:
        """The records without those that would change a row of an area the sender may not write about."""
        if self.known.allowed_areas is None or "area_id" not in REGISTERS[self.kind.name].c:
            return records
        key = [column.name for column in REGISTERS[self.kind.name].primary_key.columns]
        homes = read_homes(self.engine, self.kind.name, [tuple(record.get(name) for name in key) for record in records])
        own = []
        for record in records:
            home = homes.get(tuple(record.get(name) for name in key))
            if home is None or home in self.known.allowed_areas:
                own.append(record)
                continue
            what = f"{record[key[0]]} 已登记在 {home}，不在您可以上报的范围内"
            reader.refuse(record, key[0], record[key[0]], "not_your_row", what, "请核对编号，或请负责该地区的人修改")
        return own

    def _tables(self) -> Iterator[Table]:
        for sheet in self.source.sheets():
            self.sheet_names.append(sheet.name)
            if sheet.hidden:
                self.report.notices.append(f"隐藏的工作表“{sheet.name}”没有读取；需要导入请先取消隐藏。")
            elif sheet.name not in OUR_OWN_SHEETS:
                table = find_table(sheet, self.kind, self.problems, self.report.notices)
                if table is not None:
                    yield table

    def _stage(self, table: Table, checks: ObservationChecks, staged: StagedFigures | None) -> None:
        rows = self._data_rows(table)
        sheet_number = len(self.sheet_names) - 1
        while chunk := list(islice(rows, CHUNK_ROWS)):
            numbers, cells = [number for number, _ in chunk], [cells for _, cells in chunk]
            frame = checks.read(table, sheet_number, numbers, cells)
            will_be_written = self.delivery.accept_good_rows or not self.problems.total
            if staged and len(frame) and will_be_written:
                staged.add(frame)
            share = self.source.fraction_read() * READING_SHARE
            self.progress(share, f"已检查 {self.report.rows_read:,} 行")

    def _data_rows(self, table: Table) -> Iterator[tuple[int, list[str]]]:
        """The rows under the header, as wide as it, without examples; what does not fit is reported."""
        mark = table.columns.get("row_mark")
        for number, cells in table.rows:
            if len(cells) < table.width:
                cells += [""] * (table.width - len(cells))
            if mark is not None and cells[mark] and self._is_example(table, number, cells[mark]):
                continue
            self.report.rows_read += 1
            if (len(cells) > table.width or table.nameless) and not check_shape(table, number, cells, self.problems):
                continue
            if table.sheet.unfinished and not self._is_worked_out(table, number):
                continue
            yield number, cells[: table.width]

    def _is_example(self, table: Table, number: int, mark: str) -> bool:
        try:
            is_example = read_mark(mark)
        except CellError as error:
            self.report.rows_read += 1
            label = table.labels["row_mark"]
            self.problems.add(table.sheet.name, number, label, mark, "unknown_mark", error.what, error.mend)
            return True  # it is passed over, and said so
        self.report.example_rows += is_example
        return is_example

    def _is_worked_out(self, table: Table, number: int) -> bool:
        for name, at in table.columns.items():
            if (number, at + 1) in table.sheet.unfinished:
                what, mend = "公式没有计算结果", "请在 Excel 中打开并保存一次，或直接填写数字"
                self.problems.add(table.sheet.name, number, table.labels[name], "", "no_result", what, mend)
                return False
        return True

    def _refuse_repeated(self, checks: ObservationChecks, staged: StagedFigures | None) -> None:
        """Both rows of a repeated figure are named and neither is taken: nobody knows which one is meant."""
        pairs = checks.find_repeated()
        for first, again in pairs:
            first_sheet, first_row = self._place(first)
            sheet, row = self._place(again)
            where = (
                f"工作表“{first_sheet}”第 {first_row} 行"
                if first_sheet and first_sheet != sheet
                else f"第 {first_row} 行"
            )
            what = f"与{where}重复：同一指标、同一地区、同一时期"
            self.problems.add(sheet, row, "", "", "repeated", what, "请核对两行，只保留一行")
            self.problems.bad_rows.add((first_sheet, first_row))
        if staged and len(pairs) and self.delivery.accept_good_rows:
            staged.drop(sorted({int(row) for row in pairs.ravel()}))

    def _place(self, source_row: int) -> tuple[str | None, int]:
        number, row = divmod(int(source_row), SHEET_STRIDE)
        return self.sheet_names[number], row

    def _may_write(self) -> bool:
        """Whether to write; otherwise the report's outcome says why not."""
        report, problems = self.report, self.problems
        report.rows_refused = len(problems.bad_rows)
        if not report.rows_read and not problems.total:
            raise InputError(
                f"{report.file_name}：表头之下没有数据行{'（只有示例行）' if report.example_rows else ''}。请填写后再导入。"
            )
        if self.delivery.dry_run:
            report.outcome = "checked"
            return False
        if not problems.total:
            return True
        some_are_good = report.rows_read > report.rows_refused
        return self.delivery.accept_good_rows and not problems.is_structural and some_are_good

    def _write(self, connection: Connection, store: Callable) -> None:
        """One submission with its rows, in the transaction of connection."""
        self.progress(READING_SHARE, "正在写入")
        delivery, report, typed = self.delivery, self.report, self.delivery.typed
        earlier = None if typed else _same_file(connection, self.kind, self.source.sha256)
        if earlier is not None:  # somebody sent it while this one was being read
            report.outcome, report.submission_id = "same_file", earlier
            return
        submission_id = submissions.begin(
            connection,
            kind=self.kind.name,
            received_from=delivery.received_from,
            file_name=None if typed else delivery.file_name,
            file_hash=None if typed else self.source.sha256,
            received_at=delivery.received_at,
            is_demo=delivery.is_demo,
            is_form=typed is not None,
            reason=typed.reason if typed else None,
        )
        if typed:
            typed.check(connection)  # nobody else writes until this transaction ends
        done = store(submission_id)
        stored = done.stored if isinstance(done, (Stored, StoredCounts)) else done.added + done.changed
        submissions.finish(
            connection,
            submission_id,
            rows_read=report.rows_read,
            rows_stored=stored,
            rows_unchanged=done.unchanged,
            rows_refused=report.rows_refused,
            previous_state=getattr(done, "previous_state", None),
        )
        report.outcome, report.submission_id = "stored", submission_id
        report.rows_stored, report.rows_unchanged = stored, done.unchanged
        self.progress(1.0, "完成")


def _rows_for(kind: Kind, records: list[Record]) -> list[dict]:
    """The records' own columns of the table, the same in every row: sheets may have different ones."""
    named = {name: None for record in records for name in record}
    kept = [column.name for column in REGISTERS[kind.name].columns if column.name in named]
    return [{name: record.get(name) for name in kept} for record in records]


def kind_called(name: str) -> Kind:
    """The kind of this name. Raises InputError that lists them."""
    if name not in KINDS:
        listed = "、".join(f"{kind.name}（{kind.label}）" for kind in KINDS.values())
        raise InputError(f"不认识的文件种类“{name}”。可用：{listed}。")
    return KINDS[name]
