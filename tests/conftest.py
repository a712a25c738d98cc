"""What tests of the store ask for: a database of their own, on SQLite and on PostgreSQL."""

import fcntl
import os
import shutil
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url, text

from data_access.engine import make_engine
from data_access.schema import upgrade

HOW_TO_START = (
    "KANGTU_TEST_POSTGRESQL is not set: this test needs a real PostgreSQL. `make test` starts one; by hand: "
    "tests/with-postgresql.sh pytest ..., or export KANGTU_TEST_POSTGRESQL=$(tests/postgresql.sh start /tmp/pg-test)."
)


# A busy machine is no finding: --timeout bounds a test, not the milliseconds of one example.
settings.register_profile("kangtu", deadline=None)
settings.load_profile("kangtu")


class PostgresqlServer:
    """Makes and drops databases on the server the tests were given."""

    def __init__(self, url: str):
        self.url = make_url(url)
        # CREATE DATABASE does not run in a transaction
        self.engine = create_engine(self.url, isolation_level="AUTOCOMMIT")

    def create(self, template: str = "template0") -> str:
        """Make a database like the template and give its URL."""
        name = f"kangtu_test_{uuid4().hex}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        self._run(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with self.engine.connect() as connection:
            connection.execute(text(statement))


@pytest.fixture(scope="session")
def postgresql():
    """The PostgreSQL server; a test that needs it fails, and says how to start one, where there is none."""
    url = os.environ.get("KANGTU_TEST_POSTGRESQL")
    if not url:
        pytest.fail(HOW_TO_START, pytrace=False)
    server = PostgresqlServer(url)
    yield server
    server.engine.dispose()


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql):
    """The name of a database with all tables and no rows, to copy from."""
    url = postgresql.create()
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()  # a database that somebody is connected to cannot be copied
    yield make_url(url).database
    postgresql.drop(url)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory):
    """The file of a database with all tables and no rows, to copy from."""
    path = tmp_path_factory.mktemp("migrated") / "kangtu.db"
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()  # closes the file: the write-ahead log is folded in
    return path


BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(params=BOTH)
def database_url(request, tmp_path):
    """The URL of a fresh database with all tables and no rows."""
    if request.param == "sqlite":
        path = tmp_path / "kangtu.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgresql")
    url = server.create(request.getfixturevalue("migrated_postgresql"))
    yield url
    server.drop(url)


@pytest.fixture(params=BOTH)
def blank_database_url(request, tmp_path):
    """The URL of a fresh database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'folder' / 'kangtu.db'}"
        return
    server = request.getfixturevalue("postgresql")
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture
def engine(database_url):
    """An engine on a fresh database with all tables and no rows: once on SQLite, once on PostgreSQL."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def demo_once(tmp_path_factory):
    """A folder with a loaded demo (kangtu.db, geo/, said.txt: what load-demo printed), made once for all processes.

    Nobody writes in it: copy it (shutil.copytree) before changing anything.
    """
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / "demo-once"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "said.txt").exists():
            from workflows.demo import load_demo

            engine, said = make_engine(f"sqlite:///{folder / 'kangtu.db'}"), []
            assert load_demo(engine, folder, say=said.append)
            engine.dispose()
            (folder / "said.txt").write_text("\n".join(said), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def demo_copy(demo_once, tmp_path_factory):
    """A folder with a demo of the module's own."""
    return shutil.copytree(demo_once, tmp_path_factory.mktemp("demo") / "store")
