"""The analysts' list in its two further orders: what changed most since the last review, what was least foreseen."""

import pandas as pd
from dash import html

from dashboards import components, data, wording
from dashboards.language import gettext as _
from dashboards.language import ngettext
from dashboards.to_workbench import link_of, states_shown
from dashboards.trajectories import decimals

INDICATOR = "/indicator"


def title(rows: pd.DataFrame, order: str, place: dict) -> str:
    """The finding in words."""
    name = data.name(place)
    if order == "changed":
        return ngettext(
            "{number} chance of missing in {place} moved by five points or more since the last review",
            "{number} chances of missing in {place} moved by five points or more since the last review",
            len(rows),
            place=name,
        )
    return ngettext(
        "{number} newest figure in {place} lay outside its forecast",
        "{number} newest figures in {place} lay outside their forecasts",
        len(rows),
        place=name,
    )


def table(rows: pd.DataFrame, plan: dict, order: str, states: dict) -> html.Div:
    """One row a mark: what it is about, what moved or was missed, what analysts did with it."""
    told = changed_cells if order == "changed" else missed_cells
    heads = {
        "changed": [_("Chance before"), _("Chance now"), _("Change")],
        "missed": [_("Newest figure"), _("Forecast before it came"), _("Times half the interval")],
    }[order]
    heads = [_("Target"), _("Area"), _("Status"), *heads, _("What analysts did"), ""]
    cells = [
        [
            target_link(row, plan),
            components.data_name(row["area_name_zh"], row["area_name_en"]),
            components.status_mark(row["status"]),
            *told(row),
            html.Div(states_shown(row, states), className="kt-stack"),
            link_of(row, plan["plan_id"], sort=order) or "",
        ]
        for row in rows.to_dict("records")
    ]
    return components.simple_table(heads, cells, caption=_("Marks that need study"), className="kt-stacked")


def target_link(row: dict, plan: dict) -> html.Span:
    state = {"plan": plan["plan_id"], "area": row["area_id"]}
    name = components.data_name(row["target_name_zh"], row["target_name_en"])
    return components.link(name, INDICATOR, **state, indicator=row["indicator_id"], target=row["target_id"])


def changed_cells(row: dict) -> list:
    """Both probabilities and the difference in points."""
    return [
        components.probability_bar(row["p_miss_before"]),
        components.chance_of(row),
        wording.change(100 * row["p_change"], "percent", 0),
    ]


def missed_cells(row: dict) -> list:
    """The figure, what had been forecast for it, and how far outside it lay."""
    places = decimals(row)
    foreseen = _(
        "{value} ({low} to {high})",
        value=wording.value(row["foreseen"], row["unit"], places),
        low=wording.number(row["foreseen_low"], places),
        high=wording.number(row["foreseen_high"], places),
    )
    figure = f"{wording.value(row['observed'], row['unit'], places)} {wording.period(row['period'])}"
    return [figure, foreseen, wording.number(row["misfit"], 1)]


def nothing(order: str) -> html.Div:
    """Why the list is empty."""
    if order == "changed":
        return components.empty(
            _("No chance of missing has moved by five points since the last review"),
            _("It takes an earlier review of the same plan: python manage.py judge --as-of YYYY-MM-DD makes one."),
        )
    return components.empty(
        _("No newest figure lay outside its forecast"),
        _("Held against the last review made before the figure came; without one nothing can be said."),
    )


def method(order: str) -> list[str]:
    if order == "changed":
        return [_("Order: the change of the chance of missing, then the number of people.")]
    return [
        _("Order: how far the figure lay from the median, in halves of the 80 % interval; beyond 1 it lies outside."),
        _("Even a good forecast is missed so by every fifth figure: look at the first of the list."),
    ]


def export_frame(rows: pd.DataFrame, order: str) -> pd.DataFrame:
    """All rows as a file has them."""
    records = rows.to_dict("records")
    frame = pd.DataFrame(
        {
            _("Target"): [data.name(row, "target_name") for row in records],
            _("Area code"): rows["area_id"].to_numpy(),
            _("Area"): [data.name(row, "area_name") for row in records],
            _("Chance of missing"): rows["p_miss"].to_numpy(),
        }
    )
    if order == "changed":
        return frame.assign(**{_("Chance before"): rows["p_miss_before"].to_numpy()})
    figures = {_("Figure"): "observed", _("Forecast median"): "foreseen", _("80 % from"): "foreseen_low"}
    figures |= {_("80 % to"): "foreseen_high", _("Times half the interval"): "misfit"}
    return frame.assign(**{head: rows[name].to_numpy() for head, name in figures.items()})
