"""One indicator in one area: where it stands on its way to the target, and where the areas below stand."""

import numpy as np
import pandas as pd
from dash import html

from dashboards import adjusted, charts, components, data, flag_words, record_words, wording
from dashboards.access import register_page
from dashboards.language import gettext as _
from dashboards.language import mark, pick
from dashboards.to_workbench import link_of
from dashboards.trajectories import decimals, series_of

PATH, FUNNEL, WORKING, FIGURE = "/indicator", "/funnel", "/working", "indicator-trajectory"
PANELS_A_PAGE = 12


def layout(
    plan: str | None = None,
    indicator: str | None = None,
    area: str | None = None,
    target: str | None = None,
    more: str | None = None,
    as_of: str | None = None,
    **_ignored,
):
    """?plan=ordos-2030&indicator=...&area=150600&target=...&as_of=...; what is missing or unknown is chosen for the reader.

    A review of the past shows the figures as they were known on its day.
    """
    chosen = data.plan(plan)
    if chosen is None:
        return components.page(_("Nothing has been judged yet"), children=[components.empty()])
    asked = {"plan": chosen["plan_id"], "indicator": indicator, "area": area, "target": target, "as_of": as_of}
    review = data.review(chosen["plan_id"], as_of)
    if review is None:
        return components.no_review(chosen, as_of, PATH, asked)
    marks = data.marks(chosen["plan_id"], review.as_of)
    here = choose_mark(marks, chosen, indicator, area, target)
    if here is None:
        return components.page(_("No target of this plan can be shown"), children=[components.empty()])
    series = series_of(here, chosen["plan_id"], review.as_of)
    state = {
        "plan": chosen["plan_id"],
        "indicator": here["indicator_id"],
        "target": here["target_id"],
        "as_of": as_of,
    }
    return components.page(
        title(here),
        trail=components.breadcrumbs(PATH, data.trail(here["area_id"]), **state),
        subline=subline(chosen, here, review),
        controls=controls(marks, here) + components.review_choice(chosen, review),
        children=[
            components.review_notice(review, PATH, {**state, "area": here["area_id"]}),
            verdict(here, state, review),
            main_figure(here, series, state, review),
            areas_below(marks, here, state, review, more),
        ],
        table=figures_table(here, series, chosen["plan_id"], review),
        method=method(here, series),
    )


def choose_mark(marks: pd.DataFrame, plan: dict, indicator, area, target) -> dict | None:
    """The mark to show: the address's where there is one, else the plan's area, and a target with a path before others."""
    if marks.empty:
        return None
    with_value = marks["final_value"].notna() & marks["observed"].notna()
    rank = np.select([with_value, marks["status"] != "cannot_judge"], [0, 1], 2)
    ordered = marks.assign(rank=rank).sort_values(["rank", "action_order"], kind="stable")
    ordered = _narrowed(ordered, "indicator_id", indicator)
    is_known = ordered["area_id"].eq(area).any()
    ordered = _narrowed(ordered, "area_id", area if is_known else plan["area_id"])
    ordered = _narrowed(ordered, "target_id", target)
    return ordered.iloc[0].to_dict()


def _narrowed(marks: pd.DataFrame, column: str, wanted: str | None) -> pd.DataFrame:
    chosen = marks[marks[column] == wanted]
    return chosen if len(chosen) else marks


def title(here: dict) -> str:
    """The finding: what was measured where, and how that compares with the path."""
    names = {"area": data_text(here, "area_name"), "indicator": data_text(here, "target_name")}
    names["status"] = _(components.STATUSES[here["status"]][0])
    if wording.is_missing(here["observed"]):  # a whole may be judged by its units, without a figure of its own
        if here["status"] != "cannot_judge":
            return _("{area}: {indicator} – {status}", **names)
        return _("{area}: {indicator} has not been reported", **names)
    names["value"] = wording.value(here["observed"], here["unit"], decimals(here))
    names["period"] = wording.period(here["period"])
    return _("{area}: {indicator} {value} in {period} – {status}", **names)


def data_text(row: dict, field: str) -> str:
    return pick(row.get(f"{field}_zh"), row.get(f"{field}_en"))


