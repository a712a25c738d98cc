"""The three marks of a target: status, probability of missing, recent trend. Shape, word and colour together."""

from collections.abc import Mapping

from dash import html

from dashboards import wording
from dashboards.language import gettext as _
from dashboards.language import mark

# In the order lists and bars show them, worst first. status -> (word, what it means)
STATUSES = {
    "reversing": (mark("Reversing"), mark("moving away from the target")),
    "behind": (mark("Behind"), mark("well short of the path to the next milestone")),
    "slow": (mark("Slow"), mark("a little short of the path to the next milestone")),
    "on_course": (mark("On course"), mark("at or near the path to the next milestone")),
    "achieved": (mark("Achieved"), mark("meets the next milestone already")),
    "cannot_judge": (mark("Cannot judge"), mark("too few figures, or a goal without a number or a year")),
}
TRENDS = {
    "up": ("↗", mark("rising")),
    "down": ("↘", mark("falling")),
    "flat": ("–", mark("no clear change")),
    "not_testable": ("·", mark("too few data")),
}


def status_mark(status: str, *, count: int | None = None, with_word: bool = True) -> html.Span:
    """The mark of a status, with its word or, where space is short, with the word for screen readers and on hover.

    count: shown before the word ("7 Behind").
    """
    word, meaning = (_(text) for text in STATUSES[status])
    spoken = word if with_word else html.Span(word, className="visually-hidden")
    number = [html.Span(wording.number(count), className="kt-count"), " "] if count is not None else []
    return html.Span(
        [html.Span(className=f"kt-mark kt-{status}", **{"aria-hidden": "true"}), *number, spoken],
        className="kt-status",
        title=f"{word}: {meaning}" if meaning else word,
    )


def study_mark() -> html.Span:
    """The outlined diamond beside a mark: the marks disagree, an analyst should look."""
    word = _("Needs study")
    return html.Span(
        [html.Span(className="kt-mark kt-needs-study", **{"aria-hidden": "true"}), html.Span(word)],
        className="kt-status kt-study",
        title=_("The status and the forecast disagree: an analyst should look before anybody acts."),
    )


def status_bar(counts: Mapping[str, int]) -> html.Span:
    """How many targets stand where, as one thin bar; the counts are read out and shown on hover."""
    present = [status for status in STATUSES if counts.get(status)]
    spoken = wording.joined([f"{_(STATUSES[status][0])} {counts[status]}" for status in present])
    return html.Span(
        [
            html.Span(className=f"kt-bar-part kt-{status}", style={"flexGrow": int(counts[status])})
            for status in present
        ],
        className="kt-bar",
        title=spoken,
        role="img",
        **{"aria-label": spoken},
    )


def probability_bar(p_miss: float | None, basis: str | None = "full") -> html.Span:
    """The probability of missing the goal: a small bar, the word, the figure rounded to five percent.

    basis: full; reference (three or four points: said so); withheld (no bar).
    """
    word = wording.probability(p_miss)
    if wording.is_missing(p_miss) or basis == "withheld":
        return html.Span(
            _("not estimated"), className="kt-muted", title=_("fewer than three figures, or too few cases")
        )
    words = _("{word}, {percent}", word=word, percent=wording.rounded_probability(p_miss))
    if basis == "reference":
        words = _("{words}, for reference", words=words)
    bar = html.Span(className="kt-probability-fill", style={"width": f"{p_miss:.0%}"})
    said = [html.Span(bar, className="kt-probability"), html.Span(words)]
    return html.Span(said, className="kt-chance", title=_("Probability of missing the goal, from the forecast"))


def trend_mark(trend: str | None, *, with_word: bool = True) -> html.Span:
    """The recent trend: an arrow, a dash for no clear change, or a dot for too few data."""
    arrow, word = TRENDS.get(trend, TRENDS["not_testable"])
    spoken = html.Span(_(word), className="" if with_word else "visually-hidden")
    return html.Span([html.Span(arrow, **{"aria-hidden": "true"}), " ", spoken], className="kt-trend", title=_(word))
