"""How likely each mark's demand is missed, whatever its rule: read off the forecast where it asks one value of one year,
simulated where it combines several (models.sample_paths). Of an area whose every unit must pass, the units' shared
shock is summed over.

    what the rule asks                                   missed when
    a level, a quota, a share of units, a change         the final milestone's year ends short of the bound
    so many a year, a change over last year's            next year's figure falls short
    so many points a year (without end)                  next year's figure lies off the line from the baseline
    a level to hold ("=", no better side)                the figure lies further off than rounding
    a rise or a fall                                     the figure has not passed the baseline
    a rise above a floor (keep and improve)              either is missed
    a change from a baseline yet to come                 the change of the same path between both years falls short
    growth that must slow                                growth at the end of the path is not below that at its start
    as good as another area                              the path stays short of that area's own path
    two branches                                         the branch that then holds is missed
    every unit                                           any unit misses
    a task                                               its share done ends below the whole

A demand without any date is held against the year after the newest figure; so is what recurs every year.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.bounds import Bounds
from models.branches import OTHER_BRANCH, branches_of
from models.intervals import QUANTILE_COLUMNS
from models.pairs import WHOLE, Pairs
from models.probability import (
    DOWNWARD,
    LEAST,
    MOST,
    UPWARD,
    chance_of_missing,
    chance_that_any_misses,
    distribution_at,
    gate,
)
from models.rates import ADDITIVE_UNITS
from models.sample_paths import SamplePaths
from models.series import TIME_STEP, SeriesSet
from models.status import ACHIEVED, CANNOT_JUDGE
from models.targets import Targets, benchmark_indicators

ENDLESS = ("pace", "trend", "slowing", "benchmark")  # kinds that mean something without a date: next year is asked then
GROWTH_YEARS = 5  # as the rule: growth of the last two years less that of the first two of five
HALF_A_CASE = 0.5
DONE = 0.995  # a share done that is reported as 1.00
ROWS_AT_ONCE = 500  # of draws: sixteen megabytes
LEAST_KNOWN = 0.5  # of an area's units, or of a rule's draws: below this nothing is said of the whole
NO_DEMAND = ("masked", "no_value", "no_benchmark", "plan_total", "branch_unknown", OTHER_BRANCH)


@dataclass(frozen=True)
class Chances:
    """Of N marks: p_miss (NaN: withheld), the year it speaks of, the basis (models.probability.gate)."""

    p_miss: np.ndarray
    year: np.ndarray
    basis: np.ndarray


def chances_of(
    marks: pd.DataFrame,
    targets: Targets,
    pairs: Pairs,
    series: SeriesSet,
    bounds: Bounds,
    forecasts: pd.DataFrame | None,
    *,
    floors: pd.DataFrame,
    units_of: Mapping[int, np.ndarray],
) -> Chances:
    """The probability of missing of every mark.

    marks: of models.judging, branches chosen (status, reason, indicator_id, area_id). floors: position, position_floor:
    marks that must hold a floor too. units_of: position of each whole -> positions of the units that must each pass.
    Nothing outside LEAST and MOST, nothing below three yearly points (of a whole's units, those are left out, and it is
    for reference then), nothing where the demand's last date has come.
    """
    if forecasts is None or not len(forecasts):
        none = np.full(len(marks), np.nan)
        return Chances(none, none, np.full(len(marks), "withheld", dtype=object))
    found = _Rules(marks, targets, pairs, series, bounds, forecasts, floors)
    basis = gate(bounds.yearly_points)
    p_miss = found.closed()
    rows = found.simulated()
    for block in np.array_split(rows, len(rows) // ROWS_AT_ONCE + 1):
        p_miss[block] = _share_that_misses(found.missed(block))
    p_miss[(basis == "withheld") | ~found.is_open | (pairs.role == WHOLE)] = np.nan
    basis = np.where(np.isfinite(p_miss), basis, "withheld").astype(object)
    for whole, units in units_of.items():
        p_miss[whole], basis[whole], found.year[whole] = _of_whole(found, whole, units, p_miss, basis)
    return Chances(np.clip(p_miss, LEAST, MOST), np.where(np.isfinite(p_miss), found.year, np.nan), basis)


def _share_that_misses(missed: np.ndarray) -> np.ndarray:
    """Of (rows, draws) the share of the draws that miss among those that are known; NaN where too few are."""
    known = np.isfinite(missed)
    share = np.nan_to_num(missed).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.where(known.mean(axis=1) >= LEAST_KNOWN, share, np.nan)


def _of_whole(found: "_Rules", whole: int, units: np.ndarray, p_miss: np.ndarray, basis: np.ndarray):
    """P(any unit misses), its basis and year. Units whose date has come count as they stand; unknown ones are left out."""
    open_ = units[np.isfinite(p_miss[units])]
    status = found.status[units]
    settled = ~np.isfinite(p_miss[units]) & found.is_past[units] & (status != CANNOT_JUDGE)
    if found.is_no_demand[whole] or not len(open_) or len(open_) + settled.sum() < LEAST_KNOWN * len(units):
        return np.nan, "withheld", np.nan
    lost = (settled & (status != ACHIEVED)).any()
    chance = 1.0 if lost else chance_that_any_misses(p_miss[open_], found.year[open_] - found.bounds.time[open_])
    sure = len(open_) + settled.sum() == len(units) and (basis[open_] == "full").all()
    return chance, "full" if sure else "reference", float(np.nanmax(found.year[open_]))


@dataclass(frozen=True)
class Asked:
    """What each of N marks is held to: goal (NaN: only a simulation tells), year (NaN: none), comparator."""

    goal: np.ndarray
    year: np.ndarray
    comparator: np.ndarray
    is_simulated: np.ndarray


def asked_of(
    marks: pd.DataFrame,
    targets: Targets,
    pairs: Pairs,
    series: SeriesSet,
    bounds: Bounds,
    floors: pd.DataFrame,
) -> Asked:
    """What the marks' probabilities speak of, to be shown beside them; arguments as chances_of."""
    found = _Rules(marks, targets, pairs, series, bounds, None, floors)
    is_simulated = np.zeros(len(marks), dtype=bool)
    is_simulated[found.simulated()] = True
    return Asked(found.goal, found.year, found.comparator, is_simulated)


