"""Rates of programmes as subjects of a map: coverage, positivity, follow-up of screenings and exams by area and period.

A subject is named programme:<programme>:<step>, and is the share of the people of one step who reached the next, over the
round so far: worked out by the rules that coverage indicators are derived by (workflows/programme_figures.py).
"""

import numpy as np
import pandas as pd

from dashboards.data.mapped import branch
from dashboards.data.programmes import programmes, rules_of
from dashboards.data.registers import areas
from dashboards.data.store import cached, engine
from data_access import observations
from data_access import programmes as stored
from data_access.periods import parse_period
from models import cascade
from workflows import programme_figures

PREFIX = "programme:"
# states of a rate that is not there though nothing is missing
NOT_DUE, NOBODY, OUTSIDE = "not_due", "nobody", "outside"
# step -> what its share of the step before is called in Chinese and in English, and which way is better
RATES = {
    "attended": ("覆盖率", "coverage", "higher_is_better"),
    "positive": ("阳性率", "positivity", "hold"),  # how many are positive is no target
    "followed_up": ("阳性者随访率", "follow-up of the positive", "higher_is_better"),
    "confirmed": ("阳性者确诊检查率", "confirmation of the positive", "higher_is_better"),
    "uploaded": ("结果上传率", "results uploaded", "higher_is_better"),
    "invited": ("邀请率", "invited", "higher_is_better"),
}
COLUMNS = [*observations.FIGURES, "is_rolled_up", "state"]


@cached
def rate_subjects() -> pd.DataFrame:
    """The rates there are, indexed by indicator_id, with the columns of an indicator that a map reads, and programme_id and
    stage: by programme, coverage first; has_rota: each year only some areas are due. Only of programmes that have reported.
    """
    rotas = set(stored.read_rota(engine())["programme_id"])
    rows = [
        (*_subject(row, stage), row["programme_id"] in rotas)
        for row in programmes().to_dict("records")
        if isinstance(row["period"], str)
        for stage in RATES
        if {stage, cascade.PART_OF[stage]} <= set(row["stages"].split(";"))
    ]
    return pd.DataFrame(rows, columns=list(SUBJECT)).set_index("indicator_id", drop=False)


SUBJECT = (
    "indicator_id",
    "name_zh",
    "name_en",
    "unit",
    "decimals",
    "default_direction",
    "within_year",
    "programme_id",
    "stage",
    "has_rota",
)


def _subject(row: dict, stage: str) -> tuple:
    chinese, english, direction = RATES[stage]
    name_en = row["name_en"] if isinstance(row["name_en"], str) else row["name_zh"]
    # a season is told at its end only: no figure of it is of a part of the year
    grows = row["counted"] != "level" and row["first_month"] == 1
    return (
        f"{PREFIX}{row['programme_id']}:{stage}",
        f"{row['name_zh']}：{chinese}",
        f"{name_en}: {english}",
        "percent",
        1,
        direction,
        "cumulative" if grows else "level",
        row["programme_id"],
        stage,
    )


def is_rate(indicator_id: str) -> bool:
    """Whether a subject of a map is a programme's rate, not an indicator."""
    return indicator_id.startswith(PREFIX)


@cached
def rate_figures(indicator_id: str, area_ids: tuple[str, ...]) -> pd.DataFrame:
    """A rate in some areas of one level, of every quarter and year: columns COLUMNS.

    The counts of units below an area are added up (is_rolled_up), over those that reported both steps. A row without a
    value says why by its state: NOT_DUE (by the rota not this year), NOBODY (nobody reached the step before), OUTSIDE (the
    programme is of another area); one that is not there is missing.
    """
    subject = rate_subjects().loc[indicator_id]
    programme = programmes().loc[subject["programme_id"]]
    rules, rota = rules_of(programme.to_dict()), stored.read_rota(engine(), subject["programme_id"])
    steps = (subject["stage"], cascade.PART_OF[subject["stage"]])
    within = branch(set(area_ids))
    counts = stored.read_counts(engine(), [subject["programme_id"]], stages=steps)
    counts = counts[counts["area_id"].isin(within)]
    if counts.empty:
        return pd.DataFrame(columns=COLUMNS)
    month, everywhere = (counts["time"] * 12).round().astype("int64"), areas().reset_index(drop=True)
    home = _homes(within, set(area_ids))
    served = (
        set(cascade.descendants(everywhere, programme["area_id"])["area_id"])
        if programme["area_id"] in areas().index
        else within
    )
    outside = {area_id for area_id in area_ids if area_id not in served}
    found = []
    for end in programme_figures.ends(rules, month, 0):
        units, gaps = programme_figures.units_at(counts, rules, rota, everywhere, programme["area_id"], end)
        provisional = set(counts.loc[(month == end) & (counts["status"] == "provisional"), "area_id"])
        provisional |= {unit for unit, gap in gaps.items() if gap}
        due = {home.get(unit) for unit in units.index}
        idle = (
            {area_id for area_id in area_ids if area_id not in due and area_id not in outside} if len(rota) else set()
        )
        rows = [_added_up(units, steps, home, provisional), _without(outside, OUTSIDE), _without(idle, NOT_DUE)]
        period = programme_figures.period_of(end)
        found.append(pd.concat(rows, ignore_index=True).assign(period=period, time=parse_period(period).time))
    return pd.concat(found, ignore_index=True)[COLUMNS]


def _without(area_ids: set[str], state: str) -> pd.DataFrame:
    """Rows of areas that have no rate, and why."""
    nothing = {"numerator": np.nan, "denominator": np.nan, "value": np.nan, "status": "final", "is_rolled_up": False}
    return pd.DataFrame({"area_id": sorted(area_ids)}).assign(**nothing, state=state)


def _homes(within: set[str], wanted: set[str]) -> dict[str, str]:
    """Each of some areas -> the wanted one that it is or lies in."""
    parents = areas()["parent_id"].to_dict()
    found: dict[str, str] = {}
    for area_id in within:
        here, path = area_id, []
        while isinstance(here, str) and here not in wanted and here not in path:
            path.append(here)
            here = parents.get(here)
        if here in wanted:
            found[area_id] = here
    return found


def _added_up(units: pd.DataFrame, steps: tuple[str, str], home: dict, provisional: set[str]) -> pd.DataFrame:
    """area_id, numerator, denominator, value, status, is_rolled_up, state, of the units that reported both steps."""
    both = units.loc[units[list(steps)].notna().all(axis=1), list(steps)]
    both.columns = ["numerator", "denominator"]
    at_home = both.index.map(home)
    both = both.assign(area_id=at_home, is_early=both.index.isin(provisional), is_rolled_up=at_home != both.index)
    both = both.rename_axis(None)
    sums = both.groupby("area_id").agg(
        numerator=("numerator", "sum"),
        denominator=("denominator", "sum"),
        is_early=("is_early", "any"),
        is_rolled_up=("is_rolled_up", "any"),
    )
    value = cascade.percent(sums["numerator"].to_numpy(dtype=float), sums["denominator"].to_numpy(dtype=float))
    return sums.assign(
        value=value,
        status=np.where(sums["is_early"], "provisional", "final"),
        state=np.where(np.isfinite(value), "reported", NOBODY),
    ).reset_index()
