import numpy as np
import pandas as pd
import pytest

from models import assessment as a

ITEMS = pd.DataFrame(
    [
        ("literacy", "health_literacy", a.REACH, 20.0, ">=", 25.0, None, None, None),
        ("screening", "screening", a.SHARE, 30.0, ">=", 90.0, 60.0, None, None),
        ("smoking", "smoking", a.DEDUCT, 50.0, "<=", 20.0, None, 1.0, 10.0),
        ("outbreak", "outbreaks", a.VETO, None, "<=", 0.0, None, None, None),
    ],
    columns=["item_id", "indicator_id", "rule", "full_marks", "comparator", "goal", "start", "step", "marks_per_step"],
)
SCHEME = a.Scheme(ITEMS)


def figures(area_id, literacy, screening, smoking, outbreaks=0.0, status="final", error=0.0):
    values = {"health_literacy": literacy, "screening": screening, "smoking": smoking, "outbreaks": outbreaks}
    rows = [(area_id, indicator, "2025", value, status, error) for indicator, value in values.items()]
    return pd.DataFrame(rows, columns=["area_id", "indicator_id", "period", "value", "status", "error"])


def scored(*many):
    frame = pd.concat(many, ignore_index=True)
    return a.score(SCHEME, frame, frame.area_id.unique().tolist())


def test_each_rule_gives_the_marks_worked_by_hand():
    # 26 reaches 25: 20. 75 is half of the way from 60 to 90: 15. 22.5 is 2.5 steps over 20, 25 off 50: 25.
    marks = scored(figures("A", 26, 75, 22.5)).set_index("item_id").marks

    assert marks.to_dict() == {"literacy": 20, "screening": 15, "smoking": 25, "outbreak": 0}


def test_no_rule_gives_more_than_full_marks_or_less_than_none():
    best = scored(figures("A", 99, 99, 1)).set_index("item_id").marks
    worst = scored(figures("A", 1, 10, 60)).set_index("item_id").marks

    assert best.tolist() == [20, 30, 50, 0]
    assert worst.tolist() == [0, 0, 0, 0]


def test_totals_rank_within_peer_groups_and_ties_share_the_better_rank():
    frame = scored(
        figures("A", 26, 90, 20), figures("B", 26, 75, 20), figures("C", 26, 75, 20), figures("D", 1, 60, 20)
    )
    found = a.totals(SCHEME, frame, {"A": "urban", "B": "urban", "C": "urban", "D": "rural"}).set_index("area_id")

    assert found.marks.to_dict() == {"A": 100, "B": 85, "C": 85, "D": 50}
    assert found["rank"].to_dict() == {"A": 1, "B": 2, "C": 2, "D": 1}


def test_an_area_that_lacks_a_figure_is_not_ranked_and_not_given_nought():
    frame = scored(figures("A", 26, 75, 20), figures("B", np.nan, 90, 20))
    found = a.totals(SCHEME, frame, {}).set_index("area_id")

    assert found.loc["B", ["marks", "full_marks", "missing"]].tolist() == [80, 80, 1]
    assert np.isnan(found.loc["B", "rank"])
    assert found.loc["A", "rank"] == 1


def test_a_veto_takes_the_rank_and_leaves_the_marks_to_be_seen():
    found = a.totals(SCHEME, scored(figures("A", 26, 90, 20, outbreaks=1), figures("B", 1, 60, 25)), {}).set_index(
        "area_id"
    )

    assert found.loc["A", ["marks", "vetoes"]].tolist() == [100, 1]
    assert np.isnan(found.loc["A", "rank"])
    assert found.loc["B", "rank"] == 1


def test_provisional_figures_make_a_provisional_result():
    frame = scored(figures("A", 26, 90, 20, status="provisional"), figures("B", 26, 90, 20))

    assert a.totals(SCHEME, frame, {}).is_provisional.tolist() == [True, False]


def test_a_rank_that_rests_on_one_weight_is_not_kept_under_others():
    # A leads on smoking (50 marks), B on literacy and screening (50): 100 * 0.5 each but for one mark of difference.
    frame = scored(figures("A", 1, 61, 20), figures("B", 26, 90, 25), figures("C", 1, 60, 25))
    found = a.ranks_under_other_weights(SCHEME, frame, {}, seed=1).set_index("area_id")

    assert found.loc["A", ["low", "high"]].tolist() == [1, 2]
    assert 0.3 < found.loc["A", "same"] < 0.7
    assert found.loc["C", ["low", "high", "same"]].tolist() == [3, 3, 1]


def test_leaving_out_each_item_says_which_ranks_hang_on_one():
    frame = scored(figures("A", 1, 61, 20), figures("B", 26, 90, 25), figures("C", 1, 60, 25))
    found = a.ranks_without_each_item(SCHEME, frame, {}).set_index("area_id")

    # Without literacy A has 51 to B's 30, without screening 50 to 20, without smoking 1 to 50.
    assert found.loc["A", ["low", "high"]].tolist() == [1, 2]
    assert found.loc["A", "same"] == pytest.approx(2 / 3)


def test_noise_swaps_close_areas_and_not_distant_ones():
    frame = scored(
        figures("A", 26, 76, 20, error=3.0), figures("B", 26, 75, 20, error=3.0), figures("C", 26, 60, 40, error=3.0)
    )
    found = a.ranks_under_noise(SCHEME, frame, {}, seed=1).set_index("area_id")

    assert found.loc["A", ["low", "high"]].tolist() == [1, 2]
    assert found.loc["C", ["low", "high"]].tolist() == [3, 3]


def test_without_noise_and_with_the_same_seed_nothing_moves():
    frame = scored(figures("A", 26, 76, 20), figures("B", 26, 75, 20))

    assert a.ranks_under_noise(SCHEME, frame, {}, seed=1).same.tolist() == [1, 1]
    first, again = (a.ranks_under_other_weights(SCHEME, frame, {}, seed=9) for _n in range(2))
    pd.testing.assert_frame_equal(first, again)


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("rule", "guess", "unknown_rule"),
        ("comparator", "=", "unknown_comparator"),
        ("goal", None, "no_goal"),
        ("full_marks", 0, "no_marks"),
        ("start", 95, "start_beyond_goal"),
    ],
)
def test_an_item_that_cannot_mean_what_it_says_is_named(column, value, rule):
    items = ITEMS.astype(object)
    items.loc[1, column] = value

    assert rule in a.find_contradictions(items).loc[1:1, "rule"].tolist()


def test_a_sound_scheme_has_no_contradictions_and_a_repeated_item_has():
    assert a.find_contradictions(ITEMS).empty
    assert a.find_contradictions(pd.concat([ITEMS, ITEMS.iloc[:1]], ignore_index=True)).rule.tolist() == ["item_twice"]
    deduct = ITEMS.assign(step=0.0)
    assert a.find_contradictions(deduct).rule.tolist() == ["no_step"]


def test_equal_scores_share_the_best_of_their_places():
    ranks = a._ranks(np.array([[80.0, 90.0, 80.0, 70.0], [1.0, 1.0, 1.0, 1.0], [4.0, 3.0, 2.0, 1.0]]))

    assert ranks.tolist() == [[2, 1, 2, 4], [1, 1, 1, 1], [1, 2, 3, 4]]
