"""The year's work points: what is overdue, what is late, what is due this month, and whose it is."""

import calendar
from datetime import date

import pandas as pd
from dash import html

from dashboards import components, data, departments, plan_controls, record_words, task_charts, wording
from dashboards.access import register_page
from dashboards.components import ANY, choice
from dashboards.language import gettext as _
from dashboards.language import mark, ngettext, pick
from dashboards.plan_words import in_its_language
from dashboards.task_words import LAMPS, bar, days_left, finding, lamp, progress

PATH, FIGURE = "/tasks", "tasks-over-time"
GROUPS = {"owner_zh": mark("By department"), "chapter_zh": mark("By chapter")}
VIEWS = {"month": mark("By month"), "quarter": mark("By quarter"), "year": mark("By year")}
MOST_DUE, ROWS_A_PAGE = 8, 50


def layout(**query):
    """?year=&department=&chapter=&lamp=&group=owner_zh|chapter_zh&view=month|quarter|year&page=."""
    years = data.task_years()
    if not years:
        return nothing_yet()
    year = int(query["year"]) if query.get("year") in {str(one) for one in years} else years[0]
    every = data.work_points(year)
    points = chosen(every, query)
    group = query.get("group") if query.get("group") in GROUPS else "owner_zh"
    return components.page(
        finding(points, whose(query), year),
        subline=subline(points),
        controls=controls(every, years, year, query, group),
        children=[
            due_this_month(points),
            board(points, group, query) if len(points) else components.empty(_("No work point fits this choice"), ""),
            components.download_bar("tasks", **query),
        ],
        table=[*over_time(points, year, query), *listing(points, query)],
        method=[
            _(
                "Behind time: at the end of the last reported month a fifth or more of the quantity behind even progress from the beginning of the year to the last day."
            ),
            _("Not heard of: no report for more than {days} days. A missing report is missing, never nought.", days=92),
            _("A point counts for its lead department only; cooperating departments are named in the list."),
        ],
    )


def nothing_yet():
    """Before the first work points came in."""
    advice = _("Work points come in with the kind tasks, what is done of them with the kind task_reports.")
    action = components.link(_("To the upload page"), "/upload")
    content = components.empty(_("Nothing has come in yet"), advice, action=action)
    return components.page(_("Work points of the year"), children=[content])


def chosen(points: pd.DataFrame, query: dict) -> pd.DataFrame:
    """The work points the address asks for; unknown values ask for all."""
    for key, column in (("department", "owner_zh"), ("chapter", "chapter_zh"), ("lamp", "lamp")):
        asked = query.get(key, ANY)
        if asked != ANY and asked in set(points[column].dropna()):
            points = points[points[column].eq(asked)]
    return points


def whose(query: dict) -> str:
    """The department or chapter asked for, else all of them."""
    department, chapter = query.get("department", ANY), query.get("chapter", ANY)
    if department != ANY:
        return departments.said(department)
    return chapter_words(chapter) if chapter != ANY else _("All departments")


def chapter_words(chapter: str) -> str:
    """A chapter in the reader's words: as the action of that name is called, else as the data writes it."""
    return pick(chapter, data.action_names().get(chapter))


def subline(points: pd.DataFrame) -> list:
    """Day, how many departments, the last month reported."""
    told = pd.to_datetime(points["period_ends"]).max()
    return [
        _("as of {day}", day=wording.day(data.bureau_day())),
        ngettext("{number} department", "{number} departments", points["owner_zh"].nunique()),
        None if pd.isna(told) else _("reports up to {month}", month=wording.period(f"{told:%Y-%m}")),
    ]


def controls(points: pd.DataFrame, years: list[int], year: int, query: dict, group: str) -> list:
    """Year, department, chapter, lamp and how the board is arranged."""
    owners = points["owner_zh"].value_counts().index
    chapters = points["chapter_zh"].dropna().unique()
    lamps = [key for key in LAMPS if key in set(points["lamp"])]
    return [
        choice("year", _("Year"), [{"value": str(one), "label": str(one)} for one in years], str(year)),
        _choice("department", _("Department"), [(one, departments.said(one)) for one in owners], query),
        _choice("chapter", _("Chapter"), [(one, chapter_words(one)) for one in chapters], query),
        _choice("lamp", _("State"), [(key, _(LAMPS[key][0])) for key in lamps], query),
        choice("group", _("Board"), [{"value": key, "label": _(word)} for key, word in GROUPS.items()], group),
    ]


