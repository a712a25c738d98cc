"""manage.py load-demo: Ordos with its real plan and SYNTHETIC figures, brought in as anybody's files are."""

import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, select

from data_access.engine import make_engine
from data_access.schema import is_current, upgrade
from data_access.tables import submissions
from settings import Settings

TODAY = date(2026, 11, 15)  # the demo's day: its figures end in the third quarter of 2026
LAST_YEAR = date(2025, 11, 15)  # the review before, on what was known then: the meeting asks what was promised
PLAN = "ordos-2030"
LAST_FILE = "演示-健康细胞.csv"  # when it stands, the whole demo does
Say = Callable[[str], None]


def add_arguments(command: str, parser: ArgumentParser) -> None:
    parser.add_argument(
        "--as-of", type=date.fromisoformat, default=TODAY, help=f"judge as of this day (default {TODAY.isoformat()})"
    )


def run(command: str, arguments: Namespace, settings: Settings) -> None:
    load_demo(make_engine(settings.database_url), settings.data_folder, as_of=arguments.as_of, say=_print)


def _print(line: str) -> None:
    print(line, flush=True)


def load_demo(engine: Engine, data_folder: Path, *, as_of: date = TODAY, say: Say = _print) -> bool:
    """Make the database, load the thirteen plans, Ordos and its synthetic figures, draw and judge.

    Returns False where the demo is there already. An interrupted load is taken up where it stopped: files that were
    stored are recognised. Raises InputError when a demo file does not pass its own import, which is a fault of ours.
    """
    if is_current(engine) and _is_loaded(engine):
        say("演示数据已在库中，未作改动。")
        return False
    started = time.monotonic()
    # imported here: the answer "it is there" must not wait for geometry and forecasting to be loaded
    from workflows import demo_adjustments, demo_steps

    upgrade(engine)
    say("数据库已就绪。")
    demo_steps.load_plans(engine, TODAY, say)
    with tempfile.TemporaryDirectory(prefix="kangtu-demo-") as folder:
        demo_steps.import_files(engine, Path(folder), TODAY, say)
        demo_steps.add_roads(engine, Path(folder), data_folder, TODAY, say)
    demo_steps.add_people(engine, say)
    demo_steps.draw(engine, data_folder / "geo", say)
    if as_of > LAST_YEAR:
        demo_steps.judge(engine, PLAN, LAST_YEAR, say)
        demo_adjustments.add_past(engine, PLAN, LAST_YEAR, say)
    demo_steps.judge(engine, PLAN, as_of, say)
    if as_of > LAST_YEAR:
        demo_adjustments.add_present(engine, PLAN, as_of, say)
        demo_steps.judge(engine, PLAN, as_of, say)
    demo_steps.test_past_years(engine, PLAN, as_of, say)
    say(
        f"演示数据已载入，用时 {time.monotonic() - started:.0f} 秒。所有指标、机构和健康细胞均为虚构（演示数据 DEMO DATA）。"
    )
    return True


def _is_loaded(engine: Engine) -> bool:
    query = select(submissions.c.submission_id).where(
        submissions.c.file_name == LAST_FILE, submissions.c.is_demo, submissions.c.undone_by.is_(None)
    )
    with engine.connect() as connection:
        return connection.execute(query.limit(1)).first() is not None
