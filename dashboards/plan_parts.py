"""What a plan asks to be delivered: programmes, kinds of health cell, service standards, tasks; as tables and files."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd
from dash import html

from dashboards import data, departments, plan_tracked, plan_words, wording
from dashboards.finding import haystack, holds, words_of
from dashboards.language import current_language, mark, pick
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
# A note begins with the indicator whose target a task repeats, and says of a hidden year what the year's cell says too.
NAMED_INDICATOR = re.compile(r"^(?:indicator_id: |指标编号：)(\w+)[.。]?\s*")
HIDDEN_YEAR = re.compile(r"Year hidden; [^.]*\.\s*|年份原文隐去，[^。]*。")


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
    tracked = plan_tracked.programme(row)
    return html.Div([html.Div(name(row)), tracked if tracked != wording.MISSING else None])


def with_note(field: str) -> Callable[[dict], html.Div]:
    """A cell of a text (the field without its language), with the row's note under it."""

    def cell(row: dict) -> html.Div:
        said = in_its_language(_text(row[f"{field}_zh"]), _text(row[f"{field}_en"]))
        return html.Div([*([html.Div(said)] if said != wording.MISSING else []), *_note(row)])

    return cell


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _note(row: dict) -> list:
    """The doubts and readings of a row, and which indicator it repeats."""
    pieces = []
    indicator, chinese = _parted(_text(row["note_zh"]))
    in_english, english = _parted(_text(row["note_en"]))
    if indicator := indicator or in_english:
        pieces.append(html.Div([_("Indicator: "), plan_name(indicator)], className="kt-muted"))
    if chinese or english:
        pieces.append(html.Div(in_its_language(chinese, english), className="kt-muted"))
    return pieces


def _parted(note: str | None) -> tuple[dict | None, str | None]:
    """The indicator a note names first, and the rest without what the year's cell says."""
    named = NAMED_INDICATOR.match(note or "")
    indicator = data.indicator(named[1]) if named else None
    rest = (note or "")[named.end() :] if indicator else note or ""
    return indicator, HIDDEN_YEAR.sub("", rest).strip() or None


def note_text(row: dict) -> str:
    """The whole note in the reader's language, the indicator called by its name."""
    note = pick(_text(row["note_zh"]), _text(row["note_en"]))
    named = NAMED_INDICATOR.match(note)
    indicator = data.indicator(named[1]) if named else None
    if not indicator:
        return note
    rest = note[named.end() :]
    return f"{_('Indicator: ')}{data.name(indicator)}{('。' if current_language() == 'zh' else '. ') if rest else ''}{rest}"


def plan_name(row: dict) -> html.Span | str:
    """name_zh or name_en, marked where it is in the other language."""
    return in_its_language(row["name_zh"], row["name_en"])


def for_whom(row: dict) -> html.Div:
    """The people a programme is for: in the document's words, then sex and ages."""
    ages = [age for age in (row["age_min"], row["age_max"]) if not wording.is_missing(age)]
    sexes = [plan_words.word(SEXES, row["sex"])] if row["sex"] in SEXES else []
    facts = wording.joined([*sexes, *([_ages(row)] if ages else [])])
    people = html.Div(in_its_language(_text(row["target_population_zh"]), _text(row["target_population_en"])))
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
NOTE = {"note": mark("Note")}
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
                mark("What is counted"): with_note("data_points"),
            },
            {
                "programme_id": mark("Code"),
                "name": mark("Name"),
                "target_population": mark("For whom"),
                "sex": mark("Sex"),
                "age_min": mark("Age from"),
                "age_max": mark("Age to"),
                "cycle": mark("How often"),
                "quota_count": mark("People to reach"),
                "coverage_target_percent": mark("Coverage to reach (%)"),
                **HIDDEN,
                "delivered_by": mark("Carried out by"),
                "data_points": mark("What is counted"),
                **NOTE,
            },
        ),
        Part(
            mark("Health cells"),
            "cells",
            {
                mark("Kind of health cell"): name,
                mark("What is asked"): with_note("rule"),
                mark("How many"): cell_quota,
                mark("Where it applies"): scope,
                mark("Year"): when,
                mark("Where it stands"): plan_tracked.quota,
            },
            {
                "cell_type": mark("Code"),
                "name": mark("Name"),
                "unit_scope": mark("Where it applies"),
                "rule": mark("What is asked"),
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
                mark("What is asked"): with_note("rule"),
                mark("Value"): standard("value"),
                mark("Year"): when,
                mark("Where it stands"): plan_tracked.standard,
            },
            {
                "standard_id": mark("Code"),
                "name": mark("Name"),
                "rule": mark("What is asked"),
                "value": mark("Value"),
                "asked": mark("Asked, with its unit"),
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
                mark("What is to be delivered"): with_note("deliverable"),
                mark("How many"): standard("quantity"),
                mark("Responsible"): responsible,
                mark("Due"): due,
                mark("Where it stands"): plan_tracked.task,
            },
            {
                "task_no": mark("No."),
                "title": mark("Name"),
                "responsible_departments_zh": mark("Responsible"),
                "deliverable": mark("What is to be delivered"),
                "quantity": mark("How many"),
                "asked": mark("Asked, with its unit"),
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
    """Rows as a file holds them: figures as they are, texts and heads in the reader's language."""
    fields = PARTS[part].exported
    frame = pd.DataFrame([_exported(row) for row in rows], columns=list(fields))
    return plan_words.with_whole_years(frame.rename(columns={field: _(head) for field, head in fields.items()}))


TEXTS = ("name", "title", "target_population", "delivered_by", "data_points", "rule", "deliverable")
WORDS = {"sex": SEXES | {"all": mark("women and men")}, "cycle": CYCLES, "unit_scope": plan_words.SCOPES, "due": DUES}


def _exported(row: dict) -> dict:
    """A row with its texts and words in the reader's language."""
    said = dict(row) | {field: pick(row.get(f"{field}_zh"), row.get(f"{field}_en")) for field in TEXTS}
    said |= {field: plan_words.word(words, row[field]) for field, words in WORDS.items() if field in row}
    said |= {"note": note_text(row), "masked_part": plan_words.hidden_parts(row)}
    if "year_is_inferred" in row:
        said["year_is_inferred"] = _("yes") if row["year_is_inferred"] else ""
    if "quota_unit" in row:
        said["quota_unit"] = (
            wording.unit_name(_text(row["quota_unit"]) or "count") if row["quota"] == row["quota"] else ""
        )
    for field in {"value", "quantity"} & row.keys():
        said["asked"] = (
            "" if wording.is_missing(row[field]) and not plan_words.hides(row, "value") else standard(field)(row)
        )
    if "responsible_departments_zh" in row:
        said["responsible_departments_zh"] = departments.sentence(row["responsible_departments_zh"])
    return said
