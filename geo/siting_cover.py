"""Full coverage (LSCP): the fewest sites so that every place has one within the radius (Toregas et al. 1971).

What cannot matter is taken out first: a place that is served whenever another is, a site that reaches no more than
another. Then a greedy choice, then HiGHS for the optimum and its proof.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from geo.siting_problem import LSCP, UNWATCHED, Answer, NotCoverable, Sites, Watch

OPTIMAL, INFEASIBLE = 0, 2  # scipy.optimize.milp's status
ROUNDS = 4
MOST_PRODUCTS = 3e8  # multiplications a comparison of all sites, or of all places, may take
CERTAINTY = 1e-5  # HiGHS meets its bounds to 1e-6: a bound of 30.000001 is 30 sites, not 31


@dataclass(frozen=True)
class Covering:
    """chosen: positions of the sites, None where none was found. bound: no fewer sites do (an integer)."""

    chosen: list[int] | None
    bound: int

    @property
    def is_proven(self) -> bool:
        return self.chosen is not None and len(self.chosen) <= self.bound


def lscp(reach: sparse.csr_array, sites: Sites, watch: Watch = UNWATCHED) -> Answer:
    """The fewest sites that reach every place; locked sites count.

    reach: demand x sites, bool, True where the site is within the radius. The value is the number of sites.
    Raises NotCoverable naming the places that no site which may be chosen reaches.
    """
    allowed, locked = sites.allowed, sites.locked_among_allowed()
    found = cover(sparse.csr_array(reach)[:, allowed], locked, watch)
    chosen = tuple(int(allowed[place]) for place in found.chosen)
    return Answer(LSCP, chosen, float(len(chosen)), float(found.bound), found.is_proven)


def fewest_covering(reach: sparse.csr_array, locked: np.ndarray, watch: Watch = UNWATCHED) -> int:
    """At least so many sites reach every place: exactly so many, unless the time ran out."""
    return cover(reach, locked, watch).bound


def cover(reach: sparse.csr_array, locked: np.ndarray, watch: Watch = UNWATCHED, enough: int = 0) -> Covering:
    """The fewest sites (with the locked ones) that reach every place.

    enough: a choice of so many sites ends the search, and so does the proof that no so few sites do.
    Raises NotCoverable.
    """
    reach = sparse.csr_array(reach, dtype=float)
    lonely = np.flatnonzero(np.diff(reach.indptr) == 0)
    if len(lonely):
        raise NotCoverable(lonely)
    always = np.flatnonzero(locked)
    rows = np.flatnonzero(reach[:, always].sum(axis=1) == 0)
    rows, columns = reduced(reach, rows, np.flatnonzero(~locked))
    small = reach[rows][:, columns]
    chosen = [*always.tolist(), *(int(columns[place]) for place in greedy(small))]
    watch.report("search", float(len(chosen)), None)
    bound = len(always) + (1 if len(rows) else 0)
    if len(chosen) <= max(bound, enough):
        return Covering(sorted(chosen), bound)
    if watch.seconds_left() <= 0:
        return Covering(sorted(chosen), bound)
    watch.report("proof", float(len(chosen)), float(bound))
    better, least = _fewest(small, watch.seconds_left(), max(0, enough - len(always)))
    if better is not None and len(better) + len(always) < len(chosen):
        chosen = [*always.tolist(), *(int(columns[place]) for place in better)]
    return Covering(sorted(chosen), min(len(chosen), max(bound, len(always) + least)))


def _fewest(reach: sparse.csr_array, seconds: float, enough: int) -> tuple[list[int] | None, int]:
    """HiGHS: (sites or None, no fewer do). With `enough`, more sites than that are not looked for."""
    count = reach.shape[1]
    constraints = [LinearConstraint(reach, 1, np.inf)]
    if enough:
        constraints.append(LinearConstraint(np.ones((1, count)), 0, enough))
    options = {"time_limit": max(0.05, seconds)} if math.isfinite(seconds) else {}
    answer = milp(
        np.ones(count), integrality=np.ones(count), bounds=Bounds(0, 1), constraints=constraints, options=options
    )
    if answer.status == INFEASIBLE:
        return None, enough + 1
    least = getattr(answer, "mip_dual_bound", None)
    bound = 0 if least is None or not math.isfinite(least) else math.ceil(least - CERTAINTY)
    chosen = None if answer.x is None else np.flatnonzero(answer.x > 0.5).tolist()
    return chosen, len(chosen) if answer.status == OPTIMAL else bound


def needed_apart(reach: sparse.csr_array, locked: np.ndarray) -> int:
    """So many sites are needed at least, the locked ones included: places of which no site reaches two need one each.

    The places are taken one after the other, first those whose sites are fewest. reach: no row is empty.
    """
    by_site = sparse.csr_array(reach.T)
    always = np.flatnonzero(locked)
    is_open = np.ones(reach.shape[0], dtype=bool)
    is_open[by_site[always].indices] = False
    count = len(always)
    for place in np.argsort(np.diff(reach.indptr), kind="stable"):
        if is_open[place]:
            count += 1
            is_open[by_site[reach[[place]].indices].indices] = False
    return count


@dataclass(frozen=True)
class Fractional:
    """What parts of sites could do. bound: no sites, nor parts of them, are fewer in sum. whole: the sites where the
    best parts are whole ones, else None.
    """

    bound: float
    whole: list[int] | None


def fractional(reach: sparse.csr_array, locked: np.ndarray, seconds: float) -> Fractional | None:
    """Full coverage with parts of sites, the locked ones included; None where the time did not suffice.

    The bound is read off the prices of the places, made feasible: it holds whatever the solver's tolerances are.
    reach: no row is empty.
    """
    always = np.flatnonzero(locked)
    rows = np.flatnonzero(reach[:, always].sum(axis=1) == 0)
    rows, columns = reduced(sparse.csr_array(reach, dtype=float), rows, np.flatnonzero(~locked))
    if len(rows) == 0:
        return Fractional(float(len(always)), always.tolist())
    small = sparse.csr_array(reach, dtype=float)[rows][:, columns]
    options = {"time_limit": max(0.05, seconds)} if math.isfinite(seconds) else {}
    found = linprog(
        np.ones(len(columns)), A_ub=-small, b_ub=-np.ones(len(rows)), bounds=(0, None), method="highs", options=options
    )
    if found.status != OPTIMAL:
        return None
    prices = np.maximum(-found.ineqlin.marginals, 0.0)
    bound = float(prices.sum()) / max(1.0, float((small.T @ prices).max()))
    is_whole = (np.abs(found.x - np.rint(found.x)) < CERTAINTY).all()
    whole = [*always.tolist(), *columns[found.x > 0.5].tolist()] if is_whole else None
    return Fractional(len(always) + bound, whole)


def greedy(reach: sparse.csr_array) -> list[int]:
    """Sites until every place is reached, each the one that reaches most new places; then without the needless ones."""
    by_site = reach.T.tocsr()
    missed = np.ones(reach.shape[0])
    chosen: list[int] = []
    while missed.any():
        chosen.append(int((by_site @ missed).argmax()))
        missed[by_site[[chosen[-1]]].indices] = 0
    times = by_site[chosen].sum(axis=0) if chosen else np.array([])
    for site in list(chosen):
        places = by_site[[site]].indices
        if (times[places] > 1).all():
            times[places] -= 1
            chosen.remove(site)
    return chosen


def reduced(reach: sparse.csr_array, rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The places and sites that are left when what another decides is taken out, again and again."""
    for _round in range(ROUNDS):
        before = len(rows), len(columns)
        part = reach[rows][:, columns]
        columns = columns[~_within_another(part.T.tocsr(), keep_larger=True)]
        part = reach[rows][:, columns]
        rows = rows[~_within_another(part, keep_larger=False)]
        if (len(rows), len(columns)) == before:
            break
    return rows, columns


def _within_another(sets: sparse.csr_array, *, keep_larger: bool) -> np.ndarray:
    """Which sets (rows) need not be looked at: part of another (keep_larger), or holding another; of equals the first
    is kept. An empty set is part of any. Nothing where comparing would take too long.
    """
    size = np.diff(sets.indptr)
    if not len(size) or float((np.bincount(sets.indices, minlength=1).astype(float) ** 2).sum()) > MOST_PRODUCTS:
        return np.zeros(len(size), dtype=bool)
    common = (sets @ sets.T).tocoo()
    one, other = common.row, common.col
    decided = common.data == (size[one] if keep_larger else size[other])
    differs = (size[one] < size[other]) if keep_larger else (size[one] > size[other])
    goes = decided & (differs | ((size[one] == size[other]) & (one > other)))
    needless = np.zeros(len(size), dtype=bool)
    needless[one[goes]] = True
    return needless | (size == 0) if keep_larger else needless
