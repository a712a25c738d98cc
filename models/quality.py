"""The quality of what is reported: is it there, in time, possible, steady, and counted rather than rounded.

reports everywhere: kind ("indicator" or "programme"), subject (its id), area_id, period, time (calendar year at the
period's end), months (12, 3 or 1: how long the period is), stage (of a programme, else ""), value. Missing is no row.
"""

import math

import numpy as np
import pandas as pd

CHECKS = ("missing", "late", "impossible", "parts", "questioned", "jump")
KEY = ["kind", "subject", "area_id", "period"]
TALLY = ["kind", "subject", "area_id", "reporter", "measure", "days", "number"]
FINDING = [*KEY, "stage", "check", "value", "other"]
# Days after the end of a month, quarter or year by which a report is in time. This project's assumption: the plans give
# none; statistical reporting closes a month within two weeks, a year with its yearbook in spring.
DAYS_ALLOWED = {1: 15, 3: 31, 12: 120}
TIMES_MAD = 6.0
NORMAL = 1.4826  # a normal distribution's standard deviation is so many times its median absolute deviation
LEAST_OWN, LEAST_PEERS = 5, 8  # changes from which a median absolute deviation says anything
LEAST_DIGITS, FALSE_DISCOVERIES, LEAST_VALUE = 50, 0.05, 10
LEAST_SHARE = (
    25.0  # percent: among very many numbers a share hardly above one in five is more than chance, yet no rounding
)


