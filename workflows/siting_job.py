"""The job that answers a siting question. The solver runs in a process of its own, which cancelling ends at once."""

import time
from multiprocessing import get_context
from multiprocessing.connection import Connection

from data_access.errors import InputError
from geo.siting_problem import Watch
from workflows.jobs import JobContext
from workflows.siting import Question, answer_question, read_question

SECONDS = 60.0
LOOK_EVERY_S = 0.25
REPORT_EVERY_S = 0.2
SHARE_OF_PATIENCE = 0.98  # the bar ends below 1: only the result ends it


def run_siting_job(context: JobContext) -> dict:
    """parameters: a question (workflows/siting.py). Gives what answer_question gives, and seconds: how long it took."""
    question = read_question(context.engine, context.parameters, context.scope)
    start = time.monotonic()
    spawn = get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    solver = spawn.Process(target=solve_apart, args=(theirs, question, SECONDS), daemon=True)
    solver.start()
    theirs.close()
    try:
        result = _result(ours, context, start)
    finally:
        solver.kill()  # also when the owner cancelled: HiGHS itself cannot be asked to stop
        solver.join()
    return result | {"seconds": round(time.monotonic() - start, 2)}


def _result(ours: Connection, context: JobContext, start: float) -> dict:
    message = "search"
    while True:
        while ours.poll(LOOK_EVERY_S):
            kind, content = ours.recv()  # EOFError: the solver died; the job says so as a fault of the program
            if kind == "result":
                return content
            if kind == "input":
                raise InputError(content)
            message = content
        context.progress.report(min(SHARE_OF_PATIENCE, (time.monotonic() - start) / SECONDS), message)


def solve_apart(connection: Connection, question: Question, seconds: float) -> None:
    """In the solver's process: answer, and say on the way what is known. Messages: "step value bound", "-" for unknown."""
    start = time.monotonic()
    last = start - REPORT_EVERY_S

    def tell(step: str, value: float | None, bound: float | None) -> None:
        nonlocal last
        if time.monotonic() - last >= REPORT_EVERY_S:
            last = time.monotonic()
            numbers = ["-" if number is None else repr(float(number)) for number in (value, bound)]
            connection.send(("step", " ".join([step, *numbers])))

    try:
        watch = Watch(lambda: seconds - (time.monotonic() - start), tell)
        connection.send(("result", answer_question(question, watch)))
    except InputError as error:
        connection.send(("input", str(error)))
