"""Health-cell quotas of the plans, held against the register: packs/cell_rules.csv says what each of them counts."""

from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine

from data_access.plans import read_plan_health_cells
from models.cells import judge_quotas

RULES = Path(__file__).parents[1] / "packs" / "cell_rules.csv"
KEY = ["plan_id", "cell_type", "quota"]
COMMUNITY, VILLAGE = ("社区", "居委会", "居民委员会"), "village"
YEARLY = ("new_in_year", "applied_in_year", "share_growth")


@cache
def _rules() -> pd.DataFrame:
    text = dict.fromkeys(("plan_id", "cell_type", "basis", "counted_types", "denominator"), "str")
    return pd.read_csv(RULES, dtype=text, encoding="utf-8-sig").fillna({"denominator": ""})


def read_quotas(engine: Engine, plan_id: str | None = None) -> pd.DataFrame:
    """The cells the plans ask for (of one plan), in the plan's order, with what is counted where a quota can be.

    The columns of data_access.plans.read_plan_health_cells and of packs/cell_rules.csv; basis is missing where the plan
    gives no number, or one that no register of cells can show (inspections, grades).
    """
    return read_plan_health_cells(engine, plan_id).merge(_rules(), on=KEY, how="left", sort=False)


def plans_with_quotas(engine: Engine) -> list[str]:
    """The plans of which at least one quota can be counted."""
    quotas = read_quotas(engine)
    return quotas.loc[quotas["basis"].notna(), "plan_id"].unique().tolist()


def judge(quotas: pd.DataFrame, cells: pd.DataFrame, places: pd.DataFrame, on: date) -> pd.DataFrame:
    """The quotas that can be counted, by place: models.cells.judge_quotas with rule the position in quotas.

    A quota dated to a year to come is not held against today's cells. places: the top area first, with all below it.
    """
    due = quotas["basis"].notna() & (quotas["year"].isna() | (quotas["year"] <= on.year) | quotas["basis"].isin(YEARLY))
    asked = quotas[due]
    found = judge_quotas(asked.reset_index(drop=True), cells, places, _units(places), on)
    return found.assign(rule=asked.index.to_numpy()[found["rule"].to_numpy(dtype=int)])


def _units(places: pd.DataFrame) -> pd.DataFrame:
    """How many villages, communities and townships lie in the top area and in each area right below it."""
    parents = dict(zip(places["area_id"], places["parent_id"], strict=True))
    kinds = {
        "townships": places["level"].eq("township"),
        "communities": places["level"].eq(VILLAGE) & places["kind"].isin(COMMUNITY),
        "villages": places["level"].eq(VILLAGE),  # villages and communities alike: 设点村（社区）
    }
    rows = []
    for denominator, chosen in kinds.items():
        for area_id in places.loc[chosen & places["is_unit"], "area_id"]:
            rows += [{"area_id": above, "denominator": denominator} for above in _above(area_id, parents)]
    counted = pd.DataFrame(rows, columns=["area_id", "denominator"])
    return counted.groupby(["area_id", "denominator"]).size().reset_index(name="number")


def _above(area_id: str, parents: dict[str, str]) -> list[str]:
    found = []
    while (area_id := parents.get(area_id)) is not None and area_id in parents:
        found.append(area_id)
    return found
