"""What there is to draw of one indicator in one area: figures, path, milestones, forecast."""

from datetime import date

import pandas as pd

from dashboards import charts, data, wording

FORECAST = ["q025", "q100", "q250", "q500", "q750", "q900", "q975"]
VALUE_RULES = ("level", "unit_coverage", "count_quota")  # rules that state the indicator's own value


def series_of(here: dict, plan_id: str, as_of: date | None = None) -> charts.Series:
    """What there is to draw of a mark (a row of data.marks), as it was known on the day of its review.

    A row of no mark does too: indicator_id, area_id, target_id, unit, decimals; baseline_time, baseline_value NaN.
    """
    figures = data.series_figures(here["indicator_id"], as_of)
    observed = figures[figures["area_id"] == here["area_id"]].sort_values("time")
    milestones = milestones_of(here, plan_id, as_of)
    forecast = data.forecasts(plan_id, here["indicator_id"], as_of)
    forecast = forecast[forecast["area_id"] == here["area_id"]].sort_values("time")
    about = data.indicator(here["indicator_id"]) or {}
    return charts.Series(
        observed=observed,
        path=path_of(here, milestones),
        milestones=milestones,
        forecast=forecast[["time", *FORECAST]],
        unit=here["unit"],
        decimals=decimals(here),
        lower_bound=known(about.get("lower_bound")),
        upper_bound=known(about.get("upper_bound")),
        is_cumulative=about.get("within_year") == "cumulative",
    )


def decimals(here: dict) -> int:
    """How many decimals the mark's figures show; one where the indicator does not say."""
    return 1 if wording.is_missing(here["decimals"]) else int(here["decimals"])


def known(number) -> float | None:
    """The number, or None where it is missing."""
    return None if wording.is_missing(number) else float(number)


def milestones_of(here: dict, plan_id: str, as_of: date | None = None) -> pd.DataFrame:
    """The dated values of the target, for rules that state the indicator's own value."""
    every = data.targets(plan_id, as_of)
    rows = every.loc[
        (every["target_id"] == here["target_id"]) & every["rule"].isin(VALUE_RULES),
        ["year", "value", "comparator", "year_is_inferred"],  # taking all columns apart is what took the time
    ].rename(columns={"year": "time"})
    return rows.astype({"time": "float64"}).dropna(subset=["time", "value"])


def path_of(here: dict, milestones: pd.DataFrame) -> pd.DataFrame:
    """time, value: from the baseline the mark was judged from through every milestone."""
    if milestones.empty:
        return pd.DataFrame({"time": [], "value": []}, dtype="float64")
    start = pd.DataFrame({"time": [here["baseline_time"]], "value": [here["baseline_value"]]}).dropna()
    return pd.concat([start, milestones[["time", "value"]]], ignore_index=True).sort_values("time")
