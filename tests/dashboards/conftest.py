"""A site on an empty store, without a server: what tests of the guard and the frame ask."""

import shutil

import pytest

from dashboards.app import create_app
from data_access.engine import make_engine
from settings import Settings


@pytest.fixture
def app(migrated_sqlite, tmp_path):
    """The internal site on a store with all tables and no rows."""
    shutil.copy(migrated_sqlite, tmp_path / "kangtu.db")
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'kangtu.db'}", data_folder=tmp_path)
    engine = make_engine(settings.database_url)
    yield create_app(settings, engine)
    engine.dispose()


@pytest.fixture
def client(app):
    """Asks the site as this machine's browser does."""
    return app.server.test_client()
