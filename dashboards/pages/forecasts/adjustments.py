"""Adjustments: what waits for approval, what is in force, one's own drafts. Nobody approves their own."""

from dash import html

from dashboards import adjustment_words, components, data, wording
from dashboards.access import current_user, may, register_page
from dashboards.adjustment_steps import note_field, outcome, step_button
from dashboards.adjustment_words import chances, told_of
from dashboards.language import gettext as _
from dashboards.language import mark, ngettext, pick

PATH, WORKBENCH = "/adjustments", "/workbench"
PERMISSION = "adjust forecasts"
SHOWN_OF_A_BATCH = 8


def layout(**query):
    """What waits, what is in force, and drafts of the reader's own; no query."""
    waiting = data.adjustments(states=("submitted",))
    force = data.adjustments(states=("approved",))
    mine = data.adjustments(states=("draft", "returned"), author=data.person().account)
    return components.page(
        title(waiting, force),
        subline=[_("All plans"), _("you act as {name}", name=own_name())],
        children=[
            outcome(),
            components.section(_("Waiting for approval"), waiting_part(waiting)),
            components.section(_("In force"), force_part(force)),
            components.section(_("Your drafts"), mine_part(mine)),
            html.P(
                [
                    components.link(_("Adjust many series at once"), "/adjustments/many"),
                    " · ",
                    components.link(_("What past adjustments were worth"), "/adjustments/value"),
                ]
            ),
            components.download_bar("adjustments"),
        ],
        method=[
            _(
                "Somebody else than the author approves. An approved adjustment counts in reviews until the day it holds."
            ),
            _("Check again: the model's median has moved by more than half of its 80 % width since it was made."),
            _("Every step is kept with name and time, and the one who took it can take it back."),
        ],
    )


def own_name() -> str:
    """The reader's name in the reader's language; the record keeps the one data.person() has."""
    user = current_user()
    return pick(user.display_zh, user.display_en) or user.name


def title(waiting, force) -> str:
    """How many wait, how many are in force, how many of these to look at again."""
    standing = force[~force["is_expired"]]
    said = ngettext("{number} adjustment waits for approval", "{number} adjustments wait for approval", len(waiting))
    force, again = len(standing), int(standing["needs_recheck"].sum())
    if again:
        in_force = _("{force} in force, {again} of them to be checked again", force=force, again=again)
    else:
        in_force = _("{force} in force", force=force)
    return f"{said}{_('; ')}{in_force}"


def waiting_part(rows) -> list:
    """One block an adjustment or a batch, with both buttons or the reason why there are none."""
    if rows.empty:
        return [html.P(_("Nothing waits."), className="kt-muted")]
    key = rows["batch_id"].where(rows["batch_id"].notna(), rows["adjustment_id"].astype(str))
    return [waiting_block(group) for _key, group in rows.groupby(key, sort=False)]


def waiting_block(rows) -> html.Article:
    """What is asked for, why, and the decision."""
    first = rows.iloc[0].to_dict()
    heads = [_("Area and indicator"), _("Adjustment"), _("Chance of missing")]
    shown = rows.head(SHOWN_OF_A_BATCH).to_dict("records")
    cells = [[series_link(row), told_of(row), chances(row)] for row in shown]
    more = len(rows) - len(shown)
    caption = _("What is asked for")
    parts = [
        components.simple_table(heads, cells, caption=caption, className="kt-stacked"),
        html.P(_("and {count} more in this batch", count=more)) if more else None,
        html.P([html.B(_("Why: ")), *adjustment_words.reason_line(first)]),
        *evidence(first),
        html.P(adjustment_words.who_shown(first), className="kt-muted"),
        decision(rows, first),
    ]
    return html.Article([part for part in parts if part is not None], className="kt-waiting")


def decision(rows, first: dict) -> html.Div:
    """Approve or return with a note; of one's own, why neither."""
    seen = seen_of(rows)
    if first["author"] == data.person().account:
        why = _("You wrote this one yourself: somebody else has to approve it. You can still take it back.")
        return html.Div([html.P(why, className="kt-own"), step_button("withdraw", _("Withdraw"), seen)])
    if not may("approve adjustments"):
        return html.Div(html.P(_("Your role does not approve adjustments."), className="kt-own"))
    return html.Div(
        [
            note_field(str(next(iter(seen))), _("Note (needed to return it)")),
            step_button("approve", _("Approve"), seen, main=True),
            step_button("return", _("Return"), seen),
        ],
        className="kt-steps",
    )


def seen_of(rows) -> dict[int, int]:
    return dict(zip(rows["adjustment_id"].astype(int), rows["revision"].astype(int), strict=True))


