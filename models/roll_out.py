"""Self-management village by village: how far the roll-out should be, how far it is, and who owes what.

Source of the rules: the county plan (selfcare-county), section 二 for villages and people, section 四 for the services.
"""

from collections.abc import Mapping

import pandas as pd

TOWNSHIPS = {"area_id": "str", "villages": "int64", "begun": "int64", "share": "float64", "owes_first": "bool"}
RULES = dict.fromkeys(("year", "begun", "counted", "meet_share", "meet_active", "meet_both", "conflict"), "int64")
SERVICES = {"department_zh": "str", "required": "float64", "offered": "int64", "owed": "float64"}


def begun_by(villages: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Which villages have the programme on a day. villages: started_on; missing is not begun."""
    return villages.started_on.notna() & (villages.started_on <= day)


def schedule(villages: pd.DataFrame, milestones: Mapping[int, float], today: pd.Timestamp) -> pd.DataFrame:
    """Share of villages with the programme at each milestone's year end, against the plan: year, target, actual, is_past.

    milestones: year -> percent of villages. actual is NaN for years not begun; the current year's is today's.
    """
    rows = []
    for year, target in sorted(milestones.items()):
        end = pd.Timestamp(year=year, month=12, day=31)
        begins = pd.Timestamp(year=year, month=1, day=1)
        known = len(villages) and begins <= today
        share = 100 * begun_by(villages, min(end, today)).mean() if known else float("nan")
        rows.append((year, target, share, end <= today))
    return pd.DataFrame(rows, columns=["year", "target", "actual", "is_past"])


def villages_owed(villages: pd.DataFrame, target: float, today: pd.Timestamp) -> int:
    """How many more villages must begin to reach a share of all of them (percent)."""
    needed = -(-len(villages) * target // 100)  # rounded up: part of a village is a village
    return max(0, int(needed - begun_by(villages, today).sum()))


def townships(villages: pd.DataFrame, units: list[str], today: pd.Timestamp) -> pd.DataFrame:
    """Each township's villages and how many have begun: columns and types of TOWNSHIPS.

    owes_first: it has none yet, and the plan asks one of each township (二 工作目标). A township without listed villages
    has share NaN, and owes.
    """
    begun = begun_by(villages, today)
    count = villages.groupby("area_id").size().reindex(units, fill_value=0)
    with_it = begun.groupby(villages.area_id).sum().reindex(units, fill_value=0)
    share = 100 * with_it / count.where(count > 0)
    frame = pd.DataFrame({"villages": count, "begun": with_it, "share": share, "owes_first": with_it == 0})
    return frame.rename_axis("area_id").reset_index()[list(TOWNSHIPS)].astype(TOWNSHIPS)


def participation(
    villages: pd.DataFrame, today: pd.Timestamp, *, percent_on_record: float, active: float
) -> pd.DataFrame:
    """Villages with the programme held against both rules: village_id, people, and whether each rule is met.

    Columns: village_id, area_id, persons_on_record, participants, active_persons, share (of those on record, percent),
    meets_share, meets_active (boolean with <NA> where it is not known), conflict (percent_on_record of those on record is
    fewer than `active`: the share can be met with fewer people than the floor asks for, so both are shown).
    """
    own = villages[begun_by(villages, today)]
    share = 100 * own.participants / own.persons_on_record.where(own.persons_on_record > 0)
    return own[["village_id", "area_id", "persons_on_record", "participants", "active_persons"]].assign(
        share=share,
        meets_share=(share >= percent_on_record).astype("boolean").mask(share.isna()),
        meets_active=(own.active_persons >= active).astype("boolean").mask(own.active_persons.isna()),
        conflict=own.persons_on_record * percent_on_record / 100 < active,
    )


def counted_by(villages: pd.DataFrame, counts: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The villages with their last counts up to a day, NaN where there are none yet. counts: village_id, counted_on..."""
    known = counts[counts.counted_on <= day].sort_values("counted_on").drop_duplicates("village_id", keep="last")
    names = ["persons_on_record", "participants", "active_persons"]
    return villages.drop(columns=names).merge(known[["village_id", *names]], on="village_id", how="left")


def rules_over_time(
    villages: pd.DataFrame,
    counts: pd.DataFrame,
    years: list[int],
    today: pd.Timestamp,
    *,
    percent_on_record: float,
    active: float,
) -> pd.DataFrame:
    """Both rules at the end of each year that has begun, the current one's today: columns and types of RULES.

    counts: every count of the villages by day. counted: villages with the programme whose people are known by then.
    """
    rows = []
    for year in sorted(years):
        if pd.Timestamp(year=year, month=1, day=1) > today:
            continue
        day = min(pd.Timestamp(year=year, month=12, day=31), today)
        found = participation(
            counted_by(villages, counts, day), day, percent_on_record=percent_on_record, active=active
        )
        known = found[found.meets_share.notna() | found.meets_active.notna()]
        share, people = known.meets_share.fillna(False), known.meets_active.fillna(False)
        sums = (share.sum(), people.sum(), (share & people).sum(), known.conflict.sum())
        rows.append((year, len(found), len(known), *map(int, sums)))
    return pd.DataFrame(rows, columns=list(RULES)).astype(RULES)


def services_owed(services: pd.DataFrame, required: Mapping[str, float], today: pd.Timestamp) -> pd.DataFrame:
    """Services for health points by department, against the number the plan asks of each: columns and types of SERVICES.

    services: department_zh, offered_from, offered_to. Most owed first.
    """
    on_offer = services[
        (services.offered_from.isna() | (services.offered_from <= today))
        & (services.offered_to.isna() | (services.offered_to >= today))
    ]
    count = on_offer.groupby("department_zh").size()
    rows = [(name, need, int(count.get(name, 0))) for name, need in required.items()]
    frame = pd.DataFrame(rows, columns=["department_zh", "required", "offered"])
    frame["owed"] = (frame.required - frame.offered).clip(lower=0)
    return frame.sort_values("owed", ascending=False, kind="stable", ignore_index=True).astype(SERVICES)
