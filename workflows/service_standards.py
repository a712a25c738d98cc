"""Service standards of the plans with what can be counted of them: packs/service_rules.csv says how."""

from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine

from data_access.plans import read_plan_services
from models import services

RULES = Path(__file__).parents[1] / "packs" / "service_rules.csv"
KEY = ["plan_id", "standard_id", "value"]


@cache
def _rules() -> pd.DataFrame:
    text = dict.fromkeys(("plan_id", "standard_id", "basis", "facility_types", "grades", "service"), "str")
    return pd.read_csv(RULES, dtype=text, encoding="utf-8-sig").fillna(
        dict.fromkeys(("facility_types", "grades", "service"), "")
    )


def read_standards(engine: Engine, plan_id: str | None = None) -> pd.DataFrame:
    """The standards the plans set (one plan), in the plan's order, with the columns of packs/service_rules.csv.

    basis is missing where the register of facilities cannot show what is asked; see_coverage and see_cells where another
    page does.
    """
    found = read_plan_services(engine, plan_id).merge(_rules(), on=KEY, how="left", sort=False)
    return found.reset_index(drop=True)


def judge(
    standards: pd.DataFrame, facilities: pd.DataFrame, places: pd.DataFrame, persons: pd.Series, on: date
) -> pd.DataFrame:
    """The standards that can be counted, by place: models.services.judge with rule the index in standards."""
    counted = standards[standards["basis"].isin(services.BASES)]
    found = services.judge(counted, facilities, places, persons, on)
    return found.assign(rule=counted.index.to_numpy()[found["rule"].to_numpy(dtype=int)])
