"""The indicators that programmes yield: of each quarter and year the share (or number) of people its steps say."""

from collections.abc import Iterator

import pandas as pd
from sqlalchemy import Engine, or_, select

from data_access.areas import read_areas
from data_access.delivery_tables import programme_counts, programmes
from data_access.observations import read_reporting_areas
from data_access.programmes import read_counts, read_programmes, read_rota
from models import cascade
from workflows.programme_standing import rules_of

KINDS = frozenset({"programme_counts", "programmes", "rota"})
COLUMNS = ["indicator_id", "area_id", "period", "numerator", "denominator", "status", "note"]
FIRST = -1.0  # before every period


def work_out(engine: Engine, submission_id: int | None) -> pd.DataFrame:
    """The figures of the programmes that an import (None: any) changed, from the first period it changed on.

    Columns: COLUMNS. A unit's own figure for each period it reported, and that of an area above it in which every unit
    that should report did: where that area has figures of its own, or a rota says which units are due. Elsewhere judging
    adds the units up itself. A round of which reports are missing yields a provisional figure that says how many.
    """
    every = read_programmes(engine)
    every = every[every["indicator_id"].notna()].set_index("programme_id", drop=False)
    touched = dict.fromkeys(every.index, FIRST) if submission_id is None else _touched(engine, submission_id)
    return _figures(engine, every, touched)


def indicators(engine: Engine) -> set[str]:
    """The indicators that programmes yield."""
    return set(read_programmes(engine)["indicator_id"].dropna())


def work_out_again(engine: Engine, figures: pd.DataFrame) -> pd.DataFrame:
    """The figures, in COLUMNS, of the programmes that yield some (indicator_id, time), from the first of these on."""
    every = read_programmes(engine)
    since = figures.groupby("indicator_id")["time"].min()
    every = every[every["indicator_id"].isin(since.index)].set_index("programme_id", drop=False)
    return _figures(engine, every, every["indicator_id"].map(since).to_dict())


def _figures(engine: Engine, every: pd.DataFrame, touched: dict[str, float]) -> pd.DataFrame:
    areas = read_areas(engine)
    found = [
        row
        for programme_id, since in sorted(touched.items())
        if programme_id in every.index
        for row in _of_programme(engine, every.loc[programme_id], since, areas)
    ]
    return pd.DataFrame(found, columns=COLUMNS)


def covers(engine: Engine, submission_id: int | None) -> pd.DataFrame:
    """indicator_id, area_id, since: what work_out's answer is whole for: all areas of the programmes changed."""
    every = read_programmes(engine)
    every = every[every["indicator_id"].notna()].set_index("programme_id", drop=False)
    touched = dict.fromkeys(every.index, FIRST) if submission_id is None else _touched(engine, submission_id)
    areas = read_areas(engine)
    parts = [
        pd.DataFrame({"area_id": list(cascade.descendants(areas, row["area_id"])["area_id"])}).assign(
            indicator_id=row["indicator_id"], since=touched[row["programme_id"]]
        )
        for row in every.to_dict("records")
        if row["programme_id"] in touched
    ]
    columns = ["indicator_id", "area_id", "since"]
    return pd.concat(parts)[columns] if parts else pd.DataFrame(columns=columns)


def _touched(engine: Engine, submission_id: int) -> dict[str, float]:
    """programme_id -> the end of the first period that a submission wrote to or took back."""
    table = programme_counts.c
    changed = or_(table.submission_id == submission_id, table.superseded_by == submission_id)
    with engine.connect() as connection:
        rows = connection.execute(select(table.programme_id, table.time).where(changed).distinct()).all()
        own = connection.scalars(select(programmes.c.programme_id).where(programmes.c.submission_id == submission_id))
        found = dict.fromkeys(own, FIRST)
    for programme_id, time in rows:
        found[programme_id] = min(time, found.get(programme_id, time))
    return found


