"""Figures of programmes: the cascade of one, a step by period, the roll-out against its schedule."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboards import programme_words, wording
from dashboards.language import gettext as _

BAR, STEP_HEIGHT = 0.62, 52


def cascade_height(steps: pd.DataFrame) -> int:
    """Pixels for the cascade's figure."""
    return 96 + STEP_HEIGHT * max(1, len(steps))


def cascade_bars(steps: pd.DataFrame, kind: str, worst: str | None, *, palette: Mapping[str, str]) -> go.Figure:
    """Actual as a filled bar, expected as a mark across it; the step where most are lost in its own colour and words.

    steps: one group's rows of models.cascade.CASCADE, in order. A step nobody reported has no bar and says so.
    """
    names = [programme_words.step(stage, kind) for stage in steps["stage"]]
    colours = [palette["behind"] if stage == worst else palette["accent"] for stage in steps["stage"]]
    labels = [_label(row, worst) for row in steps.to_dict("records")]
    bars = go.Bar(
        y=names,
        x=steps["actual"].fillna(0),
        orientation="h",
        width=BAR,
        marker={"color": colours},
        customdata=[programme_words.people(value) for value in steps["actual"]],
        hovertemplate="%{y}: %{customdata}<extra></extra>",
    )
    wanted = steps["expected"].notna()
    expected = go.Scatter(
        y=[name for name, there in zip(names, wanted, strict=True) if there],
        x=steps.loc[wanted, "expected"],
        mode="markers",
        marker={"symbol": "line-ns", "size": 30, "line": {"width": 3, "color": palette["ink"]}},
        customdata=[programme_words.people(value) for value in steps.loc[wanted, "expected"]],
        hovertemplate=_("expected by now") + ": %{customdata}<extra></extra>",
    )
    reaches = steps[["actual", "expected"]].max(axis=1).fillna(0)
    largest = max(1.0, reaches.max())
    words = go.Scatter(  # behind both the bar and the mark, so that neither is written over
        y=names,
        x=reaches + largest * 0.012,
        mode="text",
        text=labels,
        textposition="middle right",
        cliponaxis=False,
        hoverinfo="skip",
    )
    layout = {
        "height": cascade_height(steps),
        "margin": {"l": 96, "r": 24, "t": 32, "b": 56},
        "yaxis": {"autorange": "reversed", "showgrid": False, "ticks": ""},
        "xaxis": {"range": [0, largest * 1.45], "title": {"text": _("people")}, "tickformat": ",d", "nticks": 6},
        "bargap": 0.2,
    }
    return go.Figure([bars, expected, words], layout)


def _label(row: dict, worst: str | None) -> str:
    if wording.is_missing(row["actual"]):
        return _("not reported")
    said = programme_words.people(row["actual"])
    if not wording.is_missing(row["rate"]):
        said += f" · {programme_words.share(row['rate'])}"
    return f"▼ {said}" if row["stage"] == worst else said


def trend_bars(rows: pd.DataFrame, units: int, *, is_level: bool, palette: Mapping[str, str]) -> go.Figure:
    """One step by period; a period that fewer than nine in ten units have reported is drawn hollow, and each says how many.

    rows: models.cascade.trend.
    """
    whole = rows["units_reported"] >= 0.9 * units
    said = [
        _("{period}: {people}, reported by {n} of {m}", period=wording.period(row.period),
          people=programme_words.people(row.value), n=row.units_reported, m=units)
        for row in rows.itertuples()
    ]  # fmt: skip
    bars = go.Bar(
        x=rows["time"],
        y=rows["value"],
        marker={
            "color": [palette["accent"] if full else palette["paper"] for full in whole],
            "line": {"color": palette["accent"], "width": 1.5},
        },
        customdata=said,
        hovertemplate="%{customdata}<extra></extra>",
    )
    shown = rows.iloc[:: max(1, -(-len(rows) // 4))]  # four words stand side by side on a phone
    layout = {
        "height": 260,
        "yaxis": {"rangemode": "tozero", "title": {"text": _("people at the end") if is_level else _("people")}},
        "xaxis": {
            "tickmode": "array",
            "tickangle": 0,
            "tickvals": list(shown["time"]),
            "ticktext": [wording.period(period) for period in shown["period"]],
        },
    }
    return go.Figure([bars], layout)


def schedule_bars(rows: pd.DataFrame, *, palette: Mapping[str, str]) -> go.Figure:
    """Share of villages by year against the schedule. rows: models.roll_out.schedule."""
    years = [str(year) for year in rows["year"]]
    short = rows["actual"].notna() & (rows["actual"] < rows["target"])
    bars = go.Bar(
        x=years,
        y=rows["actual"],
        width=0.5,
        marker={"color": [palette["behind"] if below else palette["accent"] for below in short]},
        text=[_("not begun") if pd.isna(value) else programme_words.share(value) for value in rows["actual"]],
        textposition="inside",
        insidetextanchor="start",
        customdata=[wording.value(value, "percent", 1) for value in rows["actual"]],
        hovertemplate="%{x}: %{customdata}<extra></extra>",
    )
    marks = go.Scatter(
        x=years,
        y=rows["target"],
        mode="markers+text",
        text=[wording.goal(">=", target, "percent") for target in rows["target"]],
        textposition="middle right",
        cliponaxis=False,
        marker={"symbol": "line-ew", "size": 56, "line": {"width": 3, "color": palette["ink"]}},
        hoverinfo="skip",
    )
    layout = {
        "height": 280,
        "yaxis": {"range": [0, 108], "ticksuffix": " %", "tickvals": [0, 25, 50, 75, 100]},
        "xaxis": {"type": "category"},
    }
    return go.Figure([bars, marks], layout)
