"""The map in a real browser: what is painted, what a pointer reads, what a click chooses, what never leaves the host."""

import io
import re
import shutil
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image

from tests.browser.conftest import FLAGS, PHONE
from tests.browser.watching import Visit

DISTRICTS = "/map?indicator=two_cancer_screening_coverage&level=county&period=2025"
TOWNSHIPS = "/map?indicator=two_cancer_screening_coverage&level=township&period=2025"
# Where an area's label stands on the screen; the middle of a shape may lie outside of it.
PLACE = """(areaId) => {
  const { map, layer } = window.kangtu.panels.get("map-panel");
  const { geometry } = layer.scene.areas;
  const view = layer.viewOf(map);
  const [x, y] = geometry.areas[geometry.indexOf.get(areaId)].label;
  const box = map.getContainer().getBoundingClientRect();
  return {
    x: box.left + (geometry.centre[0] + x - view.left) * view.scale,
    y: box.top + (geometry.centre[1] + y - view.top) * view.scale + 14, // below the name
  };
}"""
# How many pixels have each colour of the legend, by the legend's key.
PIXELS = """() => {
  const { layer, payload } = window.kangtu.panels.get("map-panel");
  const canvas = document.querySelector("canvas.choropleth");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const seen = {};
  for (let i = 0; i < data.length; i += 4) {
    const colour = "#" + [data[i], data[i + 1], data[i + 2]].map((part) => part.toString(16).padStart(2, "0")).join("");
    seen[colour] = (seen[colour] || 0) + 1;
  }
  return Object.fromEntries(payload.legend.map((entry) => [entry.key, seen[entry[layer.scene.theme]] || 0]));
}"""


@pytest.fixture
def open_map(visit):
    """visit() that waits until the map has been painted."""

    def opened(path=DISTRICTS, **options) -> Visit:
        seen = visit(path, **options)
        wait_for_paint(seen)
        return seen

    return opened


def wait_for_paint(seen: Visit) -> None:
    seen.page.wait_for_function("() => window.kangtu.panels.get('map-panel')?.layer?.scene.areas")
    seen.settle()


def pixels(seen: Visit) -> dict[str, int]:
    return seen.page.evaluate(PIXELS)


def counts(seen: Visit) -> dict[str, int]:
    """The legend's counts as the page shows them: words -> areas."""
    lines = seen.page.locator("#map-panel-legend li").all_inner_texts()
    return {
        words.strip(): int(count)
        for words, count in (re.fullmatch(r"(.+?)\s*(\d+)\s*", line).groups() for line in lines)
    }


def point_at(seen: Visit, area_id: str) -> None:
    place = seen.page.evaluate(PLACE, area_id)
    seen.page.mouse.move(place["x"] - 3, place["y"])
    seen.page.mouse.move(place["x"], place["y"])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_class_of_the_legend_with_districts_in_it_is_painted_and_no_other(open_map, theme):
    seen = open_map(theme=theme)
    legend = seen.page.evaluate("() => window.kangtu.panels.get('map-panel').payload.legend")
    painted = pixels(seen)

    assert sum(line["count"] for line in legend) == 9
    for line in legend:
        assert (painted[line["key"]] > 300) == (line["count"] > 0), line


def test_the_nine_districts_are_all_in_the_legend(open_map):
    assert sum(counts(open_map()).values()) == 9


@pytest.mark.parametrize(("language", "name"), [("zh", "乌审旗"), ("en", "Uxin")])
def test_the_pointer_reads_name_figure_unit_and_period(open_map, language, name):
    seen = open_map(language=language)
    point_at(seen, "150626")
    tip = seen.page.inner_text(".leaflet-tooltip")

    assert name in tip
    assert "2025" in tip
    assert re.search(r"\d+\.\d ?%", tip) or "未上报" in tip or "Not reported" in tip


