"""Road networks brought, kept, taken back, and the minutes by road worked out over them."""

import json

import numpy as np
import pytest
import shapely

from data_access import submissions
from data_access.errors import InputError
from data_access.undoing import undo
from geo.datum import from_wgs84
from geo.distance import GEOD
from geo.network import NO_ROAD, REACHED
from settings import Settings
from tests.workflows.boundary_rows import EAST, WEST, feature, geojson, write_square_areas
from workflows import road_times
from workflows.boundaries import import_boundaries
from workflows.jobs import Jobs, run_job
from workflows.road_times import RoadQuestion, ask_times, known_times
from workflows.roads import import_roads, network_in_force, read_network

HOME = (109.5, 39.5)
NORTH = GEOD.fwd(*HOME, 0, 30_000)[:2]
EAST_OF_IT = GEOD.fwd(*NORTH, 90, 40_000)[:2]
STEPPE = GEOD.fwd(*HOME, 270, 20_000)[:2]  # 20 km from any road


def roads_file(path, *roads):
    """roads: (km/h, vertices)."""
    features = [
        {"type": "Feature", "properties": {"speed": speed}, "geometry": {"type": "LineString", "coordinates": line}}
        for speed, line in roads
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def angle(path, speed=60):
    """30 km north, then 40 km east, at one speed."""
    return roads_file(path, (speed, [HOME, NORTH]), (speed, [NORTH, EAST_OF_IT]))


def brought(engine, path, tmp_path, **options):
    given = {"datum": "CGCS2000", "source": "测试路网", "received_from": "规划科", "data_folder": tmp_path / "data"}
    return import_roads(engine, path, **given | options)


def question(places, facilities) -> RoadQuestion:
    lon, lat = np.array(places).T
    to_lon, to_lat = np.array(facilities).T
    return RoadQuestion(to_lon, to_lat, np.full(len(facilities), ""), lon, lat, np.full(len(places), ""))


def test_a_network_is_kept_with_who_sent_it_and_what_was_found(engine, tmp_path):
    done = brought(engine, angle(tmp_path / "路网.geojson"), tmp_path)
    record = network_in_force(engine, tmp_path / "data")

    assert (record.submission_id, record.received_from, record.file_name) == (
        done.submission_id, "规划科", "路网.geojson",
    )  # fmt: skip
    assert record.about["length_km"] == pytest.approx(70, abs=0.1)
    assert (record.about["lines"], record.about["parts"], record.about["source"]) == (2, 1, "测试路网")
    assert read_network(record.path).speed_kmh.tolist() == [60, 60]


def test_the_same_file_twice_changes_nothing_and_a_newer_one_that_is_taken_back_leaves_the_older(engine, tmp_path):
    first = brought(engine, angle(tmp_path / "a.geojson"), tmp_path)
    again = brought(engine, tmp_path / "a.geojson", tmp_path)
    second = brought(engine, angle(tmp_path / "b.geojson", speed=30), tmp_path)
    assert again.already_imported
    assert network_in_force(engine, tmp_path / "data").submission_id == second.submission_id

    undo(engine, second.submission_id, received_from="规划科")

    assert network_in_force(engine, tmp_path / "data").submission_id == first.submission_id


def test_a_dry_run_and_a_refusal_write_nothing(engine, tmp_path):
    brought(engine, angle(tmp_path / "a.geojson"), tmp_path, dry_run=True)
    for options, said in (({"datum": "北京54"}, "不认识坐标基准"), ({"source": " "}, "请写明路网的来源")):
        with pytest.raises(InputError, match=said):
            brought(engine, tmp_path / "a.geojson", tmp_path, **options)
    with pytest.raises(InputError, match="速度不在 2 到 130"):
        brought(engine, angle(tmp_path / "fast.geojson", speed=600), tmp_path)

    assert submissions.read_submissions(engine).empty
    assert not (tmp_path / "data").exists()


def test_what_fails_while_it_is_stored_leaves_no_file_behind(engine, tmp_path, monkeypatch):
    def full_disk(*_arguments, **_named):
        raise OSError("disk full")

    monkeypatch.setattr("workflows.roads.submissions.finish", full_disk)
    with pytest.raises(OSError, match="disk full"):
        brought(engine, angle(tmp_path / "a.geojson"), tmp_path)

    assert list((tmp_path / "data" / "roads").iterdir()) == []
    assert submissions.read_submissions(engine).empty


def test_roads_of_another_prefecture_are_refused_with_where_they_lie(engine, tmp_path):
    write_square_areas(engine)
    outlines = geojson(tmp_path / "b.geojson", feature("xx-w", WEST), feature("xx-e", EAST))
    import_boundaries(engine, outlines, datum="CGCS2000", source="测试", received_from="测试")
    elsewhere = roads_file(tmp_path / "r.geojson", (60, [(116.3, 39.9), (116.4, 39.9)]))

    with pytest.raises(InputError, match=r"100% 的道路在本地区及周边约 30 公里之外（多数在经度 116.35、纬度 39.90"):
        brought(engine, elsewhere, tmp_path)
    assert brought(engine, angle(tmp_path / "a.geojson"), tmp_path).submission_id


def test_roads_that_merely_cross_are_said_to_be_in_parts(engine, tmp_path):
    west, east = GEOD.fwd(*HOME, 270, 9_000)[:2], GEOD.fwd(*HOME, 90, 9_000)[:2]
    path = roads_file(tmp_path / "r.geojson", (60, [NORTH, (HOME[0], HOME[1] - 0.2)]), (60, [west, east]))
    notes = brought(engine, path, tmp_path).notes

    assert "路网分成 2 个互不相通的部分" in notes[-1]
    assert "请先在 GIS 软件中打断" in notes[-1]


def test_minutes_by_road_are_those_of_the_road_and_are_remembered(engine, tmp_path, monkeypatch):
    brought(engine, angle(tmp_path / "a.geojson"), tmp_path)
    record, asked = network_in_force(engine, tmp_path / "data"), question([HOME, STEPPE], [EAST_OF_IT])
    found = ask_times(record, asked, tmp_path / "data")

    assert found.minutes[0] == pytest.approx(70, abs=0.05)  # 70 km at 60 km/h
    assert np.isnan(found.minutes[1])
    assert found.state.tolist() == [REACHED, NO_ROAD]
    monkeypatch.setattr(road_times, "road_times", lambda *_asked: pytest.fail("worked out again"))
    assert ask_times(record, asked, tmp_path / "data").minutes[0] == found.minutes[0]


def test_another_version_of_the_network_is_another_question(engine, tmp_path):
    asked = question([HOME], [EAST_OF_IT])
    minutes = []
    for speed in (60, 30):
        brought(engine, angle(tmp_path / f"{speed}.geojson", speed=speed), tmp_path)
        record = network_in_force(engine, tmp_path / "data")
        minutes.append(ask_times(record, asked, tmp_path / "data").minutes[0])

    assert minutes == pytest.approx([70, 140], abs=0.05)


def test_places_of_a_district_go_to_their_own_facilities_only(engine, tmp_path):
    brought(engine, angle(tmp_path / "a.geojson"), tmp_path)
    lon, lat = np.array([NORTH, EAST_OF_IT]).T
    asked = RoadQuestion(lon, lat, np.array(["x", "y"]), *np.array([HOME, HOME]).T, np.array(["x", "y"]))
    found = ask_times(network_in_force(engine, tmp_path / "data"), asked, tmp_path / "data")

    assert found.minutes == pytest.approx([30, 70], abs=0.05)
    assert found.facility.tolist() == [0, 1]


def test_a_large_network_is_answered_by_a_job(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(road_times, "MOST_SEGMENTS_AT_ONCE", 1)
    brought(engine, angle(tmp_path / "a.geojson"), tmp_path)
    record = network_in_force(engine, tmp_path / "data")
    name = ask_times(record, question([HOME], [EAST_OF_IT]), tmp_path / "data")
    settings = Settings(data_folder=tmp_path / "data")
    jobs = Jobs(engine, settings)
    job_id = jobs.submit("road_times", "规划科", (), {"network": record.network_hash, "name": name})
    run_job(engine, settings, job_id)

    assert jobs.poll(job_id, owner="规划科")["state"] == "done"
    assert known_times(tmp_path / "data", name).minutes[0] == pytest.approx(70, abs=0.05)


def test_roads_of_a_commercial_map_serve_the_same_places_once_their_datum_is_declared(engine, tmp_path):
    moved = [
        [tuple(map(float, from_wgs84(*point, "GCJ-02"))) for point in line]
        for line in ([HOME, NORTH], [NORTH, EAST_OF_IT])
    ]
    brought(engine, roads_file(tmp_path / "a.geojson", *((60, line) for line in moved)), tmp_path, datum="GCJ-02")
    lines = read_network(network_in_force(engine, tmp_path / "data").path).lines

    assert shapely.get_coordinates(lines)[0] == pytest.approx(HOME, abs=1e-6)
