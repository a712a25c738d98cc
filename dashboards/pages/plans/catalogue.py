"""All plans: what each asks for and what its text hides; and one search over everything they ask."""

import pandas as pd
from dash import html

from dashboards import (
    components,
    data,
    departments,
    plan_controls,
    plan_parts,
    plan_search,
    plan_targets,
    plan_words,
    wording,
)
from dashboards.access import register_page
from dashboards.language import gettext as _
from dashboards.language import mark, ngettext
from dashboards.plan_search import Hit
from dashboards.plan_words import in_its_language

PATH = "/plans"
MOST = 12  # hits of one kind before "show all"


def layout(q: str = "", show: str = "", **_ignored):
    """?q= looks through all plans; ?show=all lists every hit."""
    plans = plan_targets.ordered_plans()
    if not plans:
        advice = _("Run “python manage.py load-plans” to load the plan packs.")
        return components.page(_("No plan has been loaded yet"), children=[components.empty(_("No plans"), advice)])
    typed = q.strip()
    found = plan_search.find(typed) if typed else {}
    return components.page(
        search_title(typed, found) if typed else finding(plans),
        subline=[
            ngettext("{number} plan", "{number} plans", len(plans)),
            plan_words.target_count(data.every_target()["target_id"].nunique()),
        ],
        controls=[plan_controls.search_box(PATH, q, _("Find target, action, department in all plans"))],
        children=[
            results(typed, found, show) if typed else plans_table(plans),
            components.download_bar("plans", q=typed),
        ],
        method=[
            _("Where a document prints xx, 20xx or * nothing is filled in; a year we infer is said to be inferred."),
            _("Departments are named in Chinese by the plans; their English names are this project's."),
        ],
    )


def finding(plans: list[dict]) -> str:
    """Which indicator most plans set a target for."""
    shared = plan_controls.shared_indicators()
    if not shared:
        return ngettext("What does {number} plan ask for?", "What do {number} plans ask for?", len(plans))
    indicator_id, count = shared[0]
    name = data.name(data.indicator(indicator_id))
    return _("{count} of {number} plans ask for the same: {indicator}", count=count, number=len(plans), indicator=name)


def search_title(typed: str, found: dict[str, list[Hit]]) -> str:
    """How many places in how many plans."""
    hits = [hit for some in found.values() for hit in some]
    plans = len({hit.plan_id for hit in hits})
    return ngettext(
        "{number} place in {plans} plans holds “{words}”",
        "{number} places in {plans} plans hold “{words}”",
        len(hits),
        plans=plans,
        words=typed,
    )


def plans_table(plans: list[dict]) -> html.Div:
    """One row a plan, its name a link."""
    heads = [
        _("Plan"), _("Period"), _("Document"), _("Kind"), _("Actions"), _("Targets"),
        *(_(part.name) for part in plan_parts.PARTS.values()), _("Hidden in the text or inferred"),
    ]  # fmt: skip
    rows = [plan_row(plan) for plan in plans]
    numbers = range(4, 6 + len(plan_parts.PARTS))
    caption = _("The plans and what they ask for")
    return components.simple_table(heads, rows, caption=caption, numbers=numbers, className="kt-stacked kt-plans")


def plan_row(plan: dict) -> list:
    """The cells of one plan."""
    plan_id = plan["plan_id"]
    counts = plan_parts.counts(plan_id)
    path = f"{PATH}/{plan_id}"
    of_parts = [
        components.link(wording.number(count), path, part=part) if count else wording.MISSING
        for part, count in counts.items()
    ]
    hidden = plan_words.hidden_and_inferred(plan)
    name = components.link(components.data_name(plan["name_zh"], plan["name_en"]), path)
    return [
        html.Div([name, html.Div(plan_words.place(plan), className="kt-muted")]),
        plan_words.period(plan),
        document(plan),
        plan_words.word(plan_words.KINDS, plan["kind"]),
        wording.number(len(data.actions(plan_id))),
        components.link(wording.number(len(plan_targets.targets_of(plan_id))), path),
        *of_parts,
        html.Div([html.Div(words) for words in hidden], className="kt-muted") if hidden else wording.MISSING,
    ]


def document(plan: dict) -> html.Div | str:
    """Number and day of issue."""
    number = in_its_language(plan["document_no"] if isinstance(plan["document_no"], str) else None)
    if wording.is_missing(plan["issued"]):
        return number
    return html.Div([html.Div(number), html.Div(wording.day(plan["issued"]), className="kt-muted")])


