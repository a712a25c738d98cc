"""Which review is shown: the newest, or the plan as it was judged on a day of the past."""

from datetime import date

from dash import html
from flask import abort

from dashboards import data, wording
from dashboards.components.controls import ANY, choice, link
from dashboards.components.frame import page
from dashboards.components.notices import notice
from dashboards.data import Review
from dashboards.language import gettext as _


def review_choice(plan: dict, review: Review | None) -> list:
    """The selector among the days the plan was judged as of (?as_of=), newest first; nothing where there is one only."""
    newest = data.newest_run(plan["plan_id"])["as_of"]
    days = [day.date() for day in data.reviews(plan["plan_id"])["as_of"]]
    if len(days) < 2 and review is not None:
        return []
    options = [{"value": ANY, "label": _("{day} (newest)", day=wording.day(newest))}]
    options += [{"value": day.isoformat(), "label": wording.day(day)} for day in days if day != newest]
    chosen = review.as_of.isoformat() if review and review.as_of else ANY
    return [choice("as_of", _("Judged as of"), options, chosen)]


def way_to_changes(plan: dict, review: Review):
    """For the line under a title: the way to what moved since the review before; nothing where there was none."""
    earlier = [day for day in data.reviews(plan["plan_id"])["as_of"] if day.date() < review.day]
    if not earlier:
        return None
    return link(_("What moved"), "/changes", plan=plan["plan_id"], as_of=review.as_of and review.as_of.isoformat())


def review_notice(review: Review, path: str, state: dict) -> html.Div | None:
    """Says that an old review is shown, and leads to the newest; nothing above the newest."""
    if review.as_of is None:
        return None
    return notice(
        _("You see the review as of {day}", day=wording.day(review.day)),
        _("Only what had been reported by then counts, held against the targets in force then."),
        kind="review",
        action=link(_("To the newest review"), path, **{**state, "as_of": None}),
    )


def no_review(plan: dict, asked: str, path: str, state: dict) -> html.Main:
    """The whole page where the plan was not judged as of the day asked for: which days there are, how to make this one."""
    days = [day.date() for day in data.reviews(plan["plan_id"])["as_of"]]
    links = [link(wording.day(day), path, **{**state, "as_of": day.isoformat()}) for day in days]
    listed = [piece for one in links for piece in (" · ", one)][1:]
    wanted = day_of(asked)
    command = f"python manage.py judge --plan {plan['plan_id']} --as-of {wanted or 'YYYY-MM-DD'}"
    made = [_("An administrator can make it:"), " ", html.Code(command)]
    said = _("The plan has not been judged as of {day}", day=wording.day(wanted)) if wanted else None
    return page(
        said or _("“{text}” is no day; write it as 2026-06-30", text=asked),
        subline=[data.name(plan)],
        children=[notice(_("Reviews there are"), action=html.Div([html.P(listed), html.P(made)]))],
    )


def review_of_file(plan: dict, query: dict) -> Review:
    """The review a download is of; the address of one that there is not is an address of nothing (404)."""
    return data.review(plan["plan_id"], query.get("as_of")) or abort(404)


def day_of(text: str) -> date | None:
    """The day a text writes as YYYY-MM-DD; None where it is none. Nothing else from an address goes into a command."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None
