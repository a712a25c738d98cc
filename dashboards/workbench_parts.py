"""The parts of the workbench: the chart with both versions, what each means, the studies below, figures and history."""

import pandas as pd
from dash import html

from dashboards import adjustment_words, components, data, wording
from dashboards.adjustment_steps import outcome, step_button
from dashboards.adjustment_words import MEMBERS
from dashboards.language import gettext as _
from dashboards.trajectories import decimals
from dashboards.workbench_figures import (
    Adjusted,
    chart_series,
    errors_figure,
    members_figure,
    peers_figure,
    workbench_figure,
)

FIGURE = "workbench-figure"


def drawing(bench, adjusted: Adjusted | None = None, left_out: dict[float, str] | None = None):
    """The finished chart of a series, with the analyst's version beside the model's where there is one."""
    history = data.figure_history_of(*bench.key)
    drawn = workbench_figure(
        chart_series(bench),
        history,
        palette=components.palette(),
        adjusted=adjusted,
        break_time=bench.break_time,
        left_out=left_out,
    )
    return components.finish(drawn, source=figure_source(bench))


def figure_source(bench) -> str:
    """What the picture says of where its figures and its path are from."""
    summed = _("added up from the areas below") if bench.observed["is_rolled_up"].any() else _("as reported")
    model = _("Model: forecast of the review of {day}", day=wording.day(bench.run["as_of"]))
    return " · ".join(
        [_("Figures: {how}", how=summed), _("Path: {source}", source=bench.mark["source_zh"] or ""), model]
    )


def at_goal(bench, fan: pd.DataFrame) -> dict | None:
    """The row of a fan at the year of the target's last milestone; None where it has none."""
    if wording.is_missing(bench.mark["final_year"]) or fan.empty:
        return None
    rows = fan[(fan["time"] - float(bench.mark["final_year"])).abs() < 1e-6]
    return rows.iloc[0].to_dict() if len(rows) else None


def versions(bench, other: dict | None) -> html.Div:
    """The two versions side by side: chance of missing, median and interval in the goal's year, who and why.

    other: label, fan, p_miss, who, why of the analyst's version (who, why: text or None); None where there is none.
    """
    year = "" if wording.is_missing(bench.mark["final_year"]) else str(int(bench.mark["final_year"]))
    heads = [_("Version"), _("Chance of missing"), _("Forecast for {year}", year=year), _("Who and why")]
    run = _("forecast of the review of {day}", day=wording.day(bench.run["as_of"]))
    rows = [
        [
            components.version_mark(components.MODEL),
            chance(bench, bench.p_miss_model),
            at_the_end(bench, bench.fan),
            run,
        ]
    ]
    if other is None:
        rows.append(
            [
                components.version_mark(components.ADJUSTED),
                wording.MISSING,
                wording.MISSING,
                _("no adjustment in force"),
            ]
        )
    else:
        said = html.Div([html.Div(part) for part in (other["who"], other["why"]) if part])
        label = components.version_mark(components.ADJUSTED, other.get("note"))
        rows.append([label, chance(bench, other["p_miss"]), at_the_end(bench, other["fan"]), said])
    return components.simple_table(heads, rows, caption=_("Model and adjusted"), className="kt-versions kt-stacked")


def chance(bench, p_miss: float | None) -> html.Span:
    return components.probability_bar(p_miss, bench.mark["p_miss_basis"])


def at_the_end(bench, fan: pd.DataFrame) -> str:
    """Median and 80 % interval in the goal's year."""
    row = at_goal(bench, fan)
    if row is None:
        return wording.MISSING
    places = decimals(bench.mark)
    return _(
        "{value} ({low} to {high})",
        value=wording.value(row["q500"], bench.mark["unit"], places),
        low=wording.number(row["q100"], places),
        high=wording.number(row["q900"], places),
    )


