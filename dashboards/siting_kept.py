"""The scenarios under the siting page: keep an answer, the kept ones, two beside each other, what its owner may do."""

from datetime import date

import dash_bootstrap_components as dbc
from dash import html

from dashboards import access, components, data, siting_words, wording
from dashboards.data import sited
from dashboards.data.sited import Sited
from dashboards.language import gettext as _

PATH = "/siting"
NAME, SAVE, OTHER_NAME, RENAME, REMOVE = (
    f"siting-{name}" for name in ("name", "save", "other-name", "rename", "remove")
)
REVIEW, NOTE, PUT, TAKE_BACK, OWN = (f"siting-{name}" for name in ("review", "note", "put", "take-back", "own"))
SAVED, SHOWN, GO = "siting-saved", "siting-shown", "siting-go"
MOST_LISTED = 50


def scenarios(found: Sited, other: Sited | None) -> html.Div:
    """Save this answer; what can be done with a saved one; the saved ones; two beside each other."""
    saved = sited.saved_scenarios()
    parts = [html.H2(_("Scenarios"))]
    if found.result is not None and found.scenario_id is None and access.may("save scenarios"):
        parts.append(_saving())
    parts.append(html.Div(id=SAVED, role="status"))
    if found.scenario_id is not None:
        parts.append(html.Div(own_parts(found), id=OWN, className="siting-own"))
    if saved.empty:
        parts.append(html.P(_("Nothing has been saved yet."), className="kt-muted"))
        return html.Div(parts, className="siting-scenarios")
    parts.append(_saved_list(saved, found))
    if found.scenario_id is not None:
        options = [
            {"value": row.scenario_id, "label": html.Span(components.mark_chinese(row.name)), "search": row.name}
            for row in saved.itertuples(index=False)
            if row.scenario_id != found.scenario_id
        ]
        if options:
            chosen = other.scenario_id if other else None
            parts.append(components.choice("with", _("Compare with"), options, chosen, searchable=True))
    if other is not None and other.result is not None and found.result is not None:
        parts.append(_compared(found, other))
    return html.Div(parts, className="siting-scenarios")


def _saving() -> html.Div:
    field = dbc.Input(id=NAME, type="text", maxLength=80, size="sm", placeholder=_("Name of the scenario"))
    button = html.Button(_("Save this answer"), id=SAVE, type="button", className="kt-button")
    label = html.Label([html.Span(_("Name"), className="visually-hidden"), field])
    return html.Div([label, button], className="siting-save")


def _saved_list(saved, found: Sited) -> html.Div:
    rows = [
        [
            components.link(components.mark_chinese(row.name), PATH, scenario=row.scenario_id)
            if row.scenario_id != found.scenario_id
            else html.Strong(components.mark_chinese(row.name)),
            data.name(data.area(row.area_id)),
            components.mark_chinese(row.owner_name),
            wording.day(row.created_at),
        ]
        for row in saved.head(MOST_LISTED).itertuples(index=False)
    ]
    heads = [_("Scenario"), _("Area"), _("Saved by"), _("Day")]
    return components.simple_table(heads, rows, caption=_("Saved scenarios"))


# A saved scenario -----------------------------------------------------------------------------------------------------


def own_parts(found: Sited, said: str = "") -> list:
    """Before which reviews a saved scenario lies, the way to put it there, and what its owner may do with it.

    said: what was just done, or why it was not.
    """
    may = access.may("save scenarios")
    parts = [html.P(said, role="status", className="siting-said")] if said else []
    parts.append(_reviews(found))
    if may and not found.is_removed:
        parts.append(_putting(found))
    if may and found.is_own and not found.is_removed:
        parts += [_renaming(found), _removing()]
    return parts


def _reviews(found: Sited) -> html.Div | None:
    """The reviews it lies before."""
    rows = sited.reviews_of(found.scenario_id)
    if rows.empty:
        return None
    items = [html.Li(_lies_before(row)) for row in rows.to_dict("records")]
    return html.Div([html.P(_("Put before these reviews")), html.Ul(items)])


def _lies_before(row: dict) -> list:
    words = review_words(row["plan_id"], row["as_of"].date())
    link = components.link(components.mark_chinese(words), "/", plan=row["plan_id"], as_of=row["as_of"].date())
    who = _("put there by {who} on {day}", who=row["put_by_name"], day=wording.day(row["put_at"]))
    parts = [link, " · ", html.Span(components.mark_chinese(who))]
    if row["is_own"] and access.may("save scenarios"):
        ident = {"type": TAKE_BACK, "number": int(row["review_scenario_id"])}
        parts += [" ", html.Button(_("Take back"), id=ident, type="button", className="kt-button")]
    return parts


