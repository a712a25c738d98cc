"""Tables: a small one to read, and a large one to sort, filter and page through."""

from collections.abc import Sequence

import dash_ag_grid as dag
import pandas as pd
from dash import html

from dashboards import wording
from dashboards.language import current_language
from dashboards.language import gettext as _

ROWS_A_PAGE = 20
ROW_HEIGHT = 32


def column(
    field: str, head: str, *, number: bool = False, decimals: int | None = None, width: int | None = None, **extra
) -> dict:
    """One column of table(): its field, its head (with the unit), and whether it holds numbers.

    decimals: the same in the whole column. extra: further AG Grid keys, for example cellRenderer="KangtuStatus".
    """
    options: dict = {"field": field, "headerName": head}
    if number:
        options |= {"type": "rightAligned", "cellDataType": "number", "cellClass": "kt-number"}
        if decimals is not None:
            # AG Grid in Dash reads this text with its own parser, which CSP allows.
            options["valueFormatter"] = {
                "function": f"params.value == null ? '—' : d3.format(',.{decimals}f')(params.value)"
            }
    if width:
        options |= {"width": width, "flex": 0}
    return options | extra


def table(
    id, rows: pd.DataFrame | Sequence[dict], columns: Sequence[dict], *, label: str, height: str = "auto"
) -> html.Div:
    """A table to sort and page through in the browser; the first column stays in sight on a phone.

    rows: a frame, or one dict a row; NaN is shown as missing. columns: of column(). label: what the table holds.
    """
    records = to_records(rows)
    first, *others = columns
    grid = dag.AgGrid(
        id=id,
        rowData=records,
        columnDefs=[{"width": 128, "flex": 0, **first, "pinned": "left", "lockPinned": True}, *others],
        defaultColDef={
            "sortable": True,
            "filter": len(records) > ROWS_A_PAGE,  # what is seen whole needs no filter
            "resizable": True,
            "flex": 1,
            "minWidth": 104,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
        },
        columnSize=None,
        dashGridOptions={
            "pagination": len(records) > ROWS_A_PAGE,
            "paginationPageSize": ROWS_A_PAGE,
            "paginationPageSizeSelector": [ROWS_A_PAGE, 50, 100],
            "domLayout": "autoHeight" if height == "auto" else "normal",
            "localeText": locale_text(),
            "rowHeight": ROW_HEIGHT,
            "enableCellTextSelection": True,
            "animateRows": False,
            "theme": {"function": "themeQuartz"},  # carries its own style; the older themes are sheets on a CDN
        },
        className="kt-grid",
        style={"height": None if height == "auto" else height, "width": "100%"},
        dangerously_allow_code=False,
    )
    return html.Div(grid, className="kt-table", role="region", **{"aria-label": label})


def to_records(rows: pd.DataFrame | Sequence[dict]) -> list[dict]:
    """One dict a row with None for missing: NaN is no JSON."""
    if isinstance(rows, pd.DataFrame):
        rows = rows.astype(object).where(rows.notna(), None).to_dict("records")
    return list(rows)


def simple_table(
    heads: Sequence, rows: Sequence[Sequence], *, caption: str, numbers: Sequence[int] = (), className: str = ""
) -> html.Div:
    """A plain table for few rows. The first cell of a row is its head. numbers: positions of right-aligned columns.

    caption: said to screen readers.
    """

    def style(position: int) -> str:
        return "kt-number" if position in numbers else ""

    head = html.Tr(
        [  # over buttons or bars there is nothing to say: an empty head would be announced as one
            html.Th(text, scope="col", className=style(position)) if text != "" else html.Td()
            for position, text in enumerate(heads)
        ]
    )
    body = [
        html.Tr(
            [html.Th(row[0], scope="row", className=style(0))]
            + [
                # The label is what a phone shows beside the cell where rows are stacked (class kt-stacked).
                html.Td(cell, className=style(position), **{"data-label": str(heads[position])})
                for position, cell in enumerate(row[1:], start=1)
            ]
        )
        for row in rows
    ]
    return html.Div(
        html.Table(
            [html.Caption(caption, className="visually-hidden"), html.Thead(head), html.Tbody(body)],
            className=f"kt-simple {className}".strip(),
        ),
        className="kt-scroll",
        tabIndex=0,
        role="region",
        **{"aria-label": caption},
    )


def count(number: float | None):
    """How many, in a table of counts: nought is told, but quietly; what is not known is a dash."""
    if wording.is_missing(number) or number:
        return wording.number(number)
    return html.Span("0", className="kt-muted")


def locale_text() -> dict[str, str]:
    """AG Grid's own words; it speaks English by itself."""
    if current_language() == "en":
        return {}
    return {
        "page": _("Page"),
        "to": _("to"),
        "of": _("of"),
        "more": _("more"),
        "pageSizeSelectorLabel": _("Rows a page:"),
        "ariaPageSizeSelectorLabel": _("Rows a page"),
        "firstPage": _("First page"),
        "previousPage": _("Previous page"),
        "nextPage": _("Next page"),
        "lastPage": _("Last page"),
        "pageLastRowUnknown": "?",
        "noRowsToShow": _("Nothing to show"),
        "noMatchingRows": _("Nothing to show"),
        "loadingOoo": _("Loading…"),
        "filterOoo": _("Filter…"),
        "equals": _("Equals"),
        "notEqual": _("Is not"),
        "blank": _("Is missing"),
        "notBlank": _("Is there"),
        "empty": _("Choose one"),
        "lessThan": _("Less than"),
        "greaterThan": _("More than"),
        "lessThanOrEqual": _("At most"),
        "greaterThanOrEqual": _("At least"),
        "inRange": _("Between"),
        "inRangeStart": _("from"),
        "inRangeEnd": _("to"),
        "contains": _("Contains"),
        "notContains": _("Does not contain"),
        "startsWith": _("Begins with"),
        "endsWith": _("Ends with"),
        "andCondition": _("and"),
        "orCondition": _("or"),
        "applyFilter": _("Apply"),
        "resetFilter": _("Reset"),
        "clearFilter": _("Clear"),
        "ariaFilterInput": _("Filter"),
        "ariaFilterValue": _("Filter value"),
        "ariaFilterFromValue": _("from"),
        "ariaFilterToValue": _("to"),
        "ariaFilteringOperator": _("Kind of filter"),
        "ariaColumnFiltered": _("Column is filtered"),
        "ariaMenuColumn": _("Column menu"),
        "ariaFilterColumn": _("Column filter"),
        "ariaSortableColumn": _("Press Enter to sort"),
    }
