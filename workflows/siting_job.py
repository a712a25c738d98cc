"""The job that answers a siting question.

A small one is answered here, where every report may end it. A large one runs in a process of its own, which cancelling
ends at once: an integer program cannot be asked to stop.
"""

import time
from multiprocessing import get_context
from multiprocessing.connection import Connection

from data_access.errors import InputError
from geo.siting_problem import Watch
from workflows.jobs import JobContext
from workflows.siting import read_question
from workflows.siting_answer import Question, answer_question
from workflows.siting_apart import solve_apart, words_of

SECONDS = 60.0
MOST_PAIRS_HERE = 40_000
LOOK_EVERY_S = 0.25
SHARE_OF_PATIENCE = 0.98  # the bar ends below 1: only the result ends it


def run_siting_job(context: JobContext) -> dict:
    """parameters: a question (workflows/siting.py). Gives what answer_question gives, and seconds: how long it took."""
    question = read_question(context.engine, context.parameters, context.scope)
    start = time.monotonic()
    if len(question.demand) * len(question.sites) <= MOST_PAIRS_HERE:
        result = _here(question, context, start)
    else:
        result = _apart(question, context, start)
    return result | {"seconds": round(time.monotonic() - start, 2)}


def _here(question: Question, context: JobContext, start: float) -> dict:
    def tell(step: str, value: float | None, bound: float | None) -> None:
        context.progress.report(_fraction(start), words_of(step, value, bound))

    return answer_question(question, Watch(lambda: SECONDS - (time.monotonic() - start), tell))


def _fraction(start: float) -> float:
    return min(SHARE_OF_PATIENCE, (time.monotonic() - start) / SECONDS)


def _apart(question: Question, context: JobContext, start: float) -> dict:
    spawn = get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    solver = spawn.Process(target=solve_apart, args=(theirs, question, SECONDS), daemon=True)
    solver.start()
    theirs.close()
    try:
        return _result(ours, context, start)
    finally:
        solver.kill()
        solver.join()


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
        context.progress.report(_fraction(start), message)
