"""What a map may be coloured by: the figure, the status, the chance of missing, the change since an earlier period.

Each way has a legend (entries) and gives every shape its place in it (positions).
"""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from dashboards import components, map_values, wording
from dashboards.language import gettext as _
from dashboards.language import mark
from models.sentence_words import PROBABILITY_WORDS
from models.wording import in_fives

BY_VALUE, BY_STATUS, BY_CHANCE, BY_CHANGE = "value", "status", "chance", "change"
COLOURS = {
    BY_VALUE: mark("Value"),
    BY_STATUS: mark("Status"),
    BY_CHANCE: mark("Chance of missing"),
    BY_CHANGE: mark("Change since"),
}
# Why a programme's rate is not there though nothing is missing (dashboards/data/programme_rates.py).
WHY = {
    "not_due": mark("Not due this year"),
    "nobody": mark("Nobody in the step before"),
    "outside": mark("Outside the programme"),
}
OF_A_REVIEW = (BY_STATUS, BY_CHANCE)  # they are the newest review's, whatever period the figures are of
MIXED, WITHHELD = "mixed", "withheld"
GLYPHS = {"achieved": "✓", "on_course": "●", "slow": "◐", "behind": "▲", "reversing": "▼", "cannot_judge": "○"}
# A probability in each band of wording.probability -> colours on a light and on a dark page; the darker, the less likely
# the goal (on a dark page the lighter). Orange: nobody takes it for a ramp of figures.
CHANCES = {
    "chance-0": (0.05, "#fbeee0", "#3a2a1c"),
    "chance-1": (0.20, "#f3d3ae", "#5c3d22"),
    "chance-2": (0.50, "#e3a766", "#8a5a2c"),
    "chance-3": (0.80, "#bf7429", "#c48a4a"),
    "chance-4": (0.95, "#7f430c", "#f0c48d"),
}
# From much worse to much better; blue and orange stay apart for the colour-blind, the arrow says which way the figure went.
CHANGE_COLOURS = (
    ("#b35806", "#f1a340"),
    ("#f4bf84", "#9c6426"),
    ("#f2f2f2", "#39424b"),
    ("#a6c8e4", "#3f6c94"),
    ("#2166ac", "#8fc1ea"),
)
ARROWS = ("⇓", "↓", "·", "↑", "⇑")  # much lower, lower, about the same, higher, much higher
LITTLE, MUCH = 0.4, 0.8  # quantiles of the changes' sizes that part the three classes


def chance_bands(p_miss: pd.Series) -> np.ndarray:
    """The key of each probability's band in CHANCES, cut where wording.probability cuts; WITHHELD where none is told."""
    shown, ends = in_fives(p_miss), [upper for upper, _zh, _en in PROBABILITY_WORDS]
    bands = np.array([*CHANCES, WITHHELD], dtype=object)
    return bands[np.where(np.isnan(shown), len(CHANCES), np.searchsorted(ends, shown, side="right"))]


def value_entries(
    breaks: Sequence[float], *, lower_is_better: bool, also: Collection[str] = ()
) -> list[map_values.Entry]:
    """The legend of a map of figures, not yet counted. also: keys of WHY, reasons to have no figure that are there."""
    labels = map_values.value_labels(breaks, lower_is_better=lower_is_better, single=_("Reported"))
    words = {"missing": _("Not reported")} | {key: _(word) for key, word in WHY.items() if key in also}
    return map_values.value_entries(labels, words)


def status_entries() -> list[map_values.Entry]:
    """The legend of a map of status."""
    light, dark = components.PALETTES["light"], components.PALETTES["dark"]
    entries = [
        map_values.Entry(
            status, _(word), light[status], dark[status], "hatch" if status == "cannot_judge" else "", GLYPHS[status]
        )
        for status, (word, _meaning) in components.STATUSES.items()
    ]
    return [*entries, *_not_one_mark()]


def chance_entries() -> list[map_values.Entry]:
    """The legend of a map of the chance of missing: its bands in words, most likely to miss first."""
    bands = [
        map_values.Entry(key, wording.probability(p_miss), light, dark)
        for key, (p_miss, light, dark) in reversed(CHANCES.items())
    ]
    withheld = map_values.Entry(WITHHELD, _("Not estimated"), *map_values.SPECIAL["suppressed"], is_special=True)
    return [*bands, withheld, *_not_one_mark()]


def _not_one_mark() -> list[map_values.Entry]:
    mixed, missing = (
        map_values.SPECIAL["nobody"],
        map_values.SPECIAL["missing"],
    )  # not that of out of reach: it may lie over
    return [
        map_values.Entry(MIXED, _("Differs within the cell: see the table"), *mixed, is_special=True),
        map_values.Entry("missing", _("Not judged"), *missing, is_special=True),
    ]


def change_breaks(changes: np.ndarray, decimals: int) -> tuple[float, float]:
    """How large a change must be to count as one, and as a large one: rounded quantiles of the sizes; both positive.

    changes: of every area between periods as far apart; NaN left out. At least one and two units of the last decimal.
    """
    step = 10.0**-decimals
    sizes = np.abs(changes[np.isfinite(changes)])
    if not len(sizes):
        return step, 2 * step
    little, much = (float(np.round(np.quantile(sizes, share) / step) * step) for share in (LITTLE, MUCH))
    little = max(little, step)
    return round(little, 6), round(max(much, 2 * little), 6)


def change_entries(breaks: tuple[float, float], unit: str, *, lower_is_better: bool) -> list[map_values.Entry]:
    """The legend of a map of change: from much lower to much higher, better in blue, worse in orange."""
    little, much = breaks
    fall, drop = wording.change(-little, unit), wording.change(-much, unit)
    rise, leap = wording.change(little, unit), wording.change(much, unit)
    labels = (
        f"≤ {drop}",
        f"> {drop} – {fall}",
        _("less than ±{little}", little=rise.lstrip("+")),
        f"{rise} – < {leap}",
        f"≥ {leap}",
    )
    colours = CHANGE_COLOURS[::-1] if lower_is_better else CHANGE_COLOURS
    entries = [
        map_values.Entry(f"change-{i}", label, light, dark, glyph=arrow)
        for i, (label, (light, dark), arrow) in enumerate(zip(labels, colours, ARROWS, strict=True))
    ]
    missing = map_values.SPECIAL["missing"]
    return [*entries, map_values.Entry("missing", _("Not reported in both periods"), *missing, is_special=True)]


def change_positions(
    changes: pd.Series, breaks: tuple[float, float], entries: Sequence[map_values.Entry]
) -> np.ndarray:
    """The place of each change in the legend of change_entries; a size on a break has reached it."""
    little, much = breaks
    sizes = changes.abs().to_numpy(dtype=float) + 1e-9
    steps = (sizes >= little).astype(int) + (sizes >= much)
    positions = 2 + np.where(changes.to_numpy(dtype=float) < 0, -steps, steps)
    return np.where(changes.isna(), len(entries) - 1, positions)
