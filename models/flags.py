"""Who is falling behind: marks that fail or are likely to, the gravest first. A work list, not an assessment."""

import numpy as np
import pandas as pd

from models.status import BEHIND, CANNOT_JUDGE, REVERSING, SLOW

FLAGGED = (SLOW, BEHIND, REVERSING)
LIKELY = 2 / 3  # of missing: a mark that is still on course is flagged from here on
EVEN_CHANCE = 0.5  # of missing; also taken where the probability is withheld
MOST_TOLERANCES = 3.0  # beyond the edge of "slow" a gap tells little more, and the scale must not be one indicator's
WEIGHT_OF_GAP = 0.15  # of three tolerances beside a probability of 1: see falling_behind
SEVERITY_STEP = 0.1  # severities closer than this are alike: then more people go first
BEST_QUARTER = 0.75
FEWEST_PEERS = 4  # below this there is no best quarter to speak of

ADDED = ["signs_agree", "severity", "tolerances_behind", "people", "peer_pace", "peer_year", "rank"]


def falling_behind(marks: pd.DataFrame, population: pd.DataFrame, *, official_only: bool = False) -> pd.DataFrame:
    """The flagged marks, gravest first: the columns of marks and ADDED.

    marks: the columns of models.judging.MARKS, areas of any level. population: area_id, year, persons; the newest year
        of each area counts. official_only: leave out areas held against the plan area's value.
    Flagged: slow, behind, reversing, and on course with a probability of missing above two thirds.
    signs_agree: status, probability and pace together: a failing status with at least an even chance of missing (or none
        known), or a likely miss at a pace below the one needed. These go first: replayed on the demo's past years, on
        which the rule was also chosen (models.flag_backtest), 218 of 357 of them fell short of the path two years on,
        of all flags 278 of 511, and of 357 taken by the distance to the line 212.
    severity: 0 to 1: the probability of missing (one half where withheld), and beside it, at a seventh of its weight, the
        gap in tolerances, at most three either way. On the same replay 28 of the first ten of each year (40) fell short,
        of those furthest from the line 15.
    people: who live there; NaN where not known. tolerances_behind: NaN without a path. peer_pace: as the function of
        this name gives it; peer_year: when the area would meet the bound ahead at that pace, NaN where never.
    rank: from 1, by signs_agree, severity in steps of a tenth, reversing first, people (more first), severity, then area
        and target code, so that the list is the same every time.
    """
    likely = marks.p_miss > LIKELY
    failing = marks.status.isin(FLAGGED) | (likely & (marks.status != "achieved"))
    reason = marks.reason.astype(object).where(marks.reason.notna(), "").str.split(";")
    official = ~reason.map(lambda slugs: "plan_bar" in slugs)
    flags = marks[failing & (marks.status != CANNOT_JUDGE) & (official | (not official_only))].copy()
    chance = flags.p_miss.fillna(EVEN_CHANCE)
    too_slow = flags.pace_seen.astype(float) < flags.pace_needed.astype(float)
    flags["signs_agree"] = (flags.status.isin(FLAGGED) & (chance >= EVEN_CHANCE)) | ((chance > LIKELY) & too_slow)
    flags["tolerances_behind"] = tolerances_behind(flags)
    share = flags.tolerances_behind.fillna(0) / MOST_TOLERANCES
    flags["severity"] = (chance + WEIGHT_OF_GAP * (share + 1)) / (1 + 2 * WEIGHT_OF_GAP)
    newest = population.sort_values("year").drop_duplicates("area_id", keep="last").set_index("area_id").persons
    flags["people"] = flags.area_id.map(newest).astype(float)
    flags["peer_pace"] = peer_pace(marks).reindex(flags.index)
    flags["peer_year"] = year_at_pace(flags, flags.peer_pace)
    order = flags.assign(
        _apart=~flags.signs_agree,
        _class=-(flags.severity / SEVERITY_STEP).round(6).apply(np.floor),
        _calm=flags.status != REVERSING,
        _people=-flags.people.fillna(0),
        _severity=-flags.severity.round(6),
    )
    by = ["_apart", "_class", "_calm", "_people", "_severity", "area_id", "target_id"]
    flags = flags.loc[order.sort_values(by, kind="stable").index].reset_index(drop=True)
    return flags.assign(rank=np.arange(1, len(flags) + 1))[[*marks.columns, *ADDED]]


def tolerances_behind(marks: pd.DataFrame) -> pd.Series:
    """How far each figure lies short of its path, in tolerances (minus: ahead of it), at most MOST_TOLERANCES either way.

    NaN without a path. A bound without tolerance (whole counts) that is failed at all is failed in full.
    """
    tolerance = marks.tolerance.astype(float)
    behind = (-marks.gap.astype(float) / tolerance.where(tolerance > 0)).clip(-MOST_TOLERANCES, MOST_TOLERANCES)
    bare = np.where(marks.gap < 0, MOST_TOLERANCES, 0.0)
    return behind.where(tolerance.isna() | (tolerance > 0), bare)


def year_at_pace(marks: pd.DataFrame, pace: pd.Series) -> pd.Series:
    """The year's end by which each mark's figure would meet the bound ahead at a pace (towards the target); NaN: never."""
    side = np.where(marks.comparator.isin(["<=", "<"]), -1.0, 1.0)
    way = side * (marks.next_value.astype(float) - marks.observed.astype(float))
    years = way / pace.where(pace > 0)
    return np.ceil((marks.time.astype(float) + years.where(way > 0)).round(6))


def peer_pace(marks: pd.DataFrame) -> pd.Series:
    """What the best quarter of each mark's peers does a year, in the target's direction; in step with marks.

    Peers: the same target, areas of the same code length (a prefecture and its counties apart). NaN where an area has
    fewer than four peers with a known pace beside itself.
    """
    pace = marks.pace_seen.astype(float)
    peers = pace.groupby([marks.target_id, marks.area_id.str.len(), marks.area_id.str.endswith("00")])
    others = peers.transform("count") - pace.notna()
    return peers.transform("quantile", BEST_QUARTER).where(others >= FEWEST_PEERS)
