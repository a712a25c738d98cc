"""Annual work points as they stand, for the areas the reader may see."""

from datetime import date

import pandas as pd

from dashboards.data.registers import areas
from dashboards.data.store import cached, engine, version
from data_access import plans
from data_access import tasks as stored
from data_access.periods import parse_period
from models import tasks as judged


@cached
def task_years() -> list[int]:
    """The years that have work points, newest first."""
    return stored.read_task_years(engine())


@cached
def work_points(year: int, on: date | None = None) -> pd.DataFrame:
    """The year's work points with how they stand at the end of a day (today): data_access.tasks.TASKS, models.tasks.stand.

    Only reports of periods that had ended by the day count; ends is the last day each is due.
    """
    tasks, reports = _tasks(year), _reports(year)
    day = on or version()[3]
    standing = judged.stand(tasks, reports[reports["period_ends"] <= day], day)
    return tasks.merge(standing, on="task_id")


@cached
def work_points_over_time(year: int, task_ids: tuple[str, ...], days: tuple[date, ...]) -> pd.DataFrame:
    """How many of some work points had each lamp at the end of each day: models.tasks.over_time."""
    tasks, reports = _tasks(year), _reports(year)
    chosen = tasks["task_id"].isin(task_ids)
    return judged.over_time(tasks[chosen], reports[reports["task_id"].isin(task_ids)], list(days))


@cached
def work_point_reports(year: int) -> pd.DataFrame:
    """What was reported of the year's work points: data_access.tasks.REPORTS and period_ends."""
    return _reports(year)


@cached
def _tasks(year: int) -> pd.DataFrame:
    found = stored.read_tasks(engine(), year=year)
    found = found[found["area_id"].isin(areas().index)]
    begins = [date(int(own), 1, 1) for own in found["year"]]
    return found.assign(begins=begins, ends=_last_days(found["due"])).reset_index(drop=True)


@cached
def _reports(year: int) -> pd.DataFrame:
    found = stored.read_reports(engine(), year=year)
    return found.assign(period_ends=_last_days(found["period"]))


def _last_days(periods: pd.Series) -> list[date]:
    known = {period: parse_period(period).last_day for period in periods.unique()}
    return [known[period] for period in periods]


def lamp_counts(points: pd.DataFrame, column: str) -> pd.DataFrame:
    """How many points of each group have each lamp, most trouble first: models.tasks.counts."""
    return judged.counts(points, points[column])


@cached
def action_names() -> dict[str, str]:
    """The actions of every plan: Chinese title -> English title."""
    actions = plans.read_actions(engine()).dropna(subset=["title_en"])
    return dict(zip(actions["title_zh"], actions["title_en"], strict=True))
