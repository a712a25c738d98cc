"""What load-demo does, step by step; each step goes through the functions that real files go through."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path

from sqlalchemy import Engine

from data_access.accounts import add_demo_account, any_real
from data_access.engine import writing
from data_access.errors import InputError
from data_access.national_outlines import REVIEW_NUMBER, SOURCE
from data_access.submissions import OFFICE_TIME, read_submissions
from demo import roads
from demo.generator import SEED, DemoFile, write_files
from demo.ordos_boundaries import CELLS_SOURCE
from workflows import packs
from workflows.backtest_job import keep_backtest
from workflows.boundaries import import_boundaries
from workflows.display_geometry import write_display_geometry
from workflows.importing import import_file
from workflows.judging import judge_plan
from workflows.roads import import_roads

Say = Callable[[str], None]
BOUNDARY_OPTIONS = {
    "boundaries": {"source": SOURCE, "review_number": REVIEW_NUMBER, "illustrative": False},
    "cells": {"source": CELLS_SOURCE, "review_number": "", "illustrative": True},
}


# login name, role, Chinese, English, where the person is limited to
PEOPLE = (
    ("demo-leader", "leader", "领导小组", "Leading group", ()),
    ("demo-planner", "planner", "规划人员", "Planner", ()),
    ("demo-analyst-a", "analyst", "分析员甲", "Analyst A", ()),
    ("demo-analyst-b", "analyst", "分析员乙", "Analyst B", ()),
    ("demo-reporter", "reporter", "填报人员（达拉特旗）", "Reporter (Dalad)", ("150621",)),
    ("demo-administrator", "administrator", "管理员", "Administrator", ()),
)


def add_people(engine: Engine, say: Say) -> None:
    """The identities a visitor of the demo may act as; none where somebody real has an account already."""
    with writing(engine) as connection:
        if any_real(connection):
            return
        added = sum(add_demo_account(connection, *person) for person in PEOPLE)
    say(f"演示身份 {added} 个已建立，可在页面右上角切换（免口令，仅限本机）。")


def load_plans(engine: Engine, today: date, say: Say) -> None:
    """The thirteen plan packs."""
    report = packs.load_plans(engine, today=today)
    say(f"方案包 {len(report.counts)} 个已载入。")


def import_files(engine: Engine, folder: Path, today: date, say: Say) -> None:
    """Generate the demo's files into folder and import them in order. Raises InputError if one is refused."""
    files = write_files(folder, today=today)
    say(f"已生成 {len(files)} 份演示文件。")
    for file in files:
        received_at = _received_at(engine, file)
        if file.kind in BOUNDARY_OPTIONS:
            _import_boundaries(engine, file, received_at, say)
        else:
            _import_rows(engine, file, received_at, today, say)


def _received_at(engine: Engine, file: DemoFile) -> datetime | None:
    """The morning of the file's own day, so that the ledger has a past; now, where something newer has come already."""
    moment = datetime.combine(file.received_on, time(9), OFFICE_TIME).astimezone(UTC)
    newest = read_submissions(engine)["received_at"].max()
    return moment if newest != newest or newest <= moment else None


def _import_boundaries(engine: Engine, file: DemoFile, received_at: datetime | None, say: Say) -> None:
    done = import_boundaries(
        engine,
        file.path,
        datum="CGCS2000",
        received_from=file.received_from,
        received_at=received_at,
        is_demo=file.kind == "cells",  # the banners' outlines are real
        **BOUNDARY_OPTIONS[file.kind],
    )
    say(f"{file.path.name}：{done.rows_read} 个边界")


def _import_rows(engine: Engine, file: DemoFile, received_at: datetime | None, today: date, say: Say) -> None:
    report = import_file(
        engine,
        file.kind,
        file.path,
        received_from=file.received_from,
        received_at=received_at,
        is_demo=True,
        today=today,
    )
    if not report.ok:
        raise InputError("\n".join(report.lines()))
    say(f"{file.path.name}：{report.rows_read:,} 行")


def add_roads(engine: Engine, folder: Path, data_folder: Path, today: date, say: Say) -> None:
    """The synthetic road network, through the import that real ones go through."""
    path = folder / "演示-路网.geojson"
    path.write_bytes(roads.as_geojson(roads.network(SEED)))
    file = DemoFile("roads", path, today, "演示数据生成器")
    done = import_roads(
        engine,
        path,
        datum="CGCS2000",
        source=roads.SOURCE,
        received_from=file.received_from,
        data_folder=data_folder,
        received_at=_received_at(engine, file),
        is_demo=True,
    )
    if done.about:
        say(f"{path.name}：{done.about['lines']} 条道路，{done.about['length_km']:,.0f} 公里")


def draw(engine: Engine, folder: Path, say: Say) -> None:
    """The map's geometry files."""
    manifest = write_display_geometry(engine, folder)
    say(f"地图图形 {len(manifest['layers'])} 份已写入 {folder}。")


def judge(engine: Engine, plan_id: str, as_of: date, say: Say) -> None:
    """The plan's marks as of a day."""
    facts = judge_plan(engine, plan_id, as_of=as_of)
    say(f"{plan_id} 截至 {as_of.isoformat()} 已评判（第 {facts['run_id']} 次）。")


def test_past_years(engine: Engine, plan_id: str, as_of: date, say: Say) -> None:
    """The plan's back-test, kept for its page."""
    kept = keep_backtest(engine, plan_id, as_of=as_of)
    say(f"{plan_id} 以往各年的预测已回测：{kept['forecasts']:,} 个。")
