"""The figures of a map: read by period, added up from below, or sampled over the years."""

from datetime import UTC, datetime

import pytest

from dashboards import data, map_question
from data_access import tables
from data_access.engine import writing

AREAS = [
    ("1506", "prefecture", None),
    ("150602", "county", "1506"),
    ("150621", "county", "1506"),
    ("150602001", "township", "150602"),
    ("150602002", "township", "150602"),
    ("150621001", "township", "150621"),
]
# area, period, screened, women
FIGURES = [
    ("150602001", "2024", 40, 100),
    ("150602002", "2024", 20, 100),
    ("150602001", "2025", 50, 100),
    ("150602002", "2025", 40, 100),
    ("150621", "2024", 70, 100),
    ("150621001", "2025", 80, 100),
]


@pytest.fixture
def store(empty_store):
    settings, engine = empty_store
    data.configure(engine, settings)
    received = {"submission_id": 1, "kind": "observations", "received_from": "test"}
    indicator = {"indicator_id": "screening", "name_zh": "筛查率", "name_en": "Screening", "unit": "percent"}
    figures = [
        {"indicator_id": "screening", "area_id": area_id, "period": period, "time": float(period)}
        | {"numerator": cases, "denominator": of, "value": 100 * cases / of, "status": "final"}
        | {"submission_id": 1, "stated_by": 1}
        for area_id, period, cases, of in FIGURES
    ]
    with writing(engine) as connection:
        connection.execute(tables.submissions.insert(), received | {"received_at": datetime(2026, 1, 1, tzinfo=UTC)})
        connection.execute(
            tables.areas.insert(),
            [{"area_id": i, "level": level, "parent_id": above, "name_zh": i} for i, level, above in AREAS],
        )
        connection.execute(tables.indicators.insert(), indicator | {"default_direction": "higher_is_better"})
        connection.execute(tables.observations.insert(), figures)


def values(found) -> dict:
    return {(row.area_id, row.period): (row.value, row.is_rolled_up) for row in found.itertuples()}


def test_a_district_that_never_reported_has_the_sum_of_its_townships_in_every_period(store):
    found = data.figures_among("screening", ["150602", "150621"])

    # 60 of 200, 90 of 200; the other district's own 70 % stands, and its townships are not added up in 2025
    assert values(found) == {
        ("150602", "2024"): (30.0, True),
        ("150602", "2025"): (45.0, True),
        ("150621", "2024"): (70.0, False),
    }


@pytest.mark.parametrize(
    ("period", "expected"), [("2024", {"150602": 30.0, "150621": 70.0}), ("2025", {"150602": 45.0})]
)
def test_one_period_read_alone_says_the_same_as_all_of_them(store, period, expected):
    found = data.figures_among("screening", ["150602", "150621"], period)

    assert dict(zip(found["area_id"], found["value"], strict=True)) == expected


def test_a_prefecture_is_not_added_up_where_a_district_lacks_the_period(store):
    assert values(data.figures_among("screening", ["1506"], "2024")) == {
        ("1506", "2024"): (pytest.approx(130 / 3), True)
    }
    assert data.figures_among("screening", ["1506"], "2025").empty


def test_a_map_of_more_areas_than_are_read_at_once_shows_all_areas_of_its_period(store, monkeypatch):
    monkeypatch.setattr(map_question, "MOST_AREAS", 2)

    years = map_question.map_years("screening", "township", "1506")
    table = map_question.map_table("screening", "township", "1506", "2025")

    assert years.area_ids == ("150602001", "150621001")  # every second of three
    assert table.area_ids == ("150602001", "150602002", "150621001")
    assert table.periods == ("2025",)
    assert table.value[:, 0].tolist() == [50.0, 40.0, 80.0]


def test_an_indicator_nobody_reported_has_no_figures(store):
    found = data.figures_among("screening", ["150602"], "1999")

    assert found.empty
    assert "is_rolled_up" in found.columns
