"""What the solver's own process runs."""

import time
from multiprocessing.connection import Connection

from data_access.errors import InputError
from geo.siting_problem import Watch
from workflows.siting_answer import Question, answer_question

REPORT_EVERY_S = 0.2


def words_of(step: str, value: float | None, bound: float | None) -> str:
    """A job's message: "step value bound", "-" for what is not known; the page puts it into words."""
    return " ".join([step, *("-" if number is None else repr(float(number)) for number in (value, bound))])


def solve_apart(connection: Connection, question: Question, seconds: float) -> None:
    """Answer, and say on the way what is known: ("step", words_of), then ("result", ...) or ("input", what is wrong)."""
    start = time.monotonic()
    last = start - REPORT_EVERY_S

    def tell(step: str, value: float | None, bound: float | None) -> None:
        nonlocal last
        if time.monotonic() - last >= REPORT_EVERY_S:
            last = time.monotonic()
            connection.send(("step", words_of(step, value, bound)))

    try:
        watch = Watch(lambda: seconds - (time.monotonic() - start), tell)
        connection.send(("result", answer_question(question, watch)))
    except InputError as error:
        connection.send(("input", str(error)))
