import geopandas as gpd
import pytest
import shapely

from data_access.areas import read_boundaries
from data_access.errors import InputError
from data_access.national_outlines import read_national_outlines
from data_access.submissions import read_submissions
from data_access.undoing import undo
from geo.boundaries import is_valid_coverage
from geo.projections import area_km2
from tests.workflows.boundary_rows import (
    EAST,
    WEST,
    feature,
    geojson,
    in_datum,
    write_ordos_areas,
    write_square_areas,
)
from workflows.boundaries import import_boundaries

SAID = {"datum": "CGCS2000", "source": "测试数据", "received_from": "测试"}


@pytest.fixture
def squares(engine):
    write_square_areas(engine)
    return engine


@pytest.fixture
def ordos(engine):
    write_ordos_areas(engine)
    return engine


def banner_file(path, datum="WGS-84"):
    banners = read_national_outlines(["1506"])
    return geojson(path, *(feature(row.area_id, in_datum(row.geometry, datum)) for row in banners.itertuples()))


def test_the_nine_banners_of_ordos_are_stored_as_they_are(ordos, tmp_path):
    done = import_boundaries(ordos, banner_file(tmp_path / "banners.geojson"), **SAID, review_number="GS(2024)0650号")

    stored = read_boundaries(ordos, parent="150600")
    assert done.rows_read == len(stored) == 9
    assert area_km2(stored.geometry).sum() == pytest.approx(86_853, abs=1)
    assert is_valid_coverage(stored)
    assert set(stored["review_number"]) == {"GS(2024)0650号"}
    assert set(stored["source"]) == {"测试数据"}
    assert not stored["is_illustrative"].any()


@pytest.mark.parametrize("datum", ["GCJ-02", "BD-09"])
def test_a_file_in_another_datum_than_declared_is_refused_in_words_a_clerk_understands(ordos, tmp_path, datum):
    path = banner_file(tmp_path / "旗区边界.geojson", datum)

    with pytest.raises(InputError) as refusal:
        import_boundaries(ordos, path, **SAID | {"datum": "WGS-84"})

    said = str(refusal.value)
    assert "旗区边界.geojson" in said
    assert "不是所声明的 WGS-84" in said
    assert f"--datum {datum}" in said
    assert "这份边界文件未写入" in said
    assert read_boundaries(ordos, level="county").empty


def test_the_same_file_is_taken_and_converted_when_its_datum_is_declared(ordos, tmp_path):
    import_boundaries(ordos, banner_file(tmp_path / "b.geojson", "GCJ-02"), **SAID | {"datum": "高德"})

    stored = read_boundaries(ordos, level="county").set_index("area_id")
    original = read_national_outlines(["1506"]).set_index("area_id")
    assert set(stored["declared_datum"]) == {"GCJ-02"}
    for area_id, outline in original.geometry.items():
        assert shapely.hausdorff_distance(stored.geometry[area_id], outline) < 1e-6  # degrees: a tenth of a metre


def test_the_same_file_twice_changes_nothing_and_says_so(squares, tmp_path):
    path = geojson(tmp_path / "b.geojson", feature("xx-w", WEST), feature("xx-e", EAST))
    import_boundaries(squares, path, **SAID)

    again = import_boundaries(squares, path, **SAID)

    assert again.already_imported
    assert "已经导入过" in again.notes[0]
    assert len(read_submissions(squares)) == 1


def test_a_dry_run_checks_and_writes_nothing(squares, tmp_path):
    path = geojson(tmp_path / "b.geojson", feature("xx-w", WEST))

    done = import_boundaries(squares, path, **SAID, dry_run=True)

    assert done.submission_id is None
    assert "xx-e" in " ".join(done.notes)  # the sibling that has no polygon
    assert read_boundaries(squares).empty


def test_a_new_outline_replaces_the_old_one_and_undoing_puts_it_back(squares, tmp_path):
    import_boundaries(squares, geojson(tmp_path / "1.geojson", feature("xx-w", WEST)), **SAID)
    wider = shapely.box(108.5, 39, 110, 40)

    second = import_boundaries(squares, geojson(tmp_path / "2.geojson", feature("xx-w", wider)), **SAID)
    assert read_boundaries(squares).geometry[0].equals(wider)

    undo(squares, second.submission_id, received_from="测试")
    assert read_boundaries(squares).geometry[0].equals(WEST)


def test_an_outline_that_a_later_import_replaced_is_undone_after_it(squares, tmp_path):
    first = import_boundaries(squares, geojson(tmp_path / "1.geojson", feature("xx-w", WEST)), **SAID)
    second = import_boundaries(squares, geojson(tmp_path / "2.geojson", feature("xx-w", EAST)), **SAID)

    with pytest.raises(InputError, match="1 个边界已被之后的导入更新。请先撤销之后的边界导入"):
        undo(squares, first.submission_id, received_from="测试")
    assert read_boundaries(squares).geometry[0].equals(EAST)

    undo(squares, second.submission_id, received_from="测试")
    undo(squares, first.submission_id, received_from="测试")
    assert read_boundaries(squares).empty


