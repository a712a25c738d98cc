import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from data_access.engine import make_engine, writing
from data_access.errors import InputError
from data_access.schema import is_current, refuse_outdated, upgrade
from data_access.tables import metadata


def test_a_new_database_is_not_current_until_it_is_upgraded(blank_database_url):
    engine = make_engine(blank_database_url)

    assert not is_current(engine)
    upgrade(engine)
    assert is_current(engine)
    engine.dispose()


def test_upgrading_twice_changes_nothing(engine):
    upgrade(engine)

    assert is_current(engine)


def test_the_migrations_make_exactly_the_tables_of_tables_py(engine):
    with engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), metadata)

    assert difference == []
    assert set(inspect(engine).get_table_names()) == set(metadata.tables) | {"alembic_version"}


def test_a_database_of_a_newer_version_is_left_alone(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/newer.db")
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('9999')")

    with pytest.raises(InputError, match="更新的版本"):
        upgrade(engine)


def test_tables_that_somebody_else_made_are_left_alone(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/foreign.db")
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE areas (id INTEGER)")

    with pytest.raises(InputError, match=r"同名的表（areas）"):
        upgrade(engine)


def test_a_database_of_an_unfinished_state_of_this_version_is_told_apart_and_named(engine):
    with writing(engine) as connection:
        connection.exec_driver_sql("ALTER TABLE areas DROP COLUMN seat_source")
        connection.exec_driver_sql("DROP TABLE log_in_failures")

    assert not is_current(engine)
    for look in (refuse_outdated, upgrade):
        with pytest.raises(InputError, match=r"缺少 2 个表或列（areas\.seat_source、log_in_failures）"):
            look(engine)
