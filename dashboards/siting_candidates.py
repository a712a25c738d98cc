"""The question on the siting map: where sites can be, and which of them are locked, forbidden, put there by hand.

One layer for each state; they are the figure's first, so that a click changes them alone. Each state has its
own shape and its own line in the legend.
"""

from collections.abc import Collection, Mapping
from typing import Any

from dash import Patch

from dashboards.data.sited import Candidate
from dashboards.language import gettext as _
from dashboards.language import mark

CANDIDATES = "candidates"  # what assets/siting.js knows the layers by
UNDER_SITES, SITES, OVER_SITES = 2, 3, 4  # Plotly's zorder; the places of the answer lie at 1
FREE, BY_HAND, LOCKED, FORBIDDEN, STANDING = "free", "by_hand", "locked", "forbidden", "standing"
# state: (word, Plotly's symbol, its size, name of its colour, zorder)
STATES = {
    FREE: (mark("Candidate"), "circle-open", 9, "muted", UNDER_SITES),
    BY_HAND: (mark("Candidate added by hand"), "triangle-up", 14, "accent", UNDER_SITES),
    LOCKED: (mark("Locked by you"), "square-open", 22, "ink", OVER_SITES),
    FORBIDDEN: (mark("Forbidden by you"), "circle-x-open", 20, "reversing", OVER_SITES),
    STANDING: (mark("Stands already and stays"), "square-open-dot", 14, "ink", UNDER_SITES),
}
SAID = {
    FREE: mark("a click locks it"),
    BY_HAND: mark("added by hand; a click locks it"),
    LOCKED: mark("locked; a click forbids it"),
    FORBIDDEN: mark("forbidden; a click sets it free"),
    STANDING: mark("stands already and stays"),
}
LOCKED_BY_HAND = mark("added by hand and locked; a click takes it away")


def state_of(site: Candidate, lock: Collection[str], forbid: Collection[str]) -> str:
    """One of STATES."""
    if site.is_standing:
        return STANDING
    if site.site_id in forbid:
        return FORBIDDEN
    if site.site_id in lock:
        return LOCKED
    return BY_HAND if site.is_added else FREE


def layers(
    sites: Mapping[str, Candidate], lock: Collection[str], forbid: Collection[str], palette: Mapping[str, str]
) -> list[dict[str, Any]]:
    """One scatter trace for each of STATES, in their order; one without sites stands there too, unseen."""
    by_state: dict[str, list[Candidate]] = {state: [] for state in STATES}
    for site in sites.values():
        by_state[state_of(site, lock, forbid)].append(site)
    return [_layer(state, found, palette) for state, found in by_state.items()]


def _layer(state: str, sites: list[Candidate], palette: Mapping[str, str]) -> dict[str, Any]:
    word, symbol, size, colour, zorder = STATES[state]
    return {
        "type": "scatter",
        "mode": "markers",
        "meta": CANDIDATES,
        "zorder": zorder,
        "x": [site.lon for site in sites],
        "y": [site.lat for site in sites],
        "customdata": [[_about(site, state), site.site_id] for site in sites],
        "hovertemplate": "%{customdata[0]}<extra></extra>",
        "marker": {"symbol": symbol, "size": size, "color": palette[colour], "line": {"width": 2}},
        "name": f"{_(word)} ({len(sites)})",
        "showlegend": bool(sites),
    }


def _about(site: Candidate, state: str) -> str:
    said = LOCKED_BY_HAND if site.is_added and state == LOCKED else SAID[state]
    return f"<b>{site.name}</b><br>{_(said)}"


def changed(drawn: list[dict[str, Any]]) -> Patch:
    """What changes in a figure that begins with these layers."""
    patch = Patch()
    for place, layer in enumerate(drawn):
        for key in ("x", "y", "customdata", "name", "showlegend"):
            patch["data"][place][key] = layer[key]
    return patch
