"""What the sentences say and what they keep silent about; every claim worked out by hand from the figures."""

import re

import pandas as pd
import pytest

from tests.models.judging_frames import AREAS, figures, marks, target

LITERACY = target({2022: 22, 2030: 30})
ONE_DECIMAL = pd.DataFrame({"indicator_id": ["literacy"], "unit": ["percent"], "decimals": [1]})
CHINESE = re.compile(r"[\u4e00-\u9fff”）][,:;()]|[,:;()][\u4e00-\u9fff“（]")


def districts(values):
    """So many districts beside each other, each with its own figures for 2024 and 2025."""
    names = [f"15060{nth}" for nth in range(1, len(values) + 1)]
    rows = [(name, "county", "150600", True, f"第{nth}旗", f"Banner {nth}") for nth, name in enumerate(names, 1)]
    areas = pd.concat([AREAS[AREAS.area_id == "150600"], pd.DataFrame(rows, columns=AREAS.columns)], ignore_index=True)
    own = [figures(name, {2024: before, 2025: now}) for name, (before, now) in zip(names, values, strict=True)]
    return marks(LITERACY, own, areas=areas, indicators=ONE_DECIMAL)


def test_a_value_is_told_with_the_indicators_own_decimals_and_a_pace_with_one_more():
    # 24.06 against 25: 0.94 below. Seen 24.06 - 23.59 = 0.47 a year; needed (30 - 24.06)/5 = 1.188.
    mark = marks(LITERACY, figures("150621", {2024: 23.59, 2025: 24.06}), indicators=ONE_DECIMAL).loc["150621"]

    assert mark.sentence_zh.startswith("达拉特旗2025年居民健康素养水平为24.1%，比目标路径要求的25%低0.9个百分点")
    assert "每年需提高1.19个百分点，近年实际每年提高0.47个百分点" in mark.sentence_zh


def test_a_gap_that_rounds_to_zero_is_level_with_the_path():
    mark = marks(LITERACY, figures("150621", {2024: 24, 2025: 25.03}), indicators=ONE_DECIMAL).loc["150621"]

    assert "与目标路径持平，按期" in mark.sentence_zh
    assert "level with the path: on course" in mark.sentence_en


def test_a_bound_missed_by_less_than_is_shown_is_told_with_more_decimals():
    # 89.96 % is written 90.0 %, and "not met, 0 points off" would contradict itself.
    floor = target({2022: 90, 2030: 90})
    mark = marks(floor, figures("150621", {2024: 91, 2025: 89.96}), indicators=ONE_DECIMAL).loc["150621"]

    assert mark.status == "behind"
    assert "为89.96%，未达到2030年目标（不低于90%），相差0.04个百分点" in mark.sentence_zh


def test_value_path_and_gap_as_written_agree():
    # 53.01 against 53.75: written 53 and 53.8 differ by 0.8, the gap is 0.74 and says so.
    mark = marks(target({2022: 50, 2030: 60}), figures("150621", {2024: 52, 2025: 53.01}), indicators=ONE_DECIMAL)

    assert "为53%，比目标路径要求的53.8%低0.74个百分点" in mark.loc["150621"].sentence_zh


def test_a_pace_that_rounds_to_zero_is_hardly_a_change():
    mark = marks(LITERACY, figures("150621", {2024: 23.999, 2025: 24.0}), indicators=ONE_DECIMAL).loc["150621"]

    assert "近年基本没有变化" in mark.sentence_zh
    assert "of late it has hardly changed" in mark.sentence_en


def test_the_pace_of_the_better_peers_is_told_to_those_that_are_slower():
    # Paces 0.1, 0.2, 0.3, 0.4, 0.5: the upper quartile is 0.4.
    answer = districts([(20, 20 + pace) for pace in (0.1, 0.2, 0.3, 0.4, 0.5)])

    assert "同类地区中较好者每年提高0.4个百分点" in answer.loc["150601"].sentence_zh
    assert "the better of its peers have risen by 0.4 points a year" in answer.loc["150601"].sentence_en
    assert "同类地区" not in answer.loc["150605"].sentence_zh  # the fastest has nobody to catch up with


def test_three_peers_are_no_comparison():
    answer = districts([(20, 20 + pace) for pace in (0.1, 0.2, 0.3, 0.4)])

    assert not answer.sentence_zh.str.contains("同类地区").any()


def test_peers_that_all_move_the_wrong_way_are_no_example():
    answer = districts([(20, 20 - pace) for pace in (0.1, 0.2, 0.3, 0.4, 0.5)])

    assert not answer.sentence_zh.str.contains("同类地区").any()


def test_counts_are_more_or_fewer_not_higher_or_lower():
    # 10 in 2022 to 20 in 2030 is 13.75 in 2025: 11 is 3 fewer (2.75); needed 9 in five years.
    clinics = target({2022: 10, 2030: 20}, unit="count", name_zh="门诊", name_en="Clinics")
    mark = marks(clinics, figures("150600", {2022: 10, 2025: 11})).loc["150600"]

    assert "为11个，比目标路径要求的14个少3个" in mark.sentence_zh
    assert "要在2030年增加到20个，每年需增加1.8个" in mark.sentence_zh


def test_a_larger_rank_is_a_lower_place():
    rank = target({2030: 1}, unit="rank", direction="lower_is_better", comparator="<=", name_zh="排名")
    mark = marks(rank, figures("150600", {2020: 11, 2025: 9})).loc["150600"]  # path 6: three places behind

    assert "为第9位，比目标路径要求的第6位靠后3位" in mark.sentence_zh
    assert "每年需前移1.6位" in mark.sentence_zh


def test_what_should_fall_and_rises_is_not_called_an_improvement():
    smoking = target({2022: 24, 2030: 20}, direction="lower_is_better", comparator="<=")
    mark = marks(smoking, figures("150600", {2024: 23, 2025: 23.4})).loc["150600"]

    assert "近年实际每年上升0.4个百分点" in mark.sentence_zh


def test_a_floor_that_is_not_held_says_nothing_against_a_right_direction():
    # 40 % is below the floor of 50 %; the rise of 0.05 a year lies within rounding.
    floor = target({2022: 50, 2030: 50})
    rising = target({2030: None}, rule="trend", comparator="trend_up")
    answer = marks([floor, rising], figures("150600", {2023: 40, 2024: 40, 2025: 40.1}), indicators=ONE_DECIMAL)
    said = answer.sentence_zh.xs("150600", level="area_id").iloc[1]

    assert "未守住底线，滞后" in said
    assert "相反" not in said


@pytest.mark.parametrize("fast, asked", [(True, "很可能继续达标"), (False, "很可能达标")])
def test_a_target_that_holds_is_said_to_go_on_holding(fast, asked):
    names = ["q0.025", "q0.1", "q0.25", "q0.5", "q0.75", "q0.9", "q0.975"]
    row = {"indicator_id": "literacy", "area_id": "150600", "time": 2030.0, "mean": 40.0}
    fan = pd.DataFrame([row | {name: 38.0 + nth for nth, name in enumerate(names)}])
    values = {2021 + nth: (31 if fast else 21) + nth for nth in range(5)}
    mark = marks(LITERACY, figures("150600", values), forecasts=fan).loc["150600"]

    assert f"2030年目标{asked}（未达标概率约5%）" in mark.sentence_zh


def test_chinese_sentences_have_chinese_punctuation():
    answer = districts([(20, 21), (25, 26), (22, 21), (28, 31), (24, 24)])

    assert not [text for text in answer.sentence_zh if CHINESE.search(text)]
