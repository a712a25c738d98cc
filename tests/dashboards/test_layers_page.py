"""Boundaries and roads through the site: what a bureau may send by mistake is told in words and writes nothing."""

import io
import json

import pytest
import shapely

from dashboards.app import create_app
from data_access import submissions
from tests.dashboards import asking
from tests.workflows.boundary_rows import EAST, WEST, write_square_areas
from workflows.roads import network_in_force

ROAD = shapely.LineString([(109.1, 39.2), (109.6, 39.4)])
BOW = shapely.Polygon([(109, 39), (110, 40), (110, 39), (109, 40)])


@pytest.fixture
def site(empty_store):
    settings, engine = empty_store
    write_square_areas(engine)
    return create_app(settings, engine).server.test_client(), engine, settings.data_folder


def token(client) -> str:
    buttons = asking.of_type(asking.page(client, "/layers"), "Button")
    return buttons[0]["props"]["data-token"]


def collection(*shapes) -> bytes:
    """A GeoJSON of (properties, shape)."""
    features = [
        {"type": "Feature", "properties": given, "geometry": shapely.geometry.mapping(shape)} for given, shape in shapes
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def send(client, content: bytes, name="图层.geojson", **fields):
    """The answer to the posted form."""
    given = {
        "kind": "boundaries",
        "datum": "CGCS2000",
        "source": "测绘院",
        "review_number": "",
        "speed_kmh": "",
    } | fields
    form = {**given, "form-token": token(client), "file": (io.BytesIO(content), name)}
    return client.post("/layers/files", data=form, content_type="multipart/form-data")


def shown(client, answer) -> str:
    """What the page of the report says."""
    path, _mark, search = answer.json["address"].partition("?")
    return asking.text(asking.page(client, path, f"?{search}", "zh"))


def test_a_road_network_is_checked_stored_seen_and_taken_back(site):
    client, engine, folder = site
    checked = send(client, collection(({"速度": 60}, ROAD)), kind="roads", name="路网.geojson")
    assert "核对通过，可写入1个图形" in shown(client, checked)
    assert network_in_force(engine, folder) is None  # seen first

    job = checked.json["address"].partition("job=")[2]
    stored = client.post("/layers/store", data={"id": job, "form-token": token(client)})
    assert "已写入路网.geojson的1个图形" in shown(client, stored)
    record = network_in_force(engine, folder)
    assert record.about["length_km"] == pytest.approx(48.6, abs=0.3)

    undone = client.post("/layers/undo", data={"id": str(record.submission_id), "form-token": token(client)})
    assert undone.json["address"] == f"/layers?undone={record.submission_id}"
    assert network_in_force(engine, folder) is None


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ([({"area_id": "xx-w"}, BOW)], "边界线自相交"),
        ([({"area_id": "xx-w"}, WEST), ({"area_id": "xx-e"}, shapely.box(109.5, 39, 111, 40))], "xx-w 与 xx-e 重叠"),
        ([({"area_id": "xx-w"}, WEST), ({"area_id": "xx-w"}, EAST)], "区划代码 xx-w 出现不止一次"),
        ([({"area_id": "150999"}, WEST)], "区划代码 150999 不在区划表中"),
        ([({"area_id": "xx-w"}, shapely.box(39, 109, 40, 110))], "经度和纬度写反了"),
        ([({"area_id": "xx-w"}, shapely.box(500_000, 4_000_000, 600_000, 4_100_000))], "坐标可能是米"),
        ([({"area_id": "xx-w"}, shapely.Point(109.5, 39.5))], "第 1 个图形（代码 xx-w）不是面"),
        ([({"名称": "西"}, WEST)], "没有区划代码列"),
    ],
)
def test_bad_boundaries_are_told_in_words_and_nothing_is_written(site, shapes, said):
    client, engine, _folder = site
    words = shown(client, send(client, collection(*shapes)))

    assert said in words
    assert "这份图层不能导入：什么也没有写入" in words
    assert submissions.read_submissions(engine).empty


def test_a_gap_between_neighbours_is_remarked_on_before_anything_is_written(site):
    client, engine, _folder = site
    ring = shapely.box(109, 39, 110, 40) - shapely.box(109.4, 39.4, 109.6, 39.6)
    words = shown(client, send(client, collection(({"area_id": "xx-w"}, ring), ({"area_id": "xx-e"}, EAST))))

    assert "图形之间有 1 处空隙" in words
    assert submissions.read_submissions(engine).empty


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"datum": ""}, "请选择坐标基准"),
        ({"source": " "}, "请写明来源"),
        ({"name": "边界.shp"}, "压缩成一个 .zip"),
        ({"kind": "roads", "speed_kmh": "快"}, "速度“快”不对"),
    ],
)
def test_what_is_not_said_of_a_file_is_asked_for(site, fields, said):
    client, engine, folder = site
    answer = send(client, collection(({"area_id": "xx-w"}, WEST)), **fields)

    assert answer.status_code == 422
    assert said in answer.json["message"]
    assert not (folder / "uploads").exists()
    assert submissions.read_submissions(engine).empty


def test_a_file_above_the_limit_is_turned_away_before_it_is_read(site, monkeypatch):
    client, _engine, folder = site
    given = {
        "form-token": token(client),
        "kind": "roads",
        "datum": "WGS-84",
        "source": "x",
        "review_number": "",
        "speed_kmh": "",
    }
    monkeypatch.setattr("dashboards.data.layers.LARGEST_FILE_BYTES", -(1 << 20) + 2000)
    form = {**given, "file": (io.BytesIO(b"0" * 100_000), "big.geojson")}
    answer = client.post("/layers/files", data=form, content_type="multipart/form-data")

    assert answer.status_code == 413
    assert not (folder / "uploads").exists()
