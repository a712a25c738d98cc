"""Synthetic annual work points of Ordos: what departments owe in 2026, and what they say month by month is done.

The chapters and departments are the real plan's; points, quantities and progress are invented.
"""

from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from demo import places

PLAN = "ordos-2030"
# Share of the quantity done by the time it is due, and the last month that is reported; None: the newest.
COURSES = {
    "steady": (1.02, None),
    "done": (1.15, None),
    "late": (0.62, None),
    "overdue": (0.70, None),
    "overdue-late": (0.40, None),
    "silent": (0.90, 5),
    "not_started": (0.0, None),
}
MONTHS_DUE = {"Q1": 3, "Q2": 6, "Q3": 9, "Q4": 12}


@cache
def _planned() -> pd.DataFrame:
    return pd.read_csv(places.FOLDER / "tasks.csv", dtype={"plan_task_no": str, "due": str, "task_id": str})


def definitions() -> pd.DataFrame:
    """The work points as an import file."""
    table = _planned().drop(columns="course")
    return table.assign(area_id=places.PREFECTURE, plan_id=PLAN)


def reports(seed: int, today: date) -> pd.DataFrame:
    """What was reported for each month that has ended before today, as an import file."""
    random = np.random.default_rng(seed + 7)
    rows = [row for task in _planned().itertuples(index=False) for row in _months(task, today, random)]
    return pd.DataFrame(rows)


def _months(task, today: date, random: np.random.Generator) -> list[dict]:
    reaches, last = COURSES[task.course]
    due_month = _due_month(task.due)
    newest = today.month - 1 if today.year == task.year else 12
    speeds = reaches * np.cumsum(random.dirichlet(np.full(due_month, 6.0)))
    rows = []
    for month in range(2, min(last or newest, newest) + 1):
        share = float(speeds[min(month, due_month) - 1])
        rows.append(_report(task, month, min(share, 1.0), today))
        if rows[-1]["state"] == "done":
            break
    return rows


def _due_month(due: str) -> int:
    return 12 if len(due) == 4 else MONTHS_DUE[due[4:]] if "Q" in due else int(due[5:])


def _report(task, month: int, share: float, today: date) -> dict:
    has_quantity = task.quantity == task.quantity
    done = np.floor(share * task.quantity) if has_quantity else np.nan
    is_done = done >= task.quantity if has_quantity else share >= 1.0
    state = "已完成" if is_done else "未启动" if task.course == "not_started" else "推进中"
    reported = min(date(task.year + month // 12, month % 12 + 1, 5), today)
    return {
        "task_id": task.task_id,
        "period": f"{task.year}-{month:02d}",
        "state": state,
        "quantity_done": done if task.course != "not_started" else np.nan,
        "evidence": f"演示佐证-{task.task_id}" if is_done else "",
        "reported_on": reported.isoformat(),
    }
