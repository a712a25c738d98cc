"""What is falling behind, what matters most first: how far, how likely to be missed, why, and whose it is."""

import pandas as pd
from dash import html

from dashboards import adjusted, components, data, departments, flag_words, siting_papers, wording
from dashboards.access import register_page
from dashboards.components import ANY, STATUSES, choice
from dashboards.language import current_language, mark, ngettext
from dashboards.language import gettext as _
from dashboards.to_workbench import link_of

PATH, INDICATOR, WORKING = "/behind", "/indicator", "/working"
FAILING = "failing"  # ?status= for behind and reversing together
CAPACITIES, MATTER, MOST_ROWS = (5, 10, 20, 50), 10, 100
MOST_COUNTED = 8  # targets of which it is said how many areas will miss them


def layout(**query):
    """?plan=&area=&action=&status=&as_of=&show=5|10|20|50|all; without an area the plan's own and its districts are listed together."""
    chosen = data.plan(query.get("plan"))
    if chosen is None:
        return components.nothing_judged()
    review = data.review(chosen["plan_id"], query.get("as_of"))
    if review is None:
        return components.no_review(chosen, query["as_of"], PATH, query)
    rows = selected(chosen["plan_id"], query, review)
    place = data.place(chosen["plan_id"], query.get("area"))
    shown = data.with_sentences(rows.head(capacity(query)), chosen["plan_id"], review.as_of)
    return components.page(
        title(rows, place, query),
        subline=[
            *data.subline(chosen["plan_id"], place["area_id"], review.as_of),
            components.way_to_changes(chosen, review),
        ],
        controls=controls(chosen, query) + components.review_choice(chosen, review),
        children=[
            components.review_notice(review, PATH, query),
            flag_table(shown, chosen, query.get("as_of")) if len(shown) else nothing_behind(query),
            how_many(shown, rows, query),
            components.download_bar("behind", **query),
            how_many_miss(chosen, review),
            siting_papers.before_review(chosen["plan_id"], review),
        ],
        method=[
            _("A case is one target in one area."),
            _("Listed: slow, behind, reversing, and on course with a chance of missing above two thirds."),
            _(
                "Order: first where status, chance and pace agree (a failing status with at least an even chance of missing, or a likely miss at a pace below the one needed); then by chance and gap, in steps of a tenth; then by people. What such lists were worth in past years: the back-tests."
            ),
            _(
                "How many will miss: from the areas' own chances with the good and bad years that areas of one indicator share, never by adding independent chances."
            ),
            _("A place in this list is no assessment. “Plan's value”: the plan sets no target for this area alone."),
            _("Gap: how far the figure lies from the path to the next milestone; minus is short of it."),
            _("Pace: change a year towards the goal, needed from now on and seen in the last years."),
        ],
    )


def capacity(query: dict) -> int:
    """How many cases are shown: what a meeting has time for."""
    asked = query.get("show", "")
    if asked == "all":
        return MOST_ROWS
    return int(asked) if asked in map(str, CAPACITIES) else MATTER


def how_many_miss(plan: dict, review: data.Review) -> html.Section | None:
    """Of each target, how many of the plan's districts will probably miss it."""
    counted = data.misses(plan["plan_id"], review.as_of)
    counted = counted[counted["high"] > 0].head(MOST_COUNTED)
    if counted.empty:
        return None
    lines = []
    for row in counted.to_dict("records"):
        state = {"plan": plan["plan_id"], "indicator": row["indicator_id"], "target": row["target_id"]}
        name = components.data_name(row["target_name_zh"], row["target_name_en"])
        year = "" if wording.is_missing(row["year"]) else f" {int(row['year'])}"
        linked = components.link(name, INDICATOR, **state, as_of=review.as_of and review.as_of.isoformat())
        lines.append(html.Li([linked, year, _(": "), flag_words.how_many(row)]))
    return components.section(_("How many districts will miss?"), html.Ul(lines, className="kt-plain-list"))


def selected(plan_id: str, query: dict, review: data.Review) -> pd.DataFrame:
    """The ranked flags the address asks for; for a status that is not flagged its marks in the plan's order."""
    status = query.get("status", ANY)
    rows = data.flags(plan_id, review.as_of)
    if status == FAILING:
        rows = rows[rows["status"].isin(("reversing", "behind"))]
    elif status == "all" or status in STATUSES:
        everything = data.marks(plan_id, review.as_of).sort_values("action_order", kind="stable")
        rows = pd.concat([rows, everything]).drop_duplicates(["target_id", "area_id"])
        rows = rows[rows["status"] == status] if status in STATUSES else rows
    rows = rows[rows["area_id"].isin(areas_asked_for(plan_id, query.get("area")))]
    action = query.get("action", ANY)
    if action != ANY:
        rows = rows[rows["action_id"].map(data.top_actions(plan_id)).eq(action) | rows["action_id"].eq(action)]
    return rows


def areas_asked_for(plan_id: str, area_id: str | None) -> list[str]:
    """One area, or (none asked for) the plan's area and the units below it."""
    if area_id and area_id != ANY:
        return [data.place(plan_id, area_id)["area_id"]]
    home = data.place(plan_id, None)["area_id"]
    return [home, *data.units_below(home).index]


