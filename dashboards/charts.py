"""Frames to Plotly figures: no callbacks, no queries. Look: observed is solid, the path is grey, a forecast is dashed.

Times are calendar years at the end of the period (2024 is the end of 2024, 2024Q3 is 2023.75), values are in the
indicator's own unit, NaN is "not reported" and is drawn as a gap, never as zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboards import label_places, wording
from dashboards.language import gettext as _

# share inside, lower and upper quantile, opacity
BANDS = ((0.95, "q025", "q975", 0.10), (0.80, "q100", "q900", 0.14), (0.50, "q250", "q750", 0.20))


@dataclass(frozen=True)
class Series:
    """What one trajectory shows.

    observed: time, period, value, lower, upper, status (provisional, final, revised); one row per figure.
    is_cumulative: figures of part of a year count that year so far; only whole years are drawn, all are in the table.
    path: time, value: the straight lines through baseline and milestones; may be empty.
    milestones: time, value, comparator, year_is_inferred.
    forecast: time, q025, q100, q250, q500, q750, q900, q975; may be empty.
    """

    observed: pd.DataFrame
    path: pd.DataFrame
    milestones: pd.DataFrame
    forecast: pd.DataFrame
    unit: str
    decimals: int
    lower_bound: float | None = None
    upper_bound: float | None = None
    is_cumulative: bool = False

    @property
    def comparable(self) -> pd.DataFrame:
        """The figures that can stand in one line: all of them, or the whole years'."""
        return self.observed[~self.is_part_year]

    @property
    def is_part_year(self) -> pd.Series:
        return self.observed["period"].map(len).ne(4) & self.is_cumulative


def trajectory(series: Series, *, palette: Mapping[str, str], height: int = 400) -> go.Figure:
    """One area's way to its milestones: observed dots, path, milestones, forecast fan, date of the data."""
    frame = _frame(series, palette, height)
    traces = [
        *_fan(series, palette),
        *_path(series, palette),
        _observed(series, palette),
        *_milestones(series, palette, size=11),
    ]
    layout = {
        **frame,
        "shapes": _data_date(series, palette),
        "annotations": [
            *_milestone_labels(series, palette, frame),
            *_direct_labels(series, palette),
            _unit_name(series, palette),
        ],
    }
    return _figure(traces, layout)


def small_trajectory(series: Series, *, y_range: list[float], palette: Mapping[str, str]) -> go.Figure:
    """The same for one of many small multiples: no labels inside, axes shared by the caller's y_range."""
    traces = [
        *_fan(series, palette),
        *_path(series, palette),
        _observed(series, palette),
        *_milestones(series, palette, size=7),
    ]
    layout = _frame(series, palette, 180) | {"margin": {"l": 36, "r": 8, "t": 30, "b": 30}}
    layout["yaxis"] |= {"range": y_range, "nticks": 4}
    layout["xaxis"] |= {"nticks": 3}
    return _figure(traces, layout)


def _figure(traces: list[dict], layout: dict) -> go.Figure:
    """One figure from plain dicts: checked once as a whole, which is several times faster than trace by trace."""
    return go.Figure({"data": [{"type": "scatter", **trace} for trace in traces], "layout": layout})


def shared_range(many: list[Series], *, band: tuple[str, str] = ("q100", "q900")) -> list[float]:
    """The y-range that holds what is observed, aimed at and likely in all of them; 0 and 100 end a percent.

    band: the quantiles that must be inside. Many small figures leave the widest band out, or they would all be flat.
    """
    values = [np.asarray(part, dtype=float) for series in many for part in _heights(series, band)]
    finite = np.concatenate([part[np.isfinite(part)] for part in values] or [np.array([0.0, 1.0])])
    if not finite.size:
        return [0.0, 1.0]
    low, high = float(finite.min()), float(finite.max())
    margin = 0.08 * (high - low) or max(abs(high) * 0.1, 1.0)
    lowest = [series.lower_bound for series in many if series.lower_bound is not None]
    highest = [series.upper_bound for series in many if series.upper_bound is not None]
    low = max([low - margin, min(lowest)] if lowest else [low - margin])
    high = min([high + margin, max(highest)] if highest else [high + margin])
    return [low, high]


def _heights(series: Series, band: tuple[str, str]) -> list[pd.Series]:
    fan = [series.forecast[name] for name in band]
    return [series.comparable["value"], series.path["value"], series.milestones["value"], *fan]


