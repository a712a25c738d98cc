"""What a map says in words: the finding over it, what it is of, its summary for those who cannot see it."""

import pandas as pd
from dash import html

from dashboards import components, data, map_figures, map_subjects, wording
from dashboards.components.figures import DEMO
from dashboards.language import current_language, mark, pick
from dashboards.language import gettext as _
from dashboards.map_colours import BY_CHANCE, BY_CHANGE, BY_STATUS, COLOURS, OF_A_REVIEW, WHY
from dashboards.map_panel import Picture
from dashboards.map_question import FALLING, Answer, Choice

# level -> (in a sentence, as a choice)
LEVEL_WORDS = {
    "province": (mark("provinces"), mark("Provinces")),
    "prefecture": (mark("prefectures"), mark("Prefectures")),
    "county": (mark("districts"), mark("Districts")),
    "township": (mark("townships"), mark("Townships")),
    "village": (mark("villages"), mark("Villages")),
}
BELOW = (">=", ">")
MOST_LISTED = 2000
LIKELY = 0.66  # wording.probability says "likely to miss" above it


def level_word(level: str) -> str:
    """The level as a sentence says it."""
    return _(LEVEL_WORDS[level][0])


def finding(answer: Answer) -> str:
    """The title over the map: what it shows, as a sentence."""
    choice = answer.choice
    words = {
        "indicator": data.name(choice.indicator),
        "period": wording.period(choice.period),
        "level": level_word(choice.level),
    }
    if choice.colour == BY_STATUS:
        return _status_finding(answer, words)
    if choice.colour == BY_CHANCE:
        return _chance_finding(answer, words)
    if choice.colour == BY_CHANGE:
        return _change_finding(answer, words)
    reported = answer.rows.dropna(subset=["value"])
    if reported.empty:
        return _("No figures yet: {indicator}, {level}", **words)
    words["reported"] = wording.number(len(reported))
    return (
        _limit_finding(answer, reported, words) if answer.limit is not None else _range_finding(answer, reported, words)
    )


def _status_finding(answer: Answer, words: dict) -> str:
    judged = answer.rows["status"].dropna()
    judged = judged[judged.ne("cannot_judge")]
    if judged.empty:
        return _("Not judged for {level}: {indicator}", **words)
    falling = int(judged.isin(FALLING).sum())
    if not falling:
        return _("None of {judged} {level} is behind: {indicator}", judged=len(judged), **words)
    return _("{falling} of {judged} {level} behind: {indicator}", falling=falling, judged=len(judged), **words)


def _chance_finding(answer: Answer, words: dict) -> str:
    told = answer.rows["p_miss"].dropna()
    if told.empty:
        return _("No chance of missing is told for {level}: {indicator}", **words)
    likely = int((told > LIKELY).sum())
    return _("{likely} of {told} {level} likely to miss: {indicator}", likely=likely, told=len(told), **words)


def _change_finding(answer: Answer, words: dict) -> str:
    changes = answer.rows["change"].dropna()
    if changes.empty:
        return _("No two periods to compare yet: {indicator}, {level}", **words)
    better = changes < 0 if answer.lower_is_better else changes > 0
    words |= {"better": int(better.sum()), "worse": int((~better & changes.ne(0)).sum()), "all": len(changes)}
    words["since"] = wording.period(answer.choice.since)
    if answer.is_neutral:
        words |= {"higher": int((changes > 0).sum()), "lower": int((changes < 0).sum())}
        return _("{higher} of {all} {level} higher, {lower} lower than in {since}: {indicator}, {period}", **words)
    return _("{better} of {all} {level} better, {worse} worse than in {since}: {indicator}, {period}", **words)


def _limit_finding(answer: Answer, reported: pd.DataFrame, words: dict) -> str:
    comparator, limit = answer.limit["comparator"], answer.limit["value"]
    words["limit"] = wording.value(float(limit), answer.choice.indicator["unit"], None)
    failing = int(map_figures.fails(reported["value"], comparator, limit).sum())
    if not failing:
        return _("All {reported} {level} meet {limit}: {indicator}, {period}", **words)
    words["failing"] = wording.number(failing)
    if comparator in BELOW:
        return _("{failing} of {reported} {level} below {limit}: {indicator}, {period}", **words)
    return _("{failing} of {reported} {level} above {limit}: {indicator}, {period}", **words)


def _range_finding(answer: Answer, reported: pd.DataFrame, words: dict) -> str:
    unit, decimals = answer.choice.indicator["unit"], int(answer.choice.indicator["decimals"])
    words["low"] = wording.value(reported["value"].min(), unit, decimals)
    words["high"] = wording.value(reported["value"].max(), unit, decimals)
    return _("From {low} to {high} across {reported} {level}: {indicator}, {period}", **words)


