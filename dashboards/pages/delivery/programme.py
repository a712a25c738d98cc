"""One programme: expected against actual at each step, where most are lost, who has not reported; by district, township."""

import pandas as pd
from dash import html

from dashboards import (
    components,
    data,
    plan_controls,
    programme_charts,
    programme_words,
    record_words,
    roll_out_section,
    wording,
)
from dashboards.access import register_page
from dashboards.components import choice
from dashboards.language import gettext as _
from dashboards.language import mark
from models import cascade

LIST = "/programmes"
MOST_PERIODS = 36
MOST_ASIDE = 10
FIGURE, TREND = "programme-cascade", "programme-trend"


def layout(programme_id: str = "", **query):
    """?area=&period=&turn=due|round: the programme in an area up to a period; with a rota the batch due, or the round."""
    row = data.programme(programme_id)
    if row is None:
        return components.not_found()
    now = asked(row, query)
    if now is None:
        return nothing_reported(row)
    children = [figure(now), components.download_bar("programme", figure=FIGURE, programme_id=programme_id)]
    behind = roll_out(now)
    if behind:  # what the plan asks of self-management comes first: the villages
        people = components.section(_("Who takes part"), children)
        children, behind = behind[:1], [*behind[1:], people]
    return components.page(
        title(now),
        trail=trail(now),
        subline=subline(now),
        controls=controls(now, query),
        children=children,
        table=[*behind, *parts_section(now), *trend_section(now), *aside_section(now)],
        method=method(now),
    )


def title(now: data.Standing) -> str:
    """Where most are lost; of self-management how far its villages are."""
    if now.programme["kind"] == "self_management":
        found = data.self_management(now.area_id, data.bureau_day())
        if found is not None:
            return roll_out_section.schedule_title(found)
    return programme_words.finding(now)


def asked(row: dict, query: dict) -> data.Standing | None:
    """What the address asks for; what it does not know of stands as it does by itself. None before the first report."""
    periods = data.programme_periods(row["programme_id"])
    if not periods:
        return None
    period = query.get("period") if query.get("period") in periods else periods[0]
    area_id = query.get("area") if data.lies_in(query.get("area", ""), row["top"]) else row["top"]
    return data.standing(row["programme_id"], area_id, period, "round" if query.get("turn") == "round" else "due")


def nothing_reported(row: dict):
    """A programme without counts."""
    advice = _("Its counts come in with the kind programme_counts; the template has a column for each step.")
    content = components.empty(
        _("Nothing has been reported yet"), advice, action=components.link(_("To the upload page"), "/upload")
    )
    here = components.data_name(row["name_zh"], row["name_en"])
    extra = roll_out_section.section_for(row, row["top"])
    return components.page(
        _("{programme}: nothing has been reported", programme=data.name(row)),
        trail=plan_controls.trail((_("All programmes"), LIST), here=here),
        children=[content, *extra],
    )


def trail(now: data.Standing):
    """The list, the programme, then the areas down to the one shown."""
    path = f"{LIST}/{now.programme['programme_id']}"
    steps = [(_("All programmes"), LIST)]
    above = data.trail(now.area_id, now.programme["top"])
    if len(above) < 2:
        return plan_controls.trail(
            *steps, here=components.data_name(now.programme["name_zh"], now.programme["name_en"])
        )
    steps.append((data.name(now.programme), path))
    steps += [(data.name(step), components.address(path, area=step["area_id"])) for step in above[1:-1]]
    return plan_controls.trail(*steps, here=components.data_name(above[-1]["name_zh"], above[-1]["name_en"]))


def subline(now: data.Standing) -> list:
    """Kind, area, round, period, who reported, how much of the round is over."""
    received = now.programme["received_at"]
    return [
        _(programme_words.KINDS[now.programme["kind"]]),
        data.name(data.area(now.area_id)),
        _("round {round}", round=programme_words.round_of(now)),
        _("up to {period}", period=wording.period(now.period)),
        programme_words.reported_units(now.reports),
        None if wording.is_missing(received) else _("last report {day}", day=wording.day(received)),
    ]


