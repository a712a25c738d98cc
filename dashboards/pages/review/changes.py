"""What moved since the last review: marks that got worse, better, were newly judged; how many stand where, then and now."""

import pandas as pd
from dash import html

from dashboards import components, data, departments, wording
from dashboards.access import register_page
from dashboards.components import ANY, STATUSES, choice
from dashboards.language import gettext as _
from dashboards.language import mark, ngettext
from models import changes as ch
from models.rollups import status_counts

PATH, INDICATOR = "/changes", "/indicator"
SHOWN_AT_FIRST, MOST_ROWS = 10, 200
GROUPS = {
    ch.WORSE: mark("Got worse"),
    ch.BETTER: mark("Got better"),
    ch.NEWLY_JUDGED: mark("Newly judged"),
    ch.NO_LONGER_JUDGED: mark("No longer judged"),
}
CAUSES = {
    ch.NEW_TARGET: mark("new in the plan or the register"),
    ch.GONE: mark("no longer in the plan or the register"),
    ch.GOAL_REVISED: mark("the goal was revised"),
    ch.NEW_FIGURE: mark("a newer figure came in"),
    ch.FIGURE_REVISED: mark("the figure was corrected"),
    ch.NOTHING_NEW: mark("no new figure: the path or earlier figures moved"),
}


def layout(**query):
    """?plan=&area=&as_of=&since=&show=worse; since: the review to compare with, the one before where not given."""
    plan = data.plan(query.get("plan"))
    if plan is None:
        return components.nothing_judged()
    review = data.review(plan["plan_id"], query.get("as_of"))
    if review is None:
        return components.no_review(plan, query["as_of"], PATH, query)
    home = data.place(plan["plan_id"], query.get("area"))
    since = day_before(plan, review, query.get("since"))
    frame = {
        "subline": data.subline(plan["plan_id"], home["area_id"], review.as_of),
        "controls": controls(plan, review, since, query),
    }
    old = components.review_notice(review, PATH, query)
    if since is None:
        return components.page(
            _("There is no earlier review to compare with"), children=[old, first_review(plan)], **frame
        )
    rows = within(data.moved(plan["plan_id"], since, review.as_of), plan, query)
    groups = [group(rows, change, plan, query) for change in GROUPS]
    return components.page(
        title(rows, since, query, home),
        children=[
            old,
            then_and_now(rows, since, review),
            *groups,
            None if any(groups) else components.empty(_("No mark has moved between the two reviews"), ""),
            components.download_bar("changes", **query),
        ],
        method=[
            _("A case is one target in one area. Counts of cases, no averages of marks."),
            _("Each review counts only what had been reported by its day, against the targets in force then."),
            _(
                "Newly judged: could not be judged, or did not stand in the plan or the register, at the earlier review."
            ),
        ],
        **frame,
    )


def day_before(plan: dict, review: data.Review, asked: str | None):
    """The day of the earlier review: the one asked for where there is one before the review shown, else the last."""
    days = [day.date() for day in data.reviews(plan["plan_id"])["as_of"] if day.date() < review.day]
    return next((day for day in days if day.isoformat() == asked), days[0] if days else None)


def areas_of(plan: dict, query: dict) -> list[str]:
    """One area, or (none asked for) the plan's area and the units below it."""
    if query.get("area", ANY) != ANY:
        return [data.place(plan["plan_id"], query["area"])["area_id"]]
    home = data.place(plan["plan_id"], None)["area_id"]
    return [home, *data.units_below(home).index]


def within(rows: pd.DataFrame, plan: dict, query: dict) -> pd.DataFrame:
    return rows[rows["area_id"].isin(areas_of(plan, query))]


def title(rows: pd.DataFrame, since, query: dict, home: dict) -> str:
    """The finding in words."""
    counts = rows["change"].value_counts()
    place = data.name(home)
    if query.get("area", ANY) == ANY:
        place = _("{place} and its districts", place=place)
    return _(
        "{place}: {worse} got worse and {better} got better since {day}",
        place=place,
        worse=int(counts.get(ch.WORSE, 0)),
        better=int(counts.get(ch.BETTER, 0)),
        day=wording.day(since),
    )


