"""What pages would take seconds to work out is worked out when reports come in: by the import itself, or by the worker.

Each summary says which submission it takes into account, so that one that is not up to date (a process that died between
an import and this) is known, and worked out where it is asked for. Equal to what is worked out directly, or it is a fault.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice

import pandas as pd
from sqlalchemy import Engine

from data_access import summaries as stored
from data_access.areas import read_areas
from data_access.engine import writing
from data_access.programmes import read_last_reports, read_programmes, read_rota
from models import cascade
from models.quality import tallies
from workflows.programme_standing import month_of, read_round, standing, summarised, summarised_below
from workflows.report_quality import Look, Quality

# What changes the programmes' summaries besides their counts; what changes the quality of everything.
OF_PROGRAMMES = ("areas", "programmes", "rota")
OF_QUALITY = ("areas", "indicators", "programmes", "rota")
REPORTS = ("observations", "programme_counts")
AT_ONCE = 10  # subjects: of a hundred townships and two years of months a quarter of a million counts
LEVELS = ("prefecture", "county")  # whose readers find a programme's summary ready; a township's is quick to work out


def refresh(engine: Engine, today: date) -> None:
    """Bring all summaries up to date; where nothing came in that takes a few milliseconds."""
    refresh_programmes(engine)
    refresh_quality(engine, today)


def refresh_programmes(engine: Engine) -> int:
    """Work out anew the programmes of which other counts, areas or rules hold than when it was done last; gives how many."""
    by = stored.newest_of(engine, OF_PROGRAMMES)
    states = stored.read_states(engine)
    known = stored.read_programme_summaries(engine)
    is_fresh = known["counts_by"].eq(known["programme_id"].map(states)) & known["registers_by"].eq(by)
    stale = set(states) - set(known.loc[is_fresh, "programme_id"])
    gone = set(known["programme_id"]) - set(states)
    if not stale and not gone:
        return 0
    areas = read_areas(engine)
    every = read_programmes(engine).merge(read_last_reports(engine), on="programme_id").set_index("programme_id")
    rows = [
        {"programme_id": one, "counts_by": states[one], "registers_by": by, **row}
        for one in sorted(stale & set(every.index))
        for row in _summaries(engine, every.loc[one].to_dict() | {"programme_id": one}, areas)
    ]
    with writing(engine) as connection:
        stored.write_programme_summaries(connection, stale | gone, rows)
    return len(stale)


def _summaries(engine: Engine, row: dict, areas: pd.DataFrame) -> Iterator[dict]:
    """area_id and what is said of the programme in its own area and in each district of it."""
    if not isinstance(row["period"], str):
        return
    below = cascade.descendants(areas, row["area_id"])
    rota = read_rota(engine, row["programme_id"])
    counts = read_round(engine, row, rota, row["period"], list(below["area_id"]))
    whole = standing(row, counts, rota, areas, row["area_id"], row["period"])
    yield {"area_id": row["area_id"], **summarised(whole)}
    districts = [one for one in below.loc[below["level"].isin(LEVELS), "area_id"] if one != row["area_id"]]
    at_one_stroke = summarised_below(whole, areas, districts)
    for area_id in districts:
        found = at_one_stroke.get(area_id)
        if found is None:
            here = set(cascade.descendants(areas, area_id)["area_id"])
            own = counts[counts["area_id"].isin(here)]
            found = summarised(standing(row, own, rota, areas, area_id, row["period"]))
        yield {"area_id": area_id, **found}


# Quality ------------------------------------------------------------------------------------------------------------


def is_fresh(engine: Engine, today: date) -> bool:
    """Whether what is stored of the quality of reports is what would be worked out on this day."""
    known = stored.read_subjects(engine)
    through = int(known["worked_out_by"].min()) if len(known) else 0
    return through >= stored.newest_of(engine, (*REPORTS, *OF_QUALITY)) and not _outdated(known, today)


def _outdated(known: pd.DataFrame, today: date) -> set[tuple[str, str]]:
    day = pd.Timestamp(today)
    old = known[(known["holds_until"] < day) | (known["worked_out_on"] > day)]
    return set(zip(old["kind"], old["subject"], strict=True))


def refresh_quality(engine: Engine, today: date) -> int:
    """Work out anew the quality of the reports that changed, or of which others are due by now; gives of how many."""
    known = stored.read_subjects(engine)
    by = stored.newest_of(engine, (*REPORTS, *OF_QUALITY))
    through = int(known["worked_out_by"].min()) if len(known) else 0
    stale = _outdated(known, today)
    if through < by:
        of_registers = stored.newest_of(engine, OF_QUALITY) > through
        stale |= stored.subjects_reported(engine) if of_registers else stored.subjects_changed(engine, through)
        stale |= set(zip(known["kind"], known["subject"], strict=True)) if of_registers else set()
    elif not stale:
        return 0
    look = Look(engine, today) if stale else None
    found = [(subjects, *_rows(one, look)) for subjects, one in _looked_at(look, stale)]
    known_now = {
        (row.kind, row.subject)
        for _subjects, tallied, _findings in found
        for row in tallied[["kind", "subject"]].drop_duplicates().itertuples(index=False)
    }
    with writing(engine) as connection:
        for subjects, tallied, findings in found:
            stored.write_quality(connection, subjects, tallied, findings)
        until = {one: look.holds_until(*one) for one in known_now}
        stored.write_state(connection, stale, until, by, today)
    return len(stale)


def _looked_at(look: Look | None, subjects: Iterable[tuple[str, str]]) -> Iterator[tuple[list, Quality]]:
    """Some subjects of one kind after the other, with what is found of them."""
    for kind, ask in (("indicator", "indicators"), ("programme", "programme_counts")):
        waiting = iter(sorted(one for one in subjects if one[0] == kind))
        while some := list(islice(waiting, AT_ONCE)):
            yield some, getattr(look, ask)([subject for _kind, subject in some])


def _rows(found: Quality, look: Look) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What is stored of it: data_access.summaries.TALLIES and FINDINGS."""
    district = districts_of(look.areas)
    findings = found.findings.astype(dict.fromkeys(("area_id", "period", "subject", "stage"), "object"))
    return tallies(found.due, found.reports, found.findings, found.numbers), findings.assign(
        district=findings["area_id"].map(district), end_month=findings["period"].map(month_of).astype("int64")
    )


def districts_of(areas: pd.DataFrame) -> dict[str, str | None]:
    """area_id -> the district it is or lies in. areas: indexed by area_id."""
    level, parent = areas["level"].to_dict(), areas["parent_id"].to_dict()

    def district(area_id: str) -> str | None:
        seen: set[str] = set()
        while isinstance(area_id, str) and area_id in level and area_id not in seen:
            if level[area_id] == "county":
                return area_id
            seen.add(area_id)
            area_id = parent[area_id]
        return None

    return {area_id: district(area_id) for area_id in level}
