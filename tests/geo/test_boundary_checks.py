import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import box

from geo.boundary_checks import code_findings, datum_shift_m, datum_verdict, gaps_km2, outside_share, overlaps
from geo.datum import from_wgs84

# A square degree round Ordos with an uneven edge, so that a shift shows on every side.
PLACE = shapely.Point(109.9, 39.6).buffer(0.5, quad_segs=90)


def frame(*shapes):
    codes = [f"15060{number}" for number in range(1, len(shapes) + 1)]
    return gpd.GeoDataFrame({"area_id": codes}, geometry=list(shapes), crs=4490)


def in_datum(shape, datum):
    return shapely.transform(shape, lambda points: np.column_stack(from_wgs84(points[:, 0], points[:, 1], datum)))


def test_codes_that_are_twice_there_unknown_or_missing_are_named():
    found = code_findings(["a", "b", "b", "x"], known=["a", "b", "c"], expected=["a", "b", "c"])

    assert found == {"duplicate": ["b"], "unknown": ["x"], "missing": ["c"]}


def test_an_overlap_is_measured_and_compared_with_the_smaller_area():
    # the second is a tenth as wide as the first; half of it lies in the first
    pairs = overlaps(frame(box(109, 39, 110, 39.1), box(109.95, 39, 110.05, 39.1)))

    assert pairs[["area_id", "other_id"]].to_numpy().tolist() == [["150601", "150602"]]
    assert pairs["share"][0] == pytest.approx(0.5, abs=0.001)
    assert pairs["km2"][0] == pytest.approx(
        0.05 * 86.4 * 0.1 * 111.0, rel=0.01
    )  # 39.05 N: a degree is 86.4 by 111.0 km


def test_areas_that_only_touch_do_not_overlap():
    assert overlaps(frame(box(109, 39, 110, 40), box(110, 39, 111, 40))).empty


def test_a_hole_between_areas_is_a_gap():
    ring = box(109, 39, 110, 40).difference(box(109.4, 39.4, 109.5, 39.5))

    assert gaps_km2(frame(ring)) == pytest.approx([0.1 * 86.0 * 0.1 * 111.0], rel=0.01)
    assert gaps_km2(frame(box(109, 39, 110, 40))).size == 0


def test_half_of_an_area_lies_outside_its_parent():
    share = outside_share(frame(box(109, 39, 110, 40)), box(109.5, 38, 111, 41))

    assert share["150601"] == pytest.approx(0.5, abs=0.001)


@pytest.mark.parametrize("datum", ["GCJ-02", "BD-09"])
def test_an_outline_in_another_datum_than_declared_is_found_out(datum):
    verdict = datum_verdict(frame(in_datum(PLACE, datum)), "WGS-84", PLACE)

    assert verdict.is_wrong
    assert verdict.best == datum
    assert verdict.distance_m[datum] < 5


@pytest.mark.parametrize("datum", ["CGCS2000", "WGS-84", "GCJ-02", "BD-09"])
def test_an_outline_in_the_datum_declared_passes(datum):
    verdict = datum_verdict(frame(in_datum(PLACE, datum)), datum, PLACE)

    assert not verdict.is_wrong
    assert verdict.best in {datum, "WGS-84"}


def test_a_coarser_outline_in_the_right_datum_passes():
    coarse = PLACE.simplify(0.005)  # up to 500 m off the fine one

    assert not datum_verdict(frame(coarse), "CGCS2000", PLACE).is_wrong


def test_another_place_can_not_be_compared():
    verdict = datum_verdict(frame(box(120, 30, 121, 31)), "WGS-84", PLACE)

    assert verdict.distance_m == {}
    assert not verdict.is_wrong


def test_gcj02_lies_about_half_a_kilometre_off_at_dongsheng():
    assert datum_shift_m(109.98, 39.82, "GCJ-02") == pytest.approx(520, abs=50)
