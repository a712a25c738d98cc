"""The funnel: places by their size and rate, between the limits chance leaves each of them. In place of a league table.

A point's shape says which way it lies (triangle up or down), filled beyond the 99.8 % limits, hollow beyond the 95 %
ones; colour says better or worse. Points inside are small grey dots: nothing is told of them. Of thousands of places
only the furthest are points; the others are counted (dashboards/funnel_crowd.py).
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboards import funnel_crowd, wording
from dashboards.charts import translucent
from dashboards.data import Comparison
from dashboards.language import gettext as _
from dashboards.language import pick
from models import small_numbers as sn

MOST_LABELS = 14
LABEL_WIDTH, LABEL_HEIGHT = 0.13, 0.045  # of the plot: labels closer than this would lie over each other
LOG_FROM = 25  # times: sizes that differ more are drawn by powers of ten
CURVE_POINTS = 160
HOLLOW = "rgba(0,0,0,0)"
UP = (sn.HIGH_95, sn.HIGH_998)
BEYOND_998 = (sn.LOW_998, sn.HIGH_998)


def meaning(position: str, direction: str) -> str:
    """The same as better or worse, by which way is better for the target: "truly worse", "perhaps better"."""
    if position == sn.INSIDE:
        return _("no different from the whole")
    if direction == "hold":
        return _("truly different") if position in BEYOND_998 else _("perhaps different")
    if (position in UP) == (direction == "higher_is_better"):
        return _("truly better") if position in BEYOND_998 else _("perhaps better")
    return _("truly worse") if position in BEYOND_998 else _("perhaps worse")


def funnel(compared: Comparison, *, direction: str, decimals: int, palette: Mapping[str, str]) -> go.Figure:
    """The figure of a comparison. direction: which way is better; decimals: of the values shown."""
    figure = go.Figure()
    places = compared.places
    is_log = places["denominator"].max() > LOG_FROM * places["denominator"].min()
    curve = _curve(compared, is_log)
    y_range = _y_range(places, curve, compared)
    _add_limits(figure, curve, compared, palette)
    alone, crowd = funnel_crowd.thinned(places, is_log=is_log)
    _add_crowd(figure, crowd, direction, decimals, palette)
    _add_places(figure, alone, compared, direction, decimals, palette)
    x_range = _x_range(curve["people"], is_log)
    _label_places(figure, places, x_range, y_range, is_log, palette)
    _label_limits(figure, curve, compared, decimals, palette, y_range)
    figure.add_annotation(
        text=wording.unit_name(compared.unit), x=0, xref="paper", xanchor="left", y=1, yref="paper", yshift=20,
        showarrow=False, font={"color": palette["muted"], "size": 14},
    )  # fmt: skip
    figure.update_layout(**_frame(compared, x_range, y_range, is_log, palette))
    return figure


def _curve(compared: Comparison, is_log: bool) -> pd.DataFrame:
    """The limits from the smallest place to the largest, in the unit."""
    low, high = compared.places["denominator"].min() * 0.9, compared.places["denominator"].max()
    high *= (high / low) ** 0.16 if is_log else 1.16  # room on the right for what each line is
    people = np.geomspace(low, high, CURVE_POINTS) if is_log else np.linspace(low, high, CURVE_POINTS)
    multiplier = compared.multiplier
    bounds = sn.limits(people, compared.whole / multiplier, is_share=multiplier == 100.0)
    return (bounds * multiplier).assign(people=people)


def _y_range(places: pd.DataFrame, curve: pd.DataFrame, compared: Comparison) -> list[float]:
    """All points, and the limits as far as they do not dwarf them; a share ends at 0 and 100."""
    values = pd.concat([places["value"], curve[sn.HIGH_95], curve[sn.LOW_95]])
    low, high = float(values.min()), float(values.max())
    margin = 0.08 * (high - low) or max(0.1 * abs(high), 1.0)
    ceiling = 101.0 if compared.multiplier == 100.0 else np.inf
    return [max(low - margin, -0.02 * high), min(high + margin, ceiling)]


def _x_range(people: pd.Series, is_log: bool) -> list[float]:
    low, high = float(people.min()), float(people.max())
    return [np.log10(low), np.log10(high)] if is_log else [low - 0.02 * (high - low), high]


def _add_limits(figure: go.Figure, curve: pd.DataFrame, compared: Comparison, palette: Mapping[str, str]) -> None:
    for low, high, dash in ((sn.LOW_95, sn.HIGH_95, "dash"), (sn.LOW_998, sn.HIGH_998, "solid")):
        for side in (low, high):
            figure.add_scatter(
                x=curve["people"], y=curve[side], mode="lines", hoverinfo="skip",
                line={"color": palette["muted"], "width": 1, "dash": dash},
            )  # fmt: skip
    figure.add_scatter(
        x=curve["people"], y=np.full(len(curve), compared.whole), mode="lines", hoverinfo="skip",
        line={"color": palette["accent"], "width": 1.25},
    )  # fmt: skip


def _add_crowd(figure, crowd: pd.DataFrame, direction: str, decimals: int, palette: Mapping[str, str]) -> None:
    """A trace for each side of the limits, the inside first; sign and colour as of a single place."""
    for position in sorted(crowd["position"].unique(), key=lambda side: (side != sn.INSIDE, side in BEYOND_998, side)):
        marks, colour = crowd[crowd["position"] == position], _colour(position, direction, palette)
        is_filled = position == sn.INSIDE or position in BEYOND_998
        figure.add_scatter(
            x=marks["people"],
            y=marks["value"].round(decimals + 1),
            mode="markers",
            marker={
                "symbol": "circle" if position == sn.INSIDE else "triangle-up" if position in UP else "triangle-down",
                "size": funnel_crowd.sizes(marks["count"]),
                "color": colour if is_filled else HOLLOW,
                "line": {"width": 0 if is_filled else 1.5, "color": colour},
            },
            opacity=0.6,
            customdata=marks["count"],
            hovertemplate="%{customdata}× " + meaning(position, direction) + "<extra></extra>",
        )


def _add_places(figure, places, compared, direction: str, decimals: int, palette: Mapping[str, str]) -> None:
    colours = [_colour(position, direction, palette) for position in places["position"]]
    beyond = places["position"].ne(sn.INSIDE)
    filled = places["position"].isin(BEYOND_998) | ~beyond
    symbols = np.select([~beyond, places["position"].isin(UP)], ["circle", "triangle-up"], "triangle-down")
    crowd = 5 if len(places) > 300 else 7
    figure.add_scatter(
        x=places["denominator"],
        y=places["value"],
        mode="markers",
        marker={
            "symbol": list(symbols),
            "opacity": 1,  # markers of several sizes are pale by themselves
            "size": np.where(beyond, crowd + 4, crowd),
            "color": [colour if full else HOLLOW for colour, full in zip(colours, filled, strict=True)],
            "line": {"width": np.where(beyond, 1.5, 0), "color": colours},
        },
        text=_hover(places, compared, direction, decimals),
        hovertemplate="%{text}<extra></extra>",
    )


def _colour(position: str, direction: str, palette: Mapping[str, str]) -> str:
    if position == sn.INSIDE:
        return translucent(palette["muted"], 0.75)
    if direction == "hold":
        return palette["accent"]
    return palette["achieved"] if (position in UP) == (direction == "higher_is_better") else palette["behind"]


def _hover(places: pd.DataFrame, compared: Comparison, direction: str, decimals: int) -> list[str]:
    """Name, rate, counts, limits for its size, and what that means."""
    lines = _("{name}: {value} ({events} of {people})<br>95 % limits for its size: {low} – {high}<br>{meaning}")
    return [
        lines.format(
            name=pick(row.name_zh, row.name_en),
            value=wording.value(row.value, compared.unit, decimals),
            events=wording.number(row.numerator),
            people=wording.number(row.denominator),
            low=wording.number(row.low_95, decimals),
            high=wording.number(row.high_95, decimals),
            meaning=meaning(row.position, direction),
        )
        for row in places.itertuples()
    ]


def labelled(places: pd.DataFrame) -> pd.DataFrame:
    """The places worth a name in the figure, furthest beyond their limits first; where there are few places, all."""
    far = funnel_crowd.distance(places)
    named = places if len(places) <= MOST_LABELS else places[places["position"].ne(sn.INSIDE)]
    return named.loc[far.loc[named.index].sort_values(ascending=False).index].head(MOST_LABELS)


def _label_places(figure, places, x_range, y_range, is_log: bool, palette: Mapping[str, str]) -> None:
    """A name above or below each outlying point; one that would lie over a name or a point is left to the table."""
    size = np.log10(places["denominator"]) if is_log else places["denominator"]
    across, up = (
        (size - x_range[0]) / (x_range[1] - x_range[0]),
        (places["value"] - y_range[0]) / (y_range[1] - y_range[0]),
    )
    names: list[tuple[float, float]] = []
    for row in labelled(places).itertuples():
        side = 1 if row.position in UP or row.position == sn.INSIDE else -1
        for way in (side, -side):
            x, y = across[row.Index], up[row.Index] + way * 0.04
            over_name = any(abs(x - a) < LABEL_WIDTH and abs(y - b) < LABEL_HEIGHT for a, b in names)
            over_point = ((across - x).abs() < LABEL_WIDTH / 3) & ((up - y).abs() < LABEL_HEIGHT / 2)
            if not over_name and not over_point.any():
                names.append((x, y))
                figure.add_annotation(
                    x=size[row.Index], y=row.value, text=pick(row.name_zh, row.name_en), showarrow=False,
                    yshift=14 * way, font={"color": palette["ink"], "size": 13},
                )  # fmt: skip
                break


def _label_limits(figure, curve, compared, decimals, palette: Mapping[str, str], y_range) -> None:
    """What each line is, at its right end; the names of the two limits give way where the lines run together."""
    end = curve.iloc[-1]
    lines = [
        (compared.whole, _("all together {value}", value=wording.value(compared.whole, compared.unit, decimals)), True),
        (end[sn.HIGH_998], wording.value(99.8, "percent", 1), False),
        (end[sn.HIGH_95], wording.value(95, "percent", 0), False),
    ]
    used: list[float] = []
    for height, words, is_whole in lines:
        place = (height - y_range[0]) / (y_range[1] - y_range[0])
        if place <= 1 and all(abs(place - other) > LABEL_HEIGHT for other in used):
            used.append(place)
            figure.add_annotation(
                x=0.995, xref="paper", xanchor="right", y=height, yanchor="bottom", text=words, showarrow=False,
                font={"color": palette["accent" if is_whole else "muted"], "size": 12}, bgcolor=palette["paper"],
                borderpad=1,
            )  # fmt: skip


def _frame(compared: Comparison, x_range, y_range, is_log: bool, palette: Mapping[str, str]) -> dict:
    ticks = {"tickfont": {"color": palette["muted"], "size": 14}}
    people = _("People the figure counts (denominator)")
    words = _("{what}, by powers of ten", what=people) if is_log else people
    return {
        "margin": {"l": 56, "r": 16, "t": 40, "b": 56},
        "hovermode": "closest",
        "xaxis": {
            **ticks,
            "type": "log" if is_log else "linear",
            "range": x_range,
            "title": {"text": words, "font": {"size": 14, "color": palette["muted"]}},
            "tickformat": ",d",
            **({"dtick": 1} if is_log and x_range[1] - x_range[0] > 1.5 else {"nticks": 6}),
        },
        "yaxis": {**ticks, "range": y_range, "nticks": 6, "zeroline": False},
    }  # fmt: skip
