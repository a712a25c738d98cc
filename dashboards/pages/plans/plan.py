"""One plan: what it asks, of whom, by when; then what it wants delivered."""

from collections import Counter
from collections.abc import Mapping

import pandas as pd
from dash import html
from flask import abort

from dashboards import components, data, departments, plan_controls, plan_parts, plan_targets, plan_words, wording
from dashboards.access import register_page
from dashboards.components import ANY, choice
from dashboards.finding import haystack, words_of
from dashboards.language import gettext as _
from dashboards.language import mark
from dashboards.plan_chapters import Chapters, former_of, text_of
from dashboards.plan_targets import Selection
from dashboards.plan_words import in_its_language

LIST, TARGETS = "/plans", "targets"
FEW = 12  # targets that are shown without having to open their actions
ROWS_A_PAGE = 50  # of what is to be delivered


def layout(plan_id: str = "", **query):
    """?part=targets|programmes|cells|services|tasks &action= &department= &rule= &q= &open=all &page=."""
    plans = data.all_plans()
    if plan_id not in plans.index:
        return components.not_found()
    plan = plans.loc[plan_id].to_dict()
    part = query.get("part") if query.get("part") in plan_parts.PARTS else TARGETS
    if part == TARGETS:
        selection = plan_targets.select(plan_id, query)
        heading = title(plan, selection)
        content = targets_part(plan, selection, query)
    else:
        rows = plan_parts.rows_of(plan_id, part, query)
        heading, content = title_of_part(plan, part, len(rows)), delivery(plan_id, rows, part, query)
    state = {key: query.get(key, "") for key in ("part", "action", "department", "rule", "q")}
    return components.page(
        heading,
        trail=plan_controls.trail((_("All plans"), LIST), here=components.data_name(plan["name_zh"], plan["name_en"])),
        subline=subline(plan),
        controls=controls(plan, part, query),
        children=[parts_bar(plan_id, part), *content, components.download_bar("plan", plan_id=plan_id, **state)],
        method=method(plan),
    )


def title(plan: dict, selection: Selection) -> str:
    """What the plan asks, by when, of how many; or how much of it fits the choice."""
    count = plan_words.target_count(len(selection.targets))
    if selection.is_filtered:
        return _("{plan}: {targets} fit this choice", plan=data.name(plan), targets=count)
    leads = {name for target in selection.targets for name in departments.split(target.row["lead_departments_zh"])}
    words = {"plan": data.name(plan), "targets": count, "leads": len(leads)}
    if wording.is_missing(plan["period_end"]):
        return _("{plan}: {targets}, led by {leads} departments", **words) if leads else _("{plan}: {targets}", **words)
    words["year"] = int(plan["period_end"])
    if leads:
        return _("{plan}: {targets} up to {year}, led by {leads} departments", **words)
    return _("{plan}: {targets} up to {year}; no lead departments named", **words)


def title_of_part(plan: dict, part: str, count: int) -> str:
    """What is shown of the plan and how much of it."""
    name = _(plan_parts.PARTS[part].name).lower()
    return _("{plan}: {number} {part}", plan=data.name(plan), part=name, number=count)


def subline(plan: dict) -> list:
    """Place, kind, period, document."""
    issued = None if wording.is_missing(plan["issued"]) else _("issued {day}", day=wording.day(plan["issued"]))
    number = in_its_language(plan["document_no"]) if isinstance(plan["document_no"], str) else None
    return [
        plan_words.place(plan),
        plan_words.word(plan_words.KINDS, plan["kind"]),
        plan_words.period(plan),
        number,
        issued,
    ]


def parts_bar(plan_id: str, part: str) -> html.Nav:
    """The plan's targets and its delivery side, each with its count."""
    counts = {TARGETS: len(plan_targets.targets_of(plan_id)), **plan_parts.counts(plan_id)}
    names = {TARGETS: mark("Actions and targets")} | {key: one.name for key, one in plan_parts.PARTS.items()}
    tabs = []
    for key, count in counts.items():
        words = [_(names[key]), html.Span(f" {count}", className="kt-muted")]
        href = components.address(f"{LIST}/{plan_id}", part="" if key == TARGETS else key)
        if count == 0 and key != part:
            tabs.append(html.Span(words, className="kt-muted"))
        else:
            tabs.append(components.link(words, href, className="kt-tab-here" if key == part else ""))
    return html.Nav(tabs, className="kt-tabs", **{"aria-label": _("Parts of the plan")})


