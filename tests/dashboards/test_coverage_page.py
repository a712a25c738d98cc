"""The coverage page on three townships at known distances from two hospitals; no boundaries are known unless drawn."""

import csv
import io
import json
import re
from collections import Counter
from xml.etree import ElementTree

import pyogrio
import pytest

from dashboards.app import create_app
from data_access import tables
from data_access.engine import writing
from geo.distance import GEOD
from tests.dashboards import asking, map_files, small_store
from workflows import road_times
from workflows.roads import import_roads

SEAT = (109.98, 39.82)
# township, banner, people, where its seat lies from SEAT (azimuth, km)
TOWNSHIPS = [
    ("150602101", "150602", "罕台镇", 100, (0, 10)),
    ("150621101", "150621", "树林召镇", 300, (90, 29.95)),
    ("150621102", "150621", "吉格斯太镇", 600, (90, 30.05)),
]
# a hospital of banner 150602 at SEAT, and one of banner 150621 that nobody has located
FACILITIES = [("h1", "150602", *SEAT, 9, "tcm_hall;family_doctor"), ("h2", "150621", None, None, 5, "family_doctor")]


@pytest.fixture
def client(empty_store):
    settings, engine = empty_store
    small_store.fill(engine, is_demo=True)
    places = [GEOD.fwd(*SEAT, azimuth, km * 1000)[:2] for *_township, (azimuth, km) in TOWNSHIPS]
    areas = [
        {**small_store.area_row(code, "township", banner, name, None), "seat_lon": lon, "seat_lat": lat}
        for (code, banner, name, _people, _way), (lon, lat) in zip(TOWNSHIPS, places, strict=True)
    ]
    people = [
        {"area_id": code, "year": 2020, "group_id": "all", "persons": count, "source": "演示数据", "submission_id": 1}
        for code, _banner, _name, count, _way in TOWNSHIPS
    ]
    facilities = [
        {
            "facility_id": name,
            "name_zh": f"{name}医院",
            "facility_type": "hospital",
            "area_id": banner,
            "lon": lon,
            "lat": lat,
            "staff": staff,
            "services": services,
            "submission_id": 1,
        }
        for name, banner, lon, lat, staff, services in FACILITIES
    ]
    with writing(engine) as connection:
        connection.execute(tables.areas.insert(), areas)
        connection.execute(tables.population.insert(), people)
        connection.execute(tables.facilities.insert(), facilities)
    return create_app(settings, engine).server.test_client()


def title(client, search="", language="en") -> str:
    return asking.text(asking.of_type(asking.page(client, "/coverage", search, language), "H1"))


def test_the_title_says_how_many_people_live_within_30_km(client):
    # 100 + 300 of 1,000; the township at 30.05 km lies beyond
    assert (
        title(client, "?type=hospital") == "40.0 % of people live within 30 km, 1 of 3 townships lie beyond: Hospital"
    )
    assert title(client, "?type=hospital", "zh") == "40.0%的人口在医院周围30公里以内，3个乡镇街道中1个在范围之外"


def test_with_the_own_banners_hospitals_only_the_others_have_none_to_go_to(client):
    page = asking.page(client, "/coverage", "?type=hospital&border=own&reach=50km")

    assert asking.text(asking.of_type(page, "H1")).startswith("10.0 % of people live within 50 km, 2 of 3 townships")
    assert "no facility it may go to" in asking.text(page)


def test_minutes_are_said_to_be_a_straight_line_estimate(client):
    page = asking.page(client, "/coverage", "?type=hospital&reach=20min40")  # 13.3 km

    assert asking.text(asking.of_type(page, "H1")).startswith("10.0 % of people live within 20 minutes (straight-line")
    assert "Minutes are a straight-line estimate at the stated speed, no travel time." in asking.text(page)


def test_a_service_that_only_the_unlocated_hospital_lacks_still_finds_the_other(client):
    assert title(client, "?type=hospital&service=tcm_hall&reach=50km") == (
        "All 3 townships are within 50 km: Hospital (Chinese or Mongolian medicine hall)"
    )


def test_synthetic_people_are_said_to_be_no_statistic(client):
    assert "synthetic population, 2020: no statistic" in asking.text(asking.page(client, "/coverage", "?type=hospital"))


