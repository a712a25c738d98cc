"""The job that checks or stores a layer somebody sent through the site: boundaries or roads."""

from pathlib import Path

from data_access.errors import InputError
from workflows.boundaries import import_boundaries
from workflows.display_geometry import write_display_geometry
from workflows.import_job import uploads_folder
from workflows.jobs import JobContext
from workflows.roads import import_roads

BOUNDARIES, ROADS = "boundaries", "roads"


def run_layer_job(context: JobContext) -> dict:
    """parameters: kind (BOUNDARIES or ROADS), stored (name of the file in the folder of uploads), file_name, datum, source,
    review_number, speed_kmh (or None), dry_run.

    Gives outcome (checked, stored, same_file), rows, notes (in Chinese). Raises InputError with every fault; nothing is
    written then. A layer counts everywhere: whoever is limited to some areas may not bring one.
    """
    asked = context.parameters
    if context.scope:
        raise InputError("边界和路网影响所有地区，只有不限地区的账号可以导入。")
    path = uploads_folder(context.settings.data_folder) / Path(asked["stored"]).name
    if not path.exists():
        raise InputError("上传的文件已不在服务器上，请重新上传。")
    outcome = (_roads if asked["kind"] == ROADS else _boundaries)(context, path)
    if outcome["outcome"] != "checked":
        path.unlink(missing_ok=True)
    return {**outcome, "kind": asked["kind"], "file_name": asked["file_name"], "source": asked["source"]}


def _roads(context: JobContext, path: Path) -> dict:
    asked = context.parameters
    done = import_roads(
        context.engine,
        path,
        datum=asked["datum"],
        source=asked["source"],
        received_from=context.owner,
        data_folder=context.settings.data_folder,
        speed_kmh=asked["speed_kmh"],
        file_name=asked["file_name"],
        dry_run=asked["dry_run"],
        progress=context.progress.report,
    )
    rows = done.about.get("lines", 0)
    return {"outcome": _outcome(done, asked), "rows": rows, "notes": list(done.notes), "number": done.submission_id}


def _boundaries(context: JobContext, path: Path) -> dict:
    asked = context.parameters
    context.progress.report(0.1, "读取并核对边界")
    done = import_boundaries(
        context.engine,
        path,
        datum=asked["datum"],
        source=asked["source"],
        received_from=context.owner,
        review_number=asked["review_number"],
        file_name=asked["file_name"],
        dry_run=asked["dry_run"],
    )
    if done.submission_id is not None:
        context.progress.report(0.8, "绘制地图图形")
        write_display_geometry(context.engine, context.settings.data_folder / "geo")
    notes = list(done.notes)
    return {"outcome": _outcome(done, asked), "rows": done.rows_read, "notes": notes, "number": done.submission_id}


def _outcome(done, asked) -> str:
    if done.already_imported:
        return "same_file"
    return "checked" if asked["dry_run"] else "stored"
