"""What a forecast is worth: past years' forecasts made again, and what came. Plain words on what may be concluded."""

import pandas as pd
from dash import Input, Output, State, dcc, html, no_update
from flask import abort

from dashboards import components, data, flag_words, wording
from dashboards.access import callback, may, register_page
from dashboards.backtest_figures import calibration_figure, coverage_figure, percent, years_of
from dashboards.backtest_words import (
    KINDS,
    LENGTHS,
    SIZES,
    VERDICTS,
    conclusions,
    method,
    title,
    verdict_mark,
)
from dashboards.language import gettext as _
from dashboards.language import mark
from models.backtest_scores import ALL, EVEN, LAST_VALUE, TOO_FEW, USE, Summary

PATH = "/backtest"
ASK, ASKED, JOB, CLOCK = "backtest-ask", "backtest-asked", "backtest-job", "backtest-clock"
PROGRESS, GO = "backtest-progress", "backtest-go"
ASK_PERMISSION, POLL_MS = "run forecasts", 1500
MOST_SAID = 10  # times the last value's error: beyond it the figure says no more
FIRST_FLAGS = 10  # as many as the list of what falls behind shows at first
CALIBRATION, COVERAGE = "backtest-calibration", "backtest-coverage"


def layout(**query):
    """?plan=&against=all|milestone|own_path. Shows what a job worked out; here nothing is."""
    plan = data.plan(query.get("plan"))
    if plan is None:
        return components.nothing_judged()
    made = data.backtest_made(plan["plan_id"])
    return whole_page(plan, query, made) if made else not_made(plan, query)


def not_made(plan: dict, query: dict) -> html.Main:
    """Why there is nothing to see, and who can ask for it."""
    notice = components.notice(
        _("Past years' forecasts of this plan have not been replayed yet"),
        "" if may(ASK_PERMISSION) else _("An analyst can have it done from this page."),
        action=asking(plan),
    )
    return components.page(
        _("Are the forecasts any good?"),
        subline=[data.name(plan)],
        controls=controls(plan, query),
        children=[notice],
    )


def asking(plan: dict) -> html.Div | None:
    """The button that asks for the work, and how far it is; nothing for who may not."""
    if not may(ASK_PERMISSION):
        return None
    return html.Div(
        [
            html.Button(_("Replay past years' forecasts"), id=ASK, type="button", className="kt-button"),
            html.Div(id=PROGRESS, role="status"),
            dcc.Store(id=ASKED, data=plan["plan_id"]),
            dcc.Store(id=JOB),
            dcc.Interval(id=CLOCK, interval=POLL_MS, disabled=True),
            dcc.Location(id=GO, refresh="callback-nav"),
        ]
    )


@callback(
    Output(JOB, "data"),
    Output(ASK, "disabled"),
    Input(ASK, "n_clicks"),
    State(ASKED, "data"),
    permission=ASK_PERMISSION,
    prevent_initial_call=True,
)
def ask(_clicks, plan_id: str | None):
    """Hand the work to the worker process."""
    if plan_id not in data.judged_plans().index:
        return no_update, no_update
    return data.ask_for_backtest(plan_id), True


@callback(
    Output(PROGRESS, "children"),
    Output(CLOCK, "disabled"),
    Output(GO, "href"),
    Input(CLOCK, "n_intervals"),
    Input(JOB, "data"),
    permission=ASK_PERMISSION,
    prevent_initial_call=True,
)
def follow(_ticks, job_id: str | None):
    """How far the work is; when it is done, the page with what came of it."""
    job = data.backtest_job(job_id) if job_id else None
    if job is None:
        return "", True, no_update
    if job["state"] == "done":
        return "", True, components.address(PATH, plan=job["parameters"]["plan_id"])
    if job["state"] in ("queued", "running"):
        return progress(job), False, no_update
    return components.notice(job["message"] or _("Cancelled."), kind="failed"), True, no_update


