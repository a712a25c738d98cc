"""The words of single rows: kinds, columns, the words of lists, what a row is called, and the small links beside a row."""

from datetime import datetime, timedelta, timezone

from dash import html

from dashboards import components, data, map_places, programme_words, wording
from dashboards.access import may
from dashboards.language import current_language, mark
from dashboards.language import gettext as _

BEIJING = timezone(timedelta(hours=8))
EDIT, HISTORY, RECORDS, IMPORTS = "/edit", "/history", "/records", "/imports"
KINDS = {
    "observations": mark("Figures of indicators"),
    "programme_counts": mark("Counts of programmes"),
    "health_cells": mark("Health cells"),
    "facilities": mark("Facilities"),
    "tasks": mark("Work points"),
    "task_reports": mark("Progress of work points"),
    "selfcare_villages": mark("Villages of self-management"),
    "points_services": mark("Services for points"),
    "rota": mark("Rota"),
    "population": mark("Population"),
    "programmes": mark("Programmes"),
    "areas": mark("Areas"),
    "indicators": mark("Indicators"),
    "boundaries": mark("Boundaries"),
    "roads": mark("Road network"),
}
# What an English reader sees of a column; others are read off the column's own name.
ENGLISH = {
    "area_id": "Area",
    "area_name": "Name of the area",
    "indicator_id": "Indicator",
    "programme_id": "Programme",
    "plan_id": "Plan",
    "task_id": "Code of the work point",
    "health_cell_id": "Code of the cell",
    "facility_id": "Code of the facility",
    "village_id": "Code of the village",
    "service_id": "Code of the service",
    "group_id": "Group",
    "name_zh": "Name (Chinese)",
    "name_en": "Name (English)",
    "title_zh": "Title (Chinese)",
    "title_en": "Title (English)",
    "lon": "Longitude",
    "lat": "Latitude",
    "declared_datum": "Datum",
    "lower": "Interval from",
    "upper": "Interval to",
    "owner_zh": "Lead department",
    "co_owners_zh": "Cooperating departments",
    "chapter_zh": "Chapter",
    "deliverable_zh": "Deliverable (Chinese)",
    "deliverable_en": "Deliverable (English)",
    "department_zh": "Department",
    "delivered_by_zh": "Delivered by",
    "eligibility_zh": "Eligibility",
    "cycle_months": "Cycle (months)",
    "coverage_target_percent": "Coverage target (%)",
}
ENGLISH_HELP = {"date": "2024-07-01", "period": "2026, 2026Q3, 2026-07", "year": "2026"}
STATES = {
    "stands": mark("in force"),
    "replaced": mark("replaced"),
    "taken_back": mark("taken back"),
    "kept_aside": mark("kept aside: a certified count stands"),
}
ROW_NAMES = ("name_zh", "title_zh")


def kind_name(kind: str) -> str:
    """The kind in the reader's words."""
    return _(KINDS[kind]) if kind in KINDS else kind


def label(column, programme: dict | None = None) -> str:
    """A column's label: in Chinese as the template heads it. programme: whose steps are meant, for an English reader."""
    if current_language() == "zh":
        return column.label if column.grammar != "area" else "地区"  # shown by name, not by code
    if column.name in programme_words.STEPS:
        return programme_words.step(column.name, (programme or {}).get("kind", ""))
    return ENGLISH.get(column.name) or column.name.replace("_", " ").capitalize()


def advice(column) -> str:
    """What to fill in."""
    return column.help if current_language() == "zh" else ENGLISH_HELP.get(column.grammar, "")


def word_of(column, stored: str) -> str:
    """A stored word of a list in the reader's words; a datum by its own name."""
    if column.name == "declared_datum":
        return stored
    if column.name == "cell_type":
        return map_places.type_words(map_places.HEALTH_CELL, stored)[0]
    if current_language() == "zh":
        words = (column.choices or {}).get(stored)
        return words[0] if words else stored
    if column.name == "stage":
        return programme_words.step(stored, "")
    if stored in map_places.FACILITY_TYPES:
        return _(map_places.FACILITY_TYPES[stored][0])
    return stored.replace("_", " ") if stored in (column.choices or {}) else stored


def shown(column, text: str):
    """A cell as the reader reads it: names for codes, words for stored words, periods and numbers as elsewhere."""
    if not text:
        return ""
    if column.choices:
        return word_of(column, text)
    if column.grammar == "area":
        return data.name(data.area(text) or {}) or text
    if column.grammar == "programme":
        return data.name(data.programme(text) or {}) or text
    if column.grammar == "indicator":
        return data.name(data.indicator(text) or {}) or text
    if column.grammar == "period":
        return wording.period(text)
    if column.grammar in ("number", "persons", "whole"):
        return number_shown(text)
    return components.mark_chinese(text)


def number_shown(text: str) -> str:
    """1,234 or 85.33: thousands parted, two decimals at most; what is no number as it stands."""
    try:
        value = float(text)
    except ValueError:
        return text
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def row_name(kind, key: dict[str, str], cells: dict[str, str] | None) -> str:
    """What the row is called: its own name, else its key in words."""
    named = [cells[name] for name in ROW_NAMES if cells and cells.get(name)]
    parts = [shown(kind.column(name), key[name]) for name in key if not (named and len(key) == 1)]
    return " · ".join([*named, *(str(part) for part in parts)])


def moment(when: datetime) -> str:
    """Day and minute where the bureau is."""
    local = when.astimezone(BEIJING)
    return f"{wording.day(local)} {local:%H:%M}"


def links_of(
    kind: str, key: dict[str, str], *, only: tuple[str, ...] = (EDIT, HISTORY), edit: str = ""
) -> html.Span | None:
    """ "Edit · History" of a row, small; nothing for who may not. key: the columns that name the row. edit: other words."""
    if not may("import figures") or kind not in data.edited_kinds():
        return None
    words = {EDIT: edit or _("Edit"), HISTORY: _("History")}
    pieces = [components.link(words[path], f"{path}/{kind}", **key) for path in only]
    parts = [piece for one in pieces for piece in (" · ", one)][1:]
    return html.Span(parts, className="kt-row-links")


def add_link(kind: str, words: str, *, is_button: bool = True, **prefilled: str):
    """What opens the form of a new row; nothing for who may not."""
    if not may("import figures") or kind not in data.edited_kinds():
        return None
    look = "btn btn-sm btn-outline-primary kt-add" if is_button else ""
    return components.link(words, f"{EDIT}/{kind}", className=look, **prefilled)


def list_link(kind: str, words: str, **state: str):
    """The way to the rows of a kind, one by one; nothing for who may not edit them."""
    if not may("import figures") or kind not in data.edited_kinds():
        return None
    return components.link(words, RECORDS, kind=kind, **state)


def tools(*links) -> html.P | None:
    """Such links in a line; nothing where the reader gets none of them."""
    given = [one for one in links if one is not None]
    return html.P([piece for one in given for piece in (" · ", one)][1:], className="kt-row-links") if given else None


def with_links(content, kind: str, key: dict[str, str], *more, edit: str = ""):
    """What stands in a cell, with the small links of its row beside it for those who may edit; else the content alone.

    more: further links, shown to the same people.
    """
    links = links_of(kind, key, edit=edit)
    if links is None:
        return content
    pieces = [piece for one in more if one is not None for piece in (" · ", one)]
    return html.Div(
        [html.Div(content), html.Div([links, *pieces], className="kt-row-links")], className="kt-with-links"
    )
