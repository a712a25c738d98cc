"""The delivery side at the size of a large prefecture: what an import costs, and what the server takes for each page.

    python -m bench.delivery [--townships 100] [--programmes 40] [--years 10] [--cells 50000] [--tasks 5000] [--keep FOLDER]

Programmes counted by the month in five steps, health cells with coordinates, work points with a report each. All of it
comes in through the import. Each page is then asked of a process of its own, first when nothing was asked before (first_ms:
what a reader waits for after a restart), then again and with another choice. Goal: at most 300 ms each.

The peers, in the same run: for the import pandas.read_csv and DataFrame.to_sql, which checks nothing and keeps no history;
for the pages what an analyst would type to see how far each programme is, pandas.read_sql of the newest year's counts
and a groupby: ratio is a page's first time to that. --keep: the store is made in this folder, or taken from it.
"""

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
from sqlalchemy import create_engine

from bench.workbench import ask
from settings import Settings

HOME, DAY, GOAL_MS = "150600", date(2026, 11, 15), 300
SIZES = {"townships": 100, "programmes": 40, "years": 10, "cells": 50_000, "tasks": 5_000}
# The counts come before what is larger in memory, so that the peak at them is their own.
KINDS = ("areas", "population", "programmes", "programme_counts", "facilities", "health_cells", "tasks", "task_reports")
STEPS = ("eligible", "attended", "positive", "followed_up", "uploaded")
TYPES = ("village", "community", "school", "agency", "enterprise", "family")
PAGES = (
    ("/programmes", ""),
    ("/programmes/programme-3", ""),
    ("/programmes/programme-3", "?area=150621"),
    ("/quality", ""),
    ("/quality", "?by=township&check=jump&page=3"),
    ("/quality", "?by=reporter"),
    ("/cells", ""),
    ("/cells", "?type=school&state=lapsing&page=2"),
    ("/cells", "?area=150621&q=7&page=20"),
    ("/tasks", ""),
    ("/services", ""),
)
FILES = ("/download/cells.csv", "/download/quality.csv", "/download/programmes.csv", "/download/tasks.csv")


