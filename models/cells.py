"""Health cells: which hold a title on a day, how many a year brought, and whether a plan's quotas are met.

cells everywhere: area_id, cell_type, applied_on, certified_on, renewed_on, expires_on, withdrawn_on (datetime64, NaT: not).
"""

from collections.abc import Callable, Iterator
from datetime import date

import numpy as np
import pandas as pd

BASES = ("new_in_year", "applied_in_year", "total", "total_in_each_township", "share", "share_growth")
STATES = ("short", "met", "not_yet", "no_register", "other_branch")


def ends_on(cells: pd.DataFrame) -> pd.Series:
    """The last day of each title, NaT where none is known.

    A register whose end lies before the last renewal was not brought up to date: the renewal extends the title by as long
    as it was given for at first (this project's assumption: rules of renewal repeat the first term).
    """
    term = cells["expires_on"] - cells["certified_on"]
    is_old = cells["renewed_on"].notna() & (cells["expires_on"] < cells["renewed_on"])
    return cells["expires_on"].where(~is_old, cells["renewed_on"] + term)


def valid_on(cells: pd.DataFrame, on: date) -> pd.Series:
    """Whether each cell holds its title at the end of a day: certified by then, neither lapsed nor withdrawn."""
    day, ends = pd.Timestamp(on), ends_on(cells)
    still = (ends.isna() | (ends >= day)) & (cells["withdrawn_on"].isna() | (cells["withdrawn_on"] > day))
    return cells["certified_on"].notna() & (cells["certified_on"] <= day) & still


def lapsing(cells: pd.DataFrame, on: date, days: int) -> pd.DataFrame:
    """The cells that hold a title on the day and lose it within so many days, the soonest first."""
    until = pd.Timestamp(on) + pd.Timedelta(days=days)
    ends = ends_on(cells)
    soon = valid_on(cells, on) & ends.notna() & (ends <= until)
    return cells.loc[ends[soon].sort_values(kind="stable").index]


def counted(cells: pd.DataFrame, basis: str, on: date) -> pd.DataFrame:
    """The cells a quota counts: certified or applied this year up to the day, or all that hold a title on it.

    A cell certified this year and withdrawn again by the day is no new one.
    """
    begin, day = pd.Timestamp(on.year, 1, 1), pd.Timestamp(on)
    if basis == "new_in_year":
        return cells[cells["certified_on"].between(begin, day) & valid_on(cells, on)]
    if basis == "applied_in_year":
        return cells[cells["applied_on"].between(begin, day)]
    return cells[valid_on(cells, on)]


def judge_quotas(
    rules: pd.DataFrame, cells: pd.DataFrame, places: pd.DataFrame, units: pd.DataFrame, on: date
) -> pd.DataFrame:
    """Each rule in each place it binds: rule (its position), area_id, actual, wanted, short_by, state.

    rules: quota, basis (BASES), counted_types (joined with ;), denominator, unit_scope, from_share, to_share (percent).
    cells: with group_id, the district each lies in, and township_id. places: area_id, level, parent_id of the top area
    (first row), its districts and townships. units: how many villages, communities, townships lie in each area:
    area_id, denominator, number. Shares are percent, growth of shares percentage points since the end of last year.
    state: no_register where nobody has listed what a share is of; other_branch where the share says that the other
    half of a two-part rule holds; not_yet where the year still runs; met; short. short_by is NaN unless short.
    """
    number = {(row.area_id, row.denominator): row.number for row in units.itertuples(index=False)}
    rows = [
        row
        for position, rule in enumerate(rules.itertuples(index=False))
        for row in _judge_rule(position, rule, cells, places, number, on)
    ]
    return pd.DataFrame(rows, columns=["rule", "area_id", "actual", "wanted", "short_by", "state"])


def _bound_by(rule, places: pd.DataFrame) -> list[str]:
    top = places["area_id"].iloc[0]
    if rule.unit_scope == "each_district":
        return places.loc[places["level"].eq("county"), "area_id"].tolist() or [top]
    if rule.basis == "total_in_each_township":
        return places.loc[places["level"].eq("township"), "area_id"].tolist() or [top]
    return [top]


def _judge_rule(
    position: int, rule, cells: pd.DataFrame, places: pd.DataFrame, number: dict, on: date
) -> Iterator[tuple]:
    """One rule in each place it binds; the cells are looked through once for all of them."""
    of_types = cells[cells["cell_type"].isin(rule.counted_types.split(";"))]
    top = places["area_id"].iloc[0]
    now = _number_in(counted(of_types, rule.basis, on), top)
    held = _number_in(of_types[valid_on(of_types, on)], top)
    before = _number_in(of_types[valid_on(of_types, date(on.year - 1, 12, 31))], top)
    for area_id in _bound_by(rule, places):
        units = number.get((area_id, rule.denominator))
        share, was = (100.0 * one(area_id) / units if units else np.nan for one in (held, before))
        actual = float(now(area_id))
        if rule.basis in ("share", "share_growth"):
            actual = share if rule.basis == "share" else share - was
        state = _state(rule, actual, share, on)
        yield position, area_id, actual, rule.quota, rule.quota - actual if state == "short" else np.nan, state


def _number_in(cells: pd.DataFrame, top: str) -> Callable[[str], int]:
    """How many of the cells lie in an area: the top one, a district or a township."""
    districts, townships = (cells[name].value_counts() for name in ("group_id", "township_id"))
    found = {**townships.to_dict(), **districts.to_dict(), top: len(cells)}
    return lambda area_id: found.get(area_id, 0)


def _state(rule, actual: float, share: float, on: date) -> str:
    if rule.from_share == rule.from_share and not share >= rule.from_share:
        return "no_register" if np.isnan(share) else "other_branch"
    if rule.to_share == rule.to_share and share >= rule.to_share:
        return "other_branch"
    if np.isnan(actual):
        return "no_register"
    if actual >= rule.quota - 1e-9:
        return "met"
    is_of_the_year = rule.basis in ("new_in_year", "applied_in_year", "share_growth")
    return "not_yet" if is_of_the_year and (on.month, on.day) != (12, 31) else "short"


def density(cells: pd.DataFrame, persons: pd.Series, group: pd.Series, on: date) -> pd.DataFrame:
    """Cells with a title in each group: group (index), cells, persons, per_10k (NaN without people), of persons' groups.

    persons: people by group. group: the group of each cell, aligned.
    """
    held = group[valid_on(cells, on)].value_counts()
    found = pd.DataFrame({"persons": persons.astype(float)})
    found["cells"] = held.reindex(found.index, fill_value=0)
    found["per_10k"] = np.where(found["persons"] > 0, 1e4 * found["cells"] / found["persons"], np.nan)
    return found[["cells", "persons", "per_10k"]]