def controls(now: data.Standing, query: dict) -> list:
    """Area, period and, with a rota, the batch due or the whole round."""
    top = now.programme["top"]
    below = data.units_below(now.area_id)
    near = below if len(below) else data.units_below(data.area(now.area_id)["parent_id"])
    places = {step["area_id"]: step for step in data.trail(now.area_id, top)}
    places |= {one["area_id"]: one for one in near.to_dict("records") if data.lies_in(one["area_id"], top)}
    areas = [{"value": key, "label": data.name(one)} for key, one in places.items()]
    periods = data.programme_periods(now.programme["programme_id"])[:MOST_PERIODS]
    offered = periods if now.period in periods else [*periods, now.period]
    chosen = [
        choice("area", _("Area"), areas, now.area_id),
        choice("period", _("Up to"), [{"value": one, "label": wording.period(one)} for one in offered], now.period),
    ]
    if now.batch is not None:
        batches = wording.joined(sorted({str(batch) for batch in now.batch["batch"].dropna()}))
        due = _("Batch {batch}, due this year", batch=batches) if batches else _("No batch due this year")
        turns = [{"value": "due", "label": due}, {"value": "round", "label": _("The whole round")}]
        chosen.append(choice("turn", _("Rota"), turns, "round" if query.get("turn") == "round" else "due"))
    return chosen


def figure(now: data.Standing) -> html.Div:
    """The cascade of the area."""
    if now.whole.empty or now.whole["actual"].isna().all():
        return components.empty(
            _("No unit of this choice has reported in this round"), _("Choose another period or area.")
        )
    worst = cascade.worst_step(now.whole)
    name = None if worst is None else worst["stage"]
    drawn = programme_charts.cascade_bars(now.whole, now.programme["kind"], name, palette=components.palette())
    source = _(
        "Source: counts reported by the units, {reported}; the upright mark is what is expected by now",
        reported=programme_words.reported_units(now.reports),
    )
    height = programme_charts.cascade_height(now.whole) + 40
    shown = components.graph(
        FIGURE, components.finish(drawn, source=source), alt=components.figures.describe(programme_words.finding(now)),
        file_name=f"kangtu-{now.programme['programme_id']}", height=height,
    )  # fmt: skip
    return html.Div([shown, missing_line(now)])


def missing_line(now: data.Standing) -> html.P | None:
    """The units that have sent nothing this round, by name."""
    silent = [area_id for area_id in now.reports.index if now.reports.at[area_id, "received"] == 0]
    parts = []
    if silent:
        named = wording.joined([data.name(data.area(area_id) or {}) for area_id in silent[:6]])
        more = _(" and {number} more", number=len(silent) - 6) if len(silent) > 6 else ""
        parts.append(
            _("No report this round: {names}{more}. They are left out, not counted as nought.", names=named, more=more)
        )
    if now.questioned:
        parts.append(_("{number} counts are questioned: a note explains them.", number=now.questioned))
    return html.P(" ".join(parts), className="kt-source") if parts else None


def parts_section(now: data.Standing) -> list:
    """The table of the areas right below, with every step and who has not reported."""
    rows = part_rows(now)
    if not rows:
        return []
    stages = list(now.rules.stages)
    heads = [_("Area"), *(programme_words.step(stage, now.programme["kind"]) for stage in stages), _("Most are lost at"),
             _("Units reporting"), _("Reports received")]  # fmt: skip
    numbers = (*range(1, len(stages) + 1), len(stages) + 2, len(stages) + 3)
    table = components.simple_table(
        heads, rows, caption=_("Steps by area"), numbers=numbers, className="kt-stacked kt-cascade-parts"
    )
    note = _("In brackets the share of the step it follows from. Order: the most people short first.")
    programme_id = now.programme["programme_id"]
    ways = record_words.tools(
        record_words.list_link(
            "programme_counts", _("The counts, one by one: mend, history, file"),
            programme_id=programme_id, area=now.area_id,
        ),
        record_words.add_link("programme_counts", _("Add a count"), is_button=False, programme_id=programme_id),
        record_words.links_of(
            "programmes", {"programme_id": programme_id}, only=(record_words.EDIT,), edit=_("Settings of the programme")
        ),
    )  # fmt: skip
    return [components.section(_("By area"), [table, components.source_line(note), ways])]


