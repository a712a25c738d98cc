"""Bringing figures: choose what, take the template, send the file, see every bad row, import, take back."""

from typing import Any

from dash import Input, Output, State, dcc, html, no_update

from dashboards import components, data, door, wording
from dashboards.access import callback, register_page
from dashboards.components import choice
from dashboards.language import gettext as _
from dashboards.language import mark
from dashboards.record_words import KINDS
from dashboards.upload_routes import MOST_BYTES, PAGE

TICK, REPORT, JOB = "upload-tick", "upload-report", "upload-job"
FIRST_KIND = "programme_counts"
MEGABYTES = MOST_BYTES >> 20


def layout(**query):
    """?kind= what is brought; ?job= the check or import to show; ?undone= the import that was just taken back."""
    kinds = data.upload_kinds()
    job = data.upload_job(query.get("job"))
    kind = query.get("kind") if query.get("kind") in kinds else job["parameters"]["kind"] if job else None
    kind = kind if kind in kinds else FIRST_KIND if FIRST_KIND in kinds else next(iter(kinds))
    return components.page(
        title(job, query),
        subline=[_("nothing is written before you have seen the report"), scope_words()],
        controls=[choice("kind", _("What do you bring?"), options(kinds), kind)],
        children=[undone_notice(query), steps(kind), *report_part(job)],
        table=[mine(), columns_part(kind)],
        method=[
            _("Nothing is stored unless every row is good, or you have said that the good rows shall be taken."),
            _("A step above the one it follows from, over all periods known, is refused; with a reason in the note it is taken and marked as questioned. Above it in its own period only, it is taken and remarked on."),
            _("A reported count never changes a certified one: it is kept aside and told."),
        ],
    )  # fmt: skip


def title(job: dict | None, query: dict) -> str:
    """What stands, or the question."""
    if job is None:
        return _("Bring figures: fill in the template, send it, see what is wrong before anything is stored")
    report = job["result"]
    if job["state"] in ("queued", "running"):
        return _("The file is being read…")
    if job["state"] != "done" or not isinstance(report, dict):
        return _("The file could not be read")
    name = report["file_name"]
    if report["outcome"] == "stored":
        return _(
            "Imported: {rows} counts or rows of {file} are stored",
            rows=wording.number(report["rows_stored"]),
            file=name,
        )
    if report["outcome"] == "same_file":
        return _("{file} was imported before: nothing has changed", file=name)
    if report["problem_count"]:
        return _(
            "{bad} of {rows} rows of {file} are wrong: nothing has been stored",
            bad=wording.number(report["rows_refused"]), rows=wording.number(report["rows_read"]), file=name,
        )  # fmt: skip
    return _("{file} is in order: {rows} rows can be imported", file=name, rows=wording.number(report["rows_read"]))


def scope_words() -> str | None:
    """Where the reader may write."""
    areas = [data.area(area_id) for area_id in data.current_scope()]
    named = wording.joined([data.name(area) for area in areas if area])
    return _("you may report for {areas}", areas=named) if named else None


def options(kinds: dict[str, str]) -> list[dict]:
    """The kinds to choose from, as the lists of rows and of submissions call them."""
    return [{"value": kind, "label": _(KINDS[kind])} for kind in kinds]


def undone_notice(query: dict):
    """That an import was taken back."""
    number = query.get("undone", "")
    return (
        components.notice(_("Import no. {number} has been taken back", number=number)) if number.isdecimal() else None
    )


def steps(kind: str) -> html.Ol:
    """Template, file."""
    href = f"{PAGE}/template/{kind}.xlsx"
    template = html.A(
        _("Download the template"), href=href, className="btn btn-sm btn-outline-primary", id="upload-template"
    )
    send = html.Button(
        _("Choose the file and check it"),
        id="upload-choose",
        type="button",
        className="btn btn-sm btn-primary kt-upload-choose",
        **said_to_script("/upload/files", kind=kind),
    )
    said = html.Span("", id="kt-upload-said", role="alert", className="kt-lacking")
    limit = _(".xlsx or .csv, at most {megabytes} MB", megabytes=MEGABYTES)
    return html.Ol(
        [
            html.Li(
                [template, " ", html.Span(_("columns, lists to choose from, one example row"), className="kt-muted")]
            ),
            html.Li([send, " ", html.Span(limit, className="kt-muted"), " ", said]),
        ],
        className="kt-upload-steps",
    )


