"""The store that is asked, and the memory of what it answered."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path

import pandas as pd
from flask import g, has_request_context

from dashboards.access import current_user
from data_access import judgements, plans, schema, submissions
from settings import Settings

MOST_ANSWERS = 256
# Arrow's strings cost a site 40 MB of memory on the demo (371 MB after ten pages, 329 without): its frames are small.
pd.set_option("mode.string_storage", "python")

_store: dict = {}
_answers: OrderedDict = OrderedDict()
_lock = threading.Lock()


def configure(engine, settings: Settings) -> None:
    """Say which store is asked from now on."""
    with _lock:
        _store.update(engine=engine, settings=settings)
        _store.pop("jobs", None)  # they belong to the store before
        _answers.clear()


def engine():
    """The store's engine, for this file and its neighbours only."""
    return _store["engine"]


def settings() -> Settings:
    """What the site was started with."""
    return _store["settings"]


def data_folder() -> Path:
    """Where the map's geometry and other things that can be made again stand."""
    return _store["settings"].data_folder


def is_ready() -> bool:
    """Whether the store answers and has the tables of this version."""
    return schema.is_current(engine())


def version() -> tuple[int, int, str, date]:
    """The newest submission, the newest run of judgement, the packs, the bureau's day: what an answer may depend on."""
    if not has_request_context():
        return _read_version()
    if "data_version" not in g:
        g.data_version = _read_version()
    return g.data_version


def _read_version() -> tuple[int, int, str, date]:
    newest = submissions.newest_submission_id(engine()), judgements.newest_run_id(engine())
    return *newest, plans.packs_hash(engine()), submissions.office_today()


def cached(question: Callable) -> Callable:
    """Remember the answer to a question by its arguments, the data's version and who asks.

    answer.is_known(...): whether the answer to these arguments is remembered, so that a page can say what it waits for.
    """

    def key_of(args, kwargs):
        return (
            question.__module__,
            question.__qualname__,
            version(),
            current_user().scope,
            args,
            tuple(sorted(kwargs.items())),
        )

    @wraps(question)
    def answer(*args, **kwargs):
        key = key_of(args, kwargs)
        with _lock:
            if key in _answers:
                _answers.move_to_end(key)
                return _fresh(_answers[key])
        found = question(*args, **kwargs)
        with _lock:
            _answers[key] = found
            while len(_answers) > MOST_ANSWERS:
                _answers.popitem(last=False)
        return _fresh(found)

    answer.is_known = lambda *args, **kwargs: key_of(args, kwargs) in _answers
    return answer


def _fresh(answer):
    return answer.copy(deep=False) if isinstance(answer, pd.DataFrame) else answer
