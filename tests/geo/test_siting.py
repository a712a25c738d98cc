"""Siting against every choice there is, on instances small enough to try them all, and on rows worked out by hand."""

from itertools import combinations

import numpy as np
import pytest
from scipy import sparse

from geo.siting import in_order_of_gain, reached, solve
from geo.siting_center_search import shorten
from geo.siting_costs import geodesic_costs, graph_costs
from geo.siting_cover import fractional, needed_apart
from geo.siting_problem import LSCP, MCLP, P_CENTER, P_MEDIAN, NotCoverable, Sites, TooFewSites, Watch

# Four places on a road, at 0, 10, 20 and 100 km; a clinic can stand in any of them.
ROAD = np.abs(np.subtract.outer([0.0, 10.0, 20.0, 100.0], [0.0, 10.0, 20.0, 100.0]))
PEOPLE = np.array([100.0, 300.0, 200.0, 50.0])
ANYWHERE = Sites(4)


def test_one_clinic_stands_where_the_sum_of_people_times_way_is_least():
    # at 10 km: 100 x 10 + 200 x 10 + 50 x 90 = 7,500; at 20 km: 2,000 + 3,000 + 4,000 = 9,000
    answer = solve(P_MEDIAN, ROAD, PEOPLE, ANYWHERE, p=1)

    assert (answer.chosen, answer.value, answer.bound, answer.proven, answer.gap) == ((1,), 7500, 7500, True, 0)


def test_one_clinic_stands_in_the_middle_where_nobody_may_have_far():
    answer = solve(P_CENTER, ROAD, PEOPLE, ANYWHERE, p=1)

    assert (answer.chosen, answer.value, answer.proven) == ((2,), 80, True)  # 80 km to the last place, 20 to the first


def test_two_clinics_are_enough_for_everybody_within_ten_kilometres():
    answer = solve(LSCP, ROAD, PEOPLE, ANYWHERE, radius=10)

    assert (answer.chosen, answer.value, answer.proven) == ((1, 3), 2, True)


def test_one_clinic_reaches_the_three_places_around_the_middle_one():
    answer = solve(MCLP, ROAD, PEOPLE, ANYWHERE, p=1, radius=10)

    assert (answer.chosen, answer.value, answer.bound, answer.proven) == ((1,), 600, 600, True)


def test_a_radius_of_nothing_reaches_only_the_place_itself():
    assert solve(LSCP, ROAD, PEOPLE, ANYWHERE, radius=0).value == 4
    assert solve(MCLP, ROAD, PEOPLE, ANYWHERE, p=2, radius=0).value == 500


def test_a_place_exactly_at_the_radius_is_within():
    found = reached(ROAD, PEOPLE, [1], 10.0)

    assert found.covered.tolist() == [True, True, True, False]
    assert found.people_share == pytest.approx(600 / 650)
    assert found.places_share == 0.75
    assert found.max_cost == 90
    assert found.mean_cost == pytest.approx(7500 / 650)


def test_a_hospital_that_stands_is_kept_and_a_forbidden_place_is_not_built_in():
    kept = solve(P_MEDIAN, ROAD, PEOPLE, Sites(4, locked=frozenset({3})), p=2)
    refused = solve(P_MEDIAN, ROAD, PEOPLE, Sites(4, forbidden=frozenset({1})), p=1)

    assert kept.chosen == (1, 3)
    assert refused.chosen == (2,)
    assert refused.value == 100 * 20 + 300 * 10 + 50 * 80


def test_equal_choices_go_to_the_first_site_and_to_the_same_one_each_time():
    same = np.zeros((3, 5))

    assert {solve(model, same, np.ones(3), Sites(5), p=1, radius=1).chosen for model in (P_MEDIAN, MCLP)} == {(0,)}


def test_what_cannot_be_covered_is_named():
    with pytest.raises(NotCoverable) as refused:
        solve(LSCP, ROAD, PEOPLE, Sites(4, forbidden=frozenset({3})), radius=10)

    assert refused.value.demand == (3,)


