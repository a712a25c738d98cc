"""模型 and 研判: the marks both versions of a forecast carry wherever they are shown. Line, square and word together."""

from dash import html

from dashboards import wording
from dashboards.components.marks import probability_bar
from dashboards.language import gettext as _

MODEL, ADJUSTED = "model", "adjusted"  # as a mark's forecast_version has it


def version_mark(version: str, note: str | None = None) -> html.Span:
    """The model with a dashed line, the analyst's with a dotted line and a square. note: in brackets after the word."""
    word = _("Model") if version == MODEL else _("Adjusted")
    line = html.Span(className=f"kt-version-line kt-version-{version}", **{"aria-hidden": "true"})
    return html.Span([line, word, _(" ({note})", note=note) if note else ""], className="kt-version")


def chance_of(mark: dict) -> html.Span | html.Div:
    """The probability of missing of a mark (data.marks): with an adjustment in force both versions, each marked."""
    if mark.get("forecast_version") != ADJUSTED:
        return probability_bar(mark["p_miss"], mark["p_miss_basis"])
    basis = mark["p_miss_basis"]
    both = ((ADJUSTED, mark["p_miss"]), (MODEL, mark["p_miss_model"]))
    lines = [html.Div([version_mark(version), " ", probability_bar(p_miss, basis)]) for version, p_miss in both]
    return html.Div(lines, className="kt-both-versions")


def rounded(p_miss: float | None) -> str:
    """A chance in a line of text: "about 70 %", or a dash."""
    return wording.MISSING if wording.is_missing(p_miss) else wording.rounded_probability(p_miss)