def said_to_script(action: str, **more: str) -> dict[str, str]:
    """What assets/upload.js needs on a button: where to post, the form's token, words for what may go wrong."""
    words = {
        "token": door.token(),
        "action": action,
        "sending": _("Sending…"),
        "too-large": _("The file is larger than {megabytes} MB. Please split it.", megabytes=MEGABYTES),
        "failed": _("The server did not take it. Please open the page anew and try again."),
    }
    return {f"data-{name}": text for name, text in (words | more).items()}


def report_part(job: dict | None) -> list:
    """The report, and a watch on it while the job runs."""
    if job is None:
        return []
    shown = html.Div(report_of(job), id=REPORT)
    if job["state"] in ("queued", "running"):
        return [shown, dcc.Interval(id=TICK, interval=1000), dcc.Store(id=JOB, data=job["job_id"])]
    return [shown]


@callback(
    Output(REPORT, "children"),
    Output(TICK, "disabled"),
    Input(TICK, "n_intervals"),
    State(JOB, "data"),
    permission="import figures",
    prevent_initial_call=True,
)
def watch(_ticks: int, job_id: Any):
    """How far the job is; its report when it is done."""
    job = data.upload_job(job_id if isinstance(job_id, str) else None)
    if job is None:
        return no_update, True
    return report_of(job), job["state"] not in ("queued", "running")


def report_of(job: dict) -> list:
    """Progress, failure, or the report with every problem listed and what can be done now."""
    if job["state"] in ("queued", "running"):
        share = f"{job['progress']:.0%}"
        words = job["message"] or _("waiting for its turn")
        return [
            components.loading(f"{share} · {words}"),
            html.Progress(value=str(job["progress"]), max="1"),
            act_button(_("Stop"), "/upload/cancel", job["job_id"]),
        ]
    if job["state"] == "cancelled":
        return [components.notice(_("Stopped. Nothing of this file was stored."))]
    if job["state"] != "done" or not isinstance(job["result"], dict):
        return [components.notice(job["message"] or _("The file could not be read"), kind="failed")]
    report = job["result"]
    parts = [
        summary(report),
        problems_table(report),
        more_problems(job, report),
        *[html.P(line, lang="zh") for line in report["notices"]],
    ]
    return [part for part in [*parts, what_now(job, report)] if part is not None]


def summary(report: dict) -> html.P:
    """Rows read, wrong, without figure."""
    said = [_("{number} rows read", number=wording.number(report["rows_read"]))]
    if report["rows_refused"]:
        said.append(_("{number} wrong", number=wording.number(report["rows_refused"])))
    if report["rows_without_figure"]:
        said.append(
            _("{number} without a figure, taken as not reported", number=wording.number(report["rows_without_figure"]))
        )
    if report["rows_unchanged"]:
        said.append(_("{number} say what is known already", number=wording.number(report["rows_unchanged"])))
    if report["example_rows"]:
        said.append(_("{number} example rows passed over", number=report["example_rows"]))
    return html.P(wording.joined(said), className="kt-source")


def problems_table(report: dict) -> html.Div | None:
    """Each bad row: where, what, how to mend it."""
    if not report["problems"]:
        return None
    heads = [_("Row"), _("Sheet"), _("Column"), _("Content"), _("What is wrong and how to mend it"), _("Rule")]
    cells = [
        [str(one["row"] or ""), one["sheet"] or "", one["column"], one["value"] or "",
         html.Span(_without_place(one["sentence"]), lang="zh"), html.Code(one["rule"])]
        for one in sorted(report["problems"], key=lambda one: (one["sheet"] or "", one["row"]))
    ]  # fmt: skip
    return components.simple_table(
        heads, cells, caption=_("Bad rows"), numbers=(0,), className="kt-stacked kt-problem-rows"
    )