class _Rules:
    """What each mark asks of which year, and which draws of its series miss it."""

    def __init__(self, marks, targets: Targets, pairs: Pairs, series: SeriesSet, bounds: Bounds, forecasts, floors):
        self.targets, self.pairs, self.series, self.bounds, self.forecasts = targets, pairs, series, bounds, forecasts
        self.m, self.area = pairs.target, pairs.area_id
        self.kind, self.side = targets.kind[self.m], targets.side[self.m]
        self.indicator = marks.indicator_id.to_numpy(dtype=object)
        self.status, reason = marks.status.to_numpy(dtype=object), marks.reason.to_numpy(dtype=object)
        self.is_no_demand = np.isin(reason, NO_DEMAND)
        self.refused = self.is_no_demand | (reason == "no_data")
        self.paths = SamplePaths(forecasts, series) if forecasts is not None and len(forecasts) else None
        self.floors = {row: group.to_numpy() for row, group in floors.groupby("position")["position_floor"]}
        self.goal, self.year, self.comparator = self._asked()
        self.is_past = np.isfinite(self.year) & (self.year <= bounds.time + TIME_STEP)
        self.is_open = np.isfinite(self.year) & (self.year > bounds.time + TIME_STEP) & ~self.refused
        self.branch_of = self._branches()

    def _asked(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The value (NaN: only a simulation tells), the year and the comparator each mark is held to."""
        bounds, targets, m, kind = self.bounds, self.targets, self.m, self.kind
        goal, comparator = bounds.goal.astype(float).copy(), bounds.goal_comparator.astype(object).copy()
        dated = np.isfinite(targets.milestone_time).any(axis=1)[m]
        last = np.where(np.isfinite(targets.milestone_time), targets.milestone_time, -np.inf).max(axis=1)[m]
        following = np.floor(bounds.time + TIME_STEP) + 1  # the first whole year of which nothing has been judged yet
        yearly = (targets.recurring | targets.from_previous_year)[m]
        endless = np.isin(kind, ENDLESS) & (~dated | (kind == "pace"))
        year = np.where(yearly | endless, following, np.where(dated, last, np.nan))
        in_force = bounds.next_value
        counted = targets.frame.unit.isin(ADDITIVE_UNITS).to_numpy()[m] & (targets.rounding_hint[m] == 0)
        whole_ones = np.where(counted, HALF_A_CASE * self.side, 0.0)  # a forecast of 0.4 deaths is one of none
        goal = np.where(yearly & (kind == "bound"), in_force - whole_ones, goal)
        change = np.flatnonzero(targets.from_previous_year[m] & (kind == "change"))
        before = self.series.point_at(self.series.find(self.indicator[change], self.area[change]), year[change] - 1)
        figures = self.series.points.value.to_numpy(float) if len(self.series.points) else np.array([np.nan])
        base = np.where(before >= 0, figures[before], np.nan)
        goal[change] = base * (1 + targets.milestone_value[m[change], 0] / 100)
        pace = kind == "pace"
        line = bounds.baseline_value + targets.milestone_value[m, 0] * (year - bounds.baseline_time)
        goal = np.where(pace, line, goal)
        task = (kind == "completion") & (self.status != ACHIEVED)
        goal = np.where(task, DONE, np.where(kind == "completion", np.nan, goal))
        comparator[task] = ">="
        return np.where(self._is_chained(last), np.nan, goal), year, comparator

    def closed(self) -> np.ndarray:
        """p_miss of the marks that ask one value of one year, read off the forecast; NaN for the others."""
        p_miss = np.full(len(self.goal), np.nan)
        keys = pd.MultiIndex.from_frame(self.forecasts[["indicator_id", "area_id", "time"]].astype({"time": float}))
        rows = np.flatnonzero(np.isfinite(self.goal) & self.is_open)
        place = keys.get_indexer(
            pd.MultiIndex.from_arrays([self.indicator[rows], self.area[rows], self.year[rows].astype(float)])
        )
        rows, place = rows[place >= 0], place[place >= 0]
        quantiles = self.forecasts[QUANTILE_COLUMNS].iloc[place]
        p_miss[rows] = chance_of_missing(quantiles, self.comparator[rows], self.goal[rows])
        exact = np.flatnonzero(self.comparator[rows] == "=")
        if len(exact):
            at, band = quantiles.to_numpy(float)[exact], self._band(rows[exact])
            goal = self.goal[rows[exact]]
            p_miss[rows[exact]] = outside(at, goal - band, goal + band)
        return p_miss

    def _band(self, rows: np.ndarray) -> np.ndarray:
        """How far "about 80 %" may lie from 80: the tolerance it is judged by."""
        return np.nan_to_num(self.bounds.tolerance[rows])

    def simulated(self) -> np.ndarray:
        """Marks, not wholes, whose demand combines several values."""
        combined = np.isin(self.kind, ["slowing", "benchmark"]) | self._is_chained(self.year)
        combined[[row for row in self.floors if self.is_open[self.floors[row]].any()]] = True
        combined[list(self.branch_of)] = True
        return np.flatnonzero(combined & self.is_open & (self.pairs.role != WHOLE))

    def _is_chained(self, last: np.ndarray) -> np.ndarray:
        """Changes whose baseline has not come yet; last: each mark's final milestone."""
        baseline = self._baseline_year()
        with np.errstate(invalid="ignore"):
            to_come = (baseline > self.bounds.time + TIME_STEP) & (baseline < last)
        return np.isin(self.kind, ["change", "points"]) & to_come

    def _baseline_year(self) -> np.ndarray:
        last = np.maximum(np.isfinite(self.targets.milestone_time).sum(axis=1) - 1, 0)
        return self.targets.milestone_baseline[np.arange(len(self.targets)), last][self.m]

    def missed(self, rows: np.ndarray) -> np.ndarray:
        """(rows, draws): 1 where a draw misses the mark's whole demand, 0 where it does not, NaN where nobody knows."""
        out = self._own_missed(rows)
        held = [(place, f) for place, row in enumerate(rows) for f in self.floors.get(int(row), ()) if self.is_open[f]]
        if held:
            places, floors = np.array(held).T
            np.fmax.at(out, places, self._own_missed(floors))
        for place, row in enumerate(rows):
            if int(row) in self.branch_of:
                out[place] = self._branch_missed(int(row))
        return out

    def _own_missed(self, rows: np.ndarray) -> np.ndarray:
        """The same of each mark's own rule. Marks of one target and year are drawn at once."""
        out = np.full((len(rows), self.paths.draws), np.nan)
        for (m, year), group in pd.DataFrame({"m": self.m[rows], "year": self.year[rows]}).groupby(["m", "year"]):
            places = group.index.to_numpy()
            own, indicator = rows[places], self.targets.frame.indicator_id.iloc[m]
            value = self.paths.values(indicator, self.area[own], year)
            if self.kind[own[0]] == "slowing":
                growth = [self.paths.values(indicator, self.area[own], year - back) for back in range(GROWTH_YEARS)]
                bound, value = np.zeros_like(value), (growth[0] + growth[1]) / 2 - (growth[3] + growth[4]) / 2
                out[places] = _fails(value, bound, np.where(self.side[own] < 0, "<", ">"), 0.0)
                continue
            bound = self._bound(own, m, indicator, year, value)
            band = self._band(own)[:, None]
            out[places] = _fails(value, bound, self.comparator[own], band)
        return out

    def _bound(self, own, m, indicator, year, value) -> np.ndarray:
        """What each draw of these marks of one target is held to."""
        if self.kind[own[0]] == "benchmark":
            row = self.targets.frame.iloc[[m]]
            other = str(benchmark_indicators(row).iloc[0]), np.array([row.benchmark_area_id.iloc[0]], dtype=object)
            return np.broadcast_to(self.paths.values(*other, year), value.shape)
        if self._is_chained(self.year)[own].all():
            base = self.paths.values(indicator, self.area[own], float(self._baseline_year()[own[0]]))
            last = max(int(np.isfinite(self.targets.milestone_time[m]).sum()) - 1, 0)
            asked = self.targets.milestone_value[m, last]
            return base * (1 + asked / 100) if self.kind[own[0]] == "change" else base + asked
        return np.broadcast_to(self.goal[own][:, None], value.shape)

    def _branches(self) -> dict[int, tuple[int, int, float]]:
        """Mark that stands for a rule of two branches -> the marks of the first and the second, and where it changes."""
        linked = branches_of(self.targets.frame)
        if not len(linked):
            return {}
        position = {key: row for row, key in enumerate(zip(self.m, self.area, strict=True))}
        found = {}
        for link in linked.itertuples():
            for row in np.flatnonzero((self.m == link.second) & (self.pairs.role != WHOLE)):
                first = position.get((link.first, self.area[row]))
                if first is None:
                    continue
                stands = [mark for mark in (first, int(row)) if not self.refused[mark]]
                found |= {mark: (first, int(row), link.applies_from) for mark in stands}
        return found

    def _branch_missed(self, row: int) -> np.ndarray:
        """The branch that holds in a draw is the one its figure of the year before says."""
        first, second, applies_from = self.branch_of[row]
        of_first, of_second = (self._own_missed(np.array([mark]))[0] for mark in (first, second))
        before = self.paths.values(self.indicator[first], self.area[[first]], self.year[row] - 1)[0]
        return np.where(np.isnan(before), np.nan, np.where(before >= applies_from, of_second, of_first))


def outside(quantiles: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """P(a forecast falls outside low..high), both ends inside. quantiles: (n, 7)."""
    below, up_to = distribution_at(quantiles, low, False), distribution_at(quantiles, high, True)
    return 1.0 - np.maximum(up_to - below, 0.0)


def _fails(value: np.ndarray, bound: np.ndarray, comparator: np.ndarray, band) -> np.ndarray:
    """1 where the comparator does not hold, 0 where it does, NaN where either side is unknown; comparator one a row."""
    comparator = np.asarray(comparator, dtype=object)[:, None]
    slack = 1e-9 * np.maximum(np.abs(bound), 1.0)
    strict = np.isin(comparator, [">", "<", "trend_up", "trend_down"])
    ahead = np.where(
        np.isin(comparator, UPWARD), value - bound, np.where(np.isin(comparator, DOWNWARD), bound - value, 0)
    )
    holds = np.where(strict, ahead > slack, ahead >= -slack)
    holds = np.where(comparator == "=", np.abs(value - bound) <= band + slack, holds)
    return np.where(np.isfinite(value) & np.isfinite(bound), 1.0 - holds, np.nan)
