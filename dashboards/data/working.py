"""The arithmetic behind one mark, worked out again from the run's own figures."""

from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from dashboards.data.judged import marks, newest_run, targets
from dashboards.data.registers import area, areas
from dashboards.data.store import cached, engine
from data_access import submissions
from models.working import Working, working_of
from models.working_references import References, references_of
from workflows.working import work_out_run

COMPARED = ("status", "reason", "period", "observed", "path_value", "gap", "tolerance", "p_miss", "trend")
CLOSE = 1e-9


@dataclass(frozen=True)
class WorkedMark:
    """working and references: of models. row: the stored mark with its names (data.marks). target: the rows of its
    milestones. agrees: the stored mark is what the arithmetic comes to; if not, the plan has to be judged again.
    """

    working: Working
    references: References
    row: dict
    target: pd.DataFrame
    run: dict
    agrees: bool


@cached
def worked_mark(plan_id: str, target_id: str, area_id: str, as_of: date | None = None) -> WorkedMark | None:
    """One mark of a review taken apart; None where there is no such mark or the reader may not see its area."""
    stored, run = marks(plan_id, as_of), newest_run(plan_id, as_of)
    row = stored[(stored["target_id"] == target_id) & (stored["area_id"] == area_id)]
    if run is None or row.empty or area(area_id) is None:
        return None
    found = row.iloc[0].to_dict()
    out = work_out_run(engine(), run, [found["indicator_id"]])
    working = working_of(out, target_id, area_id)
    if working is None:
        return None
    seen = areas().index
    working = replace(
        working,
        parts=working.parts[working.parts["area_id"].isin(seen)],
        units=working.units[working.units["area_id"].isin(seen)],
    )
    rows = targets(plan_id, as_of)
    rows = rows[rows["target_id"] == target_id]
    return WorkedMark(working, references_of(working), found, rows, run, agrees(working.mark, found))


def agrees(worked: dict, stored: dict) -> bool:
    """Whether two marks say the same."""
    return all(same(worked[name], stored[name]) for name in COMPARED)


def same(one, other) -> bool:
    if pd.isna(one) or pd.isna(other):
        return bool(pd.isna(one) and pd.isna(other))
    return one == other if isinstance(one, str) or isinstance(other, str) else abs(one - other) < CLOSE


@cached
def received() -> pd.DataFrame:
    """Every submission by its id: file_name, kind, received_at, received_from."""
    return submissions.read_submissions(engine()).set_index("submission_id", drop=False)
