"""What is behind now, by action and by district, on one screen."""

import pandas as pd
from dash import html

from dashboards import adjusted, components, data, siting_papers, wording
from dashboards.access import register_page
from dashboards.components import STATUSES, address
from dashboards.language import gettext as _
from dashboards.language import mark, ngettext
from models.changes import BETTER, NEWLY_JUDGED, WORSE
from models.rollups import FAILING, status_counts

PATH, BEHIND, INDICATOR, CHANGES, WORKING = "/", "/behind", "/indicator", "/changes", "/working"
WORST_SHOWN = 2  # targets named beside an action
MOST_UNITS = 50  # areas listed


def layout(plan: str | None = None, area: str | None = None, as_of: str | None = None, **_ignored):
    """?plan=ordos-2030&area=150600&as_of=2025-11-15; what is missing or unknown is the plan judged last, its own area.

    A day that the plan was not judged as of is said so.
    """
    chosen = data.plan(plan)
    if chosen is None:
        return components.nothing_judged()
    place = data.place(chosen["plan_id"], area)
    if place is None:
        return components.page(_("No figures for this choice"), children=[components.empty()])
    state = {"plan": chosen["plan_id"], "area": place["area_id"], "as_of": as_of}
    review = data.review(chosen["plan_id"], as_of)
    if review is None:
        return components.no_review(chosen, as_of, PATH, state)
    marks = data.marks(chosen["plan_id"], review.as_of)
    here = marks[marks["area_id"] == place["area_id"]]
    old = components.review_notice(review, PATH, state)
    return components.page(
        title(here, place),
        trail=components.breadcrumbs(PATH, data.plan_trail(chosen["plan_id"], place["area_id"]), **state),
        subline=data.subline(chosen["plan_id"], place["area_id"], review.as_of),
        controls=components.plan_and_area(chosen, place) + components.review_choice(chosen, review),
        children=[
            old or stale_notice(chosen),
            status_cards(here, state),
            since_last(review, state),
            adjusted.count_line(here, state, INDICATOR),
            two_columns(marks, here, place, review, state),
            siting_papers.before_review(chosen["plan_id"], review),
            components.download_bar("overview", **state),
        ],
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


def status_cards(here: pd.DataFrame, state: dict) -> html.Div:
    """How many targets of the area stand where; each count leads to its list."""
    counts = here["status"].value_counts()
    return components.cards(
        components.card(
            wording.number(int(counts.get(status, 0))),
            components.status_mark(status),
            href=address(BEHIND, **state, status=status),
        )
        for status in STATUSES
    )


def since_last(review: data.Review, state: dict) -> html.P | None:
    """How many of the area's targets moved since the review before, with the way to them; nothing without one."""
    before = data.previous_review(state["plan"], review.day)
    if before is None:
        return None
    moved = data.moved(state["plan"], before, review.as_of)
    counts = moved.loc[moved["area_id"] == state["area"], "change"].value_counts()
    said = _(
        "Since the review as of {day}: {worse} worse, {better} better, {new} newly judged.",
        day=wording.day(before),
        **{word: int(counts.get(change, 0)) for word, change in (("worse", WORSE), ("better", BETTER))},
        new=int(counts.get(NEWLY_JUDGED, 0)),
    )
    return html.P([said, " ", components.link(_("What moved"), CHANGES, **state)], className="kt-since")


def two_columns(
    marks: pd.DataFrame, here: pd.DataFrame, place: dict, review: data.Review, state: dict
) -> html.Div | html.Section:
    """By action on the left, by district and what has been reported on the right."""
    left = components.section(_("By action"), by_action(here, state))
    units = data.units_below(place["area_id"])
    if units.empty:
        return left
    right = components.section(_("Below {place}", place=data.name(place)), by_unit(marks, units, review, state))
    return html.Div([left, right], className="kt-columns")


def by_action(here: pd.DataFrame, state: dict) -> html.Div:
    """One row for each chapter of the plan: how its targets stand, and the worst of them by name."""
    chapters = here["action_id"].map(data.top_actions(state["plan"]))
    counts = status_counts(chapters, here["status"])
    titles = data.actions(state["plan"]).reindex(counts.index)
    worst = worst_targets(here, chapters)
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


def worst_targets(here: pd.DataFrame, chapters: pd.Series) -> dict[str, list[dict]]:
    """Chapter -> its targets furthest behind: reversing first, then by probability of missing."""
    # the chapters first: a Series assigned to a frame without rows would give it rows
    failing = here.assign(chapter=chapters)[here["status"].isin(FAILING)]
    failing = failing.assign(grade=failing["status"].map({status: nth for nth, status in enumerate(FAILING)}))
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
    mark_ = components.status_mark(row["status"], with_word=False)
    working = components.link(mark_, WORKING, className="kt-to-working", **state, target=row["target_id"])
    parts = [working, link]
    if row["gap"] < 0:  # a target that its units fail may be met on average
        parts.append(html.Span(wording.change(row["gap"], row["unit"], 1), className="kt-muted"))
    return html.Span(parts, className="kt-worst")


def by_unit(marks: pd.DataFrame, units: pd.DataFrame, review: data.Review, state: dict) -> html.Div:
    """One row for each district: how its targets stand, and which of its reports are out."""
    below = marks[marks["area_id"].isin(units.index)]
    counts = status_counts(below["area_id"], below["status"]).reindex(units.index, fill_value=0)
    reports = data.reporting(state["plan"], state["area"], review.as_of).set_index("area_id")
    rows = []
    worst_first = counts.sort_values("failing", ascending=False, kind="stable").index
    for area_id in worst_first[:MOST_UNITS]:
        unit, report, there = units.loc[area_id], reports.loc[area_id], {**state, "area": area_id}
        failing = wording.number(counts.at[area_id, "failing"])
        rows.append(
            [
                components.link(components.data_name(unit["name_zh"], unit["name_en"]), PATH, **there),
                components.status_bar(counts.loc[area_id]),
                components.link(failing, BEHIND, **there, status="failing"),
                components.count(report["late"]),
                components.count(report["missing"]),
                html.Span(wording.period(report["newest"]), className="kt-when"),
            ]
        )
    heads = [_("Area"), _("Targets by status"), _("Behind"), _("Late"), _("Missing"), _("Newest figure")]
    late = _("Late: an indicator whose newest figure is older than another area's. Missing: never reported.")
    table = components.simple_table(heads, rows, caption=_("Targets and reports by area"), numbers=(2, 3, 4))
    return html.Div([table, units_left_out(len(units)), components.source_line(late)])


def units_left_out(total: int) -> html.P | None:
    """Where the areas are that the list has no room for."""
    if total <= MOST_UNITS:
        return None
    words = _(
        "The {shown} of {total} areas with most behind; the search finds the others.", shown=MOST_UNITS, total=total
    )
    return html.P(words, className="kt-source")


@components.exporter("overview")
def export(query: dict) -> components.Export:
    """How many targets stand where: of the area by action, then of each area right below it."""
    plan = data.plan(query.get("plan"))
    place = data.place(plan["plan_id"], query.get("area"))
    review = components.review_of_file(plan, query)
    marks = data.marks(plan["plan_id"], review.as_of)
    here = marks[marks["area_id"] == place["area_id"]]
    actions = data.actions(plan["plan_id"])
    by_action = status_counts(here["action_id"].map(data.top_actions(plan["plan_id"])), here["status"])
    by_action = by_action.loc[actions.loc[by_action.index].sort_values("sort_order").index]
    units = data.units_below(place["area_id"])
    below = marks[marks["area_id"].isin(units.index)]
    by_unit = status_counts(below["area_id"], below["status"])
    whole = status_counts(here["area_id"], here["status"])
    parts = [
        worded_counts(_("Plan"), whole, pd.DataFrame([place], index=[place["area_id"]]), "name"),
        worded_counts(_("Action"), by_action, actions, "title"),
        worded_counts(_("Area"), by_unit, units, "name"),
    ]
    about = {_("Plan"): data.name(plan), _("Area"): data.name(place)}
    about[_("Data")] = wording.joined(data.subline(plan["plan_id"], place["area_id"], review.as_of)[2:])
    about[_("Method")] = _("Counts of targets; no weights and no averages of marks.")
    return components.Export(pd.concat(parts, ignore_index=True), title(here, place), about)


def worded_counts(kind: str, counts: pd.DataFrame, named: pd.DataFrame, field: str) -> pd.DataFrame:
    """The counts as a file has them: by what they are counted, its name and code, total, then the statuses."""
    frame = pd.DataFrame(
        {
            _("Counted by"): kind,
            _("Name"): [data.name(named.loc[one], field) for one in counts.index],
            _("Code"): counts.index,
            _("Targets"): counts["total"].to_numpy(),
        }
    )
    return frame.assign(**{_(word): counts[status].to_numpy() for status, (word, _meaning) in STATUSES.items()})


register_page(
    __name__,
    path=PATH,
    name=mark("Overview"),
    section=mark("Review"),
    permission="see figures",
    layout=layout,
    order=10,
)
