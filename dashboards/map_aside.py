"""Beside the map: how the chosen area came to its figure, and the way to the page that says more."""

from dash import html

from dashboards import charts, components, data, map_programme, map_subjects, trajectories, wording
from dashboards.language import gettext as _
from dashboards.map_question import Answer, Choice, ask, marks_of, targets_of

GRAPH = "map-trajectory"
MOST_LISTED = 9


def aside(choice: Choice, area_id: str | None) -> list:
    """The chosen area's name, figure, mark and trajectory; before a choice, how to make one."""
    area = data.area(area_id)
    if area is None or area_id == choice.place:
        return _furthest(ask(choice))
    if map_subjects.is_rate(choice.indicator):
        return map_programme.aside(choice, area)
    here = _mark_of(choice, area_id)
    series = trajectories.series_of(here, choice.plan["plan_id"])
    name = data.name(area)
    parts = [html.H2(components.data_name(area["name_zh"], area["name_en"])), _verdict(choice, here, series)]
    if len(series.observed):
        parts.append(_figure(choice, name, series))
    else:
        parts.append(components.empty(_("No figures for this indicator in this area yet"), ""))
    state = {"plan": choice.plan["plan_id"], "indicator": choice.indicator_id, "area": area_id}
    parts.append(components.link(_("More on this indicator in {area}", area=name), "/indicator", **state))
    return parts


def _furthest(answer: Answer) -> list:
    """Before anything is chosen: the areas furthest from the target (without one, those with the worst figures)."""
    rows = answer.rows.dropna(subset=["value"])
    worst_first = (
        rows["gap"]
        if answer.limit is not None
        else rows["value"] * (-1 if answer.lower_is_better or answer.is_neutral else 1)
    )
    rows = rows.loc[worst_first.sort_values(kind="stable").index].head(MOST_LISTED)
    lines = [_line(row, answer) for row in rows.to_dict("records")]
    heading = _("Furthest from the target") if answer.limit is not None else _("Worst figures")
    heading = _("Highest figures") if answer.is_neutral else heading
    return [
        html.H2(heading) if lines else None,
        html.Ol(lines, className="map-furthest"),
        html.P(_("Choose an area here, on the map or in the list above to see its years."), className="kt-muted"),
    ]


def _line(row: dict, answer: Answer) -> html.Li:
    """An area with its figure; its name chooses it, as a click on the map does (assets/map_panel.js)."""
    indicator = answer.choice.indicator
    name = html.Button(
        components.data_name(row["name_zh"], row["name_en"]),
        type="button",
        className="map-area-name",
        **{"data-map-area": row["area_id"]},
    )
    figure = wording.value(row["value"], indicator["unit"], int(indicator["decimals"]))
    mark = components.status_mark(row["status"], with_word=False) if isinstance(row["status"], str) else html.Span()
    return html.Li([mark, name, html.Span(figure, className="kt-number")])


def _mark_of(choice: Choice, area_id: str) -> dict:
    """The area's mark; without one what a trajectory needs, with the plan's first target as its path's end."""
    judged = marks_of(choice.plan["plan_id"], choice.indicator_id, choice.level)
    target_ids = set(judged.loc[judged["area_id"].eq(area_id), "target_id"])
    marks = data.area_marks(choice.plan["plan_id"], area_id)
    found = marks[marks["target_id"].isin(target_ids)]
    if len(found):
        return found.iloc[0].to_dict()
    targets = targets_of(choice.plan["plan_id"], choice.indicator)
    return {
        "indicator_id": choice.indicator_id,
        "area_id": area_id,
        "target_id": targets["target_id"].iloc[0] if len(targets) else None,
        "unit": choice.indicator["unit"],
        "decimals": choice.indicator["decimals"],
        "status": None,
        "baseline_time": float("nan"),
        "baseline_value": float("nan"),
    }


def _verdict(choice: Choice, here: dict, series: charts.Series) -> html.P:
    """The figure of the map's period and the newest status."""
    reported = series.observed[series.observed["period"].eq(choice.period)].dropna(subset=["value"])
    figure = reported["value"].iloc[0] if len(reported) else None
    parts = [
        html.Strong(wording.value(figure, series.unit, series.decimals), className="map-aside-figure"),
        html.Span(wording.period(choice.period), className="kt-muted"),
    ]
    if here["status"]:
        parts.append(components.status_mark(here["status"]))
    return html.P(parts, className="map-aside-verdict")


def _figure(choice: Choice, name: str, series: charts.Series) -> html.Div:
    figure = components.finish(charts.trajectory(series, palette=components.palette(), height=320))
    alt = _("{area}: {indicator} over the years", area=name, indicator=data.name(choice.indicator))
    return components.graph(GRAPH, figure, alt=alt, file_name=f"kangtu-{choice.indicator_id}", height=320)
