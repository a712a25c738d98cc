"""Layers over the map: their order, what each holds, how they leave in a file; three townships at known distances."""

import csv
import io
import json
import re

import pandas as pd
import pyogrio
import pytest

from dashboards import map_colours, map_values
from dashboards.app import create_app
from dashboards.language import language
from dashboards.map_layers import scale_end
from data_access import tables
from data_access.engine import writing
from geo.distance import GEOD
from tests.dashboards import asking, map_files, small_store

SEAT = (108.0, 39.5)
# township, banner, people (None: nobody knows), where its seat lies from SEAT (azimuth, km)
TOWNSHIPS = [
    ("150602101", "150602", "罕台镇", 40_000, (270, 5)),
    ("150621101", "150621", "树林召镇", 10_000, (90, 9.9)),
    ("150622101", "150622", "薛家湾镇", None, (90, 10.1)),
]
FACILITIES = [  # id, type, banner, place, grade, services
    ("h1", "township_hospital", "150602", SEAT, "中心卫生院", "tcm_hall"),
    ("h2", "township_hospital", "150621", (None, None), None, "family_doctor"),  # nobody has located it
    ("c1", "village_clinic", "150621", (108.9, 39.5), None, ""),
]
QUERY = "indicator=smoking_15plus&period=2025"
LAYERS = "layers=population,reach:township_hospital:10km,facility:township_hospital"


@pytest.fixture
def site(empty_store, tmp_path):
    settings, engine = empty_store
    small_store.fill(engine, is_demo=True)
    map_files.write_squares(tmp_path)
    places = [GEOD.fwd(*SEAT, azimuth, km * 1000)[:2] for *_township, (azimuth, km) in TOWNSHIPS]
    areas = [
        {**small_store.area_row(code, "township", banner, name, None), "seat_lon": lon, "seat_lat": lat}
        for (code, banner, name, _people, _way), (lon, lat) in zip(TOWNSHIPS, places, strict=True)
    ]
    people = [
        {"area_id": code, "year": 2020, "group_id": "all", "persons": count, "source": "七普", "submission_id": 1}
        for code, _banner, _name, count, _way in TOWNSHIPS
        if count
    ]
    facilities = [
        {
            "facility_id": name,
            "name_zh": f"{name}卫生院",
            "facility_type": kind,
            "area_id": banner,
            "lon": lon,
            "lat": lat,
            "grade": grade,
            "services": services,
            "submission_id": 1,
        }
        for name, kind, banner, (lon, lat), grade, services in FACILITIES
    ]
    with writing(engine) as connection:
        connection.execute(tables.areas.insert(), areas)
        connection.execute(tables.population.insert(), people)
        connection.execute(tables.facilities.insert(), facilities)
    return create_app(settings, engine).server.test_client()


def listed(client, search, language="en") -> list[str]:
    """The names in the list of layers, the top one first."""
    page = asking.page(client, "/map", f"?{QUERY}&{search}", language)
    rows = [row for row in asking.of_type(page, "Li") if "data-layer" in row["props"]]
    return [asking.text(row["props"]["children"][0]) for row in rows]


def rows_of(client, search) -> dict[str, dict[str, str]]:
    """The map's CSV by area."""
    text = client.get(f"/download/map.csv?{search}&lang=en").data.decode("utf-8-sig")
    return {row["Area"]: row for row in csv.DictReader(io.StringIO(text))}


def test_the_list_keeps_the_order_of_the_address_and_leaves_out_what_is_not_there_or_twice(site):
    asked = (
        f"{LAYERS},facility:township_hospital,facility:moon_base,health_cell:healthy_school,borders:township,nonsense"
    )

    assert listed(site, asked) == [
        "Population at township seats",
        "Service area: Township hospital",
        "Township hospital",
    ]
    assert listed(site, "layers=facility:village_clinic,population")[0] == "Village clinic"
    assert listed(site, LAYERS, "zh") == ["人口（按乡镇街道驻地）", "服务范围：乡镇卫生院", "乡镇卫生院"]


def test_a_banner_has_its_population_its_hospitals_and_the_share_within_reach(site):
    found = rows_of(site, f"{QUERY}&{LAYERS}")
    head = "People within reach (%): 10 km around: Township hospital"

    assert found["Dongsheng"]["Number: Township hospital"] == "1"
    assert found["准格尔旗"]["Number: Township hospital"] == "0"  # a register is whole: none is nought
    assert found["Dongsheng"]["Population"] == ""  # of the banner itself nothing is known
    assert [found[name][head] for name in ("Dongsheng", "Dalad Banner", "准格尔旗")] == ["100.0", "100.0", ""]


def test_the_services_and_grades_asked_for_narrow_the_places_and_what_they_reach(site):
    # only h1 has a hall for Mongolian medicine; only h2 has family doctors, and nobody knows where it stands
    number = "Number: Township hospital"
    assert rows_of(site, f"{QUERY}&{LAYERS}&service=tcm_hall")["Dalad Banner"][number] == "0"
    legend = asking_legend(site, f"{LAYERS}&service=family_doctor")
    assert "10 km around: Township hospital (1)" in legend
    assert "Out of reach: 3 of 3 township seats" in legend


def asking_legend(client, search) -> list[str]:
    """The legend's words in the drawing."""
    drawing = client.get(f"/download/map.svg?{QUERY}&{search}&lang=en").data.decode()
    return re.findall(r">([^<>]+)</text>", drawing)


