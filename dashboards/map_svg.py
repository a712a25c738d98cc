"""The map as a drawing for print: its sheet, the layers over it, in the reader's order."""

from collections.abc import Mapping, Sequence

from dashboards import map_geometry, map_layer_legend, map_svg_layers, map_svg_sheet, map_words
from dashboards.map_layers import Drawn
from dashboards.map_question import Answer
from dashboards.map_svg_frame import Frame

BELOW_COUNTY = ("township", "village")


def draw(answer: Answer, layers: Sequence[Drawn], view: Mapping[str, float] | None) -> str:
    """The whole drawing. layers: the top one first; view: lat, lon, zoom of the screen, or None for all of the map."""
    is_below = answer.choice.level in BELOW_COUNTY
    outline = map_geometry.layer("county", answer.choice.place) if is_below else None

    def over(frame: Frame) -> list[str]:
        # service areas keep within the districts, else within the shapes themselves
        inside = [feature["geometry"] for feature in map_svg_sheet.features(outline or answer.layer)]
        return [map_svg_layers.clip(inside, frame), *map_svg_layers.draw(layers, frame)] if layers else []

    sheet = map_svg_sheet.Sheet(
        layer=answer.layer,
        figures=answer.figures,
        legend=answer.legend,
        picture=map_words.picture(answer, map_words.finding(answer)),
        outline=outline,
        seats=answer.seats,
        rows=answer.rows,
        over=over,
        more=lambda y: map_svg_layers.legend(layers, y),
        notes=map_layer_legend.notes(layers),
    )
    return map_svg_sheet.draw(sheet, view)
