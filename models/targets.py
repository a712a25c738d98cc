"""What a plan demands: the typed targets behind the milestone rows."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.wording import decimal_places

RULES = (
    "level",
    "trend",
    "count_quota",
    "unit_coverage",
    "completion",
    "change_from_baseline_relative",
    "change_from_baseline_points",
    "annual_change_points",
)
CHANGE_RULES = RULES[-3:]
SIDES = {">=": 1, ">": 1, "<=": -1, "<": -1, "trend_up": 1, "trend_down": -1, "=": 0}
DIRECTIONS = {"higher_is_better": 1, "lower_is_better": -1, "hold": 0}
# scope -> the level whose every unit must pass; plan_area and each_facility have none: facilities are not areas, and a
# figure about them is a share reported for the area.
UNIT_LEVEL = {
    "plan_area": None,
    "each_district": "county",
    "each_township": "township",
    "each_village": "village",
    "each_facility": None,
}


@dataclass(frozen=True)
class Targets:
    """M targets as arrays; milestones are (M, K), in order of time, NaN where a target has fewer than K.

    side: +1 value must reach the bound, -1 must not pass it, 0 must equal it. strict: the bound itself fails.
    kind: bound (a dated or undated value), change (percent of the baseline), points (added to it), pace (points a
        year), benchmark (another area's figure), trend, slowing (growth must slow), completion. blocked: why nothing can be judged whatever the figures say, or "".
    recurring: the bound holds anew every year (so many a year; never an event). baseline_year, baseline_value: NaN where the plan states none.
    milestone_baseline: (M, K) the year each milestone is relative to, where stated (+10 % on 2019, then on 2022).
    from_previous_year: the change is over last year's figure, every year.
    rounding_hint: decimal places of the milestones' values.
    """

    frame: pd.DataFrame  # one row per target: ids, names, unit, rule, scope, comparator, [area_id]
    milestone_time: np.ndarray
    milestone_value: np.ndarray
    side: np.ndarray
    strict: np.ndarray
    kind: np.ndarray
    blocked: np.ndarray
    recurring: np.ndarray
    year_inferred: np.ndarray
    baseline_year: np.ndarray
    baseline_value: np.ndarray
    milestone_baseline: np.ndarray
    from_previous_year: np.ndarray
    rounding_hint: np.ndarray

    def __len__(self) -> int:
        return len(self.frame)


def read_targets_frame(rows: pd.DataFrame) -> Targets:
    """The targets of a milestone frame: one row per milestone, the columns of data_access.plans.read_targets.

    Further columns used where present: area_id (judge this target for this area only), baseline_value,
    benchmark_area_id (a level to reach or beat: that area's own figure for the same time, of benchmark_indicator_id
    where that is filled), either_with and applies_from (a second branch: models.branches).
    A milestone whose value or year is hidden takes no part; a target none of whose milestones can take part is kept
    and blocked with the reason. Order: as the targets first appear.
    """
    rows = rows.reset_index(drop=True)
    rows = rows.assign(value=plain_numbers(rows.value), year=plain_numbers(rows.year), masked=rows.masked.astype(bool))
    order = plain_numbers(rows.get("milestone_order", pd.Series(np.nan, index=rows.index)))
    rows = rows.assign(_order=order.fillna(0.0), _first=rows.groupby("target_id", sort=False).ngroup())
    rows = rows.sort_values(["_first", "year", "_order"], kind="stable", na_position="last").reset_index(drop=True)
    first = rows.drop_duplicates("target_id").reset_index(drop=True)
    why = row_refusals(rows).to_numpy(dtype=object)
    usable = why == ""
    baseline = plain_numbers(rows.baseline_year) if "baseline_year" in rows else pd.Series(np.nan, index=rows.index)
    time, value, milestone_baseline = _padded(rows.assign(_baseline=baseline)[usable], first.target_id)
    blocked = pd.Series(why, index=rows.target_id)
    blocked = blocked.groupby(level=0).agg(lambda reasons: "" if (reasons == "").any() else reasons.iloc[0])
    side = first.comparator.map(SIDES).to_numpy()
    side = np.where(side == 0, first.direction.map(DIRECTIONS), side).astype(int)
    blank = pd.Series(np.nan, index=first.index)
    inferred = rows.get("year_is_inferred", pd.Series(False, index=rows.index)).fillna(False).astype(bool)
    return Targets(
        frame=first.drop(columns=["_order", "_first"]),
        milestone_time=time,
        milestone_value=value,
        side=side,
        strict=first.comparator.isin(["<", ">"]).to_numpy(),
        kind=_kinds(first),
        blocked=first.target_id.map(blocked).to_numpy(dtype=object),
        recurring=((first.unit == "count_per_year") | _no_events(first)).to_numpy(),
        year_inferred=first.target_id.map(inferred.groupby(rows.target_id).any()).to_numpy(),
        baseline_year=plain_numbers(first.get("baseline_year", blank)).to_numpy(),
        baseline_value=plain_numbers(first.get("baseline_value", blank)).to_numpy(),
        milestone_baseline=milestone_baseline,
        from_previous_year=first.get("baseline_year", blank).astype(object).eq("previous_year").to_numpy(),
        rounding_hint=first.target_id.map(rows.value.map(decimal_places).groupby(rows.target_id).max()).to_numpy(),
    )


def row_refusals(rows: pd.DataFrame) -> pd.Series:
    """Why each milestone row can never be judged by itself, a slug of models/reasons.py; "" where it can.

    rows: a milestone frame with value and year as numbers, masked as yes or no.
    """
    needs_value = rows.rule.isin(["level", "count_quota", "unit_coverage", *CHANGE_RULES]) & ~_has_benchmark(rows)
    year_hidden = rows.masked & rows.year.isna() & ~rows.unit.eq("count_per_year")
    value_hidden = rows.masked & rows.value.isna() & needs_value
    elsewhere = rows.value.isna() & needs_value & rows.unit.isin(["benchmark", "rank"])
    reasons = [year_hidden | value_hidden, elsewhere, rows.value.isna() & needs_value]
    return pd.Series(np.select(reasons, ["masked", "no_benchmark", "no_value"], ""), index=rows.index, dtype=object)


def _kinds(first: pd.DataFrame) -> np.ndarray:
    kinds = {"change_from_baseline_relative": "change", "change_from_baseline_points": "points"}
    kinds |= {"annual_change_points": "pace", "trend": "trend", "completion": "completion"}
    kind = first.rule.map(kinds).fillna("bound")
    kind = kind.where(~((kind == "trend") & (first.unit == "percent_change")), "slowing")
    return kind.where(~_has_benchmark(first), "benchmark").to_numpy(dtype=object)


def _no_events(first: pd.DataFrame) -> pd.Series:
    """Zero deaths, zero incidents: whatever the date, one is one too many."""
    return (first.direction == "lower_is_better") & (first.comparator == "=") & (first.value == 0)


def _has_benchmark(rows: pd.DataFrame) -> pd.Series:
    if "benchmark_area_id" not in rows:
        return pd.Series(False, index=rows.index)
    return rows.benchmark_area_id.notna() & (rows.benchmark_area_id != "") & (rows.rule == "level")


def benchmark_indicators(frame: pd.DataFrame) -> pd.Series:
    """The indicator each target's benchmark is a figure of: its own unless it names another."""
    if "benchmark_indicator_id" not in frame:
        return frame.indicator_id
    named = frame.benchmark_indicator_id.astype(object)
    return named.where(named.notna() & (named != ""), frame.indicator_id)


def _padded(rows: pd.DataFrame, target_ids: pd.Series) -> list[np.ndarray]:
    """Milestone times, values and baseline years of each target, each (M, K); rows come sorted."""
    nth = rows.groupby("target_id", sort=False).cumcount().to_numpy()
    code = pd.Index(target_ids).get_indexer(rows.target_id)
    shape = (len(target_ids), int(nth.max()) + 1 if len(nth) else 1)
    padded = [np.full(shape, np.nan) for _ in range(3)]
    for array, column in zip(padded, ("year", "value", "_baseline"), strict=True):
        array[code, nth] = rows[column]
    return padded


def plain_numbers(column: pd.Series) -> pd.Series:
    """Numbers; anything else (previous_year, the plan's own words, empty) is NaN."""
    if pd.api.types.is_numeric_dtype(column):
        return (
            column.astype("Float64").astype(float) if column.dtype.name.startswith(("I", "F")) else column.astype(float)
        )
    text = column.astype("string").str.strip()
    return pd.to_numeric(
        text.where(text.str.match(re.compile(r"^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$"), na=False)), errors="coerce"
    ).astype(float)
