"""The arithmetic behind one mark: what went in, the formulas with the numbers put in, what came of it, and from whom."""

import pandas as pd
from dash import html

from dashboards import adjusted, components, data, wording
from dashboards.access import register_page
from dashboards.language import gettext as _
from dashboards.language import mark, pick
from dashboards.working_methods import methods
from dashboards.working_words import (
    Line,
    direction_lines,
    forecast_lines,
    number,
    pace_lines,
    path_lines,
    result_lines,
    trend_lines,
)

PATH, INDICATOR = "/working", "/indicator"
MOST_ROWS = 100
SECTIONS = (
    (mark("Path and gap"), path_lines),
    (mark("Direction"), direction_lines),
    (mark("Pace"), pace_lines),
    (mark("Recent trend"), trend_lines),
    (mark("Outlook"), forecast_lines),
    (mark("Result"), result_lines),
)


def layout(**query):
    """?plan=&target=&area=&as_of=: the mark of a target in an area; without them the first of the plan judged last."""
    chosen = data.plan(query.get("plan"))
    if chosen is None:
        return components.nothing_judged()
    review = data.review(chosen["plan_id"], query.get("as_of"))
    if review is None:
        return components.no_review(chosen, query["as_of"], PATH, query)
    found = find(chosen, query, review)
    if found is None:
        advice = _("Open it from a mark: on the indicator's page, the overview or the list of what falls behind.")
        return components.page(
            _("There is no such mark"), children=[components.empty(_("No arithmetic to show"), advice)]
        )
    state = {"plan": chosen["plan_id"], "target": found.row["target_id"], "as_of": query.get("as_of")}
    return components.page(
        title(found),
        trail=components.breadcrumbs(PATH, data.plan_trail(chosen["plan_id"], found.row["area_id"]), **state),
        subline=subline(found, chosen),
        children=[
            components.review_notice(review, PATH, {**state, "area": found.row["area_id"]}),
            stale(found),
            back(found, state),
            verdict(found),
            target_section(found),
            figures_section(found),
            *[steps_section(heading, write(found.working)) for heading, write in SECTIONS],
            units_section(found, state),
            methods_section(found),
            components.download_bar("working", area=found.row["area_id"], **state),
        ],
        method=[
            _("Every number here comes from the functions that made the mark, asked again for this target and area."),
            _("The reference methods are others'; they see two points, or no path. They never change a mark."),
        ],
    )


def find(plan: dict, query: dict, review: data.Review) -> data.WorkedMark | None:
    """The mark the address names. Nothing named: the first of the plan's own area, so that the page shows how it works."""
    target, area = query.get("target"), query.get("area")
    if target is None:
        marks = data.marks(plan["plan_id"], review.as_of).sort_values("action_order", kind="stable")
        marks = marks[marks["path_value"].notna() & marks["p_miss"].notna()]
        here = marks[marks["area_id"] == (area or plan["area_id"])]
        first = here if len(here) else marks
        if first.empty:
            return None
        target, area = first.iloc[0][["target_id", "area_id"]]
    return data.worked_mark(plan["plan_id"], str(target), str(area or plan["area_id"]), review.as_of)


def title(found: data.WorkedMark) -> str:
    names = {
        "area": data.name(found.row, "area_name"),
        "target": data.name(found.row, "target_name"),
        "status": _(components.STATUSES[found.row["status"]][0]),
    }
    return _("How this mark was made: {area}, {target} – {status}", **names)


def subline(found: data.WorkedMark, plan: dict) -> list:
    run, row = found.run, found.row
    return [
        components.data_name(plan["name_zh"], plan["name_en"]),
        components.data_name(row["action_title_zh"], row["action_title_en"]),
        _("judged as of {day}", day=wording.day(run["as_of"])),
        _("run {number}", number=run["run_id"]),
        wording.figure_status(row["figure_status"]),
    ]


def stale(found: data.WorkedMark):
    """Says so when the arithmetic no longer comes to the stored mark."""
    if found.agrees:
        return None
    return components.notice(
        _("The figures have changed since this mark was stored: the arithmetic below is the newer one."),
        _("Run “python manage.py judge” to judge them too."),
        kind="stale",
    )


