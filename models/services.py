"""Service standards held against the register of facilities: what is counted, and what the register can vouch for.

A register says less than a standard asks: some facilities list no services, some no beds, and some only all their staff,
not how many of them are doctors. So every standard is held against the least and the most that the register allows: it is met when the
least reaches it, missed when the most does not, and open in between.
"""

from datetime import date

import numpy as np
import pandas as pd

BASES = (
    "share",
    "number",
    "number_in_each_district",
    "beds_per_1000",
    "beds_per_10k",
    "doctors_per_1000",
    "nurses_per_1000",
    "doctors_number",
)
FOUND = ["rule", "area_id", "part", "whole", "actual", "least", "most", "unknown", "state"]
PER = {"beds_per_1000": 1e3, "beds_per_10k": 1e4, "doctors_per_1000": 1e3, "nurses_per_1000": 1e3}
OF_STAFF = ("doctors", "nurses")


def open_on(facilities: pd.DataFrame, on: date) -> pd.DataFrame:
    """The facilities open on a day; no date of opening: open since ever."""
    day = pd.Timestamp(on)
    began = facilities["opened"].isna() | (facilities["opened"] <= day)
    return facilities[began & (facilities["closed"].isna() | (facilities["closed"] > day))]


def judge(
    rules: pd.DataFrame, facilities: pd.DataFrame, places: pd.DataFrame, persons: pd.Series, on: date
) -> pd.DataFrame:
    """Each standard in the top area (the first of places) and each district below it: columns FOUND.

    rules: value, year (<NA>: none), basis (BASES), facility_types, grades (one of these words in the grade), service;
    each joined with ; and empty for any. facilities: facility_type, grade, services (joined with ;), beds, staff, doctors,
    nurses (among the staff), opened, closed, group_id (district). persons: people by area_id. part over whole gives actual: percent for a share, else for
    so many people; whole is NaN for a plain number. unknown: facilities that do not say what is asked of them.
    state: met; short; not_yet (short of a year to come); open (the register leaves it open); no_register (it lists none
    of the kind, nobody lists the service, or the people are not known). A plain number is asked of the top area alone.
    """
    now = open_on(facilities, on)
    rows = [
        (position, area_id, *_held(rule, now, area_id, places, persons, on))
        for position, rule in enumerate(rules.itertuples(index=False))
        for area_id in _bound_by(rule.basis, places)
    ]
    return pd.DataFrame(rows, columns=FOUND)


def _bound_by(basis: str, places: pd.DataFrame) -> list[str]:
    top, districts = places["area_id"].iloc[0], places.loc[places["level"].eq("county"), "area_id"].tolist()
    if basis == "number_in_each_district":
        return districts or [top]
    return [top] if basis in ("number", "doctors_number") else list(dict.fromkeys([top, *districts]))


def _held(rule, facilities: pd.DataFrame, area_id: str, places: pd.DataFrame, persons: pd.Series, on: date) -> tuple:
    of_kind = facilities[_is_of_kind(rule, facilities)]
    if of_kind.empty or (rule.service and not _offers(rule.service, of_kind).any()):
        return np.nan, np.nan, np.nan, np.nan, np.nan, 0, "no_register"
    here = of_kind if area_id == places["area_id"].iloc[0] else of_kind[of_kind["group_id"].eq(area_id)]
    part, whole, unknown, most = _counted(rule, here, float(persons.get(area_id, np.nan)))
    scale = 100.0 if rule.basis == "share" else PER.get(rule.basis, 1.0)
    over = 1.0 if rule.basis.startswith("number") or rule.basis == "doctors_number" else whole
    if not over > 0:
        return part, whole, np.nan, np.nan, np.nan, unknown, "no_register"
    actual, most = scale * part / over, scale * most / over
    least = 0.0 if rule.basis.startswith(OF_STAFF) and unknown == len(here) else actual
    return part, whole, actual, least, most, unknown, _state(rule, least, most, on)


def _is_of_kind(rule, facilities: pd.DataFrame) -> pd.Series:
    fits = pd.Series(True, index=facilities.index)
    if rule.facility_types:
        fits &= facilities["facility_type"].isin(rule.facility_types.split(";"))
    if rule.grades:
        fits &= facilities["grade"].astype("string").fillna("").str.contains(rule.grades.replace(";", "|"))
    return fits


def _offers(service: str, facilities: pd.DataFrame) -> pd.Series:
    return (";" + facilities["services"].astype("string").fillna("") + ";").str.contains(f";{service};", regex=False)


def _counted(rule, here: pd.DataFrame, persons: float) -> tuple[float, float, int, float]:
    """part, whole, facilities that do not say, and the most that part could be."""
    if rule.basis.startswith(OF_STAFF):
        return _among_staff(here[rule.basis.split("_")[0]].astype("float64"), here["staff"].astype("float64"), persons)
    if rule.basis.startswith("beds"):
        amounts = here[rule.basis.split("_")[0]].astype("float64")
        unknown = int(amounts.isna().sum())
        return amounts.sum(), persons, unknown, np.inf if unknown else amounts.sum()
    whole = float(len(here)) if rule.basis == "share" else np.nan
    if not rule.service:
        return float(len(here)), whole, 0, float(len(here))
    part, unknown = float(_offers(rule.service, here).sum()), int(here["services"].isna().sum())
    return part, whole, unknown, part + unknown


def _among_staff(own: pd.Series, staff: pd.Series, persons: float) -> tuple[float, float, int, float]:
    """The same of doctors or nurses: where a facility does not say, its staff is the most there can be."""
    is_open = own.isna()
    most = own.sum() + (np.inf if staff[is_open].isna().any() else staff[is_open].sum())
    part = staff.sum() if is_open.all() else own.sum()
    return part, persons, int(is_open.sum()), most


def _state(rule, least: float, most: float, on: date) -> str:
    if least >= rule.value - 1e-9:
        return "met"
    if most >= rule.value - 1e-9:
        return "open"
    return "not_yet" if not pd.isna(rule.year) and rule.year > on.year else "short"
