"""One million figures into SQLite and PostgreSQL: `python -m bench.imports [--rows N]`, as `make bench` runs it.

The peer, in the same run and on the same file, is what an analyst would type: pandas.read_csv and DataFrame.to_sql,
which checks nothing, keeps no history and holds all rows in memory. Each run is a process of its own, so that its peak
memory is its own. PostgreSQL is measured where KANGTU_TEST_POSTGRESQL names a server (tests/with-postgresql.sh).
Goal: at most 60 s for a million rows on either.
"""

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

INDICATORS, PERIODS = 20, 50
TODAY = date(2026, 11, 15)


def write_files(folder: Path, rows: int) -> int:
    """areas.csv, indicators.csv and observations.csv in folder; gives the number of figures."""
    areas = [f"1506{n:05d}" for n in range(1, max(1, rows // (INDICATORS * PERIODS)) + 1)]
    periods = [f"{2021 + n // 12}-{n % 12 + 1:02d}" for n in range(PERIODS)]
    with (folder / "areas.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("area_id", "level", "name_zh"), *((code, "township", code) for code in areas)])
    with (folder / "indicators.csv").open("w", encoding="utf-8", newline="") as file:
        names = [(f"share_{n}", f"比例{n}", "percent", "up") for n in range(INDICATORS)]
        csv.writer(file).writerows([("indicator_id", "name_zh", "unit", "direction"), *names])
    with (folder / "observations.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("indicator_id", "area_id", "period", "numerator", "denominator", "value", "status"))
        for period in periods:
            for a, area in enumerate(areas):
                for n in range(INDICATORS):
                    count, of = (a * 7 + n * 13) % 900 + 1, 1000 + a % 50
                    writer.writerow((f"share_{n}", area, period, count, of, f"{100 * count / of:.1f}", "final"))
    return len(areas) * INDICATORS * PERIODS


def import_all(url: str, folder: Path) -> dict:
    from data_access.engine import make_engine
    from data_access.schema import upgrade
    from workflows.importing import import_file

    engine = make_engine(url)
    upgrade(engine)
    for kind in ("areas", "indicators"):
        import_file(engine, kind, folder / f"{kind}.csv", received_from="bench", today=TODAY)
    before, started = peak_mb(), time.perf_counter()
    report = import_file(engine, "observations", folder / "observations.csv", received_from="bench", today=TODAY)
    return {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time(),
        "rows": report.rows_stored,
        "peak_mb": peak_mb(),
        "before_mb": before,
    }


def load_with_pandas(url: str, folder: Path) -> dict:
    import pandas as pd

    before, started = peak_mb(), time.perf_counter()
    frame = pd.read_csv(folder / "observations.csv", dtype={"area_id": str})
    frame.to_sql("pandas_observations", create_engine(url), index=False, if_exists="replace", chunksize=10_000)
    return {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time(),
        "rows": len(frame),
        "peak_mb": peak_mb(),
        "before_mb": before,
    }


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


WAYS = {"kangtu": import_all, "pandas": load_with_pandas}


def measure(way: str, url: str, folder: Path) -> dict:
    """One way in a process of its own."""
    command = [sys.executable, "-m", "bench.imports", "--way", way, "--url", url, "--folder", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    return json.loads(done.stdout)


def databases(folder: Path):
    """Name and two fresh URLs of each database there is."""
    yield "SQLite", [f"sqlite:///{folder}/{way}.db" for way in WAYS]
    server = os.environ.get("KANGTU_TEST_POSTGRESQL")
    if not server:
        print("PostgreSQL: not measured, KANGTU_TEST_POSTGRESQL is not set (tests/with-postgresql.sh)", file=sys.stderr)
        return
    names = [f"kangtu_bench_{uuid4().hex}" for _ in WAYS]
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in names:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
        try:
            yield (
                "PostgreSQL",
                [make_url(server).set(database=name).render_as_string(hide_password=False) for name in names],
            )
        finally:
            for name in names:
                connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        print(json.dumps(WAYS[arguments.way](arguments.url, arguments.folder)))
        return
    with tempfile.TemporaryDirectory(prefix="kangtu-bench-") as name:
        folder = Path(name)
        rows = write_files(folder, arguments.rows)
        for database, urls in databases(folder):
            found = {way: measure(way, url, folder) for way, url in zip(WAYS, urls, strict=True)}
            print(json.dumps(summary(database, rows, **found)), flush=True)


def summary(database: str, rows: int, kangtu: dict, pandas: dict) -> dict:
    return {
        "database": database,
        "rows": rows,
        "seconds": round(kangtu["seconds"], 1),
        # of the whole process, start-up included and the PostgreSQL server not: steadier than the clock on a busy machine
        "cpu_seconds": round(kangtu["cpu_seconds"], 1),
        "pandas_cpu_seconds": round(pandas["cpu_seconds"], 1),
        "rows_per_second": round(rows / kangtu["seconds"]),
        "peak_mb": round(kangtu["peak_mb"]),
        "peak_mb_before": round(kangtu["before_mb"]),
        "pandas_seconds": round(pandas["seconds"], 1),
        "pandas_peak_mb": round(pandas["peak_mb"]),
        "time_ratio_to_pandas": round(kangtu["seconds"] / pandas["seconds"], 2),
    }


if __name__ == "__main__":
    main()