def review_words(plan_id: str, day: date) -> str:
    """A review in words: the day the plan was judged as of, and the plan."""
    return _("Review as of {day}, {plan}", plan=data.name(data.plan(plan_id)), day=wording.day(day))


def _putting(found: Sited) -> html.Div | None:
    lies = {(row.plan_id, row.as_of.date()) for row in sited.reviews_of(found.scenario_id).itertuples()}
    offered = [one for one in sited.reviews_for(found.asked["area_id"]) if one not in lies]
    if not offered:
        return None
    options = [{"value": f"{plan} {day}", "label": review_words(plan, day)} for plan, day in offered]
    return html.Div(
        [
            html.Label(
                [html.Span(_("Put before a review")), dbc.Select(options, options[0]["value"], id=REVIEW, size="sm")],
                className="kt-field",
            ),
            html.Label(
                [
                    html.Span(_("What should be decided (a sentence, may stay empty)")),
                    dbc.Input(id=NOTE, type="text", maxLength=80, size="sm"),
                ],
                className="kt-field",
            ),
            html.Button(_("Put before the review"), id=PUT, type="button", className="kt-button kt-button-main"),
        ],
        className="siting-putting",
    )


def review_of(value: str) -> tuple[str, date] | None:
    """(plan_id, day) of an option of the selector; None of anything else."""
    plan_id, _blank, day = value.rpartition(" ")
    try:
        return plan_id, date.fromisoformat(day)
    except ValueError:
        return None


def _renaming(found: Sited) -> html.Div:
    field = dbc.Input(id=OTHER_NAME, type="text", value=found.name, maxLength=80, size="sm")
    button = html.Button(_("Rename"), id=RENAME, type="button", className="kt-button")
    return html.Div(
        [html.Label([html.Span(_("Name"), className="visually-hidden"), field]), button], className="siting-save"
    )


def _removing() -> html.Details:
    """Asks again before the scenario is taken out of the list."""
    words = _("It leaves the list. Its link, and the reviews it lies before, go on showing it.")
    button = html.Button(_("Yes, take it out of the list"), id=REMOVE, type="button", className="kt-button")
    return html.Details([html.Summary(_("Take out of the list…")), html.P(words), button], className="siting-removing")


# Two beside each other ------------------------------------------------------------------------------------------------


def _compared(one: Sited, other: Sited) -> html.Div:
    """Two saved scenarios, figure by figure, and the sites only one of them has."""
    rows = [[head, *map(components.mark_chinese, cells)] for head, *cells in compared_lines(one, other)]
    heads = [_("Compared"), _("First scenario"), _("Second scenario")]
    table = components.simple_table(heads, rows, caption=_("Two scenarios"))
    bar = components.download_bar("siting-compared", scenario=one.scenario_id, **{"with": other.scenario_id})
    return html.Div([table, bar])


def compared_lines(one: Sited, other: Sited) -> list[tuple[str, str, str]]:
    """(what, of the first, of the second), in words."""
    a, b = one.result, other.result
    return [
        (_("Scenario"), one.name, other.name),
        (_("Model"), *(_(siting_words.MODELS[r["model"]][0]) for r in (a, b))),
        (_("Whom to reach"), *(siting_words.group_name(s.asked.get("group_id", "all")) for s in (one, other))),
        (_("Sites in all"), str(a["p"]), str(b["p"])),
        (_("Radius"), siting_words.km(a["radius_m"]), siting_words.km(b["radius_m"])),
        (_("People within reach"), siting_words.percent(a["people_share"]), siting_words.percent(b["people_share"])),
        (_("Places reached"), siting_words.percent(a["places_share"]), siting_words.percent(b["places_share"])),
        (_("Way on average"), siting_words.km(a["mean_m"]), siting_words.km(b["mean_m"])),
        (_("Longest way"), siting_words.km(a["max_m"]), siting_words.km(b["max_m"])),
        (_("How good"), *(_(": ").join(siting_words.verdict(r)) for r in (a, b))),
        (_("Sites only here"), _only(a, b), _only(b, a)),
    ]


def _only(mine: dict, theirs: dict) -> str:
    others = {(site["site_id"], site["lon"], site["lat"]) for site in theirs["chosen"]}
    own = [s for s in mine["chosen"] if (s["site_id"], s["lon"], s["lat"]) not in others]
    return wording.joined([siting_words.site_name(site) for site in own]) or _("none")
