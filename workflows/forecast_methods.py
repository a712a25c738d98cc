"""Which indicators are forecast by their last value because past forecasts of them did worse, and since when.

Decided from the plan's back-test when a calendar year begins, when the way of forecasting changes, or when the figures
have grown or shrunk by a quarter; in between the last decision stands, so that no method comes and goes with a report.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Engine

from data_access import forecast_runs, observations, submissions
from data_access.errors import InputError
from models import backtest_scores as scoring
from models.forecast_pools import LAST_VALUE, POOLED, VERSION
from workflows.backtesting import replay_plan

MOST_SERIES = 2_000  # replayed to decide: a second's work
MORE, FEWER = 1.25, 0.8  # times the figures of the last decision: beyond these it is made anew


@dataclass(frozen=True)
class Decision:
    """off: indicator_id -> ratio (error over the last value's), forecasts, origins, since (year). basis: what it rests on."""

    off: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    basis: Mapping[str, Any] = field(default_factory=dict)

    @property
    def methods(self) -> dict[str, str]:
        """indicator_id -> method of models.forecast_pools, where it is not POOLED."""
        return dict.fromkeys(self.off, LAST_VALUE)

    def method_of(self, indicator_id: str) -> str:
        """POOLED or LAST_VALUE."""
        return LAST_VALUE if indicator_id in self.off else POOLED

    def as_state(self) -> dict[str, Any]:
        """As a run of forecasts keeps it."""
        return {"off": {name: dict(why) for name, why in self.off.items()}, "basis": dict(self.basis)}


def methods_in_use(engine: Engine, plan_id: str, *, as_of: date, indicator_ids: list[str]) -> Decision:
    """The decision that holds on a day: the last run's, or a new one from the plan's back-test.

    Figures that cannot be forecast decide nothing: the run they are for says what is wrong with them.
    """
    before = decision_of_last_run(engine, plan_id, as_of)
    basis = {"version": VERSION, "year": as_of.year, "figures": _figures(engine, indicator_ids, as_of)}
    if before is not None and not _has_changed(before.basis, basis):
        return before
    if not basis["figures"]:
        return Decision({}, basis)
    found = _back_test(engine, plan_id, as_of)
    if found is None:
        return Decision({}, basis)
    since = {name: why["since"] for name, why in before.off.items()} if before else {}
    off = {}
    for name in scoring.left_to_last_value(found.by_indicator, since):
        row = found.by_indicator.loc[name]
        off[str(name)] = {
            "ratio": round(float(row["scrps_ratio"]), 3),
            "forecasts": int(row["forecasts"]),
            "origins": int(row["origins"]),
            "since": since.get(name, as_of.year),
        }
    return Decision(off, basis)


def _back_test(engine: Engine, plan_id: str, as_of: date) -> scoring.Summary | None:
    try:
        return scoring.summary(replay_plan(engine, plan_id, as_of=as_of, most_series=MOST_SERIES))
    except InputError:
        return None


def decision_of_last_run(engine: Engine, plan_id: str, as_of: date) -> Decision | None:
    """What the newest run of forecasts up to a day went by; None before the first."""
    runs = forecast_runs.read_runs(engine)
    runs = runs[(runs["state"] == "finished") & (runs["as_of"].dt.date <= as_of)]
    for parameters in runs.sort_values(["as_of", "run_id"], ascending=False)["parameters"]:
        state = parameters.get("scopes", {}).get(plan_id, {}).get("decision")
        if state:
            return Decision(state["off"], state["basis"])
    return None


def _figures(engine: Engine, indicator_ids: list[str], as_of: date) -> int:
    with engine.connect() as connection:
        last = submissions.last_submission_by(connection, as_of)
    return sum(observations.count_figures(engine, last_submission_id=last, indicator_ids=indicator_ids).values())


def _has_changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    if any(before.get(key) != now[key] for key in ("version", "year")):
        return True
    grown = now["figures"] / max(before.get("figures", 0), 1)
    return not FEWER <= grown <= MORE
