"""The way of an adjustment: made by one, approved by another, in force from its day to its last, undone step by step."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from data_access import adjustments as store
from data_access import judgements
from data_access.engine import writing
from data_access.errors import InputError
from tests.workflows.test_judge_plan import PLAN, planned, submit  # noqa: F401
from workflows import adjusting
from workflows.adjusting import DraftChanged, Person, Reason, preview
from workflows.judging import judge_plan

LI, WANG = Person("li", "李分析"), Person("wang", "王主任")
SUMMER, AUTUMN, WINTER = date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)
JULY, AUGUST = datetime(2026, 7, 1, 4, tzinfo=UTC), datetime(2026, 8, 1, 4, tzinfo=UTC)
SERIES = ("literacy", "150602")
WHY = Reason("policy_change", "二〇二七年起学校开设健康课", date(2099, 6, 30))
NOT_NOW = {"renew": lambda plan_id, day: None}


def noon(*day) -> datetime:
    return datetime(*day, 4, tzinfo=UTC)


@pytest.fixture
def judged(planned):  # noqa: F811
    """The test plan as judged in summer: Dongsheng at 25 % in 2025, 30 % asked by 2030."""
    judge_plan(planned, PLAN, as_of=SUMMER)
    return planned


def typed(engine, value=40, series=SERIES):
    return preview(engine, PLAN, *series, "typed", {"medians": {"2030": str(value)}})


def draft(engine, value=40, by=LI, at=JULY, reason=WHY) -> int:
    return adjusting.save_draft(engine, by, typed(engine, value), reason, at=at)["adjustment_id"]


def seen(engine, *ids) -> dict[int, int]:
    found = store.read_adjustments(engine, ids=ids)
    return dict(zip(found["adjustment_id"].tolist(), found["revision"].tolist(), strict=True))


def approved(engine, value=40, at=AUGUST, reason=WHY) -> int:
    number = draft(engine, value, reason=reason)
    adjusting.submit(engine, LI, seen(engine, number), at=noon(2026, 7, 2))
    adjusting.approve(engine, WANG, seen(engine, number), at=at, **NOT_NOW)
    return number


def state(engine, number) -> str:
    return store.read_adjustments(engine, ids=[number])["state"].iloc[0]


def dongsheng(engine, day) -> pd.Series:
    facts = judge_plan(engine, PLAN, as_of=day)
    return judgements.read_marks(engine, facts["run_id"]).set_index("area_id").loc["150602"]


def test_a_preview_says_of_the_model_what_the_review_says(judged):
    one = typed(judged, 40)

    assert one.p_miss_model == dongsheng(judged, SUMMER).p_miss
    assert one.p_miss_adjusted < one.p_miss_model
    assert one.adjusted.set_index("time").loc[2030, "q500"] == pytest.approx(40)
    assert one.model["time"].tolist() == [2026, 2027, 2028, 2029, 2030]


def test_what_cannot_be_done_is_said_in_words(judged):
    for kind, parameters, said in (
        ("typed", {"medians": {"2030": 120}}, "2030 年的 120 高于该指标的上限 100"),
        ("typed", {"medians": {}}, "没有填写任何年份"),
        ("typed", {"medians": {"2030": "许多"}}, "2030 年的预测值“许多”不是数字"),
        ("growth", {"rate": 60}, "高于该指标的上限 100"),
        ("growth", {"rate": 1, "unit": "furlongs"}, "furlongs"),
        ("policy", {"begins": 2031, "share": 0.5}, "早于目标年份（2030 年）"),
        ("policy", {"begins": 2027, "share": 1.5}, "大于 0、不超过 1"),
        ("best_quarter", {}, "没有“前四分之一”可言"),
        ("shock", {"years": {"2019": 0}}, "2019 年没有数据"),
        ("member", {"member": "prophet"}, "没有“prophet”这种方法"),
        ("wish", {}, "没有“wish”这种研判方式"),
    ):
        with pytest.raises(InputError, match=said):
            preview(judged, PLAN, *SERIES, kind, parameters)


def test_every_kind_gives_a_fan_of_the_same_years(judged):
    asked = {"growth": {"rate": 2}, "hold": {}, "parent": {}, "shock": {"years": {"2022": 0, "2021": 0.5}}}
    asked |= {"member": {"member": "last_value"}, "policy": {"begins": 2026, "share": 0.5}}
    low = preview(judged, PLAN, *SERIES, "hold", {}).adjusted
    assert low["q500"].tolist() == pytest.approx([25] * 5)

    for kind, parameters in asked.items():
        try:
            one = preview(judged, PLAN, *SERIES, kind, parameters)
        except InputError as error:
            assert kind == "policy" and "没有差距" in str(error)  # the model reaches 30 % by itself
            continue
        assert one.adjusted["time"].tolist() == one.model["time"].tolist()


def test_without_a_reason_nothing_is_stored(judged):
    for reason, said in (
        (Reason("policy_change", "  "), "请写明理由"),
        (Reason("", "学校开设健康课"), "请选择研判理由：政策措施变化"),
        (Reason("other", "学校开设健康课", date(2026, 6, 1)), "早于今天"),
    ):
        with pytest.raises(InputError, match=said):
            draft(judged, reason=reason)

    assert store.read_adjustments(judged).empty


def test_a_reason_is_kept_as_it_reads_without_signs_that_nobody_sees(judged):
    number = draft(judged, reason=Reason("other", "学校\x00开设\u202e健康课\n依据见附件", date(2099, 6, 30)))

    assert store.read_adjustments(judged, ids=[number])["reason_text"].tolist() == ["学校开设健康课\n依据见附件"]


def test_a_bureau_words_its_own_reasons_and_takes_others_out_of_use(judged):
    with writing(judged) as connection:
        store.write_reason(connection, "epidemic", "疫情影响", "Epidemic", 5)
        store.write_reason(connection, "other", "其他", "Other", 70, is_offered=False)

    assert store.read_reasons(judged)["reason_code"].iloc[0] == "epidemic"
    with pytest.raises(InputError, match="疫情影响"):
        draft(judged, reason=Reason("other", "学校开设健康课"))


def test_nobody_approves_their_own(judged):
    number = draft(judged)
    adjusting.submit(judged, LI, seen(judged, number), at=noon(2026, 7, 2))

    with pytest.raises(InputError, match="须由另一人审批"):
        adjusting.approve(judged, LI, seen(judged, number), at=noon(2026, 8, 1), **NOT_NOW)
    assert state(judged, number) == "submitted"


def test_two_analysts_drafts_on_one_series_stand_side_by_side(judged):
    first, second = draft(judged, 40), draft(judged, 35, by=WANG)

    assert store.read_adjustments(judged, indicator_id="literacy")["author"].tolist() == ["wang", "li"]
    with pytest.raises(InputError, match="第 1 号草稿是李分析的"):
        adjusting.save_draft(judged, WANG, typed(judged, 36), WHY, adjustment_id=first, revision=1)
    assert state(judged, second) == "draft"


def test_saving_over_a_draft_that_was_changed_meanwhile_keeps_both_texts(judged):
    number = draft(judged, 40)
    adjusting.save_draft(judged, LI, typed(judged, 41), WHY, adjustment_id=number, revision=1)

    with pytest.raises(DraftChanged, match=r"没有被覆盖；您的内容已另存为第 2 号草稿") as refused:
        adjusting.save_draft(judged, LI, typed(judged, 42), WHY, adjustment_id=number, revision=1)
    found = store.read_adjustments(judged).set_index("adjustment_id")["parameters"]
    assert found.to_dict() == {1: {"medians": {"2030": 41.0}}, 2: {"medians": {"2030": 42.0}}}
    assert refused.value.kept_id == 2
    saved = store.read_events(judged, number)["content"]
    assert [text["parameters"]["medians"]["2030"] for text in saved] == [40.0, 41.0]  # the first text is not lost


def test_who_decides_must_have_seen_the_newest_text(judged):
    number = draft(judged)
    old = seen(judged, number)
    adjusting.save_draft(judged, LI, typed(judged, 45), WHY, adjustment_id=number, revision=1)

    with pytest.raises(InputError, match="在您打开之后已有变动"):
        adjusting.submit(judged, LI, old)


def test_a_returned_draft_is_mended_and_handed_in_again(judged):
    number = draft(judged)
    adjusting.submit(judged, LI, seen(judged, number))
    with pytest.raises(InputError, match="请写明退回的理由"):
        adjusting.give_back(judged, WANG, seen(judged, number), note=" ")
    adjusting.give_back(judged, WANG, seen(judged, number), note="依据不足")
    revision = seen(judged, number)[number]
    adjusting.save_draft(judged, LI, typed(judged, 33), WHY, adjustment_id=number, revision=revision)
    adjusting.submit(judged, LI, seen(judged, number))

    events = store.read_events(judged, number)
    assert events["step"].tolist() == ["saved", "submitted", "returned", "saved", "submitted"]
    assert events["note"].tolist()[2] == "依据不足"


def test_an_approval_replaces_the_one_before_and_undoing_it_brings_that_back(judged):
    first, second = approved(judged, 40), approved(judged, 35, at=noon(2026, 8, 5))
    assert (state(judged, first), state(judged, second)) == ("replaced", "approved")

    with pytest.raises(InputError, match="只能由本人撤销"):
        adjusting.undo(judged, LI, seen(judged, second), **NOT_NOW)
    adjusting.undo(judged, WANG, seen(judged, second), at=noon(2026, 8, 6), **NOT_NOW)

    assert (state(judged, first), state(judged, second)) == ("approved", "submitted")
    assert adjusting.in_force(judged, date(2026, 8, 5))["adjustment_id"].tolist() == [second]  # as it was then
    assert adjusting.in_force(judged, date(2026, 8, 6))["adjustment_id"].tolist() == [first]


def test_what_was_in_force_is_not_rewritten(judged):
    number = approved(judged)
    adjusting.undo(judged, WANG, seen(judged, number), at=noon(2026, 8, 2), **NOT_NOW)
    adjusting.give_back(judged, WANG, seen(judged, number), note="重写")

    with pytest.raises(InputError, match="曾经生效"):
        adjusting.save_draft(
            judged, LI, typed(judged, 33), WHY, adjustment_id=number, revision=seen(judged, number)[number]
        )


def test_an_adjustment_in_force_shows_in_the_review_beside_the_model(judged):
    before = dongsheng(judged, AUTUMN)
    number = approved(judged, 26)
    after = dongsheng(judged, AUTUMN)
    fans = judgements.read_forecasts(judged, judge_plan(judged, PLAN, as_of=AUTUMN)["run_id"], version=None)
    at_2030 = fans[(fans.area_id == "150602") & (fans.time == 2030)].set_index("version")

    assert (before.forecast_version, after.forecast_version) == ("model", "adjusted")
    assert after.p_miss_model == pytest.approx(before.p_miss)
    assert after.p_miss == pytest.approx(store.read_adjustments(judged, ids=[number])["p_miss_adjusted"].iloc[0])
    assert after.p_miss > before.p_miss
    assert "研判；模型为" in after.sentence_zh and "by the model" in after.sentence_en
    assert at_2030.loc["adjusted", "q500"] == pytest.approx(26)
    assert at_2030.loc["model", "q500"] > 27
    assert set(fans[fans.version == "adjusted"]["area_id"]) == {"150602"}


def test_an_adjustment_approved_after_the_day_does_not_change_that_day_s_review(judged):
    first = judge_plan(judged, PLAN, as_of=SUMMER)
    approved(judged, 28, at=noon(2026, 8, 1))
    again = judge_plan(judged, PLAN, as_of=SUMMER)

    assert (again["run_id"], again["is_new"]) == (first["run_id"], False)
    assert dongsheng(judged, date(2026, 7, 31)).forecast_version == "model"
    assert dongsheng(judged, date(2026, 8, 1)).forecast_version == "adjusted"  # of the day it was approved on


def test_an_adjustment_ends_with_its_last_day(judged):
    approved(judged, 28, reason=Reason("policy_change", "二〇二七年起学校开设健康课", date(2027, 6, 30)))

    assert len(adjusting.in_force(judged, date(2027, 6, 30))) == 1
    assert adjusting.in_force(judged, date(2027, 7, 1)).empty
    assert adjusting.listing(judged, on=date(2027, 7, 1))["is_expired"].tolist() == [True]
    assert dongsheng(judged, date(2027, 7, 1)).forecast_version == "model"


def test_withdrawing_what_is_in_force_takes_it_out_of_the_next_review(judged):
    number = approved(judged, 28)
    with pytest.raises(InputError, match="须写明理由"):
        adjusting.withdraw(judged, WANG, seen(judged, number), **NOT_NOW)
    adjusting.withdraw(judged, WANG, seen(judged, number), note="政策推迟", at=noon(2026, 10, 1), **NOT_NOW)

    assert dongsheng(judged, AUTUMN).forecast_version == "adjusted"
    assert dongsheng(judged, WINTER).forecast_version == "model"


def test_approving_asks_for_the_plans_it_bears_on_to_be_judged_again(judged):
    asked = []
    number = draft(judged)
    adjusting.submit(judged, LI, seen(judged, number))
    adjusting.approve(judged, WANG, seen(judged, number), renew=lambda *what: asked.append(what[0]))

    assert asked == [PLAN]


def test_an_adjustment_is_marked_when_the_model_has_moved_far_since(judged):
    approved(judged, 28)
    assert adjusting.listing(judged)["needs_recheck"].tolist() == [False]
    submit(judged, [(area, 2026, 500, 1000) for area in ("150602", "150621")], (2027, 2, 1))  # from 25 to 50 %
    judge_plan(judged, PLAN, as_of=date(2027, 3, 31))

    assert adjusting.listing(judged, on=date(2027, 3, 31))["needs_recheck"].tolist() == [True]


def test_a_batch_is_stored_and_approved_as_a_whole_or_not_at_all(judged):
    series = [("literacy", "150602"), ("literacy", "150621")]
    saved = adjusting.save_bulk(judged, LI, PLAN, series, "growth", {"rate": 1}, WHY, at=noon(2026, 7, 1))
    adjusting.submit(judged, LI, saved["seen"])
    adjusting.approve(judged, WANG, adjusting.seen_batch(judged, saved["batch_id"]), at=noon(2026, 8, 1), **NOT_NOW)

    assert adjusting.in_force(judged, AUTUMN)["area_id"].tolist() == ["150602", "150621"]
    with pytest.raises(InputError, match=r"2 个序列中有 1 个不适用，整批未保存。例如 literacy（150699）"):
        adjusting.save_bulk(judged, LI, PLAN, [series[0], ("literacy", "150699")], "hold", {}, WHY)
    assert len(store.read_adjustments(judged)) == 2


def test_many_series_take_no_typed_values(judged):
    with pytest.raises(InputError, match="请逐个序列研判"):
        adjusting.preview_bulk(judged, PLAN, [SERIES], "typed", {"medians": {"2030": 40}})


def test_of_two_in_force_on_one_series_the_store_takes_one(judged):
    first, second = draft(judged, 40), draft(judged, 35)

    with (
        pytest.raises(InputError, match="刚刚有另一项研判生效"),
        adjusting._one_in_force(),
        writing(judged) as connection,
    ):
        for row in store.read_for_change(connection, [first, second]):
            store.change(connection, row, "approved", "approved", by=WANG.said, at=AUGUST)