def controls(plan: dict, review: data.Review, since, query: dict) -> list:
    """Plan, area, the review and the one it is compared with."""
    home = data.place(plan["plan_id"], None)
    plan_choice, _plain_area_choice = components.plan_and_area(plan, home)
    places = [home, *data.units_below(home["area_id"]).to_dict("records")]
    areas = [{"value": ANY, "label": _("{place} and its districts", place=data.name(home))}]
    areas += [{"value": row["area_id"], "label": data.name(row)} for row in places]
    days = [day.date() for day in data.reviews(plan["plan_id"])["as_of"] if day.date() < review.day]
    earlier = [{"value": day.isoformat(), "label": wording.day(day)} for day in days]
    chosen = [plan_choice, choice("area", _("Area"), areas, query.get("area") or ANY)]
    chosen += components.review_choice(plan, review)
    return chosen + ([choice("since", _("Compared with"), earlier, since.isoformat())] if len(earlier) > 1 else [])


def first_review(plan: dict) -> html.Div:
    """What to do for a comparison."""
    command = f"python manage.py judge --plan {plan['plan_id']} --as-of YYYY-MM-DD"
    return components.notice(
        _("Judge the plan as of an earlier day"),
        _("An administrator can make it:"),
        action=html.Code(command),
    )


def then_and_now(rows: pd.DataFrame, since, review: data.Review) -> html.Div:
    """How many cases stood where at either review."""
    counts = [
        status_counts(pd.Series("all", index=rows.index), rows[column]).reindex(["all"], fill_value=0).loc["all"]
        for column in ("status_before", "status")
    ]
    lines = []
    for status in STATUSES:
        then, now = (int(count[status]) for count in counts)
        lines.append([components.status_mark(status), wording.number(then), wording.number(now), signed(now - then)])
    then, now = (int(count["total"]) for count in counts)
    lines.append([_("All cases"), wording.number(then), wording.number(now), signed(now - then)])
    heads = [_("Status"), wording.day(since), wording.day(review.day), _("Difference")]
    return components.simple_table(
        heads, lines, caption=_("Cases by status at both reviews"), numbers=(1, 2, 3), className="kt-then-now"
    )


def signed(difference: int) -> str:
    """+3, −2, 0."""
    return f"{'+' if difference > 0 else ''}{wording.number(difference)}"


def group(rows: pd.DataFrame, change: str, plan: dict, query: dict) -> html.Section | None:
    """One kind of move: its cases, what each stood at before and stands at now, and why."""
    found = rows[rows["change"] == change]
    if found.empty:
        return None
    shown = found.head(MOST_ROWS if query.get("show") == change else SHOWN_AT_FIRST)
    heads = [_("Target"), _("Area"), _("Before"), _("Now"), _("What is new"), _("Responsible")]
    lines = [case(row, plan, query) for row in shown.to_dict("records")]
    table = components.simple_table(heads, lines, caption=_(GROUPS[change]), className="kt-stacked kt-moved")
    parts = [table]
    if len(shown) < len(found):
        more = components.link(_("Show all {total}", total=len(found)), PATH, **{**query, "show": change})
        parts.append(html.P([_("The first {shown} of {total}.", shown=len(shown), total=len(found)), " ", more]))
    heading = ngettext("{what}: {number} case", "{what}: {number} cases", len(found), what=_(GROUPS[change]))
    return components.section(heading, parts)


def case(row: dict, plan: dict, query: dict) -> list:
    """The cells of one case."""
    name = components.data_name(row["target_name_zh"], row["target_name_en"])
    if row["cause"] != ch.GONE:
        state = {"plan": plan["plan_id"], "area": row["area_id"], "as_of": query.get("as_of")}
        name = components.link(name, INDICATOR, **state, indicator=row["indicator_id"], target=row["target_id"])
    return [
        name,
        components.data_name(row["area_name_zh"], row["area_name_en"]),
        stood(row, "_before"),
        stood(row, ""),
        _(CAUSES[row["cause"]]),
        departments.listed(departments.split(row["lead_departments_zh"])),
    ]


