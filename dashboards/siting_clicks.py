"""What a click on the siting map does to the question: a site is locked, forbidden, free again; an empty place gets one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dashboards.data.sited import Candidate
from dashboards.language import gettext as _
from dashboards.siting_form import MOST_ADDED, points_of


@dataclass(frozen=True)
class Marked:
    """Which sites are locked and forbidden (ids), and the candidates put there by hand, one a line of text."""

    lock: list[str]
    forbid: list[str]
    added: str


def clicked_site(site: Candidate, marked: Marked) -> tuple[Marked, str]:
    """(the question after a click on a site, what is said of it): free, locked, forbidden, free; by hand: gone instead."""
    lock = [one for one in marked.lock if one != site.site_id]
    forbid = [one for one in marked.forbid if one != site.site_id]
    if site.is_standing:
        return marked, _("{site} stands already and stays.", site=site.name)
    if site.site_id in marked.forbid:
        return replace(marked, lock=lock, forbid=forbid), _("{site} is free again.", site=site.name)
    if site.site_id not in marked.lock:
        return replace(marked, lock=[*lock, site.site_id], forbid=forbid), _("{site} is locked.", site=site.name)
    if site.is_added:
        return without(site, marked), _("{site} is taken away again.", site=site.name)
    return replace(marked, lock=lock, forbid=[*forbid, site.site_id]), _("{site} is forbidden.", site=site.name)


def without(site: Candidate, marked: Marked) -> Marked:
    """The question without a candidate that was put there by hand."""
    lines = [line for line in marked.added.splitlines() if not _is_line_of(line, site)]
    lock, forbid = ([one for one in ids if one != site.site_id] for ids in (marked.lock, marked.forbid))
    return Marked(lock, forbid, "\n".join(lines))


def _is_line_of(line: str, site: Candidate) -> bool:
    points, _wrong = points_of(line)
    return any((round(p["lon"] - site.lon, 5), round(p["lat"] - site.lat, 5)) == (0, 0) for p in points)


def clicked_place(lon: float, lat: float, marked: Marked) -> tuple[Marked, str]:
    """(the question with a new candidate at an empty place, what is said of it)."""
    points, wrong = points_of(marked.added)
    if wrong:
        return marked, wrong
    if len(points) >= MOST_ADDED:
        return marked, _("At most {most} further candidates.", most=MOST_ADDED)
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return marked, _("That is no place on the map.")
    name = _free_name(points)
    line = f"{name}, {lon:.5f}, {lat:.5f}"
    added = f"{marked.added.rstrip()}\n{line}".lstrip("\n")
    said = _("{site} was added at {lon}, {lat}.", site=name, lon=f"{lon:.4f}", lat=f"{lat:.4f}")
    return replace(marked, added=added), said


def _free_name(points: list[dict[str, Any]]) -> str:
    taken = {point["name"] for point in points}
    return next(
        name for number in range(1, len(points) + 2) if (name := _("Added site {number}", number=number)) not in taken
    )


def clicked(at: Mapping[str, Any], sites: Mapping[str, Candidate], marked: Marked) -> tuple[Marked, str]:
    """(the question after a click, what is said of it). at: site_id or None, lon, lat; whatever it holds, nothing breaks."""
    site_id, lon, lat = (at.get(key) for key in ("site_id", "lon", "lat"))
    if isinstance(site_id, str):
        return (
            clicked_site(sites[site_id], marked) if site_id in sites else (marked, _("This site is no candidate now."))
        )
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in (lon, lat)):
        return clicked_place(float(lon), float(lat), marked)
    return marked, ""