def test_a_click_chooses_the_district_shows_its_years_and_stands_in_the_address(open_map):
    seen = open_map()
    place = seen.page.evaluate(PLACE, "150626")
    seen.page.mouse.click(place["x"], place["y"])
    seen.page.wait_for_selector("#map-aside h2:has-text('乌审旗')")
    seen.settle()

    assert seen.page.evaluate("() => window.kangtu.panels.get('map-panel').selected") == "150626"
    assert parse_qs(urlsplit(seen.page.url).query)["area"] == ["150626"]
    assert seen.page.wait_for_selector("#map-aside .js-plotly-plot")  # Plotly's script comes when it is first needed
    assert "indicator=two_cancer_screening_coverage" in seen.page.get_attribute("#map-aside a", "href")


def test_an_address_opens_the_same_view_again(open_map):
    seen = open_map(f"{TOWNSHIPS}&area=150626100&colour=status&lat=38.6&lon=108.9&zoom=9")

    assert seen.page.evaluate("() => window.kangtu.panels.get('map-panel').map.getZoom()") == 9
    assert seen.page.evaluate("() => window.kangtu.panels.get('map-panel').selected") == "150626100"
    assert seen.page.locator("#map-panel-legend").inner_text().startswith("状态")


def test_moving_the_map_writes_the_view_into_the_address_and_asks_nobody(open_map):
    seen = open_map()
    asked = []  # the browser itself may still fetch the icon
    seen.page.on("request", lambda request: asked.append(request.url) if "/assets/" not in request.url else None)
    seen.page.click(".leaflet-control-zoom-in")
    seen.page.wait_for_function("() => new URLSearchParams(location.search).has('zoom')")

    assert asked == []


def test_another_period_sends_figures_only_and_no_geometry(open_map):
    seen = open_map()
    fetched, sent = [], []
    seen.page.on("request", lambda request: fetched.append(request.url) if "/geo/" in request.url else None)
    seen.page.on("request", lambda request: sent.append(request.post_data or ""))
    before = seen.page.evaluate("() => window.kangtu.panels.get('map-panel').asked")
    seen.page.select_option(".kt-choice-period select", "2022")
    seen.page.wait_for_function("(before) => window.kangtu.panels.get('map-panel').asked > before", arg=before)
    seen.settle()

    assert "2022" in seen.heading()
    assert fetched == []
    assert not any("coordinates" in body for body in sent)
    assert sum(counts(seen).values()) == 9


def test_townships_share_cells_and_sub_districts_are_dots_with_figures_of_their_own(open_map):
    seen = open_map(TOWNSHIPS)
    scene = "window.kangtu.panels.get('map-panel').layer.scene"

    assert seen.page.evaluate(f"() => {scene}.areas.geometry.areas.length") == 53
    assert seen.page.evaluate(f"() => {scene}.areas.geometry.areas.every((area) => area.isIllustrative)")
    assert seen.page.evaluate(f"() => {scene}.dots.geometry.areas.length") >= 26
    assert seen.page.evaluate(f"() => {scene}.outline.areas.length") == 9
    assert "示意图" in seen.page.inner_text("#map-panel-source")


def test_figures_of_another_geometry_are_not_painted(open_map):
    seen = open_map()
    seen.page.evaluate(
        """() => {
          const { payload } = window.kangtu.panels.get("map-panel");
          const other = { ...payload, areas: { ...payload.areas, hash: "000000000000" } };
          window.dash_clientside.set_props("map-panel-values", { data: other });
        }"""
    )
    seen.page.wait_for_selector(".map-message:has-text('版本不一致')")

    assert sum(pixels(seen).values()) == 0


def test_a_map_visited_again_is_painted_again(open_map):
    seen = open_map()
    seen.page.click("header nav a:has-text('会商')")
    seen.page.wait_for_selector("canvas.choropleth", state="detached")
    seen.page.click("header nav a:has-text('规划')")
    wait_for_paint(seen)

    assert sum(pixels(seen).values()) > 1000


LAYERS = "facility:hospital,population,reach:hospital:30km"


def stacked(seen: Visit, layers: str) -> None:
    """Wait until these layers lie over the map; layers: lowest first."""
    seen.page.wait_for_selector(f"#map-panel-map[data-stacked='{layers}']")


