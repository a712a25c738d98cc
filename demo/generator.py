"""Writes the demo's import files. SYNTHETIC: every figure, facility and health cell here is invented (demo/README.md).

The same seed and day give the same bytes. What is real are codes, names, outlines and the census figures by banner.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from demo import ordos_boundaries, places, programmes, registers, reports, tasks, villages

SEED = 150600
TODAY = date(2026, 11, 15)
FIRST_RECEIVED = date(2024, 5, 10)
HALLS_INDICATOR = "mcm_hall_share_township"


@dataclass(frozen=True)
class DemoFile:
    """One file to import. kind: a kind of data_access/kinds.py, or boundaries / cells (GeoJSON)."""

    kind: str
    path: Path
    received_on: date
    received_from: str


def write_files(folder: Path, *, seed: int = SEED, today: date = TODAY) -> list[DemoFile]:
    """Write every import file into folder; returns them in the order they are to be imported."""
    folder.mkdir(parents=True, exist_ok=True)
    last_year, last_quarter = today.year - 1, (today.month - 1) // 3
    sent = reports.all_reports(last_year, last_quarter, seed)
    registers_sent = [
        ("areas", "演示-地区表.csv", pd.concat([places.areas(), villages.areas(seed)]), FIRST_RECEIVED),
        ("population", "演示-人口.csv", pd.concat([places.population(), villages.population(seed)]), FIRST_RECEIVED),
        ("facilities", "演示-机构.csv", registers.facilities(seed, _halls(sent, last_year)), today),
        ("health_cells", "演示-健康细胞.csv", registers.health_cells(seed, today), today),
    ]
    files = [_write_csv(folder, kind, name, rows, day) for kind, name, rows, day in registers_sent]
    files[1:1] = list(_write_boundaries(folder))
    files[-2:-2] = [_write_report(folder, report) for report in sent]
    files[-2:-2] = _write_programmes(folder, seed, today, _standing(sent))
    files[-2:-2] = _write_tasks(folder, seed, today)
    return files


def _standing(sent: list[reports.Report]) -> pd.DataFrame:
    """The figures that stand in the end: of each, what the last report said."""
    rows = pd.concat([report.rows for report in sent])
    return rows.drop_duplicates(["indicator_id", "area_id", "period"], keep="last")


def _write_programmes(folder: Path, seed: int, today: date, standing: pd.DataFrame) -> list[DemoFile]:
    """Programmes, whose turn it is, their counts, villages and services, as they stand a few days before today."""
    day = today - timedelta(days=5)
    sent = [
        ("programmes", "演示-项目.csv", programmes.definitions()),
        ("rota", "演示-轮检批次.csv", programmes.rota()),
        ("programme_counts", "演示-项目数据.csv", programmes.counts(seed, today, standing)),
        *(
            (
                "selfcare_villages",
                f"演示-自我健康管理设点村-{year}.csv",
                programmes.villages_at(seed, today, date(year, 12, 31)),
            )
            for year in (today.year - 2, today.year - 1)
        ),
        ("selfcare_villages", "演示-自我健康管理设点村.csv", programmes.villages(seed, today)),
        ("points_services", "演示-积分兑换服务.csv", programmes.services()),
    ]
    return [_write_csv(folder, kind, name, rows, day) for kind, name, rows in sent]


def _write_tasks(folder: Path, seed: int, today: date) -> list[DemoFile]:
    """The year's work points and what was reported of them."""
    sent = [
        ("tasks", "演示-年度任务.csv", tasks.definitions()),
        ("task_reports", "演示-任务进展.csv", tasks.reports(seed, today)),
    ]
    return [_write_csv(folder, kind, name, rows, today - timedelta(days=5)) for kind, name, rows in sent]


def _halls(sent: list[reports.Report], year: int) -> dict[str, int]:
    """How many township hospitals of each banner have a hall, by the last figure reported for the year."""
    rows = pd.concat([report.rows for report in sent])
    rows = rows[(rows["indicator_id"] == HALLS_INDICATOR) & (rows["period"] == str(year))]
    return rows.groupby("area_id")["numerator"].last().astype(int).to_dict()


def _write_csv(folder: Path, kind: str, name: str, rows: pd.DataFrame, day: date, encoding: str = "utf-8") -> DemoFile:
    path = folder / name
    path.write_bytes(_as_integers(rows).to_csv(index=False, lineterminator="\r\n").encode(encoding))
    return DemoFile(kind, path, day, "演示数据生成器")


COUNTS = ("numerator", "denominator", "分子数", "分母数", "beds", "staff", "doctors", "nurses")


def _as_integers(rows: pd.DataFrame) -> pd.DataFrame:
    """Counts without .0, as people write them."""
    return rows.astype({name: "Int64" for name in COUNTS if name in rows})


def _write_report(folder: Path, report: reports.Report) -> DemoFile:
    """One file of figures; townships' files are GB18030 with Chinese headings, as districts send them."""
    name = f"{report.name}.csv"
    if reports.is_of_townships(report):
        rows = reports.as_townships_send_it(report.rows)
        written = _write_csv(folder, "observations", name, rows, report.received_on, "gb18030")
    else:
        written = _write_csv(folder, "observations", name, report.rows, report.received_on)
    return DemoFile(written.kind, written.path, report.received_on, report.sent_by)


def _write_boundaries(folder: Path) -> Iterator[DemoFile]:
    contents = {"boundaries": ordos_boundaries.banner_boundaries, "cells": ordos_boundaries.cell_boundaries}
    for kind, boundaries in contents.items():
        path = folder / f"ordos-{kind}.geojson"
        path.write_bytes(ordos_boundaries.as_geojson(boundaries()))
        yield DemoFile(kind, path, FIRST_RECEIVED, "演示数据生成器")
