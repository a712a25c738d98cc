import pandas as pd

from models.freshness import reporting

DISTRICTS = ["150602", "150603", "150621"]


def figures(rows):
    return pd.DataFrame(rows, columns=["indicator_id", "area_id", "time", "value"])


def test_a_district_that_stops_at_an_earlier_quarter_is_late_and_one_that_never_reported_is_missing():
    known = figures(
        [
            ("smoking", "150602", 2025.75, 22.0),
            ("smoking", "150602", 2025.5, 22.4),
            ("smoking", "150603", 2025.5, 23.0),
            ("screening", "150602", 2025.0, 80.0),
            ("screening", "150603", 2025.0, 85.0),
        ]
    )

    found = reporting(known, DISTRICTS).set_index("area_id")

    assert found.loc["150602"].tolist() == [2, 2, 0, 0]
    assert found.loc["150603"].tolist() == [2, 1, 1, 0]
    assert found.loc["150621"].tolist() == [2, 0, 0, 2]


def test_a_row_without_a_figure_is_no_report_and_other_areas_do_not_count():
    known = figures(
        [
            ("smoking", "150602", 2025.0, 22.0),
            ("smoking", "150603", 2025.0, float("nan")),
            ("smoking", "150600", 2026.0, 22.5),
        ]
    )

    found = reporting(known, DISTRICTS).set_index("area_id")

    assert found["up_to_date"].tolist() == [1, 0, 0]
    assert found["missing"].tolist() == [0, 1, 1]


def test_nothing_is_expected_where_nobody_reports():
    found = reporting(figures([]).astype({"time": float, "value": float}), DISTRICTS)

    assert found[["expected", "late", "missing"]].to_numpy().sum() == 0
