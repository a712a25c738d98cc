"""What a plan asks to be delivered: programmes, kinds of health cell, service standards, tasks; as tables and files."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd
from dash import html

from dashboards import data, departments, plan_words, wording
from dashboards.components.controls import link
from dashboards.finding import haystack, holds, words_of
from dashboards.language import current_language, mark
from dashboards.language import gettext as _
from dashboards.plan_words import in_its_language
from models.standard_units import format_standard

SEXES = {"female": mark("women"), "male": mark("men")}
CYCLES = {
    "annual": mark("every year"),
    "biennial": mark("every two years"),
    "rolling": mark("continuous"),
    "one_off": mark("once"),
}
DUES = {"plan year": mark("plan year"), "each year": mark("every year")}
NAMED_INDICATOR = re.compile(r"^indicator_id: (\w+)\.?\s*")


@dataclass(frozen=True)
class Part:
    """One of the delivery tables. columns: head -> cell. exported: field -> head of the file, raw figures."""

    name: str
    key: str
    columns: Mapping[str, Callable[[dict], object]]
    exported: Mapping[str, str]


def rows_of(plan_id: str, part: str, query: Mapping[str, str]) -> list[dict]:
    """The part's rows of a plan that ?q= and, for tasks, ?department= ask for."""
    every = data.delivery(part)
    words, department = words_of(query.get("q")), query.get("department") or "any"
    rows = every[every["plan_id"] == plan_id].to_dict("records")
    if part == "tasks" and department != "any":
        rows = [row for row in rows if department in departments.split(row["responsible_departments_zh"])]
    return [row for row in rows if holds(stack(row), words)]


def stack(row: dict) -> str:
    """What a row is found by: all of its texts, its departments in English too."""
    texts = [value for value in row.values() if isinstance(value, str)]
    return haystack(texts + departments.texts(row.get("responsible_departments_zh")))


def name(row: dict) -> html.Span | str:
    """The name or title."""
    field = "title" if "title_zh" in row else "name"
    return in_its_language(row[f"{field}_zh"], row[f"{field}_en"])


def programme_name(row: dict) -> html.Div:
    """The name, and under it the programmes that carry it out, where any does."""
    every = data.programmes()
    of_plan = (every["plan_id"] == row["plan_id"]) & (every["plan_programme_id"] == row["programme_id"])
    links = [
        html.Div(link(_("See how it goes: {name}", name=data.name(one)), f"/programmes/{one['programme_id']}"))
        for one in every[of_plan].to_dict("records")
    ]
    return html.Div([html.Div(name(row)), *links])


def with_note(field: str) -> Callable[[dict], html.Div]:
    """A cell of a text that exists in English only, with the row's note under it."""

    def cell(row: dict) -> html.Div:
        pieces = [html.Div(in_its_language(None, _text(row[field])))] if _text(row[field]) else []
        return html.Div([*pieces, *_note(row)])

    return cell


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _note(row: dict) -> list:
    """The doubts and readings of a row, and which indicator it repeats; what the year's cell says already is left out."""
    note = _text(row["note_en"]) or ""
    named = NAMED_INDICATOR.match(note)
    pieces = []
    if named and (indicator := data.indicator(named[1])):
        pieces.append(html.Div([_("Indicator: "), plan_name(indicator)], className="kt-muted"))
        note = note[named.end() :]
    note = re.sub(r"Year hidden; [^.]*\.\s*", "", note).strip()
    if note:
        pieces.append(html.Div(in_its_language(None, note), className="kt-muted"))
    return pieces


def plan_name(row: dict) -> html.Span | str:
    """name_zh or name_en, marked where it is in the other language."""
    return in_its_language(row["name_zh"], row["name_en"])


def for_whom(row: dict) -> html.Div:
    """The people a programme is for: in the document's words, then sex and ages."""
    ages = [age for age in (row["age_min"], row["age_max"]) if not wording.is_missing(age)]
    sexes = [plan_words.word(SEXES, row["sex"])] if row["sex"] in SEXES else []
    facts = wording.joined([*sexes, *([_ages(row)] if ages else [])])
    people = html.Div(in_its_language(_text(row["target_population_zh"])))
    return html.Div([people, html.Div(facts, className="kt-muted")] if facts else people)


def _ages(row: dict) -> str:
    low, high = row["age_min"], row["age_max"]
    if wording.is_missing(high):
        return _("aged {low} and over", low=wording.number(low))
    if wording.is_missing(low):
        return _("aged up to {high}", high=wording.number(high))
    if low == high:
        return _("aged {low}", low=wording.number(low))
    return _("aged {low}–{high}", low=wording.number(low), high=wording.number(high))


def programme_goal(row: dict) -> str:
    """How many people or what share, and by when."""
    goals = []
    if not wording.is_missing(row["quota_count"]):
        goals.append(wording.value(row["quota_count"], "persons"))
    if not wording.is_missing(row["coverage_target_percent"]):
        goals.append(wording.value(row["coverage_target_percent"], "percent"))
    if plan_words.hides(row, "value"):
        goals.append(_("number hidden in the text"))
    return wording.joined(goals) or wording.MISSING


def cell_quota(row: dict) -> str:
    """How many health cells, or what share."""
    if plan_words.hides(row, "value"):
        return _("number hidden in the text")
    return wording.value(row["quota"], row["quota_unit"] if _text(row["quota_unit"]) else "count")


