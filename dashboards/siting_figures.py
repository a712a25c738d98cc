"""The drawings of the siting page: the map of the question and its answer, and what each further site adds."""

import itertools
import json
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from dashboards import map_geometry, siting_candidates, siting_words, wording
from dashboards.data.sited import LSCP, MCLP, P_CENTER, Sited, candidate_sites
from dashboards.language import gettext as _
from dashboards.language import pick

RING_POINTS = 72
EARTH_KM = 6371.0  # rings are drawn, never measured by
LARGEST_MARK, SMALLEST_MARK = 26, 7
MOST_RINGS = 60
NAME_WIDTH, NAME_HEIGHT = 0.16, 0.045  # of the map's width and height: what a name takes up


def site_map(found: Sited, palette: Mapping[str, str]) -> go.Figure:
    """Places as circles (within reach) and crosses (out of reach) by people; sites as squares and diamonds; rings; and
    above them, as the figure's first layers, the candidates. Without an answer the candidates alone.
    """
    asked, result = found.asked, found.result
    sites = candidate_sites(asked["area_id"], asked["candidates"], asked["standing"], asked["added"])
    drawn = siting_candidates.layers(sites, asked["lock"], asked["forbid"], palette)
    figure = go.Figure(drawn)
    _outlines(figure, asked["area_id"], palette)
    if result is not None:
        if result["radius_m"] is not None and len(result["chosen"]) <= MOST_RINGS:
            _rings(figure, result, palette)
        _places(figure, result, palette)
        _sites(figure, result, palette)
    latitudes = [place["lat"] for place in result["demand"]] if result else [site.lat for site in sites.values()]
    middle = np.mean(latitudes) if latitudes else 0.0
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, scaleanchor="x", scaleratio=1 / np.cos(np.radians(middle)))
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0, "font": {"size": 12}},
        margin={"l": 8, "r": 8, "t": 32, "b": 132},
        dragmode="pan",
        uirevision="siting",  # a click changes the candidates, not what part of the map is seen
    )
    return figure


def _outlines(figure: go.Figure, area_id: str, palette: Mapping[str, str]) -> None:
    entry = map_geometry.layer("county", area_id)
    if entry is None:
        return
    shapes = json.loads((map_geometry.folder() / entry["file"]).read_text(encoding="utf-8"))["features"]
    lon, lat = [], []
    for shape in shapes:
        geometry = shape["geometry"]
        parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        for ring in (ring for part in parts for ring in part):
            lon += [point[0] for point in ring] + [None]
            lat += [point[1] for point in ring] + [None]
    line = {"color": palette["muted"], "width": 1}
    figure.add_scatter(x=lon, y=lat, mode="lines", line=line, hoverinfo="skip", showlegend=False)


def ring(lon: float, lat: float, radius_m: float) -> tuple[np.ndarray, np.ndarray]:
    """A circle on the sphere as longitudes and latitudes, closed."""
    bearing = np.linspace(0, 2 * np.pi, RING_POINTS)
    angle, phi = radius_m / 1000 / EARTH_KM, np.radians(lat)
    latitude = np.arcsin(np.sin(phi) * np.cos(angle) + np.cos(phi) * np.sin(angle) * np.cos(bearing))
    across = np.sin(bearing) * np.sin(angle) * np.cos(phi)
    longitude = np.radians(lon) + np.arctan2(across, np.cos(angle) - np.sin(phi) * np.sin(latitude))
    return np.degrees(longitude), np.degrees(latitude)


def _rings(figure: go.Figure, result: dict, palette: Mapping[str, str]) -> None:
    lon, lat = [], []
    for site in result["chosen"]:
        x, y = ring(site["lon"], site["lat"], result["radius_m"])
        lon += [*x.round(4).tolist(), None]
        lat += [*y.round(4).tolist(), None]
    name = _("{radius} round a site", radius=siting_words.km(result["radius_m"]))
    line = {"color": palette["accent"], "width": 1, "dash": "dot"}
    figure.add_scatter(x=lon, y=lat, mode="lines", line=line, opacity=0.6, hoverinfo="skip", name=name)


def _places(figure: go.Figure, result: dict, palette: Mapping[str, str]) -> None:
    most = max((place["people"] for place in result["demand"]), default=1) or 1
    within, beyond, plain = siting_words.place_words(result)
    kinds = (
        (True, within, "circle", palette["on_course"]),
        (False, beyond, "x", palette["reversing"]),
        (None, plain, "circle", palette["cannot_judge"]),
    )
    for covered, name, symbol, colour in kinds:
        places = [place for place in result["demand"] if place["covered"] is covered]
        if not places:
            continue
        size = [SMALLEST_MARK + (LARGEST_MARK - SMALLEST_MARK) * np.sqrt(p["people"] / most) for p in places]
        named = apart(places, result["demand"]) if covered is False else set()
        labels = [pick(p["name_zh"], p["name_en"]) if p["area_id"] in named else "" for p in places]
        figure.add_scatter(
            x=[place["lon"] for place in places],
            y=[place["lat"] for place in places],
            mode="markers+text",
            marker={"size": size, "symbol": symbol, "color": colour, "opacity": 0.75},
            text=labels,
            textposition="top center",
            textfont={"size": 12, "color": colour, "shadow": "auto"},
            customdata=[[_about(place, result), place["area_id"]] for place in places],
            hovertemplate="%{customdata[0]}<extra></extra>",
            zorder=1,
            name=f"{name} ({len(places)})",
        )


