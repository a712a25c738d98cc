"""The county's roll-out of self-management, worked by hand."""

import pandas as pd

from models.roll_out import participation, schedule, services_owed, townships, villages_owed

TODAY = pd.Timestamp("2025-06-30")
VILLAGES = pd.DataFrame(
    [
        ["v1", "t1", "2023-05-01", 2000, 900, 600],
        ["v2", "t1", "2025-02-01", 1000, 450, 380],  # 40 % of 1,000 is fewer than 500: the two rules conflict
        ["v3", "t1", None, 800, None, None],
        ["v4", "t2", None, 700, None, None],
        ["v5", "t2", "2025-12-01", 700, None, None],  # to come
    ],
    columns=["village_id", "area_id", "started_on", "persons_on_record", "participants", "active_persons"],
)
VILLAGES["started_on"] = pd.to_datetime(VILLAGES.started_on)
VILLAGES[["participants", "active_persons"]] = VILLAGES[["participants", "active_persons"]].astype("float64")


def test_the_share_of_villages_is_held_against_each_years_milestone():
    rows = schedule(VILLAGES, {2024: 30.0, 2025: 60.0, 2026: 100.0}, TODAY)

    assert rows.actual.round(1).tolist()[:2] == [20.0, 40.0]  # one of five at the end of 2024, two today
    assert pd.isna(rows.actual.iloc[2])
    assert rows.is_past.tolist() == [True, False, False]
    assert villages_owed(VILLAGES, 60.0, TODAY) == 1  # three of five


def test_a_township_without_any_owes_its_first():
    rows = townships(VILLAGES, ["t1", "t2", "t3"], TODAY).set_index("area_id")

    assert rows.owes_first.to_dict() == {"t1": False, "t2": True, "t3": True}
    assert rows.begun.to_dict() == {"t1": 2, "t2": 0, "t3": 0}
    assert pd.isna(rows.at["t3", "share"])  # no villages listed: not nought percent


def test_both_rules_are_shown_where_the_share_is_fewer_people_than_the_floor():
    rows = participation(VILLAGES, TODAY, percent_on_record=40.0, active=500.0).set_index("village_id")

    assert rows.share.to_dict() == {"v1": 45.0, "v2": 45.0}
    assert rows.meets_share.tolist() == [True, True]
    assert rows.meets_active.tolist() == [True, False]
    assert rows.conflict.to_dict() == {"v1": False, "v2": True}


def test_departments_owe_what_they_do_not_offer_today():
    services = pd.DataFrame(
        [["health", None, None], ["health", "2026-01-01", None], ["civil", None, "2025-01-31"], ["other", None, None]],
        columns=["department_zh", "offered_from", "offered_to"],
    )
    for name in ("offered_from", "offered_to"):
        services[name] = pd.to_datetime(services[name])

    rows = services_owed(services, {"civil": 2.0, "health": 6.0}, TODAY)

    assert rows.values.tolist() == [["health", 6.0, 1, 5.0], ["civil", 2.0, 0, 2.0]]
