import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import Polygon, box

from geo.boundaries import (
    display_detail,
    dissolve,
    is_valid_coverage,
    label_point,
    only_polygons,
    repair,
    simplified,
    snapped,
)

CRS = 4490


def frame(*shapes, codes=None):
    codes = codes or [f"15060{number}" for number in range(1, len(shapes) + 1)]
    return gpd.GeoDataFrame({"area_id": codes}, geometry=list(shapes), crs=CRS)


def test_a_spike_is_taken_off_and_the_area_stays():
    spiked = Polygon([(109, 39), (110, 39), (110, 40), (110, 41), (110, 40), (109, 40)])

    mended = repair(frame(spiked)).geometry[0]

    assert mended.equals(box(109, 39, 110, 40))


def test_an_outline_that_crosses_itself_is_refused_by_its_code():
    figure_of_eight = Polygon([(109, 39), (110, 40), (110, 39), (109, 40)])

    with pytest.raises(ValueError, match="150602"):
        repair(frame(box(108, 39, 109, 40), figure_of_eight))


def test_lines_and_points_have_no_place_in_a_boundary():
    mixed = shapely.GeometryCollection([box(0, 0, 1, 1), shapely.Point(5, 5), shapely.LineString([(0, 0), (9, 9)])])

    assert only_polygons(mixed) == box(0, 0, 1, 1)


def test_townships_dissolve_into_their_banner():
    townships = frame(box(0, 0, 1, 1), box(1, 0, 2, 1), box(5, 0, 6, 1))
    townships["banner"] = ["a", "a", "b"]

    banners = dissolve(townships, "banner")

    assert banners["area_id"].tolist() == ["a", "b"]
    assert banners.geometry[0].equals(box(0, 0, 2, 1))


def test_neighbours_that_overlap_a_little_become_a_coverage():
    # the right one reaches 0.0004 into the left one; on a grid of 0.001 the two borders are one
    tidy = snapped(frame(box(0, 0, 1, 1), box(0.9996, 0, 2, 1)), grid=0.001)

    assert is_valid_coverage(tidy)
    assert tidy.geometry[0].equals(box(0, 0, 1, 1))
    assert tidy.geometry[1].equals(box(1, 0, 2, 1))


def test_where_two_overlap_more_than_the_grid_the_first_keeps_the_ground():
    tidy = snapped(frame(box(0, 0, 2, 1), box(1, 0, 3, 1)), grid=0.0)

    assert tidy.geometry[0].equals(box(0, 0, 2, 1))
    assert tidy.geometry[1].equals(box(2, 0, 3, 1))


def wavy_neighbours():
    """Two squares whose common border is a fine zigzag of 200 steps, 0.001 deep."""
    y = np.linspace(0, 1, 201)
    x = 1 + 0.001 * (np.arange(201) % 2)
    border = list(zip(x, y, strict=True))
    return frame(Polygon([(0, 0), *border, (0, 1)]), Polygon([*border, (2, 1), (2, 0)]))


def test_simplifying_keeps_neighbours_joined():
    before = wavy_neighbours()

    after = simplified(before, tolerance=0.01, grid=1e-4)

    assert is_valid_coverage(after)
    assert shapely.get_num_coordinates(after.geometry.to_numpy()).sum() < 20
    assert shapely.get_num_coordinates(before.geometry.to_numpy()).sum() > 400
    common = after.geometry[0].intersection(after.geometry[1])
    assert common.area == 0
    assert common.length == pytest.approx(1, abs=0.01)


def test_simplified_vertices_stand_on_the_grid():
    after = simplified(wavy_neighbours(), tolerance=0.0, grid=1e-4)

    points = shapely.get_coordinates(after.geometry.to_numpy()) / 1e-4
    assert np.abs(points - points.round()).max() < 1e-6


def test_a_prefecture_is_drawn_on_a_grid_of_eleven_metres_and_a_town_on_one():
    assert display_detail((106.7, 37.6, 111.5, 40.9)) == (pytest.approx(4.8 / 3200), 1e-4)
    assert display_detail((109.9, 39.7, 110.1, 39.9))[1] == 1e-5


def test_a_name_stands_at_the_seat_or_in_the_largest_part():
    two_parts = shapely.MultiPolygon([box(0, 0, 1, 1), box(5, 5, 9, 9)])

    assert label_point(two_parts, seat=(0.5, 0.5)) == (0.5, 0.5)
    assert label_point(two_parts, seat=(3, 3)) == (7, 7)
    assert label_point(two_parts) == (7, 7)
