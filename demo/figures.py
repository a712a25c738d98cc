"""From the truth behind them to figures as districts and townships would count them: chance, gaps and slips included."""

from functools import cache

import numpy as np
import pandas as pd

from demo import courses, places

COUNTED_THROUGH_THE_YEAR = ("two_cancer_screening_coverage",)  # a quarter's figure is this year's so far
DONE_BY_QUARTER = {1: 0.17, 2: 0.46, 3: 0.76}
FIRST_YEAR, FIRST_TOWNSHIP_YEAR = 2016, 2018
MISSING_SHARE = 0.025
COLUMNS = {
    "indicator_id": "str",
    "area_id": "str",
    "period": "str",
    "numerator": "float64",
    "denominator": "float64",
    "value": "float64",
    "lower": "float64",
    "upper": "float64",
    "note": "object",
}
BREAK_POINTS = 1.5
BREAK_NOTE = "演示：2021 年起由视力表改为屈光筛查，口径与此前不同"


@cache
def blemishes() -> pd.DataFrame:
    """What is planted among the figures: the columns of ordos/blemishes.csv; empty text where it concerns everything."""
    return pd.read_csv(places.FOLDER / "blemishes.csv", dtype=str, keep_default_na=False)


def periods(profile, last_year: int, last_quarter: int) -> list[str]:
    """The periods an indicator is reported for: whole years to last_year, then quarters of the year after it."""
    years = [str(year) for year in range(FIRST_YEAR, last_year + 1)]
    quarters = [f"{last_year + 1}Q{quarter}" for quarter in range(1, last_quarter + 1)] if profile.quarterly else []
    return years + quarters


def time_of(period: str) -> float:
    """Calendar year at the period's end: 2024 is 2024.0, 2024Q3 is 2023.75."""
    year, _, quarter = period.partition("Q")
    return float(year) if not quarter else int(year) - 1 + int(quarter) / 4


