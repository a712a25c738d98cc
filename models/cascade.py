"""The steps of a programme, from those eligible to those followed up: expected, actual, and where most are lost.

Counts are added, rates worked out again; a unit that has not reported a step is left out of that step's rate, above and
below the line, and is counted as missing. Months are numbered through the calendar: December of year 1 is 12.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

STAGES = ("eligible", "invited", "attended", "positive", "confirmed", "followed_up", "uploaded")
# step -> the step whose people it is a part of
PART_OF = {
    "invited": "eligible",
    "attended": "eligible",
    "positive": "attended",
    "confirmed": "positive",
    "followed_up": "positive",
    "uploaded": "attended",
}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
# One row for each group and step of the programme.
CASCADE = {
    "group": "str",
    "stage": "str",
    "actual": "float64",  # people; NaN where no unit reported the step
    "expected": "float64",  # of the units that reported the step and the one it follows from; NaN: nothing is expected
    "shortfall": "float64",  # expected less actual in those units, not below 0
    "rate": "float64",  # share of the step it follows from, percent
    "overall": "float64",  # share of those eligible, percent
    "units": "int64",  # that should report
    "units_reported": "int64",  # that reported this step
}


@dataclass(frozen=True)
class Rules:
    """How a programme counts. cycle_months None: there is no round, and a calendar year is looked at.

    counted: in_period (each period's own people), cumulative (this year's so far), level (how many there are).
    person_rule: sum (nobody comes twice in a round) or max (people may come each year: the fullest year of the round is
    the least number of different people that the counts can vouch for).
    """

    stages: tuple[str, ...]
    counted: str = "in_period"
    report_every: str = "month"
    cycle_months: int | None = 12
    first_month: int = 1
    first_year: int | None = None
    person_rule: str = "sum"
    coverage_target_percent: float | None = None


@dataclass(frozen=True)
class Window:
    """The round a month lies in: first and last month, and the share of it that is over by the month asked for."""

    first: int
    last: int
    elapsed: float


def month_of(time: float) -> int:
    """The last month of a period that ends at a calendar year: 2023 + 7/12 (July 2024) is 24283."""
    return round(time * 12)


def year_of(month: int) -> int:
    """The calendar year a month lies in."""
    return (month - 1) // 12 + 1


def window(rules: Rules, month: int) -> Window:
    """The round that a month lies in.

    With first_year rounds follow one another from it; a cycle above a year without it is the cycle_months up to the
    month. A level is not collected over a round: all of it is due at once.
    """
    cycle = rules.cycle_months or 12
    if rules.first_year is not None:
        anchor = 12 * (rules.first_year - 1) + rules.first_month
        first = anchor + (month - anchor) // cycle * cycle
    elif cycle > 12:
        return Window(month - cycle + 1, month, 1.0)
    else:
        first = month - (month - rules.first_month) % cycle
    elapsed = 1.0 if rules.counted == "level" else (month - first + 1) / cycle
    return Window(first, first + cycle - 1, elapsed)


def year_due_window(rules: Rules, month: int) -> Window:
    """The year of a rota that a month lies in: the batch due has it from first_month on, not the whole round."""
    first = month - (month - rules.first_month) % 12
    return Window(first, first + 11, 1.0 if rules.counted == "level" else (month - first + 1) / 12)


def due(rota: pd.DataFrame, rules: Rules, year: int) -> pd.DataFrame:
    """The areas whose turn it is in a year: area_id, batch.

    rota: area_id, year_due, batch. A row holds from its year on, every round again, until the area has a later row.
    """
    rows = rota[rota.year_due <= year].sort_values("year_due").drop_duplicates("area_id", keep="last")
    years = max(1, (rules.cycle_months or 12) // 12)
    return rows[(year - rows.year_due) % years == 0][["area_id", "batch"]].reset_index(drop=True)


def amounts(counts: pd.DataFrame, rules: Rules, over: Window, until: int) -> pd.DataFrame:
    """What each area has reached in a round up to a month: one row an area, a column for each of rules.stages, NaN missing.

    counts: area_id, time, stage, value. Those eligible are as many as were last said; they are the same people all
    through the round. A step counted by period is added up, one counted through the year enters with its last figure of
    each year, a level with its last figure.
    """
    month = (counts.time.to_numpy() * 12).round().astype("int64")
    inside = (month >= over.first) & (month <= min(over.last, until))
    rows = pd.DataFrame(
        {
            "area_id": counts.area_id.to_numpy(dtype=object)[inside],
            "stage": counts.stage.to_numpy(dtype=object)[inside],
            "value": counts.value.to_numpy(dtype=float)[inside],
            "month": month[inside],
        }
    ).sort_values("month", kind="stable")
    rows["year"] = (rows.month - over.first) // 12  # of the round
    key = ["area_id", "stage"]
    is_last = (rows.stage == "eligible") | (rules.counted == "level")
    of_year = rows[~is_last].groupby([*key, "year"], sort=False).value
    by_year = of_year.last() if rules.counted == "cumulative" else of_year.sum()
    people = by_year.groupby(level=key).agg(rules.person_rule)
    last = rows[is_last].groupby(key, sort=False).value.last()
    both = pd.concat([last, people]).unstack("stage") if len(rows) else pd.DataFrame(index=pd.Index([], name="area_id"))
    return both.reindex(columns=list(rules.stages)).astype("float64").sort_index()


def units_of(reached: pd.DataFrame, areas: pd.DataFrame, top: str, due_ids: set[str] | None = None) -> pd.DataFrame:
    """The areas that should report, with what they have reached: rows of `reached` for all of them, NaN where missing.

    areas: area_id, parent_id, level, is_unit, valid_to. The level that reports is the lowest at which anybody did (or the
    rota's). An area above whose parts have all reported nothing stands for them with its own figure. due_ids: only these.
    """
    below = descendants(areas, top)
    standing = below[below.is_unit.astype(bool) & below.valid_to.isna()]
    if due_ids is not None:
        expected = [area_id for area_id in standing.area_id if area_id in due_ids]
    else:
        levels = standing[standing.area_id.isin(reached.index)].level
        depth = {level: at for at, level in enumerate(LEVELS)}
        level = max(levels, key=depth.__getitem__) if len(levels) else None
        expected = list(standing[standing.level == level].area_id)
    parents = dict(zip(areas.area_id, areas.parent_id, strict=True))
    stand_in = _standing_in(reached, expected, parents)
    rows = [area_id for area_id in expected if area_id not in stand_in] + sorted(set(stand_in.values()))
    return reached.reindex(rows)


LEVELS = ("nation", "province", "prefecture", "county", "township", "village")


def _standing_in(reached: pd.DataFrame, expected: list[str], parents: Mapping[str, str]) -> dict[str, str]:
    """unit -> the area above that reports in its place, where no unit below that area has reported."""
    has_own = set(reached.index)
    above = {unit: _first_above(unit, parents, has_own - set(expected)) for unit in expected}
    busy = {above[unit] for unit in expected if unit in has_own}
    return {unit: area for unit, area in above.items() if area is not None and area not in busy}


def _first_above(area_id: str, parents: Mapping[str, str], wanted: set[str]) -> str | None:
    seen = set()
    here = parents.get(area_id)
    while isinstance(here, str) and here not in seen:
        if here in wanted:
            return here
        seen.add(here)
        here = parents.get(here)
    return None


def descendants(areas: pd.DataFrame, top: str) -> pd.DataFrame:
    """The area and all that lies in it, in the order of areas."""
    children: dict[str, list[str]] = {}
    for area_id, parent_id in zip(areas.area_id, areas.parent_id, strict=True):
        children.setdefault(parent_id, []).append(area_id)
    found, waiting = set(), [top]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += children.get(here, [])
    return areas[areas.area_id.isin(found)]


def groups_below(units: pd.Index, areas: pd.DataFrame, top: str) -> pd.Series:
    """unit -> the area right below top that it lies in (top itself for top)."""
    parents = dict(zip(areas.area_id, areas.parent_id, strict=True))

    def child(unit: str) -> str:
        here, seen = unit, set()
        while isinstance(parents.get(here), str) and parents[here] != top and here not in seen:
            seen.add(here)
            here = parents[here]
        return here

    return pd.Series([child(unit) for unit in units], index=units, dtype=object)


def cascade(units: pd.DataFrame, groups: pd.Series, rules: Rules, elapsed: float = 1.0) -> pd.DataFrame:
    """Expected against actual at each step, for groups of units: columns and types of CASCADE, in the order of the steps.

    units: as units_of gives them. groups: unit -> group, of the same index. elapsed: share of the round that is over.
    Expected: all eligible are invited and coverage_target_percent of them attend (by now the elapsed share of that); all
    found positive are confirmed and followed up; all who attended are uploaded. How many are positive is no target.
    """
    codes, names = pd.factorize(groups.reindex(units.index), sort=True)
    value = {stage: units[stage].to_numpy(dtype=float) for stage in rules.stages}
    parts = [_one_step(value, codes, len(names), rules, stage, elapsed) for stage in rules.stages]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}
    columns["group"] = np.tile(np.asarray(names, dtype=object), len(parts))
    columns["stage"] = np.repeat(np.array(rules.stages, dtype=object), len(names))
    return pd.DataFrame(columns, columns=list(CASCADE)).astype(CASCADE)


def _one_step(
    value: Mapping[str, np.ndarray], codes: np.ndarray, groups: int, rules: Rules, stage: str, elapsed: float
) -> dict[str, np.ndarray]:
    """One step's columns of CASCADE, an item a group. value: step -> people by unit; codes: each unit's group."""
    own, missing = value[stage], np.full(groups, np.nan)
    reported = np.isfinite(own)
    found = {
        "actual": _sums(own, reported, codes, groups),
        "expected": missing,
        "shortfall": missing,
        "rate": missing,
        "overall": missing,
        "units": np.bincount(codes, minlength=groups),
        "units_reported": np.bincount(codes, weights=reported, minlength=groups).astype("int64"),
    }
    if (part_of := PART_OF.get(stage)) in value:
        part, whole = _of_both(own, value[part_of], codes, groups)
        found["rate"] = percent(part, whole)
        share = _share_expected(stage, rules, elapsed)
        if share is not None:
            found["expected"] = whole * share
            found["shortfall"] = np.maximum(whole * share - part, 0)
    if "eligible" in value and stage != "eligible":
        found["overall"] = percent(*_of_both(own, value["eligible"], codes, groups))
    return found


def _share_expected(stage: str, rules: Rules, elapsed: float) -> float | None:
    if stage == "positive":
        return None
    if stage == "attended":
        return (100.0 if rules.coverage_target_percent is None else rules.coverage_target_percent) / 100 * elapsed
    return elapsed if stage == "invited" else 1.0


def _of_both(part: np.ndarray, whole: np.ndarray, codes: np.ndarray, groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Both steps summed over the units that reported both."""
    both = np.isfinite(part) & np.isfinite(whole)
    return _sums(part, both, codes, groups), _sums(whole, both, codes, groups)


def _sums(values: np.ndarray, which: np.ndarray, codes: np.ndarray, groups: int) -> np.ndarray:
    """Sums by group of the values marked in which; NaN where none is."""
    sums = np.bincount(codes, weights=np.where(which, values, 0.0), minlength=groups)
    return np.where(np.bincount(codes, weights=which, minlength=groups) > 0, sums, np.nan)


def percent(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """100 * part / whole; NaN where the whole is missing or nought."""
    usable = whole > 0
    return np.where(usable, 100 * part / np.where(usable, whole, 1.0), np.nan)


def worst_step(steps: pd.DataFrame) -> pd.Series | None:
    """The row of one group's cascade whose shortfall is the most people; None where nobody is short or nothing is known."""
    short = steps[steps.shortfall > 0]
    return None if short.empty else short.loc[short.shortfall.idxmax()]


def reports(counts: pd.DataFrame, units: list[str], rules: Rules, over: Window, until: int) -> pd.DataFrame:
    """Which periods of a round each unit has reported: index unit; columns due, received, last_month (0: none).

    A period counts as reported when any step of it is.
    """
    step = MONTHS[rules.report_every]
    ends = [month for month in range(over.first, min(over.last, until) + 1) if (month - over.first + 1) % step == 0]
    month = (counts.time.to_numpy() * 12).round().astype("int64")
    seen = pd.DataFrame({"area_id": counts.area_id.to_numpy(dtype=object), "month": month})
    seen = seen[seen.month.isin(ends)].drop_duplicates().groupby("area_id").month.agg(["size", "max"])
    found = seen.reindex(units).fillna(0).astype("int64")
    return found.rename(columns={"size": "received", "max": "last_month"}).assign(due=len(ends))


def trend(counts: pd.DataFrame, units: list[str], stage: str, rules: Rules) -> pd.DataFrame:
    """One step by period over some units: period, time, value, units_reported, in order of time.

    A programme counted through the year shows what each period added since the one before, where both are there.
    """
    rows = counts[counts.area_id.isin(set(units)) & (counts.stage == stage)]
    if rules.counted == "cumulative" and len(rows):
        rows = rows.sort_values("time")
        month = (rows.time * 12).round().astype("int64")
        year = (month - rules.first_month) // 12
        before = rows.groupby([rows.area_id, year]).value.shift()
        begins = (month - rules.first_month) % 12 < MONTHS[rules.report_every]
        rows = rows.assign(value=rows.value - before.where(~begins, 0.0))
    grouped = rows.groupby(["period", "time"], as_index=False).agg(
        value=("value", lambda values: values.sum(min_count=1)), units_reported=("area_id", "nunique")
    )
    return grouped.sort_values("time", ignore_index=True)
