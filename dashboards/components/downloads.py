"""Figures to take away: CSV and XLSX from the server, PNG and SVG from the figure itself.

A page declares what can be taken with @exporter("name", permission=...); its function is given the address's state and
answers with an Export. The files come from /download/<name>.csv and .xlsx. Every file says its plan, period, source and
whether its figures are synthetic.
"""

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd
import xlsxwriter
from dash import html
from flask import Response, abort, request

from dashboards import access, data
from dashboards.components.controls import address
from dashboards.components.figures import DEMO
from dashboards.language import gettext as _

# A spreadsheet takes text that begins so for a formula; the full-width signs too.
FORMULA = re.compile(r"^[=+\-@\t\r＝＋－＠]")
FORBIDDEN_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Export:
    """What an exporter answers with. frame: its columns are headed as they should be read. about: label -> text.

    has_reports: False where the file holds only what plans say, which is real beside synthetic reports too. sheets: further
    tables by name, in the workbook only: a CSV file has room for one.
    """

    frame: pd.DataFrame
    title: str
    about: Mapping[str, str] = field(default_factory=dict)
    has_reports: bool = True
    sheets: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def is_demo(self) -> bool:
        return self.has_reports and data.is_demo()


@dataclass(frozen=True)
class _Exporter:
    function: Callable[[dict], Export]
    permission: str


_exporters: dict[str, _Exporter] = {}


def exporter(name: str, *, permission: str = "download figures") -> Callable:
    """Declare a download. The function takes the address's state (text by key) and answers with an Export."""
    if permission not in access.PERMISSIONS:
        raise ValueError(f"permission {permission!r} is not one of {', '.join(access.PERMISSIONS)}")

    def declare(function: Callable[[dict], Export]) -> Callable[[dict], Export]:
        _exporters[name] = _Exporter(function, permission)
        return function

    return declare


def download_bar(name: str | None = None, /, *, figure: str | None = None, **state) -> html.Div:
    """The buttons under a figure or table. name: of the exporter; figure: id of the graph, for PNG and SVG.

    The links carry the state given and, when clicked, whatever the address holds by then.
    """
    parts = []
    if name is not None:
        if name not in _exporters:
            raise ValueError(f"nothing is exported as {name!r}; declare it with @exporter first")
        for kind in ("csv", "xlsx"):
            href = address(f"/download/{name}.{kind}", **state)
            parts.append(html.A(kind.upper(), href=href, className="kt-download", download=""))
    if figure is not None:
        for kind in ("png", "svg"):
            parts.append(
                html.Button(
                    kind.upper(), type="button", className="kt-picture", **{"data-figure": figure, "data-format": kind}
                )
            )
    return html.Div([html.Span(_("Download")), *parts], className="kt-downloads")


@access.route("/download/<name>.<kind>", permission="download figures")
def download(name: str, kind: str) -> Response:
    """One file of a declared export, for the state in the query."""
    declared = _exporters.get(name)
    if declared is None or kind not in ("csv", "xlsx"):
        abort(404)
    if not access.may(declared.permission):
        abort(403)
    export = declared.function(Asked(request.args.to_dict()))
    write, mimetype = (to_csv, "text/csv; charset=utf-8") if kind == "csv" else (to_xlsx, XLSX)
    response = Response(write(export), mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="kangtu-{name}.{kind}"'
    return response


class Asked(dict):
    """The address's state. A key that the file cannot be made without and that is not there is the caller's fault."""

    def __missing__(self, key: str):
        abort(400)


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def about_lines(export: Export) -> list[tuple[str, str]]:
    """What stands on the sheet 说明, DEMO first."""
    demo = [(DEMO, _("These figures are synthetic and describe no real place's health."))] if export.is_demo else []
    return [*demo, (_("Content"), export.title), *export.about.items(), (_("Address"), request.full_path.rstrip("?"))]


def to_csv(export: Export) -> bytes:
    """UTF-8 with BOM, so that Excel reads Chinese; synthetic figures carry a column that says so in every row."""
    frame = export.frame.map(safe_text).rename(columns=safe_text)
    if export.is_demo:
        frame.insert(len(frame.columns), DEMO, "DEMO")
    return frame.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def to_xlsx(export: Export) -> bytes:
    """A sheet of figures and the sheet 说明. No text becomes a formula or a link."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"})
        sheet, about = book.add_worksheet(_("Figures")), book.add_worksheet("说明")
        tables = [(sheet, export.frame)]
        tables += [(book.add_worksheet(sheet_name(name)), frame) for name, frame in export.sheets.items()]
        for one, frame in tables:
            write_table(one, frame, head)
            if export.is_demo:
                one.set_header(f"&C{DEMO}")
        about.set_column(0, 0, 24)
        about.set_column(1, 1, 90)
        for row, (label, text) in enumerate(about_lines(export)):
            about.write_string(row, 0, clean_text(label), head)
            about.write_string(row, 1, clean_text(text))
    return buffer.getvalue()


def sheet_name(text: str) -> str:
    """A name a workbook takes: at most 31 characters, none of []:*?/ or a backslash in it."""
    return re.sub(r"[\[\]:*?/\\]", " ", clean_text(text))[:31]


def write_table(sheet, frame: pd.DataFrame, head) -> None:
    """A frame with its heads in the first row, which stays in sight."""
    for position, name in enumerate(frame.columns):
        sheet.write_string(0, position, clean_text(str(name)), head)
        sheet.set_column(position, position, min(48, max(10, 2 * len(str(name)))))
    for row, values in enumerate(frame.itertuples(index=False), start=1):
        for position, cell in enumerate(values):
            write_cell(sheet, row, position, cell)
    sheet.freeze_panes(1, 1)


def write_cell(sheet, row: int, position: int, cell: object) -> None:
    """A number as a number, missing as an empty cell, all else as text."""
    if pd.isna(cell):
        return
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        sheet.write_number(row, position, cell)
    else:
        sheet.write_string(row, position, clean_text(str(cell)))


def safe_text(cell: object) -> object:
    """Text that a spreadsheet would run gets an apostrophe in front; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell


def clean_text(text: str) -> str:
    """Without the characters a workbook may not hold."""
    return FORBIDDEN_IN_XML.sub("", text)
