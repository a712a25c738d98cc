"""The charts of the workbench: history with its provenance, the model's fan and the analyst's beside it, errors, peers.

The model is blue and dashed, the analyst's line is ink, dot-dashed and squared, and both carry their word.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboards import charts, wording
from dashboards.language import gettext as _
from dashboards.trajectories import decimals, known, milestones_of, path_of

HEIGHT = 430
HANDLES = "kangtuHandles"  # key of layout.meta that assets/workbench.js reads
MEMBER_DASHES = {"last_value": "dot", "pooled_trend": "dash", "convergence": "longdash", "memory": "dashdot"}


@dataclass(frozen=True)
class Adjusted:
    """The analyst's version of a forecast. fan: time, q025, q100, q250, q500, q750, q900, q975; label: as it is called."""

    fan: pd.DataFrame
    label: str


def chart_series(bench) -> charts.Series:
    """What the chart draws of a series of the bench (dashboards.data.workbench.Bench)."""
    milestones = milestones_of(bench.mark, bench.run["plan_id"])
    return charts.Series(
        observed=bench.observed,
        path=path_of(bench.mark, milestones),
        milestones=milestones,
        forecast=bench.fan,
        unit=bench.mark["unit"],
        decimals=decimals(bench.mark),
        lower_bound=known(bench.about.get("lower_bound")),
        upper_bound=known(bench.about.get("upper_bound")),
        is_cumulative=bench.about.get("within_year") == "cumulative",
    )


def workbench_figure(
    series: charts.Series,
    history: pd.DataFrame,
    *,
    palette: Mapping[str, str],
    adjusted: Adjusted | None = None,
    break_time: float | None = None,
    left_out: Mapping[float, str] | None = None,
) -> go.Figure:
    """One series: figures, the model's fan and, where there is one, the analyst's.

    history: data_access.figure_history.HISTORY. left_out: time -> word, for the figures the analyst cut or weighed less.
    """
    figure = charts.trajectory(series, palette=palette, height=HEIGHT)
    for annotation in figure.layout.annotations:
        if annotation.text == _("Forecast"):
            annotation.text = _("Model")
    _say_sources(figure, history, series)
    added = [
        *_former(history, series, palette),
        *_revised(series, palette),
        *_left_out(series, left_out or {}, palette),
    ]
    if adjusted is not None and len(adjusted.fan):
        added += _adjusted(series, adjusted, palette)
        _label_adjusted(figure, series, adjusted, palette)
    figure.add_traces([go.Scatter(trace) for trace in added])
    if break_time is not None:
        _draw_break(figure, break_time, palette)
    fan = adjusted.fan if adjusted is not None and len(adjusted.fan) else series.forecast
    _widen(figure, series, fan)
    figure.update_layout(meta={HANDLES: handles(series, fan)}, hovermode="closest")
    return figure


def handles(series: charts.Series, fan: pd.DataFrame) -> dict:
    """What the browser needs to let points be dragged: time and value of each, bounds, decimals, the unit's word."""
    return {
        "times": fan["time"].tolist(),
        "values": [round(value, series.decimals + 2) for value in fan["q500"]],
        "lower": series.lower_bound,
        "upper": series.upper_bound,
        "decimals": series.decimals,
        "label": _("Adjusted"),
    }


def _say_sources(figure: go.Figure, history: pd.DataFrame, series: charts.Series) -> None:
    """Hover over a figure says which file stated it and when it came."""
    standing = history[history["superseded_by"].isna()].set_index("period")
    observed = next(trace for trace in figure.data if trace.name == _("Observed"))
    ordered = charts.with_gaps(series.comparable)["period"]
    said = []
    for words, period in zip(observed.text, ordered, strict=True):
        source = source_words(standing.loc[period]) if period in standing.index else ""
        said.append(f"{words}<br>{source}" if source else words)
    observed.update(text=said, hovertemplate="%{text}<extra></extra>")


def source_words(row: pd.Series) -> str:
    """Which file states a figure (a row of the history), who sent it and when."""
    file_name = row["file_name"] if isinstance(row["file_name"], str) else ""
    parts = [file_name, row["received_from"], wording.day(row["received_at"])]
    return " · ".join(part for part in parts if part)


