"""Adjustments of the demo, made through the workflow by its two analysts: past ones, one in force, one that waits."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Engine

from data_access import accounts
from data_access.adjustments import read_adjustments
from data_access.submissions import OFFICE_TIME
from workflows import adjusting
from workflows.adjusting import Person, Reason

Say = Callable[[str], None]
ANALYST_A, ANALYST_B = ("demo-analyst-a", "分析员甲"), ("demo-analyst-b", "分析员乙")
TERM = timedelta(days=340)  # a past one is over by the review of the year after
BANNERS = ("150602", "150603", "150621", "150622", "150623", "150624", "150625", "150626", "150627")
# indicator, kind, parameters, reason; each for every banner that it fits
PAST = (
    ("health_literacy_rate", "best_quarter", {}, "policy_change", "健康知识进万家活动铺开，各旗区可望达到较好旗区的速度。"),
    (
        "regular_exercise_rate",
        "growth",
        {"rate": 1.5, "unit": "percent", "towards_goal": True},
        "new_service",
        "社区健身步道陆续建成，经常锻炼人数应稳步增加。",
    ),
    ("diabetes_awareness_rate", "parent", {}, "local_knowledge", "糖尿病防治宣教由全市统一组织，各旗区应与全市同步。"),
)  # fmt: skip
IN_FORCE = (
    ("hypertension_awareness_rate", "150602"), "policy", {"begins": 2027, "share": 0.5}, "policy_change",
    "二〇二七年起基层首诊测血压全覆盖，预计到二〇三〇年缩小一半差距。",
)  # fmt: skip
WAITING = (
    ("cancer_knowledge_awareness_rate", "150602"), "parent", {}, "local_knowledge",
    "癌症防治宣讲由全市统一组织，东胜区今后应与全市同步。",
)  # fmt: skip


def add_past(engine: Engine, plan_id: str, day: date, say: Say) -> None:
    """Batches made after the review of the year before, approved by the other analyst and over by now.

    The figures that came since tell what they were worth.
    """
    if len(read_adjustments(engine)):
        return
    one, other = _people(engine)
    made = 0
    for indicator_id, kind, parameters, code, text in PAST:
        series = [(indicator_id, banner) for banner in BANNERS]
        told, _fitting = adjusting.preview_bulk(engine, plan_id, series, kind, parameters)
        fits = told.loc[told["fits"], ["indicator_id", "area_id"]].itertuples(index=False, name=None)
        reason, at = Reason(code, text, day + TERM), _noon(day + timedelta(days=2))
        saved = adjusting.save_bulk(engine, one, plan_id, fits, kind, parameters, reason, at=at, is_demo=True)
        adjusting.submit(engine, one, saved["seen"], at=at)
        batch = adjusting.seen_batch(engine, saved["batch_id"])
        adjusting.approve(engine, other, batch, at=_noon(day + timedelta(days=4)), renew=_not_now)
        made, one, other = made + len(batch), other, one
    say(f"往年研判 {made} 项已记入（演示）。")


def add_present(engine: Engine, plan_id: str, day: date, say: Say) -> None:
    """One in force on the day of the review, which has to be made after it, and one that waits for approval."""
    if (read_adjustments(engine)["created_at"].dt.date > day - timedelta(days=30)).any():
        return
    one, other = _people(engine)
    for (series, kind, parameters, code, text), is_approved in ((IN_FORCE, True), (WAITING, False)):
        wanted = adjusting.preview(engine, plan_id, *series, kind, parameters)
        at = _noon(day - timedelta(days=5))
        seen = adjusting.save_draft(engine, one, wanted, Reason(code, text), at=at, is_demo=True)
        number = seen["adjustment_id"]
        adjusting.submit(engine, one, {number: seen["revision"]}, at=at)
        if is_approved:
            at = _noon(day - timedelta(days=3))
            adjusting.approve(engine, other, {number: seen["revision"] + 1}, at=at, renew=_not_now)
    say("研判 2 项已记入：1 项生效，1 项待审批（演示）。")


def _people(engine: Engine) -> tuple[Person, Person]:
    with engine.connect() as connection:
        known = {login: accounts.find_account(connection, login) for login, _name in (ANALYST_A, ANALYST_B)}
    return tuple(
        Person(login, name, known[login].account_id if known[login] else None) for login, name in (ANALYST_A, ANALYST_B)
    )


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), OFFICE_TIME).astimezone(UTC)


def _not_now(_plan_id: str, _day: date) -> None:
    """The demo judges when all of it is there."""
