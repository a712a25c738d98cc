"""Distances along the ellipsoid: the nearest is the nearest, and 30 km is 30 km, whatever the direction and the place."""

import numpy as np
import pytest

from geo.distance import GEOD, distance_matrix, geodesic_m, nearest, pairs_within, ring

DONGSHENG = (109.98, 39.82)
AZIMUTHS = np.arange(0.0, 360.0, 7.5)


def around(lon: float, lat: float, metres: float) -> tuple[np.ndarray, np.ndarray]:
    """Points at a known geodesic distance in every direction."""
    ones = np.ones(len(AZIMUTHS))
    return GEOD.fwd(lon * ones, lat * ones, AZIMUTHS, metres * ones)[:2]


@pytest.mark.parametrize("place", [DONGSHENG, (75.99, 39.47), (179.99, 51.0), (30.0, 89.95)])
def test_villages_at_29_95_km_are_within_30_km_and_those_at_30_05_km_are_not(place):
    near_lon, near_lat = around(*place, 29_950)
    far_lon, far_lat = around(*place, 30_050)

    within = pairs_within(np.r_[near_lon, far_lon], np.r_[near_lat, far_lat], [place[0]], [place[1]], 30_000)

    assert within.place.tolist() == list(range(len(AZIMUTHS)))
    assert within.distance_m == pytest.approx(29_950, abs=1e-5)


@pytest.mark.parametrize("extent", [(106, 112, 37, 41), (73, 135, 18, 53), (178, 182, -2, 2), (0, 360, 88, 90)])
def test_the_nearest_clinic_is_the_one_that_comparing_with_every_clinic_finds(extent):
    rng = np.random.default_rng(7)
    west, east, south, north = extent
    lon, clinic_lon = ((rng.uniform(west, east, n) + 180) % 360 - 180 for n in (400, 90))
    lat, clinic_lat = (rng.uniform(south, north, n) for n in (400, 90))

    found = nearest(lon, lat, clinic_lon, clinic_lat)
    every = distance_matrix(lon, lat, clinic_lon, clinic_lat)

    assert (found.index == every.argmin(axis=1)).all()
    assert (found.distance_m == every.min(axis=1)).all()


def test_a_clinic_east_of_the_village_is_nearer_than_one_as_many_degrees_north():
    # at 39.5 N a degree of longitude is 86 km, one of latitude 111 km: degrees would call them equal
    found = nearest([109.0], [39.5], [109.0, 109.25], [39.75, 39.5])

    assert found.index[0] == 1
    assert found.distance_m[0] == pytest.approx(geodesic_m(109.0, 39.5, 109.25, 39.5))


def test_of_clinics_at_one_point_or_equally_far_the_first_is_named():
    at_one_point = nearest([109.0], [39.0], [110.0, 109.1, 109.1, 109.1], [39.0, 39.0, 39.0, 39.0])
    east_and_west = nearest([109.0], [39.0], [109.5, 108.5], [39.0, 39.0])

    assert at_one_point.index[0] == 1
    assert east_and_west.index[0] == 0


def test_a_service_ring_is_30_km_from_its_clinic_in_every_direction():
    points = ring(*DONGSHENG, 30_000)

    assert points.shape == (360, 2)
    assert geodesic_m(*(np.full(360, x) for x in DONGSHENG), *points.T) == pytest.approx(30_000, abs=1e-5)


@pytest.mark.parametrize("lon,lat", [(np.nan, 39.0), (181.0, 39.0), (39.8, 109.9)])
def test_what_is_no_longitude_and_latitude_is_refused_with_its_position(lon, lat):
    with pytest.raises(ValueError, match="positions 1"):
        nearest([109.0, lon], [39.0, lat], [109.0], [39.0])


def test_without_clinics_there_is_no_nearest_one_and_no_pair():
    with pytest.raises(ValueError, match="no targets"):
        nearest([109.0], [39.0], [], [])
    assert len(pairs_within([109.0], [39.0], [], [], 30_000).place) == 0
