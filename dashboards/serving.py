"""`manage.py serve`: the site on this machine, and the worker that runs its jobs."""

import argparse
import signal
import sys
from dataclasses import replace

import waitress
from flask import Flask

from dashboards.app import create_app
from data_access.engine import make_engine
from data_access.errors import InputError
from data_access.schema import is_current
from settings import LOOPBACK, SITES, Settings
from workflows.jobs import start_worker_process

THREADS = 8


def add_arguments(_command: str, parser: argparse.ArgumentParser) -> None:
    """The arguments of `serve`."""
    parser.add_argument("--site", choices=SITES, help="which site (default: KANGTU_SITE, else internal)")
    parser.add_argument("--host", choices=LOOPBACK, help="an address of this machine; there are no accounts yet")
    parser.add_argument("--port", type=port_number, help="default: KANGTU_PORT, else 8050")
    parser.add_argument("--no-worker", action="store_true", help="do not start the worker that runs jobs")


def run(_command: str, arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until interrupted. Raises InputError when the database is missing or out of date, or the port is taken."""
    settings = with_arguments(settings, arguments)
    engine = make_engine(settings.database_url)
    if not is_current(engine):
        raise InputError(
            "数据库尚未建立，或版本过旧。请先运行：python manage.py init-db（演示数据：python manage.py load-demo）。\n"
            "The database is missing or out of date. Run: python manage.py init-db (or load-demo for the demo)."
        )
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


def port_number(text: str) -> int:
    """A TCP port. Raises argparse's own error, which names the argument."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port number from 1 to 65535")
    return int(text)
