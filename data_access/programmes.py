"""Programmes in operation: what they are, whose turn it is, the counts of their steps, self-management in villages."""

import math
from collections.abc import Collection

import pandas as pd
from sqlalchemy import Engine, func, select

from data_access.delivery_tables import (
    points_services,
    programme_counts,
    programme_rota,
    programme_states,
    programmes,
    selfcare_villages,
)
from data_access.frames import DATE, MOMENT, among, read_frame
from data_access.tables import submissions

PROGRAMMES = {
    "programme_id": "str",
    "name_zh": "str",
    "name_en": "str",
    "area_id": "str",
    "plan_id": "str",
    "plan_programme_id": "str",
    "kind": "str",
    "sex": "str",
    "age_min": "float64",
    "age_max": "float64",
    "eligibility_zh": "str",
    "cycle_months": "Int64",
    "first_month": "int64",
    "first_year": "Int64",
    "counted": "str",
    "person_rule": "str",
    "report_every": "str",
    "stages": "str",
    "coverage_target_percent": "float64",
    "quota_count": "float64",
    "delivered_by_zh": "str",
    "indicator_id": "str",
    "numerator_stage": "str",
    "denominator_stage": "str",
    "started_on": DATE,
    "ended_on": DATE,
}
ROTA = {"programme_id": "str", "area_id": "str", "year_due": "int64", "batch": "Int64"}
COUNTS = {
    "programme_id": "str",
    "area_id": "str",
    "period": "str",
    "time": "float64",
    "stage": "str",
    "value": "float64",
    "status": "str",
    "is_questioned": "bool",
    "note": "str",
}
KEPT_ASIDE = {
    "area_id": "str",
    "period": "str",
    "stage": "str",
    "value": "float64",
    "certified_value": "float64",
    "submission_id": "int64",
    "received_at": MOMENT,
}
VILLAGES = {
    "village_id": "str",
    "name_zh": "str",
    "name_en": "str",
    "area_id": "str",
    "started_on": DATE,
    "persons_on_record": "float64",
    "participants": "float64",
    "active_persons": "float64",
    "counted_on": DATE,
}
POINTS_SERVICES = {
    "service_id": "str",
    "plan_id": "str",
    "department_zh": "str",
    "area_id": "str",
    "name_zh": "str",
    "name_en": "str",
    "offered_from": DATE,
    "offered_to": DATE,
}
LAST_REPORTS = {"programme_id": "str", "period": "str", "changed_by": "int64", "received_at": MOMENT}


def read_programmes(engine: Engine) -> pd.DataFrame:
    """Every programme, ordered by its id: columns and types of PROGRAMMES. stages are joined with ;"""
    return read_frame(
        engine, select(*(programmes.c[name] for name in PROGRAMMES)).order_by(programmes.c.programme_id), PROGRAMMES
    )


def read_rota(engine: Engine, programme_id: str | None = None) -> pd.DataFrame:
    """Whose turn it is (in one programme), in the order of areas and years: columns and types of ROTA."""
    table = programme_rota.c
    query = select(*(table[name] for name in ROTA)).order_by(table.programme_id, table.area_id, table.year_due)
    if programme_id is not None:
        query = query.where(table.programme_id == programme_id)
    return read_frame(engine, query, ROTA)


def read_counts(
    engine: Engine,
    programme_ids: Collection[str],
    *,
    after: float | None = None,
    until: float | None = None,
    area_ids: Collection[str] | None = None,
    stages: Collection[str] | None = None,
) -> pd.DataFrame:
    """The counts in force: columns and types of COUNTS, in no order. Missing is no row, never zero.

    after, until: periods that end later than after and no later than until (calendar years at the period's end).
    """
    table = programme_counts.c
    query = select(*(table[name] for name in COUNTS)).where(
        among(table.programme_id, programme_ids), table.superseded_by.is_(None)
    )
    if after is not None:  # the year at the head of the period leads through the index, the time picks within it
        query = query.where(table.time > after + 1e-6, table.period >= str(math.floor(after) + 1))
    if until is not None:
        query = query.where(table.time <= until + 1e-6, table.period < str(math.ceil(until - 1e-6) + 1))
    if area_ids is not None:
        query = query.where(among(table.area_id, area_ids))
    if stages is not None:
        query = query.where(table.stage.in_(list(stages)))
    return read_frame(engine, query, COUNTS)


