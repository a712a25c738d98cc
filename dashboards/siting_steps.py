"""What is done with siting scenarios: kept, renamed, taken out of the list, put before a review, taken back.

A button that one of these lays out anew calls its own callback without having been pressed, whatever prevent_initial_call
says: so each asks for the presses.
"""

from urllib.parse import urlencode

from dash import ALL, Input, Output, State, ctx, html, no_update

from dashboards import components
from dashboards.access import callback
from dashboards.data import sited
from dashboards.data.sited import Sited
from dashboards.language import gettext as _
from dashboards.siting_export import asked_for
from dashboards.siting_kept import (
    GO,
    NAME,
    NOTE,
    OTHER_NAME,
    OWN,
    PATH,
    PUT,
    REMOVE,
    RENAME,
    REVIEW,
    SAVE,
    SAVED,
    SHOWN,
    TAKE_BACK,
    own_parts,
    review_of,
)
from dashboards.siting_words import NAME_SHOWN


def _shown(state: dict | None) -> Sited | None:
    """What the page shows, by the state it was laid out with."""
    return asked_for({key: value for key, value in (state or {}).items() if isinstance(value, str)})


@callback(
    Output(SAVED, "children"),
    Output(GO, "href", allow_duplicate=True),
    Input(SAVE, "n_clicks"),
    State(NAME, "value"),
    State(SHOWN, "data"),
    permission="save scenarios",
    prevent_initial_call=True,
)
def save(_clicks, name: str | None, state: dict | None):
    """Keep the answer the page shows, as the server worked it out; then its own address."""
    found = _shown(state)
    scenario_id = sited.save_scenario(name or "", found) if found is not None else None
    if scenario_id is None:
        return html.P(_("Please give the scenario a name."), className="siting-wrong"), no_update
    return "", f"{PATH}?{urlencode({'scenario': scenario_id})}"


@callback(
    Output(OWN, "children"),
    Output(NAME_SHOWN, "children"),
    Input(RENAME, "n_clicks"),
    State(OTHER_NAME, "value"),
    State(SHOWN, "data"),
    permission="save scenarios",
    prevent_initial_call=True,
)
def rename(clicks: int | None, name: str | None, state: dict | None):
    """Give the reader's own scenario another name."""
    found = _shown(state)
    if not clicks or found is None or found.scenario_id is None:
        return no_update, no_update
    done = sited.rename_scenario(found.scenario_id, name or "")
    said = _("Renamed.") if done else _("Please give the scenario a name.")
    after = sited.saved_scenario(found.scenario_id)
    return own_parts(after, said), components.mark_chinese(after.name)


@callback(
    Output(GO, "href", allow_duplicate=True),
    Input(REMOVE, "n_clicks"),
    State(SHOWN, "data"),
    permission="save scenarios",
    prevent_initial_call=True,
)
def remove(clicks: int | None, state: dict | None):
    """Take the reader's own scenario out of the list, and leave its page."""
    found = _shown(state)
    if not clicks or found is None or found.scenario_id is None or not sited.remove_scenario(found.scenario_id):
        return no_update
    return PATH


@callback(
    Output(OWN, "children", allow_duplicate=True),
    Input(PUT, "n_clicks"),
    State(REVIEW, "value"),
    State(NOTE, "value"),
    State(SHOWN, "data"),
    permission="save scenarios",
    prevent_initial_call=True,
)
def put(clicks: int | None, review: str | None, note: str | None, state: dict | None):
    """Put the scenario before a review, with its figures as they stand."""
    found, chosen = _shown(state), review_of(review or "")
    if not clicks or found is None or found.scenario_id is None:
        return no_update
    done = chosen is not None and sited.put_before_review(found.scenario_id, *chosen, note or "")
    said = _("Put before the review; its pages show it now.") if done else _("It could not be put before this review.")
    return own_parts(found, said)


@callback(
    Output(OWN, "children", allow_duplicate=True),
    Input({"type": TAKE_BACK, "number": ALL}, "n_clicks"),
    State(SHOWN, "data"),
    permission="save scenarios",
    prevent_initial_call=True,
)
def take_back(presses, state: dict | None):
    """Take back what the reader put before a review."""
    found, button = _shown(state), ctx.triggered_id
    if found is None or found.scenario_id is None or not any(presses or []) or not isinstance(button, dict):
        return no_update
    number = button.get("number")
    done = isinstance(number, int) and sited.take_back(number)
    return own_parts(found, _("Taken back.") if done else _("It lies there no longer."))
