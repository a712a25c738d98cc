"""When a report first came, whatever was corrected later."""

from datetime import UTC, date, datetime

from data_access.engine import writing
from data_access.quality import read_count_reports, read_first_reports
from data_access.tables import observations, submissions


def test_a_correction_does_not_make_a_report_late_and_an_undone_import_does_not_count(engine):
    received = datetime(2026, 3, 1, tzinfo=UTC)
    sent = [
        {
            "submission_id": number,
            "kind": "observations",
            "received_at": received,
            "received_from": "旗",
            "is_demo": True,
        }
        for number in (1, 2, 3, 4)
    ]
    figure = {"indicator_id": "i", "area_id": "a", "period": "2025", "time": 2025.0, "value": 1.0, "status": "final"}
    days = {1: None, 2: date(2026, 2, 1), 3: date(2026, 2, 20)}
    rows = [
        figure | {"submission_id": number, "stated_by": number, "reported_on": day, "superseded_by": number + 1}
        for number, day in days.items()
    ]
    rows[-1]["superseded_by"] = None
    with writing(engine) as connection:
        connection.execute(submissions.insert(), sent)
        connection.execute(submissions.update().where(submissions.c.submission_id == 1).values(undone_by=4))
        connection.execute(observations.insert(), rows)

    found = read_first_reports(engine, "indicator", ["i"], 2024.0)

    assert found[["submission_id", "reported_on"]].astype("str").to_numpy().tolist() == [["2", "2026-02-01"]]
    assert read_first_reports(engine, "indicator", ["i"], 2025.0).empty
    assert read_count_reports(engine, ["two-cancer"], 2024.0).empty
