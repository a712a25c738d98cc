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
MOST_FIGURES = 60  # shown of a long history; monthly figures with their corrections are hundreds


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
    figure = components.graph("workbench-members", components.finish(drawn), alt=heading, height=320)
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
    places, unit = decimals(bench.mark), wording.unit_name(bench.mark["unit"])
    heads = [_("Period"), _("Value ({unit})", unit=unit), _("Numerator"), _("Denominator"), _("State of the figure")]
    if history.empty:
        note = html.P(_("Added up from the areas below: their own pages say which files their figures are from."))
        summed = bench.observed.sort_values("time", ascending=False).head(MOST_FIGURES).to_dict("records")
        rows = [[*counts(row, places), wording.figure_status(row["status"])] for row in summed]
        table = components.simple_table(heads, rows, caption=heading, numbers=(1, 2, 3), className="kt-stacked")
        return components.section(heading, [note, table])
    heads += [_("Reported on"), _("Received on"), _("File"), _("Sent by"), _("Import"), _("Note")]
    rows = [figure_row(row, places) for row in history.head(MOST_FIGURES).to_dict("records")]
    table = components.simple_table(heads, rows, caption=heading, numbers=(1, 2, 3, 9), className="kt-stacked")
    more = len(history) - len(rows)
    rest = html.P(_("and {count} earlier ones", count=more), className="kt-source") if more else None
    return components.section(heading, [part for part in (table, rest) if part is not None])


def counts(row: dict, places: int) -> list[str]:
    """Period, value, numerator and denominator of a figure."""
    whole = [wording.number(row[name]) for name in ("numerator", "denominator")]
    return [wording.period(row["period"]), wording.number(row["value"], places), *whole]


def figure_row(row: dict, places: int) -> list:
    """One line of the table: a figure, its state, and which file said so when."""
    stands = wording.is_missing(row["superseded_by"])
    state = wording.figure_status(row["status"]) if stands else _("until {day}", day=wording.day(row["replaced_at"]))
    said = [row[name] if isinstance(row[name], str) else "" for name in ("file_name", "received_from", "note")]
    file_name, sent_by, note = (html.Span(components.mark_chinese(text)) for text in said)
    return [
        *counts(row, places),
        state,
        "" if wording.is_missing(row["reported_on"]) else wording.day(row["reported_on"]),
        wording.day(row["received_at"]),
        file_name,
        sent_by,
        str(row["submission_id"]),
        note,
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
        adjustment_words.who_shown(row),
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
