"""The quality of the reports of this year and the last: by district, township and reporter, and finding by finding.

It is worked out as reports come in (workflows.summaries); pages read what is stored.
"""

from dataclasses import dataclass

import pandas as pd

from dashboards.access import current_user
from dashboards.data.registers import areas
from dashboards.data.store import cached, engine, version
from data_access import summaries as stored
from models import cascade
from models import quality as checks
from workflows import summaries

GROUPINGS = ("district", "township", "reporter")


@dataclass(frozen=True)
class Quality:
    """How many reports are due and came, from how many senders, and how many findings each check has, in the areas the
    reader may see."""

    due: int
    reports: int
    reporters: int
    findings: dict[str, int]


@cached
def report_quality() -> Quality:
    """The whole of it."""
    totals = _totals()
    numbers = totals.groupby("measure")["number"].sum()
    who = totals.loc[totals["measure"].eq("reported") & totals["reporter"].ne(""), "reporter"].nunique()
    of_checks = {check: int(numbers.get(check, 0)) for check in checks.CHECKS}
    return Quality(int(numbers.get("due", 0)), int(numbers.get("reported", 0)), who, of_checks)


@cached
def _totals() -> pd.DataFrame:
    """data_access.summaries.TOTALS of the areas the reader may see."""
    if not summaries.is_fresh(engine(), version()[3]):
        # a process died between an import and this, or a month ended and no worker runs
        summaries.refresh_quality(engine(), version()[3])
    found = stored.read_totals(engine())
    return found[found["area_id"].isin(areas().index)]


@cached
def quality_by(grouping: str) -> pd.DataFrame:
    """models.quality.summarised by one of GROUPINGS."""
    totals = _totals()
    level = {"district": "county", "township": "township"}.get(grouping)
    group = totals["reporter"].where(totals["reporter"].ne("")) if level is None else totals["area_id"].map(_at(level))
    return checks.summarised(totals.assign(group=group))


def _at(level: str) -> dict[str, str]:
    """area_id -> the area of a level it is or lies in."""
    everywhere = areas()
    levels, parent = everywhere["level"].to_dict(), everywhere["parent_id"].to_dict()
    found = {}
    for area_id in everywhere.index:
        here, seen = area_id, set()
        while isinstance(here, str) and here in levels and here not in seen:
            if levels[here] == level:
                found[area_id] = here
                break
            seen.add(here)
            here = parent[here]
    return found


def _where(area_id: str) -> list[str] | None:
    """The areas that lie in one ("": in all the reader may see); None for everywhere."""
    if not area_id:
        return list(areas().index) if current_user().scope else None
    return list(cascade.descendants(areas().reset_index(drop=True), area_id)["area_id"])


def count_quality_findings(*, check: str = "", area_id: str = "", reporter: str = "") -> int:
    """How many findings a choice has ("" is all)."""
    _totals()
    return stored.count_findings(engine(), _where(area_id), check=check, reporter=reporter)


def quality_findings(
    *, check: str = "", area_id: str = "", reporter: str = "", start: int = 0, number: int | None = None
) -> pd.DataFrame:
    """The findings of a choice, newest period first, so many from one on: data_access.summaries.FINDINGS."""
    _totals()
    choice = {"check": check, "reporter": reporter, "start": start, "number": number}
    return stored.read_findings(engine(), _where(area_id), **choice)
