"""What the commands on files write: a table that takes its place whole or not at all, and one JSON document."""

import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from data_access.errors import InputError

MOST_IN_JSON = 5000  # rows of a table in the document; a longer table is in --out only


def check_out(out: Path | None, inputs: Iterable[Path | None], is_json: bool) -> None:
    """Raise InputError where nothing is to be written, where it would overwrite an input, or lie in no folder."""
    if out is None:
        if not is_json:
            raise InputError("请用 --out 指定结果文件，或用 --json 只看结果。")
        return
    if out.resolve() in [path.resolve() for path in inputs if path is not None]:
        raise InputError(f"{out}：结果不能覆盖输入的文件。请换一个文件名。")
    if not out.resolve().parent.is_dir():
        raise InputError(f"{out.resolve().parent}：没有这个文件夹。请先建立，或换一个位置。")


def write_table(frame: pd.DataFrame, out: Path | None, float_format: str | None = None) -> None:
    """The frame as CSV (UTF-8); out None: nothing."""
    if out is not None:
        write_text(frame.to_csv(index=False, float_format=float_format, lineterminator="\n"), out)


def write_text(text: str, out: Path) -> None:
    """A file that is there whole or not at all."""
    handle, draft = tempfile.mkstemp(dir=out.resolve().parent, prefix=".kangtu-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(draft).chmod(0o644)  # mkstemp's 0600 is for secrets
        Path(draft).replace(out)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def number(value):
    """A figure as JSON has it: None for NaN and infinity, a whole number without a point."""
    value = float(value)
    if not np.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def rows(frame: pd.DataFrame) -> list[dict]:
    """The frame's rows as JSON has them; an empty text is None."""
    numeric = {column: pd.api.types.is_numeric_dtype(frame[column]) for column in frame}
    return [
        {column: number(value) if numeric[column] else (value or None) for column, value in row.items()}
        for row in frame.to_dict("records")
    ]


def listed(frame: pd.DataFrame, notes: list[str]) -> list[dict] | None:
    """rows(), or None with a note where the table is too long for the document."""
    if len(frame) <= MOST_IN_JSON:
        return rows(frame)
    notes.append(f"共 {len(frame)} 行，超过 {MOST_IN_JSON} 行，只写入 --out 的文件。")
    return None


def show(found: dict) -> None:
    """One JSON document on stdout."""
    print(json.dumps(found, ensure_ascii=False))


def percent(share: float | None) -> str:
    """0.5 -> 50.00%; a dash for none."""
    return "—" if share is None else f"{share:.2%}"
