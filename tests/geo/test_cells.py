import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from geo.boundaries import is_valid_coverage
from geo.cells import carriers, township_cells
from geo.projections import area_km2

COLUMNS = ["area_id", "parent_id", "kind", "seat_lon", "seat_lat"]


def townships(*rows):
    return pd.DataFrame(rows, columns=COLUMNS)


def counties(**shapes):
    return gpd.GeoDataFrame({"area_id": list(shapes)}, geometry=list(shapes.values()), crs=4490)


def test_each_point_of_a_banner_goes_to_the_nearest_seat():
    two = townships(("a1", "a", "镇", 109.25, 39.5), ("a2", "a", "镇", 109.75, 39.5))

    cells = township_cells(two, counties(a=box(109, 39, 110, 40)))

    assert cells["area_id"].tolist() == ["a1", "a2"]
    west, east = area_km2(cells.geometry)
    assert west == pytest.approx(east, rel=1e-3)  # the border runs half-way, at 109.5
    assert cells.geometry[0].bounds == pytest.approx((109, 39, 109.5, 40), abs=0.002)


def test_cells_of_neighbouring_banners_meet_exactly():
    rows = townships(
        ("a1", "a", "镇", 109.3, 39.2),
        ("a2", "a", "镇", 109.6, 39.8),
        ("b1", "b", "镇", 110.2, 39.3),
        ("b2", "b", "苏木", 110.5, 39.6),
        ("b3", "b", "乡", 110.8, 39.9),
    )

    cells = township_cells(rows, counties(a=box(109, 39, 110, 40), b=box(110, 39, 111, 40)))

    assert len(cells) == 5
    assert is_valid_coverage(cells)


def test_sub_districts_lie_in_the_cell_of_the_town_they_surround():
    rows = townships(
        ("t", "a", "镇", 110.03, 40.39), ("s1", "a", "街道", 110.02, 40.40), ("s2", "a", "街道", 110.04, 40.40)
    )

    assert carriers(rows).to_dict() == {"t": "t", "s1": "t", "s2": "t"}


def test_sub_districts_far_from_any_town_share_a_cell_of_their_own():
    rows = townships(
        ("t", "a", "镇", 109.80, 39.83), ("s1", "a", "街道", 109.97, 39.82), ("s2", "a", "街道", 109.99, 39.82)
    )

    cells = township_cells(rows, counties(a=box(109, 39, 111, 40.5)))

    assert cells["area_id"].tolist() == ["s1", "t"]
    assert cells["members"].tolist() == [["s1", "s2"], ["t"]]


def test_the_only_seat_of_a_banner_gets_all_of_it():
    cells = township_cells(townships(("a1", "a", "镇", 109.2, 39.2)), counties(a=box(109, 39, 110, 40)))

    assert area_km2(cells.geometry)[0] == pytest.approx(9549.5, rel=1e-4)  # a degree square at 39-40 N


def test_a_township_of_an_unknown_banner_is_refused():
    with pytest.raises(ValueError, match="zz"):
        township_cells(townships(("a1", "zz", "镇", 109.2, 39.2)), counties(a=box(109, 39, 110, 40)))
