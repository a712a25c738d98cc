"""Counts to rates, their standard errors, and roll-ups. Rates are never averaged: counts are added first."""

import numpy as np
import pandas as pd

from models.units import UNITS, unit_of

HALF_A_DAY = 0.5 / 366
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
    areas: area_id, parent_id, is_unit, level; for what merged also valid_from, valid_to, merged_into, is_former (see
        carry_merged). units: Series indicator_id -> unit.
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
    parent = np.where(_is_former(whole), -1, parent)
    known = carry_merged(known, whole, observations)
    new = []
    for depth in sorted(set(whole.depth[parent >= 0]), reverse=True):
        added = _one_level(known, np.where(whole.depth == depth, parent, -1))
        new.append(added)
        known = pd.concat([known, added], ignore_index=True)
    return _named(new, observations, whole.area_id, units)


def _is_former(areas: pd.DataFrame) -> np.ndarray:
    """Which areas are kept only for their figures of before a merger."""
    if "is_former" not in areas:
        return np.zeros(len(areas), dtype=bool)
    return areas.is_former.astype(bool).to_numpy()


def carry_merged(known: pd.DataFrame, areas: pd.DataFrame, observations: pd.DataFrame) -> pd.DataFrame:
    """Figures to add up, with those of merged areas carried to their successor for the periods before the merger.

    known: as _coded gives it; areas: its area column counts their rows. For a period that ends while the merged area
    still stood, successor and merged areas count as one part, complete when each that stood then has reported: the
    successor's own figure of a time before it came to be is taken only where no merged area reported. Nothing else is
    touched, and the successor's own series stays as it was reported.
    """
    former = np.flatnonzero(_is_former(areas) & areas.get("merged_into", pd.Series(None, index=areas.index)).notna())
    if not len(former) or not len(known):
        return known
    heir = _successors(areas)
    times = observations.drop_duplicates("period").set_index(
        pd.factorize(observations.period, sort=True)[0][~observations.duplicated("period")]
    )
    time = times.time.astype(float).reindex(known.period).to_numpy()
    begins, ends = (
        _as_time(areas.get(name), len(areas), missing)
        for name, missing in (("valid_from", -np.inf), ("valid_to", np.inf))
    )
    area = known.area.to_numpy()
    root = np.where(area >= 0, heir[np.maximum(area, 0)], -1)
    concerned = np.isin(root, heir[former]) & known.is_part.to_numpy() & (root >= 0)
    parts = known[concerned].assign(root=root[concerned], time=time[concerned])
    stood = (begins[parts.area] <= parts.time + HALF_A_DAY) & (parts.time <= ends[parts.area] + HALF_A_DAY)
    parts = parts.assign(stood=stood, is_heir=parts.area == parts.root)
    parts = parts[parts.stood | parts.is_heir]
    key = [parts.indicator, parts.root, parts.period]
    merged_reported = (parts.stood & ~parts.is_heir).groupby(key).transform("any")
    parts = parts[parts.stood | ~merged_reported]
    added = []
    for (_, place, _), own in parts.groupby(["indicator", "root", "period"]):
        when = own.time.iloc[0]
        standing = (heir == place) & (begins <= when + HALF_A_DAY) & (when <= ends + HALF_A_DAY)
        by_heir_alone = (own.area == place).all() and not standing[place]
        first, total = own.iloc[0], own[["numerator", "denominator", "value"]].sum(min_count=1)
        added.append(
            first[["indicator", "period", "multiplier"]].to_dict()
            | {"area": place, "provisional": own.provisional.any(), **total.to_dict()}
            | {"is_part": by_heir_alone or set(np.flatnonzero(standing)) <= set(own.area)}
        )
    joined = pd.DataFrame(added, columns=known.columns).astype(known.dtypes.to_dict()) if added else known.iloc[:0]
    return pd.concat([known[~concerned], joined], ignore_index=True)


def _successors(areas: pd.DataFrame) -> np.ndarray:
    """Row of each area's successor that still stands: its own where nothing merged."""
    ids = pd.Index(areas.area_id)
    into = ids.get_indexer(areas.merged_into.where(_is_former(areas)))
    heir = np.arange(len(areas))
    for _ in range(len(areas)):  # a chain of mergers ends after as many steps as there are areas
        step = np.where(into[heir] >= 0, into[heir], heir)
        if (step == heir).all():
            break
        heir = step
    return heir


def _as_time(days: pd.Series | None, n: int, missing: float) -> np.ndarray:
    """Days as times in years (31 December 2024 is 2024.0), open ends as given."""
    if days is None:
        return np.full(n, missing)
    stamps = pd.to_datetime(days)
    length = 365 + stamps.dt.is_leap_year
    return (stamps.dt.year - 1 + stamps.dt.day_of_year / length).fillna(missing).to_numpy(dtype=float)


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
