"""Which reports have come in, and which are still out."""

import numpy as np
import pandas as pd

REPORTING = ["area_id", "expected", "up_to_date", "late", "missing"]


def reporting(observations: pd.DataFrame, area_ids: list[str]) -> pd.DataFrame:
    """For each area, how many indicators it reports as recently as the others do.

    observations: indicator_id, area_id, time (calendar year at the period's end), value or NaN for "not reported".
    area_ids: the areas that should report alike (the districts of one prefecture).
    An indicator is expected of all of them as soon as one reports it; its newest figure among them sets the date.
    Returns REPORTING, one row an area in the order given; counts of indicators. up_to_date has a figure of that date,
    late only older ones, missing none at all: expected = up_to_date + late + missing.
    """
    reported = observations[observations["area_id"].isin(area_ids) & observations["value"].notna()]
    latest = reported.pivot_table(index="area_id", columns="indicator_id", values="time", aggfunc="max")
    latest = latest.reindex(area_ids).to_numpy(dtype=float)
    if not latest.size:
        return pd.DataFrame({"area_id": area_ids, **dict.fromkeys(REPORTING[1:], 0)})
    missing = np.isnan(latest)
    up_to_date = latest >= np.nanmax(latest, axis=0)
    counts = {
        "expected": latest.shape[1],
        "up_to_date": up_to_date.sum(axis=1),
        "late": (~missing & ~up_to_date).sum(axis=1),
        "missing": missing.sum(axis=1),
    }
    return pd.DataFrame({"area_id": area_ids, **counts})
