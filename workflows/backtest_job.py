"""The job that makes a plan's back-test and keeps it for the page, so that no request of the site works it out."""

from datetime import date

from sqlalchemy import Engine

from data_access import backtests, submissions
from data_access.engine import writing
from data_access.submissions import office_today
from models import backtest_scores
from workflows.backtesting import Progress, replay_plan
from workflows.flag_history import replay_flags
from workflows.jobs import JobContext

MOST_SERIES = 10_000  # some ten seconds; of larger stores whole areas are drawn, `manage.py backtest` replays them all


def keep_backtest(engine: Engine, plan_id: str, *, as_of: date, progress: Progress | None = None) -> dict:
    """Replay a plan's past forecasts and flags, and keep the rows. Gives plan_id, as_of, forecasts and flags (counts).

    Raises InputError for a plan or an area that is not in the store, and for figures that cannot be forecast.
    """
    tell = progress or (lambda share, doing: None)
    seen = submissions.newest_submission_id(engine)
    replayed = replay_plan(
        engine,
        plan_id,
        as_of=as_of,
        most_series=MOST_SERIES,
        progress=lambda share, doing: tell(0.5 * share, doing),
    )
    forecasts = backtest_scores.with_errors(replayed)[backtest_scores.ERRORS]
    tell(0.5, f"{plan_id}：重做以往各年的落后名单")
    flags = replay_flags(engine, plan_id, as_of=as_of)
    with writing(engine) as connection:
        backtests.write_backtest(
            connection, plan_id, as_of=as_of, last_submission_id=seen, forecasts=forecasts, flags=flags
        )
    return {"plan_id": plan_id, "as_of": as_of.isoformat(), "forecasts": len(forecasts), "flags": len(flags)}


def run_backtest_job(context: JobContext) -> dict:
    """parameters: plan_id. Gives what keep_backtest gives; as of today."""
    plan_id = context.parameters["plan_id"]
    return keep_backtest(context.engine, plan_id, as_of=office_today(), progress=context.progress.report)
