"""What was reported, and what has not been. known_on: as the figures stood at the end of that day; None is now."""

from datetime import date

import pandas as pd

from dashboards import wording
from dashboards.data.judged import newest_run, targets
from dashboards.data.registers import all_plans, area, areas, indicator, name, seen, units_below
from dashboards.data.store import cached, engine
from dashboards.language import gettext as _
from data_access import observations
from models import freshness, rates


@cached
def figures(indicator_id: str, known_on: date | None = None) -> pd.DataFrame:
    """One indicator's figures in force in the areas the reader may see: data_access.observations.OBSERVATIONS."""
    found = observations.read_observations(engine(), indicator_ids=[indicator_id], known_on=known_on)
    return seen(found)


@cached
def series_figures(indicator_id: str, known_on: date | None = None) -> pd.DataFrame:
    """figures(), and for an area that reported none the sum of those below it, as judging sees it (is_rolled_up)."""
    reported = figures(indicator_id, known_on)
    of = indicator(indicator_id)
    if reported.empty or of is None:
        return reported.assign(is_rolled_up=pd.Series(dtype="bool"))
    summed = rates.roll_up(reported, areas().reset_index(drop=True), pd.Series({indicator_id: of["unit"]}))
    return pd.concat([reported.assign(is_rolled_up=False), summed], ignore_index=True)


@cached
def reporting(plan_id: str, area_id: str, known_on: date | None = None) -> pd.DataFrame:
    """How many of the plan's indicators each unit below the area reports as recently as the others do.

    Columns of models.freshness.REPORTING, and newest (period text of the unit's newest figure, missing where none).
    """
    below = list(units_below(area_id).index)
    known = figures_of_plan(plan_id, below, known_on)
    newest = known[known["value"].notna()].sort_values("time").groupby("area_id")["period"].last()
    return freshness.reporting(known, below).join(newest.rename("newest"), on="area_id")


@cached
def newest_figure(plan_id: str, area_id: str, known_on: date | None = None) -> dict | None:
    """Of all the plan's figures of an area and its units the one of the newest period: period, reported_on, status."""
    within = [area_id, *units_below(area_id).index]
    known = figures_of_plan(plan_id, within, known_on)
    known = known[known["value"].notna()].sort_values(["time", "reported_on"])
    if known.empty:
        return None
    return known.iloc[-1][["period", "reported_on", "status"]].to_dict()


def figures_of_plan(plan_id: str, area_ids: list[str], known_on: date | None) -> pd.DataFrame:
    """The figures of the plan's indicators in some areas: data_access.observations.OBSERVATIONS."""
    wanted = targets(plan_id, known_on)["indicator_id"].unique().tolist()
    return observations.read_observations(engine(), wanted, area_ids, known_on=known_on)


def subline(plan_id: str, area_id: str, as_of: date | None = None) -> list[str]:
    """The line under a page's title: plan, area, newest period and when it came, provisional or final, day judged."""
    run, newest = newest_run(plan_id, as_of), newest_figure(plan_id, area_id, as_of)
    parts = [name(all_plans().loc[plan_id]), name(area(area_id))]
    if newest is not None:
        parts.append(_("newest figure {period}", period=wording.period(newest["period"])))
        parts.append(wording.figure_status(newest["status"]))
        if not wording.is_missing(newest["reported_on"]):
            parts.append(_("reported {day}", day=wording.day(newest["reported_on"])))
    return [*parts, _("judged as of {day}", day=wording.day(run["as_of"]))] if run else parts