def studies(bench, plan_id: str) -> html.Div:
    """What the analyst looks at below: parts of the model, past errors, peers."""
    return html.Div(
        [members_part(bench, plan_id), errors_part(bench, plan_id), peers_part(bench)], className="kt-studies"
    )


def members_part(bench, plan_id: str) -> html.Section:
    """What each part of the model says by itself."""
    heading = _("What the parts of the model say")
    found = data.members(plan_id, *bench.key)
    if found.empty:
        return components.section(heading, components.empty(_("The series is not forecast"), ""))
    words = {member: _(said) for member, said in MEMBERS.items()}
    drawn = members_figure(found, bench, words, decimals(bench.mark), components.palette())
    figure = components.graph("workbench-members", components.finish(drawn), alt=heading, height=280)
    note = _("Each is the last value and one part by itself; the model adds up all of them.")
    return components.section(heading, [figure, html.P(note, className="kt-source")])


def errors_part(bench, plan_id: str) -> html.Section:
    """How far forecasts of one year ahead missed."""
    heading = _("How far past forecasts missed")
    every = data.one_step_errors(plan_id, bench.key[0])
    own = every[every["area_id"] == bench.key[1]]
    if own.empty:
        return components.section(
            heading,
            components.empty(_("No past forecast to hold against what came"), _("It takes four yearly figures.")),
        )
    places, unit = decimals(bench.mark), bench.mark["unit"]
    drawn = errors_figure(own, unit, places, components.palette())
    figure = components.graph("workbench-errors", components.finish(drawn), alt=heading, height=280)
    inside = own["actual"].between(own["low"], own["high"])
    said = _(
        "What came less the forecast made a year before. {inside} of {count} lay inside the 80 % interval (filled); the mean miss is {miss}, that of the last value {last}.",
        inside=int(inside.sum()),
        count=len(own),
        miss=wording.change((own["actual"] - own["forecast"]).abs().mean(), unit, places).lstrip("+"),
        last=wording.change((own["actual"] - own["last"]).abs().mean(), unit, places).lstrip("+"),
    )
    return components.section(heading, [figure, html.P(said, className="kt-source")])


def peers_part(bench) -> html.Section:
    """The areas beside this one."""
    heading = _("Beside its peers")
    found = data.peers(*bench.key)
    beside = found["area_id"].nunique() - int((found["area_id"] == bench.key[1]).any())
    if not beside:
        return components.section(heading, components.empty(_("No area beside this one has figures"), ""))
    names = {one: data.name(data.area(one)) for one in found["area_id"].unique()}
    drawn = peers_figure(found, bench.key[1], names, bench.mark["unit"], decimals(bench.mark), components.palette())
    figure = components.graph("workbench-peers", components.finish(drawn), alt=heading, height=280)
    said = _("{count} areas of the same level beside it, thin; this one thick.", count=beside)
    return components.section(heading, [figure, html.P(said, className="kt-source")])


def figures_table(bench) -> html.Section:
    """Every figure ever stated, with the file that said so; those replaced say until when they stood."""
    heading = _("Figures and where they are from")
    history = data.figure_history_of(*bench.key)
    if history.empty:
        note = _("Added up from the areas below: their own pages say which files their figures are from.")
        summed = bench.observed.sort_values("time", ascending=False)
        return components.section(heading, [html.P(note), components.table(
            "workbench-figures", summed_rows(bench, summed), columns(bench, with_source=False), label=heading
        )])  # fmt: skip
    rows = pd.DataFrame([figure_row(row) for row in history.to_dict("records")])
    return components.section(heading, components.table("workbench-figures", rows, columns(bench), label=heading))


def summed_rows(bench, summed: pd.DataFrame) -> pd.DataFrame:
    keep = summed[["period", "value", "numerator", "denominator"]]
    return keep.assign(status=summed["status"].map(wording.figure_status))


