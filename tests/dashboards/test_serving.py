import argparse
import socket
from contextlib import suppress
from dataclasses import replace
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from dashboards import serving
from data_access.accounts import add_account
from data_access.errors import InputError
from settings import Settings


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    serving.add_arguments("serve", parser)
    return parser.parse_args(words)


def test_what_is_no_address_is_refused():
    with pytest.raises(SystemExit):
        parsed("--host", "example.org")


def test_others_can_reach_the_site_only_when_somebody_has_an_account_and_no_password_crosses_the_network_open(
    empty_store,
):
    settings, engine = empty_store
    here, afar = settings, replace(settings, host="0.0.0.0")
    behind_a_proxy = replace(settings, proxies=1)
    serving.refuse_open_door(engine, here)
    for refused in (afar, replace(afar, plain_http=True), behind_a_proxy):
        with pytest.raises(InputError, match="add-account"):
            serving.refuse_open_door(engine, refused)

    add_account(engine, "chief", ["administrator"])
    for allowed in (here, behind_a_proxy, replace(afar, proxies=1), replace(afar, plain_http=True)):
        serving.refuse_open_door(engine, allowed)
    with pytest.raises(InputError, match="KANGTU_PROXIES"):
        serving.refuse_open_door(engine, afar)


@pytest.mark.parametrize("port", ["0", "65536", "x", "８０５０", "-1"])
def test_what_is_no_port_is_refused(port):
    with pytest.raises(SystemExit):
        parsed(f"--port={port}")


def test_the_command_line_goes_before_the_environment():
    settings = serving.with_arguments(Settings(port=1), parsed("--port", "9000", "--site", "internal"))

    assert (settings.port, settings.site, settings.host) == (9000, "internal", "127.0.0.1")


def test_without_a_database_it_says_which_command_makes_one(tmp_path):
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'none.db'}", data_folder=tmp_path)

    with pytest.raises(InputError, match=r"manage\.py init-db"):
        serving.run("serve", parsed("--no-worker"), settings)


def test_a_port_that_is_taken_is_said_so(empty_store):
    settings, _engine = empty_store
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(InputError, match="--port"):
            serving.run("serve", parsed("--no-worker", "--port", str(taken.getsockname()[1])), settings)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via", "X-Real-IP"])
def test_the_server_lets_the_guard_see_that_a_request_came_through_a_proxy(app, header):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = serving.listen(app.server, Settings(port=port))

    def answer():
        with suppress(OSError):  # it waits on a socket that is closed under it
            server.run()

    Thread(target=answer, daemon=True).start()
    try:
        with pytest.raises(HTTPError, match="403"):
            urlopen(Request(f"http://127.0.0.1:{port}/health", headers={header: "203.0.113.7"}), timeout=10)
        assert urlopen(f"http://127.0.0.1:{port}/health", timeout=10).status == 200
    finally:
        server.close()
