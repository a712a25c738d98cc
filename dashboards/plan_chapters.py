"""A plan's actions with their targets, folded chapter by chapter: what is asked, of whom, by when, where it stands."""

from collections import Counter

from dash import html

from dashboards import components, data, departments, plan_targets, plan_tracked, plan_words, wording
from dashboards.language import gettext as _
from dashboards.language import ngettext
from dashboards.plan_targets import Selection, Target
from dashboards.plan_words import in_its_language

PLANS, COMPARE, INDICATOR = "/plans", "/plans/compare", "/indicator"
OFTEN = 8  # targets that share a note before it is said once for all


class Chapters:
    """The actions and targets of one answer, with what they share: marks, notes said once, former versions."""

    def __init__(self, plan: dict, selection: Selection):
        self.plan = plan
        self.marks = plan_targets.marks_of(plan["plan_id"])
        self.by_action: dict[str, list[Target]] = {}
        for target in selection.targets:
            self.by_action.setdefault(target.row["action_id"], []).append(target)
        self.plans_of = plan_targets.plans_by_indicator()
        self.former = former_of(plan["plan_id"])
        said = Counter(note for target in selection.targets for note in notes(target))
        self.common = {note for note, count in said.items() if count >= OFTEN}

    def common_notes(self) -> list:
        """Notes that many targets share, said once."""
        return [html.P(in_its_language(*note), className="kt-source") for note in sorted(self.common, key=str)]

    def heads(self) -> html.Div:
        """The words over the columns of the chapters."""
        words = [_("No."), _("Action"), _("Targets"), _("By when"), _("Led by")]
        words += [_("Where it stands")] if self.marks else []
        return html.Div([html.Span(word) for word in words], className=f"kt-chapter kt-chapter-heads{self._judged}")

    @property
    def _judged(self) -> str:
        return " kt-judged" if self.marks else ""

    def chapter(self, chapter_id: str, actions: list[dict], *, is_open: bool) -> html.Details:
        """A line that says what the chapter asks, of whom and by when; in it the actions with their targets."""
        targets = [target for action in actions for target in self.by_action.get(action["action_id"], [])]
        chapter = data.actions(self.plan["plan_id"]).loc[chapter_id]
        name = in_its_language(chapter["title_zh"], chapter["title_en"])
        leads = list(
            dict.fromkeys(name for action in actions for name in departments.split(action["lead_departments_zh"]))
        )
        cells = [
            html.Span(chapter["action_no"], className="kt-muted"),
            html.Strong(name),
            html.Span(str(len(targets)) if targets else wording.MISSING, className="kt-number"),
            html.Span(years(targets), className="kt-muted"),
            html.Span(departments.listed(leads, 2)),
        ]
        if self.marks and (counts := self.statuses(targets)):
            cells.append(html.Span(components.status_bar(counts)))
        inside = [self.action(action, chapter_id) for action in actions]
        return html.Details(
            [html.Summary(cells, className=f"kt-chapter{self._judged}"), html.Div(inside, className="kt-actions")],
            open=is_open,
            id=f"chapter-{chapter_id}",
        )

    def statuses(self, targets: list[Target]) -> Counter:
        """How many of the judged targets stand where."""
        marks = [self.marks.get(target.row["target_id"]) for target in targets]
        return Counter(row["status"] for row in marks if row)

    def action(self, action: dict, chapter_id: str) -> html.Div:
        """One action: what it is about, its departments, its targets."""
        targets = self.by_action.get(action["action_id"], [])
        name = in_its_language(action["title_zh"], action["title_en"])
        summary = in_its_language(text_of(action["summary_zh"]), text_of(action["summary_en"]))
        said = [html.P(summary, className="kt-facts")] if summary != wording.MISSING else []
        is_chapter = action["action_id"] == chapter_id
        if is_chapter and not targets and not plan_targets.departments_of(action):
            return html.Div(said, className="kt-action") if said else html.Div()
        heading = html.H2([html.Span(action["action_no"], className="kt-muted"), " ", name])
        facts = []
        for words, field in ((_("Led by"), "lead_departments_zh"), (_("with"), "cooperating_departments_zh")):
            names = departments.split(action[field])
            if names:
                facts += [html.Span([words, " "], className="kt-muted"), departments.listed(names), "　"]
        source = next((text_of(target.row["source_zh"]) for target in targets), None)
        if source:
            cited = in_its_language(source, self.cited(source, action))
            facts += [html.Span([_("Source"), " "], className="kt-muted"), cited]
        facts += self.work_points(action)
        body = self.table(targets, data.name(action, "title")) if targets else None
        return html.Div([heading, *said, html.P(facts, className="kt-facts"), body], className="kt-action")

    def cited(self, source: str, action: dict) -> str:
        """Document and section for an English reader: the plan and the action by their English names."""
        plan_zh = f"《{self.plan['name_zh'].strip('《》')}》"
        return (
            source.replace(action["title_zh"], action["title_en"])
            .replace(plan_zh, self.plan["name_en"])
            .replace("，", ", ", 1)
        )

    def work_points(self, action: dict) -> list:
        """How many of the year's work points carry the action out, with the way to the board."""
        points = plan_tracked.work_points(self.plan["plan_id"], action["action_no"])
        if not points:
            return []
        words = ngettext("{number} work point this year", "{number} work points this year", len(points))
        state = {"year": points[0]["year"], "chapter": text_of(points[0]["chapter_zh"])}
        return ["　", components.link(words, "/tasks", **state)]

    def table(self, targets: list[Target], caption: str) -> html.Div:
        """The targets of one action."""
        heads = [
            _("Target"),
            _("Milestones"),
            _("Kind of goal, where it applies"),
            _("Denominator"),
            *([_("Status")] if self.marks else []),
        ]
        rows = [self.cells(target) for target in targets]
        return components.simple_table(heads, rows, caption=caption, className="kt-stacked kt-targets")

    def cells(self, target: Target) -> list:
        """One target."""
        row = target.row
        cells = [
            self.name(target),
            html.Div([*plan_words.milestones(target.milestones), *self.revised(row)]),
            plan_words.rule(row),
            in_its_language(text_of(row["denominator_zh"]), text_of(row["denominator_en"])),
        ]
        return [*cells, self.status(row)] if self.marks else cells

    def name(self, target: Target) -> html.Div:
        """The target's name, who else asks for it, its notes."""
        row = target.row
        name = components.data_name(row["name_zh"], row["name_en"])
        others = self.plans_of.get(row["indicator_id"], 1) - 1
        lines = []
        if others:
            words = _("+ {number} other plans", number=others) if others > 1 else _("+ 1 other plan")
            lines.append(components.link(words, COMPARE, indicator=row["indicator_id"]))
        text = text_of(row["text_zh"])
        if text and text != row["name_zh"]:
            lines.append(html.Span(in_its_language(text), className="kt-muted"))
        own = [note for note in notes(target) if note not in self.common]
        lines += [html.Div(in_its_language(*note), className="kt-muted") for note in own]
        return html.Div([name, *(piece for line in lines for piece in (" ", line))])

    def revised(self, row: dict) -> list:
        """What the target asked for before, with the day until which it did."""
        lines = []
        for old in self.former.get(row["target_id"], []):
            until = _("until {day}", day=wording.day(old[0]["in_force_to"]))
            said = [html.Del(plan_words.milestones(old)), " ", until]
            if text_of(row["revision_note"]):
                said += [" · ", in_its_language(row["revision_note"])]
            lines.append(html.Div([_("Revised; before: "), *said], className="kt-muted"))
        return lines

    def status(self, row: dict):
        """The mark in the plan's own area, linked to its evidence."""
        found = self.marks.get(row["target_id"])
        if not found:
            return wording.MISSING
        state = {"plan": self.plan["plan_id"], "area": found["area_id"], "indicator": row["indicator_id"]}
        return components.link(components.status_mark(found["status"]), INDICATOR, target=row["target_id"], **state)


def text_of(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def years(targets: list[Target]) -> str:
    """The years the chapter's milestones name."""
    named = {int(row["year"]) for target in targets for row in target.milestones if not wording.is_missing(row["year"])}
    return wording.joined([str(year) for year in sorted(named)])


def notes(target: Target) -> list[tuple[str | None, str | None]]:
    """The sentences of a target's notes in the reader's language, each once, as (Chinese, None) or (None, English)."""
    said: dict[tuple[str | None, str | None], None] = {}
    for row in target.milestones:
        note = data.name(row, "note")
        is_chinese = note == row["note_zh"]
        for sentence in note.split("。" if is_chinese else ". "):
            if text := sentence.strip().rstrip(".。"):
                said[(text, None) if is_chinese else (None, text)] = None
    return list(said)


def former_of(plan_id: str) -> dict[str, list[list[dict]]]:
    """target_id -> the milestones of each of its versions that are no longer in force, newest first."""
    versions: dict[str, dict[int, list[dict]]] = {}
    for row in data.former_targets(plan_id).to_dict("records"):
        versions.setdefault(row["target_id"], {}).setdefault(row["version"], []).append(row)
    return {target_id: list(of.values()) for target_id, of in versions.items()}
