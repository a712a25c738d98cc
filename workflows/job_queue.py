"""The queue that tells a worker which job to run next: an embedded SQLite file, or the PostgreSQL database itself.

It carries job_ids only, as JSON: huey's own habit, pickle, would run whatever code somebody wrote into the queue.
"""

import json
from collections.abc import Callable

from huey import Huey, PostgresHuey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer
from sqlalchemy import make_url

from settings import Settings

FILE_NAME = "jobs.db"


class JsonSerializer(Serializer):
    """Messages as JSON: a task's id, its name and its arguments; nothing else of huey's is used here."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps({"id": data.id, "name": data.name, "args": data.args}).encode()

    def _deserialize(self, data: bytes) -> Message:
        message = json.loads(data)
        return Message(id=message["id"], name=message["name"], args=message["args"], kwargs={})


class JobQueue:
    """Holds job_ids until a worker takes them; run is called with each, in the worker's process."""

    def __init__(self, settings: Settings, run: Callable[[str], None]):
        self.huey = _make_huey(settings)
        self._task = self.huey.task(name="run_job")(run)

    def put(self, job_id: str) -> None:
        """Queue a job_id; queued twice is harmless, as only one claim of the job succeeds."""
        self._task(job_id)


def _make_huey(settings: Settings) -> Huey:
    options = {"name": "kangtu", "results": False, "serializer": JsonSerializer()}
    url = make_url(settings.database_url)
    if url.get_backend_name() == "postgresql":
        dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        return PostgresHuey(dsn=dsn, **options)
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(filename=str(settings.data_folder / FILE_NAME), **options)
