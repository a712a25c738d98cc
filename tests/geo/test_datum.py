import numpy as np
import pandas as pd
import pytest
import shapely

from geo.datum import datum_fit, from_wgs84, geometries_to_wgs84, looks_swapped, parse_datum, to_wgs84

# WGS-84 and GCJ-02 of one point each in Shanghai, Shenzhen and Beijing, as published with eviltransform's tests
PUBLISHED = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]


@pytest.mark.parametrize(("wgs", "gcj"), PUBLISHED)
def test_gcj02_of_the_published_points(wgs, gcj):
    assert from_wgs84(*wgs, "GCJ-02") == pytest.approx(gcj, abs=1e-9)


@pytest.mark.parametrize("datum", ["GCJ-02", "BD-09"])
def test_converting_there_and_back_returns_to_the_same_place(datum):
    lon, lat = np.meshgrid(np.linspace(74, 135, 40), np.linspace(18, 53, 40))

    back_lon, back_lat = to_wgs84(*from_wgs84(lon, lat, datum), datum)

    assert np.abs(back_lon - lon).max() < 1e-9  # 1e-9 degrees: a tenth of a millimetre
    assert np.abs(back_lat - lat).max() < 1e-9


def test_points_outside_china_are_not_shifted():
    assert from_wgs84(2.35, 48.86, "GCJ-02") == (2.35, 48.86)


def test_a_missing_coordinate_stays_missing():
    assert np.isnan(to_wgs84([np.nan], [39.8], "GCJ-02")[0]).all()


@pytest.mark.parametrize(
    ("word", "datum"), [("高德", "GCJ-02"), ("百度", "BD-09"), ("EPSG:4490", "CGCS2000"), ("wgs84", "WGS-84")]
)
def test_a_datum_is_known_by_the_names_people_use(word, datum):
    assert parse_datum(word) == datum


def test_an_unknown_datum_is_refused():
    with pytest.raises(ValueError, match="西安80"):
        parse_datum("西安80")


def test_latitude_written_first_is_noticed():
    assert looks_swapped([39.8, 40.1, 38.2], [109.9, 110.0, 107.5])
    assert not looks_swapped([109.9, 110.0, 107.5], [39.8, 40.1, 38.2])


def test_villages_near_a_border_show_that_their_points_are_gcj02():
    # A strip 0.004 degrees (340 m) wide: GCJ-02 moves every point about 500 m east, out of it.
    strip = shapely.box(109.998, 39.0, 110.002, 40.0)
    lat = np.linspace(39.1, 39.9, 30)
    lon, lat = from_wgs84(np.full(30, 110.0), lat, "GCJ-02")
    points = pd.DataFrame({"area_id": "150602", "lon": lon, "lat": lat})

    fit = datum_fit(points, {"150602": strip}).set_index("datum")

    assert fit["inside"].to_dict() == {"WGS-84": 0, "GCJ-02": 30, "BD-09": 0}


def test_points_of_areas_without_an_outline_are_not_judged():
    points = pd.DataFrame({"area_id": ["999999"], "lon": [110.0], "lat": [39.5]})

    assert datum_fit(points, {"150602": shapely.box(109, 39, 110, 40)})["judged"].tolist() == [0, 0, 0]


def test_polygons_move_vertex_by_vertex():
    lon, lat = from_wgs84([110.0, 110.1, 110.1], [39.5, 39.5, 39.6], "GCJ-02")
    triangle = shapely.polygons(np.column_stack([lon, lat]))

    (moved,) = geometries_to_wgs84([triangle], "GCJ-02")

    assert shapely.equals_exact(moved, shapely.Polygon([(110, 39.5), (110.1, 39.5), (110.1, 39.6)]), tolerance=1e-9)
