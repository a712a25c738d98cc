"""Rules of two branches: "+5 points a year, or, once at 40 %, two more a year". One mark of the two counts."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from models.pairs import UNIT, WHOLE, Pairs
from models.series import SeriesSet
from models.status import CANNOT_JUDGE
from models.targets import Targets

OTHER_BRANCH, BRANCH_UNKNOWN = "other_branch", "branch_unknown"


def branches_of(frame: pd.DataFrame) -> pd.DataFrame:
    """Positions of targets that are branches of one rule: first, second, applies_from (a value of the first's indicator).

    frame: one row per target. The second branch names the indicator of the first in either_with; both stand in the same
    plan, action and scope, and for the same named area where they name one.
    """
    none = pd.DataFrame({"first": [], "second": [], "applies_from": []}).astype({"first": int, "second": int})
    if "either_with" not in frame or frame.either_with.isna().all():
        return none
    plain = frame.reset_index(drop=True)
    same = [name for name in ("plan_id", "action_id", "scope", "area_id") if name in plain]
    keys = plain[same].astype(object).where(plain[same].notna(), "")
    second = keys.assign(
        indicator_id=plain.either_with, applies_from=pd.to_numeric(plain.applies_from), second=plain.index
    )
    first = keys.assign(indicator_id=plain.indicator_id, first=plain.index)
    second = second[second.indicator_id.notna() & (second.indicator_id != "")]
    return second.merge(first, on=[*same, "indicator_id"])[["first", "second", "applies_from"]]


def choose_branches(marks: pd.DataFrame, targets: Targets, pairs: Pairs, series: SeriesSet) -> pd.DataFrame:
    """Leave each area the mark of the branch that holds there; the other says so and is not judged.

    The branch is chosen by the first branch's figure a year before the judged one ("once at 40 %" binds the years after),
    where there is none by the newest. Not known: neither is judged. Wholes above the units keep the first branch's mark.
    """
    linked = branches_of(targets.frame)
    if not len(linked):
        return marks
    status, reason = (marks[name].to_numpy(dtype=object).copy() for name in ("status", "reason"))
    position = {key: row for row, key in enumerate(zip(pairs.target, pairs.area_id, strict=True))}
    indicator = targets.frame.indicator_id.to_numpy(dtype=object)
    for link in linked.itertuples():
        for row in np.flatnonzero(pairs.target == link.second):
            other = position.get((link.first, pairs.area_id[row]))
            if other is None:
                continue
            if pairs.role[row] == WHOLE:
                status[row], reason[row] = CANNOT_JUDGE, OTHER_BRANCH
                continue
            so_far = _figure_before(series, indicator[link.first], pairs.area_id[row])
            if np.isnan(so_far):
                for place in (row, other):
                    status[place], reason[place] = CANNOT_JUDGE, BRANCH_UNKNOWN
            else:
                left_out = other if so_far >= link.applies_from else row
                status[left_out], reason[left_out] = CANNOT_JUDGE, OTHER_BRANCH
    left_out = np.isin(reason, [OTHER_BRANCH, BRANCH_UNKNOWN])
    silent = {name: marks[name].mask(left_out) for name in ("path_value", "gap", "tolerance", "pace_needed")}
    return marks.assign(status=pd.Series(status, dtype=object), reason=pd.Series(reason, dtype=object), **silent)


def _figure_before(series: SeriesSet, indicator_id: str, area_id: str) -> float:
    """The figure a year before a series' newest one, else the newest; NaN where there is none."""
    s = series.find(np.array([indicator_id], dtype=object), np.array([area_id], dtype=object))
    if s[0] < 0:
        return np.nan
    newest = int(series.stop[s[0]]) - 1
    before = int(series.point_at(s, series.points.time.to_numpy(dtype=float)[[newest]] - 1)[0])
    return float(series.points.value.iloc[before if before >= 0 else newest])


def units_of_wholes(marks: pd.DataFrame, targets: Targets, pairs: Pairs) -> Mapping[int, np.ndarray]:
    """Position of each whole -> positions of the units it is judged by, each with the branch that holds there."""
    units_of = {whole: group.to_numpy() for whole, group in pairs.parts.groupby("whole").unit}
    linked = branches_of(targets.frame)
    if not len(linked):
        return units_of
    position = {key: row for row, key in enumerate(zip(pairs.target, pairs.area_id, strict=True))}
    reason = marks.reason.to_numpy(dtype=object)
    for link in linked.itertuples():
        for whole in np.flatnonzero((pairs.target == link.first) & (pairs.role == WHOLE)):
            units = units_of.get(whole, np.array([], dtype=int))
            second = [position.get((link.second, area)) for area in pairs.area_id[units]]
            holds = [
                other if reason[unit] == OTHER_BRANCH and other is not None and pairs.role[other] == UNIT else unit
                for unit, other in zip(units, second, strict=True)
            ]
            units_of[whole] = np.array(holds, dtype=int)
    return units_of
