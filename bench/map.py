"""How fast the map changes: server time, bytes, and time to paint, at 60, 1,700 and 40,000 areas made here.

    python -m bench map, or python -m bench.map [--sizes 60,1700] [--no-browser]

Server times are processor time of the page's whole callback, JSON included; paint is measured by the clock. The peer, in
the same run: the JSON of a Plotly choropleth of the same areas, which carries the geometry in every figure.
"""

import argparse
import gzip
import hashlib
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path

import flask
import numpy as np
import plotly.graph_objects as go
import waitress
from dash._utils import to_json
from sqlalchemy import insert

sys.path.insert(0, str(Path(__file__).parents[1]))

from dashboards import app, data
from dashboards.pages.planning import map as page
from data_access import tables
from data_access.engine import make_engine
from data_access.schema import upgrade
from settings import Settings

SIZES = (60, 1700, 40000)
INDICATORS = ("screening", "vaccination")
PERIODS = [str(year) for year in range(2019, 2026)]
STEPS = 8  # vertices along each border: about what a township has after simplification
PORT = 8197


def border(start: np.ndarray, end: np.ndarray, rng: np.random.Generator) -> list[list[float]]:
    """A crooked line between two corners, without the end."""
    along = np.linspace(0, 1, STEPS, endpoint=False)[:, None]
    line = start + along * (end - start)
    line[1:] += rng.normal(0, 0.02 * np.linalg.norm(end - start), (STEPS - 1, 2))
    return np.round(line, 4).tolist()


def cells(count: int, area_ids: list[str] | None = None) -> list[dict]:
    """Areas that tile a part of the country: crooked quadrilaterals that share their borders; ids made here or given."""
    rng = np.random.default_rng(7)
    columns = int(np.ceil(np.sqrt(count * 1.5)))
    rows = int(np.ceil(count / columns))
    x, y = np.meshgrid(np.linspace(80, 130, columns + 1), np.linspace(22, 50, rows + 1))
    corners = np.stack([x, y], axis=-1) + rng.normal(0, 0.15 * 50 / columns, (rows + 1, columns + 1, 2))
    east = {(i, j): border(corners[i, j], corners[i, j + 1], rng) for i in range(rows + 1) for j in range(columns)}
    north = {(i, j): border(corners[i, j], corners[i + 1, j], rng) for i in range(rows) for j in range(columns + 1)}
    features = []
    for number in range(count):
        i, j = divmod(number, columns)
        top = [corners[i + 1, j + 1].round(4).tolist(), *east[i + 1, j][:0:-1]]
        left = [corners[i + 1, j].round(4).tolist(), *north[i, j][:0:-1]]
        ring = [*east[i, j], *north[i, j + 1], *top, *left]
        ring.append(ring[0])
        area_id = area_ids[number] if area_ids else f"x-{number:05d}"
        about = {"area_id": area_id, "name_zh": f"乡镇{number}", "name_en": f"Township {number}"}
        about |= {"is_illustrative": False, "label": corners[i, j].round(4).tolist()}
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "id": area_id, "properties": about, "geometry": geometry})
    return features


def write_layer(folder: Path, features: list[dict], parent_id: str = "x") -> int:
    """The geometry file, its packed twin and the manifest; returns the packed bytes."""
    content = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()
    digest = hashlib.sha256(content).hexdigest()[:12]
    file = f"township/{parent_id}-{digest}.json"
    (folder / "geo" / "township").mkdir(parents=True)
    (folder / "geo" / file).write_bytes(content)
    packed = gzip.compress(content, 9)
    (folder / "geo" / f"{file}.gz").write_bytes(packed)
    layer = {"level": "township", "parent_id": parent_id, "file": file, "hash": digest, "is_illustrative": False}
    layer |= {"area_ids": [feature["id"] for feature in features], "source": "bench", "review_number": ""}
    layer["bounds"] = [80, 22, 130, 50]
    (folder / "geo" / "manifest.json").write_text(json.dumps({"layers": [layer]}))
    return len(packed)