def read_sums(engine: Engine, programme_id: str, area_ids: Collection[str], *, until: float) -> pd.DataFrame:
    """A programme's counts in force of all periods up to a calendar year, added up: area_id, stage, value."""
    table = programme_counts.c
    query = (
        select(table.area_id, table.stage, func.sum(table.value).label("value"))
        .where(table.programme_id == programme_id, table.superseded_by.is_(None), among(table.area_id, area_ids))
        .where(table.time <= until + 1e-6, table.period < str(math.ceil(until - 1e-6) + 1))
        .group_by(table.area_id, table.stage)
    )
    return read_frame(engine, query, {"area_id": "str", "stage": "str", "value": "float64"})


def read_periods(engine: Engine, programme_id: str) -> list[str]:
    """The periods that any count of a programme is for, newest first."""
    table = programme_counts.c
    query = select(table.period).where(table.programme_id == programme_id, table.superseded_by.is_(None)).distinct()
    with engine.connect() as connection:
        return sorted(connection.scalars(query), reverse=True)


def read_kept_aside(engine: Engine, programme_id: str) -> pd.DataFrame:
    """Counts that were reported against a certified one and do not stand: columns and types of KEPT_ASIDE."""
    aside, standing = programme_counts.alias("aside").c, programme_counts.alias("standing").c
    query = (
        select(
            aside.area_id,
            aside.period,
            aside.stage,
            aside.value,
            standing.value.label("certified_value"),
            aside.submission_id,
            submissions.c.received_at,
        )
        .join(
            standing.value.table,
            (standing.programme_id == aside.programme_id)
            & (standing.area_id == aside.area_id)
            & (standing.period == aside.period)
            & (standing.stage == aside.stage)
            & standing.superseded_by.is_(None),
        )
        .join(submissions, submissions.c.submission_id == aside.submission_id)
        .where(
            aside.programme_id == programme_id,
            aside.superseded_by == aside.submission_id,
            standing.status == "certified",
            standing.value != aside.value,
            submissions.c.undone_by.is_(None),
        )
        .order_by(aside.count_id.desc())
    )
    return read_frame(engine, query, KEPT_ASIDE)


def read_last_reports(engine: Engine) -> pd.DataFrame:
    """Of each programme with counts: the newest period, and the submission that changed them last: columns of LAST_REPORTS."""
    table = programme_counts.c
    newest = (
        select(func.max(table.period))
        .where(table.programme_id == programme_states.c.programme_id, table.superseded_by.is_(None))
        .scalar_subquery()
    )
    query = select(
        programme_states.c.programme_id,
        newest.label("period"),
        programme_states.c.changed_by,
        submissions.c.received_at,
    ).join(submissions, submissions.c.submission_id == programme_states.c.changed_by)
    return read_frame(engine, query, LAST_REPORTS)


def read_villages(engine: Engine) -> pd.DataFrame:
    """Villages and communities, with and without self-management: columns and types of VILLAGES."""
    query = select(*(selfcare_villages.c[name] for name in VILLAGES)).order_by(selfcare_villages.c.village_id)
    return read_frame(engine, query, VILLAGES)


def read_points_services(engine: Engine) -> pd.DataFrame:
    """What health points can be exchanged for: columns and types of POINTS_SERVICES."""
    query = select(*(points_services.c[name] for name in POINTS_SERVICES)).order_by(points_services.c.service_id)
    return read_frame(engine, query, POINTS_SERVICES)
