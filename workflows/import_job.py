"""The job that imports a file somebody sent through the site: first checked, then, when they say so, stored."""

from pathlib import Path

from data_access.errors import InputError
from workflows.display_geometry import write_display_geometry
from workflows.importing import DRAWN, import_file
from workflows.jobs import JobContext

UPLOADS = "uploads"  # the folder beside the map's geometry where sent files wait
PROBLEMS = ".problems.csv"


def uploads_folder(data_folder: Path) -> Path:
    """Where sent files wait; made when it is not there."""
    folder = data_folder / UPLOADS
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def run_import_job(context: JobContext) -> dict:
    """parameters: kind, stored (name of the file in the folder of uploads), file_name, dry_run, accept_good_rows, may_certify.

    Gives the import's report. The owner's areas bound what the file may hold. Raises InputError where the file is gone or
    cannot be opened.
    """
    asked = context.parameters
    path = uploads_folder(context.settings.data_folder) / Path(asked["stored"]).name
    if not path.exists():
        raise InputError("上传的文件已不在服务器上，请重新上传。")
    report = import_file(
        context.engine,
        asked["kind"],
        path,
        file_name=asked["file_name"],
        received_from=context.owner,
        accept_good_rows=asked["accept_good_rows"],
        dry_run=asked["dry_run"],
        problems_csv=path.with_name(path.name + PROBLEMS),
        progress=context.progress.report,
        area_ids=context.scope,
        may_certify=asked.get("may_certify", False),
    )
    if report.outcome == "stored" and asked["kind"] in DRAWN:
        write_display_geometry(context.engine, context.settings.data_folder / "geo")
    if report.outcome in ("stored", "same_file"):
        path.unlink(missing_ok=True)
    return report.as_dict()
