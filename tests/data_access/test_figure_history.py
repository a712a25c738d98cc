from datetime import UTC, datetime

from data_access import tables
from data_access.engine import writing
from data_access.figure_history import HISTORY, read_figure_history


def figure(number: int, period: str, value: float, by: int, superseded_by: int | None = None) -> dict:
    key = {"observation_id": number, "indicator_id": "smoking", "area_id": "150602", "period": period}
    said = {"time": float(period), "value": value, "status": "final", "submission_id": by, "stated_by": by}
    return key | said | {"superseded_by": superseded_by}


def test_a_corrected_figure_stands_over_the_one_it_replaced_with_the_files_that_said_so(engine):
    came = {n: datetime(2026, n, 1, tzinfo=UTC) for n in (1, 2, 3)}
    heads = [
        {
            "submission_id": n,
            "kind": "observations",
            "file_name": f"{n}.csv",
            "received_at": at,
            "received_from": "卫健委",
        }
        for n, at in came.items()
    ]
    with writing(engine) as connection:
        connection.execute(tables.submissions.insert(), heads)
        rows = [figure(1, "2024", 25.0, 1), figure(2, "2025", 24.0, 2, 3), figure(3, "2025", 24.5, 3)]
        other = figure(4, "2025", 9.0, 3) | {"area_id": "150621"}
        connection.execute(tables.observations.insert(), [*rows, other])

    found = read_figure_history(engine, "smoking", "150602")

    assert found["period"].tolist() == ["2025", "2025", "2024"]
    assert found["value"].tolist() == [24.5, 24.0, 25.0]
    assert found["file_name"].tolist() == ["3.csv", "2.csv", "1.csv"]
    assert found["replaced_at"].tolist()[1] == came[3] and found["replaced_at"].isna().tolist() == [True, False, True]


def test_a_series_nobody_reported_has_no_rows_but_all_columns(engine):
    assert read_figure_history(engine, "smoking", "150602").columns.tolist() == list(HISTORY)