def subline(plan: dict, here: dict, review: data.Review) -> list:
    """Plan, document and section, date of the data, whether it may still change, day judged."""
    return [
        components.data_name(plan["name_zh"], plan["name_en"]),
        components.data_name(here["action_title_zh"], here["action_title_en"]),
        _("data to {period}", period=wording.period(here["period"])) if isinstance(here["period"], str) else None,
        wording.figure_status(here["figure_status"]),
        _("judged as of {day}", day=wording.day(review.day)),
        components.way_to_changes(plan, review),
    ]


def controls(marks: pd.DataFrame, here: dict) -> list:
    """Which indicator, which area."""
    indicators = marks.sort_values("action_order", kind="stable").drop_duplicates("indicator_id")
    areas = marks[marks["indicator_id"] == here["indicator_id"]].drop_duplicates("area_id")
    return [
        components.choice(
            "indicator", _("Indicator"), options(indicators, "indicator_id", "target_name"), here["indicator_id"],
            searchable=True,
        ),
        components.choice(
            "area", _("Area"), area_options(areas, here["area_id"]), here["area_id"],
            searchable=True,
        ),
    ]  # fmt: skip


def area_options(areas: pd.DataFrame, area_id: str) -> list[dict]:
    return options(components.shortened(areas.sort_values("area_id"), area_id), "area_id", "area_name")


def options(rows: pd.DataFrame, key: str, field: str) -> list[dict]:
    return [{"value": row[key], "label": data_text(row, field)} for row in rows.to_dict("records")]


def verdict(here: dict, state: dict, review: data.Review) -> html.Div:
    """The three marks, the sentence, the way to the arithmetic behind them, and whose the forecast is if adjusted."""
    told = data.with_sentences(pd.DataFrame([here]), state["plan"], review.as_of).iloc[0]
    sentence = pick(told["sentence_zh"], told["sentence_en"])
    marks = [components.status_mark(here["status"])]
    if here["needs_study"]:
        marks.append(components.study_mark())
    if not wording.is_missing(here["observed"]):
        marks += [
            components.trend_mark(here["trend"]),
            adjusted.chance(here, adjusted.of_series(state["plan"], review.as_of)),
        ]
    marks.append(components.link(_("How this mark was made"), WORKING, **state, area=here["area_id"]))
    has_its_own = adjusted.is_adjusted(here)  # the note on the adjustment leads to the workbench
    if review.as_of is None and not has_its_own and (way := link_of(here, state["plan"])) is not None:
        marks.append(way)
    note = adjusted.note(here, state["plan"], review.as_of)
    why = data.methods_in_use(state["plan"], review.as_of).off.get(here["indicator_id"])
    plain = html.P(flag_words.left_to_last_value(why), className="kt-muted") if why else None
    return html.Div(
        [html.Div(marks, className="kt-marks"), html.P(sentence, className="kt-sentence"), note, plain],
        className="kt-verdict",
    )


def main_figure(here: dict, series: charts.Series, state: dict, review: data.Review) -> html.Div:
    """The trajectory with its downloads; where nothing was reported, what to do about it."""
    if series.observed.empty:
        return components.empty(
            _("No figures for this indicator in this area yet"),
            _("Import a report: manage.py template observations writes the form to fill in."),
        )
    figure = charts.trajectory(series, palette=components.palette())
    figure = adjusted.drawn(figure, series, adjusted.fan_of(here, state["plan"], review.as_of))
    figure = components.finish(figure, source=source_words(here, series))
    return html.Div(
        [
            components.graph(FIGURE, figure, alt=title(here), file_name=f"kangtu-{here['indicator_id']}", height=400),
            components.download_bar("indicator", figure=FIGURE, area=here["area_id"], **state),
        ]
    )


def source_words(here: dict, series: charts.Series) -> str:
    """What the picture says of where its figures and its path are from."""
    summed = _("added up from the areas below") if series.observed["is_rolled_up"].any() else _("as reported")
    parts = [_("Figures: {how}", how=summed), _("Path: {source}", source=here["source_zh"] or "")]
    return " · ".join(part for part in parts if part)