def _choice(key: str, label: str, offered: list[tuple[str, str]], query: dict):
    options = [{"value": ANY, "label": _("All")}, *({"value": value, "label": words} for value, words in offered)]
    asked = query.get(key)
    return choice(key, label, options, asked if asked in {value for value, _words in offered} else ANY)


def due_this_month(points: pd.DataFrame) -> html.P | None:
    """What must be done before this month is out."""
    today = data.bureau_day()
    end = date(today.year, today.month, calendar.monthrange(today.year, today.month)[1])
    ends = pd.to_datetime(points["ends"])
    is_due = ends.between(pd.Timestamp(today), pd.Timestamp(end)) & ~points["lamp"].isin(("done", "stopped"))
    due = points[is_due]
    if due.empty:
        return html.P(_("Nothing falls due this month."), className="kt-muted")
    named = wording.joined([data.name(row, "title") for row in due.head(MOST_DUE).to_dict("records")])
    return html.P(
        ngettext(
            "{number} falls due this month: {names}", "{number} fall due this month: {names}", len(due), names=named
        )
    )


def board(points: pd.DataFrame, group: str, query: dict) -> html.Div:
    """One row a department or chapter, most trouble first: its bar and its counts."""
    shown = [key for key in LAMPS if points["lamp"].eq(key).any()]
    heads = [
        _("Department") if group == "owner_zh" else _("Chapter"),
        "",
        *(_(LAMPS[key][0]) for key in shown),
        _("All"),
    ]
    rows = []
    for name, counts in data.lamp_counts(points, group).iterrows():
        key = "department" if group == "owner_zh" else "chapter"
        words = departments.said(name) if group == "owner_zh" else chapter_words(name)
        link = components.link(components.mark_chinese(words), PATH, **{**query, key: name})
        rows.append(
            [link, bar(counts), *(components.count(counts[lamp_key]) for lamp_key in shown), int(counts["total"])]
        )
    caption = _("How the work points stand")
    numbers = range(2, 3 + len(shown))
    return components.simple_table(heads, rows, caption=caption, numbers=list(numbers), className="kt-task-board")


def over_time(points: pd.DataFrame, year: int, query: dict) -> list:
    """How the points stood at the end of each month, quarter or year so far."""
    if points.empty:
        return []
    view = query.get("view") if query.get("view") in VIEWS else "month"
    days, names = ends_of(year, view, data.bureau_day())
    rows = data.work_points_over_time(year, tuple(points["task_id"]), days)
    figure = components.finish(
        task_charts.over_time(rows, names, palette=components.palette()), source=_("Source: reports of the departments")
    )
    alt = _("Work points by state at the end of each period")
    options = [{"value": key, "label": _(word)} for key, word in VIEWS.items()]
    return [
        html.H2(_("How it went")),
        html.Div([choice("view", _("Count"), options, view)], className="kt-controls"),
        components.graph(FIGURE, figure, alt=alt, file_name="kangtu-tasks", height=task_charts.HEIGHT + 40),
        components.download_bar(figure=FIGURE),
    ]


def ends_of(year: int, view: str, today: date) -> tuple[tuple[date, ...], list[str]]:
    """The ends of the year's months or quarters that have passed, today for the one that runs, and their names."""
    step = {"month": 1, "quarter": 3, "year": 12}[view]
    days, names = [], []
    for month in range(step, 13, step):
        end = date(year, month, calendar.monthrange(year, month)[1])
        if date(year, month - step + 1, 1) > today:
            break
        days.append(min(end, today))
        period = {"month": f"{year}-{month:02d}", "quarter": f"{year}Q{month // 3}", "year": str(year)}[view]
        name = within_year(period)
        names.append(name if end <= today else _("{period} so far", period=name))
    return tuple(days), names


def within_year(period: str) -> str:
    """The period without its year, which the title says: 7月, Jul; a whole year keeps it."""
    words = wording.period(period)
    return words if len(period) == 4 else words.replace(f"{period[:4]}年", "").replace(f" {period[:4]}", "")


