"""What is behind now, by action and by district, on one screen."""

import pandas as pd
from dash import html

from dashboards import components, data, wording
from dashboards.access import register_page
from dashboards.components import STATUSES, address
from dashboards.language import gettext as _
from dashboards.language import mark, ngettext

PATH, BEHIND, INDICATOR = "/", "/behind", "/indicator"
FAILING = ("reversing", "behind")
WORST_SHOWN = 2  # targets named beside an action


def layout(plan: str | None = None, area: str | None = None, **_ignored):
    """?plan=ordos-2030&area=150600; what is missing or unknown is the plan judged last and its own area."""
    chosen = data.plan(plan)
    if chosen is None:
        return components.nothing_judged()
    place = data.place(chosen["plan_id"], area)
    if place is None:
        return components.page(_("No figures for this choice"), children=[components.empty()])
    marks = data.marks(chosen["plan_id"])
    here = marks[marks["area_id"] == place["area_id"]]
    return components.page(
        title(here, place),
        trail=components.breadcrumbs(
            PATH, data.plan_trail(chosen["plan_id"], place["area_id"]), plan=chosen["plan_id"]
        ),
        subline=data.subline(chosen["plan_id"], place["area_id"]),
        controls=components.plan_and_area(chosen, place),
        children=[stale_notice(chosen), status_cards(here, chosen, place), two_columns(marks, here, chosen, place)],
        method=[
            _("Status: the newest figure against the straight line through the plan's milestones, with a dead band."),
            _("A target is behind where its figure is well short of that line, reversing where it moves away."),
        ],
    )


def title(here: pd.DataFrame, place: dict) -> str:
    """The finding in words."""
    judged = int((here["status"] != "cannot_judge").sum())
    failing = int(here["status"].isin(FAILING).sum())
    names = {"total": judged, "place": data.name(place)}
    if not judged:
        return _("No target can be judged yet in {place}", place=data.name(place))
    if not failing:
        return _("None of {total} judged targets is behind in {place}", **names)
    return ngettext(
        "{number} of {total} judged targets is behind or reversing in {place}",
        "{number} of {total} judged targets are behind or reversing in {place}",
        failing,
        **names,
    )


def stale_notice(plan: dict):
    """Says so when figures have come in since the plan was judged."""
    if not data.is_stale(plan["plan_id"]):
        return None
    return components.stale(wording.day(data.newest_run(plan["plan_id"])["as_of"]))


def status_cards(here: pd.DataFrame, plan: dict, place: dict) -> html.Div:
    """How many targets of the area stand where; each count leads to its list."""
    counts = here["status"].value_counts()
    state = {"plan": plan["plan_id"], "area": place["area_id"]}
    return components.cards(
        components.card(
            wording.number(int(counts.get(status, 0))),
            components.status_mark(status),
            href=address(BEHIND, **state, status=status),
        )
        for status in STATUSES
    )


def two_columns(marks: pd.DataFrame, here: pd.DataFrame, plan: dict, place: dict) -> html.Div:
    """By action on the left, by district and what has been reported on the right."""
    left = components.section(_("By action"), by_action(here, plan, place))
    units = data.units_below(place["area_id"])
    if units.empty:
        return left
    right = components.section(_("Below {place}", place=data.name(place)), by_unit(marks, units, plan, place))
    return html.Div([left, right], className="kt-columns")


def by_action(here: pd.DataFrame, plan: dict, place: dict) -> html.Div:
    """One row for each chapter of the plan: how its targets stand, and the worst of them by name."""
    chapters = here["action_id"].map(data.top_actions(plan["plan_id"]))
    counts = counted(chapters, here["status"])
    titles = data.actions(plan["plan_id"]).reindex(counts.index)
    worst = worst_targets(here, chapters)
    state = {"plan": plan["plan_id"], "area": place["area_id"]}
    order = counts.assign(order=titles["sort_order"]).sort_values(
        ["failing", "slow", "order"], ascending=[False, False, True]
    )
    rows = []
    for action_id in order.index:
        name = components.data_name(titles.at[action_id, "title_zh"], titles.at[action_id, "title_en"])
        link = components.link(name, BEHIND, **state, action=action_id, status="all")
        bar = components.status_bar(counts.loc[action_id])
        targets = [worst_target(row, state) for row in worst.get(action_id, ())]
        rows.append([link, bar, wording.number(counts.at[action_id, "failing"]), targets])
    heads = [_("Action"), _("Targets by status"), _("Behind"), _("Worst")]
    return components.simple_table(heads, rows, caption=_("Targets by action"), numbers=(2,), className="kt-by-action")