def controls(plan: dict, part: str, query: Mapping[str, str]) -> list:
    """The filters that fit the part; all of them live in the address."""
    plan_id, path = plan["plan_id"], f"{LIST}/{plan['plan_id']}"
    chosen = []
    if part == TARGETS:
        rows = data.actions(plan_id).to_dict("records")
        actions = [
            {"value": row["action_id"], "label": f"{row['action_no']} {data.name(row, 'title')}"} for row in rows
        ]
        rules = {target.row["rule"] for target in plan_targets.targets_of(plan_id)}
        rules = [{"value": key, "label": _(word)} for key, word in plan_words.RULES.items() if key in rules]
        chosen = [
            choice("action", _("Action"), _with_all(actions, _("All actions")), query.get("action") or ANY, searchable=True),
            choice("rule", _("Kind of goal"), _with_all(rules, _("All kinds")), query.get("rule") or ANY),
        ]  # fmt: skip
    counts = department_options(plan_id, part)
    if counts:
        options = [{"value": name, "label": f"{departments.said(name)} ({count})"} for name, count in counts]
        every = _with_all(options, _("All departments"))
        chosen.insert(1, choice("department", _("Department"), every, query.get("department") or ANY, searchable=True))
    kept = {key: query.get(key, "") for key in ("part", "action", "department", "rule")}
    words = _("Find in this plan")
    return [*chosen, plan_controls.search_box(path, query.get("q", ""), words, **kept)]


def _with_all(options: list[dict], words: str) -> list[dict]:
    return [{"value": ANY, "label": words}, *options]


def department_options(plan_id: str, part: str) -> list[tuple[str, int]]:
    """The departments of the part with how many targets or tasks each has, the busiest first."""
    if part == TARGETS:
        return plan_targets.department_counts(plan_id).most_common()
    if part != "tasks":
        return []
    tasks = data.delivery("tasks")
    named = tasks.loc[tasks["plan_id"] == plan_id, "responsible_departments_zh"]
    return Counter(name for names in named for name in departments.split(names)).most_common()


def targets_part(plan: dict, selection: Selection, query: Mapping[str, str]) -> list:
    """The chapters, each to be opened; and what was dropped by a revision."""
    if not selection.actions:
        whole = components.link(_("The whole plan"), f"{LIST}/{plan['plan_id']}")
        return [components.empty(_("Nothing in this plan fits this choice"), "", action=whole)]
    chapters: dict[str, list[dict]] = {}
    top = data.top_actions(plan["plan_id"])
    for action in selection.actions:
        chapters.setdefault(top[action["action_id"]], []).append(action)
    is_open = selection.is_filtered or query.get("open") == "all" or len(selection.targets) <= FEW
    shown = Chapters(plan, selection)
    rows = [shown.chapter(chapter, actions, is_open=is_open) for chapter, actions in chapters.items()]
    return [
        *shown.common_notes(),
        html.Div([shown.heads(), *rows], className="kt-chapters"),
        None if selection.is_filtered else open_or_close(plan, is_open, len(selection.targets)),
        dropped(plan, query),
    ]


def open_or_close(plan: dict, is_open: bool, count: int) -> html.P | None:
    """All chapters open, or all closed."""
    if count <= FEW:
        return None
    path = f"{LIST}/{plan['plan_id']}"
    link = (
        components.link(_("Close all actions"), path)
        if is_open
        else components.link(_("Open all actions"), path, open="all")
    )
    return html.P(link, className="kt-source")


def dropped(plan: dict, query: Mapping[str, str]) -> html.Section | None:
    """Targets a revision took out of the plan, with what they asked for."""
    standing = {target.row["target_id"] for target in plan_targets.targets_of(plan["plan_id"])}
    words = words_of(query.get("q"))
    gone = [
        versions[0]
        for target_id, versions in former_of(plan["plan_id"]).items()
        if target_id not in standing
        and all(word in haystack([versions[0][0]["name_zh"], versions[0][0]["name_en"]]) for word in words)
    ]
    if not gone:
        return None
    heads = [_("Target"), _("Milestones"), _("In force until")]
    rows = [
        [
            components.data_name(old[0]["name_zh"], old[0]["name_en"]),
            html.Del(plan_words.milestones(old)),
            wording.day(old[0]["in_force_to"]),
        ]
        for old in gone
    ]
    heading = _("Taken out by a revision")
    return components.section(heading, components.simple_table(heads, rows, caption=heading, className="kt-stacked"))


def delivery(plan_id: str, rows: list[dict], part: str, query: Mapping[str, str]) -> list:
    """A page of the rows of one of the delivery parts."""
    if not rows:
        return [components.empty(_("Nothing in this plan fits this choice"), "")]
    page, pages = plan_controls.page_of(query.get("page"), len(rows), ROWS_A_PAGE)
    table = delivery_table(rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE], part)
    if pages == 1:
        return [table]
    state = {key: query.get(key, "") for key in ("part", "department", "q")}
    turns = plan_controls.turns(f"{LIST}/{plan_id}", page, pages, len(rows), **state)
    return [turns, table, turns]


