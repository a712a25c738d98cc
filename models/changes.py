"""What moved between two reviews: marks that got worse, better, were newly judged, and what made them move."""

import numpy as np
import pandas as pd

from models.status import CANNOT_JUDGE, STATUSES

WORSE, BETTER, NEWLY_JUDGED, NO_LONGER_JUDGED, SAME, NOT_JUDGED = (
    "worse", "better", "newly_judged", "no_longer_judged", "same", "not_judged",
)  # fmt: skip
MOVED = (WORSE, BETTER, NEWLY_JUDGED, NO_LONGER_JUDGED)
NEW_TARGET, GONE, GOAL_REVISED, NEW_FIGURE, FIGURE_REVISED, NOTHING_NEW = (
    "new_target", "gone", "goal_revised", "new_figure", "figure_revised", "nothing_new",
)  # fmt: skip

KEY = ["target_id", "area_id"]
SHOWN = ["status", "period", "observed", "final_year", "final_value", "comparator", "p_miss", "p_miss_basis"]


def compare_marks(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """One row per target and area of either review, worse first: KEY, SHOWN of now, SHOWN with _before, and

    change: one of MOVED, or same, or not_judged (by neither). steps: how many statuses up (+) or down (-), NaN unless
        both judged. cause: new_target or gone (the target or area is in one review only), goal_revised (another final
        value, year or comparator), new_figure (another period), figure_revised (the same period, another value), or
        nothing_new (only the path went on, or figures before it changed).
    before, now: the columns of models.judging.MARKS, each target and area once.
    """
    both = now[[*KEY, *SHOWN]].merge(
        before[[*KEY, *SHOWN]], on=KEY, how="outer", suffixes=("", "_before"), indicator="where"
    )
    grade = {status: -step for step, status in enumerate(STATUSES) if status != CANNOT_JUDGE}
    then, today = (both[column].map(grade).astype(float) for column in ("status_before", "status"))
    both["steps"] = today - then
    both["change"] = np.select(
        [both.steps < 0, both.steps > 0, both.steps == 0, today.notna(), then.notna()],
        [WORSE, BETTER, SAME, NEWLY_JUDGED, NO_LONGER_JUDGED],
        NOT_JUDGED,
    )
    both["cause"] = np.select(
        [
            both["where"] == "left_only",
            both["where"] == "right_only",
            _differs(both, "final_value") | _differs(both, "final_year") | _differs(both, "comparator"),
            _differs(both, "period"),
            _differs(both, "observed"),
        ],
        [NEW_TARGET, GONE, GOAL_REVISED, NEW_FIGURE, FIGURE_REVISED],
        NOTHING_NEW,
    )
    order = {change: place for place, change in enumerate((*MOVED, SAME, NOT_JUDGED))}
    both = both.drop(columns="where").assign(_order=both.change.map(order), _size=-both.steps.abs())
    both = both.sort_values(["_order", "_size", "area_id", "target_id"], kind="stable")
    return both.drop(columns=["_order", "_size"]).reset_index(drop=True)


def _differs(both: pd.DataFrame, column: str) -> pd.Series:
    """Whether a column changed; missing in both is no change."""
    now, then = both[column].astype(object), both[f"{column}_before"].astype(object)
    known = now.notna() & then.notna()
    return (now.notna() != then.notna()) | (known & (now.where(known, 0) != then.where(known, 0)))
