import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from data_access import jobs
from data_access.engine import writing
from data_access.errors import InputError
from settings import Settings
from tests.workflows.worker_with_test_jobs import KINDS
from workflows.job_kinds import JOB_KINDS
from workflows.job_queue import JobQueue
from workflows.jobs import WORKER_WAS_STOPPED, Jobs, _function, run_job, start_worker_process, work

ROOT = Path(__file__).parents[2]
WORKER = Path(__file__).with_name("worker_with_test_jobs.py")


@pytest.fixture
def settings(database_url, tmp_path):
    return Settings(database_url=database_url, data_folder=tmp_path / "var")


@pytest.fixture
def run_here(engine, settings):
    """Submits a job that calls this function and runs it in this process; gives the job as its owner sees it."""

    def submit_and_run(function, *, parameters=None):
        kinds = {"test": function}
        job_id = Jobs(engine, settings, kinds).submit("test", "wang", ["150602"], parameters or {})
        run_job(engine, settings, job_id, kinds)
        return jobs.read_job(engine, job_id, owner="wang")

    return submit_and_run


@pytest.fixture
def worker(settings):
    """Starts workers as processes; whatever is left of them at the end is killed."""
    started = []

    def start():
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        command = [sys.executable, WORKER, settings.database_url, settings.data_folder]
        started.append(subprocess.Popen(command, env=environment, cwd=ROOT))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def state_of(engine, job_id):
    return jobs.read_job(engine, job_id, owner="wang")["state"]


def test_a_job_gets_its_parameters_and_its_owners_scope_and_leaves_its_result(run_here):
    job = run_here(lambda context: [context.owner, *context.scope, context.parameters["n"]], parameters={"n": 3})

    assert (job["state"], job["progress"], job["result"]) == ("done", 1.0, ["wang", "150602", 3])
    assert job["created_at"] <= job["started_at"] <= job["finished_at"]


def test_the_owner_sees_how_far_a_job_is(engine, run_here):
    seen = []

    def half_way(context):
        context.progress.report(0.5, "已读 500 行")
        seen.append(jobs.read_jobs(engine, owner="wang").iloc[0])

    run_here(half_way)

    assert (seen[0]["state"], seen[0]["progress"], seen[0]["message"]) == ("running", 0.5, "已读 500 行")


def test_a_cancelled_job_stops_at_its_next_report(engine, run_here):
    reached = []

    def cancelled_half_way(context):
        job_id = jobs.read_jobs(engine, owner="wang")["job_id"][0]
        assert jobs.cancel(engine, job_id, owner="wang")
        context.progress.report(0.5)
        reached.append("the end")

    job = run_here(cancelled_half_way)

    assert (job["state"], job["result"], reached) == ("cancelled", None, [])


def test_a_job_cancelled_while_it_waits_never_runs(engine, settings):
    ran = []
    kinds = {"test": lambda context: ran.append(1)}
    office = Jobs(engine, settings, kinds)
    job_id = office.submit("test", "wang", [], {})

    assert office.cancel(job_id, owner="wang")
    run_job(engine, settings, job_id, kinds)

    assert (office.poll(job_id, owner="wang")["state"], ran) == ("cancelled", [])


def test_a_job_queued_twice_runs_once(engine, settings):
    ran = []
    kinds = {"test": lambda context: ran.append(1)}
    job_id = Jobs(engine, settings, kinds).submit("test", "wang", [], {})

    run_job(engine, settings, job_id, kinds)
    run_job(engine, settings, job_id, kinds)

    assert ran == [1]


def test_a_fault_of_the_input_is_told_in_its_own_words(run_here):
    def refuse(context):
        raise InputError("第 18 行：乡镇代码不在区划表中。")

    job = run_here(refuse)

    assert (job["state"], job["message"]) == ("failed", "第 18 行：乡镇代码不在区划表中。")


def test_a_fault_of_the_program_is_logged_and_its_words_are_kept_from_the_owner(run_here, caplog):
    def break_down(context):
        raise KeyError("secret path /srv/x")

    with caplog.at_level(logging.ERROR):
        job = run_here(break_down)

    assert job["state"] == "failed"
    assert "secret" not in job["message"] and job["job_id"] in job["message"]
    assert "secret" in caplog.text


def test_nobody_else_sees_or_cancels_a_job(engine, settings):
    office = Jobs(engine, settings, KINDS)
    job_id = office.submit("add up", "wang", [], {"numbers": [1]})

    assert office.poll(job_id, owner="li") is None
    assert not office.cancel(job_id, owner="li")
    assert jobs.read_jobs(engine, owner="li").empty
    assert office.poll(job_id, owner="wang")["state"] == "queued"


def test_an_unknown_kind_of_job_is_refused(engine, settings):
    with pytest.raises(ValueError, match="no kind of job"):
        Jobs(engine, settings, KINDS).submit("format the disk", "wang", [], {})


