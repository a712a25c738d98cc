"""Which target is judged for which area, and as what."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.rates import ADDITIVE_UNITS
from models.targets import UNIT_LEVEL, Targets

OWN = "own"  # the target is this area's own
PLAN_BAR = "plan_bar"  # the plan area's value, held against an area within it
UNIT = "unit"  # one of the units that must each pass
WHOLE = "whole"  # an area above those units: passes when all of them do


@dataclass(frozen=True)
class Pairs:
    """N pairs. target: position in Targets; area_id, role: (N,) arrays. parts: positions of (whole, unit) pairs.

    parts: frame whole, unit (positions in the pairs). has_units: (N,) False for a whole without any unit.
    """

    target: np.ndarray
    area_id: np.ndarray
    role: np.ndarray
    parts: pd.DataFrame


def make_pairs(targets: Targets, areas: pd.DataFrame, observed: pd.MultiIndex) -> Pairs:
    """Every target with every area it is shown for, targets in order, areas by code.

    areas: area_id, parent_id, level, is_unit; the area without a parent among them is the plan's. Several such areas:
        each is judged on its own where it has figures. observed: (indicator_id, area_id) of the series there are.
    A target for the plan's area is judged there and shown for the areas right below it and any other with figures;
    one for each district, township or village, for each of those and the areas above them. Zones (is_unit False) are
    no units and left out. A count for the whole plan area, or a task to complete, is shown further down only where
    figures came.
    """
    areas = areas[~areas.is_former.astype(bool)] if "is_former" in areas else areas
    areas = areas.sort_values("area_id").reset_index(drop=True)
    is_top = ~areas.parent_id.isin(areas.area_id) | areas.parent_id.isna()
    tops = areas.area_id[is_top].to_numpy(dtype=object)
    is_unit = areas.is_unit.astype(bool)
    units = areas[is_unit & ~is_top]
    below_top = units.area_id[units.parent_id.isin(tops)].to_numpy(dtype=object)
    above = _ancestors(areas)
    by_indicator = pd.Series(observed.get_level_values(1), index=observed.get_level_values(0), dtype=object)
    seen = {key: group.to_numpy() for key, group in by_indicator.groupby(level=0)}
    shown = set(areas.area_id[is_unit | is_top])
    chunks = []
    for m, row in enumerate(targets.frame.itertuples()):
        with_figures = [area for area in seen.get(row.indicator_id, ()) if area in shown]
        named = getattr(row, "area_id", None)
        level = UNIT_LEVEL[row.scope]
        if isinstance(named, str) and named:
            chunk = _named(named, level, areas, above, with_figures)
        elif level is None:
            spread = row.unit not in ADDITIVE_UNITS and row.rule != "completion"
            chunk = _for_plan_area(tops, below_top if spread else [], with_figures)
        else:
            chunk = _for_each(level, tops, areas[is_unit], above, with_figures)
        chunks.append(chunk.assign(target=m))
    table = pd.concat(chunks, ignore_index=True) if chunks else pd.DataFrame(columns=["area_id", "role", "target"])
    return Pairs(
        target=table.target.to_numpy(dtype=int),
        area_id=table.area_id.to_numpy(dtype=object),
        role=table.role.to_numpy(dtype=object),
        parts=_parts(table, above),
    )


def _for_plan_area(tops, below_top, with_figures) -> pd.DataFrame:
    own = list(tops) if len(tops) == 1 else sorted(set(tops) & set(with_figures))
    others = sorted((set(below_top) | set(with_figures)) - set(own)) if len(own) else []
    return _chunk(own + others, [OWN] * len(own) + [PLAN_BAR] * len(others))


def _for_each(level, tops, units, above, with_figures) -> pd.DataFrame:
    of_level = set(units.area_id[units.level == level])
    if not of_level and len(tops) > 1:  # areas of which no hierarchy is known: each is a unit
        return _chunk(sorted(with_figures), [UNIT] * len(with_figures))
    wholes = set(above.ancestor[above.area_id.isin(of_level)]) | (set(tops) if len(tops) == 1 else set())
    areas = sorted(wholes | of_level)
    return _chunk(areas, [UNIT if area in of_level else WHOLE for area in areas])


def _named(named, level, areas, above, with_figures) -> pd.DataFrame:
    """The pairs of a target that names its area: that one, and below it the units it needs."""
    if level is None:
        return _chunk([named], [OWN])
    below = set(above.area_id[above.ancestor == named])
    units = areas.area_id[areas.area_id.isin(below) & (areas.level == level) & areas.is_unit.astype(bool)].tolist()
    if not units and named not in with_figures and not below:
        units = [area for area in with_figures if area != named]
    if not units:
        return _chunk([named], [UNIT if named in with_figures else WHOLE])
    return _chunk([named, *sorted(units)], [WHOLE] + [UNIT] * len(units))


def _chunk(area_ids, roles) -> pd.DataFrame:
    return pd.DataFrame({"area_id": pd.Series(area_ids, dtype=object), "role": pd.Series(roles, dtype=object)})


def _ancestors(areas: pd.DataFrame) -> pd.DataFrame:
    """area_id, ancestor: every area with every area above it among those given."""
    parent = areas.set_index("area_id").parent_id
    parent = parent[parent.isin(parent.index)]
    found, step = [], parent
    while len(step):
        found.append(pd.DataFrame({"area_id": step.index, "ancestor": step.to_numpy()}))
        step = step.map(parent).dropna()
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=["area_id", "ancestor"])


def _parts(table: pd.DataFrame, above: pd.DataFrame) -> pd.DataFrame:
    """Positions of wholes and of the units within them."""
    table = table.assign(position=np.arange(len(table)))
    wholes, units = table[table.role == WHOLE], table[table.role == UNIT]
    inside = units.merge(above, on="area_id").merge(
        wholes, left_on=["target", "ancestor"], right_on=["target", "area_id"], suffixes=("_unit", "_whole")
    )
    parts = inside[["position_whole", "position_unit"]].set_axis(["whole", "unit"], axis=1)
    # A named area outside any known hierarchy stands above all the units listed with it.
    loose = wholes[~wholes.area_id.isin(above.ancestor)]
    extra = loose.merge(units, on="target", suffixes=("_whole", "_unit"))[["position_whole", "position_unit"]]
    return pd.concat([parts, extra.set_axis(["whole", "unit"], axis=1)], ignore_index=True)
