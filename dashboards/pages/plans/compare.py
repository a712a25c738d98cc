"""One indicator's target across the plans: who asks for more, and by when."""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go
from dash import html
from flask import abort

from dashboards import components, data, departments, plan_chart, plan_controls, plan_targets, plan_words, wording
from dashboards.access import register_page
from dashboards.language import gettext as _
from dashboards.language import mark, ngettext
from dashboards.plan_targets import Target

PATH, LIST, FIGURE = "/plans/compare", "/plans", "plans-compare-figure"
IN_THE_UNIT = ("level", "count_quota", "unit_coverage")  # the rules whose value is a value of the indicator

DOTS = ["target_id", "plan_id", "year", "year_is_inferred", "value", "unit", "goal", "place", "label", "is_hidden"]


@dataclass(frozen=True)
class Answer:
    """An indicator, and its targets in the order of the plans. dots: the milestones with a number in its unit."""

    indicator: dict
    targets: list[Target]
    dots: pd.DataFrame


def layout(indicator: str = "", **_ignored):
    """?indicator=; without one, or with one that no two plans share, the one most plans ask for."""
    shared = plan_controls.shared_indicators()
    if not shared:
        return components.page(
            _("No indicator is asked for by two plans"),
            children=[components.empty(_("Nothing to compare"), "", action=components.link(_("All plans"), LIST))],
        )
    answer = ask(indicator if indicator in dict(shared) else shared[0][0])
    chosen = answer.indicator["indicator_id"]
    options = [
        {
            "value": key,
            "label": _("{indicator} ({number} plans)", indicator=data.name(data.indicator(key)), number=count),
        }
        for key, count in shared
    ]
    return components.page(
        finding(answer),
        trail=plan_controls.trail((_("All plans"), LIST), here=_("Compare targets")),
        subline=[ngettext("{number} plan", "{number} plans", dict(shared)[chosen]), unit_words(answer)],
        controls=[components.choice("indicator", _("Indicator"), options, chosen, searchable=True)],
        children=[dots_figure(answer)],
        table=comparison_table(answer),
        method=method(answer),
    )


def ask(indicator_id: str) -> Answer:
    """All targets of one indicator."""
    targets = [
        target
        for plan_id in data.all_plans().index
        for target in plan_targets.targets_of(plan_id)
        if target.row["indicator_id"] == indicator_id
    ]
    return Answer(data.indicator(indicator_id), targets, dots_of(targets))


def dots_of(targets: list[Target]) -> pd.DataFrame:
    """The milestones that can stand on one axis, a row each: DOTS, and what dashboards.plan_chart draws."""
    rows = [dot(row) for target in targets if target.row["rule"] in IN_THE_UNIT for row in target.milestones]
    frame = pd.DataFrame([row for row in rows if not wording.is_missing(row["value"])], columns=DOTS)
    return frame.astype({"value": "float64", "year": "Int64"})


def dot(row: dict) -> dict:
    """One milestone with its words."""
    goal = plan_words.goal(row)
    place = plan_words.short_place(data.all_plans().loc[row["plan_id"]].to_dict())
    if row["scope"] != "plan_area":
        place = f"{place} · {plan_words.word(plan_words.SCOPES, row['scope'])}"
    label = f"{plan_words.year(row)} {goal}".strip()
    return {**row, "goal": goal, "place": place, "label": label, "is_hidden": plan_words.hides(row, "year")}


def finding(answer: Answer) -> str:
    """From the least to the most that plans ask for in the last year two of them name; else how many give a number."""
    name, dots = data.name(answer.indicator), answer.dots
    plans_in = dots.dropna(subset=["year"]).groupby("year")["plan_id"].nunique()
    years = plans_in[plans_in > 1].index
    if not len(years):
        return _(
            "{indicator}: {plans} plans ask for it, {numbers} with a number",
            indicator=name,
            plans=len({target.row["plan_id"] for target in answer.targets}),
            numbers=dots["plan_id"].nunique(),
        )
    year = int(max(years))
    ends = dots[dots["year"] == year].sort_values("value")
    least, most = ends.iloc[0].to_dict(), ends.iloc[-1].to_dict()
    words = {"indicator": name, "year": year, "low": goal_at(least), "high": goal_at(most)}
    if least["value"] == most["value"]:
        return _(
            "{indicator}: for {year}, {number} plans ask for {goal}",
            number=int(plans_in[year]),
            goal=least["goal"],
            **words,
        )
    return _("{indicator}: for {year}, from {low} to {high}", **words)


def goal_at(row: dict) -> str:
    """≥ 32 % (Nantong, year inferred)."""
    words = {"goal": row["goal"], "place": row["place"]}
    return _("{goal} ({place}, year inferred)", **words) if row["year_is_inferred"] else _("{goal} ({place})", **words)


def unit_words(answer: Answer) -> str:
    """The unit, and that it differs where it does."""
    units = list(dict.fromkeys(target.row["unit"] for target in answer.targets))
    names = wording.joined([wording.unit_name(unit) for unit in units])
    return _("units differ: {units}", units=names) if len(units) > 1 else _("unit: {unit}", unit=names)


