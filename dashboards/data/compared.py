"""Places of one level side by side: their counts of the last years, held against all of them together."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboards.data.judged import newest_run, with_names
from dashboards.data.mapped import figures_among
from dashboards.data.registers import indicator, lying_in
from dashboards.data.store import cached, engine
from data_access import judgements
from models import small_numbers
from models.units import UNITS

YEARS_OFFERED = (1, 3, 5)
MOST_AREAS = 2000  # of whom all years are read
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


@cached
def places_of_level(area_id: str, level: str) -> pd.DataFrame:
    """The units of a level anywhere below an area, by code."""
    below = lying_in(area_id)
    return below[(below["level"] == level) & below["is_unit"]].sort_index()


def evenly(places: pd.DataFrame) -> list[str]:
    """The ids of some places; of more than MOST_AREAS every n-th, which tell how many years there are and how full."""
    return places.index[:: max(1, -(-len(places) // MOST_AREAS))].tolist()


@cached
def comparable(plan_id: str, area_id: str, level: str, fewest: int) -> pd.DataFrame:
    """The plan's indicators that are a rate of counted events and that several places of a level report.

    Columns of data.marks, a row an indicator with the first target on it, in the plan's order. fewest: places that must
    have reported; of more than MOST_AREAS an even sample is asked, and must have as many.
    """
    run, wanted = newest_run(plan_id), evenly(places_of_level(area_id, level))
    columns = ("target_id", "area_id", "indicator_id", "action_id", "observed")
    told = judgements.read_marks(engine(), run["run_id"], area_ids=wanted, columns=columns)
    told = told[told["observed"].notna()]
    told = told[told.groupby("indicator_id")["area_id"].transform("nunique") >= fewest]
    named = with_names(told.drop_duplicates("target_id"), plan_id, None)
    is_rate = np.array(
        [multiplier_of(unit) is not None for unit in named["unit"]], dtype=bool
    )  # an empty list is columns
    named = named[is_rate]
    return named.sort_values("action_order", kind="stable").drop_duplicates("indicator_id")


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
    some = evenly(places)
    figures = figures_among(indicator_id, some)
    figures = figures[figures["area_id"].isin(some)]
    last_year = newest_common_year(figures, len(some))
    if last_year is None:
        return None
    pooled = {n: small_numbers.pool_years(figures, last_year, n) for n in YEARS_OFFERED}
    unstable = {n: float(small_numbers.is_unstable(counts["numerator"]).mean()) for n, counts in pooled.items()}
    chosen = years if years in pooled else small_numbers.fewest_years(unstable)
    counts = pooled[chosen]
    if len(some) < len(places):
        counts = small_numbers.pool_years(_of_years(indicator_id, places, last_year, chosen), last_year, chosen)
    found = small_numbers.compare(counts["numerator"], counts["denominator"], multiplier=multiplier)
    named = counts.join(places[["name_zh", "name_en"]], on="area_id").join(found)
    comparable = named["position"].notna()
    total = named.loc[comparable, ["numerator", "denominator"]].sum()
    whole = multiplier * float(total["numerator"] / total["denominator"]) if comparable.any() else float("nan")
    missing = len(places) - int(comparable.sum())
    return Comparison(named[comparable], whole, about["unit"], multiplier, last_year, chosen, missing)


def _of_years(indicator_id: str, places: pd.DataFrame, last_year: int, years: int) -> pd.DataFrame:
    """The figures of all places in some whole years, without reading the others."""
    wanted = places.index.tolist()
    read = [figures_among(indicator_id, wanted, str(year)) for year in range(last_year - years + 1, last_year + 1)]
    found = pd.concat(read, ignore_index=True)
    return found[places.index.get_indexer(found["area_id"].to_numpy(dtype=object)) >= 0]


def newest_common_year(figures: pd.DataFrame, places: int) -> int | None:
    """The newest whole year for which at least half of the places reported counts; failing that the newest of any."""
    whole = figures[(figures["period"].str.len() == 4) & figures["numerator"].notna() & (figures["denominator"] > 0)]
    reported = whole.groupby("period")["area_id"].nunique()
    common = reported[reported >= SHARE_THAT_REPORTED * places]
    newest = common if len(common) else reported
    return int(newest.index.max()) if len(newest) else None
