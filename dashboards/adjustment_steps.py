"""Buttons for the steps of adjustments (approve, return, withdraw, undo), and the one callback behind all of them."""

import re
from collections.abc import Mapping

from dash import ALL, ClientsideFunction, Input, Output, State, ctx, dcc, html, no_update

from dashboards import components, data
from dashboards.access import callback, clientside_callback, may
from dashboards.language import gettext as _

STEP, NOTE = "adjustment-step", "adjustment-note"  # types of pattern-matching ids
MESSAGE, DONE, BUSY = "adjustment-message", "adjustment-done", "adjustment-busy"
NEEDS = {"approve": "approve adjustments", "return": "approve adjustments"}
SEEN = re.compile(r"\d{1,12}:\d{1,12}(,\d{1,12}:\d{1,12}){0,4999}")


def step_button(step: str, words: str, seen: Mapping[int, int], *, main: bool = False) -> html.Button:
    """A step with adjustments as they were seen: id -> revision."""
    said = ",".join(f"{one}:{revision}" for one, revision in seen.items())
    classes = "kt-button kt-button-small" + (" kt-button-main" if main else "")
    return html.Button(
        words, id={"type": STEP, "step": step, "seen": said}, type="button", className=classes, n_clicks=0
    )


def note_field(key: str, label: str) -> dcc.Input:
    """A line for the note that goes with the steps whose adjustments begin with this one's id."""
    return dcc.Input(
        id={"type": NOTE, "key": key},
        type="text",
        placeholder=label,
        maxLength=500,
        className="kt-note",
        debounce=False,
    )


def outcome() -> html.Div:
    """Where a page with step buttons says what was refused; a step that was done lays the page out anew."""
    busy = html.P(
        _("Working; reviews are judged anew where it changes them…"), id=BUSY, hidden=True, className="kt-done"
    )
    return html.Div([busy, html.Div(id=MESSAGE, role="status"), dcc.Store(id=DONE)])


@callback(
    Output(MESSAGE, "children"),
    Output(DONE, "data"),
    Input({"type": STEP, "step": ALL, "seen": ALL}, "n_clicks"),
    State({"type": NOTE, "key": ALL}, "value"),
    State({"type": NOTE, "key": ALL}, "id"),
    permission="adjust forecasts",
    prevent_initial_call=True,
    running=[(Output(BUSY, "hidden"), False, True)],
)
def take(clicks, notes, note_ids):
    """Take the step whose button was pressed."""
    pressed = ctx.triggered_id
    if not isinstance(pressed, dict) or not any(clicks):
        return no_update, no_update
    step, said = pressed.get("step"), pressed.get("seen")
    if step not in data.STEPS or not isinstance(said, str) or not SEEN.fullmatch(said):
        return no_update, no_update
    if not may(NEEDS.get(step, "adjust forecasts")):
        return refused(_("You may not do this.")), no_update
    seen = {int(one): int(revision) for one, revision in (pair.split(":") for pair in said.split(","))}
    known = {one["key"]: note for one, note in zip(note_ids, notes, strict=False) if isinstance(note, str)}
    try:
        data.take_step(step, seen, known.get(str(next(iter(seen)))) or None)
    except data.InputError as error:
        return refused(str(error)), no_update
    return None, {"step": step, "count": len(seen)}


def refused(words: str) -> html.P:
    """Why something was not done, and how to mend it; the store says it in Chinese."""
    return html.P(components.mark_chinese(words), className="kt-refused", role="alert")


clientside_callback(
    ClientsideFunction("kangtuWorkbench", "again"),
    Output(DONE, "id"),
    Input(DONE, "data"),
    permission="adjust forecasts",
    module=__name__,
    prevent_initial_call=True,
)