def subline(answer: Answer) -> str:
    """Plan, place, level and period, the milestone the map is held against, what is missing, what is not final."""
    choice = answer.choice
    place = data.area(choice.place)
    parts = [data.name(choice.plan), data.name(place) if place else "", _period_words(answer)]
    if answer.limit is not None:
        parts.append(_("{year} target: {goal}", year=int(answer.limit["year"]), goal=_goal(answer)))
    states = answer.rows["state"]
    missing, asked = int(states.eq("missing").sum()), int(states.isin(("missing", "reported")).sum())
    if missing:
        parts.append(_("{missing} of {all} not reported", missing=missing, all=asked))
    if answer.rows["is_provisional"].any():
        parts.append(_("provisional figures"))
    return " · ".join(part for part in parts if part)


def _goal(answer: Answer) -> str:
    return wording.goal(answer.limit["comparator"], float(answer.limit["value"]), answer.limit["unit"])


def _period_words(answer: Answer) -> str:
    if answer.choice.colour not in OF_A_REVIEW:
        return change_period(answer)
    run = data.newest_run(answer.choice.plan["plan_id"])
    return _("judged on {day}", day=wording.day(run["as_of"])) if run else ""


def change_period(answer: Answer) -> str:
    """The period of the figures; of a change both: 2024 → 2025."""
    ends = [answer.choice.period]
    if answer.choice.colour == BY_CHANGE and answer.choice.since:
        ends.insert(0, answer.choice.since)
    return " → ".join(wording.period(end) for end in ends)


def caption_period(answer: Answer) -> str:
    """The period of the figures; over marks also the day they were made."""
    judged = _period_words(answer) if answer.choice.colour in OF_A_REVIEW else ""
    return " · ".join(part for part in (change_period(answer), judged) if part)


def summary(answer: Answer, found: str) -> str:
    """The map in one sentence for screen readers: the finding (found), then the areas of each class."""
    counts = [f"{line['label']}: {line['count']}" for line in answer.legend if line["count"]]
    return _("Map. {finding}. {counts}", finding=found, counts=wording.joined(counts))


def source(answer: Answer) -> str:
    """Where the boundaries come from, and that cells are illustrative where they are."""
    if answer.layer is None:
        return ""
    parts = [_("Boundaries: {origin}", origin=origin(answer)), *cell_notice(answer)]
    return " · ".join(parts)


def origin(answer: Answer) -> str:
    """The boundaries' source and review number, in the data's own words (Chinese)."""
    return " ".join(part for part in (answer.layer["source"], answer.layer["review_number"]) if part)


def cell_notice(answer: Answer) -> list[str]:
    """That the cells are illustrative, where they are and the source does not say so in the reader's language."""
    says_so = "示意" in answer.layer["source"] and current_language() == "zh"
    is_needed = answer.layer["is_illustrative"] and not says_so
    return [_("Illustrative cells, not administrative boundaries")] if is_needed else []


def source_line(answer: Answer) -> list:
    """source() for the page: the data's Chinese is marked as Chinese for an English reader."""
    if answer.layer is None:
        return []
    before, after = _("Boundaries: {origin}", origin="\n").split("\n")
    notice = "".join(f" · {part}" for part in cell_notice(answer))
    return [before, html.Span(origin(answer), lang="zh"), after + notice]


def tooltip_notes(answer: Answer) -> dict[str, str]:
    """One line more under the figure of a shape: whose figures it adds up, and what is provisional."""
    notes = {}
    by_chance, figures = answer.choice.colour == BY_CHANCE, answer.figures
    has_chance = figures["p_miss"].notna() & by_chance
    special = figures[(figures["members"] > 1) | figures["is_provisional"] | has_chance]
    for shape in special.itertuples(index=False):
        parts = []
        if by_chance and shape.p_miss == shape.p_miss:
            parts.append(_("chance of missing: {chance}", chance=chance_words(shape.p_miss, shape.p_miss_model)))
        if shape.members > 1:
            parts.append(
                _("{reported} of {members} areas added up", reported=shape.members_reported, members=shape.members)
            )
        if shape.is_provisional:
            parts.append(_("provisional"))
        notes[shape.area_id] = " · ".join(parts)
    return notes


def chance_words(p_miss: float, p_miss_model: float) -> str:
    """ "about 65 %", and where an analyst's version is in force that it is, and what the model says; "" for none."""
    if p_miss != p_miss:
        return ""
    said = wording.rounded_probability(p_miss)
    if p_miss_model != p_miss_model:
        return said
    return _("{adjusted} (adjusted; model: {model})", adjusted=said, model=wording.rounded_probability(p_miss_model))


def legend_title(answer: Answer) -> str:
    """What the classes are of: the unit, or the marks; and of how many shapes, where several areas share one."""
    is_review = answer.choice.colour in OF_A_REVIEW
    title = _(COLOURS[answer.choice.colour]) if is_review else wording.unit_name(answer.choice.indicator["unit"])
    if answer.choice.colour == BY_CHANGE and answer.choice.since:
        title = _("Change since {period}", period=wording.period(answer.choice.since))
    if answer.layer and answer.layer.get("members"):
        title += " · " + _("{shapes} cells on the map", shapes=len(answer.figures))
    return title


