"""The analysts' workbench: one series, what the model says of it, and what the analyst says instead, with the reason."""

import pandas as pd
from dash import ALL, ClientsideFunction, Input, Output, State, ctx, dcc, html, no_update
from flask import abort

from dashboards import adjustment_words, components, data, wording, workbench_form
from dashboards.access import callback, clientside_callback, register_page
from dashboards.adjustment_steps import refused
from dashboards.language import gettext as _
from dashboards.language import mark, pick
from dashboards.workbench_figures import Adjusted
from dashboards.workbench_form import (
    DRAFT,
    DRAGGED,
    EXPIRES,
    KIND,
    MESSAGE,
    PANELS,
    PREVIEW,
    REASON,
    SAVE,
    SUBMIT,
    TEXT,
)
from dashboards.workbench_parts import (
    FIGURE,
    adjustment_history,
    drawing,
    figures_table,
    history_rows,
    studies,
    versions,
)

PATH, QUEUE, INDICATOR = "/workbench", "/queue", "/indicator"
STUDIES, STUDIED, VERSIONS, HISTORY = (
    "workbench-studies", "workbench-studied", "workbench-versions", "workbench-history",
)  # fmt: skip
PERMISSION = "adjust forecasts"


def layout(**query):
    """?plan=&indicator=&area=&target=&sort=; without a series the first of the analysts' list in that order."""
    plan = data.plan(query.get("plan"))
    if plan is None:
        return components.nothing_judged()
    sort = query["sort"] if query.get("sort") in data.ORDERS else data.ORDERS[0]
    bench = asked(plan["plan_id"], query, sort)
    if bench is None:
        return nothing_here(plan)
    state = {
        "plan": plan["plan_id"],
        "indicator": bench.key[0],
        "area": bench.key[1],
        "target": bench.mark["target_id"],
    }
    found = adjustments_of(bench)
    return components.page(
        title(bench),
        trail=components.breadcrumbs(PATH, data.plan_trail(plan["plan_id"], bench.key[1]), **state),
        subline=subline(plan, bench),
        controls=controls(plan, bench),
        children=[
            in_the_list(plan["plan_id"], bench, sort),
            first_screen(bench, found, state),
            html.Div(components.loading(_("Past forecasts are being made again…")), id=STUDIES),
            dcc.Store(id=STUDIED, data=state),
        ],
        table=html.Div([adjustment_history(found, HISTORY), figures_table(bench)]),
        method=method(),
    )


def asked(plan_id: str, query: dict, sort: str):
    """The series the address names; without one the first of the list, else the first that is forecast."""
    indicator, area = query.get("indicator"), query.get("area")
    if indicator and area:
        return data.bench(plan_id, indicator, area, query.get("target"))
    rows = data.series_in_order(plan_id, sort)
    if rows.empty:
        rows = data.marks(plan_id).sort_values("p_miss", ascending=False)
    for column, wanted in (("indicator_id", indicator), ("area_id", area)):
        rows = rows[rows[column] == wanted] if wanted and (rows[column] == wanted).any() else rows
    if rows.empty:
        return None
    first = rows.iloc[0]
    return data.bench(plan_id, first["indicator_id"], first["area_id"], first["target_id"])


def nothing_here(plan: dict) -> html.Main:
    """An address of a series that is not judged, or that the reader may not see."""
    back = components.link(_("To the analysts' list"), QUEUE, plan=plan["plan_id"])
    notice = components.empty(
        _("No mark of this indicator in this area"), _("Choose a series from the list."), action=back
    )
    return components.page(_("This series is not judged"), subline=[data.name(plan)], children=[notice])


def title(bench) -> str:
    """The finding: how likely the goal is missed by the model, and by the analyst where an adjustment is in force."""
    names = {"area": data.name(bench.mark, "area_name"), "indicator": data.name(bench.mark, "target_name")}
    if wording.is_missing(bench.p_miss_model):
        return _("{area}: {indicator}, no chance of missing estimated", **names)
    names["model"] = wording.rounded_probability(bench.p_miss_model)
    if bench.mark.get("forecast_version") == components.ADJUSTED:
        adjusted = wording.rounded_probability(bench.mark["p_miss"])
        return _(
            "{area}: {indicator} – chance of missing {model} (model), {adjusted} (adjusted)", **names, adjusted=adjusted
        )
    return _("{area}: {indicator} – chance of missing {model} (model)", **names)


