"""p-center: p sites so that the longest way to the nearest site is shortest.

The answer is one of the distances there are. For any of them, whether p sites are enough is a question of full coverage
(Minieka 1970): greedy answers narrow the range first, proofs then decide it.
"""

import numpy as np
from scipy import sparse

from geo.siting_cover import cover, greedy
from geo.siting_problem import P_CENTER, UNWATCHED, Answer, NotCoverable, Sites, TooFewSites, Watch, check_count


def p_center(costs: np.ndarray, p: int, sites: Sites, watch: Watch = UNWATCHED) -> Answer:
    """The p sites with the shortest longest way.

    costs: demand x sites, at least 0, infinite where a site does not reach. Every place counts, whoever lives there.
    The value is the greatest cost of a place's nearest site. Sites that are not needed for it fill up to p: each the one
    that lowers the sum of all costs most.
    Raises ValueError for a p that cannot be chosen, NotCoverable, TooFewSites where no p sites serve every place.
    """
    check_count(p, sites)
    allowed, locked = sites.allowed, sites.locked_among_allowed()
    search = _Radius(costs[:, allowed], p, locked, watch)
    search.run()
    chosen = tuple(int(allowed[place]) for place in sorted(search.filled()))
    return Answer(P_CENTER, chosen, search.value, search.bound, search.bound >= search.value)


class _Radius:
    def __init__(self, costs: np.ndarray, p: int, locked: np.ndarray, watch: Watch):
        self.costs, self.p, self.locked, self.watch = costs, p, locked, watch
        nearest = costs.min(axis=1)
        if not np.isfinite(nearest).all():
            raise NotCoverable(np.flatnonzero(~np.isfinite(nearest)))
        self.radii = np.unique(costs[np.isfinite(costs) & (costs >= nearest.max())])
        self.low, self.high = 0, len(self.radii)  # radii[:low] are too short; radii[high] is enough (len: none known)
        self.chosen: list[int] = []

    @property
    def value(self) -> float:
        return float(self.costs[:, self.chosen].min(axis=1).max())

    @property
    def bound(self) -> float:
        return min(float(self.radii[min(self.low, len(self.radii) - 1)]), self.value)

    def run(self) -> None:
        """Greedy answers halve the range from above, integer programs from both sides."""
        last = len(self.radii) - 1
        if not self._is_enough(last, proves=True):
            raise TooFewSites(self.needed)
        low = 0
        while low < self.high:
            middle = (low + self.high) // 2
            if not self._is_enough(middle, proves=False):
                low = middle + 1
        while self.low < self.high and self.watch.seconds_left() > 0:
            # what greedy did not manage is seldom much too short: try close to the value first
            middle = max(self.low, self.high - 1 - (self.high - self.low) // 4)
            if not self._is_enough(middle, proves=True) and not self._is_too_short(middle):
                return  # the time is over

    def _is_too_short(self, place: int) -> bool:
        if self.needed <= self.p:
            return False
        self.low = max(self.low, place + 1)
        return True

    def _is_enough(self, place: int, *, proves: bool) -> bool:
        """Whether a choice of p sites was found within radii[place]; notes it. needed: so many sites at least."""
        self.watch.report("proof" if proves else "search", self.value if self.chosen else None, None)
        reach = sparse.csr_array(self.costs <= self.radii[place], dtype=float)
        if proves:
            found = cover(reach, self.locked, self.watch, enough=self.p)
            chosen, self.needed = found.chosen, found.bound
        else:
            chosen = self._greedily(reach)
        if len(chosen) > self.p:
            return False
        self.chosen = chosen
        self.high = int(np.searchsorted(self.radii, self.value))
        return True

    def _greedily(self, reach: sparse.csr_array) -> list[int]:
        always = np.flatnonzero(self.locked)
        rows = np.flatnonzero(reach[:, always].sum(axis=1) == 0)
        return [*always.tolist(), *greedy(reach[rows])]

    def filled(self) -> list[int]:
        """The chosen sites and further ones up to p."""
        chosen = list(self.chosen)
        finite = np.where(np.isfinite(self.costs), self.costs, self.radii[-1])
        while len(chosen) < self.p:
            nearest = finite[:, chosen].min(axis=1)
            saving = np.maximum(nearest[:, None] - finite, 0).sum(axis=0)
            saving[chosen] = -1.0
            chosen.append(int(saving.argmax()))
        return chosen
