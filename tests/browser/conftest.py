"""A served site and a real Chromium; helpers fail on whatever a reader's browser would complain of."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.watching import Visit
from tests.dashboards.messages import ROOT

FLAGS = (
    "--no-sandbox",  # tests run as root in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE, PHONE = (1440, 900), (390, 844)


def pytest_collection_modifyitems(items):
    """All browser tests share one site: with xdist they go to one worker."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def demo_store(request, tmp_path_factory):
    """Database URL and data folder of a loaded demo. KANGTU_TEST_DEMO names a folder that has one, to save half a minute."""
    given = os.environ.get("KANGTU_TEST_DEMO")
    if given:
        folder = Path(given)
    else:
        folder = tmp_path_factory.mktemp("demo") / "store"
        shutil.copytree(request.getfixturevalue("demo_once"), folder)
    return f"sqlite:///{folder / 'kangtu.db'}", folder


@pytest.fixture(scope="session")
def site(demo_store):
    """Address of the internal site on the demo."""
    with served(*demo_store) as address:
        yield address


@contextmanager
def served(url: str, folder: Path):
    """Address of the internal site on a store, served by the command people use."""
    port = free_port()
    environment = {
        **os.environ,
        "KANGTU_DATABASE_URL": url,
        "KANGTU_DATA_FOLDER": str(folder),
        "KANGTU_PORT": str(port),
        "KANGTU_SITE": "internal",
    }
    command = [sys.executable, "manage.py", "serve", "--no-worker"]
    with (folder / "serve.log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/health", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address: str, server: subprocess.Popen, seconds: int = 60) -> None:
    """Return when the address answers; fail when the server ends or the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the site did not come up; see serve.log")


@pytest.fixture(scope="session")
def chromium():
    """The system's Chromium; none is ever downloaded."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("Chromium is missing: run tests/system-packages.sh (make test does).", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, site):
    """visit(path, language="zh", theme="light", size=WIDE) opens a page as a new reader and watches it.

    At the end of the test every opened page must have been quiet: no console error, no policy violation, no request to
    another host, no failed request. A test that expects noise empties .problems itself.
    """
    with visiting(chromium, site) as open_page:
        yield open_page


@contextmanager
def visiting(chromium, site: str):
    """What the fixture visit gives, for a site of one's own."""
    visits = []

    def open_page(path="/", *, language="zh", theme="light", size=WIDE, **options) -> Visit:
        new = Visit(chromium, site, language=language, theme=theme, size=size)
        visits.append(new)
        new.go(path, **options)
        return new

    try:
        yield open_page
    finally:
        for one in visits:
            one.close()
    assert [problem for one in visits for problem in one.problems] == []
