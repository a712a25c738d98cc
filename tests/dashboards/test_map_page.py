"""The map page and its files on the small store (tests/dashboards/small_store.py) with three squares for banners."""

import gzip
import io
import json
from xml.etree import ElementTree

import geopandas
import pandas as pd
import pytest
from flask import g

from dashboards import map_aside
from dashboards.access import DEMO_USER
from dashboards.language import language
from dashboards.map_question import choose
from dashboards.map_svg_frame import INNER, MAP_HEIGHT, Frame
from tests.dashboards import asking, map_files

QUERY = "?indicator=smoking_15plus&period=2025"


@pytest.fixture
def geometry(tmp_path):
    """Three squares in the folder of the site's map files; returns the file's address."""
    return map_files.write_squares(tmp_path)


def title(client, search, language="en") -> str:
    return asking.text(asking.of_type(asking.page(client, "/map", search, language), "H1"))


def test_the_title_says_how_many_banners_miss_the_next_milestone(small_site, geometry):
    # 2025: 东胜区 21.5, 达拉特旗 26.0, 准格尔旗 not yet; the milestone of 2030 is at most 20
    assert title(small_site, QUERY) == "2 of 2 districts above 20 %: Smoking rate, age 15+, 2025"
    assert title(small_site, QUERY, "zh") == "2025年15岁以上人群吸烟率：2个区县中有2个高于20%"


def test_a_map_of_status_counts_those_that_are_behind_or_moving_away(small_site, geometry):
    # on course, reversing, slow
    assert title(small_site, QUERY + "&colour=status") == "1 of 3 districts behind: Smoking rate, age 15+"


def test_the_subline_says_what_is_missing_and_what_is_provisional(small_site, geometry):
    page = asking.page(small_site, "/map", QUERY, "en")

    assert "1 of 3 not reported" in asking.text(page)
    assert "provisional figures" in asking.text(page)


def test_an_unknown_choice_opens_on_what_is_there(small_site, geometry):
    assert "districts" in title(small_site, "?indicator=nonsense&level=galaxy&period=1066&colour=pink&lat=north")


def test_an_empty_store_says_so_instead_of_an_empty_map(client):
    assert asking.of_type(asking.page(client, "/map"), "H1")


