"""Files too large to wait for go through the job worker: checked, stored, stopped, or refused in words."""

import time

import pytest

from dashboards.data import uploads
from data_access import jobs
from data_access.programmes import read_counts
from tests.dashboards.asking import page, rows, text
from tests.dashboards.test_programmes import HEAD, send, site, token  # noqa: F401 - site is a fixture
from workflows.jobs import Progress, run_job, start_worker_process

COUNTS = HEAD + "two-cancer,150622,2026Q1,400,90\n"
NEW = [("150622", "2026Q1", "attended", 90.0), ("150622", "2026Q1", "eligible", 400.0)]


@pytest.fixture
def large(site, monkeypatch):  # noqa: F811
    """The site with its programmes, on which every file is one for the worker."""
    monkeypatch.setattr(uploads, "INLINE_BYTES", 10)
    return site


@pytest.fixture
def worker(empty_store):
    """Starts the installation's worker; it is gone at the end."""
    started = []
    yield lambda: started.append(start_worker_process(empty_store[0]))
    for process in started:
        process.kill()
        process.wait()


def job_of(answer) -> str:
    return answer.json["address"].partition("job=")[2].partition("&")[0]


def report(client, job_id: str) -> str:
    return text(page(client, "/upload", f"?job={job_id}"))


def wait(engine, job_id: str, owner: str) -> str:
    """The job's state when it is over."""
    for _once in range(600):
        state = jobs.read_job(engine, job_id, owner=owner)["state"]
        if state not in ("queued", "running"):
            return state
        time.sleep(0.1)
    raise AssertionError("waited in vain")


def owner_of(engine, job_id: str) -> str:
    with engine.connect() as connection:
        return connection.exec_driver_sql(f"SELECT owner FROM jobs WHERE job_id = '{job_id}'").scalar()


def stored(engine) -> list[tuple]:
    found = read_counts(engine, ["two-cancer"], area_ids=["150622"])
    return sorted(found[["area_id", "period", "stage", "value"]].itertuples(index=False, name=None))


def test_the_worker_checks_a_file_stores_it_when_told_and_says_what_is_no_table(large, empty_store, worker):
    engine = empty_store[1]
    good, junk = job_of(send(large, "programme_counts", COUNTS)), job_of(send(large, "programme_counts", "\0\1" * 20))
    owner = owner_of(engine, good)
    assert "waiting for its turn" in report(large, good)
    before = stored(engine)

    worker()
    assert (wait(engine, good, owner), wait(engine, junk, owner)) == ("done", "failed")
    assert "控制字符" in report(large, junk)
    assert stored(engine) == before

    taken = large.post("/upload/import", data={"id": good, "accept": "", "form-token": token(large)})
    assert wait(engine, job_of(taken), owner) == "done"
    assert "Imported: 2 counts" in report(large, job_of(taken))
    assert stored(engine) == sorted([*before, *NEW])
    assert "3 of 3" in str(rows(page(large, "/programmes")))


def stop(client, job_id: str):
    return client.post("/upload/cancel", data={"id": job_id, "form-token": token(client)})


def test_a_file_that_waits_is_stopped_at_once_and_one_that_is_over_cannot_be(large, empty_store):
    settings, engine = empty_store
    waiting = job_of(send(large, "programme_counts", COUNTS))

    assert stop(large, waiting).status_code == 200
    run_job(engine, settings, waiting)  # its message is still in the queue
    assert jobs.read_job(engine, waiting, owner=owner_of(engine, waiting))["state"] == "cancelled"
    assert "Nothing of this file was stored" in report(large, waiting)
    assert stop(large, waiting).status_code == 422
    assert stop(large, "nobody").status_code == 422


def test_an_import_that_is_stopped_half_way_leaves_nothing(large, empty_store, monkeypatch):
    settings, engine = empty_store
    checked = job_of(send(large, "programme_counts", COUNTS))
    run_job(engine, settings, checked)
    before = stored(engine)
    taken = large.post("/upload/import", data={"id": checked, "accept": "", "form-token": token(large)})
    asked = job_of(taken)
    reported = Progress.report

    def stop_half_way(self, share, words=None):
        if words and words.startswith("已核对"):
            jobs.cancel(engine, asked, owner=owner_of(engine, asked))
        reported(self, share, words)

    monkeypatch.setattr(Progress, "report", stop_half_way)
    monkeypatch.setattr("workflows.jobs.REPORT_EVERY_S", 0.0)
    run_job(engine, settings, asked)

    assert jobs.read_job(engine, asked, owner=owner_of(engine, asked))["state"] == "cancelled"
    assert stored(engine) == before
    assert "Nothing of this file was stored" in report(large, asked)
