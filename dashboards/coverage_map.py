"""The coverage page's map: an answer as the panel takes it, the facilities as points, the service area as an outline."""

import pandas as pd
import shapely

from dashboards import coverage_words, data, map_geometry, map_panel, map_places, map_values, wording
from dashboards.components.figures import DEMO
from dashboards.coverage_answer import Answer
from dashboards.coverage_question import HOT_SPOTS, REACH, TOWNSHIP
from dashboards.data import served
from dashboards.language import current_language, pick
from dashboards.language import gettext as _

POINT_FAMILY = "facility"


def shown(answer: Answer, found: str) -> map_panel.Shown:
    """The answer as the panel takes it; found: the finding in words."""
    choice, layer, seats = answer.choice, answer.layer, answer.seats
    keys = [entry.key for entry in answer.entries]
    nothing = keys.index("not_tested" if choice.layer == HOT_SPOTS else served.NOT_LOCATED)
    unit, decimals = _unit(answer)
    return map_panel.Shown(
        areas=map_values.layer_values(layer, answer.figures, decimals, missing=nothing) if layer else None,
        dots=map_values.layer_values(seats, answer.rows, decimals, missing=nothing) if seats else None,
        outline=map_geometry.reference(outline(answer)),
        legend=answer.legend,
        place=choice.place,
        bounds=layer["bounds"] if layer else (-180, -60, 180, 75),
        indicator=coverage_words.caption(answer),
        period=_period(answer),
        unit=unit,
        decimals=decimals,
        summary=_summary(answer, found),
        picture=picture(answer, found),
        says_class=True,
        tooltip_notes=_notes(answer),
    )


def _unit(answer: Answer) -> tuple[str, int]:
    choice = answer.choice
    if choice.layer == HOT_SPOTS:
        return (choice.indicator["unit"], int(choice.indicator["decimals"])) if choice.indicator else ("", 1)
    if choice.reach.by_road:
        return "min", 0
    return ("", 2) if choice.is_access else ("km", 1)


def _period(answer: Answer) -> str:
    if answer.choice.layer == HOT_SPOTS:
        return wording.period(answer.choice.period)
    return coverage_words.reach_words(answer.choice.reach)


def _summary(answer: Answer, found: str) -> str:
    counts = [f"{line['label']}: {line['count']}" for line in answer.legend if line["count"]]
    return _("Map. {finding}. {counts}", finding=found, counts=wording.joined(counts))


def source(answer: Answer) -> str:
    """Where the boundaries come from, and that cells are illustrative where the source does not say so."""
    if answer.layer is None:
        return ""
    origin = " ".join(part for part in (answer.layer["source"], answer.layer["review_number"]) if part)
    parts = [_("Boundaries: {origin}", origin=origin)]
    says_so = "示意" in answer.layer["source"] and current_language() == "zh"
    if answer.layer["is_illustrative"] and not says_so:
        parts.append(_("Illustrative cells, not administrative boundaries"))
    return " · ".join(parts)


def outline(answer: Answer) -> dict | None:
    """The layer of the districts around townships (map_geometry.layer); None where the shapes are districts themselves."""
    choice = answer.choice
    is_township = choice.layer != HOT_SPOTS or choice.level == TOWNSHIP
    return map_geometry.layer("county", choice.place) if is_township else None


def picture(answer: Answer, found: str) -> map_panel.Picture:
    """What is printed round the downloaded picture; found: the finding in words."""
    choice = answer.choice
    name = (
        choice.indicator["indicator_id"]
        if choice.layer == HOT_SPOTS and choice.indicator
        else choice.kind.facility_type
    )
    return map_panel.Picture(
        title=found,
        subtitle=" · ".join(coverage_words.subline(answer)),
        source=source(answer),
        file_name=f"kangtu-coverage-{choice.layer}-{name}-{choice.reach.key}.png",
        legend_title=coverage_words.legend_title(answer),
        notes=(
            *coverage_words.method(answer)[:2],
            _("Facilities and figures as of {day}", day=wording.day(data.bureau_day())),
        ),
        demo_mark=DEMO if data.is_demo() else "",
    )


def _notes(answer: Answer) -> dict[str, str]:
    """One line more under a township's figure: the facility it goes to, and that its seat is approximate."""
    rows, choice = answer.rows, answer.choice
    if choice.layer == HOT_SPOTS:
        return {row.area_id: f"q = {row.q:.3f}" for row in rows.dropna(subset=["q"]).itertuples()} if len(rows) else {}
    rough = [_("approximate seat") if is_rough else "" for is_rough in rows["is_rough"]]
    if choice.layer != REACH:
        return {area_id: note for area_id, note in zip(rows["area_id"], rough, strict=True) if note}
    names = facility_names(answer)
    said = [names.get(nearest, "") for nearest in rows["nearest_id"]]
    parts = zip(rows["area_id"], said, rough, strict=True)
    return {area_id: " · ".join(part for part in (name, note) if part) for area_id, name, note in parts}


def facility_names(answer: Answer) -> dict[str, str]:
    """facility_id -> its name in the reader's language, of the chosen kind."""
    found = served.facilities_of(answer.choice.kind)
    return {
        row.facility_id: pick(row.name_zh, row.name_en)
        for row in found[["facility_id", "name_zh", "name_en"]].itertuples()
    }


def points(answer: Answer) -> pd.DataFrame:
    """The facilities as map_panel.points_update takes them; none over scores and hot spots, which they would hide."""
    if answer.choice.layer != REACH:
        return pd.DataFrame(columns=["lon", "lat", "name", "kind", "glyph", "family"])
    found = served.facilities_of(answer.choice.kind)
    words = [map_places.FACILITY_TYPES.get(kind, (kind, "设", "F")) for kind in found["facility_type"]]
    glyph = 1 if current_language() == "zh" else 2
    return pd.DataFrame(
        {
            "lon": found["lon"],
            "lat": found["lat"],
            "name": [pick(zh, en) for zh, en in zip(found["name_zh"], found["name_en"], strict=True)],
            "kind": [_(word[0]) for word in words],
            "glyph": [word[glyph] for word in words],
            "family": POINT_FAMILY,
        }
    )


def service_area(answer: Answer) -> dict | None:
    """What lies within reach, as GeoJSON in 10 m steps; none where circles say nothing."""
    if answer.choice.layer != REACH or answer.found.service_area is None or answer.found.service_area.is_empty:
        return None
    return {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(answer.found.service_area)}