def apart(places: Sequence[dict], every: Sequence[dict]) -> set[str]:
    """The area_ids of the places whose names fit on the map beside each other, those with most people first."""
    width = NAME_WIDTH * (np.ptp([place["lon"] for place in every]) or 1.0)
    height = NAME_HEIGHT * (np.ptp([place["lat"] for place in every]) or 1.0)
    named: list[dict] = []
    for place in sorted(places, key=lambda place: -place["people"]):
        if all(abs(place["lon"] - o["lon"]) > width or abs(place["lat"] - o["lat"]) > height for o in named):
            named.append(place)
    return {place["area_id"] for place in named}


def _about(place: dict, result: dict) -> str:
    names = {site["site_id"]: siting_words.site_name(site) for site in result["chosen"]}
    lines = [
        f"<b>{pick(place['name_zh'], place['name_en'])}</b>" + (_(" (illustrative)") if place["is_rough"] else ""),
        _("{count} people", count=wording.number(place["people"])),
    ]
    if place["nearest"] in names:
        lines.append(_("{km} to {site}", km=siting_words.km(place["distance_m"]), site=names[place["nearest"]]))
    return "<br>".join(lines)


def _sites(figure: go.Figure, result: dict, palette: Mapping[str, str]) -> None:
    kinds = (
        (True, _("Site that stands or is locked"), "square", palette["ink"]),
        (False, _("Site the model adds"), "diamond", palette["accent"]),
    )
    for is_locked, name, symbol, colour in kinds:
        numbered = [
            (number, site)
            for number, site in enumerate(result["chosen"], start=1)
            if bool(site["is_locked"]) is is_locked
        ]
        if not numbered:
            continue
        figure.add_scatter(
            x=[site["lon"] for _number, site in numbered],
            y=[site["lat"] for _number, site in numbered],
            mode="markers+text",
            marker={"size": 15, "symbol": symbol, "color": colour, "line": {"color": palette["paper"], "width": 1.5}},
            text=[str(number) for number, _site in numbered],
            textfont={"size": 10, "color": palette["paper"]},
            customdata=[[_about_site(number, site), site["site_id"]] for number, site in numbered],
            hovertemplate="%{customdata[0]}<extra></extra>",
            zorder=siting_candidates.SITES,
            name=f"{name} ({len(numbered)})",
        )


def _about_site(number: int, site: dict) -> str:
    name = f"<b>{number}. {siting_words.site_name(site)}</b>" + (_(" (illustrative)") if site["is_rough"] else "")
    return f"{name}<br>{siting_words.kind_of(site)}"


def gains(result: dict, palette: Mapping[str, str]) -> go.Figure:
    """The best that so many sites can do, for each number of sites; a hollow mark where it is not proven the best."""
    model = result["model"]
    by_share = model in (MCLP, LSCP)
    field, scale = ("people_share", 100) if by_share else ("max_m" if model == P_CENTER else "mean_m", 1 / 1000)
    points = [point for point in result["curve"] if point[field] is not None]
    x, y = [point["p"] for point in points], [scale * point[field] for point in points]
    gained = [None, *(abs(b - a) for a, b in itertools.pairwise(y))]
    figure = go.Figure()
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines+markers",
        line={"color": palette["accent"], "shape": "hv" if by_share else "linear"},
        marker={
            "size": 8,
            "symbol": ["circle" if point["proven"] else "circle-open" for point in points],
            "color": palette["accent"],
        },
        customdata=[wording.MISSING if gain is None else wording.number(gain, 1) for gain in gained],
        hovertemplate=_("%{x} sites: %{y:.1f}; one more site made %{customdata}") + "<extra></extra>",
    )
    if result["p"] in x:
        here = x.index(result["p"])
        figure.add_scatter(
            x=[x[here]],
            y=[y[here]],
            mode="markers",
            marker={"size": 15, "symbol": "diamond", "color": palette["ink"]},
            hoverinfo="skip",
        )
    axis = (
        _("People reached (%)")
        if by_share
        else _("Longest way (km)")
        if model == P_CENTER
        else _("Way on average (km)")
    )
    figure.update_xaxes(title=_("Sites in all"), dtick=max(1, -(-len(x) // 10)))
    figure.update_yaxes(title=axis)
    figure.update_layout(margin={"l": 64, "r": 16, "t": 28, "b": 56})
    return figure
