"""The quality of what is reported: who owes what, what came late, what cannot be, what leaps."""

import pandas as pd
from dash import html

from dashboards import components, data, programme_words, wording
from dashboards.access import register_page
from dashboards.components import ANY, choice
from dashboards.language import gettext as _
from dashboards.language import mark, ngettext

PATH = "/quality"
ROWS_A_PAGE, MOST_GROUPS = 50, 20
GROUPINGS = {"district": mark("By district"), "township": mark("By township"), "reporter": mark("By reporter")}
CHECKS = {
    "missing": mark("missing"),
    "late": mark("late"),
    "impossible": mark("part above its whole"),
    "parts": mark("parts do not add up"),
    "questioned": mark("questioned on import"),
    "jump": mark("sudden jump"),
}


def layout(**query):
    """?by=district|township|reporter&check=&area=&from=<reporter>&all=1&page=."""
    now = data.report_quality()
    if not now.reports:
        return nothing_yet()
    grouping = query.get("by") if query.get("by") in GROUPINGS else "district"
    groups = data.quality_by(grouping)
    return components.page(
        finding(now, groups, grouping),
        subline=subline(now),
        controls=controls(query, grouping),
        children=[table_of(groups, grouping, query), components.download_bar("quality", **query)],
        table=findings(query),
        method=[
            _(
                "Looked at: reports for this calendar year and the one before. A missing report is missing, never nought."
            ),
            _(
                "Due: of an indicator that half of the districts or townships report, all of them in its newest year; of a programme every area that should report, each period of the last twelve months whose time is up."
            ),
            _(
                "Late: more than 15 days after a month, 31 after a quarter, 120 after a year (an assumption of this site). Figures of before the site's first import are not timed unless they say when they were reported."
            ),
            _(
                "Sudden jump: a change more than six robust standard deviations from the area's own changes and from those of its peers in the same period, and more than chance for such small numbers."
            ),
            _(
                "Last digits: one in five whole numbers ends in 0 or 5. Tested from 50 numbers on (chi-squared), at most 5 % false among those marked, which are a quarter or more."
            ),
            _("Source: imports of figures and programme counts"),
        ],
    )


def nothing_yet():
    """Before the first reports came in."""
    action = components.link(_("To the upload page"), "/upload")
    content = components.empty(_("Nothing has come in yet"), _("Reports are checked as they come in."), action=action)
    return components.page(_("Data quality"), children=[content])


def finding(now, groups: pd.DataFrame, grouping: str) -> str:
    """What is missing of what was due, the other findings, and whose most are."""
    owed, late, due = now.findings["missing"], now.findings["late"], now.due
    others = sum(now.findings.values()) - owed - late
    if not any(now.findings.values()):
        return ngettext(
            "The {number} report that was due is there, and nothing is odd",
            "All {number} reports that were due are there, and nothing is odd",
            due,
        )
    words = {
        "owed": wording.number(owed),
        "due": wording.number(due),
        "others": wording.number(others),
        "late": wording.number(late),
        "name": group_name(groups.index[0], grouping),
    }
    if grouping == "reporter":
        return _(
            "{owed} of {due} reports due are missing, {late} came late, {others} are doubtful; most from {name}",
            **words,
        )
    return _(
        "{owed} of {due} reports due are missing, {late} came late, {others} are doubtful; most in {name}", **words
    )


def group_name(group: str, grouping: str) -> str:
    """An area by its name, a reporter as the import has it."""
    return group if grouping == "reporter" else data.name(data.area(group))


def whole_name(name: str):
    """A name from the data, marked as Chinese where it has Chinese in it."""
    has_chinese = any("\u3400" <= sign <= "\u9fff" for sign in name)
    return components.data_name(name, None if has_chinese else name)


def subline(now) -> list:
    """Day, how many reports, how many reporters."""
    return [
        _("as of {day}", day=wording.day(data.bureau_day())),
        ngettext("{number} report looked at", "{number} reports looked at", now.reports),
        ngettext("{number} reporter", "{number} reporters", now.reporters),
    ]


def controls(query: dict, grouping: str) -> list:
    """How the table is arranged, and which findings are listed."""
    by = [{"value": key, "label": _(word)} for key, word in GROUPINGS.items()]
    checks = [{"value": ANY, "label": _("All")}, *({"value": key, "label": _(word)} for key, word in CHECKS.items())]
    districts = [{"value": ANY, "label": _("All")}]
    districts += [
        {"value": one, "label": data.name(data.area(one))} for one in sorted(data.quality_by("district").index)
    ]
    asked_area = query.get("area")
    if data.area(asked_area) and asked_area not in data.quality_by("district").index:
        districts.append({"value": asked_area, "label": data.name(data.area(asked_area))})
    known = {one["value"] for one in districts}
    return [
        choice("by", _("Table"), by, grouping),
        choice("check", _("Check"), checks, query.get("check") if query.get("check") in CHECKS else ANY),
        choice("area", _("Area"), districts, asked_area if asked_area in known else ANY),
    ]


