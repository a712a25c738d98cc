"""How good past forecasts and flags of a plan were, as the job that replays them kept it (workflows/backtest_job.py)."""

from datetime import datetime

from dashboards.access import current_user
from dashboards.data.registers import seen
from dashboards.data.store import cached, engine, settings
from data_access import backtests, jobs
from data_access.submissions import OFFICE_TIME, newest_submission_id
from models import backtest_scores
from models.flag_backtest import FlagScores, flag_scores
from workflows.flag_history import AHEAD
from workflows.jobs import Jobs

KIND = "backtest"
OPEN = ("queued", "running")


def backtest_made(plan_id: str) -> dict | None:
    """When the plan's back-test was made and on what: data_access.backtests.HEAD, made_on (the bureau's day) and is_stale.

    is_stale: figures came in since. None where there is none.
    """
    head = backtests.read_backtest_head(engine(), plan_id)
    if head is None:
        return None
    is_stale = head["last_submission_id"] < newest_submission_id(engine())
    return {**head, "made_on": head["made_at"].astimezone(OFFICE_TIME).date(), "is_stale": is_stale}


def backtest(plan_id: str) -> backtest_scores.Summary | None:
    """The plan's replayed forecasts in the areas the reader may see, summed up; None where none were kept, or there are none.

    The forecasts are made from every area's figures, as those of the plan are.
    """
    head = backtests.read_backtest_head(engine(), plan_id)
    return _summary(plan_id, head["made_at"]) if head else None


@cached
def _summary(plan_id: str, _made_at: datetime) -> backtest_scores.Summary | None:
    return backtest_scores.summary_of_errors(seen(backtests.read_backtest(engine(), plan_id, "forecasts")))


def past_flag_scores(plan_id: str, capacity: int | None = None) -> FlagScores | None:
    """What the plan's past flags were worth in the areas the reader may see; None where nothing can be told."""
    head = backtests.read_backtest_head(engine(), plan_id)
    return _flag_scores(plan_id, capacity, head["made_at"]) if head else None


@cached
def _flag_scores(plan_id: str, capacity: int | None, _made_at: datetime) -> FlagScores | None:
    past = seen(backtests.read_backtest(engine(), plan_id, "flags"))
    return flag_scores(past, ahead=AHEAD, capacity=capacity)


def ask_for_backtest(plan_id: str) -> str:
    """Ask for the plan's back-test and give the job's id; the reader's own that is not over yet serves as well."""
    user, asked = current_user(), {"plan_id": plan_id}
    for job_id in _open_jobs(user.name):
        if jobs.read_job(engine(), job_id, owner=user.name)["parameters"] == asked:
            return job_id
    return Jobs(engine(), settings()).submit(KIND, user.name, user.scope, asked)


def _open_jobs(owner: str) -> list[str]:
    known = jobs.read_jobs(engine(), owner=owner)
    return known.loc[known["kind"].eq(KIND) & known["state"].isin(OPEN), "job_id"].tolist()


def backtest_job(job_id: str) -> dict | None:
    """A job that the reader asked for; None where there is none."""
    job = jobs.read_job(engine(), job_id, owner=current_user().name)
    return job if job is not None and job["kind"] == KIND else None