def title(rows: pd.DataFrame, place: dict, query: dict) -> str:
    """The finding in words."""
    status, count, name = query.get("status", ANY), len(rows), data.name(place)
    within = query.get("area", ANY) == ANY
    place_said = _("{place} and its districts", place=name) if within else name
    if status in STATUSES or status == "all":
        words = _("all statuses") if status == "all" else _(STATUSES[status][0])
        return ngettext(
            "{number} target: {status}, {place}",
            "{number} targets: {status}, {place}",
            count,
            status=words,
            place=place_said,
        )
    if status == FAILING:
        return ngettext(
            "{number} target is behind or reversing in {place}",
            "{number} targets are behind or reversing in {place}",
            count,
            place=place_said,
        )
    return ngettext(
        "{number} case needs attention in {place}",
        "{number} cases need attention in {place}",
        count,
        place=place_said,
    )


def controls(plan: dict, query: dict) -> list:
    """Plan, area, action and status, each in the address."""
    home = data.place(plan["plan_id"], None)
    plan_choice, _plain_area_choice = components.plan_and_area(plan, home)
    below = components.shortened(data.units_below(home["area_id"]), query.get("area") or ANY)
    places = [home, *below.to_dict("records")]
    areas = [{"value": ANY, "label": _("{place} and its districts", place=data.name(home))}]
    areas += [{"value": row["area_id"], "label": data.name(row)} for row in places]
    actions = data.actions(plan["plan_id"])
    top = data.top_actions(plan["plan_id"])
    chapters = actions[actions.index.isin(top)].to_dict("records")
    shown = query.get("show") if query.get("show") in [*map(str, CAPACITIES), "all"] else str(MATTER)
    capacities = [{"value": str(n), "label": _("The {number} that matter most", number=n)} for n in CAPACITIES]
    statuses = [
        {"value": ANY, "label": _("Needs attention")},
        {"value": FAILING, "label": _("Behind or reversing")},
        {"value": "all", "label": _("All statuses")},
    ]
    return [
        plan_choice,
        choice("area", _("Area"), areas, query.get("area") or ANY),
        choice(
            "action",
            _("Action"),
            [{"value": ANY, "label": _("All actions")}]
            + [{"value": row["action_id"], "label": data.name(row, "title")} for row in chapters],
            query.get("action") or ANY,
        ),
        choice(
            "status",
            _("Status"),
            statuses + [{"value": status, "label": _(word)} for status, (word, _meaning) in STATUSES.items()],
            query.get("status") or ANY,
        ),
        choice("show", _("Cases shown"), [*capacities, {"value": "all", "label": _("All")}], shown),
    ]


def flag_table(rows: pd.DataFrame, plan: dict, as_of: str | None) -> html.Div:
    """One body a flag: its figures in a row, and under them the sentence that says why."""
    columns = (  # head, whether it holds numbers
        (_("Target"), False),
        (_("Area"), False),
        (_("Status"), False),
        (_("Figure"), True),
        (_("Goal"), True),
        (_("Gap"), True),
        (_("Pace needed a year"), True),
        (_("Pace seen a year"), True),
        (_("Chance of missing"), False),
        (_("Responsible"), False),
    )
    heads = [html.Th(head, scope="col", className="kt-number" if number else "") for head, number in columns]
    review = data.review(plan["plan_id"], as_of)
    known = adjusted.of_series(plan["plan_id"], review.as_of)
    bodies = [flag_body(row, plan, as_of, columns, known) for row in rows.to_dict("records")]
    caption = html.Caption(_("Falling behind"), className="visually-hidden")
    table = html.Table([caption, html.Thead(html.Tr(heads)), *bodies], className="kt-simple kt-flags kt-stacked")
    return html.Div(table, className="kt-scroll", tabIndex=0, role="region", **{"aria-label": _("Falling behind")})


def flag_body(row: dict, plan: dict, as_of: str | None, columns: tuple, known: dict) -> html.Tbody:
    """Two rows of the table."""
    head, *cells = flag_cells(row, plan, as_of, known)
    labelled = [
        html.Td(cell, className="kt-number" if number else "", **{"data-label": label})
        for cell, (label, number) in zip(cells, columns[1:], strict=True)
    ]
    sentence = components.data_name(row["sentence_zh"], row["sentence_en"])
    way = link_of(row, plan["plan_id"]) if as_of is None else None
    said = [sentence, " ", way] if way else [sentence]
    if takes := flag_words.what_would_help(row, decimals_of(row)):
        said.append(html.Div([html.Strong(_("What it takes: ")), takes]))
    if signs := flag_words.signs(row):
        said.append(html.Div(signs, className="kt-muted"))
    why = html.Td(said, colSpan=len(columns), className="kt-why")
    return html.Tbody([html.Tr([html.Th(head, scope="row"), *labelled]), html.Tr(why)])


