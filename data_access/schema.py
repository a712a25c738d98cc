"""Bringing a database up to the tables this version needs."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from data_access import (  # noqa: F401  each adds its tables to the metadata
    account_tables,
    adjustment_tables,
    backtest_tables,
    delivery_tables,
    forecast_tables,
    siting_tables,
    summary_tables,
    task_tables,
)
from data_access.engine import writing
from data_access.errors import InputError
from data_access.tables import metadata

MIGRATIONS = Path(__file__).parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine) -> None:
    """Make the tables, or bring them up to date, in one transaction. A database that is up to date stays untouched.

    Raises InputError where the database is not ours to change.
    """
    with writing(engine) as connection:
        _refuse_foreign_tables(connection)
        command.upgrade(_config(connection), "head")
        _refuse_what_is_missing(connection)


def _refuse_foreign_tables(connection: Connection) -> None:
    """Raise InputError for a database of a newer version, and for one whose tables somebody else made."""
    present = set(MigrationContext.configure(connection).get_current_heads())
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if present - known:
        raise InputError("数据库由更新的版本建立，本版本不认识。请升级程序，或换一个数据库（KANGTU_DATABASE_URL）。")
    taken = sorted(set(inspect(connection).get_table_names()) & set(metadata.tables))
    if taken and not present:
        raise InputError(
            f"数据库里已有同名的表（{'、'.join(taken[:5])}），不是本程序建立的。请换一个空的数据库（KANGTU_DATABASE_URL）。"
        )


def is_current(engine: Engine) -> bool:
    """Whether the database has the tables and columns this version needs."""
    return _has_newest_revision(engine) and not missing(engine)


def _has_newest_revision(engine: Engine) -> bool:
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_heads()
    return set(present) == set(ScriptDirectory.from_config(_config()).get_heads())


def missing(engine: Engine | Connection) -> list[str]:
    """The tables and columns this version needs and the database has not: ["areas.seat_lon", "forecasts"].

    The number of a revision tells only that one of that number was run, not what stood in it at the time.
    """
    if isinstance(engine, Engine):
        with engine.connect() as connection:
            return missing(connection)
    present = inspect(engine).get_multi_columns()
    columns = {table: {column["name"] for column in listed} for (_schema, table), listed in present.items()}
    lacking = []
    for table in metadata.sorted_tables:
        if table.name not in columns:
            lacking.append(table.name)
        else:
            lacking += [f"{table.name}.{one.name}" for one in table.columns if one.name not in columns[table.name]]
    return sorted(lacking)


def refuse_outdated(engine: Engine) -> None:
    """Raise InputError, with the way out, where the database has not the tables and columns this version needs."""
    if not _has_newest_revision(engine):
        raise InputError(
            "数据库尚未建立，或版本过旧。请先运行：python manage.py init-db（演示数据：python manage.py load-demo）。\n"
            "The database is missing or out of date. Run: python manage.py init-db (or load-demo for the demo)."
        )
    _refuse_what_is_missing(engine)


def _refuse_what_is_missing(engine: Engine | Connection) -> None:
    lacking = missing(engine)
    if lacking:
        shown = "、".join(lacking[:5]) + ("等" if len(lacking) > 5 else "")
        raise InputError(
            f"数据库的版本号是最新的，却缺少 {len(lacking)} 个表或列（{shown}）：它由本版本定稿前的程序建立。"
            "请换一个新的数据库（KANGTU_DATABASE_URL）运行 init-db 后重新导入；演示库可删去后重新 load-demo。\n"
            "The database was made by an unfinished state of this version and lacks tables or columns: start a new one."
        )


def write_revision(engine: Engine, message: str) -> None:
    """For developers: write the migration that leads from this database's tables to those of tables.py."""
    with engine.connect() as connection:
        command.revision(_config(connection), message=message, autogenerate=True)
