"""Where a label stands beside its point so that no line of the chart runs through it. Pure: numbers in, words out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# as liked; "middle" is the height of the point itself
PLACES = ("top center", "top left", "top right", "middle right", "bottom right", "bottom left", "bottom center")
WIDTHS = (1200, 820, 230)  # pixels of plot: beside nothing, beside a form, on a phone
FONT, FULL, HALF = 14, 14.0, 8.0  # height of a sign, width of a Chinese one and of a Latin one
AWAY, CLEAR = 9.0, 2.0  # from the point's middle to its label; kept free around a label
OUTSIDE, ON_ANOTHER, CROSSED = 4.0, 3.0, 1.0  # how bad each is
SAMPLES = 13


@dataclass(frozen=True)
class Plot:
    """The axes a chart draws on: the ends of both, the height in pixels between those of y, and the pixels of margin on
    the right that a label may use."""

    x: tuple[float, float]
    y: tuple[float, float]
    height: float
    margin_right: float = 0.0


def places(
    points: Sequence[tuple[float, float]],
    labels: Sequence[str],
    lines: Sequence[tuple[np.ndarray, np.ndarray]],
    plot: Plot,
    *,
    uprights: Sequence[float] = (),
    beside: Sequence[tuple[tuple[float, float], str]] = (),
) -> list[str]:
    """A place (of PLACES) for each label: the first liked of those that are crossed least at every width.

    points: (x, y) in the axes' units. lines: x rising and y of each line, NaN where it breaks. uprights: x of vertical
    lines. beside: points that are labelled on their right already, with their labels.
    """
    chosen: list[str] = []
    for at, (point, label) in enumerate(zip(points, labels, strict=True)):
        costs = [0.0] * len(PLACES)
        for width in WIDTHS:
            taken = [_box(*other, plot, width) for other in zip(points[:at], labels[:at], chosen, strict=True)]
            taken += [_box(other, said, "middle right", plot, width) for other, said in beside]
            for number, place in enumerate(PLACES):
                costs[number] += _cost(_box(point, label, place, plot, width), taken, lines, uprights, plot, width)
        chosen.append(PLACES[int(np.argmin(costs))])
    return chosen


def anchors(place: str) -> dict:
    """The keys of a Plotly annotation that stands so beside its point."""
    up, side = place.split()
    xanchor = {"center": "center", "left": "right", "right": "left"}[side]
    shift = {"center": 0, "left": -AWAY, "right": AWAY}[side]
    yanchor, way = {"top": ("bottom", 1), "middle": ("middle", 0), "bottom": ("top", -1)}[up]
    return {"xanchor": xanchor, "xshift": shift, "yanchor": yanchor, "yshift": way * (AWAY - 4)}


def _box(point: tuple[float, float], label: str, place: str, plot: Plot, width: float) -> tuple[float, ...]:
    """left, right, bottom, top of a label in pixels from the lower left corner of the plot."""
    x, y = _pixels(np.array(point[0]), plot.x, width), _pixels(np.array(point[1]), plot.y, plot.height)
    length = sum(FULL if sign >= "\u2e80" else HALF for sign in label)
    side = {"center": x - length / 2, "left": x - AWAY - length, "right": x + AWAY}[place.split()[1]]
    low = {"top": y + AWAY, "middle": y - FONT / 2, "bottom": y - AWAY - FONT}[place.split()[0]]
    return float(side), float(side + length), float(low), float(low + FONT)


def _pixels(values: np.ndarray, ends: tuple[float, float], length: float) -> np.ndarray:
    return (values - ends[0]) / ((ends[1] - ends[0]) or 1.0) * length


def _cost(box, taken, lines, uprights, plot: Plot, width: float) -> float:
    left, right, low, high = box
    is_over = high > plot.height + FONT / 2 or low < -FONT / 2  # the height of a point at the axis' end is not outside
    is_outside = left < 0 or right > width + plot.margin_right or is_over
    covered = sum(left < other[1] and other[0] < right and low < other[3] and other[2] < high for other in taken)
    across = np.linspace(left - CLEAR, right + CLEAR, SAMPLES)
    crossed = sum(_crosses(line, across, low - CLEAR, high + CLEAR, plot, width) for line in lines)
    crossed += sum(left < _pixels(np.array(x), plot.x, width) < right for x in uprights)
    return OUTSIDE * is_outside + ON_ANOTHER * covered + CROSSED * crossed


def _crosses(line, across: np.ndarray, low: float, high: float, plot: Plot, width: float) -> bool:
    """Whether a line runs between low and high anywhere across a label; outside its ends a line is not."""
    x, y = (np.asarray(part, dtype=float) for part in line)
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        return False
    x, y = _pixels(x[known], plot.x, width), _pixels(y[known], plot.y, plot.height)
    at = np.interp(across, x, y, left=np.nan, right=np.nan)
    return bool(((at > low) & (at < high)).any())
