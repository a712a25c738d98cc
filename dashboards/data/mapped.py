"""One indicator's figures in the areas of a map: over the years, or of one period without reading the others."""

from collections.abc import Sequence

import pandas as pd

from dashboards.access import current_user
from dashboards.data.registers import areas, indicator
from dashboards.data.store import cached, engine
from data_access import observations
from models import rates

MOST_NAMED = 2000  # areas in a question to the store; asked of more, all rows are read: the reader leaves out the rest


def figures_among(indicator_id: str, area_ids: Sequence[str], period: str | None = None) -> pd.DataFrame:
    """The figures in force, of all periods or one; an area that never reported has the sum of those below it.

    Columns of data_access.observations.FIGURES, and is_rolled_up. As series_figures, which reads everything; rows of
    other areas that the reader may see can be among them.
    """
    reported = _read(indicator_id, area_ids, period).assign(is_rolled_up=False)
    silent = _silent(indicator_id, set(area_ids) & parts().keys(), reported["area_id"], is_all=period is None)
    if not silent:
        return reported
    return pd.concat([reported, _added_up(indicator_id, silent, period)], ignore_index=True)


def _read(indicator_id: str, area_ids: Sequence[str], period: str | None) -> pd.DataFrame:
    named = area_ids if len(area_ids) <= MOST_NAMED else None
    found = observations.read_figures(engine(), indicator_id, named, period)
    is_limited = bool(current_user().area_ids)  # else the look-up of each area would tell nothing
    return found[found["area_id"].isin(areas().index)] if is_limited else found


def _silent(indicator_id: str, among: set[str], reporting: pd.Series, *, is_all: bool) -> set[str]:
    """Those among some areas that never reported; reporting: of the figures at hand, which may be of one period."""
    silent = among and among - set(reporting.to_numpy(dtype=object))
    if silent and not is_all:
        silent -= set(observations.read_reporting_areas(engine(), indicator_id, silent))
    return silent


@cached
def parts() -> dict[str, list[str]]:
    """area_id -> the units right below it, for areas that have any."""
    everywhere = areas()
    units = everywhere[everywhere["is_unit"]]
    found: dict[str, list[str]] = {}
    for area_id, parent_id in zip(units["area_id"].tolist(), units["parent_id"].tolist(), strict=True):
        found.setdefault(parent_id, []).append(area_id)
    return {area_id: below for area_id, below in found.items() if isinstance(area_id, str)}


def _added_up(indicator_id: str, tops: set[str], period: str | None) -> pd.DataFrame:
    """The sums for some areas, in the columns of figures_among."""
    inside = sorted(branch(tops))
    below = _read(indicator_id, inside, period).assign(indicator_id=indicator_id)
    if below.empty:
        return below.drop(columns="indicator_id").assign(is_rolled_up=True)
    silent = _silent(indicator_id, set(inside) & parts().keys(), below["area_id"], is_all=period is None)
    within = areas().loc[inside].reset_index(drop=True)
    # what reported in another period is not added up in this one: nothing is handed to it
    within["parent_id"] = within["parent_id"].where(within["parent_id"].isin(silent))
    summed = rates.roll_up(below, within, pd.Series({indicator_id: indicator(indicator_id)["unit"]}))
    return summed.loc[summed["area_id"].isin(tops), [*observations.FIGURES, "is_rolled_up"]]


def branch(tops: set[str]) -> set[str]:
    """Some areas with all the units below them."""
    found, layer = set(tops), list(tops)
    while layer:
        layer = [area_id for above in layer for area_id in parts().get(above, ()) if area_id not in found]
        found.update(layer)
    return found
