"""What a plan is judged and forecast on: which plans there are, and the areas that count for each."""

from datetime import date

import pandas as pd
from sqlalchemy import Engine

from data_access import areas, indicators, plans
from data_access.errors import InputError


def plans_with_area(engine: Engine) -> list[str]:
    """The plans whose own area is in the register."""
    known = plans.read_plans(engine)
    return known.plan_id[known.area_id.isin(areas.read_areas(engine).area_id)].tolist()


def plan_and_places(engine: Engine, plan_id: str, as_of: date) -> tuple[pd.Series, pd.DataFrame]:
    """The plan's row, and its area with everything below it that exists on the day, or was merged into what does."""
    known = plans.read_plans(engine)
    if plan_id not in set(known.plan_id):
        listed = "、".join(known.plan_id) or "（尚未载入任何方案，请先运行 manage.py load-plans）"
        raise InputError(f"没有编号为 {plan_id} 的方案。现有：{listed}。")
    plan = known[known.plan_id == plan_id].iloc[0]
    if pd.isna(plan.area_id) or not len(places := areas.read_descendants(engine, plan.area_id)):
        raise InputError(
            f"方案 {plan_id} 所在地区（{plan.area_id}）不在区划表中。请先导入区划（manage.py import areas）。"
        )
    started = places.valid_from.isna() | (places.valid_from <= pd.Timestamp(as_of))
    ended = places.valid_to.notna() & (places.valid_to < pd.Timestamp(as_of))
    merged = ended & places.merged_into.notna()
    places = places.assign(is_former=ended)
    return plan, places[(started & ~ended) | merged].reset_index(drop=True)


def breaks(engine: Engine) -> dict[str, str]:
    """indicator_id -> from which period its present definition holds: a run made before it was known is stale."""
    known = indicators.read_indicators(engine).dropna(subset="series_break")
    return dict(zip(known.indicator_id, known.series_break, strict=True))