def back(found: data.WorkedMark, state: dict) -> html.P:
    words = _("Figures and path as a chart")
    return html.P(
        components.link(words, INDICATOR, **state, area=found.row["area_id"], indicator=found.row["indicator_id"])
    )


def verdict(found: data.WorkedMark) -> html.Div:
    mark_, sentence = found.working.mark, pick(found.working.mark["sentence_zh"], found.working.mark["sentence_en"])
    parts = [components.status_mark(mark_["status"])]
    if mark_["needs_study"]:
        parts.append(components.study_mark())
    parts += [
        components.trend_mark(mark_["trend"]),
        adjusted.chance(mark_, adjusted.of_series(found.run["plan_id"], found.run["as_of"])),
    ]
    note = adjusted.note(mark_, found.run["plan_id"], found.run["as_of"])
    return html.Div(
        [html.Div(parts, className="kt-marks"), html.P(components.mark_chinese(sentence)), note],
        className="kt-verdict",
    )


def target_section(found: data.WorkedMark) -> html.Section:
    return components.section(_("Target"), lines_table(target_lines(found), _("Target")))


def target_lines(found: data.WorkedMark) -> list[Line]:
    """What the plan asks for, in which version, and where it says so."""
    row, rows = found.row, found.target
    milestones = [milestone_words(one, row["unit"]) for one in rows.to_dict("records")]
    version = rows.iloc[0]
    lines = [
        Line(_("Milestones"), wording.joined(milestones), ""),
        Line(_("Version"), version_words(version), wording.number(version["version"])),
        Line(_("Rule"), rule_words(row["rule"]), scope_words(row["scope"])),
        Line(_("Source"), row["source_zh"] if isinstance(row["source_zh"], str) else "", ""),
    ]
    start = found.working.mark["baseline_value"]
    if not wording.is_missing(start):
        when = wording.period(f"{found.working.mark['baseline_time']:.0f}")
        lines.insert(1, Line(_("Start of the path"), when, wording.value(start, row["unit"])))
    own = own_milestones(found)
    return [*lines, own] if own else lines


def own_milestones(found: data.WorkedMark) -> Line | None:
    """Changes from a baseline, put into the figure's own unit."""
    moved = found.working.milestones
    moved = moved[(moved["value"] - moved["stated"]).abs() > 1e-9]
    if moved.empty:
        return None
    unit = found.row["unit"]
    words = [
        _("{year}: {goal}", year=f"{row.time:.0f}", goal=wording.value(row.value, unit)) for row in moved.itertuples()
    ]
    return Line(_("In the figure's own unit"), wording.joined(words), "")


def milestone_words(one: dict, unit: str) -> str:
    year = _("no year") if wording.is_missing(one["year"]) else str(int(one["year"]))
    if one["year_is_inferred"]:
        year = _("{year} (inferred)", year=year)
    if one["masked"]:
        return _("{year}: hidden in the plan's text", year=year)
    return _("{year}: {goal}", year=year, goal=wording.goal(one["comparator"], one["value"], unit))


def version_words(version: pd.Series) -> str:
    since = version["in_force_from"]
    if wording.is_missing(since):
        return _("in force since the plan was issued")
    return _("in force since {day}", day=wording.day(since))


def rule_words(rule: str) -> str:
    words = {
        "level": _("value at dated milestones"),
        "trend": _("direction only"),
        "count_quota": _("number to be reached"),
        "unit_coverage": _("share of units"),
        "completion": _("done or not"),
        "change_from_baseline_relative": _("change from a baseline, in percent of it"),
        "change_from_baseline_points": _("change from a baseline, in points"),
        "annual_change_points": _("change every year, in points"),
    }
    return words.get(rule, rule)


def scope_words(scope: str) -> str:
    words = {
        "plan_area": _("for the plan's whole area"),
        "each_district": _("every district on its own"),
        "each_township": _("every township on its own"),
        "each_village": _("every village on its own"),
        "each_facility": _("every facility on its own"),
    }
    return words.get(scope, scope)


