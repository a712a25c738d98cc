"""Service coverage: whom a radius reaches, in the reader's own district or anywhere, and who is left out."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.coverage import (
    Facilities,
    area_within,
    counts_by_area,
    service_rings,
    straight_line_radius_m,
    uncovered_first,
    with_shares,
)
from geo.distance import GEOD
from geo.projections import LON_LAT, area_km2


def test_fifteen_minutes_on_foot_at_5_km_an_hour_are_1250_metres():
    assert straight_line_radius_m(15, 5) == pytest.approx(1250)
    with pytest.raises(ValueError, match="above 0"):
        straight_line_radius_m(15, 0)


def test_a_clinic_across_the_border_counts_only_where_that_is_asked_for():
    # the village of banner 1 is 10 km from the clinic of banner 2 and 40 km from that of its own
    lon, lat, _back = GEOD.fwd([109.0, 109.0], [39.0, 39.0], [90.0, 270.0], [10_000.0, 40_000.0])
    across = Facilities(lon, lat).nearest([109.0], [39.0])
    own = Facilities(lon, lat, ["2", "1"]).nearest([109.0], [39.0], ["1"])
    none = Facilities(lon, lat, ["2", "1"]).nearest([109.0], [39.0], ["3"])

    assert (across.index[0], own.index[0], none.index[0]) == (0, 1, -1)
    assert across.distance_m[0] == pytest.approx(10_000, abs=1e-6)
    assert own.distance_m[0] == pytest.approx(40_000, abs=1e-6)
    assert none.distance_m[0] == np.inf


def test_the_share_of_people_and_the_share_of_places_are_two_figures():
    counts = counts_by_area(["a", "a", "a", "b"], [900, 50, 50, 0], [True, False, False, True])
    shares = with_shares(counts)

    assert shares.loc["a", ["people", "people_covered", "places", "places_covered"]].tolist() == [1000, 900, 3, 1]
    assert shares.loc["a", "people_share"] == 0.9
    assert shares.loc["a", "places_share"] == pytest.approx(1 / 3)
    assert np.isnan(shares.loc["b", "people_share"])  # nobody lives there: no share of people, and not zero
    assert shares.loc["b", "places_share"] == 1


def test_those_left_out_come_largest_first_and_of_equals_the_farthest():
    places = pd.DataFrame(
        {
            "id": ["a", "b", "c", "d"],
            "people": [10.0, 90.0, 90.0, 500.0],
            "distance_m": [31e3, 32e3, 33e3, 1e3],
            "is_covered": [False, False, False, True],
        }
    )

    assert uncovered_first(places)["id"].tolist() == ["c", "b", "a"]


@pytest.mark.parametrize("lat", [20.0, 39.5, 53.0])
def test_a_30_km_circle_is_2827_square_kilometres_anywhere(lat):
    # pi x 30^2 = 2827.4; an ellipsoid bends it by under a thousandth
    rings = gpd.GeoSeries(service_rings([100.0], [lat], 30_000), crs=LON_LAT)

    assert area_km2(rings)[0] == pytest.approx(2827.4, rel=1e-3)


def test_half_a_square_beside_a_clinics_circle_is_half_covered():
    # two squares that meet at the clinic's meridian: the circle is split evenly between them
    squares = gpd.GeoDataFrame(
        {"area_id": ["west", "east", "far"]},
        geometry=[
            shapely.box(108.0, 38.6, 109.0, 39.4),
            shapely.box(109.0, 38.6, 110.0, 39.4),
            shapely.box(112, 38, 113, 39),
        ],
        crs=LON_LAT,
    )

    found = area_within(squares, [109.0], [39.0], 30_000).set_index("area_id")

    assert found.loc[["west", "east"], "area_covered_km2"].to_numpy() == pytest.approx(2827.4 / 2, rel=1e-3)
    assert found.loc["far", "area_share"] == 0
    assert (found["area_share"] * found["area_km2"]).to_numpy() == pytest.approx(found["area_covered_km2"].to_numpy())