def test_an_access_score_is_0_out_of_reach_and_says_so(client):
    # E2SFCA in 30 km: 100 people at weight 1, 300 at 0.22: 9 / 166 doctors each, per 1,000: 54.22 and 0.22 of it
    page = asking.page(client, "/coverage", "?type=hospital&layer=e2sfca")

    assert asking.text(asking.of_type(page, "H1")) == (
        "1 of 3 townships (60.0 % of people) reach none within 30 km; elsewhere 11.93 to 54.22 health workers per 1,000"
    )
    assert "to 10 km weight 1, to 20 km weight 0.68, to 30 km weight 0.22" in asking.text(page)


def test_hot_spots_need_an_indicator_that_townships_report(client):
    assert title(client, "?layer=hotspots") == "No indicator is reported by township"


def test_the_download_holds_every_township_and_says_that_it_is_a_demo(client):
    text = client.get("/download/coverage.csv?type=hospital&lang=en").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))

    assert [(row["Code"], row["State"]) for row in rows] == [
        ("150621102", "Beyond 30 km"),
        ("150621101", "Within 30 km"),
        ("150602101", "Within 30 km"),
    ]
    assert [round(float(row["Distance (km)"]), 3) for row in rows] == [30.05, 29.95, 10]
    assert all("DEMO" in list(row.values()) for row in rows)
    for ending in ("geojson", "gpkg", "svg"):
        assert client.get(f"/download/coverage.{ending}").status_code == 404  # no map of these areas


@pytest.fixture
def shapes(client, tmp_path):
    """A square for each of the three townships."""
    map_files.write_squares(tmp_path, level="township", area_ids=[code for code, *_rest in TOWNSHIPS])


def test_a_geopackage_holds_the_shapes_with_their_classes_and_what_lies_within_reach(client, shapes, tmp_path):
    path = tmp_path / "coverage.gpkg"
    path.write_bytes(client.get("/download/coverage.gpkg?type=hospital&lang=en").data)
    areas = pyogrio.read_dataframe(path, layer="areas").set_index("area_id")
    reach = pyogrio.read_dataframe(path, layer="service_area")

    assert sorted(pyogrio.list_layers(path)[:, 0]) == ["areas", "service_area"]
    assert (len(areas), len(reach)) == (3, 1)
    assert areas["class"].to_dict() == {"150602101": "covered", "150621101": "covered", "150621102": "uncovered"}
    assert areas["value"].round(2).tolist() == [10.0, 29.95, 30.05]
    assert reach["radius_m"].tolist() == [30_000]
    for table in (areas, reach):
        assert table["source"].str.contains(r"GS\(2024\)0650号").all()
        assert table["demo"].str.contains("DEMO").all()
        assert table.crs.to_epsg() == 4490


def words_of(drawing) -> list[str]:
    return [node.text for node in drawing.iter(SVG + "text")]


def test_the_drawing_has_the_classes_of_the_page_the_facilities_and_where_all_that_is_from(client, shapes):
    drawing = ElementTree.fromstring(client.get("/download/coverage.svg?type=hospital&lang=en").data)
    words = words_of(drawing)
    fills = Counter(node.get("fill") for node in drawing.iter(SVG + "path") if node.get("fill-rule"))

    # two within reach in one colour, one beyond in hatching, a glyph before each name; one hospital of two is located
    assert fills == {"#2f6fad": 2, "url(#fill-2)": 1}
    assert {"Within 30 km (2)", "Beyond 30 km (1)", "Hospital (2)", "Edge of what lies within reach"} <= set(words)
    assert not any(word.startswith("No facility it may go to") for word in words)  # of none, and special
    assert {"✓ 150602101", "✓ 150621101", "▲ 150621102"} <= set(words)
    assert Counter(node.get("data-layer") for node in drawing.iter()) >= Counter(facility=1, service_area=1)
    assert any("DEMO" in word for word in words)
    text = " ".join(words)
    assert "40.0 % of people live within 30 km, 1 of 3 townships lie beyond" in text.replace("\u00a0", " ")
    assert "GS(2024)0650号" in text
    assert re.search(r"Facilities and figures as of \d{1,2} [A-Z][a-z]{2} 20\d\d", text)