def test_layers_are_ordered_added_and_removed_by_keyboard_and_stand_in_the_address(open_map):
    seen = open_map(f"{TOWNSHIPS}&layers={LAYERS}")
    stacked(seen, "reach:hospital:30km,population,facility:hospital")
    asked = []
    seen.page.on("request", lambda request: asked.append(request.url))
    seen.page.focus("[data-layer='facility:hospital'][data-layer-do='down']")
    for order in (
        "population,facility:hospital,reach:hospital:30km",
        "population,reach:hospital:30km,facility:hospital",
    ):
        seen.page.keyboard.press("Enter")  # the focus goes along with the layer
        stacked(seen, ",".join(reversed(order.split(","))))
        seen.page.wait_for_function(
            "(order) => new URLSearchParams(location.search).get('layers') === order", arg=order
        )
    legend = seen.page.inner_text("#map-panel-layers-legend")

    assert not any("/geo/" in url for url in asked)  # an order fetches nothing anew
    assert (
        legend.index("2020年人口")
        < legend.index("医院周边30公里")
        < legend.index("服务范围以外")
        < legend.index("医院 (")
    )
    scene = "window.kangtu.panels.get('map-panel').layer.scene"
    markers = "() => document.querySelectorAll('.leaflet-container .map-point').length"
    kept_clear = seen.page.evaluate(f"() => {scene}.marks.length")
    assert kept_clear == seen.page.evaluate(markers) > 0
    panes = "(key) => document.querySelector(`.leaflet-${key}-pane`).style.zIndex"
    assert seen.page.evaluate(panes, "map-stack-2") > seen.page.evaluate(panes, "map-stack-0")

    seen.page.select_option("#map-layer-add", "health_cell:healthy_school")
    stacked(seen, "facility:hospital,reach:hospital:30km,population,health_cell:healthy_school")
    seen.page.select_option("[data-layer='reach:hospital:30km'] select", "15min40")
    seen.page.click("[data-layer='population'][data-layer-do='remove']")
    stacked(seen, "facility:hospital,reach:hospital:15min40,health_cell:healthy_school")
    assert "直线" in seen.page.inner_text("#map-panel-layers-legend")
    drawing = seen.page.request.get(f"{seen.site}/download/map.svg?{urlsplit(seen.page.url).query}").text()
    in_order = ["facility:hospital", "reach:hospital:15min40", "health_cell:healthy_school"]
    assert re.findall(r'data-layer="([^"]+)"', drawing) == in_order

    asked.clear()
    seen.page.select_option(".kt-choice-period select", "2022")
    seen.page.wait_for_selector("#map-title:has-text('2022')")
    seen.settle()
    assert not any("/geo/" in url for url in asked)  # nor does a period
    assert seen.page.get_attribute("#map-panel-map", "data-stacked") == ",".join(in_order)


def test_the_list_chooses_an_area_without_a_mouse(open_map):
    seen = open_map()
    seen.page.locator(".kt-choice-area button, .kt-choice-area .dash-dropdown").first.focus()
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_function("() => document.activeElement.matches('input')")  # the list has opened
    seen.page.keyboard.type("乌审旗")
    seen.page.wait_for_function("() => document.querySelectorAll('.dash-dropdown-option').length === 1")
    seen.page.keyboard.press("ArrowDown")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector("#map-aside h2:has-text('乌审旗')")

    assert seen.page.evaluate("() => window.kangtu.panels.get('map-panel').selected") == "150626"


def test_a_screen_reader_hears_what_the_map_shows(open_map):
    label = open_map().page.get_attribute("#map-panel-frame", "aria-label")

    assert "9个区县" in label
    assert "2025" in label


