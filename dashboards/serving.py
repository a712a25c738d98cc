"""`manage.py serve`: the site on this machine, and the worker that runs its jobs."""

import argparse
import signal
import sys
from dataclasses import replace

import waitress
from flask import Flask

from dashboards.app import create_app
from data_access.accounts import any_real
from data_access.engine import make_engine
from data_access.errors import InputError
from data_access.schema import refuse_outdated
from settings import LOOPBACK, SITES, Settings, is_address
from workflows.jobs import start_worker_process

THREADS = 8


def add_arguments(_command: str, parser: argparse.ArgumentParser) -> None:
    """The arguments of `serve`."""
    parser.add_argument("--site", choices=SITES, help="which site (default: KANGTU_SITE, else internal)")
    parser.add_argument(
        "--host", type=host_name, help="an address of this machine (default: KANGTU_HOST, else 127.0.0.1)"
    )
    parser.add_argument("--port", type=port_number, help="default: KANGTU_PORT, else 8050")
    parser.add_argument("--no-worker", action="store_true", help="do not start the worker that runs jobs")


def run(_command: str, arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until interrupted. Raises InputError when the database is missing or out of date, or the port is taken."""
    settings = with_arguments(settings, arguments)
    engine = make_engine(settings.database_url)
    refuse_outdated(engine)
    refuse_open_door(engine, settings)
    app = create_app(settings, engine)
    try:
        server = listen(app.server, settings)
    except OSError as error:
        raise InputError(f"端口 {settings.port} 已被占用（{error.strerror}），请用 --port 另选一个。") from error
    worker = None if arguments.no_worker else start_worker_process(settings)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(f"康图 Kangtu: http://{shown}:{settings.port}/  (Ctrl+C 结束 stops)", flush=True)
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()
        if worker is not None:
            worker.terminate()
            worker.wait()
    return 0


def refuse_open_door(engine, settings: Settings) -> None:
    """Raise InputError where others could come in unasked, or could not come in safely."""
    is_own = settings.host in LOOPBACK
    with engine.connect() as connection:
        has_accounts = any_real(connection)
    if not has_accounts and (not is_own or settings.proxies):
        raise InputError(
            "库中还没有正式账号，只能供本机访问。请先添加管理员：python manage.py add-account 登录名 --roles administrator；"
            f"或把地址改回 {LOOPBACK[0]}，并去掉 KANGTU_PROXIES。\n"
            "Nobody has an account yet, so the site serves this machine only. Run: python manage.py add-account."
        )
    if not is_own and not settings.proxies and not settings.plain_http:
        raise InputError(
            f"{settings.host} 上没有加密，口令会以明文经过网络。请在前面架设 https 代理并设 KANGTU_PROXIES=1；"
            "确属可信内网时，可设 KANGTU_PLAIN_HTTP=yes。\n"
            "Passwords would cross the network unencrypted: put a proxy with https in front and set KANGTU_PROXIES=1."
        )


def listen(site: Flask, settings: Settings):
    """A server on its port; run() answers. Raises OSError when the port is taken."""
    return waitress.create_server(
        site,
        host=settings.host,
        port=settings.port,
        threads=THREADS,
        ident=None,
        clear_untrusted_proxy_headers=False,  # the guard refuses a request that has any, so it must see them
    )


def with_arguments(settings: Settings, arguments: argparse.Namespace) -> Settings:
    """The settings with what the command line says instead."""
    given = {"site": arguments.site, "host": arguments.host, "port": arguments.port}
    return replace(settings, **{name: value for name, value in given.items() if value is not None})


def host_name(text: str) -> str:
    """An address to listen at. Raises argparse's own error, which names the argument."""
    if not is_address(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not an IP address of this machine, nor localhost")
    return text


def port_number(text: str) -> int:
    """A TCP port. Raises argparse's own error, which names the argument."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port number from 1 to 65535")
    return int(text)
