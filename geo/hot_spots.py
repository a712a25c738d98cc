"""Where high or low figures lie together more than chance would put them, with a guard against finding noise.

On a map of pure noise one unit in twenty is "significant" at 5 %. Every local test here is two-sided and judged together
with all others (Benjamini & Hochberg 1995: of what is flagged, at most `alpha` is expected to be false). Under
FEWEST_UNITS units nothing is tested: a handful of districts cannot show a pattern.

    Moran's I                 Moran 1950; moments under randomisation, Cliff & Ord 1981
    local Moran's I           Anselin 1995, conditional permutation; flags clusters and outliers
    Getis-Ord Gi*             Ord & Getis 1995, normal approximation; flags hot and cold spots
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, eye_array
from scipy.special import ndtr

from geo.spatial_weights import row_standardised

FEWEST_UNITS = 30
ALPHA = 0.05
PERMUTATIONS = 9_999  # 999 cannot pass the guard: with 77 units it takes p = 0.05 / 77 = 0.00065, and 2 / 1000 is above
DRAWS_AT_ONCE = 4_000_000

HOT, COLD, HIGH_OUTLIER, LOW_OUTLIER = "hot", "cold", "high_outlier", "low_outlier"
NOT_SIGNIFICANT, NOT_TESTED = "not_significant", "not_tested"
GI_STAR, LOCAL_MORAN = "gi", "moran"


class TooFewUnits(ValueError):
    """Fewer units with a figure than a pattern can be told from."""


@dataclass(frozen=True)
class Moran:
    """Moran's I of all units: 0 is expected without a pattern (exactly -1 / (n - 1)), towards 1 like lies by like.

    p: two-sided. p_permuted: by shuffling the figures over the map; NaN where that was not asked for.
    """

    i: float
    expected: float
    z: float
    p: float
    p_permuted: float
    units: int


@dataclass(frozen=True)
class Local:
    """One local test for each unit. statistic, p, q (p with the guard): NaN where kind is NOT_TESTED."""

    method: str
    statistic: np.ndarray
    p: np.ndarray
    q: np.ndarray
    kind: np.ndarray
    units: int


def moran(values, neighbours: csr_matrix, *, permutations: int = PERMUTATIONS, seed: int = 0) -> Moran:
    """Moran's I with row-standardised neighbours, over the units that have a figure and a neighbour.

    values: float, NaN is no figure. Raises TooFewUnits under FEWEST_UNITS, ValueError where all figures are equal.
    """
    kept, w = _tested(values, neighbours)
    w, z = row_standardised(w), _deviations(np.asarray(values, dtype=float)[kept])
    n, total = len(z), w.sum()
    observed = float(n / total * (z @ (w @ z)) / (z @ z))
    expected, deviation = -1 / (n - 1), np.sqrt(_variance(z, w))
    score = (observed - expected) / deviation
    permuted = _permuted_moran(z, w, observed, permutations, seed) if permutations else np.nan
    return Moran(observed, expected, float(score), float(_two_sided_p(score)), float(permuted), n)


def _variance(z: np.ndarray, w: csr_matrix) -> float:
    """Of Moran's I when the figures are shuffled over the map (Cliff & Ord 1981, randomisation)."""
    n, s0 = len(z), w.sum()
    s1 = float((w + w.T).power(2).sum()) / 2
    s2 = float(((np.asarray(w.sum(axis=1)).ravel() + np.asarray(w.sum(axis=0)).ravel()) ** 2).sum())
    kurtosis = (z**4).mean() / (z**2).mean() ** 2
    first = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    second = kurtosis * ((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
    return float((first - second) / ((n - 1) * (n - 2) * (n - 3) * s0**2) - 1 / (n - 1) ** 2)


def _permuted_moran(z: np.ndarray, w: csr_matrix, observed: float, permutations: int, seed: int) -> float:
    rng, larger, done = np.random.default_rng(seed), 0, 0
    while done < permutations:
        count = min(permutations - done, max(1, DRAWS_AT_ONCE // len(z)))
        shuffled = rng.permuted(np.tile(z, (count, 1)), axis=1).T
        sums = np.einsum("ij,ij->j", shuffled, w @ shuffled)
        larger += int((len(z) / w.sum() * sums / (z @ z) >= observed).sum())
        done += count
    return _permuted_p(np.array([larger]), permutations)[0]


def hot_and_cold(values, neighbours: csr_matrix, *, alpha: float = ALPHA) -> Local:
    """Getis-Ord Gi* of each unit with its neighbours, itself among them: HOT or COLD where q <= alpha.

    statistic is the standard score. Raises as moran().
    """
    values = np.asarray(values, dtype=float)
    kept, w = _tested(values, neighbours)
    x, n = values[kept], len(kept)
    _deviations(x)
    w = csr_matrix(w + eye_array(n))
    sums, squares = np.asarray(w.sum(axis=1)).ravel(), np.asarray(w.power(2).sum(axis=1)).ravel()
    spread = x.std() * np.sqrt((n * squares - sums**2) / (n - 1))
    with np.errstate(invalid="ignore", divide="ignore"):  # a unit whose neighbours are all the others
        score = np.where(spread > 0, (w @ x - x.mean() * sums) / spread, 0.0)
    p = _two_sided_p(score)
    q = false_discovery_q(p)
    kinds = np.where(q > alpha, NOT_SIGNIFICANT, np.where(score > 0, HOT, COLD))
    return _spread_out(GI_STAR, len(values), kept, score, p, q, kinds)


def clusters_and_outliers(
    values, neighbours: csr_matrix, *, alpha: float = ALPHA, permutations: int = PERMUTATIONS, seed: int = 0
) -> Local:
    """Local Moran's I of each unit: with q <= alpha HOT (high among high), COLD, HIGH_OUTLIER (high among low), LOW_OUTLIER.

    p: two-sided, by drawing the unit's neighbours from all other units. Raises as moran().
    """
    values = np.asarray(values, dtype=float)
    kept, w = _tested(values, neighbours)
    w, z = row_standardised(w), _deviations(values[kept])
    lag = w @ z
    p = _permuted_p(_larger(z, w, lag, permutations, seed), permutations)
    q = false_discovery_q(p)
    side = np.where(z > 0, np.where(lag > 0, HOT, HIGH_OUTLIER), np.where(lag > 0, LOW_OUTLIER, COLD))
    statistic = z * lag * len(z) / (z @ z)
    return _spread_out(LOCAL_MORAN, len(values), kept, statistic, p, q, np.where(q > alpha, NOT_SIGNIFICANT, side))


def _larger(z: np.ndarray, w: csr_matrix, lag: np.ndarray, permutations: int, seed: int) -> np.ndarray:
    """How often the mean of as many other units, drawn at random, is at least the neighbours' mean."""
    rng, n = np.random.default_rng(seed), len(z)
    sizes = np.diff(w.indptr)
    # one set of draws serves all units: positions among the n - 1 others, without repetition within a draw
    most = int(sizes.max())
    if n * permutations <= DRAWS_AT_ONCE:
        draws = rng.permuted(np.tile(np.arange(n - 1), (permutations, 1)), axis=1)[:, :most]
    else:
        draws = np.array([rng.choice(n - 1, size=most, replace=False) for _ in range(permutations)])
    least = lag - 1e-12 * np.abs(z).max()  # of figures that repeat, a mean added up in another order is the same mean
    counts = np.empty(n)
    for unit in range(n):
        others = draws[:, : sizes[unit]]
        means = z[others + (others >= unit)].mean(axis=1)
        counts[unit] = (means >= least[unit]).sum()
    return counts


def false_discovery_q(p: np.ndarray) -> np.ndarray:
    """Benjamini-Hochberg q of each p: flagging q <= alpha keeps the expected share of false flags at alpha."""
    p = np.asarray(p, dtype=float)
    order = np.argsort(p)
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty(len(p))
    q[order] = np.minimum.accumulate(ranked[::-1])[::-1].clip(max=1.0)
    return q


def _tested(values, neighbours: csr_matrix) -> tuple[np.ndarray, csr_matrix]:
    """Positions of units with a figure and with a neighbour that has one, and the neighbours among them."""
    values = np.asarray(values, dtype=float)
    if neighbours.shape != (len(values), len(values)):
        raise ValueError(f"neighbours of {neighbours.shape[0]} units for {len(values)} figures")
    kept = np.flatnonzero(np.isfinite(values))
    while True:
        among = csr_matrix(neighbours)[kept][:, kept]
        has_any = np.diff(among.indptr) > 0
        if has_any.all():
            break
        kept = kept[has_any]
    if len(kept) < FEWEST_UNITS:
        raise TooFewUnits(f"{len(kept)} units with figures and neighbours; at least {FEWEST_UNITS} are needed")
    return kept, among


def _deviations(x: np.ndarray) -> np.ndarray:
    if np.ptp(x) <= 1e-12 * max(1.0, np.abs(x).max()):
        raise ValueError("all figures are equal: there is no pattern to find")
    return x - x.mean()


def _two_sided_p(score):
    return 2 * ndtr(-np.abs(score))


def _permuted_p(larger: np.ndarray, permutations: int) -> np.ndarray:
    """Two-sided: twice the rarer side, the observed map counted among the shuffled ones."""
    rarer = np.minimum(larger, permutations - larger)
    return np.minimum(2 * (rarer + 1) / (permutations + 1), 1.0)


def _spread_out(method: str, size: int, kept, statistic, p, q, kinds) -> Local:
    """Back to all units; those not tested have no numbers."""
    numbers = [np.full(size, np.nan) for _ in range(3)]
    for whole, part in zip(numbers, (statistic, p, q), strict=True):
        whole[kept] = part
    kind = np.full(size, NOT_TESTED, dtype=object)
    kind[kept] = kinds
    return Local(method, *numbers, kind, len(kept))