def progress(job: dict) -> html.Div:
    """A bar, and that the reader need not wait."""
    words = _("Waiting for its turn…") if job["state"] == "queued" else _("Past years' forecasts are being made again…")
    bar = html.Progress(value=str(round(job["progress"], 3)), max="1", **{"aria-label": words})
    return html.Div([html.P([words, " ", _("You may leave this page meanwhile.")]), bar])


def when_made(plan: dict, made: dict) -> html.Div | None:
    """That newer figures have come in since, and the way to take them in too."""
    if not made["is_stale"]:
        return None
    day = wording.day(made["made_on"])
    return components.notice(
        _("Newer figures have come in since past forecasts were replayed on {day}", day=day),
        kind="stale",
        action=asking(plan),
    )


def whole_page(plan: dict, query: dict, made: dict) -> html.Main:
    found = data.backtest(plan["plan_id"])
    if found is None:
        return components.page(
            _("No forecast of this plan can be tested yet"),
            controls=controls(plan, query),
            children=[
                components.empty(
                    _("No series has four yearly figures"),
                    _(
                        "A forecast needs three figures, and a fourth to be held against. Import the reports of past years."
                    ),
                ),
                when_made(plan, made),
            ],
        )
    kind = chosen_kind(query)
    return components.page(
        title(found, kind),
        subline=[*subline(plan, found), _("replayed on {day}", day=wording.day(made["made_on"]))],
        controls=controls(plan, query),
        children=[
            when_made(plan, made),
            first_screen(found, kind, plan),
            past_flags(plan),
            coverage(found),
            indicators(found, plan),
        ],
        table=classes(found),
        method=method(),
    )


def chosen_kind(query: dict) -> str:
    return query["against"] if query.get("against") in KINDS else ALL


def subline(plan: dict, found: Summary) -> list:
    counts = found.overall.iloc[0]
    made = _(
        "{forecasts} forecasts of {series} series, made at the ends of {first} to {last}",
        forecasts=wording.number(counts["forecasts"]),
        series=wording.number(counts["series"]),
        first=found.first,
        last=found.last,
    )
    return [components.data_name(plan["name_zh"], plan["name_en"]), made]


def controls(plan: dict, query: dict) -> list:
    """Which plan, and what the chances are held against."""
    plan_choice, _area = components.plan_and_area(plan, data.place(plan["plan_id"], None))
    kinds = [{"value": kind, "label": _(words)} for kind, words in KINDS.items()]
    return [plan_choice, components.choice("against", _("Held against"), kinds, chosen_kind(query))]


def first_screen(found: Summary, kind: str, plan: dict) -> html.Div:
    """The calibration plot, and beside it what may be concluded."""
    table = found.calibration[kind]
    if not table["forecasts"].sum():
        left = [
            components.empty(_("No past forecast falls on a year with a milestone"), _("Choose own paths instead."))
        ]
    else:
        drawn = calibration_figure(table, components.palette())
        drawn = components.finish(
            drawn, source=_("Number: forecasts. Whisker: 95 % interval if they were independent (Wilson)")
        )
        left = [
            components.graph(CALIBRATION, drawn, alt=title(found, kind), file_name="kangtu-backtest", height=470),
            components.download_bar("backtest-chances", figure=CALIBRATION, plan=plan["plan_id"], against=kind),
        ]
    said = html.Ul([html.Li(sentence) for sentence in conclusions(found, kind)])
    right = components.section(_("What may be concluded"), said)
    return html.Div([html.Div(left), right], className="kt-backtest")


def coverage(found: Summary) -> html.Section:
    """How many figures the intervals held, by years ahead."""
    drawn = coverage_figure(found.by_horizon, components.palette())
    drawn = components.finish(drawn, source=_("Means of the indicators' shares"))
    alt = _("Do the intervals hold what they claim?")
    return components.section(
        _("Do the intervals hold what they claim?"),
        [
            components.graph(COVERAGE, drawn, alt=alt, file_name="kangtu-backtest-intervals", height=320),
            components.download_bar(figure=COVERAGE),
        ],
    )