def _former(history: pd.DataFrame, series: charts.Series, palette: Mapping[str, str]) -> list[dict]:
    """What was stated before it was corrected: small crosses."""
    former = history[history["superseded_by"].notna() & history["value"].notna() & history["period"].str.len().eq(4)]
    standing = history[history["superseded_by"].isna()].set_index("period")["value"]
    former = former[~np.isclose(former["value"], former["period"].map(standing).astype(float), equal_nan=True)]
    if former.empty:
        return []
    said = [
        _(
            "{period}: {value} until {day}",
            period=wording.period(row["period"]),
            value=wording.value(row["value"], series.unit, series.decimals),
            day=wording.day(row["replaced_at"]),
        )
        for row in former.to_dict("records")
    ]
    marker = {"symbol": "x-thin", "size": 7, "line": {"color": palette["muted"], "width": 1.5}}
    return [_points(former, _("Stated before"), said, marker)]


def _revised(series: charts.Series, palette: Mapping[str, str]) -> list[dict]:
    """A ring around each figure that stands as revised."""
    revised = series.comparable[series.comparable["status"] == "revised"]
    if revised.empty:
        return []
    marker = {"symbol": "circle-open", "size": 13, "line": {"color": palette["ink"], "width": 1}}
    return [_points(revised, _("revised"), None, marker)]


def _left_out(series: charts.Series, left_out: Mapping[float, str], palette: Mapping[str, str]) -> list[dict]:
    """A box around each figure the analyst cut or weighs less."""
    found = series.comparable[series.comparable["time"].isin(list(left_out))]
    if found.empty:
        return []
    marker = {"symbol": "square-x-open", "size": 15, "line": {"color": palette["reversing"], "width": 1.5}}
    return [_points(found, _("Left out"), [left_out[time] for time in found["time"]], marker)]


def _points(rows: pd.DataFrame, name: str, said: list[str] | None, marker: dict) -> dict:
    words = {"hoverinfo": "skip"} if said is None else {"text": said, "hovertemplate": "%{text}<extra></extra>"}
    return {
        "x": rows["time"].tolist(),
        "y": rows["value"].tolist(),
        "mode": "markers",
        "name": name,
        "marker": marker,
        **words,
    }


def _adjusted(series: charts.Series, adjusted: Adjusted, palette: Mapping[str, str]) -> list[dict]:
    """The analyst's 95 and 80 % interval as thin outlines, and the median with a square at every year."""
    start = charts.last_figure(series)
    fan = adjusted.fan
    times = ([] if start is None else [start["time"]]) + fan["time"].tolist()

    def line(name: str) -> list[float]:
        return ([] if start is None else [start["value"]]) + fan[name].tolist()

    outlines = [
        {
            "x": times,
            "y": line(name),
            "mode": "lines",
            "line": {"color": palette["ink"], "width": width, "dash": "dot"},
            "hoverinfo": "skip",
            "name": f"{adjusted.label} {wording.value(share, 'percent', 0)}",
        }
        for name, width, share in (("q025", 0.75, 95), ("q975", 0.75, 95), ("q100", 1.25, 80), ("q900", 1.25, 80))
    ]
    number = f":.{series.decimals}f"
    squares = ([] if start is None else [0]) + [9] * len(fan)
    median = {
        "x": times,
        "y": line("q500"),
        "mode": "lines+markers",
        "line": {"color": palette["ink"], "width": 2, "dash": "dashdot"},
        "marker": {"symbol": "square", "size": squares, "color": palette["paper"]}
        | {"line": {"color": palette["ink"], "width": [0 if size == 0 else 1.5 for size in squares]}},
        "name": adjusted.label,
        "customdata": list(zip(line("q100"), line("q900"), strict=True)),
        "hovertemplate": f"{adjusted.label} %{{x:.0f}}　%{{y{number}}}　{wording.value(80, 'percent', 0)}: "
        f"%{{customdata[0]{number}}} – %{{customdata[1]{number}}}<extra></extra>",
    }
    return [*outlines, median]


