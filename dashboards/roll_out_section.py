"""The roll-out of self-management on a page: schedule against actual, who owes, both rules where they conflict."""

from dash import html

from dashboards import components, data, programme_charts, programme_words, wording
from dashboards.language import gettext as _

FIGURE = "roll-out-schedule"
SHOWN = 12


def section_for(programme: dict, area_id: str) -> list:
    """The sections of a self-management programme in an area; none for other programmes."""
    if programme["kind"] != "self_management":
        return []
    found = data.self_management(area_id, data.bureau_day())
    if found is None:
        advice = _("Import the list of villages (kind: selfcare_villages) and load the plan selfcare-county.")
        return [components.section(_("Roll-out by village"), components.empty(_("No villages listed"), advice))]
    return [schedule(found), owing(found), people(found), rules_by_year(found)]


def schedule(found: data.RollOut) -> html.Section:
    """The share of villages by year against 30, 60, 100 percent."""
    drawn = programme_charts.schedule_bars(found.schedule, palette=components.palette())
    source = _("Source: list of villages; goals: selfcare-county, section 二 (the marks above the bars)")
    shown = components.graph(
        FIGURE, components.finish(drawn, source=source), alt=_("Villages with the programme"), height=340
    )
    return html.Section([shown, components.download_bar(figure=FIGURE)])


def schedule_title(found: data.RollOut) -> str:
    """How many villages are owed by the next milestone."""
    begun = int((found.villages["started_on"].notna()).sum())
    words = {"begun": begun, "all": len(found.villages), "year": int(found.rules["due_by"])}
    if found.owed_now:
        return _(
            "Roll-out: {begun} of {all} villages have begun; {owed} more are due by the end of {year}",
            owed=found.owed_now,
            **words,
        )
    return _("Roll-out: {begun} of {all} villages have begun, as many as are due by the end of {year}", **words)


def owing(found: data.RollOut) -> html.Section:
    """The townships without a village and the departments and townships that offer too little."""
    blocks = [township_line(found), department_table(found), township_services_line(found)]
    return components.section(_("Who owes"), [block for block in blocks if block is not None], className="kt-roll-out")


def township_line(found: data.RollOut) -> html.P:
    owed = found.townships[found.townships["owes_first"]]
    if owed.empty:
        return html.P(_("Every township has at least one village with the programme."))
    named = wording.joined([data.name(data.area(area_id) or {}) for area_id in owed["area_id"]])
    return html.P(_("Without any village yet, though each township owes at least one: {names}.", names=named))


def department_table(found: data.RollOut) -> html.Div | None:
    """Services for health points, by department."""
    if found.services.empty:
        return None
    cells = [
        [
            html.Span(row["department_zh"], lang="zh"),
            wording.number(row["required"]),
            wording.number(row["offered"]),
            html.Strong(_("owes {number}", number=wording.number(row["owed"]))) if row["owed"] else _("done"),
        ]
        for row in found.services.to_dict("records")
    ]
    heads = [_("Department"), _("Services asked"), _("On offer"), _("State")]
    return components.simple_table(
        heads, cells, caption=_("Services for health points by department"), numbers=(1, 2), className="kt-stacked"
    )


def township_services_line(found: data.RollOut) -> html.P | None:
    if not found.rules["per_township"]:
        return None
    owed = int((found.township_services["owed"] > 0).sum())
    return html.P(
        _(
            "Of {all} townships {owed} offer fewer than the {number} services for health points asked of each.",
            all=len(found.township_services),
            owed=owed,
            number=wording.number(found.rules["per_township"]),
        )
    )


def people(found: data.RollOut) -> html.Section:
    """Participation against both rules, the villages that fall short of one first."""
    rows = found.participation
    share, active = wording.value(found.rules["share"], "percent"), wording.number(found.rules["active"])
    neither = rows[~rows["meets_share"].fillna(False) | ~rows["meets_active"].fillna(False)]
    conflict = int(rows["conflict"].sum())
    heading = _(
        "{both} of {all} villages meet both rules: {share} of those on record take part, {active} are active",
        both=len(rows) - len(neither),
        all=len(rows),
        share=share,
        active=active,
    )
    shown = neither.sort_values("share").head(SHOWN)
    names = found.villages.set_index("village_id")
    cells = [
        [
            components.data_name(names.at[row["village_id"], "name_zh"], names.at[row["village_id"], "name_en"]),
            data.name(data.area(row["area_id"]) or {}),
            programme_words.people(row["persons_on_record"]),
            rule_cell(row["meets_share"], programme_words.share(row["share"])),
            rule_cell(row["meets_active"], programme_words.people(row["active_persons"])),
            _("yes") if row["conflict"] else "",
        ]
        for row in shown.to_dict("records")
    ]
    heads = [_("Village"), _("Township"), _("On record"), _("Taking part, of those on record"), _("Active people"),
             _("Rules conflict")]  # fmt: skip
    table = components.simple_table(heads, cells, caption=heading, numbers=(2, 3, 4), className="kt-stacked")
    note = _(
        "Both rules stand in the plan (section 二, for the pilot villages of 2023). In {number} villages {share} of those on record are fewer than {active} people: the share can be met while the floor is not.",
        number=conflict,
        share=share,
        active=active,
    )
    more = _("Shown: {shown} of {all} villages that miss a rule.", shown=len(shown), all=len(neither))
    return components.section(
        heading, [table, components.source_line(more), components.source_line(note)], className="kt-roll-out"
    )


def rules_by_year(found: data.RollOut) -> html.Section:
    """Each year's end, the current one's today: the schedule and both rules for people beside one another."""
    targets = found.schedule.set_index("year")
    words = {
        "share": wording.value(found.rules["share"], "percent"),
        "active": wording.number(found.rules["active"]),
    }
    cells = [
        [
            str(row["year"]),
            wording.goal(">=", targets.at[row["year"], "target"], "percent"),
            programme_words.share(targets.at[row["year"], "actual"]),
            _("{n} of {m}", n=row["counted"], m=row["begun"]),
            *(wording.number(row[name]) if row["counted"] else wording.MISSING
              for name in ("meet_share", "meet_active", "meet_both", "conflict")),
        ]
        for row in found.over_time.to_dict("records")
    ]  # fmt: skip
    heads = [
        _("Year"),
        _("Villages planned"),
        _("Villages that have begun"),
        _("Counts known"),
        _("{share} take part", **words),
        _("{active} active", **words),
        _("Meet both"),
        _("Rules conflict"),
    ]
    title = _("Year by year")
    table = components.simple_table(heads, cells, caption=title, numbers=range(1, 8), className="kt-stacked")
    note = _("At the end of each year, of the current one today, on the last counts known by then.")
    return components.section(title, [table, components.source_line(note)], className="kt-roll-out")


def rule_cell(meets: bool, said: str) -> html.Span:
    """A figure with whether it meets its rule, in sign and word."""
    if wording.is_missing(meets):
        return html.Span(_("not known"))
    return html.Span(
        [said, " ", html.Span("✓" if meets else "✗", title=_("meets the rule") if meets else _("misses the rule"))]
    )