def subline(plan: dict, bench) -> list:
    """Plan, goal, date of the data, day of the review."""
    year = "" if wording.is_missing(bench.mark["final_year"]) else str(int(bench.mark["final_year"]))
    goal = wording.goal(bench.mark["comparator"], bench.mark["final_value"], bench.mark["unit"])
    return [
        components.data_name(plan["name_zh"], plan["name_en"]),
        _("goal {goal} by {year}", goal=goal, year=year) if year else None,
        _("data to {period}", period=wording.period(bench.mark["period"])),
        wording.figure_status(bench.mark["figure_status"]),
        _("judged as of {day}", day=wording.day(bench.run["as_of"])),
    ]


def controls(plan: dict, bench) -> list:
    """Which indicator, which area."""
    targets = data.targets(plan["plan_id"]).drop_duplicates("indicator_id")
    indicators = [
        {"value": row["indicator_id"], "label": pick(row["name_zh"], row["name_en"])}
        for row in targets.to_dict("records")
    ]
    _plans, areas = components.plan_and_area(plan, data.area(bench.key[1]))
    return [components.choice("indicator", _("Indicator"), indicators, bench.key[0], searchable=True), areas]


def in_the_list(plan_id: str, bench, sort: str) -> html.Nav:
    """Where the series stands in the analysts' list, and the way to the one before and after."""
    place, count, before, after = data.neighbours(plan_id, sort, bench.mark["target_id"], bench.key[1])
    order = _(adjustment_words.ORDERS[sort])
    said = (
        _("{place} of {count} by: {order}", place=place, count=count, order=order)
        if place
        else _("not in the list by: {order}", order=order)
    )
    steps = [html.Span(said)]
    for word, to in ((_("Previous series"), before), (_("Next series"), after)):
        if to is not None:
            key = {"indicator": to["indicator_id"], "area": to["area_id"], "target": to["target_id"]}
            steps += [" · ", components.link(word, PATH, plan=plan_id, **key, sort=sort)]
    steps += [" · ", components.link(_("The whole list"), QUEUE, plan=plan_id, sort=sort)]
    review = {"plan": plan_id, "indicator": bench.key[0], "area": bench.key[1], "target": bench.mark["target_id"]}
    steps += [" · ", components.link(_("As the review shows it"), INDICATOR, **review)]
    return html.Nav(steps, className="kt-pager", **{"aria-label": _("The analysts' list")})


def first_screen(bench, found: pd.DataFrame, state: dict) -> html.Div:
    """The chart and what both versions mean; beside it the form. found: the adjustments of the series."""
    mine, standing = own_draft(found), shown_adjustment(found)
    adjusted = None if standing is None else Adjusted(standing["fan"], _("Adjusted"))
    left_out = left_out_of(mine) if mine else {}
    figure = components.graph(
        FIGURE, drawing(bench, adjusted, left_out), alt=title(bench), file_name=f"kangtu-{bench.key[0]}", height=430
    )
    left = [
        html.Div(figure, className="kt-draggable"),
        html.Div(versions(bench, standing), id=VERSIONS),
        components.download_bar("workbench", figure=FIGURE, **state),
    ]
    if bench.fan.empty:
        why = components.empty(
            _("The model does not forecast this series"),
            _("Fewer than three figures, or too few cases: nothing to adjust."),
        )
        return html.Div([html.Div(left), html.Div(why)], className="kt-workbench")
    return html.Div([html.Div(left), workbench_form.form(bench, mine, data.today())], className="kt-workbench")


def adjustments_of(bench) -> pd.DataFrame:
    return data.adjustments(indicator_id=bench.key[0], area_id=bench.key[1])


def own_draft(found: pd.DataFrame) -> dict | None:
    """The reader's newest draft (or returned one) among the adjustments of a series."""
    mine = found[found["state"].isin(("draft", "returned")) & (found["author"] == data.person().account)]
    return mine.iloc[0].to_dict() if len(mine) else None


