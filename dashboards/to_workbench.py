"""The quiet way from a mark to the analysts' workbench, and the state of what analysts did with its series."""

from dash import html

from dashboards import components
from dashboards.access import may
from dashboards.adjustment_words import state_mark
from dashboards.language import gettext as _

WORKBENCH = "/workbench"


def link_of(mark: dict, plan_id: str, **state) -> html.Span | None:
    """A link to the workbench for who may adjust forecasts; nothing for others. mark: a row of data.marks."""
    if not may("adjust forecasts"):
        return None
    series = {"indicator": mark["indicator_id"], "area": mark["area_id"], "target": mark["target_id"]}
    return components.link(_("Workbench"), WORKBENCH, plan=plan_id, **series, **state, className="kt-to-workbench")


def states_shown(mark: dict, states: dict[tuple[str, str], list[str]]) -> list:
    """The marks of a series' adjustments (data.adjustment_states): the reader's draft, what waits, what is in force."""
    return [state_mark(state) for state in states.get((mark["indicator_id"], mark["area_id"]), [])]
