"""The indicators that the registers of facilities, health cells and work points yield; packs/register_figures.csv lists them.

Facilities say what is there now, so their share is the figure of the last quarter that ended before the file came. Health
cells carry their dates, so every year since the first title has its figure. A work point's quantity is the figure of its
period where the work point names an indicator. Only indicators are worked out that a plan of an area here has a target on.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine

from data_access import submissions
from data_access.areas import read_areas
from data_access.facilities import read_facilities
from data_access.health_cells import read_health_cells
from data_access.periods import parse_period
from data_access.plans import read_plans, read_targets
from data_access.tasks import read_reports, read_tasks
from models.cells import counted

KINDS = frozenset({"facilities", "health_cells", "tasks", "task_reports"})
COLUMNS = ["indicator_id", "area_id", "period", "numerator", "denominator", "status", "note"]
TABLE = Path(__file__).parents[1] / "packs" / "register_figures.csv"
EVER = -1.0  # before every period
LEVELS = ("county", "prefecture")


@cache
def _listed() -> pd.DataFrame:
    return pd.read_csv(TABLE, dtype=str, encoding="utf-8-sig").fillna("")


def work_out(engine: Engine, submission_id: int | None) -> pd.DataFrame:
    """The figures of all registers, in COLUMNS, for districts and prefectures; which import came makes no difference."""
    areas = read_areas(engine)
    day = _day(engine, submission_id)
    wanted = _wanted(engine, areas)
    rows = [*_of_facilities(engine, wanted, areas, day), *_of_cells(engine, wanted, areas, day), *_of_tasks(engine)]
    return pd.DataFrame(rows, columns=COLUMNS).drop_duplicates(COLUMNS[:3])


def indicators(engine: Engine) -> set[str]:
    """The indicators that these registers may yield."""
    return {*_listed()["indicator_id"], *read_tasks(engine)["indicator_id"].dropna()}


def work_out_again(engine: Engine, _figures: pd.DataFrame) -> pd.DataFrame:
    """All figures: they are few."""
    return work_out(engine, None)


def covers(engine: Engine, submission_id: int | None) -> pd.DataFrame:
    """indicator_id, area_id, since: what the answer is whole for: of facilities the present quarter only.

    A register of facilities does not say what stood in earlier quarters: the figures of those stay as they were.
    """
    areas = read_areas(engine)
    wanted = _wanted(engine, areas)
    present = parse_period(_last_quarter(_day(engine, submission_id))).time
    since = {row.indicator_id: present if row.register == "facilities" else EVER for row in wanted.itertuples()}
    since |= dict.fromkeys(read_tasks(engine)["indicator_id"].dropna(), EVER)
    places = areas.loc[areas["level"].isin(LEVELS), ["area_id"]]
    known = pd.DataFrame({"indicator_id": list(since), "since": list(since.values())})
    return places.merge(known, how="cross")[["indicator_id", "area_id", "since"]]


def _day(engine: Engine, submission_id: int | None) -> date:
    """The day the file came, as the bureau counts days; today where everything is worked out anew."""
    if submission_id is None:
        return submissions.office_today()
    heads = submissions.read_submissions(engine).set_index("submission_id")
    return heads.at[submission_id, "received_at"].astimezone(submissions.OFFICE_TIME).date()


def _wanted(engine: Engine, areas: pd.DataFrame) -> pd.DataFrame:
    """The listed indicators that a plan of an area in the register has a target on."""
    plans = read_plans(engine)
    here = set(plans.loc[plans["area_id"].isin(areas["area_id"]), "plan_id"])
    targets = read_targets(engine)
    used = set(targets.loc[targets["plan_id"].isin(here), "indicator_id"])
    listed = _listed()
    return listed[listed["indicator_id"].isin(used)]


def _above(areas: pd.DataFrame) -> dict[str, list[str]]:
    """area_id -> the districts and prefectures it lies in, itself among them where it is one."""
    parent = dict(zip(areas["area_id"], areas["parent_id"], strict=True))
    level = dict(zip(areas["area_id"], areas["level"], strict=True))
    found = {}
    for area_id in areas["area_id"]:
        here, steps = area_id, []
        while isinstance(here, str) and here in level:
            steps += [here] if level[here] in LEVELS else []
            here = parent[here]
        found[area_id] = steps
    return found


def _of_facilities(engine: Engine, wanted: pd.DataFrame, areas: pd.DataFrame, day: date) -> Iterator[tuple]:
    rules = wanted[wanted["register"].eq("facilities")]
    found = read_facilities(engine)
    open_now = (found["opened"].isna() | (found["opened"] <= pd.Timestamp(day))) & (
        found["closed"].isna() | (found["closed"] > pd.Timestamp(day))
    )
    found, above = found[open_now], _above(areas)
    period = _last_quarter(day)
    for rule in rules.itertuples(index=False):
        of_types = found[found["facility_type"].isin(rule.types.split(";"))]
        offers = (";" + of_types["services"].astype("string").fillna("") + ";").str.contains(f";{rule.service};")
        spread = of_types.assign(offers=offers, above=of_types["area_id"].map(above)).explode("above")
        for area_id, group in spread.dropna(subset=["above"]).groupby("above"):
            note = f"由机构登记推算（{day}）"
            yield (
                rule.indicator_id,
                area_id,
                period,
                float(group["offers"].sum()),
                float(len(group)),
                "provisional",
                note,
            )


def _of_cells(engine: Engine, wanted: pd.DataFrame, areas: pd.DataFrame, day: date) -> Iterator[tuple]:
    rules = wanted[wanted["register"].eq("health_cells")]
    cells = read_health_cells(engine)
    if rules.empty or cells["certified_on"].isna().all():
        return
    above = _above(areas)
    cells = cells.assign(above=cells["area_id"].map(above)).explode("above")
    tops = set(areas.loc[areas["level"].eq("prefecture"), "area_id"]) & set(cells["above"])
    siblings = areas.loc[areas["level"].eq("county") & areas["parent_id"].isin(tops) & areas["valid_to"].isna()]
    places = sorted(set(cells["above"].dropna()) | set(siblings["area_id"]))
    for rule in rules.itertuples(index=False):
        of_types = cells[cells["cell_type"].isin(rule.types.split(";"))]
        for end, period, status in _ends(cells["certified_on"].min().date(), day):
            number = counted(of_types, rule.measure, end)["above"].value_counts()
            for area_id in places:
                yield (
                    rule.indicator_id,
                    area_id,
                    period,
                    float(number.get(area_id, 0)),
                    None,
                    status,
                    "由健康细胞登记推算",
                )


def _ends(first: date, day: date) -> list[tuple[date, str, str]]:
    """The ends of the years since the first title, and of the last quarter of this year that is over."""
    found = [(date(year, 12, 31), str(year), "final") for year in range(first.year, day.year)]
    quarter = _last_quarter(day)
    if quarter[:4] == str(day.year):
        found.append((parse_period(quarter).last_day, quarter, "provisional"))
    return found


def _of_tasks(engine: Engine) -> Iterator[tuple]:
    tasks = read_tasks(engine)
    named = tasks[tasks["indicator_id"].notna()].set_index("task_id")
    reports = read_reports(engine)
    for row in reports[reports["task_id"].isin(named.index) & reports["quantity_done"].notna()].itertuples(index=False):
        task = named.loc[row.task_id]
        status = "final" if row.state == "done" else "provisional"
        note = f"由任务 {row.task_id} 推算"
        yield task["indicator_id"], task["area_id"], _whole_year(row.period), row.quantity_done, None, status, note


def _whole_year(period: str) -> str:
    """December and the fourth quarter close the year."""
    return period[:4] if period.endswith(("-12", "Q4")) else period


def _last_quarter(day: date) -> str:
    """The last quarter that was over on the day; the fourth is the year's own figure."""
    quarter = (day.month - 1) // 3
    return f"{day.year}Q{quarter}" if quarter else str(day.year - 1)
