"""Opening a file that somebody brings, whatever its name says it is: rows of text with the numbers Excel shows.

CSV is UTF-8 (with or without its mark) or GB18030, both strict: a detector that guesses has read short Chinese texts
as Korean. It is streamed, so a million rows need no more memory than a thousand.
"""

import codecs
import csv
import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from data_access.errors import InputError
from data_access.workbooks import Sheet, check_workbook, read_workbook, sheets_of

BLOCK = 1 << 20
CSV_BYTES = 4 << 30
TITLE_LINES = 20  # as far down as a header is looked for
FIELD_CHARACTERS = 32_767  # as in Excel; a quote that is never closed would otherwise swallow the whole file
ENCODINGS = ("utf-8-sig", "gb18030")
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
SAVE_AS = "请在 Excel 或 WPS 中打开后另存为 .xlsx，或“CSV UTF-8（逗号分隔）”"
# How a file begins -> what it is, for those that are neither CSV nor XLSX whatever their name.
BEGINNINGS = (
    (b"%PDF", "PDF 文档", "请向填报单位索取原始表格；PDF 中的表格不能直接导入"),
    (b"\xd0\xcf\x11\xe0", "旧版 .xls 工作簿或加了密码的工作簿", "请取消密码，在 Excel 或 WPS 中另存为 .xlsx"),
    (b"\x89PNG", "图片", "请提供 .xlsx 或 .csv 表格"),
    (b"\xff\xd8\xff", "图片", "请提供 .xlsx 或 .csv 表格"),
    (b"Rar!", "压缩包", "请先解压"),
    (b"7z\xbc\xaf", "压缩包", "请先解压"),
    (b"\x1f\x8b", "压缩包", "请先解压"),
    (b"\xff\xfe", "UTF-16 编码的文本", "请在 Excel 中另存为“CSV UTF-8（逗号分隔）”"),
    (b"\xfe\xff", "UTF-16 编码的文本", "请在 Excel 中另存为“CSV UTF-8（逗号分隔）”"),
)
WEB_PAGE = re.compile(rb"^(\xef\xbb\xbf)?\s*<(!doctype|html|table|\?xml|meta|head)", re.IGNORECASE)
JSON_TEXT = re.compile(rb"^(\xef\xbb\xbf)?\s*[{\[]")


@dataclass
class SourceFile:
    """An opened file. sheets() may be asked once; fraction_read() says how far the reading has come (0 to 1)."""

    path: Path
    name: str  # as the user calls it, for messages
    sha256: str
    encoding: str | None  # None for a workbook
    _resources: ExitStack = field(default_factory=ExitStack, repr=False)
    _stream: BinaryIO | None = field(default=None, repr=False)

    def __enter__(self) -> "SourceFile":
        return self

    def __exit__(self, *exception) -> None:
        self._resources.close()

    def sheets(self) -> Iterator[Sheet]:
        """The sheets in order, the hidden ones too; a CSV is one sheet without a name. Raises InputError."""
        if self.encoding:
            self._stream = self._resources.enter_context(self.path.open("rb"))
            yield Sheet(name=None, rows=_csv_rows(self._stream, self.encoding, self.name))
            return
        folder = Path(self._resources.enter_context(tempfile.TemporaryDirectory(prefix="kangtu-")))
        self._stream = self._resources.enter_context(read_workbook(self.path, self.name, folder).open("rb"))
        yield from sheets_of(self._stream)

    def fraction_read(self) -> float:
        if self._stream is None:
            return 0.0
        if self._stream.closed:  # at its end
            return 1.0
        return min(1.0, self._stream.tell() / max(1, os.fstat(self._stream.fileno()).st_size))


def open_file(path: Path | str, name: str | None = None) -> SourceFile:
    """Say what the file is and whether it can be read. Raises InputError with what to do instead.

    name: what the user calls the file, where path is a copy under a name of ours.
    """
    path = Path(path)
    name = name or path.name
    if not path.is_file():
        raise InputError(f"{name}：没有这个文件。请检查路径和文件名。")
    with path.open("rb") as file:
        start = file.read(4096)
    _refuse_other_kinds(start, name)
    if start.startswith(b"PK"):
        check_workbook(path, name)
        return SourceFile(path, name, _sha256(path), encoding=None)
    if path.stat().st_size > CSV_BYTES:
        raise InputError(f"{name}：文件超过 {CSV_BYTES >> 30} GB。请按年份或地区拆分后分别导入。")
    return SourceFile(path, name, _sha256(path), encoding=_encoding_of(path, name))


def _refuse_other_kinds(start: bytes, name: str) -> None:
    if not start.strip(b"\xef\xbb\xbf\r\n\t ,;"):
        raise InputError(f"{name}：文件是空的，没有任何内容。请检查是否存错了文件。")
    for beginning, what, mend in BEGINNINGS:
        if start.startswith(beginning):
            raise InputError(f"{name}：这不是表格文件，而是{what}（扩展名可能被改过）。{mend}。")
    if WEB_PAGE.match(start):
        raise InputError(f"{name}：这不是表格文件，而是网页或 XML（有些系统导出的“.xls”就是这样）。{SAVE_AS}。")
    if JSON_TEXT.match(start):
        raise InputError(
            f"{name}：这不是表格文件，而是 JSON。边界数据请用 --boundaries 导入；其余请提供 .xlsx 或 .csv。"
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _encoding_of(path: Path, name: str) -> str:
    for encoding in ENCODINGS:
        if _decodes(path, encoding, name):
            return encoding
    raise InputError(f"{name}：文字编码既不是 UTF-8 也不是 GB18030（GBK），会显示成乱码。{SAVE_AS}。")


def _decodes(path: Path, encoding: str, name: str) -> bool:
    """Whether the whole file is valid in the encoding. Raises InputError where it is no text at all."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        try:
            while block := file.read(BLOCK):
                if CONTROL.search(block):
                    raise InputError(f"{name}：文件里有控制字符，不是文本表格。{SAVE_AS}。")
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _csv_rows(stream: BinaryIO, encoding: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank. A quoted line break stays in its cell, so the numbers are the rows Excel shows."""
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    delimiter = _delimiter(islice(text, TITLE_LINES))
    text.seek(0)
    csv.field_size_limit(FIELD_CHARACTERS)
    # strict: a quote still open at the end has swallowed all rows behind it
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            if any(row):
                yield number, row
    except csv.Error as error:
        raise InputError(
            f'{name}第 {number + 1} 行：引号（"）不成对，多半是少了一个引号。请检查该行及其上一行的引号。'
        ) from error


def _delimiter(lines: Iterable[str]) -> str:
    """Comma, unless the first line that has any mark has tabs or semicolons only: a title above may have none."""
    return next((mark for line in lines for mark in ",\t;" if mark in line), ",")
