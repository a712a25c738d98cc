"""What analysts look at first: marks whose status and forecast contradict each other, what changed most, what was least foreseen."""

import numpy as np
import pandas as pd

from models.status import ACHIEVED, ON_COURSE

MAY_MISS, MAY_MEET = "may_miss", "may_meet"
ADDED = ["contradiction", "disagreement", "people"]
KEY = ["target_id", "area_id"]
LEAST_CHANGE = 0.05  # of a probability: the steps it is said in


def study_queue(marks: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """The marks that need study, biggest first: the columns of marks and ADDED.

    marks: the columns of models.judging.MARKS. population: area_id, year, persons; the newest year of each area counts.
    contradiction: may_miss (fine by the rule, likely to miss by the forecast) or may_meet (failing, likely to meet).
    disagreement: probability that the rule's mark is contradicted at the end, 2/3 to 0.95: p_miss, or 1 - p_miss.
    people: who live there, NaN where not known. Ties in fives of a percent (no finer claim is made) go by people, more
    first, then by area and target code.
    """
    queue = marks[marks.needs_study.astype(bool)].copy()
    fine = queue.status.isin((ACHIEVED, ON_COURSE))
    queue["contradiction"] = np.where(fine, MAY_MISS, MAY_MEET)
    queue["disagreement"] = queue.p_miss.astype(float).where(fine, 1 - queue.p_miss.astype(float))
    newest = population.sort_values("year").drop_duplicates("area_id", keep="last").set_index("area_id").persons
    queue["people"] = queue.area_id.map(newest).astype(float)
    order = queue.assign(_size=-(queue.disagreement * 20).round(), _people=-queue.people.fillna(0))
    return queue.loc[order.sort_values(["_size", "_people", "area_id", "target_id"], kind="stable").index].reset_index(
        drop=True
    )


def biggest_changes(before: pd.DataFrame, now: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """The marks whose probability of missing changed most between two reviews, biggest first.

    before, now: the columns of models.judging.MARKS, each target and area once. population: as in study_queue.
    Returns the columns of now with p_miss_before, p_change (now less before) and people; only marks with a probability
    in both reviews that differs by at least a twentieth (no finer claim is made).
    """
    both = now.merge(before[[*KEY, "p_miss"]], on=KEY, suffixes=("", "_before"))
    both["p_change"] = both.p_miss.astype(float) - both.p_miss_before.astype(float)
    both = both[both.p_change.abs() >= LEAST_CHANGE - 1e-9]
    return _largest_first(both, both.p_change.abs(), population)


def worst_fits(marks: pd.DataFrame, fans: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """The marks whose newest figure lay furthest outside what had been forecast for it, worst first.

    marks: the columns of models.judging.MARKS. fans: indicator_id, area_id, time, q100, q500, q900 of a review made
    before the figure came, each once. population: as in study_queue.
    Returns the columns of marks with foreseen, foreseen_low, foreseen_high (median and 80 % interval), misfit (distance
    from the median in halves of the interval: beyond 1 it lies outside) and people; one row a series, those outside only.
    """
    named = {"q500": "foreseen", "q100": "foreseen_low", "q900": "foreseen_high"}
    both = marks.merge(fans.rename(columns=named), on=["indicator_id", "area_id", "time"])
    both = both.drop_duplicates(["indicator_id", "area_id"])
    short = both.observed.astype(float) - both.foreseen
    half = np.where(short >= 0, both.foreseen_high - both.foreseen, both.foreseen - both.foreseen_low)
    both["misfit"] = short.abs() / np.where(half > 0, half, np.nan)
    both = both[both.misfit > 1]
    return _largest_first(both, both.misfit, population)


def _largest_first(rows: pd.DataFrame, size: pd.Series, population: pd.DataFrame) -> pd.DataFrame:
    newest = population.sort_values("year").drop_duplicates("area_id", keep="last").set_index("area_id").persons
    rows = rows.assign(people=rows.area_id.map(newest).astype(float))
    order = rows.assign(_size=-size.round(6), _people=-rows.people.fillna(0))
    order = order.sort_values(["_size", "_people", "area_id", "target_id"], kind="stable").index
    return rows.loc[order].reset_index(drop=True)