def shown_adjustment(found: pd.DataFrame) -> dict | None:
    """What the chart shows beside the model: the reader's draft, else what waits for approval, else what is in force."""
    if (mine := own_draft(found)) is not None:
        return version_of(mine)
    found = found[found["state"].isin(("submitted", "approved")) & ~found["is_expired"]]
    found = found.sort_values("state", ascending=False, kind="stable")  # submitted before approved
    return version_of(found.iloc[0].to_dict()) if len(found) else None


def version_of(row: dict) -> dict:
    """A stored adjustment as versions() shows it."""
    state = adjustment_words.state_of(row, data.today())
    return {
        "fan": data.fan_frame(row["adjusted_fan"]),
        "p_miss": row["p_miss_adjusted"],
        "who": adjustment_words.who_shown(row),
        "who_said": adjustment_words.who_line(row),
        "why": adjustment_words.reason_line(row),
        "note": _(adjustment_words.STATES[state]),
    }


def left_out_of(row: dict) -> dict[float, str]:
    """time -> word for the years a shock adjustment cuts or weighs down."""
    if row["kind"] != "shock":
        return {}
    return {
        float(year): adjustment_words.numbers_of("shock", {"years": {year: weight}}, "", 0)
        for year, weight in row["parameters"].get("years", {}).items()
    }


def method() -> list[str]:
    return [
        _("The model's fan is that of the review; the analyst moves its median, and the width stays the model's."),
        _("Nothing the analyst saves changes the model: both versions stay side by side, marked Model and Adjusted."),
        _("In force only after somebody else has approved, until the day it holds; then the model counts again."),
    ]


@callback(Output(STUDIES, "children"), Input(STUDIED, "data"), permission=PERMISSION)
def draw_studies(state: dict):
    """Parts of the model, past errors and peers: drawn when the page already stands."""
    bench = bench_of(state)
    return studies(bench, state["plan"]) if bench else components.empty()


def bench_of(state):
    """The series a callback is about; None for what names none. Everything in a callback's body is the caller's."""
    if not isinstance(state, dict) or not all(isinstance(state.get(k), str) for k in ("plan", "indicator", "area")):
        return None
    if not isinstance(state.get("target"), str | None):
        return None
    plan = data.plan(state["plan"])
    if plan is None or plan["plan_id"] != state["plan"]:
        return None
    return data.bench(state["plan"], state["indicator"], state["area"], state.get("target"))


@callback(
    Output(FIGURE, "figure"),
    Output(VERSIONS, "children"),
    Output(MESSAGE, "children"),
    Input(PREVIEW, "n_clicks"),
    *workbench_form.changes(),
    State({"type": workbench_form.VALUE, "time": ALL}, "id"),
    State(STUDIED, "data"),
    permission=PERMISSION,
    prevent_initial_call=True,
)
def draw_preview(clicks, values, *rest):
    """What the form asks for, drawn beside the model; nothing is stored."""
    *said, ids, state = rest
    bench = bench_of(state)
    if bench is None:
        return no_update, no_update, refused(_("This series is not judged"))
    try:
        wanted = workbench_form.request_of(values, ids, *said)
    except data.InputError as error:
        return no_update, no_update, refused(str(error))
    if workbench_form.is_blank(wanted):
        asked_for = ctx.triggered_id == PREVIEW
        message = refused(_("State at least one year, or drag a square in the chart.")) if asked_for else None
        return drawing(bench), versions(bench, None), message
    try:
        found = preview_of(bench, wanted)
    except data.InputError as error:
        return no_update, no_update, refused(str(error))
    shown = {"fan": found.adjusted, "p_miss": found.p_miss_adjusted, "who": None, "why": None}
    shown["note"] = _("not saved")
    left_out = left_out_of({"kind": found.kind, "parameters": found.parameters})
    return drawing(bench, Adjusted(found.adjusted, _("Adjusted")), left_out), versions(bench, shown), None


def preview_of(bench, wanted: dict):
    return data.preview(bench.run["plan_id"], *bench.key, wanted["kind"], wanted["parameters"], bench.mark["target_id"])