def flag_cells(row: dict, plan: dict, as_of: str | None, known: dict) -> list:
    """The cells of one flag's first row, in the order of the heads."""
    state = {
        "plan": plan["plan_id"],
        "area": row["area_id"],
        "indicator": row["indicator_id"],
        "target": row["target_id"],
        "as_of": as_of,
    }
    name = components.link(components.data_name(row["target_name_zh"], row["target_name_en"]), INDICATOR, **state)
    marks = [components.link(components.status_mark(row["status"]), WORKING, className="kt-to-working", **state)]
    if row["needs_study"]:
        marks.append(components.study_mark())
    decimals = decimals_of(row)
    year = "" if wording.is_missing(row["final_year"]) else str(int(row["final_year"]))
    return [
        name,
        area_cell(row),
        html.Div(marks, className="kt-stack"),
        two_lines(wording.value(row["observed"], row["unit"], decimals), wording.period(row["period"])),
        two_lines(wording.goal(row["comparator"], row["final_value"], row["unit"]), year),
        wording.change(row["gap"], row["unit"], decimals),
        wording.change(row["pace_needed"], row["unit"], decimals),
        wording.change(row["pace_seen"], row["unit"], decimals),
        adjusted.chance(row, known),
        departments.listed(departments.split(row["lead_departments_zh"])),
    ]


def two_lines(text, under: str) -> html.Div:
    """A figure and, small under it, what it belongs to."""
    return html.Div([html.Div(text), html.Div(under, className="kt-muted")])


def area_cell(row: dict) -> html.Div:
    """The area, and whether it is held against a value the plan sets for the whole."""
    reason = row["reason"] if isinstance(row["reason"], str) else ""
    name = components.data_name(row["area_name_zh"], row["area_name_en"])
    return two_lines(name, _("plan's value") if "plan_bar" in reason.split(";") else "")


def decimals_of(row: dict) -> int:
    """As many as the indicator has, one where it does not say."""
    return 1 if wording.is_missing(row["decimals"]) else int(row["decimals"])


def how_many(shown: pd.DataFrame, rows: pd.DataFrame, query: dict) -> html.P | None:
    """How many of the rows are shown, and the way to the others."""
    if len(shown) == len(rows):
        return None
    counts = {"shown": len(shown), "total": len(rows)}
    if query.get("show") == "all":
        return html.P(_("The first {shown} of {total}; the download has all.", **counts), className="kt-source")
    more = components.link(_("Show all {total}", total=len(rows)), PATH, **{**query, "show": "all"})
    return html.P([_("The {shown} that matter most of {total}.", **counts), " ", more], className="kt-source")


def nothing_behind(query: dict):
    """Good news, or a filter that leaves nothing."""
    whole = components.link(
        _("Show everything that needs attention"), PATH, plan=query.get("plan"), as_of=query.get("as_of")
    )
    return components.empty(_("Nothing needs attention in this choice"), "", action=whole)


@components.exporter("behind")
def export(query: dict) -> components.Export:
    """All rows of the address, not only those shown."""
    plan = data.plan(query.get("plan"))
    review = components.review_of_file(plan, query)
    rows = data.with_sentences(selected(plan["plan_id"], query, review), plan["plan_id"], review.as_of)
    words = {status: _(word) for status, (word, _meaning) in STATUSES.items()}
    zh = current_language() == "zh"
    frame = pd.DataFrame(
        {
            _("Action"): [data.name(row, "action_title") for row in rows.to_dict("records")],
            _("Target"): [data.name(row, "target_name") for row in rows.to_dict("records")],
            _("Area code"): rows["area_id"].to_numpy(),
            _("Area"): [data.name(row, "area_name") for row in rows.to_dict("records")],
            _("Status"): rows["status"].map(words).to_numpy(),
            _("Needs study"): [_("yes") if study else "" for study in rows["needs_study"]],
            _("Period"): rows["period"].to_numpy(),
            _("Figure"): rows["observed"].to_numpy(),
            _("Unit"): [wording.unit_name(unit) for unit in rows["unit"]],
            _("Path"): rows["path_value"].to_numpy(),
            _("Gap"): rows["gap"].to_numpy(),
            _("Pace needed a year"): rows["pace_needed"].to_numpy(),
            _("Pace seen a year"): rows["pace_seen"].to_numpy(),
            _("Chance of missing"): rows["p_miss"].to_numpy(),
            **adjusted.columns(rows, adjusted.of_series(plan["plan_id"], review.as_of)),
            _("Responsible"): [departments.sentence(names) for names in rows["lead_departments_zh"]],
            _("Why"): rows["sentence_zh" if zh else "sentence_en"].to_numpy(),
            _("What it takes"): [flag_words.what_would_help(row, decimals_of(row)) for row in rows.to_dict("records")],
        }
    )
    place = data.place(plan["plan_id"], query.get("area"))
    about = {_("Plan"): data.name(plan), _("Area"): data.name(place)}
    about[_("Data")] = wording.joined(data.subline(plan["plan_id"], place["area_id"], review.as_of)[2:])
    return components.Export(frame, title(rows, place, query), about)


register_page(
    __name__,
    path=PATH,
    name=mark("Falling behind"),
    section=mark("Review"),
    permission="see figures",
    layout=layout,
    order=30,
)
