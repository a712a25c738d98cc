"""The analysts' queue: marks whose status and forecast contradict each other, the plainest contradiction first."""

import numpy as np
import pandas as pd

from models.status import ACHIEVED, ON_COURSE

MAY_MISS, MAY_MEET = "may_miss", "may_meet"
ADDED = ["contradiction", "disagreement", "people"]


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
