"""A run of forecasts at the scale of a nation: wall time, processor time, memory and disk, through the store.

    python -m bench.forecast_runs [--indicators 20] [--areas 5000] [--scheduler-workers 0] [--keep FOLDER]

Makes a store (SQLite) of one plan: indicators x townships x ten years (half of the indicators with counts), then runs
`run_forecasts` as a first run, again with one figure of one indicator changed, and projects four million series from
the first by its processor seconds a series. Peer: the last value by plain pandas (read_sql, groupby, to_sql) on one of the
indicators; where statsforecast is installed AutoETS on a sample of the series too, forecasting only. The run's own
figures: 1,000,000 series are --indicators 100 --areas 10000.
"""

import argparse
import json
import resource
import tempfile
import time
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
from sqlalchemy import Engine, create_engine, insert, update

from data_access import forecast_runs, schema, tables
from data_access.engine import copy_rows, make_engine, writing
from workflows.forecasting import run_forecasts

PLAN, ROOT, DAY, NATION = "nation", "1", date(2026, 6, 30), 4_000_000
YEARS = np.arange(2016, 2026)
COLUMNS = ("indicator_id", "area_id", "period", "time", "numerator", "denominator", "value", "status")
COLUMNS += ("submission_id", "stated_by")


def make_store(engine: Engine, n_indicators: int, n_areas: int) -> None:
    """The plan, the places and all figures, indicator by indicator."""
    schema.upgrade(engine)
    counties = [f"{n:06d}" for n in range(max(n_areas // 20, 1))]
    townships = [f"{counties[n % len(counties)]}{n:06d}" for n in range(n_areas)]
    places = [(ROOT, "nation", None), *((c, "county", ROOT) for c in counties)]
    places += [(t, "township", t[:6]) for t in townships]
    name = {"name_zh": "名", "name_en": "name"}
    keys = [f"indicator_{n:03d}" for n in range(n_indicators)]
    with writing(engine) as connection:
        head = {"submission_id": 1, "kind": "observations", "received_from": "bench"}
        connection.execute(insert(tables.submissions), head | {"received_at": datetime(2026, 1, 1, tzinfo=UTC)})
        copy_rows(connection, tables.areas, ("area_id", "level", "parent_id", "name_zh", "is_unit"), (
            (area_id, level, parent, area_id, True) for area_id, level, parent in places
        ))  # fmt: skip
        unit = {"unit": "percent", "lower_bound": 0.0, "upper_bound": 100.0, "decimals": 1, "within_year": "level"}
        unit |= {"default_direction": "higher_is_better"} | name
        connection.execute(insert(tables.indicators), [{"indicator_id": key} | unit for key in keys])
        plan = {"plan_id": PLAN, "place_zh": "国", "place_en": "nation", "area_id": ROOT, "kind": "outcome_plan"}
        connection.execute(insert(tables.plans), plan | {"admin_level": "nation"} | name)
        action = {"plan_id": PLAN, "action_id": "a", "action_no": "1", "sort_order": 1}
        connection.execute(insert(tables.actions), action | {"title_zh": "行动", "title_en": "Action"})
        target = {"version": 1, "plan_id": PLAN, "action_id": "a", "sort_order": 1, "unit": "percent", "rule": "level"}
        target |= {"direction": "higher_is_better", "scope": "each_township"} | name
        connection.execute(insert(tables.targets), [target | {"target_id": key, "indicator_id": key} for key in keys])
        milestone = {"version": 1, "position": 1, "year": 2030, "value": 90.0, "comparator": ">="}
        milestone |= {"year_is_inferred": False, "masked": False}
        connection.execute(insert(tables.target_milestones), [milestone | {"target_id": key} for key in keys])
    for number, key in enumerate(keys):
        with writing(engine) as connection:
            copy_rows(connection, tables.observations, COLUMNS, figures_of(key, townships, number))


def figures_of(key: str, townships: list[str], seed: int):
    """Rows of COLUMNS: ten years of one indicator; every other indicator has counts."""
    draw = np.random.default_rng(seed)
    z = draw.normal(0, 1, (len(townships), 1)) + np.cumsum(draw.normal(0.05, 0.15, (len(townships), 10)), axis=1)
    share = 1 / (1 + np.exp(-z))
    people = draw.integers(200, 5000, share.shape)
    cases = draw.binomial(people, share)
    for place, township in enumerate(townships):
        for year, value, of, n in zip(YEARS.tolist(), share[place].tolist(), people[place].tolist(), cases[place].tolist(), strict=True):  # fmt: skip
            counted = (n, of, 100 * n / of) if seed % 2 else (None, None, 100 * value)
            yield key, township, str(year), float(year), *counted, "final", 1, 1


def measured(work) -> dict[str, float]:
    """What a piece of work takes: wall and processor seconds, and the process's peak memory so far."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return {
        **result,
        "seconds": round(time.perf_counter() - wall, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def change_one_figure(engine: Engine) -> None:
    """A later import that revises one figure of the first indicator."""
    with writing(engine) as connection:
        head = {"submission_id": 2, "kind": "observations", "received_from": "bench"}
        connection.execute(insert(tables.submissions), head | {"received_at": datetime(2026, 2, 1, tzinfo=UTC)})
        old = tables.observations.c
        last = (old.indicator_id == "indicator_000") & (old.period == "2025") & (old.area_id.like("%000000"))
        connection.execute(update(tables.observations).where(last).values(superseded_by=2))
        area_id = connection.exec_driver_sql("SELECT area_id FROM observations WHERE superseded_by = 2").scalar()
        row = ("indicator_000", area_id, "2025", 2025.0, None, None, 12.5, "revised", 2, 2)
        copy_rows(connection, tables.observations, COLUMNS, [row])


def last_value_by_pandas(file: Path, folder: Path) -> int:
    """The last value of one indicator's series, read and written with pandas alone; how many series."""
    query = (
        "SELECT area_id, time, value FROM observations WHERE indicator_id = 'indicator_001' AND superseded_by IS NULL"
    )
    there = pd.read_sql(query, create_engine(f"sqlite:///{file}"))
    last = there.sort_values(["area_id", "time"]).groupby("area_id", as_index=False).last()
    spread = there.groupby("area_id").value.agg(lambda values: np.sqrt(np.mean(np.diff(values) ** 2)))
    ahead = last.merge(pd.DataFrame({"ahead": np.arange(1, 6)}), how="cross")
    for name, score in zip(("q025", "q100", "q250", "q500", "q750", "q900", "q975"), (-1.96, -1.28, -0.67, 0, 0.67, 1.28, 1.96), strict=True):  # fmt: skip
        ahead[name] = ahead.value + score * ahead.area_id.map(spread) * np.sqrt(ahead.ahead)
    ahead.to_sql("fans", create_engine(f"sqlite:///{folder / 'peer.db'}"), index=False)
    return len(last)


def auto_ets(file: Path, sample: int) -> float:
    """Processor seconds a series of statsforecast's AutoETS, forecasting only."""
    from statsforecast import StatsForecast
    from statsforecast.models import AutoETS

    query = "SELECT area_id AS unique_id, CAST(time AS INTEGER) AS ds, value AS y FROM observations WHERE indicator_id = 'indicator_001'"
    there = pd.read_sql(query, create_engine(f"sqlite:///{file}"))
    there = there[there.unique_id.isin(there.unique_id.unique()[:sample])]
    began = time.process_time()
    StatsForecast(models=[AutoETS(season_length=1)], freq=1).forecast(df=there, h=5, level=[50, 80, 95])
    return (time.process_time() - began) / there.unique_id.nunique()


def main() -> None:
    """Measure and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--indicators", type=int, default=20)
    parser.add_argument("--areas", type=int, default=5000)
    parser.add_argument("--sample", type=int, default=300, help="series for AutoETS (0: leave it out)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "kangtu.db"
        engine = make_engine(f"sqlite:///{file}")
        make_store(engine, options.indicators, options.areas)
        store_mb = file.stat().st_size / 1e6
        report = {"first_run": measured(lambda: run_forecasts(engine, as_of=DAY))}
        change_one_figure(engine)
        report["one_figure_changed"] = measured(lambda: run_forecasts(engine, as_of=DAY))
        first = report["first_run"]
        each = first["cpu_seconds"] / first["series"]  # processor time: it is what a busy machine leaves comparable
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        grown_mb = file.stat().st_size / 1e6 - store_mb
        blocks = 1 + 1 / options.indicators  # the changed pool is there twice
        report["store_mb_a_million_series"] = round(grown_mb / blocks / first["series"] * 1e6)
        report["series_per_cpu_second"] = round(1 / each)
        wall = NATION * first["seconds"] / first["series"] / 60
        report["projected_nation"] = {
            "series": NATION,
            "cpu_minutes": round(NATION * each / 60, 1),
            "minutes_as_busy_as_now": round(wall, 1),
        }
        began = time.process_time()
        n_series = last_value_by_pandas(file, Path(folder))
        peer = (time.process_time() - began) / n_series
        report["cpu_time_to_last_value_by_pandas"] = round(each / peer, 2)
        if options.sample and find_spec("statsforecast"):
            report["speed_to_auto_ets"] = round(auto_ets(file, options.sample) / each, 1)
        fans = forecast_runs.read_fans(engine, first["run_id"], plan_id=PLAN, indicator_ids=["indicator_000"])
        report["read_back_rows"] = len(fans)
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
