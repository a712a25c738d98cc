"""What was worked out as reports came in: read by pages, written anew by workflows.summaries."""

from collections.abc import Collection, Iterable
from datetime import date

import pandas as pd
from sqlalchemy import Connection, Engine, and_, delete, func, insert, or_, select, tuple_, update

from data_access.delivery_tables import programme_counts, programme_states
from data_access.engine import copy_rows
from data_access.frames import DATE, among, read_frame, rows_of
from data_access.submissions import DERIVED
from data_access.summary_tables import (
    programme_summaries,
    quality_findings,
    quality_subjects,
    quality_tallies,
    quality_totals,
)
from data_access.tables import observations, submissions

SUMMARIES = {
    "programme_id": "str",
    "area_id": "str",
    "counts_by": "int64",
    "registers_by": "int64",
    "coverage": "float64",
    "expected_share": "float64",
    "worst": "str",
    "shortfall": "float64",
    "units": "int64",
    "units_reported": "int64",
}
SUBJECTS = {"kind": "str", "subject": "str", "worked_out_by": "int64", "worked_out_on": DATE, "holds_until": DATE}
TOTALS = {"area_id": "str", "reporter": "str", "measure": "str", "days": "int64", "number": "int64"}
TALLIES = {"kind": "str", "subject": "str", **TOTALS}
FINDINGS = {
    "kind": "str",
    "subject": "str",
    "area_id": "str",
    "district": "str",
    "period": "str",
    "end_month": "int64",
    "stage": "str",
    "check": "str",
    "value": "float64",
    "other": "float64",
    "reporter": "str",
}
_found = quality_findings.c


def newest_of(engine: Engine, kinds: Collection[str]) -> int:
    """The newest submission of some kinds or that took one of them back; 0 before the first."""
    of = submissions.c
    undone = select(of.submission_id).where(of.kind.in_(kinds)).scalar_subquery()
    query = select(func.max(of.submission_id)).where(or_(of.kind.in_(kinds), of.undoes.in_(undone)))
    with engine.connect() as connection:
        return connection.scalar(query) or 0


# Programmes ---------------------------------------------------------------------------------------------------------


def read_programme_summaries(engine: Engine) -> pd.DataFrame:
    """Every summary of a programme in an area: columns and types of SUMMARIES."""
    return read_frame(engine, select(*(programme_summaries.c[name] for name in SUMMARIES)), SUMMARIES)


def read_states(engine: Engine) -> dict[str, int]:
    """programme_id -> the submission that changed its counts last."""
    with engine.connect() as connection:
        rows = connection.execute(select(programme_states.c.programme_id, programme_states.c.changed_by))
        return {row.programme_id: row.changed_by for row in rows}


def write_programme_summaries(connection: Connection, programme_ids: Collection[str], rows: Iterable[dict]) -> None:
    """Put rows (the columns of SUMMARIES) in the place of what is there of some programmes."""
    connection.execute(delete(programme_summaries).where(among(programme_summaries.c.programme_id, programme_ids)))
    if rows := list(rows):
        connection.execute(insert(programme_summaries), rows)


# Quality ------------------------------------------------------------------------------------------------------------


def read_subjects(engine: Engine) -> pd.DataFrame:
    """What is known of the quality of which indicators and programmes: columns and types of SUBJECTS."""
    return read_frame(engine, select(*(quality_subjects.c[name] for name in SUBJECTS)), SUBJECTS)


def subjects_changed(engine: Engine, after: int) -> set[tuple[str, str]]:
    """(kind, subject) of which other reports stand than after a submission: indicators and programmes."""
    ledger, counts, states, of = observations.c, programme_counts.c, programme_states.c, submissions.c
    with engine.connect() as connection:
        replacing = or_(of.undoes.is_not(None), of.kind == DERIVED)
        last = connection.scalar(select(func.max(of.submission_id)).where(replacing)) or 0
        stated = and_(ledger.stated_by > after, ledger.superseded_by.is_(None))
        # what was taken back or gave way to a derived figure stands under no index: looked for only after such a thing
        changed = or_(stated, ledger.submission_id > after, ledger.superseded_by > after) if last > after else stated
        typed = select(ledger.indicator_id).join(submissions, of.submission_id == ledger.stated_by)
        indicators = connection.scalars(typed.where(changed, of.kind != DERIVED).distinct()).all()
        own = select(counts.programme_id).where(counts.stated_by > after, counts.superseded_by.is_(None)).distinct()
        programmes = {
            *connection.scalars(own),
            *connection.scalars(select(states.programme_id).where(states.changed_by > after)),
        }
    return {("indicator", one) for one in indicators} | {("programme", one) for one in programmes}


