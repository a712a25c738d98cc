"""Counts to rates, their standard errors, and roll-ups. Rates are never averaged: counts are added first."""

import numpy as np
import pandas as pd

from models.units import UNITS, unit_of

Z_95 = 1.959964  # half the width of a 95 % interval in standard errors

# Units whose figures add up over areas: the whole's figure is the sum of its parts'.
ADDITIVE_UNITS = frozenset(
    [
        "count",
        "count_per_year",
        "persons",
        "10k_persons",
        "person_times",
        "beds",
        "m2",
        "hectares",
        "km",
        "yuan",
        "CNY_100M",
        "tonnes_per_day",
        "10k_tonnes_per_day",
    ]
)


def rate(numerator: np.ndarray, denominator: np.ndarray, unit: str) -> np.ndarray:
    """numerator / denominator in `unit`. A denominator that is missing or not above zero gives NaN, never an error.

    Raises ValueError for a unit that is not a rate of two counts.
    """
    multiplier = unit_of(unit).multiplier
    if multiplier is None:
        raise ValueError(f"a figure in {unit} is not a rate of two counts.")
    numerator, denominator = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    usable = denominator > 0
    return np.where(usable, multiplier * numerator / np.where(usable, denominator, 1.0), np.nan)


def standard_error(
    numerator: np.ndarray, denominator: np.ndarray, lower: np.ndarray, upper: np.ndarray, multiplier: np.ndarray
) -> np.ndarray:
    """One standard error of each value, in its unit; NaN where neither counts nor an interval are known.

    All float arrays of one shape. multiplier: the unit's, NaN where the unit is not a rate of counts. An interval goes
    before the counts: who reported it knew the survey's design. Counts: binomial for percentages, Poisson for rates
    per 1,000 and more. No or all cases are moved half a case inwards, else the error would be a false zero.
    """
    interval = (np.asarray(upper, dtype=float) - np.asarray(lower, dtype=float)) / (2 * Z_95)
    n = np.where(np.asarray(denominator, dtype=float) > 0, denominator, np.nan)
    cases = np.maximum(np.asarray(numerator, dtype=float), 0.5)
    share = np.clip(cases / n, 0.5 / n, 1 - 0.5 / n)
    binomial = multiplier * np.sqrt(share * (1 - share) / n)
    poisson = multiplier * np.sqrt(cases) / n
    counts = np.where(np.asarray(multiplier) == 100.0, binomial, poisson)
    return np.where(np.isfinite(interval) & (interval > 0), interval, counts)


def roll_up(observations: pd.DataFrame, areas: pd.DataFrame, units: pd.Series) -> pd.DataFrame:
    """Figures of areas that reported none, from those of the areas right below them.

    observations: indicator_id, area_id, period, time, numerator, denominator, value, status.
    areas: area_id, parent_id, is_unit, level. units: Series indicator_id -> unit.
    Returns new rows in the columns of observations, with is_rolled_up True. A rate's counts are added and divided
        again; a count's values are added. A period is rolled up only when every unit below reported it, since a sum
        that lacks a district is not the prefecture's figure. Areas that are no units (zones) are not asked for; areas
        with any figure of their own for the indicator are left alone. Lower levels first, so that townships reach
        the prefecture. Provisional parts make a provisional whole.
    """
    whole = areas.assign(depth=_depth(areas).to_numpy()).reset_index(drop=True)
    parent = pd.Index(whole.area_id).get_indexer(whole.parent_id)  # -1: none among the areas given
    parent = np.where(whole.is_unit.astype(bool), parent, -1)
    known = _coded(observations, pd.Index(whole.area_id), units)
    new = []
    for depth in sorted(set(whole.depth[parent >= 0]), reverse=True):
        added = _one_level(known, np.where(whole.depth == depth, parent, -1))
        new.append(added)
        known = pd.concat([known, added], ignore_index=True)
    return _named(new, observations, whole.area_id, units)