def fill(engine, area_ids: list[str]) -> None:
    """Areas, one plan with two targets, seven years of figures, one run of judgement."""
    rng = np.random.default_rng(11)
    upgrade(engine)
    day, now = date(2026, 1, 1), datetime.now(UTC)
    mark = {"run_id": 1, "area_id": "x", "action_id": "a", "status": "slow", "observed": 70.0}
    mark |= {"needs_study": False, "is_noisy": False}
    values = rng.integers(300, 1000, (len(area_ids), len(PERIODS)))
    figures = [
        {
            "indicator_id": indicator_id,
            "area_id": area_id,
            "period": period,
            "time": float(period),
            "numerator": float(values[i, k]),
            "denominator": 1000.0,
            "value": values[i, k] / 10,
            "status": "final",
            "submission_id": 1,
            "stated_by": 1,
        }
        for indicator_id in INDICATORS
        for i, area_id in enumerate(area_ids)
        for k, period in enumerate(PERIODS)
        if rng.random() > 0.03
    ]
    names = {"name_zh": "筛查率", "name_en": "Screening"}
    target = {"version": 1, "plan_id": "p", "action_id": "a", "sort_order": 1}
    target |= {**names, "unit": "percent", "direction": "higher_is_better", "rule": "level", "scope": "plan_area"}
    milestone = {"version": 1, "position": 1, "year": 2030, "comparator": ">=", "value": 90.0}
    about = {**names, "unit": "percent", "default_direction": "higher_is_better"}
    plan = {"plan_id": "p", **names, "place_zh": "试", "place_en": "x", "area_id": "x", "admin_level": "prefecture"}
    townships = [{"area_id": i, "level": "township", "parent_id": "x", "name_zh": i, "is_unit": True} for i in area_ids]
    rows = (
        (tables.submissions, [{"submission_id": 1, "kind": "observations", "received_at": now, "received_from": "bench"}]),
        (tables.areas, [{"area_id": "x", "level": "prefecture", "name_zh": "试", "is_unit": True}]),
        (tables.areas, townships),
        (tables.indicators, [{"indicator_id": i, **about} for i in INDICATORS]),
        (tables.plans, [{**plan, "kind": "outcome_plan"}]),
        (tables.actions, [{"plan_id": "p", "action_id": "a", "action_no": "1", "sort_order": 1, "title_zh": "筛", "title_en": "s"}]),
        (tables.targets, [{"target_id": i, "indicator_id": i, **target} for i in INDICATORS]),
        (tables.target_milestones, [{"target_id": i, **milestone} for i in INDICATORS]),
        (tables.observations, figures),
        (tables.judgement_runs, [{"run_id": 1, "plan_id": "p", "as_of": day, "parameters": {}, "started_at": now, "finished_at": now}]),
        (tables.marks, [{"target_id": i, "indicator_id": i, **mark} for i in INDICATORS]),
    )  # fmt: skip
    with engine.begin() as connection:
        for table, records in rows:
            connection.execute(insert(table), records)


def changed(period: str, indicator_id: str = INDICATORS[0]) -> tuple[float, str]:
    """Processor milliseconds of the page's callback, JSON included, and the JSON of what the map itself is sent."""
    with flask.Flask(__name__).test_request_context(
        "/?lang=zh"
    ):  # as the site: one look at the data's version a request
        start = time.process_time()  # of this process only: other work on the machine does not count
        answered = page.draw_map(indicator_id, "township", period, "value", "", "p")
        to_json(answered)
        return 1000 * (time.process_time() - start), to_json(answered[0])


def plotly_peer(features: list[dict]) -> tuple[float, int]:
    """Processor milliseconds and packed bytes of one change with a Plotly choropleth."""
    values = np.random.default_rng(3).uniform(30, 100, len(features)).round(1)
    start = time.process_time()
    figure = go.Figure(
        go.Choropleth(
            geojson={"type": "FeatureCollection", "features": features},
            locations=[feature["id"] for feature in features],
            z=values,
            featureidkey="id",
        )
    )
    text = figure.to_json()
    return 1000 * (time.process_time() - start), len(gzip.compress(text.encode(), 6))