def past_flags(plan: dict) -> html.Section | None:
    """What past lists of flags were worth."""
    found = data.past_flag_scores(plan["plan_id"])
    if found is None:
        return None
    said = flag_words.past_flags(found)
    said.append(flag_words.first_flags(data.past_flag_scores(plan["plan_id"], FIRST_FLAGS)))
    return components.section(_("What past flags were worth"), html.Ul([html.Li(sentence) for sentence in said]))


def by_indicator(found: Summary) -> pd.DataFrame:
    """The indicators, worst beside the last value first; those nobody can tell of last."""
    order = found.by_indicator["verdict"].map(
        {verdict: place for place, verdict in enumerate((LAST_VALUE, EVEN, USE, TOO_FEW))}
    )
    worst_first = found.by_indicator.assign(order=order).sort_values(["order", "scrps_ratio"], ascending=[True, False])
    return worst_first.drop(columns="order")


def indicators(found: Summary, plan: dict) -> html.Section:
    """Error beside the last value's, indicator by indicator."""
    rows = []
    shown = by_indicator(found)
    names = data.indicators()[["name_zh", "name_en"]].reindex(shown.index)
    in_use = data.methods_in_use(plan["plan_id"]).off
    for row, (name_zh, name_en) in zip(
        shown.reset_index().to_dict("records"), names.to_numpy(dtype=object), strict=True
    ):
        rows.append(
            [
                components.data_name(name_zh, name_en),
                verdict_mark(row["verdict"]),
                flag_words.forecast_in_use(in_use.get(row["indicator_id"])),
                ratio_bar(row["scrps_ratio"]),
                gain(row["skill_distance"]),
                wording.number(row["mase"], 2),
                wording.number(row["mase_last"], 2),
                percent(row["cov80"]),
                wording.number(row["forecasts"]),
            ]
        )
    heads = [
        _("Indicator"),
        _("Verdict"),
        _("Forecast in use"),
        _("Error beside the last value (1 = the same)"),
        _("Chances beyond the distance"),
        _("Error of the median, in usual yearly changes"),
        _("The same of the last value"),
        _("Inside the 80 % interval"),
        _("Number of forecasts"),
    ]
    caption = _("Forecast or last value, indicator by indicator: the worst first")
    return components.section(
        caption,
        [
            components.simple_table(
                heads, rows, caption=caption, numbers=(4, 5, 6, 7, 8), className="kt-stacked kt-backtest-table"
            ),
            components.download_bar("backtest", plan=plan["plan_id"]),
        ],
    )


def ratio_bar(ratio: float) -> html.Span | str:
    """A bar whose middle is the last value's error, and the ratio in figures."""
    if wording.is_missing(ratio):
        return wording.MISSING
    fill = html.Span(
        className="kt-ratio-fill kt-ratio-worse" if ratio > 1 else "kt-ratio-fill",
        style={"width": f"{min(ratio, 2) / 2:.0%}"},
    )
    figures = _("over {number}", number=MOST_SAID) if ratio > MOST_SAID else wording.number(ratio, 2)
    return html.Span([html.Span(fill, className="kt-ratio"), figures], className="kt-ratio-cell")


def gain(skill: float) -> str:
    """How much smaller the chances' error is than that of the distance to the line; minus: larger."""
    if wording.is_missing(skill):
        return wording.MISSING
    return _("under {number}", number=percent(-1.0)) if skill < -1 else percent(skill)


def classes(found: Summary) -> html.Div:
    """The same by years ahead, by figures known, by people behind the figure."""
    years = {horizon: _("{years} ahead", years=years_of(horizon)) for horizon in found.by_horizon.index}
    lengths = {key: _(words) for key, words in LENGTHS.items()}
    sizes = {key: _(words) for key, words in SIZES.items()}
    tables = [
        class_table(_("By years ahead"), found.by_horizon, years),
        class_table(_("By figures known"), found.by_length, lengths),
        class_table(_("By people behind the figure"), found.by_size, sizes),
    ]
    return html.Div(tables, className="kt-backtest-classes")


