"""From reported figures to one figure for each area a map paints."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

COLUMNS = ["area_id", "value", "numerator", "denominator", "state", "members", "members_reported", "is_provisional"]
COMPARATORS = (">=", "<=", ">", "<")
LEVEL_RULES = ("level", "unit_coverage")  # held against a value; the other rules judge a change or a count


def area_figures(observations: pd.DataFrame, layer: Mapping, multiplier: float | None) -> pd.DataFrame:
    """One row for each feature of a layer, in its order; columns COLUMNS.

    observations: of one indicator and period: area_id (once each), value, numerator, denominator, status.
    layer: area_ids, and members where a feature stands for several areas: its figure is their counts added up, over the
        members that reported both counts, never one member's figure.
    multiplier: turns numerator / denominator into the unit; None: a figure of several areas cannot be worked out.
    value is NaN and state "missing" where nothing was reported; members counts the areas a feature stands for.
    """
    shares = _shares(layer).merge(observations, left_on="member", right_on="area_id", how="left", suffixes=("", "_of"))
    has_both = shares["numerator"].notna() & shares["denominator"].notna()
    shares["is_usable"] = shares["value"].notna() & ((shares["size"] == 1) | has_both)
    counts = shares[["numerator", "denominator"]].where(shares["is_usable"])
    grouped = counts.groupby(shares["feature"]).sum(min_count=1)
    figures = pd.DataFrame({"area_id": layer["area_ids"]}).merge(
        grouped, left_on="area_id", right_index=True, how="left"
    )
    pooled = figures["numerator"] / figures["denominator"].where(figures["denominator"] > 0) * (multiplier or np.nan)
    by_feature = shares.groupby("feature")
    order = figures["area_id"]
    single = shares[shares["size"] == 1].set_index("feature")["value"]
    figures["members"] = order.map(by_feature["size"].first()).astype(int)
    figures["value"] = np.where(figures["members"] == 1, order.map(single).astype(float), pooled)
    figures["members_reported"] = order.map(by_feature["is_usable"].sum()).astype(int)
    provisional = shares["status"].eq("provisional") & shares["is_usable"]
    figures["is_provisional"] = order.map(provisional.groupby(shares["feature"]).any()).astype(bool)
    figures["state"] = np.where(np.isfinite(figures["value"]), "reported", "missing")
    return figures[COLUMNS]


def _shares(layer: Mapping) -> pd.DataFrame:
    """feature, member, size: which areas' figures each feature shows."""
    members = layer.get("members") or {}
    pairs = [(feature, member) for feature in layer["area_ids"] for member in members.get(feature, (feature,))]
    shares = pd.DataFrame(pairs, columns=["feature", "member"], dtype="str")
    return shares.assign(size=shares.groupby("feature")["member"].transform("size"))


def limits(targets: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The milestones that are values a figure can be held against, of one indicator's targets.

    targets: one row per milestone: rule, comparator, value, unit, masked_part. A trend, a change from a baseline, a count
    to be completed and a value the plan's text hides are none.
    """
    is_level = targets["rule"].isin(LEVEL_RULES) & targets["comparator"].isin(COMPARATORS) & targets["unit"].eq(unit)
    is_hidden = targets["masked_part"].astype("string").str.contains("value").fillna(False).astype(bool)
    return targets[is_level & targets["value"].notna() & ~is_hidden]


def milestone_for(limits_of_plan: pd.DataFrame, year: int) -> pd.Series | None:
    """The limit to be met next, seen from the end of this year, else the plan's last; None where there is none."""
    dated = limits_of_plan.dropna(subset=["year"]).sort_values("year")
    ahead = dated[dated["year"] >= year]
    return ahead.iloc[0] if len(ahead) else dated.iloc[-1] if len(dated) else None


def fails(values: pd.Series, comparator: str, limit: float) -> pd.Series:
    """Which values do not meet the limit, bool; a missing value neither meets nor fails it."""
    failing = {">=": values < limit, ">": values <= limit, "<=": values > limit, "<": values >= limit}
    return failing[comparator]
