"""From reported figures to one figure for each shape a map paints: arrays, made once for all periods of an indicator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

COMPARATORS = (">=", "<=", ">", "<")
LEVEL_RULES = ("level", "unit_coverage")  # held against a value; the other rules judge a change or a count


@dataclass(frozen=True)
class Figures:
    """One indicator's figures: A areas x P periods, newest period first. NaN is not reported."""

    area_ids: tuple[str, ...]
    periods: tuple[str, ...]
    value: np.ndarray
    numerator: np.ndarray
    denominator: np.ndarray
    is_provisional: np.ndarray
    is_rolled_up: np.ndarray  # added up from the areas below


def tabulate(observations: pd.DataFrame, area_ids: Sequence[str]) -> Figures:
    """The figures of these areas as arrays.

    observations: of one indicator: area_id, period, time, value, numerator, denominator, status, is_rolled_up; an area
        and a period at most once. Areas that are not asked for are left out.
    """
    rows = pd.Index(area_ids, dtype=object).get_indexer(observations["area_id"].to_numpy(dtype=object))
    if (rows < 0).any():
        observations, rows = observations[rows >= 0], rows[rows >= 0]
    periods, columns = _newest_first(observations["period"], observations["time"].to_numpy(dtype=float))

    def spread(values: np.ndarray, nothing) -> np.ndarray:
        table = np.full((len(area_ids), len(periods)), nothing)
        table[rows, columns] = values
        return table

    numbers = [
        spread(observations[name].to_numpy(dtype=float), np.nan) for name in ("value", "numerator", "denominator")
    ]
    marks = (observations["status"].eq("provisional"), observations["is_rolled_up"])
    return Figures(tuple(area_ids), periods, *numbers, *(spread(mark.to_numpy(dtype=bool), False) for mark in marks))


def _newest_first(texts: pd.Series, times: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    """The periods among some texts, newest first, and where each text stands among them; times: of each text."""
    code, seen = pd.factorize(texts)
    time = np.empty(len(seen))
    time[code] = times
    order = sorted(range(len(seen)), key=lambda i: (time[i], seen[i]), reverse=True)
    return tuple(seen[i] for i in order), np.argsort(order)[code]


@dataclass(frozen=True)
class Shares:
    """Which areas' figures each of S shapes shows: shape s has rows[starts[s]:starts[s + 1]] of the figures' areas."""

    starts: np.ndarray
    rows: np.ndarray

    @property
    def sizes(self) -> np.ndarray:
        return np.diff(self.starts, append=len(self.rows))


def shares(layer: Mapping, area_ids: Sequence[str]) -> Shares:
    """The shares of a layer: its area_ids, and members where a shape stands for several areas.

    Raises ValueError for a shape of an area that is not among area_ids: the geometry is of other areas.
    """
    members = layer.get("members") or {}
    if not members and layer["area_ids"] == list(area_ids):
        return Shares(np.arange(len(area_ids)), np.arange(len(area_ids)))
    row_of = {area_id: i for i, area_id in enumerate(area_ids)}
    groups = [members.get(shape, (shape,)) for shape in layer["area_ids"]]
    strangers = [area_id for group in groups for area_id in group if area_id not in row_of]
    if strangers:
        raise ValueError(f"no such areas at this level: {', '.join(strangers[:5])}")
    sizes = np.array([len(group) for group in groups], dtype=int)
    rows = np.array([row_of[area_id] for group in groups for area_id in group], dtype=int)
    return Shares(np.cumsum(sizes) - sizes, rows)


def shape_figures(figures: Figures, period: str, of: Shares, multiplier: float | None) -> pd.DataFrame:
    """One row for each shape: value, numerator, denominator, state, members, members_reported, is_provisional.

    A shape of several areas shows their counts added up, over those that reported both counts, never one's figure.
    multiplier: turns numerator / denominator into the unit; None: a figure of several areas cannot be worked out.
    state is "missing" and value NaN where nothing was reported; members counts the areas a shape stands for.
    """
    if period not in figures.periods or not len(of.rows):
        return _nothing(of)
    column = figures.periods.index(period)
    value, numerator, denominator = (
        table[of.rows, column] for table in (figures.value, figures.numerator, figures.denominator)
    )
    is_single = of.sizes == 1
    is_usable = np.isfinite(value)
    is_usable &= np.repeat(is_single, of.sizes) | (np.isfinite(numerator) & np.isfinite(denominator))
    top, bottom = _added(numerator, is_usable, of), _added(denominator, is_usable, of)
    pooled = np.full(len(top), np.nan)
    np.divide(top * (multiplier or np.nan), bottom, out=pooled, where=bottom > 0)
    provisional = np.logical_or.reduceat(figures.is_provisional[of.rows, column] & is_usable, of.starts)
    shown = np.where(is_single, value[of.starts], pooled)
    return _frame(shown, top, bottom, of.sizes, np.add.reduceat(is_usable, of.starts, dtype=int), provisional)


def _added(counts: np.ndarray, is_usable: np.ndarray, of: Shares) -> np.ndarray:
    """Sums by shape; NaN where no member has a count."""
    is_there = is_usable & np.isfinite(counts)
    sums = np.add.reduceat(np.where(is_there, counts, 0.0), of.starts)
    return np.where(np.logical_or.reduceat(is_there, of.starts), sums, np.nan)


def _nothing(of: Shares) -> pd.DataFrame:
    nan, zero = np.full(len(of.starts), np.nan), np.zeros(len(of.starts), dtype=int)
    return _frame(nan, nan, nan, of.sizes, zero, zero.astype(bool))


def _frame(value, numerator, denominator, members, reported, provisional) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "value": value,
            "numerator": numerator,
            "denominator": denominator,
            "state": np.where(np.isfinite(value), "reported", "missing"),
            "members": members,
            "members_reported": reported,
            "is_provisional": provisional,
        }
    )


def limits(targets: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The milestones that are values a figure can be held against, of one indicator's targets.

    targets: one row per milestone: rule, comparator, value, unit, masked_part. A trend, a change from a baseline, a count
    to be completed and a value the plan's text hides are none.
    """
    is_level = targets["rule"].isin(LEVEL_RULES) & targets["comparator"].isin(COMPARATORS) & targets["unit"].eq(unit)
    is_hidden = targets["masked_part"].astype("string").str.contains("value").fillna(False).astype(bool)
    return targets[is_level & targets["value"].notna() & ~is_hidden]


def milestone_for(limits_of_plan: pd.DataFrame, year: int) -> pd.Series | None:
    """The limit to be met next, seen from the end of this year, else the plan's last; None where there is none."""
    dated = limits_of_plan.dropna(subset=["year"]).sort_values("year")
    ahead = dated[dated["year"] >= year]
    return ahead.iloc[0] if len(ahead) else dated.iloc[-1] if len(dated) else None


def fails(values: pd.Series, comparator: str, limit: float) -> pd.Series:
    """Which values do not meet the limit, bool; a missing value neither meets nor fails it."""
    failing = {">=": values < limit, ">": values <= limit, "<=": values > limit, "<": values >= limit}
    return failing[comparator]