def test_geometry_is_sent_packed_and_kept_for_good(small_site, geometry):
    answer = small_site.get(geometry, headers={"Accept-Encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "immutable" in answer.headers["Cache-Control"]
    assert len(json.loads(gzip.decompress(answer.data))["features"]) == 3


def test_a_browser_that_cannot_unpack_gets_the_plain_file(small_site, geometry):
    answer = small_site.get(geometry, headers={"Accept-Encoding": "identity"})

    assert "Content-Encoding" not in answer.headers
    assert len(answer.json["features"]) == 3


@pytest.mark.parametrize("path", ["/geo/county/..%2Fmanifest.json", "/geo/county/150600-000000000000.json", "/geo/x/y"])
def test_only_files_of_the_manifest_are_sent(small_site, geometry, path):
    assert small_site.get(path).status_code == 404


def test_the_table_lists_every_banner_with_its_gap_to_the_target(small_site, geometry):
    rows = pd.read_excel(io.BytesIO(small_site.get(f"/download/map.xlsx{QUERY}&lang=en").data)).set_index("Area")
    gap = rows[next(head for head in rows.columns if head.startswith("Ahead of"))]

    assert gap["Dongsheng"] == pytest.approx(-1.5)
    assert gap["Dalad Banner"] == pytest.approx(-6.0)
    assert pd.isna(gap["准格尔旗"])


def test_geojson_carries_figures_source_and_the_demo_mark(small_site, geometry):
    found = small_site.get(f"/download/map.geojson{QUERY}").get_json(force=True)
    properties = {feature["id"]: feature["properties"] for feature in found["features"]}

    assert properties["150621"]["value"] == 26.0
    assert properties["150622"]["value"] is None  # not reported is not zero
    assert all("DEMO" in one["demo"] for one in properties.values())
    assert "GS(2024)0650号" in found["kangtu"]["source"]


def test_without_boundaries_the_figures_are_still_there(small_site):
    assert title(small_site, QUERY).startswith("2 of 2 districts")
    assert small_site.get(f"/download/map.csv{QUERY}").status_code == 200
    assert small_site.get(f"/download/map.geojson{QUERY}").status_code == 404


def test_a_map_of_the_chance_of_missing_counts_those_above_two_thirds(small_site, geometry):
    # 0.72, 0.93 and 0.55
    assert title(small_site, QUERY + "&colour=chance") == "2 of 3 districts likely to miss: Smoking rate, age 15+"


def test_a_map_of_change_without_a_pair_of_figures_says_so(small_site, geometry):
    # 2024 was reported by one banner, 2025 by the two others
    assert title(small_site, QUERY + "&colour=change&since=2024").startswith("No two periods to compare yet")


def test_a_geopackage_opens_in_a_gis_with_the_figures_and_their_source(small_site, geometry, tmp_path):
    path = tmp_path / "map.gpkg"
    path.write_bytes(small_site.get(f"/download/map.gpkg{QUERY}").data)
    found = geopandas.read_file(path).set_index("area_id")

    assert found.crs.to_epsg() == 4490
    assert found.loc["150621", "value"] == 26.0
    assert pd.isna(found.loc["150622", "value"])
    assert found["source"].str.contains(r"GS\(2024\)0650号").all()
    assert found["demo"].str.contains("DEMO").all()


def test_the_drawing_has_every_shape_the_legend_the_source_and_the_demo_mark(small_site, geometry):
    drawing = ElementTree.fromstring(small_site.get(f"/download/map.svg{QUERY}&lang=en").data)
    words = [node.text for node in drawing.iter("{http://www.w3.org/2000/svg}text")]
    shapes = [node for node in drawing.iter("{http://www.w3.org/2000/svg}path") if node.get("fill-rule")]

    assert len(shapes) == 3
    assert sum("(" in word for word in words) >= 2  # classes with their counts
    assert "2 of 2 districts above 20 %" in " ".join(words).replace("\u00a0", " ")
    assert any("GS(2024)0650号" in word for word in words)
    assert any("DEMO" in word for word in words)


def test_a_drawing_of_a_view_shows_the_place_in_its_middle(small_site, geometry):
    # the middle of the second square of one degree; at zoom 8 a degree is 256 * 2**8 / 360 = 182 px wide
    drawing = small_site.get(f"/download/map.svg{QUERY}&lat=39.5&lon=108.5&zoom=8").data.decode()

    frame = Frame((107, 39, 110, 40), {"lat": 39.5, "lon": 108.5, "zoom": 8.0})
    assert frame.place(108.5, 39.5) == pytest.approx((INNER / 2, MAP_HEIGHT / 2))
    assert frame.place(109.5, 39.5)[0] - INNER / 2 == pytest.approx(256 * 2**8 / 360)
    assert "<svg" in drawing


def test_two_maps_stand_side_by_side_each_with_its_own_question(small_site, geometry):
    page = asking.page(
        small_site, "/map/pair", "?indicator1=smoking_15plus&indicator2=two_cancer_screening&levels=county"
    )

    assert [one["props"]["id"] for one in asking.of_type(page, "MapContainer")] == ["map-left-map", "map-right-map"]


def test_beside_the_map_stands_the_chosen_banners_figure_and_status(small_site, geometry):
    with small_site.application.test_request_context("/map?lang=en"), language("en"):
        g.user = DEMO_USER
        choice = choose({"indicator": "smoking_15plus", "period": "2025"})
        heading, verdict, *_rest, more = map_aside.aside(choice, "150621")

    assert "Dalad Banner" in str(heading)
    assert "26.0" in str(verdict) and "Reversing" in str(verdict)
    assert more.href == "/indicator?plan=test-2030&indicator=smoking_15plus&area=150621"
