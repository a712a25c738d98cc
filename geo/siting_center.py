"""p-center: p sites so that the longest way to the nearest site is shortest.

The answer is one of the distances there are. For any of them, whether p sites are enough is a question of full coverage
(Minieka 1970): greedy covers narrow the range from above, parts of sites from below (Elloumi, Labbe and Pochet 2004),
swaps from above again, proofs then decide what is left.
"""

import math
from collections.abc import Callable

import numpy as np
from scipy import sparse

from geo.siting_center_search import shorten
from geo.siting_cover import CERTAINTY, cover, fewest_covering, fractional, greedy, needed_apart
from geo.siting_coverage import covers_all
from geo.siting_problem import P_CENTER, UNWATCHED, Answer, NotCoverable, Sites, TooFewSites, Watch, check_count

BRANCHES = 100  # of a question of full coverage, before HiGHS is asked
FEW = 12  # sites: with more, HiGHS is asked at once
# Of the time that is left: for one bound; what is left when the bounds end, and when the swaps end.
ONE_BOUND_SHARE, BOUND_SHARE, SWAP_SHARE = 0.15, 0.5, 0.5


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
        # full coverage counts sites, which is no longest way: it says our own figures, and can be cancelled all the same
        self.quiet = Watch(watch.seconds_left, lambda step, value, bound: self._report("proof"))
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

    def _report(self, step: str) -> None:
        known = (self.value, self.bound) if self.chosen else (None, None)
        self.watch.report(step, *known)

    def run(self) -> None:
        """Greedy covers give a first choice, parts of sites a bound, swaps a better choice, proofs the rest."""
        self._find_any()
        self._narrow_greedily()
        self._raise_bound()
        if self.low < self.high:
            self._swap()
        while self.low < self.high and self.watch.seconds_left() > 0:
            # a radius near the bound is refuted soonest; what swaps did not find is seldom there
            middle = self.low + (self.high - self.low) // 4
            if not self._is_enough(middle, proves=True) and not self._is_too_short(middle):
                return  # the time is over

    def _find_any(self) -> None:
        """Some choice, at the longest of all distances if need be."""
        last = len(self.radii) - 1
        if self._is_enough(last, proves=False):
            return
        needed = fewest_covering(self._reach(last), self.locked, self.quiet)
        if needed > self.p:
            raise TooFewSites(needed)
        self._is_enough(last, proves=True)
        if not self.chosen:
            raise TooFewSites(self.p + 1)

    def _narrow_greedily(self) -> None:
        low = 0
        while low < self.high:
            middle = (low + self.high) // 2
            if not self._is_enough(middle, proves=False):
                low = middle + 1

    def _raise_bound(self) -> None:
        """Refute radii: where more than p places share no site, then where parts of sites are more than p in sum."""
        self._bisect(lambda reach: needed_apart(reach, self.locked) > self.p)
        end = BOUND_SHARE * self.watch.seconds_left()
        self._bisect(self._is_refuted_by_parts, end)

    def _bisect(self, is_refuted: Callable[[sparse.csr_array], bool], end: float = 0.0) -> None:
        """Raise low to behind the longest radius that is refuted; what is left undecided counts as not refuted."""
        low, high = self.low, self.high
        while low < min(high, self.high) and (self.watch.seconds_left() > end or math.isinf(end)):
            middle = (low + min(high, self.high)) // 2
            self._report("bound")
            if is_refuted(self._reach(middle)):
                low = self.low = middle + 1
            else:
                high = middle

    def _is_refuted_by_parts(self, reach: sparse.csr_array) -> bool:
        parts = fractional(reach, self.locked, ONE_BOUND_SHARE * self.watch.seconds_left())
        if parts is not None and parts.whole is not None and len(parts.whole) <= self.p:
            self._take(parts.whole)
        return parts is not None and parts.bound > self.p + CERTAINTY

    def _swap(self) -> None:
        end = (
            SWAP_SHARE * self.watch.seconds_left()
        )  # left when the swaps must end; without a limit they end by themselves

        def may_go_on(value: float) -> bool:
            self.watch.report("search", value, self.bound)
            return math.isinf(end) or self.watch.seconds_left() > end

        bound = float(self.radii[self.low])
        self._take(shorten(self.costs, self.radii, self.filled(), self.locked, bound, may_go_on))

    def _take(self, chosen: list[int]) -> None:
        self.chosen = chosen
        self.high = int(np.searchsorted(self.radii, self.value))

    def _is_too_short(self, place: int) -> bool:
        if self.is_refuted:
            self.low = max(self.low, place + 1)
        return self.is_refuted

    def _reach(self, place: int) -> sparse.csr_array:
        return sparse.csr_array(self.costs <= self.radii[place], dtype=float)

    def _is_enough(self, place: int, *, proves: bool) -> bool:
        """Whether p sites within radii[place] were found; notes them. is_refuted: with proves, that there are none."""
        self._report("proof" if proves else "search")
        chosen = self._proved(self._reach(place)) if proves else self._greedily(self._reach(place))
        if chosen is None or len(chosen) > self.p:
            return False
        self._take(chosen)
        return True

    def _proved(self, reach: sparse.csr_array) -> list[int] | None:
        """p sites or fewer, or None; sets is_refuted. Where few sites reach much, branches decide before HiGHS does."""
        chosen, self.is_refuted = None, False
        if self.p <= FEW:
            chosen, self.is_refuted = covers_all(reach, self.p, self.locked, self.quiet, BRANCHES)
        if chosen is None and not self.is_refuted:
            found = cover(reach, self.locked, self.quiet, enough=self.p)
            chosen, self.is_refuted = found.chosen, found.bound > self.p
        return chosen

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
