"""access-file, hotspots-file, rates-file and datum-file, with figures worked out by hand."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import manage
from geo.datum import from_wgs84
from geo.distance import GEOD
from tests.workflows.test_coverage_file import CLINIC, table, village


def ask(capsys, *words) -> dict:
    assert manage.main([*map(str, words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refusal(capsys, *words) -> str:
    assert manage.main([*map(str, words)]) == 1
    return capsys.readouterr().err


def test_e2sfca_of_two_tables(tmp_path, capsys):
    # clinic with 6 doctors; 100 people at 8 km (weight 1), 200 at 15 km (weight 1/2), 50 at 25 km (out of reach):
    # 6 / (100 + 100) = 3/100 for the first, half of it for the second, 0 for the third
    places = {"x": (8, 100), "y": (15, 200), "z": (25, 50)}
    demand = [
        {"id": name, "lon": village(40, km)[0], "lat": village(40, km)[1], "population": people}
        for name, (km, people) in places.items()
    ]
    supply = [{"id": "a", "lon": CLINIC[0], "lat": CLINIC[1], "supply": 6}]
    files = table(tmp_path / "demand.csv", demand), table(tmp_path / "supply.csv", supply)

    found = ask(
        capsys,
        "access-file",
        *files,
        "--bands",
        "10:1,20:1/2",
        "--method",
        "e2sfca",
        "2sfca",
        "--out",
        tmp_path / "out.csv",
    )

    assert found["methods"]["e2sfca"]["scores"] == pytest.approx({"x": 0.03, "y": 0.015, "z": 0}, rel=1e-12)
    assert found["methods"]["2sfca"]["scores"] == pytest.approx({"x": 0.02, "y": 0.02, "z": 0}, rel=1e-12)
    assert found["methods"]["e2sfca"]["given_out"] == pytest.approx(6)
    assert (found["places_out_of_reach"], found["people_out_of_reach"]) == (1, 50)
    out = pd.read_csv(tmp_path / "out.csv")
    assert out["facilities_in_reach"].tolist() == [1, 1, 0]
    assert out["score_e2sfca"].tolist() == pytest.approx([0.03, 0.015, 0])


def test_access_with_distances_that_somebody_measured(tmp_path, capsys):
    demand = table(tmp_path / "d.csv", [{"id": "x", "population": 100}, {"id": "y", "population": 300}])
    supply = table(tmp_path / "s.csv", [{"id": "a", "supply": 8}, {"id": "b", "supply": 1}])
    distances = table(
        tmp_path / "km.csv",
        [{"demand_id": "x", "supply_id": "a", "distance": 12}, {"demand_id": "y", "supply_id": "a", "distance": 20}],
    )
    words = ("access-file", demand, supply, "--distances", distances, "--bands", "20:1", "--method", "2sfca")

    found = ask(capsys, *words)["methods"]["2sfca"]

    assert found["scores"] == pytest.approx({"x": 0.02, "y": 0.02})
    assert found["supply_ratio"] == pytest.approx({"a": 0.02, "b": 0})
    assert found["supply_in_reach"] == 8
    table(tmp_path / "km.csv", [{"demand_id": "q", "supply_id": "a", "distance": 1}])
    assert "km.csv 第 2 行：demand_id q 不在表中" in refusal(capsys, *words, "--json")


def test_an_instance_in_one_file_says_the_same(tmp_path, capsys):
    instance = {
        "demand": {"x": 100, "y": 300},
        "supply": {"a": 8},
        "distance": {"x": {"a": 12}, "y": {"a": 20}},
        "step_weights": [[15, "1"], [25, "1/3"]],
    }
    (tmp_path / "case.json").write_text(json.dumps(instance), encoding="utf-8")

    # 8 / (100 + 300/3) = 1/25; y a third of it
    found = ask(capsys, "access-file", tmp_path / "case.json")["methods"]["e2sfca"]

    assert found["scores"] == pytest.approx({"x": 1 / 25, "y": 1 / 75}, rel=1e-12)


def ring_values(path, count: int):
    """Units in a circle, the first four of them high."""
    values = table(path / "values.csv", [{"id": f"u{i}", "value": 10 if i < 4 else i % 2} for i in range(count)])
    pairs = [{"id": f"u{i}", "neighbour_id": f"u{(i + step) % count}"} for i in range(count) for step in (-1, 1)]
    return values, table(path / "pairs.csv", pairs)


def test_hot_spots_of_a_table_with_its_list_of_neighbours(tmp_path, capsys):
    values, pairs = ring_values(tmp_path, 40)

    found = ask(capsys, "hotspots-file", values, "--neighbours", pairs, "--out", tmp_path / "out.csv")["maps"]["values"]

    assert {row["id"] for row in found["flagged"]} == {"u0", "u1", "u2", "u3"}
    assert {row["kind"] for row in found["flagged"]} == {"hot"}
    assert found["moran"]["i"] > 0.4
    assert pd.read_csv(tmp_path / "out.csv").columns.tolist() == ["id", "value", "statistic", "p", "q", "kind"]


def test_nine_districts_get_no_hot_spots_but_a_reason(tmp_path, capsys):
    values, pairs = ring_values(tmp_path, 9)

    said = refusal(capsys, "hotspots-file", values, "--neighbours", pairs, "--out", tmp_path / "out.csv")

    assert "只有 9 个，少于 30 个" in said
    assert not (tmp_path / "out.csv").exists()


def test_rates_are_pulled_towards_the_rate_of_all(tmp_path, capsys):
    # 30 of 1,000 and 10 of 1,000: m = 0.02, scatter (0.01^2 + 0.01^2)/2 = 1e-4, chance m / 1000 = 2e-5, variance 8e-5
    # weight = 8e-5 / (8e-5 + 2e-5) = 0.8: 0.8 x 0.03 + 0.2 x 0.02 = 0.028 and 0.012
    rows = [{"county": "a", "cases": 30, "births": 1000}, {"county": "b", "cases": 10, "births": 1000}]
    counts = table(tmp_path / "counts.csv", rows)
    columns = ("--id-column", "county", "--events-column", "cases", "--population-column", "births")

    found = ask(capsys, "rates-file", counts, *columns, "--per", 1000)

    assert found["global_rate"] == 20
    assert [row["eb_rate"] for row in found["places"]] == pytest.approx([28, 12])
    assert [row["weight"] for row in found["places"]] == pytest.approx([0.8, 0.8])
    assert [row["is_unstable"] for row in found["places"]] == [0, 1]


def test_events_among_nobody_are_refused_with_their_row(tmp_path, capsys):
    rows = [{"id": "a", "events": 5, "population": 0}, {"id": "b", "events": 7, "population": 30}]

    said = refusal(capsys, "rates-file", table(tmp_path / "counts.csv", rows), "--out", tmp_path / "out.csv")

    assert "第 2 行" in said and "人口数为 0" in said
    assert not (tmp_path / "out.csv").exists()


@pytest.fixture
def layers(tmp_path):
    """Two banners side by side; 40 clinics just west and 40 just east of their border, in GCJ-02."""
    known = gpd.GeoDataFrame(
        {"area_id": ["150602", "150622"]},
        geometry=[shapely.box(109, 39, 109.5, 40), shapely.box(109.5, 39, 110, 40)],
        crs="EPSG:4490",
    )
    known.to_file(tmp_path / "known.geojson")
    lat = np.linspace(39.1, 39.9, 40)
    lon = np.r_[np.full(40, 109.4985), np.full(40, 109.5015)]  # 130 m from the border; GCJ-02 shifts 400 m east
    areas = ["150602"] * 40 + ["150622"] * 40
    ids = [f"c{i}" for i in range(80)]
    true = pd.DataFrame({"id": ids, "lon": lon, "lat": np.r_[lat, lat]})
    true.to_csv(tmp_path / "true.csv", index=False)
    gcj_lon, gcj_lat = from_wgs84(true["lon"], true["lat"], "GCJ-02")
    true.assign(lon=gcj_lon, lat=gcj_lat, area_id=areas).to_csv(tmp_path / "gcj.csv", index=False)
    return tmp_path


def test_a_layer_that_says_wgs_84_and_is_gcj_02_is_found_out(layers, capsys):
    words = ("datum-file", layers / "gcj.csv", "--boundaries", layers / "known.geojson")

    lies = ask(capsys, *words, "--datum", "WGS-84")
    honest = ask(capsys, *words, "--datum", "GCJ-02", "--reference", layers / "true.csv", "--out", layers / "out.csv")

    assert (lies["is_wrong"], lies["likely_datum"]) == (True, "GCJ-02")
    assert lies["outside_count"] == 40  # those west of the border seem to lie east of it
    assert lies["outside"][0] == {"id": "c0", "area_id": "150602", "found_area_id": "150622"}
    assert (honest["is_wrong"], honest["likely_datum"], honest["outside_count"]) == (False, None, 0)
    assert honest["median_m"]["GCJ-02"] < 0.01
    out, true = pd.read_csv(layers / "out.csv"), pd.read_csv(layers / "true.csv")
    away = GEOD.inv(out["lon"], out["lat"], true["lon"], true["lat"])[2]
    assert max(away) < 0.01
    assert 300 < honest["shift_m"]["median"] < 700


def test_a_layer_of_polygons_in_bd_09_is_turned_and_found_out(layers, capsys):
    known = gpd.read_file(layers / "known.geojson")
    known["geometry"] = known.geometry.segmentize(0.01)
    turned = shapely.transform(
        known.geometry.to_numpy(), lambda xy: np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], "BD-09"))
    )
    gpd.GeoDataFrame({"area_id": known["area_id"]}, geometry=turned, crs="EPSG:4326").to_file(layers / "bd.geojson")
    words = ("datum-file", layers / "bd.geojson", "--boundaries", layers / "known.geojson")

    lies = ask(capsys, *words, "--datum", "CGCS2000")
    honest = ask(capsys, *words, "--datum", "百度", "--out", layers / "out.geojson")

    assert (lies["is_wrong"], lies["likely_datum"]) == (True, "BD-09")
    assert honest["is_wrong"] is False
    back = gpd.read_file(layers / "out.geojson").union_all()
    assert back.symmetric_difference(known.union_all()).area < 1e-4


def test_a_layer_of_points_is_held_against_the_areas_it_names(layers, capsys):
    rows = pd.read_csv(layers / "gcj.csv", dtype={"area_id": str})
    points = gpd.points_from_xy(rows["lon"], rows["lat"])
    gpd.GeoDataFrame(rows[["area_id"]], geometry=points, crs="EPSG:4326").to_file(layers / "points.geojson")

    lies = ask(
        capsys, "datum-file", layers / "points.geojson", "--datum", "WGS-84", "--boundaries", layers / "known.geojson"
    )

    assert (lies["likely_datum"], lies["outside_count"]) == ("GCJ-02", 40)


def test_coordinates_the_wrong_way_round_are_refused_with_their_rows(layers, capsys):
    rows = pd.read_csv(layers / "gcj.csv")
    rows.rename(columns={"lon": "lat", "lat": "lon"}).to_csv(layers / "swapped.csv", index=False)

    said = refusal(capsys, "datum-file", layers / "swapped.csv", "--datum", "GCJ-02", "--out", layers / "o.csv")

    assert "swapped.csv 第 2 行" in said
    assert "经度和纬度写反了" in said
