"""Service standards on seven facilities of two districts, counted by hand."""

from datetime import date

import numpy as np
import pandas as pd

from models.services import judge

ON = date(2026, 11, 15)
PLACES = pd.DataFrame({"area_id": ["1506", "A", "B"], "level": ["prefecture", "county", "county"]})
PERSONS = pd.Series({"1506": 10_000.0, "A": 6_000.0, "B": 4_000.0})


def facility(district, kind, services=None, beds=np.nan, staff=np.nan, grade=None, closed=None, doctors=np.nan):
    return {
        "group_id": district,
        "facility_type": kind,
        "grade": grade,
        "services": services,
        "beds": beds,
        "staff": staff,
        "doctors": doctors,
        "nurses": np.nan,
        "opened": None,
        "closed": closed,
    }


FACILITIES = pd.DataFrame(
    [
        facility("A", "township_hospital", "tcm_hall;palliative_care", beds=10, staff=20),
        facility("A", "township_hospital", "tcm_hall", beds=10, staff=10),
        facility("A", "township_hospital", "tcm_hall", closed="2026-01-01", beds=99, staff=99),
        facility("B", "township_hospital", "family_doctor", beds=5, staff=5),
        facility("B", "township_hospital", None, beds=5, staff=5),  # lists nothing: it may have a hall
        facility("B", "hospital", "geriatric_ward", staff=20, grade="二级甲等"),  # beds not reported
        facility("A", "hospital", "platform_connected", beds=50, staff=40, grade="三级乙等"),
    ]
)
for name in ("opened", "closed"):
    FACILITIES[name] = pd.to_datetime(FACILITIES[name])


def standard(value, basis, types="township_hospital", service="", grades="", year=pd.NA):
    names = ("value", "basis", "facility_types", "service", "grades", "year")
    return dict(zip(names, (float(value), basis, types, service, grades, year), strict=True))


def judged(*standards):
    found = judge(pd.DataFrame(standards), FACILITIES, PLACES, PERSONS, ON)
    return found.set_index(["rule", "area_id"])


def test_a_share_is_of_the_open_facilities_and_one_that_lists_no_services_leaves_it_open():
    found = judged(standard(70, "share", service="tcm_hall"))

    # 2 of the 4 open township hospitals have a hall; a third may have one: 50 to 75 percent.
    assert found.loc[(0, "1506"), ["part", "whole", "actual", "most", "unknown"]].tolist() == [2, 4, 50, 75, 1]
    assert found["state"].tolist() == ["open", "met", "short"]  # the whole, A with 2 of 2, B with at most 1 of 2
    assert found.loc[(0, "B"), "actual"] == 0.0


def test_a_standard_of_a_year_to_come_is_not_yet_due_but_may_be_met():
    found = judged(standard(80, "share", service="tcm_hall", year=2030))

    assert found["state"].tolist() == ["not_yet", "met", "not_yet"]


def test_without_doctors_in_the_register_too_few_staff_is_a_finding_and_enough_is_none():
    found = judged(standard(9, "doctors_per_1000", types=""), standard(12, "doctors_per_1000", types=""))

    # 100 staff for 10,000 people: 10 per 1,000; A 70 for 6,000: 11.67; B 30 for 4,000: 7.5.
    assert found["actual"].round(2).tolist() == [10.0, 11.67, 7.5] * 2
    assert found["state"].tolist() == ["open", "open", "short", "short", "short", "short"]
    assert found["least"].tolist() == [0.0] * 6


def test_doctors_that_are_known_meet_a_standard_and_staff_of_the_others_may_be_doctors():
    known = FACILITIES.assign(doctors=[8.0, 4.0, 50.0, np.nan, 1.0, 9.0, 22.0])  # one hospital of B does not say, of 5
    rules = pd.DataFrame([standard(value, "doctors_per_1000", types="") for value in (4.4, 4.6, 4.95)])

    found = judge(rules, known, PLACES, PERSONS, ON).set_index(["rule", "area_id"])

    # 8 + 4 + 1 + 9 + 22 = 44 of 10,000 people; with the five who may be: 49. A: 34 of 6,000 exactly, 5.67.
    assert found.loc[(0, "1506"), ["part", "actual", "least", "most", "unknown"]].tolist() == [44, 4.4, 4.4, 4.9, 1]
    assert found.xs("1506", level="area_id")["state"].tolist() == ["met", "open", "short"]
    assert found.loc[(0, "A"), ["actual", "most"]].round(2).tolist() == [5.67, 5.67]


def test_beds_not_reported_are_unknown_beds_not_none():
    found = judged(standard(5, "beds_per_1000", types="hospital;township_hospital"))

    # A: 70 beds for 6,000 people, 11.7 per 1,000, is enough. B: 10 for 4,000, 2.5, and a hospital that does not say.
    assert found.loc[(0, "A"), "state"] == "met"
    assert found.loc[(0, "B"), ["actual", "unknown", "state"]].tolist() == [2.5, 1, "open"]


def test_each_district_must_have_one_of_the_grade():
    found = judged(standard(1, "number_in_each_district", types="hospital", grades="三级"))

    assert found["state"].to_dict() == {(0, "A"): "met", (0, "B"): "short"}


def test_a_kind_the_register_does_not_list_and_a_service_nobody_lists_cannot_be_told():
    found = judged(
        standard(1, "number", types="tcm_hospital"),
        standard(50, "share", types="hospital", service="geriatric_department"),
    )

    assert set(found["state"]) == {"no_register"}
    assert found["actual"].isna().all()
