"""How the facilities there are stand to a plan's service standards, in words and marks."""

import pandas as pd
from dash import html

from dashboards import wording
from dashboards.language import gettext as _
from dashboards.language import mark

STATES = {
    "short": (mark("short"), "▲"),
    "open": (mark("the register leaves it open"), "◇"),
    "not_yet": (mark("not yet, due later"), "◐"),
    "met": (mark("met"), "✔"),
    "no_register": (mark("cannot be told"), "○"),
}
ELSEWHERE = {
    "see_coverage": (mark("see the page of coverage"), "/coverage"),
    "see_cells": (mark("see the page of health cells"), "/cells"),
}


def verdicts(found: pd.DataFrame, top: str) -> pd.Series:
    """rule -> how the standard stands: of the whole area, or the worst district where each must have it."""
    order = {state: at for at, state in enumerate(("short", "not_yet", "open", "no_register", "met"))}
    rows = []
    for rule, of_rule in found.groupby("rule"):
        whole = of_rule[of_rule["area_id"].eq(top)]
        one = whole["state"].iloc[0] if len(whole) else min(of_rule["state"], key=order.__getitem__)
        rows.append((rule, one))
    return pd.Series(dict(rows), dtype="str")


def state_mark(state: str) -> html.Span:
    """Shape and word."""
    word, shape = STATES[state]
    return html.Span([html.Span(f"{shape} ", **{"aria-hidden": "true"}), _(word)])


def figure(row, one) -> str:
    """80.4 % (41 of 51); 16; 1.2 (3,280 / 2.2 million)."""
    if wording.is_missing(one["actual"]):
        return wording.MISSING
    if row["basis"] == "share":
        of = _("{part} of {whole}", part=wording.number(one["part"]), whole=wording.number(one["whole"]))
        return _("{share} ({count})", share=wording.value(one["actual"], "percent", 1), count=of)
    decimals = 2 if "_per_" in row["basis"] else 0
    return wording.number(one["actual"], decimals)
