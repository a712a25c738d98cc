"""A good choice of p sites for the p-center, fast: one swap after the other, for a shorter and shorter radius.

The places that the choice misses at a radius gain weight while they are missed, so that the search does not come to rest
(row weighting, as Gao, Weise and Li 2015 do it for set covering). Once none is missed, the next shorter distance is it.
"""

from collections.abc import Callable

import numpy as np

STEPS_A_PLACE, FEWEST_STEPS = 40, 400  # without a shorter radius, before the search ends
REPORT_EVERY = 32


def shorten(
    costs: np.ndarray,
    radii: np.ndarray,
    chosen: list[int],
    locked: np.ndarray,
    bound: float,
    may_go_on: Callable[[float], bool],
) -> list[int]:
    """A choice of as many sites with a longest way at most that of `chosen`; shorter, where swaps find one.

    costs: demand x sites. radii: all distances there are, ascending. locked: bool by site: such a site stays. bound: no
    choice is shorter. may_go_on(value): asked now and then, ends the search. The same input gives the same answer.
    """
    if locked[chosen].all():
        return chosen
    best = list(chosen)
    chance = np.random.default_rng(len(chosen))  # a fixed seed: the same question, the same answer
    while True:
        value = float(costs[:, best].min(axis=1).max())
        if value <= bound:
            return best
        shorter = radii[np.searchsorted(radii, value) - 1]
        found = _Swaps(costs <= shorter, best, locked, chance).run(lambda value=value: may_go_on(value))
        if found is None:
            return best
        best = found


class _Swaps:
    """The search for a choice that misses nobody. within: demand x sites, bool."""

    def __init__(self, within: np.ndarray, chosen: list[int], locked: np.ndarray, chance: np.random.Generator):
        self.within, self.by_site = within, np.ascontiguousarray(within.T)
        self.chosen, self.stays, self.chance = np.array(chosen), locked[chosen], chance
        self.weights = np.ones(len(within))
        self.moved = np.zeros(within.shape[1], dtype=int)  # the step in which a site came or went
        self.times = np.zeros(len(within), dtype=int)
        self.holder = np.zeros(len(within), dtype=int)  # the sum of the places in chosen that reach it
        for place in range(len(chosen)):
            self._count(place, 1)

    def _count(self, place: int, sign: int) -> None:
        rows = self.by_site[self.chosen[place]]
        self.times[rows] += sign
        self.holder[rows] += sign * place

    def run(self, may_go_on: Callable[[], bool]) -> list[int] | None:
        last_in = -1
        for step in range(max(FEWEST_STEPS, STEPS_A_PLACE * len(self.within))):
            if (self.times > 0).all():
                return self.chosen.tolist()
            if step % REPORT_EVERY == 0 and not may_go_on():
                return None
            place = self._least_missed(last_in)
            dropped = self.chosen[place]
            self._count(place, -1)
            last_in = self.chosen[place] = self._most_wanted(dropped)
            self._count(place, 1)
            self.moved[[dropped, last_in]] = step + 1
            self.weights[self.times == 0] += 1
        return None

    def _least_missed(self, last_in: int) -> int:
        """The place in chosen of the site to drop: least weight would be missed, then longest untouched."""
        once = self.times == 1
        loss = np.bincount(self.holder[once], weights=self.weights[once], minlength=len(self.chosen))
        loss[self.stays] = np.inf
        if len(self.chosen) - self.stays.sum() > 1:
            loss[self.chosen == last_in] = np.inf
        least = np.flatnonzero(loss == loss.min())
        return int(least[self.moved[self.chosen[least]].argmin()])

    def _most_wanted(self, dropped: int) -> int:
        """The site to bring in: of those that reach some missed place the one with most missed weight."""
        missed = np.flatnonzero(self.times == 0)
        around = np.flatnonzero(self.within[self.chance.choice(missed)])
        others = around[around != dropped]
        around = others if len(others) else around
        wanted = self.by_site[np.ix_(around, missed)] @ self.weights[missed]
        most = around[wanted == wanted.max()]
        return int(most[self.moved[most].argmin()])
