"""Opening the database: SQLite and PostgreSQL differ here and nowhere else."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError

from data_access.errors import DatabaseAddressError, DatabaseUnavailable

BUSY_TIMEOUT_MS = 30_000  # a million-row import holds the write lock for some twenty seconds
ADDRESSES = "请写成 sqlite:///文件夹/文件.db 或 postgresql+psycopg://用户:密码@主机/数据库。"
# SQLite's primary result codes that are the place's fault, not the statement's.
SQLITE_FAULTS = {
    sqlite3.SQLITE_BUSY: "别的程序正在写入，等了很久仍未轮到。请稍后再试",
    sqlite3.SQLITE_READONLY: "文件或所在文件夹是只读的。请检查权限",
    sqlite3.SQLITE_IOERR: "读写磁盘出错。请检查磁盘",
    sqlite3.SQLITE_CORRUPT: "文件已损坏。请用备份恢复",
    sqlite3.SQLITE_FULL: "磁盘已满。请腾出空间后再试",
    sqlite3.SQLITE_CANTOPEN: "打不开这个文件。请检查路径和权限",
    sqlite3.SQLITE_NOTADB: "这个文件不是数据库。请检查路径",
}
# Any numbers that nothing else in the database locks.
SUBMISSIONS_LOCK, AUDIT_LOCK, LOG_IN_LOCK = 150600, 150601, 150602
PRAGMAS = (
    "PRAGMA journal_mode = WAL",  # readers and the one writer do not wait for each other
    "PRAGMA synchronous = FULL",  # what was acknowledged survives a power cut
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    "PRAGMA trusted_schema = OFF",
)


def make_engine(url: str) -> Engine:
    """The engine for a database URL: `sqlite:///folder/file.db` (its folder is made) or `postgresql+psycopg://...`.

    Raises DatabaseAddressError for any other database. Its use raises DatabaseUnavailable where the database cannot be
    opened, or can no longer be written to.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # neither is told on: the address may hold a password
        raise DatabaseAddressError(f"KANGTU_DATABASE_URL 不是数据库的地址。{ADDRESSES}") from error
    if parsed.get_backend_name() == "sqlite":
        engine = _make_sqlite_engine(parsed)
    elif parsed.get_backend_name() == "postgresql":
        # pre_ping: without it the first query after a restart of the server fails
        engine = create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    else:
        raise DatabaseAddressError(f"KANGTU_DATABASE_URL：不支持 {parsed.drivername}。{ADDRESSES}")
    event.listen(engine, "handle_error", _say_what_keeps_it_shut)
    return engine


def _say_what_keeps_it_shut(context: ExceptionContext) -> None:
    if context.is_pre_ping:
        return  # a connection gone stale: the pool makes another
    code = getattr(context.original_exception, "sqlite_errorcode", 0) & 0xFF
    if context.connection is not None and code not in SQLITE_FAULTS:
        return
    where = context.engine.url.render_as_string(hide_password=True)
    why = SQLITE_FAULTS.get(code) or f"请检查地址、账号和数据库服务是否在运行（{context.original_exception}）".rstrip()
    raise DatabaseUnavailable(f"数据库 {where} 用不了：{why}。") from context.original_exception


def _make_sqlite_engine(url) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)
    event.listen(engine, "connect", _prepare_sqlite_connection)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite_connection(connection, _record) -> None:
    connection.isolation_level = None  # the driver begins no transaction of its own: _begin_sqlite does
    for pragma in PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another writer came between, whatever the
    # busy timeout; one that says from the start that it will write waits its turn.
    writes = connection.get_execution_options().get("kangtu_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in one transaction that writes: committed at the end, rolled back on any exception.

    Use it for every write; `engine.connect()` is for reading.
    """
    with engine.execution_options(kangtu_writes=True).begin() as connection:
        yield connection


@contextmanager
def writing_on(connection: Connection) -> Iterator[Connection]:
    """The same on a connection one already has (for its temporary tables), between two of its transactions."""
    connection.execution_options(kangtu_writes=True)
    try:
        with connection.begin():
            yield connection
    finally:
        connection.execution_options(kangtu_writes=False)


def wait_for_other_submissions(connection: Connection) -> None:
    """Let submissions come one after the other on PostgreSQL too, until this transaction ends.

    SQLite has one writer anyway. Otherwise a smaller submission_id could appear after a larger one, and two imports
    could both find a figure missing and add it.
    """
    wait_in_line(connection, SUBMISSIONS_LOCK)


def wait_in_line(connection: Connection, lock: int) -> None:
    """Let transactions that name this lock come one after the other on PostgreSQL too: SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({lock:d})")


class DatabaseBusy(Exception):
    """Somebody else is writing, and the caller did not want to wait."""


@contextmanager
def writing_if_free(engine: Engine) -> Iterator[Connection]:
    """As writing, but raises DatabaseBusy at once where SQLite is being written to; PostgreSQL locks rows only."""
    if engine.dialect.name != "sqlite":
        with writing(engine) as connection:
            yield connection
        return
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA busy_timeout = 0")
        try:
            connection.execution_options(kangtu_writes=True).begin()
        except DatabaseUnavailable as error:
            raise DatabaseBusy from error
        finally:
            driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        yield connection
        connection.commit()


def copy_rows(connection: Connection, table: Table, columns: Iterable[str], rows: Iterable[tuple]) -> None:
    """Append many rows as fast as the database takes them; each row has the values of columns, None where missing."""
    columns = list(columns)
    if connection.dialect.name == "postgresql":
        listed = ", ".join(map(connection.dialect.identifier_preparer.quote, columns))  # a column may be called check
        with connection.connection.cursor() as cursor, cursor.copy(f"COPY {table.name} ({listed}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    statement = insert(table).values(dict.fromkeys(columns)).compile(connection, column_keys=columns)
    connection.exec_driver_sql(str(statement), [tuple(row) for row in rows])


def gather_statistics(connection: Connection, table: Table) -> None:
    """Tell PostgreSQL's planner how large a freshly filled table is; it takes an unknown one for nearly empty."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {table.name}")