def part_rows(now: data.Standing) -> list[list]:
    """One row an area right below, the most people short first."""
    found = []
    groups = cascade.groups_below(now.units.index, data.areas().reset_index(drop=True), now.area_id)
    for area_id, steps in now.parts.groupby("group", sort=False):
        worst = cascade.worst_step(steps)
        members = now.reports.loc[groups.index[groups == area_id]]
        found.append((0.0 if worst is None else -worst["shortfall"], area_id, part_cells(now, area_id, steps, members)))
    return [cells for _order, _area, cells in sorted(found, key=lambda one: one[:2])]


def part_cells(now: data.Standing, area_id: str, steps: pd.DataFrame, members: pd.DataFrame) -> list:
    """The cells of one area."""
    where = data.area(area_id) or {"name_zh": area_id, "name_en": area_id}
    path = f"{LIST}/{now.programme['programme_id']}"
    name = components.data_name(where["name_zh"], where["name_en"])
    key = {"programme_id": now.programme["programme_id"], "area_id": area_id, "period": now.period}
    has_below = len(data.units_below(area_id)) > 0 and area_id != now.area_id
    worst = cascade.worst_step(steps)
    received, due = int(members["received"].sum()), int(members["due"].sum())
    silent = int((members["received"] == 0).sum())
    said = _("{n} of {m}", n=len(members) - silent, m=len(members))
    return [
        components.link(name, path, area=area_id, period=now.period)
        if has_below
        else record_words.with_links(
            name, "programme_counts", key, edit=_("Edit {period}", period=wording.period(now.period))
        ),
        *(programme_words.count_and_share(row) for row in steps.to_dict("records")),
        worst_words(worst, now.programme["kind"]),
        html.Span(said, className="kt-lacking" if silent else ""),
        html.Span(
            _("{n} of {m}", n=received, m=due) + (f" ⚠ {due - received}" if received < due else ""),
            title=_("{number} reports have not come", number=due - received) if received < due else None,
            className="kt-lacking" if received < due else "",
        ),
    ]


def worst_words(worst, kind: str) -> str:
    """The step at which most are lost and how many."""
    if worst is None:
        return wording.MISSING
    return _(
        "{step}: {people} short",
        step=programme_words.step(worst["stage"], kind),
        people=programme_words.people(worst["shortfall"]),
    )


def trend_section(now: data.Standing) -> list:
    """Who attended, by period."""
    stage = "attended" if "attended" in now.rules.stages else now.rules.stages[0]
    rows = data.programme_trend(now.programme["programme_id"], now.area_id, stage, now.period)
    if len(rows) < 2:
        return []
    units = len(now.reports) if now.batch is None else int(rows["units_reported"].max())
    drawn = programme_charts.trend_bars(
        rows, units, is_level=now.rules.counted == "level", palette=components.palette()
    )
    heading = _("{step} by period", step=programme_words.step(stage, now.programme["kind"]))
    source = _("Hollow: fewer than nine in ten units have reported that period")
    shown = components.graph(
        TREND, components.finish(drawn, source=source), alt=heading, file_name="kangtu-trend", height=320
    )
    return [components.section(heading, [shown, components.download_bar(figure=TREND)])]


