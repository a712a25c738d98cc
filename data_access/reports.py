"""What became of an import: the rows that are wrong, each with its place and how to mend it, and what was written."""

import csv
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from data_access.errors import InputError
from data_access.plain_text import harmless, trimmed

SHOWN = 50
VALUE_CHARACTERS = 60
CSV_HEADER = ("工作表", "行", "列", "内容", "问题", "怎样改", "规则")
# What is wrong with a sheet as a whole: its other rows cannot be told from it, so there are no good rows to accept.
STRUCTURAL = frozenset({"no_header", "missing_column", "column_twice", "merged_cells"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: row is the number Excel shows (0: the whole sheet); what and mend in Chinese."""

    sheet: str | None
    row: int
    column: str
    value: str
    rule: str  # a slug, to count by
    what: str
    mend: str

    def sentence(self, file_name: str) -> str:
        place = file_name + (f"，工作表“{self.sheet}”" if self.sheet else "")
        place += f"第 {self.row} 行" if self.row else ""
        place += f"，“{self.column}”列" if self.column else ""
        return f"{place}：{self.what}。{self.mend}。"

    def as_dict(self, file_name: str) -> dict:
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "rule": self.rule,
            "sentence": self.sentence(file_name),
        }


class Problems:
    """Collects problems: the first in reading order are kept, all are counted, and written to a CSV where asked."""

    def __init__(self, csv_path: Path | None = None):
        self.kept: list[Problem] = []
        self.counts: Counter[str] = Counter()
        self.bad_rows: set[tuple[str | None, int]] = set()
        self._csv_path, self._writer = csv_path, None

    @contextmanager
    def recording(self):
        """Keeps the CSV open while problems arrive."""
        if self._csv_path is None:
            yield self
            return
        try:
            file = self._csv_path.open("w", encoding="utf-8-sig", newline="")
        except OSError as error:
            raise InputError(f"{self._csv_path}：不能写入问题清单（{error.strerror}）。请换一个文件夹。") from error
        with file:
            self._writer = csv.writer(file)
            self._writer.writerow(CSV_HEADER)
            yield self

    def add(self, sheet: str | None, row: int, column: str, value: str, rule: str, what: str, mend: str) -> None:
        shown = trimmed(value)[:VALUE_CHARACTERS]
        for whole in (value, trimmed(value)):
            if len(whole) > VALUE_CHARACTERS:  # nobody reads a sentence that quotes 30,000 characters
                what = what.replace(whole, f"{shown}…")
        problem = Problem(sheet, row, column, shown, rule, what, mend)
        self.counts[rule] += 1
        if rule not in STRUCTURAL:
            self.bad_rows.add((sheet, row))
        if len(self.kept) < SHOWN:
            self.kept.append(problem)
        if self._writer:
            cells = (sheet or "", row or "", column, problem.value, what, mend, rule)
            self._writer.writerow([harmless(str(cell)) for cell in cells])

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def is_structural(self) -> bool:
        return bool(STRUCTURAL & self.counts.keys())


@dataclass
class ImportReport:
    """outcome: stored, checked (dry run), refused (nothing written), same_file (nothing to do)."""

    kind: str
    file_name: str
    outcome: str
    rows_read: int = 0
    rows_stored: int = 0
    rows_unchanged: int = 0
    rows_refused: int = 0
    rows_without_figure: int = 0
    example_rows: int = 0
    submission_id: int | None = None
    notices: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)  # the first SHOWN
    problem_count: int = 0
    problem_counts: dict[str, int] = field(default_factory=dict)  # by rule

    @property
    def ok(self) -> bool:
        return self.outcome in ("stored", "same_file") or (self.outcome == "checked" and not self.problem_count)

    def as_dict(self) -> dict:
        """For --json and for the page."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "problems"}
        return {**plain, "problems": [problem.as_dict(self.file_name) for problem in self.problems]}

    def lines(self) -> list[str]:
        """What a clerk reads: every problem, every notice, then what was written."""
        shown = [problem.sentence(self.file_name) for problem in self.problems]
        if self.problem_count > len(self.problems):
            shown.append(
                f"……另有 {self.problem_count - len(self.problems):,} 处问题未逐条列出；"
                "加 --report 文件名.csv 可得到全部清单。"
            )
        return [*shown, *self.notices, self._what_was_written()]

    def _what_was_written(self) -> str:
        if self.outcome == "same_file":
            return f"{self.file_name}：与第 {self.submission_id} 号导入是同一份文件，没有变化，未重复写入。"
        if self.outcome == "refused":
            return f"本次共 {self.rows_refused:,} 行有误，整份文件未写入。" if self.rows_refused else "整份文件未写入。"
        wrong = f"，{self.rows_refused:,} 行有误" if self.rows_refused else ""
        if self.outcome == "checked":
            return f"试导入：共 {self.rows_read:,} 行{wrong}，没有写入任何数据。"
        refused = f"，{self.rows_refused:,} 行有误未写入" if self.rows_refused else ""
        same = f"，{self.rows_unchanged:,} 行与现有数据相同" if self.rows_unchanged else ""
        return (
            f"已导入（第 {self.submission_id} 号）：读入 {self.rows_read:,} 行，写入 {self.rows_stored:,} 行{same}{refused}。"
            f"如需撤回：manage.py undo-import {self.submission_id}"
        )