def _coded(observations: pd.DataFrame, area_ids: pd.Index, units: pd.Series) -> pd.DataFrame:
    """The observations with whole numbers in place of text: grouping a million texts is what took the time."""
    area, areas_seen = pd.factorize(observations.area_id)
    indicator, indicators_seen = pd.factorize(observations.indicator_id)
    period, _ = pd.factorize(observations.period, sort=True)
    unit = units.reindex(indicators_seen)
    multiplier = unit.map(lambda slug: unit_of(slug).multiplier if slug in UNITS else None).to_numpy(dtype=float)[
        indicator
    ]
    is_sum = unit.isin(ADDITIVE_UNITS).to_numpy()[indicator] & ~np.isfinite(multiplier)
    has_counts = observations.numerator.notna().to_numpy() & (observations.denominator > 0).to_numpy()
    return pd.DataFrame(
        {
            "area": area_ids.get_indexer(areas_seen)[area],
            "indicator": indicator,
            "period": period,
            "multiplier": multiplier,
            "is_part": np.where(np.isfinite(multiplier), has_counts, is_sum & observations.value.notna().to_numpy()),
            "numerator": observations.numerator.to_numpy(dtype=float),
            "denominator": observations.denominator.to_numpy(dtype=float),
            "value": observations.value.to_numpy(dtype=float),
            "provisional": (observations.status == "provisional").to_numpy(),
        }
    )


def _one_level(known: pd.DataFrame, parent: np.ndarray) -> pd.DataFrame:
    """Sums for the parents of one level; parent: position of each area's parent, -1 where it has none to add to."""
    expected = np.bincount(parent[parent >= 0], minlength=len(parent))
    width = len(parent)
    has_own = np.unique(known.indicator.to_numpy() * width + known.area.to_numpy())
    parts = known[(known.area.to_numpy() >= 0) & known.is_part.to_numpy()]
    above = parent[parts.area.to_numpy()]
    wanted = (above >= 0) & ~np.isin(parts.indicator.to_numpy() * width + above, has_own)
    parts = parts[wanted].assign(area=above[wanted])
    sums = parts.groupby(["indicator", "area", "period"], as_index=False, sort=True).agg(
        multiplier=("multiplier", "first"),
        numerator=("numerator", "sum"),
        denominator=("denominator", "sum"),
        value=("value", "sum"),
        provisional=("provisional", "any"),
        parts=("value", "size"),
    )
    sums = sums[sums.parts.to_numpy() == expected[sums.area.to_numpy()]]
    is_rate = sums.multiplier.notna()
    return sums.assign(
        value=sums.value.mask(is_rate, sums.multiplier * sums.numerator / sums.denominator.mask(~is_rate)),
        numerator=sums.numerator.where(is_rate),
        denominator=sums.denominator.where(is_rate),
        is_part=True,
    ).drop(columns="parts")


def _named(new: list[pd.DataFrame], observations: pd.DataFrame, area_ids: pd.Series, units: pd.Series) -> pd.DataFrame:
    """The sums with their texts again."""
    sums = pd.concat(new, ignore_index=True) if new else _coded(observations, pd.Index(area_ids), units).iloc[:0]
    _, indicators_seen = pd.factorize(observations.indicator_id)
    _, periods = pd.factorize(observations.period, sort=True)
    time = observations.drop_duplicates("period").set_index("period").time
    period = np.asarray(periods, dtype=object)[sums.period.to_numpy(dtype=int)]
    return pd.DataFrame(
        {
            "indicator_id": np.asarray(indicators_seen, dtype=object)[sums.indicator.to_numpy(dtype=int)],
            "area_id": area_ids.to_numpy(dtype=object)[sums.area.to_numpy(dtype=int)],
            "period": period,
            "time": time.reindex(period).to_numpy(dtype=float),
            "numerator": sums.numerator.to_numpy(),
            "denominator": sums.denominator.to_numpy(),
            "value": sums.value.to_numpy(),
            "status": np.where(sums.provisional.astype(bool), "provisional", "final"),
            "lower": np.nan,
            "upper": np.nan,
            "is_rolled_up": True,
        }
    )


def _depth(areas: pd.DataFrame) -> pd.Series:
    """area_id -> how many of the areas given lie above it."""
    parent = areas.set_index("area_id").parent_id
    depth, above = pd.Series(0, index=parent.index), parent
    while above.isin(parent.index).any():
        depth += above.isin(parent.index)
        above = above.map(parent)
    return depth
