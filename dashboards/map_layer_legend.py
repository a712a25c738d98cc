"""What the layers over a map mean: their marks in words, in the order they lie in, with years, sources and reservations."""

import math
from collections.abc import Mapping, Sequence

from dash import Output, html

from dashboards import map_layers, wording
from dashboards.coverage_question import reach_of
from dashboards.language import current_language
from dashboards.language import gettext as _
from dashboards.map_layers import BORDERS, LARGEST_RADIUS_PX, POPULATION, REACH, Drawn

SHOWN_SIZES = (1.0, 0.25, 0.05)  # shares of the scale's end that the legend shows as circles


def outputs(panel_id: str) -> list[Output]:
    """What a page's callback writes to lay layers over its map, in the order update() gives it."""
    return [Output(f"{panel_id}-layers", "data"), Output(f"{panel_id}-layers-legend", "children")]


def update(layers: Sequence[Drawn]) -> tuple:
    """Values for outputs(): what the browser fetches and draws, and the legend. layers: the top one first."""
    sent = {"entries": map_layers.for_browser(layers), "lines": lines(layers), "notes": notes(layers), "title": title()}
    return sent, legend(layers)


def title() -> str:
    """What stands before the lines."""
    return _("Layers, the top one first")


def lines(layers: Sequence[Drawn]) -> list[dict]:
    """The legend's lines, the top layer's first: mark (point, edge, beyond, circle, unknown, line), label, and what the
    mark needs: glyph and family, line, radius, is_dashed.
    """
    makers = {POPULATION: _of_people, REACH: _of_reach, BORDERS: _of_borders}
    return [
        {"key": drawn.layer.key, **line}
        for drawn in layers
        for line in makers.get(drawn.layer.family, _of_places)(drawn, layers)
    ]


def _of_places(drawn: Drawn, layers: Sequence[Drawn]) -> list[dict]:
    style = map_layers.for_browser([drawn])[0]
    label = f"{drawn.label} ({wording.number(map_layers.counted(drawn))})"
    return [{"mark": "point", "glyph": style["glyph"], "family": drawn.layer.family, "label": label}]


def _of_reach(drawn: Drawn, layers: Sequence[Drawn]) -> list[dict]:
    label = f"{drawn.label} ({wording.number(map_layers.counted(drawn))})"
    within, seats = map_layers.covered_townships(drawn)
    beyond = _("Out of reach: {beyond} of {seats} township seats", beyond=seats - within, seats=seats)
    return [
        {"mark": "edge", "line": map_layers.reach_line(drawn, layers), "label": label},
        {"mark": "beyond", "label": beyond},
    ]


def _of_people(drawn: Drawn, layers: Sequence[Drawn]) -> list[dict]:
    people = drawn.people["people"]
    end = map_layers.scale_end(people)
    sizes = [max(1, round(end * share)) for share in SHOWN_SIZES]
    found = [{"mark": "circle", "radius": radius(size, end), "label": wording.number(size)} for size in sizes]
    found[0]["label"] = _("Population {years}: {size}", years=years(drawn), size=found[0]["label"])
    unknown = int(people.isna().sum())
    if unknown:
        found.append({"mark": "unknown", "label": _("No population known ({count})", count=unknown)})
    return found


def radius(persons: float, end: float) -> float:
    """Pixels of a circle whose area is as the number of persons; end: what the largest circle stands for."""
    return round(LARGEST_RADIUS_PX * math.sqrt(persons / end), 1)


def years(drawn: Drawn) -> str:
    """The years the population is of: 2020, or 2010–2020."""
    found = drawn.people["people_year"].dropna().astype(int)
    if found.empty:
        return wording.MISSING
    first, last = found.min(), found.max()
    return str(last) if first == last else f"{first}–{last}"


def _of_borders(drawn: Drawn, layers: Sequence[Drawn]) -> list[dict]:
    kinds = map_layers.kinds_of_borders(drawn)
    words = {False: drawn.label, True: _("{layer} (illustrative)", layer=drawn.label)}
    return [
        {"mark": "line", "is_dashed": is_illustrative, "label": words[is_illustrative]} for is_illustrative in kinds
    ]


def notes(layers: Sequence[Drawn]) -> list[str]:
    """Sources and reservations, each once: whose population, straight lines, illustrative cells, what places must pass."""
    said: list[str] = []
    for drawn in layers:
        if drawn.layer.family == POPULATION:
            said.append(_("Population: {source}", source=_source(drawn)))
        if drawn.layer.family == REACH:
            said.append(_reach_note(drawn))
        if drawn.layer.family == BORDERS and drawn.borders["is_illustrative"]:
            said.append(_("Illustrative cells, not administrative boundaries"))
    return list(dict.fromkeys(said))


def _source(drawn: Drawn) -> str:
    found = drawn.people["people_source"].dropna().unique().tolist()
    return wording.joined(found) if found else wording.MISSING


def _reach_note(drawn: Drawn) -> str:
    if reach_of(drawn.layer.reach).minutes:
        return _("Minutes are straight-line estimates at the stated speed, not travel times.")
    return _("Service areas are straight-line distances; a township is where its seat is.")


def legend(layers: Sequence[Drawn]) -> list:
    """The legend for the page; nothing without layers."""
    found = lines(layers)
    if not found:
        return []
    return [
        html.Div(title(), className="map-legend-title"),
        html.Ul([html.Li([_swatch(line), html.Span(line["label"])]) for line in found]),
        html.P([html.Span(_note(note)) for note in notes(layers)], className="map-layer-notes"),
    ]


def _note(note: str) -> object:
    """A note; one in the data's own Chinese is marked so for an English reader."""
    is_foreign = current_language() == "en" and any("\u4e00" <= character <= "\u9fff" for character in note)
    return html.Span(note, lang="zh") if is_foreign else note


def _swatch(line: Mapping) -> html.Span:
    mark, style, classes = line["mark"], {}, f"map-key-{line['mark']}"
    if mark == "point":
        classes = f"map-point map-point-key map-point-{line['family']}"
    elif mark == "edge":
        classes += f" map-key-edge-{line['line']}"
    elif mark == "circle":
        style = {"width": f"{2 * line['radius']}px", "height": f"{2 * line['radius']}px"}
    elif mark == "line" and line["is_dashed"]:
        classes += " map-key-dashed"
    return html.Span(line.get("glyph"), className=classes, style=style, **{"aria-hidden": "true"})
