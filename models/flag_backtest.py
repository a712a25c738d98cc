"""What past flags were worth: who was flagged at a year's end, and who fell short of the path so many years later.

Beside them the simplest rule there is, which knows only how far from the line everybody stood: it flags as many.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.flags import falling_behind
from models.intervals import QUANTILE_COLUMNS
from models.probability import probability_of_missing
from models.status import CANNOT_JUDGE

KEY = ["target_id", "area_id"]
RULES = ("flags", "distance")
TINY = 1e-9
COUNTS = ["flagged", "came_true", "behind_later", "of_them_flagged", "newly_behind", "of_new_flagged"]


@dataclass(frozen=True)
class FlagScores:
    """by_rule: COUNTS, precision, recall and recall_new, one row of each of RULES; by_year: the same by (year, rule).

    capacity: at most so many flags of each year were looked at (None: all).
    """

    by_rule: pd.DataFrame
    by_year: pd.DataFrame
    ahead: int
    capacity: int | None


def past_flags(
    marks_of_year: dict[int, pd.DataFrame],
    fans_of_year: dict[int, pd.DataFrame],
    population: pd.DataFrame,
    *,
    ahead: int,
) -> pd.DataFrame:
    """One row per mark judged against a path at a year's end and `ahead` years later.

    KEY, year, rank, distance_rank, was_behind, is_behind: rank in the list of the flags whose signs agree, distance_rank
    by the distance from the path alone, NaN where not flagged; the rule by distance flags as many. The chance of missing
    is that of the path's own value `ahead` years on, so that it can be held against what came then.
    marks_of_year: year -> marks (models.judging.MARKS) as of its end. fans_of_year: year -> the forecasts made then
    (indicator_id, area_id, time, QUANTILE_COLUMNS).
    """
    rows = []
    for year, marks in sorted(marks_of_year.items()):
        later = marks_of_year.get(year + ahead)
        if later is None:
            continue
        came = later[_on_a_path(later) & (later.time == year + ahead)][[*KEY, "path_value", "gap"]]
        now = marks[_on_a_path(marks)].drop(columns="path_value").merge(came, on=KEY, suffixes=("", "_later"))
        now["p_miss"] = _chances(now, fans_of_year[year], float(year + ahead))
        flags = falling_behind(now[list(marks.columns.drop("path_value"))], population)
        flags = flags[flags.signs_agree]
        distance = (now.gap / now.tolerance.where(now.tolerance > 0)).fillna(np.sign(now.gap) * np.inf)
        now["distance_rank"] = distance.rank(method="first")
        now["distance_rank"] = now.distance_rank.where(now.distance_rank <= len(flags))
        now = now.merge(flags[[*KEY, "rank"]], on=KEY, how="left")
        slack = TINY * np.maximum(now.observed.abs(), 1.0)
        rows.append(now.assign(year=year, was_behind=now.gap < -slack, is_behind=now.gap_later < -slack))
    columns = [*KEY, "year", "rank", "distance_rank", "was_behind", "is_behind"]
    return pd.concat(rows, ignore_index=True)[columns] if rows else pd.DataFrame(columns=columns)


def _on_a_path(marks: pd.DataFrame) -> pd.Series:
    return (marks.status != CANNOT_JUDGE) & marks.gap.notna() & marks.comparator.isin([">=", ">", "<=", "<"])


def _chances(now: pd.DataFrame, fans: pd.DataFrame, year: float) -> np.ndarray:
    """Of each mark, that its figure of the later year falls short of the path; NaN where it was not forecast."""
    fans = fans[fans.time == year].set_index(["indicator_id", "area_id"])[QUANTILE_COLUMNS]
    found = fans.reindex(pd.MultiIndex.from_frame(now[["indicator_id", "area_id"]]))
    return probability_of_missing(found, now.comparator.to_numpy(dtype=object), now.path_value.to_numpy(float))


def flag_scores(past: pd.DataFrame, *, ahead: int, capacity: int | None = None) -> FlagScores | None:
    """How many of the flags came true, and how many of those behind later had been flagged; None without any.

    past: of past_flags. newly_behind: those behind later that were not yet when the flag was raised: what a rule that
    only looks at today cannot know.
    """
    if past.empty:
        return None
    most = np.inf if capacity is None else capacity
    tables = []
    for rule, rank in zip(RULES, ("rank", "distance_rank"), strict=True):
        flagged, behind, new = past[rank] <= most, past.is_behind.astype(bool), ~past.was_behind.astype(bool)
        counted = pd.DataFrame(
            {
                "flagged": flagged,
                "came_true": flagged & behind,
                "behind_later": behind,
                "of_them_flagged": flagged & behind,
                "newly_behind": behind & new,
                "of_new_flagged": flagged & behind & new,
            }
        )
        tables.append(counted.groupby(past.year).sum().assign(rule=rule))
    by_year = pd.concat(tables).set_index("rule", append=True).sort_index()
    by_rule = by_year.groupby(level="rule").sum().loc[list(RULES)]
    return FlagScores(_with_shares(by_rule), _with_shares(by_year), ahead, capacity)


def _with_shares(counts: pd.DataFrame) -> pd.DataFrame:
    def share(part, whole):
        return counts[part] / counts[whole].where(counts[whole] > 0)

    return counts.assign(
        precision=share("came_true", "flagged"),
        recall=share("of_them_flagged", "behind_later"),
        recall_new=share("of_new_flagged", "newly_behind"),
    )
