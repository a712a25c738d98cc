"""Health cells as they stand: by district, by township, against the plans' quotas, and page by page."""

from datetime import date

import numpy as np
import pandas as pd

from dashboards.data.registers import areas, health_cells, persons
from dashboards.data.store import cached, engine, version
from models import cells as judged
from workflows import cell_quotas

LAPSE_DAYS = 183  # half a year: time to renew


@cached
def cells_placed() -> pd.DataFrame:
    """Every cell with township_id and group_id, the district it lies in, ends_on (its renewal in it), is_valid today."""
    everywhere, found = areas(), health_cells()
    level, parent = everywhere["level"].to_dict(), everywhere["parent_id"].to_dict()
    above = {area_id: _levels(area_id, level, parent) for area_id in found["area_id"].unique()}
    return found.assign(
        township_id=[above[area_id].get("township") for area_id in found["area_id"]],
        group_id=[above[area_id].get("county") for area_id in found["area_id"]],
        ends_on=judged.ends_on(found),
        is_valid=judged.valid_on(found, version()[3]),
    )


def _levels(area_id: str, level: dict, parent: dict) -> dict[str, str]:
    found = {}
    while isinstance(area_id, str) and area_id in level and level[area_id] not in found:
        found[level[area_id]] = area_id
        area_id = parent[area_id]
    return found


@cached
def cells_by_area(level: str) -> pd.DataFrame:
    """One row for each district (county) or township: cells, persons, per_10k, new, lapsing; indexed by area_id."""
    today, cells = version()[3], cells_placed()
    column = "group_id" if level == "county" else "township_id"
    units = areas()[areas()["level"].eq(level) & areas()["is_unit"] & areas()["valid_to"].isna()]
    people = persons().sort_values("year").groupby("area_id")["persons"].last()
    found = judged.density(cells, people.reindex(units.index), cells[column], today)
    new = judged.counted(cells, "new_in_year", today)[column].value_counts()
    soon = judged.lapsing(cells, today, LAPSE_DAYS)[column].value_counts()
    return found.assign(new=new.reindex(found.index, fill_value=0), lapsing=soon.reindex(found.index, fill_value=0))


@cached
def cells_lapsing() -> pd.DataFrame:
    """The cells that lose their title within half a year, the soonest first."""
    return judged.lapsing(cells_placed(), version()[3], LAPSE_DAYS)


@cached
def cells_by_year() -> pd.DataFrame:
    """How many cells that exist today were first given their title in each year: year, cell_type, cells."""
    cells = cells_placed().dropna(subset=["certified_on"])
    years = cells["certified_on"].dt.year.rename("year")
    return cells.groupby([years, "cell_type"]).size().reset_index(name="cells")


@cached
def cell_quotas_of(plan_id: str, on: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A plan's cells with what can be counted, and how the places of the site stand to it (workflows.cell_quotas)."""
    quotas = cell_quotas.read_quotas(engine(), plan_id)
    return quotas, cell_quotas.judge(quotas, cells_placed(), places_counted(), on)


def places_counted() -> pd.DataFrame:
    """The areas that count today, the topmost that has districts below it first."""
    units = areas()[areas()["is_unit"] & areas()["valid_to"].isna()].reset_index(drop=True)
    order = {"prefecture": 0, "county": 1, "township": 2, "village": 3}
    kept = units[units["level"].isin(order)]
    return kept.iloc[np.argsort(kept["level"].map(order), kind="stable")]


@cached
def plans_with_cell_quotas() -> list[str]:
    """The plans of which a quota can be counted."""
    return cell_quotas.plans_with_quotas(engine())


def cells_page(*, cell_type: str = "", area_id: str = "", state: str = "", words: str = "") -> pd.DataFrame:
    """The cells of a choice, by district and name: state valid, lapsing, ended, applied or ""; words: part of a name."""
    cells = cells_placed()
    chosen = pd.Series(True, index=cells.index)
    if cell_type:
        chosen &= cells["cell_type"].eq(cell_type)
    if area_id:
        chosen &= cells["group_id"].eq(area_id) | cells["township_id"].eq(area_id)
    if words:
        chosen &= cells["name_zh"].str.contains(words, case=False, regex=False)
    if state == "lapsing":
        return cells_lapsing()[chosen.reindex(cells_lapsing().index)]
    if state:
        of_state = {"valid": cells["is_valid"], "applied": cells["certified_on"].isna()}
        chosen &= of_state.get(state, ~cells["is_valid"] & cells["certified_on"].notna())
    return cells[chosen].sort_values(["group_id", "name_zh"], kind="stable")


@cached
def lapsing_ids() -> frozenset[str]:
    """The ids of the cells that lose their title within half a year."""
    return frozenset(cells_lapsing()["health_cell_id"])


@cached
def cell_type_names() -> dict[str, dict[str, str]]:
    """The types the plans name: cell_type -> language -> name, from the first plan that has it."""
    quotas = cell_quotas.read_quotas(engine()).drop_duplicates("cell_type")
    return {row.cell_type: {"zh": row.name_zh, "en": row.name_en} for row in quotas.itertuples(index=False)}
