"""Programmes as they stand: the cascade of one, the list of all, the roll-out of self-management."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from dashboards.access import current_user
from dashboards.data.registers import area, areas, trail
from dashboards.data.store import cached, engine, version
from data_access import areas as stored_areas
from data_access import plans, summaries, village_counts
from data_access import programmes as stored
from models import cascade, roll_out
from workflows import programme_standing
from workflows.programme_standing import SUMMARY, Standing, month_of, rules_of
from workflows.summaries import OF_PROGRAMMES

TREND_YEARS = 5
# What the county's plan asks (selfcare-county, 二 工作目标 and 四 职责分工); the figures themselves come from its targets.
SELFCARE_PLAN = "selfcare-county"


@cached
def programmes() -> pd.DataFrame:
    """The programmes in whose area the reader may see anything, indexed by programme_id.

    Columns of data_access.programmes.PROGRAMMES and LAST_REPORTS (missing where nothing was reported), and top: the area
    of the programme that the reader may see whole.
    """
    every = stored.read_programmes(engine()).merge(
        stored.read_last_reports(engine()), on="programme_id", how="left", validate="one_to_one"
    )
    every["top"] = [_top(area_id) for area_id in every["area_id"]]
    return every[every["top"].notna()].set_index("programme_id", drop=False)


def _top(area_id: str) -> str | None:
    """The area itself, or where the reader sees only a part of it that part: None where they see none."""
    if area_id in areas().index:
        return area_id
    within = set(stored_areas.read_descendants(engine(), area_id)["area_id"])
    return next((one for one in current_user().scope if one in within), None)


def programme(programme_id: str | None) -> dict | None:
    """One programme the reader may see, or None."""
    every = programmes()
    return every.loc[programme_id].to_dict() if programme_id in every.index else None


@cached
def programme_periods(programme_id: str) -> list[str]:
    """The periods anything was reported for, newest first."""
    return stored.read_periods(engine(), programme_id)


def lies_in(area_id: str, top: str) -> bool:
    """Whether the reader may see an area and it lies in another (or is it)."""
    return area(area_id) is not None and any(step["area_id"] == top for step in trail(area_id))


@cached
def standing(programme_id: str, area_id: str, period: str, turn: str = "due") -> Standing:
    """A programme in an area the reader may see, up to a period.

    turn: due (with a rota only the batch whose year it is) or round (all batches, over the whole round).
    """
    row, everywhere = programmes().loc[programme_id].to_dict(), areas().reset_index(drop=True)
    rota = stored.read_rota(engine(), programme_id)
    below = list(cascade.descendants(everywhere, area_id)["area_id"])
    counts = programme_standing.read_round(engine(), row, rota, period, below, turn)
    return programme_standing.standing(row, counts, rota, everywhere, area_id, period, turn)


@cached
def programme_trend(programme_id: str, area_id: str, stage: str, until: str) -> pd.DataFrame:
    """One step by period in an area, the TREND_YEARS up to a period: models.cascade.trend."""
    row = programmes().loc[programme_id].to_dict()
    below = cascade.descendants(areas().reset_index(drop=True), area_id)
    counts = stored.read_counts(
        engine(),
        [programme_id],
        after=month_of(until) / 12 - TREND_YEARS,
        until=month_of(until) / 12,
        area_ids=list(below["area_id"]),
        stages=[stage],
    )
    units = cascade.units_of(
        pd.DataFrame(index=pd.Index(counts["area_id"].unique())), areas().reset_index(drop=True), area_id
    )
    return cascade.trend(counts, list(units.index), stage, rules_of(row))


@cached
def kept_aside(programme_id: str) -> pd.DataFrame:
    """Reported counts that do not stand because a certified one does, in the areas the reader may see."""
    found = stored.read_kept_aside(engine(), programme_id)
    return found[found["area_id"].isin(areas().index)]


@cached
def programme_summaries() -> pd.DataFrame:
    """One row a programme: programme_id, coverage (percent of those eligible who attended), expected_share (what should
    be by now), worst (step), shortfall (people), units, units_reported. NaN where it cannot be said.

    They were worked out as the counts came in; where that is not so (a reader of a few townships) they are now.
    """
    by = summaries.newest_of(engine(), OF_PROGRAMMES)
    known = {
        (row.programme_id, row.area_id, row.counts_by, row.registers_by): row
        for row in summaries.read_programme_summaries(engine()).itertuples(index=False)
    }
    rows = [
        (row["programme_id"], *_summary(row, known.get((row["programme_id"], row["top"], row["changed_by"], by))))
        for row in programmes().to_dict("records")
    ]
    return pd.DataFrame(rows, columns=["programme_id", *SUMMARY]).set_index("programme_id", drop=False)


def _summary(row: dict, known) -> tuple:
    if known is not None:
        return tuple(None if pd.isna(value := getattr(known, name)) else value for name in SUMMARY)
    if not isinstance(row["period"], str):
        return None, None, None, None, 0, 0
    found = programme_standing.summarised(standing(row["programme_id"], row["top"], row["period"]))
    return tuple(found[name] for name in SUMMARY)


# Self-management ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RollOut:
    """How far self-management is in an area: see models.roll_out for the frames. source_zh: document and section."""

    today: date
    villages: pd.DataFrame
    schedule: pd.DataFrame
    owed_now: int
    townships: pd.DataFrame
    participation: pd.DataFrame
    over_time: pd.DataFrame
    services: pd.DataFrame
    township_services: pd.DataFrame
    rules: dict[str, float]
    source_zh: str


@cached
def self_management(area_id: str, today: date) -> RollOut | None:
    """The roll-out in an area the reader may see; None without villages or without the plan's rules."""
    everywhere = areas().reset_index(drop=True)
    below = cascade.descendants(everywhere, area_id)
    villages = stored.read_villages(engine())
    villages = villages[villages["area_id"].isin(below["area_id"])]
    own = below[below["level"] == "village"].set_index("area_id")["parent_id"]
    # registered by its own code a village counts for the township it lies in
    villages = villages.assign(area_id=villages["area_id"].map(own).fillna(villages["area_id"]))
    asked = plans.read_targets(engine(), SELFCARE_PLAN)
    if villages.empty or asked.empty:
        return None
    day = pd.Timestamp(today)
    milestones = _milestones(asked, "selfcare_village_coverage")
    units = list(below[(below["level"] == "township") & below["is_unit"] & below["valid_to"].isna()]["area_id"])
    services = stored.read_points_services(engine())
    services = services[services["area_id"].isin(below["area_id"]) & (services["plan_id"] == SELFCARE_PLAN)]
    share = next(iter(_milestones(asked, "selfcare_participation_rate").values()), float("nan"))
    active = next(iter(_milestones(asked, "selfcare_active_persons").values()), float("nan"))
    quotas = asked[(asked["indicator_id"] == "points_redemption_services") & (asked["scope"] == "plan_area")]
    of_townships = asked[(asked["indicator_id"] == "points_redemption_services") & (asked["scope"] == "each_township")]
    due_by = max((year for year in milestones if year <= today.year), default=None)
    current = villages[villages["started_on"].isna() | (villages["started_on"] <= day)]
    per_township = float(of_townships["value"].max()) if len(of_townships) else 0.0
    return RollOut(
        today=today,
        villages=villages,
        schedule=roll_out.schedule(villages, milestones, day),
        owed_now=0 if due_by is None else roll_out.villages_owed(current, milestones[due_by], day),
        townships=roll_out.townships(villages, units, day),
        participation=roll_out.participation(villages, day, percent_on_record=share, active=active),
        over_time=roll_out.rules_over_time(
            villages,
            village_counts.read_village_counts(engine()),
            list(milestones),
            day,
            percent_on_record=share,
            active=active,
        ),
        services=roll_out.services_owed(
            services, dict(zip(quotas["lead_departments_zh"], quotas["value"], strict=True)), day
        ),
        township_services=roll_out.services_owed(
            services.assign(department_zh=services["area_id"]), dict.fromkeys(units, per_township), day
        ),
        rules={"share": share, "active": active, "due_by": due_by or 0, "per_township": per_township},
        source_zh=next((text for text in asked["source_zh"] if isinstance(text, str)), ""),
    )


def _milestones(asked: pd.DataFrame, indicator_id: str) -> dict[int, float]:
    rows = asked[(asked["indicator_id"] == indicator_id) & asked["year"].notna()]
    return {int(year): float(value) for year, value in zip(rows["year"], rows["value"], strict=True)}


def bureau_day() -> date:
    """The day answers may depend on; in a demo, the day its figures end with."""
    return version()[3]
