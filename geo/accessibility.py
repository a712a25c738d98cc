"""Access scores: how much supply (doctors, beds) there is for each person, where catchments overlap.

The floating catchment family works in two steps: each facility's supply is divided among everybody who can reach it,
then each place adds up what it can reach. Weights fall with distance in bands that the caller states.

    2SFCA   one band, weight 1                       Luo & Wang 2003 (after Radke & Mu 2000)
    E2SFCA  bands with falling weights               Luo & Qi 2009
    3SFCA   and people split among the facilities    Wan, Zou & Sternberg 2012
            they can reach, by the same weights

A place out of reach of every facility scores 0, not missing: nothing is what it has. A facility that nobody can reach
serves nobody and is not divided by. Check: the sum of demand x score is the supply that has any demand in reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

TWO_STEP, ENHANCED, THREE_STEP = "2sfca", "e2sfca", "3sfca"
METHODS = (TWO_STEP, ENHANCED, THREE_STEP)
# Luo & Qi 2009: Gaussian weights at 0-10, 10-20 and 20-30 minutes; here of the three thirds of a radius.
LUO_QI_WEIGHTS = (1.0, 0.68, 0.22)


@dataclass(frozen=True)
class Access:
    """score: supply per person, of each place, 0 out of reach. supply_ratio: of each facility, 0 with nobody in reach.

    in_reach: how many facilities each place can reach. served: whether each facility has any demand in reach.
    """

    score: np.ndarray
    supply_ratio: np.ndarray
    in_reach: np.ndarray
    served: np.ndarray


def thirds(radius: float) -> list[tuple[float, float]]:
    """Bands of equal width up to a radius with the weights of Luo & Qi 2009: (upper limit, weight)."""
    return [(radius * (i + 1) / 3, weight) for i, weight in enumerate(LUO_QI_WEIGHTS)]


def band_weights(distance: np.ndarray, bands: Sequence[tuple[float, float]]) -> np.ndarray:
    """The weight of each distance: of the first band whose upper limit it does not exceed; 0 beyond the last and for NaN.

    bands: (upper limit, weight), limits rising, weights above 0 and not above 1. Raises ValueError for others.
    """
    limits, weights = np.array(bands, dtype=float).reshape(-1, 2).T
    if not len(limits) or not np.isfinite(limits).all() or (np.diff(limits, prepend=0.0) <= 0).any():
        raise ValueError(f"band limits {limits.tolist()} must rise from above 0")
    if not ((weights > 0) & (weights <= 1)).all():
        raise ValueError(f"band weights {weights.tolist()} must be above 0 and at most 1")
    at = np.searchsorted(limits, np.asarray(distance, dtype=float), side="left")
    return np.append(weights, 0.0)[np.minimum(at, len(weights))]  # NaN sorts last


def floating_catchment(method: str, demand, supply, place, facility, distance, bands) -> Access:
    """Access scores by one of METHODS.

    demand: people of each of n places. supply: of each of m facilities; neither below zero. place, facility, distance:
    the pairs that may be in reach (positions and distance in the unit of the bands; a pair at most once).
    bands: as for band_weights; 2SFCA uses the last limit alone, with weight 1. Raises ValueError for bad input.
    """
    demand, supply = _amounts(demand, "demand"), _amounts(supply, "supply")
    if method not in METHODS:
        raise ValueError(f"{method!r} is none of {', '.join(METHODS)}")
    steps = [(bands[-1][0], 1.0)] if method == TWO_STEP else bands
    weight = band_weights(distance, steps)
    within = weight > 0
    place, facility, weight = np.asarray(place)[within], np.asarray(facility)[within], weight[within]
    in_reach = np.bincount(place, minlength=len(demand))
    if method == THREE_STEP:  # the share of a place's people who choose each facility, times its weight
        weight = weight**2 / np.bincount(place, weight, minlength=len(demand))[place]
    competing = np.bincount(facility, weight * demand[place], minlength=len(supply))
    ratio = np.divide(supply, competing, out=np.zeros(len(supply)), where=competing > 0)
    score = np.bincount(place, weight * ratio[facility], minlength=len(demand))
    return Access(score, ratio, in_reach, competing > 0)


def _amounts(values, what: str) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    if not (np.isfinite(values) & (values >= 0)).all():
        raise ValueError(f"{what} must be numbers not below 0")
    return values
