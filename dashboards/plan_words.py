"""How plans and what they ask are worded: milestones, rules, scopes, and what the text hides or we infer."""

import re
from collections.abc import Mapping

import pandas as pd
from dash import html

from dashboards import data, wording
from dashboards.language import current_language, mark, ngettext, pick
from dashboards.language import gettext as _

KINDS = {
    "outcome_plan": mark("Outcome plan"),
    "mechanism": mark("Mechanism"),
    "programme": mark("Programme scheme"),
    "annual_work_points": mark("Annual work points"),
}
RULES = {
    "level": mark("A level"),
    "trend": mark("A trend"),
    "count_quota": mark("A number"),
    "unit_coverage": mark("A share of units"),
    "completion": mark("Done or not"),
    "change_from_baseline_relative": mark("A change from a baseline"),
    "annual_change_points": mark("A yearly change"),
}
SCOPES = {
    "plan_area": mark("the whole area"),
    "each_district": mark("every district"),
    "each_township": mark("every township"),
    "each_village": mark("every village"),
    "each_facility": mark("every institution"),
    "each_household": mark("every household"),
}
NATURES = {"binding": mark("binding"), "expected": mark("expected"), "advocated": mark("advocated")}
ARROW = " → "


def word(words: Mapping[str, str], slug: str | None) -> str:
    """The word for a slug of the packs; a dash for none, and what nobody has named as it is."""
    if wording.is_missing(slug) or not slug:
        return wording.MISSING
    named = words.get(slug)
    return _(named) if named else slug


def in_its_language(chinese: str | None, english: str | None = None) -> html.Span | str:
    """A text of the data in the reader's language, else in the other one and marked so; a dash where there is none."""
    text = pick(chinese, english)
    if not text:
        return wording.MISSING
    language = "zh" if text == chinese else "en"
    pieces = _with_chinese_marked(text) if language == "en" else text
    if language != current_language():
        return html.Span(pieces, lang=language)
    return pieces if pieces == text else html.Span(pieces)


def _with_chinese_marked(text: str) -> str | list:
    """English that quotes Chinese words ("Sense of gain (获得感)"): these are marked as Chinese."""
    pieces = re.split(r"([\u3400-\u9fff]+)", text)
    if len(pieces) == 1:
        return text
    return [html.Span(piece, lang="zh") if at % 2 else piece for at, piece in enumerate(pieces)]


def place(plan: dict) -> str:
    """Where the plan is for, and whether that is inferred."""
    name = data.name(plan, "place")
    return _("{what} (inferred)", what=name) if plan["place_is_inferred"] else name


def short_place(plan: dict) -> str:
    """The name a figure has room for: the area's own where it is registered, else the place."""
    here = data.area(plan["area_id"])
    return data.name(here) if here else data.name(plan, "place")


def period(plan: dict) -> str:
    """2019–2030, up to 2030, 2023; said to be inferred where it is; a dash where the text hides it."""
    start, end = plan["period_start"], plan["period_end"]
    if wording.is_missing(end):
        return _("hidden in the text")
    if wording.is_missing(start):
        words = _("up to {year}", year=int(end))
    else:
        words = str(int(end)) if start == end else f"{int(start)}–{int(end)}"
    return _("{what} (inferred)", what=words) if plan["period_is_inferred"] else words


def target_count(count: int) -> str:
    """7 targets."""
    return ngettext("{number} target", "{number} targets", count)


def rule(row: dict) -> str:
    """What kind of goal it is and whom it binds: "A level, every township"."""
    words = [word(RULES, row["rule"]), word(SCOPES, row["scope"])]
    if not wording.is_missing(row["nature"]):
        words.append(word(NATURES, row["nature"]))
    return wording.joined(words)


def hides(row: dict, what: str) -> bool:
    """Whether the document hides the row's value, year or place."""
    return bool(row["masked"]) and what in str(row["masked_part"]).split(";")


def goal(row: dict) -> str:
    """What is asked at one milestone, without its year: "≥ 22 %", "keep rising", "number hidden in the text"."""
    comparator, amount, unit = row["comparator"], row["value"], row["unit"]
    if wording.is_missing(amount):
        return _without_number(row)
    if row["rule"] == "change_from_baseline_relative":
        return _against_baseline(row)
    if row["rule"] == "annual_change_points":
        sign = wording.COMPARATORS[comparator]
        return _("{change} a year", change=f"{sign}{wording.NO_BREAK}{wording.change(amount, unit)}")
    if comparator == "=":
        return wording.value(amount, unit)
    return wording.goal(comparator, amount, unit)