def _without_place(sentence: str) -> str:
    """What is wrong and the mend: file, sheet, row and column stand in the other cells."""
    return sentence.partition("：")[2] or sentence


def more_problems(job: dict, report: dict) -> html.P | None:
    """The way to all of them."""
    if not report["problem_count"]:
        return None
    link = html.A(
        _("Download all {number} problems", number=report["problem_count"]), href=f"{PAGE}/problems/{job['job_id']}.csv"
    )
    return html.P(link, className="kt-source")


def what_now(job: dict, report: dict) -> html.Div | None:
    """Import, or leave the bad rows out, or mend first; after an import the way to where it shows."""
    if report["outcome"] == "stored":
        return html.P(where_it_shows(job["parameters"]["kind"]))
    if report["outcome"] != "checked":
        return None
    good = report["rows_read"] - report["rows_refused"]
    if not report["problem_count"]:
        return html.Div(act_button(_("Import now"), "/upload/import", job["job_id"], main=True))
    advice = html.P(_("Mend the rows in your file and send it again; or:"))
    if good <= 0 or any(
        rule in ("no_header", "missing_column", "column_twice", "merged_cells") for rule in report["problem_counts"]
    ):
        return html.P(_("Mend the file and send it again."))
    words = _("Import only the good rows ({good})", good=wording.number(good))
    return html.Div([advice, act_button(words, "/upload/import", job["job_id"], accept="yes")])


def act_button(words: str, action: str, ident: str, *, main: bool = False, **more: str) -> html.Button:
    """A button that posts an id to a route of ours."""
    look = "btn-primary" if main else "btn-outline-primary"
    return html.Button(
        words, type="button", className=f"btn btn-sm {look} kt-upload-act", **said_to_script(action, id=ident, **more)
    )


def where_it_shows(kind: str):
    """The page on which what was just imported can be seen."""
    if kind in ("programme_counts", "programmes", "rota", "selfcare_villages", "points_services"):
        return components.link(_("See the programmes"), "/programmes")
    return components.link(_("To the overview"), "/")


def mine() -> html.Section:
    """What the reader sent, each with its undoing."""
    rows = data.my_submissions()
    if rows.empty:
        return components.section(_("My imports"), components.empty(_("You have not imported anything yet"), ""))
    cells = [
        [
            str(row["submission_id"]),
            wording.day(row["received_at"]),
            html.Span(data.label_of_kind(row["kind"]), lang="zh"),
            row["file_name"] if isinstance(row["file_name"], str) else "",
            wording.number(row["rows_read"]),
            wording.number(row["rows_stored"]),
            wording.number(row["rows_refused"]),
            _("taken back") if not wording.is_missing(row["undone_by"]) else undo_button(int(row["submission_id"])),
        ]
        for row in rows.to_dict("records")
    ]
    heads = [_("No."), _("Received"), _("What"), _("File"), _("Rows read"), _("Stored"), _("Left out"), _("Take back")]
    table = components.simple_table(heads, cells, caption=_("My imports"), numbers=(0, 4, 5, 6), className="kt-stacked")
    return components.section(_("My imports"), table)


def undo_button(submission_id: int) -> html.Button:
    """Takes an import back as a whole, when clicked twice."""
    return act_button(_("Take back"), "/upload/undo", str(submission_id), ask=_("Really take it back?"))


def columns_part(kind: str) -> html.Details:
    """The columns of the kind, for those who make their own file."""
    rows = [[html.Span(label, lang="zh"), _("yes") if required else "", html.Span(help_text, lang="zh")]
            for label, required, help_text in data.upload_columns(kind)]  # fmt: skip
    table = components.simple_table(
        [_("Column"), _("Must be filled"), _("What to fill in")], rows, caption=_("Columns"), className="kt-stacked"
    )
    return html.Details([html.Summary(_("The columns, for a file of your own")), table])


register_page(
    __name__,
    path=PAGE,
    name=mark("Upload"),
    section=mark("Data entry"),
    permission="import figures",
    layout=layout,
    order=80,
)
