"""Places of one level side by side: their counts of the last years, held against all of them together."""

from dataclasses import dataclass

import pandas as pd

from dashboards.data.figures import series_figures
from dashboards.data.registers import areas, indicator
from dashboards.data.store import cached
from models import small_numbers
from models.units import UNITS

YEARS_OFFERED = (1, 3, 5)
SHARE_THAT_REPORTED = 0.5  # of the places of the level: a year that fewer have reported is not compared yet


@dataclass(frozen=True)
class Comparison:
    """places: area_id, name_zh, name_en, numerator, denominator, years, periods and models.small_numbers.compare's columns.

    whole: the rate of all places together, in the unit. missing: how many places of the level have no counts.
    """

    places: pd.DataFrame
    whole: float
    unit: str
    multiplier: float
    last_year: int
    years: int
    missing: int


def places_of_level(area_id: str, level: str) -> pd.DataFrame:
    """The units of a level anywhere below an area, by code."""
    everywhere = areas()
    found, above = [], [area_id]
    while above:
        below = everywhere[everywhere["parent_id"].isin(above) & everywhere["valid_to"].isna()]
        found.append(below[(below["level"] == level) & below["is_unit"]])
        above = below["area_id"].tolist()
    return pd.concat(found).sort_index() if found else everywhere.iloc[:0]


def multiplier_of(unit: str) -> float | None:
    """What turns events per person into the unit; None where a figure is no rate of counted events."""
    known = UNITS.get(unit)
    multiplier = known.multiplier if known else None
    return multiplier if multiplier and multiplier >= 100 else None


@cached
def compared(indicator_id: str, area_id: str, level: str, years: int | None) -> Comparison | None:
    """The places of a level below an area against all of them together; None where no counts were reported.

    years: so many are pooled, the newest last; None: as few as leave most places stable.
    """
    about = indicator(indicator_id)
    multiplier = multiplier_of(about["unit"]) if about else None
    places = places_of_level(area_id, level)
    if multiplier is None or places.empty:
        return None
    figures = series_figures(indicator_id)
    figures = figures[figures["area_id"].isin(places.index)]
    last_year = newest_common_year(figures, len(places))
    if last_year is None:
        return None
    pooled = {n: small_numbers.pool_years(figures, last_year, n) for n in YEARS_OFFERED}
    unstable = {n: float(small_numbers.is_unstable(counts["numerator"]).mean()) for n, counts in pooled.items()}
    chosen = years if years in pooled else small_numbers.fewest_years(unstable)
    counts = pooled[chosen]
    found = small_numbers.compare(counts["numerator"], counts["denominator"], multiplier=multiplier)
    named = counts.join(places[["name_zh", "name_en"]], on="area_id").join(found)
    comparable = named["position"].notna()
    total = named.loc[comparable, ["numerator", "denominator"]].sum()
    whole = multiplier * float(total["numerator"] / total["denominator"]) if comparable.any() else float("nan")
    missing = len(places) - int(comparable.sum())
    return Comparison(named[comparable], whole, about["unit"], multiplier, last_year, chosen, missing)


def newest_common_year(figures: pd.DataFrame, places: int) -> int | None:
    """The newest whole year for which at least half of the places reported counts; failing that the newest of any."""
    whole = figures[(figures["period"].str.len() == 4) & figures["numerator"].notna() & (figures["denominator"] > 0)]
    reported = whole.groupby("period")["area_id"].nunique()
    common = reported[reported >= SHARE_THAT_REPORTED * places]
    newest = common if len(common) else reported
    return int(newest.index.max()) if len(newest) else None
