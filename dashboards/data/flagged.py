"""How many areas will miss each target, and what is forecast how."""

import numpy as np
import pandas as pd

from dashboards.data.judged import marks, newest_run, place
from dashboards.data.registers import units_below
from dashboards.data.store import cached, engine
from models.probability import how_many_will_miss, middle_of_count
from workflows.forecast_methods import Decision, decision_of_last_run

FEWEST_AREAS = 3  # of two districts the chances themselves say more
COUNTED = ["target_id", "year", "areas", "median", "low", "high"]


@cached
def misses(plan_id: str, as_of=None) -> pd.DataFrame:
    """How many of the units right below the plan's area will miss each target: COUNTED and the names, likeliest first.

    year: of the milestone. median, low, high: of the number that miss, 80 % between low and high; their chances come
    from the areas' own, with the shock that areas of one indicator share. areas: those with a chance that may be told.
    """
    every = marks(plan_id, as_of)
    home = place(plan_id, None)
    units = units_below(home["area_id"]).index if home else []
    known = every[every["area_id"].isin(units) & every["p_miss"].notna()]
    rows = []
    for target_id, group in known.groupby("target_id", sort=False):
        years = group["final_year"].astype(float)
        ahead = float(np.nanmean(years - group["time"])) if years.notna().any() else 1.0
        if len(group) < FEWEST_AREAS:
            continue
        median, low, high = middle_of_count(how_many_will_miss(group["p_miss"], ahead))
        year = int(years.max()) if years.notna().any() else pd.NA
        rows.append((target_id, year, len(group), median, low, high))
    counted = pd.DataFrame(rows, columns=COUNTED)
    names = every.drop_duplicates("target_id")[
        ["target_id", "indicator_id", "target_name_zh", "target_name_en", "rule"]
    ]
    counted = counted.merge(names, on="target_id", how="left")
    return counted.sort_values(["median", "high", "target_id"], ascending=[False, False, True], ignore_index=True)


@cached
def methods_in_use(plan_id: str, as_of=None) -> Decision:
    """Which indicators the plan's forecasts leave to their last value, as of a review, and why."""
    run = newest_run(plan_id, as_of)
    decision = decision_of_last_run(engine(), plan_id, run["as_of"]) if run else None
    return decision or Decision()
