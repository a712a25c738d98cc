"""Commands import, undo-import and template; import_file is the same for the command line, the demo and the site."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Engine

from data_access import imports
from data_access.areas import read_areas, read_descendants
from data_access.engine import make_engine
from data_access.errors import InputError
from data_access.health_cells import read_health_cells
from data_access.imports import Delivery, Progress, Typed, kind_called
from data_access.indicators import read_indicators
from data_access.kinds import CELL_TYPES, KINDS
from data_access.observation_checks import Known, UnitRule
from data_access.plans import read_plan_health_cells, read_plans, read_targets
from data_access.programmes import read_programmes
from data_access.reports import ImportReport
from data_access.schema import is_current
from data_access.submissions import office_today
from data_access.tasks import read_reports, read_tasks
from data_access.undoing import Undone, undo
from geo.datum import to_wgs84
from models.units import UNITS
from settings import Settings
from workflows import deriving, summaries
from workflows.boundaries import import_boundaries
from workflows.display_geometry import write_display_geometry
from workflows.point_checks import points_outside
from workflows.road_command import KIND as ROADS
from workflows.road_command import import_road_file
from workflows.templates import write_template

COMMAND_LINE = "命令行"
DRAWN = ("areas", "boundaries")  # the map's files hold their names, levels and shapes: written anew when they change
# What statistics offices write beside the names in models/units.py.
UNIT_SYNONYMS = {
    "percent": ("百分比", "百分率", "％"),
    "per_1000": ("千分率", "每千人", "/千", "1/1000"),
    "per_10k": ("per_10000", "每万人", "/万", "1/万", "万分率"),
    "per_100k": ("per_100000", "每十万", "每10万人", "/10万", "1/10万", "十万分率"),
    "count": ("个数", "数量", "例", "家"),
    "years": ("年岁", "周岁"),
}
UNIT_RULES: Mapping[str, UnitRule] = {
    slug: UnitRule(
        words=(unit.name_zh, unit.name_en, *UNIT_SYNONYMS.get(slug, ())),
        multiplier=unit.multiplier,
        lower=unit.lower,
        upper=unit.upper,
        decimals=unit.decimals,
    )
    for slug, unit in UNITS.items()
}


def import_file(
    engine: Engine,
    kind: str,
    path: Path | str,
    *,
    file_name: str | None = None,
    received_from: str,
    received_at: datetime | None = None,
    is_demo: bool = False,
    accept_good_rows: bool = False,
    dry_run: bool = False,
    problems_csv: Path | None = None,
    progress: Progress | None = None,
    today: date | None = None,
    area_ids: Collection[str] = (),
    may_certify: bool = True,
    typed: Typed | None = None,
    known: Known | None = None,
) -> ImportReport:
    """Check a file and store all of it or nothing; the report says what is wrong where, and what was written.

    kind: a name of data_access.kinds.KINDS. file_name: what the sender calls it, where path is our own name for it.
    received_at: aware; now where not given. today: decides which years are too late; office_today() where not given.
    progress(share, words): called now and then, share from 0 to 1. area_ids: where the sender may write, with all
    that lies in them; rows outside are refused. None is everywhere. may_certify: whether the sender may say that counts are certified. typed: for a row out of a form.
    known: what read_known gave the caller a moment ago; read anew where not given.
    Raises InputError where the file cannot be opened at all; what is wrong inside it is in the report.
    """
    path, described = Path(path), kind_called(kind)
    delivery = Delivery(
        file_name or path.name, received_from, is_demo, received_at, accept_good_rows, dry_run, problems_csv, typed
    )
    known = replace(known or read_known(engine, today or office_today(), area_ids), may_certify=may_certify)
    report = imports.import_file(
        engine,
        described,
        path,
        known,
        delivery,
        to_wgs84=to_wgs84,
        more_words={"cell_type": _cell_types(engine)} if kind == "health_cells" else None,
        progress=progress,
    )
    if report.outcome == "stored":
        report.notices += deriving.refresh(engine, kind, report.submission_id)
        summaries.refresh(engine, office_today())
    if report.outcome == "stored" and kind in ("facilities", "health_cells"):
        report.notices += points_outside(engine, kind, report.submission_id)
    return report


def read_known(engine: Engine, today: date, area_ids: Collection[str] = ()) -> Known:
    """What the store knows that a file is held against. area_ids: where the sender may write, none for everywhere."""
    plans = read_plans(engine).set_index("plan_id")[["period_start", "period_end"]].dropna()
    used = read_targets(engine)[["indicator_id", "plan_id"]].drop_duplicates().join(plans, on="plan_id", how="inner")
    spans = used.groupby("indicator_id").agg({"period_start": "min", "period_end": "max"})
    plan_years = {row.Index: (int(row.period_start), int(row.period_end)) for row in spans.itertuples()}
    allowed = None
    if area_ids:
        allowed = frozenset().union(*(read_descendants(engine, area_id)["area_id"] for area_id in area_ids))
    return Known(
        read_areas(engine),
        read_indicators(engine),
        UNIT_RULES,
        plan_years,
        today,
        allowed,
        programmes=read_programmes(engine),
        health_cells=read_health_cells(engine),
        tasks=read_tasks(engine),
        task_reports=read_reports(engine),
    )


def _cell_types(engine: Engine) -> dict[str, str]:
    """The types that the plans name, beside the common ones: Chinese name -> slug."""
    named = read_plan_health_cells(engine)
    common = {word for words in CELL_TYPES.values() for word in words}
    return {name: slug for name, slug in zip(named["name_zh"], named["cell_type"], strict=True) if name not in common}


def undo_import(
    engine: Engine, submission_id: int, *, received_from: str, geometry_folder: Path | None = None
) -> Undone:
    """Take one import back as a whole, with what was worked out of it; the map's files are drawn anew where they show it.

    Raises InputError for an unknown import, one already undone, and one that later imports build on.
    """
    followed = deriving.derived_from(engine, submission_id)
    undone = undo(engine, submission_id, received_from=received_from)
    if followed is not None:
        undo(engine, followed, received_from=received_from)
    deriving.refresh(engine, undone.kind, undone.undo_id)
    summaries.refresh(engine, office_today())
    if undone.kind in DRAWN and geometry_folder is not None:
        write_display_geometry(engine, geometry_folder)
    return undone


def add_arguments(command: str, parser: ArgumentParser) -> None:
    if command == "undo-import":
        parser.add_argument("submission_id", metavar="ID", type=int, help="the number the import was given")
    else:
        kinds = [*KINDS, *([ROADS] if command == "import" else [])]
        parser.add_argument("kind", metavar="KIND", choices=kinds, help=", ".join(kinds))
    if command == "template":
        parser.add_argument("--out", metavar="FILE", type=Path, required=True, help=".xlsx or .csv")
        return
    parser.add_argument("--received-from", metavar="NAME", default=COMMAND_LINE, help="who sent the file")
    if command == "import":
        _add_import_arguments(parser)


def _add_import_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help=".xlsx, or .csv in UTF-8 or GB18030")
    parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
    parser.add_argument("--accept-good-rows", action="store_true", help="leave the bad rows out and write the others")
    parser.add_argument("--json", action="store_true", help="the report as one JSON document")
    parser.add_argument("--report", metavar="CSV", type=Path, help="write every problem to this file")
    boundaries = parser.add_argument_group("boundaries (with kind areas) and roads")
    boundaries.add_argument(
        "--boundaries", metavar="FILE", type=Path, help="GeoJSON, GeoPackage, GeoParquet or Shapefile"
    )
    boundaries.add_argument("--datum", metavar="DATUM", help="CGCS2000, WGS-84, GCJ-02 or BD-09")
    boundaries.add_argument("--source", metavar="TEXT", help="where boundaries or roads come from: stands on every map")
    boundaries.add_argument("--review-number", metavar="NUMBER", default="", help="审图号, where there is one")
    boundaries.add_argument("--speed-kmh", type=float, help="of roads that say neither speed nor class")
    boundaries.add_argument("--illustrative", action="store_true", help="示意: no administrative boundaries")


def run(command: str, arguments: Namespace, settings: Settings) -> int:
    if command == "template":
        return _template(arguments, settings)
    engine = make_engine(settings.database_url)
    if not is_current(engine):
        raise InputError("数据库还没有建立或不是最新。请先运行：manage.py init-db")
    if command == "undo-import":
        folder = settings.data_folder / "geo"
        undone = undo_import(
            engine, arguments.submission_id, received_from=arguments.received_from, geometry_folder=folder
        )
        print(f"已撤回第 {arguments.submission_id} 号导入（{undone.kind}），共 {undone.rows:,} 行。")
        return 0
    return _import(engine, arguments, settings)


def _import(engine: Engine, arguments: Namespace, settings: Settings) -> int:
    _check_boundary_arguments(arguments)
    if arguments.kind == ROADS:
        return import_road_file(engine, arguments, settings)
    report = import_file(
        engine,
        arguments.kind,
        arguments.file,
        received_from=arguments.received_from,
        accept_good_rows=arguments.accept_good_rows,
        dry_run=arguments.dry_run,
        problems_csv=arguments.report,
    )
    boundaries = None
    if arguments.boundaries and report.outcome in ("stored", "same_file"):
        boundaries = _import_boundaries(engine, arguments)
    if (report.outcome == "stored" and arguments.kind in DRAWN) or (boundaries and boundaries["submission_id"]):
        write_display_geometry(engine, settings.data_folder / "geo")
    if arguments.json:
        print(json.dumps({**report.as_dict(), "boundaries": boundaries}, ensure_ascii=False))
    else:
        print("\n".join([*report.lines(), *(boundaries["notes"] if boundaries else [])]))
    return 0 if report.ok else 1


def _check_boundary_arguments(arguments: Namespace) -> None:
    if not arguments.boundaries:
        return
    if arguments.kind != "areas":
        raise InputError("--boundaries 只能与 areas 一起使用。")
    if not arguments.datum:
        raise InputError("请用 --datum 说明边界数据的坐标系：CGCS2000、WGS-84、GCJ-02（高德、腾讯）或 BD-09（百度）。")


def _import_boundaries(engine: Engine, arguments: Namespace) -> dict:
    done = import_boundaries(
        engine,
        arguments.boundaries,
        datum=arguments.datum,
        source=arguments.source or "",
        received_from=arguments.received_from,
        review_number=arguments.review_number,
        illustrative=arguments.illustrative,
        dry_run=arguments.dry_run,
    )
    notes = [*done.notes, f"已导入边界（第 {done.submission_id} 号）:{done.rows_read} 个。"][
        : None if done.submission_id else -1
    ]
    return {"submission_id": done.submission_id, "rows_read": done.rows_read, "notes": notes}


def _template(arguments: Namespace, settings: Settings) -> int:
    """The codes of the drop-downs come from the database, where there is one."""
    engine = make_engine(settings.database_url)
    known = read_known(engine, office_today()) if is_current(engine) else None
    write_template(arguments.out, kind_called(arguments.kind), known, UNIT_RULES)
    print(f"已写入 {arguments.out}。请从“填写说明”看起。")
    return 0
