"""Files of roads as bureaus send them: known names of columns, one-way streets, and what is refused in words."""

import zipfile

import geopandas as gpd
import numpy as np
import pytest
import shapely

from data_access.errors import InputError
from geo.network import BACKWARD, BOTH_WAYS, FORWARD
from workflows.layer_files import Bounds
from workflows.road_files import read_roads

ROADS = [shapely.LineString([(109, 39), (109.1, 39)]), shapely.LineString([(109.1, 39), (109.1, 39.1)])]
DATUM = "WGS-84"


def layer(path, lines=None, crs="EPSG:4326", **columns):
    """A file of roads of the kind its name says."""
    frame = gpd.GeoDataFrame(columns, geometry=lines or ROADS, crs=crs)
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path, **({"encoding": "GBK"} if path.suffix == ".shp" else {}))
    return path


def refused(path, **options) -> str:
    with pytest.raises(InputError) as error:
        read_roads(path, datum=DATUM, **options)
    return str(error.value)


@pytest.mark.parametrize("name", ["路网.parquet", "路网.gpkg", "路网.geojson"])
def test_speeds_and_one_way_streets_are_found_by_their_known_names(tmp_path, name):
    roads = read_roads(layer(tmp_path / name, maxspeed=["60", "30 mph"], oneway=["yes", "-1"]), datum=DATUM)

    assert roads.speed_kmh == pytest.approx([60, 48.28], abs=0.01)
    assert roads.way.tolist() == [FORWARD, BACKWARD]


def test_a_line_without_speed_takes_that_of_its_class_and_that_is_said(tmp_path):
    roads = read_roads(layer(tmp_path / "r.gpkg", 速度=[80, None], 道路等级=["国道", "四级公路"]), datum=DATUM)

    assert roads.speed_kmh.tolist() == [80, 40]
    assert roads.way.tolist() == [BOTH_WAYS] * 2
    assert "1 条道路没有速度，按道路等级取假定速度" in roads.notes[0]


def test_lines_that_say_neither_speed_nor_class_are_named_until_a_speed_is_stated(tmp_path):
    path = layer(tmp_path / "r.gpkg", speed=[60, 0])

    assert "第 2 条道路没有速度，也没有认得的道路等级" in refused(path)
    assert read_roads(path, datum=DATUM, speed_kmh=40).speed_kmh.tolist() == [60, 40]


def test_a_speed_in_another_unit_is_named_with_its_line(tmp_path):
    said = refused(layer(tmp_path / "r.gpkg", speed=[600, 60]))

    assert "第 1 条道路的速度不在 2 到 130 公里/小时之间（如 600）" in said
    assert "什么也没有写入" in said


def test_a_word_nobody_knows_for_one_way_is_named(tmp_path):
    assert "“oneway”里有不认识的写法（maybe）" in refused(
        layer(tmp_path / "r.gpkg", speed=[60, 60], oneway=["no", "maybe"])
    )


def test_latitude_before_longitude_is_refused(tmp_path):
    turned = [shapely.transform(line, lambda points: points[:, ::-1]) for line in ROADS]

    assert "经度和纬度写反了" in refused(layer(tmp_path / "r.geojson", turned, speed=[60, 60]))


def test_a_vertex_on_the_equator_is_a_missing_coordinate(tmp_path):
    lines = [shapely.LineString([(109, 39), (109, 0)]), ROADS[1]]

    assert "有 1 个顶点的经度或纬度是 0（在赤道" in refused(layer(tmp_path / "r.gpkg", lines, speed=[60, 60]))


def test_lines_without_length_are_left_out_and_named(tmp_path):
    lines = [shapely.LineString([(109, 39), (109, 39)]), ROADS[1]]
    roads = read_roads(layer(tmp_path / "r.gpkg", lines, speed=[60, 50]), datum=DATUM)

    assert roads.speed_kmh.tolist() == [50]
    assert "第 1 条道路没有长度，没有使用" in roads.notes[0]


def test_a_zipped_shapefile_in_gbk_keeps_its_chinese_classes(tmp_path):
    shape = layer(tmp_path / "roads.shp", 等级=["国道", "乡道"])
    (tmp_path / "roads.cpg").unlink()
    with zipfile.ZipFile(tmp_path / "路网.zip", "w") as archive:
        for part in (".shp", ".shx", ".dbf", ".prj"):
            archive.write(shape.with_suffix(part), f"路网{part}")
    roads = read_roads(tmp_path / "路网.zip", datum=DATUM)

    assert roads.speed_kmh.tolist() == [70, 40]
    assert "GB18030" in roads.notes[0]


def test_a_shapefile_without_prj_is_refused(tmp_path):
    shape = layer(tmp_path / "roads.shp", speed=[60, 60])
    shape.with_suffix(".prj").unlink()

    assert "缺少 .prj，无法知道坐标系" in refused(shape)


def test_a_table_that_is_no_geoparquet_and_one_cut_off_are_refused(tmp_path):
    whole = layer(tmp_path / "r.parquet", speed=[60, 60])
    gpd.pd.DataFrame({"speed": [60]}).to_parquet(tmp_path / "table.parquet")
    (tmp_path / "cut.parquet").write_bytes(whole.read_bytes()[:-30])

    for name in ("table.parquet", "cut.parquet"):
        assert "不是可读的 GeoParquet" in refused(tmp_path / name)


def test_a_file_too_large_is_not_even_read(tmp_path, monkeypatch):
    monkeypatch.setattr("workflows.layer_files.LARGEST_FILE_BYTES", 100)
    path = layer(tmp_path / "r.geojson", speed=[60, 60])
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda _path: pytest.fail("was read"))

    assert "没有读取。请先简化或分地区导出，或另存为 GeoPackage" in refused(path)


@pytest.mark.parametrize("name", ["r.geojson", "r.gpkg", "r.parquet"])
def test_more_lines_than_are_taken_are_refused(tmp_path, monkeypatch, name):
    monkeypatch.setattr("workflows.road_files.BOUNDS", Bounds("道路", 1, 10))

    assert "超过 1 个" in refused(layer(tmp_path / name, speed=[60, 60]))


def test_roads_of_a_commercial_map_are_moved_to_where_they_are(tmp_path):
    path = layer(tmp_path / "r.gpkg", speed=[60, 60])
    moved = shapely.get_coordinates(read_roads(path, datum="GCJ-02").lines)

    assert 300 < np.hypot(*((moved - shapely.get_coordinates(ROADS)) * (86_000, 111_000)).T).mean() < 700
