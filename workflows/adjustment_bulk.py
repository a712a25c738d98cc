"""The same adjustment for many series at once: one batch, all of it or none."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import numpy as np
import pandas as pd
from sqlalchemy import Engine

from data_access import adjustments as store
from data_access.engine import writing
from data_access.errors import InputError
from workflows.adjustment_drafts import Person, Reason, checked, row_of
from workflows.adjustment_preview import Material, Preview, preview, read_material

BULK_KINDS = ("growth", "hold", "policy", "best_quarter", "parent")


def candidates(material: Material, *, area_id: str | None = None, indicator_id: str | None = None) -> list[tuple]:
    """(indicator_id, area_id) of every series with a model forecast: of one area, of one indicator, or both."""
    series = material.fans[["indicator_id", "area_id"]].drop_duplicates()
    for column, wanted in (("area_id", area_id), ("indicator_id", indicator_id)):
        series = series if wanted is None else series[series[column] == wanted]
    return list(series.itertuples(index=False, name=None))


def preview_bulk(
    engine: Engine,
    plan_id: str,
    series: Iterable[tuple[str, str]],
    kind: str,
    parameters: Mapping[str, Any],
    *,
    material: Material | None = None,
) -> tuple[pd.DataFrame, list[Preview]]:
    """The same growth or scenario for every series chosen: what each becomes, and the previews of those it fits.

    Frame: indicator_id, area_id, target_id, fits, why_not (Chinese, "" where it fits), time and the two medians at it
    (the milestone, else the last year), p_miss_model, p_miss_adjusted. Raises InputError for a kind not made for many.
    """
    if kind not in BULK_KINDS:
        raise InputError(f"批量研判只能用：{'、'.join(BULK_KINDS)}。逐年填写的数请逐个序列研判。")
    series = list(dict.fromkeys(series))
    if not series:
        raise InputError("没有选择任何序列。")
    material = material or read_material(engine, plan_id, sorted({indicator for indicator, _area in series}))
    rows, fitting = [], []
    for indicator_id, area_id in series:
        row = {"indicator_id": indicator_id, "area_id": area_id}
        try:
            one = preview(engine, plan_id, indicator_id, area_id, kind, parameters, material=material)
        except InputError as error:
            rows.append(row | {"fits": False, "why_not": str(error)})
            continue
        fitting.append(one)
        rows.append(row | _medians_of(one) | {"fits": True, "why_not": ""})
    columns = ["indicator_id", "area_id", "target_id", "fits", "why_not", "time", "median_model", "median_adjusted"]
    return pd.DataFrame(rows).reindex(columns=[*columns, "p_miss_model", "p_miss_adjusted"]), fitting


def _medians_of(one: Preview) -> dict[str, Any]:
    at = np.flatnonzero(np.isclose(one.model["time"], one.goal_time)) if np.isfinite(one.goal_time) else []
    row = at[0] if len(at) else len(one.model) - 1
    return {
        "target_id": one.target_id,
        "time": one.model["time"].iloc[row],
        "median_model": one.model["q500"].iloc[row],
        "median_adjusted": one.adjusted["q500"].iloc[row],
        "p_miss_model": one.p_miss_model,
        "p_miss_adjusted": one.p_miss_adjusted,
    }


def save_bulk(
    engine: Engine,
    by: Person,
    plan_id: str,
    series: Iterable[tuple[str, str]],
    kind: str,
    parameters: Mapping[str, Any],
    reason: Reason,
    *,
    material: Material | None = None,
    at: datetime | None = None,
    is_demo: bool = False,
) -> dict[str, Any]:
    """Store one batch of drafts, all or none: batch_id and seen ({adjustment_id: revision}) to hand to submit().

    Raises InputError where it does not fit every series, naming those and why.
    """
    at = at or datetime.now(UTC)
    told, fitting = preview_bulk(engine, plan_id, series, kind, parameters, material=material)
    refused = told[~told["fits"]]
    if len(refused):
        first = refused.iloc[0]
        raise InputError(
            f"{len(told)} 个序列中有 {len(refused)} 个不适用，整批未保存。例如 {first.indicator_id}（{first.area_id}）："
            f"{first.why_not}请去掉这些序列后再保存。"
        )
    why, batch_id = checked(engine, reason, at), str(uuid4())
    rows = [row_of(one, by, why, is_demo) | {"batch_id": batch_id} for one in fitting]
    with writing(engine) as connection:
        ids = [store.add(connection, row, at=at) for row in rows]
    return {"batch_id": batch_id, "seen": dict.fromkeys(ids, 1)}


def seen_batch(engine: Engine, batch_id: str) -> dict[int, int]:
    """{adjustment_id: revision} of a batch as it stands now."""
    found = store.read_adjustments(engine, batch_id=batch_id)
    return dict(zip(found["adjustment_id"].tolist(), found["revision"].tolist(), strict=True))