def table_of(groups: pd.DataFrame, grouping: str, query: dict) -> html.Div:
    """One row a district, township or reporter, worst first."""
    rows = groups if query.get("all") == "1" else groups.head(MOST_GROUPS)
    first = {"district": _("District"), "township": _("Township"), "reporter": _("Sent by")}[grouping]
    heads = [
        first,
        _("Missing of due"),
        _("Late of timed"),
        _("Days, median"),
        _("Part above its whole"),
        _("Parts do not add up"),
        _("Questioned"),
        _("Jumps"),
        _("End in 0 or 5"),
        _("Findings per 100 reports"),
    ]
    key = "from" if grouping == "reporter" else "area"
    kept = {name: query[name] for name in ("by", "check") if query.get(name)}
    table = [
        [
            components.link(whole_name(group_name(group, grouping)), PATH, **{**kept, key: group}),
            f"{wording.number(row['missing'])} / {wording.number(row['due'])}",
            f"{wording.number(row['late'])} / {wording.number(row['timed'])}" if row["timed"] else wording.MISSING,
            wording.number(row["days"]),
            *(components.count(row[check]) for check in ("impossible", "parts", "questioned", "jump")),
            digits(row),
            wording.number(row["trouble"], 1),
        ]
        for group, row in rows.iterrows()
    ]
    body = components.simple_table(heads, table, caption=_("Data quality, worst first"), numbers=range(1, 10))
    if len(rows) == len(groups):
        return html.Div(body)
    more = components.link(_("Show all {number}", number=len(groups)), PATH, **{**query, "all": "1"})
    return html.Div([body, html.P(more)])


def digits(row) -> str:
    """20 % of 1,337; a mark where it is more than chance."""
    if wording.is_missing(row["share"]):
        return _("too few")
    share = wording.value(row["share"], "percent", 0)
    return f"{share} ▲ {_('rounded')}" if row["is_heaped"] else share


def asked(query: dict) -> dict[str, str]:
    """The choice of the address; what it does not know asks for all."""
    area = query.get("area") if data.area(query.get("area")) else ""
    check = query.get("check") if query.get("check") in CHECKS else ""
    return {"check": check, "area_id": area, "reporter": query.get("from", "")}


def findings(query: dict) -> list:
    """The findings, fifty rows a page, newest period first."""
    number = data.count_quality_findings(**asked(query))
    pages = max(1, -(-number // ROWS_A_PAGE))
    page = min(max(_whole(query.get("page")), 1), pages)
    rows = data.quality_findings(**asked(query), start=(page - 1) * ROWS_A_PAGE, number=ROWS_A_PAGE)
    heads = [_("Finding"), _("Of what"), _("Area"), _("Period"), _("Figures"), _("Sent by")]
    table = [
        [
            _(CHECKS[row["check"]]),
            subject(row),
            data.name(data.area(row["area_id"])),
            wording.period(row["period"]),
            said(row),
            whole_name(row["reporter"]) if isinstance(row["reporter"], str) else wording.MISSING,
        ]
        for row in rows.to_dict("records")
    ]
    turns = [
        components.link(words, PATH, **{**query, "page": str(to)})
        for words, to in ((_("Previous page"), page - 1), (_("Next page"), page + 1))
        if 1 <= to <= pages
    ]
    where = _("page {page} of {pages}", page=page, pages=pages)
    count = ngettext("{number} finding", "{number} findings", number)
    of = [" · ", whole_name(query["from"])] if query.get("from") else []
    line = html.P(
        [count, *of, " · ", where, *(piece for turn in turns for piece in (" · ", turn))], className="kt-source"
    )
    body = components.simple_table(heads, table, caption=_("Findings"), className="kt-stacked")
    return [html.H2(_("Findings")), line, body if table else components.empty(_("Nothing fits this choice"), "")]


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 8 else 1


def subject(row: dict):
    """The indicator or programme by name, leading to its page in that area."""
    if row["kind"] == "programme":
        programme = data.programme(row["subject"])
        name = data.name(programme) if programme else row["subject"]
        words = (
            f"{name} · {programme_words.step(row['stage'], programme['kind'])}" if row["stage"] and programme else name
        )
        return components.link(words, f"/programmes/{row['subject']}", area=row["area_id"], period=row["period"])
    indicator = data.indicator(row["subject"])
    words = data.name(indicator) if indicator else row["subject"]
    return components.link(words, "/indicator", indicator=row["subject"], area=row["area_id"])


def said(row: dict) -> str:
    """The figures the finding rests on."""
    value, other = _number(row["value"]), _number(row["other"])
    if row["check"] == "late":
        return _("after {days} days; {allowed} are allowed", days=value, allowed=other)
    if row["check"] == "impossible":
        return _("{part} of {whole}", part=value, whole=other)
    if row["check"] == "parts":
        return _("{whole}, its parts {parts}", whole=value, parts=other)
    if row["check"] == "jump":
        return f"{other} → {value}"
    return "" if row["check"] == "missing" else value


def _number(value: float) -> str:
    return (
        wording.number(value, 0 if value == round(value) else 1) if not wording.is_missing(value) else wording.MISSING
    )


@components.exporter("quality")
def export(query: dict) -> components.Export:
    """Every finding of the address."""
    rows = data.quality_findings(**asked(query))
    names = {one: data.name(data.area(one)) for one in rows["area_id"].unique()}
    frame = pd.DataFrame(
        {
            _("Finding"): [_(CHECKS[one]) for one in rows["check"]],
            _("Code"): rows["subject"].to_numpy(),
            _("Area code"): rows["area_id"].to_numpy(),
            _("Area"): [names[one] for one in rows["area_id"]],
            _("Period"): rows["period"].astype("object").to_numpy(),
            _("Step"): rows["stage"].astype("object").to_numpy(),
            _("Figure"): rows["value"].to_numpy(),
            _("Held against"): rows["other"].to_numpy(),
            _("Sent by"): rows["reporter"].to_numpy(),
        }
    )
    return components.Export(frame, _("Data quality"), {})


register_page(
    __name__,
    path=PATH,
    name=mark("Data quality"),
    section=mark("Data entry"),
    permission="see figures",
    layout=layout,
    order=82,
)
