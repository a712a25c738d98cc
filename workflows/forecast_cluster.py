"""Where pools are forecast: in this process, or on the workers of a Dask scheduler. The numbers are the same."""

import pickle
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from data_access.errors import InputError
from models.forecast_pools import Pool, forecast_pool

if TYPE_CHECKING:
    from workflows.forecasting import Calculate, Task

WAIT_S = 5
NO_ANSWER = f"连不上 Dask 调度器 {{address}}（{WAIT_S} 秒内没有回应）。请检查地址和调度器是否在运行；去掉 --scheduler 就在本机计算。"
PATIENCE = 3  # so many times WAIT_S without scheduler or workers end the run
POOLS_A_THREAD = 2  # one at work, one on its way: more would only fill the memory


@contextmanager
def cluster_at(address: str | None) -> Iterator["Calculate"]:
    """What forecasts tasks: in this process, or with an address (tcp://host:port) on its workers.

    InputError within seconds for an address where no scheduler, or one without workers, answers.
    """
    if address is None:
        yield _here
        return
    _refuse_unreachable(address)
    from distributed import Client  # only who asks for a cluster, and has one, waits for it

    try:
        client = Client(address, timeout=WAIT_S, set_as_default=False)
    except OSError as error:  # TimeoutError is one: something else listens there
        raise InputError(NO_ANSWER.format(address=address)) from error
    try:
        _wait_for_workers(client, address)
        yield lambda tasks: _on_workers(client, tasks)
    finally:
        client.close(timeout=WAIT_S)


def _refuse_unreachable(address: str) -> None:
    """InputError at once where nothing listens, which distributed would try again and again."""
    parts = urlsplit(address)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:  # a port that is no number
        host, port = None, None
    if parts.scheme not in ("tcp", "tls") or not host or not port:
        raise InputError(f"Dask 调度器的地址 {address} 不对。请写成 tcp://主机:端口，如 tcp://10.0.0.5:8786。")
    try:
        socket.create_connection((host, port), timeout=WAIT_S).close()
    except OSError as error:
        raise InputError(NO_ANSWER.format(address=address)) from error


def _wait_for_workers(client, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=WAIT_S)
    except OSError as error:
        raise InputError(
            f"Dask 调度器 {address} 上没有计算进程。请在本程序所在的文件夹启动：python -m dask worker {address}"
        ) from error


def _here(tasks: Iterable["Task"]) -> Iterator[tuple["Task", np.ndarray]]:
    for task in tasks:
        yield task, said_by_user(task.pool)


def said_by_user(pool: Pool) -> np.ndarray:
    """forecast_pool, with what it cannot take said as the input's fault."""
    try:
        return forecast_pool(pool)
    except ValueError as error:
        raise InputError(f"无法预测：{error} 请更正或撤销相应的导入，然后重新运行。") from error


def _on_workers(client, tasks: Iterable["Task"]) -> Iterator[tuple["Task", np.ndarray]]:
    """Each task's forecasts as they come; only a few pools are on their way at a time, whatever their number."""
    from distributed import TimeoutError as NotYet
    from distributed import wait

    waiting: dict = {}  # future -> task

    def work(packed: bytes) -> np.ndarray:
        # A function inside a function travels by value, and its pool as bytes: the scheduler, which unpacks what it
        # hands on, need not have this program; the workers do.
        import pickle

        from workflows.forecast_cluster import said_by_user

        return said_by_user(pickle.loads(packed))  # noqa: S301  our own, from the process that started the run

    def ready() -> Iterator[tuple["Task", np.ndarray]]:
        idle = 0
        while True:
            try:
                with client.as_current():
                    done = wait(list(waiting), timeout=WAIT_S, return_when="FIRST_COMPLETED").done
                break
            except NotYet:
                idle = 0 if client.status == "running" and client.nthreads() else idle + 1
                if idle >= PATIENCE:
                    raise InputError(
                        "Dask 的调度器或计算进程已断开。请恢复后重新运行，已算完的部分不会重算。"
                    ) from None
        for future in done:
            yield waiting.pop(future), _result(future)

    for task in tasks:
        waiting[client.submit(work, pickle.dumps(task.pool), pure=False)] = task
        if len(waiting) >= POOLS_A_THREAD * max(sum(client.nthreads().values()), 1):
            yield from ready()
    while waiting:
        yield from ready()


def _result(future) -> np.ndarray:
    from distributed import CancelledError, KilledWorker

    try:
        return future.result()
    except ModuleNotFoundError as error:
        raise InputError(
            f"计算进程找不到本程序（{error.name}）。请在本程序所在的文件夹用 python -m dask worker 启动。"
        ) from error
    except RuntimeError as error:
        if "deserialization" not in str(error):
            raise
        raise InputError("调度器或计算进程的 Python 或 dask 版本与本程序不同。请用同一环境启动它们。") from error
    except (KilledWorker, CancelledError) as error:
        raise InputError("Dask 的计算进程中途退出。请检查其内存和日志后重新运行，已算完的部分不会重算。") from error
