"""Maximal coverage (MCLP): p sites so that most people live within the radius (Church and ReVelle 1974).

It is a p-median in which a place within reach costs nothing and a place out of reach costs its people, so the same
searches serve; what differs is that the table is sparse.
"""

import math

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from geo.siting_cover import INFEASIBLE, OPTIMAL, reduced
from geo.siting_interchange import Interchange
from geo.siting_multipliers import Multipliers
from geo.siting_problem import MCLP, UNWATCHED, Answer, Sites, Watch, check_count, step_of
from geo.siting_search import Search

SMALL_PROGRAM = 40_000  # pairs within reach: HiGHS answers such at once
SCALE = 1000.0  # people are brought to this size, so that HiGHS's tolerances are small beside one person


def mclp(reach: sparse.csr_array, weights: np.ndarray, p: int, sites: Sites, watch: Watch = UNWATCHED) -> Answer:
    """The p sites with the most weight within reach.

    reach: demand x sites, bool, True where the site is within the radius. weights: people by demand, at least 0.
    The value is the weight reached; the bound lies above it. Sites that add nothing fill up to p (ties: the first).
    Raises ValueError for a p that cannot be chosen.
    """
    check_count(p, sites)
    allowed, locked = sites.allowed, sites.locked_among_allowed()
    part = reach[:, allowed].astype(float)
    within = np.flatnonzero((weights > 0) & (part.sum(axis=1) > 0))
    rows, people = merged(part[within], weights[within])
    table, everyone = ReachTable(rows, people), float(people.sum())
    search = Search(table, p, locked, _of_people_reached(watch, everyone))
    search.run()
    chosen = tuple(int(allowed[place]) for place in search.chosen)
    return Answer(MCLP, chosen, everyone - search.value, everyone - search.bound, search.bound >= search.value)


def _of_people_reached(watch: Watch, everyone: float) -> Watch:
    """The same watch, told of people reached by a search that counts people missed."""

    def report(step: str, missed: float | None, least: float | None) -> None:
        watch.report(step, *(None if number is None else everyone - number for number in (missed, least)))

    return Watch(watch.seconds_left, report)


def covers_all(
    reach: sparse.csr_array, p: int, locked: np.ndarray, watch: Watch, most_branches: float
) -> tuple[list[int] | None, bool]:
    """(p sites or fewer, with the locked ones, that reach every place or None, whether None is proven).

    Looks for a choice that misses nobody: the prices show soon where there is none. reach: no row is empty.
    """
    always = np.flatnonzero(locked)
    rows = np.flatnonzero(reach[:, always].sum(axis=1) == 0)
    rows, columns = reduced(reach, rows, np.flatnonzero(~locked))
    few = p - len(always)
    if len(rows) == 0 or len(columns) <= few:
        return [*always.tolist(), *(columns.tolist() if len(rows) else [])], True
    if few == 0:
        return None, True
    table = ReachTable(reach[rows][:, columns], np.ones(len(rows)))
    table.branches_first = 0  # branches alone: an integer program takes minutes to say no
    search = Search(table, few, np.zeros(len(columns), dtype=bool), watch)
    search.run(ceiling=1.0, most_branches=most_branches)
    if table.total(search.chosen) == 0:
        return sorted([*always.tolist(), *columns[search.chosen].tolist()]), True
    return None, search.bound >= search.value


def merged(reach: sparse.csr_array, weights: np.ndarray) -> tuple[sparse.csr_array, np.ndarray]:
    """Demand within reach of the very same sites, as one."""
    reach.sort_indices()
    keys = {}
    starts = reach.indptr
    group = [
        keys.setdefault(reach.indices[starts[row] : starts[row + 1]].tobytes(), len(keys))
        for row in range(reach.shape[0])
    ]
    first = np.unique(group, return_index=True)[1] if group else np.array([], dtype=int)
    return reach[first], np.bincount(group, weights=weights, minlength=len(first)) if group else np.array([])


