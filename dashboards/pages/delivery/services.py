"""Service standards of a plan: which the register of facilities can show, how they stand, and which it cannot."""

import pandas as pd
from dash import html

from dashboards import components, data, record_words, wording
from dashboards.access import register_page
from dashboards.components import choice
from dashboards.language import current_language, mark, ngettext
from dashboards.language import gettext as _
from dashboards.plan_words import in_its_language
from dashboards.standard_words import ELSEWHERE, STATES, figure, state_mark, verdicts

PATH = "/services"
COUNTED = {
    "share": mark("share of such facilities, %"),
    "number": mark("facilities"),
    "number_in_each_district": mark("facilities in each district"),
    "beds_per_1000": mark("beds for 1,000 people"),
    "beds_per_10k": mark("beds for 10,000 people"),
    "doctors_per_1000": mark("doctors for 1,000 people"),
    "nurses_per_1000": mark("nurses for 1,000 people"),
    "doctors_number": mark("doctors"),
}
UNITS = {"percent": "%", "per_1000": mark("for 1,000 people"), "per_10k": mark("for 10,000 people"), "km": "km"}
MOST_NAMED, OF_STAFF = 9, ("doctors", "nurses")


def layout(**query):
    """?plan=<plan_id>."""
    plan_id = plan_of(query)
    if plan_id is None:
        return nothing_yet(_("No plan sets a service standard yet"), _("Plans come in with “manage.py load-plans”."))
    if data.facilities().empty:
        return nothing_yet(_("Nothing has come in yet"), _("Facilities come in with the kind facilities."))
    standards, found, top = data.standards_of(plan_id, data.bureau_day())
    options = [{"value": one, "label": data.name(data.all_plans().loc[one])} for one in data.plans_with_standards()]
    return components.page(
        finding(standards, found, top),
        subline=subline(plan_id),
        controls=[choice("plan", _("Plan"), options, plan_id)],
        children=[
            counted(standards, found, top),
            components.download_bar("services", plan=plan_id),
            record_words.tools(
                record_words.list_link("facilities", _("The facilities, one by one: mend, history, file")),
                record_words.add_link("facilities", _("Add a facility"), is_button=False),
            ),
        ],
        table=not_counted(standards),
        method=[
            _("Counted from the register of facilities as it stands today; a facility that has closed is left out."),
            _(
                "A facility without a list of services, or without beds or staff, is unknown, not nought. Where it would decide, the standard is left open."
            ),
            _(
                "Doctors are licensed (assistant) doctors. Where a facility does not say how many of its staff are doctors or nurses, none to all may be; where no facility says it, the figure is of all staff, the most there can be."
            ),
            _("The year of a standard already past: the figure is today's, not that year's."),
            _("Source: register of facilities; population of the newest year known; the plan's service standards"),
        ],
    )


def nothing_yet(what: str, advice: str):
    """Before plans or facilities came in."""
    action = components.link(_("To the upload page"), "/upload")
    return components.page(_("Service standards"), children=[components.empty(what, advice, action=action)])


def plan_of(query: dict) -> str | None:
    """The plan asked for, else the one the pages open on, else the first."""
    offered = data.plans_with_standards()
    own = (data.plan() or {}).get("plan_id")
    return next((one for one in (query.get("plan"), own, *offered) if one in offered), None)


def finding(standards: pd.DataFrame, found: pd.DataFrame, top: str) -> str:
    """How many standards there are, how many can be told from the register, and how these stand."""
    states = verdicts(found, top)
    told = states[states.isin(("short", "not_yet", "met"))]
    counts = told.value_counts()
    words = ngettext(
        "{number} service standard; the register can tell {told}:",
        "{number} service standards; the register can tell {told}:",
        len(standards),
        told=len(told),
    )
    parts = [
        _("{number} met", number=int(counts.get("met", 0))),
        _("{number} short", number=int(counts.get("short", 0))),
    ]
    if counts.get("not_yet", 0):
        parts.append(_("{number} not yet, due later", number=int(counts["not_yet"])))
    if told.empty:
        return ngettext(
            "{number} service standard; the register can tell none of it",
            "{number} service standards; the register can tell none of them",
            len(standards),
        )
    return f"{words}{'' if current_language() == 'zh' else ' '}{wording.joined(parts)}"