def picture(answer: Answer, found: str) -> Picture:
    """What is printed round the downloaded picture; found: the finding."""
    choice = answer.choice
    return Picture(
        title=found,
        subtitle=subline(answer),
        source=source(answer),
        file_name=f"kangtu-{choice.indicator_id.replace(':', '-')}-{choice.level}-{choice.period}.png",
        legend_title=legend_title(answer),
        notes=tuple(_dated(choice)),
        demo_mark=DEMO if data.is_demo() else "",
    )


def _dated(choice: Choice) -> list[str]:
    """The day of the newest judgement; of a programme's rate the day of its last report."""
    if map_subjects.is_rate(choice.indicator):
        received = data.programme(choice.indicator["programme_id"])["received_at"]
        return [] if wording.is_missing(received) else [_("last report {day}", day=wording.day(received))]
    run = data.newest_run(choice.plan["plan_id"])
    return [_("Judged on {day}", day=wording.day(run["as_of"]))] if run else []


def area_options(answer: Answer) -> list[dict[str, str]]:
    """The areas of the map by name, for those who choose from a list; a township with its district."""
    if len(answer.rows) > MOST_LISTED:  # a list nobody can look through: there is the map and the search
        return []
    names = answer.rows.to_dict("records")
    joined = {row["area_id"]: pick(row["name_zh"], row["name_en"]) for row in names}
    if answer.choice.level not in ("province", "prefecture", "county"):
        joined = {
            row["area_id"]: f"{pick(row['parent_zh'], row['parent_en'])} {joined[row['area_id']]}" for row in names
        }
    return [{"value": area_id, "label": label} for area_id, label in joined.items()]


def table_columns(answer: Answer) -> list[dict]:
    """The columns of the table under the map."""
    indicator, decimals = answer.choice.indicator, int(answer.choice.indicator["decimals"])
    unit = wording.unit_name(indicator["unit"])
    number = {"number": True, "width": 130}
    columns = [components.column("area", _("Area"), width=190)]
    if answer.rows["parent_zh"].nunique() > 1:
        columns.append(components.column("parent", _("Lies in"), width=140))
    columns.append(components.column("value", f"{_('Figure')} ({unit})", decimals=decimals, **number))
    if answer.rows["denominator"].notna().any():
        columns.append(components.column("numerator", _("Numerator"), decimals=0, **number))
        columns.append(components.column("denominator", _("Denominator"), decimals=0, **number))
    if "change" in answer.rows:
        head = _("Change since {period}", period=wording.period(answer.choice.since))
        columns.append(components.column("change", head, decimals=decimals, **number))
    if answer.limit is not None:
        columns.append(components.column("gap", _("Ahead of {goal}", goal=_goal(answer)), decimals=decimals, **number))
    if answer.rows["status"].notna().any():
        columns.append(components.column("status_word", _("Status")))
    if answer.rows["p_miss"].notna().any():
        columns.append(components.column("chance", _("Chance of missing")))
    columns.append(components.column("note", _("Note")))
    return columns


def table_rows(answer: Answer, most: int | None = None) -> pd.DataFrame:
    """The rows of the table under the map and of its downloads: every area, also those without a shape of their own.

    most: only so many of them.
    """
    rows = answer.rows.head(most) if most else answer.rows
    shapes = set(answer.layer["area_ids"]) if answer.layer else set()
    shared = {member for group in ((answer.layer or {}).get("members") or {}).values() for member in group}
    words = {status: _(word) for status, (word, _meaning) in components.STATUSES.items()}
    english = current_language() == "en"
    return pd.DataFrame(
        {
            "area_id": rows["area_id"],
            "area": rows["name_en"].where(rows["name_en"].notna(), rows["name_zh"]) if english else rows["name_zh"],
            "parent": rows["parent_en"].where(rows["parent_en"].notna(), rows["parent_zh"])
            if english
            else rows["parent_zh"],
            "value": rows["value"],
            "numerator": rows["numerator"],
            "denominator": rows["denominator"],
            "gap": rows["gap"],
            "change": rows["change"] if "change" in rows else float("nan"),
            "status_word": rows["status"].map(words),
            "chance": [chance_words(*both) for both in zip(rows["p_miss"], rows["p_miss_model"], strict=True)],
            "note": [_note(row, shapes, shared) for row in rows.itertuples(index=False)],
        }
    )


def _note(row, shapes: set[str], shared: set[str]) -> str:
    notes = []
    if row.state == "missing":
        notes.append(_("not reported"))
    if row.state in WHY:
        notes.append(_(WHY[row.state]))
    if row.is_provisional:
        notes.append(_("provisional"))
    if row.is_rolled_up:
        notes.append(_("added up from the areas below"))
    if shapes and row.area_id in shared:
        notes.append(_("shares a cell on the map"))
    elif shapes and row.area_id not in shapes:
        notes.append(_("not on the map"))
    return wording.joined(notes)
