"""Who is falling behind: marks that fail or are likely to, the gravest first. A work list, not an assessment."""

import numpy as np
import pandas as pd

from models.status import BEHIND, REVERSING, SLOW

FLAGGED = (SLOW, BEHIND, REVERSING)
LIKELY = 2 / 3  # of missing: a mark that is still on course is flagged from here on
MOST_TOLERANCES = 10.0  # a gap beyond this many tolerances is no graver: the scale must not be one indicator's
NEUTRAL_P = 0.5  # where the probability is withheld
BEST_QUARTER = 0.75
FEWEST_PEERS = 4  # below this there is no best quarter to speak of

ADDED = ["severity", "tolerances_behind", "people", "peer_pace", "rank"]


def falling_behind(marks: pd.DataFrame, population: pd.DataFrame, *, official_only: bool = False) -> pd.DataFrame:
    """The flagged marks, gravest first: the columns of marks and ADDED.

    marks: the columns of models.judging.MARKS, areas of any level. population: area_id, year, persons; the newest year
        of each area counts. official_only: leave out areas held against the plan area's value.
    Flagged: slow, behind, reversing, and on course with a probability of missing above two thirds.
    severity: 0 to 1, half the gap in tolerances (at most ten), half the probability of missing (one half where withheld);
        reversing goes before the rest of the same severity. No weight for people: a small banner is not less behind.
    people: who live there; NaN where not known. peer_pace: as the function of this name gives it. tolerances_behind: NaN without a path.
    rank: from 1, ties by people (more first), then area and target code, so that the list is the same every time.
    """
    failing = marks.status.isin(FLAGGED) | ((marks.p_miss > LIKELY) & (marks.status != "achieved"))
    reason = marks.reason.astype(object).where(marks.reason.notna(), "").str.split(";")
    official = ~reason.map(lambda slugs: "plan_bar" in slugs)
    flags = marks[failing & (marks.status != "cannot_judge") & (official | (not official_only))].copy()
    behind = (-flags.gap / flags.tolerance.where(flags.tolerance > 0)).clip(0, MOST_TOLERANCES)
    # A bound without tolerance (whole counts) that is failed at all is failed in full.
    behind = behind.where(flags.tolerance.isna() | (flags.tolerance > 0), np.where(flags.gap < 0, MOST_TOLERANCES, 0.0))
    flags["tolerances_behind"] = behind
    flags["severity"] = behind.fillna(0) / MOST_TOLERANCES / 2 + flags.p_miss.fillna(NEUTRAL_P) / 2
    newest = population.sort_values("year").drop_duplicates("area_id", keep="last").set_index("area_id").persons
    flags["people"] = flags.area_id.map(newest).astype(float)
    flags["peer_pace"] = peer_pace(marks).reindex(flags.index)
    order = flags.assign(
        _calm=flags.status != REVERSING, _severity=-flags.severity.round(6), _people=-flags.people.fillna(0)
    )
    order = order.sort_values(["_severity", "_calm", "_people", "area_id", "target_id"], kind="stable").index
    flags = flags.loc[order].reset_index(drop=True)
    return flags.assign(rank=np.arange(1, len(flags) + 1))[[*marks.columns, *ADDED]]


def peer_pace(marks: pd.DataFrame) -> pd.Series:
    """What the best quarter of each mark's peers does a year, in the target's direction; in step with marks.

    Peers: the same target, areas of the same code length (a prefecture and its counties apart). NaN where an area has
    fewer than four peers with a known pace beside itself.
    """
    pace = marks.pace_seen.astype(float)
    peers = pace.groupby([marks.target_id, marks.area_id.str.len(), marks.area_id.str.endswith("00")])
    others = peers.transform("count") - pace.notna()
    return peers.transform("quantile", BEST_QUARTER).where(others >= FEWEST_PEERS)
