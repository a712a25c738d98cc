"""A worker with jobs of the tests' own, as a process that a test may kill: DATABASE_URL DATA_FOLDER."""

import sys
import time
from pathlib import Path

from data_access.engine import make_engine
from settings import Settings
from workflows.jobs import work


def add_up(context):
    return sum(context.parameters["numbers"])


def never_end(context):
    while True:
        context.progress.report(0.5, "半途")
        time.sleep(0.05)


KINDS = {"add up": add_up, "never end": never_end}

if __name__ == "__main__":
    settings = Settings(database_url=sys.argv[1], data_folder=Path(sys.argv[2]))
    work(make_engine(settings.database_url), settings, threads=1, kinds=KINDS)
