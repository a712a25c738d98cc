"""Work points in words: their lamps, what is done of what is due, and the sentence over the board."""

import pandas as pd
from dash import html

from dashboards import wording
from dashboards.language import current_language, mark, ngettext
from dashboards.language import gettext as _

# lamp -> (word, what it means, the mark whose shape and colour it takes)
LAMPS = {
    "overdue": (mark("Overdue"), mark("past its last day and not done"), "reversing"),
    "late": (mark("Behind time"), mark("a fifth or more behind even progress, or not begun near its end"), "behind"),
    "silent": (mark("Not heard of"), mark("no report for a quarter: missing, not nought"), "cannot_judge"),
    "on_time": (mark("On time"), mark("keeps to even progress"), "on_course"),
    "not_due": (mark("Not begun yet"), mark("its year has not begun"), "slow"),
    "done": (mark("Done"), mark("what was due is done"), "achieved"),
    "stopped": (mark("Stopped"), mark("ended by decision"), "cannot_judge"),
}


def lamp(key: str, *, with_word: bool = True) -> html.Span:
    """The lamp of a work point: shape, colour and word."""
    word, meaning, shape = LAMPS[key]
    spoken = _(word) if with_word else html.Span(_(word), className="visually-hidden")
    dot = html.Span(className=f"kt-mark kt-{shape}", **{"aria-hidden": "true"})
    return html.Span([dot, spoken], className="kt-status", title=f"{_(word)}: {_(meaning)}")


def bar(counts: pd.Series) -> html.Span:
    """How many stand where, as one thin bar; read out and shown on hover."""
    present = [key for key in LAMPS if counts.get(key)]
    spoken = wording.joined([f"{_(LAMPS[key][0])} {int(counts[key])}" for key in present])
    parts = [
        html.Span(className=f"kt-bar-part kt-{LAMPS[key][2]}", style={"flexGrow": int(counts[key])}) for key in present
    ]
    return html.Span(parts, className="kt-bar", title=spoken, role="img", **{"aria-label": spoken})


def finding(points: pd.DataFrame, whose: str, year: int) -> str:
    """What a meeting asks first: how many are overdue and how many late."""
    if points.empty:
        return _("{whose}: no work points in {year}", whose=whose, year=year)
    overdue, late = (int(points["lamp"].eq(key).sum()) for key in ("overdue", "late"))
    words = {"whose": whose, "year": year, "all": len(points), "overdue": overdue, "late": late}
    if not overdue and not late:
        return _("{whose}: none of the {all} work points of {year} is overdue or late", **words)
    return ngettext(
        "{whose}: {overdue} of {all} work points of {year} overdue, {late} late",
        "{whose}: {overdue} of {all} work points of {year} overdue, {late} late",
        overdue,
        **words,
    )


def progress(row: dict) -> str:
    """Done of due: "已完成420，共600场（70%）", "420 of 600 (70 %)"; what is done or not done says its state.

    A unit in Chinese counts what the title names; English has no word for it.
    """
    if wording.is_missing(row["quantity"]):
        states = {
            "done": _("done"),
            "under_way": _("under way"),
            "not_started": _("not begun"),
            "stopped": _("stopped"),
        }
        return states.get(row["state"], _("not reported"))
    unit = "" if wording.is_missing(row["unit"]) else str(row["unit"])
    unit = "" if current_language() == "en" and not unit.isascii() else unit
    due = f"{row['quantity']:,.10g}{unit}"
    if wording.is_missing(row["quantity_done"]):
        return _("not reported, of {due}", due=due)
    percent = wording.value(100 * row["quantity_done"] / row["quantity"], "percent", 0)
    return _("{done} of {due} ({percent})", done=f"{row['quantity_done']:,.10g}", due=due, percent=percent)


def days_left(row: dict) -> str:
    """How long until the last day, or since; nothing for what is done or stopped."""
    if row["lamp"] in ("done", "stopped"):
        return ""
    days = int(row["days_left"])
    if days < 0:
        return ngettext("{number} day over", "{number} days over", -days)
    return ngettext("{number} day left", "{number} days left", days)