def test_the_drawings_legend_is_that_of_the_map_on_the_page(client, shapes):
    words = words_of(ElementTree.fromstring(client.get("/download/coverage.svg?type=hospital").data))
    page = asked_to_draw(client, {"type": "hospital"}).json["response"]["coverage-map-values"]["data"]
    shown = [f"{entry['label']} ({entry['count']})" for entry in page["legend"] if entry["count"]]

    assert len(shown) == 2
    assert [word for word in words if word in shown] == shown
    assert {page["picture"][part] for part in ("title", "subtitle", "source", "legend_title", "demo_mark")} <= set(
        words
    )


def test_townships_that_share_a_shape_have_a_dot_each_in_the_colour_of_their_own_class(client, tmp_path):
    members = {"150621101": ["150621101", "150621102"]}
    map_files.write_squares(tmp_path, level="township", area_ids=["150602101", "150621101"], members=members)
    drawing = ElementTree.fromstring(client.get("/download/coverage.svg?type=hospital&lang=en").data)

    shapes = [node.get("fill") for node in drawing.iter(SVG + "path") if node.get("fill-rule")]
    assert shapes == ["#2f6fad", "url(#fill-1)"]  # one within reach, one in part
    dots = {dot.findtext(SVG + "title"): dot.get("fill") for dot in drawing.iter(SVG + "circle") if len(dot)}
    assert dots == {"树林召镇": "#2f6fad", "吉格斯太镇": "#ffffff"}


def test_a_drawing_of_scores_is_without_facilities_as_the_screen_is(client, shapes):
    drawing = ElementTree.fromstring(client.get("/download/coverage.svg?type=hospital&layer=e2sfca").data)
    words = words_of(drawing)

    assert "0：够不着 (1)" in words
    assert "服务范围边缘" not in words
    assert not [node for node in drawing.iter() if node.get("data-layer")]


SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    "search",
    ["?type=nothing&grade=x&service=y", "?reach=-5km", "?reach=999min999", "?layer=x&border=x&supply=x", "?reach=0km"],
)
def test_an_address_that_makes_no_sense_opens_on_what_there_is(client, search):
    assert "30 km" in title(client, search + "&type=hospital")


@pytest.mark.parametrize("state", [None, [], {"type": ["hospital"]}, {"layer": {"a": 1}}, {"reach": 5}])
def test_whatever_a_caller_sends_for_the_map_is_answered(client, state):
    answer = asked_to_draw(client, state)

    assert answer.status_code == 200
    assert answer.json["response"]["coverage-map-values"]["data"]["areas"] is None


def asked_to_draw(client, state):
    """What the browser gets for the map of a state."""
    names = [("coverage-map-" + part, name) for part, name in MAP_PARTS] + [("coverage-area", "data")]
    outputs = [{"id": ident, "property": name} for ident, name in names]
    body = {
        "output": ".." + "...".join(f"{one['id']}.{one['property']}" for one in outputs) + "..",
        "outputs": outputs,
        "inputs": [{"id": "coverage-state", "property": "data", "value": state}],
        "changedPropIds": ["coverage-state.data"],
    }
    return client.post(asking.CALLBACKS, json=body)


MAP_PARTS = (
    ("values", "data"),
    ("legend", "children"),
    ("caption", "children"),
    ("source", "children"),
    ("frame", "aria-label"),
    ("points", "data"),
    ("key", "data"),
    ("points-legend", "children"),
)


def test_townships_right_below_a_prefecture_which_has_no_counties_are_listed(empty_store):
    settings, engine = empty_store
    small_store.fill(engine, is_demo=True)
    township = small_store.area_row("150600101", "township", "150600", "直管镇", None)
    with writing(engine) as connection:
        connection.execute(tables.areas.insert(), [township])
    site = create_app(settings, engine).server.test_client()

    assert "failed" not in asking.page(site, "/coverage")["props"]["className"]


def test_a_name_in_the_address_is_not_taken_for_the_downloads_name(small_site):
    for path in ("/behind", "/changes", "/queue"):
        assert "failed" not in asking.page(small_site, path, "?name=x")["props"]["className"]