class ReachTable:
    """Who reaches whom, demand x sites as 1.0, and people by demand. The total of a choice is the people it misses."""

    def __init__(self, reach: sparse.csr_array, people: np.ndarray):
        self.reach, self.people, self.step = reach, people, step_of(people)
        self.by_site = reach.T.tocsr()
        self.branches_first = 4 if reach.nnz <= SMALL_PROGRAM else 60

    def total(self, chosen) -> float:
        chosen = np.asarray(chosen, dtype=int)
        missed = np.ones(len(self.people), dtype=bool)
        missed[self.by_site[chosen].indices] = False
        return float(self.people[missed].sum())

    def grow(self, start: list[int], p: int) -> list[int]:
        """The greedy choice: each further site the one that reaches most people not reached yet."""
        chosen, open_people = list(start), self.people.copy()
        open_people[self.by_site[chosen].indices] = 0
        while len(chosen) < p:
            gain = self.by_site @ open_people
            gain[chosen] = -1.0
            best = int(gain.argmax())
            chosen.append(best)
            open_people[self.by_site[[best]].indices] = 0
        return chosen

    def interchange(self, chosen: list[int], locked: np.ndarray) -> Interchange:
        return ReachInterchange(self, chosen, locked)

    def multipliers(self, p: int, locked: np.ndarray, chosen: list[int]) -> Multipliers:
        """Prices begin at the people who are reached at most once."""
        count = self.by_site[np.asarray(chosen)].sum(axis=0)
        return ReachMultipliers(self, p, locked, self.people / np.maximum(1, count))

    def exact(self, multipliers: Multipliers, seconds: float) -> tuple[np.ndarray | None, float]:
        """HiGHS on the sites that are not ruled out: a variable for each site, a share missed for each demand."""
        sites = np.flatnonzero(~multipliers.closed)
        demand, count = self.reach.shape[0], len(sites)
        scale = SCALE / max(1.0, float(self.people.max(initial=1.0)))
        matrix = sparse.hstack([self.reach[:, sites], sparse.eye_array(demand)], format="csr")
        one_row = sparse.csr_array(np.r_[np.ones(count), np.zeros(demand)][None, :])
        answer = milp(
            np.r_[np.zeros(count), self.people * scale],
            integrality=np.r_[np.ones(count), np.zeros(demand)],
            bounds=Bounds(np.r_[multipliers.opened[sites].astype(float), np.zeros(demand)], 1),
            constraints=[LinearConstraint(matrix, 1, np.inf), LinearConstraint(one_row, multipliers.p, multipliers.p)],
            options={"mip_rel_gap": 0.0} | ({"time_limit": max(0.05, seconds)} if math.isfinite(seconds) else {}),
        )
        if answer.status == INFEASIBLE:  # every better choice was ruled out
            return None, np.inf
        least = getattr(answer, "mip_dual_bound", None)
        bound = -np.inf if least is None or not math.isfinite(least) else least / scale * (1 - 1e-9)
        if answer.x is None:
            return None, bound
        chosen = sites[np.flatnonzero(answer.x[:count] > 0.5)]
        return chosen, max(bound, self.total(chosen)) if answer.status == OPTIMAL else bound


class ReachInterchange(Interchange):
    """Interchange over a ReachTable."""

    def __init__(self, table: ReachTable, chosen: list[int], locked: np.ndarray):
        self.table, self.chosen, self.locked = table, np.array(chosen), locked
        self._count_anew()

    def _count_anew(self) -> None:
        demand, sites = self.table.reach.shape
        self.times = np.zeros(demand, dtype=int)
        self.holder = np.zeros(demand, dtype=int)  # the sum of the places of the chosen sites that reach it
        for place, site in enumerate(self.chosen):
            self._move(place, site, 1)
        self.saving, self.kept = np.zeros(sites), np.zeros((len(self.chosen), sites))
        self.loss = np.zeros(len(self.chosen))
        self._account(np.arange(demand), 1.0)

    def _move(self, place: int, site: int, sign: int) -> np.ndarray:
        rows = self.table.by_site[[site]].indices
        self.times[rows] += sign
        self.holder[rows] += sign * place
        return rows

    @property
    def total(self) -> float:
        return float(self.table.people[self.times == 0].sum())

    def _account(self, rows: np.ndarray, sign: float) -> None:
        never, once = rows[self.times[rows] == 0], rows[self.times[rows] == 1]
        self.saving += sign * (self.table.people[never] @ self.table.reach[never])
        people, holder = self.table.people[once], self.holder[once]
        group = sparse.csr_array((people, (holder, np.arange(len(once)))), (len(self.chosen), len(once)))
        kept = (group @ self.table.reach[once]).tocoo()
        self.kept[kept.row, kept.col] += sign * kept.data
        self.loss += sign * np.bincount(holder, weights=people, minlength=len(self.chosen))

    def _losses(self) -> np.ndarray:
        return self.loss

    def swap(self, place: int, site: int) -> None:
        """Drop the chosen site at `place` and bring `site` in."""
        by_site = self.table.by_site
        touched = np.union1d(by_site[[self.chosen[place]]].indices, by_site[[site]].indices)
        self._account(touched, -1.0)
        self._move(place, self.chosen[place], -1)
        self.chosen[place] = site
        self._move(place, site, 1)
        self._account(touched, 1.0)


class ReachMultipliers(Multipliers):
    """Multipliers over a ReachTable: no cost but 0 and a demand's people, so the lists never change."""

    def __init__(self, table: ReachTable, p: int, locked: np.ndarray, prices: np.ndarray):
        self._table = table
        super().__init__(p, locked, prices)

    def _again(self, opened: np.ndarray, prices: np.ndarray) -> "ReachMultipliers":
        return ReachMultipliers(self._table, self.p, opened, prices)

    def _list_entries(self) -> None:
        self._limit = self._table.people

    def _savings(self) -> np.ndarray:
        return -(self._table.by_site @ self.prices)

    def _times_served(self, is_chosen: np.ndarray) -> np.ndarray:
        return self._table.reach @ is_chosen.astype(float)
