"""Frames to Plotly figures: no callbacks, no queries. Look: observed is solid, the path is grey, a forecast is dashed.

Times are calendar years at the end of the period (2024 is the end of 2024, 2024Q3 is 2023.75), values are in the
indicator's own unit, NaN is "not reported" and is drawn as a gap, never as zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboards import wording
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
        return self.observed["period"].str.len().ne(4) & self.is_cumulative


def trajectory(series: Series, *, palette: Mapping[str, str], height: int = 400) -> go.Figure:
    """One area's way to its milestones: observed dots, path, milestones, forecast fan, date of the data."""
    figure = go.Figure()
    _add_fan(figure, series, palette)
    _add_path(figure, series, palette)
    _add_observed(figure, series, palette)
    _add_milestones(figure, series, palette)
    _add_data_date(figure, series, palette)
    _label_directly(figure, series, palette)
    figure.update_layout(**_frame(series, palette, height))
    return figure


def small_trajectory(series: Series, *, y_range: list[float], palette: Mapping[str, str]) -> go.Figure:
    """The same for one of many small multiples: no labels inside, axes shared by the caller's y_range."""
    figure = go.Figure()
    _add_fan(figure, series, palette)
    _add_path(figure, series, palette)
    _add_observed(figure, series, palette)
    _add_milestones(figure, series, palette, labels=False)
    figure.update_layout(**_frame(series, palette, 180))
    figure.update_layout(margin={"l": 36, "r": 8, "t": 30, "b": 30}, yaxis_range=y_range, yaxis_nticks=4)
    figure.update_xaxes(nticks=3)
    return figure


def shared_range(many: list[Series]) -> list[float]:
    """The y-range that holds what is observed, aimed at and likely (80 %) in all of them; 0 and 100 end a percent."""
    values = [np.asarray(part, dtype=float) for series in many for part in _heights(series)]
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


def _heights(series: Series) -> list[pd.Series]:
    fan = [series.forecast[name] for name in ("q100", "q900") if name in series.forecast]
    return [series.comparable["value"], series.path["value"], series.milestones["value"], *fan]


def _add_fan(figure: go.Figure, series: Series, palette: Mapping[str, str]) -> None:
    """Bands and median; they open at the last observed point, where nothing is uncertain but the figure itself."""
    forecast = series.forecast
    if forecast.empty:
        return
    start = _last_figure(series)
    times = [start["time"], *forecast["time"]] if start is not None else list(forecast["time"])
    first = [start["value"]] if start is not None else []
    for share, low, high, opacity in BANDS:
        figure.add_scatter(
            x=times + times[::-1],
            y=[*first, *forecast[high], *forecast[low][::-1], *first],
            mode="lines",
            fill="toself",
            fillcolor=translucent(palette["accent"], opacity),
            line={"width": 0},
            hoverinfo="skip",
            name=_("{share} % interval", share=round(100 * share)),
        )
    figure.add_scatter(
        x=times,
        y=[*first, *forecast["q500"]],
        mode="lines",
        line={"color": palette["accent"], "width": 1.5, "dash": "dash"},
        opacity=0.8,
        name=_("Forecast"),
        customdata=np.column_stack(
            [[*first, *forecast["q100"]], [*first, *forecast["q900"]]]
            if first
            else [forecast["q100"], forecast["q900"]]
        ),
        hovertemplate="%{x:.0f}　%{y:."
        + str(series.decimals)
        + "f}（80 %: %{customdata[0]:."
        + str(series.decimals)
        + "f} – %{customdata[1]:."
        + str(series.decimals)
        + "f}）",
    )


def _add_path(figure: go.Figure, series: Series, palette: Mapping[str, str]) -> None:
    if series.path.empty:
        return
    figure.add_scatter(
        x=series.path["time"],
        y=series.path["value"],
        mode="lines",
        line={"color": palette["muted"], "width": 1},
        name=_("Path to the target"),
        hovertemplate="%{x:.0f}　%{y:." + str(series.decimals) + "f}",
    )


