"""Small numbers: years pooled, rates shrunk before any ranking, funnel limits in place of a league table.

Events and people are float arrays of one shape, one place each; NaN, or people not above zero, is "not comparable" and
stays NaN. A share counts people of whom some are events (binomial); a rate counts events that happen to people (Poisson).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import gammaincinv

UNSTABLE_BELOW = 20  # events: below this a rate's standard error is more than a fifth of it
Z_95, Z_998 = 1.96, 3.09  # as Fingertips draws its limits
TAIL_95, TAIL_998 = 0.025, 0.001

LOW_998, LOW_95, INSIDE, HIGH_95, HIGH_998 = "low_998", "low_95", "inside", "high_95", "high_998"
POSITIONS = (LOW_998, LOW_95, INSIDE, HIGH_95, HIGH_998)


def pool_years(figures: pd.DataFrame, last_year: int, years: int) -> pd.DataFrame:
    """Counts of the years up to last_year added up, one row per area: area_id, numerator, denominator, years, periods.

    figures: area_id, period, numerator, denominator, each area and period once. Only whole years count (a quarter
        lies within its year) and only those with both counts and people above zero. years: at most so many, from
        last_year back; the column says how many there were, periods which ("2023, 2025").
    Denominators add up to person-years: a person counts once a year.
    """
    year = pd.to_numeric(figures.period.where(figures.period.str.len() == 4), errors="coerce")
    within = (year > last_year - years) & (year <= last_year)
    has_counts = figures.numerator.notna() & (figures.denominator > 0)
    kept = figures.loc[within & has_counts, ["area_id", "numerator", "denominator"]]
    back = last_year - year[kept.index].astype(int)
    kept = kept.assign(
        years=1, seen=np.left_shift(1, back.to_numpy())
    )  # one bit for each year: their sum says which there were
    pooled = kept.groupby("area_id", sort=True).sum().reset_index()
    texts = {seen: _periods(seen, last_year) for seen in pooled["seen"].unique()}
    return pooled.assign(periods=pooled.pop("seen").map(texts).astype("str"))


def _periods(seen: int, last_year: int) -> str:
    """Which years there were, oldest first: "2023, 2025"."""
    return ", ".join(str(last_year - back) for back in range(int(seen).bit_length() - 1, -1, -1) if seen >> back & 1)


def is_unstable(events: np.ndarray) -> np.ndarray:
    """Whether a rate rests on too few events to be told from chance; NaN is not."""
    return np.asarray(events, dtype=float) < UNSTABLE_BELOW


@dataclass(frozen=True)
class Shrunk:
    """Rates pulled towards the mean of all, the further the fewer people stand behind them.

    value: events per person. weight: what is left of the place's own rate, 0 to 1. mean: of all places together.
    variance: between places beyond chance; 0 where chance explains all there is, and then value is mean everywhere.
    """

    value: np.ndarray
    weight: np.ndarray
    mean: float
    variance: float


def shrink_rates(events: np.ndarray, people: np.ndarray) -> Shrunk:
    """Global empirical Bayes of rates (Marshall 1991, moments): what happens once in a thousand, Poisson within places.

    variance = sum n (r - m)^2 / sum n - m / mean n, not below zero; weight = variance / (variance + m / n).
    """
    events, people, usable = _counts(events, people)
    if not usable.any():
        return Shrunk(np.full(events.shape, np.nan), np.full(events.shape, np.nan), np.nan, np.nan)
    o, n = events[usable], people[usable]
    mean = float(o.sum() / n.sum())
    between = float((n * (o / n - mean) ** 2).sum() / n.sum() - mean / n.mean())
    return _shrunk(events, people, usable, mean, max(between, 0.0), mean)


def shrink_shares(events: np.ndarray, people: np.ndarray) -> Shrunk:
    """The same for shares (beta-binomial, moments): weight = n / (n + M), M = (m (1 - m) - variance) / variance.

    variance = (sum n (p - m)^2 / sum n - m (1 - m) / mean n) / (1 - 1 / mean n), not below zero.
    A place with more events than people is no share and stays NaN.
    """
    events, people, usable = _counts(events, people)
    usable &= events <= people
    if not usable.any():
        return Shrunk(np.full(events.shape, np.nan), np.full(events.shape, np.nan), np.nan, np.nan)
    o, n = events[usable], people[usable]
    mean, size = float(o.sum() / n.sum()), float(n.mean())
    within = mean * (1 - mean)
    scatter = float((n * (o / n - mean) ** 2).sum() / n.sum())
    between = min(max((scatter - within / size) / (1 - 1 / size), 0.0), within) if size > 1 else 0.0
    return _shrunk(events, people, usable, mean, between, within - between)


def _counts(events: np.ndarray, people: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    events, people = np.asarray(events, dtype=float), np.asarray(people, dtype=float)
    return events, people, np.isfinite(events) & (events >= 0) & (people > 0)


def _shrunk(events, people, usable, mean: float, variance: float, noise: float) -> Shrunk:
    """noise / people is the variance of a place's own figure by chance."""
    n = np.where(usable, people, 1.0)
    weight = variance / (variance + noise / n) if variance > 0 else np.zeros(n.shape)
    value = weight * events / n + (1 - weight) * mean
    return Shrunk(np.where(usable, value, np.nan), np.where(usable, weight, np.nan), mean, variance)