def series_link(row: dict) -> html.Span:
    """Area and indicator, to the workbench."""
    names = [data.name(data.area(row["area_id"]) or {}), data.name(data.indicator(row["indicator_id"]) or {})]
    key = {"plan": row["plan_id"], "indicator": row["indicator_id"], "area": row["area_id"], "target": row["target_id"]}
    return components.link(_("{area}, {indicator}", area=names[0], indicator=names[1]), WORKBENCH, **key)


def evidence(row: dict) -> list:
    files = adjustment_words.evidence_links(row["adjustment_id"])
    return [html.Div([html.B(_("Evidence: ")), *files])] if files else []


def force_part(rows) -> list:
    """What counts now; folded away, what is over."""
    standing, expired = rows[~rows["is_expired"]], rows[rows["is_expired"]]
    parts = [force_table(standing, _("In force"))]
    if standing.empty:
        parts = [html.P(_("No adjustment is in force: reviews show the model."), className="kt-muted")]
    if len(expired):
        said = ngettext("{number} adjustment has expired", "{number} adjustments have expired", len(expired))
        parts.append(html.Details([html.Summary(said), force_table(expired, said)]))
    return parts


def force_table(rows, caption: str):
    """What was approved, one row an adjustment; what to look at again first."""
    heads = [
        _("Area and indicator"), _("State"), _("Adjustment"), _("Chance of missing"), _("Reason for it"), _("Who"), _("Holds until"), "",
    ]  # fmt: skip
    rows = rows.sort_values(["needs_recheck", "expires_on"], ascending=[False, True])
    cells = [force_row(row) for row in rows.to_dict("records")]
    return components.simple_table(heads, cells, caption=caption, className="kt-stacked kt-adjustments")


def force_row(row: dict) -> list:
    marks = [adjustment_words.state_mark(adjustment_words.state_of(row, data.today()))]
    if row["needs_recheck"]:
        marks.append(adjustment_words.recheck_mark())
    seen = {int(row["adjustment_id"]): int(row["revision"])}
    buttons = [
        note_field(str(row["adjustment_id"]), _("Reason to withdraw")),
        step_button("withdraw", _("Withdraw"), seen),
    ]
    if row["approved_by"] == data.person().account:
        buttons.append(step_button("undo", _("Undo: {step}", step=_("approved")), seen))
    return [
        series_link(row),
        html.Div(marks, className="kt-stack"),
        told_of(row),
        chances(row),
        html.Div([*adjustment_words.reason_line(row), *evidence(row)]),
        adjustment_words.who_shown(row),
        wording.day(row["expires_on"]),
        html.Div(buttons, className="kt-steps"),
    ]


def mine_part(rows) -> list:
    """Drafts and what was returned, with the note; to the workbench to go on."""
    if rows.empty:
        return [html.P(_("You have no drafts."), className="kt-muted")]
    heads = [_("Area and indicator"), _("State"), _("Adjustment"), _("Reason for it"), _("Changed on"), ""]
    cells = [
        [
            series_link(row),
            html.Div([adjustment_words.state_mark(row["state"]), *returned_note(row)]),
            told_of(row),
            html.Span(adjustment_words.reason_line(row)),
            wording.day(row["changed_at"]),
            html.Div(mine_steps(row), className="kt-steps"),
        ]
        for row in rows.to_dict("records")
    ]
    return [components.simple_table(heads, cells, caption=_("Your drafts"), className="kt-stacked kt-adjustments")]


def mine_steps(row: dict) -> list:
    seen = {int(row["adjustment_id"]): int(row["revision"])}
    return [step_button("submit", _("Submit"), seen), step_button("withdraw", _("Withdraw"), seen)]


def returned_note(row: dict) -> list:
    """What is to be mended, where it was returned."""
    if row["state"] != "returned":
        return []
    last = data.adjustment_events(row["adjustment_id"]).iloc[-1]
    said = f"{last['account_name']}{_(': ')}{last['note'] if isinstance(last['note'], str) else ''}"
    return [html.Div(components.mark_chinese(said))]


@components.exporter("adjustments", permission=PERMISSION)
def export(query: dict) -> components.Export:
    """Every adjustment the reader may see, all states."""
    frame = adjustment_words.export_frame(data.adjustments().to_dict("records"))
    return components.Export(frame, _("Adjustments of forecasts"))


register_page(
    __name__,
    path=PATH,
    name=mark("Adjustments"),
    section=mark("Forecasts"),
    permission=PERMISSION,
    layout=layout,
    order=63,
)
