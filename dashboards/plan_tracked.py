"""What the store holds of what a plan wants delivered: cells there are, the standard's figure, the year's work points."""

import pandas as pd
from dash import html

from dashboards import components, data, departments, quota_words, standard_words, wording
from dashboards.language import gettext as _
from dashboards.task_words import lamp


def programme(row: dict) -> html.Div | str:
    """The programmes that carry one of the plan's out, each with the way to its cascade; a dash where none does."""
    every = data.programmes()
    of_plan = (every["plan_id"] == row["plan_id"]) & (every["plan_programme_id"] == row["programme_id"])
    links = [
        html.Div(
            components.link(_("See how it goes: {name}", name=data.name(one)), f"/programmes/{one['programme_id']}")
        )
        for one in every[of_plan].to_dict("records")
    ]
    return html.Div(links) if links else wording.MISSING


def quota(row: dict) -> html.Div | str:
    """How the cells there are stand to the quota, with the way to the page of cells; a dash where none can be counted."""
    found = _quotas(row["plan_id"]).get((row["cell_type"], row["position"]))
    return _with_way([quota_words.standing(*found)], "/cells", rules=row["plan_id"]) if found else wording.MISSING


def _with_way(said: list, path: str, **state) -> html.Div:
    """What is said of a row, and under it the way to the page that shows it whole."""
    return html.Div([*(html.Div(one) for one in said), components.link(_("See how it stands"), path, **state)])


@data.cached
def _quotas(plan_id: str) -> dict[tuple[str, int], tuple[dict, pd.DataFrame]]:
    """(type, position) of the quotas that can be counted -> the row of the plan, how the places of the site stand."""
    if data.cells_placed().empty:
        return {}
    asked, judged = data.cell_quotas_of(plan_id, data.bureau_day())
    return {
        (row["cell_type"], row["position"]): (row, judged[judged["rule"].eq(rule)])
        for rule, row in zip(asked.index, asked.to_dict("records"), strict=True)
        if isinstance(row["basis"], str)
    }


def standard(row: dict) -> html.Div | str:
    """What the register of facilities shows of a standard, or which page does; a dash where none can."""
    asked, found, top = data.standards_of(row["plan_id"], data.bureau_day())
    own = asked[asked["standard_id"].eq(row["standard_id"]) & asked["position"].eq(row["position"])].iloc[0]
    if own["basis"] in standard_words.ELSEWHERE:
        words, path = standard_words.ELSEWHERE[own["basis"]]
        return components.link(_(words), path)
    of_rule = found[found["rule"].eq(own.name)]
    if of_rule.empty:
        return wording.MISSING
    here = of_rule[of_rule["area_id"].eq(top)]
    mark = standard_words.state_mark(standard_words.verdicts(of_rule, top)[own.name])
    figure = wording.MISSING if here.empty else standard_words.figure(own, here.iloc[0])
    said = [mark] if figure == wording.MISSING else [mark, html.Span(figure, className="kt-muted")]
    return _with_way(said, "/services", plan=row["plan_id"])


def task(row: dict) -> html.Div | str:
    """The year's work points that carry a task out, each with its lamp and the way to the board; a dash without any."""
    found = work_points(row["plan_id"], row["task_no"])
    lines = [
        html.Div(
            components.link(
                [lamp(point["lamp"]), " ", departments.said(point["owner_zh"])],
                "/tasks",
                year=point["year"],
                department=point["owner_zh"],
            )
        )
        for point in found
    ]
    return html.Div(lines) if lines else wording.MISSING


def work_points(plan_id: str, number: str) -> list[dict]:
    """The newest year's work points that name this number of the plan: a task's, or an action's."""
    return _work_points().get((plan_id, number), [])


@data.cached
def _work_points() -> dict[tuple[str, str], list[dict]]:
    years = data.task_years()
    found: dict[tuple[str, str], list[dict]] = {}
    for point in data.work_points(years[0]).to_dict("records") if years else []:
        found.setdefault((point["plan_id"], point["plan_task_no"]), []).append(point)
    return found