def figure_row(row: dict) -> dict:
    """One line of the table: a figure, its state, and which file said so when."""
    stands = wording.is_missing(row["superseded_by"])
    state = wording.figure_status(row["status"])
    if not stands:
        state = _("until {day}", day=wording.day(row["replaced_at"]))
    return {
        "period": row["period"],
        "value": row["value"],
        "numerator": row["numerator"],
        "denominator": row["denominator"],
        "status": state,
        "reported": "" if wording.is_missing(row["reported_on"]) else wording.day(row["reported_on"]),
        "received": wording.day(row["received_at"]),
        "file": row["file_name"] if isinstance(row["file_name"], str) else "",
        "from": row["received_from"],
        "submission": row["submission_id"],
        "note": row["note"] if isinstance(row["note"], str) else "",
    }


def columns(bench, *, with_source: bool = True) -> list[dict]:
    places, unit = decimals(bench.mark), wording.unit_name(bench.mark["unit"])
    known = [
        components.column("period", _("Period")),
        components.column("value", _("Value ({unit})", unit=unit), number=True, decimals=places),
        components.column("numerator", _("Numerator"), number=True, decimals=0),
        components.column("denominator", _("Denominator"), number=True, decimals=0),
        components.column("status", _("State of the figure"), minWidth=150),
    ]
    if not with_source:
        return known
    return [
        *known,
        components.column("reported", _("Reported on"), minWidth=128),
        components.column("received", _("Received on"), minWidth=128),
        components.column("file", _("File"), minWidth=190),
        components.column("from", _("Sent by"), minWidth=170),
        components.column("submission", _("Import"), number=True, decimals=0),
        components.column("note", _("Note"), minWidth=160),
    ]


def adjustment_history(found: pd.DataFrame, id: str) -> html.Div:
    """All adjustments of a series the reader may see (data.adjustments), newest first, with what may be done with each."""
    return html.Div([outcome(), html.Div(history_rows(found), id=id)])


def history_rows(found: pd.DataFrame) -> list:
    """The section's inside: a callback draws it anew after a step."""
    heading = html.H2(_("Adjustments of this series"))
    if found.empty:
        return [heading, html.P(_("Nobody has adjusted this series yet."), className="kt-muted")]
    heads = [
        _("Adjustment no."),
        _("State"),
        _("Kind"),
        _("Chance of missing"),
        _("Reason for it"),
        _("Who"),
        _("Holds until"),
        "",
    ]
    rows = [history_row(row) for row in found.to_dict("records")]
    caption = _("Adjustments of this series")
    return [heading, components.simple_table(heads, rows, caption=caption, className="kt-stacked kt-adjustments")]


def history_row(row: dict) -> list:
    """One adjustment: what it is, what it does, why, whose, and the steps open to the reader."""
    state = adjustment_words.state_of(row, data.today())
    marks = [adjustment_words.state_mark(state)]
    if row["needs_recheck"]:
        marks.append(adjustment_words.recheck_mark())
    return [
        str(row["adjustment_id"]),
        html.Div(marks, className="kt-stack"),
        adjustment_words.told_of(row),
        adjustment_words.chances(row),
        html.Div([*adjustment_words.reason_line(row), *adjustment_words.evidence_links(row["adjustment_id"])]),
        adjustment_words.who_line(row),
        wording.day(row["expires_on"]),
        html.Div(steps_open(row, state), className="kt-steps"),
    ]


def steps_open(row: dict, state: str) -> list:
    """The buttons of what the reader may do here: withdraw what is not in force yet, undo their own last step."""
    seen = {int(row["adjustment_id"]): int(row["revision"])}
    buttons = []
    if row["author"] == data.person().account and state in ("draft", "returned", "submitted"):
        buttons.append(step_button("withdraw", _("Withdraw"), seen))
    last = data.adjustment_events(row["adjustment_id"]).iloc[-1]
    undoable = last["step"] in ("submitted", "approved", "returned", "withdrawn")
    if undoable and last["account"] == data.person().account:
        words = _("Undo: {step}", step=_(adjustment_words.STEPS[last["step"]]))
        buttons.append(step_button("undo", words, seen))
    return buttons
