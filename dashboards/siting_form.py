"""The form of a siting question: its fields, filled with a question, and the question they make."""

import math
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from dashboards import data, siting_words
from dashboards.data import sited
from dashboards.data.sited import MCLP, added_id
from dashboards.language import gettext as _

MODEL, COUNT, RADIUS, GROUP, CANDIDATES, STANDING, LOCK, FORBID, ADDED, AREA = FIELDS = tuple(
    f"siting-{name}"
    for name in ("model", "count", "radius", "group", "candidates", "standing", "lock", "forbid", "added", "area")
)
ADDED_LIST, TAKE_AWAY = "siting-added-list", "siting-take-away"
RUN, CANCEL, MESSAGE, PROGRESS = "siting-run", "siting-cancel", "siting-message", "siting-progress"
MOST_ADDED = 50
FULL_WIDTH_COMMAS = str.maketrans("，；　", ",; ")


def form(asked: dict[str, Any]) -> html.Div:
    """Every field, the buttons, and the place for progress and messages."""
    sites = sited.candidate_sites(asked["area_id"], asked["candidates"], asked["standing"], asked["added"])
    options = options_of(sites)
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
            _many(LOCK, _("Lock: must be chosen"), options, [i for i in asked["lock"] if i in sites]),
            _many(FORBID, _("Forbid: must not be chosen"), options, [i for i in asked["forbid"] if i in sites]),
            _field(
                _("Further candidates: name, longitude, latitude (WGS-84), one a line"),
                dcc.Textarea(id=ADDED, value=added, rows=2, placeholder=_("New site, 108.72, 39.10")),
            ),
            html.Div(added_list(asked["added"]), id=ADDED_LIST),
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


def options_of(sites: dict[str, sited.Candidate]) -> list[dict[str, str]]:
    """What can be locked or forbidden; what stands already stays, whatever is asked."""
    return [{"value": site.site_id, "label": site.name} for site in sites.values() if not site.is_standing]


def added_list(points: list[dict[str, Any]]) -> html.Ul | None:
    """The candidates put there by hand, each with a button that takes it away again."""
    if not points:
        return None
    return html.Ul([html.Li(_added_item(point)) for point in points], className="siting-added")


def _added_item(point: dict[str, Any]) -> list:
    ident = {"type": TAKE_AWAY, "site": added_id(point["lon"], point["lat"])}
    label = _("Take away {site}", site=point["name"])
    button = html.Button(_("Take away"), id=ident, type="button", className="kt-button", **{"aria-label": label})
    return [html.Span(f"▲ {point['name']} ({point['lon']:.4f}, {point['lat']:.4f})"), button]


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
        "model": model if isinstance(model, str) and model in siting_words.MODELS else MCLP,
        "p": int(count) if _is_number(count) and float(count).is_integer() else None,
        "radius_km": float(radius) if _is_number(radius) else None,
        "group_id": group if isinstance(group, str) and group in sited.groups() else "all",
        "candidates": candidates if candidates in _candidate_kinds() else sited.SEATS,
        "standing": standing if standing in _standing_kinds() else sited.NONE,
        "lock": sorted(texts(lock)),
        "forbid": sorted(texts(forbid)),
    }
    points, wrong = points_of(added if isinstance(added, str) else "")
    if data.area(asked["area_id"]) is None:
        wrong = _("This area is not there.")
    return asked | {"added": points}, wrong


def _is_number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def points_of(text: str) -> tuple[list[dict[str, Any]], str | None]:
    """The candidates typed by hand, and what is wrong with the first line that is none."""
    points: list[dict[str, Any]] = []
    for number, line in enumerate(text.translate(FULL_WIDTH_COMMAS).splitlines(), start=1):
        if not line.strip():
            continue
        *name, lon, lat = [part.strip() for part in line.split(",")] if line.count(",") else ["", "", ""]
        try:
            point = {
                "name": sited.as_name(",".join(name)) or _("Added site {number}", number=number),
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


def texts(values: object) -> list[str]:
    """The texts of a list that came from a browser, each once, in their order; none of anything else."""
    return list(dict.fromkeys(value for value in values if isinstance(value, str))) if isinstance(values, list) else []
