"""The proof of a p-median: the sites the prices leave undecided are opened or closed one after the other.

The weakest branch goes first, so the bound of all that is left is known at any time.
"""

import heapq
from collections.abc import Callable

import numpy as np

from geo.siting_multipliers import Multipliers

STEPS_A_BRANCH = 40


class Branches:
    """The branches that are not decided yet, weakest bound first."""

    def __init__(self, root: Multipliers):
        self._waiting = [(root.best.bound, 0, root)]
        self._made = 0

    @property
    def bound(self) -> float:
        """No choice in any waiting branch has a lower total; infinite where none waits."""
        return self._waiting[0][0] if self._waiting else np.inf

    def split_weakest(self, value: float, below: float, on_step: Callable[[int, np.ndarray], float]) -> None:
        """Replace the weakest branch by what becomes of it with its least decided site closed, and open.

        value, below, on_step: as in Multipliers.search; on_step also hears of the choice a branch has come down to.
        """
        bound, _number, branch = heapq.heappop(self._waiting)
        free = ~branch.closed & ~branch.opened
        site = int(np.where(free, -np.abs(branch.often - 0.5), -np.inf).argmax())
        for is_open in (False, True):
            self._grow(branch.child(site, is_open), bound, value, below, on_step)

    def _grow(self, child: Multipliers, bound: float, value: float, below: float, on_step) -> None:
        left = int((~child.closed).sum())
        if left < child.p or child.opened.sum() > child.p:
            return
        child.search(value, below, STEPS_A_BRANCH, on_step)
        child.fix(below)
        if max(child.best.bound, bound) >= below:
            return
        decided = child.opened if child.opened.sum() == child.p else ~child.closed
        if decided.sum() == child.p:  # one choice is left
            on_step(0, np.flatnonzero(decided))
            return
        self._made += 1
        child.best.bound = max(child.best.bound, bound)
        heapq.heappush(self._waiting, (child.best.bound, self._made, child))
