"""The two figures of the back-test: what was said against what came, and how many figures the intervals held."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboards import wording
from dashboards.charts import translucent
from dashboards.language import gettext as _
from dashboards.language import ngettext

SMALLEST_DOT, LARGEST_DOT = 7, 26  # pixels across; the area of a dot goes by the number of forecasts
FEW = 10  # forecasts: a share of fewer is drawn hollow
LOWEST_COVERAGE = 50.0


def percent(share: float, decimals: int = 0) -> str:
    """0.7 -> "70 %"."""
    return wording.value(100 * share, "percent", decimals)


def percent_sign() -> str:
    """What follows a number on an axis of percents, as the language writes it."""
    return percent(0).removeprefix("0")


def calibration_figure(table: pd.DataFrame, palette: Mapping[str, str]) -> go.Figure:
    """One dot a tenth: across what was said, up what came; on the line both agree. table: of models' calibration."""
    said = table[table["forecasts"] > 0]
    x, share = 100 * said.index.to_numpy(float), 100 * said["share"].to_numpy()
    size = np.sqrt(said["forecasts"] / max(said["forecasts"].max(), 1)) * LARGEST_DOT
    few = said["forecasts"].to_numpy() < FEW
    dots = {
        "type": "scatter",
        "x": x,
        "y": share,
        "mode": "markers+text",
        "marker": {
            "size": np.maximum(size, SMALLEST_DOT),
            "opacity": 1,
            "color": [palette["paper"] if hollow else palette["accent"] for hollow in few],
            "line": {"color": palette["accent"], "width": 1.5},
        },
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": 100 * said["high"].to_numpy() - share,
            "arrayminus": share - 100 * said["low"].to_numpy(),
            "color": palette["muted"],
            "thickness": 1.25,
            "width": 4,
        },
        "text": [wording.number(count) for count in said["forecasts"]],
        "textposition": ["top left" if y >= at else "bottom right" for at, y in zip(x, share, strict=True)],
        "textfont": {"size": 13, "color": palette["ink"]},
        "cliponaxis": False,
        "hovertext": [
            _(
                "said about {chance}: {missed} of {count} missed ({share})",
                chance=percent(tenth),
                missed=wording.number(row.missed),
                count=wording.number(row.forecasts),
                share=percent(row.share),
            )
            for tenth, row in zip(said.index, said.itertuples(), strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    line = {
        "type": "scatter",
        "x": [0, 100],
        "y": [0, 100],
        "mode": "lines",
        "hoverinfo": "skip",
        "line": {"color": palette["muted"], "width": 1.25, "dash": "dash"},
    }
    axis = {"range": [0, 100], "dtick": 20, "ticksuffix": percent_sign(), "zeroline": False}
    axis["tickfont"] = {"size": 14, "color": palette["muted"]}
    heads = {"font": {"size": 14, "color": palette["muted"]}}
    layout = {
        "margin": {"l": 64, "r": 24, "t": 40, "b": 56},
        "xaxis": {**axis, "title": {**heads, "text": _("Chance of missing that was said")}},
        "yaxis": {**axis, "title": {**heads, "text": _("Share that missed")}, "gridcolor": palette["lines"]},
        "annotations": [
            _note(4, 96, _("Above the line: more missed than was said"), "left", palette),
            _note(98, 4, _("Below the line: fewer missed than was said"), "right", palette),
        ],
    }
    return go.Figure({"data": [line, dots], "layout": layout})


def coverage_figure(by_horizon: pd.DataFrame, palette: Mapping[str, str]) -> go.Figure:
    """Share of figures inside the 80 and 95 % intervals by years ahead, each beside the line it should keep to."""
    years = by_horizon.index.to_numpy(int)
    traces, notes, shapes = [], [], []
    for column, claimed, symbol in (("cov95", 95, "diamond"), ("cov80", 80, "circle")):
        held = 100 * by_horizon[column].to_numpy()
        traces.append(
            {
                "type": "scatter",
                "x": years,
                "y": held,
                "mode": "lines+markers+text",
                "line": {"color": palette["accent"], "width": 1.5},
                "marker": {"symbol": symbol, "size": 9, "color": palette["accent"]},
                "text": [wording.number(share) for share in held],
                "textposition": ["top center" if share >= claimed else "bottom center" for share in held],
                "textfont": {"size": 13, "color": palette["ink"]},
                "hovertext": [
                    _(
                        "{claimed} % interval, {years} ahead: {share} inside",
                        claimed=claimed,
                        years=ahead,
                        share=wording.value(share, "percent", 1),
                    )
                    for ahead, share in zip(map(years_of, years), held, strict=True)
                ],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
        shapes.append(
            {
                "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": claimed, "y1": claimed,
                "line": {"color": translucent(palette["muted"], 0.9), "width": 1.25, "dash": "dash"},
            }
        )  # fmt: skip
        words = _("should be {claimed} %", claimed=claimed)
        notes.append(_note(1, claimed, words, "right", palette) | {"xref": "paper", "yanchor": "bottom"})
    lowest = min(LOWEST_COVERAGE, 10 * np.floor(10 * by_horizon["cov80"].min()))
    ticks = {"tickfont": {"size": 14, "color": palette["muted"]}, "zeroline": False}
    heads = {"font": {"size": 14, "color": palette["muted"]}}
    from_where = _("Inside (axis from {lowest} %)", lowest=int(lowest))
    layout = {
        "margin": {"l": 64, "r": 24, "t": 24, "b": 56},
        "xaxis": {**ticks, "title": {**heads, "text": _("Years ahead")}, "dtick": 1, "showgrid": False,
                  "range": [years.min() - 0.4, years.max() + 1.3], "tickvals": years},
        "yaxis": {**ticks, "title": {**heads, "text": from_where}, "range": [lowest, 101], "ticksuffix": percent_sign()},
        "annotations": notes,
        "shapes": shapes,
    }  # fmt: skip
    return go.Figure({"data": traces, "layout": layout})


def years_of(number: int) -> str:
    """1 -> "1 year"."""
    return ngettext("{number} year", "{number} years", int(number))


def _note(x: float, y: float, words: str, anchor: str, palette: Mapping[str, str]) -> dict:
    font = {"size": 13, "color": palette["muted"]}
    return {"x": x, "y": y, "text": words, "showarrow": False, "xanchor": anchor, "font": font}
