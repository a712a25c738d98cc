"""Service coverage in a real browser: what a planner reads, chooses and takes away."""

import io

from PIL import Image

from tests.browser.conftest import PHONE

AREA_ON_SCREEN = """() => {
  const path = document.querySelector("path.map-service-area");
  return path && path.getAttribute("d").length > 100;
}"""
PAINTED = "() => window.kangtu.panels.get('coverage-map')?.layer?.scene.areas"


def test_a_planner_finds_who_is_left_out_changes_the_rule_and_takes_the_map_away(visit):
    seen = visit("/coverage?type=hospital&reach=50km", language="en")
    seen.page.wait_for_function(PAINTED)
    seen.page.wait_for_function(AREA_ON_SCREEN)
    across = seen.page.inner_text("#coverage-aside")
    assert "live within 50 km" in seen.heading()

    seen.page.select_option(".kt-choice-border select", "own")
    seen.page.wait_for_function("() => document.querySelector('h1 + .kt-subline').innerText.includes('own district')")
    seen.page.wait_for_function(PAINTED)
    seen.page.wait_for_function(AREA_ON_SCREEN)

    assert "border=own" in seen.address()
    assert seen.page.inner_text("#coverage-aside") != across  # fewer are within reach of their own
    with seen.page.expect_download() as download:
        seen.page.click("#coverage-picture")
    picture = Image.open(io.BytesIO(download.value.path().read_bytes()))
    assert picture.width == 2400
    assert download.value.suggested_filename == "kangtu-coverage-reach-hospital-50km.png"
    rows = seen.page.request.get(
        f"{seen.site}/download/coverage.csv?type=hospital&reach=50km&border=own&lang=en"
    ).text()
    assert "DEMO" in rows.splitlines()[1]
    assert seen.problems == []


def test_on_a_phone_an_access_score_of_0_has_its_own_place_in_the_legend(visit):
    seen = visit("/coverage?layer=e2sfca&type=hospital&reach=30km", language="zh", size=PHONE)
    seen.page.wait_for_function(PAINTED)

    legend = seen.page.inner_text("#coverage-map-legend")
    assert "0：够不着" in legend
    assert "每千人卫生人员" in legend
    assert seen.overflow() <= 0
    assert seen.problems == []
