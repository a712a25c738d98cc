from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from data_access.engine import make_engine
from data_access.schema import is_current, upgrade
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