def figures_section(found: data.WorkedMark) -> html.Section | None:
    """The series with each figure's part in the mark, its report and its file."""
    rows = figure_rows(found)
    if rows.empty:
        return components.section(
            _("Figures used"), components.empty(_("No figures for this target in this area yet"), "")
        )
    heads = figure_heads(found.row["unit"])
    shown = [[components.mark_chinese(row[name]) for name in heads] for row in rows.head(MOST_ROWS).to_dict("records")]
    table = components.simple_table(
        list(heads.values()), shown, caption=_("Figures used"), numbers=(1, 2, 3, 4), className="kt-one-line"
    )
    parts = parts_table(found)
    return components.section(_("Figures used"), [table, parts] if parts is not None else table)


def figure_heads(unit: str) -> dict[str, str]:
    return {
        "period": _("Period"),
        "value": _("Value ({unit})", unit=wording.unit_name(unit)),
        "numerator": _("Numerator"),
        "denominator": _("Denominator"),
        "error": _("Standard error"),
        "use": _("Part in the mark"),
        "status": _("State of the figure"),
        "reported": _("Reported on"),
        "file": _("Submission and file"),
    }


def aligned(numbers: list[str]) -> list[str]:
    """As many decimals in every row of a column as the longest has; what is missing stays a dash."""
    places = [len(one.partition(".")[2]) for one in numbers]
    most = max(places, default=0)
    return [
        one if here == most or not one[-1:].isdigit() else f"{one}{'' if here else '.'}{'0' * (most - here)}"
        for one, here in zip(numbers, places, strict=True)
    ]


def figure_rows(found: data.WorkedMark) -> pd.DataFrame:
    """Newest first, worded."""
    figures = found.working.figures.iloc[::-1]
    received = data.received()
    return pd.DataFrame(
        {
            "period": [wording.period(period) for period in figures["period"]],
            "value": aligned([number(value) for value in figures["value"]]),
            "numerator": [wording.number(value) for value in figures["numerator"]],
            "denominator": [wording.number(value) for value in figures["denominator"]],
            "error": aligned([number(value) for value in figures["error"]]),
            "use": [use_words(row) for row in figures.itertuples()],
            "status": [wording.figure_status(status) for status in figures["status"]],
            "reported": reported_days(figures),
            "file": [file_words(row, received) for row in figures.to_dict("records")],
        },
        columns=list(figure_heads("percent")),
    )


def use_words(row) -> str:
    parts = []
    if row.is_judged:
        parts.append(_("judged"))
    if row.is_start:
        parts.append(_("start of the path"))
    if row.is_recent:
        parts.append(_("pace and trend"))
    return wording.joined(parts)


def reported_days(figures: pd.DataFrame) -> list[str]:
    if "reported_on" not in figures:
        return [""] * len(figures)
    return ["" if wording.is_missing(day) else wording.day(day) for day in figures["reported_on"]]


def file_words(row: dict, received: pd.DataFrame) -> str:
    """Number and name of the submission, or how else the figure came about."""
    if row["is_rolled_up"]:
        return _("added up from the areas below")
    ident = row.get("submission_id")
    if wording.is_missing(ident) or int(ident) not in received.index:
        return ""
    name = received.at[int(ident), "file_name"]
    return _("No. {number} {file}", number=int(ident), file="" if wording.is_missing(name) else name).strip()


def parts_table(found: data.WorkedMark) -> html.Div | None:
    """What a rolled-up figure was added up from."""
    parts = found.working.parts
    if parts.empty:
        return None
    names = data.areas()
    shown = [
        [
            place_name(names.loc[row.area_id]),
            number(row.value),
            wording.number(row.numerator),
            wording.number(row.denominator),
        ]
        for row in parts.head(MOST_ROWS).itertuples()
    ]
    heads = [_("Area"), _("Value"), _("Numerator"), _("Denominator")]
    words = _("The judged figure is added up from these, counts first, then divided again:")
    return html.Div(
        [html.P(words, className="kt-source"), components.simple_table(heads, shown, caption=words, numbers=(1, 2, 3))]
    )


