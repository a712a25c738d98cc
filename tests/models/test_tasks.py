"""Where work points stand: lamps on shares worked out by hand for the year 2026."""

from datetime import date

import numpy as np
import pandas as pd

from models.tasks import counts, over_time, stand

ON = date(2026, 11, 15)


def task(task_id, quantity=100.0, ends=date(2026, 12, 31), year=2026):
    return {"task_id": task_id, "quantity": quantity, "begins": date(year, 1, 1), "ends": ends}


def report(task_id, ends, done=np.nan, state="under_way"):
    return {"task_id": task_id, "period_ends": ends, "state": state, "quantity_done": done}


def standing(tasks, reports, on=ON):
    columns = ["task_id", "period_ends", "state", "quantity_done"]
    return stand(pd.DataFrame(tasks), pd.DataFrame(reports, columns=columns), on).set_index("task_id")


def test_even_progress_is_on_time_and_a_fifth_behind_it_is_not_yet_late():
    # 30 September is day 273 of 365: 74.8 % is due; 54.8 % done is a fifth behind, 54 % is more
    september = date(2026, 9, 30)
    found = standing([task("even"), task("edge"), task("late")], [
        report("even", september, 75), report("edge", september, 54.8), report("late", september, 54)
    ])  # fmt: skip

    assert found.loc["even", "share_due"] == 273 / 365
    assert found["lamp"].to_dict() == {"even": "on_time", "edge": "on_time", "late": "late"}


def test_what_was_due_by_june_and_is_not_done_is_overdue():
    june = date(2026, 6, 30)
    found = standing([task("half", ends=june), task("all", ends=june)], [
        report("half", date(2026, 10, 31), 50), report("all", date(2026, 10, 31), 100)
    ])  # fmt: skip

    assert found["lamp"].to_dict() == {"half": "overdue", "all": "done"}
    assert found.loc["half", "days_left"] == -138  # 30 June to 15 November


def test_without_a_report_for_a_quarter_a_task_is_silent_not_at_zero():
    # 15 November less 92 days is 15 August
    found = standing([task("never"), task("july"), task("august")], [
        report("july", date(2026, 7, 31), 70), report("august", date(2026, 8, 31), 70)
    ])  # fmt: skip

    assert found["lamp"].to_dict() == {"never": "silent", "july": "silent", "august": "on_time"}
    assert np.isnan(found.loc["never", "share_done"])


def test_a_task_without_a_quantity_is_done_when_it_is_said_to_be():
    found = standing([task("paper", np.nan), task("open", np.nan)], [
        report("paper", date(2026, 10, 31), state="done"), report("open", date(2026, 10, 31))
    ])  # fmt: skip

    assert found["lamp"].to_dict() == {"paper": "done", "open": "on_time"}


def test_what_has_not_begun_with_a_fifth_of_its_time_left_is_late():
    # from 15 November to 31 December are 46 days, less than a fifth (72.8) of the year
    found = standing([task("idle", np.nan)], [report("idle", date(2026, 10, 31), state="not_started")])

    assert found.loc["idle", "lamp"] == "late"


def test_next_years_task_is_not_due_and_a_stopped_one_is_nobodys_fault():
    found = standing([task("next", ends=date(2027, 12, 31), year=2027), task("off")], [
        report("off", date(2026, 3, 31), state="stopped")
    ])  # fmt: skip

    assert found["lamp"].to_dict() == {"next": "not_due", "off": "stopped"}


def test_departments_stand_in_the_order_of_their_trouble():
    found = standing([task("a"), task("b", ends=date(2026, 6, 30)), task("c")], [
        report("a", date(2026, 10, 31), 90), report("b", date(2026, 6, 30), 10), report("c", date(2026, 10, 31), 90)
    ])  # fmt: skip

    table = counts(found.reset_index(), pd.Series(["民政", "卫健", "民政"]))

    assert list(table.index) == ["卫健", "民政"]
    assert table.loc["卫健", ["overdue", "total"]].tolist() == [1, 1]
    assert table.loc["民政", "on_time"] == 2


def test_the_year_seen_month_by_month_uses_only_what_was_reported_by_then():
    tasks = pd.DataFrame([task("a", ends=date(2026, 6, 30))])
    reports = pd.DataFrame([report("a", date(2026, 3, 31), 50), report("a", date(2026, 7, 31), 100)])

    seen = over_time(tasks, reports, [date(2026, 3, 31), date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 31)])

    assert seen["on_time"].tolist() == [1, 1, 0, 0]
    assert seen["overdue"].tolist() == [0, 0, 1, 0]
    assert seen["done"].tolist() == [0, 0, 0, 1]
