"""Sites without a server: one on an empty store, one on a small store whose numbers are known."""

import shutil

import pytest

from dashboards.app import create_app
from data_access.engine import make_engine
from settings import Settings
from tests.dashboards import small_store


@pytest.fixture
def empty_store(migrated_sqlite, tmp_path):
    """Settings and engine of a store with all tables and no rows."""
    shutil.copy(migrated_sqlite, tmp_path / "kangtu.db")
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'kangtu.db'}", data_folder=tmp_path)
    engine = make_engine(settings.database_url)
    yield settings, engine
    engine.dispose()


@pytest.fixture
def app(empty_store):
    """The internal site on the empty store."""
    return create_app(*empty_store)


@pytest.fixture
def client(app):
    """Asks the empty site as this machine's browser does."""
    return app.server.test_client()


@pytest.fixture
def small_site(empty_store):
    """Asks the site on the small store of tests/dashboards/small_store.py, marked as synthetic."""
    settings, engine = empty_store
    small_store.fill(engine, is_demo=True)
    return create_app(settings, engine).server.test_client()
