"""Roads that a user brings: along the road and not across country, parts that do not meet, and places far from a road."""

import numpy as np
import pytest
import shapely

from geo.distance import GEOD
from geo.network import BACKWARD, FORWARD, NO_ROAD, NOT_CONNECTED, REACHED, RoadNetwork, ServedNetwork


def at(*legs: tuple[float, float], start=(109.0, 39.0)) -> tuple[float, float]:
    """A point some legs (azimuth, km) away from another."""
    lon, lat = start
    for azimuth, km in legs:
        lon, lat, _back = GEOD.fwd(lon, lat, azimuth, km * 1000)
    return lon, lat


# Two sides of a right angle: 30 km north, then 40 km east; across country it would be 50 km.
HOME, CORNER = (109.0, 39.0), at((0, 30))
CLINIC = at((90, 40), start=CORNER)
KM = 1e-3  # cost of a metre of road, so that costs are kilometres


def served(lines, clinics, *, cost=KM, snap_m=1000, off_road=KM, way=None) -> ServedNetwork:
    costs = np.full(len(lines), cost) if np.isscalar(cost) else cost
    network = RoadNetwork(np.array([shapely.LineString(line) for line in lines], dtype=object), costs, way)
    lon, lat = np.array(clinics).T
    return ServedNetwork(network, lon, lat, snap_m=snap_m, off_road_cost_per_m=off_road)


def test_the_way_by_road_is_the_road_and_not_the_straight_line():
    found = served([[HOME, CORNER, CLINIC]], [CLINIC]).reach([HOME[0]], [HOME[1]])

    assert found.cost[0] == pytest.approx(70, abs=1e-5)
    assert found.facility[0] == 0


def test_of_two_roads_between_the_same_places_the_faster_is_taken():
    # 70 km of track at 30 km/h and the same of road at 60: a matrix that added them up would say 210 minutes
    costs = np.array([2.0, 1.0]) * 1e-3
    found = served([[HOME, CORNER, CLINIC]] * 2, [CLINIC], cost=costs).reach([HOME[0]], [HOME[1]])

    assert found.cost[0] == pytest.approx(70, abs=1e-5)


def test_a_house_500_metres_off_the_road_first_crosses_the_field():
    # halfway up the first side: 15 km of road are left to the corner, 40 to the clinic, and the field counts tenfold
    house = at((0, 15), (270, 0.5))
    found = served([[HOME, CORNER, CLINIC]], [CLINIC], off_road=10 * KM).reach([house[0]], [house[1]])

    assert found.cost[0] == pytest.approx(15 + 40 + 5, abs=1e-3)


def test_two_places_on_one_stretch_of_road_need_not_go_to_its_end():
    clinic, house = at((0, 10)), at((0, 12))
    found = served([[HOME, CORNER]], [clinic], snap_m=100).reach([house[0], HOME[0]], [house[1], HOME[1]])

    assert found.cost == pytest.approx([2, 10], abs=1e-3)  # a segment of 30 km is straight in degrees: 0.2 m


def test_each_place_goes_to_the_clinic_that_is_nearest_by_road():
    first, second = at((0, 4)), at((0, 20))
    houses = [at((0, km)) for km in (1, 11, 13, 29)]
    found = served([[HOME, CORNER]], [first, second], snap_m=100).reach(*np.array(houses).T)

    assert found.facility.tolist() == [0, 0, 1, 1]
    assert found.cost == pytest.approx([3, 7, 7, 9], abs=1e-3)  # a segment of 30 km is straight in degrees: 0.2 m


def test_roads_that_cross_without_a_common_vertex_are_a_bridge():
    over = [at((0, 15), (270, 5)), at((0, 15), (90, 5))]
    network = served([[HOME, CORNER], over], [CORNER])
    found = network.reach([over[1][0]], [over[1][1]])

    assert found.state[0] == NOT_CONNECTED
    assert found.cost[0] == np.inf
    assert found.facility[0] == -1
    assert network.roads.parts().count == 2
    assert network.roads.parts().largest_share == pytest.approx(0.75, abs=1e-6)  # 30 km of 40


def test_a_place_with_no_road_near_is_said_to_have_none_unless_it_stands_beside_the_clinic():
    far, beside = at((90, 12)), at((0, 30), (90, 0.8))
    found = served([[HOME, CORNER]], [CORNER]).reach([far[0], beside[0]], [far[1], beside[1]])

    assert found.state.tolist() == [NO_ROAD, REACHED]
    assert found.cost[1] == pytest.approx(0.8, abs=1e-5)


def test_a_network_without_length_or_with_free_roads_is_refused():
    with pytest.raises(ValueError, match="no length"):
        served([[HOME, HOME]], [CLINIC])
    with pytest.raises(ValueError, match="not above zero"):
        served([[HOME, CORNER]], [CLINIC], cost=0.0)
    with pytest.raises(ValueError, match="no facility lies within"):
        served([[HOME, CORNER]], [at((90, 12))])


def test_on_a_one_way_street_the_patient_drives_round_the_block():
    # a square of 10 km sides, drawn north, east, south and back west; the clinic is 2 km before the house
    north, east = at((0, 10)), at((0, 10), (90, 10))
    south = at((90, 10))
    block = [[HOME, north], [north, east], [east, south], [south, HOME]]
    clinic, house = at((0, 4)), at((0, 6))
    round_block = served(block, [clinic], way=[FORWARD] * 4, snap_m=100).reach([house[0]], [house[1]])
    against = served(block, [clinic], way=[BACKWARD] * 4, snap_m=100).reach([house[0]], [house[1]])

    assert round_block.cost[0] == pytest.approx(38, abs=0.05)
    assert against.cost[0] == pytest.approx(2, abs=1e-3)


def test_a_one_way_dead_end_does_not_lead_to_the_clinic():
    found = served([[CORNER, HOME]], [CORNER], way=[FORWARD]).reach([HOME[0]], [HOME[1]])

    assert found.state[0] == NOT_CONNECTED
    assert found.facility[0] == -1