def test_parts_of_a_graph_that_do_not_hang_together_need_a_site_each():
    islands = graph_costs(4, [[0, 1], [2, 3]], [5, 7])

    with pytest.raises(TooFewSites) as refused:
        solve(P_MEDIAN, islands, np.ones(4), Sites(4), p=1)
    assert refused.value.needed == 2
    with pytest.raises(TooFewSites):
        solve(P_CENTER, islands, np.ones(4), Sites(4), p=1)
    assert solve(P_MEDIAN, islands, np.ones(4), Sites(4), p=2).value == 12
    assert solve(P_CENTER, islands, np.ones(4), Sites(4), p=2).value == 7


def test_a_part_where_nobody_lives_needs_no_site_of_its_own():
    islands = graph_costs(4, [[0, 1], [2, 3]], [5, 7])

    assert solve(P_MEDIAN, islands, np.array([1, 1, 0, 0]), Sites(4), p=1).value == 5


def test_of_an_edge_that_is_given_twice_the_last_length_counts():
    costs = graph_costs(3, [[0, 1], [1, 2], [1, 0]], [9, 4, 2])

    assert costs.tolist() == [[0, 2, 6], [2, 0, 4], [6, 4, 0]]


def test_thirty_kilometres_are_measured_on_the_ellipsoid():
    # a degree along the equator is 111,319.491 m, one northward from there 110,574.389 m (WGS-84)
    metres = geodesic_costs([0.0], [0.0], [1.0, 0.0], [0.0, 1.0])

    assert metres[0].round(3).tolist() == [111319.491, 110574.389]


def test_sites_are_told_in_the_order_of_what_each_adds_those_that_stand_first():
    steps = list(in_order_of_gain(ROAD, PEOPLE, [0, 1, 3], 10.0, first=[3]))

    assert [site for site, _found in steps] == [3, 1, 0]
    assert [round(650 * found.people_share) for _site, found in steps] == [50, 650, 650]


def test_parts_of_sites_are_never_more_than_whole_ones():
    # three places, three sites, each site serving two of them: half of each site is enough, but two whole ones are needed
    ring = sparse.csr_array(np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], dtype=float))
    nobody, first = np.zeros(3, dtype=bool), np.array([True, False, False])

    assert fractional(ring, nobody, np.inf).bound == pytest.approx(1.5)
    assert fractional(ring, nobody, np.inf).whole is None
    with_first = fractional(ring, first, np.inf)  # the place it leaves out needs one more
    assert with_first.bound == pytest.approx(2) and len(with_first.whole) == 2 and 0 in with_first.whole


def test_places_that_no_site_serves_together_need_a_site_each():
    reach = sparse.csr_array(np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 1], [0, 0, 1, 1]], dtype=float))
    first = np.array([True, False, False, False])

    assert needed_apart(reach, np.zeros(4, dtype=bool)) == 2  # the first place and the third share no site
    assert needed_apart(reach, first) == 3  # the first site, and the second and third places, which share none