def _add_observed(figure: go.Figure, series: Series, palette: Mapping[str, str]) -> None:
    """Dots joined by a thin line; a year without a figure breaks the line; a provisional figure is a hollow dot."""
    observed = _with_gaps(series.comparable)
    provisional = observed["status"].eq("provisional")
    known = observed["lower"].notna() & observed["upper"].notna()
    whiskers = {
        "type": "data",
        "symmetric": False,
        "array": (observed["upper"] - observed["value"]).where(known).tolist(),
        "arrayminus": (observed["value"] - observed["lower"]).where(known).tolist(),
        "thickness": 1,
        "width": 0,
        "color": palette["muted"],
    }
    figure.add_scatter(
        x=observed["time"],
        y=observed["value"],
        mode="lines+markers",
        line={"color": palette["ink"], "width": 1.25},
        marker={
            "color": ["rgba(0,0,0,0)" if hollow else palette["ink"] for hollow in provisional],
            "size": 7,
            "line": {"color": palette["ink"], "width": 1.5},
        },
        error_y=whiskers if known.any() else None,
        name=_("Observed"),
        text=[
            f"{wording.period(period)}　{wording.value(value, series.unit, series.decimals)}"
            + (f"（{_('provisional')}）" if hollow else "")
            for period, value, hollow in zip(observed["period"], observed["value"], provisional, strict=True)
        ],
        hovertemplate="%{text}",
    )


def _add_milestones(figure: go.Figure, series: Series, palette: Mapping[str, str], *, labels: bool = True) -> None:
    milestones = series.milestones.dropna(subset=["time", "value"])
    if milestones.empty:
        return
    words = [
        wording.goal(row.comparator, row.value, series.unit)
        + (f"（{_('year inferred')}）" if row.year_is_inferred else "")
        for row in milestones.itertuples()
    ]
    figure.add_scatter(
        x=milestones["time"],
        y=milestones["value"],
        mode="markers+text" if labels else "markers",
        marker={"symbol": "diamond", "size": 11 if labels else 7, "color": palette["muted"]},
        text=words,
        textposition=["top center"] * (len(words) - 1) + ["top left"],
        textfont={"color": palette["ink"], "size": 14},
        name=_("Milestone"),
        hovertemplate="%{x:.0f}　%{text}",
    )


def _add_data_date(figure: go.Figure, series: Series, palette: Mapping[str, str]) -> None:
    last = _last_figure(series)
    if last is None:
        return
    figure.add_vline(x=last["time"], line={"color": palette["lines"], "width": 1})
    figure.add_annotation(
        x=last["time"],
        y=0,
        yref="paper",
        yanchor="bottom",
        xanchor="left",
        text=_("data to {period}", period=wording.period(last["period"])),
        showarrow=False,
        font={"color": palette["muted"], "size": 12},
    )


def _label_directly(figure: go.Figure, series: Series, palette: Mapping[str, str]) -> None:
    """The words beside the lines, in place of a legend."""
    if not series.forecast.empty:
        end = series.forecast.iloc[-1]
        _say(figure, end["time"], end["q500"], _("Forecast"), palette["accent"])
    reported = series.comparable.dropna(subset=["value"]).sort_values("time")
    for row in reported.head(1).itertuples():
        is_rising = reported["value"].iloc[-1] >= row.value  # the word stands on the side the line leaves free
        _say(figure, row.time, row.value, _("Observed"), palette["ink"], yshift=-16 if is_rising else 16)
    figure.add_annotation(
        text=wording.unit_name(series.unit), x=0, xref="paper", xanchor="right", y=1, yref="paper", yshift=20,
        showarrow=False, font={"color": palette["muted"], "size": 14},
    )  # fmt: skip


def _say(figure: go.Figure, x: float, y: float, text: str, colour: str, *, yshift: int = 0) -> None:
    figure.add_annotation(
        x=x,
        y=y,
        text=text,
        showarrow=False,
        xanchor="left",
        xshift=6 if not yshift else 0,
        yshift=yshift,
        font={"color": colour, "size": 14},
    )


def _frame(series: Series, palette: Mapping[str, str], height: int) -> dict:
    """Axes and paper: thin horizontal lines only, whole years below, the unit's ends respected."""
    times = pd.concat(
        [series.observed["time"], series.path["time"], series.milestones["time"], series.forecast["time"]]
    )
    years = (float(times.min()), float(times.max())) if times.notna().any() else (2020.0, 2030.0)
    axis = {"gridcolor": palette["lines"], "zeroline": False, "tickfont": {"color": palette["muted"], "size": 14}}
    return {
        "height": height,
        "hovermode": "x",
        "margin": {"l": 52, "r": 76, "t": 40, "b": 44},
        "xaxis": {
            **axis,
            "showgrid": False,
            "range": [years[0] - 0.6, years[1] + 0.6],
            "tickformat": "d",
            "dtick": None,
        },
        "yaxis": {**axis, "range": shared_range([series]), "nticks": 6, "title": None},
    }


def _with_gaps(observed: pd.DataFrame) -> pd.DataFrame:
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


def _last_figure(series: Series) -> pd.Series | None:
    reported = series.comparable.dropna(subset=["value"]).sort_values("time")
    return None if reported.empty else reported.iloc[-1]
