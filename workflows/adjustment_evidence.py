"""The files an analyst lays beside an adjustment: a decree, a photograph, a table. Kept as they came, never rendered."""

import hashlib
import io
import re
import zipfile
from datetime import UTC, datetime

from sqlalchemy import Engine

from data_access import adjustments as store
from data_access import audit
from data_access.engine import writing
from data_access.errors import InputError
from workflows.adjusting import STATES_ZH, Person

LARGEST = 5 * 1024 * 1024
MOST_FILES = 10  # with one adjustment
LONGEST_NAME = 120
OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".docx": f"{OFFICE}wordprocessingml.document",
    ".xlsx": f"{OFFICE}spreadsheetml.sheet",
}
STARTS = {"application/pdf": b"%PDF-", "image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
PARTS = {TYPES[".docx"]: "word/document.xml", TYPES[".xlsx"]: "xl/workbook.xml"}  # by which each is known inside


def add_evidence(
    engine: Engine, by: Person, adjustment_id: int, name: str, content: bytes, *, at: datetime | None = None
) -> int:
    """Keep a file with an adjustment of one's own that is not decided yet, and give its evidence_id.

    Raises InputError for another's adjustment, a decided one, a file that is empty, too large, of another kind than
    PDF, PNG, JPEG, DOCX and XLSX, or not what its name says; and for one too many.
    """
    name = _plain_name(name)
    media_type = _media_type(name, content)
    at = at or datetime.now(UTC)
    with writing(engine) as connection:
        rows = store.read_for_change(connection, [adjustment_id])
        if not rows or rows[0]["author"] != by.account:
            raise InputError(f"没有第 {adjustment_id} 号研判，或它不是您的；附件只能由本人添加。")
        if rows[0]["state"] not in ("draft", "returned", "submitted"):
            raise InputError(f"第 {adjustment_id} 号研判{STATES_ZH[rows[0]['state']]}，不能再添加附件。")
        known = store.read_evidence(connection, adjustment_id)
        digest = hashlib.sha256(content).hexdigest()
        again = known[known["file_hash"] == digest]
        if len(again):
            return int(again["evidence_id"].iloc[0])
        if len(known) >= MOST_FILES:
            raise InputError(f"一项研判最多附 {MOST_FILES} 个文件。")
        row = {"adjustment_id": adjustment_id, "name": name, "media_type": media_type, "file_hash": digest}
        row |= {"size": len(content), "content": content, **by.said, "added_at": at}
        audit.record(connection, by.account_id, "adjustment evidence", f"adjustment {adjustment_id}", reason=name)
        return store.add_evidence(connection, row)


def _plain_name(name: str) -> str:
    """The file's own name without folders and signs that could deceive who reads it (turned writing, line breaks)."""
    last = re.split(r"[/\\]", name or "")[-1]
    last = "".join(sign for sign in last if sign.isprintable()).strip(". ")
    if not last:
        raise InputError("附件没有文件名，请重新选择文件。")
    stem, dot, ending = last.rpartition(".")
    return last if len(last) <= LONGEST_NAME else stem[: LONGEST_NAME - len(ending) - 1] + dot + ending


def _media_type(name: str, content: bytes) -> str:
    if not content:
        raise InputError(f"附件“{name}”是空文件。")
    if len(content) > LARGEST:
        raise InputError(f"附件“{name}”有 {len(content) / 1024 / 1024:.1f} MB，超过 5 MB。请压缩或节选后再传。")
    media_type = TYPES.get("." + name.rpartition(".")[2].lower())
    if media_type is None:
        raise InputError(f"附件“{name}”的类型不接受。可传 PDF、PNG、JPEG、DOCX、XLSX。")
    if not (_is_office(content, PARTS[media_type]) if media_type in PARTS else content.startswith(STARTS[media_type])):
        raise InputError(f"附件“{name}”的内容与扩展名不符，或文件已损坏。请另存后再传。")
    return media_type


def _is_office(content: bytes, part: str) -> bool:
    """Whether it is an Office file with this part and without macros. Only its list of parts is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, ValueError):  # a list of parts made by hand
        return False
    return {"[Content_Types].xml", part} <= names and not any(
        name.lower().endswith(".bin") for name in names if "vba" in name.lower()
    )
