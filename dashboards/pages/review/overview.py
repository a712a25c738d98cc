"""What is behind now, by action and by district, on one screen."""

from dashboards import components, data
from dashboards.access import register_page
from dashboards.language import gettext as _
from dashboards.language import mark


def layout(plan: str | None = None, area: str | None = None, **_ignored):
    """?plan=ordos-2030&area=150600."""
    chosen = data.plan(plan)
    if chosen is None:
        return components.page(_("Nothing has been judged yet"), children=[components.empty()])
    return components.page(data.name(chosen))


register_page(
    __name__, path="/", name=mark("Overview"), section=mark("Review"), permission="see figures", layout=layout, order=10
)