def draw_beside(figure: go.Figure, series: charts.Series, adjusted: Adjusted, palette: Mapping[str, str]) -> go.Figure:
    """Add the analyst's version to a trajectory that shows the model's; both carry their word."""
    for annotation in figure.layout.annotations:
        if annotation.text == _("Forecast"):
            annotation.text = _("Model")
    figure.add_traces([go.Scatter(trace) for trace in _adjusted(series, adjusted, palette)])
    _label_adjusted(figure, series, adjusted, palette)
    _widen(figure, series, adjusted.fan)
    return figure


def _label_adjusted(figure: go.Figure, series: charts.Series, adjusted: Adjusted, palette: Mapping[str, str]) -> None:
    """The word beside the analyst's line; it stands clear of the model's."""
    end = adjusted.fan.iloc[-1]
    if len(series.forecast):
        model = series.forecast.iloc[-1]["q500"]
        low, high = charts.shared_range([series], band=("q025", "q975"))
        close = abs(end["q500"] - model) < 0.06 * (high - low)
        shift = (9 if end["q500"] >= model else -9) if close else 0
        for annotation in figure.layout.annotations:
            if annotation.text == _("Model"):
                annotation.yshift = -shift
    else:
        shift = 0
    label = {"x": end["time"], "y": end["q500"], "text": f"<b>{adjusted.label}</b>", "showarrow": False}
    figure.add_annotation(label | {"xanchor": "left", "xshift": 8, "yshift": shift, "font": {"color": palette["ink"]}})


def _draw_break(figure: go.Figure, time: float, palette: Mapping[str, str]) -> None:
    line = {"color": palette["reversing"], "width": 1, "dash": "dot"}
    figure.add_shape(type="line", x0=time, x1=time, y0=0, y1=1, yref="paper", line=line)
    note = {"x": time, "y": 1, "yref": "paper", "yanchor": "top", "xanchor": "left", "showarrow": False, "xshift": 4}
    figure.add_annotation(text=_("definition changed"), font={"color": palette["reversing"], "size": 12}, **note)


def _widen(figure: go.Figure, series: charts.Series, fan: pd.DataFrame) -> None:
    """The axes hold the analyst's fan too, and leave room to drag a point beyond it."""
    as_drawn = charts.Series(
        series.observed, series.path, series.milestones, fan, series.unit, series.decimals, series.lower_bound,
        series.upper_bound, series.is_cumulative,
    )  # fmt: skip
    low, high = charts.shared_range([series, as_drawn], band=("q025", "q975"))
    figure.update_yaxes(range=[low, high])


def errors_figure(errors: pd.DataFrame, unit: str, places: int, palette: Mapping[str, str]) -> go.Figure:
    """What came less what had been forecast a year before, one bar a year; whiskers: the 80 % interval given then.

    errors: workflows.workbench.ERRORS of one series.
    """
    missed = errors["actual"] - errors["forecast"]
    inside = errors["actual"].between(errors["low"], errors["high"])
    said = [
        _(
            "{year}: {actual} came, {forecast} was forecast ({low} to {high})",
            year=int(row["time"]),
            actual=wording.value(row["actual"], unit, places),
            forecast=wording.number(row["forecast"], places),
            low=wording.number(row["low"], places),
            high=wording.number(row["high"], places),
        )
        for row in errors.to_dict("records")
    ]
    bars = {
        "type": "bar",
        "x": errors["time"].tolist(),
        "y": missed.tolist(),
        "width": 0.5,
        "marker": {
            "color": [palette["accent"] if held else palette["paper"] for held in inside],
            "line": {"color": palette["accent"], "width": 1.5},
            "pattern": {"shape": ["" if held else "/" for held in inside], "fgcolor": palette["accent"]},
        },
        "text": said,
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
        "name": _("Error"),
    }
    layout = {
        "height": 260,
        "margin": {"l": 52, "r": 16, "t": 30, "b": 36},
        "xaxis": {"tickformat": "d", "dtick": 1, "showgrid": False},
        "yaxis": {"zeroline": True, "zerolinecolor": palette["ink"], "gridcolor": palette["lines"], "nticks": 5},
        "annotations": [_unit_note(wording.unit_name(unit), palette)],
    }
    return go.Figure({"data": [bars], "layout": layout})