def subline(plan_id: str) -> list:
    """Plan, the area that is held against it (said where the plan is another area's), day, facilities."""
    plan = data.all_plans().loc[plan_id]
    of_here = plan["area_id"] in data.areas().index
    elsewhere = _("the plan of another area: how it would stand here")
    return [
        data.name(plan),
        None if of_here or wording.is_missing(plan["area_id"]) else elsewhere,
        _("as of {day}", day=wording.day(data.bureau_day())),
        ngettext("{number} facility", "{number} facilities", len(data.facilities())),
    ]


def counted(standards: pd.DataFrame, found: pd.DataFrame, top: str) -> html.Div:
    """The standards of which something can be counted, short ones first."""
    states = verdicts(found, top)
    order = {state: at for at, state in enumerate(STATES)}
    heads = [_("Standard"), _("Asked"), _("Counted"), _("State"), _("By district")]
    rows = []
    for rule in sorted(states.index, key=lambda one: (order[states[one]], one)):
        row, of_rule = standards.loc[rule], found[found["rule"].eq(rule)]
        rows.append(
            [
                components.data_name(row["name_zh"], row["name_en"]),
                asked(row),
                actual(row, of_rule, top),
                state_mark(states[rule]),
                districts(row, of_rule, top),
            ]
        )
    if not rows:
        return components.empty(_("None of these standards can be counted from the register"), _("All stand below."))
    caption = _("Standards the register of facilities can show")
    return components.simple_table(heads, rows, caption=caption, className="kt-stacked")


def asked(row, at_least: str = "≥ ") -> str:
    """≥ 70% · 2022. at_least: "" for a number that may be a ceiling or no bound at all."""
    if wording.is_missing(row["value"]):
        return wording.MISSING
    unit = UNITS.get(row["unit"], "")
    is_percent = row["unit"] == "percent"
    number = at_least + (wording.value(row["value"], "percent") if is_percent else f"{row['value']:g}")
    if unit and not is_percent:
        number += f" {_(unit)}"
    return number if wording.is_missing(row["year"]) else f"{number} · {int(row['year'])}"


def actual(row, of_rule: pd.DataFrame, top: str) -> html.Div | str:
    """The figure of the whole area, what was counted, and how many facilities do not say."""
    what = html.Div(_(COUNTED[row["basis"]]), className="kt-muted")
    here = of_rule[of_rule["area_id"].eq(top)]
    if of_rule["state"].eq("no_register").all():
        return html.Div([_("the register lists none of this kind, or nobody lists this service"), what])
    if here.empty:
        met = int(of_rule["state"].eq("met").sum())
        return html.Div([_("{met} of {all} districts", met=met, all=len(of_rule)), what])
    one = here.iloc[0]
    if row["basis"].startswith(OF_STAFF) and one["least"] == 0 and one["unknown"]:
        return html.Div([figure(row, one), html.Div(_("all staff: no facility says how many are doctors or nurses"))])
    silent = ngettext("{number} facility does not say", "{number} facilities do not say", int(one["unknown"]))
    return html.Div([figure(row, one), what, html.Div(silent, className="kt-muted") if one["unknown"] else None])


