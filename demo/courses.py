"""The course each indicator takes in each banner: where the truth behind the synthetic figures goes, and why.

A course is drawn, or planted (ordos/planted_courses.csv), and says where the level of 2025 stands beside the typical
course of ordos/indicator_courses.csv, in steps. A step is what the typical course moves from 2022 to 2030.
"""

import zlib
from functools import cache

import numpy as np
import pandas as pd

from demo.places import FOLDER

# course -> how likely where none is planted; how far ahead of (+) or behind (-) the typical course, in steps, at the end
# of 2022 and of 2025. The typical course itself still has 0.625 of the step to go in 2025.
LIKELIHOOD = {"on_course": 0.49, "achieved": 0.09, "slow": 0.18, "behind": 0.19, "reversing": 0.05}
AHEAD_2022 = {
    "on_course": (0.00, 0.15),
    "achieved": (0.25, 0.40),
    "slow": (-0.06, 0.02),
    "behind": (-0.25, -0.10),
    "reversing": (0.10, 0.25),
}
AHEAD_2025 = {
    "on_course": (0.04, 0.25),
    "achieved": (0.70, 0.85),
    "slow": (-0.12, -0.08),
    "behind": (-0.60, -0.30),
    "reversing": (-0.75, -0.50),
}


@cache
def profiles() -> pd.DataFrame:
    """The indicators the demo reports, in order: the columns of ordos/indicator_courses.csv."""
    return pd.read_csv(FOLDER / "indicator_courses.csv")


@cache
def planted() -> dict[tuple[str, str], str]:
    """(indicator_id, area_id) -> course, where the demo's story fixes it."""
    table = pd.read_csv(FOLDER / "planted_courses.csv", dtype=str)
    return {(row.indicator_id, row.area_id): row.course for row in table.itertuples()}


def generator_for(seed: int, *names: str) -> np.random.Generator:
    """Random numbers of their own for one thing: what is added to the demo later does not change the rest."""
    return np.random.default_rng([seed, *(zlib.crc32(name.encode("utf-8")) for name in names)])


def course_of(indicator_id: str, area_id: str, seed: int) -> str:
    """One of LIKELIHOOD's courses: planted, else drawn."""
    rng = generator_for(seed, "course", indicator_id, area_id)
    drawn = rng.choice(list(LIKELIHOOD), p=list(LIKELIHOOD.values()))
    return planted().get((indicator_id, area_id), str(drawn))


def level(profile, area_id: str, times: np.ndarray, seed: int) -> np.ndarray:
    """The truth behind the figures at the given times (year at the period's end), in the indicator's unit.

    profile: a row of profiles(). Straight lines through 2016, 2022 and 2025, then on as before, with a little wander.
    """
    rng = generator_for(seed, "level", profile.indicator_id, area_id)
    course = course_of(profile.indicator_id, area_id, seed)
    better = np.sign(profile.level_2030 - profile.level_2016)
    step = max(abs(profile.level_2030 - profile.level_2022), 2 * profile.spread)
    typical_2025 = profile.level_2022 + (profile.level_2030 - profile.level_2022) * 3 / 8
    start = profile.level_2016 + rng.normal(0, profile.spread)
    middle = profile.level_2022 + better * step * rng.uniform(*AHEAD_2022[course])
    now = typical_2025 + better * step * rng.uniform(*AHEAD_2025[course])
    next_year = now + (now - middle) / 3
    line = np.interp(times, [2016.0, 2022.0, 2025.0, 2026.0], [start, middle, now, next_year])
    return line + rng.normal(0, 0.02 * step, len(times))