def all_figures(last_year: int, last_quarter: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(figures of banners and of Ordos, figures of townships), as finally established: the columns of COLUMNS.

    The year after last_year is reported by quarter, to last_quarter. Missing reports are left out already.
    """
    wide, local = [], []
    for profile in courses.profiles().itertuples():
        names = periods(profile, last_year, last_quarter)
        townships = _township_figures(profile, names, seed) if profile.by_township else None
        if townships is not None:
            recorded = townships[townships["period"].map(time_of) >= FIRST_TOWNSHIP_YEAR]
            local.append(_with_gaps(recorded, last_year, seed))
        wide.append(_with_gaps(_wide_figures(profile, names, townships, seed), last_year, seed))
    return pd.concat(wide, ignore_index=True), pd.concat(local, ignore_index=True)


def _wide_figures(profile, names: list[str], townships: pd.DataFrame | None, seed: int) -> pd.DataFrame:
    """One indicator for the banners, and for Ordos where it is surveyed, counted or added up there."""
    if profile.reported_for == "prefecture":
        return _typed([_figures(profile, places.PREFECTURE, names, seed)])
    if townships is not None:
        of_banners = _added_up(townships)
    else:
        codes = places.banners()["banner_code"]
        of_banners = _typed([_figures(profile, code, names, seed) for code in codes])
    of_banners = _with_slips(of_banners)
    if profile.reported_for == "districts":
        return of_banners
    if profile.measured_by == "counts":
        whole = of_banners.groupby(["indicator_id", "period"], as_index=False)[["numerator", "denominator"]].sum()
        return _typed([of_banners, whole.assign(area_id=places.PREFECTURE)])
    return pd.concat([of_banners, _whole_survey(profile, of_banners, seed)])


def _figures(profile, area_id: str, names: list[str], seed: int) -> pd.DataFrame:
    """One indicator in one area."""
    rng = courses.generator_for(seed, "figures", profile.indicator_id, area_id)
    times = np.array([time_of(name) for name in names])
    truth = courses.level(profile, area_id, times, seed)
    if profile.measured_by in ("counts", "survey"):
        sizes = [_size(profile, area_id, name, rng) for name in names]
        rows = _counted(profile, names, truth, np.array(sizes), rng)
    elif profile.measured_by == "number":
        rows = {"value": np.maximum(np.floor(truth + 0.08), 0)}
    else:
        rows = _measured(truth, profile.share, rng)
    frame = pd.DataFrame({"indicator_id": profile.indicator_id, "area_id": area_id, "period": names, **rows})
    if "denominator" in frame:
        frame = frame[frame["denominator"] > 0]  # Kangbashi has no township hospital
    return frame


def _typed(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Frames below each other, in COLUMNS."""
    return pd.concat(frames).reindex(columns=list(COLUMNS)).astype(COLUMNS)


def _size(profile, area_id: str, name: str, rng: np.random.Generator) -> int:
    """The denominator of one figure: known for counts, what the survey reached for surveys."""
    if profile.measured_by == "survey":
        return round(profile.share * rng.uniform(0.9, 1.1))
    exact = places.denominator(profile.base, profile.share, area_id, int(name[:4]))
    return exact if exact < 400 else round(exact * rng.uniform(0.985, 1.015))


def _counted(profile, names: list[str], truth: np.ndarray, sizes: np.ndarray, rng: np.random.Generator) -> dict:
    """Numerators by chance from the truth; 100 % or more is everybody."""
    chance = np.clip(truth / profile.per, 0.0, 1.0)
    if profile.indicator_id in COUNTED_THROUGH_THE_YEAR:
        chance = chance * [DONE_BY_QUARTER[int(name[-1])] if "Q" in name else 1.0 for name in names]
    return {"numerator": rng.binomial(sizes, chance), "denominator": sizes}


def _measured(truth: np.ndarray, error: float, rng: np.random.Generator) -> dict:
    """Values with their 95 % interval; without error there is none."""
    value = np.clip(truth + rng.normal(0, error, len(truth)), 0, None)
    if error == 0:
        return {"value": np.minimum(value, 100).round(1)}
    return {
        "value": value.round(2),
        "lower": np.maximum(value - 1.96 * error, 0).round(2),
        "upper": (value + 1.96 * error).round(2),
    }


def _whole_survey(profile, of_banners: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Ordos's own figure of a survey: the banners weighted by residents, with an interval, to one decimal more."""
    weights = places.banners().set_index("banner_code")["census_2020"]
    rate = of_banners["value"].fillna(100 * of_banners["numerator"] / of_banners["denominator"])
    weight = of_banners["area_id"].map(weights)
    by_period = (rate * weight).groupby(of_banners["period"]).sum() / weight.groupby(of_banners["period"]).sum()
    rng = courses.generator_for(seed, "whole", profile.indicator_id)
    error = 0.5 * (profile.share if profile.measured_by == "value" else 100 * np.sqrt(0.2 / (3 * profile.share)))
    rows = _measured(by_period.to_numpy(), error, rng)
    frame = pd.DataFrame({"indicator_id": profile.indicator_id, "area_id": places.PREFECTURE, **rows})
    return _typed([frame.assign(period=by_period.index)])


def _township_figures(profile, names: list[str], seed: int) -> pd.DataFrame:
    """One indicator by township, from which the banners' figures are added up; the former township until it merged."""
    parts = [
        _banner_townships(profile, banner, members, names, seed) for banner, members in places.units().groupby("banner")
    ]
    return _with_former_township(_typed(parts))


def _banner_townships(profile, banner: str, members: pd.DataFrame, names: list[str], seed: int) -> pd.DataFrame:
    rng = courses.generator_for(seed, "townships", profile.indicator_id, banner)
    times = np.array([time_of(name) for name in names])
    of_banner = courses.level(profile, banner, times, seed)
    weight = members["persons"].to_numpy() / members["persons"].sum()
    effect = rng.normal(0, 1.3 * profile.spread, len(members))
    effect -= (effect * weight).sum()  # the banner's level stays what its course says
    share = profile.share * rng.uniform(0.85, 1.15, len(members))
    parts = []
    for number, code in enumerate(members["area_id"]):
        people = np.array([places.persons(banner, int(name[:4])) for name in names]) * weight[number]
        sizes = np.maximum(8, np.round(people * share[number])).astype(int)
        counted = _counted(profile, names, np.clip(of_banner + effect[number], 3, 99.7), sizes, rng)
        parts.append(pd.DataFrame({"area_id": code, "period": names, **counted}))
    return pd.concat(parts).assign(indicator_id=profile.indicator_id)


def _with_former_township(frame: pd.DataFrame) -> pd.DataFrame:
    """Splits an eighth of the counts of the township it merged into off for the invented one, up to the merger."""
    before = (frame["area_id"] == places.MERGED_INTO) & (frame["period"].map(time_of) <= places.MERGED_AFTER)
    counts = ["numerator", "denominator"]
    former = frame[before].assign(area_id=places.FORMER_TOWNSHIP)
    former[counts] = former[counts] // 8
    rest = frame[before].copy()
    rest[counts] = rest[counts].to_numpy() - former[counts].to_numpy()
    return pd.concat([frame[~before], rest, former])


def _added_up(townships: pd.DataFrame) -> pd.DataFrame:
    """Banner figures: the townships' counts added; all of them, also of those whose own report did not come."""
    parent = dict(zip(places.units()["area_id"], places.units()["banner"], strict=True))
    parent[places.FORMER_TOWNSHIP] = places.MERGED_INTO[:6]
    keys = ["indicator_id", "banner", "period"]
    added = townships.assign(banner=townships["area_id"].map(parent)).groupby(keys, as_index=False)
    totals = added[["numerator", "denominator"]].sum().rename(columns={"banner": "area_id"})
    return _typed([totals])


def _with_slips(frame: pd.DataFrame) -> pd.DataFrame:
    """The planted outlier and the definition break."""
    frame = frame.reset_index(drop=True)
    for row in blemishes().itertuples():
        same = frame["indicator_id"] == row.indicator_id
        if row.blemish == "outlier":
            hit = same & (frame["area_id"] == row.area_id) & (frame["period"] == row.period)
            frame.loc[hit, "numerator"] = frame.loc[hit, "numerator"] // 10
        if row.blemish == "definition_break":
            later = same & (frame["period"].map(time_of) >= float(row.period))
            more = (frame.loc[later, "denominator"] * BREAK_POINTS / 100).round()
            frame.loc[later, "numerator"] = frame.loc[later, "numerator"] + more
            frame.loc[later, "note"] = BREAK_NOTE
    return frame


def _with_gaps(frame: pd.DataFrame, last_year: int, seed: int) -> pd.DataFrame:
    """Without the planted missing reports, and without some by chance before the last two years; Ordos's own all came."""
    rng = courses.generator_for(seed, "gaps", *frame["indicator_id"].unique(), str(len(frame)))
    early = (frame["period"].map(time_of) < last_year - 1) & (frame["area_id"] != places.PREFECTURE)
    lost = early & (rng.random(len(frame)) < MISSING_SHARE)
    for row in blemishes()[blemishes()["blemish"] == "missing"].itertuples():
        hit = (frame["area_id"] == row.area_id) & (frame["period"] == row.period)
        lost |= hit & (frame["indicator_id"] == row.indicator_id) if row.indicator_id else hit
    return frame[~lost]