def areas_below(
    marks: pd.DataFrame, here: dict, state: dict, review: data.Review, more: str | None
) -> html.Section | None:
    """The areas right below as small multiples on shared axes, the furthest behind first."""
    children = data.children(here["area_id"])
    below = marks[(marks["target_id"] == here["target_id"]) & marks["area_id"].isin(children["area_id"])]
    below = below[below["observed"].notna()].sort_values(["gap", "area_id"], na_position="last")
    if below.empty:
        return None
    start = int(more) if more and more.isascii() and more.isdigit() else 0
    shown = below.iloc[start : start + PANELS_A_PAGE].to_dict("records")
    if not shown:
        shown, start = below.iloc[:PANELS_A_PAGE].to_dict("records"), 0
    series = [series_of(row, state["plan"], review.as_of) for row in shown]
    y_range = charts.shared_range(series)
    panels = [panel(row, one, y_range, state, review) for row, one in zip(shown, series, strict=True)]
    heading = _("The areas below, furthest behind first")
    of_now = {key: value for key, value in state.items() if key != "as_of"}  # the funnel shows the figures of today
    apart = components.link(_("Which of them truly differ from the whole?"), FUNNEL, **of_now, area=here["area_id"])
    parts = [html.P(apart), html.Div(panels, className="kt-panels"), pager(len(below), start, here, state)]
    return components.section(heading, parts)


def panel(here: dict, series: charts.Series, y_range: list[float], state: dict, review: data.Review) -> html.Div:
    """One small trajectory, headed by its area and mark."""
    figure = charts.small_trajectory(series, y_range=y_range, palette=components.palette())
    figure = components.finish(adjusted.drawn_small(figure, adjusted.fan_of(here, state["plan"], review.as_of)))
    name = components.data_name(here["area_name_zh"], here["area_name_en"])
    return html.Div(
        [
            html.P(
                [
                    components.link(name, PATH, **{**state, "area": here["area_id"]}),
                    components.status_mark(here["status"]),
                    components.version_mark(components.ADJUSTED) if adjusted.is_adjusted(here) else None,
                    html.Span(wording.value(here["observed"], here["unit"], decimals(here)), className="kt-number"),
                ],
                className="kt-panel-head",
            ),
            components.graph({"type": "indicator-panel", "area": here["area_id"]}, figure, alt=title(here), height=180),
        ],
        className="kt-panel",
    )


def pager(total: int, start: int, here: dict, state: dict) -> html.P | None:
    """Which of many areas are shown, and the way to the others."""
    if total <= PANELS_A_PAGE:
        return None
    last = min(start + PANELS_A_PAGE, total)
    steps = [html.Span(_("{first}–{last} of {total}", first=start + 1, last=last, total=total))]
    for word, to in ((_("Previous"), start - PANELS_A_PAGE), (_("Next"), start + PANELS_A_PAGE)):
        if 0 <= to < total:
            steps += [" · ", components.link(word, PATH, **{**state, "area": here["area_id"]}, more=str(to))]
    return html.P(steps, className="kt-pager")


def figures_frame(here: dict, series: charts.Series, plan_id: str, review: data.Review) -> pd.DataFrame:
    """The table behind the chart: what was reported, then what is forecast by the model and, where an analyst's
    adjustment is in force, by that too. Values in the indicator's unit."""
    observed = series.observed[
        [
            "period",
            "time",
            "value",
            "numerator",
            "denominator",
            "lower",
            "upper",
            "status",
            "reported_on",
            "is_rolled_up",
        ]
    ].assign(kind="observed")
    other = adjusted.fan_of(here, plan_id, review.as_of)
    forecast = pd.concat(
        [series.forecast.assign(kind="model" if len(other) else "forecast"), other.assign(kind="adjusted")]
    )
    forecast = forecast.rename(columns={"q500": "value", "q100": "lower", "q900": "upper"})
    forecast = forecast.assign(period=forecast["time"].map("{:.0f}".format), is_rolled_up=False)
    rows = pd.concat([observed, forecast[["period", "time", "value", "lower", "upper", "kind", "is_rolled_up"]]])
    path = series.path.dropna()
    on_path = np.interp(rows["time"], path["time"], path["value"], left=np.nan) if len(path) else np.nan
    return rows.assign(path_value=on_path, indicator_id=here["indicator_id"], area_id=here["area_id"])