@callback(
    Output(MESSAGE, "children", allow_duplicate=True),
    Output(DRAFT, "data"),
    Output(HISTORY, "children"),
    Input(SAVE, "n_clicks"),
    Input(SUBMIT, "n_clicks"),
    State(DRAFT, "data"),
    State(REASON, "value"),
    State(TEXT, "value"),
    State(EXPIRES, "value"),
    *workbench_form.states(),
    State(STUDIED, "data"),
    permission=PERMISSION,
    prevent_initial_call=True,
)
def keep(saves, submits, draft, code: str | None, text: str | None, expires, values, ids, *rest):
    """Save the draft; with Submit hand it in too. What is refused says why, and the form keeps what it says."""
    *said, state = rest
    bench = bench_of(state)
    if bench is None or not (saves or submits):
        return no_update, no_update, no_update
    draft = draft_seen(draft)
    try:
        wanted = preview_of(bench, workbench_form.request_of(values, ids, *said))
        draft = data.save_draft(wanted, code or "", text or "", workbench_form.day_of(expires), draft)
    except data.InputError as error:
        kept = getattr(error, "kept_id", None)  # the text of a draft that somebody else had saved meanwhile
        now = {"adjustment_id": kept, "revision": 1} if kept else no_update
        return refused(str(error)), now, history_rows(adjustments_of(bench)) if kept else no_update
    words = _("Draft {number} is saved.", number=draft["adjustment_id"])
    if ctx.triggered_id == SUBMIT:
        try:
            data.take_step("submit", {draft["adjustment_id"]: draft["revision"]})
        except data.InputError as error:
            return refused(str(error)), draft, history_rows(adjustments_of(bench))
        words = _("Adjustment {number} waits for somebody else's approval.", number=draft["adjustment_id"])
        draft = None
    return html.P(words, className="kt-done"), draft, history_rows(adjustments_of(bench))


def draft_seen(draft) -> dict | None:
    """The draft a save names; None for anything else."""
    if not isinstance(draft, dict) or not all(isinstance(draft.get(k), int) for k in ("adjustment_id", "revision")):
        return None
    return {"adjustment_id": draft["adjustment_id"], "revision": draft["revision"]}


clientside_callback(
    ClientsideFunction("kangtuWorkbench", "drag"),
    Output(KIND, "value"),
    Output({"type": workbench_form.VALUE, "time": ALL}, "value"),
    Input(DRAGGED, "data"),
    State({"type": workbench_form.VALUE, "time": ALL}, "id"),
    State({"type": workbench_form.VALUE, "time": ALL}, "value"),
    permission=PERMISSION,
    module=__name__,
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("kangtuWorkbench", "show"),
    Output(PANELS, "className"),
    Input(KIND, "value"),
    permission=PERMISSION,
    module=__name__,
)
clientside_callback(
    ClientsideFunction("kangtuWorkbench", "keep"),
    Output(DRAFT, "id"),
    Input(DRAFT, "data"),
    permission=PERMISSION,
    module=__name__,
)


@components.exporter("workbench", permission=PERMISSION)
def export(query: dict) -> components.Export:
    """Figures, the model's forecast and the adjusted one in force or waiting, row by row."""
    bench = bench_of(query) or abort(404)
    standing = shown_adjustment(adjustments_of(bench))
    title_said = title(bench)
    about = {_("Plan"): data.name(data.plan(query["plan"])), _("Judged as of"): wording.day(bench.run["as_of"])}
    if standing is not None:
        about[_("Adjusted")] = f"{standing['note']} · {standing['who_said']}"
    return components.Export(export_frame(bench, standing), title_said, about)


def export_frame(bench, standing: dict | None) -> pd.DataFrame:
    """One row a period and version: observed, Model, Judged."""
    unit = wording.unit_name(bench.mark["unit"])
    heads = [
        _("Version"),
        _("Period"),
        _("Value ({unit})", unit=unit),
        _("80 % from"),
        _("80 % to"),
        _("95 % from"),
        _("95 % to"),
    ]
    observed = bench.observed.sort_values("time")
    rows = [[_("observed"), row.period, row.value, None, None, None, None] for row in observed.itertuples()]
    fans = [(_("Model"), bench.fan)] + ([(_("Adjusted"), standing["fan"])] if standing else [])
    for word, fan in fans:
        rows += [[word, f"{row.time:g}", row.q500, row.q100, row.q900, row.q025, row.q975] for row in fan.itertuples()]
    return pd.DataFrame(rows, columns=heads)


register_page(
    __name__,
    path=PATH,
    name=mark("Workbench"),
    section=mark("Forecasts"),
    permission=PERMISSION,
    layout=layout,
    order=62,
)
