"""Which adjustments a review takes in: those approved by the end of its day and not expired on it."""

from collections.abc import Collection
from datetime import date

import pandas as pd
from sqlalchemy import Engine

from data_access import adjustments, plans
from models.adjusting import FAN
from models.intervals import LEVELS, QUANTILE_COLUMNS

MODEL_COLUMNS = {f"q{round(level * 1000):03d}": column for level, column in zip(LEVELS, QUANTILE_COLUMNS, strict=True)}


def adjustments_in_force(engine: Engine, plan_id: str, area_ids: Collection[str], as_of: date) -> pd.DataFrame:
    """The adjustments that bear on a plan's review as of a day: data_access.adjustments.IN_FORCE.

    A series is one indicator in one area, whichever plan's review it was adjusted in.
    """
    found = adjustments.read_in_force(engine, as_of)
    found = found[found["area_id"].isin(list(area_ids))].reset_index(drop=True)
    if found.empty:
        return found
    targets = plans.read_targets(engine, plan_id, on=as_of)
    wanted = pd.concat([targets["indicator_id"], targets["benchmark_indicator_id"].dropna()])
    return found[found["indicator_id"].isin(wanted)].reset_index(drop=True)


def told_of(found: pd.DataFrame) -> dict[str, int]:
    """What a run writes down of them: adjustment_id -> the event that put it in force."""
    return {str(row.adjustment_id): int(row.event_id) for row in found.sort_values("adjustment_id").itertuples()}


def fans_of(found: pd.DataFrame) -> pd.DataFrame:
    """Their adjusted fans: indicator_id, area_id and models.adjusting.FAN."""
    parts = [
        pd.DataFrame(row.adjusted_fan)
        .rename(columns=MODEL_COLUMNS)[FAN]
        .assign(indicator_id=row.indicator_id, area_id=row.area_id)
        for row in found.itertuples()
    ]
    columns = ["indicator_id", "area_id", *FAN]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
