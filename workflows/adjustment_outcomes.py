"""What came of past adjustments: the figures that arrived since, beside both versions of the forecast."""

from collections.abc import Collection

import numpy as np
import pandas as pd
from sqlalchemy import Engine

from data_access import adjustments as store
from data_access.errors import InputError
from models.adjustment_value import errors_of
from models.adjustment_value import value_added as score
from workflows.adjustment_preview import FAN, MODEL_COLUMNS, points_of, read_material

GROUPS = ("author_name", "kind", "reason_code")
OUTCOMES = [
    "adjustment_id", "indicator_id", "area_id", "author", "author_name", "kind", "reason_code", "approved_on", "time",
    "actual", "scale", "median_model", "median_adjusted", "error_model", "error_adjusted", "scrps_model", "scrps_adjusted",
]  # fmt: skip


def value_added(engine: Engine, area_ids: Collection[str] | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The value added by all adjustments that were ever in force (of area_ids, where given), and what it rests on.

    First frame: models.adjustment_value.VALUE with the columns by ("all" or one of GROUPS) and group. Second: OUTCOMES,
    one row an adjustment and figure that came after the last one it knew; errors in the series' usual yearly changes.
    Both without rows before the first figure came.
    """
    outcomes = read_outcomes(engine)
    if area_ids is not None:
        outcomes = outcomes[outcomes["area_id"].isin(area_ids)].reset_index(drop=True)
    parts = [score(outcomes).assign(by="all")]
    parts += [score(outcomes, by).assign(by=by) for by in GROUPS]
    table = pd.concat([part.rename_axis("group").reset_index() for part in parts if len(part)] or [_nothing()])
    return table.reset_index(drop=True), outcomes


def _nothing() -> pd.DataFrame:
    return score(_without_rows()).rename_axis("group").reset_index().assign(by="all")


def _without_rows() -> pd.DataFrame:
    texts = ("indicator_id", "area_id", "author", "author_name", "kind", "reason_code")
    return pd.DataFrame({name: pd.Series(dtype="str" if name in texts else "float64") for name in OUTCOMES})


def read_outcomes(engine: Engine) -> pd.DataFrame:
    """One row an adjustment once in force and a figure that has come for a time of its fan: OUTCOMES."""
    found = store.read_adjustments(engine)
    found = found[found["approved_on"].notna()]
    parts = [_of_plan(engine, plan_id, rows) for plan_id, rows in found.groupby("plan_id")]
    parts = [part for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True)[OUTCOMES] if parts else _without_rows()


def _of_plan(engine: Engine, plan_id: str, found: pd.DataFrame) -> pd.DataFrame:
    try:
        pool = points_of(read_material(engine, plan_id, found["indicator_id"].unique().tolist()).pool)
    except InputError:  # the plan is gone, or its reviews: nothing can be said of it
        return _without_rows()
    if not len(pool):
        return _without_rows()
    came = pool[["indicator_id", "area_id", "time", "value"]].rename(columns={"value": "actual"})
    came = came.merge(_scales(pool), on=["indicator_id", "area_id"])
    about = ["adjustment_id", "indicator_id", "area_id", "author", "author_name", "kind", "reason_code", "approved_on"]
    both = found[about].merge(_versions(found), on="adjustment_id").merge(came, on=["indicator_id", "area_id", "time"])
    if both.empty:
        return _without_rows()
    return errors_of(both).rename(columns={"q0.5_model": "median_model", "q0.5_adjusted": "median_adjusted"})


def _versions(found: pd.DataFrame) -> pd.DataFrame:
    """adjustment_id, time and both fans side by side, for the times after the last figure that was known."""
    parts = []
    for row in found.itertuples():
        fans = [
            pd.DataFrame(fan)[FAN].rename(columns=MODEL_COLUMNS).set_index("time").add_suffix(f"_{version}")
            for fan, version in ((row.model_fan, "model"), (row.adjusted_fan, "adjusted"))
        ]
        both = fans[0].join(fans[1], how="inner").reset_index().assign(adjustment_id=row.adjustment_id)
        parts.append(both[both["time"] > row.last_time])
    return pd.concat(parts, ignore_index=True)


def _scales(pool: pd.DataFrame) -> pd.DataFrame:
    """indicator_id, area_id, scale: the mean change from one figure to the next, of the indicator where one has none."""
    ordered = pool.sort_values(["indicator_id", "area_id", "time"])
    series = ["indicator_id", "area_id"]
    change = ordered.groupby(series)["value"].diff().abs()
    own = change.groupby([ordered["indicator_id"], ordered["area_id"]]).mean().rename("scale").reset_index()
    usual = own.groupby("indicator_id")["scale"].transform("median")
    own["scale"] = own["scale"].where(own["scale"] > 0, usual)
    return own.assign(scale=own["scale"].where(own["scale"] > 0, np.nan))
