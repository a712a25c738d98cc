"""Did the analysts' changes help? Past adjustments and the model they replaced, both against the figures that came."""

import pandas as pd
import plotly.graph_objects as go

from dashboards import adjustment_words, components, data, wording
from dashboards.access import register_page
from dashboards.language import gettext as _
from dashboards.language import mark, ngettext

PATH, BACK, FIGURE = "/adjustments/value", "/adjustments", "adjustment-value"
PERMISSION = "adjust forecasts"
GROUPS = {"all": mark("All adjustments"), "kind": mark("By kind"), "reason_code": mark("By reason"), "author_name": mark("By analyst")}  # fmt: skip


def layout(**_ignored):
    """All adjustments that were ever in force and have met their figures."""
    table, outcomes = data.value_added()
    back = components.link(_("To the adjustments"), BACK)
    if table.empty:
        notice = components.empty(
            _("No adjusted forecast has met its figure yet"),
            _("An adjustment is scored when a figure comes for a year after the newest one it knew."),
        )
        return components.page(_("What were past adjustments worth?"), subline=[back], children=[notice])
    return components.page(
        title(table),
        subline=[back],
        children=[drawing(outcomes), components.download_bar("adjustment-value", figure=FIGURE)],
        table=value_table(table),
        method=[
            _("Error: distance of the median from the figure that came, in the series' usual yearly changes."),
            _(
                "Value added: by how much less the adjusted median missed, as a share of the model's miss; minus is worse."
            ),
            _(
                "Fewer than eight adjustments, or of fewer than three indicators and years, "
                "tell what happened, not what to expect."
            ),
            "Gilliland M. (2010): The Business Forecasting Deal. Wiley.",
        ],
    )


def title(table: pd.DataFrame) -> str:
    """What may be said of all together."""
    row = table[table["by"] == "all"].iloc[0]
    if not row["is_enough"]:
        return ngettext(
            "{number} adjustment has met its figures: too few to say whether adjusting helps",
            "{number} adjustments have met their figures: too few to say whether adjusting helps",
            int(row["adjustments"]),
        )
    share = wording.value(abs(100 * row["value_added"]), "percent", 0)
    if row["value_added"] > 0:
        return _("Adjusted forecasts missed by {share} less than the model's", share=share)
    return _("Adjusted forecasts missed by {share} more than the model's", share=share)


def drawing(outcomes: pd.DataFrame):
    """One dot an adjustment: across the model's error, up the adjusted one's; under the line the analyst was nearer."""
    colours = components.palette()
    each = outcomes.groupby("adjustment_id")[["error_model", "error_adjusted"]].mean().dropna()
    about = outcomes.drop_duplicates("adjustment_id").set_index("adjustment_id").loc[each.index]
    said = [
        _("{area}, {indicator}", area=area_name(row["area_id"]), indicator=indicator_name(row["indicator_id"]))
        for row in about.to_dict("records")
    ]
    most = float(each.to_numpy().max()) * 1.1 or 1.0
    marker = {
        "size": 10,
        "symbol": "square",
        "color": colours["paper"],
        "line": {"color": colours["ink"], "width": 1.5},
    }
    dots = {
        "type": "scatter", "mode": "markers", "x": each["error_model"].tolist(), "y": each["error_adjusted"].tolist(),
        "marker": marker, "text": said, "hovertemplate": "%{text}<br>%{x:.2f} → %{y:.2f}<extra></extra>",
    }  # fmt: skip
    line = {"type": "scatter", "mode": "lines", "x": [0, most], "y": [0, most], "hoverinfo": "skip"}
    line["line"] = {"color": colours["muted"], "width": 1, "dash": "dash"}
    words = {"showarrow": False, "font": {"color": colours["muted"]}}
    notes = [
        {
            **words,
            "x": 0.98,
            "y": 0.04,
            "xref": "paper",
            "yref": "paper",
            "xanchor": "right",
            "text": _("adjusted nearer"),
        },
        {**words, "x": 0.02, "y": 0.96, "xref": "paper", "yref": "paper", "xanchor": "left", "text": _("model nearer")},
    ]
    layout = {
        "height": 420,
        "margin": {"l": 64, "r": 24, "t": 36, "b": 56},
        "xaxis": {"title": _("Error of the model"), "range": [0, most]},
        "yaxis": {"title": _("Error of the adjusted forecast"), "range": [0, most]},
        "annotations": notes,
    }
    source = _("Source: the adjustments kept here and the figures reported since")
    figure = components.finish(go.Figure({"data": [line, dots], "layout": layout}), source=source)
    return components.graph(
        FIGURE, figure, alt=_("Errors of both versions"), file_name="kangtu-value-added", height=420
    )


def area_name(area_id: str) -> str:
    return data.name(data.area(area_id) or {})


def indicator_name(indicator_id: str) -> str:
    return data.name(data.indicator(indicator_id) or {})


def group_name(row: dict) -> str:
    """What a row of the table is about."""
    if row["by"] == "kind":
        return _(adjustment_words.KINDS[row["group"]][1])
    if row["by"] == "reason_code":
        return adjustment_words.reason_name(row["group"])
    return row["group"] if row["by"] == "author_name" else ""


def value_table(table: pd.DataFrame):
    """The same by kind, reason and analyst, each with whether it is enough to say anything."""
    heads = [
        _("Which"), _("Name"), _("Adjustments made"), _("Figures"), _("Error of the model"), _("Error of the adjusted forecast"),
        _("Value added"), _("Nearer than the model"), _("What it tells"),
    ]  # fmt: skip
    rows = [
        [
            _(GROUPS[row["by"]]),
            components.mark_chinese(group_name(row)),
            wording.number(row["adjustments"]),
            wording.number(row["figures"]),
            wording.number(row["mae_model"], 2),
            wording.number(row["mae_adjusted"], 2),
            wording.relative(100 * row["value_added"], 0),
            wording.value(100 * row["share_better"], "percent", 0),
            verdict(row),
        ]
        for row in table.to_dict("records")
    ]
    caption = _("Value added of past adjustments")
    return components.section(
        caption,
        components.simple_table(heads, rows, caption=caption, numbers=(2, 3, 4, 5, 6, 7), className="kt-stacked"),
    )


def verdict(row: dict) -> str:
    if not row["is_enough"]:
        return _("too few to say")
    if wording.is_missing(row["value_added"]):
        return wording.MISSING
    return _("helped") if row["value_added"] > 0 else _("did not help")


@components.exporter("adjustment-value", permission=PERMISSION)
def export(query: dict) -> components.Export:
    """One row an adjustment and figure that came."""
    _table, outcomes = data.value_added()
    records = outcomes.to_dict("records")
    frame = pd.DataFrame(
        {
            _("Adjustment no."): outcomes["adjustment_id"].to_numpy(),
            _("Area code"): outcomes["area_id"].to_numpy(),
            _("Area"): [area_name(row["area_id"]) for row in records],
            _("Indicator"): [indicator_name(row["indicator_id"]) for row in records],
            _("Period"): outcomes["time"].to_numpy(),
            _("Figure"): outcomes["actual"].to_numpy(),
            _("Model"): outcomes["median_model"].to_numpy(),
            _("Adjusted"): outcomes["median_adjusted"].to_numpy(),
            _("Error of the model"): outcomes["error_model"].to_numpy(),
            _("Error of the adjusted forecast"): outcomes["error_adjusted"].to_numpy(),
        }
    )
    return components.Export(frame, _("Value added of past adjustments"))


register_page(
    __name__, path=PATH, name=mark("Value added of adjustments"), permission=PERMISSION, layout=layout, order=65
)
