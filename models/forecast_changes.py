"""What moved between two forecasts of the same series, by how much, and why."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from models.intervals import QUANTILE_COLUMNS
from models.probability import probability_of_missing
from models.targets import read_targets_frame

# The first that applies. METHOD: another model or version. NEW, REVISED: its own figures. PEERS: only its peers' figures.
METHOD, NEW, REVISED, PEERS = "method", "new", "revised", "peers"
REASONS = (METHOD, NEW, REVISED, PEERS)
SERIES = ["indicator_id", "area_id"]
MOVED = [*SERIES, "time", "before", "low", "high", "after", "shift", "p_before", "p_after", "p_change", "why"]
MOVED += ["changed_time", "changed_from", "changed_to"]
MEDIAN, LOW, HIGH = "q0.5", "q0.1", "q0.9"


def goals_of(targets: pd.DataFrame) -> pd.DataFrame:
    """indicator_id -> year, comparator, value: the last dated milestone of each indicator's targets.

    targets: as models.judging takes them. value is NaN where no target of that year is a plain value to reach.
    """
    demanded = read_targets_frame(targets)
    time = np.where(np.isfinite(demanded.milestone_time), demanded.milestone_time, -np.inf)
    last = time.argmax(axis=1)
    row = np.arange(len(time))
    plain = (demanded.kind == "bound") & (demanded.side != 0)
    goals = pd.DataFrame(
        {
            "indicator_id": demanded.frame.indicator_id.to_numpy(dtype=object),
            "year": time[row, last],
            "comparator": np.where(demanded.side > 0, ">=", "<="),
            "value": np.where(plain, demanded.milestone_value[row, last], np.nan),
        }
    )
    goals = goals[np.isfinite(goals.year)].sort_values(["year", "value"], na_position="first", kind="stable")
    return goals.drop_duplicates("indicator_id", keep="last").set_index("indicator_id").sort_index()


def moves(
    before: pd.DataFrame, after: pd.DataFrame, goals: pd.DataFrame, other_method: Collection[str]
) -> pd.DataFrame:
    """The series that both forecasts have: MOVED, one row each, those that moved furthest first.

    before, after: SERIES, time, QUANTILE_COLUMNS, at one time a series. goals: of goals_of. other_method: indicators
    forecast by another method or version than before. shift is the change of the median in widths of the earlier 80 %
    interval, NaN where that has none. Whose figures changed is told by tell_why.
    """
    both = before.merge(after, on=[*SERIES, "time"], suffixes=("_before", "_after"))
    goal = goals.reindex(both.indicator_id)
    wanted = goal.comparator.to_numpy(dtype=object), goal.value.to_numpy(float)
    p_before, p_after = (probability_of_missing(_of(both, ending), *wanted) for ending in ("before", "after"))
    low, high, median = (both[f"{name}_before"] for name in (LOW, HIGH, MEDIAN))
    moved = pd.DataFrame(
        {
            "indicator_id": both.indicator_id,
            "area_id": both.area_id,
            "time": both.time,
            "before": median,
            "low": low,
            "high": high,
            "after": both[f"{MEDIAN}_after"],
            "shift": (both[f"{MEDIAN}_after"] - median) / (high - low).where(high > low),
            "p_before": p_before,
            "p_after": p_after,
            "p_change": p_after - p_before,
            "why": np.where(both.indicator_id.isin(other_method), METHOD, PEERS),
        }
    ).reindex(columns=MOVED)
    furthest = moved.assign(size=moved["shift"].abs()).sort_values(["size", *SERIES], ascending=[False, True, True])
    return furthest.drop(columns="size").reset_index(drop=True)


def _of(both: pd.DataFrame, ending: str) -> pd.DataFrame:
    return pd.DataFrame({name: both[f"{name}_{ending}"] for name in QUANTILE_COLUMNS})


def tell_why(moved: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The moves with their reason, from the figures each forecast rested on; and the newest figure that changed.

    before, after: SERIES, time, value, counts_sum (one number of all the series' counts). changed_from is NaN for a new
    figure, changed_to for one that was taken back; both are NaN where only the counts behind a figure changed.
    """
    keys = pd.MultiIndex.from_frame(moved[SERIES].astype(object))
    figures = before.merge(after, on=[*SERIES, "time"], how="outer", suffixes=("_before", "_after"), indicator="side")
    figures = figures[(figures.side != "both") | (figures.value_before != figures.value_after)]
    newest = figures.sort_values([*SERIES, "time"]).drop_duplicates(SERIES, keep="last").set_index(SERIES)
    changed = newest.reindex(keys)
    added = pd.MultiIndex.from_frame(figures.loc[figures.side == "right_only", SERIES].astype(object))
    sums = [frame.drop_duplicates(SERIES).set_index(SERIES).counts_sum.reindex(keys) for frame in (before, after)]
    recounted = (sums[0].to_numpy() != sums[1].to_numpy()) | changed.time.notna().to_numpy()
    why = np.select([moved.why == METHOD, keys.isin(added), recounted], [METHOD, NEW, REVISED], PEERS)
    changes = {"changed_time": changed.time, "changed_from": changed.value_before, "changed_to": changed.value_after}
    return moved.assign(why=why, **{name: column.to_numpy() for name, column in changes.items()})
