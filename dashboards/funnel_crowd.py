"""A funnel of more places than a figure can hold: the furthest stand one by one, the others as marks that say how many.

Pure: frames in, frames and Plotly's plain traces out. What is thinned is the drawing; counts, table and downloads have
every place.
"""

import numpy as np
import pandas as pd

from models import small_numbers as sn

MOST_ALONE = 2000  # so many places are all drawn one by one; the figure is then about 400 kB
FURTHEST = 300  # drawn one by one among more
COLUMNS, ROWS = 56, 40  # cells of the plot's width and height: about the size of a mark


def distance(places: pd.DataFrame) -> pd.Series:
    """How far each place lies from the whole, in widths of its 95 % limits; 0 where they have none."""
    centre = (places["high_95"] + places["low_95"]) / 2
    width = (places["high_95"] - places["low_95"]).where(lambda w: w > 0)
    return ((places["value"] - centre) / width).abs().fillna(0)


def thinned(places: pd.DataFrame, *, is_log: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The places drawn one by one, and the others counted by where they lie.

    places: models.small_numbers.compare's columns with denominator and value. is_log: the axis of people is.
    The second: position, people, value (the middle of those it stands for) and count; no row up to MOST_ALONE places.
    """
    if len(places) <= MOST_ALONE:
        return places, pd.DataFrame(columns=["position", "people", "value", "count"])
    beyond = places[places["position"].ne(sn.INSIDE)]
    alone = beyond.loc[distance(beyond).nlargest(FURTHEST).index]
    return alone, _counted(places.drop(index=alone.index), is_log)


def _counted(places: pd.DataFrame, is_log: bool) -> pd.DataFrame:
    across = np.log10(places["denominator"]) if is_log else places["denominator"].astype(float)
    cells = [places["position"], _cell(across, COLUMNS), _cell(places["value"], ROWS)]
    marks = pd.DataFrame({"across": across, "value": places["value"]}).groupby(cells, sort=True)
    found = marks.mean().assign(count=marks.size()).reset_index(level=0).reset_index(drop=True)
    people = 10 ** found["across"] if is_log else found["across"]
    return found.assign(people=people.round())[["position", "people", "value", "count"]]


def _cell(values: pd.Series, number: int) -> np.ndarray:
    low, high = values.min(), values.max()
    return np.minimum(((values - low) / ((high - low) or 1.0) * number).astype(int), number - 1).to_numpy()


def sizes(counts: pd.Series) -> np.ndarray:
    """Diameters in pixels: areas grow with what a mark stands for, to four times the smallest's width."""
    return np.clip(4 + 1.1 * (np.sqrt(counts.to_numpy(dtype=float)) - 1), 4, 16).round(1)
