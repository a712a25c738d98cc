"""How others judge progress, for analysts and papers: shown beside our marks, never in their place.

Every function works on float arrays of one shape. side: +1 where more is better, -1 where less is. start, latest, goal:
values at the baseline, now and to be reached. NaN in, or a case the method has no answer for, is NaN or "" out.
Where these differ from the marks: they see two points only, and a constant growth rate where plans draw straight lines.
"""

import numpy as np

STAND_IN_FOR_ZERO = 0.001  # of Statistics Canada: a growth rate from or to zero has no value
ON_TRACK, MODERATE = 0.95, 0.60  # cuts of the ratio
GROWTH_FAST, GROWTH_SLOW = 0.015, 0.005  # a year, where there is no target
NATURAL_LIMIT_POWER = 4.44
ONE_SIDED_5_PERCENT = 1.645
TEN_PERCENT = 10.0

RATIO_CLASSES = ("achieved", "on_track", "moderate", "limited", "deterioration")
HEALTHY_PEOPLE_CLASSES = ("met", "improving", "no_change", "worse")
ARROWS = ("on_track", "moderately_improving", "stagnating", "decreasing")
RAG = ("green", "amber", "red")


def growth_a_year(start: np.ndarray, latest: np.ndarray, years: np.ndarray) -> np.ndarray:
    """Compound annual growth. NaN where the two differ in sign or no time has passed; zero is taken as 0.001."""
    start, latest, years = (np.asarray(x, dtype=float) for x in (start, latest, years))
    start, latest = (np.where(x == 0, STAND_IN_FOR_ZERO, x) for x in (start, latest))
    usable = (start * latest > 0) & (years > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(usable, np.abs(latest / start) ** (1 / np.where(years > 0, years, np.nan)) - 1, np.nan)


def is_achieved(latest: np.ndarray, goal: np.ndarray, side: np.ndarray) -> np.ndarray:
    """At the goal or past it."""
    return np.asarray(side) * (np.asarray(latest, dtype=float) - goal) >= 0


def pace_ratio(start, latest, goal, years_passed, years_in_all, side) -> np.ndarray:
    """Growth seen over growth required (1 is exactly on pace), negative for movement away.

    Source: Eurostat, monitoring of the sustainable development goals; Statistics Canada, Progress Measurement for
    Canada's SDGs; Open SDG 2.4. The cuts are those of the latter two. Series below zero turn the direction.
    """
    seen = growth_a_year(start, latest, years_passed)
    required = growth_a_year(start, goal, years_in_all)
    turned = np.where(np.asarray(start, dtype=float) < 0, -1.0, 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(required != 0, turned * np.asarray(side) * seen / np.abs(required), np.nan)


def ratio_class(ratio: np.ndarray, achieved: np.ndarray) -> np.ndarray:
    """achieved, on_track (from 0.95), moderate (0.60), limited (0), deterioration."""
    ratio = np.asarray(ratio, dtype=float)
    found = np.select([ratio >= ON_TRACK, ratio >= MODERATE, ratio >= 0, ratio < 0], RATIO_CLASSES[1:], "")
    return np.where(achieved, RATIO_CLASSES[0], found)


def ratio_score(ratio: np.ndarray, achieved: np.ndarray) -> np.ndarray:
    """The ratio on the scale -5 to +5 that Statistics Canada averages; its classes meet at -2.5, 0 and 2.5."""
    ratio = np.asarray(ratio, dtype=float)
    fast = np.minimum(7.1429 * ratio - 4.2857, 5.0)
    slow = np.maximum(4.1667 * ratio - 2.5, -5.0)
    return np.where(achieved, 5.0, np.where(ratio >= MODERATE, fast, slow))


def natural_limit_factor(start: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """C: how far the growth asked for shrinks near a natural limit (100 % literacy cannot grow by 1.5 % a year).

    Source: Statistics Canada, ibid.; the power is theirs. 1 where there is no limit (NaN) or start is beyond twice of it.
    """
    start, limit = np.asarray(start, dtype=float), np.asarray(limit, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.select([start < 0, start <= limit, start < 2 * limit], [0.0, start / limit, 2 - start / limit], 0.0)
    return 1 - share**NATURAL_LIMIT_POWER


def growth_score(growth: np.ndarray, factor: np.ndarray, side: np.ndarray) -> np.ndarray:
    """-5 to +5 where there is no target: growth in the direction wanted against 1.5 and 0.5 % a year, times C."""
    wanted = np.asarray(side) * np.asarray(growth, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        eased = wanted / factor
        return np.select(
            [wanted < 0, eased < GROWTH_SLOW, eased < GROWTH_FAST, np.isfinite(eased)],
            [
                np.maximum(125 * wanted - 2.5, -5.0),
                500 * eased - 2.5,
                250 * eased - 1.25,
                np.minimum(500 * eased - 5, 5),
            ],
            np.nan,
        )


def targeted_change(start: np.ndarray, latest: np.ndarray, goal: np.ndarray) -> np.ndarray:
    """Percent of targeted change achieved. NaN where the goal is the baseline.

    Source: CDC, Healthy People 2020, statistical notes; 2030 keeps the measure.
    """
    start, latest, goal = (np.asarray(x, dtype=float) for x in (start, latest, goal))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(goal != start, 100 * (latest - start) / (goal - start), np.nan)


def change_score(start, latest, start_error, error, side) -> np.ndarray:
    """z of the change in the direction wanted; NaN where an error is not known. Significant beyond 1.645 (one-sided)."""
    both = np.sqrt(np.asarray(start_error, dtype=float) ** 2 + np.asarray(error, dtype=float) ** 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(both > 0, np.asarray(side) * (np.asarray(latest, dtype=float) - start) / both, np.nan)


def healthy_people_class(start, latest, goal, start_error, error, side) -> np.ndarray:
    """met, improving, no_change, worse. With standard errors by their test; without, by 10 % (of the targeted change
    towards the goal, of the baseline away from it)."""
    start, latest, goal = (np.asarray(x, dtype=float) for x in (start, latest, goal))
    z = change_score(start, latest, start_error, error, side)
    achieved_share = targeted_change(start, latest, goal)
    away = np.asarray(side) * (latest - start) < 0
    with np.errstate(invalid="ignore", divide="ignore"):
        of_baseline = 100 * np.abs(latest - start) / np.abs(start)
        improving = np.where(np.isfinite(z), z > ONE_SIDED_5_PERCENT, ~away & (achieved_share >= TEN_PERCENT))
        worse = np.where(np.isfinite(z), z < -ONE_SIDED_5_PERCENT, away & (of_baseline >= TEN_PERCENT))
    known = np.isfinite(start) & np.isfinite(latest) & np.isfinite(goal)
    met = known & is_achieved(latest, goal, side)
    return np.select([~known, met, improving, worse], ["", *HEALTHY_PEOPLE_CLASSES[:2], "worse"], "no_change")


def sdsn_arrow(pace: np.ndarray, pace_needed: np.ndarray, achieved: np.ndarray) -> np.ndarray:
    """on_track, moderately_improving, stagnating, decreasing: the recent pace against the straight line's.

    pace, pace_needed: a year, positive in the direction wanted. Source: Sustainable Development Report; the cuts at 50
    and 100 % are from general knowledge and have not been verified against an edition of the report.
    """
    pace, needed = np.asarray(pace, dtype=float), np.asarray(pace_needed, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(needed > 0, pace / needed, np.where(np.isfinite(needed), np.inf, np.nan))
        found = np.select(
            [pace < 0, share < 0.5, share < 1, share >= 1],
            ["decreasing", "stagnating", "moderately_improving", "on_track"],
            "",
        )
    return np.where(achieved, ARROWS[0], np.where(np.isfinite(pace), found, ""))


def rag(value, lower, upper, goal, side) -> np.ndarray:
    """green, amber, red: the 95 % interval wholly on the good side of the goal, across it, wholly on the bad side.

    lower, upper: NaN where not known; then the value itself, without amber.
    Source: OHID Fingertips technical guidance, comparison with a goal.
    """
    value, lower, upper = (np.asarray(x, dtype=float) for x in (value, lower, upper))
    side = np.asarray(side)
    worst = np.where(np.isfinite(lower) & np.isfinite(upper), np.where(side > 0, lower, upper), value)
    best = np.where(np.isfinite(lower) & np.isfinite(upper), np.where(side > 0, upper, lower), value)
    known = np.isfinite(value) & np.isfinite(np.asarray(goal, dtype=float))
    return np.select([~known, side * (worst - goal) >= 0, side * (best - goal) < 0], ["", "green", "red"], "amber")


def time_used(start: np.ndarray, now: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Percent of the plan's time that has passed, 0 to 100: shown beside targeted_change, which knows nothing of time."""
    start, now, end = (np.asarray(x, dtype=float) for x in (start, now, end))
    with np.errstate(invalid="ignore", divide="ignore"):
        return 100 * np.clip(np.where(end > start, (now - start) / (end - start), np.nan), 0, 1)


def linear_ratio(pace: np.ndarray, pace_needed: np.ndarray) -> np.ndarray:
    """Pace seen over pace needed from here on: the plain counterpart of pace_ratio, cut alike. NaN: none is needed."""
    needed = np.asarray(pace_needed, dtype=float)
    return np.asarray(pace, dtype=float) / np.where(needed > 0, needed, np.nan)
