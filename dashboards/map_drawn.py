"""An answer of the map as the panel takes it."""

from dashboards import data, map_colours, map_geometry, map_panel, map_values, map_words
from dashboards.map_question import Answer


def shown(answer: Answer, found: str) -> map_panel.Shown:
    """The answer as the panel takes it; found: the finding in words."""
    choice, layer, seats = answer.choice, answer.layer, answer.seats
    decimals = int(choice.indicator["decimals"])
    missing = next(place for place, entry in enumerate(answer.entries) if entry.key == "missing")
    below_county = choice.level in ("township", "village")
    is_change = choice.colour == map_colours.BY_CHANGE
    figures, rows = (_read_as_change(frame) if is_change else frame for frame in (answer.figures, answer.rows))
    return map_panel.Shown(
        areas=map_values.layer_values(layer, figures, decimals, missing=missing) if layer else None,
        dots=map_values.layer_values(seats, rows, decimals, missing=missing) if seats else None,
        outline=map_geometry.reference(map_geometry.layer("county", choice.place)) if below_county else None,
        legend=answer.legend,
        place=choice.place,
        bounds=layer["bounds"] if layer else (-180, -60, 180, 75),
        indicator=data.name(choice.indicator),
        period=map_words.caption_period(answer),
        unit=choice.indicator["unit"],
        decimals=decimals,
        summary=map_words.summary(answer, found),
        picture=map_words.picture(answer, found),
        source_line=map_words.source_line(answer),
        says_class=choice.colour in map_colours.OF_A_REVIEW,
        is_change=is_change,
        tooltip_notes=map_words.tooltip_notes(answer),
    )


def _read_as_change(frame):
    """What the pointer reads on a map of change is the change; the figures stand in the table."""
    return frame.assign(value=frame["change"])