def peers_figure(
    peers: pd.DataFrame, area_id: str, names: Mapping[str, str], unit: str, places: int, palette: Mapping[str, str]
) -> go.Figure:
    """The figures of the areas beside this one as thin lines, this one strong and named."""
    lines = []
    for one, rows in peers.groupby("area_id", sort=False):
        if one != area_id:
            lines.append(_peer(rows, names.get(one, one), places, {"color": palette["muted"], "width": 1}, 0.45))
    own = peers[peers["area_id"] == area_id]
    layout = {
        "height": 260,
        "margin": {"l": 52, "r": 90, "t": 30, "b": 36},
        "xaxis": {"tickformat": "d", "showgrid": False, "nticks": 6},
        "yaxis": {"gridcolor": palette["lines"], "nticks": 5},
        "hovermode": "closest",
        "annotations": [_unit_note(wording.unit_name(unit), palette)],
    }
    if len(own):
        lines.append(_peer(own, names.get(area_id, area_id), places, {"color": palette["ink"], "width": 2.5}, 1.0))
        end = {"x": own["time"].iloc[-1], "y": own["value"].iloc[-1], "text": names.get(area_id, area_id)}
        layout["annotations"].append(end | {"showarrow": False, "xanchor": "left", "xshift": 6})
    return go.Figure({"data": lines, "layout": layout})


def _peer(rows: pd.DataFrame, name: str, places: int, line: dict, opacity: float) -> dict:
    return {
        "type": "scatter",
        "x": rows["time"].tolist(),
        "y": rows["value"].tolist(),
        "mode": "lines",
        "line": line,
        "opacity": opacity,
        "name": name,
        "hovertemplate": f"{name}　%{{x:.0f}}　%{{y:.{places}f}}<extra></extra>",
    }


def members_figure(
    members: pd.DataFrame, bench, words: Mapping[str, str], places: int, palette: Mapping[str, str]
) -> go.Figure:
    """What each part of the model says by itself, after the series' last figure; the model's own median thick.

    members: time and models.forecasting.MEMBERS. words: member -> its name.
    """
    last = bench.observed.dropna(subset=["value"]).sort_values("time").tail(1)
    times = last["time"].tolist() + members["time"].tolist()
    lines = []
    for member, dash in MEMBER_DASHES.items():
        values = last["value"].tolist() + members[member].tolist()
        line = {"color": palette["muted"], "width": 1.5, "dash": dash}
        lines.append(_drawn(times, values, words[member], places, line))
    median = last["value"].tolist() + bench.fan["q500"].tolist()
    model = {"color": palette["accent"], "width": 2.5}
    lines.append(_drawn(last["time"].tolist() + bench.fan["time"].tolist(), median, _("Model"), places, model))
    layout = {
        "height": 320,
        "margin": {"l": 52, "r": 16, "t": 30, "b": 36},
        "xaxis": {"tickformat": "d", "dtick": 1, "showgrid": False},
        "yaxis": {"gridcolor": palette["lines"], "nticks": 5},
        "showlegend": True,
        "legend": {"orientation": "h", "y": -0.2, "font": {"size": 12}},
        "annotations": [_unit_note(wording.unit_name(bench.mark["unit"]), palette)],
    }
    return go.Figure({"data": lines, "layout": layout})


def _drawn(times: list[float], values: list[float], name: str, places: int, line: dict) -> dict:
    hover = f"{name}　%{{x:.0f}}　%{{y:.{places}f}}<extra></extra>"
    return {
        "type": "scatter", "mode": "lines", "x": times, "y": values, "name": name, "line": line, "hovertemplate": hover,
    }  # fmt: skip


def _unit_note(words: str, palette: Mapping[str, str]) -> dict:
    corner = {"x": 0, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "right", "showarrow": False}
    above = {"yanchor": "bottom", "yshift": 8}  # clear of the number at the axis' end
    return corner | above | {"text": words, "font": {"color": palette["muted"], "size": 12}}