def share_limits(people: np.ndarray, share: float, z: float) -> tuple[np.ndarray, np.ndarray]:
    """Between what chance alone leaves a share of so many people, were the true one `share` (Wilson's closed form).

    Source: OHID Fingertips, statistical process control limits for proportions: (2E + z² ∓ z √(z² + 4E(1 - E/n))) /
    2(n + z²) with E = n x share.
    """
    n = np.asarray(people, dtype=float)
    expected = n * share
    spread = z * np.sqrt(z**2 + 4 * expected * (1 - share))
    below = (2 * expected + z**2 - spread) / (2 * (n + z**2))
    return np.maximum(below, 0.0), (2 * expected + z**2 + spread) / (2 * (n + z**2))


def rate_limits(people: np.ndarray, rate: float, tail: float) -> tuple[np.ndarray, np.ndarray]:
    """The same for a rate per person: exact Poisson limits on the expected count (Garwood 1936), each tail alone.

    With E = n x rate, the lower count is half the chi-squared quantile with 2E degrees of freedom, the upper with 2E + 2.
    """
    n = np.asarray(people, dtype=float)
    expected = n * rate
    with np.errstate(invalid="ignore"):
        low = np.where(expected > 0, gammaincinv(np.maximum(expected, 1e-300), tail), 0.0)
    return low / n, gammaincinv(expected + 1, 1 - tail) / n


def limits(people: np.ndarray, whole: float, *, is_share: bool) -> pd.DataFrame:
    """low_998, low_95, high_95, high_998 (per person) around the rate of the whole, one row for each number of people."""
    if is_share:
        inner, outer = share_limits(people, whole, Z_95), share_limits(people, whole, Z_998)
    else:
        inner, outer = rate_limits(people, whole, TAIL_95), rate_limits(people, whole, TAIL_998)
    return pd.DataFrame({LOW_998: outer[0], LOW_95: inner[0], HIGH_95: inner[1], HIGH_998: outer[1]})


def compare(events: np.ndarray, people: np.ndarray, *, multiplier: float) -> pd.DataFrame:
    """Each place against all of them together, values in the unit of the multiplier (100: a share in percent).

    Columns value, shrunk, weight, low_998, low_95, high_95, high_998, position (of POSITIONS, missing where
    not comparable), is_unstable, order. order ranks by the shrunk value, 1 the highest: no raw rate is ever ranked.
    """
    is_share = multiplier == 100.0
    shrunk = shrink_shares(events, people) if is_share else shrink_rates(events, people)
    events, people, _usable = _counts(events, people)
    there = np.isfinite(shrunk.value)
    bounds = limits(np.where(there, people, np.nan), shrunk.mean, is_share=is_share)
    value = np.where(there, events / np.where(there, people, 1.0), np.nan)
    frame = pd.DataFrame({"value": value, "shrunk": shrunk.value, "weight": shrunk.weight}).join(bounds)
    position = np.select(
        [~there, value < frame.low_998, value < frame.low_95, value > frame.high_998, value > frame.high_95],
        [None, LOW_998, LOW_95, HIGH_998, HIGH_95],
        INSIDE,
    )
    in_unit = ["value", "shrunk", *bounds.columns]
    frame[in_unit] *= multiplier
    order = frame.shrunk.rank(ascending=False, method="min")
    return frame.assign(position=position, is_unstable=is_unstable(events) & there, order=order)


def fewest_years(unstable_share: dict[int, float]) -> int:
    """Of numbers of years -> share of unstable places the fewest that leave at most half of them unstable, else the most."""
    calm = [years for years, share in sorted(unstable_share.items()) if share <= 0.5]
    return calm[0] if calm else max(unstable_share)
