from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from data_access.engine import make_engine, writing


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


def test_a_failed_write_leaves_nothing(engine):
    insert = text(
        "INSERT INTO plans (plan_id, name_zh, name_en, place_zh, place_en, admin_level, kind) "
        "VALUES ('p', '计划', 'Plan', '某地', 'Somewhere', 'county', 'programme')"
    )
    with pytest.raises(ZeroDivisionError), writing(engine) as connection:
        connection.execute(insert)
        raise ZeroDivisionError

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM plans")) == 0


def test_an_area_below_an_unknown_parent_is_refused(engine):
    insert = text(
        "INSERT INTO areas (area_id, level, parent_id, name_zh, is_unit) "
        "VALUES ('150602', 'county', '150600', '东胜区', :yes)"
    )
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(insert, {"yes": True})


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