def test_the_picture_has_title_legend_source_and_the_demo_mark(open_map):
    seen = open_map(f"{TOWNSHIPS}&layers={LAYERS}")
    stacked(seen, "reach:hospital:30km,population,facility:hospital")
    with seen.page.expect_download() as expected:
        seen.page.click("#map-picture")
    picture = np.asarray(Image.open(io.BytesIO(expected.value.path().read_bytes())).convert("RGB"))
    demo_mark = (picture[:140, 1600:] == (0x8F, 0x1D, 0x35)).all(axis=2)
    below = picture[-500:]  # the legends: the mark of hospitals, the tint of what is out of reach on white
    marks = [(below == colour).all(axis=2).sum() for colour in ((0x0B, 0x5C, 0xAD), (0xCC, 0xC8, 0xD9))]

    assert picture.shape[1] == 2400
    assert demo_mark.sum() > 5000
    assert min(marks) > 200
    assert re.fullmatch(r"kangtu-.+-township-2025\.png", expected.value.suggested_filename)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_phone_shows_the_map_without_scrolling_sideways(open_map, language):
    seen = open_map(language=language, size=PHONE)

    assert seen.overflow() <= 0
    assert seen.page.locator("#map-panel-map").bounding_box()["width"] > 330
    assert sum(pixels(seen).values()) > 1000


def test_playing_walks_through_the_periods_and_the_classes_stay(open_map):
    seen = open_map(f"{DISTRICTS[:-4]}2024")
    legend = seen.page.locator("#map-panel-legend li > span:nth-child(2)").all_inner_texts()
    seen.page.click("#map-play")
    seen.page.wait_for_selector("#map-title:has-text('2025年')", timeout=15_000)
    seen.page.wait_for_selector("#map-time-label:has-text('2025年')")

    assert seen.page.locator("#map-panel-legend li > span:nth-child(2)").all_inner_texts()[:5] == legend[:5]


def test_a_distance_is_measured_and_no_area_chosen_by_it(open_map):
    seen = open_map()
    seen.page.click(".map-measure button")
    box = seen.page.locator("#map-panel-map").bounding_box()
    for share in (0.3, 0.6):
        seen.page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
    metres = seen.page.evaluate(
        """(share) => {
          const { map } = window.kangtu.panels.get("map-panel");
          const { x, y } = map.getSize();
          return map.distance(map.containerPointToLatLng([0.3 * x, y / 2]), map.containerPointToLatLng([0.6 * x, y / 2]));
        }"""
    )
    said = float(re.search(r"约 ([\d.,]+) km", seen.page.inner_text(".map-length")).group(1).replace(",", ""))

    assert said == pytest.approx(metres / 1000, rel=0.01)
    assert seen.page.evaluate("() => window.kangtu.panels.get('map-panel').selected") is None
    seen.page.keyboard.press("Escape")
    seen.page.wait_for_selector(".map-length", state="detached")


def test_two_maps_move_together(visit):
    seen = visit("/map/pair?indicator1=two_cancer_screening_coverage&levels=county")
    for side in ("map-left", "map-right"):
        seen.page.wait_for_function(f"() => window.kangtu.panels.get('{side}')?.layer?.scene.areas")
    seen.page.locator(".leaflet-control-zoom-in").first.click()
    seen.page.wait_for_function(
        """() => {
          const [left, right] = ["map-left", "map-right"].map((id) => window.kangtu.panels.get(id).map);
          return left.getZoom() === right.getZoom() && new URLSearchParams(location.search).has("zoom");
        }"""
    )

    assert len(set(seen.page.locator(".map-pair h2").all_inner_texts())) == 2


def test_the_map_needs_no_webgl(chromium, site):
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with_out = [*FLAGS, "--disable-webgl", "--disable-webgl2", "--disable-3d-apis", "--disable-software-rasterizer"]
    browser = chromium.browser_type.launch(executable_path=path, args=with_out)
    seen = Visit(browser, site, language="zh", theme="light", size=(1440, 900))
    seen.go(DISTRICTS)
    wait_for_paint(seen)

    assert seen.page.evaluate("() => document.createElement('canvas').getContext('webgl2')") is None
    assert sum(pixels(seen).values()) > 1000
    assert seen.problems == []
    browser.close()
