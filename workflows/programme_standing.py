"""One programme in one area up to a period: what was reached, who reported, where most are lost."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Engine

from data_access.periods import parse_period
from data_access.programmes import read_counts
from models import cascade

SUMMARY = ("coverage", "expected_share", "worst", "shortfall", "units", "units_reported")


@dataclass(frozen=True)
class Standing:
    """One programme in one area up to a period.

    over: the round; units: one row an area that should report, a column a step, NaN missing; whole, parts: cascades
    (models.cascade.CASCADE) of the area and of those right below it; reports: index unit, columns due, received,
    last_month; batch: areas whose turn it is with their batch, None without a rota; questioned: counts that are.
    """

    programme: dict
    rules: cascade.Rules
    area_id: str
    period: str
    over: cascade.Window
    units: pd.DataFrame
    whole: pd.DataFrame
    parts: pd.DataFrame
    reports: pd.DataFrame
    batch: pd.DataFrame | None
    questioned: int

    @property
    def month(self) -> int:
        return month_of(self.period)


def month_of(period: str) -> int:
    """The last month of a period, numbered through the calendar."""
    return cascade.month_of(parse_period(period).time)


def rules_of(row: dict | pd.Series) -> cascade.Rules:
    """How a programme counts, from its row (data_access.programmes.PROGRAMMES)."""

    def whole(value) -> int | None:
        return None if pd.isna(value) else int(value)

    return cascade.Rules(
        stages=tuple(row["stages"].split(";")),
        counted=row["counted"],
        report_every=row["report_every"],
        cycle_months=whole(row["cycle_months"]),
        first_month=int(row["first_month"]),
        first_year=whole(row["first_year"]),
        person_rule=row["person_rule"],
        coverage_target_percent=None if pd.isna(row["coverage_target_percent"]) else row["coverage_target_percent"],
    )


def window_of(rules: cascade.Rules, rota: pd.DataFrame, period: str, turn: str) -> cascade.Window:
    """The round a period lies in; where it is one batch's turn the year of that batch."""
    month = month_of(period)
    is_turn = len(rota) and turn == "due"
    return cascade.year_due_window(rules, month) if is_turn else cascade.window(rules, month)


def read_round(engine: Engine, row: dict, rota: pd.DataFrame, period: str, area_ids, turn: str = "due") -> pd.DataFrame:
    """The counts that `standing` rests on: data_access.programmes.COUNTS."""
    over = window_of(rules_of(row), rota, period, turn)
    until = month_of(period) / 12
    return read_counts(engine, [row["programme_id"]], after=(over.first - 1) / 12, until=until, area_ids=area_ids)


def standing(
    row: dict, counts: pd.DataFrame, rota: pd.DataFrame, areas: pd.DataFrame, area_id: str, period: str,
    turn: str = "due",
) -> Standing:  # fmt: skip
    """How a programme stands. counts: as read_round gives them, of the area and all that lies in it.

    turn: due (with a rota only the batch whose year it is) or round (all batches, over the whole round).
    """
    rules, month = rules_of(row), month_of(period)
    batch = cascade.due(rota, rules, cascade.year_of(month)) if len(rota) else None
    over = window_of(rules, rota, period, turn)
    reached = cascade.amounts(counts, rules, over, month)
    due_ids = None if batch is None else set(batch["area_id"] if turn == "due" else rota["area_id"])
    units = cascade.units_of(reached, areas, area_id, due_ids)
    index = units.index
    return Standing(
        programme=row,
        rules=rules,
        area_id=area_id,
        period=period,
        over=over,
        units=units,
        whole=cascade.cascade(units, pd.Series(area_id, index=index, dtype=object), rules, over.elapsed),
        parts=cascade.cascade(units, cascade.groups_below(index, areas, area_id), rules, over.elapsed),
        reports=cascade.reports(counts, list(index), rules, over, month),
        batch=batch,
        questioned=int(counts["is_questioned"].sum()),
    )


def summarised(now: Standing) -> dict:
    """What the list says of a programme: SUMMARY, None where it cannot be said."""
    return _summary(now.rules, now.over, now.whole, now.reports)


def summarised_below(now: Standing, areas: pd.DataFrame, area_ids: list[str]) -> dict[str, dict]:
    """The same of areas below at one stroke: of those in which the units that report are the ones the whole has there.

    Elsewhere (nobody or another level reports in it) an area's own standing says something else: it is left out.
    """
    parent = dict(zip(areas["area_id"], areas["parent_id"], strict=True))
    level = dict(zip(areas["area_id"], areas["level"], strict=True))
    group = pd.Series({unit: _first_in(unit, parent, set(area_ids)) for unit in now.units.index}, dtype=object)
    levels = {level[unit] for unit in now.units.index}
    reported = set(group[(now.reports["received"] > 0).reindex(group.index, fill_value=False)].dropna())
    if len(levels) != 1 or now.batch is not None or levels & {level[one] for one in area_ids}:
        return {}
    own = group[group.isin(reported)]
    steps = cascade.cascade(now.units.loc[own.index], own, now.rules, now.over.elapsed)
    return {
        area_id: _summary(now.rules, now.over, rows, now.reports.loc[own.index[own.eq(area_id)]])
        for area_id, rows in steps.groupby("group")
    }


def _first_in(area_id: str, parent: dict, wanted: set[str]) -> str | None:
    seen: set[str] = set()
    while isinstance(area_id, str) and area_id not in seen:
        if area_id in wanted:
            return area_id
        seen.add(area_id)
        area_id = parent.get(area_id)
    return None


def _summary(rules: cascade.Rules, over: cascade.Window, steps: pd.DataFrame, reports: pd.DataFrame) -> dict:
    worst = cascade.worst_step(steps)
    rate = steps.loc[steps["stage"].eq("attended"), "rate"]
    target = rules.coverage_target_percent
    return {
        "coverage": None if rate.isna().all() else float(rate.iloc[0]),
        "expected_share": None if target is None else float(target * over.elapsed),
        "worst": None if worst is None else worst["stage"],
        "shortfall": None if worst is None else float(worst["shortfall"]),
        "units": len(reports),
        "units_reported": int((reports["received"] > 0).sum()),
    }
