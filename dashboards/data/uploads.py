"""What people send through the site: kinds and templates, files that wait, their reports, and what may be taken back."""

import tempfile
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import pandas as pd

from dashboards.access import current_user, may
from dashboards.data.store import _store, data_folder, engine
from data_access import jobs as stored_jobs
from data_access import submissions
from data_access.errors import InputError
from data_access.kinds import KINDS
from data_access.submissions import DERIVED, office_today
from workflows.import_job import PROBLEMS, uploads_folder
from workflows.importing import UNIT_RULES, read_known, undo_import
from workflows.jobs import Jobs, run_job
from workflows.templates import write_template

KIND = "import"  # of the job
INLINE_BYTES = 100_000  # a smaller file is worked on while its sender waits; a month of every programme is larger
KEPT_DAYS = 7
MINE = 30
SUFFIXES = (".csv", ".txt", ".xlsx")
LONGEST_NAME = 120


def upload_kinds() -> dict[str, str]:
    """Kind -> Chinese name, of those the reader may send: who is limited to some areas sends what lies in areas."""
    kinds = KINDS.values()
    if current_user().area_ids:
        kinds = [kind for kind in kinds if kind.name != "programmes" and _lies_in_areas(kind)]
    return {kind.name: kind.label for kind in kinds}


def _lies_in_areas(kind) -> bool:
    """Whether the checks of the kind hold its rows against the sender's areas; a report lies where its task does."""
    in_areas = any(column.name == "area_id" and column.grammar == "area" for column in kind.columns)
    return in_areas or kind.name == "task_reports"


def upload_columns(kind: str) -> list[tuple[str, bool, str]]:
    """Of a kind's columns: Chinese label, whether it must be filled, what to fill in."""
    return [(column.label, column.required, column.help) for column in KINDS[kind].columns if column.name != "row_mark"]


def template_file(kind: str) -> bytes:
    """The empty workbook of a kind, its lists filled with what the reader may write about."""
    known = read_known(engine(), office_today(), current_user().area_ids)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template(path, KINDS[kind], known, UNIT_RULES)
        return path.read_bytes()


def receive_upload(stream: IO[bytes], kind: str, file_name: str) -> str:
    """Keep a sent file, check it (now where it is small, else as a job) and give the job's id.

    Raises InputError for a kind the reader may not send, and for a file of another ending.
    """
    if kind not in upload_kinds():
        raise InputError("您不能上报这一种数据。请另选种类。")
    name = Path(file_name.replace("\\", "/")).name[-LONGEST_NAME:] or "file"
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(f"“{name}”不是 .xlsx 或 .csv 文件。请另存为其中一种后再上传。")
    folder = uploads_folder(data_folder())
    _forget_old(folder)
    stored = f"{uuid4()}{suffix}"
    with (folder / stored).open("wb") as file:
        while block := stream.read(1 << 20):
            file.write(block)
    return _ask(
        {
            "kind": kind,
            "stored": stored,
            "file_name": name,
            "dry_run": True,
            "accept_good_rows": False,
            "may_certify": may("certify figures"),
        }
    )


def _forget_old(folder: Path) -> None:
    oldest = datetime.now().timestamp() - KEPT_DAYS * 86_400
    for path in folder.iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def _ask(asked: dict[str, Any]) -> str:
    """Make the job and, where the file is small, do it."""
    user = current_user()
    path = uploads_folder(data_folder()) / asked["stored"]
    if path.exists() and path.stat().st_size > INLINE_BYTES:
        return _jobs().submit(KIND, user.name, user.scope, asked)
    job_id = stored_jobs.create(engine(), KIND, owner=user.name, scope=user.scope, parameters=asked)
    run_job(engine(), _store["settings"], job_id)
    return job_id


def _jobs() -> Jobs:
    if "jobs" not in _store:
        _store["jobs"] = Jobs(engine(), _store["settings"])
    return _store["jobs"]


def import_upload(job_id: str, *, accept_good_rows: bool) -> str:
    """Store what a check of the reader's own found good; gives the new job's id. Raises InputError where there is none."""
    job = upload_job(job_id)
    if job is None or job["state"] != "done" or job["kind"] != KIND:
        raise InputError("没有可以导入的文件。请重新上传。")
    if job["parameters"]["kind"] not in upload_kinds():
        raise InputError("您不能上报这一种数据。请另选种类。")
    return _ask(
        {
            **job["parameters"],
            "dry_run": False,
            "accept_good_rows": accept_good_rows,
            "may_certify": may("certify figures"),
        }
    )


def cancel_upload(job_id: str) -> None:
    """Ask for a check or an import of the reader's own to end; nothing of it is stored. Raises InputError where it is over."""
    if upload_job(job_id) is None or not stored_jobs.cancel(engine(), job_id, owner=current_user().name):
        raise InputError("没有正在进行的导入，可能已经完成。请刷新页面查看结果。")


def upload_job(job_id: str | None) -> dict[str, Any] | None:
    """The reader's own job with its parameters and report; None where it is unknown or somebody else's."""
    job = stored_jobs.read_job(engine(), job_id, owner=current_user().name) if job_id else None
    return job if job is not None and job["kind"] == KIND else None


def problems_file(job_id: str) -> bytes | None:
    """Every problem of a file the reader sent, as CSV; None where there is none (any more)."""
    job = upload_job(job_id)
    if job is None:
        return None
    path = uploads_folder(data_folder()) / (Path(job["parameters"]["stored"]).name + PROBLEMS)
    return path.read_bytes() if path.exists() else None


def my_submissions() -> pd.DataFrame:
    """What the reader sent, newest first: data_access.submissions.SUBMISSIONS."""
    sent = submissions.read_submissions(engine())
    return sent[(sent["received_from"] == current_user().name) & ~sent["kind"].isin(["undo", DERIVED])].head(MINE)


def undo_submission(submission_id: int, *, allowed: Collection[int]) -> int:
    """Take back one import; gives the rows touched. allowed: those the reader may take back; InputError for others."""
    if submission_id not in allowed:
        raise InputError(f"第 {submission_id} 号不能由您撤回：不是您的导入，或已经撤回。")
    folder = data_folder() / "geo"
    return undo_import(engine(), submission_id, received_from=current_user().name, geometry_folder=folder).rows


def label_of_kind(kind: str) -> str:
    """The Chinese name of a kind."""
    return KINDS[kind].label if kind in KINDS else kind


def current_scope() -> tuple[str, ...]:
    """The areas the reader is limited to; none for everywhere."""
    return current_user().scope