def test_a_job_reports_from_inside_its_own_transaction(engine, run_here):
    def write_and_report(context):
        with writing(context.engine) as connection:
            connection.execute(text("DELETE FROM plans"))
            started = time.monotonic()
            context.progress.report(0.5, "写入中")
            return time.monotonic() - started

    job = run_here(write_and_report)

    assert job["state"] == "done"
    assert job["result"] < 2  # seconds: does not wait for the lock it holds itself


def test_cancelling_takes_back_what_the_job_wrote(engine, run_here):
    def write_then_cancel(context):
        job_id = jobs.read_jobs(engine, owner="wang")["job_id"][0]
        jobs.cancel(engine, job_id, owner="wang")
        with writing(context.engine) as connection:
            connection.execute(
                text(
                    "INSERT INTO submissions (kind, received_at, received_from, rows_read, rows_stored, "
                    "rows_unchanged, rows_refused, is_demo) VALUES ('x', '2026-01-01', 'wang', 0, 0, 0, 0, :no)"
                ),
                {"no": False},
            )
            context.progress.report(0.5)

    assert run_here(write_then_cancel)["state"] == "cancelled"
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM submissions")) == 0


def test_the_queue_holds_readable_text_and_no_pickle(engine, settings):
    queue = JobQueue(settings, lambda job_id: None)
    queue.put("5f0c")

    waiting = bytes(queue.huey.storage.enqueued_items()[0]).decode()
    assert '"args": ["5f0c"]' in waiting


def test_a_worker_runs_what_was_queued_before_and_after_it_started(engine, settings, worker):
    office = Jobs(engine, settings, KINDS)
    before = office.submit("add up", "wang", [], {"numbers": [1, 2]})
    worker()
    wait_until(lambda: state_of(engine, before) == "done")
    after = office.submit("add up", "wang", [], {"numbers": [3, 4]})
    wait_until(lambda: state_of(engine, after) == "done")

    assert (office.poll(before, owner="wang")["result"], office.poll(after, owner="wang")["result"]) == (3, 7)


def test_a_job_whose_message_was_lost_runs_when_the_worker_starts(engine, worker):
    job_id = jobs.create(engine, "add up", owner="wang", scope=[], parameters={"numbers": [5]})

    worker()

    wait_until(lambda: state_of(engine, job_id) == "done")


def test_a_running_job_is_cancelled_from_another_process(engine, settings, worker):
    office = Jobs(engine, settings, KINDS)
    worker()
    job_id = office.submit("never end", "wang", [], {})
    wait_until(lambda: state_of(engine, job_id) == "running")
    office.cancel(job_id, owner="wang")

    wait_until(lambda: state_of(engine, job_id) == "cancelled")


def test_a_job_of_a_killed_worker_is_marked_as_failed_by_the_next_one(engine, settings, worker):
    office = Jobs(engine, settings, KINDS)
    killed = worker()
    job_id = office.submit("never end", "wang", [], {})
    wait_until(lambda: state_of(engine, job_id) == "running")
    killed.kill()
    killed.wait()
    assert state_of(engine, job_id) == "running"  # nobody could say otherwise

    worker()
    wait_until(lambda: state_of(engine, job_id) == "failed")

    assert office.poll(job_id, owner="wang")["message"] == WORKER_WAS_STOPPED


def test_a_worker_that_is_told_to_stop_leaves_no_job_running(engine, settings, worker):
    job_id = Jobs(engine, settings, KINDS).submit("never end", "wang", [], {})
    process = worker()
    wait_until(lambda: state_of(engine, job_id) == "running")
    process.terminate()

    process.wait(timeout=20)
    assert state_of(engine, job_id) == "failed"


def test_a_second_worker_of_one_installation_is_refused(engine, settings, worker):
    job_id = Jobs(engine, settings, KINDS).submit("never end", "wang", [], {})
    worker()
    wait_until(lambda: state_of(engine, job_id) == "running")

    with pytest.raises(InputError, match="Another worker"):
        work(engine, settings, kinds=KINDS)
    assert state_of(engine, job_id) == "running"


def test_the_worker_of_a_site_ends_with_it(engine, settings):
    process = start_worker_process(settings)
    try:
        wait_until(lambda: (settings.data_folder / "worker.lock").exists())
        process.stdin.close()  # what the kernel does when the parent is gone, however it went
        process.wait(timeout=20)
    finally:
        process.kill()


def test_every_kind_of_job_names_a_function_that_exists():
    for kind, named in JOB_KINDS.items():
        assert callable(_function(named)), kind


def test_a_plan_that_cannot_be_judged_says_why_to_who_asked(engine, settings):
    office = Jobs(engine, settings)
    job_id = office.submit("judge", "wang", [], {"plan_id": "no-such-plan", "as_of": "2026-11-15"})

    run_job(engine, settings, job_id)

    job = office.poll(job_id, owner="wang")
    assert (job["state"], "no-such-plan" in job["message"]) == ("failed", True)
