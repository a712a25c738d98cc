"""Figures of work points: how many stood where, by month, quarter or year."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboards.language import gettext as _
from dashboards.task_words import LAMPS

PATTERNS = {"silent": "/", "stopped": "x"}
HEIGHT = 340
LEAST_LABELLED = 0.08  # of the tallest bar: a thinner part has no room for its number, which hovering tells
ORDER = ("done", "on_time", "not_due", "stopped", "silent", "late", "overdue")  # from the bottom of a bar


def over_time(rows: pd.DataFrame, names: list[str], *, palette: Mapping[str, str]) -> go.Figure:
    """One bar a period, a part a lamp; the figures stand in the parts.

    rows: models.tasks.over_time. names: the periods in words, in the order of the rows.
    """
    tallest = max(float(rows[list(ORDER)].sum(axis=1).max()), 1.0)
    bars = [
        go.Bar(
            x=names,
            y=rows[key],
            name=_(LAMPS[key][0]),
            marker={
                "color": palette[LAMPS[key][2]],
                "pattern": {
                    "shape": PATTERNS.get(key, ""),
                    "solidity": 0.25,
                    "fillmode": "overlay",
                    "fgcolor": palette["paper"],
                },
            },
            text=[str(int(count)) if count / tallest >= LEAST_LABELLED else "" for count in rows[key]],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            constraintext="none",
            hovertemplate="%{x}: %{y}<extra>" + _(LAMPS[key][0]) + "</extra>",
        )
        for key in ORDER
        if rows[key].any()
    ]
    layout = {
        "barmode": "stack",
        "height": HEIGHT,
        "margin": {"l": 48, "r": 16, "t": 64, "b": 40},
        "yaxis": {"title": {"text": _("work points")}, "rangemode": "tozero"},
        "xaxis": {"type": "category"},
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "reversed"},
        "bargap": 0.35,
    }
    return go.Figure(bars, layout)
