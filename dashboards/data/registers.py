"""What there is: areas, plans, actions, indicators, facilities. Names come in both languages; name() picks one."""

import numpy as np
import pandas as pd

from dashboards.access import current_user
from dashboards.data.store import cached, engine
from dashboards.language import pick
from data_access import areas as stored_areas
from data_access import facilities as stored_facilities
from data_access import health_cells as stored_health_cells
from data_access import indicators as stored_indicators
from data_access import plans, population, submissions
from models.rollups import top_of


def name(row, field: str = "name") -> str:
    """The row's name_zh or name_en (field="title": title_zh...) by the reader's language, Chinese where English lacks."""
    return pick(row.get(f"{field}_zh"), row.get(f"{field}_en"))


@cached
def is_demo() -> bool:
    """Whether any figure of the store is synthetic: the ribbon, pictures and files say so."""
    received = submissions.read_submissions(engine())
    return bool((received["is_demo"] & received["undone_by"].isna()).any())


@cached
def areas() -> pd.DataFrame:
    """The areas the reader may see, indexed by area_id, with the columns of data_access.areas.read_areas."""
    every = stored_areas.read_areas(engine())
    scope = current_user().area_ids
    if scope:
        allowed = set().union(*(stored_areas.read_descendants(engine(), area_id)["area_id"] for area_id in scope))
        every = every[every["area_id"].isin(allowed)]
    return every.set_index("area_id", drop=False)


def seen(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows (area_id) of areas the reader may see. Who may see all is not held against 40,000 codes."""
    return rows[rows["area_id"].isin(areas().index)] if current_user().area_ids else rows


def area(area_id: str | None) -> dict | None:
    """One area the reader may see, or None."""
    everywhere = areas()
    return everywhere.loc[area_id].to_dict() if area_id in everywhere.index else None


def children(area_id: str) -> pd.DataFrame:
    """The areas right below one, in the order of their codes; development zones (is_unit False) too."""
    everywhere = areas()
    return everywhere[(everywhere["parent_id"] == area_id) & everywhere["valid_to"].isna()]


@cached
def _parents() -> np.ndarray:
    """The position among areas() of the area each lies in, -1 for none."""
    everywhere = areas()
    return everywhere.index.get_indexer(everywhere["parent_id"].to_numpy(dtype=object))


@cached
def lying_in(area_id: str, *, also_former: bool = False) -> pd.DataFrame:
    """Every area anywhere below one, in the order of areas(). Without also_former only what still exists, as do all between."""
    everywhere, above = areas(), _parents()
    exists = np.ones(len(everywhere), dtype=bool) if also_former else everywhere["valid_to"].isna().to_numpy()
    found = np.zeros(len(everywhere), dtype=bool)
    step = everywhere.index == area_id
    while step.any():
        step = np.append(step, False)[above] & exists & ~found  # the last place is that of "no parent"
        found |= step
    return everywhere[found]


def units_below(area_id: str) -> pd.DataFrame:
    """The districts of a prefecture, the townships of a district...: those that count as units, by code."""
    below = children(area_id)
    return below[below["is_unit"]]


def trail(area_id: str, top: str | None = None) -> list[dict]:
    """The area and those above it that the reader may see, outermost first; from top on, where it is among them."""
    steps: list[dict] = []
    here = area(area_id)
    while here is not None and here["area_id"] not in [step["area_id"] for step in steps]:
        steps.insert(0, here)
        here = None if here["area_id"] == top else area(here["parent_id"])
    return steps


@cached
def all_plans() -> pd.DataFrame:
    """Every plan, indexed by plan_id."""
    return plans.read_plans(engine()).set_index("plan_id", drop=False)


@cached
def actions(plan_id: str) -> pd.DataFrame:
    """A plan's actions in the document's order, indexed by action_id."""
    return plans.read_actions(engine(), plan_id).set_index("action_id", drop=False)


@cached
def top_actions(plan_id: str) -> pd.Series:
    """action_id -> the action_id at the top of its branch: what a plan's chapters are."""
    return top_of(actions(plan_id)["parent_action_id"])


@cached
def indicators() -> pd.DataFrame:
    """Every indicator, indexed by indicator_id."""
    return stored_indicators.read_indicators(engine()).set_index("indicator_id", drop=False)


def indicator(indicator_id: str | None) -> dict | None:
    """One indicator, or None."""
    every = indicators()
    return every.loc[indicator_id].to_dict() if indicator_id in every.index else None


@cached
def facilities() -> pd.DataFrame:
    """Hospitals and clinics in the areas the reader may see: data_access.facilities.FACILITIES."""
    return seen(stored_facilities.read_facilities(engine()))


@cached
def health_cells() -> pd.DataFrame:
    """Health cells in the areas the reader may see: data_access.health_cells.HEALTH_CELLS."""
    return seen(stored_health_cells.read_health_cells(engine()))


@cached
def persons() -> pd.DataFrame:
    """Population by area and year, all ages: data_access.population.POPULATION."""
    return population.read_population(engine())
