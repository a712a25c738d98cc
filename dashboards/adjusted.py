"""What the pages of a review say where an analyst's adjustment is in force: whose it is, why, since when, until when.

A page whose review took in no adjustment says nothing of them and looks as if there were none.
"""

from datetime import date

import pandas as pd
from dash import html

from dashboards import charts, components, data, wording
from dashboards.language import gettext as _
from dashboards.language import ngettext, pick
from dashboards.workbench_figures import Adjusted, draw_beside

WORKBENCH = "/workbench"
MOST_NAMED = 3


def of_series(plan_id: str, as_of: date | None) -> dict[tuple[str, str], dict]:
    """(indicator_id, area_id) -> the adjustment the review took in for it."""
    rows = data.in_force(plan_id, as_of).to_dict("records")
    return {(row["indicator_id"], row["area_id"]): row for row in rows}


def is_adjusted(mark: dict) -> bool:
    """Whether the mark's probability is by an analyst's version."""
    return mark.get("forecast_version") == components.ADJUSTED


def said_of(row: dict) -> str:
    """One adjustment in a line: reason, who, approved by whom and when, until when."""
    known = data.adjustment_reasons().set_index("reason_code")
    code = row["reason_code"]
    reason = pick(known.at[code, "name_zh"], known.at[code, "name_en"]) if code in known.index else code
    return _(
        "{reason}: {text} ({author}; approved by {approver} on {day}, holds until {end})",
        reason=reason,
        text=row["reason_text"],
        author=row["author_name"],
        approver=row["approved_by_name"],
        day=wording.day(row["approved_on"]),
        end=wording.day(row["expires_on"]),
    )


def why(mark: dict, known: dict[tuple[str, str], dict]) -> str:
    """Why a mark's forecast is adjusted: its own adjustment, or that areas below have one; "" where it is not."""
    if not is_adjusted(mark):
        return ""
    row = known.get((mark["indicator_id"], mark["area_id"]))
    return said_of(row) if row else _("forecasts of areas it is judged by are adjusted")


def chance(mark: dict, known: dict[tuple[str, str], dict]) -> html.Span | html.Div:
    """The probability of missing; where an adjustment is in force both versions, and on hover why."""
    told = components.chance_of(mark)
    return html.Div(told, title=why(mark, known)) if is_adjusted(mark) else told


def note(mark: dict, plan_id: str, as_of: date | None) -> html.P | None:
    """Under a verdict: that the forecast is adjusted, why and by whom, and the way to the workbench."""
    if not is_adjusted(mark):
        return None
    known = of_series(plan_id, as_of)
    series = {"plan": plan_id, "indicator": mark["indicator_id"], "area": mark["area_id"]}
    way = components.link(_("On the workbench"), WORKBENCH, **series, target=mark["target_id"])
    words = components.mark_chinese(why(mark, known))
    said = words if isinstance(words, list) else [words]
    return html.P(
        [components.version_mark(components.ADJUSTED), _(": "), *said, " ", way], className="kt-source kt-adjusted-note"
    )


def count_line(marks: pd.DataFrame, state: dict, path: str) -> html.P | None:
    """How many of some marks rest on an adjusted forecast, and the first of them by name; nothing where none does."""
    rows = marks[marks["forecast_version"] == components.ADJUSTED]
    if rows.empty:
        return None
    named = [
        components.link(
            [components.data_name(row["target_name_zh"], row["target_name_en"]), " ", *_place(row)],
            path,
            **{**state, "area": row["area_id"]},
            indicator=row["indicator_id"],
            target=row["target_id"],
        )
        for row in rows.head(MOST_NAMED).to_dict("records")
    ]
    listed = [piece for one in named for piece in (" · ", one)][1:]
    more = [" …"] if len(rows) > MOST_NAMED else []
    said = ngettext(
        "{number} of these forecasts is adjusted by analysts:",
        "{number} of these forecasts are adjusted by analysts:",
        len(rows),
    )
    mark = components.version_mark(components.ADJUSTED)
    return html.P([mark, " ", said, " ", *listed, *more], className="kt-source kt-adjusted-note")


def _place(row: dict) -> list:
    return [_("({area})", area=pick(row["area_name_zh"], row["area_name_en"]))]


def fan_of(mark: dict, plan_id: str, as_of: date | None) -> pd.DataFrame:
    """The adjusted forecast of a mark's series: time and quantiles; without rows where there is none."""
    fans = data.forecasts(plan_id, mark["indicator_id"], as_of, components.ADJUSTED)
    fan = fans[fans["area_id"] == mark["area_id"]].sort_values("time")
    return fan.drop(columns=["indicator_id", "area_id", "version"])


def drawn(figure, series: charts.Series, fan: pd.DataFrame):
    """A trajectory with the analyst's version beside the model's; as it is where there is none."""
    if fan.empty:
        return figure
    return draw_beside(figure, series, Adjusted(fan, _("Adjusted")), components.palette())


def drawn_small(figure, fan: pd.DataFrame):
    """The same in a small multiple: the analyst's median only, dot-dashed with squares."""
    if len(fan):
        ink = components.palette()["ink"]
        line = {"color": ink, "width": 1.25, "dash": "dashdot"}
        marker = {"symbol": "square-open", "size": 5, "color": ink}
        shown = {"mode": "lines+markers", "line": line, "marker": marker, "name": _("Adjusted")}
        figure.add_scatter(x=fan["time"].tolist(), y=fan["q500"].tolist(), **shown)
    return figure


def columns(rows: pd.DataFrame, known: dict[tuple[str, str], dict]) -> dict[str, list]:
    """What a download adds: the model's probability, which version is in force, and why. Nothing where none is adjusted."""
    records = rows.to_dict("records")
    if not any(is_adjusted(row) for row in records):
        return {}
    words = {components.MODEL: _("Model"), components.ADJUSTED: _("Adjusted")}
    return {
        _("Chance of missing, model"): rows["p_miss_model"].to_numpy(),
        _("Forecast version"): [words[row["forecast_version"]] for row in records],
        _("Why it is adjusted"): [why(row, known) for row in records],
    }
