from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from data_access.engine import make_engine, writing
from data_access.errors import InputError
from data_access.tables import areas


def pragma(engine, name):
    with engine.connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_sqlite_is_opened_so_that_nothing_acknowledged_is_lost(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/new/folder/kangtu.db")

    assert pragma(engine, "journal_mode") == "wal"
    assert pragma(engine, "synchronous") == 2  # FULL
    assert pragma(engine, "foreign_keys") == 1
    assert pragma(engine, "trusted_schema") == 0
    assert pragma(engine, "busy_timeout") == 30_000


def test_a_database_of_another_make_is_refused_by_name():
    with pytest.raises(ValueError, match="mysql"):
        make_engine("mysql://localhost/kangtu")


@pytest.mark.parametrize("address", ["", "nonsense", "postgresql://clerk:secret@host:notaport/x"])
def test_what_is_no_address_of_a_database_is_refused_without_repeating_it(address):
    with pytest.raises(InputError, match="KANGTU_DATABASE_URL") as refused:
        make_engine(address)

    assert "secret" not in str(refused.value)


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path):
    (tmp_path / "notes.db").write_text("no database" * 100)

    with pytest.raises(InputError, match="不是数据库"), make_engine(f"sqlite:///{tmp_path}/notes.db").connect():
        pass


def test_a_database_that_cannot_be_reached_is_named_without_its_password():
    engine = make_engine("postgresql://clerk:secret@127.0.0.1:1/kangtu")

    with pytest.raises(InputError, match=r"127\.0\.0\.1") as refused, engine.connect():
        pass
    assert "secret" not in str(refused.value)


def test_a_database_that_somebody_else_is_writing_to_is_said_to_be_busy(tmp_path):
    first, second = (make_engine(f"sqlite:///{tmp_path}/kangtu.db") for _ in range(2))
    with writing(first), second.connect() as waiting:
        waiting.connection.driver_connection.execute("PRAGMA busy_timeout = 0")
        waiting.execution_options(kangtu_writes=True)
        with pytest.raises(InputError, match="正在写入"):
            waiting.begin()


def test_a_failed_write_leaves_nothing(engine):
    row = {"area_id": "150600", "level": "prefecture", "name_zh": "鄂尔多斯市"}
    with pytest.raises(ZeroDivisionError), writing(engine) as connection:
        connection.execute(insert(areas).values(row))
        raise ZeroDivisionError

    with engine.connect() as connection:
        assert connection.execute(select(areas)).all() == []


def test_an_area_below_an_unknown_parent_is_refused(engine):
    row = {"area_id": "150602", "level": "county", "parent_id": "150600", "name_zh": "东胜区"}
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(insert(areas).values(row))


def test_writers_that_read_first_wait_for_each_other(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/kangtu.db")
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE counter (n INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))

    def count_up(_):
        with writing(engine) as connection:
            n = connection.scalar(text("SELECT n FROM counter"))
            connection.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count_up, range(40)))

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT n FROM counter")) == 40


def test_every_write_says_from_the_start_that_it_writes():
    root = Path(__file__).parents[2]
    files = [
        path for folder in ("data_access", "workflows", "dashboards", "demo") for path in (root / folder).rglob("*.py")
    ]

    assert [path.name for path in files if "engine.begin()" in path.read_text(encoding="utf-8")] == []