def times(folder: Path) -> dict:
    """Server times on a store that was filled before, in a process that has made no geometry, as a server has not."""
    settings = Settings(database_url=f"sqlite:///{folder / 'bench.db'}", data_folder=folder)
    data.configure(make_engine(settings.database_url), settings)
    opened, _payload = changed(PERIODS[0])  # reads the areas, the plan and its marks too
    runs = [changed(period) for period in PERIODS[1:]]  # none of which was read before
    indicator_change, _payload = changed(PERIODS[-1], INDICATORS[1])
    return {
        "change_bytes": len(gzip.compress(runs[-1][1].encode(), 6)),
        "period_change_ms": round(statistics.median(ms for ms, _payload in runs), 1),
        "indicator_change_ms": round(indicator_change, 1),
        "first_after_start_ms": round(opened, 1),
    }


def measure(count: int, folder: Path) -> dict:
    """Everything but the browser, for one size; leaves the store in folder."""
    features = cells(count)
    once = write_layer(folder, features)
    engine = make_engine(f"sqlite:///{folder / 'bench.db'}")
    fill(engine, [feature["id"] for feature in features])
    engine.dispose()
    command = [sys.executable, "-m", "bench.map", "--times", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    server = json.loads(done.stdout)
    peer_ms, peer_bytes = plotly_peer(features)
    return {
        "areas": count,
        "geometry_once_bytes": once,
        **server,
        "peer_change_bytes": peer_bytes,
        "bytes_ratio": round(peer_bytes / server["change_bytes"], 1),
        "peer_ms": round(peer_ms, 1),
    }


def paint(folder: Path) -> dict:
    """Milliseconds in Chromium: from the call of the page to the first paint, and of one repaint; again without WebGL."""
    from playwright.sync_api import sync_playwright

    settings = Settings(database_url=f"sqlite:///{folder / 'bench.db'}", data_folder=folder)
    made = app.create_app(settings, make_engine(settings.database_url))
    server = waitress.create_server(made.server, host="127.0.0.1", port=PORT, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    with sync_playwright() as player:
        opened, repaint = seen(player, ["--disable-gpu"])
        without, repaint_without = seen(player, ["--disable-gpu", "--disable-3d-apis"], has_webgl=False)
    server.close()
    return {
        "page_to_first_paint_ms": opened,
        "repaint_ms": repaint,
        "without_webgl_first_paint_ms": without,
        "without_webgl_repaint_ms": repaint_without,
    }


def seen(player, flags: list[str], *, has_webgl: bool | None = None) -> tuple[int, float]:
    """First paint and repaint in a browser of its own, which has nothing cached."""
    arguments = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", *flags]
    browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
    tab = browser.new_page(viewport={"width": 1440, "height": 900})
    start = time.perf_counter()
    tab.goto(f"http://127.0.0.1:{PORT}/map?plan=p&level=township")
    tab.wait_for_selector("[data-painted]", timeout=120_000)
    opened = 1000 * (time.perf_counter() - start)
    if has_webgl is False and tab.evaluate("() => !!document.createElement('canvas').getContext('webgl')"):
        raise SystemExit("this browser has WebGL all the same")
    repaint = tab.evaluate(REPAINT)
    browser.close()
    return round(opened), round(repaint, 1)


# Reading a pixel waits until the canvas has been drawn; the first call also finds out who is seen.
REPAINT = """() => {
  const { layer } = window.kangtu.panels.get("map-panel");
  const times = [];
  for (let i = 0; i < 7; i += 1) {
    const start = performance.now();
    layer.repaint();
    document.querySelector("canvas.choropleth").getContext("2d").getImageData(5, 5, 1, 1);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[3];
}"""


def main(argv: list[str]) -> None:
    """Print one JSON line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--times", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if arguments.times:
        print(json.dumps(times(arguments.times)))
        return
    for count in map(int, arguments.sizes.split(",")):
        with tempfile.TemporaryDirectory() as name:
            found = measure(count, Path(name))
            found |= {} if arguments.no_browser else paint(Path(name))
            print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
