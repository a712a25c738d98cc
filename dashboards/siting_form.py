"""The form of a siting question: its fields, filled with a question, and the question they make."""

import math
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from dashboards import data, siting_words
from dashboards.data import sited
from dashboards.data.sited import MCLP
from dashboards.language import gettext as _

MODEL, COUNT, RADIUS, GROUP, CANDIDATES, STANDING, LOCK, FORBID, ADDED, AREA = FIELDS = tuple(
    f"siting-{name}"
    for name in ("model", "count", "radius", "group", "candidates", "standing", "lock", "forbid", "added", "area")
)
RUN, CANCEL, MESSAGE, PROGRESS = "siting-run", "siting-cancel", "siting-message", "siting-progress"
MOST_ADDED = 50
FULL_WIDTH_COMMAS = str.maketrans("，；　", ",; ")


def form(asked: dict[str, Any]) -> html.Div:
    """Every field, the buttons, and the place for progress and messages."""
    options = sited.site_options(asked["area_id"], asked["candidates"], asked["standing"])
    known = {option["value"] for option in options}
    offered = {kind: words for kind, words in siting_words.CANDIDATES.items() if kind in _candidate_kinds()}
    standing = {kind: words for kind, words in siting_words.STANDING.items() if kind in _standing_kinds()}
    models = [
        {"value": key, "label": f"{_(words)} · {_(short)}"} for key, (words, short) in siting_words.MODELS.items()
    ]
    groups = [{"value": group, "label": siting_words.group_name(group)} for group in sited.groups()]
    added = "\n".join(f"{point['name']}, {point['lon']}, {point['lat']}" for point in asked["added"])
    return html.Div(
        [
            html.H2(_("The question")),
            _select(MODEL, _("What for"), models, asked["model"]),
            html.Div(
                [
                    _number(COUNT, _("Sites in all"), asked["p"], minimum=1, step=1),
                    _number(RADIUS, _("Radius (km)"), asked["radius_km"], minimum=0, step="any"),
                ],
                className="siting-numbers",
            ),
            _select(GROUP, _("Whom to reach"), groups, asked["group_id"]),
            _select(CANDIDATES, _("Where sites can be"), _worded(offered), asked["candidates"]),
            _select(STANDING, _("Stands already and stays"), _worded(standing), asked["standing"]),
            _many(LOCK, _("Lock: must be chosen"), options, [i for i in asked["lock"] if i in known]),
            _many(FORBID, _("Forbid: must not be chosen"), options, [i for i in asked["forbid"] if i in known]),
            _field(
                _("Further candidates: name, longitude, latitude (WGS-84), one a line"),
                dcc.Textarea(id=ADDED, value=added, rows=2, placeholder=_("New site, 108.72, 39.10")),
            ),
            dcc.Store(id=AREA, data=asked["area_id"]),
            html.Div(
                [
                    html.Button(_("Work it out"), id=RUN, type="button", className="kt-button kt-button-main"),
                    html.Button(_("Cancel"), id=CANCEL, type="button", className="kt-button", disabled=True),
                ],
                className="kt-buttons",
            ),
            html.Div(id=PROGRESS),
            html.Div(id=MESSAGE, role="status", **{"aria-live": "polite"}),
        ],
        className="kt-form siting-form",
    )


def _candidate_kinds() -> list[str]:
    return [sited.SEATS, *sited.facility_types()]


def _standing_kinds() -> list[str]:
    return [sited.NONE, sited.CENTRAL, *sited.facility_types()]


def _worded(kinds: dict[str, str]) -> list[dict[str, str]]:
    return [{"value": kind, "label": _(words)} for kind, words in kinds.items()]


def _field(label: str, control) -> html.Label:
    return html.Label([html.Span(label), control], className="kt-field")


def _select(ident: str, label: str, options: list[dict], value: str) -> html.Label:
    return _field(label, dbc.Select(options, value, id=ident, size="sm"))


def _number(ident: str, label: str, value: float | None, *, minimum: float, step) -> html.Label:
    return _field(label, dbc.Input(id=ident, type="number", value=value, min=minimum, step=step, size="sm"))


def _many(ident: str, label: str, options: list[dict], values: list[str]) -> html.Label:
    words = {
        "select_all": _("Select all"),
        "deselect_all": _("Deselect all"),
        "selected_count": _("{num_selected} selected", num_selected="{num_selected}"),
        "search": _("Search"),
        "clear_search": _("Clear"),
        "clear_selection": _("Clear"),
        "no_options_found": _("Nothing found"),
    }
    field = dcc.Dropdown(
        options, values, id=ident, multi=True, labels=words, className="kt-dropdown", placeholder=_("None")
    )
    return _field(label, field)


def asked_by(model, count, radius, group, candidates, standing, lock, forbid, added, area) -> tuple[dict, str | None]:
    """(the question the fields make, what is wrong with the fields or None). Whatever a caller sends is checked."""
    asked: dict[str, Any] = {
        "area_id": area if isinstance(area, str) else "",
        "model": model if model in siting_words.MODELS else MCLP,
        "p": int(count) if _is_number(count) and float(count).is_integer() else None,
        "radius_km": float(radius) if _is_number(radius) else None,
        "group_id": group if group in sited.groups() else "all",
        "candidates": candidates if candidates in _candidate_kinds() else sited.SEATS,
        "standing": standing if standing in _standing_kinds() else sited.NONE,
        "lock": _texts(lock),
        "forbid": _texts(forbid),
    }
    points, wrong = points_of(added if isinstance(added, str) else "")
    if data.area(asked["area_id"]) is None:
        wrong = _("This area is not there.")
    return asked | {"added": points}, wrong


def _is_number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _texts(values) -> list[str]:
    return sorted({value for value in values if isinstance(value, str)}) if isinstance(values, list) else []


def points_of(text: str) -> tuple[list[dict[str, Any]], str | None]:
    """The candidates typed by hand, and what is wrong with the first line that is none."""
    points: list[dict[str, Any]] = []
    for number, line in enumerate(text.translate(FULL_WIDTH_COMMAS).splitlines(), start=1):
        if not line.strip():
            continue
        *name, lon, lat = [part.strip() for part in line.split(",")] if line.count(",") else ["", "", ""]
        try:
            point = {
                "name": ",".join(name) or _("Added site {number}", number=number),
                "lon": float(lon),
                "lat": float(lat),
            }
        except ValueError:
            return [], _("Line {number} of the further candidates: write name, longitude, latitude.", number=number)
        if not (-180 <= point["lon"] <= 180 and -90 <= point["lat"] <= 90):
            return [], _("Line {number} of the further candidates: longitude first, then latitude.", number=number)
        points.append(point)
    if len(points) > MOST_ADDED:
        return [], _("At most {most} further candidates.", most=MOST_ADDED)
    return points, None
