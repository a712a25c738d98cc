"""A store to forecast: Ordos with six banners, one plan of two indicators, and a third indicator no plan asks for."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
from sqlalchemy import Engine, insert

from data_access import submissions, tables
from data_access.engine import writing
from data_access.ledger import STAGED, staging

PLAN = "ordos-test"
PREFECTURE, BANNERS = "150600", [f"15062{n}" for n in range(1, 7)]
YEARS = range(2018, 2026)
INDICATORS = {"screening": ("percent", "higher_is_better"), "mortality": ("per_1000", "lower_is_better")}
INDICATORS |= {"exams": ("percent", "higher_is_better")}
GOALS = {"screening": (">=", 90.0), "mortality": ("<=", 4.0)}
MARCH = datetime(2026, 3, 1, 4, tzinfo=UTC)


def fill(engine: Engine) -> None:
    """Places, indicators, the plan, and eight years of every indicator in every banner."""
    name = {"name_zh": "名", "name_en": "name"}
    with writing(engine) as connection:
        places = [(PREFECTURE, "prefecture", None), *((banner, "county", PREFECTURE) for banner in BANNERS)]
        for area_id, level, parent in places:
            row = {"area_id": area_id, "level": level, "parent_id": parent, "name_zh": area_id, "is_unit": True}
            connection.execute(insert(tables.areas).values(row))
        for indicator_id, (unit, direction) in INDICATORS.items():
            row = {"indicator_id": indicator_id, "unit": unit, "default_direction": direction, "lower_bound": 0.0}
            row |= {"decimals": 1, "within_year": "level", "upper_bound": 100.0 if unit == "percent" else None}
            connection.execute(insert(tables.indicators).values(row | name))
        plan = {"plan_id": PLAN, "place_zh": "鄂尔多斯", "place_en": "Ordos", "area_id": PREFECTURE}
        plan |= {"kind": "outcome_plan", "admin_level": "prefecture"}
        connection.execute(insert(tables.plans).values(plan | name))
        action = {"plan_id": PLAN, "action_id": "a", "action_no": "1", "sort_order": 1}
        connection.execute(insert(tables.actions).values(action | {"title_zh": "行动", "title_en": "Action"}))
        for indicator_id, (comparator, value) in GOALS.items():
            unit, direction = INDICATORS[indicator_id]
            target = {"target_id": indicator_id, "version": 1, "plan_id": PLAN, "action_id": "a", "sort_order": 1}
            target |= {"indicator_id": indicator_id, "unit": unit, "direction": direction, "rule": "level"}
            connection.execute(insert(tables.targets).values(target | {"scope": "each_district"} | name))
            milestone = {"target_id": indicator_id, "version": 1, "position": 1, "year": 2030, "value": value}
            milestone |= {"comparator": comparator, "year_is_inferred": False, "masked": False}
            connection.execute(insert(tables.target_milestones).values(milestone))
    submit(engine, [row for indicator_id in INDICATORS for row in figures_of(indicator_id)], MARCH)


def figures_of(indicator_id: str) -> list[tuple]:
    """(indicator_id, area_id, year, numerator, denominator, value): counts for percentages only."""
    draw = np.random.default_rng(len(indicator_id))
    rows = []
    for banner in BANNERS:
        people = int(draw.integers(800, 4000))
        for year in YEARS:
            share = 0.4 + 0.03 * (year - 2018) + draw.normal(0, 0.02)
            if INDICATORS[indicator_id][0] == "percent":
                cases = round(people * share)
                rows.append((indicator_id, banner, year, cases, people, 100 * cases / people))
            else:
                rows.append((indicator_id, banner, year, None, None, 10 * (1 - share)))
    return rows


def submit(engine: Engine, rows: list[tuple], received_at: datetime) -> int:
    """One import of such rows; a figure that is there already is revised."""
    frame = pd.DataFrame(rows, columns=["indicator_id", "area_id", "time", "numerator", "denominator", "value"])
    frame = frame.assign(period=frame.time.astype(int).astype(str), source_row=range(2, len(rows) + 2), status="final")
    with staging(engine) as staged:
        staged.add(frame.reindex(columns=list(STAGED)).astype(STAGED))
        with staged.writing() as connection:
            new = submissions.begin(connection, kind="observations", received_from="test", received_at=received_at)
            stored = staged.store(new)
            submissions.finish(connection, new, rows_read=len(rows), rows_stored=stored.stored)
    return new
