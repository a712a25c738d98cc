"""p-median: p sites so that the sum of people times distance to their nearest site is least (Hakimi 1964)."""

import numpy as np
from scipy import sparse

from geo.siting_cover import fewest_covering
from geo.siting_interchange import Interchange, grow, two_nearest
from geo.siting_multipliers import CostMultipliers, Multipliers
from geo.siting_problem import (
    P_MEDIAN,
    UNWATCHED,
    Answer,
    NotCoverable,
    Sites,
    TooFewSites,
    Watch,
    check_count,
    step_of,
)
from geo.siting_search import Search


def p_median(costs: np.ndarray, weights: np.ndarray, p: int, sites: Sites, watch: Watch = UNWATCHED) -> Answer:
    """The p sites with the least weighted cost.

    costs: demand x sites, at least 0, infinite where a site does not reach. weights: people by demand, at least 0.
    The value is the sum of weight x cost of the nearest site; the bound lies below it.
    Raises ValueError for a p that cannot be chosen, TooFewSites where no p sites serve every demand with people,
    NotCoverable where no number of sites does.
    """
    check_count(p, sites)
    allowed, locked = sites.allowed, sites.locked_among_allowed()
    peopled = np.flatnonzero(weights > 0)
    weighted = costs[np.ix_(peopled, allowed)] * weights[peopled, None]
    out_of_reach = ~np.isfinite(weighted)
    if out_of_reach.any():
        _refuse_what_cannot_be_served(~out_of_reach, peopled, locked, p, watch)
        # more than all served demand together: whatever leaves somebody out is worse than whatever does not
        weighted[out_of_reach] = 1.0 + np.where(out_of_reach, 0, weighted).max(axis=1).sum()
    search = Search(CostTable(weighted), p, locked, watch)
    search.run()
    chosen = tuple(int(allowed[place]) for place in search.chosen)
    return Answer(P_MEDIAN, chosen, search.value, search.bound, search.bound >= search.value)


def _refuse_what_cannot_be_served(reach, peopled, locked, p: int, watch: Watch) -> None:
    lonely = peopled[~reach.any(axis=1)]
    if len(lonely):
        raise NotCoverable(lonely)
    needed = fewest_covering(sparse.csr_array(reach), locked, watch)
    if needed > p:
        raise TooFewSites(needed)


class CostTable:
    """Weighted finite costs, demand x sites, in full."""

    def __init__(self, costs: np.ndarray):
        self.costs, self.step, self.branches_first = costs, step_of(costs), 0

    def total(self, chosen) -> float:
        return float(self.costs[:, chosen].min(axis=1, initial=np.inf).sum())

    def grow(self, start: list[int], p: int) -> list[int]:
        return grow(self.costs, start, p)

    def interchange(self, chosen: list[int], locked: np.ndarray) -> Interchange:
        return Interchange(self.costs, chosen, locked)

    def multipliers(self, p: int, locked: np.ndarray, chosen: list[int]) -> Multipliers:
        """Prices begin between the nearest and the second-nearest chosen site."""
        _first, nearest, second = two_nearest(self.costs, np.array(chosen))
        return CostMultipliers(self.costs, p, locked, (nearest + second) / 2, second)

    def exact(self, multipliers: Multipliers, seconds: float) -> tuple[None, float]:
        """None: the branches are faster than any program here."""
        return None, -np.inf
