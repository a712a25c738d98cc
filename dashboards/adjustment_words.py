"""Words of adjustments: their kinds, states and steps, and what the parts of the model are called."""

from datetime import date

import pandas as pd
from dash import html

from dashboards import components, data, wording
from dashboards.language import gettext as _
from dashboards.language import mark, pick
from dashboards.trajectories import decimals

# kind -> (as it is offered, as it is told afterwards)
KINDS = {
    "typed": (mark("Values by year (type, or drag in the chart)"), mark("values by year")),
    "growth": (mark("A rate of growth"), mark("rate of growth")),
    "hold": (mark("Hold: stays as it is"), mark("hold")),
    "policy": (mark("A policy closes part of the gap"), mark("policy")),
    "best_quarter": (mark("The pace of the best quarter of peers"), mark("best-quarter pace")),
    "parent": (mark("Goes as the area above"), mark("path of the area above")),
    "shock": (mark("Cut or weigh down a shock year"), mark("shock year")),
    "member": (mark("One part of the model only"), mark("part of the model")),
}
MEMBERS = {
    "last_value": mark("Last value"),
    "pooled_trend": mark("Last value and pooled trend"),
    "convergence": mark("Last value and pull to peers"),
    "memory": mark("Last value and what lasts of the last surprise"),
}
STATES = {
    "draft": mark("Draft"),
    "submitted": mark("Waiting for approval"),
    "approved": mark("In force"),
    "expired": mark("Expired"),
    "returned": mark("Returned"),
    "withdrawn": mark("Withdrawn"),
    "replaced": mark("Replaced"),
}
STEPS = {
    "saved": mark("saved"),
    "submitted": mark("submitted"),
    "approved": mark("approved"),
    "returned": mark("returned"),
    "withdrawn": mark("withdrawn"),
    "replaced": mark("replaced by a later one"),
    "restored": mark("put back in force"),
    "undone": mark("undone"),
}
ORDERS = {  # of data.ORDERS
    "disagree": mark("marks disagree"),
    "changed": mark("biggest change since the last review"),
    "missed": mark("least foreseen figure"),
}
# Shape and word together, as the marks of status: filled is in force, hollow is not yet or no longer.
SHAPES = {
    "draft": "○",
    "submitted": "◐",
    "approved": "●",
    "expired": "◌",
    "returned": "↩",
    "withdrawn": "×",
    "replaced": "◌",
}


def state_of(row: dict, today: date) -> str:
    """The state of an adjustment, with expired for one approved whose last day is over."""
    over = row["state"] == "approved" and row["expires_on"].date() < today
    return "expired" if over else row["state"]


def state_mark(state: str) -> html.Span:
    """The state with its shape."""
    shape = html.Span(SHAPES[state], **{"aria-hidden": "true"})
    return html.Span([shape, " ", _(STATES[state])], className=f"kt-state kt-state-{state}")


def reason_name(code: str) -> str:
    """A reason's name; the code itself where the list has lost it."""
    known = data.adjustment_reasons()
    row = known[known["reason_code"] == code]
    return code if row.empty else pick(row.iloc[0]["name_zh"], row.iloc[0]["name_en"])


def reason_line(row: dict) -> list:
    """Why: the reason's name and the analyst's own words."""
    words = components.mark_chinese(row["reason_text"])
    return [reason_name(row["reason_code"]), _(": "), *(words if isinstance(words, list) else [words])]


def who_shown(row: dict) -> html.Span:
    """The same on a page, where names are marked as Chinese for those who read another language."""
    return html.Span(components.mark_chinese(who_line(row)))


def who_line(row: dict) -> str:
    """Who wrote it and, where it is so, who approved it and when."""
    written = _("{name}, {day}", name=row["author_name"], day=wording.day(row["changed_at"]))
    if pd.isna(row["approved_on"]):
        return written
    approved = _("approved by {name} on {day}", name=row["approved_by_name"], day=wording.day(row["approved_on"]))
    return f"{written}{_('; ')}{approved}"


def recheck_mark() -> html.Span:
    """The model has moved far since: the adjustment has to be looked at again."""
    why = _("The model's median has moved by more than half of its 80 % width since: look at it again.")
    return html.Span(
        [html.Span("↻", **{"aria-hidden": "true"}), " ", _("Check again")], title=why, className="kt-recheck"
    )


def told_of(row: dict) -> str:
    """What an adjustment says, in a few words: "policy: from 2027 on 50 % of the gap"."""
    about = data.indicator(row["indicator_id"]) or {"unit": "", "decimals": None}
    kind = _(KINDS[row["kind"]][1])
    numbers = numbers_of(row["kind"], row["parameters"], about["unit"], decimals(about))
    return _("{kind}: {numbers}", kind=kind, numbers=numbers) if numbers else kind


def chances(row: dict) -> html.Div:
    """The chance of missing by both versions, as it was when the adjustment was saved."""
    versions = ((components.MODEL, row["p_miss_model"]), (components.ADJUSTED, row["p_miss_adjusted"]))
    return html.Div(
        [html.Div([components.version_mark(version), " ", components.rounded(p)]) for version, p in versions]
    )


def evidence_links(adjustment_id: int) -> list:
    """The files with an adjustment, to download."""
    files = data.evidence_of(adjustment_id).to_dict("records")
    return [
        html.Div(
            html.A(
                components.mark_chinese(row["name"]),
                href=f"/workbench/evidence/{row['evidence_id']}/file",
                download=row["name"],
            )
        )
        for row in files
    ]


def export_frame(records: list[dict]) -> pd.DataFrame:
    """Adjustments as a file has them."""
    today = data.today()
    return pd.DataFrame(
        {
            _("Adjustment no."): [row["adjustment_id"] for row in records],
            _("Area code"): [row["area_id"] for row in records],
            _("Area"): [data.name(data.area(row["area_id"]) or {}) for row in records],
            _("Indicator"): [data.name(data.indicator(row["indicator_id"]) or {}) for row in records],
            _("State"): [_(STATES[state_of(row, today)]) for row in records],
            _("Check again"): [_("yes") if row["needs_recheck"] else "" for row in records],
            _("Adjustment"): [told_of(row) for row in records],
            _("Chance of missing, model"): [row["p_miss_model"] for row in records],
            _("Chance of missing, adjusted"): [row["p_miss_adjusted"] for row in records],
            _("Reason for it"): [f"{reason_name(row['reason_code'])}{_(': ')}{row['reason_text']}" for row in records],
            _("Who"): [who_line(row) for row in records],
            _("Holds until"): [row["expires_on"].date().isoformat() for row in records],
        }
    )


def numbers_of(kind: str, said: dict, unit: str, places: int) -> str:
    """The numbers of an adjustment's parameters (as workflows.adjustment_preview has them); "" where it has none."""
    if kind == "typed":
        return wording.joined(
            [f"{year} {wording.value(value, unit, places)}" for year, value in said["medians"].items()]
        )
    if kind == "growth":
        rate = said["rate"]
        amount = wording.relative(rate) if said["unit"] == "percent" else wording.change(rate, unit)
        return _("{amount} a year", amount=amount)
    if kind == "policy":
        share = wording.value(100 * said["share"], "percent")
        return _("from {year} on {share} of the gap", year=f"{said['begins']:g}", share=share)
    if kind == "shock":
        weights = [
            _("{year} cut", year=year) if not weight else _("{year} counts {weight}", year=year, weight=f"{weight:g}")
            for year, weight in said["years"].items()
        ]
        return wording.joined(weights)
    return _(MEMBERS[said["member"]]) if kind == "member" else ""