def _without_number(row: dict) -> str:
    comparator = row["comparator"]
    if hides(row, "value"):
        sign = wording.COMPARATORS.get(comparator, "").replace("=", "")
        return f"{sign} {_('number hidden in the text')}".strip()
    if row["rule"] == "completion":
        return _("to be done")
    if comparator in ("trend_up", "trend_down"):
        return wording.goal(comparator, None, row["unit"])
    if row["rule"] == "trend":
        return _("not below the present level") if comparator == ">=" else _("not above the present level")
    return _("no number stated")


def _against_baseline(row: dict) -> str:
    amount, base = row["value"], baseline(row["baseline_year"])
    words = {"amount": wording.value(abs(amount), "percent"), "base": base}
    at_least = (row["comparator"] in (">=", ">")) == (amount >= 0)
    if amount >= 0:
        return _("at least {amount} above {base}", **words) if at_least else _("at most {amount} above {base}", **words)
    return _("at least {amount} below {base}", **words) if at_least else _("at most {amount} below {base}", **words)


def baseline(text: str | None) -> str:
    """The year something is compared with, as the packs write it, in words."""
    if wording.is_missing(text):
        return _("the baseline")
    if re.fullmatch(r"\d{4}", text):
        return wording.period(text)
    known = {"previous_year": _("the year before"), "hidden (xx)": _("a year the text hides")}
    return known.get(text, _("the present level"))


def year(row: dict) -> str:
    """The milestone's year: as stated, inferred, hidden, or not stated."""
    if not wording.is_missing(row["year"]):
        text = str(int(row["year"]))
        return _("{what} (inferred)", what=text) if row["year_is_inferred"] else text
    if hides(row, "year"):
        return _("year hidden")
    return ""


def milestones(rows: list[dict]) -> list:
    """A target's milestones in order: 2022 ≥ 22 % → 2030 ≥ 30 %; years that ask for the same stand together."""
    steps: list[tuple[list[str], str]] = []
    for row in rows:
        when, what = year(row), goal(row)
        if steps and steps[-1][1] == what:
            steps[-1][0].append(when)
        else:
            steps.append(([when], what))
    pieces = []
    for years, what in steps:
        when = wording.joined([text for text in dict.fromkeys(years) if text])
        said = [html.Span([when, " "], className="kt-muted")] if when else []
        pieces += [ARROW, html.Span([*said, what], className="kt-milestone")]
    hidden_place = [html.Div(_("place hidden in the text"), className="kt-muted")] if hides(rows[0], "place") else []
    return [*pieces[1:], *hidden_place]


def milestones_text(rows: list[dict]) -> str:
    """The same as plain text."""
    return ARROW.join(f"{year(row)} {goal(row)}".strip() for row in rows)


def hidden_parts(row: dict) -> str:
    """What the text hides of one row: "year, value"; empty where nothing."""
    words = {"value": _("value"), "year": _("year"), "place": _("place")}
    parts = str(row["masked_part"]).split(";") if row["masked"] and not wording.is_missing(row["masked_part"]) else []
    return wording.joined([words.get(part, part) for part in parts])


@data.cached
def hidden_counts() -> dict[str, tuple[int, int, int]]:
    """plan_id -> its targets without their number, without their year, with an inferred year."""
    every = data.every_target()
    parts = every["masked_part"].fillna("")
    facts = every[["plan_id", "target_id"]].assign(
        no_number=parts.str.contains("value"),
        no_year=parts.str.contains("year") & every["year"].isna(),
        inferred=every["year_is_inferred"],
    )
    by_target = facts.groupby(["plan_id", "target_id"]).any()
    return {plan_id: tuple(counts) for plan_id, *counts in by_target.groupby("plan_id").sum().itertuples()}


def hidden_and_inferred(plan: dict) -> list[str]:
    """What a plan's text hides and what of it is inferred, counted in targets; empty where it hides nothing."""
    no_number, no_year, inferred = hidden_counts().get(plan["plan_id"], (0, 0, 0))
    words = []
    if no_number:
        words.append(_("{number} without their number", number=no_number))
    if no_year:
        words.append(_("{number} without their year", number=no_year))
    if inferred:
        words.append(_("{number} with an inferred year", number=inferred))
    return [*words, _("place inferred")] if plan["place_is_inferred"] else words


def with_whole_years(frame: pd.DataFrame) -> pd.DataFrame:
    """A file's rows with years as whole numbers also where some are missing."""
    head = _("Year")
    return frame.assign(**{head: frame[head].astype("Int64").astype(object)}) if head in frame else frame
