"""What a run of forecasts is of: the targets, areas and years of each plan, and the figures that no plan asks for."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Engine

from data_access import areas, indicators, plans
from models.judging import forecast_years
from models.targets import DIRECTIONS
from workflows.forecast_methods import methods_in_use
from workflows.plan_scope import breaks, plan_and_places, plans_with_area

YEARS_AHEAD = 5  # of what no plan asks for
COMPARATORS = {1: ">=", -1: "<=", 0: "="}


@dataclass(frozen=True)
class Scope:
    """One plan's share of a run, or (plan_id empty) that of the series no plan asks for.

    places: the areas whose figures count, as models.judging takes them; further_areas: areas that are compared with.
    end: the last year to forecast. methods: indicator_id -> method of models.forecast_pools, where it is not POOLED.
    taken: of the scope without plan, the areas by indicator that plans forecast. state: what the above follows from.
    """

    plan_id: str
    targets: pd.DataFrame
    places: pd.DataFrame
    further_areas: list[str]
    end: int
    indicator_ids: list[str]
    registered: pd.DataFrame
    methods: dict[str, str]
    taken: dict[str, set[str]]
    state: dict[str, Any]

    def targets_of(self, indicator_ids: list[str]) -> pd.DataFrame:
        """The targets that ask for these indicators, or compare with them."""
        asked = self.targets.indicator_id.isin(indicator_ids)
        return self.targets[asked | self.targets.benchmark_indicator_id.isin(indicator_ids)].reset_index(drop=True)

    def own(self, figures: pd.DataFrame) -> pd.DataFrame:
        """The figures that count here; texts as plain objects."""
        figures = figures[figures.area_id.isin([*self.places.area_id, *self.further_areas])].reset_index(drop=True)
        texts = {name: figures[name].astype(object) for name in ("indicator_id", "area_id", "period")}
        figures = figures.assign(**texts)
        if not self.taken:
            return figures
        taken = np.zeros(len(figures), dtype=bool)
        for indicator_id, area_ids in self.taken.items():
            taken |= ((figures.indicator_id == indicator_id) & figures.area_id.isin(area_ids)).to_numpy()
        return figures[~taken].reset_index(drop=True)


def scopes_of(engine: Engine, as_of: date, plan_ids: Iterable[str] | None) -> list[Scope]:
    """The scopes of some plans, or of every plan whose area is in the register and of what no plan asks for.

    InputError for a plan or an area that is not in the store.
    """
    registered = indicators.read_indicators(engine)
    chosen = plans_with_area(engine) if plan_ids is None else list(plan_ids)
    scopes = [plan_scope(engine, plan_id, as_of, registered) for plan_id in chosen]
    return scopes if plan_ids is not None else [*scopes, _rest(engine, as_of, registered, scopes)]


def plan_scope(engine: Engine, plan_id: str, as_of: date, registered: pd.DataFrame) -> Scope:
    """A plan's targets in force on the day, for its areas, to its last year."""
    plan, places = plan_and_places(engine, plan_id, as_of)
    targets = plans.read_targets(engine, plan_id, on=as_of)
    wanted = pd.concat([targets.indicator_id, targets.benchmark_indicator_id.dropna()]).unique().tolist()
    years = forecast_years(targets, as_of)
    decision = methods_in_use(engine, plan_id, as_of=as_of, indicator_ids=wanted)
    methods = decision.methods
    return Scope(
        plan_id=plan_id,
        targets=targets,
        places=_as_objects(places),
        further_areas=targets.benchmark_area_id.dropna().unique().tolist(),
        end=int(years.year.max()) if len(years) else 0,
        indicator_ids=wanted,
        registered=registered,
        methods=methods,
        taken={},
        state={
            "pack": None if pd.isna(plan.pack_hash) else str(plan.pack_hash),
            "breaks": _breaks_of(engine, wanted),
            "methods": methods,
            "decision": decision.as_state(),
            "inputs": _hash_of(places, targets, registered),
        },
    )


def _hash_of(*frames: pd.DataFrame) -> str:
    """The same for the same frames: another register, or other targets, may make other forecasts of the same figures."""
    digest = hashlib.sha256()
    for frame in frames:
        digest.update(pd.util.hash_pandas_object(frame.astype(str), index=False).to_numpy().tobytes())
    return digest.hexdigest()


def _as_objects(places: pd.DataFrame) -> pd.DataFrame:
    """The same with ids as plain objects, which are looked up several times as fast as pandas' strings."""
    return places.assign(area_id=places.area_id.astype(object), parent_id=places.parent_id.astype(object))


def _breaks_of(engine: Engine, indicator_ids: list[str]) -> dict[str, str]:
    known = breaks(engine)
    return {name: known[name] for name in indicator_ids if name in known}


def _rest(engine: Engine, as_of: date, registered: pd.DataFrame, scopes: list[Scope]) -> Scope:
    """Every other series. Its areas are taken one by one: nothing is added up, since nobody asks for the sums."""
    targets = _targets_without_plan(registered)
    taken: dict[str, set[str]] = {}
    for scope in scopes:
        for indicator_id in scope.indicator_ids:
            taken.setdefault(indicator_id, set()).update(scope.places.area_id, scope.further_areas)
    ids = registered.indicator_id.tolist()
    places = _as_objects(areas.read_areas(engine, on=as_of).assign(parent_id=None))
    return Scope(
        plan_id="",
        targets=targets,
        places=places,
        further_areas=[],
        end=as_of.year + YEARS_AHEAD,
        indicator_ids=ids,
        registered=registered,
        methods={},
        taken=taken,
        state={
            "breaks": _breaks_of(engine, ids),
            "inputs": _hash_of(places, registered),
            "plans": [scope.state["inputs"] for scope in scopes],
        },
    )


def _targets_without_plan(registered: pd.DataFrame) -> pd.DataFrame:
    """One target an indicator, without a value: its unit and direction are all that forecasts ask of it."""
    side = registered.default_direction.map(DIRECTIONS)
    return pd.DataFrame(
        {
            "target_id": registered.indicator_id,
            "plan_id": "",
            "action_id": "",
            "indicator_id": registered.indicator_id,
            "benchmark_indicator_id": None,
            "unit": registered.unit,
            "direction": registered.default_direction,
            "rule": "level",
            "scope": "plan_area",
            "comparator": side.map(COMPARATORS),
            "value": np.nan,
            "year": np.nan,
            "masked": False,
        }
    )