def place_name(place: pd.Series) -> html.Span | str:
    return components.data_name(place["name_zh"], place["name_en"])


def steps_section(heading: str, lines: list[Line]) -> html.Section | None:
    return components.section(_(heading), lines_table(lines, _(heading))) if lines else None


def lines_table(lines: list[Line], caption: str) -> html.Div:
    rows = [
        [line.label, components.mark_chinese(line.formula), html.Strong(line.result) if line.result else ""]
        for line in lines
    ]
    heads = [_("Quantity"), _("Arithmetic"), _("Comes to")]
    return components.simple_table(heads, rows, caption=caption, className="kt-working kt-stacked")


def units_section(found: data.WorkedMark, state: dict) -> html.Section | None:
    """The units that must each pass, worst first, with a way to each one's own arithmetic."""
    units = found.working.units
    if units.empty:
        return None
    worst = units.assign(grade=units["status"].map(list(components.STATUSES).index)).sort_values(["grade", "gap"])
    names, rows = data.areas(), []
    for row in worst.head(MOST_ROWS).itertuples():
        name = components.link(place_name(names.loc[row.area_id]), PATH, **state, area=row.area_id)
        gap = wording.change(row.gap, found.row["unit"])
        rows.append([name, components.status_mark(row.status), wording.value(row.observed, found.row["unit"]), gap])
    heads = [_("Area"), _("Status"), _("Figure"), _("Gap")]
    words = _("The mark is that of the worst unit: every one must pass on its own.")
    table = components.simple_table(heads, rows, caption=words, numbers=(2, 3))
    return components.section(_("Units"), [html.P(words, className="kt-source"), table])


def methods_section(found: data.WorkedMark) -> html.Section:
    """What others' methods say of the same figures."""
    rows = [
        [method.name, method.source, method.arithmetic, method.result, method.verdict]
        for method in methods(found.working, found.references)
    ]
    heads = [_("Method"), _("After"), _("Arithmetic"), _("Comes to"), _("Its word")]
    heading = _("Reference methods, for comparison only")
    table = components.simple_table(heads, rows, caption=heading, numbers=(3,), className="kt-methods kt-stacked")
    return components.section(heading, table, className="kt-reference")


@components.exporter("working")
def export(query: dict) -> components.Export:
    """Every step as a row, the figures and the reference methods below."""
    plan = data.plan(query.get("plan"))
    review = data.review(plan["plan_id"], query.get("as_of")) or data.review(plan["plan_id"], None)
    found = find(plan, query, review)
    if found is None:
        return components.Export(pd.DataFrame({_("Quantity"): []}), _("There is no such mark"))
    about = {
        _("Plan"): data.name(plan),
        _("Judged"): wording.day(found.run["as_of"]),
        _("Source"): found.row["source_zh"] or "",
    }
    return components.Export(export_frame(found), title(found), about)


def export_frame(found: data.WorkedMark) -> pd.DataFrame:
    rows = [(_("Target"), line.label, line.formula, line.result) for line in target_lines(found)]
    for row in figure_rows(found).to_dict("records"):
        counts = "" if row["numerator"] == wording.MISSING else f"{row['numerator']} / {row['denominator']}"
        words = wording.joined(
            [part for part in (counts, row["use"], row["status"], row["reported"], row["file"]) if part]
        )
        rows.append((_("Figures used"), row["period"], words, row["value"]))
    for heading, write in SECTIONS:
        rows += [(_(heading), line.label, line.formula, line.result) for line in write(found.working)]
    for method in methods(found.working, found.references):
        words = f"{method.source}: {method.arithmetic}"
        rows.append(
            (_("Reference methods, for comparison only"), method.name, words, f"{method.result} {method.verdict}")
        )
    return pd.DataFrame(rows, columns=[_("Part"), _("Quantity"), _("Arithmetic"), _("Comes to")])


register_page(
    __name__,
    path=PATH,
    name=mark("Working"),
    permission="see figures",
    layout=layout,
    order=27,
)
