"""How the cells there are stand to what a plan asks, in words."""

import pandas as pd
from dash import html

from dashboards import data, wording
from dashboards.language import gettext as _

MOST_NAMED = 6


def standing(row: dict, found: pd.DataFrame) -> html.Div | str:
    """How many places meet it and which do not."""
    if not isinstance(row["basis"], str):
        return _("no number that a register of cells could show")
    if found.empty:
        return _("due in {year}", year=int(row["year"]))
    states = found["state"].value_counts()
    if states.get("no_register", 0) == len(found):
        return _("cannot be told: nobody has listed what the share is of")
    if len(found) == 1:
        return _one_place(found.iloc[0])
    bound = found[found["state"].ne("other_branch")]
    if bound.empty:
        return _("the other half of the rule holds everywhere")
    met = int(bound["state"].eq("met").sum())
    missing = bound[bound["state"].isin(("short", "not_yet"))].sort_values("actual")
    words = [_("{met} of {all} met", met=met, all=len(bound))]
    if len(missing):
        names = [f"{data.name(data.area(one.area_id))} {one.actual:g}" for one in missing.head(MOST_NAMED).itertuples()]
        head = _("short") if missing["state"].eq("short").any() else _("not yet, the year still runs")
        listed = f"{wording.joined(names)}{'…' if len(missing) > MOST_NAMED else ''}"
        words.append(_("{state}: {what}", state=head, what=listed))
    return html.Div([html.Div(word) for word in words])


def _one_place(one) -> str:
    said = {"met": _("met"), "short": _("short"), "not_yet": _("not yet, the year still runs")}
    state = said.get(one["state"], _("the other half of the rule holds everywhere"))
    return _("{state}: {what}", state=state, what=f"{one['actual']:g} / {one['wanted']:g}")
