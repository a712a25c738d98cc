"""A planner's afternoon: where screening is low and no facility near, what two more sites would bring, the map to take away."""

import csv
import io
import re

from data_access.engine import make_engine
from data_access.jobs import read_queued
from settings import Settings
from workflows.jobs import run_job

SCREENING = "/map?indicator=programme:ordos-two-cancer:attended&level=township&period=2026Q3"
REACH = "type=hospital&reach=30km"
LOW = 60.0  # per cent of the women due


def table_of(seen, address: str) -> list[dict[str, str]]:
    """A download of the site as rows."""
    return list(csv.DictReader(io.StringIO(seen.page.request.get(f"{seen.site}{address}").text().lstrip("\ufeff"))))


def reached(heading: str) -> float:
    """The share of people within reach, as a finding says it."""
    return float(re.search(r"([\d.]+)\s?%", heading).group(1))


def test_a_planner_finds_the_gap_proposes_two_sites_and_takes_the_map_away(visit, demo_store):
    seen = visit(SCREENING)
    seen.page.wait_for_function("() => window.kangtu.panels.get('map-panel')?.layer?.scene.areas")
    figures = table_of(seen, f"/download/map.csv?{SCREENING.partition('?')[2]}&lang=en")
    low = {row["Area"] for row in figures if row["Figure (%)"] and float(row["Figure (%)"]) < LOW}
    assert low

    seen.go(f"/coverage?{REACH}")
    seen.page.wait_for_function("() => window.kangtu.panels.get('coverage-map')?.layer?.scene.areas")
    places = table_of(seen, f"/download/coverage.csv?{REACH}&lang=en")
    out_of_reach = {row["Area"] for row in places if not row["State"].startswith("Within")}
    both = low & out_of_reach
    assert both, "the demo has townships of low screening without a hospital within 30 km"
    seats = table_of(seen, f"/download/coverage.csv?{REACH}&places=seats&lang=en")
    layered = table_of(seen, f"/download/map.csv?{SCREENING.partition('?')[2]}&layers=reach:hospital:30km&lang=en")
    beyond = {row["Area"] for row in layered if row["Reach: 30 km around: Hospital"] == "out of reach"}
    assert beyond == {row["Area"] for row in seats if not row["State"].startswith("Within")}  # one answer on both pages

    seen.go("/siting")
    before = reached(seen.heading())
    seen.page.fill("#siting-count", "18")  # the sixteen central hospitals that stand, and two more
    seen.page.click("#siting-run")
    seen.page.wait_for_selector("#siting-cancel:not([disabled])")
    run_newest_job(demo_store)
    seen.page.wait_for_function("() => new URLSearchParams(location.search).has('job')", timeout=30_000)
    seen.settle()
    assert "18" in seen.heading()
    assert reached(seen.heading()) < before  # 18 reach fewer than 25
    state = seen.address().partition("?")[2]
    chosen = table_of(seen, f"/download/siting-sites.csv?{state}&lang=en")
    assert len(chosen) == 18

    drawing = seen.page.request.get(f"{seen.site}/download/map.svg?{SCREENING.partition('?')[2]}").text()
    assert drawing.count("fill-rule") == 53
    assert "DEMO" in drawing and "GS(2024)0650" in drawing


def run_newest_job(demo_store) -> None:
    """Do what the worker process does, here: the site of the tests has none."""
    url, folder = demo_store
    engine = make_engine(url)
    run_job(engine, Settings(database_url=url, data_folder=folder), read_queued(engine)[-1])
    engine.dispose()
