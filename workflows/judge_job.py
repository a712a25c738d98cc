"""The job that judges a plan anew, so that the page which asks for it need not wait."""

from datetime import date

from workflows.jobs import JobContext
from workflows.judging import judge_plan


def run_judge_job(context: JobContext) -> dict:
    """parameters: plan_id and as_of (YYYY-MM-DD). Gives what judge_plan gives."""
    as_of = date.fromisoformat(context.parameters["as_of"])
    return judge_plan(context.engine, context.parameters["plan_id"], as_of=as_of, progress=context.progress.report)