def test_swaps_shorten_the_longest_way_and_leave_locked_sites_where_they_are():
    places = np.array([0, 1, 100, 101, 200, 201, 300, 301], dtype=float)  # four pairs of villages along a road
    costs = np.abs(places[:, None] - places[None])
    radii, nobody = np.unique(costs), np.zeros(8, dtype=bool)

    found = shorten(costs, radii, [0, 1, 2, 3], nobody, 0.0, lambda value: True)
    assert sorted(place // 2 for place in found) == [0, 1, 2, 3]  # one in each pair: 1 is the longest way
    both = np.array([True, True, *[False] * 6])
    found = shorten(costs, radii, [0, 1, 2, 3], both, 0.0, lambda value: True)
    assert {0, 1} < set(found) and costs[:, found].min(axis=1).max() == 99  # from 101 to 200, or from 201 to 300


def brute_force(model, costs, weights, sites, p, radius):
    """The best value among all choices."""
    sizes = range(1, costs.shape[1] + 1) if model == LSCP else [p]
    values = []
    for size in sizes:
        for chosen in combinations(sites.allowed.tolist(), size):
            if not sites.locked <= set(chosen):
                continue
            nearest = costs[:, chosen].min(axis=1)
            values.append(
                {
                    P_MEDIAN: (weights[weights > 0] * nearest[weights > 0]).sum(),
                    P_CENTER: nearest.max(),
                    MCLP: -weights[nearest <= radius].sum(),
                    LSCP: size if (nearest <= radius).all() else np.inf,
                }[model]
            )
    return abs(min(values, default=np.inf))


@pytest.mark.parametrize("model", [P_MEDIAN, P_CENTER, MCLP, LSCP])
def test_no_choice_is_better_than_the_one_called_proven(model):
    chance = np.random.default_rng(5)
    for _case in range(60):
        demand, count = chance.integers(3, 13), chance.integers(3, 9)
        whole = chance.random() < 0.5
        costs = chance.uniform(0, 100, (demand, count))
        costs = costs.round() if whole else costs
        costs[chance.random(costs.shape) < 0.15] = np.inf
        weights = chance.integers(0, 4, demand) * (1.0 if whole else 1.37)
        locked = frozenset(chance.choice(count, chance.integers(0, 2), replace=False).tolist())
        forbidden = frozenset(chance.choice(count, chance.integers(0, 2), replace=False).tolist()) - locked
        sites, radius = Sites(count, locked, forbidden), float(chance.integers(20, 90))
        p = int(chance.integers(max(1, len(locked)), len(sites.allowed) + 1))
        best = brute_force(model, costs, weights, sites, p, radius)
        try:
            answer = solve(model, costs, weights, sites, p=p, radius=radius)
        except (NotCoverable, TooFewSites):
            assert best == np.inf
            continue
        assert answer.proven
        assert answer.value == pytest.approx(best)
        assert answer.bound == pytest.approx(best)
        assert locked <= set(answer.chosen) and not forbidden & set(answer.chosen)
        assert len(answer.chosen) == (answer.value if model == LSCP else p)


@pytest.mark.parametrize("model", [P_MEDIAN, MCLP, P_CENTER])
def test_the_bound_holds_and_nothing_is_called_proven_when_time_ran_out_at_once(model):
    chance = np.random.default_rng(9)
    points = chance.uniform(0, 300, (150, 2))
    costs = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    weights = chance.integers(1, 5000, 150).astype(float)
    hurried = solve(model, costs, weights, Sites(150), p=12, radius=40, watch=Watch(lambda: 0.0))
    unhurried = solve(model, costs, weights, Sites(150), p=12, radius=40)
    worse = -1 if model == MCLP else 1

    assert unhurried.proven
    assert worse * hurried.bound <= worse * unhurried.value * (1 + 1e-9)
    assert worse * hurried.value >= worse * unhurried.value * (1 - 1e-9)
    assert hurried.proven == (abs(hurried.value - hurried.bound) <= 1e-6 * abs(hurried.value))


def test_the_same_question_has_the_same_answer_whatever_was_asked_before():
    chance = np.random.default_rng(2)
    costs = chance.integers(1, 30, (60, 40)).astype(float)
    people = chance.integers(1, 100, 60).astype(float)
    first = solve(MCLP, costs, people, Sites(40), p=6, radius=5)
    solve(P_MEDIAN, costs, people, Sites(40), p=4)

    assert solve(MCLP, costs, people, Sites(40), p=6, radius=5) == first


def test_whoever_watches_can_end_the_work():
    class Enough(Exception):
        pass

    def refuse(step, value, bound):
        raise Enough

    with pytest.raises(Enough):
        solve(P_MEDIAN, ROAD, PEOPLE, ANYWHERE, p=2, watch=Watch(report=refuse))