def standard(field: str) -> Callable[[dict], str]:
    """The number a service standard or a task asks for."""

    def cell(row: dict) -> str:
        if plan_words.hides(row, "value"):
            return _("number hidden in the text")
        said = format_standard(row[field], _text(row["unit"]), current_language())
        return said.replace(" ", wording.NO_BREAK)

    return cell


def when(row: dict) -> str:
    """The year, or that it is hidden or inferred."""
    return plan_words.year(row) or wording.MISSING


def due(row: dict) -> str:
    """When a task is due, and what of it the text hides."""
    words = plan_words.word(DUES, row["due"])
    hidden = plan_words.hidden_parts(row)
    return _("{due}; hidden: {parts}", due=words, parts=hidden) if hidden else words


def cycle(row: dict) -> str:
    """How often a programme is done."""
    return plan_words.word(CYCLES, row["cycle"])


def scope(row: dict) -> str:
    """Which units a kind of health cell is for."""
    return plan_words.word(plan_words.SCOPES, row["unit_scope"])


def responsible(row: dict) -> html.Span | str:
    """The departments of a task."""
    return departments.listed(departments.split(row["responsible_departments_zh"]))


def delivered_by(row: dict) -> html.Span | str:
    """Who carries a programme out."""
    return in_its_language(_text(row["delivered_by_zh"]), _text(row["delivered_by_en"]))


HIDDEN = {"year": mark("Year"), "year_is_inferred": mark("Year inferred"), "masked_part": mark("Hidden in the text")}
NOTE = {"note_en": mark("Note")}
PARTS = {
    part.key: part
    for part in (
        Part(
            mark("Programmes"),
            "programmes",
            {
                mark("Programme"): programme_name,
                mark("For whom"): for_whom,
                mark("How often"): cycle,
                mark("Goal"): programme_goal,
                mark("Year"): when,
                mark("Carried out by"): delivered_by,
                mark("What is counted"): with_note("data_points_en"),
            },
            {
                "programme_id": mark("Code"),
                "name_zh": mark("Name in Chinese"),
                "name_en": mark("Name in English"),
                "target_population_zh": mark("For whom"),
                "sex": mark("Sex"),
                "age_min": mark("Age from"),
                "age_max": mark("Age to"),
                "cycle": mark("How often"),
                "quota_count": mark("People to reach"),
                "coverage_target_percent": mark("Coverage to reach (%)"),
                **HIDDEN,
                "delivered_by_zh": mark("Carried out by"),
                "data_points_en": mark("What is counted"),
                **NOTE,
            },
        ),
        Part(
            mark("Health cells"),
            "cells",
            {
                mark("Kind of health cell"): name,
                mark("What is asked"): with_note("rule_en"),
                mark("How many"): cell_quota,
                mark("Where it applies"): scope,
                mark("Year"): when,
            },
            {
                "cell_type": mark("Code"),
                "name_zh": mark("Name in Chinese"),
                "name_en": mark("Name in English"),
                "unit_scope": mark("Where it applies"),
                "rule_en": mark("What is asked"),
                "quota": mark("How many"),
                "quota_unit": mark("Unit"),
                **HIDDEN,
                **NOTE,
            },
        ),
        Part(
            mark("Service standards"),
            "services",
            {
                mark("Service standard"): name,
                mark("What is asked"): with_note("rule_en"),
                mark("Value"): standard("value"),
                mark("Year"): when,
            },
            {
                "standard_id": mark("Code"),
                "name_zh": mark("Name in Chinese"),
                "name_en": mark("Name in English"),
                "rule_en": mark("What is asked"),
                "value": mark("Value"),
                "unit": mark("Unit"),
                **HIDDEN,
                **NOTE,
            },
        ),
        Part(
            mark("Tasks"),
            "tasks",
            {
                mark("No."): lambda row: row["task_no"],
                mark("Task"): name,
                mark("What is to be delivered"): with_note("deliverable_en"),
                mark("How many"): standard("quantity"),
                mark("Responsible"): responsible,
                mark("Due"): due,
            },
            {
                "task_no": mark("No."),
                "title_zh": mark("Name in Chinese"),
                "title_en": mark("Name in English"),
                "responsible_departments_zh": mark("Responsible"),
                "deliverable_en": mark("What is to be delivered"),
                "quantity": mark("How many"),
                "unit": mark("Unit"),
                "due": mark("Due"),
                "masked_part": mark("Hidden in the text"),
                **NOTE,
            },
        ),
    )
}


def counts(plan_id: str) -> dict[str, int]:
    """How many rows each part has in a plan."""
    return {key: int((data.delivery(key)["plan_id"] == plan_id).sum()) for key in PARTS}


def export_frame(rows: list[dict], part: str) -> pd.DataFrame:
    """Rows as a file holds them: raw figures under heads in the reader's language."""
    fields = PARTS[part].exported
    frame = pd.DataFrame(rows, columns=list(fields))
    if "year_is_inferred" in frame:
        frame["year_is_inferred"] = [_("yes") if inferred else "" for inferred in frame["year_is_inferred"]]
    frame["masked_part"] = [plan_words.hidden_parts(row) for row in rows]
    if "unit" in frame:
        frame["unit"] = [wording.unit_name(unit) if _text(unit) else "" for unit in frame["unit"]]
    for field, words in (("sex", SEXES), ("cycle", CYCLES), ("unit_scope", plan_words.SCOPES), ("due", DUES)):
        if field in frame:
            frame[field] = [plan_words.word(words, slug) for slug in frame[field]]
    return plan_words.with_whole_years(frame.rename(columns={field: _(head) for field, head in fields.items()}))
