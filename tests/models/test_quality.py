"""The quality of reports, on figures worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from models import quality


def report(area_id, period, value, *, subject="screening", time=None, months=1, stage="attended", kind="programme"):
    year, month = int(period[:4]), int(period[5:] or 12)
    return {
        "kind": kind,
        "subject": subject,
        "area_id": area_id,
        "period": period,
        "time": year - 1 + month / 12 if time is None else time,
        "months": months,
        "stage": stage,
        "value": value,
        "cases": value,
    }


def test_a_report_that_did_not_come_is_missing_and_a_nought_is_a_report():
    expected = pd.DataFrame([report("a", "2026-01", None), report("b", "2026-01", None)])
    found = quality.missing(expected, pd.DataFrame([report("a", "2026-01", 0.0)]))

    assert found[["area_id", "check"]].to_numpy().tolist() == [["b", "missing"]]
    assert found["value"].isna().all()


def test_a_month_has_fifteen_days_a_year_a_hundred_and_twenty():
    rows = pd.DataFrame(
        [report("a", "2026-02", 1), report("b", "2026-02", 1), report("c", "2025", 1, time=2025.0, months=12)]
    )
    came = pd.Series(pd.to_datetime(["2026-03-15", "2026-03-16", "2026-04-30"]))
    rows["days"] = quality.days_after(came, rows["time"])

    assert rows["days"].tolist() == [15, 16, 120]  # February 2026 has 28 days; January to April have 120
    assert quality.late(rows)["area_id"].tolist() == ["b"]
    assert quality.late(rows[rows["days"] < 16]).empty


def test_more_positives_than_people_screened_is_impossible():
    rows = pd.DataFrame([report("a", "2026-01", 1), report("b", "2026-01", 1), report("c", "2026-01", 1)])
    found = quality.impossible(rows.assign(part=[5.0, 11.0, 3.0], whole=[10.0, 10.0, np.nan]))

    assert found[["area_id", "value", "other"]].to_numpy().tolist() == [["b", 11.0, 10.0]]


def test_townships_that_all_reported_must_add_up_to_their_district():
    parents = pd.Series({"a1": "A", "a2": "A", "b1": "B", "b2": "B"})
    rows = [report("A", "2026-01", 100.0), report("a1", "2026-01", 60.0), report("a2", "2026-01", 30.0)]
    rows += [report("B", "2026-01", 100.0), report("b1", "2026-01", 60.0)]  # b2 is missing: nothing can be said

    found = quality.parts_against_whole(pd.DataFrame(rows), parents)

    assert found[["area_id", "value", "other"]].to_numpy().tolist() == [["A", 100.0, 90.0]]


def months_of(area_id, values):
    return [report(area_id, f"2026-{at + 1:02d}", value) for at, value in enumerate(values)]


def test_a_leap_is_a_jump_only_where_the_peers_did_not_leap_too():
    season = [1000.0, 1010.0, 1000.0, 2000.0, 2010.0, 2000.0, 1990.0]  # the campaign begins in April everywhere
    rows = [one for area in "abcdefghi" for one in months_of(area, season)]
    rows += months_of("z", [1000.0, 1010.0, 1000.0, 2000.0, 2010.0, 6000.0, 5970.0])

    found = quality.jumps(pd.DataFrame(rows), pd.Series("township", index=list("abcdefghiz")))

    assert found[["area_id", "period", "value", "other"]].to_numpy().tolist() == [["z", "2026-06", 6000.0, 2010.0]]


def test_three_cases_after_one_is_chance_and_a_gap_of_a_month_is_no_change():
    rows = [one for area in "abcdefghi" for one in months_of(area, [1.0, 1, 1, 1, 1, 1, 1])]
    rows += months_of("y", [1.0, 1, 1, 1, 1, 9, 1])  # 8 more is less than four times the root of 10
    far = months_of("z", [1.0, 1, 1, 1, 1, 1, 500])
    rows += [one for one in far if one["period"] != "2026-06"]

    assert quality.jumps(pd.DataFrame(rows), pd.Series("township", index=list("abcdefghiyz"))).empty


def tallied(**frames):
    """models.quality.tallies of frames whose rows all are of one programme; area_id stands for the group."""
    empty = pd.DataFrame(columns=["area_id", "days", "check", "value"])
    known = {"kind": "programme", "subject": "screening", "reporter": None}
    asked = {name: frames.get(name, empty).assign(**known) for name in ("due", "reports", "findings", "numbers")}
    found = quality.tallies(**asked)
    return found.assign(group=found["area_id"])


def test_half_of_the_counts_ending_in_nought_or_five_is_heaping_and_fifty_are_needed():
    values = [20 + at if at % 2 else 20 + 5 * (at // 2) for at in range(60)]  # every other one ends in 0 or 5
    values = [value + 1 if at % 2 and value % 5 == 0 else value for at, value in enumerate(values)]
    rows = pd.DataFrame({"area_id": "heaped", "value": [float(value) for value in values]})
    even = pd.DataFrame({"area_id": "counted", "value": [100.0 + at for at in range(100)]})  # 20 of 100, as expected
    few = pd.DataFrame({"area_id": "few", "value": [100.0] * 49})
    many = pd.DataFrame({"area_id": "many", "value": [100.0] * 2_200 + [101.0] * 7_800})  # 22 percent: p is 3e-7
    small = pd.DataFrame({"area_id": "heaped", "value": [5.0, 9.0, 20.5]})  # below ten, or no whole number

    found = quality.summarised(tallied(numbers=pd.concat([rows, even, few, many, small])))

    assert found.loc["heaped", ["figures", "share"]].tolist() == [60, 50.0]
    # 30 seen, 12 expected: chi-squared is 18 squared over 12 and over 48: 27 + 6.75 = 33.75, its root 5.81
    assert found.loc["heaped", "p"] == pytest.approx(3.1e-9, rel=0.05)
    assert found.loc["counted", "p"] == pytest.approx(0.5)
    assert found["is_heaped"].dropna().to_dict() == {"counted": False, "heaped": True, "many": False}


def test_the_guard_against_false_discoveries_takes_the_last_that_lies_under_the_line():
    # Four tests at 5 percent: the line is 0.0125, 0.025, 0.0375, 0.05; the third lies under it, and so the second stands.
    p = pd.Series({"a": 0.001, "b": 0.03, "c": 0.035, "d": 0.9})

    assert quality.passes(p, 0.05).to_dict() == {"a": True, "b": True, "c": True, "d": False}


def test_the_worst_have_most_findings_for_what_they_should_have_sent():
    due = pd.DataFrame({"area_id": ["a"] * 4 + ["b"] * 4})
    reports = pd.DataFrame({"area_id": ["a"] * 4 + ["b"] * 2, "days": [10.0, 20.0, np.nan, 30.0, 5.0, 8.0]})
    findings = pd.DataFrame({"area_id": ["a", "b", "b"], "check": ["late", "missing", "missing"]})

    found = quality.summarised(tallied(due=due, reports=reports, findings=findings))

    assert found.index.tolist() == ["b", "a"]
    assert found["trouble"].tolist() == [50.0, 25.0]
    assert found.loc["a", ["due", "reported", "timed", "days", "late"]].tolist() == [4, 4, 3, 20.0, 1]
    assert found.loc["b", "days"] == 6.5
