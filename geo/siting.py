"""Where the next sites reach most: one way to ask for each model, and what a choice of sites gives.

p-median: least weighted distance. p-center: shortest longest way. lscp: fewest sites that reach every place. mclp: most
people reached by p sites. Each model's file says what its value and bound are; an answer is "optimal" only if proven.
Without a limit of time the same input gives the same answer, also where several are equally good.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from geo.siting_center import p_center
from geo.siting_cover import lscp
from geo.siting_coverage import mclp
from geo.siting_median import p_median
from geo.siting_problem import LSCP, MCLP, P_CENTER, P_MEDIAN, UNWATCHED, Answer, Sites, Watch

NEEDS_RADIUS = (LSCP, MCLP)
NEEDS_COUNT = (P_MEDIAN, P_CENTER, MCLP)


@dataclass(frozen=True)
class Reached:
    """What a choice of sites gives. Shares are 0 to 1 and NaN without a radius (people: also where nobody lives).

    mean_cost: weighted by people; max_cost: over every place. Both infinite where a place is reached by no site at any
    distance (mean: a place with people). covered: bool by demand, None without a radius. nearest: position of the nearest
    chosen site by demand, -1 where none is reached.
    """

    people_share: float
    places_share: float
    mean_cost: float
    max_cost: float
    covered: np.ndarray | None
    nearest: np.ndarray
    nearest_cost: np.ndarray


def solve(
    model: str,
    costs: np.ndarray,
    weights: np.ndarray,
    sites: Sites,
    *,
    p: int | None = None,
    radius: float | None = None,
    watch: Watch = UNWATCHED,
) -> Answer:
    """The answer of one of MODELS.

    costs: demand x sites, at least 0, infinite where a site does not reach; weights: people by demand, at least 0.
    radius: in the unit of costs; a place exactly at it is within. Raises ValueError for an unknown model, a missing p or
    radius, and what the model's own function raises.
    """
    if model in NEEDS_COUNT and p is None:
        raise ValueError(f"{model} needs p, the number of sites")
    if model in NEEDS_RADIUS and radius is None:
        raise ValueError(f"{model} needs a radius")
    if model == P_MEDIAN:
        return p_median(costs, weights, p, sites, watch)
    if model == P_CENTER:
        return p_center(costs, p, sites, watch)
    reach = sparse.csr_array(costs <= radius) if model in NEEDS_RADIUS else None
    if model == LSCP:
        return lscp(reach, sites, watch)
    if model == MCLP:
        return mclp(reach, weights, p, sites, watch)
    raise ValueError(f"{model!r} is none of the models")


def reached(costs: np.ndarray, weights: np.ndarray, chosen: Sequence[int], radius: float | None) -> Reached:
    """What these sites give, whichever model chose them. With no site nothing is reached."""
    chosen = np.asarray(chosen, dtype=int)
    among = costs[:, chosen]
    nearest_cost = among.min(axis=1, initial=np.inf)
    nearest = chosen[among.argmin(axis=1)] if len(chosen) else np.full(len(costs), -1)
    covered = None if radius is None else nearest_cost <= radius
    people = float(weights.sum())
    peopled = weights > 0
    return Reached(
        people_share=float(weights[covered].sum()) / people if covered is not None and people else np.nan,
        places_share=float(covered.mean()) if covered is not None and len(covered) else np.nan,
        mean_cost=float((weights[peopled] * nearest_cost[peopled]).sum() / people) if people else np.nan,
        max_cost=float(nearest_cost.max(initial=0.0)),
        covered=covered,
        nearest=np.where(np.isfinite(nearest_cost), nearest, -1),
        nearest_cost=nearest_cost,
    )


def in_order_of_gain(
    costs: np.ndarray, weights: np.ndarray, chosen: Sequence[int], radius: float | None, first: Sequence[int] = ()
) -> Iterator[tuple[int, Reached]]:
    """The chosen sites one after the other, each the one that adds most to those before it, with what they then give.

    Adds most: of people within the radius, and of people times distance where no radius is given or nothing is added.
    first: sites that stand already; they come before the others. Ties go to the site that comes first.
    """
    order: list[int] = []
    nearest = np.full(len(costs), np.inf)
    standing = set(first)
    for group in ([site for site in chosen if site in standing], [site for site in chosen if site not in standing]):
        left = sorted(group)
        while left:
            best = _most_useful(np.minimum(nearest[:, None], costs[:, left]), weights, radius)
            order.append(left.pop(best))
            nearest = np.minimum(nearest, costs[:, order[-1]])
            yield order[-1], reached(costs, weights, order, radius)


def _most_useful(nearest: np.ndarray, weights: np.ndarray, radius: float | None) -> int:
    """The best of several sites, by the costs (demand x sites) there would be with each."""
    within = np.zeros(nearest.shape[1]) if radius is None else weights @ (nearest <= radius)
    peopled = weights > 0
    unreached = (~np.isfinite(nearest[peopled])).sum(axis=0)
    total = weights[peopled] @ np.where(np.isfinite(nearest[peopled]), nearest[peopled], 0.0)
    return int(np.lexsort((total, unreached, -within))[0])