def class_table(heading: str, table: pd.DataFrame, words: dict) -> html.Section:
    heads = [
        _("Which forecasts"),
        _("Beside the last value"),
        _("Chances beyond the distance"),
        _("Inside 80 %"),
        _("Inside 95 %"),
        _("Rosier by"),
        _("Number of forecasts"),
    ]
    rows = [
        [
            words[key],
            wording.number(row["scrps_ratio"], 2),
            gain(row["skill_distance"]),
            percent(row["cov80"]),
            percent(row["cov95"]),
            wording.number(row["bias"], 2),
            wording.number(row["forecasts"]),
        ]
        for key, row in table.iterrows()
    ]
    return components.section(
        heading,
        components.simple_table(heads, rows, caption=heading, numbers=(1, 2, 3, 4, 5, 6), className="kt-one-line"),
    )


@components.exporter("backtest")
def export(query: dict) -> components.Export:
    """Every indicator's scores, and those of all together in the last row."""
    plan, found = exported(query)
    rows = by_indicator(found)
    names = [data.name(data.indicator(indicator_id) or {}) for indicator_id in rows.index]
    together = found.overall.assign(verdict=None)
    frame = pd.concat([rows, together], ignore_index=True)
    table = pd.DataFrame(
        {
            _("Indicator"): [*names, _("All together (mean of the indicators)")],
            _("Indicator code"): [*rows.index, ""],
            _("Verdict"): [_(VERDICTS[verdict][1]) if verdict in VERDICTS else "" for verdict in frame["verdict"]],
            _("sCRPS beside the last value"): frame["scrps_ratio"],
            "sCRPS": frame["scrps"],
            _("sCRPS of the last value"): frame["scrps_last"],
            "MASE": frame["mase"],
            _("MASE of the last value"): frame["mase_last"],
            _("Chances beyond the distance (Brier skill)"): frame.get("skill_distance"),
            _("Inside the 80 % interval"): frame["cov80"],
            _("Inside the 95 % interval"): frame["cov95"],
            _("Bias (plus is rosier than what came)"): frame["bias"],
            _("Number of forecasts"): frame["forecasts"],
            _("Series"): frame["series"],
            _("Origins"): frame["origins"],
        }
    )
    return components.Export(table, title(found, ALL), about_export(plan, found))


@components.exporter("backtest-chances")
def export_chances(query: dict) -> components.Export:
    """What was said against what came, tenth by tenth."""
    plan, found = exported(query)
    kind = chosen_kind(query)
    table = found.calibration[kind]
    frame = pd.DataFrame(
        {
            _("Chance of missing that was said"): table.index.to_numpy(float),
            _("Mean of what was said"): table["p_mean"].to_numpy(),
            _("Number of forecasts"): table["forecasts"].to_numpy(),
            _("Missed"): table["missed"].to_numpy(),
            _("Share that missed"): table["share"].to_numpy(),
            _("95 % from"): table["low"].to_numpy(),
            _("95 % to"): table["high"].to_numpy(),
        }
    )
    about = about_export(plan, found) | {_("Held against"): _(KINDS[kind])}
    return components.Export(frame, title(found, kind), about)


def exported(query: dict) -> tuple[dict, Summary]:
    """The plan and what its back-test came to; 404 where there is nothing to download."""
    plan = data.plan(query.get("plan"))
    found = data.backtest(plan["plan_id"]) if plan else None
    return (plan, found) if found else abort(404)


def about_export(plan: dict, found: Summary) -> dict[str, str]:
    origins = _("{first} to {last}", first=found.first, last=found.last)
    return {_("Plan"): data.name(plan), _("Made at the ends of"): origins, _("Method"): " ".join(method())}


register_page(
    __name__,
    path=PATH,
    name=mark("Back-tests"),
    section=mark("Forecasts"),
    permission="see figures",
    layout=layout,
    order=65,
)