def missing(expected: pd.DataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """What was due and did not come: the rows of expected (KEY) that no report has, in columns FINDING."""
    seen = reports[KEY].drop_duplicates()
    found = expected[KEY].merge(seen, on=KEY, how="left", indicator=True)
    return _findings(found[found["_merge"].eq("left_only")], "missing")


def days_after(first_on: pd.Series, time: pd.Series) -> pd.Series:
    """Whole days from the end of a period (calendar year at its end) to a day (datetime64)."""
    month = (time * 12).round().astype("int64")  # December of year 1 is 12
    ends = pd.to_datetime({"year": (month - 1) // 12 + 1, "month": (month - 1) % 12 + 1, "day": 1})
    return (first_on.dt.normalize() - (ends + pd.offsets.MonthEnd(0))).dt.days


def late(reports: pd.DataFrame) -> pd.DataFrame:
    """The reports that came later than DAYS_ALLOWED: value the days, other the days allowed.

    reports: with days (NaN: it is not known when it first came) and months.
    """
    allowed = reports["months"].map(DAYS_ALLOWED)
    found = reports[reports["days"] > allowed]
    return _findings(found.assign(value=found["days"], other=found["months"].map(DAYS_ALLOWED)), "late")


def impossible(pairs: pd.DataFrame) -> pd.DataFrame:
    """Parts that are more than the whole they are of. pairs: reports with part and whole (NaN: not both reported)."""
    found = pairs[pairs["part"] > pairs["whole"]]
    return _findings(found.assign(value=found["part"], other=found["whole"]), "impossible")


def parts_against_whole(reports: pd.DataFrame, parents: pd.Series, tolerance: float = 0.01) -> pd.DataFrame:
    """Areas whose parts were all reported and do not add up to what they reported themselves: other is the parts' sum.

    reports: counts in value, one row for KEY and stage. parents: area_id -> area above, of the areas that are units. A
    difference of one, or of tolerance of the whole, is let pass.
    """
    below = reports.assign(above=reports["area_id"].map(parents)).dropna(subset=["above", "value"])
    key = ["kind", "subject", "period", "stage"]
    sums = below.groupby([*key, "above"])["value"].agg(["sum", "count"]).reset_index()
    sums = sums[sums["count"].eq(sums["above"].map(parents.value_counts()))]
    both = reports.merge(sums.rename(columns={"above": "area_id"}), on=[*key, "area_id"])
    off = (both["value"] - both["sum"]).abs()
    found = both[off > np.maximum(1.0, tolerance * both["value"].abs())]
    return _findings(found.assign(other=found["sum"]), "parts")


def jumps(reports: pd.DataFrame, level: pd.Series) -> pd.DataFrame:
    """Figures that leap from the one before: other is the earlier figure.

    The change is of the logarithm (of one more than the figure, so that nought has one), from one period to the next of
    the same length in the same series. It is a jump when it lies further than TIMES_MAD robust standard deviations both
    from the middle of the area's own changes and from what its peers (the same series in areas of its level) saw in the
    same period: what moves everybody, the season or a new definition, is nobody's jump. With fewer than LEAST_OWN changes
    of its own an area is held against its peers alone; with fewer than LEAST_PEERS peers nothing is said. Where the
    cases are known their difference must besides be more than four standard deviations of a Poisson count: small numbers
    leap by themselves. reports: with cases, the count behind a figure (NaN: not known). level: area_id -> level.
    """
    series = ["kind", "subject", "stage", "months", "area_id"]
    rows = reports.dropna(subset=["value"])
    rows = rows[rows["value"] >= 0].sort_values([*series, "time"], kind="stable")
    grouped = rows.groupby(series, sort=False)
    before = grouped["value"].shift()
    follows = ((rows["time"] - grouped["time"].shift()) * 12).round().eq(rows["months"])
    rows = rows.assign(
        before=before,
        cases_before=grouped["cases"].shift(),
        change=np.log1p(rows["value"]) - np.log1p(before),
        level=rows["area_id"].map(level),
    )
    rows = rows[follows & before.notna()]
    if rows.empty:
        return _findings(rows, "jump")
    peers = ["kind", "subject", "stage", "months", "level", "period"]
    own = _distance(rows, series, LEAST_OWN)
    others = _distance(rows, peers, LEAST_PEERS)
    is_far = (others > TIMES_MAD) & ((own > TIMES_MAD) | own.isna())
    is_chance = (rows["cases"] - rows["cases_before"]).abs() <= 4 * np.sqrt(rows["cases"] + rows["cases_before"])
    found = rows[is_far & ~is_chance]
    return _findings(found.assign(other=found["before"]), "jump")


def _distance(rows: pd.DataFrame, by: list[str], least: int) -> pd.Series:
    """How many robust standard deviations each change lies from the middle of its group; NaN in groups too small."""
    codes = rows.groupby(by, sort=False, dropna=False).ngroup()
    away = (rows["change"] - rows["change"].groupby(codes).transform("median")).abs()
    spread = NORMAL * away.groupby(codes).transform("median")
    enough = codes.groupby(codes).transform("size") >= least
    # Where more than half did not move at all, a tenth of the figure stands for the spread.
    return (away / spread.clip(lower=0.1 / TIMES_MAD)).where(enough)


def tallies(due: pd.DataFrame, reports: pd.DataFrame, findings: pd.DataFrame, numbers: pd.DataFrame) -> pd.DataFrame:
    """How many there are of each measure, in columns TALLY: what `summarised` rests on, and can be added up.

    Each with kind, subject, area_id and reporter (missing: not known). due: what was expected. reports: one row a report,
    with days (NaN: it is not known when it came). findings: with check. numbers: counts whose last digit is looked at.
    measure: due, reported, days (with how many), each of CHECKS, figures, and ends: those of figures that end in 0 or 5.
    """
    value = numbers["value"]
    figures = numbers[value.notna() & (value >= LEAST_VALUE) & value.eq(value.round())]
    timed = reports[reports["days"].notna()]
    parts = [
        due.assign(measure="due", days=0),
        reports.assign(measure="reported", days=0),
        timed.assign(measure="days", days=timed["days"].astype("int64")),
        findings.assign(measure=findings["check"], days=0),
        figures.assign(measure="figures", days=0),
        figures[(figures["value"] % 5).eq(0)].assign(measure="ends", days=0),
    ]
    rows = pd.concat([one[TALLY[:-1]].astype(dict.fromkeys(TALLY[:5], "object")) for one in parts])
    rows["reporter"] = rows["reporter"].fillna("")
    return rows.groupby(TALLY[:-1]).size().rename("number").reset_index().astype({"days": "int64"})


def digit_preference(ends: pd.DataFrame) -> pd.DataFrame:
    """Whether a reporter's counts end in 0 and 5 more often than one in five: share, p and is_heaped beside figures.

    ends: index group; figures (whole numbers of LEAST_VALUE and more) and ends (those that end in 0 or 5). Groups with
    LEAST_DIGITS of them are looked at; share is percent. p is of the chi-squared test with one degree of freedom,
    one-sided. Over all groups no more than FALSE_DISCOVERIES of the heaped are so by chance (Benjamini and Hochberg
    1995); below LEAST_SHARE nobody is heaped.
    """
    ends = ends[ends["figures"] >= LEAST_DIGITS]
    n, hits = ends["figures"].astype(float), ends["ends"].astype(float)
    z = (hits - 0.2 * n) / np.sqrt(n * 0.2 * 0.8)  # its square is chi-squared of 0 and 5 against the other digits
    p = z.map(lambda one: 0.5 * math.erfc(one / math.sqrt(2))).astype(float)
    found = pd.DataFrame({"figures": ends["figures"], "share": 100 * hits / n, "p": p})
    return found.assign(is_heaped=passes(p, FALSE_DISCOVERIES) & (found["share"] >= LEAST_SHARE))


def passes(p: pd.Series, rate: float) -> pd.Series:
    """Which tests stand when no more than `rate` of those that do may be false (Benjamini and Hochberg 1995)."""
    ordered = p.sort_values()
    good = ordered.to_numpy() <= rate * np.arange(1, len(ordered) + 1) / max(len(ordered), 1)
    last = np.flatnonzero(good).max() + 1 if good.any() else 0
    return p.index.to_series().isin(ordered.index[:last])


def summarised(tallied: pd.DataFrame) -> pd.DataFrame:
    """One row for each group, worst first: due, reported, timed, days (median), one column for each of CHECKS, trouble,
    and what digit_preference says of those with numbers enough.

    tallied: group, measure, days, number, as `tallies` counts them; rows without a group are left out. timed: reports of
    which it is known when they came. trouble: findings for each 100 figures due or reported.
    """
    rows = tallied.dropna(subset=["group"])
    measures = ["due", "reported", *CHECKS, "figures", "ends", "days"]
    sums = rows.pivot_table(index="group", columns="measure", values="number", aggfunc="sum", fill_value=0)
    found = sums.reindex(columns=measures, fill_value=0).astype("int64").rename_axis(index=None, columns=None)
    heaping = digit_preference(found[["figures", "ends"]])
    timed = rows[rows["measure"].eq("days")]
    each = timed.loc[timed.index.repeat(timed["number"])]
    found = found.drop(columns=["figures", "ends"]).rename(columns={"days": "timed"})
    found["days"] = each.groupby("group")["days"].median().reindex(found.index).astype(float)
    looked_at = found["reported"] + found["missing"]
    found["trouble"] = 100 * found[list(CHECKS)].sum(axis=1) / looked_at.where(looked_at > 0)
    return found.sort_values("trouble", ascending=False, kind="stable").join(heaping)


def _findings(rows: pd.DataFrame, check: str) -> pd.DataFrame:
    rows = rows.assign(check=check)
    for name, empty in (("stage", ""), ("value", np.nan), ("other", np.nan)):
        if name not in rows:
            rows[name] = empty
    return rows[FINDING].reset_index(drop=True)


def questioned(reports: pd.DataFrame) -> pd.DataFrame:
    """The counts that were taken although something is odd. reports: with is_questioned."""
    return _findings(reports[reports["is_questioned"].astype(bool)].assign(other=np.nan), "questioned")
