"""A good choice of p sites for the p-median, fast: add the best site until there are p, then swap while it helps.

Swaps are valued for all pairs at once and kept up to date: after a swap only the demand it touched is counted anew
(Resende and Werneck 2007, "A fast swap-based local search procedure for location problems").
"""

import numpy as np
from scipy import sparse

ROWS = 1 << 21  # numbers in a block of rows, so that temporaries stay at some 16 MB
SMALLEST_STEP = 1e-12  # of the value: a smaller improvement is rounding


def two_nearest(costs: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each row the place in `chosen` of the cheapest site (ties: the first), its cost, and the second's cost.

    With one site the second's cost is the row's greatest cost.
    """
    among = costs[:, chosen]
    rows = np.arange(len(costs))
    first = among.argmin(axis=1)
    nearest = among[rows, first]
    if len(chosen) == 1:
        return first, nearest, costs.max(axis=1)
    among[rows, first] = np.inf
    return first, nearest, among.min(axis=1)


def blocks(rows: np.ndarray, width: int):
    """The row numbers in pieces whose temporaries fit the cache."""
    size = max(1, ROWS // max(1, width))
    return (rows[start : start + size] for start in range(0, len(rows), size))


def grow(costs: np.ndarray, start: list[int], p: int) -> list[int]:
    """`start` and further sites up to p, each the one that lowers the total most (ties: the first).

    costs: finite floats, demand x sites, already weighted.
    """
    chosen = list(start)
    greatest = costs.max(axis=1)
    nearest = np.minimum(greatest, costs[:, chosen].min(axis=1)) if chosen else greatest
    saving = np.zeros(costs.shape[1])
    for rows in blocks(np.arange(len(costs)), costs.shape[1]):
        saving += np.maximum(nearest[rows, None] - costs[rows], 0).sum(axis=0)
    while len(chosen) < p:
        saving[chosen] = -np.inf
        best = int(saving.argmax())
        chosen.append(best)
        changed = np.flatnonzero(costs[:, best] < nearest)
        for rows in blocks(changed, costs.shape[1]):
            part, old = costs[rows], nearest[rows, None]
            new = np.minimum(old, costs[rows, best][:, None])
            saving -= (np.maximum(old - part, 0) - np.maximum(new - part, 0)).sum(axis=0)
        nearest[changed] = costs[changed, best]
    return chosen


class Interchange:
    """The state of a swap search: which sites are chosen and what every swap would save."""

    def __init__(self, costs: np.ndarray, chosen: list[int], locked: np.ndarray):
        """costs: finite floats, demand x sites, weighted. locked: bool by site: such a site is never swapped out."""
        self.costs, self.chosen, self.locked = costs, np.array(chosen), locked
        self._count_anew()

    def _count_anew(self) -> None:
        self.first, self.nearest, self.second = two_nearest(self.costs, self.chosen)
        self.saving = np.zeros(self.costs.shape[1])  # by adding a site
        self.kept = np.zeros((len(self.chosen), self.costs.shape[1]))  # of what dropping costs, if that site comes in
        self._account(np.arange(len(self.costs)), +1.0)

    @property
    def total(self) -> float:
        return float(self.nearest.sum())

    def _account(self, rows: np.ndarray, sign: float) -> None:
        for some in blocks(rows, self.costs.shape[1]):
            part, near, second = self.costs[some], self.nearest[some, None], self.second[some, None]
            self.saving += sign * np.maximum(near - part, 0).sum(axis=0)
            kept = np.maximum(second - np.maximum(part, near), 0)
            ones = np.ones(len(some))
            group = sparse.csr_matrix((ones, (self.first[some], np.arange(len(some)))), (len(self.chosen), len(some)))
            self.kept += sign * (group @ kept)

    def _losses(self) -> np.ndarray:
        """By place in chosen what dropping that site costs while nothing comes in."""
        return np.bincount(self.first, weights=self.second - self.nearest, minlength=len(self.chosen))

    def best_swap(self) -> tuple[float, int, int]:
        """(what it saves, place in chosen to drop, site to bring in) of the best swap."""
        saved = self.kept + self.saving - self._losses()[:, None]
        saved[:, self.chosen] = -np.inf
        saved[self.locked[self.chosen]] = -np.inf
        place, site = divmod(int(saved.argmax()), saved.shape[1])
        return float(saved[place, site]), place, site

    def swap(self, place: int, site: int) -> None:
        """Drop the chosen site at `place` and bring `site` in."""
        dropped = self.costs[:, self.chosen[place]]
        touched = np.flatnonzero((dropped <= self.second) | (self.costs[:, site] < self.second))
        self._account(touched, -1.0)
        self.chosen[place] = site
        self.first[touched], self.nearest[touched], self.second[touched] = two_nearest(self.costs[touched], self.chosen)
        self._account(touched, +1.0)

    def improve(self, may_go_on) -> None:
        """Swap while it helps, or until may_go_on() says no. Ends where no single swap helps, rounding aside."""
        fresh = True
        while may_go_on():
            saved, place, site = self.best_swap()
            if saved > SMALLEST_STEP * max(1.0, self.total):
                self.swap(place, site)
                fresh = False
            elif fresh:
                return
            else:
                self._count_anew()  # sums kept up to date by adding and subtracting have drifted
                fresh = True