def districts(row, of_rule: pd.DataFrame, top: str) -> str:
    """Which districts are short, the lowest first."""
    of_districts = of_rule[of_rule["area_id"].ne(top)]
    if of_districts.empty or of_rule["state"].eq("no_register").all():
        return ""
    short = of_districts[of_districts["state"].isin(("short", "not_yet"))].sort_values("actual")
    open_ones, none = int(of_districts["state"].eq("open").sum()), int(of_districts["state"].eq("no_register").sum())
    said = []
    if len(short):
        names = [
            f"{data.name(data.area(one['area_id']))} {_short_figure(row, one)}"
            for one in short.head(MOST_NAMED).to_dict("records")
        ]
        more = "…" if len(short) > MOST_NAMED else ""
        said.append(_("below it: {names}", names=wording.joined(names)) + more)
    elif of_districts["state"].eq("met").all():
        said.append(_("met in all {number}", number=len(of_districts)))
    if open_ones:
        said.append(ngettext("{number} district left open", "{number} districts left open", open_ones))
    if none:
        said.append(ngettext("{number} district without any", "{number} districts without any", none))
    return html.Div([html.Div(one) for one in said])


def _short_figure(row, one: dict) -> str:
    if row["basis"] == "share":
        return wording.value(one["actual"], "percent", 0)
    return wording.number(one["actual"], 2 if "_per_" in row["basis"] else 0)


def not_counted(standards: pd.DataFrame) -> list:
    """The standards no register of facilities can show, with the plan's own rule and why."""
    rest = standards[~standards["basis"].isin(COUNTED)]
    if rest.empty:
        return []
    heads = [_("Standard"), _("Asked"), _("The plan's rule"), _("Why it is not counted")]
    rows = [
        [
            components.data_name(row["name_zh"], row["name_en"]),
            asked(row, at_least=""),
            in_its_language(row["rule_zh"], row["rule_en"]),
            why(row),
        ]
        for row in rest.to_dict("records")
    ]
    table = components.simple_table(heads, rows, caption=_("Standards that are not counted"), className="kt-stacked")
    return [html.H2(_("Cannot be told from the register of facilities")), table]


def why(row: dict):
    """Another page shows it, the plan gives no number, or its number is of something else than facilities."""
    if row["basis"] in ELSEWHERE:
        words, path = ELSEWHERE[row["basis"]]
        return components.link(_(words), path)
    if wording.is_missing(row["value"]):
        if isinstance(row["masked_part"], str) and "value" in row["masked_part"]:
            return _("the text of the plan hides the number")
        return _("the plan gives no number")
    return _("facilities do not report this")


@components.exporter("services")
def export(query: dict) -> components.Export:
    """Every standard of the plan, one row for each area it was held against."""
    plan_id = plan_of(query)
    if plan_id is None:
        return components.Export(pd.DataFrame({_("Standard"): []}), _("Service standards"))
    standards, found, top = data.standards_of(plan_id, data.bureau_day())
    rows = standards.reset_index(names="rule").merge(found, on="rule", how="left")
    records = rows.to_dict("records")
    frame = pd.DataFrame(
        {
            _("Code"): rows["standard_id"].to_numpy(),
            _("Standard"): [data.name(row) for row in records],
            _("Asked"): rows["value"].to_numpy(),
            _("Unit"): rows["unit"].to_numpy(),
            _("Year"): [None if pd.isna(year) else int(year) for year in rows["year"]],
            _("Area code"): rows["area_id"].to_numpy(),
            _("Area"): [data.name(data.area(row["area_id"])) if data.area(row["area_id"]) else "" for row in records],
            _("Counted"): rows["actual"].to_numpy(),
            _("Numerator"): rows["part"].to_numpy(),
            _("Denominator"): rows["whole"].to_numpy(),
            _("Facilities that do not say"): rows["unknown"].to_numpy(),
            _("State"): [_(STATES[row["state"]][0]) if row["state"] in STATES else why(row) for row in records],
        }
    )
    frame[_("State")] = [one if isinstance(one, str) else _("cannot be told") for one in frame[_("State")]]
    return components.Export(
        frame, finding(standards, found, top), {_("Plan"): data.name(data.all_plans().loc[plan_id])}
    )


register_page(
    __name__,
    path=PATH,
    name=mark("Service standards"),
    section=mark("Delivery"),
    permission="see figures",
    layout=layout,
    order=43,
)
