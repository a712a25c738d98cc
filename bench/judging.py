"""How fast targets are judged: every target of the Ordos plan for 2,000 townships with ten years of figures.

    python bench/judging.py [--townships 2000] [--plan packs/ordos-2030] [--loop 200]

Prints seconds, marks a second, and the share of the time a loop over rows with pandas needs for the same status (the
loop does less: no roll-up, trend, probability or sentence). The figures are drawn with a fixed seed.
"""

import argparse
import json
import resource
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from models.contradictions import find_contradictions
from models.judging import judge

YEARS = range(2016, 2026)
GOAL_SECONDS = 10.0


def targets_of(folder: Path) -> pd.DataFrame:
    """The pack's targets as milestone rows."""
    rows = pd.read_csv(folder / "targets.csv", dtype=str)
    for column in ("value", "year", "milestone_order"):
        rows[column] = pd.to_numeric(rows[column]) if column in rows else np.nan
    rows["masked"] = rows.masked.eq("yes") if "masked" in rows else False
    rows["scope"] = rows.scope.fillna("plan_area")
    part = rows.part.fillna("") if "part" in rows else ""
    rows["target_id"] = rows.plan_id.fillna(folder.name) if "plan_id" in rows else folder.name
    rows["plan_id"] = rows.target_id
    rows["target_id"] += (
        "/" + rows.action_id + "/" + rows.indicator_id + "/" + rows.rule + "/" + rows.scope + "/" + part
    )
    return rows.drop(index=find_contradictions(rows).index)


def figures_of(rows: pd.DataFrame, townships: list[str], seed: int = 20261115) -> pd.DataFrame:
    """Ten yearly figures of every indicator and township, counts where the unit is a share."""
    draw = np.random.default_rng(seed)
    indicators = rows.drop_duplicates("indicator_id")
    index = pd.MultiIndex.from_product(
        [indicators.indicator_id, townships, YEARS], names=["indicator_id", "area_id", "year"]
    )
    frame = index.to_frame(index=False)
    unit = frame.indicator_id.map(indicators.set_index("indicator_id").unit)
    share = (unit == "percent").to_numpy()
    people = draw.integers(80, 4000, len(frame)).astype(float)
    cases = draw.binomial(people.astype(int), np.clip(0.4 + 0.02 * (frame.year - 2016), 0, 1)).astype(float)
    value = np.where(share, 100 * cases / people, draw.gamma(20, 0.5, len(frame)))
    value = np.where(unit == "completion", (frame.year > 2022).astype(float), value)
    return frame.assign(
        period=frame.year.astype(str),
        time=frame.year.astype(float),
        numerator=np.where(share, cases, np.nan),
        denominator=np.where(share, people, np.nan),
        value=value,
        lower=np.nan,
        upper=np.nan,
        status="final",
    ).drop(columns="year")


def looped(rows: pd.DataFrame, figures: pd.DataFrame, areas: list[str]) -> int:
    """The status of every dated level target with one pandas selection per target and area; returns how many."""
    done = 0
    by_indicator = dict(list(figures.groupby("indicator_id")))
    for _, target in rows[rows.value.notna() & rows.year.notna()].groupby("target_id"):
        for area in areas:
            own = by_indicator[target.indicator_id.iloc[0]]
            own = own[own.area_id == area].sort_values("time")
            years = [own.time.iloc[0], *target.year]
            path = np.interp(own.time.iloc[-1], years, [own.value.iloc[0], *target.value])
            step = abs(target.value.iloc[-1] - own.value.iloc[0])
            gap = own.value.iloc[-1] - path
            _ = "on_course" if gap >= -0.05 * step else "behind"
            done += 1
    return done


def main() -> None:
    """Measure and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--townships", type=int, default=2000)
    parser.add_argument("--plan", type=Path, default=Path(__file__).parents[1] / "packs" / "ordos-2030")
    parser.add_argument("--loop", type=int, default=20, help="townships the loop is measured on")
    options = parser.parse_args()
    rows = targets_of(options.plan)
    counties = [f"15{n:04d}" for n in range(1, options.townships // 20 + 1)]
    townships = [
        f"{counties[n % len(counties)]}{n:03d}" if n < 1000 else f"{counties[n % len(counties)]}{n - 1000:03d}x"
        for n in range(options.townships)
    ]
    figures = figures_of(rows, townships)
    parents = [None] + ["150000"] * len(counties) + [area[:6] for area in townships]
    areas = pd.DataFrame({"area_id": ["150000", *counties, *townships], "parent_id": parents, "is_unit": True})
    areas["level"] = ["prefecture"] + ["county"] * len(counties) + ["township"] * len(townships)
    areas["name_zh"] = areas["name_en"] = areas.area_id
    start = time.process_time()
    marks = judge(rows, figures, areas, as_of=date(2026, 11, 15), forecasts=None, indicators=None)
    seconds = time.process_time() - start
    start = time.process_time()
    looped_marks = looped(rows, figures, townships[: options.loop])
    loop_each = (time.process_time() - start) / looped_marks
    result = {
        "targets": int(rows.target_id.nunique()),
        "townships": options.townships,
        "figures": len(figures),
        "marks": len(marks),
        "seconds": round(seconds, 2),
        "marks_per_second": round(len(marks) / seconds),
        "goal_seconds": GOAL_SECONDS,
        "loop_marks_per_second": round(1 / loop_each),
        "share_of_the_loops_time": round(seconds / len(marks) / loop_each, 4),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