def counted(groups: pd.Series, statuses: pd.Series) -> pd.DataFrame:
    """One row a group, one column a status and failing (behind or reversing): numbers of targets."""
    counts = pd.crosstab(groups, statuses).reindex(columns=list(STATUSES), fill_value=0)
    return counts.assign(failing=counts[list(FAILING)].sum(axis=1))


def worst_targets(here: pd.DataFrame, chapters: pd.Series) -> dict[str, list[dict]]:
    """Chapter -> its targets furthest behind: reversing first, then by probability of missing."""
    failing = here[here["status"].isin(FAILING)].assign(chapter=chapters)
    failing = failing.assign(grade=failing["status"].map(FAILING.index))
    failing = failing.sort_values(["grade", "p_miss"], ascending=[True, False], na_position="last")
    # A floor and a trend of one indicator are two targets with one name: named once.
    failing = failing.drop_duplicates(["chapter", "indicator_id"]).groupby("chapter").head(WORST_SHOWN)
    worst: dict[str, list[dict]] = {}
    for row in failing.to_dict("records"):
        worst.setdefault(row["chapter"], []).append(row)
    return worst


def worst_target(row: dict, state: dict) -> html.Span:
    """Its mark, its name as a link, its gap."""
    name = components.data_name(row["target_name_zh"], row["target_name_en"])
    link = components.link(name, INDICATOR, **state, indicator=row["indicator_id"], target=row["target_id"])
    parts = [components.status_mark(row["status"], with_word=False), link]
    if row["gap"] < 0:  # a target that its units fail may be met on average
        parts.append(html.Span(wording.change(row["gap"], row["unit"], 1), className="kt-muted"))
    return html.Span(parts, className="kt-worst")


def by_unit(marks: pd.DataFrame, units: pd.DataFrame, plan: dict, place: dict) -> html.Div:
    """One row for each district: how its targets stand, and which of its reports are out."""
    below = marks[marks["area_id"].isin(units.index)]
    counts = counted(below["area_id"], below["status"]).reindex(units.index, fill_value=0)
    reports = data.reporting(plan["plan_id"], place["area_id"]).set_index("area_id")
    rows = []
    for area_id in counts.sort_values("failing", ascending=False, kind="stable").index:
        unit, report, state = units.loc[area_id], reports.loc[area_id], {"plan": plan["plan_id"], "area": area_id}
        failing = wording.number(counts.at[area_id, "failing"])
        rows.append(
            [
                components.link(components.data_name(unit["name_zh"], unit["name_en"]), PATH, **state),
                components.status_bar(counts.loc[area_id]),
                components.link(failing, BEHIND, **state, status="failing"),
                out(report["late"]),
                out(report["missing"]),
                html.Span(wording.period(report["newest"]), className="kt-when"),
            ]
        )
    heads = [_("Area"), _("Targets by status"), _("Behind"), _("Late"), _("Missing"), _("Newest figure")]
    late = _("Late: an indicator whose newest figure is older than another area's. Missing: never reported.")
    table = components.simple_table(heads, rows, caption=_("Targets and reports by area"), numbers=(2, 3, 4))
    return html.Div([table, components.source_line(late)])


def out(count: int) -> str:
    """A count of reports that are out; none is shown as a dash so that the others are seen."""
    return wording.number(int(count)) if count else wording.MISSING


register_page(
    __name__,
    path=PATH,
    name=mark("Overview"),
    section=mark("Review"),
    permission="see figures",
    layout=layout,
    order=10,
)
