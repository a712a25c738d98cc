"""The site with the townships of a nation: what a page takes the first time and after, its bytes, the process's memory.

    python -m bench.nation [--areas 40000] [--codes FILE] [--keep FOLDER]

The store (three indicators with counts, ten years of every township, counties and prefectures above them, one review) is
made here, or taken from --keep where it is there already. --codes: a CSV (.gz too) whose column "code" has nine-digit
township codes, instead of codes made here. Each page's first time is in a process of its own: processor time (other work
on the machine does not count), of a site that has answered nothing before.
Goals: the funnel in a second the first time and in 300 ms after, 400 MB with the demo.
"""

import argparse
import gzip
import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from sqlalchemy import Engine, insert

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.map import cells, write_layer
from bench.workbench import ask
from data_access import tables
from data_access.engine import copy_rows, make_engine, writing
from data_access.schema import upgrade
from data_access.submissions import office_today
from settings import Settings

PLAN, NATION, YEARS = "nation-2030", "100000", np.arange(2016, 2026)
INDICATORS = ("screening", "vaccination", "health_files")
PAGES = {
    "overview": ("/", f"?plan={PLAN}"),
    "map": ("/map", f"?plan={PLAN}&level=township&indicator=screening"),
    "queue": ("/queue", f"?plan={PLAN}"),
    "funnel": ("/funnel", f"?plan={PLAN}&level=township&indicator=screening"),
    "behind": ("/behind", f"?plan={PLAN}"),
    "workbench": ("/workbench", f"?plan={PLAN}&indicator=screening"),
    "backtest": ("/backtest", f"?plan={PLAN}"),
}
FIGURES = ("indicator_id", "area_id", "period", "time", "numerator", "denominator", "value", "status")
FIGURES += ("submission_id", "stated_by")


def codes_made(count: int) -> list[str]:
    """Township codes like real ones: fourteen townships in a county, nine counties in a prefecture."""
    return [
        f"{10 + n // 3000:02d}{n // 126 % 24 + 1:02d}{n // 14 % 9 + 21:02d}{n % 14 + 100:03d}" for n in range(count)
    ]


def make_store(folder: Path, townships: list[str]) -> None:
    """Registers, the plan, the figures, one review, and the geometry of the townships."""
    from workflows.judging import judge_plan

    engine = make_engine(f"sqlite:///{folder / 'kangtu.db'}")
    upgrade(engine)
    places = places_of(townships)
    write_registers(engine, places)
    write_figures(engine, [place["area_id"] for place in places])
    judge_plan(engine, PLAN, as_of=office_today())
    engine.dispose()
    write_layer(folder, cells(len(townships), townships), NATION)


def places_of(townships: list[str]) -> list[dict]:
    """The nation, and every prefecture, county and township by code."""
    counties = sorted({code[:6] for code in townships})
    prefectures = sorted({code[:4] for code in counties})
    levels = [("nation", NATION, None)]
    levels += [("prefecture", f"{code}00", NATION) for code in prefectures]
    levels += [("county", code, f"{code[:4]}00") for code in counties]
    levels += [("township", code, code[:6]) for code in townships]
    return [
        {"area_id": code, "level": level, "parent_id": parent, "name_zh": f"地区{code}", "is_unit": True}
        for level, code, parent in levels
    ]


def write_registers(engine: Engine, places: list[dict]) -> None:
    """Areas, indicators, the plan with a target of 90 % in 2030 for each indicator, one submission."""
    names = {"name_zh": "试验方案", "name_en": "Test plan"}
    about = {"unit": "percent", "default_direction": "higher_is_better", "decimals": 1}
    plan = {"plan_id": PLAN, **names, "place_zh": "试", "place_en": "x", "area_id": NATION, "admin_level": "nation"}
    action = {"plan_id": PLAN, "action_id": "a", "action_no": "1", "sort_order": 1, "title_zh": "筛", "title_en": "s"}
    target = {"version": 1, "plan_id": PLAN, "action_id": "a", "unit": "percent", "scope": "each_township"}
    target |= {"direction": "higher_is_better", "rule": "level"}
    milestone = {"version": 1, "position": 1, "year": 2030, "comparator": ">=", "value": 90.0}
    sent = {"submission_id": 1, "kind": "observations", "received_at": datetime.now(UTC), "received_from": "bench"}
    named = [{"indicator_id": one, "name_zh": f"指标{one}", "name_en": one.replace("_", " ")} for one in INDICATORS]
    rows = (
        (tables.submissions, [sent]),
        (tables.areas, places),
        (tables.indicators, [about | one for one in named]),
        (tables.plans, [plan | {"kind": "outcome_plan"}]),
        (tables.actions, [action]),
        (tables.targets, [target | one | {"target_id": f"t/{n}", "sort_order": n} for n, one in enumerate(named)]),
        (tables.target_milestones, [milestone | {"target_id": f"t/{n}"} for n in range(len(named))]),
    )
    with writing(engine) as connection:
        for table, records in rows:
            connection.execute(insert(table), records)


