import json
import zipfile

import geopandas as gpd
import pytest
import shapely

from data_access.errors import InputError
from tests.workflows.boundary_rows import EAST, WEST, feature, geojson
from workflows.boundary_files import read_polygon_file
from workflows.layer_files import Bounds


def refusal_of(path):
    with pytest.raises(InputError) as refusal:
        read_polygon_file(path)
    assert path.name in str(refusal.value)
    return str(refusal.value)


def written(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


@pytest.fixture
def shapefile(tmp_path):
    """A folder with a shapefile of two counties whose names are in GBK, and no .cpg, as old software writes it."""
    frame = gpd.GeoDataFrame(
        {"adcode": [150602, 150603], "name": ["东胜区", "康巴什区"]}, geometry=[WEST, EAST], crs=4490
    )
    frame.to_file(tmp_path / "旗区.shp", encoding="GBK")
    (tmp_path / "旗区.cpg").unlink()
    return tmp_path / "旗区.shp"


def test_codes_are_read_as_text_whatever_the_column_is_called(tmp_path):
    path = geojson(tmp_path / "b.geojson", feature(150602, WEST, "adcode"), feature(150603.0, EAST, "adcode"))

    assert read_polygon_file(path).polygons["area_id"].tolist() == ["150602", "150603"]


def test_the_mapping_services_own_codes_lose_their_156(tmp_path):
    path = geojson(tmp_path / "b.geojson", feature("156150602", WEST, "gb"))

    assert read_polygon_file(path).polygons["area_id"].tolist() == ["150602"]


def test_a_file_without_a_code_column_says_which_columns_it_has(tmp_path):
    said = refusal_of(geojson(tmp_path / "b.geojson", feature("东胜区", WEST, "NAME")))

    assert "没有区划代码列" in said
    assert "NAME" in said


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_is_not_a_number_is_refused(tmp_path, number):
    text = json.dumps({"type": "FeatureCollection", "features": [feature("150602", WEST)]}).replace("109.0", number)

    assert f"出现 {number}" in refusal_of(written(tmp_path / "b.geojson", text))


def test_brackets_without_end_are_refused_before_they_are_parsed(tmp_path):
    assert "嵌套超过" in refusal_of(written(tmp_path / "b.geojson", "[" * 200_000))


def test_a_file_cut_off_in_the_middle_says_where(tmp_path):
    text = json.dumps({"type": "FeatureCollection", "features": [feature("150602", WEST)]})

    assert "不是完整的 JSON（第 1 行" in refusal_of(written(tmp_path / "b.geojson", text[:120]))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "不是完整的 JSON"),
        ("{}".encode("utf-16"), "不是 UTF-8"),
        (b'{"type": "Polygon", "coordinates": []}', "不是 GeoJSON 要素集合"),
        (b'{"type": "FeatureCollection", "features": [1, 2]}', "要素列表"),
        (b'{"type": "FeatureCollection", "features": []}', "没有图形"),
        (
            b'{"type": "FeatureCollection", "features": [{"geometry": {"type": "Polygon", "coordinates": [1]}}]}',
            "第 1 个图形",
        ),
        (b"%PDF-1.7", "不是完整的 JSON"),
    ],
    ids=["empty", "utf16", "polygon only", "numbers", "no features", "coordinates", "pdf"],
)
def test_what_is_not_a_geojson_of_polygons_is_refused(tmp_path, content, said):
    assert said in refusal_of(written(tmp_path / "b.geojson", content))


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path):
    assert "找不到" in refusal_of(tmp_path / "b.geojson")


def test_a_name_that_would_open_a_network_connection_is_only_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = "vsicurl_streaming.gpkg"

    assert "不是 GeoPackage" in refusal_of(written(tmp_path / name, b"/vsicurl/http://127.0.0.1:9/x.gpkg"))


def test_a_kind_of_file_we_do_not_know_is_refused(tmp_path):
    assert "不认识的边界文件" in refusal_of(written(tmp_path / "b.kml", "<kml/>"))


def test_an_old_datum_has_to_be_converted_first(tmp_path):
    frame = gpd.GeoDataFrame({"code": ["150602"]}, geometry=[WEST], crs=4214)  # Beijing 1954
    frame.to_file(tmp_path / "b.gpkg", driver="GPKG")

    assert "须先在 GIS 软件中转换为 CGCS2000" in refusal_of(tmp_path / "b.gpkg")


def test_two_layers_in_one_geopackage_leave_the_choice_to_the_sender(tmp_path):
    for layer in ("banners", "townships"):
        frame = gpd.GeoDataFrame({"code": ["150602"]}, geometry=[WEST], crs=4490)
        frame.to_file(tmp_path / "b.gpkg", layer=layer, driver="GPKG")

    assert "有 2 个图层" in refusal_of(tmp_path / "b.gpkg")


def test_a_damaged_geopackage_is_refused(tmp_path):
    assert "打不开" in refusal_of(written(tmp_path / "b.gpkg", b"SQLite format 3\x00" + b"\x00" * 500))


def test_a_shapefile_in_gbk_is_read_with_a_note(shapefile):
    read = read_polygon_file(shapefile)

    assert read.polygons["area_id"].tolist() == ["150602", "150603"]
    assert "GB18030" in read.notes[0]


def test_a_shapefile_without_prj_is_refused(shapefile):
    shapefile.with_suffix(".prj").unlink()

    assert "缺少 .prj" in refusal_of(shapefile)


def test_a_zipped_shapefile_is_read(shapefile, tmp_path):
    with zipfile.ZipFile(tmp_path / "旗区.zip", "w") as archive:
        for part in (".shp", ".shx", ".dbf", ".prj"):
            archive.write(shapefile.with_suffix(part), f"数据/旗区{part}")

    read = read_polygon_file(tmp_path / "旗区.zip")

    assert read.polygons.geometry[0].equals(WEST)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("workflows.layer_files.LARGEST_UNPACKED_BYTES", 2**20)
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b.shp", b"\x00" * 2**21)

    assert "过大" in refusal_of(tmp_path / "b.zip")


def test_what_is_only_called_zip_is_refused(tmp_path):
    assert "不是可读的压缩包" in refusal_of(written(tmp_path / "b.zip", b"PK\x03\x04 nothing more"))


def test_vertices_are_counted_before_anything_is_computed(tmp_path, monkeypatch):
    monkeypatch.setattr("workflows.boundary_files.BOUNDS", Bounds("边界", 10, 4))

    assert "顶点超过 4 个" in refusal_of(geojson(tmp_path / "b.geojson", feature("150602", shapely.box(0, 0, 1, 1))))


def test_a_geoparquet_is_read_whatever_its_geometry_is_called(tmp_path):
    frame = gpd.GeoDataFrame({"adcode": [150602]}, geometry=[shapely.box(109, 39, 110, 40)], crs="EPSG:4490")
    frame.rename_geometry("shape").to_parquet(tmp_path / "旗区.parquet")

    assert read_polygon_file(tmp_path / "旗区.parquet").polygons["area_id"].tolist() == ["150602"]


def test_a_comma_too_many_and_what_follows_the_end_are_no_json(tmp_path):
    for content in ('{"type":"FeatureCollection","features":[],}', '{"type":"FeatureCollection","features":[]} []'):
        (tmp_path / "x.geojson").write_text(content)
        with pytest.raises(InputError, match="不是完整的 JSON"):
            read_polygon_file(tmp_path / "x.geojson")