def _fan(series: Series, palette: Mapping[str, str]) -> list[dict]:
    """Bands and median; they open at the last observed point, where nothing is uncertain but the figure itself."""
    forecast = series.forecast
    if forecast.empty:
        return []
    start = last_figure(series)
    times = ([] if start is None else [start["time"]]) + forecast["time"].tolist()
    lines = {
        name: ([] if start is None else [start["value"]]) + forecast[name].tolist()
        for name in ("q025", "q100", "q250", "q500", "q750", "q900", "q975")
    }
    bands = [
        {
            "x": times + times[::-1],
            "y": lines[high] + lines[low][::-1],
            "mode": "lines",
            "fill": "toself",
            "fillcolor": translucent(palette["accent"], opacity),
            "line": {"width": 0},
            "hoverinfo": "skip",
            "name": _("{share} % interval", share=round(100 * share)),
        }
        for share, low, high, opacity in BANDS
    ]
    return [*bands, _median(times, lines, series.decimals, palette)]


def _median(times: list[float], lines: Mapping[str, list[float]], decimals: int, palette: Mapping[str, str]) -> dict:
    number = f":.{decimals}f"
    return {
        "x": times,
        "y": lines["q500"],
        "mode": "lines",
        "line": {"color": palette["accent"], "width": 1.5, "dash": "dash"},
        "opacity": 0.8,
        "name": _("Forecast"),
        "customdata": list(zip(lines["q100"], lines["q900"], strict=True)),
        "hovertemplate": f"%{{x:.0f}}　%{{y{number}}}　{wording.value(80, 'percent', 0)}: %{{customdata[0]{number}}} – %{{customdata[1]{number}}}",
    }


def _path(series: Series, palette: Mapping[str, str]) -> list[dict]:
    if series.path.empty:
        return []
    return [
        {
            "x": series.path["time"].tolist(),
            "y": series.path["value"].tolist(),
            "mode": "lines",
            "line": {"color": palette["muted"], "width": 1},
            "name": _("Path to the target"),
            "hovertemplate": f"%{{x:.0f}}　%{{y:.{series.decimals}f}}",
        }
    ]


def _observed(series: Series, palette: Mapping[str, str]) -> dict:
    """Dots joined by a thin line; a year without a figure breaks the line; a provisional figure is a hollow dot."""
    observed = with_gaps(series.comparable)
    provisional = observed["status"].eq("provisional").tolist()
    return {
        "x": observed["time"].tolist(),
        "y": _plain(observed["value"]),
        "mode": "lines+markers",
        "line": {"color": palette["ink"], "width": 1.25},
        "marker": {
            "color": [palette["paper"] if hollow else palette["ink"] for hollow in provisional],
            "size": 7,
            "line": {"color": palette["ink"], "width": 1.5},
        },
        "error_y": _whiskers(observed, palette),
        "name": _("Observed"),
        "text": [
            f"{wording.period(period)}　{wording.value(value, series.unit, series.decimals)}"
            + (f"（{_('provisional')}）" if hollow else "")
            for period, value, hollow in zip(observed["period"], observed["value"], provisional, strict=True)
        ],
        "hovertemplate": "%{text}",
    }


def _whiskers(observed: pd.DataFrame, palette: Mapping[str, str]) -> dict | None:
    """The 95 % interval of each figure, where one came with it."""
    known = observed["lower"].notna() & observed["upper"].notna()
    if not known.any():
        return None
    return {
        "type": "data",
        "symmetric": False,
        "array": _plain(observed["upper"] - observed["value"]),
        "arrayminus": _plain(observed["value"] - observed["lower"]),
        "thickness": 1,
        "width": 0,
        "color": palette["muted"],
    }


def _plain(column: pd.Series) -> list:
    return column.astype(object).where(column.notna(), None).tolist()


def _milestones(series: Series, palette: Mapping[str, str], *, size: int) -> list[dict]:
    milestones = series.milestones.dropna(subset=["time", "value"])
    if milestones.empty:
        return []
    return [
        {
            "x": milestones["time"].tolist(),
            "y": milestones["value"].tolist(),
            "mode": "markers",
            "marker": {"symbol": "diamond", "size": size, "color": palette["muted"]},
            "text": _milestone_words(series, milestones),
            "cliponaxis": False,  # a milestone of 100 % lies on the end of the axis
            "name": _("Milestone"),
            "hovertemplate": "%{x:.0f}　%{text}",
        }
    ]


def _milestone_words(series: Series, milestones: pd.DataFrame) -> list[str]:
    return [
        wording.goal(row.comparator, row.value, series.unit)
        + (f"（{_('year inferred')}）" if row.year_is_inferred else "")
        for row in milestones.itertuples()
    ]