def subjects_reported(engine: Engine) -> set[tuple[str, str]]:
    """(kind, subject) of everything that was typed or counted and stands."""
    ledger, counts = observations.c, programme_counts.c
    typed = (
        select(ledger.indicator_id)
        .join(submissions, submissions.c.submission_id == ledger.stated_by)
        .where(ledger.superseded_by.is_(None), submissions.c.kind != DERIVED)
        .distinct()
    )
    with engine.connect() as connection:
        found = {("indicator", one) for one in connection.scalars(typed)}
        counted = select(counts.programme_id).where(counts.superseded_by.is_(None)).distinct()
        return found | {("programme", one) for one in connection.scalars(counted)}


def write_quality(
    connection: Connection, subjects: Collection[tuple[str, str]], tallies: pd.DataFrame, findings: pd.DataFrame
) -> None:
    """Put tallies (TALLIES) and findings (FINDINGS) in the place of what is there of some subjects."""
    for table, types, rows in ((quality_tallies, TALLIES, tallies), (quality_findings, FINDINGS, findings)):
        connection.execute(delete(table).where(tuple_(table.c.kind, table.c.subject).in_(list(subjects))))
        if len(rows):
            copy_rows(connection, table, types, rows_of(rows[list(types)]))


def write_state(
    connection: Connection,
    looked_at: Collection[tuple[str, str]],
    known: dict[tuple[str, str], date],
    by: int,
    on: date,
) -> None:
    """Say of which subjects among those looked at something is known, and until when it holds; and add everything up."""
    own = quality_subjects.c
    connection.execute(update(quality_subjects).values(worked_out_by=by))
    connection.execute(delete(quality_subjects).where(tuple_(own.kind, own.subject).in_(list(looked_at))))
    rows = [
        {"kind": kind, "subject": subject, "worked_out_by": by, "worked_out_on": on, "holds_until": until}
        for (kind, subject), until in known.items()
    ]
    if rows:
        connection.execute(insert(quality_subjects), rows)
    of = quality_tallies.c
    key = [of.area_id, of.reporter, of.measure, of.days]
    sums = select(*key, func.sum(of.number)).group_by(*key)
    connection.execute(delete(quality_totals))
    connection.execute(insert(quality_totals).from_select([*(one.name for one in key), "number"], sums))


def read_totals(engine: Engine) -> pd.DataFrame:
    """How many reports and findings of each measure there are: columns and types of TOTALS, in no order."""
    return read_frame(engine, select(*(quality_totals.c[name] for name in TOTALS)), TOTALS)


def _of(area_ids: Collection[str] | None, check: str, reporter: str) -> list:
    conditions = [] if area_ids is None else [among(_found.area_id, area_ids)]
    conditions += [_found.check == check] if check else []
    return conditions + ([_found.reporter == reporter] if reporter else [])


def count_findings(engine: Engine, area_ids: Collection[str] | None, *, check: str = "", reporter: str = "") -> int:
    """How many findings there are in some areas (None: all), of one check and sender ("": all)."""
    query = select(func.count()).select_from(quality_findings).where(*_of(area_ids, check, reporter))
    with engine.connect() as connection:
        return connection.scalar(query)


def read_findings(
    engine: Engine,
    area_ids: Collection[str] | None,
    *,
    check: str = "",
    reporter: str = "",
    start: int = 0,
    number: int | None = None,
) -> pd.DataFrame:
    """The findings of the same choice, newest period first, from one on: columns and types of FINDINGS."""
    order = (_found.end_month.desc(), _found.district, _found.subject, _found.finding_id)
    query = select(*(_found[name] for name in FINDINGS)).where(*_of(area_ids, check, reporter)).order_by(*order)
    return read_frame(engine, query.offset(start).limit(number), FINDINGS)
