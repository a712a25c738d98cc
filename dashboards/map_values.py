"""Figures as the map's browser side reads them (assets/map_panel.js): classes, values, and the legend that explains them.

The server decides each area's class, so that rounding for the way never moves an area across a target. Values travel
as 16-bit integers of the last decimal that is shown: what the pointer reads is what the table says.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from geo.classify import class_breaks

NO_VALUE = 65535  # the marker among the 16-bit integers
CLASS_COUNT = 5
LIGHT_RAMP = ("#e6f0f8", "#c5dcee", "#97c1e1", "#629fcf", "#3a7fbb", "#1b5c9f", "#0b3b74")
DARK_RAMP = ("#17344d", "#1e4769", "#285f8a", "#387aab", "#5898c8", "#89bae0", "#c6e1f5")


@dataclass(frozen=True)
class Entry:
    """One line of the legend, and how its areas are filled.

    light, dark: the colour on a light and on a dark page. pattern: hatch, dots, or "" for a plain fill.
    glyph: a shape that says the same as the colour. count: areas in it. is_special: a figure that is not there.
    """

    key: str
    label: str
    light: str
    dark: str
    pattern: str = ""
    glyph: str = ""
    count: int = 0
    is_special: bool = False


SPECIAL = {  # state of a figure that is not there -> colours and pattern; the words come from the caller
    "missing": ("#7b8793", "#8b98a4", "hatch"),
    "suppressed": ("#55636f", "#a7b4bf", "dots"),
    "out_of_reach": ("#8d86ab", "#7a7299", ""),
    "not_due": ("#c4c8cd", "#4d565f", ""),
    "nobody": ("#e9dcc0", "#5a4f38", ""),
    "outside": ("#ffffff", "#14191f", ""),
}


def encode_values(values: Sequence[float], decimals: int) -> dict:
    """Values (NaN: none) as the browser decodes them; each is exact to the given decimals.

    Returns {"encoding": "u16", "data": base64 of little-endian integers, "offset": n, "decimals": d}, where
    value = (integer + offset) / 10**d and 65535 is no value; {"encoding": "list", "data": [...]} with None for no
    value where the values span more than 16 bits hold.
    """
    values = np.asarray(values, dtype=float)
    known = np.isfinite(values)
    scaled = np.rint(np.where(known, values, 0.0) * 10.0**decimals)
    offset = scaled[known].min() if known.any() else 0.0
    if known.any() and scaled[known].max() - offset >= NO_VALUE:
        plain = [round(value, decimals) if there else None for value, there in zip(values.tolist(), known, strict=True)]
        return {"encoding": "list", "data": plain, "offset": 0, "decimals": decimals}
    integers = np.where(known, scaled - offset, NO_VALUE).astype("<u2")
    data = base64.b64encode(integers.tobytes()).decode("ascii")
    return {"encoding": "u16", "data": data, "offset": int(offset), "decimals": decimals}


def breaks_of(values: Sequence[float], cut_offs: Sequence[float], decimals: int) -> np.ndarray:
    """Inner class breaks, ascending: the plan's cut-offs first, then the fullest class halved until there are five.

    values: of all periods and areas, so that one legend serves them all. Without cut-offs the breaks are quantiles. All
    but the cut-offs are rounded to numbers people say. Fewer classes where the values do not differ enough.
    """
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    step = _step(values, decimals)
    if not len(cut_offs):
        breaks = np.unique(_rounded(class_breaks(values, classes=CLASS_COUNT), step))
        return breaks[(breaks > values.min()) & (breaks <= values.max())] if len(breaks) else breaks
    breaks = class_breaks(values, cut_offs=cut_offs)
    while len(breaks) < CLASS_COUNT - 1:
        middle = _middle_of_fullest(values, breaks, step)
        if middle is None:
            break
        breaks = np.sort(np.append(breaks, middle))
    return breaks


def _middle_of_fullest(values: np.ndarray, breaks: np.ndarray, step: float) -> float | None:
    """The rounded median of the class with most values that a break there divides; None where none can be divided."""
    class_of = np.digitize(values, breaks)
    for fullest in np.argsort(-np.bincount(class_of, minlength=len(breaks) + 1), kind="stable"):
        inside = values[class_of == fullest]
        if len(inside) < 2:
            return None
        middle = float(_rounded(np.median(inside), step))
        is_apart = np.abs(breaks - middle).min(initial=np.inf) >= step
        if is_apart and inside.min() < middle <= inside.max():
            return middle
    return None


def _step(values: np.ndarray, decimals: int) -> float:
    """1, 2 or 5 times a power of ten, near a sixtieth of the spread of most values."""
    finest = 10.0**-decimals
    spread = np.diff(np.quantile(values, [0.05, 0.95]))[0] / 60 if len(values) else 0.0
    if spread <= finest:
        return finest
    power = 10.0 ** np.floor(np.log10(spread))
    return next(power * times for times in (1, 2, 5, 10) if power * times >= spread)


def _rounded(numbers: np.ndarray, step: float) -> np.ndarray:
    return np.round(np.round(np.asarray(numbers) / step) * step, 6)  # 6: takes off binary dust


def value_classes(values: Sequence[float], breaks: np.ndarray, *, lower_is_better: bool) -> np.ndarray:
    """Class of each value, -1 for NaN. A value on a break has met it: it is in the class on the better side."""
    values = np.asarray(values, dtype=float)
    return np.where(np.isnan(values), -1, np.digitize(values, breaks, right=lower_is_better))


def value_labels(breaks: Sequence[float], *, lower_is_better: bool, single: str) -> list[str]:
    """Labels that say who meets a break: "< 60", "60 – < 80", "≥ 80"; where lower is better "≤ 6", "> 6 – 8", "> 8".

    single: the words for the only class where there is no break.
    """
    said = [_plain(value) for value in breaks]
    if not said:
        return [single]
    below, above = ("≤ ", "> ") if lower_is_better else ("< ", "≥ ")
    between = [f"> {low} – {high}" if lower_is_better else f"{low} – < {high}" for low, high in pairwise(said)]
    return [below + said[0], *between, above + said[-1]]


def _plain(value: float) -> str:
    """Every decimal the break has: a limit of 0.15 % is not 0.1 or 0.2."""
    text = f"{value:,.4f}"
    return text.rstrip("0").rstrip(".")


def ramp(classes: int) -> list[tuple[str, str]]:
    """Light-page and dark-page colours of this many classes, lowest first; at most seven differ."""
    picked = np.rint(np.linspace(0, len(LIGHT_RAMP) - 1, classes)).astype(int) if classes > 1 else [3]
    return [(LIGHT_RAMP[i], DARK_RAMP[i]) for i in picked]


def value_entries(labels: Sequence[str], special_words: Mapping[str, str]) -> list[Entry]:
    """The legend of a map of values: a ramp, then the special classes (state -> words), counts still 0."""
    plain = [
        Entry(f"class-{i}", label, light, dark)
        for i, (label, (light, dark)) in enumerate(zip(labels, ramp(len(labels)), strict=True))
    ]
    return plain + [Entry(state, words, *SPECIAL[state], is_special=True) for state, words in special_words.items()]


def with_states(classes: np.ndarray, states: Sequence[str], entries: Sequence[Entry]) -> np.ndarray:
    """Positions in the legend: a reported figure keeps its class; one that is not there takes its state's entry.

    states: "reported", or a key of the entries. Raises ValueError for a state the legend does not explain.
    """
    position = {entry.key: i for i, entry in enumerate(entries)}
    kind_of, kinds = pd.factorize(np.asarray(states, dtype=object))
    unknown = sorted(set(kinds) - set(position) - {"reported"})
    if unknown:
        raise ValueError(f"states {unknown} have no entry in the legend")
    special = np.array([position.get(kind, -1) for kind in kinds], dtype=int)[kind_of]
    return np.where(special < 0, classes, special).astype(int)


def counted(entries: Sequence[Entry], positions: np.ndarray) -> list[dict]:
    """The legend with its counts, as plain dicts."""
    counts = np.bincount(positions[positions >= 0], minlength=len(entries))
    return [{**asdict(entry), "count": int(counts[i])} for i, entry in enumerate(entries)]


def layer_values(layer: Mapping, figures: pd.DataFrame, decimals: int, *, missing: int) -> dict:
    """What the browser needs to paint one geometry file.

    layer: hash, url, area_ids in the file's order. figures: area_id, value (float, NaN), position (int, in the legend).
    missing: the legend's position for an area of the file that has no row. Raises ValueError for an area twice.
    """
    rows = _rows_of(layer["area_ids"], figures["area_id"].tolist())
    value, position = (np.append(figures[name].to_numpy(dtype=float), np.nan)[rows] for name in ("value", "position"))
    positions = np.where(np.isnan(position), missing, position).astype("uint8")
    return {
        "url": layer["url"],
        "hash": layer["hash"],
        "classes": base64.b64encode(positions.tobytes()).decode("ascii"),
        "values": encode_values(value, decimals),
    }


def _rows_of(wanted: list[str], given: list[str]) -> np.ndarray:
    """Where each wanted area stands among the given ones; -1 for one that does not."""
    if wanted == given:
        return np.arange(len(wanted))
    row_of = {area_id: i for i, area_id in enumerate(given)}
    if len(row_of) < len(given):
        raise ValueError("an area has two figures; give one row for each area")
    return np.array([row_of.get(area_id, -1) for area_id in wanted], dtype=int)