def stood(row: dict, at: str) -> html.Div | str:
    """The mark at a review, and under it the figure and its period."""
    if wording.is_missing(row[f"status{at}"]):
        return wording.MISSING
    decimals = 1 if wording.is_missing(row["decimals"]) else int(row["decimals"])
    figure = wording.value(row[f"observed{at}"], row["unit"], decimals)
    period = "" if wording.is_missing(row[f"period{at}"]) else wording.period(row[f"period{at}"])
    under = html.Div([figure, " ", html.Span(period)], className="kt-muted")
    is_adjusted = row[f"forecast_version{at}"] == components.ADJUSTED
    version = components.version_mark(components.ADJUSTED) if is_adjusted else None
    return html.Div([components.status_mark(row[f"status{at}"]), version, under if period else None])


def versions(rows: pd.DataFrame) -> dict:
    """What a download says where either review rests on adjusted forecasts; nothing where none does."""
    both = rows[["forecast_version_before", "forecast_version"]]
    if not (both == components.ADJUSTED).any(axis=None):
        return {}
    words = {components.MODEL: _("Model"), components.ADJUSTED: _("Adjusted")}
    return {
        _("Chance of missing before, model"): rows["p_miss_model_before"].to_numpy(),
        _("Chance of missing, model"): rows["p_miss_model"].to_numpy(),
        _("Forecast version before"): rows["forecast_version_before"].map(words).to_numpy(),
        _("Forecast version"): rows["forecast_version"].map(words).to_numpy(),
    }


@components.exporter("changes")
def export(query: dict) -> components.Export:
    """Every case of the address, moved or not."""
    plan = data.plan(query.get("plan"))
    review = components.review_of_file(plan, query)
    since = day_before(plan, review, query.get("since"))
    before = since or review.day  # without an earlier review nothing has moved
    rows = within(data.moved(plan["plan_id"], before, review.as_of), plan, query)
    words = {status: _(word) for status, (word, _meaning) in STATUSES.items()}
    kinds = {
        **{change: _(word) for change, word in GROUPS.items()},
        ch.SAME: _("The same"),
        ch.NOT_JUDGED: _("Not judged"),
    }
    records = rows.to_dict("records")
    frame = pd.DataFrame(
        {
            _("What moved"): rows["change"].map(kinds).to_numpy(),
            _("Action"): [data.name(row, "action_title") for row in records],
            _("Target"): [data.name(row, "target_name") for row in records],
            _("Area code"): rows["area_id"].to_numpy(),
            _("Area"): [data.name(row, "area_name") for row in records],
            _("Status before"): rows["status_before"].map(words).to_numpy(),
            _("Status"): rows["status"].map(words).to_numpy(),
            _("Period before"): rows["period_before"].to_numpy(),
            _("Period"): rows["period"].to_numpy(),
            _("Figure before"): rows["observed_before"].to_numpy(),
            _("Figure"): rows["observed"].to_numpy(),
            _("Unit"): [wording.unit_name(unit) for unit in rows["unit"]],
            _("Chance of missing before"): rows["p_miss_before"].to_numpy(),
            _("Chance of missing"): rows["p_miss"].to_numpy(),
            **versions(rows),
            _("What is new"): [_(CAUSES[cause]) for cause in rows["cause"]],
            _("Responsible"): [departments.sentence(names) for names in rows["lead_departments_zh"]],
        }
    )
    home = data.place(plan["plan_id"], query.get("area"))
    about = {
        _("Plan"): data.name(plan),
        _("Judged as of"): wording.day(review.day),
        _("Compared with"): wording.day(since),
    }
    return components.Export(frame, title(rows, before, query, home), about)


register_page(
    __name__,
    path=PATH,
    name=mark("What moved"),
    section=mark("Review"),
    permission="see figures",
    layout=layout,
    order=35,
)
