"""The small store judged once more: as of 20 November 2026, after a figure was corrected on the 19th.

Since the review of 15 November: smoking of Ordos from behind to on course (23.4 % corrected to 21.9 %), its screening
from on course to slow, its policy system newly judged, and smoking of 达拉特旗 gone from the register. Nothing else.
"""

from datetime import UTC, date, datetime

from sqlalchemy import Engine, insert, update

from data_access import judgements, tables
from data_access.engine import writing
from tests.dashboards.small_store import MARKS, mark_row

CHANGED = {
    ("smoking_15plus", "150600"): ("on_course", 21.9, 22.25, 0.35, 0.5, 0.4, 0.75, "down", True),
    ("two_cancer_screening", "150600"): ("slow", 81.0, 82.0, -1.0, 2.4, 2.5, 0.40, "up", False),
    ("policy_system", "150600"): ("achieved", 1.0, None, None, None, None, None, None, False),
}
GONE = ("smoking_15plus", "150621")


def add(engine: Engine, *, as_of: date = date(2026, 11, 20)) -> None:
    """Write the correction and the review."""
    with writing(engine) as connection:
        head = {"submission_id": 2, "kind": "observations", "received_from": "test", "is_demo": True}
        connection.execute(
            insert(tables.submissions).values(head | {"received_at": datetime(2026, 11, 19, tzinfo=UTC)})
        )
        ledger = tables.observations
        wrong = (ledger.c.indicator_id == "smoking_15plus") & (ledger.c.area_id == "150600")
        connection.execute(update(ledger).where(wrong).values(superseded_by=2))
        figure = {"indicator_id": "smoking_15plus", "area_id": "150600", "period": "2025", "time": 2025.0}
        figure |= {"value": 21.9, "status": "revised", "reported_on": date(2026, 11, 19)}
        connection.execute(insert(ledger).values(figure | {"stated_by": 2, "submission_id": 2}))
        run_id = judgements.start_run(
            connection, "test-2030", as_of=as_of, last_submission_id=2, pack_hash="a", parameters={}
        )
        rows = [mark_row(run_id, *mark[:2], *CHANGED.get(mark[:2], mark[2:])) for mark in MARKS if mark[:2] != GONE]
        connection.execute(insert(tables.marks), rows)
        judgements.finish_run(connection, run_id)