def counties(townships: int) -> list[str]:
    return [f"1506{n:02d}" for n in range(21, 21 + max(1, townships // 10))]


def township_ids(townships: int) -> list[str]:
    codes = counties(townships)
    return [f"{codes[n % len(codes)]}{n // len(codes) + 100:03d}" for n in range(townships)]


def write(folder: Path, name: str, head: tuple, rows) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head])
        csv.writer(file).writerows(rows)


def write_files(folder: Path, size: argparse.Namespace) -> None:
    """One CSV a kind. Seeded."""
    draw = np.random.default_rng(20261115)
    places = township_ids(size.townships)
    areas = [(HOME, "prefecture", "", "试市", 1, 1)]
    areas += [(code, "county", HOME, f"旗{code}", 1, 1) for code in counties(size.townships)]
    areas += [(code, "township", code[:6], f"镇{code}", 1, 1) for code in places]
    write(folder, "areas", ("area_id", "level", "parent_id", "name_zh"), [row[:4] for row in areas])
    write(folder, "population", ("area_id", "year", "persons"), [(row[0], 2025, 30_000) for row in areas])
    ids = [f"programme-{n}" for n in range(size.programmes)]
    head = ("programme_id", "name_zh", "area_id", "kind", "counted", "report_every", "stages", "cycle_months",
            "coverage_target_percent")  # fmt: skip
    rows = [(one, f"项目{one}", HOME, "筛查", "当期", "月", ";".join(STEPS), 12, 80) for one in ids]
    write(folder, "programmes", head, rows)
    write(folder, "programme_counts", ("programme_id", "area_id", "period", *STEPS), counts(draw, ids, places, size))
    write_registers(folder, draw, places, size)


def counts(draw, ids: list[str], places: list[str], size: argparse.Namespace):
    """A row for each programme, township and month, as a district sends them: month by month. One in fifty is missing."""
    months = [f"{year}-{month:02d}" for year in range(2027 - size.years, 2027) for month in range(1, 13)]
    for period in [one for one in months if one <= "2026-10"]:
        for one in ids:
            attended = draw.poisson(55, len(places))
            positive = draw.binomial(attended, 0.1)
            followed, uploaded, is_there = (
                draw.binomial(positive, 0.9),
                draw.binomial(attended, 0.95),
                draw.random(len(places)),
            )
            for at, place in enumerate(places):
                if is_there[at] > 0.02:
                    yield one, place, period, 1000, attended[at], positive[at], followed[at], uploaded[at]


def write_registers(folder: Path, draw, places: list[str], size: argparse.Namespace) -> None:
    """Health cells with titles, coordinates and ends; work points of the year and what was last heard of them."""
    rows = []
    for n in range(size.cells):
        year, lasts = int(draw.integers(2018, 2027)), int(draw.integers(3, 9))
        lon, lat = draw.uniform(107, 111), draw.uniform(38, 40.5)
        cell = (f"cell-{n}", TYPES[n % len(TYPES)], f"单位{n}", places[n % len(places)], "市级", f"{year}-03-01")
        rows.append((*cell, f"{year + lasts}-02-28", f"{lon:.5f}", f"{lat:.5f}", "CGCS2000"))
    head = ("health_cell_id", "cell_type", "name_zh", "area_id", "title_level", "certified_on", "expires_on", "lon", "lat",
            "declared_datum")  # fmt: skip
    write(folder, "health_cells", head, rows)
    head = ("facility_id", "name_zh", "facility_type", "area_id", "beds", "staff", "doctors")
    rows = [(f"facility-{n}", f"卫生院{n}", "township_hospital", one, 40, 60, 20) for n, one in enumerate(places)]
    write(folder, "facilities", head, rows)
    head = ("task_id", "year", "title_zh", "area_id", "owner_zh", "chapter_zh", "quantity", "unit", "due")
    rows = [
        (f"task-{n}", 2026, f"任务{n}", HOME, f"部门{n % 30}", f"第{n % 12}章", 100, "个", f"2026Q{n % 4 + 1}")
        for n in range(size.tasks)
    ]
    write(folder, "tasks", head, rows)
    months = (3, 6, 9)
    rows = [(f"task-{n}", f"2026-{m:02d}", "推进中", 10 * m) for n in range(size.tasks) for m in months[: 1 + n % 3]]
    write(folder, "task_reports", ("task_id", "period", "state", "quantity_done"), rows)


def make_store(folder: Path, size: argparse.Namespace) -> dict:
    """Import every file; how long the counts took, and the memory of that process."""
    from data_access.engine import make_engine
    from data_access.schema import upgrade
    from workflows import packs
    from workflows.importing import import_file

    write_files(folder, size)
    engine = make_engine(f"sqlite:///{folder / 'kangtu.db'}")
    upgrade(engine)
    packs.load_plans(engine, today=DAY)
    found = {}
    for kind in KINDS:
        before, started, worked = peak_mb(), time.perf_counter(), time.process_time()
        report = import_file(engine, kind, folder / f"{kind}.csv", received_from="bench", today=DAY)
        if report.outcome != "stored":
            raise SystemExit(f"{kind}: {report.lines()[:5]}")
        found[kind] = {
            "rows": report.rows_read,
            "stored": report.rows_stored,
            "seconds": round(time.perf_counter() - started, 1),
            "processor_seconds": round(time.process_time() - worked, 1),
            "rows_per_second": round(report.rows_read / (time.perf_counter() - started)),
            "peak_mb": round(peak_mb()),
            "peak_mb_before": round(before),
        }
    engine.dispose()
    (folder / "imports.json").write_text(json.dumps(found))
    return found


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def load_with_pandas(folder: Path) -> dict:
    """The peer of the import."""
    import pandas as pd

    started = time.perf_counter()
    frame = pd.read_csv(folder / "programme_counts.csv", dtype={"area_id": str})
    frame = frame.melt(["programme_id", "area_id", "period"], var_name="stage").dropna()
    frame.to_sql("counts", create_engine(f"sqlite:///{folder / 'pandas.db'}"), index=False, chunksize=10_000)
    return {"seconds": round(time.perf_counter() - started, 1), "peak_mb": round(peak_mb())}


def look_with_pandas(folder: Path) -> dict:
    """The peer of the pages: the newest year's counts of all programmes, added up."""
    import pandas as pd

    engine = create_engine(f"sqlite:///{folder / 'kangtu.db'}")
    query = "SELECT * FROM programme_counts WHERE period >= '2026' AND superseded_by IS NULL"
    times = []
    for _once in range(3):
        started = time.perf_counter()
        pd.read_sql(query, engine).groupby(["programme_id", "stage"])["value"].sum()
        times.append(1000 * (time.perf_counter() - started))
    return {"ms": round(min(times))}


def measure_page(folder: Path, path: str, search: str) -> dict:
    """A page in this process: first, again, and as a file where it is one."""
    from dashboards.app import create_app
    from data_access.engine import make_engine

    settings = Settings(database_url=f"sqlite:///{folder / 'kangtu.db'}", data_folder=folder)
    client = create_app(settings, make_engine(settings.database_url)).server.test_client()
    if path.startswith("/download"):
        return measure_file(client, path)
    first, first_cpu, page = ask(client, path, search)
    if page[:3] == b"500" or len(page) < 2000:
        raise SystemExit(f"{path}{search} was not laid out: {page[:300]!r}")
    again = sorted(ask(client, path, search)[:2] for _once in range(3))
    return {
        "first_ms": round(first),
        "first_processor_ms": round(first_cpu),
        "again_ms": round(again[0][0]),
        "page_kb": round(len(page) / 1024),
    }


def measure_file(client, path: str) -> dict:
    started = time.perf_counter()
    answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    return {"first_ms": round(1000 * (time.perf_counter() - started)), "file_kb": round(len(answer.data) / 1024)}


def apart(folder: Path, what: str, *arguments: str) -> dict:
    """One measurement in a process of its own."""
    command = [sys.executable, "-m", "bench.delivery", "--keep", str(folder), "--only", what, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    if done.returncode:
        raise SystemExit(f"{what} {arguments}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def run_all(folder: Path, size: argparse.Namespace) -> None:
    if not (folder / "kangtu.db").exists():
        sizes = [f"--{name}={value}" for name, value in vars(size).items() if name in SIZES]
        apart(folder, "make", *sizes)
    if not (folder / "pandas.db").exists():
        (folder / "peer.json").write_text(json.dumps(apart(folder, "pandas-import")))
    imports, peer = (json.loads((folder / f"{name}.json").read_text()) for name in ("imports", "peer"))
    ratio = round(imports["programme_counts"]["seconds"] / peer["seconds"], 1)
    print(json.dumps({"imports": imports, "pandas_import": peer, "ratio_to_pandas": ratio}), flush=True)
    look = apart(folder, "pandas-look")["ms"]
    print(json.dumps({"pandas_look_ms": look, "goal_ms": GOAL_MS}), flush=True)
    for path, search in [*PAGES, *((path, "") for path in FILES)]:
        found = apart(folder, path, f"--search={search}")
        found["ratio_to_pandas"] = round(found["first_ms"] / look, 2)
        print(json.dumps({"page": path + search, **found}), flush=True)


def main(argv: list[str]) -> None:
    """Measure and print JSON, a line a measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in SIZES.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", help=argparse.SUPPRESS)
    parser.add_argument("--search", default="", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.only:
        alone = {"pandas-import": load_with_pandas, "pandas-look": look_with_pandas}
        if options.only == "make":
            found = make_store(options.keep, options)
        elif options.only in alone:
            found = alone[options.only](options.keep)
        else:
            found = measure_page(options.keep, options.only, options.search)
        print(json.dumps(found))
        return
    with tempfile.TemporaryDirectory(prefix="kangtu-bench-") as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        run_all(folder, options)


if __name__ == "__main__":
    main(sys.argv[1:])