def test_the_drawing_puts_the_lowest_layer_first_and_the_legend_the_top_one(site):
    drawing = site.get(f"/download/map.svg?{QUERY}&{LAYERS}&lang=en").data.decode()
    legend = asking_legend(site, LAYERS)

    assert re.findall(r'data-layer="([^"]+)"', drawing) == [
        "facility:township_hospital",
        "reach:township_hospital:10km",
        "population",
    ]
    places = [legend.index(words) for words in (
        "Population 2020: 50,000", "10 km around: Township hospital (2)", "Township hospital (2)"
    )]  # fmt: skip
    assert places == sorted(places)
    # 40,000 and 10,000 of a scale that ends at 50,000: 24 times the root of 0.8 and of 0.2; the third is not known
    assert 'r="21.5"' in drawing and 'r="10.7"' in drawing
    assert "No population known (1)" in legend
    assert "Out of reach: 1 of 3 township seats" in legend  # 5 and 9.9 km lie within 10, 10.1 km does not
    assert any("七普" in words for words in legend)
    assert any("straight-line" in words for words in legend)


def test_a_gis_gets_each_layer_as_a_table_of_its_own_in_order(site, tmp_path):
    path = tmp_path / "map.gpkg"
    path.write_bytes(site.get(f"/download/map.gpkg?{QUERY}&{LAYERS}").data)
    names = [name for name, _kind in pyogrio.list_layers(path)]
    area = pyogrio.read_dataframe(path, layer="2_reach_township_hospital_10km").geometry.iloc[0]

    assert names == ["smoking_15plus", "1_population", "2_reach_township_hospital_10km", "3_facility_township_hospital"]
    west, _south, east, _north = area.bounds
    assert GEOD.inv(west, 39.5, east, 39.5)[2] == pytest.approx(
        20_000, rel=0.005
    )  # along the ellipsoid, 10 km each way
    assert len(pyogrio.read_dataframe(path, layer="3_facility_township_hospital")) == 1  # the one somebody has located


def test_geojson_names_the_layer_of_every_shape_and_the_mark_of_synthetic_data(site):
    found = json.loads(site.get(f"/download/map.geojson?{QUERY}&{LAYERS}").data)
    of_layer = [shape["properties"].get("layer", "figures") for shape in found["features"]]

    assert list(dict.fromkeys(of_layer)) == [
        "figures", "facility:township_hospital", "reach:township_hospital:10km", "population"
    ]  # fmt: skip
    unknown = next(shape for shape in found["features"] if shape["properties"].get("area_id") == "150622101")
    assert unknown["properties"]["people"] is None
    assert all("DEMO" in shape["properties"]["demo"] for shape in found["features"])


def drawn(client, layers: str) -> dict:
    """What the map's callback answers to a change of layers, on the store's only plan."""
    expected = client.application.config["KANGTU_GUARD"].expected
    output = next(name for name in expected if "map-panel-layers.data" in name and "map-layer-list" in name)
    one = expected[output]
    values = {"layers": layers}
    inputs = [
        {"id": part["id"], "property": part["property"], "value": values.get(json.loads(part["id"])["key"])}
        for part in one.inputs
    ]
    inputs = [{**part, "id": json.loads(part["id"])} for part in inputs]
    state = [{"id": "map-plan", "property": "data", "value": "test-2030"}]
    body = {"output": output, "outputs": one.outputs, "inputs": inputs, "state": state, "changedPropIds": []}
    answer = client.post(asking.CALLBACKS, json=body, headers={"Referer": "http://localhost/?lang=en"})
    return answer.json["response"]


def test_a_layers_file_is_kept_for_good_and_only_the_newest_is_answered(site):
    response = drawn(site, LAYERS.removeprefix("layers="))
    entries = response["map-panel-layers"]["data"]["entries"]
    answer = site.get(entries[0]["url"])

    assert [entry["key"] for entry in entries] == LAYERS.removeprefix("layers=").split(",")[::-1]  # lowest first
    assert "coordinates" not in json.dumps(response)
    assert "immutable" in answer.headers["Cache-Control"]
    assert json.loads(answer.data)["items"] == [[108.0, 39.5, "h1卫生院", None]]
    assert site.get(entries[0]["url"].replace(entries[0]["hash"], "000000000000")).status_code == 404
    assert site.get(f"/geo/layer/{entries[0]['hash']}.json?layer=nonsense&place=150600").status_code == 404
    assert site.get(f"/geo/layer/{entries[0]['hash']}.json").status_code == 404


def test_missing_suppressed_out_of_reach_not_due_and_zero_look_different():
    with language("en"):
        entries = map_colours.value_entries([10.0, 20.0], lower_is_better=False, also=set(map_colours.WHY))
    zero = entries[map_values.value_classes([0.0], [10.0, 20.0], lower_is_better=False)[0]]
    special = [map_values.SPECIAL[state] for state in map_values.SPECIAL]

    assert not zero.is_special and zero.pattern == ""
    for theme in (0, 1):
        looks = [(one[theme], one[2]) for one in special] + [((zero.light, zero.dark)[theme], zero.pattern)]
        assert len(set(looks)) == len(looks)
    assert map_values.SPECIAL["missing"][2] == "hatch" and map_values.SPECIAL["suppressed"][2] == "dots"


@pytest.mark.parametrize(("most", "end"), [(40_000, 50_000), (50_000, 50_000), (50_001, 100_000), (7, 10), (1, 1)])
def test_the_scale_of_circles_ends_with_a_number_people_say(most, end):
    assert scale_end(pd.Series([1, most])) == end
