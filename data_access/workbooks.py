"""Opening an XLSX that somebody sent: what it must look like before any reader touches it, and the reading itself."""

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from data_access.errors import InputError

ENTRIES = 200
FILE_BYTES = 64 << 20
UNPACKED_BYTES = 64 << 20
COLUMNS, ROWS = 200, 200_000
SECONDS = 120
BLOCK = 1 << 20
OVERLAP = 64  # longer than any cell reference, so that one across two blocks is still seen
FORBIDDEN = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
REFERENCE = re.compile(rb"""\b(?:r|ref)=["'](?:\$?[A-Z]+\$?[0-9]+:)?\$?([A-Z]{0,4})\$?([0-9]{1,9})["']""")
CHILD = Path(__file__).with_name("workbook_child.py")
SAVE_AS_CSV = "请只保留要导入的数据，或另存为“CSV UTF-8（逗号分隔）”后再导入"


@dataclass(frozen=True)
class MergedRange:
    """Rows and columns from 1, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @property
    def text(self) -> str:
        return f"{column_letters(self.first_column)}{self.first_row}:{column_letters(self.last_column)}{self.last_row}"


@dataclass(frozen=True)
class Sheet:
    """One worksheet or a whole CSV (name None); rows gives (row number as Excel shows it, cells as text)."""

    name: str | None
    rows: Iterator[tuple[int, list[str]]]
    hidden: bool = False
    merged: tuple[MergedRange, ...] = ()
    unfinished: frozenset[tuple[int, int]] = frozenset()  # (row, column) from 1 of formulas without a result


def column_letters(number: int) -> str:
    """1 -> A, 27 -> AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def check_workbook(path: Path, name: str) -> None:
    """Refuse a workbook that would cost too much to open, before opening it. Raises InputError."""
    if path.stat().st_size > FILE_BYTES:
        raise InputError(f"{name}：文件超过 {FILE_BYTES >> 20} MB。{SAVE_AS_CSV}。")
    try:
        with zipfile.ZipFile(path) as archive:
            _check_entries(archive, name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, UnicodeError) as error:
        # RuntimeError: an encrypted entry; NotImplementedError: an unknown way of packing
        raise InputError(f"{name}：文件已损坏或被加密，无法打开。请在 Excel 中打开后另存为 .xlsx。") from error


def _check_entries(archive: zipfile.ZipFile, name: str) -> None:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names:
        raise InputError(f"{name}：不是 Excel 工作簿（{_what_zip(names)}）。请上传 .xlsx 或 .csv 文件。")
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > ENTRIES or unpacked > UNPACKED_BYTES:
        raise InputError(
            f"{name}：文件解压后太大（{len(entries)} 个部分，{unpacked >> 20} MB；"
            f"上限 {ENTRIES} 个、{UNPACKED_BYTES >> 20} MB）。{SAVE_AS_CSV}。"
        )
    budget = UNPACKED_BYTES
    for entry in entries:
        if entry.filename.endswith((".xml", ".rels", ".vml")):
            with archive.open(entry) as part:
                budget -= _check_part(part, name, entry.filename.startswith("xl/worksheets/"), budget)


def _check_part(part: BinaryIO, name: str, is_sheet: bool, budget: int) -> int:
    """Bytes of one XML part, counted rather than believed; raises InputError for what no office writes."""
    count, before = 0, b""
    while block := part.read(BLOCK):
        if count == 0 and block[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise InputError(f"{name}：文件内部编码异常，已拒绝。请在 Excel 中打开后另存为 .xlsx。")
        count += len(block)
        if count > budget:
            raise InputError(f"{name}：文件解压后超过 {UNPACKED_BYTES >> 20} MB。{SAVE_AS_CSV}。")
        window = before + block
        if FORBIDDEN.search(window):
            raise InputError(f"{name}：文件内含外部定义（DOCTYPE），已拒绝。请在 Excel 中打开后另存为 .xlsx。")
        if is_sheet:
            _check_references(window, name)
        before = window[-OVERLAP:]
    return count


def _check_references(xml: bytes, name: str) -> None:
    for letters, digits in REFERENCE.findall(xml):
        if int(digits) > ROWS or len(letters) > 2 or (len(letters) == 2 and _column_number(letters) > COLUMNS):
            raise InputError(
                f"{name}：单元格 {letters.decode()}{digits.decode()} 超出可导入的范围（最多 {ROWS:,} 行、{COLUMNS} 列）。"
                f"请删除数据区以外的空行和空列；{SAVE_AS_CSV}。"
            )


def _column_number(letters: bytes) -> int:
    return (letters[0] - 64) * 26 + letters[1] - 64


def _what_zip(names: set[str]) -> str:
    if any(name.startswith("word/") for name in names):
        return "是 Word 文档"
    if any(name.startswith("ppt/") for name in names):
        return "是 PowerPoint 文档"
    if "content.xml" in names:
        return "是 OpenDocument 文档，请另存为 .xlsx"
    if "xl/workbook.bin" in names:
        return "是 .xlsb 二进制工作簿，请另存为 .xlsx"
    return "是压缩包，请先解压"


def read_workbook(path: Path, name: str, folder: Path, *, seconds: float = SECONDS) -> Path:
    """Have a checked workbook read by a child process; returns the file of JSON lines it wrote into folder.

    Raises InputError where the child found no workbook it could read, took too long or needed too much memory.
    """
    out = Path(tempfile.mkstemp(suffix=".jsonl", dir=folder)[1])
    # -I: nothing of the current folder or the environment is imported
    command = [sys.executable, "-I", str(CHILD), str(path), str(out)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise InputError(f"{name}：读取超过 {seconds:g} 秒，已停止。{SAVE_AS_CSV}。") from error
    if done.returncode:
        raise InputError(_why_unreadable(done, name))
    return out


def _why_unreadable(done: subprocess.CompletedProcess, name: str) -> str:
    if b"PasswordError" in done.stderr:
        return f"{name}：工作簿设有密码。请在 Excel 中取消密码后另存为 .xlsx。"
    if done.returncode < 0 or b"MemoryError" in done.stderr:  # killed by its own limits
        return f"{name}：读取所需内存超过上限，已停止。{SAVE_AS_CSV}。"
    return f"{name}：不是完好的 Excel 工作簿，无法读取。请在 Excel 中打开后另存为 .xlsx。"


def sheets_of(lines: BinaryIO) -> Iterator[Sheet]:
    """The worksheets in what read_workbook wrote. Read each sheet's rows before asking for the next sheet."""
    line = lines.readline()
    while line:
        about = json.loads(line)
        ended: list[bytes] = []
        yield Sheet(
            name=about["sheet"],
            rows=(rows := _rows_until_next_sheet(lines, ended)),
            hidden=about["hidden"],
            merged=tuple(MergedRange(a + 1, b + 1, c + 1, d + 1) for (a, b), (c, d) in about["merged"]),
            unfinished=frozenset((row + 1, column + 1) for row, column in about["unfinished"]),
        )
        for _ in rows:  # what the caller left unread
            pass
        line = ended[0] if ended else b""


def _rows_until_next_sheet(lines: BinaryIO, ended: list[bytes]) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(iter(lines.readline, b""), start=1):
        if line.startswith(b"{"):
            ended.append(line)
            return
        if line != b"[]\n":
            yield number, json.loads(line)
