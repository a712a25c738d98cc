"""Where annual work points stand on a day: done, on time, late, overdue, or not heard of."""

from datetime import date

import numpy as np
import pandas as pd

LAMPS = ("overdue", "late", "silent", "on_time", "not_due", "done", "stopped")  # as lists show them, worst first
BEHIND_BY = 0.20  # of what is due: a smaller lag behind even progress is not told from the seasons of work
SILENT_AFTER_DAYS = 92  # a quarter and a day without a report


def stand(tasks: pd.DataFrame, reports: pd.DataFrame, on: date) -> pd.DataFrame:
    """One row for each task, in their order: task_id, lamp, share_done, share_due, quantity_done, state, period, days_left.

    tasks: task_id, year, quantity (NaN: done or not), begins, ends (dates: of the year, and the last day it is due).
    reports: task_id, period_ends (date), state, quantity_done (since the year began; NaN), only those known on the day.
    share_done, share_due: 0 to 1 at the end of the reported period; NaN where no quantity or no report: never zero.
    share_due supposes even progress from the beginning of the year to the last day. period_ends: NaT without a report.
    """
    last = reports.sort_values("period_ends").drop_duplicates("task_id", keep="last").set_index("task_id")
    found = tasks[["task_id", "quantity", "begins", "ends"]].join(
        last[["period_ends", "state", "quantity_done"]], on="task_id"
    )
    day = pd.Timestamp(on)
    begins, ends, told = (pd.to_datetime(found[name]) for name in ("begins", "ends", "period_ends"))
    share_done = found["quantity_done"] / found["quantity"]
    elapsed = (told.clip(upper=ends) - begins).dt.days + 1
    found["share_done"] = share_done
    found["share_due"] = np.where(share_done.notna(), (elapsed / ((ends - begins).dt.days + 1)).clip(0, 1), np.nan)
    found["days_left"] = (ends - day).dt.days
    found["lamp"] = _lamps(found, begins, ends, told, day)
    return found.drop(columns=["quantity", "begins", "ends"]).reset_index(drop=True)


def _lamps(found: pd.DataFrame, begins: pd.Series, ends: pd.Series, told: pd.Series, day: pd.Timestamp) -> np.ndarray:
    is_done = found["state"].eq("done") | (found["share_done"] >= 1)
    heard_from = told.fillna(begins)  # before the first report, silence counts from the beginning of the year
    is_silent = (day.to_datetime64() - heard_from).dt.days > SILENT_AFTER_DAYS
    is_late = found["share_due"] - found["share_done"] > BEHIND_BY
    is_late |= found["state"].eq("not_started") & (found["days_left"] < (ends - begins).dt.days * BEHIND_BY)
    conditions = [found["state"].eq("stopped"), is_done, ends < day, begins > day, is_late, is_silent]
    lamps = ["stopped", "done", "overdue", "not_due", "late", "silent"]
    return np.select(conditions, lamps, "on_time")


def counts(standing: pd.DataFrame, by: pd.Series) -> pd.DataFrame:
    """How many tasks of each group have each lamp: one row per group, a column per lamp and total; most trouble first.

    standing: as stand gives it. by: the group of each row, aligned; a missing group is left out.
    """
    table = pd.crosstab(by, standing["lamp"]).reindex(columns=list(LAMPS), fill_value=0)
    table["total"] = table.sum(axis=1)
    trouble = table["overdue"] * 1e6 + table["late"] * 1e3 + table["silent"]
    return table.loc[trouble.sort_values(ascending=False, kind="stable").index]


def over_time(tasks: pd.DataFrame, reports: pd.DataFrame, days: list[date]) -> pd.DataFrame:
    """How many tasks had each lamp at the end of each day listed, on the reports of periods that had ended by then."""
    rows = []
    ends = {name: pd.to_datetime(tasks[name]) for name in ("begins", "ends")}
    told = pd.to_datetime(reports["period_ends"])
    tasks, reports = tasks.assign(**ends), reports.assign(period_ends=told)  # once, not for every day
    for day in days:
        standing = stand(tasks, reports[told <= pd.Timestamp(day)], day)
        rows.append({"day": day, **standing["lamp"].value_counts().reindex(list(LAMPS), fill_value=0).to_dict()})
    return pd.DataFrame(rows, columns=["day", *LAMPS])
