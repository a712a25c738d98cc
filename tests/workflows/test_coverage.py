"""What a page is told of service coverage: areas within reach on either side of a border, and when hot spots are refused."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.distance import GEOD
from workflows.coverage import access_scores, hot_spots, service_coverage

# Two banners that meet at 109 E; a hospital of the western one 10 km west of the border.
BANNERS = gpd.GeoDataFrame(
    {"area_id": ["150601", "150602"]},
    geometry=[shapely.box(108, 38.5, 109, 39.5), shapely.box(109, 38.5, 110, 39.5)],
    crs="EPSG:4490",
)
HOSPITAL = GEOD.fwd(109, 39, 270, 10_000)[:2]
FACILITIES = pd.DataFrame({"facility_id": ["h"], "county_id": ["150601"], "lon": [HOSPITAL[0]], "lat": [HOSPITAL[1]]})
EAST = GEOD.fwd(109, 39, 90, 5_000)[:2]
TOWNSHIPS = pd.DataFrame(
    {
        "area_id": ["150601001", "150602001", "150602002"],
        "county_id": ["150601", "150602", "150602"],
        "people": [10.0, 30.0, np.nan],
        "seat_lon": [HOSPITAL[0], EAST[0], np.nan],
        "seat_lat": [HOSPITAL[1], EAST[1], np.nan],
    }
)


def test_a_circle_across_the_border_serves_both_sides_unless_the_own_banner_is_asked_for():
    across = service_coverage(TOWNSHIPS, FACILITIES, BANNERS, 20_000, own_district=False)
    own = service_coverage(TOWNSHIPS, FACILITIES, BANNERS, 20_000, own_district=True)

    assert across.places["state"].tolist() == ["covered", "covered", "missing"]
    assert own.places["state"].tolist() == ["covered", "out_of_reach", "missing"]
    # of pi x 20^2 km2 the segment beyond the border, at half the radius: r^2 (pi / 3 - sqrt(3) / 4)
    segment = 400 * (np.pi / 3 - np.sqrt(3) / 4)
    assert across.districts.loc["150602", "area_covered_km2"] == pytest.approx(segment, rel=5e-3)
    assert own.districts.loc["150602", "area_covered_km2"] == 0
    assert own.districts.loc["150601", "area_covered_km2"] == pytest.approx(400 * np.pi - segment, rel=5e-3)
    assert own.service_area.bounds[2] == pytest.approx(109, abs=1e-4)  # cut at the border
    assert across.whole["people_share"] == 1
    assert across.whole["places_share"] == pytest.approx(2 / 3)


def test_without_facilities_nothing_is_covered_and_nothing_divides_by_zero():
    found = service_coverage(TOWNSHIPS, FACILITIES.head(0), BANNERS, 20_000, own_district=False)

    assert found.places["state"].tolist() == ["out_of_reach", "out_of_reach", "missing"]
    assert found.whole["people_share"] == 0
    assert found.service_area is None


def test_a_facility_that_does_not_say_how_much_it_has_is_left_out_and_counted():
    found = access_scores(TOWNSHIPS, FACILITIES, pd.Series([np.nan]), "2sfca", [(20.0, 1.0)])

    assert found.without_supply == 1
    assert found.places["score"].iloc[:2].tolist() == [0, 0]
    assert np.isnan(found.places["score"].iloc[2])


@pytest.mark.parametrize("values,refused", [(np.arange(9.0), "too_few"), (np.ones(36), "all_equal"), ([], "too_few")])
def test_hot_spots_are_refused_with_the_reason(values, refused):
    side = 6
    polygons = {f"u{i}": shapely.box(109 + i % side, 39 + i // side, 110 + i % side, 40 + i // side) for i in range(36)}

    found = hot_spots(pd.Series(values, index=[f"u{i}" for i in range(len(values))], dtype=float), polygons, "gi")

    assert found.refused == refused
    assert found.shapes["kind"].eq("not_tested").all()
