"""The one way to a figure on a page: its box, its look, and what no copy of it may lose (DEMO mark, source)."""

import re
from functools import cache

import plotly.graph_objects as go
from dash import dcc, html

from dashboards import data
from dashboards.components.theme import current_theme
from dashboards.language import LANGUAGES, current_language
from dashboards.language import gettext as _

FONT = '"Microsoft YaHei UI", "PingFang SC", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif'
# The same colours as assets/kangtu.css; figures are drawn here and cannot read it.
PALETTES = {
    "light": {
        "ink": "#1b2733",
        "paper": "#ffffff",
        "muted": "#55636f",
        "lines": "#d9e0e6",
        "wash": "#f5f7f9",
        "accent": "#0b5cad",
        "achieved": "#0a6b4f",
        "on_course": "#3f9b78",
        "slow": "#b7791f",
        "behind": "#c2410c",
        "reversing": "#8f1d35",
        "cannot_judge": "#6b7682",
    },
    "dark": {
        "ink": "#e8edf2",
        "paper": "#14191f",
        "muted": "#a3b0bc",
        "lines": "#33404c",
        "wash": "#1b232b",
        "accent": "#7ab8f5",
        "achieved": "#4cc39b",
        "on_course": "#7fd6b4",
        "slow": "#f0b84a",
        "behind": "#ff8a5b",
        "reversing": "#ff6b8b",
        "cannot_judge": "#9aa6b2",
    },
}
# For what has no order and no judgement (types, sources): none of the colours of the statuses of the same theme.
KINDS = {
    "light": ("#0b5cad", "#2a8c98", "#7a3e9d", "#8a6d1f", "#c05c9c", "#5a7d2b", "#8b98a4"),
    "dark": ("#7ab8f5", "#5cc8d4", "#c79be6", "#d8bf6a", "#f09ac8", "#a5cf6b", "#7f8d9a"),
}
MARGINS = {"l": 56, "r": 24, "t": 32, "b": 40}
SOURCE_LINE, SOURCE_WIDTH = 16, 56  # pixels; half-width signs of 12 px that fit a phone
DEMO = "演示数据 DEMO DATA"  # in both languages at once: a picture travels


def palette() -> dict[str, str]:
    """The colours of the page the reader has before them, by the names of notes on the look (ink, muted, behind...)."""
    return PALETTES[current_theme()]


def colours_of_kinds() -> tuple[str, ...]:
    """Seven colours for types in the page's theme, the last for all others; patterns tell them apart in grey print."""
    return KINDS[current_theme()]


def graph(
    id, figure: go.Figure | None = None, *, alt: str, file_name: str = "kangtu", height: int | str = 420
) -> html.Div:
    """The box of a figure. Pass figures through finish() first, also those a callback draws later.

    id: text or pattern. alt: what the figure shows, for those who cannot see it. file_name: of the saved picture.
    height: CSS pixels, or a CSS length.
    """
    config = {
        "showSendToCloud": False,  # on by default: uploads the chart to a public service
        "displaylogo": False,
        "displayModeBar": False,  # pictures are saved by the download bar
        "responsive": True,
        "locale": LANGUAGES[current_language()],
        "toImageButtonOptions": {"filename": file_name, "format": "png", "scale": 2},
    }
    length = f"{height}px" if isinstance(height, int) else height
    box = dcc.Graph(
        id=id, figure=figure or finish(go.Figure()), config=config, style={"height": length}, responsive=True
    )
    kept = {"minHeight": length}  # the room of a figure that is not drawn yet: the page does not jump
    return html.Div(
        box, className="kt-figure", style=kept, role="img", **{"aria-label": alt, "data-file-name": file_name}
    )


def finish(figure: go.Figure, *, source: str = "", has_reports: bool = True) -> go.Figure:
    """Give a figure the house's look, its source line and, over synthetic figures, the DEMO mark. Changes and returns it.

    Texts and margins the figure has set itself stay; the source takes its lines under the lower margin.
    has_reports: False where only what plans say is drawn, which is real beside synthetic reports too.
    """
    colours = palette()
    figure.update_layout(template=_template(current_theme()), modebar={"remove": ["sendDataToCloud"]})
    below, left = _margin(figure, "b"), _margin(figure, "l")
    lines_of_source = wrapped(source)
    figure.update_layout(margin={"b": below + SOURCE_LINE * len(lines_of_source) + (8 if source else 0)})
    if source:
        note = _corner("<br>".join(lines_of_source), x=0, y=0, anchor="left", shift=-below, colour=colours["muted"])
        figure.add_annotation({**note, "xshift": 8 - left, "yanchor": "top", "align": "left"})
    if has_reports and data.is_demo():
        figure.add_annotation(_corner(DEMO, x=1, y=1, anchor="right", shift=20, colour=colours["reversing"]))
    return figure


@cache
def _template(theme: str) -> go.layout.Template:
    """The house's look: type, colours, margins. Made once for each theme."""
    colours = PALETTES[theme]
    title = {"font": {"size": 14, "color": colours["muted"]}}  # Plotly's own is a fifth larger than the text
    lines = {"gridcolor": colours["lines"], "linecolor": colours["muted"], "zerolinecolor": colours["lines"]}
    lines["title"] = title
    template = go.layout.Template()
    template.layout = go.Layout(
        font={"family": FONT, "size": 14, "color": colours["ink"]},
        paper_bgcolor=colours["paper"],
        plot_bgcolor=colours["paper"],
        colorway=[colours["accent"], colours["on_course"], colours["slow"], colours["reversing"], colours["muted"]],
        margin=MARGINS,
        xaxis={**lines, "showgrid": False, "ticks": "outside", "tickcolor": colours["muted"]},
        yaxis=lines,
        hoverlabel={"font": {"family": FONT}},
        separators=".,",
        showlegend=False,
    )
    return template


def wrapped(text: str) -> list[str]:
    """The text in lines that fit a phone; a Chinese sign counts double. No line for no text."""
    lines, width = [""], 0
    for piece in re.findall(r"[^\s\u2e80-\uffef]+\s*|\s+|[\u2e80-\uffef]", text):
        piece_width = sum(2 if sign >= "\u2e80" else 1 for sign in piece)
        if width + piece_width > SOURCE_WIDTH and lines[-1]:
            lines.append("")
            width = 0
        lines[-1] += piece
        width += piece_width
    return [line.strip() for line in lines if line.strip()]


def _margin(figure: go.Figure, side: str) -> float:
    own = figure.layout.margin[side]
    return MARGINS[side] if own is None else own


def _corner(text: str, *, x: float, y: float, anchor: str, shift: int, colour: str) -> dict:
    return {
        "text": text,
        "xref": "paper",
        "yref": "paper",
        "x": x,
        "y": y,
        "xanchor": anchor,
        "yanchor": "middle",
        "yshift": shift,
        "showarrow": False,
        "font": {"size": 12, "color": colour},
        "name": "kangtu-note",
    }


def describe(figure_title: str) -> str:
    """The usual alt text: the figure's finding, and where the same figures stand as text."""
    return _("{finding} The same figures stand in the table below.", finding=figure_title)
