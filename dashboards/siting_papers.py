"""The siting scenarios that were put before a review, as its pages show them: figures of their day, author, link."""

from dash import html

from dashboards import components, siting_words, wording
from dashboards.data import Review, sited
from dashboards.language import gettext as _
from dashboards.siting_kept import PATH


def before_review(plan_id: str, review: Review) -> html.Section | None:
    """What lies before a review, in the order it was put there; nothing where nothing does."""
    rows = sited.before_review(plan_id, review.day)
    if rows.empty:
        return None
    heads = [_("Scenario"), _("Asked for"), _("People within reach"), _("How good"), _("To decide"), _("Put by")]
    cells = [_cells(row) for row in rows.to_dict("records")]
    table = components.simple_table(
        heads, cells, caption=_("Siting scenarios before this review"), className="kt-stacked"
    )
    note = _("Figures as they stood when the scenario was put before the review; later changes do not touch them.")
    return components.section(_("Siting scenarios before this review"), [table, components.source_line(note)])


def _cells(row: dict) -> list:
    figures = row["figures"]
    who = _("{who}, {day}", who=row["put_by_name"], day=wording.day(row["put_at"]))
    word, numbers = siting_words.verdict(figures)
    return [
        components.link(components.mark_chinese(row["name"]), PATH, scenario=row["scenario_id"]),
        asked(figures),
        reached(figures),
        # one part each: a phone shows the head of the column beside the cell
        html.Div([word, html.Div(numbers, className="kt-muted")]),
        html.Div(components.mark_chinese(row["note"]) if isinstance(row["note"], str) else ""),
        html.Div(components.mark_chinese(who)),
    ]


def asked(figures: dict) -> str:
    """The question in a few words: model, sites in all, radius."""
    parts = [_(siting_words.MODELS[figures["model"]][0]), _("{count} sites", count=figures["p"])]
    return " · ".join([*parts, siting_words.km(figures["radius_m"])] if figures["radius_m"] is not None else parts)


def reached(figures: dict) -> str:
    """The people within the radius and their share; without a radius the way on average and the longest."""
    if figures["people_share"] is None:
        ways = {"mean": siting_words.km(figures["mean_m"]), "longest": siting_words.km(figures["max_m"])}
        return _("{mean} on average, {longest} at most", **ways)
    people = wording.number(figures["people"] * figures["people_share"])
    return _("{people} ({share})", people=people, share=siting_words.percent(figures["people_share"]))
