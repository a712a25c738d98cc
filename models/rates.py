"""Counts to rates, their standard errors, and roll-ups. Rates are never averaged: counts are added first."""

import numpy as np
import pandas as pd

from models.units import unit_of

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
    depth = _depth(areas)
    parents = areas.loc[areas.is_unit.astype(bool)].set_index("area_id").parent_id.dropna()
    expected = parents.value_counts()
    known = observations.assign(is_rolled_up=False)
    new = []
    for level in sorted(set(depth.loc[depth.index.isin(expected.index)]), reverse=True):
        whole = _one_level(known, parents[parents.map(depth) == level], expected, units)
        new.append(whole)
        known = pd.concat([known, whole], ignore_index=True) if len(whole) else known
    return pd.concat(new, ignore_index=True) if new else known.iloc[:0]


def _one_level(known: pd.DataFrame, parents: pd.Series, expected: pd.Series, units: pd.Series) -> pd.DataFrame:
    """roll_up for the parents of one level. parents: area_id -> parent_id of their parts."""
    parts = known[known.area_id.isin(parents.index)]
    parts = parts.assign(area_id=parts.area_id.map(parents), unit=parts.indicator_id.map(units))
    has_own = pd.MultiIndex.from_frame(known[["indicator_id", "area_id"]].drop_duplicates())
    parts = parts[~pd.MultiIndex.from_frame(parts[["indicator_id", "area_id"]]).isin(has_own)]
    multiplier = parts.unit.map(lambda unit: unit_of(unit).multiplier).astype(float)
    is_rate = multiplier.notna() & parts.numerator.notna() & (parts.denominator > 0)
    is_sum = multiplier.isna() & parts.unit.isin(ADDITIVE_UNITS) & parts.value.notna()
    parts = parts.assign(multiplier=multiplier, provisional=parts.status == "provisional")[is_rate | is_sum]
    keys = ["indicator_id", "area_id", "period", "time"]
    whole = parts.groupby(keys, as_index=False, sort=True).agg(
        numerator=("numerator", "sum"),
        denominator=("denominator", "sum"),
        value=("value", "sum"),
        multiplier=("multiplier", "first"),
        parts=("value", "size"),
        provisional=("provisional", "any"),
    )
    whole = whole[whole.parts.to_numpy() == whole.area_id.map(expected).to_numpy()]
    rate_of_whole = whole.multiplier * whole.numerator / whole.denominator.where(whole.denominator > 0)
    return whole.assign(
        value=whole.value.where(whole.multiplier.isna(), rate_of_whole),
        numerator=whole.numerator.where(whole.multiplier.notna()),
        denominator=whole.denominator.where(whole.multiplier.notna()),
        status=np.where(whole.provisional, "provisional", "final"),
        lower=np.nan,
        upper=np.nan,
        is_rolled_up=True,
    ).drop(columns=["multiplier", "parts", "provisional"])


def _depth(areas: pd.DataFrame) -> pd.Series:
    """area_id -> how many of the areas given lie above it."""
    parent = areas.set_index("area_id").parent_id
    depth, above = pd.Series(0, index=parent.index), parent
    while above.isin(parent.index).any():
        depth += above.isin(parent.index)
        above = above.map(parent)
    return depth
