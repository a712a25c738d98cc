"""manage.py load-plans: plan packs into the store, all or none."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, Engine

from data_access.engine import make_engine, writing
from data_access.errors import InputError
from data_access.indicators import read_indicators
from data_access.packs import Pack, read_pack, read_registry
from data_access.plan_counts import count_rows
from data_access.plan_writing import write_plan
from data_access.registers import write_register
from data_access.schema import is_current
from data_access.submissions import office_today
from settings import Settings
from workflows.pack_checks import check_pack, check_registry
from workflows.pack_frames import PlanRecord, indicators_frame, plan_record

PACKS = Path(__file__).parents[1] / "packs"
REGISTRY = PACKS / "indicators.csv"


@dataclass
class LoadReport:
    """counts: by plan, COUNTS of what the store now holds. changed: the plans whose pack was not the one loaded."""

    counts: dict[str, dict[str, int]]
    changed: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def built_in_packs() -> list[Path]:
    """The folders of the project's own thirteen plans."""
    return sorted(path.parent for path in PACKS.glob("*/plan.csv"))


def load_plans(engine: Engine, paths: Sequence[Path] = (), *, today: date) -> LoadReport:
    """Check the packs (without paths: the built-in ones), then store the registry of indicators and every pack.

    today: from when changed targets are in force where the pack does not say (revised_on). A pack that is the one
    already stored is left alone. Raises InputError that lists every wrong row; then nothing is written.
    """
    registry, packs = _read(paths)
    indicators = _check(registry, packs, read_indicators(engine))
    records = [plan_record(pack, indicators) for pack in packs]
    with writing(engine) as connection:
        write_register(connection, "indicators", indicators, None)
        changed = [
            record.plan["plan_id"]
            for pack, record in zip(packs, records, strict=True)
            if _write(connection, pack, record, today)
        ]
    plan_ids = [record.plan["plan_id"] for record in records]
    notices = [notice for pack in packs for notice in pack.notices]
    return LoadReport(count_rows(engine, plan_ids), changed, notices)


def _read(paths: Sequence[Path]) -> tuple[Pack, list[Pack]]:
    """The registry and the packs; files that cannot be read at all are reported together."""
    packs, unreadable = [], []
    for path in paths or built_in_packs():
        try:
            packs.append(read_pack(Path(path)))
        except InputError as error:
            unreadable.append(str(error))
    if unreadable:
        raise InputError("\n".join([*unreadable, "所有方案包均未写入。"]))
    return read_registry(REGISTRY), packs


def _check(registry: Pack, packs: list[Pack], stored: pd.DataFrame) -> pd.DataFrame:
    """Check everything; returns the indicators as they will be: stored ones, the registry's, the packs' own."""
    known = stored
    for pack in [registry, *packs]:
        if "indicators" in pack.sheets:
            sheet = pack.sheets["indicators"]
            check_registry(sheet, dict(zip(known.indicator_id, known.unit, strict=True)))
            if not sheet.problems.total:
                own = indicators_frame(sheet.rows)
                known = pd.concat([known[~known.indicator_id.isin(own.indicator_id)], own], ignore_index=True)
    for pack in packs:
        check_pack(pack, known)
    _refuse_same_plan(packs)
    wrong = [pack for pack in [registry, *packs] if pack.problem_count]
    if wrong:
        raise InputError(_all_complaints(wrong))
    return known


def _refuse_same_plan(packs: list[Pack]) -> None:
    seen: dict[str, Pack] = {}
    for pack in packs:
        for plan_id in pack.rows("plan").plan_id.dropna():
            other = seen.setdefault(plan_id, pack)
            if other is not pack:
                what = f"方案编号“{plan_id}”在 {other.name} 中已有"
                row = int(pack.rows("plan")["row"].iloc[0])
                mend = "两个包是同一方案的，只载入一个；否则请改编号"
                pack.sheets["plan"].refuse(row, "plan_id", plan_id, "plan_twice", what, mend)


def _all_complaints(packs: list[Pack]) -> str:
    lines = [line for pack in packs for line in pack.complaints()]
    unlisted = sum(pack.problem_count for pack in packs) - len(lines)
    if unlisted:
        lines.append(f"……另有 {unlisted} 处问题未逐条列出。")
    bad_rows = sum(pack.bad_row_count for pack in packs)  # none where a sheet's header is what is wrong
    lines.append((f"本次共 {bad_rows} 行有误，" if bad_rows else "") + "所有方案包均未写入。")
    return "\n".join(lines)


def _write(connection: Connection, pack: Pack, record: PlanRecord, today: date) -> bool:
    """Whether anything had to be written: not where the very same pack is stored already."""
    plan = pack.rows("plan").iloc[0]
    # A value that changed without a word is taken for a revision of today: so the value before it stays visible.
    revised_on = today if pd.isna(plan.revised_on) else plan.revised_on.date()
    note = None if pd.isna(plan.revision_note) else plan.revision_note
    return write_plan(connection, record.plan, **record.frames, revised_on=revised_on, revision_note=note)


def add_arguments(command: str, parser: ArgumentParser) -> None:
    parser.add_argument(
        "packs", nargs="*", type=Path, metavar="PACK", help="a pack's folder or workbook; none: all built in"
    )
    parser.add_argument("--json", action="store_true", help="by plan the counts of what the database now holds")


def run(command: str, arguments: Namespace, settings: Settings) -> None:
    engine = make_engine(settings.database_url)
    if not is_current(engine):
        raise InputError("数据库还没有建好，或不是本版本的。请先运行 manage.py init-db，再运行 manage.py load-plans。")
    report = load_plans(engine, arguments.packs, today=office_today())
    for notice in report.notices:
        print(notice, file=sys.stderr)
    if arguments.json:
        print(json.dumps(report.counts, ensure_ascii=False, indent=2))
        return
    for plan_id, counts in report.counts.items():
        state = "已载入" if plan_id in report.changed else "没有变化"
        print(
            f"{plan_id}：{state}；行动 {counts['actions']} 项，目标 {counts['targets']} 个（原文 {counts['target_rows']} 行），"
            f"项目 {counts['programmes']}，健康细胞 {counts['health_cells']}，服务标准 {counts['services']}，"
            f"工作任务 {counts['tasks']}"
        )
