"""Marks rolled up for an action, a district, a plan: how many stand where. Counts, never averages of marks."""

import pandas as pd

from models.status import BEHIND, REVERSING, STATUSES

FAILING = (REVERSING, BEHIND)


def status_counts(groups: pd.Series, statuses: pd.Series) -> pd.DataFrame:
    """One row a group, ordered by it: a column for each of STATUSES, total and failing (behind or reversing), int64.

    groups: what each mark belongs to (action, area...); a mark of no group (missing) is not counted. statuses: of the
    same index. A mark counts once in its group, whatever its target weighs: weights belong to an assessment's scheme.
    """
    counts = pd.crosstab(groups, statuses).reindex(columns=list(STATUSES), fill_value=0).astype("int64")
    counts.columns.name = None
    return counts.assign(total=counts.sum(axis=1), failing=counts[list(FAILING)].sum(axis=1))


def top_of(parents: pd.Series) -> pd.Series:
    """id -> the id at the top of its branch. parents: id -> its parent's id; missing, or not among the ids: a top.

    A circle of parents ends somewhere on the circle.
    """
    top = pd.Series(parents.index, index=parents.index, dtype=object)
    for _step in range(len(parents)):
        above = top.map(parents)
        known = above.isin(parents.index)
        if not known.any():
            break
        top = above.where(known, top)
    return top
