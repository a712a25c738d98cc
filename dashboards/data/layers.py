"""Boundaries and road networks that people send through the site: checked first, stored when they say so, taken back."""

from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import pandas as pd

from dashboards.access import current_user
from dashboards.data.store import _store, data_folder, engine
from data_access import jobs as stored_jobs
from data_access import submissions
from data_access.errors import InputError
from geo.datum import DATUMS
from workflows.import_job import uploads_folder
from workflows.importing import undo_import
from workflows.jobs import Jobs, run_job
from workflows.layer_files import LARGEST_FILE_BYTES, SUFFIXES
from workflows.layer_job import BOUNDARIES, ROADS

__all__ = ["BOUNDARIES", "DATUMS", "LARGEST_FILE_BYTES", "ROADS", "SUFFIXES", "InputError"]

JOB = "layer"
INLINE_BYTES = 1_000_000  # a smaller file is checked while its sender waits
LONGEST_NAME = 120
SENT = (".geojson", ".json", ".gpkg", ".zip", ".parquet", ".geoparquet")  # a .shp alone lacks its companions


def may_bring_layers() -> bool:
    """Whether the reader may: a layer counts everywhere, so nobody who is limited to some areas."""
    return not current_user().area_ids


def receive_layer(stream: IO[bytes], file_name: str, asked: dict[str, Any]) -> str:
    """Keep a sent file, check it (now where it is small, else as a job) and give the job's id.

    asked: kind, datum, source, review_number, speed_kmh. Raises InputError for who may not, and for a file of another ending.
    """
    if not may_bring_layers():
        raise InputError("边界和路网影响所有地区，只有不限地区的账号可以导入。")
    name = Path(file_name.replace("\\", "/")).name[-LONGEST_NAME:] or "file"
    suffix = Path(name).suffix.lower()
    if suffix not in SENT:
        raise InputError(
            f"“{name}”不能读取。请提供 GeoJSON、GeoPackage（.gpkg）、GeoParquet（.parquet），"
            "或把 Shapefile 的 .shp .shx .dbf .prj 压缩成一个 .zip。"
        )
    stored = f"{uuid4()}{suffix}"
    path = uploads_folder(data_folder()) / stored
    with path.open("wb") as file:
        while block := stream.read(1 << 20):
            file.write(block)
    return _ask({**asked, "stored": stored, "file_name": name, "dry_run": True})


def _ask(asked: dict[str, Any]) -> str:
    """Make the job and, where the file is small, do it."""
    user = current_user()
    path = uploads_folder(data_folder()) / asked["stored"]
    if path.exists() and path.stat().st_size > INLINE_BYTES:
        return Jobs(engine(), _store["settings"]).submit(JOB, user.name, user.scope, asked)
    job_id = stored_jobs.create(engine(), JOB, owner=user.name, scope=user.scope, parameters=asked)
    run_job(engine(), _store["settings"], job_id)
    return job_id


def store_layer(job_id: str) -> str:
    """Store what a check of the reader's own found good; gives the new job's id."""
    job = layer_job(job_id)
    if job is None or job["state"] != "done" or job["result"]["outcome"] != "checked":
        raise InputError("没有可以导入的文件。请重新上传。")
    return _ask({**job["parameters"], "dry_run": False})


def layer_job(job_id: str | None) -> dict[str, Any] | None:
    """The reader's own job; None where it is unknown or somebody else's."""
    job = stored_jobs.read_job(engine(), job_id, owner=current_user().name) if job_id else None
    return job if job is not None and job["kind"] == JOB else None


def layers_sent() -> pd.DataFrame:
    """Every layer that came, newest first: data_access.submissions.SUBMISSIONS."""
    sent = submissions.read_submissions(engine())
    return sent[sent["kind"].isin([BOUNDARIES, ROADS])].reset_index(drop=True)


def undo_layer(submission_id: int) -> int:
    """Take a layer back as a whole; the one before it is in force again. Raises InputError for what is none."""
    if not may_bring_layers() or submission_id not in set(layers_sent()["submission_id"]):
        raise InputError(f"第 {submission_id} 号不是边界或路网，不能在这里撤回。")
    folder = data_folder() / "geo"
    return undo_import(engine(), submission_id, received_from=current_user().name, geometry_folder=folder).rows