def bring_roads(store):
    """30 km/h from the first township's seat to the hospital, and a road of its own at the third township."""
    settings, engine = store
    near, far = (GEOD.fwd(*SEAT, azimuth, km * 1000)[:2] for azimuth, km in (TOWNSHIPS[0][4], TOWNSHIPS[2][4]))
    lines = [[near, SEAT], [far, GEOD.fwd(*far, 90, 5_000)[:2]]]
    features = [
        {"type": "Feature", "properties": {"speed": 30}, "geometry": {"type": "LineString", "coordinates": line}}
        for line in lines
    ]
    path = settings.data_folder / "roads.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    import_roads(
        engine,
        path,
        datum="CGCS2000",
        source="测试路网",
        received_from="测试",
        data_folder=settings.data_folder,
    )


def bring_villages(store):
    """Two villages of the third township: 400 of its 600 people 1 km from the hospital, the others nowhere known."""
    _settings, engine = store
    lon, lat = GEOD.fwd(*SEAT, 45, 1_000)[:2]
    villages = [("v1", "一村", lon, lat), ("v2", "二村", None, None)]
    rows = [
        {**small_store.area_row(code, "village", "150621102", name, None), "seat_lon": east, "seat_lat": north}
        for code, name, east, north in villages
    ]
    people = {"year": 2020, "group_id": "all", "persons": 400, "source": "演示数据", "submission_id": 1}
    with writing(engine) as connection:
        connection.execute(tables.areas.insert(), rows)
        connection.execute(tables.population.insert(), [{"area_id": "v1", **people}])


def test_without_a_network_minutes_by_road_are_not_offered(client):
    assert "within 30 km" in title(client, "?type=hospital&reach=30road")


def test_minutes_by_road_and_why_a_place_cannot_be_reached(client, empty_store):
    bring_roads(empty_store)
    page = asking.page(client, "/coverage", "?type=hospital&reach=30road&listed=all")

    # 10 km at 30 km/h are 20 minutes; the two others stand beside one road, which leads to no hospital
    assert asking.text(asking.of_type(page, "H1")) == (
        "10.0 % of people live within 30 minutes by road, 2 of 3 townships do not: Hospital"
    )
    listed = {row[0]: row[4:] for row in asking.rows(page)[1:4]}
    assert listed["罕台镇"] == ["20", "10.0", "Within 30 minutes by road", ""]
    for name in ("树林召镇", "吉格斯太镇"):
        assert listed[name][2:] == ["Cannot be reached by road", "its roads lead to no such facility"]
    assert "测试路网" in asking.text(page)


def test_a_network_too_large_for_a_page_is_left_to_a_job(client, empty_store, monkeypatch):
    bring_roads(empty_store)
    monkeypatch.setattr(road_times, "MOST_SEGMENTS_AT_ONCE", 1)

    assert title(client, "?type=hospital&reach=30road") == "Minutes by road are being worked out…"
    assert client.get("/download/coverage.csv?type=hospital&reach=30road").status_code == 503


def test_people_stand_at_their_villages_and_the_rest_at_the_seat(client, empty_store):
    bring_villages(empty_store)
    page = asking.page(client, "/coverage", "?type=hospital&reach=30km&listed=all")

    # 100 + 300 + 400 of 1,000; the 200 nobody has placed stay at the seat, 30.05 km away
    assert asking.text(asking.of_type(page, "H1")) == (
        "80.0 % of people live within 30 km, 1 of 4 villages and seats do not: Hospital"
    )
    assert "people counted at 1 villages, elsewhere at 3 township seats" in asking.text(page)
    assert [row[:3] for row in asking.rows(page)[1:3]] == [
        ["一村", "Dalad Banner", "400"],
        ["树林召镇", "Dalad Banner", "300"],
    ]
    assert title(client, "?type=hospital&places=seats").startswith("40.0 %")


def test_a_long_list_comes_page_by_page(client, monkeypatch):
    monkeypatch.setattr("dashboards.coverage_tables.ROWS_A_PAGE", 2)
    page = asking.page(client, "/coverage", "?type=hospital&listed=all&page=2")

    assert [row[0] for row in asking.rows(page)[1:2]] == ["罕台镇"]
    assert "page 2 of 2" in asking.text(page)
