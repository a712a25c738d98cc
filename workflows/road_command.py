"""The command `import roads FILE --datum DATUM --source TEXT`: a road network into the data folder, with its record."""

import json
from argparse import Namespace

from sqlalchemy import Engine

from data_access.errors import InputError
from settings import Settings
from workflows.roads import KIND, import_roads

__all__ = ["KIND", "import_road_file"]


def import_road_file(engine: Engine, arguments: Namespace, settings: Settings) -> int:
    """Check and keep the file, print what was found. Raises InputError with every fault; nothing is written then."""
    if not arguments.datum:
        raise InputError("请用 --datum 说明路网的坐标基准：CGCS2000、WGS-84、GCJ-02（高德、腾讯）或 BD-09（百度）。")
    done = import_roads(
        engine,
        arguments.file,
        datum=arguments.datum,
        source=arguments.source or "",
        speed_kmh=arguments.speed_kmh,
        received_from=arguments.received_from,
        data_folder=settings.data_folder,
        dry_run=arguments.dry_run,
    )
    if arguments.json:
        outcome = "same_file" if done.already_imported else "checked" if done.submission_id is None else "stored"
        found = {name: value for name, value in done.about.items() if name != "notes"}
        shown = {"outcome": outcome, "submission_id": done.submission_id, **found, "notes": list(done.notes)}
        print(json.dumps(shown, ensure_ascii=False))
        return 0
    ends = [] if done.submission_id is None else [f"已导入路网（第 {done.submission_id} 号）。"]
    checked = ["核对通过，没有写入（--dry-run）。"] if arguments.dry_run and not done.already_imported else []
    print("\n".join([*done.notes, *ends, *checked]))
    return 0
