"""p-center: p sites so that the longest way to the nearest site is shortest.

The answer is one of the distances there are. For any of them, whether p sites are enough is a question of full coverage
(Minieka 1970): greedy answers narrow the range first, proofs then decide it.
"""

import numpy as np
from scipy import sparse

from geo.siting_cover import cover, fewest_covering, greedy
from geo.siting_coverage import covers_all
from geo.siting_problem import P_CENTER, UNWATCHED, Answer, NotCoverable, Sites, TooFewSites, Watch, check_count

BRANCHES = 100  # of a question of full coverage, before HiGHS is asked


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
        self.is_refuted = False

    @property
    def value(self) -> float:
        return float(self.costs[:, self.chosen].min(axis=1).max())

    @property
    def bound(self) -> float:
        return min(float(self.radii[min(self.low, len(self.radii) - 1)]), self.value)

    def run(self) -> None:
        """Greedy answers halve the range from above, proofs from both sides."""
        last = len(self.radii) - 1
        if not self._is_enough(last, proves=False):
            needed = fewest_covering(self._reach(last), self.locked, self.watch)
            if needed > self.p:
                raise TooFewSites(needed)
            self._is_enough(last, proves=True)
            if not self.chosen:
                raise TooFewSites(self.p + 1)
        low = 0
        while low < self.high:
            middle = (low + self.high) // 2
            if not self._is_enough(middle, proves=False):
                low = middle + 1
        low = self.low
        while low < self.high and self.watch.seconds_left() > 0:
            middle = (low + self.high) // 2
            if self._is_enough(middle, proves=True, most_branches=0):
                continue
            if not self._is_too_short(middle):
                break  # from here on prices alone do not decide
            low = middle + 1
        while self.low < self.high and self.watch.seconds_left() > 0:
            # what greedy did not manage is seldom much too short: try close to the value first
            middle = max(self.low, self.high - 1 - (self.high - self.low) // 4)
            if not self._is_enough(middle, proves=True) and not self._is_too_short(middle):
                return  # the time is over

    def _is_too_short(self, place: int) -> bool:
        if self.is_refuted:
            self.low = max(self.low, place + 1)
        return self.is_refuted

    def _reach(self, place: int) -> sparse.csr_array:
        return sparse.csr_array(self.costs <= self.radii[place], dtype=float)

    def _is_enough(self, place: int, *, proves: bool, most_branches: int = BRANCHES) -> bool:
        """Whether p sites within radii[place] were found; notes them. is_refuted: with proves, that there are none."""
        self.watch.report("proof" if proves else "search", self.value if self.chosen else None, None)
        if proves:
            reach = self._reach(place)
            chosen, self.is_refuted = covers_all(reach, self.p, self.locked, self.watch, most_branches)
            if chosen is None and not self.is_refuted and most_branches:
                found = cover(reach, self.locked, self.watch, enough=self.p)
                chosen, self.is_refuted = found.chosen, found.bound > self.p
        else:
            chosen = self._greedily(self._reach(place))
        if chosen is None or len(chosen) > self.p:
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
