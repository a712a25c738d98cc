"""Long work off the web process: submit a job, watch it, cancel it; the worker that runs it."""

import fcntl
import importlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from data_access import jobs
from data_access.engine import make_engine
from data_access.errors import InputError
from data_access.schema import is_current
from data_access.submissions import office_today
from settings import Settings
from workflows.job_kinds import JOB_KINDS
from workflows.job_queue import JobQueue

LOCK_FILE = "worker.lock"
SUMMARIES_EVERY_S = 3600
REPORT_EVERY_S = 0.3  # a loop may report each row; the database hears of it this often
WORKER_WAS_STOPPED = "执行任务的进程中途停止，任务没有做完。请先看导入记录里有没有这一次，没有再重新提交。"
UNEXPECTED = "程序出错，任务没有完成。请把任务编号 {job_id} 告诉管理员，详情在服务器日志中。"

log = logging.getLogger(__name__)


class Cancelled(Exception):
    """The job's owner asked for it to end."""


class Progress:
    """What a running job tells its owner."""

    def __init__(self, engine: Engine, job_id: str):
        self._engine, self._job_id = engine, job_id
        self._reported_at, self._message = float("-inf"), None

    def report(self, fraction: float, message: str | None = None) -> None:
        """Say how far the job is (0 to 1), and what it is at. Raises Cancelled when its owner asked for it to end."""
        now = time.monotonic()
        if now - self._reported_at < REPORT_EVERY_S and message in (None, self._message):
            return
        self._reported_at, self._message = now, message
        if jobs.report_progress(self._engine, self._job_id, min(max(fraction, 0.0), 1.0), message):
            raise Cancelled


@dataclass(frozen=True)
class JobContext:
    """What a job's function is given. scope: the area_ids its owner may see, none for everything."""

    engine: Engine
    settings: Settings
    owner: str
    scope: tuple[str, ...]
    parameters: Mapping[str, Any]
    progress: Progress


class Jobs:
    """The jobs of one installation, from the side that asks for them. Pages hand the owner from the session."""

    def __init__(self, engine: Engine, settings: Settings, kinds: Mapping[str, str | Callable] = JOB_KINDS):
        self._engine, self._kinds = engine, kinds
        self.queue = JobQueue(settings, lambda job_id: run_job(engine, settings, job_id, kinds))

    def submit(self, kind: str, owner: str, scope: Iterable[str], parameters: Mapping[str, Any]) -> str:
        """Ask for a job and give its job_id. Raises ValueError for an unknown kind."""
        if kind not in self._kinds:
            raise ValueError(f"{kind!r} is no kind of job; known: {', '.join(self._kinds)}.")
        job_id = jobs.create(self._engine, kind, owner=owner, scope=scope, parameters=parameters)
        self.queue.put(job_id)
        return job_id

    def poll(self, job_id: str, *, owner: str) -> jobs.Job | None:
        """The job's state, progress (0 to 1), message and result; None where it is unknown or somebody else's."""
        return jobs.read_job(self._engine, job_id, owner=owner)

    def cancel(self, job_id: str, *, owner: str) -> bool:
        """Ask for a job to end; False where this owner has no such job that is not over."""
        return jobs.cancel(self._engine, job_id, owner=owner)


def run_job(engine: Engine, settings: Settings, job_id: str, kinds: Mapping[str, str | Callable] = JOB_KINDS) -> None:
    """Run one waiting job to its end and write down what came of it; raises nothing."""
    job = jobs.claim(engine, job_id)
    if job is None:
        return  # cancelled while it waited, or queued twice
    progress = Progress(engine, job_id)
    context = JobContext(engine, settings, job["owner"], tuple(job["scope"]), job["parameters"], progress)
    try:
        jobs.finish(engine, job_id, _function(kinds[job["kind"]])(context))
    except Cancelled:
        jobs.mark_cancelled(engine, job_id)
    except InputError as error:
        jobs.fail(engine, job_id, str(error))
    except Exception:
        log.exception("job %s (%s) failed", job_id, job["kind"])
        jobs.fail(engine, job_id, UNEXPECTED.format(job_id=job_id))


def _function(named: str | Callable) -> Callable:
    if callable(named):
        return named
    module, name = named.split(":")
    return getattr(importlib.import_module(module), name)


# The worker ---------------------------------------------------------------------------------------------------------


def add_arguments(command: str, parser: ArgumentParser) -> None:
    """The arguments of `worker`."""
    parser.add_argument("--threads", type=int, default=2, help="how many jobs run side by side")
    parser.add_argument("--stop-with-parent", action="store_true", help="end when standard input is closed")


def run(command: str, arguments: Namespace, settings: Settings) -> None:
    """Run queued jobs until told to stop (Ctrl-C, or SIGTERM)."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for chatty in ("huey", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    engine = make_engine(settings.database_url)
    if not is_current(engine):
        raise InputError("The database is not up to date: run `manage.py migrate` first.")
    if arguments.stop_with_parent:
        threading.Thread(target=_stop_when_input_closes, daemon=True).start()
    work(engine, settings, arguments.threads)


def work(engine: Engine, settings: Settings, threads: int = 2, kinds: Mapping[str, str | Callable] = JOB_KINDS) -> None:
    """Run queued jobs until a signal ends it. Raises InputError when another worker of this installation runs."""
    with _sole_worker(settings):
        queue = Jobs(engine, settings, kinds).queue
        left = jobs.fail_all_running(engine, WORKER_WAS_STOPPED)
        log.info("worker started; %d unfinished jobs of an earlier worker marked as failed", left)
        for job_id in jobs.read_queued(engine):  # their messages may be lost with the queue's file
            queue.put(job_id)
        threading.Thread(target=_keep_summaries, args=(engine,), daemon=True).start()
        consumer = queue.huey.create_consumer(workers=threads, periodic=False, max_delay=1.0)
        consumer.run()
        jobs.fail_all_running(engine, WORKER_WAS_STOPPED)


def _keep_summaries(engine: Engine) -> None:
    """Work out every hour what a new day changes (which reports are due), so that no reader waits for it."""
    from workflows import summaries  # with pandas: a worker must not be slower to start for it

    while True:
        try:
            summaries.refresh(engine, office_today())
        except Exception:
            log.exception("summaries could not be worked out")
        time.sleep(SUMMARIES_EVERY_S)


@contextmanager
def _sole_worker(settings: Settings) -> Iterator[None]:
    """Hold the installation's worker lock, which the kernel lets go of however this process ends.

    Because there is one worker only, a job that is marked as running when it starts is one that nobody runs.
    """
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    with (settings.data_folder / LOCK_FILE).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"Another worker runs already on {settings.data_folder}; one is enough.") from None
        yield


def _stop_when_input_closes() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def start_worker_process(settings: Settings) -> subprocess.Popen:
    """Start a worker as a child of this process, on the same database and folder.

    It ends with this process, however that ends: it watches the pipe that is its standard input. To stop it earlier,
    `terminate()` it.
    """
    manage = Path(__file__).parents[1] / "manage.py"
    given = {"KANGTU_DATABASE_URL": settings.database_url, "KANGTU_DATA_FOLDER": str(settings.data_folder)}
    command = [sys.executable, str(manage), "worker", "--stop-with-parent"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=os.environ | given)  # noqa: S603  our own command
