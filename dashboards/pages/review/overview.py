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
    right = [components.section(_("Below {place}", place=data.name(place)), by_unit(marks, units, plan))]
    return html.Div([left, html.Div(right if len(units) else [])], className="kt-columns")


def by_action(here: pd.DataFrame, plan: dict, place: dict) -> html.Div:
    """One row for each chapter of the plan: how its targets stand, and the worst of them by name."""
    top = data.top_actions(plan["plan_id"])
    titles = data.actions(plan["plan_id"])
    state = {"plan": plan["plan_id"], "area": place["area_id"]}
    rows = []
    for action_id, group in here.groupby(here["action_id"].map(top), sort=False):
        action = titles.loc[action_id]
        counts = group["status"].value_counts()
        failing = int(sum(counts.get(status, 0) for status in FAILING))
        order = (-failing, -int(counts.get("slow", 0)), int(action["sort_order"]))
        name = components.link(
            components.data_name(action["title_zh"], action["title_en"]),
            BEHIND,
            **state,
            action=action_id,
            status="all",
        )
        rows.append(
            (order, [name, components.status_bar(counts), wording.number(failing), worst_targets(group, state)])
        )
    heads = [_("Action"), _("Targets by status"), _("Behind"), _("Worst")]
    ordered = [row for _order, row in sorted(rows, key=lambda pair: pair[0])]
    return components.simple_table(
        heads, ordered, caption=_("Targets by action"), numbers=(2,), className="kt-fixed kt-by-action"
    )


def worst_targets(group: pd.DataFrame, state: dict) -> list:
    """The targets furthest behind, as links to their evidence; reversing first, then by probability of missing."""
    failing = group[group["status"].isin(FAILING)]
    failing = failing.assign(grade=failing["status"].map(FAILING.index)).sort_values(
        ["grade", "p_miss"], ascending=[True, False], na_position="last"
    )
    # A floor and a trend of one indicator are two targets with one name: named once.
    worst = failing.drop_duplicates("indicator_id").head(WORST_SHOWN).to_dict("records")
    return [worst_target(row, state) for row in worst]


def worst_target(row: dict, state: dict) -> html.Span:
    """Its mark, its name as a link, its gap."""
    name = components.data_name(row["target_name_zh"], row["target_name_en"])
    link = components.link(name, INDICATOR, **state, indicator=row["indicator_id"], target=row["target_id"])
    parts = [components.status_mark(row["status"], with_word=False), link]
    if row["gap"] < 0:  # a target that its units fail may be met on average
        parts.append(html.Span(wording.change(row["gap"], row["unit"], 1), className="kt-muted"))
    return html.Span(parts, className="kt-worst")


def by_unit(marks: pd.DataFrame, units: pd.DataFrame, plan: dict) -> html.Div:
    """One row for each district: how its targets stand, and which of its reports are out."""
    parent = units["parent_id"].iloc[0] if len(units) else None
    reports = data.reporting(plan["plan_id"], parent).set_index("area_id") if parent else pd.DataFrame()
    rows = []
    for unit in units.to_dict("records"):
        counts = marks.loc[marks["area_id"] == unit["area_id"], "status"].value_counts()
        failing = int(sum(counts.get(status, 0) for status in FAILING))
        state = {"plan": plan["plan_id"], "area": unit["area_id"]}
        name = components.link(components.data_name(unit["name_zh"], unit["name_en"]), PATH, **state)
        count = components.link(wording.number(failing), BEHIND, **state, status="failing")
        report = reports.loc[unit["area_id"]]
        cells = [name, components.status_bar(counts), count, out(report["late"]), out(report["missing"])]
        rows.append(
            ((-failing, unit["area_id"]), [*cells, html.Span(wording.period(report["newest"]), className="kt-when")])
        )
    heads = [_("Area"), _("Targets by status"), _("Behind"), _("Late"), _("Missing"), _("Newest figure")]
    ordered = [row for _order, row in sorted(rows, key=lambda pair: pair[0])]
    return html.Div(
        [
            components.simple_table(heads, ordered, caption=_("Targets and reports by area"), numbers=(2, 3, 4)),
            components.source_line(
                _("Late: an indicator whose newest figure is older than another area's. Missing: never reported.")
            ),
        ]
    )


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
