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
    delivery_tables,
    forecast_tables,
    siting_tables,
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
    """Whether the database has the tables this version needs."""
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_heads()
    return set(present) == set(ScriptDirectory.from_config(_config()).get_heads())


def refuse_outdated(engine: Engine) -> None:
    """Raise InputError, with the way out, where the database has not the tables this version needs."""
    if not is_current(engine):
        raise InputError("数据库尚未建立或版本过旧。请先运行 manage.py init-db（演示数据：manage.py load-demo）。")


def write_revision(engine: Engine, message: str) -> None:
    """For developers: write the migration that leads from this database's tables to those of tables.py."""
    with engine.connect() as connection:
        command.revision(_config(connection), message=message, autogenerate=True)
