"""What the reader chooses with. Every choice stands in the address, so that a view can be sent to somebody."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
import numpy as np
import pandas as pd
from dash import ALL, ClientsideFunction, Input, State, dcc, html

from dashboards import data
from dashboards.access import clientside_callback
from dashboards.language import gettext as _

CHOICE = "address-choice"  # type of the pattern-matching ids below
MOST_CHOICES = 500  # nobody looks through more, and a browser is slow with them
ANY = "any"  # the option that asks for nothing: its key leaves the address (a select shows no option of value "")


def address(path: str, /, **state) -> str:
    """A path with its state as query: address("/indicator", area="150602", plan=None) -> "/indicator?area=150602"."""
    query = urlencode({key: value for key, value in state.items() if value not in (None, "", False)})
    return f"{path}?{query}" if query else path


def link(children, path: str, /, *, className: str = "", **state) -> dcc.Link:
    """A link to a page of this site with its state; it opens without loading the whole site anew."""
    return dcc.Link(children, href=address(path, **state), className=className)


def choice(
    key: str,
    label: str,
    options: Sequence[Mapping[str, str]],
    value: str | None,
    *,
    searchable: bool = False,
    navigates: bool = True,
) -> html.Div:
    """A labelled selector whose value is the address's key.

    options: {"value", "label"} each; the value ANY takes the key out of the address. searchable: for long lists (the label is searched).
    navigates: the page is laid out again for the new address; else only the address changes, and the page's own
    callback takes Input(choice_id(key), "value").
    """
    ident = choice_id(key, navigates=navigates)
    html_id = f"kt-label-{key}"
    if searchable:
        labels = {
            "search": _("Search"),
            "clear_search": _("Clear"),
            "clear_selection": _("Clear"),
            "no_options_found": _("Nothing found"),
        }
        field = dcc.Dropdown(list(options), value, id=ident, clearable=False, labels=labels, className="kt-dropdown")
    else:
        field = dbc.Select(list(options), value, id=ident, size="sm")
    return html.Label([html.Span(label, id=html_id), field], className=f"kt-choice kt-choice-{key}")


def shortened(areas: pd.DataFrame, area_id: str) -> pd.DataFrame:
    """The first MOST_CHOICES rows of areas to choose from, the chosen one always among them: the search finds the others."""
    return areas[(np.arange(len(areas)) < MOST_CHOICES) | areas["area_id"].eq(area_id).to_numpy()]


def plan_and_area(plan: dict, place: dict, *, navigates: bool = True) -> list:
    """The two selectors most pages begin with: which judged plan, and the plan's area or one of those below it."""
    plans = data.judged_plans()
    options = [{"value": row["plan_id"], "label": data.name(row)} for row in plans.to_dict("records")]
    home = data.place(plan["plan_id"], None)
    places = [home, *shortened(data.units_below(home["area_id"]), place["area_id"]).to_dict("records")]
    if place["area_id"] not in {row["area_id"] for row in places}:
        places += [step for step in data.trail(place["area_id"]) if step not in places and step["level"] != "province"]
    areas = [{"value": row["area_id"], "label": data.name(row)} for row in places]
    return [
        choice("plan", _("Plan"), options, plan["plan_id"], navigates=navigates),
        choice("area", _("Area"), areas, place["area_id"], navigates=navigates),
    ]


def choice_id(key: str, *, navigates: bool = False) -> dict:
    """The component id of a choice."""
    return {"type": CHOICE, "key": key, "navigates": navigates}


def search_form() -> html.Form:
    """Finds areas, indicators, plans and pages; opens the list of what was found."""
    words = _("Find area, indicator, plan")
    box = dcc.Input(type="search", name="q", placeholder=words, id="kt-search", autoComplete="off", maxLength=80)
    label = html.Label(words, htmlFor="kt-search", className="visually-hidden")
    return html.Form([label, box], action="/search", method="GET", role="search", className="kt-search")


clientside_callback(
    ClientsideFunction("kangtu", "choose"),
    Input({"type": CHOICE, "key": ALL, "navigates": ALL}, "value"),
    State({"type": CHOICE, "key": ALL, "navigates": ALL}, "id"),
    permission="open the site",
    module=__name__,
    prevent_initial_call=True,
)