def listing(points: pd.DataFrame, query: dict) -> list:
    """The work points of the choice, worst first, fifty a page."""
    if points.empty:
        return []
    page, pages = plan_controls.page_of(query.get("page"), len(points), ROWS_A_PAGE)
    shown = in_order(points).iloc[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
    heads = [_("Work point"), _("State"), _("Done of due"), _("Due"), _("Days"), _("Lead department"), _("Evidence")]
    reports = data.work_point_reports(int(points["year"].iloc[0])).sort_values("period_ends")
    evidence = reports.dropna(subset=["evidence"]).groupby("task_id")["evidence"].last()
    rows = [
        [
            record_words.with_links(
                html.Div([components.data_name(row["title_zh"], row["title_en"]), _details(row)]),
                "tasks",
                {"task_id": row["task_id"]},
                record_words.add_link("task_reports", _("Report progress"), is_button=False, task_id=row["task_id"]),
                record_words.list_link("task_reports", _("Reports"), task_id=row["task_id"]),
            ),
            lamp(row["lamp"]),
            components.mark_chinese(progress(row)),
            wording.period(row["due"]),
            days_left(row),
            components.mark_chinese(departments.said(row["owner_zh"])),
            components.with_addresses(evidence.get(row["task_id"], "")),
        ]
        for row in shown.to_dict("records")
    ]
    table = components.simple_table(heads, rows, caption=_("The work points"), className="kt-stacked")
    add = record_words.tools(
        record_words.add_link("tasks", _("Add a work point"), is_button=False),
        record_words.list_link("tasks", _("The rows as a file to mend and import again")),
    )
    kept = {key: text for key, text in query.items() if key != "page"}
    line = plan_controls.turns(PATH, page, pages, len(points), **kept) if pages > 1 else None
    return [html.H2(_("The work points")), add, line, table]


def _details(row: dict) -> html.Div:
    """What is to be delivered, and who cooperates."""
    deliverable = in_its_language(row["deliverable_zh"], row["deliverable_en"])
    cooperating = departments.split(row["co_owners_zh"])
    pieces = [deliverable] if deliverable != wording.MISSING else []
    pieces += [" · "] if pieces and cooperating else []
    pieces += [departments.listed(cooperating)] if cooperating else []
    return html.Div(pieces, className="kt-muted")


def in_order(points: pd.DataFrame) -> pd.DataFrame:
    """Worst lamp first, then the nearest last day."""
    place = points["lamp"].map({key: at for at, key in enumerate(LAMPS)})
    return points.assign(place=place).sort_values(["place", "days_left"], kind="stable").drop(columns="place")


@components.exporter("tasks")
def export(query: dict) -> components.Export:
    """Every work point of the address with how it stands."""
    years = data.task_years()
    if not years:
        return components.Export(pd.DataFrame({_("Work point"): []}), _("Work points of the year"))
    year = int(query["year"]) if query.get("year") in {str(one) for one in years} else years[0]
    rows = in_order(chosen(data.work_points(year), query))
    records = rows.to_dict("records")
    frame = pd.DataFrame(
        {
            _("Code"): rows["task_id"].to_numpy(),
            _("Chapter"): [pick(one, data.action_names().get(one)) for one in rows["chapter_zh"]],
            _("Work point"): [data.name(row, "title") for row in records],
            _("Lead department"): [departments.said(one) for one in rows["owner_zh"]],
            _("Cooperating departments"): [departments.sentence(one) for one in rows["co_owners_zh"]],
            _("Quantity due"): rows["quantity"].to_numpy(),
            _("Unit"): rows["unit"].to_numpy(),
            _("Quantity done"): rows["quantity_done"].to_numpy(),
            _("Due"): rows["due"].to_numpy(),
            _("State"): [_(LAMPS[row["lamp"]][0]) for row in records],
            _("Days left"): rows["days_left"].to_numpy(),
            _("Reported up to"): [str(one) if not wording.is_missing(one) else "" for one in rows["period_ends"]],
        }
    )
    return components.Export(frame, finding(rows, whose(query), year), {_("Year"): str(year)})


register_page(
    __name__,
    path=PATH,
    name=mark("Work points"),
    section=mark("Delivery"),
    permission="see figures",
    layout=layout,
    order=44,
)
