"""Service standards of the plans, held against the register of facilities."""

from datetime import date

import pandas as pd

from dashboards.data.cells import places_counted
from dashboards.data.registers import areas, facilities, persons
from dashboards.data.store import cached, engine
from workflows import service_standards


@cached
def standards_of(plan_id: str, on: date) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """A plan's standards with what is counted, how the top area of the site and its districts stand to them, its id."""
    asked = service_standards.read_standards(engine(), plan_id)
    found, places = facilities(), places_counted()
    if found.empty or places.empty:
        return asked, pd.DataFrame(columns=service_standards.services.FOUND), ""
    everywhere = areas()
    level, parent = everywhere["level"].to_dict(), everywhere["parent_id"].to_dict()
    district = {area_id: _district(area_id, level, parent) for area_id in found["area_id"].unique()}
    people = persons().sort_values("year").groupby("area_id")["persons"].last()
    placed = found.assign(group_id=found["area_id"].map(district))
    return asked, service_standards.judge(asked, placed, places, people, on), places["area_id"].iloc[0]


def _district(area_id: str, level: dict, parent: dict) -> str | None:
    seen = set()
    while isinstance(area_id, str) and area_id in level and area_id not in seen:
        if level[area_id] == "county":
            return area_id
        seen.add(area_id)
        area_id = parent[area_id]
    return None


@cached
def plans_with_standards() -> list[str]:
    """The plans that set a service standard, in the order of their ids."""
    return service_standards.read_standards(engine())["plan_id"].unique().tolist()
