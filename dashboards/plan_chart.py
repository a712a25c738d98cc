"""The dot plot of one indicator's targets in several plans: a frame in, a Plotly figure out."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

ROW_HEIGHT, FRAME_HEIGHT = 68, 108  # CSS pixels: of one target; of axis, source and margins
EDGE = 0.2  # nearer than this share of the scale to its end a label grows inwards


def height(dots: pd.DataFrame) -> int:
    """What the figure needs so that no label lies on another."""
    return FRAME_HEIGHT + ROW_HEIGHT * dots["target_id"].nunique()


def dot_plot(dots: pd.DataFrame, *, extent: list[float], unit: str, palette: Mapping[str, str]) -> go.Figure:
    """Each target a row headed by its place, each milestone a dot on the indicator's scale, the last one in colour.

    dots: target_id, place, year, value, label, is_hidden (the text hides the year: a hollow dot); a row per milestone
    with a value, in order. Rows: the targets that look furthest ahead on top, among them those that ask for the most.
    """
    figure = go.Figure()
    ends = dots.groupby("target_id")[["year", "value"]].max().astype("float64").fillna({"year": 0})
    rows = {target_id: row for row, target_id in enumerate(ends.sort_values(["year", "value"]).index)}
    for target_id, steps in dots.groupby("target_id", sort=False):
        row, last = rows[target_id], len(steps) - 1
        place = steps["place"].iloc[0]
        figure.add_scatter(
            x=steps["value"],
            y=[row] * len(steps),
            mode="lines+markers+text",
            line={"color": palette["muted"], "width": 1.5},
            marker={
                "size": 12,
                "color": [palette["accent"] if at == last else palette["muted"] for at in range(len(steps))],
                "symbol": ["circle-open" if hidden else "circle" for hidden in steps["is_hidden"]],
                "line": {"width": 2},
            },
            name=place,
            text=steps["label"],
            textposition=[position(value, extent, at == last) for at, value in enumerate(steps["value"])],
            textfont={"color": palette["ink"]},
            hovertemplate="%{text}<extra>" + place + "</extra>",
            cliponaxis=False,
        )
        figure.add_annotation(
            x=0, y=row, xref="paper", xanchor="left", yanchor="bottom", yshift=22, text=f"<b>{place}</b>", showarrow=False
        )  # fmt: skip
    figure.update_layout(margin={"l": 16, "r": 24, "t": 40, "b": 44})
    figure.update_yaxes(
        tickvals=list(rows.values()), showticklabels=False, ticks="", gridcolor=palette["lines"], range=[-0.5, len(rows) - 0.3]
    )  # fmt: skip
    figure.update_xaxes(title={"text": unit, "font": {"size": 14}}, range=extent)
    return figure


def position(value: float, extent: list[float], is_last: bool) -> str:
    """Where a dot's label stands: the last one's above, the others' below, and never out of the figure."""
    share = (value - extent[0]) / (extent[1] - extent[0])
    return f"{'top' if is_last else 'bottom'} {'right' if share < EDGE else 'left' if share > 1 - EDGE else 'center'}"