def write_figures(engine: Engine, area_ids: list[str]) -> None:
    """Ten years of counts of every area: shares that rise by different paces, people by the thousands, seeded."""
    draw = np.random.default_rng(20261115)
    people = draw.lognormal(6.5, 0.8, len(area_ids)).astype(int) + 40
    for indicator_id in INDICATORS:
        start, pace = draw.uniform(0.4, 0.7, len(area_ids)), draw.normal(0.02, 0.015, len(area_ids))
        share = np.clip(start[:, None] + pace[:, None] * (YEARS - YEARS[0]), 0.02, 0.98)
        counts = draw.binomial(people[:, None], share)
        frame = pd.DataFrame(counts, index=area_ids, columns=YEARS).stack().reset_index()
        frame.columns = ["area_id", "time", "numerator"]
        frame = frame.assign(denominator=np.repeat(people, len(YEARS)), indicator_id=indicator_id)
        frame = frame.assign(value=(100 * frame["numerator"] / frame["denominator"]).round(2), status="final")
        frame = frame.assign(period=frame["time"].astype(str), time=frame["time"].astype(float))
        frame = frame.assign(submission_id=1, stated_by=1)
        with writing(engine) as connection:
            copy_rows(connection, tables.observations, FIGURES, frame[list(FIGURES)].itertuples(index=False))


def first_and_after(folder: Path, name: str) -> dict:
    """One page in this process, which has shown none before: processor and clock times, bytes, memory."""
    started = time.perf_counter()
    from dashboards.app import create_app

    settings = Settings(database_url=f"sqlite:///{folder / 'kangtu.db'}", data_folder=folder)
    client = create_app(settings, make_engine(settings.database_url)).server.test_client()
    client.get("/health")
    ready = time.perf_counter() - started
    path, search = PAGES[name]
    _clock, first, page = ask(client, path, f"{search}&lang=zh")
    again = statistics.median(ask(client, path, f"{search}&lang=zh")[1] for _turn in range(3))
    return {
        "page": name,
        "ready_s": round(ready, 1),
        "first_ms": round(first),
        "again_ms": round(again),
        "kb": round(len(page) / 1024),
        "packed_kb": round(len(gzip.compress(page, 6)) / 1024),
        "memory_mb": memory_mb(),
    }


def memory_mb() -> int:
    """What the process holds in memory now (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * 4096 / 2**20)


def all_pages(folder: Path) -> dict:
    """Every page, one after the other, twice, in one process: the memory at the end."""
    from dashboards.app import create_app

    settings = Settings(database_url=f"sqlite:///{folder / 'kangtu.db'}", data_folder=folder)
    client = create_app(settings, make_engine(settings.database_url)).server.test_client()
    held = {"started": memory_mb()}
    for turn in (1, 2):
        for path, search in PAGES.values():
            ask(client, path, f"{search}&lang=zh")
        held[f"turn {turn}"] = memory_mb()
    return {"memory_mb": held}


def apart(*arguments: str) -> dict:
    """What a process of its own answers."""
    command = [sys.executable, "-m", "bench.nation", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    return json.loads(done.stdout.splitlines()[-1])


def codes_of(options: argparse.Namespace) -> list[str]:
    """The first townships of the file, or codes made here."""
    if not options.codes:
        return codes_made(options.areas)
    return pd.read_csv(options.codes, dtype=str)["code"].tolist()[: options.areas]


def main(argv: list[str]) -> None:
    """Print one JSON line for each page, and one for the memory after all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--areas", type=int, default=40000)
    parser.add_argument("--codes", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--pages", default=",".join(PAGES))
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--every", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.one:
        print(json.dumps(first_and_after(Path(options.one[0]), options.one[1])))
        return
    if options.every:
        print(json.dumps(all_pages(Path(options.every))))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "kangtu.db").exists():
            make_store(folder, codes_of(options))
        for name in options.pages.split(","):
            print(json.dumps(apart("--one", str(folder), name)), flush=True)
        print(json.dumps(apart("--every", str(folder))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