def worded_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The same with its words in the reader's language."""
    kinds = {
        "observed": _("observed"),
        "forecast": _("forecast, median and 80 % interval"),
        "model": _("forecast of the model, median and 80 % interval"),
        "adjusted": _("forecast adjusted by analysts, median and 80 % interval"),
    }
    origin = rows["kind"].map(kinds).where(~rows["is_rolled_up"].astype(bool), _("added up from the areas below"))
    return pd.DataFrame(
        {
            "period": rows["period"],
            "value": rows["value"],
            "path": rows["path_value"],
            "numerator": rows["numerator"],
            "denominator": rows["denominator"],
            "lower": rows["lower"],
            "upper": rows["upper"],
            "status": rows["status"].map(wording.figure_status).fillna(""),
            "reported": [wording.day(day) if not wording.is_missing(day) else "" for day in rows["reported_on"]],
            "origin": origin,
        }
    )


def heads(unit: str) -> dict[str, str]:
    name = wording.unit_name(unit)
    return {
        "period": _("Period"),
        "value": _("Value ({unit})", unit=name),
        "path": _("Path ({unit})", unit=name),
        "numerator": _("Numerator"),
        "denominator": _("Denominator"),
        "lower": _("Interval from"),
        "upper": _("Interval to"),
        "status": _("State of the figure"),
        "reported": _("Reported on"),
        "origin": _("Origin"),
    }


def figures_table(here: dict, series: charts.Series, plan_id: str, review: data.Review) -> html.Div | None:
    rows = figures_frame(here, series, plan_id, review)
    if rows.empty:
        return None
    places, names = decimals(here), heads(here["unit"])
    numbers = {"value": places, "path": places, "lower": places, "upper": places, "numerator": 0, "denominator": 0}
    columns = [
        components.column(field, head, number=field in numbers, decimals=numbers.get(field))
        for field, head in names.items()
    ]
    rows = worded_rows(rows.sort_values("time", ascending=False, kind="stable"))  # the model's before the analyst's
    ways = record_words.tools(
        record_words.list_link(
            "observations", _("The figures as sent: mend, history, file"),
            indicator_id=here["indicator_id"], area=here["area_id"],
        ),
        record_words.add_link(
            "observations", _("Add a figure"), is_button=False,
            indicator_id=here["indicator_id"], area_id=here["area_id"],
        ),
    )  # fmt: skip
    return components.section(
        _("The figures behind the chart"), [components.table("indicator-table", rows, columns, label=title(here)), ways]
    )


def method(here: dict, series: charts.Series) -> list[str]:
    """How the mark was made, and where the target is from."""
    part_years = _("Figures of part of a year count that year so far: they are in the table, not in the chart.")
    return [
        _("Target: {source}", source=here["source_zh"] or ""),
        *([part_years] if series.is_part_year.any() else []),
        _(
            "The path runs straight from the baseline through the milestones; the plan says nothing of the years between."
        ),
        _("The forecast pools the areas of an indicator; bands hold 50, 80 and 95 % of what may come."),
    ]


@components.exporter("indicator")
def export(state: dict) -> components.Export:
    """The table behind the chart of the address's state."""
    chosen = data.plan(state.get("plan"))
    review = components.review_of_file(chosen, state)
    marks = data.marks(chosen["plan_id"], review.as_of)
    here = choose_mark(marks, chosen, state.get("indicator"), state.get("area"), state.get("target"))
    plan_id = chosen["plan_id"]
    rows = figures_frame(here, series_of(here, plan_id, review.as_of), plan_id, review)
    frame = worded_rows(rows).rename(columns=heads(here["unit"]))
    frame.insert(0, _("Area code"), here["area_id"])
    frame.insert(1, _("Area"), data_text(here, "area_name"))
    frame.insert(2, _("Indicator"), data_text(here, "target_name"))
    about = {_("Plan"): data.name(chosen), _("Target"): here["source_zh"] or "", _("Judged"): title(here)}
    about[_("Judged as of")] = wording.day(review.day)
    if adjusted.is_adjusted(here):
        about[_("Adjusted")] = adjusted.why(here, adjusted.of_series(chosen["plan_id"], review.as_of))
    return components.Export(frame, title(here), about)


register_page(
    __name__,
    path=PATH,
    name=mark("Indicator"),
    section=mark("Review"),
    permission="see figures",
    layout=layout,
    order=20,
)
