"""The order of work that p-median and maximal coverage share: a good choice, a bound, better choices, a proof.

A table says what a choice costs in all, and makes the searches that suit how it is stored.
"""

from typing import Protocol

import numpy as np

from geo.siting_branching import Branches
from geo.siting_interchange import Interchange
from geo.siting_multipliers import Multipliers
from geo.siting_problem import Watch

STEPS = 2000
SWAP_FROM_EVERY = 40  # steps between two searches that begin with the sites the prices like
DEAR_SWAPS, DEAR_SWAPS_EVERY = 0.01, 250  # a search that takes more than this share of the time is made less often
SHAKES_IN_VAIN = 80  # before the shaking ends
SHAKING = 0.35  # how much chance there is beside the share of steps in which the prices liked a site
PROGRAM_SHARE = 0.8  # of the time that is left then
AFTER_BOUND, AFTER_SHAKING = 0.6, 0.4  # of the time there is at the start: left when these steps must end


class Table(Protocol):
    """Costs of demand x sites. step: totals are multiples of it; 0.0: any number.

    branches_first: so many branches are tried before exact() is asked.
    """

    step: float
    branches_first: int

    def total(self, chosen: np.ndarray) -> float: ...
    def grow(self, start: list[int], p: int) -> list[int]: ...
    def interchange(self, chosen: list[int], locked: np.ndarray) -> Interchange: ...
    def multipliers(self, p: int, locked: np.ndarray, chosen: list[int]) -> Multipliers: ...
    def exact(self, multipliers: Multipliers, seconds: float) -> tuple[np.ndarray | None, float]:
        """(a choice, a bound on every total) by an integer program, where one suits; None and -inf where none does."""
        ...


class Search:
    """Look for the p sites with the least total. After run(): chosen, value, bound (at most value)."""

    def __init__(self, table: Table, p: int, locked: np.ndarray, watch: Watch):
        self.table, self.p, self.locked, self.watch = table, p, locked, watch
        self.value, self.bound, self.chosen = np.inf, -np.inf, []
        self._seconds = watch.seconds_left()
        self._swap_every = SWAP_FROM_EVERY
        self._left_for_others = AFTER_BOUND * self._seconds

    def run(self, ceiling: float = np.inf, most_branches: float = np.inf) -> None:
        """Ends when proven or when the time is over; without a limit of time the same input gives the same answer.

        most_branches: the proof is given up after so many. ceiling: only a choice below it is looked for. Where there is none, value is the ceiling and chosen is not it.
        """
        self._take(self.table.grow(np.flatnonzero(self.locked).tolist(), self.p))
        if self.p == len(self.locked):
            self.bound = self.value
            return
        self._swap_from(self.chosen)
        self.value = min(self.value, ceiling)
        self.multipliers = self.table.multipliers(self.p, self.locked, self.chosen)
        self.multipliers.search(self.value, self._below, STEPS, self._after_step)
        self._raise_bound(self.multipliers.best.bound)
        self._shake()
        if self.bound < self.value and self.watch.seconds_left() > 0:
            self._prove(most_branches)

    @property
    def _below(self) -> float:
        """A better choice would have at most this total."""
        return self.value - (self.table.step * (1 - 1e-6) if self.table.step else 1e-10 * abs(self.value))

    def _raise_bound(self, bound: float) -> None:
        self.bound = max(self.bound, self.value if bound >= self._below else bound)

    def _take(self, chosen) -> None:
        total = self.table.total(chosen)
        if total < self.value - 1e-12 * abs(total):
            self.value, self.chosen = total, sorted(int(site) for site in chosen)

    def _swap_from(self, chosen) -> None:
        before = self.watch.seconds_left()
        interchange = self.table.interchange(sorted(int(site) for site in chosen), self.locked)
        interchange.improve(self._may_search)
        self._take(interchange.chosen)
        is_dear = before - self.watch.seconds_left() > DEAR_SWAPS * self._seconds  # never without a limit of time
        self._swap_every = DEAR_SWAPS_EVERY if is_dear else SWAP_FROM_EVERY

    def _may_search(self) -> bool:
        self._report("search")
        return self.watch.seconds_left() > self._left_for_others

    def _report(self, step: str) -> None:
        self.watch.report(step, self.value, self.bound if np.isfinite(self.bound) else None)

    def _after_step(self, number: int, chosen: np.ndarray) -> float:
        self._raise_bound(self.multipliers.best.bound)
        self._report("bound")
        if self.watch.seconds_left() <= self._left_for_others:
            return np.nan
        is_better = number % 5 == 0 and self.table.total(chosen) < self.value
        if is_better and self._swap_every == DEAR_SWAPS_EVERY:
            self._take(chosen)
        elif is_better or number % self._swap_every == self._swap_every - 1:
            self._swap_from(chosen)
        return self.value

    def _shake(self) -> None:
        """Swap from sites drawn by how often the prices liked them; where that helped, from those with a few changed."""
        self._left_for_others = AFTER_SHAKING * self._seconds
        chance = np.random.default_rng(self.p)  # a fixed seed: the same question, the same answer
        liked = np.where(self.locked, np.inf, self.multipliers.often)
        shake = last_gain = 0
        while shake - last_gain < SHAKES_IN_VAIN and self.bound < self.value and self._may_search():
            shake, before = shake + 1, self.value
            score = liked + SHAKING * chance.random(len(liked)) * (self.multipliers.often > 0.005)
            if shake % 2:
                score[self.chosen] += chance.random(self.p) < 0.8
            self._swap_from(np.argsort(-score, kind="stable")[: self.p])
            last_gain = shake if self.value < before else last_gain
            self._raise_bound(self.bound)

    def _prove(self, most_branches: float) -> None:
        self._left_for_others = 0.0
        self.multipliers.fix(self._below)
        branches, split = Branches(self.multipliers), 0
        while branches.bound < self._below and self.watch.seconds_left() > 0 and split < most_branches:
            branches.split_weakest(self.value, self._below, self._after_branch_step)
            self._raise_bound(branches.bound)
            split += 1
            if split == self.table.branches_first and self.bound < self.value:
                self._ask_program()
                if self.bound >= self.value:
                    return
        self._raise_bound(branches.bound)

    def _ask_program(self) -> None:
        chosen, bound = self.table.exact(self.multipliers, PROGRAM_SHARE * self.watch.seconds_left())
        if chosen is not None:
            self._take(chosen)
        self._raise_bound(min(bound, self.value))

    def _after_branch_step(self, number: int, chosen: np.ndarray) -> float:
        self._report("proof")
        if number % 10 == 0 and self.table.total(chosen) < self.value:
            self._swap_from(chosen)
        return self.value
