"""What a map can be coloured by: a plan's indicators, and the rates of programmes (coverage, positivity, follow-up)."""

from collections.abc import Sequence

import pandas as pd

from dashboards import data, map_figures
from dashboards.map_colours import BY_CHANGE, BY_VALUE, COLOURS
from models import cascade

HOLD = "hold"  # the direction of what is neither better high nor low


def subject(indicator_id: str | None) -> dict | None:
    """An indicator, or a programme's rate in the same columns; None where it is neither."""
    if indicator_id and data.is_rate(indicator_id):
        rates = data.rate_subjects()
        return rates.loc[indicator_id].to_dict() if indicator_id in rates.index else None
    return data.indicator(indicator_id)


def is_rate(indicator: dict) -> bool:
    """Whether a subject is a programme's rate: nothing judges it, it has no status and no chance of missing."""
    return data.is_rate(indicator["indicator_id"])


def colours_of(indicator: dict) -> tuple[str, ...]:
    """What the areas can be coloured by."""
    return (BY_VALUE, BY_CHANGE) if is_rate(indicator) else tuple(COLOURS)


def figures_of(indicator_id: str, area_ids: Sequence[str], period: str | None = None) -> pd.DataFrame:
    """The figures of a subject in areas of one level: columns of data.figures_among; of a rate also state."""
    if not data.is_rate(indicator_id):
        return data.figures_among(indicator_id, area_ids, period)
    found = data.rate_figures(indicator_id, tuple(area_ids))
    return found if period is None else found[found["period"].eq(period)]


def states_of(indicator_id: str, area_ids: Sequence[str], period: str) -> dict[str, str]:
    """area_id -> why a rate has no value though nothing is missing (data.NOT_DUE, NOBODY, OUTSIDE)."""
    if not data.is_rate(indicator_id):
        return {}
    found = data.rate_figures(indicator_id, tuple(area_ids))
    found = found[found["period"].eq(period) & found["state"].isin((data.NOT_DUE, data.NOBODY, data.OUTSIDE))]
    return dict(zip(found["area_id"], found["state"], strict=True))


def limits_of(plan_id: str, indicator_id: str) -> pd.DataFrame:
    """What a subject's figures are held against: a plan's milestones, of coverage what the programme asks for by the end of
    each year: columns value, comparator, unit, direction, year.
    """
    if not data.is_rate(indicator_id):
        targets = data.targets(plan_id)
        of_indicator = targets[targets["indicator_id"].eq(indicator_id)]
        return map_figures.limits(of_indicator, data.indicator(indicator_id)["unit"])
    rate = data.rate_subjects().loc[indicator_id]
    row = data.programme(rate["programme_id"])
    rules = data.rules_of(row)
    wanted = rules.coverage_target_percent if rate["stage"] == "attended" else None
    years = sorted({int(period[:4]) for period in data.programme_periods(rate["programme_id"])}) if wanted else []
    # a season of autumn and winter is told at its end, and by a rota whoever is due is due whole by the end of the year
    is_whole = rules.first_month != 1 or rate["has_rota"]
    shares = [1.0 if is_whole else cascade.window(rules, 12 * year).elapsed for year in years]
    due = {"comparator": ">=", "unit": rate["unit"], "direction": rate["default_direction"]}
    values = [round(wanted * share, 1) for share in shares]
    return pd.DataFrame({"value": values, "year": years}, dtype="float64").assign(**due)


def options(indicators: pd.DataFrame) -> list[dict[str, str]]:
    """What can be chosen: the plan's indicators, then the programmes' rates."""
    every = [*indicators.to_dict("records"), *data.rate_subjects().to_dict("records")]
    return [{"value": row["indicator_id"], "label": data.name(row)} for row in every]