def test_a_place_without_a_known_outline_is_taken_with_a_note(squares, tmp_path):
    done = import_boundaries(
        squares, geojson(tmp_path / "b.geojson", feature("xx-w", WEST), feature("xx-e", EAST)), **SAID
    )

    assert any("未能核对坐标基准" in note for note in done.notes)


def refusal_of(engine, path, **changed):
    with pytest.raises(InputError) as refusal:
        import_boundaries(engine, path, **SAID | changed)
    assert read_boundaries(engine).empty
    return str(refusal.value)


def test_unknown_missing_and_repeated_codes_are_all_named_at_once(squares, tmp_path):
    path = geojson(
        tmp_path / "b.geojson", feature("xx-w", WEST), feature("xx-w", EAST), feature("150699", EAST), feature("", EAST)
    )

    said = refusal_of(squares, path)

    assert "xx-w 出现不止一次" in said
    assert "150699 不在区划表中" in said
    assert "第 4 个图形没有区划代码" in said


def test_a_polygon_without_coordinates_and_one_that_is_a_line_are_named_by_their_place(squares, tmp_path):
    line = shapely.LineString([(109, 39), (110, 40)])

    said = refusal_of(squares, geojson(tmp_path / "b.geojson", feature("xx-w", None), feature("xx-e", line)))

    assert "第 1 个图形（代码 xx-w）没有坐标" in said
    assert "第 2 个图形（代码 xx-e）不是面" in said


def test_a_polygon_that_is_only_a_point_is_named_by_its_place(squares, tmp_path):
    point = {"type": "Polygon", "coordinates": [[[109, 39]] * 4]}

    said = refusal_of(squares, geojson(tmp_path / "b.geojson", feature("xx-w", point)))

    assert "第 1 个图形（代码 xx-w）没有面积" in said


def test_latitude_before_longitude_is_refused(squares, tmp_path):
    exchanged = shapely.transform(WEST, lambda points: points[:, ::-1])

    assert "经度和纬度写反了" in refusal_of(squares, geojson(tmp_path / "b.geojson", feature("xx-w", exchanged)))


def test_metres_called_degrees_are_refused(squares, tmp_path):
    metres = shapely.box(400_000, 4_300_000, 500_000, 4_400_000)

    assert "超出经纬度范围" in refusal_of(squares, geojson(tmp_path / "b.geojson", feature("xx-w", metres)))


def test_an_outline_that_crosses_itself_is_refused(squares, tmp_path):
    figure_of_eight = shapely.Polygon([(109, 39), (110, 40), (110, 39), (109, 40)])

    said = refusal_of(squares, geojson(tmp_path / "b.geojson", feature("xx-w", figure_of_eight)))

    assert "边界线自相交（xx-w）" in said


def test_neighbours_that_overlap_by_more_than_a_hundredth_are_refused(squares, tmp_path):
    reaching_over = shapely.box(109.9, 39, 111, 40)

    said = refusal_of(squares, geojson(tmp_path / "b.geojson", feature("xx-w", WEST), feature("xx-e", reaching_over)))

    assert "xx-w 与 xx-e 重叠" in said


def test_neighbours_that_overlap_by_a_hair_are_taken_with_a_note(squares, tmp_path):
    reaching_over = shapely.box(109.999, 39, 111, 40)
    path = geojson(tmp_path / "b.geojson", feature("xx-w", WEST), feature("xx-e", reaching_over))

    done = import_boundaries(squares, path, **SAID)

    assert any("略有重叠" in note for note in done.notes)


def test_a_district_outside_its_parent_is_refused(squares, tmp_path):
    import_boundaries(squares, geojson(tmp_path / "p.geojson", feature("xx", WEST)), **SAID)

    with pytest.raises(InputError, match="xx-e 有 100% 的面积在上级 xx 的边界之外"):
        import_boundaries(squares, geojson(tmp_path / "c.geojson", feature("xx-e", EAST)), **SAID)


def test_areas_may_share_a_polygon_only_where_it_is_illustrative(squares, tmp_path):
    path = geojson(tmp_path / "b.geojson", feature("xx-w", WEST), feature("xx-e", WEST))
    assert "重叠" in refusal_of(squares, path)

    done = import_boundaries(squares, path, **SAID, illustrative=True)

    assert done.rows_read == 2
    assert read_boundaries(squares)["is_illustrative"].all()


def test_the_source_of_a_boundary_must_be_stated(squares, tmp_path):
    assert "来源" in refusal_of(squares, geojson(tmp_path / "b.geojson", feature("xx-w", WEST)), source=" ")


def test_a_datum_nobody_knows_is_refused(squares, tmp_path):
    assert "不认识坐标基准 西安80" in refusal_of(
        squares, geojson(tmp_path / "b.geojson", feature("xx-w", WEST)), datum="西安80"
    )


def test_a_geopackage_in_metres_is_brought_to_degrees(squares, tmp_path):
    frame = gpd.GeoDataFrame({"代码": ["xx-w", "xx-e"]}, geometry=[WEST, EAST], crs=4490)
    frame.to_crs(4524).to_file(tmp_path / "b.gpkg", driver="GPKG")

    import_boundaries(squares, tmp_path / "b.gpkg", **SAID)

    stored = read_boundaries(squares).set_index("area_id")
    assert stored.geometry["xx-w"].bounds == pytest.approx(WEST.bounds, abs=1e-6)