def delivery_table(rows: list[dict], part: str) -> html.Div:
    """Rows of one of the delivery parts; a column of which they say nothing is left out."""
    columns = {head: [cell(row) for row in rows] for head, cell in plan_parts.PARTS[part].columns.items()}
    said = {head: cells for head, cells in columns.items() if any(cell != wording.MISSING for cell in cells)}
    heads = [_(head) for head in said]
    cells = [list(row) for row in zip(*said.values(), strict=True)]
    caption = _(plan_parts.PARTS[part].name)
    return components.simple_table(heads, cells, caption=caption, className=f"kt-stacked kt-plan-part kt-plan-{part}")


def method(plan: dict) -> list:
    """The plan's own note, what is hidden, what the marks are."""
    of_plan = data.every_target()
    own = of_plan[of_plan["plan_id"] == plan["plan_id"]]
    hidden = plan_words.hidden_and_inferred(plan)
    lines = [in_its_language(text_of(plan["note_zh"]), text_of(plan["note_en"]))]
    if hidden:
        lines.append(_("Of the targets: {parts}.", parts=wording.joined(hidden)))
    if plan["area_id"] not in data.areas().index:
        lines.append(_("The plan is another area's: what stands beside its rows is how it would stand here."))
    if own["nature"].isna().all():
        lines.append(_("The text does not say which targets are binding, expected or advocated."))
    if data.newest_run(plan["plan_id"]):
        lines.append(_("Status: of the plan's own area, from the newest judgement; its link leads to the evidence."))
    return lines


@components.exporter("plan")
def export(query: dict) -> components.Export:
    """What the page shows: targets by milestone, or the rows of a delivery part."""
    if query["plan_id"] not in data.all_plans().index:
        abort(404)
    plan = data.all_plans().loc[query["plan_id"]].to_dict()
    about = {_("Plan"): data.name(plan), _("Place"): plan_words.place(plan), _("Period"): plan_words.period(plan)}
    if isinstance(plan["document_no"], str):
        about[_("Document")] = plan["document_no"]
    about[_("Note")] = data.name(plan, "note")
    part = query.get("part")
    if part in plan_parts.PARTS:
        rows = plan_parts.rows_of(plan["plan_id"], part, query)
        return components.Export(plan_parts.export_frame(rows, part), title_of_part(plan, part, len(rows)), about)
    selection = plan_targets.select(plan["plan_id"], query)
    actions, marks = data.actions(plan["plan_id"]).to_dict("index"), plan_targets.marks_of(plan["plan_id"])
    rows = [
        milestone_record(row, actions[row["action_id"]], marks.get(row["target_id"]))
        for target in selection.targets
        for row in target.milestones
    ]
    return components.Export(plan_words.with_whole_years(pd.DataFrame(rows)), title(plan, selection), about)


def status_word(found: dict | None) -> str:
    """The word of a mark; empty where nothing was judged."""
    words, _meaning = components.STATUSES[found["status"]] if found else ("", "")
    return _(words) if words else ""


def milestone_record(row: dict, action: dict, found: dict | None) -> dict[str, object]:
    """One milestone as a row of a file."""
    return {
        _("Action no."): action["action_no"],
        _("Action"): data.name(action, "title"),
        _("Target code"): row["target_id"],
        _("Target"): data.name(row),
        _("Indicator code"): row["indicator_id"],
        _("Kind of goal"): plan_words.word(plan_words.RULES, row["rule"]),
        _("Where it applies"): plan_words.word(plan_words.SCOPES, row["scope"]),
        _("Year"): None if wording.is_missing(row["year"]) else int(row["year"]),
        _("Year inferred"): _("yes") if row["year_is_inferred"] else "",
        _("Comparator"): wording.COMPARATORS.get(row["comparator"], ""),
        _("Value"): row["value"],
        _("Unit"): wording.unit_name(row["unit"]),
        _("Goal"): plan_words.goal(row),
        _("Hidden in the text"): plan_words.hidden_parts(row),
        _("Denominator"): data.name(row, "denominator"),
        _("Nature"): plan_words.word(plan_words.NATURES, row["nature"]),
        _("Led by"): departments.sentence(text_of(row["lead_departments_zh"]) or action["lead_departments_zh"]),
        _("Cooperating"): departments.sentence(action["cooperating_departments_zh"]),
        _("Status"): status_word(found),
        _("Source"): row["source_zh"],
        _("Note"): data.name(row, "note"),
        _("Version"): row["version"],
    }


register_page(
    __name__,
    path="/plans/plan",
    path_template="/plans/<plan_id>",
    name=mark("Plan"),
    permission="see figures",
    layout=layout,
    order=320,
)
