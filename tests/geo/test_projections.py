import geopandas as gpd
import pytest
import shapely

from geo.projections import area_km2, equal_area_crs, measured_area_m2, measured_buffer, measured_distance_m

BOX = shapely.box(109, 39, 110, 40)
ZONE_KM2 = 9549.52


@pytest.mark.parametrize("crs", [4326, 4490, 3857, None])
@pytest.mark.parametrize(
    "measure",
    [
        measured_area_m2,
        lambda shapes: measured_buffer(shapes, 30_000),
        lambda shapes: measured_distance_m(shapes, shapely.Point(0, 0)),
    ],
    ids=["area", "buffer", "distance"],
)
def test_nothing_is_measured_in_degrees_or_on_map_tiles(crs, measure):
    with pytest.raises(ValueError, match="measur"):
        measure(gpd.GeoSeries([BOX], crs=crs))


def test_a_transverse_mercator_zone_is_not_a_map_tile():
    shapes = gpd.GeoSeries([shapely.box(0, 0, 1000, 2000)], crs=4524)

    assert measured_area_m2(shapes).tolist() == [2_000_000.0]


def test_a_one_degree_box_has_its_area_on_the_ellipsoid():
    # a degree of the zone between 39 and 40 N on GRS80, closed formula:
    # b^2/2 * pi/180 * [q(40) - q(39)], q = sin/(1 - e^2 sin^2) + atanh(e sin)/e
    assert area_km2(gpd.GeoSeries([BOX], crs=4490))[0] == pytest.approx(ZONE_KM2, rel=1e-4)


def test_a_ring_of_30_km_has_its_area():
    centre = gpd.GeoSeries.from_xy([109.0], [39.3], crs=4490).to_crs(equal_area_crs((106, 37, 112, 41)))

    assert measured_buffer(centre, 30_000).area[0] / 1e6 == pytest.approx(2827.43, rel=2e-4)  # pi * 30^2


def test_a_country_gets_the_projection_of_the_country():
    assert "Albers" in equal_area_crs((73, 18, 135, 54)).coordinate_operation.method_name
    assert "Lambert" in equal_area_crs((106.7, 37.6, 111.5, 40.9)).coordinate_operation.method_name
