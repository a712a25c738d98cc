"""What a siting question and its answer are, whatever the model: sites, locks, value, bound, and how far they lie apart.

A value is what the chosen sites give; a bound is what no choice can beat. Only where the two meet is an answer called
proven: a solver that ran out of time has a value and a bound, not an optimum.
"""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import numpy as np

P_MEDIAN, P_CENTER, LSCP, MCLP = MODELS = ("p-median", "p-center", "lscp", "mclp")
RELATIVE_TOLERANCE = 1e-9  # floating point: a value and a bound this near are one number


@dataclass(frozen=True)
class Watch:
    """How the caller follows the work. The functions here know no clock: seconds_left says when to stop looking.

    report(step, value, bound): called often; value or bound is None while there is none. What it raises ends the work,
        which is how a caller cancels. step: "search", "bound", "proof".
    """

    seconds_left: Callable[[], float] = lambda: math.inf
    report: Callable[[str, float | None, float | None], None] = lambda step, value, bound: None


UNWATCHED = Watch()


@dataclass(frozen=True)
class Sites:
    """The candidate sites by position: how many, which must be chosen, which must not."""

    count: int
    locked: frozenset[int] = frozenset()
    forbidden: frozenset[int] = frozenset()

    def __post_init__(self):
        strangers = [site for site in self.locked | self.forbidden if not 0 <= site < self.count]
        if strangers:
            raise ValueError(f"sites {sorted(strangers)} are not among the {self.count} candidates")
        if self.locked & self.forbidden:
            raise ValueError(f"sites {sorted(self.locked & self.forbidden)} are both locked and forbidden")

    @property
    def allowed(self) -> np.ndarray:
        """Positions of the candidates that may be chosen, ascending."""
        return np.array([site for site in range(self.count) if site not in self.forbidden], dtype=int)

    def locked_among_allowed(self) -> np.ndarray:
        """For each of allowed, whether it is locked (bool array)."""
        return np.isin(self.allowed, sorted(self.locked))


@dataclass(frozen=True)
class Answer:
    """One answer. chosen: positions of the sites, ascending. value, bound: in the model's unit, see the model.

    proven: no choice is better. gap: how far the bound lies from the value, as a share of the value.
    """

    model: str
    chosen: tuple[int, ...]
    value: float
    bound: float
    proven: bool = field(default=False)

    @property
    def gap(self) -> float:
        """0 where proven; infinite where there is no bound or the value is 0 and the bound is not."""
        apart = abs(self.bound - self.value)
        if self.proven or apart == 0:
            return 0.0
        return apart / abs(self.value) if self.value else math.inf


class NotCoverable(ValueError):
    """Some demand is reached by no candidate site. demand: positions, ascending."""

    def __init__(self, demand: Collection[int]):
        self.demand = tuple(int(place) for place in demand)
        super().__init__(f"demand {list(self.demand)[:10]} is reached by no candidate site")


class TooFewSites(ValueError):
    """No choice of p sites serves every demand. needed: so many are needed at least."""

    def __init__(self, needed: int):
        self.needed = needed
        super().__init__(f"at least {needed} sites are needed to serve every demand")


def check_count(p: int, sites: Sites) -> None:
    """Raises ValueError where p sites cannot be chosen: below 1, more than may be chosen, fewer than are locked."""
    if p < 1:
        raise ValueError(f"p is {p}; at least one site is chosen")
    if p > len(sites.allowed):
        raise ValueError(f"p is {p}, but only {len(sites.allowed)} sites may be chosen")
    if p < len(sites.locked):
        raise ValueError(f"p is {p}, but {len(sites.locked)} sites are locked")


def has_met(value: float, bound: float, step: float) -> bool:
    """Whether nothing lies between value and bound. step: values come in multiples of it (0: any number)."""
    apart = abs(value - bound)
    return apart <= RELATIVE_TOLERANCE * max(1.0, abs(value)) or (step > 0 and apart < step * (1 - 1e-6))


def step_of(numbers: np.ndarray) -> float:
    """1.0 where all numbers are whole and small enough to be added up exactly, else 0.0."""
    finite = numbers[np.isfinite(numbers)]
    exact = finite.size > 0 and bool((finite == np.rint(finite)).all()) and float(np.abs(finite).sum()) < 2**52
    return 1.0 if exact else 0.0
