"""Rows that tests of the store write: a prefecture with two districts, an indicator, and figures."""

import pandas as pd

from data_access import submissions
from data_access.engine import writing
from data_access.ledger import STAGED, staging
from data_access.registers import write_register

AREAS = pd.DataFrame(
    [
        ["150600", "prefecture", None, "鄂尔多斯市"],
        ["150602", "county", "150600", "东胜区"],
        ["150603", "county", "150600", "康巴什区"],
    ],
    columns=["area_id", "level", "parent_id", "name_zh"],
)
INDICATORS = pd.DataFrame(
    [["screening_rate", "两癌筛查率", "Two-cancer screening", "percent", "higher_is_better"]],
    columns=["indicator_id", "name_zh", "name_en", "unit", "default_direction"],
)


def write_places_and_indicators(engine):
    """The areas and indicators that figures refer to, as if they came with the program."""
    with writing(engine) as connection:
        write_register(connection, "areas", AREAS, None)
        write_register(connection, "indicators", INDICATORS, None)


def figures(rows, **common):
    """Staged figures from (area_id, period, value) rows."""
    frame = pd.DataFrame(rows, columns=["area_id", "period", "value"])
    frame = frame.assign(
        source_row=range(2, len(rows) + 2),
        indicator_id="screening_rate",
        time=frame["period"].str[:4].astype("float64"),
        status="final",
    ).assign(**common)
    return frame.reindex(columns=list(STAGED)).astype(STAGED)


def submit_figures(engine, rows, *, received_at=None, is_demo=False, **common):
    """Import figures; gives the submission_id and what was stored."""
    with staging(engine) as staged:
        staged.add(figures(rows, **common))
        with staged.writing() as connection:
            submission_id = submissions.begin(
                connection, kind="observations", received_from="wang", received_at=received_at, is_demo=is_demo
            )
            stored = staged.store(submission_id)
            submissions.finish(connection, submission_id, rows_read=len(rows), rows_stored=stored.stored)
    return submission_id, stored


def submit_register(engine, kind, frame):
    """Import rows of a register; gives the submission_id and what was written."""
    with writing(engine) as connection:
        submission_id = submissions.begin(connection, kind=kind, received_from="wang")
        written = write_register(connection, kind, frame, submission_id)
        submissions.finish(
            connection,
            submission_id,
            rows_read=len(frame),
            rows_stored=written.added + written.changed,
            previous_state=written.previous_state,
        )
    return submission_id, written
