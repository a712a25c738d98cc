"""Beside a map of a programme's rate: the chosen area's people at each step, and the way to the programme's page."""

import pandas as pd
from dash import html

from dashboards import components, data, programme_words, wording
from dashboards.language import gettext as _
from dashboards.map_question import Choice


def aside(choice: Choice, area: dict) -> list:
    """The area's name, its rate, the people at each step of the programme up to the map's period."""
    subject = choice.indicator
    programme = data.programme(subject["programme_id"])
    heading = html.H2(components.data_name(area["name_zh"], area["name_en"]))
    if not choice.period or not data.lies_in(area["area_id"], programme["top"]):
        return [heading, components.empty(_("This area is not part of the programme"), "")]
    now = data.standing(programme["programme_id"], area["area_id"], choice.period)
    steps = now.whole.set_index("stage")
    rate = steps["rate"].get(subject["stage"])
    verdict = html.P(
        [
            html.Strong(programme_words.share(rate), className="map-aside-figure"),
            html.Span(wording.period(choice.period), className="kt-muted"),
        ],
        className="map-aside-verdict",
    )
    more = components.link(
        _("More on this programme in {area}", area=data.name(area)),
        f"/programmes/{programme['programme_id']}",
        area=area["area_id"],
        period=_period_of(programme["programme_id"], choice.period),
    )
    return [heading, verdict, _steps(steps, programme["kind"]), more]


def _steps(steps: pd.DataFrame, kind: str) -> html.Table:
    head = html.Tr(
        [html.Th(_("Step")), html.Th(_("People reached"), className="kt-number"), html.Th("%", className="kt-number")]
    )
    body = [
        html.Tr(
            [
                html.Th(programme_words.step(stage, kind), scope="row"),
                html.Td(programme_words.people(row["actual"]), className="kt-number"),
                html.Td(programme_words.share(row["rate"]), className="kt-number"),
            ]
        )
        for stage, row in steps.iterrows()
    ]
    return html.Table([html.Thead(head), html.Tbody(body)], className="map-steps")


def _period_of(programme_id: str, period: str) -> str | None:
    """The programme's own period that ends when the map's does: 2025-12 for 2025."""
    end = data.month_of(period)
    return next((one for one in data.programme_periods(programme_id) if data.month_of(one) == end), None)