def results(typed: str, found: dict[str, list[Hit]], show: str) -> html.Div:
    """The hits under their kinds."""
    if not found:
        return components.empty(
            _("No plan holds all of these words"),
            _("Try a shorter word: an indicator, an action or a department, in Chinese or English."),
            action=components.link(_("All plans"), PATH),
        )
    return html.Div(
        [
            components.section(f"{_(plan_search.KINDS[kind])}　{len(hits)}", hit_table(kind, hits, typed, show))
            for kind, hits in found.items()
        ]
    )


def hit_table(kind: str, hits: list[Hit], typed: str, show: str) -> list:
    """The first hits of a kind, or all of them, each a link into its plan."""
    shown = hits if show == "all" else hits[:MOST]
    heads = [_(plan_search.KINDS[kind]), _("Plan"), _("Action"), _("Goal"), _("Responsible")]
    columns = [0, 1, 2, 3, 4] if kind == plan_search.TARGETS else [0, 1, 4]
    rows = [[hit_cells(hit)[at] for at in columns] for hit in shown]
    heads = [heads[at] for at in columns]
    table = components.simple_table(heads, rows, caption=heads[0], className=f"kt-stacked kt-hits kt-hits-{kind}")
    if len(shown) == len(hits):
        return [table]
    return [table, html.P(components.link(_("Show all {total}", total=len(hits)), PATH, q=typed, show="all"))]


def hit_cells(hit: Hit) -> list:
    """What was found, in which plan, under which action, what it asks, and of whom."""
    plan = data.all_plans().loc[hit.plan_id]
    action = hit.action or {}
    name = components.data_name(hit.name_zh, hit.name_en)
    title = in_its_language(action.get("title_zh"), action.get("title_en"))
    return [
        components.link(name, f"{PATH}/{hit.plan_id}", **hit.state),
        components.data_name(plan["name_zh"], plan["name_en"]),
        [action["action_no"], " ", title] if action else wording.MISSING,
        html.Div(plan_words.milestones(hit.milestones)) if hit.milestones else wording.MISSING,
        departments.listed(list(hit.responsible), 3),
    ]


@components.exporter("plans")
def export(query: dict) -> components.Export:
    """The list of plans; with ?q= every hit in all plans."""
    typed = query.get("q", "").strip()
    if typed:
        found = plan_search.find(typed)
        rows = [hit_record(hit) for hits in found.values() for hit in hits]
        return components.Export(pd.DataFrame(rows), search_title(typed, found), has_reports=False)
    plans = plan_targets.ordered_plans()
    return components.Export(pd.DataFrame([plan_record(plan) for plan in plans]), finding(plans), has_reports=False)


def hit_record(hit: Hit) -> dict[str, str]:
    """One hit as a row of a file."""
    return {
        _("Kind"): _(plan_search.KINDS[hit.kind]),
        _("Name in Chinese"): hit.name_zh,
        _("Name in English"): hit.name_en,
        _("Plan"): data.name(data.all_plans().loc[hit.plan_id]),
        _("Action"): data.name(hit.action, "title") if hit.action else "",
        _("Goal"): plan_words.milestones_text(hit.milestones),
        _("Responsible"): ";".join(hit.responsible),
    }


def plan_record(plan: dict) -> dict[str, object]:
    """One plan as a row of a file."""
    return {
        _("Code"): plan["plan_id"],
        _("Name in Chinese"): plan["name_zh"],
        _("Name in English"): plan["name_en"],
        _("Place"): plan_words.place(plan),
        _("Area code"): plan["area_id"],
        _("Period"): plan_words.period(plan),
        _("Document"): plan["document_no"],
        _("Issued"): "" if wording.is_missing(plan["issued"]) else f"{plan['issued']:%Y-%m-%d}",
        _("Kind"): plan_words.word(plan_words.KINDS, plan["kind"]),
        _("Actions"): len(data.actions(plan["plan_id"])),
        _("Targets"): len(plan_targets.targets_of(plan["plan_id"])),
        **{_(plan_parts.PARTS[part].name): count for part, count in plan_parts.counts(plan["plan_id"]).items()},
        _("Hidden in the text or inferred"): wording.joined(plan_words.hidden_and_inferred(plan)),
    }


register_page(
    __name__,
    path=PATH,
    name=mark("All plans"),
    section=mark("Plans"),
    permission="see figures",
    layout=layout,
    order=300,
)