def _milestone_labels(series: Series, palette: Mapping[str, str], frame: dict) -> list[dict]:
    """What each milestone asks for, where the lines leave room; on a veil of paper where they do not."""
    milestones = series.milestones.dropna(subset=["time", "value"])
    words = _milestone_words(series, milestones)
    margin = frame["margin"]
    height = frame["height"] - margin["t"] - margin["b"]
    plot = label_places.Plot(
        tuple(frame["xaxis"]["range"]), tuple(frame["yaxis"]["range"]), height, margin_right=margin["r"]
    )
    observed, forecast, last = series.comparable.sort_values("time"), series.forecast, last_figure(series)
    drawn = [(series.path["time"], series.path["value"]), (observed["time"], observed["value"])]
    drawn.append((forecast["time"], forecast["q500"]))
    points = list(zip(milestones["time"], milestones["value"], strict=True))
    uprights = [] if last is None else [last["time"]]
    end = [] if forecast.empty else [((forecast["time"].iloc[-1], forecast["q500"].iloc[-1]), _("Forecast"))]
    found = label_places.places(points, words, drawn, plot, uprights=uprights, beside=end)
    look = {"font": {"color": palette["ink"], "size": label_places.FONT}, "bgcolor": translucent(palette["paper"], 0.6)}
    return [
        {"x": x, "y": y, "text": said, "showarrow": False, "borderpad": 0, **label_places.anchors(place), **look}
        for (x, y), said, place in zip(points, words, found, strict=True)
    ]


def _data_date(series: Series, palette: Mapping[str, str]) -> list[dict]:
    last = last_figure(series)
    if last is None:
        return []
    across = {"type": "line", "x0": last["time"], "x1": last["time"], "y0": 0, "y1": 1, "yref": "paper"}
    return [{**across, "line": {"color": palette["lines"], "width": 1}}]


def _direct_labels(series: Series, palette: Mapping[str, str]) -> list[dict]:
    """The words beside the lines, in place of a legend, and the date of the data beside its hairline."""
    said = []
    if not series.forecast.empty:
        end = series.forecast.iloc[-1]
        said.append(_text(end["time"], end["q500"], _("Forecast"), palette["accent"]) | {"xshift": 6})
    reported = series.comparable.dropna(subset=["value"]).sort_values("time")
    if reported.empty:
        return said
    first, last = reported.iloc[0], reported.iloc[-1]
    free_side = -16 if last["value"] >= first["value"] else 16  # the side the line leaves free
    said.append(_text(first["time"], first["value"], _("Observed"), palette["ink"]) | {"yshift": free_side})
    date_of_data = _("data to {period}", period=wording.period(last["period"]))
    foot = {"y": 0, "yref": "paper", "yanchor": "bottom", "font": {"color": palette["muted"], "size": 12}}
    return [*said, _text(last["time"], 0, date_of_data, palette["muted"]) | foot]


def _text(x: float, y: float, words: str, colour: str) -> dict:
    font = {"color": colour, "size": 14}
    return {"x": x, "y": y, "text": words, "showarrow": False, "xanchor": "left", "font": font}


def _unit_name(series: Series, palette: Mapping[str, str]) -> dict:
    """The unit, above the axis it belongs to."""
    corner = {"xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "bottom", "yshift": 10}
    return _text(0, 1, wording.unit_name(series.unit), palette["muted"]) | corner


def _frame(series: Series, palette: Mapping[str, str], height: int) -> dict:
    """Axes and paper: thin horizontal lines only, whole years below, the unit's ends respected."""
    parts = (series.observed, series.path, series.milestones, series.forecast)
    times = pd.concat([part["time"] for part in parts])
    years = (float(times.min()), float(times.max())) if times.notna().any() else (2020.0, 2030.0)
    axis = {"gridcolor": palette["lines"], "zeroline": False, "tickfont": {"color": palette["muted"], "size": 14}}
    return {
        "height": height,
        "hovermode": "x",
        "margin": {"l": 52, "r": 76, "t": 40, "b": 44},
        "xaxis": {**axis, "showgrid": False, "range": [years[0] - 0.6, years[1] + 0.6], "tickformat": "d"},
        "yaxis": {**axis, "range": shared_range([series], band=("q025", "q975")), "nticks": 6},
    }


def with_gaps(observed: pd.DataFrame) -> pd.DataFrame:
    """The figures in time order, with an empty row wherever more than a year passed without one."""
    ordered = observed.sort_values("time").reset_index(drop=True)
    late = np.flatnonzero(ordered["time"].diff() > 1.01)
    gaps = pd.DataFrame({"time": ordered["time"].to_numpy()[late] - 0.5, "period": ""})
    if gaps.empty:
        return ordered
    return pd.concat([ordered, gaps], ignore_index=True).sort_values("time").reset_index(drop=True)


def translucent(colour: str, opacity: float) -> str:
    """#0b5cad, 0.1 -> rgba(11,92,173,0.1)."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def last_figure(series: Series) -> pd.Series | None:
    reported = series.comparable.dropna(subset=["value"]).sort_values("time")
    return None if reported.empty else reported.iloc[-1]
