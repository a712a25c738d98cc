"""How long the server takes for a page of the analysts' workbench with 100,000 series in the store.

    python -m bench.workbench [--indicators 100] [--areas 1000] [--keep FOLDER]

The figures (ten years each) come in through the import ledger, are judged, and pages of series never asked for before
are laid out one after the other. Goal: at most 300 ms each, after the first page of a fresh process. --keep: the store
is made in this folder, or taken from it where it is there already.
"""

import argparse
import csv
import json
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
from sqlalchemy import insert

from data_access import tables
from data_access.engine import make_engine, writing
from data_access.schema import upgrade
from data_access.submissions import office_today
from settings import Settings

HOME, DAY, YEARS = "150600", date(2026, 11, 15), range(2016, 2026)
PLAN, GOAL_MS = "bench-2030", 300
CALLBACKS = "/_dash-update-component"
ROUTER = ".._pages_content.children..._pages_store.data.."


def make_store(folder: Path, indicators: int, areas: int) -> None:
    """Registers, a plan of one target for each indicator, ten yearly figures of every series, one run of judgement."""
    from workflows.importing import import_file
    from workflows.judging import judge_plan

    engine = make_engine(f"sqlite:///{folder / 'kangtu.db'}")
    upgrade(engine)
    write_files(folder, indicators, area_ids(areas))
    for kind in ("areas", "indicators"):
        import_file(engine, kind, folder / f"{kind}.csv", received_from="bench", today=DAY)
    write_plan(engine, indicators)
    import_file(engine, "observations", folder / "observations.csv", received_from="bench", today=DAY)
    judge_plan(engine, PLAN, as_of=office_today())  # figures count from the day they came in
    engine.dispose()


def area_ids(areas: int) -> list[str]:
    """A prefecture, twenty counties in it, and townships in these."""
    counties = [f"1506{n:02d}" for n in range(21, 41)]
    return [HOME, *counties, *(f"{counties[n % 20]}{n // 20 + 100:03d}" for n in range(areas - 21))]


def write_files(folder: Path, indicators: int, places: list[str]) -> None:
    """areas.csv, indicators.csv, observations.csv. Shares that drift up, with counts, seeded."""
    draw = np.random.default_rng(20261115)
    levels = {4: "prefecture", 6: "county", 9: "township"}
    with (folder / "areas.csv").open("w", encoding="utf-8", newline="") as file:
        rows = [
            (code, "prefecture" if code == HOME else levels[len(code)], f"区{code}", above(code)) for code in places
        ]
        csv.writer(file).writerows([("area_id", "level", "name_zh", "parent_id"), *rows])
    with (folder / "indicators.csv").open("w", encoding="utf-8", newline="") as file:
        names = [(f"share_{n}", f"比例{n}", "percent", "up") for n in range(indicators)]
        csv.writer(file).writerows([("indicator_id", "name_zh", "unit", "direction"), *names])
    with (folder / "observations.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("indicator_id", "area_id", "period", "numerator", "denominator", "value", "status"))
        for n in range(indicators):
            share = draw.uniform(30, 60, (len(places), 1)) + np.cumsum(draw.normal(1, 2, (len(places), len(YEARS))), 1)
            counts = np.clip(share, 1, 99).round(1)
            for code, row in zip(places, counts, strict=True):
                for year, value in zip(YEARS, row, strict=True):
                    writer.writerow((f"share_{n}", code, year, round(10 * value), 1000, f"{value:.1f}", "final"))


def above(code: str) -> str:
    """The area that holds this one; nothing above the prefecture."""
    return "" if code == HOME else HOME if len(code) == 6 else code[:6]


def write_plan(engine, indicators: int) -> None:
    """One action with a target of 80 % in 2030 for each indicator."""
    names = {"name_zh": "试验方案", "name_en": "Test plan"}
    plan = {"plan_id": PLAN, **names, "place_zh": "试", "place_en": "x", "area_id": HOME, "admin_level": "prefecture"}
    action = {"plan_id": PLAN, "action_id": "a", "action_no": "1", "sort_order": 1, "title_zh": "筛", "title_en": "s"}
    target = {"version": 1, "plan_id": PLAN, "action_id": "a", **names, "unit": "percent"}
    target |= {"direction": "higher_is_better", "rule": "level", "scope": "each_township"}
    milestone = {"version": 1, "position": 1, "year": 2030, "comparator": ">=", "value": 80.0}
    slugs = [f"share_{n}" for n in range(indicators)]
    with writing(engine) as connection:
        connection.execute(insert(tables.plans), [plan | {"kind": "outcome_plan"}])
        connection.execute(insert(tables.actions), [action])
        targets = [target | {"target_id": f"t/{s}", "indicator_id": s, "sort_order": n} for n, s in enumerate(slugs)]
        connection.execute(insert(tables.targets), targets)
        connection.execute(insert(tables.target_milestones), [milestone | {"target_id": f"t/{s}"} for s in slugs])


def ask(client, path: str, search: str) -> tuple[float, float, bytes]:
    """Milliseconds by the clock and of the processor that a page took to be laid out, and the answer."""
    inputs = [
        {"id": "_pages_location", "property": "pathname", "value": path},
        {"id": "_pages_location", "property": "search", "value": search},
    ]
    outputs = [{"id": "_pages_content", "property": "children"}, {"id": "_pages_store", "property": "data"}]
    body = {"output": ROUTER, "outputs": outputs, "inputs": inputs, "changedPropIds": ["_pages_location.pathname"]}
    started, worked = time.perf_counter(), time.process_time()
    answer = client.post(CALLBACKS, json=body)
    return 1000 * (time.perf_counter() - started), 1000 * (time.process_time() - worked), answer.data


def measure(folder: Path, indicators: int, areas: int) -> dict:
    """Pages of series nobody has asked for yet, each of another indicator and area; then the same ones again."""
    from dashboards.app import create_app

    settings = Settings(database_url=f"sqlite:///{folder / 'kangtu.db'}", data_folder=folder)
    client = create_app(settings, make_engine(settings.database_url)).server.test_client()
    places = area_ids(areas)
    asked = [
        f"?plan={PLAN}&indicator=share_{7 * n % indicators}&area={places[(131 * n + 3) % areas]}" for n in range(13)
    ]
    first, _cpu, page = ask(client, "/workbench", asked[0])
    if b"workbench-figure" not in page:
        raise SystemExit(f"the workbench was not laid out: {page[:300]!r}")
    timed = [ask(client, "/workbench", search) for search in asked[1:]]
    unseen = [milliseconds for milliseconds, _cpu, _page in timed]
    again = [ask(client, "/workbench", search)[0] for search in asked[1:]]
    return {
        "series": indicators * areas,
        "first_after_start_ms": round(first),
        "unseen_series_ms": round(statistics.median(unseen)),
        "unseen_series_processor_ms": round(statistics.median(cpu for _ms, cpu, _page in timed)),
        "slowest_unseen_ms": round(max(unseen)),
        "seen_again_ms": round(statistics.median(again)),
        "page_kb": round(len(page) / 1024),
        "goal_ms": GOAL_MS,
    }


def main(argv: list[str]) -> None:
    """Measure and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--indicators", type=int, default=100)
    parser.add_argument("--areas", type=int, default=1000)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "kangtu.db").exists():
            make_store(folder, options.indicators, options.areas)
        print(json.dumps(measure(folder, options.indicators, options.areas), indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