def _of_programme(engine: Engine, row: pd.Series, since: float, areas: pd.DataFrame) -> Iterator[tuple]:
    rules, programme_id = rules_of(row), row["programme_id"]
    numerator = row["numerator_stage"]
    denominator = row["denominator_stage"] if isinstance(row["denominator_stage"], str) else None
    wanted = {numerator} | ({denominator} if denominator else set())
    counts = read_counts(engine, [programme_id], stages=wanted)
    if counts.empty:
        return
    rota = read_rota(engine, programme_id)
    own = None if len(rota) else set(read_reporting_areas(engine, row["indicator_id"], list(areas["area_id"])))
    month = (counts["time"] * 12).round().astype("int64")
    for end in ends(rules, month, cascade.month_of(since)):
        units, gaps = units_at(counts, rules, rota, areas, row["area_id"], end)
        is_provisional = set(counts.loc[(month == end) & (counts["status"] == "provisional"), "area_id"])
        for area_id, above, below, parts in _with_areas_above(units, areas, row["area_id"], numerator, denominator):
            if area_id not in units.index and own is not None and area_id not in own:
                continue  # judging adds the units up by itself, with their whole history
            missing = sum(gaps.get(unit, 0) for unit in parts)
            status = "provisional" if missing or is_provisional & set(parts) else "final"
            note = f"由项目“{row['name_zh']}”推算" + (f"（缺 {missing} 期报表）" if missing else "")
            yield (row["indicator_id"], area_id, period_of(end), above, below, status, note)


def units_at(
    counts: pd.DataFrame, rules: cascade.Rules, rota: pd.DataFrame, areas: pd.DataFrame, top: str, end: int
) -> tuple[pd.DataFrame, dict]:
    """Who should report at the end of a month, and how many periods of the round each has not reported (may lack units).

    counts: area_id, time, stage, value. A row a unit, a column a step, people of the round so far; NaN where the unit did
    not report that very period. With a rota only the batch whose year it is.
    """
    over = cascade.year_due_window(rules, end) if len(rota) else cascade.window(rules, end)
    reached = cascade.amounts(counts, rules, over, end)
    due_ids = set(cascade.due(rota, rules, cascade.year_of(end))["area_id"]) if len(rota) else None
    units = cascade.units_of(reached, areas, top, due_ids)
    month = (counts["time"] * 12).round().astype("int64")
    has_reported = pd.Series(units.index.isin(counts.loc[month == end, "area_id"]), index=units.index)
    units = units.where(has_reported, axis=0)
    return units, _gaps(counts, units, rules, over, end)


def _gaps(counts: pd.DataFrame, units: pd.DataFrame, rules: cascade.Rules, over: cascade.Window, end: int) -> dict:
    """unit -> how many periods of the round it has not reported; a level has none, as its last report holds."""
    if rules.counted != "in_period":
        return {}
    found = cascade.reports(counts, list(units.index), rules, over, end)
    return (found["due"] - found["received"]).to_dict()


def ends(rules: cascade.Rules, month: pd.Series, since: int) -> list[int]:
    """The quarters and years a figure is due at: of a season that runs over new year its end only."""
    last, first = int(month.max()), max(int(month.min()), since - (since - 1) % 3)
    step = 12 if rules.report_every == "year" else 3
    ends = [end for end in range(first, last + 3) if end % step == 0 and end <= last]
    if rules.first_month != 1:
        return [end for end in range(first, last + 1) if end == cascade.window(rules, end).last]
    return ends


def period_of(end: int) -> str:
    """The period that ends with a month: of the year's last the year, of a quarter's last the quarter."""
    year, part = cascade.year_of(end), (end - 1) % 12 + 1
    return str(year) if part == 12 or part % 3 else f"{year}Q{part // 3}"


def _with_areas_above(
    units: pd.DataFrame, areas: pd.DataFrame, top: str, numerator: str, denominator: str | None
) -> Iterator[tuple[str, float, float | None, list[str]]]:
    """(area, numerator, denominator, units) of each unit that reported, and of each area above whose units all did."""
    parents = dict(zip(areas["area_id"], areas["parent_id"], strict=True))
    columns = [numerator, *([denominator] if denominator else [])]
    complete = units[columns].notna().all(axis=1)
    sums: dict[str, list] = {}
    for unit, values, is_there in zip(units.index, units[columns].to_numpy(), complete, strict=True):
        if is_there:
            yield (unit, values[0], values[1] if denominator else None, [unit])
        here = unit
        while here != top and isinstance(parents.get(here), str):
            here = parents[here]
            total = sums.setdefault(here, [True, [], *[0.0] * len(columns)])
            total[0] = total[0] and bool(is_there)
            total[1].append(unit)
            if is_there:
                total[2:] = [before + value for before, value in zip(total[2:], values, strict=True)]
    for area_id, (is_whole, members, *values) in sums.items():
        if is_whole:
            yield (area_id, values[0], values[1] if denominator else None, members)