def aside_section(now: data.Standing) -> list:
    """Reported counts that do not stand because a certified one does."""
    rows = data.kept_aside(now.programme["programme_id"])
    if rows.empty:
        return []
    cells = [
        [data.name(data.area(row["area_id"])), wording.period(row["period"]),
         programme_words.step(row["stage"], now.programme["kind"]), programme_words.people(row["certified_value"]),
         programme_words.people(row["value"]), wording.day(row["received_at"])]
        for row in rows.head(MOST_ASIDE).to_dict("records")
    ]  # fmt: skip
    heads = [_("Area"), _("Period"), _("Step"), _("Certified"), _("Reported later"), _("Received")]
    table = components.simple_table(heads, cells, caption=_("Kept aside"), numbers=(3, 4), className="kt-stacked")
    note = _("The certified count stands. If it is wrong, import the right one as certified.")
    heading = _("{number} reported counts differ from certified ones", number=len(rows))
    return [components.section(heading, [table, components.source_line(note)])]


def roll_out(now: data.Standing) -> list:
    """Villages, townships and departments of self-management."""
    return roll_out_section.section_for(now.programme, now.area_id)


def method(now: data.Standing) -> list:
    """How the counts are taken."""
    rules, row = now.rules, now.programme
    lines = [
        _(programme_words.COUNTED[rules.counted]),
        _(
            "A rate is worked out from counts of the units that reported both of its steps, never averaged; a missing report is no nought."
        ),
    ]
    if rules.coverage_target_percent is not None:
        target = wording.value(rules.coverage_target_percent, "percent")
        lines.append(
            _(
                "Expected: {target} of those eligible attend by the end of the round; {share} of it is over.",
                target=target,
                share=programme_words.share(100 * now.over.elapsed),
            )
        )
    else:
        lines.append(_("Expected: everybody eligible, as no coverage is asked for."))
    lines.append(_("Expected further: all found positive are confirmed and followed up, all who came are uploaded."))
    if (rules.cycle_months or 12) > 12:
        rule = (
            _("One visit a round: visits of all its years are added.")
            if rules.person_rule == "sum"
            else _(
                "People may come each year: the fullest year of the round counts, the least number of people the counts vouch for."
            )
        )
        lines.append(_("A person counts once in {months} months.", months=rules.cycle_months) + " " + rule)
    if programme_words.eligibility(row):
        lines.append(_("Eligible: {who}", who=programme_words.eligibility(row)))
    if isinstance(row["plan_id"], str) and row["plan_id"] in data.all_plans().index:
        plan = data.name(data.all_plans().loc[row["plan_id"]])
        link = components.link(plan, f"/plans/{row['plan_id']}", part="programmes")
        lines.append(html.Span([_("Implements:"), " ", link]))
    return lines


@components.exporter("programme")
def export(query: dict) -> components.Export:
    """Every step of the area and of those right below it."""
    row = data.programme(query.get("programme_id"))
    now = None if row is None else asked(row, query)
    if now is None:
        return components.Export(pd.DataFrame({_("Area"): []}), _("Nothing has been reported yet"), {})
    both = pd.concat([now.whole, now.parts]).drop_duplicates(["group", "stage"])
    frame = pd.DataFrame(
        {
            _("Area code"): both["group"].to_numpy(),
            _("Area"): [data.name(data.area(area_id) or {}) for area_id in both["group"]],
            _("Step"): [programme_words.step(stage, now.programme["kind"]) for stage in both["stage"]],
            _("Actual"): both["actual"].to_numpy(),
            _("Expected by now"): both["expected"].round().to_numpy(),
            _("People short"): both["shortfall"].round().to_numpy(),
            _("Share of the step before (%)"): both["rate"].round(2).to_numpy(),
            _("Share of those eligible (%)"): both["overall"].round(2).to_numpy(),
            _("Units"): both["units"].to_numpy(),
            _("Units reporting"): both["units_reported"].to_numpy(),
        }
    )
    about = {_("Round"): programme_words.round_of(now), _("Up to"): wording.period(now.period)}
    return components.Export(frame, programme_words.finding(now), about)


register_page(
    __name__,
    path=LIST,
    path_template=f"{LIST}/<programme_id>",
    name=mark("Programme"),
    permission="see figures",
    layout=layout,
)
