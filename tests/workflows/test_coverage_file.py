"""coverage-file as somebody with two tables meets it."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import manage
from geo.datum import from_wgs84
from geo.distance import GEOD

CLINIC = (109.98, 39.82)


def village(azimuth: float, km: float, start=CLINIC) -> tuple[float, float]:
    """A point at a known distance from another, to a tenth of a millimetre."""
    lon, lat, _back = GEOD.fwd(*start, azimuth, km * 1000)
    return round(lon, 9), round(lat, 9)


def table(path: Path, rows: list[dict]) -> Path:
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


@pytest.fixture
def files(tmp_path):
    """Four villages of two banners round a clinic of banner A, and a far clinic of banner B."""
    far = village(90, 80)
    places = {"v1": village(10, 29.95), "v2": village(100, 30.05), "v3": village(200, 5), "v4": village(90, 75)}
    people, banner = {"v1": 100, "v2": 300, "v3": 50, "v4": 0}, {"v1": "A", "v2": "A", "v3": "B", "v4": "B"}
    demand = [
        {"id": name, "lon": lon, "lat": lat, "population": people[name], "area_id": banner[name]}
        for name, (lon, lat) in places.items()
    ]
    clinics = [
        {"id": "c1", "lon": CLINIC[0], "lat": CLINIC[1], "area_id": "A"},
        {"id": "c2", "lon": far[0], "lat": far[1], "area_id": "B"},
    ]
    return table(tmp_path / "demand.csv", demand), table(tmp_path / "clinics.csv", clinics), tmp_path / "out.csv"


def run(files, *options) -> int:
    demand, clinics, out = files
    return manage.main(["coverage-file", str(demand), str(clinics), "--out", str(out), *options])


def test_29_95_km_is_within_30_km_and_30_05_km_is_not(files, capsys):
    assert run(files, "--radius-km", "30", "--json") == 0
    found, out = json.loads(capsys.readouterr().out), pd.read_csv(files[2])

    assert out.columns.tolist() == ["id", "covered", "nearest_id", "distance_m"]
    assert out["id"].tolist() == ["v1", "v2", "v3", "v4"]
    assert out["covered"].tolist() == [1, 0, 1, 1]
    assert out["nearest_id"].tolist() == ["c1", "c1", "c1", "c2"]
    assert out["distance_m"].tolist() == pytest.approx([29_950, 30_050, 5_000, 5_000], abs=1)
    assert (found["people_share"], found["places_share"]) == (pytest.approx(150 / 450), 0.75)
    by_area = {row["area_id"]: row for row in found["areas"]}
    assert by_area["A"]["people_share"] == 0.25
    assert by_area["B"] == {
        "area_id": "B", "people": 50, "people_covered": 50, "places": 2, "places_covered": 2, "people_share": 1, "places_share": 1,
    }  # fmt: skip
    assert [row["id"] for row in found["uncovered"]] == ["v2"]


def test_with_own_facilities_only_a_clinic_across_the_border_does_not_count(files, capsys):
    assert run(files, "--radius-km", "30", "--own-area-only", "--json") == 0
    out = pd.read_csv(files[2]).set_index("id")

    assert out["covered"].tolist() == [1, 0, 0, 1]
    assert out.loc["v3", "nearest_id"] == "c2"
    assert json.loads(capsys.readouterr().out)["own_area_only"] is True


def test_fifteen_minutes_at_40_km_an_hour_are_10_km_in_a_straight_line_and_said_to_be(files, capsys):
    assert run(files, "--minutes", "15", "--speed-kmh", "40") == 0
    words, out = capsys.readouterr().out, pd.read_csv(files[2])

    assert "直线估算" in words
    assert out["covered"].tolist() == [0, 0, 1, 1]
    assert out["minutes"].tolist() == pytest.approx([44.925, 45.075, 7.5, 7.5], abs=2e-3)


def test_the_way_by_road_is_longer_and_may_not_be_there(files, tmp_path, capsys):
    # a road from v3 by a corner 20 km south of it to the clinic, at 60 km/h; v1, v2 and v4 have no road within 1 km
    v3 = village(200, 5)
    corner = village(180, 20, v3)
    back = GEOD.inv(*corner, *CLINIC)[2] / 1000
    line = gpd.GeoDataFrame({"kmh": [60]}, geometry=[shapely.LineString([v3, corner, CLINIC])], crs="EPSG:4326")
    line.to_file(tmp_path / "roads.gpkg", driver="GPKG")
    options = ("--minutes", "60", "--roads", str(tmp_path / "roads.gpkg"), "--speed-column", "kmh", "--json")

    assert run(files, *options) == 0
    found, out = json.loads(capsys.readouterr().out), pd.read_csv(files[2]).set_index("id")

    assert out.loc["v3", "minutes"] == pytest.approx(20 + back, abs=0.01)
    assert out["covered"].tolist() == [0, 0, 1, 0]
    assert found["roads"] == {"places_without_road": 3, "places_not_connected": 0}
    assert found["minutes_basis"] == "按所给路网"


def test_gcj_02_coordinates_are_turned_before_they_are_measured(files, capsys):
    for path in files[:2]:
        rows = pd.read_csv(path)
        rows["lon"], rows["lat"] = from_wgs84(rows["lon"], rows["lat"], "GCJ-02")
        rows.to_csv(path, index=False)

    assert run(files, "--radius-km", "30", "--datum", "高德") == 0
    assert pd.read_csv(files[2])["distance_m"].tolist() == pytest.approx([29_950, 30_050, 5_000, 5_000], abs=1)


def test_shares_of_area_are_measured_from_the_outlines_that_are_given(files, tmp_path, capsys):
    outline = gpd.GeoDataFrame({"area_id": ["A"]}, geometry=[shapely.box(109, 39, 111, 40.6)], crs="EPSG:4490")
    outline.to_file(tmp_path / "known.geojson")

    assert run(files, "--radius-km", "30", "--boundaries", str(tmp_path / "known.geojson"), "--json") == 0
    area = json.loads(capsys.readouterr().out)["areas"][0]

    # two circles of pi r^2 less the segment of the second that lies beyond 111 E, r^2 acos(d / r) - d sqrt(r^2 - d^2)
    far_lon, far_lat = village(90, 80)
    d, r = GEOD.inv(far_lon, far_lat, 111, far_lat)[2] / 1000, 30
    segment = r**2 * np.arccos(d / r) - d * np.sqrt(r**2 - d**2)
    assert area["area_covered_km2"] == pytest.approx(2 * np.pi * r**2 - segment, rel=2e-3)
    assert area["area_share"] == pytest.approx(area["area_covered_km2"] / area["area_km2"])


BAD = [
    ({"lon": 39.82, "lat": 109.98}, "经度和纬度写反了"),
    ({"lon": 0, "lat": 0}, "缺坐标时填的 0"),
    ({"lon": 109.98, "lat": 0}, "赤道"),
    ({"lon": None}, "lon 为空"),
    ({"lon": 36_500_000}, "投影坐标"),
    ({"lat": "三十九度"}, "不是数字"),
    ({"population": -4}, "小于 0"),
    ({"id": "v1"}, "id 与第 2 行相同"),
    ({"id": ""}, "id 为空"),
]


@pytest.mark.parametrize("change,said", BAD)
def test_a_bad_row_is_named_and_nothing_is_written(files, capsys, change, said):
    rows = pd.read_csv(files[0]).astype(object)
    for column, value in change.items():
        rows.loc[2, column] = value
    rows.to_csv(files[0], index=False)

    assert run(files, "--radius-km", "30") == 1
    message = capsys.readouterr().err
    assert "demand.csv 第 4 行" in message
    assert said in message
    assert not files[2].exists()
    assert sorted(path.name for path in files[2].parent.iterdir()) == ["clinics.csv", "demand.csv"]


def test_without_a_facility_or_a_rule_nothing_is_measured(files, capsys):
    files[1].write_text("id,lon,lat\n", encoding="utf-8")
    assert run(files, "--radius-km", "30") == 1
    assert "只有表头" in capsys.readouterr().err
    assert run(files) == 1
    assert "--radius-km" in capsys.readouterr().err
    assert run(files, "--minutes", "15") == 1
    assert "--speed-kmh" in capsys.readouterr().err


def test_pieces_of_a_long_file_add_up_to_the_whole(files, monkeypatch, capsys):
    rng = np.random.default_rng(3)
    rows = [
        {"id": f"p{i}", "lon": lon, "lat": lat, "population": i, "area_id": f"{i % 3}"}
        for i, (lon, lat) in enumerate(zip(rng.uniform(109, 111, 50), rng.uniform(39, 40.5, 50), strict=True))
    ]
    table(files[0], rows)
    run(files, "--radius-km", "30", "--json")
    whole, first = json.loads(capsys.readouterr().out), files[2].read_text()
    monkeypatch.setattr("workflows.point_files.ROWS_AT_ONCE", 7)
    run(files, "--radius-km", "30", "--json")

    assert json.loads(capsys.readouterr().out) == whole
    assert files[2].read_text() == first
