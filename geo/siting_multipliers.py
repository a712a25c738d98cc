"""The Lagrangian bound of the p-median: what no choice of p sites can beat, and which sites no better choice has.

Each demand j is offered a price; a site saves for a demand what its cost lies below the price. With any prices,
(sum of prices) - (savings of the p best sites) is a bound (Cornuejols, Fisher and Nemhauser 1977); the subgradient
method looks for the prices that make it greatest.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

REACH = 1.15  # entries up to so much over the price are listed; prices stay below that until the lists are made anew
REBUILD_EVERY = 25
PATIENCE = 20  # steps without a better bound before the steps are halved
MOMENTUM = 0.7
SHORTEST_STEP = 1e-3
FORGETTING = 0.03


@dataclass
class Prices:
    """A bound with the prices it came from and each site's saving under them (negative or 0)."""

    bound: float
    prices: np.ndarray
    reduced: np.ndarray


class Multipliers:
    """The search for good prices, whatever the costs are stored in."""

    def __init__(self, p: int, locked: np.ndarray, prices: np.ndarray):
        """locked: bool by site. prices: by demand, to begin with."""
        self.p, self.prices = p, prices.astype(float)
        self.best = Prices(-np.inf, self.prices.copy(), np.zeros(len(locked)))
        self.closed = np.zeros(len(locked), dtype=bool)  # no better choice than the known one has these sites
        self.opened = locked.copy()  # every better choice has these
        self.often = np.zeros(len(locked))  # how often lately each site was among the best (0 to 1)
        self._direction = np.zeros(len(prices))
        self._list_entries()

    def child(self, site: int, is_open: bool) -> "Multipliers":
        """The same question with one site decided, to be searched from the prices found here."""
        child = self._again(self.opened.copy(), self.best.prices)
        child.closed = self.closed.copy()
        (child.opened if is_open else child.closed)[site] = True
        return child

    def _again(self, opened: np.ndarray, prices: np.ndarray) -> "Multipliers":
        raise NotImplementedError

    def _list_entries(self) -> None:
        """Set _limit, which prices may not pass until this is called anew."""
        raise NotImplementedError

    def _savings(self) -> np.ndarray:
        """By site the sum of what its costs lie below the prices, as numbers at most 0."""
        raise NotImplementedError

    def _times_served(self, is_chosen: np.ndarray) -> np.ndarray:
        """By demand how many of the chosen sites save anything for it."""
        raise NotImplementedError

    def evaluate(self) -> tuple[float, np.ndarray, np.ndarray]:
        """(bound, savings by site, chosen sites) at the present prices."""
        reduced = self._savings()
        keyed = np.where(self.opened, -np.inf, np.where(self.closed, np.inf, reduced))
        chosen = np.argsort(keyed, kind="stable")[: self.p]
        return float(self.prices.sum() + reduced[chosen].sum()), reduced, chosen

    def step(self, target: float, length: float) -> tuple[float, np.ndarray]:
        """One step of the subgradient towards `target`; gives (bound before the step, sites chosen in it)."""
        bound, reduced, chosen = self.evaluate()
        if bound > self.best.bound:
            self.best = Prices(bound, self.prices.copy(), reduced)
        is_chosen = np.zeros(len(self.closed), dtype=bool)
        is_chosen[chosen] = True
        self.often += FORGETTING * (is_chosen - self.often)
        self._direction = 1.0 - self._times_served(is_chosen) + MOMENTUM * self._direction
        self._direction[(self.prices <= 0) & (self._direction < 0)] = 0.0
        self._direction[(self.prices >= self._limit) & (self._direction > 0)] = 0.0
        norm = float(self._direction @ self._direction)
        if norm > 0:
            move = length * max(target - bound, 1e-9 * abs(target)) / norm
            self.prices = np.clip(self.prices + move * self._direction, 0.0, self._limit)
        return bound, chosen

    def fix(self, below: float) -> None:
        """Note which sites every choice with a total under `below` has or has not, by the best prices' savings."""
        bound, reduced = self.best.bound, self.best.reduced
        free = np.flatnonzero(~self.closed & ~self.opened)
        wanted = self.p - int(self.opened.sum())
        if wanted <= 0 or wanted >= len(free):
            return
        order = free[np.argsort(reduced[free], kind="stable")]
        last_in, first_out = reduced[order[wanted - 1]], reduced[order[wanted]]
        self.closed[order[wanted:]] |= bound + reduced[order[wanted:]] - last_in >= below
        self.opened[order[:wanted]] |= bound - reduced[order[:wanted]] + first_out >= below

    def search(self, target: float, below: float, steps: int, on_step: Callable[[int, np.ndarray], float]) -> None:
        """Up to `steps` steps. on_step(number, chosen) gives the target (the best known total); NaN from it stops.

        below: given target - below stays the same, choices under it are looked for.
        """
        margin = target - below
        length, waited, reached = 1.0, 0, self.evaluate()[0]
        for number in range(steps):
            if number % REBUILD_EVERY == 0:
                self._list_entries()
            _bound, chosen = self.step(target, length)
            target = on_step(number, chosen)
            if np.isnan(target) or self.best.bound >= target - margin:
                return
            if self.best.bound > reached + 1e-7 * abs(reached):
                reached, waited = self.best.bound, 0
                continue
            waited += 1
            if waited >= PATIENCE:
                length, waited = length / 2, 0
                self.prices, self._direction = self.best.prices.copy(), np.zeros(len(self.prices))
                self.fix(target - margin)
                self._list_entries()
                if length < SHORTEST_STEP:
                    return


class CostMultipliers(Multipliers):
    """Multipliers on costs in full (demand x sites, weighted, finite)."""

    def __init__(self, costs: np.ndarray, p: int, locked: np.ndarray, prices: np.ndarray, floor: np.ndarray):
        """floor: what each price may rise to whatever it was: a second-best site's cost."""
        self._costs, self._floor, self._ceiling = costs, floor, costs.max(axis=1)
        super().__init__(p, locked, prices)

    def _again(self, opened: np.ndarray, prices: np.ndarray) -> "CostMultipliers":
        return CostMultipliers(self._costs, self.p, opened, prices, self._floor)

    def _list_entries(self) -> None:
        """List the entries that prices can reach until the next rebuilding; prices are held below the rest."""
        self._limit = np.minimum(np.maximum(self.prices * REACH, self._floor), self._ceiling)
        candidates = np.flatnonzero(~self.closed)
        rows, columns = np.nonzero(self._costs[:, candidates] < self._limit[:, None])
        self._rows, self._columns = rows, candidates[columns]
        self._entries = self._costs[self._rows, self._columns]

    def _savings(self) -> np.ndarray:
        below = np.minimum(self._entries - self.prices[self._rows], 0)
        return np.bincount(self._columns, weights=below, minlength=len(self.closed))

    def _times_served(self, is_chosen: np.ndarray) -> np.ndarray:
        served = is_chosen[self._columns] & (self._entries < self.prices[self._rows])
        return np.bincount(self._rows[served], minlength=len(self.prices))