def dots_figure(answer: Answer) -> html.Div:
    """Each plan a row, each milestone a dot on the indicator's scale; hollow where the text hides the year."""
    dots = answer.dots[answer.dots["unit"] == answer.indicator["unit"]]
    if dots.empty:
        nothing = components.empty(_("No plan gives a number that can be drawn"), _("The table below has their words."))
        return html.Div([nothing, components.download_bar("plans-compare", indicator=answer.indicator["indicator_id"])])
    figure = draw(dots, answer)
    alt = _("{finding} The same figures stand in the table below.", finding=finding(answer))
    return html.Div(
        [
            components.graph(
                FIGURE,
                figure,
                alt=alt,
                file_name=f"kangtu-{answer.indicator['indicator_id']}",
                height=plan_chart.height(dots),
            ),
            components.download_bar("plans-compare", figure=FIGURE, indicator=answer.indicator["indicator_id"]),
        ]
    )


def draw(dots: pd.DataFrame, answer: Answer) -> go.Figure:
    """The dot plot with its source."""
    unit = wording.unit_name(answer.indicator["unit"])
    figure = plan_chart.dot_plot(dots, extent=extent(dots, answer.indicator), unit=unit, palette=components.palette())
    plans = list(dict.fromkeys(dots["plan_id"]))
    names = wording.joined([data.name(data.all_plans().loc[plan_id]) for plan_id in plans])
    shown = names if len(plans) <= 2 else _("{number} plans, listed below", number=len(plans))
    return components.finish(figure, source=_("Source: {what}", what=shown), has_reports=False)


def extent(dots: pd.DataFrame, indicator: dict) -> list[float]:
    """The scale: what is asked for with room for the words, within the indicator's bounds."""
    low, high = float(dots["value"].min()), float(dots["value"].max())
    room = 0.18 * (high - low) or max(abs(high) * 0.1, 1.0)
    lower, upper = indicator["lower_bound"], indicator["upper_bound"]
    low = low - room if wording.is_missing(lower) else max(low - room, lower)
    return [low, high + room if wording.is_missing(upper) else min(high + room, upper)]


def comparison_table(answer: Answer) -> html.Div:
    """One row a target, those with a number first."""
    heads = [_("Plan"), _("Place"), _("Milestones"), _("Kind of goal, where it applies"), _("Action"), _("Led by")]
    rows = [comparison_cells(target) for target in with_numbers_first(answer)]
    caption = data.name(answer.indicator)
    return components.simple_table(heads, rows, caption=caption, className="kt-stacked kt-compare")


def with_numbers_first(answer: Answer) -> list[Target]:
    """The targets as the figure has them, then those without a number."""
    ends = answer.dots.groupby("target_id")[["year", "value"]].max().astype("float64").fillna({"year": 0})
    order = list(ends.sort_values(["year", "value"], ascending=False).index)
    place = {target_id: at for at, target_id in enumerate(order)}
    return sorted(answer.targets, key=lambda target: place.get(target.row["target_id"], len(order)))


def comparison_cells(target: Target) -> list:
    """One plan's target."""
    row = target.row
    plan = data.all_plans().loc[row["plan_id"]].to_dict()
    action = data.actions(row["plan_id"]).loc[row["action_id"]]
    name = plan_words.in_its_language(action["title_zh"], action["title_en"])
    leads = departments.split(row["lead_departments_zh"]) or departments.split(action["lead_departments_zh"])
    return [
        components.link(components.data_name(plan["name_zh"], plan["name_en"]), f"{LIST}/{plan['plan_id']}"),
        plan_words.place(plan),
        html.Div(plan_words.milestones(target.milestones)),
        plan_words.rule(row),
        components.link([action["action_no"], " ", name], f"{LIST}/{plan['plan_id']}", action=row["action_id"]),
        departments.listed(leads, 3),
    ]


def method(answer: Answer) -> list[str]:
    """What can and cannot be compared."""
    lines = [_("A hollow dot: the text hides the year. Goals without a number stand in the table only.")]
    if any(target.row["rule"] == "count_quota" for target in answer.targets):
        lines.append(_("Numbers to reach are for places of very different size."))
    return lines


@components.exporter("plans-compare")
def export(query: dict) -> components.Export:
    """One row a milestone of the indicator in every plan."""
    answer = ask(query["indicator"])
    if answer.indicator is None:
        abort(404)
    rows = [comparison_record(row) for target in with_numbers_first(answer) for row in target.milestones]
    about = {_("Indicator"): data.name(answer.indicator), _("Unit"): wording.unit_name(answer.indicator["unit"])}
    return components.Export(plan_words.with_whole_years(pd.DataFrame(rows)), finding(answer), about, has_reports=False)


def comparison_record(row: dict) -> dict[str, object]:
    """One milestone as a row of a file."""
    plan = data.all_plans().loc[row["plan_id"]].to_dict()
    action = data.actions(row["plan_id"]).loc[row["action_id"]]
    return {
        _("Plan"): data.name(plan),
        _("Place"): plan_words.place(plan),
        _("Action"): data.name(action, "title"),
        _("Kind of goal"): plan_words.word(plan_words.RULES, row["rule"]),
        _("Where it applies"): plan_words.word(plan_words.SCOPES, row["scope"]),
        _("Year"): None if wording.is_missing(row["year"]) else int(row["year"]),
        _("Year inferred"): _("yes") if row["year_is_inferred"] else "",
        _("Comparator"): wording.COMPARATORS.get(row["comparator"], ""),
        _("Value"): row["value"],
        _("Unit"): wording.unit_name(row["unit"]),
        _("Hidden in the text"): plan_words.hidden_parts(row),
        _("Source"): row["source_zh"],
    }


register_page(
    __name__,
    path=PATH,
    name=mark("Compare targets"),
    section=mark("Plans"),
    permission="see figures",
    layout=layout,
    order=310,
)
