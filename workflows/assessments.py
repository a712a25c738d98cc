"""Assessment: the schemes of packs/assessments, checked; and an area level scored by one of them for a year."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine

from data_access import areas, indicators, observations
from data_access.assessments import read_scheme
from data_access.errors import InputError
from data_access.packs import Pack
from models import assessment, rates
from models.units import UNITS, unit_of
from workflows.packs import PACKS

SCHEMES = PACKS / "assessments"
SEED = 20260101  # of the draws behind the ranges: the same figures give the same ranges


@dataclass(frozen=True)
class Assessed:
    """scored, totals: of models.assessment. weights, noise, items: ranges of ranks under each. units: indicator -> unit."""

    scored: pd.DataFrame
    totals: pd.DataFrame
    weights: pd.DataFrame
    noise: pd.DataFrame
    items: pd.DataFrame
    units: dict[str, str]


@dataclass(frozen=True)
class LoadedScheme:
    """about: the row of scheme.csv. groups: area_id, group_zh, group_en."""

    about: dict
    scheme: assessment.Scheme
    groups: pd.DataFrame


def scheme_folders(root: Path = SCHEMES) -> list[Path]:
    """The folders that hold a scheme, by name."""
    return sorted(path.parent for path in root.glob("*/scheme.csv"))


def load_scheme(folder: Path, known_indicators: set[str]) -> LoadedScheme:
    """One scheme. Raises InputError that lists every wrong row: nothing is scored by a scheme that contradicts itself."""
    pack = read_scheme(folder)
    items = pack.sheets["items"]
    if not items.problems.total:
        _check_items(pack, known_indicators)
    if len(pack.sheets["scheme"].rows) != 1:
        raise InputError(f"{pack.name}/scheme.csv：应当只有一行。请把每个考核方案放在自己的文件夹里。")
    if pack.problem_count:
        raise InputError("\n".join([*pack.complaints(), "该考核方案未启用。"]))
    about = pack.sheets["scheme"].rows.iloc[0].to_dict()
    return LoadedScheme(about, assessment.Scheme(items.rows.drop(columns="row")), pack.sheets["peer_groups"].rows)


def _check_items(pack: Pack, known_indicators: set[str]) -> None:
    items, groups = pack.sheets["items"], pack.sheets["peer_groups"]
    for index, wrong in assessment.find_contradictions(items.rows).iterrows():
        row = items.rows.loc[index]
        items.refuse(
            int(row["row"]), wrong["column"], row[wrong["column"]], wrong["rule"], wrong["what"], wrong["mend"]
        )
    for row in items.rows[~items.rows.indicator_id.isin(known_indicators)].itertuples():
        what = f"指标“{row.indicator_id}”没有登记"
        items.refuse(
            row.row, "indicator_id", row.indicator_id, "unknown_indicator", what, "请核对 packs/indicators.csv"
        )
    for row in groups.rows[groups.rows.area_id.duplicated()].itertuples():
        groups.refuse(row.row, "area_id", row.area_id, "area_twice", "该地区已在别的组里", "每个地区只留一行")


def assess(engine: Engine, loaded: LoadedScheme, plan_area_id: str, year: int) -> Assessed:
    """Score every unit of the scheme's level below an area by the figures of one whole year, sums of parts included."""
    places = areas.read_descendants(engine, plan_area_id)
    wanted = loaded.scheme.items.indicator_id.unique().tolist()
    registered = indicators.read_indicators(engine).set_index("indicator_id")
    units = registered.unit.reindex(wanted)
    found = figures_of_year(observations.read_observations(engine, wanted), places, units, year)
    assessed = places[(places.level == loaded.about["level"]) & places.is_unit.astype(bool) & places.valid_to.isna()]
    area_ids = assessed.area_id.tolist()
    groups = loaded.groups.set_index("area_id").group_zh.to_dict()
    scored = assessment.score(loaded.scheme, found, area_ids)
    return Assessed(
        scored=scored,
        totals=assessment.totals(loaded.scheme, scored, groups),
        weights=assessment.ranks_under_other_weights(loaded.scheme, scored, groups, seed=SEED),
        noise=assessment.ranks_under_noise(loaded.scheme, scored, groups, seed=SEED),
        items=assessment.ranks_without_each_item(loaded.scheme, scored, groups),
        units=units.to_dict(),
    )


def figures_of_year(figures: pd.DataFrame, places: pd.DataFrame, units: pd.Series, year: int) -> pd.DataFrame:
    """The figures of one whole year with their standard errors; an area that reported none gets the sum of its parts."""
    of_year = figures[(figures.period == str(year)) & figures.area_id.isin(places.area_id)]
    summed = rates.roll_up(of_year.assign(is_rolled_up=False), places, units)
    both = pd.concat([of_year, summed], ignore_index=True) if len(summed) else of_year.reset_index(drop=True)
    both = both[both.value.notna()]
    multiplier = both.indicator_id.map(units).map(lambda slug: unit_of(slug).multiplier if slug in UNITS else None)
    counts = [both[name].to_numpy(dtype=float) for name in ("numerator", "denominator", "lower", "upper")]
    return both.assign(error=rates.standard_error(*counts, multiplier.to_numpy(dtype=float)))


def years_reported(engine: Engine, loaded: LoadedScheme) -> list[int]:
    """The whole years for which any of the scheme's indicators has a figure, newest first."""
    found = observations.read_observations(engine, loaded.scheme.items.indicator_id.unique().tolist())
    years = found.period[(found.period.str.len() == 4) & found.value.notna()].unique()
    return sorted((int(year) for year in years), reverse=True)
